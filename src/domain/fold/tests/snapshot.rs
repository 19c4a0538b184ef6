//! Everything that the rules look at, to compare before and after.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use crate::domain::account::Account;
use crate::domain::approval::Approval;
use crate::domain::checkout::{Checkout, OrderKey};
use crate::domain::community::Community;
use crate::domain::contributions::Charged;
use crate::domain::delegation::Delegation;
use crate::domain::duplicates::RecentPayments;
use crate::domain::fold::CommunityState;
use crate::domain::fund::Period;
use crate::domain::ids::{
    AccountId, ApprovalId, CheckoutId, MemberId, PaymentId, ScheduleId, SessionId, SpenderId, UserId,
};
use crate::domain::income_plan::IncomePlan;
use crate::domain::lone_payouts::LonePayouts;
use crate::domain::member::Operator;
use crate::domain::payment::{Hold, Life, Refundable};
use crate::domain::records::Head;
use crate::domain::schedule::Schedule;
use crate::domain::spending::DaySpending;
use crate::domain::time::Timestamp;
use crate::domain::trust::Pair;
use crate::domain::zone::Day;

/// A copy of all of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Snapshot {
    head: Head,
    community: Arc<Community>,
    accounts: HashMap<AccountId, Account>,
    charged: HashMap<AccountId, Option<Charged>>,
    income_runs: HashMap<(Period, Day), bool>,
    income_plan: Option<Option<IncomePlan>>,
    lone_payouts: Option<LonePayouts>,
    operators: HashMap<UserId, Vec<Operator>>,
    holds: HashMap<PaymentId, Hold>,
    ended_sessions: HashMap<SessionId, Timestamp>,
    delegations: HashMap<Uuid, Vec<Delegation>>,
    members: HashMap<MemberId, Operator>,
    spending: HashMap<SpenderId, DaySpending>,
    refundable: HashMap<PaymentId, Refundable>,
    schedules: HashMap<ScheduleId, Schedule>,
    approvals: HashMap<ApprovalId, Approval>,
    recent: HashMap<AccountId, RecentPayments>,
    lives: HashMap<PaymentId, Life>,
    pairs: HashMap<(AccountId, AccountId), Pair>,
    checkouts: HashMap<CheckoutId, Checkout>,
    orders: HashMap<OrderKey, Option<CheckoutId>>,
    open_checkouts: HashMap<AccountId, usize>,
    checkout_of: HashMap<PaymentId, Option<CheckoutId>>,
}

impl Snapshot {
    pub fn of(state: &CommunityState) -> Self {
        Self {
            head: state.head.clone(),
            community: Arc::clone(&state.community),
            accounts: state.accounts.clone(),
            charged: state.charged.clone(),
            income_runs: state.income_runs.clone(),
            income_plan: state.income_plan,
            lone_payouts: state.lone_payouts.clone(),
            operators: state.operators.clone(),
            holds: state.holds.clone(),
            ended_sessions: state.ended_sessions.clone(),
            delegations: state.delegations.clone(),
            members: state.members.clone(),
            spending: state.spending.clone(),
            refundable: state.refundable.clone(),
            schedules: state.schedules.clone(),
            approvals: state.approvals.clone(),
            recent: state.recent.clone(),
            lives: state.lives.clone(),
            pairs: state.pairs.clone(),
            checkouts: state.checkouts.clone(),
            orders: state.orders.clone(),
            open_checkouts: state.open_checkouts.clone(),
            checkout_of: state.checkout_of.clone(),
        }
    }
}
