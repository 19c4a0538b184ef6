//! How much and how often accounts pay, where their community's policy bounds it, and who is warned.

use super::asking::follow;
use super::support::{Person, River, authorise, capture, limits, minor, pay, refund, void};
use crate::domain::account::Limits;
use crate::domain::fold::Outcome;
use crate::domain::payment_rules::{LimitReached, PaymentLimit, PaymentRules, Period};
use crate::domain::records::EventKind;
use crate::domain::refusal::Refusal;

fn give(river: &mut River, person: Person, limits: Limits, rules: PaymentRules) {
    let account = river.account(person.account);
    let changes = account.version - account.account_seq;
    let Outcome::Account(_) = river.done(&follow(person.account, (limits, rules), changes)) else {
        panic!("an account")
    };
}

fn of_a_day(amount: Option<i64>, payments: Option<i64>) -> PaymentRules {
    let day = PaymentLimit { amount: amount.map(minor), payments };
    PaymentRules { warn_at: None, limits: [day, PaymentLimit::default(), PaymentLimit::default()] }
}

fn reached(amount_left: Option<i64>, payments_left: Option<i64>) -> Refusal {
    let amount_left = amount_left.map(minor);
    Refusal::PaymentLimitReached(LimitReached { period: Period::Day, amount_left, payments_left })
}

#[test]
fn what_is_paid_of_ones_own_accord_counts() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 10_000), river.member("Bob", 10_000));
    give(&mut river, ada, limits(10_000, None), of_a_day(Some(1_000), Some(4)));
    assert!(river.last.records.is_empty(), "how often accounts pay is no matter of the chain");
    river.move_money(ada, bob, 400);
    let held = river.paid(&authorise(ada, bob, 500)).id;
    assert_eq!(river.refused(&pay(ada, bob, 101)), reached(Some(100), Some(2)));
    // Capture, void and what is given back change nothing of it.
    river.changed(&capture(bob.authority(), held, Some(300)));
    let paid = river.paid(&pay(ada, bob, 50)).id;
    river.paid(&refund(bob.authority(), paid, 50));
    let voided = river.paid(&authorise(ada, bob, 50)).id;
    river.changed(&void(bob.authority(), voided));
    assert_eq!(river.refused(&pay(ada, bob, 1)), reached(Some(0), Some(0)));
    // Nobody else is bounded, and the next day begins anew.
    river.move_money(bob, ada, 5_000);
    assert!(
        river.last.changed_accounts.is_empty(),
        "nothing is counted, and no row of an account is written"
    );
    river.now = river.now.plus_seconds(86_400);
    river.move_money(ada, bob, 1_000);
    // Without bounds nothing is counted.
    give(&mut river, ada, limits(10_000, None), PaymentRules::default());
    river.move_money(ada, bob, 900);
    give(&mut river, ada, limits(10_000, None), of_a_day(Some(1_500), None));
    assert_eq!(river.refused(&pay(ada, bob, 501)), reached(Some(500), None));
}

#[test]
fn whoever_comes_near_a_limit_is_told_once() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 1_000));
    let rules = PaymentRules { warn_at: Some(8_000), ..PaymentRules::default() };
    give(&mut river, ada, limits(1_000, None), rules);
    give(&mut river, bob, limits(1_000, Some(1_000)), rules);
    let told = |river: &River| {
        let near = river.last.events.iter().filter(|event| event.kind == EventKind::AccountNearLimit);
        near.map(|event| event.subject_id).collect::<Vec<_>>()
    };
    river.move_money(ada, bob, 799);
    assert!(told(&river).is_empty());
    // At 800 of 1,000: Ada of her credit limit, Bob of his ceiling.
    river.move_money(ada, bob, 1);
    assert_eq!(told(&river), [ada.account.uuid(), bob.account.uuid()]);
    river.move_money(ada, bob, 100);
    assert!(told(&river).is_empty(), "both were near before");
    river.move_money(bob, ada, 500);
    assert!(told(&river).is_empty());
    // What is set aside counts as used.
    let held = river.paid(&authorise(ada, bob, 400)).id;
    assert_eq!(told(&river), [ada.account.uuid()]);
    river.changed(&capture(bob.authority(), held, None));
    assert_eq!(told(&river), [bob.account.uuid()], "for Ada nothing changes by it");
}
