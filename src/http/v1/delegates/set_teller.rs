//! `PUT /accounts/{account}/tellers/{teller}`: what a teller may.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::ids::UserId;
use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, account_reference, origin, path_id, present};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::TellerView;
use crate::services::delegations::NewTeller;

/// What a teller may, and how much.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetTellerRequest {
    /// One or more of `see` (balance, entries, payments), `take` (ask for payments to the account, capture and void what was authorised to it)
    /// and `pay`.
    #[schema(example = json!(["see", "take"]))]
    rights: Vec<String>,
    /// The most in one payment, in units; null for no ceiling.
    #[serde(deserialize_with = "present")]
    #[schema(required = true, example = "50")]
    per_payment: Option<String>,
    /// The most on one day, in units; null for no ceiling.
    #[serde(deserialize_with = "present")]
    #[schema(required = true, example = "200")]
    per_day: Option<String>,
}

/// Make someone a teller of my account
///
/// For the account's owner, with a proof that is at most five minutes old. The teller signs in with a login of their own
/// and needs no place in the community; they tell the owner their user id, which `GET /me` shows them. Sent again, it replaces what the teller may.
#[utoipa::path(operation_id = "set_teller", tag = "accounts", security(("bearer" = [])), request_body = SetTellerRequest,
    params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001"),
        ("teller" = uuid::Uuid, Path, description = "The user's id, as `GET /me` shows it to them")), responses(
    (status = 200, description = "What the teller may from now on", body = TellerView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`, `forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`: no such account, or no such login", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict` with the reason `too_many`", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[put("/accounts/{account}/tellers/{teller}")]
pub async fn set_teller(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
    body: Body<SetTellerRequest>,
) -> Result<HttpResponse, ApiError> {
    let (account, teller) = path.into_inner();
    let teller: UserId = path_id(&teller)?;
    let SetTellerRequest { rights, per_payment, per_day } = body.value;
    let (reference, new) = (account_reference(&account)?, NewTeller { rights, per_payment, per_day });
    let set = state.services.set_teller(&caller.bearer, reference, teller, new, &origin(&request)).await?;
    Ok(HttpResponse::Ok().json(TellerView::from(&set)))
}
