//! The one order: numbers without gaps, times that never run backwards, and what a batch's rows say.

use std::collections::BTreeSet;

use super::support::{
    Person, PlainFormat, River, START, authorise, by, capture, keyed, limits, minor, order, pay, payment,
    set_limits, step_up_setting, void,
};
use crate::domain::chain;
use crate::domain::command::{Action, Authority, Command, UserAuthority};
use crate::domain::duplicates::RecentPayments;
use crate::domain::fold::{Fold, Outcome};
use crate::domain::records::{Postings, RecordKind};
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::spending::{SpendingCeiling, SpendingCeilings};
use crate::domain::time::Timestamp;

const SERVICE: Authority = Authority::Service;

#[test]
fn times_never_run_backwards() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let late = START.plus_seconds(100);
    river.now = late;
    river.move_money(ada, bob, 1);
    river.now = START.plus_seconds(40);
    let paid = river.paid(&pay(ada, bob, 1));
    assert_eq!(
        (paid.created_at, paid.completed_at),
        (late, Some(late)),
        "the later of now and the community's last"
    );
    assert_eq!(river.last.records[0].created_at, late);
    assert_eq!(river.last.events[0].created_at, late);
    assert_eq!(river.account(ada.account).negative_since, Some(late));
    river.now = START.plus_seconds(101);
    let paid = river.paid(&pay(ada, bob, 1));
    assert_eq!(paid.created_at, START.plus_seconds(101));
}

#[test]
fn a_clock_that_goes_back_revives_no_hold() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let held = river.paid(&authorise(ada, bob, 100));
    river.now = START.plus_seconds(3_600);
    river.move_money(ada, bob, 1);
    river.now = START;
    let expired = Refusal::Conflict(ConflictReason::AuthorisationExpired);
    assert_eq!(river.refused(&capture(bob.authority(), held.id, None)), expired);
}

#[test]
fn records_entries_and_events_are_numbered_without_gaps() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let before = river.state.head.clone();
    assert_eq!((before.seq, before.event_seq, before.accounts), (3, 2, 3));
    let too_much = keyed(pay(ada, bob, 5_000), "k-1");
    let outcomes = river.batch(&[
        pay(ada, bob, 1),
        pay(ada, bob, 5_000),
        too_much.clone(),
        authorise(ada, bob, 2),
        pay(bob, bob, 1),
        set_limits(SERVICE, ada.account, limits(900, None)),
        too_much,
        pay(bob, ada, 1),
    ]);
    let held = payment(outcomes[3].clone());
    let kinds: Vec<_> = river.last.records.iter().map(|record| (record.seq, record.kind)).collect();
    let expected = [RecordKind::Transfer, RecordKind::Hold, RecordKind::Account, RecordKind::Transfer];
    assert_eq!(kinds, (4..).zip(expected).collect::<Vec<_>>());
    let events: Vec<_> = river.last.events.iter().map(|event| event.event_seq).collect();
    assert_eq!(events, [3, 4, 5, 6]);
    river.batch(&[pay(ada, bob, 5_000)]);
    river.batch(&[capture(bob.authority(), held.id, None), pay(bob, ada, 1)]);
    assert_eq!(river.last.records.iter().map(|record| record.seq).collect::<Vec<_>>(), [8, 9]);
    let account_seqs = |person: Person| {
        let entries = river.last.entries.iter().filter(move |entry| entry.account_id == person.account);
        entries.map(|entry| entry.account_seq).collect::<Vec<_>>()
    };
    assert_eq!((account_seqs(ada), account_seqs(bob)), (vec![3, 4], vec![3, 4]));
    let head = &river.state.head;
    assert_eq!((head.seq, head.event_seq, head.transfers, head.entries, head.accounts), (9, 8, 4, 8, 3));
}

