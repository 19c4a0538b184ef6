//! Undoing payments, as an admin.

use super::support::{
    River, authorise, by, capture, keyed, limits, minor, pay, refund, reverse, set_limits, set_status, void,
};
use crate::domain::account::AccountStatus;
use crate::domain::approval::SettleApproval;
use crate::domain::command::{Action, Authority};
use crate::domain::fold::Outcome;
use crate::domain::payment::PaymentState;
use crate::domain::records::EntryKind;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::{Scope, Scopes};
use crate::domain::spending::SpendingCeilings;

const SERVICE: Authority = Authority::Service;
const NOTHING_LEFT: Refusal = Refusal::Conflict(ConflictReason::NothingLeft);

#[test]
fn it_undoes_what_is_left_once_and_on_the_record() {
    let mut river = River::new();
    let (ada, bob, eve) = (river.member("Ada", 1_000), river.member("Bob", 0), river.admin("Eve", 0));
    let paid = river.paid(&pay(ada, bob, 900));
    let undone_id = river.last.records[0].id;
    river.paid(&refund(bob.authority(), paid.id, 200));
    let back = river.paid(&reverse(eve.authority(), paid.id, false));
    assert_eq!((back.payer.account_id, back.payee.account_id), (bob.account, ada.account));
    assert_eq!((back.amount, back.state), (minor(700), PaymentState::Completed));
    assert_eq!((back.reversal_of, back.refund_of, back.created_by), (Some(paid.id), None, Some(eve.user)));
    assert_eq!(river.last.records[0].undone_id, Some(undone_id));
    assert!(river.last.entries.iter().all(|entry| entry.kind == EntryKind::Reversal));
    assert!(river.last.has_rare_rows());
    let audit = &river.last.audits[0];
    assert_eq!((audit.action, audit.subject_id), ("payment.reversed", paid.id.uuid()));
    assert_eq!((audit.actor, river.last.texts[0].text.as_str()), (Some(eve.user), "by mistake"));
    assert_eq!((river.balance(ada), river.balance(bob)), (0, 0));
    assert_eq!(river.refused(&reverse(eve.authority(), paid.id, false)), NOTHING_LEFT);
    assert_eq!(
        river.refused(&refund(bob.authority(), paid.id, 1)),
        Refusal::Conflict(ConflictReason::RefundTooLarge)
    );
}

#[test]
fn in_one_batch_the_second_finds_nothing_left() {
    let mut river = River::new();
    let (ada, bob, eve) = (river.member("Ada", 1_000), river.member("Bob", 0), river.admin("Eve", 0));
    let paid = river.paid(&pay(ada, bob, 900));
    let twice =
        [keyed(reverse(eve.authority(), paid.id, false), "k-1"), reverse(eve.authority(), paid.id, false)];
    let outcomes = river.batch(&twice);
    assert!(matches!(&outcomes[0], Outcome::Answered(answered) if answered.status == 201));
    assert_eq!(outcomes[1], Outcome::Refused(NOTHING_LEFT));
    assert!(river.answered(&twice[0]).is_replay);
    assert_eq!(river.balance(bob), 0);
}

#[test]
fn a_broken_limit_is_told_and_may_be_passed_on_the_record() {
    let mut river = River::new();
    let (ada, bob, eve) = (river.member("Ada", 1_000), river.member("Bob", 0), river.admin("Eve", 0));
    let paid = river.paid(&pay(ada, bob, 900));
    river.move_money(bob, eve, 600);
    let refused = Refusal::InsufficientCredit { amount: minor(900), available: minor(300) };
    assert_eq!(river.refused(&reverse(eve.authority(), paid.id, false)), refused);
    river.paid(&reverse(eve.authority(), paid.id, true));
    let kinds: Vec<_> = river.last.entries.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [EntryKind::ReversalBeyondLimit, EntryKind::Reversal]);
    assert_eq!((river.balance(bob), river.available(bob)), (-600, -600));
    // It was for this once: nothing more goes out, and what comes in is welcome.
    let refused = Refusal::InsufficientCredit { amount: minor(1), available: minor(-600) };
    assert_eq!(river.refused(&pay(bob, ada, 1)), refused);
    river.move_money(eve, bob, 600);
}

#[test]
fn a_permission_that_is_not_needed_is_not_written() {
    let mut river = River::new();
    let (ada, bob, eve) = (river.member("Ada", 1_000), river.member("Bob", 0), river.admin("Eve", 0));
    let paid = river.paid(&pay(ada, bob, 900));
    river.paid(&reverse(eve.authority(), paid.id, true));
    assert!(river.last.entries.iter().all(|entry| entry.kind == EntryKind::Reversal));
    // A ceiling on the side that gets back.
    let paid = river.paid(&pay(ada, bob, 900));
    river.move_money(bob, eve, 900);
    river.move_money(eve, ada, 900);
    river.done(&set_limits(SERVICE, bob.account, limits(1_000, None)));
    river.done(&set_limits(SERVICE, ada.account, limits(1_000, Some(899))));
    assert_eq!(river.refused(&reverse(eve.authority(), paid.id, false)), Refusal::CeilingExceeded);
    river.paid(&reverse(eve.authority(), paid.id, true));
    let kinds: Vec<_> = river.last.entries.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [EntryKind::Reversal, EntryKind::ReversalBeyondLimit]);
}

