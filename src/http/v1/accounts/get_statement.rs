//! `GET /accounts/{account}/statement`: what happened in a period, for people and for bookkeeping programs.

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::language::Language;
use crate::domain::statement::Statement;
use crate::domain::zone::Day;
use crate::export::{camt053, csv, ofx, statement};
use crate::http::app::AppState;
use crate::http::extract::{AccountsRead, Caller, Query, account_reference};
use crate::http::formats::{Offered, accepted};
use crate::http::problem::{ApiError, Problem, ProblemCode};
use crate::http::views::StatementView;
use crate::services::Fault;
use crate::services::statements::Days;

/// Which period, and how it is written.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatementQuery {
    /// The first day, by the clocks of the community's time zone.
    #[param(example = "2026-09-01")]
    from: String,
    /// The day after the last one.
    #[param(example = "2026-10-01")]
    to: String,
    /// `json`, `csv`, `pdf`, `camt.053.001.08`, `camt.053.001.02` or `ofx`; where it is left out, what `Accept` asks for.
    format: Option<String>,
}

/// How a statement is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Csv,
    Pdf,
    Camt053(camt053::Version),
    Ofx,
}

/// A format with its name, its media type, that type's parameters, and the end of its file's name.
#[derive(Debug, Clone, Copy)]
struct Row {
    format: Format,
    name: &'static str,
    media_type: &'static str,
    parameters: &'static str,
    ending: &'static str,
}

impl Offered for Row {
    fn media_type(self) -> &'static str {
        self.media_type
    }
}

const fn row(
    format: Format,
    name: &'static str,
    (media_type, parameters): (&'static str, &'static str),
    ending: &'static str,
) -> Row {
    Row { format, name, media_type, parameters, ending }
}

/// The formats. Of several with one media type the first is what `Accept` gets.
const FORMATS: [Row; 6] = [
    row(Format::Json, "json", ("application/json", ""), "json"),
    row(Format::Csv, "csv", ("text/csv", "; charset=utf-8; header=present"), "csv"),
    row(Format::Pdf, "pdf", ("application/pdf", ""), "pdf"),
    row(Format::Camt053(camt053::Version::V08), "camt.053.001.08", ("application/xml", ""), "xml"),
    row(Format::Camt053(camt053::Version::V02), "camt.053.001.02", ("application/xml", ""), "xml"),
    row(Format::Ofx, "ofx", ("application/x-ofx", ""), "ofx"),
];

/// Get an account's statement
///
/// What was posted on an account in a period, oldest first, between the balance before it and the balance after it: opening
/// balance + entries = closing balance, to the minor unit. What is only reserved is not in it. Days begin by the clocks of the
/// community's time zone; where the period is not over, the closing balance is that of now. At most 10,000 entries. For those
/// whose account it is, for tellers who may see it, and for admins.
///
/// As PDF: pages with the balance after each entry, in your language. As CSV: `id,date,type,counterparty,counterparty_name,description,payment_id,amount,balance_after,currency`, with a first line of
/// type `opening_balance` and a last one of type `closing_balance`; texts that a spreadsheet could take for a formula begin with an
/// apostrophe. In camt.053, which wants three letters, the currency is X and two letters of the community's code, such as `XRV` for
/// `RIVER`, and amounts have at most five decimal places; in OFX, of which programs know only the codes of ISO 4217, it is `XXX`.
#[utoipa::path(operation_id = "get_statement", tag = "accounts", security(("bearer" = [])),
    params(("account" = String, Path, description = "The account's code or id", example = "RIVER0001"), StatementQuery),
    responses(
        (status = 200, description = "The statement", content(
            (StatementView = "application/json"), (String = "text/csv"), (Vec<u8> = "application/pdf"), (String = "application/xml"), (String = "application/x-ofx"))),
        (status = 400, description = "`validation_failed`: also where there would be more than 10,000 entries", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the token lacks `accounts:read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such account of yours", body = Problem, content_type = "application/problem+json"),
        (status = 406, description = "`not_acceptable`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`: others are having their books made", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/accounts/{account}/statement")]
pub async fn get_statement(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<AccountsRead>,
    account: Path<String>,
    query: Query<StatementQuery>,
) -> Result<HttpResponse, ApiError> {
    let (days, wanted) = parse(&query.0)?;
    let row = match wanted {
        Some(row) => row,
        None => accepted(&request, &FORMATS)?,
    };
    let reference = account_reference(&account)?;
    let (statement, language, room) = state.services.statement(&caller.bearer, reference, days).await?;
    let name = format!("{}-{}-{}.{}", statement.account.code, days.from, statement.last_day(), row.ending);
    // Thousands of lines take their time.
    let written = web::block(move || {
        let written = write(&statement, row.format, language);
        drop(room);
        written
    })
    .await;
    let bytes = written.map_err(|_| ApiError::new(ProblemCode::Internal))??;
    let mut response = HttpResponse::Ok();
    response.content_type(format!("{}{}", row.media_type, row.parameters));
    response.insert_header((header::VARY, HeaderValue::from_static("Authorization, Accept")));
    if row.format != Format::Json {
        response.insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
    }
    Ok(response.body(bytes))
}

/// The days, and the format where one is named.
fn parse(query: &StatementQuery) -> Result<(Days, Option<Row>), ApiError> {
    let mut faults = Vec::new();
    let mut parse_day = |name: &str, text: &str| {
        let parsed = text.parse::<Day>();
        faults.extend(parsed.err().map(|bad| Fault::new(name, "malformed_day", bad.to_string())));
        parsed.ok()
    };
    let (from, until) = (parse_day("from", &query.from), parse_day("to", &query.to));
    let row = query.format.as_deref().and_then(|name| FORMATS.into_iter().find(|row| row.name == name));
    if query.format.is_some() && row.is_none() {
        let names: Vec<_> = FORMATS.iter().map(|row| row.name).collect();
        faults.push(Fault::new("format", "unknown_value", format!("is one of {}", names.join(", "))));
    }
    match (from, until) {
        (Some(from), Some(until)) if faults.is_empty() => Ok((Days { from, until }, row)),
        _ => Err(ApiError::invalid(faults)),
    }
}

fn write(found: &Statement, format: Format, language: Language) -> Result<Vec<u8>, ApiError> {
    match format {
        Format::Json => {
            serde_json::to_vec(&StatementView::from(found)).map_err(|_| ApiError::new(ProblemCode::Internal))
        }
        Format::Csv => Ok(csv::statement(found).into_bytes()),
        Format::Pdf => statement::to_pdf(found, language).map_err(|_| ApiError::new(ProblemCode::Internal)),
        Format::Ofx => Ok(ofx::statement(found).into_bytes()),
        Format::Camt053(version) => {
            let written = camt053::statement(found, version).map(String::into_bytes);
            written.ok_or_else(|| {
                let text = "cannot hold this account's amounts, which have more decimal places";
                ApiError::invalid(vec![Fault::new("format", "too_many_places", text)])
            })
        }
    }
}
