//! What happened, as streams and webhooks tell it.

use serde::Serialize;
use utoipa::ToSchema;

use super::accounts::FullAccount;
use super::checkouts::CheckoutView;
use super::payments::PaymentView;
use super::people::MemberView;
use crate::domain::time::Timestamp;
use crate::services::events::{EventTicket, Subject, Told};

/// Something that happened.
#[derive(Debug, Serialize)]
pub struct EventView<'a> {
    /// What.
    #[serde(rename = "type")]
    kind: &'static str,
    /// When.
    timestamp: String,
    /// To what.
    data: SubjectView<'a>,
}

/// What an event is about, as it is when it is told.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum SubjectView<'a> {
    /// A payment.
    Payment(Box<PaymentView<'a>>),
    /// An account.
    Account(Box<FullAccount>),
    /// A member.
    Member(MemberView),
    /// A checkout.
    Checkout(Box<CheckoutView<'a>>),
    /// A payment that was given back.
    Refund(Box<RefundedView<'a>>),
}

/// A payment that was given back, in part or whole.
#[derive(Debug, Serialize)]
struct RefundedView<'a> {
    /// It, with how much of it was given back by now.
    #[serde(flatten)]
    paid: PaymentView<'a>,
    /// The payment that gives back.
    refund: PaymentView<'a>,
}

impl<'a> From<&'a Told> for EventView<'a> {
    fn from(told: &'a Told) -> Self {
        let community = &told.community;
        let data = match &told.subject {
            Subject::Payment(payment) => SubjectView::Payment(Box::new(PaymentView::new(community, payment))),
            Subject::Account(account) => SubjectView::Account(Box::new(FullAccount::new(community, account))),
            Subject::Member(member) => SubjectView::Member(MemberView::from(&**member)),
            Subject::Checkout(checkout) => {
                SubjectView::Checkout(Box::new(CheckoutView::new(community, checkout, None)))
            }
            Subject::Refund { paid, by } => SubjectView::Refund(Box::new(RefundedView {
                paid: PaymentView::new(community, paid),
                refund: PaymentView::new(community, by),
            })),
        };
        Self { kind: told.event.kind.name(), timestamp: told.event.created_at.rfc3339(), data }
    }
}

/// That everything is to be read anew.
#[derive(Debug, Serialize)]
pub struct ResetView {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: String,
    data: Nothing,
}

/// Nothing to say.
#[derive(Debug, Serialize)]
struct Nothing {}

impl ResetView {
    /// From this time on.
    pub fn at(time: Timestamp) -> Self {
        Self { kind: "reset", timestamp: time.rfc3339(), data: Nothing {} }
    }
}

/// A ticket for one stream. It is shown once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventTicket)]
pub struct EventTicketView {
    /// What opens the stream.
    #[schema(example = "cfo_…")]
    ticket: String,
    /// Until when it does.
    #[schema(example = "2026-09-21T14:13:50.000000Z")]
    expires_at: String,
}

impl From<&EventTicket> for EventTicketView {
    fn from(ticket: &EventTicket) -> Self {
        Self { ticket: ticket.token.expose().to_owned(), expires_at: ticket.expires_at.rfc3339() }
    }
}
