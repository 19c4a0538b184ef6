//! One community's chain, record by record: gapless, in time, with the digests and hashes that its content gives.

use std::collections::HashMap;
use std::iter::Peekable;
use std::ops::RangeInclusive;
use std::vec::IntoIter;

use super::accounts::{Accounts, At};
use super::bytes::{self, Hash, NO_TEXT};
use super::charges::Asked;
use super::entries::{KeptEntry, MERGE, Stretch, WRITE_OFF, is_full};
use super::fees;
use super::funds::{self, PaidIncome};
use super::report::{Differences, Progress};
use crate::domain::ids::{CommunityId, PaymentId, RecordId, TextId};
use crate::storage::chain::{
    self, AccountItemRow, HeadRow, HoldItemRow, HoldRow, ROWS_PER_READ, RecordRow, TextRow,
};
use crate::storage::{Conn, StorageError};

/// The record's kinds.
const ACCOUNT: i64 = 1;
const HOLD: i64 = 2;
const RELEASE: i64 = 3;
const TRANSFER: i64 = 4;

/// What a record's salt is long.
const SALT_BYTES: usize = 16;

/// A community as `verify` knows it.
pub(super) struct Community {
    pub id: CommunityId,
    pub code: String,
    pub head: Option<HeadRow>,
}

/// Where the chain stands after the records so far.
pub(super) struct Walk<'a> {
    pub community: &'a Community,
    pub accounts: Accounts,
    /// The place of the last record; zero before the first.
    pub seq: i64,
    /// The stored hash of the last record.
    pub hash: Vec<u8>,
    /// The time of the last record.
    pub at: i64,
    pub records: i64,
    pub transfers: i64,
    pub entries: i64,
    pub holds: i64,
    /// The records that transfers say to undo and that are no open holds, each with the transfer's place.
    pub undone: Vec<Undone>,
    /// The places of the transfers that write something off.
    pub write_offs: Vec<i64>,
    /// What the fund paid as incomes.
    pub incomes: Vec<PaidIncome>,
    /// The places of the transfers that pay something out.
    pub payouts: Vec<i64>,
    /// The places of the transfers that merge an account into another.
    pub merges: Vec<i64>,
    /// What accounts were asked for after months.
    pub asked: Asked,
    /// Which fees payments bear.
    pub fee_rules: fees::Rules,
}

/// A record that a transfer says to undo.
#[derive(Clone, Copy)]
pub(super) struct Undone {
    pub id: RecordId,
    /// The transfer's place.
    pub seq: i64,
    /// Whether its entries say that it is a reversal.
    pub is_reversal: bool,
}

/// A page of records with everything that their digests and rules need.
struct Page {
    records: Vec<RecordRow>,
    account_items: Vec<AccountItemRow>,
    hold_items: Vec<HoldItemRow>,
    holds: HashMap<PaymentId, HoldRow>,
    commitments: HashMap<TextId, Hash>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(community: &'a Community, asked: Asked, fee_rules: fees::Rules) -> Self {
        Self {
            community,
            accounts: Accounts::default(),
            seq: 0,
            hash: bytes::genesis(community.id).to_vec(),
            at: i64::MIN,
            records: 0,
            transfers: 0,
            entries: 0,
            holds: 0,
            undone: Vec::new(),
            write_offs: Vec::new(),
            incomes: Vec::new(),
            payouts: Vec::new(),
            merges: Vec::new(),
            asked,
            fee_rules,
        }
    }

