//! Limits, ceilings, frozen and closed accounts, the bounds of a balance.

use super::support::{
    River, authorise, by, capture, limits, minor, order, pay, payment, set_limits, set_status,
};
use crate::domain::account::AccountStatus;
use crate::domain::amount::{BALANCE_MAX_MINOR, MOVEMENT_MAX_MINOR};
use crate::domain::command::{Action, Authority};
use crate::domain::fold::Outcome;
use crate::domain::member::Role;
use crate::domain::payment::PaymentState;
use crate::domain::refusal::Refusal;

const SERVICE: Authority = Authority::Service;

fn insufficient(amount: i64, available: i64) -> Refusal {
    Refusal::InsufficientCredit { amount: minor(amount), available: minor(available) }
}

#[test]
fn a_payment_moves_its_amount_and_nothing_else() {
    let mut river = River::new();
    let (ada, bob, eve) = (river.member("Ada", 5_000), river.member("Bob", 0), river.member("Eve", 0));
    let pay = by(ada.authority(), Action::Pay(order(ada.account, bob.account, 1_250, "bread")));
    let made = river.paid(&pay);
    assert_eq!((made.state, made.amount), (PaymentState::Completed, minor(1_250)));
    assert_eq!((made.payer.code.as_str(), made.payee.code.as_str()), ("RIVER0001", "RIVER0002"));
    assert_eq!((made.description.as_str(), made.created_by), ("bread", Some(ada.user)));
    assert_eq!((river.balance(ada), river.balance(bob), river.balance(eve)), (-1_250, 1_250, 0));
    assert_eq!((river.available(ada), river.available(bob), river.available(eve)), (3_750, 1_250, 0));
    assert_eq!(river.last.payments, [made]);
}

#[test]
fn available_may_reach_zero_and_not_one_minor_unit_less() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    assert_eq!(river.refused(&pay(ada, bob, 1_001)), insufficient(1_001, 1_000));
    river.move_money(ada, bob, 1_000);
    assert_eq!(river.available(ada), 0);
    assert_eq!(river.refused(&pay(ada, bob, 1)), insufficient(1, 0));
    assert_eq!(river.refused(&pay(bob, ada, 1_001)), insufficient(1_001, 1_000));
    river.move_money(bob, ada, 1_000);
}

#[test]
fn a_balance_may_reach_its_ceiling_and_not_one_minor_unit_more() {
    let mut river = River::new();
    let ada = river.member("Ada", 5_000);
    let bob = river.newcomer("Bob", Role::Member, limits(0, Some(1_000)));
    assert_eq!(river.refused(&pay(ada, bob, 1_001)), Refusal::CeilingExceeded);
    river.move_money(ada, bob, 1_000);
    assert_eq!(river.refused(&pay(ada, bob, 1)), Refusal::CeilingExceeded);
    river.move_money(bob, ada, 1);
    river.move_money(ada, bob, 1);
    let zero = river.newcomer("Zoe", Role::Member, limits(100, Some(0)));
    assert_eq!(river.refused(&pay(ada, zero, 1)), Refusal::CeilingExceeded);
    river.move_money(zero, ada, 100);
    river.move_money(ada, zero, 100);
}

#[test]
fn one_account_is_not_both_sides() {
    let mut river = River::new();
    let ada = river.member("Ada", 1_000);
    assert_eq!(river.refused(&pay(ada, ada, 1)), Refusal::SameAccount);
    assert_eq!(river.refused(&authorise(ada, ada, 1)), Refusal::SameAccount);
    river.done(&set_status(SERVICE, ada.account, AccountStatus::Frozen));
    assert_eq!(river.refused(&pay(ada, ada, 5_000)), Refusal::SameAccount, "comes before status and credit");
}

#[test]
fn frozen_and_closed_accounts_neither_pay_nor_are_paid() {
    for status in [AccountStatus::Frozen, AccountStatus::Closed] {
        let mut river = River::new();
        let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 1_000));
        river.done(&set_status(SERVICE, ada.account, status));
        let inactive = |code: &str| Refusal::AccountNotActive { code: code.parse().unwrap(), status };
        for command in [pay(ada, bob, 1), pay(bob, ada, 1), authorise(ada, bob, 1), authorise(bob, ada, 1)] {
            assert_eq!(river.refused(&command), inactive("RIVER0001"));
        }
        let too_much = pay(bob, ada, 1_001);
        assert_eq!(river.refused(&too_much), inactive("RIVER0001"), "comes before credit");
        river.done(&set_status(SERVICE, bob.account, status));
        assert_eq!(river.refused(&pay(bob, ada, 1)), inactive("RIVER0002"), "the payer comes first");
    }
}

#[test]
fn a_thawed_account_pays_again_and_a_closed_one_stays_closed() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 1_000));
    for status in [AccountStatus::Frozen, AccountStatus::Active] {
        river.done(&set_status(SERVICE, ada.account, status));
    }
    river.move_money(ada, bob, 10);
    river.move_money(bob, ada, 10);
    river.done(&set_status(SERVICE, ada.account, AccountStatus::Closed));
    let refusal = river.refused(&set_status(SERVICE, ada.account, AccountStatus::Active));
    let closed =
        Refusal::AccountNotActive { code: "RIVER0001".parse().unwrap(), status: AccountStatus::Closed };
    assert_eq!(refusal, closed);
}

