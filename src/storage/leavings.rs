//! The members who are leaving, with the plans by which they come to zero.

use diesel::prelude::*;
use diesel::sql_query;
use uuid::Uuid;

use super::connection::on_backend;
use super::schema::{communities, leaving_instalments, leavings};
use super::{Conn, StorageError};
use crate::domain::amount::Amount;
use crate::domain::ids::{CommunityId, MemberId, UserId};
use crate::domain::leaving::{Instalment, Leaving, LeavingEnd, Plan, PlanSide};
use crate::domain::member::{MemberStatus, Operator};
use crate::domain::time::Timestamp;

type Row = (
    MemberId,
    (Timestamp, Option<Timestamp>, Option<i16>),
    (Option<String>, Option<i16>, Option<UserId>, Option<UserId>),
    (i64, i16, Option<Timestamp>),
);

/// The columns in the order of [`Row`].
macro_rules! selection {
    () => {
        (
            leavings::member_id,
            (leavings::began_at, leavings::ended_at, leavings::ended_as),
            (leavings::target_on, leavings::proposed_as, leavings::proposed_by, leavings::agreed_by),
            (leavings::version, leavings::step, leavings::remind_at),
        )
    };
}

/// Begins or ends a member's leaving with the status that the member has from now on. Whoever is frozen meanwhile goes on
/// leaving afterwards; whoever begins anew has no plan.
///
/// # Errors
/// When the database refuses.
pub(super) fn follow(
    conn: &mut Conn,
    community_id: CommunityId,
    member: &Operator,
    at: Timestamp,
) -> Result<(), StorageError> {
    let open = leavings::table
        .filter(leavings::community_id.eq(community_id).and(leavings::member_id.eq(member.member_id)))
        .filter(leavings::ended_at.is_null());
    let end = match member.status {
        MemberStatus::Leaving => return begin(conn, community_id, member.member_id, at),
        MemberStatus::Active => LeavingEnd::Stayed,
        MemberStatus::Closed => LeavingEnd::Closed,
        MemberStatus::Applied | MemberStatus::Frozen => return Ok(()),
    };
    on_backend!(conn, |c| diesel::update(open)
        .set((
            leavings::ended_at.eq(at),
            leavings::ended_as.eq(i16::from(end.code())),
            leavings::remind_at.eq(None::<Timestamp>),
        ))
        .execute(c))?;
    Ok(())
}

fn begin(
    conn: &mut Conn,
    community_id: CommunityId,
    member_id: MemberId,
    at: Timestamp,
) -> Result<(), StorageError> {
    let before = find(conn, community_id, member_id)?;
    if before.as_ref().is_some_and(|leaving| leaving.ended.is_none()) {
        return Ok(());
    }
    // Counted on, so that nobody agrees to a plan of an earlier leaving.
    let version = before.map_or(1, |leaving| leaving.version + 1);
    forget_instalments(conn, community_id, member_id)?;
    let fresh = (
        leavings::began_at.eq(at),
        leavings::ended_at.eq(None::<Timestamp>),
        leavings::ended_as.eq(None::<i16>),
        leavings::target_on.eq(None::<String>),
        leavings::proposed_as.eq(None::<i16>),
        leavings::proposed_by.eq(None::<UserId>),
        leavings::agreed_by.eq(None::<UserId>),
        leavings::version.eq(version),
        leavings::step.eq(0_i16),
        leavings::remind_at.eq(None::<Timestamp>),
    );
    on_backend!(conn, |c| diesel::insert_into(leavings::table)
        .values((leavings::community_id.eq(community_id), leavings::member_id.eq(member_id), fresh.clone()))
        .on_conflict((leavings::community_id, leavings::member_id))
        .do_update()
        .set(fresh)
        .execute(c))?;
    Ok(())
}

fn forget_instalments(
    conn: &mut Conn,
    community_id: CommunityId,
    member_id: MemberId,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::delete(
        leaving_instalments::table
            .filter(leaving_instalments::community_id.eq(community_id))
            .filter(leaving_instalments::member_id.eq(member_id))
    )
    .execute(c))?;
    Ok(())
}

