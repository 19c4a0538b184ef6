//! `POST /communities/{code}/agreements`: new terms.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::AgreementView;

/// Terms.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateAgreementRequest {
    /// Their title, at most 200 characters.
    #[schema(example = "Our agreement")]
    title: String,
    /// Their whole text, at most 15000 characters.
    #[schema(example = "We trade with each other, and keep our balances near zero.")]
    text: String,
}

/// Put new terms in force
///
/// The next version of the community's terms. Members see in `GET /api/v1/me` that they have to accept it; new
/// applications have to name it. For admins.
#[utoipa::path(operation_id = "create_agreement", tag = "joining", security(("bearer" = [])), request_body = CreateAgreementRequest,
    params(("code" = String, Path, description = "The community's code", example = "RIVER")), responses(
    (status = 201, description = "The new version", body = AgreementView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: not an admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `already_exists`: another version came in the same moment", body = Problem, content_type = "application/problem+json"),
))]
#[post("/communities/{code}/agreements")]
pub async fn create_agreement(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    body: Body<CreateAgreementRequest>,
) -> Result<HttpResponse, ApiError> {
    let CreateAgreementRequest { title, text } = body.value;
    let origin = origin(&request);
    let created =
        state.services.create_agreement(&caller.bearer, code.into_inner(), &title, &text, &origin).await?;
    Ok(HttpResponse::Created().json(AgreementView::from(&created)))
}
