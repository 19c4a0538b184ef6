//! What the fold did beside what the model says.

use super::model::Verdict;
use super::properties::Play;
use super::support::refusal_body;
use crate::domain::approval::ApprovalState;
use crate::domain::bringing::Bring;
use crate::domain::command::{Action, Authorise, Command};
use crate::domain::fold::{Answered, CommunityState, Outcome, Proposal, Quote};
use crate::domain::ids::{ApprovalId, PaymentId, ScheduleId};
use crate::domain::payment::PaymentState;
use crate::domain::records::Postings;
use crate::domain::refusal::Refusal;

/// What a quote can be asked about.
pub(super) fn proposal_of(command: &Command) -> Option<Proposal> {
    match command.action.clone() {
        Action::Pay(pay) => Some(Proposal::Pay(pay)),
        Action::Authorise(authorise) => Some(Proposal::Authorise(authorise)),
        Action::Schedule(new) => Some(Proposal::Plan(new)),
        _ => None,
    }
}

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

impl Play {
    /// What the fold answered is what the model says.
    pub(super) fn compare(&mut self, verdict: &Verdict, outcome: &Outcome, command: &Command) {
        match (verdict, outcome) {
            (Verdict::Refused(expected), Outcome::Refused(found)) => {
                assert_eq!(found, expected, "{command:?}")
            }
            (Verdict::Passes, Outcome::Paid(payment)) => {
                let pay = match &command.action {
                    Action::Pay(pay)
                    | Action::Bring(Bring { pay, .. })
                    | Action::Authorise(Authorise { payment: pay, .. }) => pay,
                    Action::Schedule(new) => {
                        assert_eq!(payment.state, PaymentState::Scheduled);
                        &new.payment
                    }
                    Action::Request(request) => {
                        let is_paid = payment.state == PaymentState::Completed;
                        assert_eq!(is_paid, self.model.pays_at_once(request), "{command:?}");
                        &request.payment
                    }
                    Action::Refund(refund) => {
                        assert_eq!(payment.refund_of, Some(refund.payment_id));
                        assert_eq!((payment.amount, &payment.description), (refund.amount, &refund.reason));
                        return;
                    }
                    Action::Reverse(reverse) => {
                        assert_eq!(payment.reversal_of, Some(reverse.payment_id));
                        assert_eq!(payment.description, reverse.reason);
                        return;
                    }
                    Action::PayOut(out) => {
                        let sides = (payment.payer.account_id, payment.payee.account_id, payment.amount);
                        assert_eq!(sides, (out.fund_id, out.payee_id, out.amount));
                        return;
                    }
                    _ => panic!("{command:?} makes no payment"),
                };
                assert_eq!(
                    (payment.payer.account_id, payment.payee.account_id),
                    (pay.payer_id, pay.payee_id)
                );
                assert_eq!((payment.amount, &payment.description), (pay.amount, &pay.description));
                assert!(command.key.is_none());
            }
            (Verdict::Passes, Outcome::PaidMany(_)) => {
                assert!(matches!(command.action, Action::PayMany(_)) && command.key.is_none());
            }
            (Verdict::Passes, Outcome::Answered(answered)) => {
                let is_change = command.life_id().is_some()
                    || command.checkout_id().is_some()
                    || self.model.finds_checkout(command);
                let status = match answered.approval_id {
                    Some(_) => 202,
                    None if is_change => 200,
                    None => 201,
                };
                assert_eq!((answered.status, answered.is_replay), (status, false), "{command:?}");
                assert_eq!(answered.payment_id.is_some(), answered.approval_id.is_none());
                self.answers.insert(command.key.unwrap().hash, answered.clone());
            }
            (Verdict::RefusedForGood(refusal), Outcome::Answered(answered)) => {
                let body = refusal_body(refusal, &command.request_id);
                assert_eq!(
                    (answered.status, answered.body.as_deref()),
                    (409, Some(body.as_slice())),
                    "{command:?}"
                );
                assert_eq!((answered.payment_id, answered.is_replay), (None, false));
                self.answers.insert(command.key.unwrap().hash, answered.clone());
            }
            (Verdict::Repeats, Outcome::Answered(answered)) => {
                let first = &self.answers[&command.key.unwrap().hash];
                assert_eq!(*answered, Answered { is_replay: true, ..first.clone() });
            }
            (Verdict::Passes, Outcome::Account(_)) => {
                assert!(matches!(
                    command.action,
                    Action::SetLimits(_)
                        | Action::FollowPolicy(_)
                        | Action::SetAllowance(_)
                        | Action::SetStatus(_)
                        | Action::Merge(_)
                ));
            }
            (Verdict::Passes, Outcome::Member(member)) => {
                let Action::SetMemberStatus(change) = &command.action else { panic!("{command:?}") };
                assert_eq!((member.member_id, member.status), (change.member_id, change.status));
            }
            (Verdict::Passes, Outcome::Changed(payment)) => {
                assert_eq!(Some(payment.id), command.life_id());
                assert!(command.key.is_none());
            }
            (Verdict::Passes, Outcome::Done) => {
                assert!(matches!(
                    command.action,
                    Action::EndSession(_)
                        | Action::SetTrust(_)
                        | Action::ChangeSchedule(_)
                        | Action::EditSchedule(_)
                        | Action::RunSchedule(_)
                        | Action::Charge(_)
                        | Action::PayIncome(_)
                        | Action::SetIncome(_)
                        | Action::SetApprovalRules(_)
                ));
            }
            (Verdict::Passes, Outcome::Fees(rules)) => {
                assert!(matches!(command.action, Action::SetFees(_)));
                assert_eq!(rules.version, self.model.fees.version + 1);
            }
            (Verdict::Passes, Outcome::Approval(approval)) => {
                let is_settled = approval.state != ApprovalState::Pending;
                assert_eq!(matches!(command.action, Action::SettleApproval(_)), is_settled);
            }
            (Verdict::Passes, Outcome::MadeCheckout(_) | Outcome::FoundCheckout(_)) => {
                assert!(matches!(command.action, Action::CreateCheckout(_)));
                let is_found = matches!(outcome, Outcome::FoundCheckout(_));
                assert_eq!(is_found, self.model.finds_checkout(command), "{command:?}");
            }
            (Verdict::Passes, Outcome::ChangedCheckout(checkout)) => {
                assert_eq!(Some(checkout.id), command.checkout_id());
            }
            (Verdict::Passes, Outcome::Scheduled(_)) => {
                assert!(matches!(command.action, Action::Schedule(_)));
            }
            _ => panic!("{command:?}: the model says {verdict:?}, the fold {outcome:?}"),
        }
    }
}

/// What another admin has to agree to first, from now on.
pub(super) fn made_approval(outcome: &Outcome) -> Option<ApprovalId> {
    match outcome {
        Outcome::Approval(approval) => Some(approval.id).filter(|_| approval.state == ApprovalState::Pending),
        Outcome::Answered(answered) => answered.approval_id.filter(|_| !answered.is_replay),
        _ => None,
    }
}

pub(super) fn made_schedule(outcome: &Outcome) -> Option<ScheduleId> {
    match outcome {
        Outcome::Scheduled(schedule) => Some(schedule.id),
        Outcome::Answered(answered) => answered.payment_id.map(ScheduleId::from),
        Outcome::Paid(payment) => Some(ScheduleId::from(payment.id)),
        _ => None,
    }
}

pub(super) fn made_payment(outcome: &Outcome, command: &Command) -> Option<PaymentId> {
    match outcome {
        // What is kept under its key is the checkout's id.
        Outcome::Answered(_) if command.checkout_id().is_some() => None,
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
