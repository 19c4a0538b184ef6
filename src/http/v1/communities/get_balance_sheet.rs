//! `GET /communities/{code}/balance-sheet`: what members hold and owe, and the community's own accounts.

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::zone::Day;
use crate::export::balance_sheet::{to_csv, to_pdf};
use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, Query};
use crate::http::formats::{Offered, accepted};
use crate::http::problem::{ApiError, Problem, ProblemCode};
use crate::http::views::BalanceSheetView;
use crate::services::Fault;

/// Of which day.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BalanceSheetQuery {
    /// The day at whose end it is told, by the clocks of the community's time zone; now where it is left out.
    #[param(example = "2026-12-31")]
    date: Option<String>,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Csv,
    Pdf,
}

impl Offered for Format {
    fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::Pdf => "application/pdf",
        }
    }
}

/// Get a community's balance sheet
///
/// The sums of what its members hold and owe and of its own accounts, which add up to zero, at the end of a day or now; with what
/// is reserved and how much credit is granted. It is derived from the ledger's records up to `seq`, so that it stays the same for
/// a day that is over. For admins.
///
/// As PDF: a page in your language. As CSV: `date,seq,item,accounts,amount,currency,unit`, one sum on each line; the items `positive_balances`,
/// `negative_balances`, `commons`, `write_off` and `peers` add up to `sum`, which is zero, and `reserved` and `credit_granted` stand behind it.
#[utoipa::path(operation_id = "get_balance_sheet", tag = "communities", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER"), BalanceSheetQuery),
    responses(
        (status = 200, description = "The balance sheet", content(
            (BalanceSheetView = "application/json"), (String = "text/csv"), (Vec<u8> = "application/pdf"))),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: no admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 406, description = "`not_acceptable`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`: others are having their books made", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/communities/{code}/balance-sheet")]
pub async fn get_balance_sheet(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    query: Query<BalanceSheetQuery>,
) -> Result<HttpResponse, ApiError> {
    let day = query.0.date.map(|text| text.parse::<Day>()).transpose();
    let day =
        day.map_err(|bad| ApiError::invalid(vec![Fault::new("date", "malformed_day", bad.to_string())]))?;
    let format = accepted(&request, &[Format::Json, Format::Csv, Format::Pdf])?;
    let (found, language) = state.services.balance_sheet(&caller.bearer, code.into_inner(), day).await?;
    let day = found.day.map_or_else(|| "now".to_owned(), |day| day.to_string());
    let name = format!("{}-balance-sheet-{day}", found.community.code);
    let mut response = HttpResponse::Ok();
    response.insert_header((header::VARY, HeaderValue::from_static("Authorization, Accept")));
    let mut attach = |content_type: &'static str, ending: &str| {
        response.content_type(content_type);
        let attached = format!("attachment; filename=\"{name}.{ending}\"");
        response.insert_header((header::CONTENT_DISPOSITION, attached));
    };
    Ok(match format {
        Format::Json => response.json(BalanceSheetView::from(&found)),
        Format::Csv => {
            attach("text/csv; charset=utf-8; header=present", "csv");
            response.body(to_csv(&found))
        }
        Format::Pdf => {
            attach("application/pdf", "pdf");
            let pdf = to_pdf(&found, language).map_err(|_| ApiError::new(ProblemCode::Internal))?;
            response.body(pdf)
        }
    })
}
