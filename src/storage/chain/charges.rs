//! What is told of charges, fees and incomes, with the rules by which they are judged.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use super::wide;
use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, CommunityId};
use crate::storage::connection::on_backend;
use crate::storage::schema::{
    charge_starts, charged_accounts, communities, contribution_rules, contribution_versions, fee_versions,
    imports, income_rules, income_versions,
};
use crate::storage::types::Id;
use crate::storage::{Conn, StorageError};

/// A version of the rules on contributions: its number, how often, how much, and allowance and basis points above and below zero.
pub type ContributionVersionRow = (i64, i64, Amount, (Amount, i64), (Amount, i64));

/// A version of the rules on fees: its number, the record behind which it came into force, the fund, and what is fixed and the
/// basis points of the payer's side and of the payee's.
pub type FeeVersionRow = (i64, i64, Option<AccountId>, (Amount, i64), (Amount, i64));

/// A version of the rules on an income: its number, how often, how much.
pub type IncomeVersionRow = (i64, i64, Amount);

/// Each time that an account was asked, with its entries that this names, and how it stood by then. Parameters stand in the order
/// of their numbers, as SQLite counts them.
const CHARGES: &str = "SELECT c.account_id, c.number, c.month, c.version, c.is_first, c.month_end, c.judged_seq, c.judged_balance, \
     c.owed_contribution, c.owed_holding, c.contribution, c.holding, c.contribution_seq, c.holding_seq, \
     CAST(e.kind AS BIGINT) AS contribution_kind, e.amount AS contribution_moved, \
     CAST(h.kind AS BIGINT) AS holding_kind, h.amount AS holding_moved, j.balance_after AS stood, \
     (SELECT r.created_at FROM records AS r WHERE r.community_id = c.community_id AND r.seq = j.seq) AS stood_at, \
     (SELECT r.created_at FROM records AS r WHERE r.community_id = c.community_id AND r.seq = n.seq) AS next_at \
     FROM charges AS c \
     LEFT JOIN entries AS e ON e.community_id = c.community_id AND e.account_id = c.account_id AND e.account_seq = c.contribution_seq \
     LEFT JOIN entries AS h ON h.community_id = c.community_id AND h.account_id = c.account_id AND h.account_seq = c.holding_seq \
     LEFT JOIN entries AS j ON j.community_id = c.community_id AND j.account_id = c.account_id AND j.account_seq = c.judged_seq \
     LEFT JOIN entries AS n ON n.community_id = c.community_id AND n.account_id = c.account_id AND n.account_seq = c.judged_seq + 1 \
     WHERE c.community_id = $1 AND (c.account_id, c.number) > ($2, $3) ORDER BY c.account_id, c.number LIMIT $4";

/// That an account was asked.
#[derive(Debug, Clone, QueryableByName)]
pub struct ChargeRow {
    /// The account.
    #[diesel(sql_type = Id)]
    pub account_id: AccountId,
    /// The how manieth time.
    #[diesel(sql_type = BigInt)]
    pub number: i64,
    /// For which month.
    #[diesel(sql_type = Text)]
    pub month: String,
    /// By which version of the rules.
    #[diesel(sql_type = BigInt)]
    pub version: i64,
    /// Whether its member contributes from it.
    #[diesel(sql_type = Bool)]
    pub is_first: bool,
    /// When the month ended.
    #[diesel(sql_type = BigInt)]
    pub month_end: i64,
    /// Behind which of its entries that was, where anything hung on it.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub judged_seq: Option<i64>,
    /// How it stood then, as the charge says.
    #[diesel(sql_type = BigInt)]
    pub judged_balance: i64,
    /// What it owed from before.
    #[diesel(sql_type = BigInt)]
    pub owed_contribution: i64,
    /// The same.
    #[diesel(sql_type = BigInt)]
    pub owed_holding: i64,
    /// What was taken.
    #[diesel(sql_type = BigInt)]
    pub contribution: i64,
    /// The same.
    #[diesel(sql_type = BigInt)]
    pub holding: i64,
    /// By which of its entries.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub contribution_seq: Option<i64>,
    /// The same.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub holding_seq: Option<i64>,
    /// What that entry is.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub contribution_kind: Option<i64>,
    /// What it moves.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub contribution_moved: Option<i64>,
    /// What that entry is.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub holding_kind: Option<i64>,
    /// What it moves.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub holding_moved: Option<i64>,
    /// The balance behind the entry that it was judged by.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub stood: Option<i64>,
    /// The time of that entry.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub stood_at: Option<i64>,
    /// The time of the next one.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub next_at: Option<i64>,
}

/// Those behind an account's charge, by account and number.
///
/// # Errors
/// When the database refuses.
pub fn charges(
    conn: &mut Conn,
    community_id: CommunityId,
    (account_id, number): (AccountId, i64),
    limit: i64,
) -> Result<Vec<ChargeRow>, StorageError> {
    Ok(on_backend!(conn, |c| diesel::sql_query(CHARGES)
        .bind::<Id, _>(community_id)
        .bind::<Id, _>(account_id)
        .bind::<BigInt, _>(number)
        .bind::<BigInt, _>(limit)
        .load(c))?)
}

