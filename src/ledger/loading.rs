//! From stored rows to the state that the fold looks at.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use crate::domain::command::Command;
use crate::domain::duplicates::RecentPayments;
use crate::domain::fold::{CommunityState, Missing};
use crate::domain::ids::{AccountId, CommunityId, MemberId, UserId};
use crate::domain::lone_payouts::LONE_PAYOUTS_S;
use crate::domain::records::Head;
use crate::domain::spending::DaySpending;
use crate::domain::time::Timestamp;
use crate::storage::{
    Conn, StorageError, accounts, approvals, checkouts, communities, contributions, delegations, fund, heads,
    holds, members, oauth, payments, payouts, recent, refunds, requests, schedules,
};

/// The most rounds of looking things up: what is named first, then its holds, accounts and users, then the tellers'
/// spending.
const LOOKUP_ROUNDS_MAX: usize = 3;

/// Whether a state's head must be locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Locking {
    /// Locked until the transaction ends.
    Locked,
    /// Only read: the write will find out whether it moved.
    Unlocked,
}

/// A community's state with nothing looked up yet; `None` where there is no such community.
pub(super) fn begin_state(
    conn: &mut Conn,
    id: CommunityId,
    locking: Locking,
    now: Timestamp,
) -> Result<Option<CommunityState>, StorageError> {
    let head: Option<Head> = match locking {
        Locking::Locked => heads::lock(conn, id)?,
        Locking::Unlocked => heads::find(conn, id)?,
    };
    let Some(head) = head else { return Ok(None) };
    // After the head: facts that are newer than it are found out by its having moved.
    let Some(community) = communities::find(conn, id)?.map(Arc::new) else { return Ok(None) };
    let ended_sessions: HashMap<_, _> = holds::ended_sessions(conn, id, now)?.into_iter().collect();
    Ok(Some(CommunityState::new(community, head, ended_sessions)))
}

/// Looks up what the commands need and the state has not yet.
pub(super) fn complete_state<'c>(
    conn: &mut Conn,
    state: &mut CommunityState,
    commands: &(impl Iterator<Item = &'c Command> + Clone),
) -> Result<(), StorageError> {
    let id = state.community.id;
    for _ in 0..LOOKUP_ROUNDS_MAX {
        let missing = state.missing_for(commands.clone());
        if missing.is_empty() {
            break;
        }
        if !missing.accounts.is_empty() {
            let found = accounts::find_many(conn, id, &missing.accounts)?;
            state.accounts.extend(found.into_iter().map(|account| (account.id, account)));
        }
        if !missing.users.is_empty() {
            state.operators.extend(missing.users.iter().map(|user_id| (*user_id, Vec::new())));
            for (user_id, operator) in members::operators(conn, id, &missing.users)? {
                state.operators.entry(user_id).or_default().push(operator);
            }
        }
        look_up_delegations(conn, state, missing.users.iter().copied(), &missing.delegates)?;
        if !missing.members.is_empty() {
            let found = members::with_admins(conn, id, &missing.members)?;
            state.members.extend(found.into_iter().map(|member| (member.member_id, member)));
            state.knows_admins = true;
        }
        if !missing.holds.is_empty() {
            let found = holds::find_many(conn, id, &missing.holds)?;
            state.holds.extend(found.into_iter().map(|hold| (hold.payment_id, hold)));
        }
        if !missing.refundable.is_empty() {
            let found = refunds::find_refundable(conn, id, &missing.refundable)?;
            state.refundable.extend(found.into_iter().map(|paid| (paid.payment_id, paid)));
        }
        if !missing.schedules.is_empty() {
            let found = schedules::find_many(conn, id, &missing.schedules)?;
            state.schedules.extend(found.into_iter().map(|schedule| (schedule.id, schedule)));
        }
        if !missing.schedules_of.is_empty() {
            let found = schedules::live_of(conn, id, &missing.schedules_of)?;
            state.schedules.extend(found.into_iter().map(|schedule| (schedule.id, schedule)));
            state.knows_schedules_of.extend(&missing.schedules_of);
        }
        if !missing.approvals.is_empty() {
            let found = approvals::find_many(conn, id, &missing.approvals)?;
            state.approvals.extend(found.into_iter().map(|approval| (approval.id, approval)));
        }
        look_up_for_merges(conn, state, &missing.holds_for, &missing.accounts_of)?;
        if !missing.recent.is_empty() {
            state.recent.extend(missing.recent.iter().map(|id| (*id, RecentPayments::default())));
            for (payer_id, payment) in recent::find_many(conn, id, &missing.recent)? {
                state.recent.entry(payer_id).or_default().note(payment);
            }
        }
        if !missing.lives.is_empty() {
            let found = payments::find_lives(conn, id, &missing.lives)?;
            state.lives.extend(found.into_iter().map(|life| (life.payment.id, life)));
        }
        if !missing.pairs.is_empty() {
            state.pairs.extend(requests::find_pairs(conn, id, &missing.pairs)?);
        }
        if !missing.charged.is_empty() {
            state.charged.extend(missing.charged.iter().map(|id| (*id, None)));
            let found = contributions::charged(conn, id, &missing.charged)?;
            state.charged.extend(found.into_iter().map(|charged| (charged.account_id, Some(charged))));
        }
        if !missing.income_runs.is_empty() {
            state.income_runs.extend(missing.income_runs.iter().map(|period| (*period, false)));
            let found = fund::had_turn(conn, id, &missing.income_runs)?;
            state.income_runs.extend(found.into_iter().map(|period| (period, true)));
        }
        if missing.income_plan {
            state.income_plan = Some(fund::find(conn, id)?);
        }
        if missing.lone_payouts {
            let since = state.head.last_at.plus_seconds(-LONE_PAYOUTS_S);
            state.lone_payouts = Some(payouts::alone_since(conn, id, since)?);
        }
        look_up_checkouts(conn, state, &missing)?;
        if !missing.spenders.is_empty() {
            state.spending.extend(missing.spenders.iter().map(|id| (*id, DaySpending::default())));
            state.spending.extend(oauth::spending::find_many(conn, id, &missing.spenders)?);
        }
    }
    Ok(())
}

