//! Authorising, capturing, voiding.

use super::asking::expire;
use super::support::{
    PlainFormat, River, START, authorise, by, capture, limits, minor, order, pay, payment, set_limits,
    set_status, void,
};
use crate::domain::account::AccountStatus;
use crate::domain::chain;
use crate::domain::command::{Action, Authorise, Authority};
use crate::domain::fold::{Fold, Outcome};
use crate::domain::ids::PaymentId;
use crate::domain::member::Role;
use crate::domain::payment::{AUTHORISATION_S_MAX, PaymentState};
use crate::domain::records::{EventKind, RecordKind};
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::time::Timestamp;

const SERVICE: Authority = Authority::Service;
const NOT_AUTHORISED: Refusal = Refusal::Conflict(ConflictReason::NotAuthorised);
const EXPIRED: Refusal = Refusal::Conflict(ConflictReason::AuthorisationExpired);
const TOO_LARGE: Refusal = Refusal::Conflict(ConflictReason::CaptureTooLarge);
const ABSENT: Refusal = Refusal::NotFound(Thing::Payment);

/// The hour for which `support::authorise` asks, in seconds.
const HOUR: i64 = 3_600;

#[test]
fn a_hold_reserves_and_moves_nothing() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let held = river.paid(&authorise(ada, bob, 1_000));
    assert_eq!((held.state, held.transfer, held.completed_at), (PaymentState::Authorised, None, None));
    assert_eq!((river.balance(ada), river.reserved(ada), river.available(ada)), (0, 1_000, 0));
    assert_eq!((river.balance(bob), river.available(bob)), (0, 0));
    assert_eq!(river.last.records[0].kind, RecordKind::Hold);
    assert_eq!(river.last.hold_items[0].reserved_after, minor(1_000));
    assert_eq!(river.last.holds[0], river.state.holds[&held.id]);
    assert!(river.last.entries.is_empty());
}

#[test]
fn a_hold_may_take_the_last_of_what_is_available_and_no_more() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let insufficient = |amount, available| Refusal::InsufficientCredit {
        amount: minor(amount),
        available: minor(available),
    };
    assert_eq!(river.refused(&authorise(ada, bob, 1_001)), insufficient(1_001, 1_000));
    river.done(&authorise(ada, bob, 1_000));
    assert_eq!(river.refused(&authorise(ada, bob, 1)), insufficient(1, 0));
}

#[test]
fn a_capture_takes_its_own_reservation_and_leaves_the_others() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let first = river.paid(&authorise(ada, bob, 400));
    let second = river.paid(&authorise(ada, bob, 600));
    river.changed(&capture(bob.authority(), first.id, None));
    assert_eq!((river.balance(ada), river.reserved(ada), river.available(ada)), (-400, 600, 0));
    let change = &river.last.payment_changes[0];
    assert_eq!((change.id, change.state, change.amount), (first.id, PaymentState::Completed, minor(400)));
    assert_eq!(change.completed_at, Some(river.now));
    assert_eq!(river.last.events[0].kind, EventKind::PaymentCompleted);
    assert!(!river.state.holds[&first.id].is_open && river.state.holds[&second.id].is_open);
    river.changed(&capture(bob.authority(), second.id, None));
    assert_eq!((river.balance(ada), river.reserved(ada), river.balance(bob)), (-1_000, 0, 1_000));
}

#[test]
fn a_capture_names_its_hold_and_keeps_its_text() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let held = river.paid(&authorise(ada, bob, 400));
    let hold_record = river.last.records[0].id;
    let commitment = chain::text_commitment(&held.text_salt.unwrap(), &held.description);
    assert_eq!(river.state.holds[&held.id].text, commitment);
    river.done(&capture(bob.authority(), held.id, None));
    let record = &river.last.records[0];
    assert_eq!((record.kind, record.undone_id), (RecordKind::Transfer, Some(hold_record)));
    let entry = &river.last.entries[0];
    let with_positions = river.last.entries.iter().zip(1..);
    let digest = |(entry, position)| {
        chain::entry_digest(&chain::item_salt(&record.salt, position), entry, &commitment)
    };
    let digests: Vec<_> = with_positions.map(digest).collect();
    assert_eq!(entry.payment_id, held.id);
    assert_eq!(chain::record_digest(record, &digests), record.digest);
}

#[test]
fn a_capture_passes_after_a_cut_and_after_a_freeze_of_the_payer() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let held = river.paid(&authorise(ada, bob, 800));
    river.done(&set_limits(SERVICE, ada.account, limits(0, Some(0))));
    river.done(&set_status(SERVICE, ada.account, AccountStatus::Frozen));
    river.changed(&capture(bob.authority(), held.id, None));
    assert_eq!((river.balance(ada), river.reserved(ada), river.balance(bob)), (-800, 0, 800));
}

