//! Re-derives everything from a batch's rows: numbers, sums, balances, reservations, limits and hashes. Shares nothing
//! with the rules but types.

mod allowances;
mod funds;
mod settling;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::bytes::{Bytes32, account_digest, entry_digest, hold_digest, record_digest, sha256};
use crate::domain::account::{AccountKind, AccountStatus, Limits};
use crate::domain::amount::Amount;
use crate::domain::fees::Fees;
use crate::domain::fold::CommunityState;
use crate::domain::ids::{AccountId, CommunityId, PaymentId, RecordId};
use crate::domain::payment::PaymentState;
use crate::domain::records::{
    AccountItem, AuditLine, Entry, EntryKind, EventKind, HoldItem, Postings, Record, RecordKind,
};
use crate::domain::time::Timestamp;

/// What one account is by the records alone.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Derived {
    kind: AccountKind,
    status: AccountStatus,
    limits: Limits,
    balance: i128,
    reserved: i128,
    account_seq: i64,
}

/// What is set aside by a hold that nothing has ended yet.
struct OpenHold {
    account_id: AccountId,
    payment_id: PaymentId,
    amount: i128,
}

/// What is left of a transfer, and between whom it moved.
struct Left {
    payer_id: AccountId,
    payee_id: AccountId,
    amount: i128,
}

/// Follows a community's batches from the first on.
pub(super) struct Auditor {
    community_id: CommunityId,
    version: i64,
    seq: i64,
    hash: Bytes32,
    event_seq: i64,
    transfers: i64,
    entries: i64,
    last_at: Option<Timestamp>,
    accounts: BTreeMap<AccountId, Derived>,
    open_holds: HashMap<RecordId, OpenHold>,
    /// What may still be given back of each transfer.
    left_of_transfers: HashMap<RecordId, Vec<Left>>,
    /// Salt and text by the id of what they belong to.
    texts: HashMap<Uuid, ([u8; 16], String)>,
    /// What is kept of payments' fees.
    fees: HashMap<PaymentId, Fees>,
}

impl Auditor {
    pub fn new(community_id: CommunityId) -> Self {
        Self {
            community_id,
            version: 0,
            seq: 0,
            hash: sha256(&[community_id.uuid().as_bytes()]),
            event_seq: 0,
            transfers: 0,
            entries: 0,
            last_at: None,
            accounts: BTreeMap::new(),
            open_holds: HashMap::new(),
            left_of_transfers: HashMap::new(),
            texts: HashMap::new(),
            fees: HashMap::new(),
        }
    }

    /// Checks one batch's rows, and the state that it left behind.
    pub fn check(&mut self, postings: &Postings, state: &CommunityState) {
        for text in &postings.texts {
            assert!(!text.text.is_empty(), "no text is kept as no text");
            let earlier = self.texts.insert(text.id.uuid(), (text.salt, text.text.clone()));
            assert!(earlier.is_none(), "a text has one row");
        }
        for payment in &postings.payments {
            assert_eq!(payment.text_salt.is_some(), !payment.description.is_empty());
            let text = payment.text_salt.map(|salt| (salt, payment.description.clone()));
            self.texts.extend(text.map(|text| (payment.id.uuid(), text)));
        }
        self.fees.extend(postings.fees.iter().copied());
        for made in &postings.payments {
            let Some(original) = made.reversal_of.filter(|_| !made.fees.are_none()) else { continue };
            assert_eq!(made.fees, self.fees[&original].given_back(), "a reversal gives back what was borne");
        }
        for record in &postings.records {
            self.check_record(record, postings);
        }
        self.check_rows_belong(postings);
        self.check_events(postings);
        self.check_head(postings, state);
        self.check_projections(postings, state);
    }

