//! The limits of single accounts that count instead of the policy's, until they end.

use diesel::prelude::*;

use crate::domain::account::Limits;
use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, AuditId, CommunityId, UserId};
use crate::domain::limit_policy::{LimitOverride, OverrideChange};
use crate::domain::time::Timestamp;
use crate::storage::connection::on_backend;
use crate::storage::schema::{limit_overrides, texts};
use crate::storage::{Conn, StorageError};

type Columns = (Amount, Option<Amount>, Option<AuditId>, Option<UserId>, Timestamp, Option<Timestamp>);

/// Writes what became of an account's override. Where it ends by itself, the policy is evaluated again then.
///
/// # Errors
/// When the database refuses.
pub(in crate::storage) fn write(
    conn: &mut Conn,
    community_id: CommunityId,
    change: &OverrideChange,
) -> Result<(), StorageError> {
    let set = match change {
        OverrideChange::Ended(account_id) => {
            let row = limit_overrides::table.find((community_id, account_id));
            on_backend!(conn, |c| diesel::delete(row).execute(c))?;
            return Ok(());
        }
        OverrideChange::Set(set) => set,
    };
    let values = (
        limit_overrides::credit_limit.eq(set.limits.credit_limit),
        limit_overrides::ceiling.eq(set.limits.ceiling),
        limit_overrides::audit_id.eq(set.audit_id),
        limit_overrides::set_by.eq(set.set_by),
        limit_overrides::set_at.eq(set.set_at),
        limit_overrides::until.eq(set.until),
    );
    on_backend!(conn, |c| diesel::insert_into(limit_overrides::table)
        .values((
            limit_overrides::community_id.eq(community_id),
            limit_overrides::account_id.eq(set.account_id),
            values,
        ))
        .on_conflict((limit_overrides::community_id, limit_overrides::account_id))
        .do_update()
        .set(values)
        .execute(c))?;
    match set.until {
        Some(until) => super::make_due(conn, community_id, until),
        None => Ok(()),
    }
}

/// An account's override, with the reason, whether it still counts or not.
///
/// # Errors
/// When the database refuses.
pub fn find(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
) -> Result<Option<(LimitOverride, String)>, StorageError> {
    let row: Option<(Columns, Option<String>)> = on_backend!(conn, |c| limit_overrides::table
        .left_join(
            texts::table.on(texts::community_id
                .eq(limit_overrides::community_id)
                .and(texts::id.nullable().eq(limit_overrides::audit_id)))
        )
        .filter(
            limit_overrides::community_id.eq(community_id).and(limit_overrides::account_id.eq(account_id))
        )
        .select((
            (
                limit_overrides::credit_limit,
                limit_overrides::ceiling,
                limit_overrides::audit_id,
                limit_overrides::set_by,
                limit_overrides::set_at,
                limit_overrides::until,
            ),
            texts::content.nullable(),
        ))
        .get_result(c)
        .optional())?;
    Ok(row.map(|((credit_limit, ceiling, audit_id, set_by, set_at, until), reason)| {
        let limits = Limits { credit_limit, ceiling };
        (LimitOverride { account_id, limits, audit_id, set_by, set_at, until }, reason.unwrap_or_default())
    }))
}

/// When the next of a community's overrides ends by itself, after this time.
///
/// # Errors
/// When the database refuses.
pub fn next_end(
    conn: &mut Conn,
    community_id: CommunityId,
    after: Timestamp,
) -> Result<Option<Timestamp>, StorageError> {
    let next: Option<Option<Timestamp>> = on_backend!(conn, |c| limit_overrides::table
        .filter(limit_overrides::community_id.eq(community_id).and(limit_overrides::until.gt(after)))
        .order(limit_overrides::until)
        .select(limit_overrides::until)
        .first(c)
        .optional())?;
    Ok(next.flatten())
}
