//! `GET /communities/{code}/agreements`: a community's terms.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::app::AppState;
use crate::http::extract::Query;
use crate::http::paging;
use crate::http::problem::{ApiError, Problem};
use crate::http::views::{AgreementPage, AgreementView};

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListAgreementsQuery {
    /// How many, 1 to 100; 20 where it is left out.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Read a community's terms
///
/// All versions, newest first. The first one counts. For anyone.
#[utoipa::path(operation_id = "list_agreements", tag = "joining",
    params(("code" = String, Path, description = "The community's code", example = "RIVER"), ListAgreementsQuery),
    responses(
        (status = 200, description = "A page of versions", body = AgreementPage),
        (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
#[get("/communities/{code}/agreements")]
pub async fn list_agreements(
    request: HttpRequest,
    state: Data<AppState>,
    code: Path<String>,
    query: Query<ListAgreementsQuery>,
) -> Result<HttpResponse, ApiError> {
    let ListAgreementsQuery { limit, cursor } = query.0;
    let page = state.services.agreements(code.into_inner(), limit, cursor).await?;
    let data = page.items.iter().map(AgreementView::from).collect();
    let view = AgreementPage { data, next_cursor: page.next_cursor };
    Ok(paging::answer(&request, &view, view.next_cursor.as_deref()))
}