    fn check_record(&mut self, record: &Record, postings: &Postings) {
        self.seq += 1;
        assert_eq!(record.seq, self.seq, "records are numbered without a gap");
        assert_eq!(record.community_id, self.community_id);
        assert!(
            self.last_at.is_none_or(|last| last <= record.created_at),
            "times never run backwards along seq"
        );
        self.last_at = Some(record.created_at);

        let digests = match record.kind {
            RecordKind::Account => {
                let item = only(postings.account_items.iter().filter(|item| item.seq == record.seq));
                assert_eq!(record.undone_id, None);
                self.derive_account(item);
                let text = item.text_id.map_or([0; 32], |id| self.commitment(id.uuid()));
                assert!(item.text_id.is_none() || text != [0; 32], "a text that is named is there");
                vec![account_digest(record, item, &text)]
            }
            RecordKind::Hold | RecordKind::Release => {
                let item = only(postings.hold_items.iter().filter(|item| item.seq == record.seq));
                self.derive_hold(record, item);
                vec![hold_digest(record, item, &self.commitment(item.payment_id.uuid()))]
            }
            RecordKind::Transfer => {
                let entries: Vec<_> =
                    postings.entries.iter().filter(|entry| entry.seq == record.seq).collect();
                self.derive_transfer(record, &entries);
                let text = |entry: &Entry| self.commitment(entry.payment_id.uuid());
                entries.iter().map(|entry| entry_digest(record, entry, &text(entry))).collect()
            }
        };
        assert_eq!(record.digest, record_digest(record, &digests), "record {}", record.seq);
        self.hash = sha256(&[&self.hash, &record.digest]);
        assert_eq!(record.hash, self.hash, "record {}", record.seq);
    }

    fn derive_account(&mut self, item: &AccountItem) {
        let (kind, status, limits) = (item.kind, item.status, item.limits);
        let opened =
            Derived { kind, status: AccountStatus::Active, limits, balance: 0, reserved: 0, account_seq: 0 };
        let account = self.accounts.entry(item.account_id).or_insert(opened);
        assert_eq!(account.kind, kind, "an account stays what it is for");
        (account.status, account.limits) = (status, limits);
    }

    fn derive_hold(&mut self, record: &Record, item: &HoldItem) {
        let amount = i128::from(item.amount.minor());
        assert!(amount > 0);
        if record.kind == RecordKind::Hold {
            assert_eq!(record.undone_id, None);
            self.accounts.get_mut(&item.account_id).unwrap().reserved += amount;
            let hold = OpenHold { account_id: item.account_id, payment_id: item.payment_id, amount };
            self.open_holds.insert(record.id, hold);
        } else {
            let (account_id, payment_id, released) =
                self.end_hold(record.undone_id.expect("a release names its hold"));
            assert_eq!((account_id, payment_id, released), (item.account_id, item.payment_id, amount));
        }
        let reserved = self.accounts[&item.account_id].reserved;
        assert_eq!(i128::from(item.reserved_after.minor()), reserved, "record {}", record.seq);
    }

    fn derive_transfer(&mut self, record: &Record, entries: &[&Entry]) {
        if let Some(left) = record.undone_id.and_then(|id| self.left_of_transfers.get_mut(&id)) {
            let [giver, taker, ..] = entries else { panic!("what gives back has two sides") };
            // Of several payments between these two in one transfer, all that is left counts.
            let between =
                |left: &&mut Left| (giver.account_id, taker.account_id) == (left.payee_id, left.payer_id);
            let mut given = i128::from(taker.amount.minor());
            for left in left.iter_mut().filter(between) {
                let taken = given.min(left.amount);
                left.amount -= taken;
                given -= taken;
            }
            assert_eq!(given, 0, "no more is given back than was paid, and the way it came");
            self.check_way_back(entries);
        } else if let Some(hold_id) = record.undone_id {
            let (payer_id, payment_id, held) = self.end_hold(hold_id);
            let captured: i128 = entries
                .iter()
                .filter(|entry| entry.account_id == payer_id)
                .inspect(|entry| assert_eq!(entry.payment_id, payment_id))
                .map(|entry| -i128::from(entry.amount.minor()))
                .sum();
            assert!(captured > 0 && captured <= held, "no more is captured than was held");
        }
        assert!(entries.len() >= 2);
        assert_eq!(
            entries.iter().map(|entry| i128::from(entry.amount.minor())).sum::<i128>(),
            0,
            "record {}",
            record.seq
        );
        for (entry, position) in entries.iter().zip(1..) {
            assert_eq!(entry.position, position);
            let account = self.accounts.get_mut(&entry.account_id).unwrap();
            account.check_allowance(entry, entries);
            account.balance += i128::from(entry.amount.minor());
            account.account_seq += 1;
            assert_eq!(i128::from(entry.balance_after.minor()), account.balance, "record {}", record.seq);
            assert_eq!(entry.account_seq, account.account_seq, "entries are numbered without a gap");
        }
        self.check_settling(entries);
        self.check_fees(entries);
        self.check_funds(entries);
        let principal: Vec<_> =
            entries.iter().copied().filter(|entry| entry.kind != EntryKind::Fee).collect();
        let paid = principal.chunks(2);
        let left = |sides: &[&Entry]| Left {
            payer_id: sides[0].account_id,
            payee_id: sides[1].account_id,
            amount: sides[1].amount.minor().into(),
        };
        self.left_of_transfers.insert(record.id, paid.map(left).collect());
        self.transfers += 1;
        self.entries += i64::try_from(entries.len()).unwrap();
    }

