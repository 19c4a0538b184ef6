//! `POST /communities/{code}/mails/{id}/retry`: sending a failed mail after all.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};

use crate::domain::ids::MailId;
use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, origin, path_id};
use crate::http::problem::{ApiError, Problem};
use crate::http::views::MailView;

/// Send a failed mail after all
///
/// It is due at once, with all its attempts before it. A mail that waits already is left as it is. For admins. A failed
/// mail with a one-time link cannot be sent again, because the link was erased: what sent it has to be asked for anew.
#[utoipa::path(operation_id = "retry_mail", tag = "mails", security(("bearer" = [])),
    params(
        ("code" = String, Path, description = "The community's code", example = "RIVER"),
        ("id" = String, Path, description = "The mail's id"),
    ),
    responses(
        (status = 200, description = "The mail, waiting", body = MailView),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: no admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`conflict` with the reason `mail_sent` or `mail_erased`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
    ))]
#[post("/communities/{code}/mails/{id}/retry")]
pub async fn retry_mail(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (code, id) = path.into_inner();
    let id: MailId = path_id(&id)?;
    let mail = state.services.retry_mail(&caller.bearer, code, id, &origin(&request)).await?;
    Ok(HttpResponse::Ok().json(MailView::from(&mail)))
}
