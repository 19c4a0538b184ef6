//! `GET /payments`: finding payments.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::account::AccountReference;
use crate::domain::payment::PaymentState;
use crate::domain::time::Timestamp;
use crate::http::app::AppState;
use crate::http::extract::{Caller, PaymentsRead, Query};
use crate::http::paging;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{PaymentPage, PaymentView};
use crate::services::Fault;
use crate::services::finding::{Conditions, Direction, PaymentQuery};
use crate::services::notes::CATEGORY_CHARS_MAX;
use crate::services::payments::check_text;

/// The most characters of a search text.
const QUERY_CHARS_MAX: usize = 100;

/// Which payments, and which page of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListPaymentsQuery {
    /// Only in this state, such as `completed`.
    state: Option<String>,
    /// Only from or to this account: its code or id.
    account: Option<String>,
    /// Only made at or after this time (RFC 3339).
    from: Option<String>,
    /// Only made before this time (RFC 3339).
    to: Option<String>,
    /// Only with this text in the description, or in the other side's name or code.
    q: Option<String>,
    /// Only this way: `in` to your account, or `out` from it.
    direction: Option<String>,
    /// Only from or to this account: its code or id.
    party: Option<String>,
    /// Only of at least this amount.
    #[param(example = "10.00")]
    amount_min: Option<String>,
    /// Only of at most this amount.
    #[param(example = "20.00")]
    amount_max: Option<String>,
    /// Only those which you noted under this category.
    category: Option<String>,
    /// How many, 1 to 100; 20 where it is left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List payments
///
/// One's own, newest first, over all of one's communities. Admins may name any account of their community. A request looks at
/// some thousand payments: where few of them fit, the page is short or even empty, and `next_cursor` goes on below them. Only
/// where it is null there are no more.
#[utoipa::path(operation_id = "list_payments", tag = "payments", security(("bearer" = [])), params(ListPaymentsQuery),
    responses(
        (status = 200, description = "A page of payments", body = PaymentPage),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `payments:read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such account of yours", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/payments")]
pub async fn list_payments(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<PaymentsRead>,
    query: Query<ListPaymentsQuery>,
) -> Result<HttpResponse, ApiError> {
    let query = PaymentQuery::try_from(query.0)?;
    let page = state.services.payments(&caller.bearer, query).await?;
    let data = page.items.iter().map(|item| PaymentView::new(&item.community, &item.payment)).collect();
    let view = PaymentPage { data, next_cursor: page.next_cursor.clone() };
    Ok(paging::answer(&request, &view, view.next_cursor.as_deref()))
}

impl TryFrom<ListPaymentsQuery> for PaymentQuery {
    type Error = ApiError;

    fn try_from(query: ListPaymentsQuery) -> Result<Self, ApiError> {
        let mut faults = Vec::new();
        let mut parse_time = |name: &str, text: Option<String>| {
            let text = text?;
            let time = Timestamp::parse_rfc3339(&text);
            if time.is_none() {
                faults.push(Fault::new(name, "malformed_time", "is not a time like 2026-09-21T00:00:00Z"));
            }
            time
        };
        let (from, until) = (parse_time("from", query.from), parse_time("to", query.to));
        let state = query.state.map(|name| PaymentState::from_name(&name).ok_or(name));
        if let Some(Err(name)) = &state {
            faults.push(Fault::new("state", "unknown_value", format!("{name:?} is not a payment's state")));
        }
        let mut parse_account = |name: &str, text: Option<String>| {
            let account = text?.parse::<AccountReference>();
            if account.is_err() {
                faults.push(Fault::new(name, "malformed_account", "is neither an account's code nor its id"));
            }
            account.ok()
        };
        let (account, party) = (parse_account("account", query.account), parse_account("party", query.party));
        let direction = match query.direction.as_deref() {
            None => None,
            Some("in") => Some(Direction::In),
            Some("out") => Some(Direction::Out),
            Some(_) => {
                faults.push(Fault::new("direction", "unknown_value", "is neither in nor out"));
                None
            }
        };
        let mut check = |name: &str, text: Option<&String>, chars_max| {
            faults.extend(text.and_then(|text| check_text(name, text, chars_max).err()));
        };
        check("q", query.q.as_ref(), QUERY_CHARS_MAX);
        check("category", query.category.as_ref(), CATEGORY_CHARS_MAX);
        if !faults.is_empty() {
            return Err(ApiError::invalid(faults));
        }
        Ok(Self {
            account,
            party,
            least: query.amount_min,
            most: query.amount_max,
            filter: Conditions {
                state: state.and_then(Result::ok),
                from,
                until,
                text: query.q,
                direction,
                category: query.category,
                ..Conditions::default()
            },
            limit: query.limit,
            cursor: query.cursor,
        })
    }
}
