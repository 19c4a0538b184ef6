//! Policies on limits: the versions that a community adopted, and how far the newest one is applied.
//!
//! | file | what lives there |
//! |---|---|
//! | `accounts.rs` | the accounts that a policy is about |
//! | `histories.rs` | what members did, as far as a policy looks at it |
//! | `overrides.rs` | limits that count instead of the policy's |
//! | `past.rs` | payments that were made, for trying a policy on them |

pub mod accounts;
pub mod histories;
pub mod overrides;
pub mod past;

use diesel::prelude::*;

use super::connection::on_backend;
use super::schema::{communities, heads, imports, limit_policies, limit_progress, texts};
use super::types::AnyId;
use super::{Conn, StorageError};
use crate::domain::ids::{AccountId, AuditId, CommunityId, UserId};
pub use crate::domain::limit_policy::AdoptedPolicy;
use crate::domain::time::Timestamp;

/// When a community's policy is to be evaluated again, and how far that has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// When it is due.
    pub due_at: Timestamp,
    /// Up to which account it is applied, in the order of their ids; none where it begins.
    pub behind: Option<AccountId>,
}

type PolicyColumns = (i64, String, AuditId, UserId, Timestamp, Option<String>);

/// At most `limit` of the policies that a community adopted with versions below `before`, newest first.
///
/// # Errors
/// When the database refuses.
pub fn policies(
    conn: &mut Conn,
    community_id: CommunityId,
    before: i64,
    limit: i64,
) -> Result<Vec<AdoptedPolicy>, StorageError> {
    let rows: Vec<PolicyColumns> = on_backend!(conn, |c| limit_policies::table
        .left_join(texts::table.on(
            texts::community_id.eq(limit_policies::community_id).and(texts::id.eq(limit_policies::audit_id))
        ))
        .filter(limit_policies::community_id.eq(community_id).and(limit_policies::version.lt(before)))
        .order(limit_policies::version.desc())
        .limit(limit)
        .select((
            limit_policies::version,
            limit_policies::terms,
            limit_policies::audit_id,
            limit_policies::adopted_by,
            limit_policies::adopted_at,
            texts::content.nullable(),
        ))
        .load(c))?;
    rows.into_iter().map(|row| read(community_id, row)).collect()
}

/// The policy that holds; none where a community adopted none.
///
/// # Errors
/// When the database refuses.
pub fn newest(conn: &mut Conn, community_id: CommunityId) -> Result<Option<AdoptedPolicy>, StorageError> {
    Ok(policies(conn, community_id, i64::MAX, 1)?.pop())
}

/// Keeps a policy that was adopted, which is to be applied at once. Its version is the community's next one.
///
/// # Errors
/// When the database refuses.
pub fn adopt(
    conn: &mut Conn,
    community_id: CommunityId,
    adopted: &AdoptedPolicy,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(limit_policies::table)
        .values((
            limit_policies::community_id.eq(community_id),
            limit_policies::version.eq(adopted.version),
            limit_policies::terms.eq(adopted.policy.to_stored()),
            limit_policies::audit_id.eq(AnyId::from_uuid(adopted.audit_id.uuid())),
            limit_policies::adopted_by.eq(adopted.adopted_by),
            limit_policies::adopted_at.eq(adopted.adopted_at),
        ))
        .execute(c))?;
    on_backend!(conn, |c| diesel::update(communities::table.find(community_id))
        .set(communities::limit_policy_version.eq(adopted.version))
        .execute(c))?;
    // Whoever is on the way with the policy before finds that it moved, and stops.
    begin(conn, community_id, adopted.adopted_at)?;
    let anew = (limit_progress::due_at.eq(adopted.adopted_at), limit_progress::behind.eq(None::<AccountId>));
    on_backend!(conn, |c| diesel::update(limit_progress::table.find(community_id)).set(anew).execute(c))?;
    Ok(())
}

