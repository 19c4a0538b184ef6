//! What the posting rules need to have looked up before they judge.

use uuid::Uuid;

use crate::domain::checkout::OrderKey;
use crate::domain::fund::Period;
use crate::domain::ids::{
    AccountId, ApprovalId, CheckoutId, MemberId, PaymentId, ScheduleId, SpenderId, UserId,
};
use crate::domain::zone::Day;

/// What the commands at hand need and the state has not looked up yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Missing {
    /// Accounts by id.
    pub accounts: Vec<AccountId>,
    /// Users whose members are unknown.
    pub users: Vec<UserId>,
    /// Payments whose holds are unknown.
    pub holds: Vec<PaymentId>,
    /// Apps' sessions and tellers whose spending is unknown.
    pub spenders: Vec<SpenderId>,
    /// Users and members of whom it is unknown where they were let act.
    pub delegates: Vec<Uuid>,
    /// Members whose standing is unknown, or is to be compared with the admins', who are unknown.
    pub members: Vec<MemberId>,
    /// Payments whose way back is asked for.
    pub refundable: Vec<PaymentId>,
    /// What is planned, by id.
    pub schedules: Vec<ScheduleId>,
    /// Accounts of which it is unknown what is planned from them.
    pub schedules_of: Vec<AccountId>,
    /// What needs two admins and is to be settled.
    pub approvals: Vec<ApprovalId>,
    /// Accounts of which it is unknown what is held for them.
    pub holds_for: Vec<AccountId>,
    /// Members whose accounts are unknown.
    pub accounts_of: Vec<MemberId>,
    /// Accounts whose recent payments are unknown.
    pub recent: Vec<AccountId>,
    /// Payments whose next step is asked for.
    pub lives: Vec<PaymentId>,
    /// Payers and payees between whom it is unknown what stands.
    pub pairs: Vec<(AccountId, AccountId)>,
    /// Accounts of which it is unknown until when they were asked for contributions.
    pub charged: Vec<AccountId>,
    /// Periods of which it is unknown whether their income had its turn.
    pub income_runs: Vec<(Period, Day)>,
    /// Whether the rules on the fund's income are unknown.
    pub income_plan: bool,
    /// Whether it is unknown what admins paid out of the fund alone.
    pub lone_payouts: bool,
    /// Checkouts by id.
    pub checkouts: Vec<CheckoutId>,
    /// Orders of which it is unknown whether a live checkout stands for them.
    pub orders: Vec<OrderKey>,
    /// Accounts of which it is unknown how many open checkouts they have.
    pub open_checkouts: Vec<AccountId>,
    /// Payments of which it is unknown whether a checkout made them.
    pub checkout_of: Vec<PaymentId>,
}

impl Missing {
    /// The same, with nothing named twice.
    pub(super) fn once_each(mut self) -> Self {
        once_each(&mut self.accounts);
        once_each(&mut self.users);
        once_each(&mut self.holds);
        once_each(&mut self.spenders);
        once_each(&mut self.delegates);
        once_each(&mut self.members);
        once_each(&mut self.refundable);
        once_each(&mut self.schedules);
        once_each(&mut self.schedules_of);
        once_each(&mut self.approvals);
        once_each(&mut self.holds_for);
        once_each(&mut self.accounts_of);
        once_each(&mut self.recent);
        once_each(&mut self.lives);
        once_each(&mut self.pairs);
        once_each(&mut self.charged);
        once_each(&mut self.income_runs);
        once_each(&mut self.checkouts);
        once_each(&mut self.orders);
        once_each(&mut self.open_checkouts);
        once_each(&mut self.checkout_of);
        self
    }

    /// Whether nothing is missing.
    pub const fn is_empty(&self) -> bool {
        self.accounts.is_empty()
            && self.users.is_empty()
            && self.holds.is_empty()
            && self.spenders.is_empty()
            && self.delegates.is_empty()
            && self.members.is_empty()
            && self.refundable.is_empty()
            && self.schedules.is_empty()
            && self.schedules_of.is_empty()
            && self.approvals.is_empty()
            && self.holds_for.is_empty()
            && self.accounts_of.is_empty()
            && self.recent.is_empty()
            && self.lives.is_empty()
            && self.pairs.is_empty()
            && self.charged.is_empty()
            && self.income_runs.is_empty()
            && !self.income_plan
            && !self.lone_payouts
            && self.checkouts.is_empty()
            && self.orders.is_empty()
            && self.open_checkouts.is_empty()
            && self.checkout_of.is_empty()
    }
}

fn once_each<T: Ord>(list: &mut Vec<T>) {
    list.sort_unstable();
    list.dedup();
}
