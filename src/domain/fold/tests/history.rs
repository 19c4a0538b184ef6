//! What happened in another system before, and what accounts bring along.

use super::asking::brought;
use super::support::{RIVER, River, START, by, minor, order, pay};
use crate::domain::bringing::BroughtAs;
use crate::domain::command::{Action, Command};
use crate::domain::payment::Payment;
use crate::domain::records::EntryKind;
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::time::Timestamp;

fn service(action: Action, seconds_before: i64) -> Command {
    let happened_at = Some(START.plus_seconds(100_000 - seconds_before));
    Command { happened_at, ..Command::by_service(RIVER, action) }
}

/// A community 100,000 seconds after its beginning.
fn later() -> River {
    let mut river = River::new();
    river.now = START.plus_seconds(100_000);
    river
}

fn times(payment: &Payment) -> (Timestamp, Option<Timestamp>) {
    (payment.created_at, payment.completed_at)
}

#[test]
fn history_has_its_own_times_in_the_order_of_the_community() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 10_000), river.member("Bob", 0));
    river.now = START.plus_seconds(100_000);
    let at = |seconds| START.plus_seconds(seconds);
    let action = || Action::Pay(order(ada.account, bob.account, 10, "then"));
    let told =
        |happened_at| Command { happened_at: Some(happened_at), ..Command::by_service(RIVER, action()) };
    let first = river.paid(&told(at(500)));
    assert_eq!(times(&first), (at(500), Some(at(500))));
    let record = river.last.records[0].clone();
    assert_eq!((record.created_at, river.last.events[0].created_at), (at(500), at(500)));
    assert_eq!(river.state.accounts[&ada.account].negative_since, Some(at(500)));
    // What is told later of an earlier time comes when its turn has come.
    assert_eq!(times(&river.paid(&told(at(400)))).0, at(500));
    // Nothing happens later than now.
    assert_eq!(times(&river.paid(&told(at(200_000)))).0, at(100_000));
    // What happens now is not drawn back.
    assert_eq!(times(&river.paid(&pay(ada, bob, 1))).0, at(100_000));
}

#[test]
fn several_times_are_in_one_batch() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 10_000), river.member("Bob", 0));
    river.now = START.plus_seconds(100_000);
    let told = |ago| service(Action::Pay(order(ada.account, bob.account, 10, "then")), ago);
    river.batch(&[told(50_000), pay(ada, bob, 1), told(40_000)]);
    let found: Vec<_> = river.last.records.iter().map(|record| record.created_at).collect();
    // The second is of now, and the third was told after it.
    assert_eq!(found, [START.plus_seconds(50_000), river.now, river.now]);
}

#[test]
fn a_balance_is_brought_along_against_the_fund() {
    let mut river = later();
    let (ada, bob) = (river.member("Ada", 500), river.member("Bob", 0));
    let owed = brought(order(ada.account, river.commons, 300, ""), BroughtAs::OpeningBalance);
    let held = brought(order(river.commons, bob.account, 300, ""), BroughtAs::OpeningBalance);
    river.paid(&service(owed, 10));
    let paid = river.paid(&service(held, 10));
    assert_eq!(paid.description, "");
    let kinds: Vec<_> = river.last.entries.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [EntryKind::OpeningBalance; 2]);
    let balance = |id| river.state.accounts[&id].balance;
    assert_eq!([ada.account, bob.account, river.commons].map(balance), [minor(-300), minor(300), minor(0)]);
}

#[test]
fn only_the_service_brings_balances_along_and_only_within_limits() {
    let mut river = later();
    let (ada, bob) = (river.member("Ada", 500), river.member("Bob", 0));
    let commons = river.commons;
    let bring = |from, to, amount| brought(order(from, to, amount, ""), BroughtAs::OpeningBalance);
    let by_ada = by(ada.authority(), bring(ada.account, commons, 1));
    assert_eq!(river.refused(&by_ada), Refusal::Forbidden);
    let between = service(bring(ada.account, bob.account, 1), 10);
    assert_eq!(river.refused(&between), Refusal::Forbidden, "it stands between an account and the fund");
    assert_eq!(river.refused(&service(bring(commons, commons, 1), 10)), Refusal::Forbidden);
    let unknown = crate::domain::ids::AccountId::from_uuid(uuid::Uuid::nil());
    assert_eq!(river.refused(&service(bring(unknown, commons, 1), 10)), Refusal::NotFound(Thing::Payer));
    let too_much = river.refused(&service(bring(ada.account, commons, 501), 10));
    assert_eq!(too_much, Refusal::InsufficientCredit { amount: minor(501), available: minor(500) });
    let empty = river.refused(&service(bring(commons, bob.account, 1), 10));
    assert_eq!(empty, Refusal::InsufficientCredit { amount: minor(1), available: minor(0) });
}

#[test]
#[should_panic(expected = "only the service tells of what happened elsewhere")]
fn users_have_no_history_elsewhere() {
    let mut river = later();
    let (ada, bob) = (river.member("Ada", 500), river.member("Bob", 0));
    river.batch(&[Command { happened_at: Some(START), ..pay(ada, bob, 1) }]);
}
