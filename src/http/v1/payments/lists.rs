//! What lists of payments have in common, however they are meant.

use actix_web::{HttpRequest, HttpResponse};

use crate::auth::tokens::Bearer;
use crate::domain::many::{BATCH_PAYMENTS_MAX, BULK_LINES_MAX, ManyMode};
use crate::http::app::AppState;
use crate::http::keyed::answer_many;
use crate::http::lists::ListBody;
use crate::http::problem::ApiError;
use crate::services::many::NewMany;

/// Posts a list, once under the request's key; with whether each payment is meant, whatever it looks like.
pub(super) async fn pay(
    state: &AppState,
    bearer: &Bearer,
    (request, body): (&HttpRequest, &ListBody),
    (mode, allow_duplicate): (ManyMode, bool),
) -> Result<HttpResponse, ApiError> {
    let keyed = body.keyed(request)?;
    let lines_max = match mode {
        ManyMode::Together => BATCH_PAYMENTS_MAX,
        ManyMode::AllInOrder | ManyMode::ValidInOrder => BULK_LINES_MAX,
    };
    let new = NewMany { mode, form: body.form(), lines: body.lines(lines_max)?, allow_duplicate };
    Ok(answer_many(state.services.pay_many(bearer, new, keyed).await?))
}
