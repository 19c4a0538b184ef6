//! What a community's members contribute: the rules with the month that comes next, and until when each account was asked.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::connection::on_backend;
use super::schema::{accounts, balances, charged_accounts, contribution_rules};
use super::{Conn, StorageError, charges};
use crate::domain::account::{AccountKind, AccountStatus};
use crate::domain::amount::Amount;
use crate::domain::contributions::{Charged, ContributionRules, Dues, Every, Holding};
use crate::domain::ids::{AccountId, CommunityId};
use crate::domain::time::Timestamp;
use crate::domain::zone::Day;

/// Which month's contributions come next, and how far they are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// The month's first day.
    pub month: Day,
    /// From when on they are taken: the month's end.
    pub due_at: Timestamp,
    /// The last account that was asked; none where none was.
    pub behind: Option<AccountId>,
}

/// An account that is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The account.
    pub account_id: AccountId,
    /// Its last entry.
    pub account_seq: i64,
    /// Whether it is its member's first.
    pub is_first: bool,
}

type RulesRow =
    (CommunityId, i64, i16, Amount, (Amount, i64), (Amount, i64), (String, Timestamp, Option<AccountId>));

/// Whether the account is its member's first that is not closed, and none before it was asked for the month and closed since: 1
/// or 0. A member has few.
macro_rules! is_first {
    ($month:expr) => {
        sql::<BigInt>(
            "CAST(CASE WHEN EXISTS (SELECT 1 FROM accounts AS other LEFT JOIN charged_accounts AS asked ON \
             asked.community_id = other.community_id AND asked.account_id = other.id WHERE other.community_id = \
             accounts.community_id AND other.member_id = accounts.member_id AND other.id < accounts.id AND \
             (other.status <> 3 OR asked.month >= ",
        )
        .bind::<Text, _>($month)
        .sql(")) THEN 0 ELSE 1 END AS BIGINT)")
    };
}

macro_rules! rules {
    () => {
        contribution_rules::table.select((
            contribution_rules::community_id,
            contribution_rules::version,
            contribution_rules::every,
            contribution_rules::amount,
            (contribution_rules::above_allowance, contribution_rules::above_basis_points),
            (contribution_rules::below_allowance, contribution_rules::below_basis_points),
            (contribution_rules::month, contribution_rules::due_at, contribution_rules::behind),
        ))
    };
}

/// A community's rules and what comes next; none where there never were any.
///
/// # Errors
/// When the database refuses.
pub fn find(
    conn: &mut Conn,
    community_id: CommunityId,
) -> Result<Option<(ContributionRules, Turn)>, StorageError> {
    let row: Option<RulesRow> = on_backend!(conn, |c| rules!()
        .filter(contribution_rules::community_id.eq(community_id))
        .first(c)
        .optional())?;
    row.map(read).transpose().map(|found| found.map(|(_, rules, turn)| (rules, turn)))
}

/// A community, none of those passed over, whose next month was over by a time; of each there is one row.
///
/// # Errors
/// When the database refuses.
pub fn find_due(
    conn: &mut Conn,
    by: Timestamp,
    passed_over: &[CommunityId],
) -> Result<Option<(CommunityId, ContributionRules, Turn)>, StorageError> {
    let row: Option<RulesRow> = on_backend!(conn, |c| rules!()
        .filter(contribution_rules::due_at.le(by))
        .filter(contribution_rules::community_id.ne_all(passed_over))
        .order(contribution_rules::due_at)
        .first(c)
        .optional())?;
    row.map(read).transpose()
}

/// Writes rules in the place of those with the version before, if they are still those and no month is half taken. What comes
/// next stays, where something does.
///
/// # Errors
/// When the database refuses.
pub fn set(
    conn: &mut Conn,
    community_id: CommunityId,
    rules: &ContributionRules,
    first: &Turn,
) -> Result<bool, StorageError> {
    let chosen = (
        contribution_rules::version.eq(rules.version),
        contribution_rules::every.eq(i16::from(rules.every.code())),
        contribution_rules::amount.eq(rules.amount),
        contribution_rules::above_allowance.eq(rules.above.allowance),
        contribution_rules::above_basis_points.eq(rules.above.basis_points),
        contribution_rules::below_allowance.eq(rules.below.allowance),
        contribution_rules::below_basis_points.eq(rules.below.basis_points),
    );
    let written = if rules.version == 1 {
        on_backend!(conn, |c| diesel::insert_into(contribution_rules::table)
            .values((
                contribution_rules::community_id.eq(community_id),
                chosen,
                contribution_rules::month.eq(first.month.to_string()),
                contribution_rules::due_at.eq(first.due_at),
                contribution_rules::behind.eq(first.behind),
            ))
            .on_conflict_do_nothing()
            .execute(c))?
    } else {
        let before = contribution_rules::table
            .find(community_id)
            .filter(contribution_rules::version.eq(rules.version - 1))
            .filter(contribution_rules::behind.is_null());
        on_backend!(conn, |c| diesel::update(before).set(chosen).execute(c))?
    };
    if written == 1 {
        charges::keep_contributions(conn, community_id, rules)?;
    }
    Ok(written == 1)
}