#[test]
fn a_capture_looks_at_the_payee() {
    let mut river = River::new();
    let ada = river.member("Ada", 1_000);
    let bob = river.newcomer("Bob", Role::Member, limits(0, Some(500)));
    let held = river.paid(&authorise(ada, bob, 600));
    assert_eq!(river.refused(&capture(bob.authority(), held.id, None)), Refusal::CeilingExceeded);
    river.done(&set_status(SERVICE, bob.account, AccountStatus::Frozen));
    let frozen =
        Refusal::AccountNotActive { code: "RIVER0002".parse().unwrap(), status: AccountStatus::Frozen };
    assert_eq!(river.refused(&capture(bob.authority(), held.id, Some(500))), frozen);
    assert_eq!(
        river.refused(&capture(bob.authority(), held.id, Some(601))),
        frozen,
        "status comes before conflicts"
    );
    river.done(&set_status(SERVICE, bob.account, AccountStatus::Active));
    assert_eq!(river.reserved(ada), 600, "a refused capture leaves the hold");
    river.changed(&capture(bob.authority(), held.id, Some(500)));
    assert_eq!((river.balance(bob), river.reserved(ada)), (500, 0));
}

#[test]
fn a_partial_capture_releases_the_rest() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let held = river.paid(&authorise(ada, bob, 1_000));
    assert_eq!(river.refused(&capture(bob.authority(), held.id, Some(1_001))), TOO_LARGE);
    river.changed(&capture(bob.authority(), held.id, Some(300)));
    assert_eq!(river.last.payment_changes[0].amount, minor(300));
    assert_eq!((river.balance(ada), river.reserved(ada), river.available(ada)), (-300, 0, 700));
    assert_eq!(
        river.refused(&capture(bob.authority(), held.id, Some(300))),
        NOT_AUTHORISED,
        "the rest is gone"
    );
    river.move_money(ada, bob, 700);
}

#[test]
fn a_hold_ends_once() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    for (first, second) in [(true, true), (true, false), (false, true), (false, false)] {
        let held = river.paid(&authorise(ada, bob, 100));
        let end = |by_capture| {
            if by_capture { capture(bob.authority(), held.id, None) } else { void(bob.authority(), held.id) }
        };
        river.changed(&end(first));
        assert_eq!(river.refused(&end(second)), NOT_AUTHORISED);
        assert_eq!(river.reserved(ada), 0);
    }
    assert_eq!((river.balance(ada), river.balance(bob)), (-200, 200));
    let held = river.paid(&authorise(ada, bob, 100));
    let again = capture(bob.authority(), held.id, None);
    let outcomes = river.batch(&[again.clone(), again]);
    assert!(matches!(&outcomes[..], [Outcome::Changed(_), Outcome::Refused(NOT_AUTHORISED)]), "{outcomes:?}");
}

#[test]
fn a_hold_can_be_captured_until_it_expires_and_voided_after_too() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let [first, second] = [100, 200].map(|amount| river.paid(&authorise(ada, bob, amount)));
    let end = START.plus_seconds(HOUR);
    river.now = Timestamp::from_micros(end.micros() - 1);
    river.changed(&capture(bob.authority(), first.id, None));
    river.now = end;
    assert_eq!(river.refused(&capture(bob.authority(), second.id, None)), EXPIRED);
    assert_eq!(
        river.refused(&capture(bob.authority(), first.id, None)),
        NOT_AUTHORISED,
        "what is done is not expired"
    );
    assert_eq!(river.refused(&capture(bob.authority(), second.id, Some(201))), EXPIRED);
    assert_eq!(river.reserved(ada), 200, "an expired hold stays reserved until it is voided");
    river.changed(&void(SERVICE, second.id));
    assert_eq!((river.balance(ada), river.reserved(ada)), (-100, 0));
}

#[test]
fn a_void_gives_back_what_was_reserved() {
    let mut river = River::new();
    let (ada, bob, root) = (river.member("Ada", 1_000), river.member("Bob", 0), river.admin("Root", 0));
    for authority in [bob.authority(), root.authority(), SERVICE] {
        let held = river.paid(&authorise(ada, bob, 700));
        let hold_record = river.last.records[0].id;
        river.changed(&void(authority, held.id));
        assert_eq!((river.balance(ada), river.reserved(ada), river.available(ada)), (0, 0, 1_000));
        let record = &river.last.records[0];
        assert_eq!((record.kind, record.undone_id), (RecordKind::Release, Some(hold_record)));
        let change = &river.last.payment_changes[0];
        assert_eq!(
            (change.state, change.transfer, change.completed_at),
            (PaymentState::Cancelled, None, None)
        );
        assert_eq!(river.last.events[0].kind, EventKind::PaymentCancelled);
    }
}

#[test]
fn a_void_passes_whatever_became_of_the_accounts() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let held = river.paid(&authorise(ada, bob, 700));
    river.done(&set_limits(SERVICE, ada.account, limits(0, None)));
    river.done(&set_status(SERVICE, ada.account, AccountStatus::Frozen));
    river.done(&set_status(SERVICE, bob.account, AccountStatus::Closed));
    river.changed(&void(bob.authority(), held.id));
    assert_eq!((river.reserved(ada), river.available(ada)), (0, 0));
}

