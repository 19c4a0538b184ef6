//! `GET /me/notifications`: what one is told of by mail.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{NotificationsList, NotificationsView};

/// See what I am told of by mail
///
/// For each of your communities, how soon you are told of each topic: `at_once`, `daily` (in the morning), `weekly` (on Monday
/// morning) or `off`. Topics: `payment_received`, `payment_sent`, `request_received` (somebody asks you to pay),
/// `payment_changed` (authorised, accepted, declined, cancelled, expired), `account_changed` (frozen, thawed, closed), `near_limit` (an account of yours has come near its credit limit or ceiling), `member_near_limit` (to admins: a member's account has). Mails about
/// your login's safety, your limits and what you planned always come.
#[utoipa::path(operation_id = "get_notifications", tag = "me", security(("bearer" = [])), responses(
    (status = 200, description = "What you are told of", body = NotificationsList),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`", body = Problem, content_type = "application/problem+json"),
))]
#[get("/me/notifications")]
pub async fn get_notifications(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
) -> Result<HttpResponse, ApiError> {
    let all = state.services.notification_choices(&caller.bearer).await?;
    let data = all.iter().map(NotificationsView::from).collect();
    Ok(HttpResponse::Ok().json(NotificationsList { data }))
}