/// An account, the month until which it was asked, what it owes as a contribution and as a charge, and how many charges are kept.
pub type AskedUntil = (AccountId, String, Amount, Amount, i64);

/// Until when accounts were asked.
///
/// # Errors
/// When the database refuses.
pub fn charged_accounts(conn: &mut Conn, community_id: CommunityId) -> Result<Vec<AskedUntil>, StorageError> {
    Ok(on_backend!(conn, |c| charged_accounts::table
        .filter(charged_accounts::community_id.eq(community_id))
        .select((
            charged_accounts::account_id,
            charged_accounts::month,
            charged_accounts::owing_contribution,
            charged_accounts::owing_holding,
            charged_accounts::number,
        ))
        .load(c))?)
}

/// Up to which record nothing is kept by which charges and fees could be judged: those of earlier releases, and those that were
/// brought along from another system.
///
/// # Errors
/// When the database refuses.
pub fn charges_start(conn: &mut Conn, community_id: CommunityId) -> Result<i64, StorageError> {
    let earlier: Option<i64> = on_backend!(conn, |c| charge_starts::table
        .find(community_id)
        .select(charge_starts::seq)
        .first(c)
        .optional())?;
    let brought: Option<i64> = on_backend!(conn, |c| imports::table
        .find(community_id)
        .select(imports::records)
        .first(c)
        .optional())?;
    Ok(earlier.unwrap_or(0).max(brought.unwrap_or(0)))
}

/// All versions of the rules on contributions, by number, and behind them those of today, where there are any.
///
/// # Errors
/// When the database refuses.
pub fn contribution_versions(
    conn: &mut Conn,
    community_id: CommunityId,
) -> Result<(Vec<ContributionVersionRow>, Option<ContributionVersionRow>), StorageError> {
    let all = on_backend!(conn, |c| contribution_versions::table
        .filter(contribution_versions::community_id.eq(community_id))
        .order(contribution_versions::version)
        .select((
            contribution_versions::version,
            wide!("every"),
            contribution_versions::amount,
            (contribution_versions::above_allowance, contribution_versions::above_basis_points),
            (contribution_versions::below_allowance, contribution_versions::below_basis_points),
        ))
        .load(c))?;
    let present = on_backend!(conn, |c| contribution_rules::table
        .find(community_id)
        .select((
            contribution_rules::version,
            wide!("every"),
            contribution_rules::amount,
            (contribution_rules::above_allowance, contribution_rules::above_basis_points),
            (contribution_rules::below_allowance, contribution_rules::below_basis_points),
        ))
        .first(c)
        .optional())?;
    Ok((all, present))
}

/// All versions of the rules on fees, by number, and the rules of today, which have no record behind which they came.
///
/// # Errors
/// When the database refuses.
pub fn fee_versions(
    conn: &mut Conn,
    community_id: CommunityId,
) -> Result<(Vec<FeeVersionRow>, Option<FeeVersionRow>), StorageError> {
    let all = on_backend!(conn, |c| fee_versions::table
        .filter(fee_versions::community_id.eq(community_id))
        .order(fee_versions::version)
        .select((
            fee_versions::version,
            fee_versions::seq,
            fee_versions::fund_id.nullable(),
            (fee_versions::payer_fixed, fee_versions::payer_basis_points),
            (fee_versions::payee_fixed, fee_versions::payee_basis_points),
        ))
        .load(c))?;
    let present = on_backend!(conn, |c| communities::table
        .filter(communities::id.eq(community_id).and(communities::fees_fund_id.is_not_null()))
        .select((
            communities::fees_version,
            sql::<BigInt>("CAST(0 AS BIGINT)"),
            communities::fees_fund_id,
            (communities::payer_fee_fixed, communities::payer_fee_basis_points),
            (communities::payee_fee_fixed, communities::payee_fee_basis_points),
        ))
        .first(c)
        .optional())?;
    Ok((all, present))
}

/// All versions of the rules on an income, by number, and the rules of today, where there are any.
///
/// # Errors
/// When the database refuses.
pub fn income_versions(
    conn: &mut Conn,
    community_id: CommunityId,
) -> Result<(Vec<IncomeVersionRow>, Option<IncomeVersionRow>), StorageError> {
    let all = on_backend!(conn, |c| income_versions::table
        .filter(income_versions::community_id.eq(community_id))
        .order(income_versions::version)
        .select((income_versions::version, wide!("every"), income_versions::amount))
        .load(c))?;
    let present = on_backend!(conn, |c| income_rules::table
        .find(community_id)
        .select((income_rules::version, wide!("every"), income_rules::amount))
        .first(c)
        .optional())?;
    Ok((all, present))
}
