//! The register of write-offs beside the chain: it names each of them once, with its balance, and with the agreement of two
//! admins that permits it.

use std::collections::HashSet;

use uuid::Uuid;

use super::At;
use super::entries::is_full;
use super::expected::PaymentAt;
use super::report::Differences;
use crate::domain::ids::{CommunityId, PaymentId};
use crate::storage::chain::{self, WriteOffRow};
use crate::storage::{Conn, StorageError};

/// The kind of an approval of a write-off.
const WRITE_OFF: i64 = 10;
/// The state of one to which another admin agreed.
const APPROVED: i64 = 2;

/// Compares the register with the transfers that write something off, both ways.
pub(super) fn check(
    conn: &mut Conn,
    community_id: CommunityId,
    written_off: &[i64],
    differences: &mut Differences,
) -> Result<(), StorageError> {
    let transfers: HashSet<i64> = written_off.iter().copied().collect();
    let mut told = HashSet::with_capacity(transfers.len());
    let mut behind = Some(PaymentId::from_uuid(Uuid::nil()));
    while let Some(place) = behind {
        let page = chain::write_offs(conn, community_id, place, chain::ROWS_PER_READ)?;
        for row in &page {
            check_row(row, &transfers, differences);
            told.extend(row.transfer_seq);
        }
        behind = page.last().filter(|_| is_full(&page)).map(|last| last.payment_id);
    }
    for seq in transfers.difference(&told) {
        differences.add(At(*seq), "it writes something off that is not in the register");
    }
    Ok(())
}

fn check_row(row: &WriteOffRow, transfers: &HashSet<i64>, differences: &mut Differences) {
    let at = PaymentAt(row.payment_id);
    let is_made = row.transfer_seq.is_some_and(|seq| transfers.contains(&seq));
    differences.expect(is_made, at, "the register tells of a write-off that was not made");
    let (payer_id, payee_id) = row.sides;
    let own_side = if row.amount < 0 { payee_id } else { payer_id };
    let is_same = own_side == row.account_id && row.amount.unsigned_abs() == row.paid.unsigned_abs();
    differences.expect(is_same, at, "the register tells of another account or balance");
    let is_permitted = (row.kind, row.state) == (WRITE_OFF, APPROVED)
        && row.approved_account == row.account_id.uuid()
        && row.settled_by.is_some_and(|settled_by| settled_by != row.asked_by)
        && row.amount.signum() == row.approved_amount.signum()
        && row.amount.unsigned_abs() <= row.approved_amount.unsigned_abs();
    differences.expect(is_permitted, at, "no two admins agreed to writing this off");
}