#[test]
fn a_batch_without_effect_leaves_the_head_alone() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let command = keyed(pay(ada, bob, 1), "k-1");
    river.done(&command);
    let head = river.state.head.clone();
    river.now = START.plus_seconds(10);
    river.batch(&[command.clone(), pay(ada, bob, 5_000), pay(ada, ada, 1), command]);
    assert!(river.last.is_empty());
    assert_eq!((river.last.from_version, &river.last.head), (head.version, &head));
    river.batch(&[]);
    assert_eq!(river.state.head, head);
    river.done(&keyed(pay(ada, bob, 5_000), "k-2"));
    assert_eq!(river.state.head.version, head.version + 1, "a kept refusal is something to write");
    assert_eq!((river.state.head.seq, river.state.head.hash), (head.seq, head.hash));
}

#[test]
fn since_when_a_balance_is_negative_is_remembered() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 1_000));
    let mut since = Vec::new();
    for (payer, payee, amount) in [
        (ada, bob, 100),
        (ada, bob, 100),
        (bob, ada, 199),
        (bob, ada, 1),
        (bob, ada, 50),
        (ada, bob, 50),
        (ada, bob, 1),
    ] {
        river.now = river.now.plus_seconds(1);
        river.move_money(payer, payee, amount);
        let start = |account| {
            river.account(account).negative_since.map(|since| since.unix_seconds() - START.unix_seconds())
        };
        since.push((start(ada.account), start(bob.account)));
    }
    let (never, from) = (None, Some);
    assert_eq!(
        since,
        [
            (from(1), never),
            (from(1), never),
            (from(1), never),
            (never, never),
            (never, from(5)),
            (never, never),
            (from(7), never),
        ]
    );
    let held = river.paid(&authorise(bob, ada, 500));
    assert_eq!(river.account(bob.account).negative_since, None, "a hold is no debt yet");
    river.now = river.now.plus_seconds(1);
    river.done(&capture(ada.authority(), held.id, Some(400)));
    assert_eq!(river.account(bob.account).negative_since, Some(river.now));
}

#[test]
fn texts_are_kept_apart_with_a_salt_of_their_own() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let described = |text: &str| by(ada.authority(), Action::Pay(order(ada.account, bob.account, 1, text)));
    river.batch(&[described("bread"), described("bread"), described("")]);
    let texts: Vec<_> = river.last.payments.iter().map(|payment| payment.description.as_str()).collect();
    assert_eq!(texts, ["bread", "bread", ""]);
    let text_salts = river.last.payments.iter().map(|payment| payment.text_salt);
    let [Some(first), Some(second), None] = text_salts.collect::<Vec<_>>()[..] else {
        panic!("there is a salt where there is a text, and nowhere else")
    };
    let commitment = |salt| chain::text_commitment(&salt, "bread");
    assert_ne!(commitment(first), commitment(second), "equal texts do not look equal");
    let record_salts = river.last.records.iter().map(|record| record.salt);
    let salts: BTreeSet<_> = record_salts.chain([first, second]).collect();
    assert_eq!(salts.len(), 5, "no salt is used twice");
}

#[test]
fn two_parts_written_as_one_batch_say_how_things_are_after_both() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 10_000), river.member("Bob", 0));
    let per_day = Some(SpendingCeiling::from_millionths(1_000_000_000));
    let by_app = |command: Command| match command.authority {
        Authority::User(user) => {
            let ceilings = SpendingCeilings { per_payment: None, per_day };
            Command {
                authority: Authority::User(UserAuthority { ceilings, app: Some(ada.app()), ..user }),
                ..command
            }
        }
        Authority::Service => command,
    };
    let set_common = |above| by(SERVICE, Action::ChangeSettings(step_up_setting(Some(above))));
    river.batch(&[set_common(500), by_app(pay(ada, bob, 100)), authorise(bob, ada, 10)]);
    let mut both = river.last.clone();
    river.batch(&[by_app(pay(ada, bob, 40)), by_app(authorise(ada, bob, 2))]);
    both.append(river.last.clone());
    assert_eq!(
        both.changed_community.as_ref().and_then(|community| community.step_up_above),
        Some(minor(500))
    );
    let spent: Vec<_> = both.app_spending.iter().map(|app| (app.spender_id, app.spending.spent)).collect();
    // Written in this order, so that the later row is the one that stays.
    assert_eq!(spent.last(), Some(&(ada.app(), minor(142))));
    let reserved: Vec<_> =
        both.changed_accounts.iter().map(|account| (account.id, account.reserved)).collect();
    assert_eq!(reserved, [(bob.account, minor(10)), (ada.account, minor(2))]);
    assert_eq!((both.holds.len(), both.payments.len(), both.head.seq), (2, 4, river.state.head.seq));
    river.batch(&[set_common(600)]);
    both.append(river.last.clone());
    assert_eq!(both.changed_community.and_then(|community| community.step_up_above), Some(minor(600)));
}