/// A member's leaving, the last one; none where it never began.
///
/// # Errors
/// When the database refuses.
pub fn find(
    conn: &mut Conn,
    community_id: CommunityId,
    member_id: MemberId,
) -> Result<Option<Leaving>, StorageError> {
    let row: Option<Row> = on_backend!(conn, |c| leavings::table
        .find((community_id, member_id))
        .select(selection!())
        .get_result(c)
        .optional())?;
    row.map(|row| read(conn, community_id, row)).transpose()
}

/// At most `limit` of those who are leaving a community, with ids below `before`, the newest member first.
///
/// # Errors
/// When the database refuses.
pub fn list(
    conn: &mut Conn,
    community_id: CommunityId,
    before: Option<MemberId>,
    limit: i64,
) -> Result<Vec<Leaving>, StorageError> {
    let before = before.unwrap_or_else(|| MemberId::from_uuid(Uuid::max()));
    let rows: Vec<Row> = on_backend!(conn, |c| leavings::table
        .filter(leavings::community_id.eq(community_id).and(leavings::ended_at.is_null()))
        .filter(leavings::member_id.lt(before))
        .order(leavings::member_id.desc())
        .limit(limit)
        .select(selection!())
        .load(c))?;
    rows.into_iter().map(|row| read(conn, community_id, row)).collect()
}

/// Replaces the plan of a member who is leaving, where nobody did so or agreed since that version. False where somebody did.
///
/// # Errors
/// When the database refuses.
pub fn set_plan(
    conn: &mut Conn,
    community_id: CommunityId,
    (member_id, version): (MemberId, i64),
    plan: &Plan,
) -> Result<bool, StorageError> {
    let changed = on_backend!(conn, |c| diesel::update(leavings::table.find((community_id, member_id)))
        .filter(leavings::version.eq(version).and(leavings::ended_at.is_null()))
        .set((
            leavings::target_on.eq(plan.target_on.to_string()),
            leavings::proposed_as.eq(i16::from(plan.proposed_as.code())),
            leavings::proposed_by.eq(plan.proposed_by),
            leavings::agreed_by.eq(plan.agreed_by),
            leavings::version.eq(version + 1),
            leavings::step.eq(0_i16),
            leavings::remind_at.eq(None::<Timestamp>),
        ))
        .execute(c))?;
    if changed != 1 {
        return Ok(false);
    }
    forget_instalments(conn, community_id, member_id)?;
    for (part, position) in plan.instalments.iter().zip(1_i16..) {
        on_backend!(conn, |c| diesel::insert_into(leaving_instalments::table)
            .values((
                leaving_instalments::community_id.eq(community_id),
                leaving_instalments::member_id.eq(member_id),
                leaving_instalments::position.eq(position),
                leaving_instalments::due_on.eq(part.due_on.to_string()),
                leaving_instalments::amount.eq(part.amount),
            ))
            .execute(c))?;
    }
    Ok(true)
}

/// Agrees to the plan of that version, from when on its reminders come. False where it is not the newest any more.
///
/// # Errors
/// When the database refuses.
pub fn agree(
    conn: &mut Conn,
    community_id: CommunityId,
    (member_id, version): (MemberId, i64),
    agreed_by: UserId,
    next: Option<(i16, Timestamp)>,
) -> Result<bool, StorageError> {
    let changed = on_backend!(conn, |c| diesel::update(leavings::table.find((community_id, member_id)))
        .filter(leavings::version.eq(version).and(leavings::ended_at.is_null()))
        .filter(leavings::agreed_by.is_null().and(leavings::target_on.is_not_null()))
        .set((
            leavings::agreed_by.eq(agreed_by),
            leavings::version.eq(version + 1),
            leavings::step.eq(next.map_or(0, |(step, _)| step)),
            leavings::remind_at.eq(next.map(|(_, at)| at)),
        ))
        .execute(c))?;
    Ok(changed == 1)
}

/// One of whom somebody is to be reminded, without waiting for whoever writes.
///
/// # Errors
/// When the database refuses.
pub fn find_due(conn: &mut Conn, now: Timestamp) -> Result<Option<(CommunityId, Leaving)>, StorageError> {
    let row: Option<(CommunityId, Row)> = on_backend!(conn, |c| communities::table
        .inner_join(leavings::table.on(leavings::community_id.eq(communities::id)))
        .filter(leavings::remind_at.le(now))
        .select((communities::id, selection!()))
        .first(c)
        .optional())?;
    row.map(|(id, row)| read(conn, id, row).map(|leaving| (id, leaving))).transpose()
}

