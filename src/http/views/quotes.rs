//! What payments would do.

use serde::Serialize;
use utoipa::ToSchema;

use super::fees::FeeView;
use super::payments::PartyView;
use crate::domain::amount::Scale;
use crate::domain::fold::QuotedSide;
use crate::http::problem::Problem;
use crate::services::quotes::QuoteInContext;

/// One side of a payment that was not made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QuotedSide)]
pub struct QuotedSideView<'a> {
    /// Which account.
    #[serde(flatten)]
    party: PartyView<'a>,
    /// Its balance afterwards; null where that is not yours to see, and where the payment would be refused.
    #[schema(example = "-12.50")]
    balance_after: Option<String>,
    /// What it could still spend afterwards; null in the same cases.
    #[schema(example = "87.50")]
    available_after: Option<String>,
}

impl<'a> QuotedSideView<'a> {
    fn new(scale: Scale, side: &'a QuotedSide) -> Self {
        Self {
            party: PartyView::from(&side.party),
            balance_after: side.after.map(|after| scale.format(after.balance)),
            available_after: side.after.map(|after| scale.format(after.available)),
        }
    }
}

/// What a payment would do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Quote)]
pub struct QuoteView<'a> {
    /// The community's code.
    #[schema(example = "RIVER")]
    community: &'a str,
    /// How much would be paid.
    #[schema(example = "12.50")]
    amount: String,
    /// What each side would bear beside it; empty where the payment bears no fees.
    fees: Vec<FeeView>,
    /// Who would pay.
    payer: QuotedSideView<'a>,
    /// Who would be paid.
    payee: QuotedSideView<'a>,
    /// Why it would be refused; null where it would be made.
    refusal: Option<Problem>,
}

impl<'a> QuoteView<'a> {
    /// A quote, with its refusal as the payment would get it.
    pub fn new(found: &'a QuoteInContext, refusal: Option<Problem>) -> Self {
        let scale = found.community.scale;
        Self {
            community: found.community.code.as_str(),
            amount: scale.format(found.amount),
            fees: FeeView::list(scale, found.quote.fees),
            payer: QuotedSideView::new(scale, &found.quote.payer),
            payee: QuotedSideView::new(scale, &found.quote.payee),
            refusal,
        }
    }
}
