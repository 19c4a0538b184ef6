//! Asking, accepting, declining, cancelling, expiring.

use super::asking::{accept, cancel, decline, expire, request};
use super::support::{
    Person, River, START, authorise, by, capture, keyed, limits, minor, order, pay, refund, set_status, void,
};
use crate::domain::account::AccountStatus;
use crate::domain::chain;
use crate::domain::command::{Action, Authority, Command, Request};
use crate::domain::fold::Outcome;
use crate::domain::ids::PaymentId;
use crate::domain::payment::{OPEN_REQUESTS_MAX, PaymentState, REQUEST_S_MAX};
use crate::domain::records::{EventKind, NoticeKind, RecordKind};
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::{Scope, Scopes};
use crate::domain::time::Timestamp;

const SERVICE: Authority = Authority::Service;
const NOT_REQUESTED: Refusal = Refusal::Conflict(ConflictReason::NotRequested);
const EXPIRED: Refusal = Refusal::Conflict(ConflictReason::RequestExpired);
const ABSENT: Refusal = Refusal::NotFound(Thing::Payment);
/// For how long `asking::request` asks, in seconds.
const THREE_DAYS: i64 = 3 * 86_400;

fn told(river: &River) -> Vec<NoticeKind> {
    river.last.payment_notices.iter().map(|notice| notice.kind).collect()
}

fn of_two() -> (River, Person, Person) {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    (river, ada, bob)
}

#[test]
fn a_request_moves_and_reserves_nothing() {
    let (mut river, ada, bob) = of_two();
    // More than the payer has: what the payer can pay is the payer's to know.
    let asked = river.paid(&request(bob, ada, 5_000));
    assert_eq!((asked.state, asked.transfer, asked.completed_at), (PaymentState::Requested, None, None));
    assert_eq!(asked.expires_at, Some(START.plus_seconds(THREE_DAYS)));
    assert_eq!((river.balance(ada), river.reserved(ada), river.balance(bob)), (0, 0, 0));
    assert!(river.last.records.is_empty() && river.last.holds.is_empty());
    assert_eq!(river.last.events[0].kind, EventKind::PaymentRequested);
    let [row] = river.last.requests.as_slice() else { panic!("{:?}", river.last.requests) };
    assert_eq!((row.payment_id, row.amount, row.is_open), (asked.id, minor(5_000), true));
    assert_eq!(told(&river), [NoticeKind::RequestReceived, NoticeKind::RequestReminder]);
    assert_eq!(river.last.payment_notices[1].due_at, START.plus_seconds(THREE_DAYS - 86_400));
}

#[test]
fn an_accepted_request_is_an_ordinary_payment_that_can_be_refunded() {
    let (mut river, ada, bob) = of_two();
    let asked = river.paid(&request(bob, ada, 800));
    river.now = river.now.plus_seconds(60);
    let paid = river.changed(&accept(ada.authority(), asked.id));
    assert_eq!((paid.id, paid.state, paid.event_seq), (asked.id, PaymentState::Completed, asked.event_seq));
    assert_eq!((paid.created_at, paid.completed_at), (START, Some(river.now)));
    assert_eq!((river.balance(ada), river.balance(bob)), (-800, 800));
    let record = &river.last.records[0];
    assert_eq!(
        (record.kind, record.undone_id, paid.transfer.unwrap().seq),
        (RecordKind::Transfer, None, record.seq)
    );
    assert_eq!(river.last.events[0].kind, EventKind::PaymentCompleted);
    let row = &river.last.requests[0];
    assert_eq!((row.is_open, row.decided_by, row.is_automatic), (false, Some(ada.user), false));
    assert_eq!(told(&river), [NoticeKind::RequestAccepted]);
    // The text that was asked with is the one that the chain keeps.
    let commitment = chain::text_commitment(&asked.text_salt.unwrap(), &asked.description);
    let digest = |(entry, position)| {
        chain::entry_digest(&chain::item_salt(&record.salt, position), entry, &commitment)
    };
    let digests: Vec<_> = river.last.entries.iter().zip(1..).map(digest).collect();
    assert_eq!(chain::record_digest(record, &digests), record.digest);

    river.paid(&refund(bob.authority(), asked.id, 300));
    let too_large = Refusal::Conflict(ConflictReason::RefundTooLarge);
    assert_eq!(river.refused(&refund(bob.authority(), asked.id, 501)), too_large);
    assert_eq!((river.balance(ada), river.balance(bob)), (-500, 500));
}

