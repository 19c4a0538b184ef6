//! `POST /me/totp`: a second factor in the making.

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty};
use crate::http::problem::{ApiError, Problem};

/// What an authenticator app needs. Shown once.
#[derive(Serialize, ToSchema)]
pub struct StartedTotpView {
    /// The secret, for typing.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    secret: String,
    /// The same as an address, for a QR code.
    #[schema(example = "otpauth://totp/river.example:ada%40river.example?secret=GEZD…")]
    otpauth_url: String,
}

/// Start a second factor
///
/// It counts once `POST /me/totp/confirm` has seen a code of it. Needs a proof of who you are that is at most five
/// minutes old.
#[utoipa::path(operation_id = "start_totp", tag = "me", security(("bearer" = [])), responses(
    (status = 200, description = "What the authenticator app needs", body = StartedTotpView),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`, `forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`conflict`: one is on already", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[post("/me/totp")]
pub async fn start_totp(state: Data<AppState>, caller: Caller<FirstParty>) -> Result<HttpResponse, ApiError> {
    let started = state.services.start_totp(&caller.bearer).await?;
    let view = StartedTotpView { secret: started.secret, otpauth_url: started.otpauth_url };
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .json(view))
}
