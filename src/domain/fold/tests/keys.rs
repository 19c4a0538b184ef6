//! Idempotency: a key posts at most once, and tells what came of it.

use super::support::{
    Person, PlainFormat, River, Snapshot, answered, authorise, end_session, keyed, limits, minor, pay,
    refusal_body, set_limits, set_status,
};
use crate::domain::account::AccountStatus;
use crate::domain::command::{Authority, Command};
use crate::domain::fold::{Answered, Fold, Outcome};
use crate::domain::key::KeyHash;
use crate::domain::member::{MemberStatus, Role};
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scopes;

const SERVICE: Authority = Authority::Service;

/// The same answer, said to be a repetition.
fn replay_of(first: &Answered) -> Answered {
    assert!(!first.is_replay);
    Answered { is_replay: true, ..first.clone() }
}

/// A repetition gives the first answer's bytes, and leaves no trace.
fn assert_replays(river: &mut River, command: &Command, first: &Answered) {
    let before = Snapshot::of(&river.state);
    assert_eq!(river.answered(command), replay_of(first));
    assert_eq!(Snapshot::of(&river.state), before);
    assert!(river.last.is_empty() && river.last.payments.is_empty());
}

fn key_of(command: &Command) -> KeyHash {
    command.key.unwrap().hash
}

#[test]
fn a_key_pays_once_in_a_batch_and_across_batches() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    for command in [keyed(pay(ada, bob, 100), "k-1"), keyed(authorise(ada, bob, 10), "k-2")] {
        let outcomes = river.batch(&[command.clone(), command.clone(), command.clone()]);
        let [first, second, third] =
            outcomes.try_into().map(|outcomes: [_; 3]| outcomes.map(answered)).unwrap();
        assert_eq!(first.status, 201);
        assert_eq!(first.payment_id, Some(river.last.payments[0].id));
        assert!(
            String::from_utf8_lossy(first.body.as_deref().unwrap())
                .starts_with(&first.payment_id.unwrap().to_string())
        );
        assert_eq!([&second, &third], [&replay_of(&first); 2]);
        assert_eq!((river.last.payments.len(), river.last.keys.len()), (1, 1));
        let (hash, stored) = &river.last.keys[0];
        assert_eq!((*hash, stored.result_id), (key_of(&command), first.payment_id.unwrap().uuid()));
        assert_replays(&mut river, &command, &first);
        assert_replays(&mut river, &command, &first);
    }
    assert_eq!((river.balance(ada), river.reserved(ada), river.balance(bob)), (-100, 10, 100));
}

#[test]
fn a_key_stands_for_one_request() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let (one, other) = (keyed(pay(ada, bob, 100), "k-1"), keyed(pay(ada, bob, 101), "k-1"));
    let refused = keyed(pay(ada, bob, 5_000), "k-2");
    let after_refused = keyed(pay(ada, bob, 1), "k-2");
    let outcomes =
        river.batch(&[one.clone(), other.clone(), one.clone(), refused.clone(), after_refused.clone()]);
    assert_eq!(outcomes[1], Outcome::Refused(Refusal::KeyReused));
    let first = answered(outcomes[0].clone());
    assert_eq!(answered(outcomes[2].clone()), replay_of(&first), "the misuse spoils nothing");
    assert_eq!(outcomes[4], Outcome::Refused(Refusal::KeyReused), "a key that was refused is used as well");
    assert_eq!(river.refused(&other), Refusal::KeyReused);
    assert_eq!(river.refused(&after_refused), Refusal::KeyReused);
    assert_replays(&mut river, &one, &first);
    assert_eq!(river.balance(ada), -100);
}

#[test]
fn keys_of_different_people_are_different_keys() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 1_000));
    river.answered(&keyed(pay(ada, bob, 100), "k-1"));
    assert!(!river.answered(&keyed(pay(bob, ada, 30), "k-1")).is_replay);
    assert_eq!(river.balance(ada), -70);
}

#[test]
fn every_final_refusal_is_kept_under_its_key() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let frozen = river.member("Fay", 0);
    river.done(&set_status(SERVICE, frozen.account, AccountStatus::Frozen));
    let full = river.newcomer("Full", Role::Member, limits(0, Some(0)));
    let inactive =
        Refusal::AccountNotActive { code: "RIVER0003".parse().unwrap(), status: AccountStatus::Frozen };
    let insufficient = Refusal::InsufficientCredit { amount: minor(1_001), available: minor(1_000) };
    let cases = [
        (pay(ada, ada, 1), Refusal::SameAccount),
        (pay(ada, frozen, 1), inactive.clone()),
        (pay(ada, bob, 1_001), insufficient.clone()),
        (pay(ada, full, 1), Refusal::CeilingExceeded),
        (authorise(ada, frozen, 1), inactive),
        (authorise(ada, bob, 1_001), insufficient),
    ];
    let mut kept = Vec::new();
    for ((command, refusal), number) in cases.into_iter().zip(1..) {
        let command = keyed(command, &format!("k-{number}"));
        let (chain, accounts) = (river.state.head.hash, river.state.accounts.clone());
        let first = river.answered(&command);
        let body = refusal_body(&refusal, "request-1");
        assert_eq!(
            (first.status, first.body.as_deref(), first.payment_id),
            (409, Some(body.as_slice()), None)
        );
        assert!(
            river.last.records.is_empty() && river.last.payments.is_empty() && river.last.events.is_empty()
        );
        assert_eq!((river.state.head.hash, &river.state.accounts), (chain, &accounts), "nothing was posted");
        let note = &river.last.refusals[0];
        assert_eq!((note.code, note.payer_id), (refusal.code(), ada.account));
        assert_eq!(note.id.uuid(), river.last.keys[0].1.result_id);
        kept.push((command, first));
    }
    // What stood in the way is gone; the keys' answers are not.
    river.done(&set_status(SERVICE, frozen.account, AccountStatus::Active));
    river.done(&set_limits(SERVICE, ada.account, limits(100_000, None)));
    river.done(&set_limits(SERVICE, full.account, limits(0, None)));
    for (command, first) in kept {
        let later = Command { request_id: "request-2".into(), ..command };
        assert_replays(&mut river, &later, &first);
    }
    assert_eq!(river.balance(ada), 0);
}