#[test]
fn a_request_ends_once_in_whatever_way() {
    type End = fn(Person, Person, PaymentId) -> Command;
    let ends: [End; 4] = [
        |payer, _, id| accept(payer.authority(), id),
        |payer, _, id| decline(payer.authority(), id, ""),
        |_, payee, id| cancel(payee.authority(), id),
        |_, _, id| expire(SERVICE, id),
    ];
    let states =
        [PaymentState::Completed, PaymentState::Declined, PaymentState::Cancelled, PaymentState::Expired];
    for (first, state) in ends.into_iter().zip(states) {
        for (second, last) in ends.into_iter().zip(states) {
            let (mut river, ada, bob) = of_two();
            let asked = river.paid(&request(bob, ada, 100));
            if state == PaymentState::Expired {
                river.now = START.plus_seconds(THREE_DAYS);
            }
            assert_eq!(river.changed(&first(ada, bob, asked.id)).state, state);
            let reason = match last {
                PaymentState::Expired => Refusal::Conflict(ConflictReason::NotExpired),
                _ => NOT_REQUESTED,
            };
            assert_eq!(river.refused(&second(ada, bob, asked.id)), reason, "{last:?} after {state:?}");
            // And in one batch, where the second is judged on what the first left.
            let (mut river, ada, bob) = of_two();
            let asked = river.paid(&request(bob, ada, 100));
            if PaymentState::Expired == state || PaymentState::Expired == last {
                river.now = START.plus_seconds(THREE_DAYS);
            }
            let outcomes = river.batch(&[first(ada, bob, asked.id), second(ada, bob, asked.id)]);
            let passed = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Changed(_))).count();
            assert_eq!(passed, 1, "{outcomes:?}");
            assert_eq!(
                river.state.lives[&asked.id].payment.state == PaymentState::Completed,
                river.balance(bob) == 100
            );
        }
    }
}

#[test]
fn a_decline_says_why_and_to_whom() {
    let (mut river, ada, bob) = of_two();
    let asked = river.paid(&request(bob, ada, 100));
    let declined = river.changed(&decline(ada.authority(), asked.id, "Paid in cash"));
    assert_eq!(declined.reason.as_deref(), Some("Paid in cash"));
    assert_eq!(river.last.requests[0].reason.as_deref(), Some("Paid in cash"));
    assert_eq!(river.last.events[0].kind, EventKind::PaymentDeclined);
    assert_eq!(told(&river), [NoticeKind::RequestDeclined]);
    let asked = river.paid(&request(bob, ada, 100));
    assert_eq!(river.changed(&decline(ada.authority(), asked.id, "")).reason, None);
    let asked = river.paid(&request(bob, ada, 100));
    river.changed(&cancel(bob.authority(), asked.id));
    assert_eq!((river.last.events[0].kind, told(&river).len()), (EventKind::PaymentCancelled, 0));
}

#[test]
fn a_request_is_accepted_until_it_expires_and_no_later() {
    let (mut river, ada, bob) = of_two();
    let [first, second, third] = [100, 200, 300].map(|amount| river.paid(&request(bob, ada, amount)));
    let end = START.plus_seconds(THREE_DAYS);
    river.now = Timestamp::from_micros(end.micros() - 1);
    assert_eq!(river.refused(&expire(SERVICE, first.id)), Refusal::Conflict(ConflictReason::NotExpired));
    river.changed(&accept(ada.authority(), first.id));
    river.now = end;
    // Also where no job has run yet.
    assert_eq!(river.refused(&accept(ada.authority(), second.id)), EXPIRED);
    assert_eq!(river.state.lives[&second.id].payment.state, PaymentState::Requested);
    river.changed(&decline(ada.authority(), third.id, ""));
    assert_eq!(river.refused(&expire(bob.authority(), second.id)), Refusal::Forbidden);
    assert_eq!(river.changed(&expire(SERVICE, second.id)).state, PaymentState::Expired);
    assert_eq!(river.last.events[0].kind, EventKind::PaymentExpired);
    assert_eq!((river.balance(ada), river.balance(bob)), (-100, 100));
}

