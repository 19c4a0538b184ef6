//! What the fold did beside what the model says.

use super::model::Verdict;
use crate::domain::command::Command;
use crate::domain::fold::{CommunityState, Outcome, Quote};
use crate::domain::ids::{PaymentId, ScheduleId};
use crate::domain::records::Postings;
use crate::domain::refusal::Refusal;

/// A quote says what the payment then did.
pub(super) fn compare_quote(quote: Result<Quote, Refusal>, verdict: &Verdict, after: &CommunityState) {
    let expected = match verdict {
        Verdict::Repeats | Verdict::Refused(Refusal::KeyReused) => return,
        Verdict::Passes => None,
        Verdict::Refused(refusal) | Verdict::RefusedForGood(refusal) => Some(refusal.clone()),
    };
    let quote = match quote {
        Ok(quote) => quote,
        Err(refusal) => return assert_eq!(Some(refusal), expected),
    };
    for side in [&quote.payer, &quote.payee] {
        let account = &after.accounts[&side.party.account_id];
        if let Some(quoted) = side.after {
            assert_eq!((quoted.balance, quoted.available), (account.balance, account.available()));
        }
    }
    assert!(quote.refusal.is_none() || quote.payer.after.is_none());
    assert_eq!(quote.refusal, expected);
}

pub(super) fn made_schedule(outcome: &Outcome) -> Option<ScheduleId> {
    match outcome {
        Outcome::Scheduled(schedule) => Some(schedule.id),
        other => made_payment(other).map(ScheduleId::from),
    }
}

pub(super) fn made_payment(outcome: &Outcome) -> Option<PaymentId> {
    match outcome {
        Outcome::Paid(payment) => Some(payment.id),
        Outcome::Answered(answered) => answered.payment_id,
        Outcome::Scheduled(schedule) => Some(PaymentId::from_uuid(schedule.id.uuid())),
        _ => None,
    }
}

/// A refused or repeated command adds no row but its own kept refusal.
pub(super) fn assert_same_but_kept_refusals(after: &Postings, before: &Postings) {
    let without = |postings: &Postings| {
        let kept_apart = Postings { keys: Vec::new(), refusals: Vec::new(), ..postings.clone() };
        format!("{kept_apart:?}")
    };
    assert_eq!(without(after), without(before));
    let noted = after.refusals.len() - before.refusals.len();
    let kept = after.keys.len() - before.keys.len();
    // What was refused of a payment that exists leaves no note beside its kept answer.
    assert!(noted <= kept && kept <= 1);
}

/// What came about, for the tally.
pub(super) fn name_of(verdict: &Verdict, command: &Command) -> String {
    let action = format!("{:?}", command.action);
    let action = action.split('(').next().unwrap_or_default().to_owned();
    match verdict {
        Verdict::Passes => format!("passes {action}"),
        Verdict::Repeats => "repeats".into(),
        Verdict::Refused(Refusal::Conflict(reason)) | Verdict::RefusedForGood(Refusal::Conflict(reason)) => {
            format!("conflict {}", reason.name())
        }
        Verdict::Refused(refusal) => refusal.code().into(),
        Verdict::RefusedForGood(refusal) => format!("{} for good", refusal.code()),
    }
}
