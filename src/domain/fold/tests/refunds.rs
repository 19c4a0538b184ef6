//! Giving payments back.

use super::support::{
    River, authorise, capture, keyed, limits, minor, pay, refund, set_limits, set_status, void,
};
use crate::domain::account::AccountStatus;
use crate::domain::command::{Authority, Command};
use crate::domain::fold::Outcome;
use crate::domain::ids::PaymentId;
use crate::domain::payment::PaymentState;
use crate::domain::records::EntryKind;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::{Scope, Scopes};

const SERVICE: Authority = Authority::Service;
const ABSENT: Refusal = Refusal::NotFound(Thing::Payment);
const TOO_LARGE: Refusal = Refusal::Conflict(ConflictReason::RefundTooLarge);
const NOT_COMPLETED: Refusal = Refusal::Conflict(ConflictReason::NotCompleted);

#[test]
fn a_refund_is_a_payment_the_other_way_whose_transfer_names_the_first() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let paid = river.paid(&pay(ada, bob, 900));
    let undone_id = river.last.records[0].id;
    let back = river.paid(&refund(bob.authority(), paid.id, 400));
    assert_eq!((back.payer.account_id, back.payee.account_id), (bob.account, ada.account));
    assert_eq!(
        (back.amount, back.description.as_str(), back.state),
        (minor(400), "stale", PaymentState::Completed)
    );
    assert_eq!((back.refund_of, back.created_by), (Some(paid.id), Some(bob.user)));
    assert_eq!(river.last.records[0].undone_id, Some(undone_id));
    assert!(
        river.last.entries.iter().all(|entry| entry.kind == EntryKind::Refund && entry.payment_id == back.id)
    );
    assert!(river.last.has_rare_rows(), "what it gives back has a row of its own");
    assert_eq!((river.balance(ada), river.balance(bob)), (-500, 500));
    assert_eq!(river.state.refundable[&paid.id].refunded, minor(400));
}

#[test]
fn all_refunds_together_are_no_more_than_was_paid() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 1_000));
    let paid = river.paid(&pay(ada, bob, 900));
    assert_eq!(river.refused(&refund(bob.authority(), paid.id, 901)), TOO_LARGE);
    river.paid(&refund(bob.authority(), paid.id, 400));
    assert_eq!(river.refused(&refund(bob.authority(), paid.id, 501)), TOO_LARGE);
    // Two in one batch: the second finds what the first has left.
    let outcomes = river.batch(&[refund(bob.authority(), paid.id, 500), refund(bob.authority(), paid.id, 1)]);
    assert!(matches!(outcomes[0], Outcome::Paid(_)));
    assert_eq!(outcomes[1], Outcome::Refused(TOO_LARGE));
    assert_eq!((river.balance(ada), river.balance(bob)), (0, 0));
}

#[test]
fn only_what_was_paid_is_given_back_and_no_refund() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 1_000));
    let held = river.paid(&authorise(ada, bob, 900));
    assert_eq!(river.refused(&refund(bob.authority(), held.id, 1)), NOT_COMPLETED);
    // In the batch of the capture, and then no more than was captured.
    let outcomes =
        river.batch(&[capture(bob.authority(), held.id, Some(600)), refund(bob.authority(), held.id, 600)]);
    assert!(matches!(outcomes[..], [Outcome::Changed(_), Outcome::Paid(_)]), "{outcomes:?}");
    assert_eq!(river.refused(&refund(bob.authority(), held.id, 1)), TOO_LARGE);

    let voided = river.paid(&authorise(ada, bob, 900));
    river.done(&void(bob.authority(), voided.id));
    assert_eq!(river.refused(&refund(bob.authority(), voided.id, 1)), NOT_COMPLETED);

    let paid = river.paid(&pay(ada, bob, 100));
    let back = river.paid(&refund(bob.authority(), paid.id, 100));
    let twice = Refusal::Conflict(ConflictReason::RefundOfRefund);
    assert_eq!(river.refused(&refund(ada.authority(), back.id, 1)), twice);
}

