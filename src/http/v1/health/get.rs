//! `GET /communities/{code}/health`: how the currency is doing.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::health::Figure;
use crate::http::app::AppState;
use crate::http::extract::{Caller, FirstParty, Query};
use crate::http::problem::{ApiError, Problem};
use crate::http::series;
use crate::http::views::HealthView;
use crate::services::Fault;

/// Which series.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HealthQuery {
    /// The figures of the series, by name, with commas between them; all where it is left out.
    #[param(example = "turnover,velocity")]
    figures: Option<String>,
    /// The day with which the series begins; left out, so that there are 30 steps.
    #[param(example = "2026-09-01")]
    from: Option<String>,
    /// The day before which it ends; tomorrow where it is left out.
    #[param(example = "2026-10-01")]
    to: Option<String>,
    /// How long each step is: `day`, `week` (from Monday) or `month`; `day` where it is left out.
    #[param(example = "week")]
    interval: Option<String>,
}

/// See how the currency is doing
///
/// For the community's admins: turnover, velocity, active members, how balances are distributed, credit granted and used, how old
/// debts and idle balances are, refusals, who trades with whom, newcomers and churn; each as a value now and as a series. They are
/// written down in the background: those of the day in progress within minutes, those of a day that is over once, soon after
/// midnight by the community's clocks. Every figure's formula and unit is in `health.md` beside this document. No sum is over fewer
/// than three accounts or members, unless it is over all of them; what cannot be told is null. At most 400 steps and five years.
#[utoipa::path(operation_id = "get_currency_health", tag = "communities", security(("bearer" = [])),
    params(("code" = String, Path, description = "The community's code", example = "RIVER"), HealthQuery),
    responses(
        (status = 200, description = "The figures", body = HealthView),
        (status = 400, description = "`validation_failed`: also where the series would be too long", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: no admin, or the token is an app's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/communities/{code}/health")]
pub async fn get_currency_health(
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    query: Query<HealthQuery>,
) -> Result<HttpResponse, ApiError> {
    let HealthQuery { figures, from, to, interval } = query.0;
    let steps = series::parse(from, to, interval.as_deref())?;
    let figures = parse_figures(figures.as_deref())?;
    let report = state.services.health(&caller.bearer, code.into_inner(), figures, steps).await?;
    let tag = format!("\"v{}\"", report.version);
    Ok(HttpResponse::Ok().insert_header((header::ETAG, tag)).json(HealthView::new(&report, steps.interval)))
}

/// The figures that are named, each once, in the order of the list.
fn parse_figures(names: Option<&str>) -> Result<Vec<Figure>, ApiError> {
    let Some(names) = names else { return Ok(Figure::ALL.to_vec()) };
    let mut figures = Vec::new();
    for name in names.split(',') {
        let Some(figure) = Figure::from_name(name) else {
            let detail = format!("{name:?} is not the name of a figure");
            return Err(ApiError::invalid(vec![Fault::new("figures", "unknown_value", detail)]));
        };
        figures.push(figure);
    }
    figures.sort_unstable();
    figures.dedup();
    Ok(figures)
}