    /// Walks over a stretch of the chain whose entries are at hand.
    pub(super) fn over(
        &mut self,
        conn: &mut Conn,
        stretch: &mut Stretch,
        differences: &mut Differences,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<(), StorageError> {
        let mut entries = stretch.entries.as_mut_slice();
        let mut from = Some(*stretch.seqs.start());
        while let Some(first) = from {
            let records =
                chain::records(conn, self.community.id, &(first..=*stretch.seqs.end()), ROWS_PER_READ)?;
            // What has a place behind the last record of a full page is left to the next page, everything else not.
            let last = records.last().map(|record| record.seq).filter(|_| is_full(&records));
            let through = last.unwrap_or(*stretch.seqs.end());
            let count = entries.partition_point(|entry| entry.seq <= through);
            let (mine, later) = entries.split_at_mut(count);
            let page = Page::load(conn, self.community.id, first..=through, records, mine, differences)?;
            self.over_page(page, mine, differences);
            entries = later;
            from = last.and_then(|last| last.checked_add(1));
            let records_total = self.community.head.as_ref().map_or(0, |head| head.seq);
            progress(Progress { community: &self.community.code, records_done: self.records, records_total });
        }
        Ok(())
    }

    fn over_page(&mut self, page: Page, mut entries: &mut [KeptEntry], differences: &mut Differences) {
        let mut account_items = page.account_items.into_iter().peekable();
        let mut hold_items = page.hold_items.into_iter().peekable();
        for record in &page.records {
            drop_before(&mut account_items, Some(record.seq), |item| item.seq, "account", differences);
            drop_before(&mut hold_items, Some(record.seq), |item| item.seq, "hold", differences);
            let (orphans, rest) =
                entries.split_at_mut(entries.partition_point(|entry| entry.seq < record.seq));
            tell_orphans(orphans, differences);
            let (mine, later) = rest.split_at_mut(rest.partition_point(|entry| entry.seq <= record.seq));
            entries = later;
            self.place(record, differences);
            let items = Items {
                account: account_items.next_if(|item| item.seq == record.seq),
                hold: hold_items.next_if(|item| item.seq == record.seq),
                entries: mine,
            };
            let digests = self.apply(record, items, &page.holds, &page.commitments, differences);
            self.seal(record, &digests, differences);
        }
        drop_before(&mut account_items, None, |item| item.seq, "account", differences);
        drop_before(&mut hold_items, None, |item| item.seq, "hold", differences);
        tell_orphans(entries, differences);
    }

    /// The record's place in the order, and its time.
    fn place(&mut self, record: &RecordRow, differences: &mut Differences) {
        let at = At(record.seq);
        differences.compare(at, "seq", record.seq, self.seq.saturating_add(1));
        differences.expect(
            record.created_at >= self.at,
            at,
            "its time is before the time of the record before it",
        );
        differences.expect(record.salt.len() == SALT_BYTES, at, "its salt has a wrong length");
        // In the hashed bytes, zeros stand for none.
        let has_zeros = record.undone_id.is_some_and(|id| id.uuid().is_nil());
        differences.expect(!has_zeros, at, "it undoes a record with the id zero");
        let may_undo = matches!(record.kind, RELEASE | TRANSFER);
        differences.expect(
            may_undo || record.undone_id.is_none(),
            at,
            "a record of this kind undoes nothing",
        );
        self.seq = record.seq;
        self.at = record.created_at;
        self.records += 1;
    }

    /// What the record says: the digests of its items, and its consequences.
    fn apply(
        &mut self,
        record: &RecordRow,
        items: Items<'_>,
        holds: &HashMap<PaymentId, HoldRow>,
        commitments: &HashMap<TextId, Hash>,
        differences: &mut Differences,
    ) -> Vec<Hash> {
        let at = At(record.seq);
        let kinds_of_items = [items.account.is_some(), items.hold.is_some(), !items.entries.is_empty()];
        differences.expect(
            kinds_of_items == expected_items(record.kind),
            at,
            "its items are not of its kind",
        );
        let mut digests = Vec::with_capacity(items.entries.len().max(1));
        match (record.kind, items) {
            (ACCOUNT, Items { account: Some(item), .. }) => {
                let text = item.text_id.map_or(Some(&NO_TEXT), |id| commitments.get(&id));
                differences.expect(text.is_some(), at, "the text that it names is missing");
                let text = text.unwrap_or(&NO_TEXT);
                digests.push(bytes::account(&record.salt, &item, text));
                self.accounts.set(record, &item, differences);
            }
            (HOLD | RELEASE, Items { hold: Some(item), .. }) => {
                let text = commitments.get(&text_of(item.payment_id)).unwrap_or(&NO_TEXT);
                digests.push(bytes::hold(&record.salt, &item, text));
                if record.kind == HOLD {
                    self.holds += 1;
                    self.accounts.hold(record, &item, differences);
                    check_hold_row(record, &item, holds.get(&item.payment_id), text, differences);
                } else {
                    self.accounts.release(record, &item, differences);
                }
            }
            (TRANSFER, Items { entries, .. }) => {
                for (entry, position) in entries.iter().zip(1_u32..) {
                    let text = commitments.get(&text_of(entry.payment_id)).unwrap_or(&NO_TEXT);
                    digests.push(bytes::entry(&record.salt, position, entry, text));
                }
                self.transfer(record, entries, differences);
            }
            (ACCOUNT | HOLD | RELEASE, _) => {}
            _ => differences.add(at, "there is no such kind of record"),
        }
        digests
    }

    fn transfer(&mut self, record: &RecordRow, entries: &mut [KeptEntry], differences: &mut Differences) {
        if entries.iter().any(|entry| entry.kind == WRITE_OFF) {
            self.write_offs.push(record.seq);
        }
        if entries.iter().any(|entry| entry.kind == funds::PAYOUT) {
            self.payouts.push(record.seq);
        }
        if entries.iter().any(|entry| entry.kind == MERGE) {
            self.merges.push(record.seq);
        }
        let used = record.undone_id.and_then(|id| self.accounts.open_holds.remove(&id));
        if let (Some(id), None) = (record.undone_id, &used) {
            let is_reversal = entries.iter().any(KeptEntry::is_of_reversal);
            self.undone.push(Undone { id, seq: record.seq, is_reversal });
        }
        self.transfers += 1;
        self.entries = self.entries.saturating_add(i64::try_from(entries.len()).unwrap_or(i64::MAX));
        self.accounts.transfer(record, entries, used.as_ref(), differences);
        fees::check_transfer(At(record.seq), entries, &self.accounts, differences);
        self.fee_rules.judge(At(record.seq), entries, used.is_some(), &self.accounts, differences);
        self.asked.count(record.seq, entries);
        funds::check_transfer(At(record.seq), entries, &self.accounts, differences);
        self.incomes.extend(PaidIncome::of(record, entries));
    }

    /// The record's digest, and its link to the record before it. Each is checked against what is stored before it,
    /// so that one damaged record is told once and not again with every later one.
    fn seal(&mut self, record: &RecordRow, items: &[Hash], differences: &mut Differences) {
        let at = At(record.seq);
        differences.compare_hash(
            at,
            "the digest",
            &record.digest,
            &bytes::record(self.community.id, record, items),
        );
        differences.compare_hash(at, "the hash", &record.hash, &bytes::link(&self.hash, &record.digest));
        self.hash.clone_from(&record.hash);
    }

    /// Every transfer that undoes a record, and is no capture, names an earlier transfer. Reads the chain again, where
    /// there are any.
    pub(super) fn check_undone(
        &mut self,
        conn: &mut Conn,
        differences: &mut Differences,
    ) -> Result<(), StorageError> {
        let mut undone: HashMap<RecordId, Vec<i64>> = HashMap::new();
        for Undone { id, seq, .. } in self.undone.drain(..) {
            undone.entry(id).or_default().push(seq);
        }
        let mut from = if undone.is_empty() { None } else { Some(i64::MIN) };
        while let Some(first) = from {
            let records = chain::records(conn, self.community.id, &(first..=i64::MAX), ROWS_PER_READ)?;
            for record in records.iter().filter(|record| record.kind == TRANSFER) {
                if let Some(seqs) = undone.get_mut(&record.id) {
                    seqs.retain(|seq| *seq <= record.seq);
                }
            }
            from = records.last().filter(|_| is_full(&records)).and_then(|last| last.seq.checked_add(1));
        }
        for seq in undone.into_values().flatten() {
            differences.add(At(seq), "what it undoes is no open hold and no earlier transfer");
        }
        Ok(())
    }
}

/// What belongs to one record.
struct Items<'a> {
    account: Option<AccountItemRow>,
    hold: Option<HoldItemRow>,
    entries: &'a mut [KeptEntry],
}