#[test]
fn a_refusal_that_is_not_final_leaves_the_key_usable() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let command = keyed(pay(ada, bob, 100), "k-1");
    let narrow = Command { authority: ada.with_scopes(Scopes::default()), ..command.clone() };
    assert_eq!(river.refused(&narrow), Refusal::Forbidden);
    river.set_member_status(ada, MemberStatus::Applied);
    assert_eq!(river.refused(&command), Refusal::NotFound(Thing::Community));
    river.set_member_status(ada, MemberStatus::Active);
    let payee = river.state.accounts.remove(&bob.account).unwrap();
    let outcome =
        Fold::new(&mut river.state, &river.answers, river.now, &mut river.ids, &PlainFormat).apply(&command);
    assert_eq!(outcome, Outcome::Refused(Refusal::NotFound(Thing::Payee)));
    river.state.accounts.insert(bob.account, payee);

    // In one batch with the refusals as well.
    let outcomes = river.batch(&[narrow, command.clone(), command]);
    assert_eq!(outcomes[0], Outcome::Refused(Refusal::Forbidden));
    let [first, second] = [1, 2].map(|index: usize| answered(outcomes[index].clone()));
    assert_eq!((first.status, second), (201, replay_of(&first)));
    assert_eq!(river.balance(ada), -100);
}

#[test]
fn an_ended_session_makes_nothing_new_under_a_key() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let command = keyed(pay(ada, bob, 100), "k-1");
    river.done(&end_session(ada.session));
    assert_eq!(river.refused(&command), Refusal::SessionEnded);
    let signed_in_again = Person { session: bob.session, ..ada };
    let command = Command { authority: signed_in_again.authority(), ..command };
    let first = river.answered(&command);
    assert_eq!(first.status, 201, "the refusal left the key usable");
    assert_replays(&mut river, &command, &first);
}

/// Where a connection breaks while a batch is written, the batch is folded again on what was stored.
#[test]
fn a_batch_that_was_written_finds_its_answers() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let batch = [
        keyed(pay(ada, bob, 100), "k-1"),
        keyed(pay(ada, bob, 5_000), "k-2"),
        keyed(pay(ada, bob, 101), "k-1"),
        end_session(ada.session),
        keyed(pay(ada, bob, 1), "k-3"),
    ];
    let first = river.batch(&batch);
    let (head, accounts) = (river.state.head.hash, river.state.accounts.clone());
    let again = river.batch(&batch);
    assert_eq!(
        answered(again[0].clone()),
        replay_of(&answered(first[0].clone())),
        "though its session has ended"
    );
    assert_eq!(answered(again[1].clone()), replay_of(&answered(first[1].clone())));
    assert_eq!(again[2..], first[2..]);
    let (reused, ended) = (Outcome::Refused(Refusal::KeyReused), Outcome::Refused(Refusal::SessionEnded));
    assert_eq!(first[2..], [reused, Outcome::Done, ended]);
    assert_eq!((river.state.head.hash, river.state.accounts), (head, accounts), "nothing is posted twice");
}

#[test]
fn an_erased_answer_still_says_what_was_made() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let command = keyed(pay(ada, bob, 100), "k-1");
    let first = river.answered(&command);
    river.answers.get_mut(&key_of(&command)).unwrap().body = None;
    let replay = river.answered(&command);
    assert_eq!(replay, Answered { body: None, is_replay: true, ..first });
    assert_eq!(river.refused(&keyed(pay(ada, bob, 101), "k-1")), Refusal::KeyReused);
}

#[test]
fn final_are_exactly_the_refusals_that_answer_409() {
    let finals = [
        Refusal::SameAccount,
        Refusal::AccountNotActive { code: "RIVER0001".parse().unwrap(), status: AccountStatus::Closed },
        Refusal::Conflict(ConflictReason::NotAuthorised),
        Refusal::InsufficientCredit { amount: minor(2), available: minor(1) },
        Refusal::CeilingExceeded,
    ];
    let others = [
        Refusal::SessionEnded,
        Refusal::KeyReused,
        Refusal::NotFound(Thing::Payee),
        Refusal::Forbidden,
        Refusal::PreconditionFailed,
    ];
    assert!(finals.iter().all(Refusal::is_final));
    assert!(!others.iter().any(Refusal::is_final));
}
