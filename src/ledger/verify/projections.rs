//! The tables that are computed from the records as people pay: accounts, balances, the head.

use uuid::Uuid;

use super::accounts::{AccountState, Accounts};
use super::entries::is_full;
use super::payments::successor;
use super::report::Differences;
use super::walk::Walk;
use crate::domain::ids::{AccountId, CommunityId};
use crate::storage::chain::{self, AccountRow, BalanceRow};
use crate::storage::{Conn, StorageError};

/// Compares the head with the end of the chain. The number of events is compared where they are counted.
pub(super) fn check_head(walk: &Walk<'_>, differences: &mut Differences) {
    const HEAD: &str = "the head";
    let Some(head) = &walk.community.head else { return differences.add(HEAD, "it is missing") };
    differences.compare(HEAD, "seq", head.seq, walk.seq);
    differences.compare_hash(HEAD, "the hash", &head.hash, &walk.hash);
    differences.compare(HEAD, "the number of transfers", head.transfers, walk.transfers);
    differences.compare(HEAD, "the number of entries", head.entries, walk.entries);
    let accounts = i64::try_from(walk.accounts.states.len()).unwrap_or(i64::MAX);
    differences.compare(HEAD, "the number of accounts", head.accounts, accounts);
    differences.expect(head.last_at >= walk.at, HEAD, "its time is before the time of the last record");
}

/// Compares accounts and balances with what the records give.
pub(super) fn check_accounts(
    conn: &mut Conn,
    community_id: CommunityId,
    accounts: &mut Accounts,
    differences: &mut Differences,
) -> Result<(), StorageError> {
    let mut from = Some(Uuid::nil());
    while let Some(first) = from {
        let page = chain::accounts(conn, community_id, AccountId::from_uuid(first), chain::ROWS_PER_READ)?;
        from = page.last().filter(|_| is_full(&page)).and_then(|last| successor(last.id.uuid()));
        for row in &page {
            check_account(row, accounts.states.get_mut(&row.id), differences);
        }
    }
    let mut from = Some(Uuid::nil());
    while let Some(first) = from {
        let page = chain::balances(conn, community_id, AccountId::from_uuid(first), chain::ROWS_PER_READ)?;
        from = page.last().filter(|_| is_full(&page)).and_then(|last| successor(last.account_id.uuid()));
        for row in &page {
            check_balance(row, accounts.states.get_mut(&row.account_id), differences);
        }
    }
    check_overrides(conn, community_id, accounts, differences)?;
    for (id, state) in &accounts.states {
        let at = format_args!("account {id}");
        differences.expect(state.has_row, at, "it was opened and is not in the table of accounts");
        differences.expect(state.has_balance, at, "it was opened and has no balance");
    }
    Ok(())
}

/// Compares the limits that count instead of a policy's with those that the records give their accounts.
fn check_overrides(
    conn: &mut Conn,
    community_id: CommunityId,
    accounts: &Accounts,
    differences: &mut Differences,
) -> Result<(), StorageError> {
    let mut from = Some(Uuid::nil());
    while let Some(first) = from {
        let page = chain::overrides(conn, community_id, AccountId::from_uuid(first), chain::ROWS_PER_READ)?;
        from = page.last().filter(|_| is_full(&page)).and_then(|last| successor(last.account_id.uuid()));
        for row in &page {
            let at = format_args!("the limits of account {} by an admin", row.account_id);
            let Some(state) = accounts.states.get(&row.account_id) else {
                differences.add(at, "no record opened the account");
                continue;
            };
            differences.compare(at, "the credit limit", row.credit_limit, state.credit_limit);
            differences.compare(at, "the ceiling", row.ceiling, state.ceiling);
        }
    }
    Ok(())
}

fn check_account(row: &AccountRow, state: Option<&mut AccountState>, differences: &mut Differences) {
    let at = format_args!("account {}", row.id);
    let Some(state) = state else { return differences.add(at, "no record opened it") };
    state.has_row = true;
    differences.compare(at, "the kind", row.kind, state.kind);
    differences.compare(at, "the status", row.status, state.status);
    differences.compare(at, "the credit limit", row.credit_limit, state.credit_limit);
    differences.compare(at, "the ceiling", row.ceiling, state.ceiling);
    differences.compare(at, "created_at", row.created_at, state.opened_at);
}

fn check_balance(row: &BalanceRow, state: Option<&mut AccountState>, differences: &mut Differences) {
    let at = format_args!("account {}", row.account_id);
    let Some(state) = state else { return differences.add(at, "it has a balance, and no record opened it") };
    state.has_balance = true;
    differences.compare(at, "the balance", i128::from(row.balance), state.balance);
    differences.compare(at, "the reserved amount", i128::from(row.reserved), state.reserved);
    differences.compare(at, "account_seq", row.account_seq, state.account_seq);
    differences.compare(at, "negative_since", row.negative_since, state.negative_since);
}
