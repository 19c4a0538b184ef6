//! What needs two admins, and what became of it.

use std::sync::Arc;

use diesel::prelude::*;
use uuid::Uuid;

use super::connection::on_backend;
use super::schema::{approvals, texts};
use super::types::AnyId;
use super::{Conn, StorageError};
use crate::domain::account::Limits;
use crate::domain::amount::Amount;
use crate::domain::approval::{Act, Approval, ApprovalKind, ApprovalRules, ApprovalState};
use crate::domain::ids::{AccountId, ApprovalId, CommunityId, GroupId, PaymentId, UserId};
use crate::domain::time::Timestamp;
use crate::domain::write_off::WriteOffCategory;

/// Of a reversal, the first amount is this where a limit may be passed, and none where not.
const PERMITTED: Amount = Amount::from_minor(1);

/// What is to be done, in the columns that each kind uses in its own way.
type ActColumns = (
    i16,
    Option<AnyId>,
    Option<Amount>,
    Option<Amount>,
    Option<AccountId>,
    Option<Timestamp>,
    Option<String>,
);

type Columns = (
    ApprovalId,
    ActColumns,
    (UserId, Timestamp, Timestamp),
    (i16, Option<UserId>, Option<Timestamp>),
    Option<String>,
);

/// The reasons.
macro_rules! texts_of_approvals {
    () => {
        texts::table.on(texts::community_id.eq(approvals::community_id).and(texts::id.eq(approvals::id)))
    };
}

/// The columns in the order of [`Columns`].
macro_rules! selection {
    () => {
        (
            approvals::id,
            (
                approvals::kind,
                approvals::subject_id,
                approvals::amount,
                approvals::other_amount,
                approvals::other_id,
                approvals::until,
                approvals::terms,
            ),
            (approvals::asked_by, approvals::asked_at, approvals::expires_at),
            (approvals::state, approvals::settled_by, approvals::settled_at),
            texts::content.nullable(),
        )
    };
}

/// Writes what was asked for, or what became of it.
///
/// # Errors
/// When the database refuses.
pub(super) fn write(
    conn: &mut Conn,
    community_id: CommunityId,
    approval: &Approval,
) -> Result<(), StorageError> {
    let (kind, subject_id, amount, other_amount, other_id, until, terms) = to_columns(&approval.act);
    let outcome = (
        approvals::state.eq(code(approval.state)),
        approvals::settled_by.eq(approval.settled_by),
        approvals::settled_at.eq(approval.settled_at),
    );
    on_backend!(conn, |c| diesel::insert_into(approvals::table)
        .values((
            approvals::community_id.eq(community_id),
            approvals::id.eq(approval.id),
            approvals::kind.eq(kind),
            approvals::subject_id.eq(subject_id),
            approvals::amount.eq(amount),
            approvals::other_amount.eq(other_amount),
            approvals::other_id.eq(other_id),
            approvals::until.eq(until),
            approvals::terms.eq(terms),
            approvals::asked_by.eq(approval.asked_by),
            approvals::asked_at.eq(approval.asked_at),
            approvals::expires_at.eq(approval.expires_at),
            outcome,
        ))
        .on_conflict((approvals::community_id, approvals::id))
        .do_update()
        .set(outcome)
        .execute(c))?;
    Ok(())
}

/// Those with these ids.
///
/// # Errors
/// When the database refuses.
pub fn find_many(
    conn: &mut Conn,
    community_id: CommunityId,
    ids: &[ApprovalId],
) -> Result<Vec<Approval>, StorageError> {
    let rows: Vec<Columns> = on_backend!(conn, |c| approvals::table
        .left_join(texts_of_approvals!())
        .filter(approvals::community_id.eq(community_id).and(approvals::id.eq_any(ids)))
        .select(selection!())
        .load(c))?;
    rows.into_iter().map(read).collect()
}

/// At most `limit` of a community's with ids below `before`, newest first; with `state`, only those in it at the time
/// `now`.
///
/// # Errors
/// When the database refuses.
pub fn list(
    conn: &mut Conn,
    community_id: CommunityId,
    (state, now): (Option<ApprovalState>, Timestamp),
    before: Option<ApprovalId>,
    limit: i64,
) -> Result<Vec<Approval>, StorageError> {
    let is_waiting = matches!(state, Some(ApprovalState::Pending | ApprovalState::Expired));
    let wanted = if is_waiting { Some(ApprovalState::Pending) } else { state };
    let all = [ApprovalState::Pending, ApprovalState::Approved, ApprovalState::Refused];
    let states: Vec<_> =
        all.into_iter().filter(|each| wanted.is_none_or(|wanted| wanted == *each)).map(code).collect();
    let (first, last) = (Timestamp::from_micros(i64::MIN), Timestamp::from_micros(i64::MAX));
    let (after, until) = match state {
        Some(ApprovalState::Pending) => (now, last),
        Some(ApprovalState::Expired) => (first, now),
        _ => (first, last),
    };
    let before = before.unwrap_or_else(|| ApprovalId::from_uuid(Uuid::max()));
    let rows: Vec<Columns> = on_backend!(conn, |c| approvals::table
        .left_join(texts_of_approvals!())
        .filter(approvals::community_id.eq(community_id).and(approvals::id.lt(before)))
        .filter(approvals::state.eq_any(&states))
        .filter(approvals::expires_at.gt(after).and(approvals::expires_at.le(until)))
        .order(approvals::id.desc())
        .limit(limit)
        .select(selection!())
        .load(c))?;
    rows.into_iter().map(read).collect()
}