#[test]
fn frozen_accounts_are_moved_and_closed_ones_not() {
    let mut river = River::new();
    let (ada, bob, eve) = (river.member("Ada", 1_000), river.member("Bob", 0), river.admin("Eve", 0));
    let paid = river.paid(&pay(ada, bob, 900));
    for frozen in [ada, bob] {
        river.done(&set_status(SERVICE, frozen.account, AccountStatus::Frozen));
    }
    river.paid(&reverse(eve.authority(), paid.id, false));
    for thawed in [ada, bob] {
        river.done(&set_status(SERVICE, thawed.account, AccountStatus::Active));
    }
    let paid = river.paid(&pay(ada, bob, 900));
    river.move_money(bob, ada, 900);
    river.done(&set_status(SERVICE, bob.account, AccountStatus::Closed));
    let code = river.account(bob.account).code.clone();
    let refused = Refusal::AccountNotActive { code, status: AccountStatus::Closed };
    assert_eq!(river.refused(&reverse(eve.authority(), paid.id, true)), refused);
}

#[test]
fn only_what_was_paid_is_undone_and_nothing_that_gives_back() {
    let mut river = River::new();
    let (ada, bob, eve) = (river.member("Ada", 1_000), river.member("Bob", 1_000), river.admin("Eve", 0));
    let held = river.paid(&authorise(ada, bob, 900));
    let not_completed = Refusal::Conflict(ConflictReason::NotCompleted);
    assert_eq!(river.refused(&reverse(eve.authority(), held.id, false)), not_completed);
    river.done(&capture(bob.authority(), held.id, Some(600)));
    let back = river.paid(&reverse(eve.authority(), held.id, false));
    assert_eq!(back.amount, minor(600), "what was captured");
    let of_refund = Refusal::Conflict(ConflictReason::ReversalOfRefund);
    assert_eq!(river.refused(&reverse(eve.authority(), back.id, false)), of_refund);
    let twice = Refusal::Conflict(ConflictReason::RefundOfRefund);
    assert_eq!(river.refused(&refund(ada.authority(), back.id, 1)), twice);
    let voided = river.paid(&authorise(ada, bob, 900));
    river.done(&void(bob.authority(), voided.id));
    assert_eq!(river.refused(&reverse(eve.authority(), voided.id, false)), not_completed);
}

#[test]
fn admins_undo_with_a_fresh_proof_and_nobody_else() {
    let mut river = River::new();
    let (ada, bob, cyd) = (river.member("Ada", 1_000), river.member("Bob", 0), river.member("Cyd", 0));
    let (eve, sam) = (river.admin("Eve", 0), river.stranger());
    let paid = river.paid(&pay(ada, bob, 900));
    for other in [ada, bob] {
        assert_eq!(river.refused(&reverse(other.authority(), paid.id, false)), Refusal::Forbidden);
    }
    assert_eq!(river.refused(&reverse(cyd.authority(), paid.id, false)), Refusal::NotFound(Thing::Payment));
    assert_eq!(river.refused(&reverse(sam.authority(), paid.id, false)), Refusal::NotFound(Thing::Community));
    let without = eve.with_scopes(Scopes::default().with(Scope::PaymentsWrite));
    assert_eq!(river.refused(&reverse(without, paid.id, false)), Refusal::Forbidden);
    let stale = eve.proved_at(river.now.plus_seconds(-86_400));
    assert_eq!(river.refused(&reverse(stale, paid.id, false)), Refusal::StepUpRequired);
    let app = eve.through_app(SpendingCeilings::default());
    assert_eq!(river.refused(&reverse(app, paid.id, false)), Refusal::NotFound(Thing::Payment));
    river.paid(&reverse(SERVICE, paid.id, false));
}

#[test]
fn nobody_takes_their_own_money_back_alone() {
    let mut river = River::new();
    let (ada, eve, dan) = (river.member("Ada", 1_000), river.admin("Eve", 1_000), river.admin("Dan", 0));
    let paid = river.paid(&pay(eve, ada, 900));
    let Outcome::Approval(asked) = river.done(&reverse(eve.authority(), paid.id, false)) else {
        panic!("it should need another admin")
    };
    assert_eq!(river.balance(eve), -900);
    let agree = SettleApproval { approval_id: asked.id, agrees: true, reason: String::new() };
    river.done(&by(dan.authority(), Action::SettleApproval(agree)));
    assert_eq!(river.balance(eve), 0);
    // What somebody paid an admin goes back without another one.
    let paid = river.paid(&pay(ada, eve, 100));
    river.paid(&reverse(eve.authority(), paid.id, false));
    let paid = river.paid(&pay(eve, ada, 100));
    river.paid(&reverse(dan.authority(), paid.id, false));
}
