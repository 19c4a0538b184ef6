//! Re-deriving everything from the records, with none of the code that wrote them. Reads only, in one snapshot.
//!
//! | file | what is compared |
//! |---|---|
//! | `walk.rs` | the chain, record by record: place, time, digest, link |
//! | `accounts.rs` | each account, step by step: sums, balances, limits, status, holds |
//! | `entries.rs` | entries in the order of the chain, in bounded memory |
//! | `events.rs` | the outbox, unpacked |
//! | `expected.rs` | what is expected of a payment: its events, its hold or request, its times |
//! | `bytes.rs` | the hashed bytes, laid out a second time |
//! | `payments.rs` | payments with their transfers, holds, requests and events |
//! | `plans.rs` | schedules with the payments that came of them |
//! | `fees.rs`, `funds.rs` | what goes into the community's fund, and out of it, by which rules |
//! | `charges.rs` | what members were asked for after each month, by which rules and balances |
//! | `refunds.rs` | refunds with what they give back |
//! | `checkouts.rs` | checkouts with the payments that they made |
//! | `merges.rs` | merged accounts with what moved, and where they lead |
//! | `keys.rs` | idempotency keys with the payments that their answers tell of |
//! | `projections.rs` | the tables of accounts and balances, and the head |
//! | `report.rs` | what is told |
//!
//! Memory is bounded by the number of accounts, members and open holds (some 200 bytes each), and otherwise at 160 MB
//! for entries, then 120 MB for payments, then 100 MB for keys: longer ledgers are read in several passes. On SQLite
//! the write-ahead log cannot be copied back past the snapshot as long as it is read.
//!
//! What no comparison inside one database can find is a history that was rewritten as a whole, or cut off at its end
//! with everything that tells of it. Whoever noted an earlier head finds that too.

mod accounts;
mod bytes;
mod charges;
mod checkouts;
mod entries;
mod events;
#[cfg(test)]
mod exceptions;
mod expected;
mod fees;
mod funds;
mod keys;
mod merges;
mod payments;
mod plans;
mod projections;
mod refunds;
mod report;
#[cfg(test)]
mod tests;
mod walk;
mod write_offs;

pub use report::{CommunityReport, DIFFERENCES_LISTED_MAX, Difference, Progress, Report};

use std::collections::{BTreeMap, BTreeSet};

use accounts::At;
use charges::Asked;
use entries::Stretch;
use report::Differences;
use walk::{Community, Undone, Walk};

use crate::domain::ids::CommunityId;
use crate::storage::chain::{self, HeadRow};
use crate::storage::{Conn, StorageError, heads};

