//! Entries in the order of the chain. The table is ordered by account, because that is how people read it, so they
//! are gathered in its order and sorted in memory: all at once as long as there are at most [`KEPT_MAX`], otherwise in
//! several passes over the table, each of which keeps the next ones along the chain.

use std::ops::RangeInclusive;

use uuid::Uuid;

use super::bytes::code;
use crate::domain::ids::{AccountId, CommunityId, PaymentId};
use crate::storage::chain::{self, EntryRow, ROWS_PER_READ};
use crate::storage::{Conn, StorageError};

/// How many entries a pass gives, at 80 bytes each.
const KEPT_MAX: usize = 1_500_000;
/// How many entries a pass holds before it drops those that a later pass will give: 160 MB.
const GATHERED_MAX: usize = 2_000_000;

/// The kind of an entry that a payment bears beside its amount.
pub(super) const FEE: u8 = 2;
/// The kind of an entry of a reversal.
const REVERSAL: u8 = 4;
/// The same, of an account whose limit may be passed by it.
pub(super) const REVERSAL_BEYOND_LIMIT: u8 = 5;
/// The kind of an entry of a write-off.
pub(super) const WRITE_OFF: u8 = 10;
/// The kind of an entry of a merge.
pub(super) const MERGE: u8 = 12;

/// An entry, as small as it can be kept.
#[derive(Debug, Clone)]
pub(super) struct KeptEntry {
    pub account_id: AccountId,
    pub payment_id: PaymentId,
    pub seq: i64,
    pub account_seq: i64,
    pub amount: i64,
    pub balance_after: i64,
    /// The time of its record, once that was read.
    pub recorded_at: i64,
    /// From 1; zero where the stored number can be no position.
    pub position: i32,
    /// Zero where the stored number can be no kind.
    pub kind: u8,
    /// Whether a payment was found that it belongs to.
    pub is_claimed: bool,
}

impl From<EntryRow> for KeptEntry {
    fn from(row: EntryRow) -> Self {
        Self {
            account_id: row.account_id,
            payment_id: row.payment_id,
            seq: row.seq,
            account_seq: row.account_seq,
            amount: row.amount,
            balance_after: row.balance_after,
            recorded_at: i64::MIN,
            position: i32::try_from(row.position).unwrap_or(0),
            kind: code(row.kind),
            is_claimed: false,
        }
    }
}

impl KeptEntry {
    /// Whether it is an entry of a reversal, within the account's limit or beyond it.
    pub(super) const fn is_of_reversal(&self) -> bool {
        matches!(self.kind, REVERSAL | REVERSAL_BEYOND_LIMIT)
    }
}

/// The entries of a stretch of the chain, sorted along it.
pub(super) struct Stretch {
    /// The stretch: no entry outside this pass lies in it.
    pub seqs: RangeInclusive<i64>,
    pub entries: Vec<KeptEntry>,
}

impl Stretch {
    /// Gathers the entries from a place on, as many as one pass gives.
    pub(super) fn gather(
        conn: &mut Conn,
        community_id: CommunityId,
        from: i64,
    ) -> Result<Self, StorageError> {
        let mut stretch = Self { seqs: from..=i64::MAX, entries: Vec::new() };
        let mut key = Some((AccountId::from_uuid(Uuid::nil()), i64::MIN));
        while let Some(first) = key {
            let page = chain::entries(conn, community_id, first, &stretch.seqs, ROWS_PER_READ)?;
            key = if is_full(&page) { page.last().and_then(after_entry) } else { None };
            stretch.entries.extend(page.into_iter().map(KeptEntry::from));
            if stretch.entries.len() > GATHERED_MAX {
                stretch.drop_later(KEPT_MAX)?;
            }
        }
        stretch.entries.sort_unstable_by_key(|entry| (entry.seq, entry.position));
        Ok(stretch)
    }

    /// Shortens the stretch so that about `kept_max` entries lie in it, all of each transfer.
    pub(super) fn drop_later(&mut self, kept_max: usize) -> Result<(), StorageError> {
        let (_, first_dropped, _) = self.entries.select_nth_unstable_by_key(kept_max, |entry| entry.seq);
        let through = first_dropped.seq.saturating_sub(1);
        if through < *self.seqs.start() {
            return Err(StorageError::Corrupt(format!(
                "record {} has more than {kept_max} entries",
                first_dropped.seq
            )));
        }
        self.seqs = *self.seqs.start()..=through;
        self.entries.retain(|entry| entry.seq <= through);
        Ok(())
    }
}

fn after_entry(row: &EntryRow) -> Option<(AccountId, i64)> {
    Some((row.account_id, row.account_seq.checked_add(1)?))
}

/// Whether there may be rows behind this page.
pub(super) fn is_full<T>(page: &[T]) -> bool {
    i64::try_from(page.len()).is_ok_and(|rows| rows >= ROWS_PER_READ)
}