    /// Refunds stay within the limits; a reversal says of each side whether it passes one.
    fn check_way_back(&self, entries: &[&Entry]) {
        let is_refund = entries.iter().all(|entry| entry.kind == EntryKind::Refund);
        let sides = entries.iter().filter(|entry| entry.kind != EntryKind::Fee);
        for entry in sides {
            let account = &self.accounts[&entry.account_id];
            let limits = match account.status {
                AccountStatus::Leaving => Limits { ceiling: Some(Amount::ZERO), ..Limits::default() },
                _ => account.limits,
            };
            let own = entries.iter().filter(|other| other.account_id == entry.account_id);
            let change: i64 = own.map(|entry| entry.amount.minor()).sum();
            let (credit, ceiling) = (limits.credit_limit.minor(), limits.ceiling);
            let after = account.balance + i128::from(change);
            let is_past = change < 0 && after - account.reserved + i128::from(credit) < 0;
            let is_above = ceiling.is_some_and(|ceiling| after > i128::from(ceiling.minor()));
            let is_beyond = is_past || (change > 0 && is_above);
            let expected = match (is_refund, is_beyond) {
                (true, _) => EntryKind::Refund,
                (false, false) => EntryKind::Reversal,
                (false, true) => EntryKind::ReversalBeyondLimit,
            };
            assert_eq!(entry.kind, expected, "the permission is in the record, where it is needed");
            assert!(!(is_refund && is_beyond));
        }
    }

    /// Ends a hold in whole: what was not captured is free again.
    fn end_hold(&mut self, id: RecordId) -> (AccountId, PaymentId, i128) {
        let hold = self.open_holds.remove(&id).expect("a hold ends once");
        self.accounts.get_mut(&hold.account_id).unwrap().reserved -= hold.amount;
        (hold.account_id, hold.payment_id, hold.amount)
    }

    fn check_rows_belong(&self, postings: &Postings) {
        let kinds: HashMap<i64, RecordKind> =
            postings.records.iter().map(|record| (record.seq, record.kind)).collect();
        assert_eq!(kinds.len(), postings.records.len());
        for entry in &postings.entries {
            assert_eq!(kinds.get(&entry.seq), Some(&RecordKind::Transfer));
        }
        for item in &postings.account_items {
            assert_eq!(kinds.get(&item.seq), Some(&RecordKind::Account));
        }
        for item in &postings.hold_items {
            assert!(matches!(kinds.get(&item.seq), Some(RecordKind::Hold | RecordKind::Release)));
        }
    }