/// Turns to the next reminder, by compare-and-set. False where somebody else did.
///
/// # Errors
/// When the database refuses.
pub fn advance(
    conn: &mut Conn,
    community_id: CommunityId,
    from: &Leaving,
    next: Option<(i16, Timestamp)>,
) -> Result<bool, StorageError> {
    let changed =
        on_backend!(conn, |c| diesel::update(leavings::table.find((community_id, from.member_id)))
            .filter(leavings::version.eq(from.version).and(leavings::step.eq(from.step)))
            .filter(leavings::remind_at.eq(from.remind_at))
            .set((
                leavings::step.eq(next.map_or(from.step, |(step, _)| step)),
                leavings::remind_at.eq(next.map(|(_, at)| at)),
            ))
            .execute(c))?;
    Ok(changed == 1)
}

#[derive(QueryableByName)]
struct SettledRow {
    #[diesel(sql_type = super::types::Id)]
    community_id: CommunityId,
    #[diesel(sql_type = super::types::Id)]
    member_id: MemberId,
}

/// At most `limit` members who are leaving and have nothing, owe nothing and reserved nothing; none of a community that is just
/// being brought along.
///
/// # Errors
/// When the database refuses.
pub fn settled(conn: &mut Conn, limit: u32) -> Result<Vec<(CommunityId, MemberId)>, StorageError> {
    let leaving = MemberStatus::Leaving.code();
    let query = format!(
        "SELECT l.community_id, l.member_id FROM communities AS c \
         JOIN leavings AS l ON l.community_id = c.id \
         JOIN members AS m ON m.community_id = l.community_id AND m.id = l.member_id \
         WHERE l.ended_at IS NULL AND m.status = {leaving} AND NOT EXISTS ( \
             SELECT 1 FROM accounts AS a \
             JOIN balances AS b ON b.community_id = a.community_id AND b.account_id = a.id \
             WHERE a.community_id = l.community_id AND a.member_id = l.member_id \
             AND (b.balance <> 0 OR b.reserved <> 0)) \
         AND NOT EXISTS (SELECT 1 FROM imports AS i WHERE i.community_id = c.id AND i.finished_at IS NULL) \
         LIMIT {limit}"
    );
    let rows: Vec<SettledRow> = on_backend!(conn, |c| sql_query(&query).load(c))?;
    Ok(rows.into_iter().map(|row| (row.community_id, row.member_id)).collect())
}

fn read(conn: &mut Conn, community_id: CommunityId, row: Row) -> Result<Leaving, StorageError> {
    let (member_id, (began_at, ended_at, ended_as), plan, (version, step, remind_at)) = row;
    let corrupt = |what: &str| StorageError::Corrupt(format!("leaving of {member_id}: {what}"));
    let ended = match (ended_at, ended_as) {
        (Some(at), Some(code)) => Some((LeavingEnd::from_code(code).ok_or_else(|| corrupt("end"))?, at)),
        _ => None,
    };
    let plan = match plan {
        (Some(target_on), Some(side), Some(proposed_by), agreed_by) => Some(Plan {
            target_on: target_on.parse().map_err(|_| corrupt("target"))?,
            instalments: instalments(conn, community_id, member_id)?,
            proposed_as: PlanSide::from_code(side).ok_or_else(|| corrupt("side"))?,
            proposed_by,
            agreed_by,
        }),
        _ => None,
    };
    Ok(Leaving { member_id, began_at, ended, plan, version, step, remind_at })
}

fn instalments(
    conn: &mut Conn,
    community_id: CommunityId,
    member_id: MemberId,
) -> Result<Vec<Instalment>, StorageError> {
    let rows: Vec<(String, Amount)> = on_backend!(conn, |c| leaving_instalments::table
        .filter(leaving_instalments::community_id.eq(community_id))
        .filter(leaving_instalments::member_id.eq(member_id))
        .order(leaving_instalments::position)
        .select((leaving_instalments::due_on, leaving_instalments::amount))
        .load(c))?;
    let corrupt = || StorageError::Corrupt(format!("leaving of {member_id}: instalment"));
    let part = |(due_on, amount): (String, Amount)| {
        Ok(Instalment { due_on: due_on.parse().map_err(|_| corrupt())?, amount })
    };
    rows.into_iter().map(part).collect()
}
