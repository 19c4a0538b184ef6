//! `POST /api-keys`: a key for an account.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::MadeApiKeyView;
use crate::services::api_keys::NewKey;

/// A key to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApiKeyRequest {
    /// What you call it, up to 60 characters.
    #[schema(example = "Mill Bakery's till")]
    name: String,
    /// The account that it is for: a code or an id.
    #[schema(example = "RIVER0001")]
    account: String,
    /// What it may: of `accounts:read`, `payments:read`, `payments:write`, `requests:write`, `refunds:write`, `webhooks:manage`. A shop
    /// that takes payments and gives them back needs `requests:write payments:read refunds:write`; only `payments:write` spends.
    #[serde(default)]
    #[schema(example = json!(["requests:write", "payments:read", "refunds:write"]))]
    scopes: Vec<String>,
    /// Instead of scopes: `take_payments` (`requests:write payments:read`), `refund` (`refunds:write payments:read`) or `read_only`
    /// (`accounts:read payments:read`).
    #[schema(example = json!(null))]
    role: Option<String>,
    /// The addresses and networks from which it may be used; from everywhere where there are none.
    #[serde(default)]
    #[schema(example = json!(["192.0.2.0/24", "2001:db8::/48"]))]
    addresses: Vec<String>,
    /// When it ends by itself; never where it is left out.
    #[schema(example = "2027-09-21T00:00:00Z")]
    expires_at: Option<String>,
}

/// Make an API key
///
/// For the account's owner, with a proof that is at most five minutes old. The key is told in this answer and never again; the
/// owner is told by mail that it was made. It acts as the owner does, at this account and nowhere else, and only as long as the owner may: all else
/// is absent to it. An account can have twenty. Keys of a community that is only for tests begin with `cfk_test_`, others with `cfk_live_`.
#[utoipa::path(operation_id = "create_api_key", tag = "api-keys", security(("bearer" = [])), request_body = CreateApiKeyRequest,
    responses(
        (status = 201, description = "Made", body = MadeApiKeyView),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`step_up_required`; `forbidden`: not your account, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such account that you may know of", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`conflict` with the reason `too_many`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
    ))]
#[post("/api-keys")]
pub async fn create_api_key(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    body: Body<CreateApiKeyRequest>,
) -> Result<HttpResponse, ApiError> {
    let CreateApiKeyRequest { name, account, scopes, role, addresses, expires_at } = body.value;
    let new = NewKey { name, account, scopes, role, addresses, expires_at };
    let made = state.services.make_key(&caller.bearer, new, &origin(&request)).await?;
    Ok(HttpResponse::Created().json(MadeApiKeyView::at(&made, state.services.now())))
}
