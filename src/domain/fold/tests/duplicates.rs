//! Payments that look like the repetition of another.

use super::support::{Person, River, authorise, by, capture, keyed, minor, order, pay, refund};
use crate::domain::command::{Action, Authorise, Authority, Command, Pay};
use crate::domain::duplicates::{DUPLICATE_ENTRIES_MAX, DUPLICATE_WINDOW_S};
use crate::domain::fold::Outcome;
use crate::domain::payment::Payment;
use crate::domain::refusal::Refusal;

/// A payment that is not said to be meant twice.
fn press(payer: Person, payee: Person, amount: i64, text: &str) -> Command {
    let pay = order(payer.account, payee.account, amount, text);
    by(payer.authority(), Action::Pay(Pay { allow_duplicate: false, ..pay }))
}

fn duplicate_of(payment: &Payment) -> Refusal {
    Refusal::PossibleDuplicate(payment.id)
}

#[test]
fn the_second_press_is_refused_with_the_first_payment() {
    let mut river = River::new();
    let (ada, bob, cyd) = (river.member("Ada", 10_000), river.member("Bob", 10_000), river.member("Cyd", 0));
    let first = river.paid(&press(ada, bob, 250, "bread"));
    assert_eq!(river.refused(&press(ada, bob, 250, "bread")), duplicate_of(&first));
    for other in [
        press(ada, bob, 251, "bread"),
        press(ada, bob, 250, "Bread"),
        press(ada, bob, 250, ""),
        press(ada, cyd, 250, "bread"),
        press(bob, ada, 250, "bread"),
    ] {
        river.paid(&other);
    }
    let meant = by(ada.authority(), Action::Pay(order(ada.account, bob.account, 250, "bread")));
    let second = river.paid(&meant);
    assert_eq!(river.refused(&press(ada, bob, 250, "bread")), duplicate_of(&second), "the newest is told");
    // What the service repeats, it means.
    let Action::Pay(repeated) = press(ada, bob, 250, "bread").action else { unreachable!() };
    river.paid(&by(Authority::Service, Action::Pay(repeated)));
}

#[test]
fn in_one_batch_too_and_kept_under_the_key() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 10_000), river.member("Bob", 0));
    let presses = [keyed(press(ada, bob, 250, "bread"), "k-1"), keyed(press(ada, bob, 250, "bread"), "k-2")];
    let outcomes = river.batch(&presses);
    let status = |outcome: &Outcome| match outcome {
        Outcome::Answered(answered) => (answered.status, answered.is_replay),
        other => panic!("{other:?}"),
    };
    assert_eq!(outcomes.iter().map(status).collect::<Vec<_>>(), [(201, false), (409, false)]);
    river.now = river.now.plus_seconds(DUPLICATE_WINDOW_S);
    let again = river.answered(&presses[1]);
    assert_eq!((again.status, again.is_replay), (409, true), "a refusal is final for its key");
    river.paid(&press(ada, bob, 250, "bread"));
}

#[test]
fn time_and_further_entries_end_it() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 10_000), river.member("Bob", 10_000));
    let first = river.paid(&press(ada, bob, 250, "bread"));
    river.now = river.now.plus_seconds(DUPLICATE_WINDOW_S - 1);
    assert_eq!(river.refused(&press(ada, bob, 250, "bread")), duplicate_of(&first));
    river.now = river.now.plus_seconds(1);
    let later = river.paid(&press(ada, bob, 250, "bread"));
    for _ in 0..DUPLICATE_ENTRIES_MAX {
        assert_eq!(river.refused(&press(ada, bob, 250, "bread")), duplicate_of(&later));
        river.paid(&pay(bob, ada, 1));
    }
    river.paid(&press(ada, bob, 250, "bread"));
}

#[test]
fn an_authorisation_is_compared_and_counts_for_nothing_itself() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 10_000), river.member("Bob", 10_000));
    let reserve = |text: &str| {
        let payment = Pay { allow_duplicate: false, ..order(ada.account, bob.account, 250, text) };
        let expires_at = river.now.plus_seconds(3_600);
        by(ada.authority(), Action::Authorise(Authorise { payment, expires_at }))
    };
    let (bread, bicycle) = (reserve("bread"), reserve("a bicycle"));
    let first = river.paid(&press(ada, bob, 250, "bread"));
    assert_eq!(river.refused(&bread), duplicate_of(&first));
    let held = river.paid(&bicycle);
    river.paid(&press(ada, bob, 250, "a bicycle"));
    river.done(&capture(bob.authority(), held.id, None));
    // Neither what was captured nor what was given back was pressed.
    let held = river.paid(&authorise(ada, bob, 400));
    river.done(&capture(bob.authority(), held.id, None));
    river.paid(&press(ada, bob, 400, "a bicycle"));
    let back = river.paid(&refund(bob.authority(), first.id, 100));
    assert_eq!(back.amount, minor(100));
    river.paid(&press(bob, ada, 100, "stale"));
}

#[test]
fn it_comes_before_the_limits_and_after_what_is_not_the_payers() {
    let mut river = River::new();
    let (ada, bob, cyd) = (river.member("Ada", 250), river.member("Bob", 0), river.member("Cyd", 0));
    let first = river.paid(&press(ada, bob, 250, "bread"));
    assert_eq!(river.refused(&press(ada, bob, 250, "bread")), duplicate_of(&first), "and not insufficient");
    let Action::Pay(of_ada) = press(ada, bob, 250, "bread").action else { unreachable!() };
    assert_eq!(river.refused(&by(cyd.authority(), Action::Pay(of_ada))), Refusal::Forbidden);
}