    fn check_events(&mut self, postings: &Postings) {
        for event in &postings.events {
            self.event_seq += 1;
            assert_eq!(event.event_seq, self.event_seq, "events are numbered without a gap");
            self.last_at = self.last_at.max(Some(event.created_at));
        }
        for payment in &postings.payments {
            // Unless it was changed in the same batch, which is told apart.
            let is_changed = postings.payment_changes.iter().any(|change| change.id == payment.id);
            let kept = self.fees.get(&payment.id).copied().unwrap_or_default();
            assert!(is_changed || kept == payment.fees);
            let event = only(postings.events.iter().filter(|event| event.event_seq == payment.event_seq));
            assert_eq!(event.subject_id, payment.id.uuid(), "a payment's event is its own");
        }
        let due = postings.payments.len()
            + postings.payment_changes.len()
            + postings.new_checkouts.len()
            + postings.new_members.len()
            + postings.audits.iter().filter(|line| is_on_chain(line) || is_of_standing(line)).count();
        // How often a schedule changes in a batch, its last row does not tell.
        // Nor who came near a limit on the way.
        let is_other = |kind| matches!(kind, EventKind::ScheduleChanged | EventKind::AccountNearLimit);
        // A checkout that is made has one; how often one changes in a batch, its last row does not tell.
        let is_step =
            |kind: EventKind| kind.name().starts_with("checkout.") && kind != EventKind::CheckoutOpen;
        let others = postings.events.iter().filter(|event| is_other(event.kind) || is_step(event.kind));
        assert_eq!(postings.events.len() - others.count(), due, "one event for each that is due");
    }

    fn check_head(&mut self, postings: &Postings, state: &CommunityState) {
        assert_eq!(postings.from_version, self.version);
        self.version += i64::from(!postings.is_empty());
        let head = &postings.head;
        assert_eq!(*head, state.head, "the state stands where the rows end");
        assert_eq!((head.version, head.seq, head.hash), (self.version, self.seq, self.hash));
        assert_eq!(
            (head.event_seq, head.transfers, head.entries),
            (self.event_seq, self.transfers, self.entries)
        );
        assert_eq!(head.accounts, i64::try_from(self.accounts.len()).unwrap());
        assert_eq!(Some(head.last_at), self.last_at);
    }

    fn check_projections(&self, postings: &Postings, state: &CommunityState) {
        assert_eq!(
            self.accounts.values().map(|account| account.balance).sum::<i128>(),
            0,
            "the community adds up to zero"
        );
        assert_eq!(state.accounts.len(), self.accounts.len());
        for (id, derived) in &self.accounts {
            let account = &state.accounts[id];
            let projected = Derived {
                kind: account.kind,
                status: account.status,
                limits: account.limits,
                balance: account.balance.minor().into(),
                reserved: account.reserved.minor().into(),
                account_seq: account.account_seq,
            };
            assert_eq!(projected, *derived, "{}", account.code);
            assert_eq!(account.negative_since.is_some(), derived.balance < 0, "{}", account.code);
            assert!(derived.reserved >= 0);
        }
        let open: BTreeSet<_> =
            self.open_holds.values().map(|hold| (hold.payment_id, hold.account_id, hold.amount)).collect();
        let projected = state.holds.values().filter(|hold| hold.is_open);
        let projected: BTreeSet<_> =
            projected.map(|hold| (hold.payment_id, hold.payer_id, i128::from(hold.amount.minor()))).collect();
        assert_eq!(projected, open, "open holds");
        check_lists_of_accounts(postings, state);
        check_payments(postings, &self.fees);
    }

    /// What the chain keeps of a text, by the id of what it belongs to; 32 zero bytes where there is none.
    fn commitment(&self, id: Uuid) -> Bytes32 {
        self.texts.get(&id).map_or([0; 32], |(salt, text)| sha256(&[salt, text.as_bytes()]))
    }
}

/// Whether what a line tells of has a record of its own and an event, beside those of who joined.
fn is_of_standing(line: &AuditLine) -> bool {
    matches!(line.action, "member.status" | "member.merged")
}

fn is_on_chain(line: &AuditLine) -> bool {
    matches!(line.action, "account.limits" | "account.status")
}

/// The actions by which an account's own row changes.
const CHANGES_OF_ACCOUNTS: [&str; 5] =
    ["account.limits", "account.status", "account.step_up", "account.allowance", "account.allowance_used"];