/// Re-derives every community from its records and compares.
///
/// # Errors
/// When the database cannot be read. What is read and wrong is a difference in the report.
pub fn verify(conn: &mut Conn, progress: &mut dyn FnMut(Progress<'_>)) -> Result<Report, StorageError> {
    conn.snapshot(|conn| {
        chain::follow_keys(conn)?;
        let mut differences = Differences::default();
        let communities = communities(conn, &mut differences)?;
        check_names(conn, &communities, &mut differences)?;
        check_places(conn, &mut differences)?;
        let mut reports = Vec::with_capacity(communities.len());
        for community in &communities {
            differences.concern(Some(&community.code));
            reports.push(check_community(conn, community, &mut differences, progress)?);
        }
        keys::check(conn, &communities, &mut differences)?;
        let (differences, differences_total) = differences.into_parts();
        Ok(Report { communities: reports, differences, differences_total })
    })
}

/// The quick check at start-up, whose cost is that of the accounts, not of the history: every community's balances
/// add up to zero, its head is the chain's last record and counts its accounts.
///
/// # Errors
/// When the database cannot be read.
pub fn check_heads(conn: &mut Conn) -> Result<Vec<Difference>, StorageError> {
    conn.snapshot(|conn| {
        let mut differences = Differences::default();
        for community in communities(conn, &mut differences)? {
            differences.concern(Some(&community.code));
            if let Some(head) = &community.head {
                check_head_alone(conn, head, &mut differences)?;
            }
        }
        Ok(differences.into_parts().0)
    })
}

fn check_head_alone(
    conn: &mut Conn,
    head: &HeadRow,
    differences: &mut Differences,
) -> Result<(), StorageError> {
    const HEAD: &str = "the head";
    let id = head.community_id;
    let sum = heads::sum_of_balances(conn, id)?.minor();
    differences.expect(sum == 0, "the balances", format_args!("they add up to {sum}, not to zero"));
    differences.compare(HEAD, "the number of accounts", head.accounts, chain::count_accounts(conn, id)?);
    let from_head_on = chain::records(conn, id, &(head.seq..=i64::MAX), 2)?;
    let (last, behind) = match from_head_on.as_slice() {
        [] => (None, false),
        [first] if first.seq > head.seq => (None, true),
        [first] => (Some(first), false),
        [first, ..] => (Some(first), true),
    };
    differences.expect(!behind, HEAD, "there are records behind it");
    match last {
        Some(record) => differences.compare_hash(HEAD, "the hash", &head.hash, &record.hash),
        None if head.seq == 0 => differences.compare_hash(HEAD, "the hash", &head.hash, &bytes::genesis(id)),
        None => differences.add(HEAD, format_args!("record {}, the last, is missing", head.seq)),
    }
    Ok(())
}

/// The communities with their heads; each has one.
fn communities(conn: &mut Conn, differences: &mut Differences) -> Result<Vec<Community>, StorageError> {
    let mut heads: BTreeMap<CommunityId, HeadRow> =
        chain::heads(conn)?.into_iter().map(|head| (head.community_id, head)).collect();
    let named = chain::communities(conn)?.into_iter();
    let communities: Vec<_> =
        named.map(|(id, code)| Community { id, code, head: heads.remove(&id) }).collect();
    for community in communities.iter().filter(|community| community.head.is_none()) {
        differences.add(format_args!("community {}", community.code), "it has no head");
    }
    Ok(communities)
}

/// No table speaks of a community that does not exist.
fn check_names(
    conn: &mut Conn,
    communities: &[Community],
    differences: &mut Differences,
) -> Result<(), StorageError> {
    let known: BTreeSet<_> = communities.iter().map(|community| community.id).collect();
    for (table, id) in chain::named_communities(conn)? {
        if !known.contains(&id) {
            differences.add(
                format_args!("the table {table}"),
                format_args!("it names community {id}, which does not exist"),
            );
        }
    }
    Ok(())
}

/// The users' own list of communities has those in which they are members, and at whose accounts they are tellers.
/// It may have more: it is written before the ledger gives a place.
fn check_places(conn: &mut Conn, differences: &mut Differences) -> Result<(), StorageError> {
    let listed: BTreeSet<_> = chain::user_communities(conn)?.into_iter().collect();
    let mut belonging: BTreeSet<_> = chain::member_users(conn)?.into_iter().collect();
    belonging.extend(chain::tellers(conn)?);
    for (community_id, user_id) in belonging.difference(&listed) {
        let what = "the user has a place there, and it is not listed as one";
        differences.add(format_args!("user {user_id}, community {community_id}"), what);
    }
    Ok(())
}

fn check_community(
    conn: &mut Conn,
    community: &Community,
    differences: &mut Differences,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<CommunityReport, StorageError> {
    let asked = Asked::begin(conn, community.id)?;
    let mut walk = Walk::new(community, asked, fees::Rules::read(conn, community.id, differences)?);
    let mut from = Some(i64::MIN);
    while let Some(first) = from {
        let mut stretch = Stretch::gather(conn, community.id, first)?;
        walk.over(conn, &mut stretch, differences, progress)?;
        payments::claim_entries(conn, community.id, &mut stretch, differences)?;
        from = stretch.seqs.end().checked_add(1);
    }
    refunds::check(conn, community.id, &walk.undone, differences)?;
    write_offs::check(conn, community.id, &walk.write_offs, differences)?;
    funds::check_runs(conn, community.id, std::mem::take(&mut walk.incomes), differences)?;
    charges::check(conn, community.id, &walk.asked, differences)?;
    funds::check_lone_payouts(conn, community.id, &walk.payouts, differences)?;
    checkouts::check(conn, community.id, differences)?;
    merges::check(conn, community.id, &walk.merges, &walk.accounts, differences)?;
    walk.check_undone(conn, differences)?;
    let sum = walk.accounts.sum();
    differences.expect(sum == 0, "the balances", format_args!("the entries add up to {sum}, not to zero"));
    projections::check_head(&walk, differences);
    projections::check_accounts(conn, community.id, &mut walk.accounts, differences)?;
    payments::check(conn, community, &mut walk.accounts, walk.holds, differences)?;
    plans::check(conn, community.id, differences)?;
    let edge = if sum < 0 { i64::MIN } else { i64::MAX };
    Ok(CommunityReport {
        code: community.code.clone(),
        records: walk.records,
        transfers: walk.transfers,
        entries: walk.entries,
        accounts: i64::try_from(walk.accounts.states.len()).unwrap_or(i64::MAX),
        sum: i64::try_from(sum).unwrap_or(edge),
        head_seq: walk.seq,
        head_hash: hex::encode(&walk.hash),
    })
}