#[test]
fn only_the_payee_and_admins_end_a_hold_and_only_the_payee_captures() {
    let mut river = River::new();
    let (ada, bob, eve) = (river.member("Ada", 1_000), river.member("Bob", 0), river.member("Eve", 0));
    let (root, stranger) = (river.admin("Root", 0), river.stranger());
    let held = river.paid(&authorise(ada, bob, 700));
    let stays_out = Refusal::NotFound(Thing::Community);
    for (person, capturing, voiding) in [
        (ada, Some(Refusal::Forbidden), Some(Refusal::Forbidden)),
        (eve, Some(ABSENT), Some(ABSENT)),
        (stranger, Some(stays_out.clone()), Some(stays_out)),
        (root, Some(Refusal::Forbidden), None),
    ] {
        if let Some(refusal) = capturing {
            assert_eq!(river.refused(&capture(person.authority(), held.id, None)), refusal);
        }
        if let Some(refusal) = voiding {
            assert_eq!(river.refused(&void(person.authority(), held.id)), refusal);
        }
    }
    river.changed(&capture(bob.authority(), held.id, None));
    assert_eq!(river.refused(&void(eve.authority(), held.id)), ABSENT, "also afterwards");
}

#[test]
fn what_was_never_authorised_is_told_to_whom_it_concerns() {
    let mut river = River::new();
    let (ada, bob, eve) = (river.member("Ada", 1_000), river.member("Bob", 0), river.member("Eve", 0));
    let paid = river.paid(&pay(ada, bob, 100));
    let nothing = PaymentId::from_uuid(ada.account.uuid());
    for (person, id, refusal) in
        [(bob, paid.id, NOT_AUTHORISED), (eve, paid.id, ABSENT), (bob, nothing, ABSENT)]
    {
        assert_eq!(river.refused(&capture(person.authority(), id, None)), refusal);
        assert_eq!(river.refused(&void(person.authority(), id)), refusal);
    }
}

#[test]
fn a_hold_stands_for_some_time_and_not_for_ever() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let until = |expires_at| {
        let payment = order(ada.account, bob.account, 100, "");
        by(ada.authority(), Action::Authorise(Authorise { payment, expires_at }))
    };
    let longest = START.plus_seconds(AUTHORISATION_S_MAX);
    let bad = Refusal::Conflict(ConflictReason::BadExpiry);
    for time in [START, START.plus_seconds(-1), Timestamp::from_micros(longest.micros() + 1)] {
        assert_eq!(river.refused(&until(time)), bad);
    }
    let held = river.paid(&until(longest));
    assert_eq!(held.expires_at, Some(longest));
    river.paid(&until(Timestamp::from_micros(START.micros() + 1)));
}

#[test]
fn a_hold_that_nobody_captured_in_time_expires_once() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let held = river.paid(&authorise(ada, bob, 700));
    let not_yet = Refusal::Conflict(ConflictReason::NotExpired);
    river.now = Timestamp::from_micros(START.plus_seconds(HOUR).micros() - 1);
    assert_eq!(river.refused(&expire(SERVICE, held.id)), not_yet);
    river.now = START.plus_seconds(HOUR);
    for person in [ada, bob] {
        assert_eq!(river.refused(&expire(person.authority(), held.id)), Refusal::Forbidden);
    }
    let expired = river.changed(&expire(SERVICE, held.id));
    assert_eq!((expired.state, expired.transfer), (PaymentState::Expired, None));
    assert_eq!((river.balance(ada), river.reserved(ada), river.available(ada)), (0, 0, 1_000));
    assert_eq!(river.last.records[0].kind, RecordKind::Release);
    assert_eq!(river.last.events[0].kind, EventKind::PaymentExpired);
    assert_eq!(river.refused(&expire(SERVICE, held.id)), not_yet);
    assert_eq!(river.refused(&void(bob.authority(), held.id)), NOT_AUTHORISED);
    assert_eq!(river.refused(&capture(bob.authority(), held.id, None)), NOT_AUTHORISED);
}

#[test]
fn a_hold_made_and_captured_in_one_batch_is_right_in_its_rows() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let payment_order = order(ada.account, bob.account, 500, "");
    let expires_at = START.plus_seconds(HOUR);
    let action = Action::Authorise(Authorise { payment: payment_order, expires_at });
    let mut fold = Fold::new(&mut river.state, &river.answers, river.now, &mut river.ids, &PlainFormat);
    let held = payment(fold.apply(&by(ada.authority(), action)));
    assert!(matches!(fold.apply(&capture(bob.authority(), held.id, Some(200))), Outcome::Changed(_)));
    let postings = fold.finish();
    assert!(!postings.holds[0].is_open, "the hold's row says how it is after the batch");
    assert_eq!(postings.holds.len(), 1);
    assert_eq!(postings.holds[0].text, chain::NO_TEXT);
    assert_eq!(postings.changed_accounts.iter().map(|account| account.reserved).max(), Some(minor(0)));
    river.keep(postings);
    assert_eq!((river.balance(ada), river.balance(bob)), (-200, 200));
}