/// Looks up the checkouts that are named, that stand for the named orders, and that the named payments were made by.
fn look_up_checkouts(
    conn: &mut Conn,
    state: &mut CommunityState,
    missing: &Missing,
) -> Result<(), StorageError> {
    let id = state.community.id;
    if !missing.checkouts.is_empty() {
        let found = checkouts::find_many(conn, id, &missing.checkouts)?;
        state.know_checkouts(found);
    }
    if !missing.orders.is_empty() {
        state.orders.extend(missing.orders.iter().map(|order| (*order, None)));
        let found = checkouts::live_for_orders(conn, id, &missing.orders)?;
        state.know_checkouts(found);
    }
    if !missing.open_checkouts.is_empty() {
        state.open_checkouts.extend(missing.open_checkouts.iter().map(|account_id| (*account_id, 0)));
        state.open_checkouts.extend(checkouts::count_open(conn, id, &missing.open_checkouts)?);
    }
    if !missing.checkout_of.is_empty() {
        state.checkout_of.extend(missing.checkout_of.iter().map(|payment_id| (*payment_id, None)));
        let found = checkouts::of_payments(conn, id, &missing.checkout_of)?;
        state.know_checkouts(found);
    }
    Ok(())
}

/// Looks up what is held for these accounts, and the accounts of these members. What is there is as new, or newer.
fn look_up_for_merges(
    conn: &mut Conn,
    state: &mut CommunityState,
    held_for: &[AccountId],
    of_members: &[MemberId],
) -> Result<(), StorageError> {
    let id = state.community.id;
    if !held_for.is_empty() {
        for hold in holds::open_for(conn, id, held_for)? {
            state.holds.entry(hold.payment_id).or_insert(hold);
        }
        state.knows_holds_for.extend(held_for);
    }
    if !of_members.is_empty() {
        for account in accounts::of_members(conn, id, of_members)? {
            state.accounts.entry(account.id).or_insert(account);
        }
        state.knows_accounts_of.extend(of_members);
    }
    Ok(())
}

/// Looks up where these users, the members that they operate, and these others were let act.
fn look_up_delegations(
    conn: &mut Conn,
    state: &mut CommunityState,
    users: impl Iterator<Item = UserId>,
    others: &[Uuid],
) -> Result<(), StorageError> {
    let mut wanted = others.to_vec();
    for user_id in users {
        wanted.push(user_id.uuid());
        let operators = state.operators.get(&user_id).into_iter().flatten();
        wanted.extend(operators.map(|operator| operator.member_id.uuid()));
    }
    wanted.retain(|id| !state.delegations.contains_key(id));
    if wanted.is_empty() {
        return Ok(());
    }
    let found = delegations::given_to(conn, state.community.id, &wanted)?;
    state.delegations.extend(wanted.into_iter().map(|id| (id, Vec::new())));
    for delegation in found {
        state.delegations.entry(delegation.delegate.uuid()).or_default().push(delegation);
    }
    Ok(())
}
