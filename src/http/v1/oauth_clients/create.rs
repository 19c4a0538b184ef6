//! `POST /oauth-clients`: registering an app.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::OAuthClientView;
use crate::services::oauth::clients::NewClient;

/// An app, shop or machine to be registered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOAuthClientRequest {
    /// The name that members read when they are asked.
    #[schema(example = "Mill Bakery's shop")]
    name: String,
    /// Where codes may be sent, exactly: `https`, `http` on `127.0.0.1` or `[::1]` (with any port), or a private scheme
    /// with a point in it.
    #[serde(default)]
    #[schema(example = json!(["https://shop.example/signed-in"]))]
    redirect_uris: Vec<String>,
    /// `authorization_code`, with which refresh tokens come, for apps that members allow to act for them;
    /// `client_credentials` for machines that act for you.
    #[schema(example = json!(["authorization_code"]))]
    grant_types: Vec<String>,
    /// The most that it may be allowed.
    #[schema(example = json!(["accounts:read", "payments:write"]))]
    scopes: Vec<String>,
    /// Whether it can keep a secret: a server can, an app on a phone or in a browser cannot.
    #[schema(example = true)]
    confidential: bool,
    /// The most units that a machine may spend in one payment; no ceiling where it is left out.
    #[schema(example = "50")]
    ceiling_per_payment: Option<String>,
    /// The most units that a machine may spend on one day; no ceiling where it is left out.
    #[schema(example = "200")]
    ceiling_per_day: Option<String>,
}

/// Register an app
///
/// It belongs to the caller, who may have twenty. A confidential app's secret is told in this answer and never again.
/// A machine (`client_credentials`) acts for the caller, on the accounts that the caller operates at the time, with no
/// more than its scopes, and within its ceilings where it has some.
#[utoipa::path(operation_id = "create_oauth_client", tag = "oauth", security(("bearer" = [])), request_body = CreateOAuthClientRequest,
    responses(
        (status = 201, description = "Registered", body = OAuthClientView),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`step_up_required`; `forbidden`: the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`conflict` with the reason `too_many`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
    ))]
#[post("/oauth-clients")]
pub async fn create_oauth_client(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    body: Body<CreateOAuthClientRequest>,
) -> Result<HttpResponse, ApiError> {
    let wanted = body.value;
    let new = NewClient {
        name: wanted.name,
        redirect_uris: wanted.redirect_uris,
        grant_types: wanted.grant_types,
        scopes: wanted.scopes,
        is_confidential: wanted.confidential,
        ceiling_per_payment: wanted.ceiling_per_payment,
        ceiling_per_day: wanted.ceiling_per_day,
    };
    let registered = state.services.register_client(&caller.bearer, new, &origin(&request)).await?;
    Ok(HttpResponse::Created().json(OAuthClientView::from(&registered)))
}
