//! Idempotency keys: each kept answer that tells of a payment tells of one that exists. Which payments were made under
//! a key is nowhere else, and the notes of refused ones may be deleted, so the other direction cannot be checked.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use super::report::Differences;
use super::walk::Community;
use crate::domain::ids::{CommunityId, PaymentId};
use crate::storage::chain;
use crate::storage::{Conn, StorageError};

/// The status codes of answers that tell of a payment.
const SUCCESS: RangeInclusive<i64> = 200..=299;
/// The status code of answers that tell of what waits for another admin, which is not of the ledger.
const ASKED: i64 = 202;
/// The status codes of any answer.
const ANSWERS: RangeInclusive<i64> = 200..=599;
/// How many answers are looked at in one walk over the table, at 32 bytes each.
const KEPT_MAX: usize = 1_500_000;
/// How many answers a walk holds before it drops those that a later one will give: 64 MB.
const GATHERED_MAX: usize = 2_000_000;

/// A payment of which a kept answer tells.
type Told = (CommunityId, PaymentId);

/// Looks up every payment of which a kept answer tells.
pub(super) fn check(
    conn: &mut Conn,
    communities: &[Community],
    differences: &mut Differences,
) -> Result<(), StorageError> {
    let codes: HashMap<_, _> =
        communities.iter().map(|community| (community.id, community.code.as_str())).collect();
    let mut after = None;
    loop {
        differences.concern(None);
        let (told, is_last) = gather(conn, after, differences)?;
        for of_community in told.chunk_by(|(one, _), (other, _)| one == other) {
            let Some((community_id, _)) = of_community.first() else { continue };
            differences.concern(codes.get(community_id).copied());
            let ids: Vec<_> = of_community.iter().map(|(_, id)| *id).collect();
            let existing: HashSet<_> =
                chain::existing_payments(conn, *community_id, &ids)?.into_iter().collect();
            for id in ids.iter().filter(|id| !existing.contains(id)) {
                differences.add(
                    "the idempotency keys",
                    format_args!("an answer tells of payment {id}, which does not exist"),
                );
            }
        }
        after = told.last().copied();
        if is_last {
            return Ok(());
        }
    }
}

/// The next payments after one, in order, and whether they are the last.
fn gather(
    conn: &mut Conn,
    after: Option<Told>,
    differences: &mut Differences,
) -> Result<(Vec<Told>, bool), StorageError> {
    let (mut told, mut bound) = (Vec::new(), None);
    chain::each_key(conn, |key| {
        if after.is_none() && !ANSWERS.contains(&key.status) {
            differences.add("the idempotency keys", format_args!("an answer has the status {}", key.status));
        }
        let one = (key.community_id, PaymentId::from_uuid(key.result_id));
        let is_wanted = after.is_none_or(|after| one > after) && bound.is_none_or(|bound| one < bound);
        if is_wanted && SUCCESS.contains(&key.status) && key.status != ASKED {
            told.push(one);
        }
        if told.len() > GATHERED_MAX {
            let (_, first_dropped, _) = told.select_nth_unstable(KEPT_MAX);
            bound = Some(*first_dropped);
            told.truncate(KEPT_MAX);
        }
    })?;
    told.sort_unstable();
    told.dedup();
    Ok((told, bound.is_none()))
}