/// Moves on from one place to the next, unless somebody else did, or the rules are others by now. Whether it did.
///
/// # Errors
/// When the database refuses.
pub fn advance(
    conn: &mut Conn,
    community_id: CommunityId,
    version: i64,
    from: &Turn,
    to: &Turn,
) -> Result<bool, StorageError> {
    let here = contribution_rules::table
        .find(community_id)
        .filter(contribution_rules::version.eq(version))
        .filter(contribution_rules::month.eq(from.month.to_string()));
    let next = (
        contribution_rules::month.eq(to.month.to_string()),
        contribution_rules::due_at.eq(to.due_at),
        contribution_rules::behind.eq(to.behind),
    );
    let moved = match from.behind {
        None => on_backend!(conn, |c| diesel::update(here.filter(contribution_rules::behind.is_null()))
            .set(next)
            .execute(c))?,
        Some(behind) => {
            on_backend!(conn, |c| diesel::update(here.filter(contribution_rules::behind.eq(behind)))
                .set(next)
                .execute(c))?
        }
    };
    Ok(moved == 1)
}

/// A community whose next month ends later than a time, as only a clock that was ahead can have it.
///
/// # Errors
/// When the database refuses.
pub fn find_ahead(conn: &mut Conn, latest: Timestamp) -> Result<Option<CommunityId>, StorageError> {
    Ok(on_backend!(conn, |c| contribution_rules::table
        .filter(contribution_rules::due_at.gt(latest))
        .select(contribution_rules::community_id)
        .first(c)
        .optional())?)
}

/// Has a month come next that is before the one that does, with nobody asked for it.
///
/// # Errors
/// When the database refuses.
pub fn bring_back(conn: &mut Conn, community_id: CommunityId, to: &Turn) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(contribution_rules::table.find(community_id))
        .set((
            contribution_rules::month.eq(to.month.to_string()),
            contribution_rules::due_at.eq(to.due_at),
            contribution_rules::behind.eq(to.behind),
        ))
        .execute(c))?;
    Ok(())
}

/// Members' accounts that were open before a time and are not closed, by id, behind those that were asked.
///
/// # Errors
/// When the database refuses.
pub fn asked(
    conn: &mut Conn,
    community_id: CommunityId,
    turn: &Turn,
    opened_before: Timestamp,
    limit: i64,
) -> Result<Vec<Asked>, StorageError> {
    let month = turn.month.to_string();
    let behind = turn.behind.unwrap_or(AccountId::from_uuid(uuid::Uuid::nil()));
    let rows: Vec<(AccountId, i64, i64)> =
        on_backend!(conn, |c| accounts::table
            .inner_join(balances::table.on(
                balances::community_id.eq(accounts::community_id).and(balances::account_id.eq(accounts::id)),
            ))
            .filter(accounts::community_id.eq(community_id).and(accounts::id.gt(behind)))
            .filter(accounts::kind.eq(i16::from(AccountKind::Member.code())))
            .filter(accounts::status.ne(i16::from(AccountStatus::Closed.code())))
            .filter(accounts::created_at.lt(opened_before))
            .order(accounts::id)
            .limit(limit)
            .select((accounts::id, balances::account_seq, is_first!(&month)))
            .load(c))?;
    let read = |(account_id, account_seq, is_first): (AccountId, i64, i64)| Asked {
        account_id,
        account_seq,
        is_first: is_first == 1,
    };
    Ok(rows.into_iter().map(read).collect())
}

/// An account as it would be asked if a month ended now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// The account.
    pub account_id: AccountId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it has.
    pub balance: Amount,
    /// Whether it is its member's first.
    pub is_first: bool,
}

