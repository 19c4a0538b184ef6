//! The income that a community's fund pays: the rules with the period that comes next, what came of each period, and who
//! qualifies.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, SmallInt};
use uuid::Uuid;

use super::connection::on_backend;
use super::schema::{contribution_rules, income_rules, income_runs};
use super::types::Id;
use super::{Conn, StorageError};
use crate::domain::amount::Amount;
use crate::domain::fund::{IncomeOutcome, IncomeRules, IncomeRun, Period, Qualification};
use crate::domain::groups::MemberKind;
use crate::domain::ids::{AccountId, CommunityId, GroupId};
use crate::domain::income_plan::{IncomePlan, NextIncome};
use crate::domain::time::Timestamp;
use crate::domain::zone::Day;

/// Who qualified at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtTime {
    /// The end of the period.
    pub end: Timestamp,
    /// Members before this have been so for long enough.
    pub joined_before: Timestamp,
    /// Trade counts from then on; none where none is asked for.
    pub traded_since: Option<Timestamp>,
}

/// Each member's first active account, of active members who qualify. Trade is with other members; the newest before the end
/// is looked for from the end of each account's entries. Parameters stand in the order of their numbers, as SQLite counts them.
const QUALIFYING: &str = "SELECT a.id FROM accounts AS a \
     JOIN members AS m ON m.community_id = a.community_id AND m.id = a.member_id \
     LEFT JOIN member_classes AS c ON c.community_id = a.community_id AND c.member_id = a.member_id \
     WHERE a.community_id = $1 AND a.kind = 1 AND a.status = 1 AND m.status = 2 AND m.created_at <= $2 \
     AND NOT EXISTS (SELECT 1 FROM accounts AS other WHERE other.community_id = a.community_id \
     AND other.member_id = a.member_id AND other.status = 1 AND other.id < a.id) \
     AND ($3 = 0 OR COALESCE(c.kind, 1) = $3) AND ($4 = 0 OR c.group_id = $5) \
     AND ($6 = 0 OR EXISTS (SELECT 1 FROM accounts AS own WHERE own.community_id = a.community_id \
     AND own.member_id = a.member_id AND (SELECT r.created_at FROM entries AS e JOIN records AS r \
     ON r.community_id = e.community_id AND r.seq = e.seq \
     JOIN payments AS p ON p.community_id = e.community_id AND p.id = e.payment_id \
     JOIN accounts AS partner ON partner.community_id = e.community_id AND partner.member_id <> own.member_id \
     AND partner.id = CASE WHEN p.payer_id = e.account_id THEN p.payee_id ELSE p.payer_id END \
     WHERE e.community_id = own.community_id AND e.account_id = own.id AND e.kind IN (1, 13) AND r.created_at < $7 ORDER BY e.account_seq DESC LIMIT 1) >= $8)) \
     ORDER BY a.id LIMIT $9";

#[derive(QueryableByName)]
struct QualifyingRow {
    #[diesel(sql_type = Id)]
    id: AccountId,
}

type RulesRow =
    (CommunityId, (i64, i16, Amount), (Option<i16>, Option<GroupId>, i64, Option<i64>), (String, Timestamp));

macro_rules! rules {
    () => {
        income_rules::table.select((
            income_rules::community_id,
            (income_rules::version, income_rules::every, income_rules::amount),
            (
                income_rules::kind,
                income_rules::group_id,
                income_rules::member_days,
                income_rules::traded_days,
            ),
            (income_rules::period, income_rules::due_at),
        ))
    };
}

/// A community's rules and what comes next; none where there never were any.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, community_id: CommunityId) -> Result<Option<IncomePlan>, StorageError> {
    let row: Option<RulesRow> = on_backend!(conn, |c| rules!()
        .filter(income_rules::community_id.eq(community_id))
        .first(c)
        .optional())?;
    row.map(read).transpose().map(|found| found.map(|(_, plan)| plan))
}