/// How many of a community's wait.
///
/// # Errors
/// When the database refuses.
pub fn count_pending(
    conn: &mut Conn,
    community_id: CommunityId,
    now: Timestamp,
) -> Result<i64, StorageError> {
    Ok(on_backend!(conn, |c| approvals::table
        .filter(approvals::community_id.eq(community_id))
        .filter(approvals::state.eq(code(ApprovalState::Pending)).and(approvals::expires_at.gt(now)))
        .count()
        .get_result(c))?)
}

/// Whether something waits at a time that names a group: a policy on limits, or an income.
///
/// # Errors
/// When the database refuses.
pub fn pending_names_group(
    conn: &mut Conn,
    community_id: CommunityId,
    group_id: GroupId,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let found: i64 = on_backend!(conn, |c| approvals::table
        .filter(approvals::community_id.eq(community_id))
        .filter(approvals::state.eq(code(ApprovalState::Pending)).and(approvals::expires_at.gt(now)))
        .filter(approvals::terms.like(format!("%{group_id}%")))
        .count()
        .get_result(c))?;
    Ok(found > 0)
}

fn code(state: ApprovalState) -> i16 {
    assert!(state != ApprovalState::Expired, "what is expired is stored as pending");
    i16::from(state.code())
}

fn to_columns(act: &Act) -> ActColumns {
    let kind = i16::from(act.kind().code());
    match act {
        Act::SetLimits { account_id, limits, until } => {
            let account_id = Some(AnyId::from_uuid(account_id.uuid()));
            (kind, account_id, Some(limits.credit_limit), limits.ceiling, None, *until, None)
        }
        Act::SetStepUp(above) => (kind, None, *above, None, None, None, None),
        Act::OpenJoining => (kind, None, None, None, None, None, None),
        Act::AdoptPolicy { policy, if_version } => {
            let version = Amount::from_minor(*if_version);
            (kind, None, Some(version), None, None, None, Some(policy.to_stored()))
        }
        Act::SetRules(rules) => (kind, None, rules.limits_above, rules.reversals_above, None, None, None),
        Act::Reverse { payment_id, allow_beyond_limit } => {
            let permission = allow_beyond_limit.then_some(PERMITTED);
            (kind, Some(AnyId::from_uuid(payment_id.uuid())), permission, None, None, None, None)
        }
        Act::PayOut { fund_id, payee_id, amount } => {
            let payee_id = Some(AnyId::from_uuid(payee_id.uuid()));
            (kind, payee_id, Some(*amount), None, Some(*fund_id), None, None)
        }
        Act::SetIncome(rules) => (kind, None, Some(rules.amount), None, None, None, Some(rules.to_stored())),
        Act::WriteOff { account_id, other_id, amount, category } => {
            let account_id = Some(AnyId::from_uuid(account_id.uuid()));
            let category = Amount::from_minor(category.code().into());
            (kind, account_id, Some(*amount), Some(category), Some(*other_id), None, None)
        }
        Act::Merge { account_id, kept_id, amount } => {
            let account_id = Some(AnyId::from_uuid(account_id.uuid()));
            (kind, account_id, Some(*amount), None, Some(*kept_id), None, None)
        }
    }
}

fn to_act((kind, subject_id, amount, other_amount, other_id, until, terms): ActColumns) -> Option<Act> {
    match ApprovalKind::from_code(kind)? {
        ApprovalKind::Limits => Some(Act::SetLimits {
            account_id: AccountId::from_uuid(subject_id?.uuid()),
            limits: Limits { credit_limit: amount?, ceiling: other_amount },
            until,
        }),
        ApprovalKind::Rules => {
            Some(Act::SetRules(ApprovalRules { limits_above: amount, reversals_above: other_amount }))
        }
        ApprovalKind::LimitPolicy => {
            Some(Act::AdoptPolicy { policy: Arc::new(terms?.parse().ok()?), if_version: amount?.minor() })
        }
        ApprovalKind::StepUp => Some(Act::SetStepUp(amount)),
        ApprovalKind::Joining => Some(Act::OpenJoining),
        ApprovalKind::Reversal => Some(Act::Reverse {
            payment_id: PaymentId::from_uuid(subject_id?.uuid()),
            allow_beyond_limit: amount == Some(PERMITTED),
        }),
        ApprovalKind::Payout => Some(Act::PayOut {
            fund_id: other_id?,
            payee_id: AccountId::from_uuid(subject_id?.uuid()),
            amount: amount?,
        }),
        ApprovalKind::Income => Some(Act::SetIncome(terms?.parse().ok()?)),
        ApprovalKind::WriteOff => Some(Act::WriteOff {
            account_id: AccountId::from_uuid(subject_id?.uuid()),
            other_id: other_id?,
            amount: amount?,
            category: WriteOffCategory::from_code(i16::try_from(other_amount?.minor()).ok()?)?,
        }),
        ApprovalKind::Merge => Some(Act::Merge {
            account_id: AccountId::from_uuid(subject_id?.uuid()),
            kept_id: other_id?,
            // What was asked for by an earlier release names none, and is asked for anew where there is something to move.
            amount: amount.unwrap_or_default(),
        }),
    }
}

fn read(row: Columns) -> Result<Approval, StorageError> {
    let (id, act, (asked_by, asked_at, expires_at), (state, settled_by, settled_at), reason) = row;
    let corrupt = |what: &str| StorageError::Corrupt(format!("approval {id}: {what}"));
    Ok(Approval {
        id,
        act: to_act(act).ok_or_else(|| corrupt("act"))?,
        reason: reason.unwrap_or_default(),
        asked_by,
        asked_at,
        expires_at,
        state: ApprovalState::from_code(state).ok_or_else(|| corrupt("state"))?,
        settled_by,
        settled_at,
    })
}