/// Has a community's policy evaluated anew from this time on, unless that is due earlier already.
///
/// # Errors
/// When the database refuses.
pub fn make_due(conn: &mut Conn, community_id: CommunityId, at: Timestamp) -> Result<(), StorageError> {
    begin(conn, community_id, at)?;
    let later = limit_progress::due_at.gt(at);
    let anew = (limit_progress::due_at.eq(at), limit_progress::behind.eq(None::<AccountId>));
    on_backend!(conn, |c| diesel::update(limit_progress::table.find(community_id).filter(later))
        .set(anew)
        .execute(c))?;
    Ok(())
}

/// Notes since when a community's policy is to be evaluated, where nobody has begun.
fn begin(conn: &mut Conn, community_id: CommunityId, at: Timestamp) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(limit_progress::table)
        .values((
            limit_progress::community_id.eq(community_id),
            limit_progress::due_at.eq(at),
            limit_progress::behind.eq(None::<AccountId>),
            limit_progress::evaluated_at.eq(None::<Timestamp>),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// The next community behind one, in the order of their ids, whose policy is to be evaluated: none that is just being brought
/// along, which is given what its files say.
///
/// # Errors
/// When the database refuses.
pub fn due(
    conn: &mut Conn,
    now: Timestamp,
    behind: Option<CommunityId>,
) -> Result<Option<CommunityId>, StorageError> {
    let behind = behind.unwrap_or(CommunityId::from_uuid(uuid::Uuid::nil()));
    Ok(on_backend!(conn, |c| heads::table
        .left_join(limit_progress::table.on(limit_progress::community_id.eq(heads::community_id)))
        .filter(heads::community_id.gt(behind).and(heads::seq.gt(0)))
        .filter(
            limit_progress::community_id.nullable().is_null().or(limit_progress::due_at.nullable().le(now)),
        )
        .filter(
            heads::community_id
                .ne_all(imports::table.filter(imports::finished_at.is_null()).select(imports::community_id))
        )
        .order(heads::community_id)
        .select(heads::community_id)
        .first(c)
        .optional())?)
}

/// How far a community's policy is applied; none where it never was evaluated.
///
/// # Errors
/// When the database refuses.
pub fn progress(conn: &mut Conn, community_id: CommunityId) -> Result<Option<Progress>, StorageError> {
    let row: Option<(Timestamp, Option<AccountId>)> = on_backend!(conn, |c| limit_progress::table
        .find(community_id)
        .select((limit_progress::due_at, limit_progress::behind))
        .get_result(c)
        .optional())?;
    Ok(row.map(|(due_at, behind)| Progress { due_at, behind }))
}

/// Notes how far a community's policy is applied, where that is still as it was. Whether it was.
///
/// # Errors
/// When the database refuses.
pub fn advance(
    conn: &mut Conn,
    community_id: CommunityId,
    from: &Progress,
    to: &Progress,
    evaluated_at: Timestamp,
) -> Result<bool, StorageError> {
    let row = limit_progress::table.find(community_id).filter(limit_progress::due_at.eq(from.due_at));
    let change = (
        limit_progress::due_at.eq(to.due_at),
        limit_progress::behind.eq(to.behind),
        limit_progress::evaluated_at.eq(evaluated_at),
    );
    let changed = match from.behind {
        Some(behind) => on_backend!(conn, |c| diesel::update(row.filter(limit_progress::behind.eq(behind)))
            .set(change)
            .execute(c))?,
        None => on_backend!(conn, |c| diesel::update(row.filter(limit_progress::behind.is_null()))
            .set(change)
            .execute(c))?,
    };
    Ok(changed == 1)
}

fn read(
    community_id: CommunityId,
    (version, terms, audit_id, adopted_by, adopted_at, reason): PolicyColumns,
) -> Result<AdoptedPolicy, StorageError> {
    let corrupt = |_| StorageError::Corrupt(format!("limit policy {version} of {community_id}"));
    let policy = terms.parse().map_err(corrupt)?;
    Ok(AdoptedPolicy {
        version,
        policy,
        audit_id,
        adopted_by,
        adopted_at,
        reason: reason.unwrap_or_default(),
    })
}