/// The lists of accounts name each account that they should, once, as it is after the batch.
fn check_lists_of_accounts(postings: &Postings, state: &CommunityState) {
    let opened: BTreeSet<_> = postings.new_accounts.iter().map(|account| account.id).collect();
    assert_eq!(opened.len(), postings.new_accounts.len());
    let of_accounts = postings.audits.iter().filter(|audit| CHANGES_OF_ACCOUNTS.contains(&audit.action));
    let decided = of_accounts.map(|audit| AccountId::from_uuid(audit.subject_id));
    let reserving = postings.hold_items.iter().map(|item| item.account_id);
    let capturing = postings.holds.iter().map(|hold| hold.payer_id);
    let due: BTreeSet<_> = decided.chain(reserving).chain(capturing).collect();
    let listed: BTreeSet<_> = postings.changed_accounts.iter().map(|account| account.id).collect();
    assert_eq!(listed.len(), postings.changed_accounts.len());
    assert!(due.is_subset(&listed), "{due:?} and {listed:?}");
    // Others may be there whose payments are counted, or who follow another policy on them.
    for account in &postings.changed_accounts {
        assert_eq!(*account, state.accounts[&account.id], "rows say how it is after the batch");
    }
    let mut newest = HashMap::new();
    newest.extend(postings.entries.iter().map(|entry| (entry.account_id, entry)));
    for (id, entry) in newest {
        let account = &state.accounts[&id];
        let left = (entry.balance_after, entry.account_seq, entry.negative_since);
        assert_eq!(
            left,
            (account.balance, account.account_seq, account.negative_since),
            "the last entry tells"
        );
        assert!(account.version > account.account_seq, "a version counts the opening and each entry");
    }
    // An amount above which payments need a proof moves no balance: it is audited and not on the chain.
    let on_chain = postings.audits.iter().filter(|audit| is_on_chain(audit));
    let due_items = postings.new_accounts.len() + on_chain.count();
    assert_eq!(postings.account_items.len(), due_items, "one record for each opening and each change");
}

/// What is said to be completed has its transfer on the chain.
fn check_payments(postings: &Postings, fees: &HashMap<PaymentId, Fees>) {
    let made =
        postings.payments.iter().map(|payment| (payment.id, payment.state, payment.amount, payment.transfer));
    let changed = postings
        .payment_changes
        .iter()
        .map(|change| (change.id, change.state, change.amount, change.transfer));
    let mut completed = BTreeSet::new();
    for (id, state, amount, transfer) in made.chain(changed) {
        assert_eq!(state == PaymentState::Completed, transfer.is_some());
        let Some(position) = transfer else { continue };
        let record = only(postings.records.iter().filter(|record| record.seq == position.seq));
        assert_eq!((record.kind, record.hash), (RecordKind::Transfer, position.hash));
        let entries = postings.entries.iter().filter(|entry| entry.seq == position.seq);
        let mut own = entries.filter(|entry| entry.payment_id == id);
        assert!(own.any(|entry| entry.amount == amount), "the payee gets what the payment says");
        let fee_entries = postings.entries.iter().filter(|entry| entry.kind == EntryKind::Fee);
        let gives_back = postings.payments.iter().any(|made| made.id == id && made.reversal_of.is_some());
        let of_members =
            fee_entries.filter(|entry| entry.payment_id == id && entry.amount.is_negative() != gives_back);
        let borne: i64 = of_members.map(|entry| -entry.amount.minor()).sum();
        let kept = fees.get(&id).copied().unwrap_or_default();
        assert_eq!(kept.total().minor(), borne, "what is kept of a payment's fees is what it bears");
        completed.insert(id);
    }
    assert!(postings.entries.iter().all(|entry| completed.contains(&entry.payment_id)));
}

fn only<'a, T>(mut found: impl Iterator<Item = &'a T>) -> &'a T {
    let first = found.next().expect("there should be one");
    assert!(found.next().is_none(), "there should be only one");
    first
}