#[test]
fn a_request_stands_for_some_time_and_not_for_ever() {
    let (mut river, ada, bob) = of_two();
    let until = |expires_at| {
        let payment = order(ada.account, bob.account, 100, "");
        by(bob.authority(), Action::Request(Request { payment, expires_at }))
    };
    let longest = START.plus_seconds(REQUEST_S_MAX);
    for time in [START, START.plus_seconds(-1), Timestamp::from_micros(longest.micros() + 1)] {
        assert_eq!(river.refused(&until(time)), Refusal::Conflict(ConflictReason::BadExpiry));
    }
    river.paid(&until(longest));
    let soon = river.paid(&until(START.plus_seconds(86_400)));
    assert_eq!(
        told(&river),
        [NoticeKind::RequestReceived],
        "there is no time to remind: {:?}",
        soon.expires_at
    );
    // What was asked under a key is answered as it was, also after its time.
    let asked = keyed(until(START.plus_seconds(60)), "k");
    let first = river.answered(&asked);
    river.now = START.plus_seconds(3_600);
    assert_eq!(river.answered(&asked).body, first.body);
}

#[test]
fn each_step_is_for_one_side_alone() {
    let (mut river, ada, bob) = of_two();
    let (eve, root, stranger) = (river.member("Eve", 0), river.admin("Root", 0), river.stranger());
    let asked = river.paid(&request(bob, ada, 100));
    let forbidden = Some(Refusal::Forbidden);
    let (absent, outside) = (Some(ABSENT), Some(Refusal::NotFound(Thing::Community)));
    for (person, deciding, cancelling) in [
        (bob, forbidden.clone(), None),
        (eve, absent.clone(), absent),
        (root, forbidden.clone(), forbidden.clone()),
        (stranger, outside.clone(), outside),
        (ada, None, forbidden),
    ] {
        let by = person.authority();
        if let Some(refusal) = deciding {
            assert_eq!(river.refused(&accept(by, asked.id)), refusal);
            assert_eq!(river.refused(&decline(by, asked.id, "")), refusal);
        }
        if let Some(refusal) = cancelling {
            assert_eq!(river.refused(&cancel(by, asked.id)), refusal);
        }
    }
    // Asking is for whoever takes for the payee, with the scope for it.
    assert_eq!(
        river.refused(&Command { authority: ada.authority(), ..request(bob, ada, 1) }),
        Refusal::Forbidden
    );
    let narrow = |person: Person, scope| person.with_scopes(Scopes::default().with(scope));
    let paying = narrow(bob, Scope::PaymentsWrite);
    assert_eq!(river.refused(&Command { authority: paying, ..request(bob, ada, 1) }), Refusal::Forbidden);
    assert_eq!(river.refused(&cancel(paying, asked.id)), Refusal::Forbidden);
    let asking = narrow(ada, Scope::RequestsWrite);
    assert_eq!(river.refused(&accept(asking, asked.id)), Refusal::Forbidden);
    assert_eq!(river.refused(&decline(asking, asked.id, "")), Refusal::Forbidden);
    river.changed(&accept(narrow(ada, Scope::PaymentsWrite), asked.id));
}

#[test]
fn every_other_step_is_refused_with_a_reason_of_its_own() {
    let (mut river, ada, bob) = of_two();
    let (asked, held, paid) = (
        river.paid(&request(bob, ada, 100)).id,
        river.paid(&authorise(ada, bob, 100)).id,
        river.paid(&pay(ada, bob, 1)).id,
    );
    let not_authorised = Refusal::Conflict(ConflictReason::NotAuthorised);
    for id in [asked, paid] {
        assert_eq!(river.refused(&capture(bob.authority(), id, None)), not_authorised);
        assert_eq!(river.refused(&void(bob.authority(), id)), not_authorised);
    }
    for id in [held, paid] {
        assert_eq!(river.refused(&accept(ada.authority(), id)), NOT_REQUESTED);
        assert_eq!(river.refused(&decline(ada.authority(), id, "")), NOT_REQUESTED);
        assert_eq!(river.refused(&cancel(bob.authority(), id)), NOT_REQUESTED);
    }
    let not_completed = Refusal::Conflict(ConflictReason::NotCompleted);
    assert_eq!(river.refused(&refund(bob.authority(), asked, 1)), not_completed);
}

