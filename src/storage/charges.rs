//! What charges, fees and incomes are judged by, kept for good: each version of the rules, and each time that an account was asked.

use diesel::prelude::*;

use super::connection::on_backend;
use super::schema::{charges, contribution_versions, fee_versions, income_versions};
use super::{Conn, StorageError};
use crate::domain::contributions::{ContributionRules, KeptCharge};
use crate::domain::fees::FeeRules;
use crate::domain::fund::IncomeRules;
use crate::domain::ids::CommunityId;

/// Keeps a version of the rules on contributions.
///
/// # Errors
/// When the database refuses.
pub(super) fn keep_contributions(
    conn: &mut Conn,
    community_id: CommunityId,
    rules: &ContributionRules,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(contribution_versions::table)
        .values((
            contribution_versions::community_id.eq(community_id),
            contribution_versions::version.eq(rules.version),
            contribution_versions::every.eq(i16::from(rules.every.code())),
            contribution_versions::amount.eq(rules.amount),
            contribution_versions::above_allowance.eq(rules.above.allowance),
            contribution_versions::above_basis_points.eq(rules.above.basis_points),
            contribution_versions::below_allowance.eq(rules.below.allowance),
            contribution_versions::below_basis_points.eq(rules.below.basis_points),
        ))
        .execute(c))?;
    Ok(())
}

/// Keeps a version of the rules on an income.
///
/// # Errors
/// When the database refuses.
pub fn keep_income(
    conn: &mut Conn,
    community_id: CommunityId,
    rules: &IncomeRules,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(income_versions::table)
        .values((
            income_versions::community_id.eq(community_id),
            income_versions::version.eq(rules.version),
            income_versions::every.eq(i16::from(rules.every.code())),
            income_versions::amount.eq(rules.amount),
            income_versions::kind.eq(rules.who.kind.map(|kind| i16::from(kind.code()))),
            income_versions::group_id.eq(rules.who.group_id),
            income_versions::member_days.eq(rules.who.member_days),
            income_versions::traded_days.eq(rules.who.traded_days),
        ))
        .execute(c))?;
    Ok(())
}

/// Keeps versions of the rules on fees, each with the record behind which it came into force.
///
/// # Errors
/// When the database refuses.
pub(super) fn keep_fees(
    conn: &mut Conn,
    community_id: CommunityId,
    all: &[(FeeRules, i64)],
) -> Result<(), StorageError> {
    for (rules, seq) in all {
        let Some(fund_id) = rules.fund_id else { continue };
        on_backend!(conn, |c| diesel::insert_into(fee_versions::table)
            .values((
                fee_versions::community_id.eq(community_id),
                fee_versions::version.eq(rules.version),
                fee_versions::seq.eq(*seq),
                fee_versions::fund_id.eq(fund_id),
                fee_versions::payer_fixed.eq(rules.payer.fixed),
                fee_versions::payer_basis_points.eq(rules.payer.basis_points),
                fee_versions::payee_fixed.eq(rules.payee.fixed),
                fee_versions::payee_basis_points.eq(rules.payee.basis_points),
            ))
            .execute(c))?;
    }
    Ok(())
}

/// Keeps that accounts were asked.
///
/// # Errors
/// When the database refuses.
pub(super) fn write(
    conn: &mut Conn,
    community_id: CommunityId,
    all: &[KeptCharge],
) -> Result<(), StorageError> {
    for kept in all {
        let (charge, stood) = (&kept.charge, kept.charge.basis.stood);
        on_backend!(conn, |c| diesel::insert_into(charges::table)
            .values((
                charges::community_id.eq(community_id),
                charges::account_id.eq(charge.account_id),
                charges::number.eq(kept.number),
                charges::month.eq(charge.month.to_string()),
                charges::version.eq(charge.rules.version),
                charges::is_first.eq(charge.basis.is_first),
                charges::month_end.eq(charge.basis.month_end),
                charges::judged_seq.eq(stood.map(|stood| stood.account_seq)),
                charges::judged_balance.eq(stood.map(|stood| stood.balance).unwrap_or_default()),
                charges::owed_contribution.eq(kept.owed.contribution),
                charges::owed_holding.eq(kept.owed.holding),
                charges::contribution.eq(kept.contribution.amount),
                charges::holding.eq(kept.holding.amount),
                charges::contribution_seq.eq(kept.contribution.account_seq),
                charges::holding_seq.eq(kept.holding.account_seq),
            ))
            .execute(c))?;
    }
    Ok(())
}
