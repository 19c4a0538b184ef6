//! `POST /communities`: founding.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::CommunityView;
use crate::services::superadmins::FoundingRequest;

/// A community with its first admin.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCommunityRequest {
    /// Its short name: 2 to 16 capital letters.
    #[schema(example = "RIVER")]
    code: String,
    /// Its full name.
    #[schema(example = "River Valley Exchange")]
    name: String,
    /// What one unit of its currency is called.
    #[schema(example = "shell")]
    unit: String,
    /// The sign beside amounts.
    #[schema(example = "§")]
    symbol: String,
    /// Decimal places of amounts, 0 to 6.
    #[schema(example = 2)]
    scale: i16,
    /// How far below zero a new member may go.
    #[schema(example = "100.00")]
    default_credit_limit: String,
    /// By which clocks it lives: the name of a time zone. Planned payments come by them.
    #[serde(default = "utc")]
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// The first admin's e-mail address. Who has no login yet gets one, and a message to choose a password.
    #[schema(example = "greta@river.example")]
    admin_email: String,
    /// The first admin's name.
    #[schema(example = "Greta Hill")]
    admin_name: String,
}

fn utc() -> String {
    "UTC".to_owned()
}

/// Found a community
///
/// For superadmins, whom only the command line makes, with a proof that is at most five minutes old. They see nothing of
/// what is inside the communities.
#[utoipa::path(operation_id = "create_community", tag = "communities", security(("bearer" = [])), request_body = CreateCommunityRequest, responses(
    (status = 201, description = "The community", body = CommunityView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`, `forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `already_exists`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/communities")]
pub async fn create_community(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    body: Body<CreateCommunityRequest>,
) -> Result<HttpResponse, ApiError> {
    let new = body.value;
    let founding = FoundingRequest {
        code: new.code,
        name: new.name,
        unit: new.unit,
        symbol: new.symbol,
        scale: new.scale,
        default_credit_limit: new.default_credit_limit,
        time_zone: new.time_zone,
        admin_email: new.admin_email,
        admin_name: new.admin_name,
    };
    let community = state.services.found_over_api(&caller.bearer, founding, &origin(&request)).await?;
    Ok(HttpResponse::Created().json(CommunityView::from(&community)))
}