/// Which items a record of this kind has: an account's, a hold's, entries.
const fn expected_items(kind: i64) -> [bool; 3] {
    [kind == ACCOUNT, matches!(kind, HOLD | RELEASE), kind == TRANSFER]
}

/// A payment's description is kept under the payment's own id.
const fn text_of(payment_id: PaymentId) -> TextId {
    TextId::from_uuid(payment_id.uuid())
}

/// What the table of holds says of a hold does not change, except for whether it stands.
fn check_hold_row(
    record: &RecordRow,
    item: &HoldItemRow,
    row: Option<&HoldRow>,
    text: &Hash,
    differences: &mut Differences,
) {
    let at = At(record.seq);
    let Some(row) = row else { return differences.add(at, "the hold is not in the table of holds") };
    let is_same = row.record_id == record.id && row.payer_id == item.account_id && row.amount == item.amount;
    differences.expect(is_same, at, "the table of holds tells the hold otherwise");
    differences.compare_hash(at, "the text commitment in the table of holds", &row.text_commitment, text);
}

/// Passes over items that lie before a place, or all: no record has them.
fn drop_before<T>(
    items: &mut Peekable<IntoIter<T>>,
    seq: Option<i64>,
    seq_of: impl Fn(&T) -> i64,
    kind: &str,
    differences: &mut Differences,
) {
    while let Some(item) = items.next_if(|item| seq.is_none_or(|seq| seq_of(item) < seq)) {
        differences.add(At(seq_of(&item)), format_args!("there is an {kind} item without a record"));
    }
}

