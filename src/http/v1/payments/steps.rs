//! What the steps that a payment can take have in common.

use actix_web::{HttpRequest, HttpResponse};
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::{IntoParams, PartialSchema};

use crate::auth::tokens::Bearer;
use crate::http::app::AppState;
use crate::http::extract::Body;
use crate::http::keyed::answer;
use crate::http::problem::ApiError;
use crate::services::payments::Step;

/// Under which key: for the API's description.
pub struct StepKey;

impl IntoParams for StepKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let description = "1 to 255 printable ASCII characters, fresh for each step that you mean";
        vec![
            ParameterBuilder::new()
                .name("Idempotency-Key")
                .parameter_in(ParameterIn::Header)
                .required(Required::True)
                .description(Some(description))
                .schema(Some(String::schema()))
                .example(Some("ada-7f3e".into()))
                .build(),
        ]
    }
}

/// A request for a step.
pub(super) struct Asked<'a, T> {
    /// The request, which holds the key.
    pub request: &'a HttpRequest,
    /// The payment's id, as the path names it.
    pub id: &'a str,
    /// What else it says.
    pub body: Body<T>,
}

/// Takes a payment the step that the body makes, once under the request's key.
pub(super) async fn take<T>(
    state: &AppState,
    bearer: &Bearer,
    Asked { request, id, body }: Asked<'_, T>,
    to_step: impl FnOnce(T) -> Step,
) -> Result<HttpResponse, ApiError> {
    let keyed = body.keyed(request)?;
    Ok(answer(state.services.take_step(bearer, id.parse().ok(), to_step(body.value), keyed).await?))
}
