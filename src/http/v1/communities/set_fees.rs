//! `PUT /communities/{code}/fees`: which fees payments bear.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, put};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::app::AppState;
use crate::http::extract::{Body, Caller, FirstParty, origin};
use crate::http::problem::{ApiError, Problem};
use crate::http::v1::accounts::etag;
use crate::http::views::FeeRulesView;
use crate::services::fees::{NewFee, NewFees};

/// One side's fee.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetFeeRequest {
    /// What each payment bears; at most 1,000,000,000 minor units.
    #[schema(example = "0.10")]
    fixed: String,
    /// The share of what is paid, in basis points: 100 is one per cent; at most 2500.
    #[schema(example = 100, minimum = 0, maximum = 2_500)]
    basis_points: i64,
}

/// Both sides' fees, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetFeesRequest {
    /// What payers bear, on top of the amount.
    payer: SetFeeRequest,
    /// What payees bear, out of what they receive.
    payee: SetFeeRequest,
    /// Why, for those who ask later.
    #[schema(example = "Decided at the spring meeting")]
    reason: String,
}

impl From<SetFeeRequest> for NewFee {
    fn from(SetFeeRequest { fixed, basis_points }: SetFeeRequest) -> Self {
        Self { fixed, basis_points }
    }
}

/// Set which fees payments bear
///
/// For the community's admins, with a proof that is at most five minutes old. Payments between members bear these fees from
/// then on, for the community's commons account, in their own transfer: the payer's on top of the amount, the payee's out of what
/// is received, each rounded half up to the minor unit. A payment that is too small to bear the payee's fee is refused. Payments
/// from or to the community's own accounts bear none, and nor does any while the commons account is not active or would go above
/// its ceiling. What was reserved with an authorised payment stays the most that its payer bears. A refund gives no fees back, and a
/// reversal all of them.
#[utoipa::path(operation_id = "set_fees", tag = "communities", security(("bearer" = [])), request_body = SetFeesRequest,
    params(
        ("code" = String, Path, description = "The community's code", example = "RIVER"),
        ("If-Match" = Option<String>, Header, description = "`\"v…\"` with the version of the fees that the change is based on"),
    ), responses(
    (status = 200, description = "The fees", body = FeeRulesView),
    (status = 400, description = "`validation_failed`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`step_up_required`, `forbidden`", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`account_not_active`: the commons account", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`precondition_failed`: they were changed since", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "`overloaded`, `outcome_unknown`", body = Problem, content_type = "application/problem+json"),
))]
#[put("/communities/{code}/fees")]
pub async fn set_fees(
    request: HttpRequest,
    state: Data<AppState>,
    caller: Caller<FirstParty>,
    code: Path<String>,
    body: Body<SetFeesRequest>,
) -> Result<HttpResponse, ApiError> {
    let SetFeesRequest { payer, payee, reason } = body.value;
    let (if_version, origin) = (etag::expected_version(&request), origin(&request));
    let new = NewFees { payer: payer.into(), payee: payee.into(), reason, if_version };
    let community = state.services.set_fees(&caller.bearer, code.into_inner(), new, &origin).await?;
    let tag = format!("\"v{}\"", community.fees.version);
    Ok(HttpResponse::Ok().insert_header((header::ETAG, tag)).json(FeeRulesView::from(&community)))
}