fn tell_orphans(entries: &[KeptEntry], differences: &mut Differences) {
    for entry in entries {
        let what =
            format_args!("entry {} of account {} is without a record", entry.account_seq, entry.account_id);
        differences.add(At(entry.seq), what);
    }
}

impl Page {
    /// Reads what belongs to the records in a range of `seq`.
    fn load(
        conn: &mut Conn,
        community_id: CommunityId,
        seqs: RangeInclusive<i64>,
        records: Vec<RecordRow>,
        entries: &[KeptEntry],
        differences: &mut Differences,
    ) -> Result<Self, StorageError> {
        // One more than there are records: then some item has none, and the first such will be told.
        let limit = i64::try_from(records.len()).unwrap_or(i64::MAX).saturating_add(1);
        let account_items = chain::account_items(conn, community_id, &seqs, limit)?;
        let hold_items = chain::hold_items(conn, community_id, &seqs, limit)?;
        let held: Vec<_> = hold_items.iter().map(|item| item.payment_id).collect();
        let mut text_ids: Vec<_> = entries.iter().map(|entry| text_of(entry.payment_id)).collect();
        text_ids.dedup();
        text_ids.extend(account_items.iter().filter_map(|item| item.text_id));
        text_ids.extend(held.iter().map(|id| text_of(*id)));
        text_ids.sort_unstable();
        text_ids.dedup();
        let holds = chain::holds_of(conn, community_id, &held)?;
        let texts = chain::texts(conn, community_id, &text_ids)?;
        Ok(Self {
            records,
            account_items,
            hold_items,
            holds: holds.into_iter().map(|hold| (hold.payment_id, hold)).collect(),
            commitments: texts.into_iter().map(|text| (text.id, commitment(&text, differences))).collect(),
        })
    }
}

/// What the chain must have kept of a text: computed where the text is there, as stored where it was erased.
fn commitment(text: &TextRow, differences: &mut Differences) -> Hash {
    let derived = match (&text.salt, &text.content, &text.commitment) {
        (Some(salt), Some(content), None) => Some(bytes::text(salt, content)),
        // Zeros stand for no text, which has no row.
        (None, None, Some(stored)) => Hash::try_from(stored.as_slice()).ok().filter(|hash| *hash != NO_TEXT),
        _ => None,
    };
    derived.unwrap_or_else(|| {
        differences.add(
            format_args!("text {}", text.id),
            "it is neither there nor erased in the way that leaves its commitment",
        );
        NO_TEXT
    })
}
