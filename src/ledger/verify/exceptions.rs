//! The permitted exceptions from the limits, and nothing beside them.

use uuid::Uuid;

use super::accounts::Accounts;
use super::entries::KeptEntry;
use super::report::Differences;
use crate::domain::ids::{AccountId, PaymentId, RecordId};
use crate::storage::chain::{AccountItemRow, EntryRow, RecordRow};

const ACTIVE: i64 = 1;
const FROZEN: i64 = 2;
const CLOSED: i64 = 3;
const PRINCIPAL: i64 = 1;
const REFUND: i64 = 3;
const REVERSAL: i64 = 4;
const BEYOND_LIMIT: i64 = 5;
const WRITE_OFF: i64 = 10;
const OPENING_BALANCE: i64 = 11;
const ALLOWED: i64 = 13;
const LEAVING: i64 = 4;
const MERGE: i64 = 12;
/// The kinds of accounts.
const MEMBER: i64 = 1;
const COMMONS: i64 = 2;
const LOSSES: i64 = 3;
const PEER: i64 = 4;

const ADA: AccountId = AccountId::from_uuid(Uuid::from_u128(1));
const BOB: AccountId = AccountId::from_uuid(Uuid::from_u128(2));

/// Ada and Bob, each with a credit limit and a ceiling of 100 and a balance of zero.
struct Books {
    accounts: Accounts,
    seq: i64,
    entries: [i64; 2],
    balances: [i64; 2],
}

impl Books {
    fn new() -> Self {
        Self::with_kinds([MEMBER; 2])
    }

    /// Accounts of these kinds.
    fn with_kinds(kinds: [i64; 2]) -> Self {
        let mut books = Self { accounts: Accounts::default(), seq: 0, entries: [0; 2], balances: [0; 2] };
        for (id, kind) in [ADA, BOB].into_iter().zip(kinds) {
            books.set_kind(id, kind, ACTIVE, Some(100));
        }
        books
    }

    /// Ada's account is of that kind, and Bob a member.
    fn with_ada(kind: i64) -> Self {
        Self::with_kinds([kind, MEMBER])
    }

    fn record(&mut self, kind: i64, undone: bool) -> RecordRow {
        self.seq += 1;
        RecordRow {
            seq: self.seq,
            kind,
            id: RecordId::from_uuid(Uuid::from_u128(100)),
            undone_id: undone.then(|| RecordId::from_uuid(Uuid::from_u128(99))),
            created_at: self.seq,
            salt: vec![0; 16],
            digest: vec![0; 32],
            hash: vec![0; 32],
        }
    }

    /// Ada, who is 0, or Bob has so much more, from somewhere else.
    fn give(&mut self, place: usize, amount: i64) {
        self.balances[place] += amount;
        self.accounts.states.get_mut(&[ADA, BOB][place]).unwrap().balance += i128::from(amount);
    }

    fn set(&mut self, id: AccountId, status: i64) {
        self.set_kind(id, MEMBER, status, Some(100));
    }

    fn set_kind(&mut self, id: AccountId, kind: i64, status: i64, ceiling: Option<i64>) {
        let record = self.record(1, false);
        let item = AccountItemRow {
            seq: record.seq,
            account_id: id,
            kind,
            status,
            credit_limit: 100,
            ceiling,
            text_id: None,
        };
        self.accounts.set(&record, &item, &mut Differences::default());
    }

    /// A transfer from Ada to Bob with these kinds of entries; whether the checker takes it.
    fn takes(&mut self, kinds: [i64; 2], amount: i64, undone: bool) -> bool {
        let record = self.record(4, undone);
        let mut entries: Vec<_> = [(ADA, -amount), (BOB, amount)]
            .into_iter()
            .zip(kinds)
            .enumerate()
            .map(|(place, ((account_id, amount), kind))| {
                self.entries[place] += 1;
                self.balances[place] += amount;
                KeptEntry::from(EntryRow {
                    account_id,
                    account_seq: self.entries[place],
                    seq: record.seq,
                    position: i64::try_from(place).unwrap() + 1,
                    kind,
                    amount,
                    balance_after: self.balances[place],
                    payment_id: PaymentId::from_uuid(Uuid::nil()),
                })
            })
            .collect();
        let mut differences = Differences::default();
        self.accounts.transfer(&record, &mut entries, None, &mut differences);
        differences.into_parts().1 == 0
    }
}

