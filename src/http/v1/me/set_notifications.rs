//! `PUT /me/notifications`: choosing what one is told of by mail.

use std::collections::BTreeMap;

use actix_web::web::Data;
use actix_web::{HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::notifications::{Cadence, Topic};
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::NotificationsView;
use crate::services::Fault;
use crate::services::news::NewChoices;

/// How soon to be told of what, of one community. Topics that are not named stay as they are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetNotificationsRequest {
    /// The community's code.
    #[schema(example = "RIVER")]
    community: String,
    /// For each topic `at_once`, `daily`, `weekly` or `off`.
    #[schema(example = json!({"payment_received": "at_once"}))]
    choices: BTreeMap<String, String>,
}

/// Choose what I am told of by mail
///
/// A choice holds for what happens from then on: what waited for a digest of another cadence is not told any more.
#[utoipa::path(operation_id = "set_notifications", tag = "me", security(("bearer" = [])), request_body = SetNotificationsRequest, responses(
    (status = 200, description = "What you are told of now", body = NotificationsView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`: no such community of yours", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[put("/me/notifications")]
pub async fn set_notifications(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    body: Body<SetNotificationsRequest>,
) -> Result<HttpResponse, ApiError> {
    let new = NewChoices::try_from(body.value)?;
    let chosen = state.services.choose_notifications(&caller.bearer, new).await?;
    Ok(HttpResponse::Ok().json(NotificationsView::from(&chosen)))
}

impl TryFrom<SetNotificationsRequest> for NewChoices {
    type Error = ApiError;

    fn try_from(request: SetNotificationsRequest) -> Result<Self, ApiError> {
        let (mut cadences, mut faults) = (Vec::new(), Vec::new());
        for (topic, cadence) in &request.choices {
            match (Topic::from_name(topic), Cadence::from_name(cadence)) {
                (Some(topic), Some(cadence)) => cadences.push((topic, cadence)),
                (None, _) => faults.push(Fault::new("/choices", "unknown_value", "names no such topic")),
                (_, None) => {
                    let detail = "is at_once, daily, weekly or off";
                    faults.push(Fault::new(&format!("/choices/{topic}"), "unknown_value", detail));
                }
            }
        }
        if faults.is_empty() {
            Ok(Self { community: request.community, cadences })
        } else {
            Err(ApiError::invalid(faults))
        }
    }
}
