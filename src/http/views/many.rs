//! Several payments at once.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::payments::TransferView;
use crate::domain::amount::{Amount, Scale};
use crate::domain::community::Community;
use crate::domain::many::{LineRefusal, PaidMany, UnfitLine};
use crate::domain::refusal::Refusal;
use crate::http::problem::ApiError;
use crate::services::many::ManyPreview;

/// A payment that was made, with its line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaidLine)]
pub struct PaidLineView {
    /// The line, from 1: the place in the list, or the line of the file.
    #[schema(example = 2)]
    line: Option<u32>,
    /// The payment.
    payment_id: Uuid,
}

/// A line that was left out, or would be.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RefusedLine)]
pub struct RefusedLineView<'a> {
    /// The line, from 1: the place in the list, or the line of the file.
    #[schema(example = 3)]
    line: u32,
    /// The problem's code.
    #[schema(example = "insufficient_credit")]
    code: &'static str,
    /// What it means for this line.
    #[schema(example = "12.50 exceeds the 7.00 available.")]
    detail: std::borrow::Cow<'a, str>,
    /// The earlier payment, where this line looks like its repetition.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_id: Option<Uuid>,
}

impl<'a> RefusedLineView<'a> {
    fn refused(scale: Scale, line: u32, refusal: &Refusal) -> Self {
        let problem = ApiError::refused(refusal, Some(scale)).into_problem("", "");
        Self {
            line,
            code: problem.code,
            detail: problem.detail.unwrap_or_default().into(),
            payment_id: problem.payment_id,
        }
    }

    fn unfit(unfit: &'a UnfitLine) -> Self {
        Self { line: unfit.line, code: unfit.code, detail: unfit.detail.as_str().into(), payment_id: None }
    }
}

/// Several payments that were made by one transfer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentBatch)]
pub struct PaymentBatchView<'a> {
    /// The community's code.
    #[schema(example = "RIVER")]
    community: &'a str,
    /// The transfer that made them.
    transfer: TransferView,
    /// How many were made.
    #[schema(example = 2)]
    posted: usize,
    /// How many lines were left out.
    #[schema(example = 0)]
    refused: usize,
    /// How much was paid in all.
    #[schema(example = "25.00")]
    total: String,
    /// The payments, by line.
    payments: Vec<PaidLineView>,
    /// The lines that were left out, and why.
    refusals: Vec<RefusedLineView<'a>>,
}

impl<'a> PaymentBatchView<'a> {
    /// What was made, in its community's currency.
    pub fn new(community: &'a Community, paid: &'a PaidMany) -> Self {
        let refusals = refusals(community.scale, &paid.refusals, &paid.unfit);
        let payment = |(line, id): &(Option<u32>, crate::domain::ids::PaymentId)| PaidLineView {
            line: *line,
            payment_id: id.uuid(),
        };
        Self {
            community: community.code.as_str(),
            transfer: TransferView::from(paid.transfer),
            posted: paid.payments.len(),
            refused: refusals.len(),
            total: community.scale.format(paid.total),
            payments: paid.payments.iter().map(payment).collect(),
            refusals,
        }
    }
}

fn refusals<'a>(scale: Scale, refused: &[LineRefusal], unfit: &'a [UnfitLine]) -> Vec<RefusedLineView<'a>> {
    let refused = refused.iter().map(|line| RefusedLineView::refused(scale, line.line, &line.refusal));
    let mut all: Vec<_> = refused.chain(unfit.iter().map(RefusedLineView::unfit)).collect();
    all.sort_by_key(|line| line.line);
    all
}

/// What would come of one line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PreviewedLine)]
pub struct PreviewedLineView {
    /// The line, from 1: the place in the list, or the line of the file.
    #[schema(example = 2)]
    line: u32,
    /// How much would be paid.
    #[schema(example = "12.50")]
    amount: String,
    /// The payer's balance after this line; null where that is not yours to see.
    #[schema(example = "-12.50")]
    balance_after: Option<String>,
    /// What the payer could still spend after this line; null where that is not yours to see.
    #[schema(example = "87.50")]
    available_after: Option<String>,
}

/// What would come of several payments, made one after the other.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkPreview)]
pub struct BulkPreviewView<'a> {
    /// The community's code.
    #[schema(example = "RIVER")]
    community: &'a str,
    /// How many lines would be paid.
    #[schema(example = 2)]
    payable: usize,
    /// How many would be refused.
    #[schema(example = 0)]
    refused: usize,
    /// How much would be paid by the valid lines in all.
    #[schema(example = "25.00")]
    total: String,
    /// The lines that would be paid, with the balances that they leave.
    lines: Vec<PreviewedLineView>,
    /// The lines that would be refused, and why.
    refusals: Vec<RefusedLineView<'a>>,
}

impl<'a> BulkPreviewView<'a> {
    /// A preview in its community's currency.
    pub fn new(found: &'a ManyPreview) -> Self {
        let scale = found.community.scale;
        let (mut lines, mut refused, mut total) = (Vec::new(), Vec::new(), Amount::ZERO);
        for (line, pay, judged) in &found.lines {
            if let Some(refusal) = &judged.refusal {
                refused.push(LineRefusal { line: *line, refusal: refusal.clone() });
                continue;
            }
            total = total.checked_add(pay.amount).unwrap_or(Amount::from_minor(i64::MAX));
            lines.push(PreviewedLineView {
                line: *line,
                amount: scale.format(pay.amount),
                balance_after: judged.payer_after.map(|after| scale.format(after.balance)),
                available_after: judged.payer_after.map(|after| scale.format(after.available)),
            });
        }
        let refusals = refusals(scale, &refused, &found.unfit);
        Self {
            community: found.community.code.as_str(),
            payable: lines.len(),
            refused: refusals.len(),
            total: scale.format(total),
            lines,
            refusals,
        }
    }
}
