//! What the posting rules look at. Loaded by the caller, complete for the commands at hand.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use uuid::Uuid;

use super::missing::Missing;
use crate::domain::account::Account;
use crate::domain::approval::{Act, Approval};
use crate::domain::checkout::{Checkout, OrderKey};
use crate::domain::command::{Action, Command};
use crate::domain::community::Community;
use crate::domain::contributions::Charged;
use crate::domain::delegation::{Delegate, Delegation};
use crate::domain::duplicates::RecentPayments;
use crate::domain::fund::Period;
use crate::domain::ids::{
    AccountId, ApprovalId, CheckoutId, MemberId, PaymentId, ScheduleId, SessionId, SpenderId, UserId,
};
use crate::domain::income_plan::IncomePlan;
use crate::domain::lone_payouts::LonePayouts;
use crate::domain::member::Operator;
use crate::domain::payment::{Hold, Life, PaymentState, Refundable};
use crate::domain::records::Head;
use crate::domain::schedule::{Maker, Schedule};
use crate::domain::spending::DaySpending;
use crate::domain::time::Timestamp;
use crate::domain::trust::Pair;
use crate::domain::zone::Day;

/// The part of a community's state that is in memory. What was looked up and is absent counts as absent.
#[derive(Debug, Clone)]
pub struct CommunityState {
    /// The community's facts.
    pub community: Arc<Community>,
    /// Where its order stands.
    pub head: Head,
    /// The accounts that were looked up.
    pub accounts: HashMap<AccountId, Account>,
    /// For each user that was looked up, the members whose accounts they operate; empty for a stranger.
    pub operators: HashMap<UserId, Vec<Operator>>,
    /// The holds that were looked up, open and ended.
    pub holds: HashMap<PaymentId, Hold>,
    /// All sessions ended in this community whose access tokens may not have expired yet.
    pub ended_sessions: HashMap<SessionId, Timestamp>,
    /// What apps with a ceiling for the day, and tellers, spent last, for those that were looked up.
    pub spending: HashMap<SpenderId, DaySpending>,
    /// For each user and member that was looked up, at which accounts they were let act.
    pub delegations: HashMap<Uuid, Vec<Delegation>>,
    /// The members whose standing was looked up.
    pub members: HashMap<MemberId, Operator>,
    /// Whether all admins are among them.
    pub knows_admins: bool,
    /// The payments that were looked up for their way back.
    pub refundable: HashMap<PaymentId, Refundable>,
    /// What is planned and was looked up.
    pub schedules: HashMap<ScheduleId, Schedule>,
    /// The accounts of which everything that is planned from them and has not ended is there.
    pub knows_schedules_of: HashSet<AccountId>,
    /// What was looked up of that which needs two admins.
    pub approvals: HashMap<ApprovalId, Approval>,
    /// The accounts for which all open holds of others' money are there.
    pub knows_holds_for: HashSet<AccountId>,
    /// The members of whom all accounts are there.
    pub knows_accounts_of: HashSet<MemberId>,
    /// What accounts paid a short while ago, for those that were looked up.
    pub recent: HashMap<AccountId, RecentPayments>,
    /// The payments that were looked up for their next step, and those that one awaits.
    pub lives: HashMap<PaymentId, Life>,
    /// What stands between payers and payees, for those that were looked up.
    pub pairs: HashMap<(AccountId, AccountId), Pair>,
    /// Until when accounts were asked for contributions, of those that were looked up; none for those that never were.
    pub charged: HashMap<AccountId, Option<Charged>>,
    /// Whether the income of a period had its turn, of those that were looked up, by its first day.
    pub income_runs: HashMap<(Period, Day), bool>,
    /// The rules on the fund's income with what comes next, where that was looked up; none inside where there never were any.
    pub income_plan: Option<Option<IncomePlan>>,
    /// What admins paid out of the fund alone, where that was looked up.
    pub lone_payouts: Option<LonePayouts>,
    /// The checkouts that were looked up.
    pub checkouts: HashMap<CheckoutId, Checkout>,
    /// The live checkout of each order that was looked up; none where there is none.
    pub orders: HashMap<OrderKey, Option<CheckoutId>>,
    /// How many open checkouts accounts have, of those that were counted.
    pub open_checkouts: HashMap<AccountId, usize>,
    /// The checkout that each payment which was looked up was made by; none for those that no checkout made.
    pub checkout_of: HashMap<PaymentId, Option<CheckoutId>>,
}

