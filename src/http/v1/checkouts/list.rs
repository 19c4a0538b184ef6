//! `GET /checkouts`: an account's checkouts, and the one for an order.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::account::AccountReference;
use crate::domain::checkout::CheckoutState;
use crate::http::app::AppState;
use crate::http::extract::{Caller, PaymentsRead, Query};
use crate::http::paging;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{CheckoutPage, CheckoutView};
use crate::services::Fault;
use crate::services::checkouts::CheckoutQuery;

/// Which checkouts, and which page of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCheckoutsQuery {
    /// Only of this account: its code or id.
    account: Option<String>,
    /// Only for this order.
    #[param(example = "shop-1042")]
    order_reference: Option<String>,
    /// Only in this state.
    state: Option<String>,
    /// How many, 1 to 100; 20 where it is left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List checkouts
///
/// Those of one's own accounts, newest first, over all of one's communities; or those of one account that one may take for, or look into.
/// A request looks at a bounded number of them: with `state` a page may be short, or even empty, and its `next_cursor` goes on.
#[utoipa::path(operation_id = "list_checkouts", tag = "checkouts", security(("bearer" = [])), params(ListCheckoutsQuery),
    responses(
        (status = 200, description = "A page of checkouts", body = CheckoutPage),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `payments:read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such account of yours", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/checkouts")]
pub async fn list_checkouts(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<PaymentsRead>,
    query: Query<ListCheckoutsQuery>,
) -> Result<HttpResponse, ApiError> {
    let page = state.services.checkouts(&caller.bearer, CheckoutQuery::try_from(query.0)?).await?;
    let views = page.items.iter().map(|found| CheckoutView::found(found, &state.public_url));
    let data = views.collect();
    let view = CheckoutPage { data, next_cursor: page.next_cursor.clone() };
    Ok(paging::answer(&request, &view, view.next_cursor.as_deref()))
}

impl TryFrom<ListCheckoutsQuery> for CheckoutQuery {
    type Error = ApiError;

    fn try_from(query: ListCheckoutsQuery) -> Result<Self, ApiError> {
        let ListCheckoutsQuery { account, order_reference, state, limit, cursor } = query;
        let mut faults = Vec::new();
        let account = account.map(|text| text.parse::<AccountReference>()).transpose();
        if account.is_err() {
            let detail = "is neither an account's code, like RIVER0001, nor its id";
            faults.push(Fault::new("account", "malformed_account", detail));
        }
        let named = state.as_deref().map(CheckoutState::from_name);
        if named == Some(None) {
            faults.push(Fault::new("state", "unknown_value", "is no state of a checkout"));
        }
        match account {
            Ok(account) if faults.is_empty() => {
                Ok(Self { account, order_reference, state: named.flatten(), limit, cursor })
            }
            _ => Err(ApiError::invalid(faults)),
        }
    }
}
