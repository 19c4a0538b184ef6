//! What an app may spend for its member.

use super::support::{Person, River, authorise, end_session, keyed, minor, pay};
use crate::domain::command::{Authority, Command, UserAuthority};
use crate::domain::ids::SpenderId;
use crate::domain::refusal::{Ceiling, Refusal, Spender};
use crate::domain::scopes::Scopes;
use crate::domain::spending::{SpendingCeiling, SpendingCeilings, day_of};
use crate::domain::time::Timestamp;

/// The person's app, which may spend this many minor units in one payment and in one day.
fn app_of(person: Person, per_payment: Option<i64>, per_day: Option<i64>) -> Authority {
    let ceiling = |minor: i64| SpendingCeiling::from_millionths(minor * 10_000);
    Authority::User(UserAuthority {
        user_id: person.user,
        session_id: person.session,
        scopes: Scopes::all(),
        auth_time: Timestamp::from_micros(0),
        ceilings: SpendingCeilings { per_payment: per_payment.map(ceiling), per_day: per_day.map(ceiling) },
        app: Some(person.app()),
        only: None,
    })
}

fn refusal(ceiling: Ceiling, asked: &str, left: &str) -> Refusal {
    Refusal::SpendingCeiling { who: Spender::App, ceiling, asked: asked.into(), left: left.into() }
}

#[test]
fn what_is_paid_and_what_is_set_aside_counts_for_the_day() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 10_000), river.member("Bob", 0));
    let authority = app_of(ada, None, Some(1_000));
    let by_app = |command: Command| Command { authority, ..command };
    assert_eq!(by_app(pay(ada, bob, 1)).spender_id(), Some(ada.app()));
    river.paid(&by_app(pay(ada, bob, 400)));
    river.paid(&by_app(authorise(ada, bob, 500)));
    let refused = river.refused(&by_app(pay(ada, bob, 101)));
    assert_eq!(refused, refusal(Ceiling::Day, "1.01", "1.00"));
    river.paid(&by_app(pay(ada, bob, 100)));
    let [row] = river.last.app_spending[..] else { panic!("one row: {:?}", river.last.app_spending) };
    assert_eq!((row.spender_id, row.spending.spent), (ada.app(), minor(1_000)));
    assert_eq!(row.spending.day, day_of(river.now));
    river.now = river.now.plus_seconds(86_400);
    river.paid(&by_app(pay(ada, bob, 1_000)));
}

#[test]
fn a_new_sign_in_of_the_app_begins_no_new_day() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 10_000), river.member("Bob", 10_000));
    let by = |authority, amount| Command { authority, ..pay(ada, bob, amount) };
    let Authority::User(first) = app_of(ada, None, Some(1_000)) else { unreachable!() };
    let again = UserAuthority { session_id: bob.session, ..first };
    let other = UserAuthority { app: Some(SpenderId::of_app(ada.user, "other app")), ..first };
    river.paid(&by(Authority::User(first), 900));
    assert_eq!(river.refused(&by(Authority::User(again), 101)), refusal(Ceiling::Day, "1.01", "1.00"));
    river.paid(&by(Authority::User(again), 100));
    river.paid(&by(Authority::User(other), 1_000));
    // The same app spends for somebody else by their own measure.
    let theirs = UserAuthority { user_id: bob.user, app: Some(bob.app()), ..first };
    river.paid(&Command { authority: Authority::User(theirs), ..pay(bob, ada, 1_000) });
}

#[test]
fn a_ceiling_is_never_the_last_word_for_a_key() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 10_000), river.member("Bob", 0));
    let command = keyed(Command { authority: app_of(ada, Some(100), None), ..pay(ada, bob, 101) }, "k");
    assert_eq!(river.refused(&command), refusal(Ceiling::Payment, "1.01", "1.00"));
    assert!(river.last.keys.is_empty() && river.last.refusals.is_empty());
    assert_eq!(command.spender_id(), None, "without a ceiling for the day nothing is counted");
}

#[test]
fn who_may_not_pay_at_all_is_told_that_first() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 10_000), river.member("Bob", 10_000));
    let theirs = Command { authority: app_of(ada, Some(1), Some(1)), ..pay(bob, ada, 500) };
    assert_eq!(river.refused(&theirs), Refusal::Forbidden);
    river.done(&end_session(ada.session));
    let ended = Command { authority: app_of(ada, Some(1), Some(1)), ..pay(ada, bob, 500) };
    assert_eq!(river.refused(&ended), Refusal::SessionEnded);
}
