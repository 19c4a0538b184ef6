//! `GET /accounts/{account}/reconciliation`: a shop's takings day by day.

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::zone::Day;
use crate::export::reconciliation;
use crate::http::app::AppState;
use crate::http::extract::{AccountsRead, Caller, Query, account_reference};
use crate::http::formats::{Offered, accepted};
use crate::http::problem::{ApiError, Problem, ProblemCode};
use crate::http::views::ReconciliationView;
use crate::services::Fault;
use crate::services::statements::Days;

/// Which period.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReconciliationQuery {
    /// The first day, by the clocks of the community's time zone.
    #[param(example = "2026-09-01")]
    from: String,
    /// The day after the last one.
    #[param(example = "2026-10-01")]
    to: String,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Csv,
}

impl Offered for Format {
    fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
        }
    }
}

/// Reconcile an account's takings
///
/// What came in, what was given back, what was borne of fees and what is left of it, day by day and in all, between balances that
/// are those of the account's statement to the minor unit; with what the shop took itself in national money beside these payments, and
/// what of that it gives back itself.
/// Days begin by the clocks of the community's time zone. At most 200,000 entries. For those whose account it is, for tellers who
/// may see it, and for admins.
///
/// As CSV (`Accept: text/csv`): `date,opening_balance,gross,refunds,fees,other,net,closing_balance,payments,ways_back,national,national_refunds,currency`,
/// a line for each day and a last one with the date `total`.
#[utoipa::path(operation_id = "get_reconciliation", tag = "checkouts", security(("bearer" = [])),
    params(("account" = String, Path, description = "The account's code or id", example = "RIVER0002"), ReconciliationQuery),
    responses(
        (status = 200, description = "The takings", content((ReconciliationView = "application/json"), (String = "text/csv"))),
        (status = 400, description = "`validation_failed`: also where there would be more than 200,000 entries", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `accounts:read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such account of yours", body = Problem, content_type = "application/problem+json"),
        (status = 406, description = "`not_acceptable`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`: others are having their books made", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/accounts/{account}/reconciliation")]
pub async fn get_reconciliation(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<AccountsRead>,
    account: Path<String>,
    query: Query<ReconciliationQuery>,
) -> Result<HttpResponse, ApiError> {
    let days = parse(&query.0)?;
    let format = accepted(&request, &[Format::Json, Format::Csv])?;
    let reference = account_reference(&account)?;
    let (found, room) = state.services.reconciliation(&caller.bearer, reference, days).await?;
    let name = format!("{}-{}-{}-takings.csv", found.account.code, days.from, days.until);
    let written = web::block(move || {
        let written = match format {
            Format::Json => serde_json::to_vec(&ReconciliationView::from(&found)).ok(),
            Format::Csv => Some(reconciliation::to_csv(&found).into_bytes()),
        };
        drop(room);
        written
    })
    .await;
    let bytes = written.ok().flatten().ok_or_else(|| ApiError::new(ProblemCode::Internal))?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::VARY, HeaderValue::from_static("Authorization, Accept")));
    match format {
        Format::Json => response.content_type("application/json"),
        Format::Csv => {
            response.insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
            response.content_type("text/csv; charset=utf-8; header=present")
        }
    };
    Ok(response.body(bytes))
}

fn parse(query: &ReconciliationQuery) -> Result<Days, ApiError> {
    let mut faults = Vec::new();
    let mut parse_day = |name: &str, text: &str| {
        let parsed = text.parse::<Day>();
        faults.extend(parsed.err().map(|bad| Fault::new(name, "malformed_day", bad.to_string())));
        parsed.ok()
    };
    let (from, until) = (parse_day("from", &query.from), parse_day("to", &query.to));
    match (from, until) {
        (Some(from), Some(until)) => Ok(Days { from, until }),
        _ => Err(ApiError::invalid(faults)),
    }
}