impl CommunityState {
    /// A community's facts and head, with nothing looked up.
    pub fn new(community: Arc<Community>, head: Head, ended_sessions: HashMap<SessionId, Timestamp>) -> Self {
        Self {
            community,
            head,
            accounts: HashMap::new(),
            operators: HashMap::new(),
            holds: HashMap::new(),
            ended_sessions,
            spending: HashMap::new(),
            delegations: HashMap::new(),
            members: HashMap::new(),
            knows_admins: false,
            refundable: HashMap::new(),
            schedules: HashMap::new(),
            knows_schedules_of: HashSet::new(),
            approvals: HashMap::new(),
            knows_holds_for: HashSet::new(),
            knows_accounts_of: HashSet::new(),
            recent: HashMap::new(),
            lives: HashMap::new(),
            pairs: HashMap::new(),
            charged: HashMap::new(),
            income_runs: HashMap::new(),
            income_plan: None,
            lone_payouts: None,
            checkouts: HashMap::new(),
            orders: HashMap::new(),
            open_checkouts: HashMap::new(),
            checkout_of: HashMap::new(),
        }
    }

    /// What must be looked up before these commands are folded. A payment's hold and accounts are asked for once the
    /// payment is there, so a caller repeats the question until nothing is missing or nothing new is found.
    pub fn missing_for<'c>(&self, commands: impl Iterator<Item = &'c Command>) -> Missing {
        let mut missing = Missing::default();
        for command in commands {
            missing
                .income_runs
                .extend(command.income_period().filter(|period| !self.income_runs.contains_key(period)));
            missing.income_plan |= command.needs_income_plan() && self.income_plan.is_none();
            missing.lone_payouts |= command.needs_lone_payouts() && self.lone_payouts.is_none();
            missing.charged.extend(command.charged_id().filter(|id| !self.charged.contains_key(id)));
            let pair = command.pair();
            missing.pairs.extend(pair.filter(|pair| !self.pairs.contains_key(pair)));
            let trust = pair.and_then(|pair| self.pairs.get(&pair)).and_then(|pair| pair.trust);
            // On the word of whoever trusts it may be paid.
            let users = command.user_id().into_iter().chain(trust.map(|trust| trust.trusted_by));
            missing.users.extend(users.filter(|id| !self.operators.contains_key(id)));
            missing.spenders.extend(command.spender_id().filter(|id| !self.spending.contains_key(id)));
            let refunded = command.refunded_id().map(|id| self.refundable.get(&id).ok_or(id));
            let refunder =
                refunded.and_then(Result::ok).and_then(|paid| Some((command.user_id()?, paid.payee_id)));
            let life = command.life_id().map(|id| self.lives.get(&id).ok_or(id));
            // Whatever the next step is: to look up too much costs little.
            let stepper = life.and_then(Result::ok);
            let stepper = stepper.and_then(|life| Some((command.user_id()?, life.payment.payer.account_id)));
            let planned = command.schedule_id().map(|id| self.schedules.get(&id).ok_or(id));
            let plan = planned.and_then(Result::ok);
            let runs = matches!(command.action, Action::RunSchedule(_));
            let maker = plan.filter(|_| runs).map(|schedule| &schedule.maker);
            missing
                .users
                .extend(maker.map(|maker| maker.user_id).filter(|id| !self.operators.contains_key(id)));
            let app = maker.and_then(Maker::spender_id);
            missing.spenders.extend(app.filter(|id| !self.spending.contains_key(id)));
            let spender_id = maker.map(|maker| maker.user_id).or(command.user_id());
            let planner = plan.and_then(|schedule| Some((spender_id?, schedule.payer_id)));
            let spends = command.payments().iter().filter_map(|pay| Some((command.user_id()?, pay.payer_id)));
            let spends = spends.chain(refunder).chain(planner).chain(stepper);
            let tellers = spends.filter_map(|(user_id, account_id)| self.teller(user_id, account_id));
            let tellers = tellers.map(|given| SpenderId::from(given.id));
            missing.spenders.extend(tellers.filter(|id| !self.spending.contains_key(id)));
            let delegate = command.delegate().map(Delegate::uuid);
            missing.delegates.extend(delegate.filter(|id| !self.delegations.contains_key(id)));
            let is_unknown = |id: &MemberId| !self.knows_admins || !self.members.contains_key(id);
            missing.members.extend(command.member_id().filter(is_unknown));
            // An account that is thawed takes part as its member does.
            let thawed = match &command.action {
                Action::SetStatus(change) => self.accounts.get(&change.account_id),
                _ => None,
            };
            missing.members.extend(thawed.and_then(|account| account.member_id).filter(is_unknown));
            let approval = command.approval_id().and_then(|id| self.approvals.get(&id));
            let ending = approval.and_then(|approval| approval.act.ending_id());
            let merged = match &command.action {
                Action::Merge(ask) => Some(ask.account_id),
                _ => ending,
            };
            missing.holds_for.extend(merged.filter(|id| !self.knows_holds_for.contains(id)));
            // Its member goes with it, and with the member what it was let do as a broker.
            let merged = merged.and_then(|id| self.accounts.get(&id)).and_then(|account| account.member_id);
            missing.members.extend(merged.filter(is_unknown));
            missing.accounts_of.extend(merged.filter(|id| !self.knows_accounts_of.contains(id)));
            let broker = merged.map(MemberId::uuid).filter(|id| !self.delegations.contains_key(id));
            missing.delegates.extend(broker);
            let compared = command.payments().iter().filter(|pay| !pay.allow_duplicate);
            let compared = compared.map(|pay| pay.payer_id);
            missing.recent.extend(compared.filter(|id| !self.recent.contains_key(id)));
            let mut account_ids = command.account_ids();
            match life {
                Some(Ok(Life { payment, .. })) => {
                    account_ids.extend([payment.payer.account_id, payment.payee.account_id]);
                    let has_hold = payment.state == PaymentState::Authorised;
                    missing
                        .holds
                        .extend(has_hold.then_some(payment.id).filter(|id| !self.holds.contains_key(id)));
                    let has_checkout = has_hold.then_some(payment.id);
                    missing.checkout_of.extend(has_checkout.filter(|id| !self.checkout_of.contains_key(id)));
                }
                Some(Err(id)) => missing.lives.push(id),
                None => {}
            }
            account_ids.extend(self.missing_for_checkout(command, &mut missing));
            match refunded {
                Some(Ok(paid)) => account_ids.extend([paid.payer_id, paid.payee_id]),
                Some(Err(id)) => missing.refundable.push(id),
                None => {}
            }
            match planned {
                Some(Ok(schedule)) => account_ids.extend([schedule.payer_id, schedule.payee_id]),
                Some(Err(id)) => missing.schedules.push(id),
                None => {}
            }
            account_ids.extend(self.community.fees.live_fund().filter(|_| command.may_bear_fees()));
            account_ids.extend(self.community.fees.fund_id.filter(|_| command.may_give_fees_back()));
            let of_accounts = command.planning_account_ids().into_iter().chain(ending);
            missing.schedules_of.extend(of_accounts.filter(|id| !self.knows_schedules_of.contains(id)));
            if let Some(id) = command.approval_id() {
                account_ids.extend(self.missing_for_approval(id, &mut missing));
            }
            missing.accounts.extend(account_ids.into_iter().filter(|id| !self.accounts.contains_key(id)));
        }
        missing.once_each()
    }

    /// Adds what must be looked up before a checkout is made or taken further. The account that it names.
    fn missing_for_checkout(&self, command: &Command, missing: &mut Missing) -> Option<AccountId> {
        missing.orders.extend(command.order_key().filter(|key| !self.orders.contains_key(key)));
        let seller = command.selling_account();
        missing.open_checkouts.extend(seller.filter(|id| !self.open_checkouts.contains_key(id)));
        // What was paid in two moneys goes back in both.
        let refunded = command.refunded_id();
        missing.checkout_of.extend(refunded.filter(|id| !self.checkout_of.contains_key(id)));
        let id = command.checkout_id()?;
        let Some(checkout) = self.checkouts.get(&id) else {
            missing.checkouts.push(id);
            return None;
        };
        let teller = command.user_id().zip(command.approving_payer());
        let teller = teller.and_then(|(user_id, account_id)| self.teller(user_id, account_id));
        let teller = teller.map(|given| SpenderId::from(given.id));
        missing.spenders.extend(teller.filter(|id| !self.spending.contains_key(id)));
        Some(checkout.payee.account_id)
    }

    /// Remembers a checkout as it is now, with the order and the payment by which it is found.
    pub fn know_checkout(&mut self, checkout: Checkout) {
        if checkout.state.is_live() {
            self.orders.insert(checkout.order_key, Some(checkout.id));
        } else if self.orders.get(&checkout.order_key) == Some(&Some(checkout.id)) {
            self.orders.insert(checkout.order_key, None);
        }
        if let Some(payment_id) = checkout.payment_id {
            self.checkout_of.insert(payment_id, Some(checkout.id));
        }
        self.checkouts.insert(checkout.id, checkout);
    }

    /// Remembers checkouts as they are now.
    pub fn know_checkouts(&mut self, checkouts: Vec<Checkout>) {
        for checkout in checkouts {
            self.know_checkout(checkout);
        }
    }

    /// Adds what must be looked up before something that needs two admins is settled. The accounts that it names.
    fn missing_for_approval(&self, id: ApprovalId, missing: &mut Missing) -> Vec<AccountId> {
        let Some(approval) = self.approvals.get(&id) else {
            missing.approvals.push(id);
            return Vec::new();
        };
        let act = &approval.act;
        let mut account_ids: Vec<_> = act.account_id().into_iter().chain(act.other_id()).collect();
        match act.payment_id().map(|id| self.refundable.get(&id).ok_or(id)) {
            Some(Ok(paid)) => account_ids.extend([paid.payer_id, paid.payee_id]),
            Some(Err(id)) => missing.refundable.push(id),
            None => {}
        }
        let undone = act.payment_id();
        missing.checkout_of.extend(undone.filter(|id| !self.checkout_of.contains_key(id)));
        missing.income_plan |= matches!(act, Act::SetIncome(_)) && self.income_plan.is_none();
        missing.users.extend(Some(approval.asked_by).filter(|id| !self.operators.contains_key(id)));
        account_ids
    }

    /// Takes over what another state of the same community looked up. Both are of one version, at which whatever both
    /// know is the same.
    ///
    /// # Panics
    /// When they are not: what is remembered would be wrong.
    pub fn absorb(&mut self, other: Self) {
        assert!(self.community.id == other.community.id && self.head.version == other.head.version);
        // Each by its name, so that what is added above is not forgotten here.
        let Self {
            community: _,
            head: _,
            accounts,
            operators,
            holds,
            ended_sessions,
            spending,
            delegations,
            members,
            knows_admins,
            refundable,
            schedules,
            knows_schedules_of,
            approvals,
            knows_holds_for,
            knows_accounts_of,
            recent,
            lives,
            pairs,
            charged,
            income_runs,
            income_plan,
            lone_payouts,
            checkouts,
            orders,
            open_checkouts,
            checkout_of,
        } = other;
        self.accounts.extend(accounts);
        self.operators.extend(operators);
        self.holds.extend(holds);
        self.ended_sessions.extend(ended_sessions);
        self.spending.extend(spending);
        self.delegations.extend(delegations);
        self.members.extend(members);
        self.knows_admins |= knows_admins;
        self.refundable.extend(refundable);
        self.schedules.extend(schedules);
        self.knows_schedules_of.extend(knows_schedules_of);
        self.approvals.extend(approvals);
        self.knows_holds_for.extend(knows_holds_for);
        self.knows_accounts_of.extend(knows_accounts_of);
        self.recent.extend(recent);
        self.lives.extend(lives);
        self.pairs.extend(pairs);
        self.charged.extend(charged);
        self.income_runs.extend(income_runs);
        self.income_plan = self.income_plan.or(income_plan);
        self.lone_payouts = self.lone_payouts.take().or(lone_payouts);
        self.checkouts.extend(checkouts);
        self.orders.extend(orders);
        self.open_checkouts.extend(open_checkouts);
        self.checkout_of.extend(checkout_of);
    }

    /// How many looked-up things this holds, for a bound on memory.
    pub fn size(&self) -> usize {
        self.accounts.len()
            + self.operators.len()
            + self.holds.len()
            + self.spending.len()
            + self.delegations.len()
            + self.members.len()
            + self.refundable.len()
            + self.schedules.len()
            + self.approvals.len()
            + self.recent.len()
            + self.lives.len()
            + self.pairs.len()
            + self.charged.len()
            + self.income_runs.len()
            + self.lone_payouts.as_ref().map_or(0, LonePayouts::len)
            + self.checkouts.len()
            + self.orders.len()
            + self.open_checkouts.len()
            + self.checkout_of.len()
    }

    /// What the account's owner gave to the user, or to the member, with this id.
    pub(super) fn delegation(&self, delegate: Uuid, account_id: AccountId) -> Option<&Delegation> {
        self.delegations.get(&delegate)?.iter().find(|given| given.account_id == account_id)
    }

    /// What makes the user a teller of the account.
    pub(super) fn teller(&self, user_id: UserId, account_id: AccountId) -> Option<&Delegation> {
        self.delegation(user_id.uuid(), account_id)
    }
}
