//! The merges beside the chain: each moved all that an account had to another one of the chain, closed it, and names where it
//! leads; and where two admins had to agree, they did.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::At;
use super::accounts::{Accounts, CLOSED};
use super::entries::is_full;
use super::report::Differences;
use crate::domain::ids::{AccountId, CommunityId};
use crate::storage::chain::{self, MergeRow};
use crate::storage::{Conn, StorageError};

/// The kind of an approval of a merge.
const MERGE: i64 = 11;
/// The state of one to which another admin agreed.
const APPROVED: i64 = 2;

/// Compares the merges with the transfers that merge something, both ways.
pub(super) fn check(
    conn: &mut Conn,
    community_id: CommunityId,
    merged: &[i64],
    accounts: &Accounts,
    differences: &mut Differences,
) -> Result<(), StorageError> {
    let transfers: HashSet<i64> = merged.iter().copied().collect();
    let mut told = HashSet::with_capacity(transfers.len());
    let mut next = HashMap::new();
    let mut ends = Vec::new();
    let mut behind = Some(AccountId::from_uuid(Uuid::nil()));
    while let Some(place) = behind {
        let page = chain::merges(conn, community_id, place, chain::ROWS_PER_READ)?;
        for row in &page {
            check_row(row, &transfers, accounts, differences);
            let seq = row.payment.and_then(|(_, _, _, seq)| seq);
            let is_new = seq.is_none_or(|seq| told.insert(seq));
            differences.expect(is_new, of(row), "another merge names the same transfer");
            next.insert(row.account_id, row.kept_id);
            ends.push((row.account_id, row.leads_to));
        }
        behind = page.last().filter(|_| is_full(&page)).map(|last| last.account_id);
    }
    for seq in transfers.difference(&told) {
        differences.add(At(*seq), "it merges an account, and no merge tells of it");
    }
    for (account_id, leads_to) in ends {
        let mut end = account_id;
        // No longer than there are merges, so that a ring is found, too.
        for _ in 0..next.len() {
            let Some(further) = next.get(&end) else { break };
            end = *further;
        }
        let is_end = end == leads_to && !next.contains_key(&end);
        differences.expect(is_end, format_args!("merged account {account_id}"), "it leads elsewhere");
    }
    Ok(())
}

fn check_row(row: &MergeRow, transfers: &HashSet<i64>, accounts: &Accounts, differences: &mut Differences) {
    let is_closed = accounts.states.get(&row.account_id).is_some_and(|state| state.status == CLOSED);
    differences.expect(is_closed, of(row), "it is not closed");
    let is_moved = match row.payment {
        None => row.amount == 0,
        Some((payer_id, payee_id, paid, seq)) => {
            let sides = if row.amount < 0 { (payee_id, payer_id) } else { (payer_id, payee_id) };
            let is_made = seq.is_some_and(|seq| transfers.contains(&seq));
            is_made
                && sides == (row.account_id, row.kept_id)
                && row.amount.unsigned_abs() == paid.unsigned_abs()
        }
    };
    differences.expect(is_moved, of(row), "what it had did not move to the account that is kept");
    let is_agreed = match row.approval {
        None => !row.names_approval,
        Some((kind, state, subject_id, other_id, asked_by, settled_by)) => {
            (kind, state) == (MERGE, APPROVED)
                // What was asked for by earlier releases names no amount.
                && row.agreed.is_none_or(|agreed| agreed == row.amount)
                && (subject_id, other_id) == (Some(row.account_id.uuid()), Some(row.kept_id))
                && settled_by.is_some_and(|settled_by| settled_by != asked_by)
        }
    };
    differences.expect(is_agreed, of(row), "no two admins agreed to merging it");
}

fn of(row: &MergeRow) -> String {
    format!("merged account {}", row.account_id)
}