#[test]
fn below_a_cut_limit_an_account_may_rise_and_not_sink() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    river.move_money(ada, bob, 900);
    river.done(&set_limits(SERVICE, ada.account, limits(500, None)));
    assert_eq!(river.available(ada), -400);
    assert_eq!(river.refused(&pay(ada, bob, 1)), insufficient(1, -400));
    river.move_money(bob, ada, 100);
    assert_eq!(river.refused(&pay(ada, bob, 1)), insufficient(1, -300));
    river.move_money(bob, ada, 301);
    river.move_money(ada, bob, 1);
    assert_eq!(river.refused(&pay(ada, bob, 1)), insufficient(1, 0));
}

#[test]
fn above_a_cut_ceiling_an_account_may_sink_and_not_rise() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    river.move_money(ada, bob, 900);
    river.done(&set_limits(SERVICE, bob.account, limits(0, Some(500))));
    assert_eq!(river.refused(&pay(ada, bob, 1)), Refusal::CeilingExceeded);
    river.move_money(bob, ada, 100);
    assert_eq!(river.refused(&pay(ada, bob, 1)), Refusal::CeilingExceeded);
    river.move_money(bob, ada, 301);
    river.move_money(ada, bob, 1);
    assert_eq!(river.refused(&pay(ada, bob, 1)), Refusal::CeilingExceeded);
}

#[test]
fn a_payment_does_not_look_at_the_other_bound() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 1_000));
    river.move_money(ada, bob, 800);
    river.done(&set_limits(SERVICE, ada.account, limits(0, Some(0))));
    river.done(&set_limits(SERVICE, bob.account, limits(0, Some(0))));
    river.move_money(bob, ada, 300);
    assert_eq!(
        (river.balance(ada), river.balance(bob)),
        (-500, 500),
        "both outside their bounds, and nearer to them"
    );
}

#[test]
fn credit_comes_before_the_ceiling_whatever_the_ids() {
    let mut river = River::new();
    let bounds = limits(100, Some(100));
    let ada = river.newcomer("Ada", Role::Member, bounds);
    let bob = river.newcomer("Bob", Role::Member, bounds);
    for (payer, payee) in [(ada, bob), (bob, ada)] {
        assert_eq!(river.refused(&pay(payer, payee, 101)), insufficient(101, 100));
    }
}

#[test]
fn cutting_a_limit_keeps_what_is_reserved() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let held = payment(river.apply(&authorise(ada, bob, 600)));
    river.done(&set_limits(SERVICE, ada.account, limits(0, None)));
    assert_eq!((river.balance(ada), river.reserved(ada), river.available(ada)), (0, 600, -600));
    assert_eq!(river.refused(&pay(ada, bob, 1)), insufficient(1, -600));
    assert_eq!(river.refused(&authorise(ada, bob, 1)), insufficient(1, -600));
    river.changed(&capture(bob.authority(), held.id, None));
    assert_eq!((river.balance(ada), river.reserved(ada), river.available(ada)), (-600, 0, -600));
}

#[test]
fn a_reservation_is_not_paid_out_twice() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    river.done(&authorise(ada, bob, 600));
    assert_eq!((river.balance(ada), river.available(ada)), (0, 400));
    assert_eq!(river.refused(&pay(ada, bob, 401)), insufficient(401, 400));
    assert_eq!(river.refused(&authorise(ada, bob, 401)), insufficient(401, 400));
    river.move_money(ada, bob, 400);
    assert_eq!(river.refused(&pay(ada, bob, 1)), insufficient(1, 0));
}

#[test]
fn at_the_bounds_of_a_balance_payments_are_refused_and_nothing_panics() {
    let mut river = River::new();
    let [ada, bob, eve] = ["Ada", "Bob", "Eve"].map(|name| river.member(name, BALANCE_MAX_MINOR));
    let largest = pay(ada, bob, MOVEMENT_MAX_MINOR);
    let count = usize::try_from(BALANCE_MAX_MINOR / MOVEMENT_MAX_MINOR).unwrap();
    let outcomes = river.batch(&vec![largest; count]);
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Paid(_))));
    assert_eq!((river.balance(ada), river.balance(bob)), (-BALANCE_MAX_MINOR, BALANCE_MAX_MINOR));

    assert_eq!(river.refused(&pay(ada, eve, 1)), insufficient(1, 0));
    assert_eq!(river.refused(&pay(eve, bob, 1)), Refusal::CeilingExceeded, "also where there is no ceiling");
    assert_eq!(river.refused(&pay(ada, bob, MOVEMENT_MAX_MINOR)), insufficient(MOVEMENT_MAX_MINOR, 0));

    // Bob may spend twice the bound; no more than the bound can be reserved at a time.
    assert_eq!(river.available(bob), 2 * BALANCE_MAX_MINOR);
    let outcomes = river.batch(&vec![authorise(bob, eve, MOVEMENT_MAX_MINOR); count]);
    let last = payment(outcomes.into_iter().next_back().unwrap());
    assert_eq!(river.reserved(bob), BALANCE_MAX_MINOR);
    assert_eq!(river.refused(&authorise(bob, eve, 1)), insufficient(1, BALANCE_MAX_MINOR));
    river.changed(&capture(eve.authority(), last.id, None));
    assert_eq!(river.reserved(bob), BALANCE_MAX_MINOR - MOVEMENT_MAX_MINOR);
}