#[test]
fn a_refused_accept_leaves_the_request_open() {
    let mut river = River::new();
    let ada = river.member("Ada", 500);
    let bob = river.newcomer("Bob", crate::domain::member::Role::Member, limits(0, Some(700)));
    let [large, fitting] = [800, 500].map(|amount| river.paid(&request(bob, ada, amount)).id);
    let insufficient = Refusal::InsufficientCredit { amount: minor(800), available: minor(500) };
    assert_eq!(river.refused(&accept(ada.authority(), large)), insufficient);
    river.move_money(ada, bob, 250);
    river.done(&super::support::set_limits(SERVICE, ada.account, limits(1_000, None)));
    assert_eq!(river.refused(&accept(ada.authority(), fitting)), Refusal::CeilingExceeded);
    for (account, code) in [(ada.account, "RIVER0001"), (bob.account, "RIVER0002")] {
        river.done(&set_status(SERVICE, account, AccountStatus::Frozen));
        let frozen = Refusal::AccountNotActive { code: code.parse().unwrap(), status: AccountStatus::Frozen };
        assert_eq!(river.refused(&accept(ada.authority(), fitting)), frozen);
        river.done(&set_status(SERVICE, account, AccountStatus::Active));
    }
    // Under a key the refusal is kept, and the request stays open all the same.
    let refused = river.answered(&keyed(accept(ada.authority(), fitting), "a"));
    assert_eq!((refused.status, river.last.refusals.len()), (409, 0));
    river.done(&super::support::set_limits(SERVICE, bob.account, limits(0, None)));
    assert_eq!(river.answered(&keyed(accept(ada.authority(), fitting), "a")).body, refused.body);
    let done = river.answered(&keyed(accept(ada.authority(), fitting), "b"));
    assert_eq!((done.status, done.payment_id), (200, Some(fitting)));
    let again = river.answered(&keyed(accept(ada.authority(), fitting), "b"));
    assert_eq!((again.body, again.is_replay), (done.body, true));
    assert_eq!(river.balance(bob), 750);
}

#[test]
fn nobody_is_drowned_in_bills() {
    let (mut river, ada, bob) = of_two();
    let eve = river.member("Eve", 0);
    let asked: Vec<_> = (0..OPEN_REQUESTS_MAX).map(|_| river.paid(&request(bob, ada, 1)).id).collect();
    let too_many = Refusal::Conflict(ConflictReason::TooManyRequests);
    assert_eq!(river.refused(&request(bob, ada, 1)), too_many);
    river.paid(&request(eve, ada, 1));
    river.paid(&request(bob, eve, 1));
    river.changed(&decline(ada.authority(), asked[0], ""));
    river.paid(&request(bob, ada, 1));
    assert_eq!(river.refused(&request(bob, ada, 1)), too_many);
}

#[test]
fn no_time_runs_backwards_though_a_request_has_no_record() {
    let (mut river, ada, bob) = of_two();
    river.now = START.plus_seconds(600);
    let asked = river.paid(&request(bob, ada, 100));
    // Another process, whose clock is behind.
    river.now = START;
    let paid = river.changed(&accept(ada.authority(), asked.id));
    assert_eq!(paid.completed_at, Some(START.plus_seconds(600)));
    assert!(paid.completed_at >= Some(paid.created_at));
}

#[test]
fn what_is_remembered_of_a_payment_forgets_with_the_member() {
    let (mut river, ada, bob) = of_two();
    let asked = river.paid(&request(bob, ada, 100)).id;
    river.changed(&decline(ada.authority(), asked, "I left"));
    river.done(&set_status(SERVICE, ada.account, AccountStatus::Closed));
    let erase = crate::domain::command::EraseMember {
        member_id: ada.member,
        account_ids: vec![ada.account],
        name: "former member 1".into(),
    };
    river.done(&by(SERVICE, Action::EraseMember(erase)));
    let payment = &river.state.lives[&asked].payment;
    assert_eq!((payment.payer.name.as_ref(), payment.payee.name.as_ref()), ("former member 1", "Bob"));
    assert_eq!((payment.description.as_str(), payment.reason.as_deref()), ("", None));
}