#[test]
fn the_same_inputs_give_the_same_rows() {
    let run = || {
        let mut river = River::new();
        let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
        let held = river.paid(&authorise(ada, bob, 100));
        let outcomes = river.batch(&[pay(ada, bob, 1), pay(ada, bob, 5_000), void(SERVICE, held.id)]);
        assert!(matches!(outcomes[2], Outcome::Changed(_)), "{:?}", outcomes[2]);
        (outcomes, river.last.records, river.state.head)
    };
    assert_eq!(run(), run());
}

/// The auditor has to be able to fail, or all the other tests say less than they seem to.
#[test]
fn the_auditor_finds_small_changes_of_a_good_batch() {
    type Tampering = fn(&mut Postings);
    let tamperings: [Tampering; 13] = [
        |postings| postings.entries[0].amount = minor(-101),
        |postings| postings.entries[1].balance_after = minor(101),
        |postings| postings.entries.swap(0, 1),
        |postings| postings.entries[1].account_seq += 1,
        |postings| postings.records[0].created_at = Timestamp::from_micros(START.micros() + 1),
        |postings| postings.records[0].salt[15] ^= 1,
        |postings| postings.records[0].seq += 1,
        |postings| postings.payments[0].description.push('!'),
        |postings| postings.head.hash[0] ^= 1,
        |postings| postings.events.clear(),
        |postings| postings.entries[0].negative_since = None,
        |postings| postings.payments[0].text_salt = None,
        |postings| postings.payments[0].transfer = None,
    ];
    let is_found = |tamper: Tampering| {
        let run = || {
            let mut river = River::new();
            let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
            let mut fold =
                Fold::new(&mut river.state, &river.answers, river.now, &mut river.ids, &PlainFormat);
            fold.apply(&by(ada.authority(), Action::Pay(order(ada.account, bob.account, 100, "bread"))));
            let mut postings = fold.finish();
            tamper(&mut postings);
            river.keep(postings);
        };
        std::panic::catch_unwind(run).is_err()
    };
    assert!(!is_found(|_| ()));
    for (tamper, number) in tamperings.into_iter().zip(1..) {
        assert!(is_found(tamper), "change {number}");
    }
}

#[test]
fn what_two_states_of_one_version_looked_up_adds_up() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 100), river.member("Bob", 0));
    let (to_bob, to_ada) = (pay(ada, bob, 1), pay(bob, ada, 1));
    let mut whole = river.state.clone();
    whole.recent = [ada.account, bob.account].map(|id| (id, RecentPayments::default())).into();
    // Each of them knows one of the users.
    let (mut one, mut other) = (whole.clone(), whole.clone());
    one.operators.remove(&bob.user);
    one.recent.remove(&bob.account);
    other.operators.remove(&ada.user);
    other.recent.remove(&ada.account);
    assert!(!one.missing_for([&to_bob, &to_ada].into_iter()).is_empty());
    assert!(!other.missing_for([&to_bob, &to_ada].into_iter()).is_empty());
    one.absorb(other);
    assert_eq!((&one.operators, one.recent.len()), (&whole.operators, whole.recent.len()));
    let missing = one.missing_for([&to_bob, &to_ada].into_iter());
    assert!(missing.users.is_empty() && missing.recent.is_empty(), "{missing:?}");
}
