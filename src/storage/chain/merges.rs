//! Merges as they are stored, with what stands behind them.

use diesel::prelude::*;

use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, ApprovalId, CommunityId, UserId};
use crate::storage::connection::on_backend;
use crate::storage::schema::{approvals, merges, payments};
use crate::storage::types::AnyId;
use crate::storage::{Conn, StorageError};

/// An agreement's kind and state, about which accounts it is, who asked and who agreed.
pub type AgreementColumns = (i64, i64, Option<uuid::Uuid>, Option<AccountId>, UserId, Option<UserId>);

/// A merge with the payment that moved what there was, and the agreement to it.
#[derive(Debug, Clone)]
pub struct MergeRow {
    /// The account that was closed by it.
    pub account_id: AccountId,
    /// The account that is kept.
    pub kept_id: AccountId,
    /// Where the closed one leads now.
    pub leads_to: AccountId,
    /// What it had.
    pub amount: i64,
    /// From whom to whom how much went, by which transfer.
    pub payment: Option<(AccountId, AccountId, i64, Option<i64>)>,
    /// The agreement to it.
    pub approval: Option<AgreementColumns>,
    /// What they agreed to move, where the agreement says.
    pub agreed: Option<i64>,
    /// Whether it names an agreement.
    pub names_approval: bool,
}

type Columns = (
    (AccountId, AccountId, AccountId, Amount),
    Option<(AccountId, AccountId, Amount, Option<i64>)>,
    Option<(i16, i16, Option<AnyId>, Option<AccountId>, UserId, Option<UserId>)>,
    (Option<ApprovalId>, Option<Amount>),
);

/// The merges of accounts behind an id, by id.
///
/// # Errors
/// When the database refuses.
pub fn merges(
    conn: &mut Conn,
    community_id: CommunityId,
    behind: AccountId,
    limit: i64,
) -> Result<Vec<MergeRow>, StorageError> {
    let rows: Vec<Columns> = on_backend!(conn, |c| merges::table
        .left_join(
            payments::table.on(payments::community_id
                .eq(merges::community_id)
                .and(payments::id.nullable().eq(merges::payment_id)))
        )
        .left_join(
            approvals::table.on(approvals::community_id
                .eq(merges::community_id)
                .and(approvals::id.nullable().eq(merges::approval_id)))
        )
        .filter(merges::community_id.eq(community_id).and(merges::account_id.gt(behind)))
        .order(merges::account_id)
        .limit(limit)
        .select((
            (merges::account_id, merges::kept_id, merges::leads_to, merges::amount),
            (payments::payer_id, payments::payee_id, payments::amount, payments::transfer_seq).nullable(),
            (
                approvals::kind,
                approvals::state,
                approvals::subject_id,
                approvals::other_id,
                approvals::asked_by,
                approvals::settled_by,
            )
                .nullable(),
            (merges::approval_id, approvals::amount.nullable()),
        ))
        .load(c))?;
    Ok(rows.into_iter().map(read).collect())
}

fn read((own, paid, approval, (named, agreed)): Columns) -> MergeRow {
    let (account_id, kept_id, leads_to, amount) = own;
    MergeRow {
        account_id,
        kept_id,
        leads_to,
        amount: amount.minor(),
        payment: paid.map(|(payer, payee, amount, seq): (AccountId, AccountId, Amount, Option<i64>)| {
            (payer, payee, amount.minor(), seq)
        }),
        approval: approval.map(|(kind, state, subject, other, asked_by, settled_by)| {
            (kind.into(), state.into(), subject.map(AnyId::uuid), other, asked_by, settled_by)
        }),
        agreed: agreed.map(Amount::minor),
        names_approval: named.is_some(),
    }
}
