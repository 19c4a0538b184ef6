//! What the mails about planned payments say. The ledger puts them into the outbox with what it posts.

use crate::domain::community::Community;
use crate::domain::schedule::{Failure, NoticeFacts, NoticeKind};
use crate::mail::{Letter, Plain, PlanCause, PlanEvent};

/// A letter about something planned, as it is stored.
pub fn parameters(community: &Community, facts: &NoticeFacts<'_>) -> String {
    let amount = format!("{} {}", community.scale.format(facts.amount), community.symbol);
    let letter = Letter::PlannedPayment {
        event: match facts.kind {
            NoticeKind::RunFailed => PlanEvent::RunFailed,
            NoticeKind::Paused => PlanEvent::Paused,
            NoticeKind::Ended => PlanEvent::Ended,
        },
        cause: match facts.failure {
            Some(Failure::InsufficientCredit) => PlanCause::InsufficientCredit,
            Some(Failure::CeilingExceeded) => PlanCause::CeilingExceeded,
            Some(Failure::AccountNotActive) => PlanCause::AccountNotActive,
            Some(Failure::FeeExceedsAmount) => PlanCause::FeeExceedsAmount,
            Some(Failure::PaymentLimitReached) => PlanCause::PaymentLimitReached,
            Some(Failure::Forbidden) | None => PlanCause::Forbidden,
        },
        payee: Plain::from(facts.payee),
        amount: Plain::from(amount.as_str()),
        at_micros: facts.at.micros(),
        community: Plain::from(community.name.as_str()),
    };
    letter.to_json()
}