/// A community, none of those passed over, whose next period was over by a time; of each there is one row. Not before what members contribute
/// for the time until then has been taken.
///
/// # Errors
/// When the database refuses.
pub fn find_due(
    conn: &mut Conn,
    by: Timestamp,
    passed_over: &[CommunityId],
) -> Result<Option<(CommunityId, IncomePlan)>, StorageError> {
    let row: Option<RulesRow> = on_backend!(conn, |c| rules!()
        .filter(income_rules::due_at.le(by))
        .filter(income_rules::community_id.ne_all(passed_over))
        .filter(diesel::dsl::not(diesel::dsl::exists(
            contribution_rules::table
                .filter(contribution_rules::community_id.eq(income_rules::community_id))
                .filter(contribution_rules::due_at.le(income_rules::due_at))
        )))
        .order(income_rules::due_at)
        .first(c)
        .optional())?;
    row.map(read).transpose()
}

/// A community whose next period ends later than a time, as only a clock that was ahead can have it; with its rules.
///
/// # Errors
/// When the database refuses.
pub fn find_ahead(
    conn: &mut Conn,
    latest: Timestamp,
) -> Result<Option<(CommunityId, IncomePlan)>, StorageError> {
    let row: Option<RulesRow> =
        on_backend!(conn, |c| rules!().filter(income_rules::due_at.gt(latest)).first(c).optional())?;
    row.map(read).transpose()
}

/// Writes the rules with what comes next, in the place of those before.
///
/// # Errors
/// When the database refuses.
pub fn write_plan(conn: &mut Conn, community_id: CommunityId, plan: &IncomePlan) -> Result<(), StorageError> {
    let IncomePlan { rules, next } = plan;
    let chosen = (
        income_rules::version.eq(rules.version),
        income_rules::every.eq(i16::from(rules.every.code())),
        income_rules::amount.eq(rules.amount),
        income_rules::kind.eq(rules.who.kind.map(|kind| i16::from(kind.code()))),
        income_rules::group_id.eq(rules.who.group_id),
        income_rules::member_days.eq(rules.who.member_days),
        income_rules::traded_days.eq(rules.who.traded_days),
        income_rules::period.eq(next.period.to_string()),
        income_rules::due_at.eq(next.due_at),
    );
    on_backend!(conn, |c| diesel::insert_into(income_rules::table)
        .values((income_rules::community_id.eq(community_id), chosen.clone()))
        .on_conflict(income_rules::community_id)
        .do_update()
        .set(chosen.clone())
        .execute(c))?;
    Ok(())
}

/// Whether the rules name a group.
///
/// # Errors
/// When the database refuses.
pub fn names_group(
    conn: &mut Conn,
    community_id: CommunityId,
    group_id: GroupId,
) -> Result<bool, StorageError> {
    Ok(find(conn, community_id)?.is_some_and(|plan| plan.rules.who.group_id == Some(group_id)))
}