#[test]
fn who_was_paid_gives_back_and_nobody_else() {
    let mut river = River::new();
    let (ada, bob, cyd) = (river.member("Ada", 1_000), river.member("Bob", 0), river.member("Cyd", 0));
    let (eve, sam) = (river.admin("Eve", 0), river.stranger());
    let paid = river.paid(&pay(ada, bob, 900));
    for other in [ada, eve] {
        assert_eq!(river.refused(&refund(other.authority(), paid.id, 1)), Refusal::Forbidden);
    }
    assert_eq!(river.refused(&refund(cyd.authority(), paid.id, 1)), ABSENT);
    assert_eq!(river.refused(&refund(sam.authority(), paid.id, 1)), Refusal::NotFound(Thing::Community));
    let unknown = PaymentId::from_uuid(ada.account.uuid());
    assert_eq!(river.refused(&refund(bob.authority(), unknown, 1)), ABSENT);
    let only = |scope| bob.with_scopes(Scopes::default().with(scope));
    assert_eq!(river.refused(&refund(only(Scope::RequestsWrite), paid.id, 1)), Refusal::Forbidden);
    // Who may pay anybody may give back; who may give back pays nobody.
    for scope in [Scope::RefundsWrite, Scope::PaymentsWrite] {
        river.paid(&refund(only(scope), paid.id, 1));
    }
    let paying = Command { authority: only(Scope::RefundsWrite), ..pay(bob, ada, 1) };
    assert_eq!(river.refused(&paying), Refusal::Forbidden);
    river.paid(&refund(SERVICE, paid.id, 1));
}

#[test]
fn a_refund_spends_like_any_payment() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let paid = river.paid(&pay(ada, bob, 900));
    river.move_money(bob, ada, 500);
    let refused = Refusal::InsufficientCredit { amount: minor(401), available: minor(400) };
    assert_eq!(river.refused(&refund(bob.authority(), paid.id, 401)), refused);
    river.done(&set_limits(SERVICE, ada.account, limits(1_000, Some(0))));
    river.paid(&refund(bob.authority(), paid.id, 400));
    river.done(&set_limits(SERVICE, bob.account, limits(1_000, None)));
    assert_eq!(river.refused(&refund(bob.authority(), paid.id, 1)), Refusal::CeilingExceeded);
    for (frozen, thawed) in [(ada, bob), (bob, ada)] {
        river.done(&set_status(SERVICE, frozen.account, AccountStatus::Frozen));
        river.done(&set_status(SERVICE, thawed.account, AccountStatus::Active));
        let code = river.account(frozen.account).code.clone();
        let refused = Refusal::AccountNotActive { code, status: AccountStatus::Frozen };
        assert_eq!(river.refused(&refund(bob.authority(), paid.id, 1)), refused);
    }
}

#[test]
fn a_refund_needs_a_fresh_proof_above_the_amount_that_its_giver_set() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let paid = river.paid(&pay(ada, bob, 900));
    river.state.accounts.get_mut(&bob.account).unwrap().step_up_above = Some(minor(100));
    let stale = bob.proved_at(river.now.plus_seconds(-86_400));
    assert_eq!(river.refused(&refund(stale, paid.id, 101)), Refusal::StepUpRequired);
    river.paid(&refund(stale, paid.id, 100));
}

#[test]
fn the_same_key_gives_back_once() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let paid = river.paid(&pay(ada, bob, 900));
    let command = keyed(refund(bob.authority(), paid.id, 400), "k-1");
    let first = river.answered(&command);
    let again = river.answered(&command);
    assert_eq!((first.status, &first.body, first.is_replay), (201, &again.body, false));
    assert!(again.is_replay);
    assert_eq!(river.balance(bob), 500);
    let other = keyed(refund(bob.authority(), paid.id, 401), "k-1");
    assert_eq!(river.refused(&other), Refusal::KeyReused);
    let too_large = keyed(refund(bob.authority(), paid.id, 501), "k-2");
    assert_eq!(river.answered(&too_large).status, 409);
    assert!(river.answered(&too_large).is_replay, "a refusal is final for its key");
}