fn takes(kinds: [i64; 2], amount: i64, undone: bool) -> bool {
    Books::new().takes(kinds, amount, undone)
}

#[test]
fn a_limit_is_passed_only_by_a_reversal_that_says_so() {
    assert!(takes([PRINCIPAL; 2], 100, false));
    for undone in [false, true] {
        assert!(!takes([PRINCIPAL; 2], 101, undone));
        assert!(!takes([REFUND; 2], 101, undone));
    }
    assert!(!takes([REVERSAL; 2], 101, true));
    assert!(takes([BEYOND_LIMIT; 2], 101, true), "both limits are passed");
    assert!(!takes([BEYOND_LIMIT, REVERSAL], 101, true), "Bob's ceiling, too");
    assert!(!takes([REVERSAL, BEYOND_LIMIT], 101, true), "Ada's credit limit, too");
}

#[test]
fn a_permission_stands_only_where_it_is_needed() {
    assert!(takes([REVERSAL; 2], 100, true));
    assert!(!takes([BEYOND_LIMIT; 2], 100, true));
    assert!(!takes([BEYOND_LIMIT, REVERSAL], 100, true));
    let mut books = Books::new();
    assert!(books.takes([PRINCIPAL; 2], 100, false));
    assert!(books.takes([BEYOND_LIMIT; 2], 1, true), "from the edge, every step is beyond");
}

#[test]
fn only_a_transfer_that_takes_another_back_is_a_reversal() {
    for kinds in [[REVERSAL; 2], [BEYOND_LIMIT; 2]] {
        assert!(!takes(kinds, 50, false));
        assert!(!takes(kinds, 101, false));
    }
    for mixed in [[REVERSAL, PRINCIPAL], [PRINCIPAL, REVERSAL], [BEYOND_LIMIT, REFUND]] {
        assert!(!takes(mixed, 50, true));
        assert!(!takes(mixed, 101, true));
    }
}

#[test]
fn a_reversal_moves_frozen_accounts_and_no_closed_ones() {
    for (status, is_taken) in [(FROZEN, true), (CLOSED, false)] {
        for id in [ADA, BOB] {
            let mut books = Books::new();
            books.set(id, status);
            assert_eq!(books.takes([REVERSAL; 2], 50, true), is_taken);
            let mut books = Books::new();
            books.set(id, status);
            assert!(!books.takes([REFUND; 2], 50, true), "a refund does not");
        }
    }
}

#[test]
fn who_is_leaving_has_limits_of_zero() {
    for (id, amount) in [(ADA, 1), (BOB, 1)] {
        let mut books = Books::new();
        books.set(id, LEAVING);
        assert!(!books.takes([PRINCIPAL; 2], amount, false), "{id}: away from zero");
    }
    let mut books = Books::new();
    assert!(books.takes([PRINCIPAL; 2], -50, false));
    books.set(ADA, LEAVING);
    assert!(books.takes([PRINCIPAL; 2], 20, false), "down towards zero");
    assert!(!books.takes([PRINCIPAL; 2], 31, false), "not past it");
}

#[test]
fn a_write_off_takes_all_that_a_member_has_who_is_held_back() {
    // Bob owes 50; the losses bear it, past their limit of 100 once they bore 60 of somebody else's.
    let owing = |status: i64| {
        let mut books = Books::with_ada(LOSSES);
        assert!(books.takes([PRINCIPAL; 2], -50, false));
        books.set(BOB, status);
        books
    };
    assert!(owing(FROZEN).takes([WRITE_OFF; 2], 50, false));
    assert!(owing(LEAVING).takes([WRITE_OFF; 2], 50, false));
    for status in [ACTIVE, CLOSED] {
        assert!(!owing(status).takes([WRITE_OFF; 2], 50, false), "{status}");
    }
    for rest in [49, 51] {
        assert!(!owing(FROZEN).takes([WRITE_OFF; 2], rest, false), "not to zero: {rest}");
    }
    assert!(!owing(FROZEN).takes([WRITE_OFF; 2], 50, true), "it undoes nothing");
    assert!(!owing(FROZEN).takes([WRITE_OFF, PRINCIPAL], 50, false));
    for kind in [MEMBER, PEER] {
        let mut books = Books::with_ada(kind);
        assert!(books.takes([PRINCIPAL; 2], -50, false));
        books.set(BOB, FROZEN);
        assert!(!books.takes([WRITE_OFF; 2], 50, false), "another kind of other side: {kind}");
    }
}