/// The accounts of those who qualify, one of each member, at most `limit` in the order of their ids.
///
/// # Errors
/// When the database refuses.
pub fn qualifying(
    conn: &mut Conn,
    community_id: CommunityId,
    who: &Qualification,
    at: &AtTime,
    limit: i64,
) -> Result<Vec<AccountId>, StorageError> {
    let nobody = GroupId::from_uuid(Uuid::nil());
    let rows: Vec<QualifyingRow> = on_backend!(conn, |c| diesel::sql_query(QUALIFYING)
        .bind::<Id, _>(community_id)
        .bind::<BigInt, _>(at.joined_before)
        .bind::<SmallInt, _>(who.kind.map_or(0, |kind| i16::from(kind.code())))
        .bind::<SmallInt, _>(i16::from(who.group_id.is_some()))
        .bind::<Id, _>(who.group_id.unwrap_or(nobody))
        .bind::<SmallInt, _>(i16::from(at.traded_since.is_some()))
        .bind::<BigInt, _>(at.end)
        .bind::<BigInt, _>(at.traded_since.unwrap_or(at.end))
        .bind::<BigInt, _>(limit)
        .load(c))?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

type RunRow = (i16, String, i16, i64, i64, Amount, Amount, Timestamp, Option<i64>);

macro_rules! runs {
    () => {
        income_runs::table.select((
            income_runs::every,
            income_runs::period,
            income_runs::outcome,
            income_runs::members,
            income_runs::left_out,
            income_runs::amount,
            income_runs::available,
            income_runs::made_at,
            income_runs::version,
        ))
    };
}

/// At most `limit` periods of a community that had their turn, the newest first.
///
/// # Errors
/// When the database refuses.
pub fn runs(conn: &mut Conn, community_id: CommunityId, limit: i64) -> Result<Vec<IncomeRun>, StorageError> {
    let rows: Vec<RunRow> = on_backend!(conn, |c| runs!()
        .filter(income_runs::community_id.eq(community_id))
        .order((income_runs::period.desc(), income_runs::every.desc()))
        .limit(limit)
        .load(c))?;
    rows.into_iter().map(read_run).collect()
}

/// Which of these periods had their turn.
///
/// # Errors
/// When the database refuses.
pub fn had_turn(
    conn: &mut Conn,
    community_id: CommunityId,
    periods: &[(Period, Day)],
) -> Result<Vec<(Period, Day)>, StorageError> {
    let asked: Vec<_> = periods.iter().map(|(_, first)| first.to_string()).collect();
    let found: Vec<(i16, String)> = on_backend!(conn, |c| income_runs::table
        .filter(income_runs::community_id.eq(community_id).and(income_runs::period.eq_any(&asked)))
        .select((income_runs::every, income_runs::period))
        .load(c))?;
    let all: Vec<_> =
        found.iter().map(|(every, period)| read_period(*every, period)).collect::<Result<_, _>>()?;
    Ok(all.into_iter().filter(|period| periods.contains(period)).collect())
}

/// Writes down what came of periods.
///
/// # Errors
/// When the database refuses: also where one of them had its turn before.
pub fn write_runs(conn: &mut Conn, community_id: CommunityId, all: &[IncomeRun]) -> Result<(), StorageError> {
    for run in all {
        on_backend!(conn, |c| diesel::insert_into(income_runs::table)
            .values((
                income_runs::community_id.eq(community_id),
                income_runs::every.eq(i16::from(run.every.code())),
                income_runs::period.eq(run.period.to_string()),
                income_runs::outcome.eq(i16::from(run.outcome.code())),
                income_runs::members.eq(run.members),
                income_runs::left_out.eq(run.left_out),
                income_runs::amount.eq(run.amount),
                income_runs::available.eq(run.available),
                income_runs::made_at.eq(run.made_at),
                income_runs::version.eq(run.version),
            ))
            .execute(c))?;
    }
    Ok(())
}

fn read(row: RulesRow) -> Result<(CommunityId, IncomePlan), StorageError> {
    let (community_id, (version, every, amount), (kind, group_id, member_days, traded_days), next) = row;
    let corrupt = || StorageError::Corrupt(format!("income of community {community_id}"));
    let kind = kind.map(|code| MemberKind::from_code(code).ok_or_else(corrupt)).transpose()?;
    let (period, due_at) = next;
    let (every, period) = read_period(every, &period)?;
    let who = Qualification { kind, group_id, member_days, traded_days };
    let rules = IncomeRules { version, every, amount, who };
    Ok((community_id, IncomePlan { rules, next: NextIncome { period, due_at } }))
}

fn read_run(row: RunRow) -> Result<IncomeRun, StorageError> {
    let (every, period, outcome, members, left_out, amount, available, made_at, version) = row;
    let outcome = IncomeOutcome::from_code(outcome)
        .ok_or_else(|| StorageError::Corrupt(format!("income of {period}: outcome")))?;
    let (every, period) = read_period(every, &period)?;
    Ok(IncomeRun { every, period, outcome, members, left_out, amount, available, made_at, version })
}

fn read_period(every: i16, first: &str) -> Result<(Period, Day), StorageError> {
    let period = Period::from_code(every).zip(first.parse().ok());
    period.ok_or_else(|| StorageError::Corrupt(format!("a period {every} that begins on {first}")))
}
