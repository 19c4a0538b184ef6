//! Payments.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fees::FeeView;
use super::reconciliation::NationalView;
use crate::domain::community::Community;
use crate::domain::ids::PaymentId;
use crate::domain::payment::{Party, Payment, TransferPosition};
use crate::domain::schedule::Failure;
use crate::domain::time::Timestamp;

/// One side of a payment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Party)]
pub struct PartyView<'a> {
    /// The account's id.
    account_id: Uuid,
    /// The account's public name.
    #[schema(example = "RIVER0001")]
    code: &'a str,
    /// The name people read.
    #[schema(example = "Ada Brook")]
    name: &'a str,
}

impl<'a> From<&'a Party> for PartyView<'a> {
    fn from(party: &'a Party) -> Self {
        Self { account_id: party.account_id.uuid(), code: party.code.as_str(), name: &party.name }
    }
}

/// Where on the community's chain a payment's transfer stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Transfer)]
pub struct TransferView {
    /// Its place in the community's order.
    #[schema(example = 1042)]
    seq: i64,
    /// The chain's hash at that place, in hexadecimal.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    hash: String,
}

impl From<TransferPosition> for TransferView {
    fn from(transfer: TransferPosition) -> Self {
        Self { seq: transfer.seq, hash: hex::encode(transfer.hash) }
    }
}

/// A payment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Payment)]
pub struct PaymentView<'a> {
    /// Its id.
    id: Uuid,
    /// The community's code.
    #[schema(example = "RIVER")]
    community: &'a str,
    /// Where it stands: `requested`, `scheduled`, `authorised`, `completed`, `declined`, `expired`, `cancelled` or `failed`.
    #[schema(example = "completed")]
    state: &'static str,
    /// How much.
    #[schema(example = "12.50")]
    amount: String,
    /// What for.
    #[schema(example = "Rye loaves")]
    description: &'a str,
    /// Who pays.
    payer: PartyView<'a>,
    /// Who is paid.
    payee: PartyView<'a>,
    /// When it was made.
    #[schema(example = "2026-09-21T14:13:20.000000Z")]
    created_at: String,
    /// When the money moved.
    #[schema(example = "2026-09-21T14:13:20.000000Z")]
    completed_at: Option<String>,
    /// The transfer that moved it.
    transfer: Option<TransferView>,
    /// The payment that this one gives back, in part or whole, by whom was paid.
    refund_of: Option<Uuid>,
    /// The payment that this one undoes, on an admin's word.
    reversal_of: Option<Uuid>,
    /// How much of it was given back, either way.
    #[schema(example = "0.00")]
    refunded: String,
    /// For when it was planned; null where it was made at once.
    #[schema(example = "2026-12-31T08:00:00.000000Z")]
    scheduled_for: Option<String>,
    /// The schedule of which it is a run.
    schedule: Option<Uuid>,
    /// Why it failed when its time came.
    failure: Option<FailureView>,
    /// Until when it can be accepted or captured, or could have been; null where it never awaited that.
    expires_at: Option<String>,
    /// Why the payer declined it; null where nothing was said.
    reason: Option<&'a str>,
    /// What each side bears beside the amount; empty where the payment bears no fees, below zero where a reversal gives them back. Where it is `authorised`, what is reserved
    /// for the payer's.
    fees: Vec<FeeView>,
    /// Where it gives back a price that was paid in two moneys: what its payer gives back itself, in national money. Of all refunds
    /// together the same share as of the payment, rounded to the nearest minor unit, halves up: so with the last of the payment goes
    /// the last of it. Else left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    national_back: Option<NationalView>,
    /// True where it is of a community that is only for tests; else left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    test_mode: bool,
}

/// Why a planned payment was not made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Failure)]
pub struct FailureView {
    /// The code of the problem: `insufficient_credit`, `ceiling_exceeded`, `payment_limit_reached`, `account_not_active`,
    /// `fee_exceeds_amount` or `forbidden`.
    #[schema(example = "insufficient_credit")]
    code: &'static str,
}

impl From<Failure> for FailureView {
    fn from(failure: Failure) -> Self {
        Self { code: failure.name() }
    }
}

impl<'a> PaymentView<'a> {
    /// A payment in its community's currency.
    pub fn new(community: &'a Community, payment: &'a Payment) -> Self {
        Self {
            id: payment.id.uuid(),
            community: community.code.as_str(),
            state: payment.state.name(),
            amount: community.scale.format(payment.amount),
            description: &payment.description,
            payer: PartyView::from(&payment.payer),
            payee: PartyView::from(&payment.payee),
            created_at: payment.created_at.rfc3339(),
            completed_at: payment.completed_at.map(Timestamp::rfc3339),
            transfer: payment.transfer.map(TransferView::from),
            refund_of: payment.refund_of.map(PaymentId::uuid),
            reversal_of: payment.reversal_of.map(PaymentId::uuid),
            refunded: community.scale.format(payment.refunded),
            scheduled_for: payment.planned.map(|run| run.planned_at.rfc3339()),
            // What is planned once is its own plan.
            schedule: payment
                .planned
                .map(|run| run.schedule_id.uuid())
                .filter(|schedule_id| *schedule_id != payment.id.uuid()),
            failure: payment.planned.and_then(|run| run.failure).map(FailureView::from),
            expires_at: payment.expires_at.map(Timestamp::rfc3339),
            reason: payment.reason.as_deref(),
            fees: FeeView::list(community.scale, payment.fees),
            national_back: payment.national_back.map(NationalView::from),
            test_mode: community.is_test(),
        }
    }
}

/// A page of payments, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentPage<'a> {
    /// The payments.
    pub data: Vec<PaymentView<'a>>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}