#[test]
fn a_balance_is_brought_along_between_one_account_and_the_fund() {
    let brought = |kinds, entries| Books::with_kinds(kinds).takes(entries, 50, false);
    for kinds in [[MEMBER, COMMONS], [COMMONS, MEMBER], [LOSSES, COMMONS]] {
        assert!(brought(kinds, [OPENING_BALANCE; 2]), "{kinds:?}");
    }
    for kinds in [[MEMBER; 2], [MEMBER, LOSSES], [COMMONS; 2]] {
        assert!(!brought(kinds, [OPENING_BALANCE; 2]), "{kinds:?}");
    }
    for mixed in [[OPENING_BALANCE, PRINCIPAL], [PRINCIPAL, OPENING_BALANCE]] {
        assert!(!brought([MEMBER, COMMONS], mixed), "{mixed:?}");
    }
}

/// The same, where Bob has no ceiling.
fn takes_from_ada(kinds: [i64; 2], amount: i64, undone: bool) -> bool {
    let mut books = Books::new();
    books.set_kind(BOB, MEMBER, ACTIVE, None);
    books.takes(kinds, amount, undone)
}

#[test]
fn an_allowance_lets_a_payer_pass_the_credit_limit_and_nobody_anything_else() {
    assert!(takes_from_ada([ALLOWED, PRINCIPAL], 101, false));
    assert!(!takes_from_ada([PRINCIPAL; 2], 101, false));
    assert!(!takes_from_ada([ALLOWED, PRINCIPAL], 100, false), "it is not needed");
    assert!(!takes([ALLOWED, PRINCIPAL], 101, false), "Bob's ceiling holds");
    assert!(!takes([ALLOWED; 2], 101, false), "and it is not his");
    assert!(!takes_from_ada([PRINCIPAL, ALLOWED], 50, false));
    assert!(!takes_from_ada([ALLOWED, REFUND], 101, false), "it is for payments");
    assert!(!takes_from_ada([ALLOWED, PRINCIPAL], 101, true), "what undoes is no payment");
    for status in [FROZEN, CLOSED, LEAVING] {
        let mut books = Books::new();
        books.set_kind(BOB, MEMBER, ACTIVE, None);
        books.set(ADA, status);
        assert!(!books.takes([ALLOWED, PRINCIPAL], 101, false));
    }
}

#[test]
fn a_merge_empties_one_member_and_keeps_the_limits_of_the_other() {
    // Ada has 30; all that Bob has goes to her, or what he owes comes from her.
    let owning = |amount: i64, status: i64| {
        let mut books = Books::new();
        books.give(0, 30);
        books.give(1, amount);
        books.set(BOB, status);
        books
    };
    for amount in [50, -50] {
        for status in [ACTIVE, FROZEN, LEAVING] {
            assert!(owning(amount, status).takes([MERGE; 2], -amount, false), "{amount} {status}");
        }
        assert!(!owning(amount, CLOSED).takes([MERGE; 2], -amount, false));
        assert!(!owning(amount, ACTIVE).takes([MERGE; 2], 1 - amount, false), "not all of it");
        assert!(!owning(amount, ACTIVE).takes([MERGE; 2], -amount, true), "it undoes nothing");
        assert!(!owning(amount, ACTIVE).takes([MERGE, PRINCIPAL], -amount, false));
        let mut books = owning(amount, ACTIVE);
        books.set(ADA, FROZEN);
        assert!(!books.takes([MERGE; 2], -amount, false), "who is kept takes part");
    }
    for kind in [COMMONS, LOSSES, PEER] {
        let mut books = Books::with_ada(kind);
        books.give(1, 50);
        assert!(!books.takes([MERGE; 2], -50, false), "{kind}");
    }
    for (amount, is_taken) in [(70, true), (71, false), (-130, true), (-131, false)] {
        assert_eq!(owning(amount, FROZEN).takes([MERGE; 2], -amount, false), is_taken, "{amount}");
    }
}