/// Members' accounts that are not closed, by id, behind one of them.
///
/// # Errors
/// When the database refuses.
pub fn forecast(
    conn: &mut Conn,
    community_id: CommunityId,
    month: Day,
    behind: Option<AccountId>,
    limit: i64,
) -> Result<Vec<Forecast>, StorageError> {
    let month = month.to_string();
    let behind = behind.unwrap_or(AccountId::from_uuid(uuid::Uuid::nil()));
    let rows: Vec<(AccountId, String, String, Amount, i64)> =
        on_backend!(conn, |c| accounts::table
            .inner_join(balances::table.on(
                balances::community_id.eq(accounts::community_id).and(balances::account_id.eq(accounts::id)),
            ))
            .filter(accounts::community_id.eq(community_id).and(accounts::id.gt(behind)))
            .filter(accounts::kind.eq(i16::from(AccountKind::Member.code())))
            .filter(accounts::status.ne(i16::from(AccountStatus::Closed.code())))
            .order(accounts::id)
            .limit(limit)
            .select((accounts::id, accounts::code, accounts::name, balances::balance, is_first!(&month)))
            .load(c))?;
    let read = |(account_id, code, name, balance, is_first): (AccountId, String, String, Amount, i64)| {
        Forecast { account_id, code, name, balance, is_first: is_first == 1 }
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Whether an account is the one from which its member contributes for a month.
///
/// # Errors
/// When the database refuses.
pub fn is_first(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    month: Day,
) -> Result<bool, StorageError> {
    let month = month.to_string();
    let found: Option<i64> = on_backend!(conn, |c| accounts::table
        .find((community_id, account_id))
        .select(is_first!(&month))
        .first(c)
        .optional())?;
    Ok(found == Some(1))
}

type ChargedRow = (AccountId, String, Amount, Amount, i64);

macro_rules! charged_row {
    () => {
        (
            charged_accounts::account_id,
            charged_accounts::month,
            charged_accounts::owing_contribution,
            charged_accounts::owing_holding,
            charged_accounts::number,
        )
    };
}

/// Until when these accounts were asked, those that were.
///
/// # Errors
/// When the database refuses.
pub fn charged(
    conn: &mut Conn,
    community_id: CommunityId,
    account_ids: &[AccountId],
) -> Result<Vec<Charged>, StorageError> {
    let rows: Vec<ChargedRow> = on_backend!(conn, |c| charged_accounts::table
        .filter(charged_accounts::community_id.eq(community_id))
        .filter(charged_accounts::account_id.eq_any(account_ids))
        .select(charged_row!())
        .load(c))?;
    rows.into_iter().map(read_charged).collect()
}

/// Until when all accounts were asked that ever were.
///
/// # Errors
/// When the database refuses.
pub fn all_charged(conn: &mut Conn, community_id: CommunityId) -> Result<Vec<Charged>, StorageError> {
    let rows: Vec<ChargedRow> = on_backend!(conn, |c| charged_accounts::table
        .filter(charged_accounts::community_id.eq(community_id))
        .select(charged_row!())
        .load(c))?;
    rows.into_iter().map(read_charged).collect()
}

/// Accounts that owe something, by id, behind one of them, with their codes.
///
/// # Errors
/// When the database refuses.
pub fn owing(
    conn: &mut Conn,
    community_id: CommunityId,
    behind: Option<AccountId>,
    limit: i64,
) -> Result<Vec<(String, String, Charged)>, StorageError> {
    let behind = behind.unwrap_or(AccountId::from_uuid(uuid::Uuid::nil()));
    let owes = charged_accounts::owing_contribution
        .gt(Amount::ZERO)
        .or(charged_accounts::owing_holding.gt(Amount::ZERO));
    let rows: Vec<(String, String, ChargedRow)> = on_backend!(conn, |c| charged_accounts::table
        .inner_join(
            accounts::table.on(accounts::community_id
                .eq(charged_accounts::community_id)
                .and(accounts::id.eq(charged_accounts::account_id)))
        )
        .filter(charged_accounts::community_id.eq(community_id))
        .filter(charged_accounts::account_id.gt(behind).and(owes))
        .order(charged_accounts::account_id)
        .limit(limit)
        .select((accounts::code, accounts::name, charged_row!()))
        .load(c))?;
    rows.into_iter().map(|(code, name, row)| Ok((code, name, read_charged(row)?))).collect()
}

/// Writes down until when accounts were asked.
///
/// # Errors
/// When the database refuses.
pub fn write(conn: &mut Conn, community_id: CommunityId, all: &[Charged]) -> Result<(), StorageError> {
    for charged in all {
        let asked = (
            charged_accounts::month.eq(charged.month.to_string()),
            charged_accounts::owing_contribution.eq(charged.owing.contribution),
            charged_accounts::owing_holding.eq(charged.owing.holding),
            charged_accounts::number.eq(charged.number),
        );
        on_backend!(conn, |c| diesel::insert_into(charged_accounts::table)
            .values((
                charged_accounts::community_id.eq(community_id),
                charged_accounts::account_id.eq(charged.account_id),
                asked.clone(),
            ))
            .on_conflict((charged_accounts::community_id, charged_accounts::account_id))
            .do_update()
            .set(asked.clone())
            .execute(c))?;
    }
    Ok(())
}

fn read(row: RulesRow) -> Result<(CommunityId, ContributionRules, Turn), StorageError> {
    let (community_id, version, every, amount, above, below, (month, due_at, behind)) = row;
    let corrupt = || StorageError::Corrupt(format!("contributions of community {community_id}"));
    let holding = |(allowance, basis_points)| Holding { allowance, basis_points };
    let rules = ContributionRules {
        version,
        every: Every::from_code(every).ok_or_else(corrupt)?,
        amount,
        above: holding(above),
        below: holding(below),
    };
    let month = month.parse().map_err(|_| corrupt())?;
    Ok((community_id, rules, Turn { month, due_at, behind }))
}

fn read_charged(
    (account_id, month, contribution, holding, number): ChargedRow,
) -> Result<Charged, StorageError> {
    let month =
        month.parse().map_err(|_| StorageError::Corrupt(format!("account {account_id}: charged until")))?;
    Ok(Charged { account_id, month, owing: Dues { contribution, holding }, number })
}
