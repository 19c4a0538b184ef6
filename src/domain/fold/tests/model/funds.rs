//! The rules of the community's fund once more: what goes into it beside payments, and what it pays out.

use super::{BOUND, Model, insufficient, wide};
use crate::domain::account::AccountStatus;
use crate::domain::amount::{Amount, MOVEMENT_MAX_MINOR};
use crate::domain::command::{Action, Authority, Command};
use crate::domain::contributions::Charge;
use crate::domain::fold::CommunityState;
use crate::domain::fund::{IncomeRules, PayIncome, PayOut, Period};
use crate::domain::ids::{AccountId, PaymentId, UserId};
use crate::domain::income_plan::SetIncome;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scope;
use crate::domain::time::Timestamp;
use crate::domain::zone::{Day, TimeOfDay, Zone};

/// Until when an account was asked, and what it owes: as a contribution, and as a charge on its balance.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct ModelCharged {
    month: Day,
    owes: [i128; 2],
    times: i64,
}

/// The income that comes next: by which rules, which period, and when that ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct ModelIncome {
    pub version: i64,
    pub every: Period,
    pub amount: i128,
    pub period: Day,
    pub ends: Timestamp,
}

fn utc() -> Zone {
    "UTC".parse().unwrap()
}

/// What an admin paid alone: who, to whom, how much, when.
type Alone = (UserId, AccountId, i128, Timestamp);

/// How the fund pays.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct ModelFund {
    income: Option<ModelIncome>,
    alone: Vec<Alone>,
}

impl Model {
    pub(super) fn wrong_with_charging(&self, command: &Command, charge: &Charge, wrong: &mut Vec<Refusal>) {
        if !self.accounts.contains_key(&charge.account_id) {
            wrong.push(Refusal::NotFound(Thing::Account));
        }
        if command.authority != Authority::Service {
            wrong.push(Refusal::Forbidden);
        }
    }

    /// Does what a command says that may make several payments, of which these were made.
    pub fn perform_making(&mut self, command: &Command, made: &[PaymentId]) {
        match &command.action {
            Action::PayMany(many) => self.perform_many(command, many, made),
            Action::Charge(charge) => self.charge(charge, made),
            Action::PayIncome(pay) => self.pay_income(pay, made),
            _ => panic!("{command:?} makes one payment, or none"),
        }
    }

    fn charge(&mut self, charge: &Charge, made: &[PaymentId]) {
        let mut made = made.iter();
        let account = &self.accounts[&charge.account_id];
        let before = self.charged.get(&charge.account_id).copied();
        let is_asked = account.owner.is_some() && account.status != AccountStatus::Closed;
        if is_asked && before.is_none_or(|before| before.month < charge.month) {
            let owed = before.map_or([0, 0], |before| before.owes);
            // In this play every account is its member's first, and a tenth of what it holds is charged.
            let holds = charge.basis.stood.map_or(0, |stood| wide(stood.balance));
            let asked = [owed[0] + wide(charge.rules.amount), owed[1] + holds / 10];
            let owes = asked.map(|asked| asked - self.take(charge, asked, &mut made));
            let times = before.map_or(0, |before| before.times) + 1;
            self.charged.insert(charge.account_id, ModelCharged { month: charge.month, owes, times });
            self.told.push(if owes == [0, 0] { "a month is paid" } else { "something is left owing" });
        }
        assert_eq!(made.next(), None, "nothing else is paid");
    }

    /// All of it, if it can be had, or nothing.
    fn take<'a>(
        &mut self,
        charge: &Charge,
        asked: i128,
        made: &mut impl Iterator<Item = &'a PaymentId>,
    ) -> i128 {
        let amount = asked.min(MOVEMENT_MAX_MINOR.into());
        let (payer, fund) = (&self.accounts[&charge.account_id], &self.accounts[&charge.fund_id]);
        let can_pay = payer.takes_part() && payer.available() >= amount && payer.balance - amount >= -BOUND;
        let can_take = fund.takes_part() && fund.balance + amount <= fund.top();
        if amount == 0 || !can_pay || !can_take {
            return 0;
        }
        self.pay_beside(charge.account_id, charge.fund_id, amount, made.next().copied());
        amount
    }

    pub(super) fn wrong_with_paying_out(&self, command: &Command, pay: &PayOut, wrong: &mut Vec<Refusal>) {
        let Some(payee) = self.accounts.get(&pay.payee_id) else {
            return wrong.push(Refusal::NotFound(Thing::Payee));
        };
        let is_user = matches!(command.authority, Authority::User(_));
        if !is_user || !self.may_as_admin(command, Scope::LimitsWrite) {
            return wrong.push(Refusal::Forbidden);
        }
        if payee.owner.is_none() {
            return wrong.push(Refusal::SameAccount);
        }
        self.wrong_with_giving(pay.fund_id, pay.payee_id, wide(pay.amount), wrong);
    }

    /// What stands against the fund paying so much, whoever asks.
    pub(super) fn wrong_with_giving(
        &self,
        fund_id: AccountId,
        payee_id: AccountId,
        amount: i128,
        wrong: &mut Vec<Refusal>,
    ) {
        self.wrong_with_activity(fund_id, wrong);
        self.wrong_with_activity(payee_id, wrong);
        let fund = &self.accounts[&fund_id];
        if fund.available() < amount {
            wrong.push(insufficient(amount, fund));
        }
        self.wrong_with_receiving(payee_id, amount, wrong);
    }

    /// Whether another admin has to agree: above the amount, by itself or with what was paid alone in thirty days, and to whoever
    /// asks.
    pub(super) fn pay_out_needs_two(&self, user: UserId, pay: &PayOut, above: Option<Amount>) -> bool {
        let is_own = self.accounts[&pay.payee_id].owner == Some(user);
        let sum = |is_meant: &dyn Fn(&Alone) -> bool| -> i128 {
            let since = self.now.plus_seconds(-30 * 86_400);
            let all = self.fund.alone.iter().filter(|alone| alone.3 > since && is_meant(alone));
            wide(pay.amount) + all.map(|alone| alone.2).sum::<i128>()
        };
        let of_admin = sum(&|alone| alone.0 == user);
        let of_payee = sum(&|alone| alone.1 == pay.payee_id);
        is_own || above.is_some_and(|above| of_admin > wide(above) || of_payee > wide(above))
    }

    pub(super) fn pay_out_alone(&mut self, user: UserId, pay: &PayOut, id: Option<PaymentId>) {
        self.fund.alone.push((user, pay.payee_id, wide(pay.amount), self.now));
        self.pay_out(pay.fund_id, pay.payee_id, wide(pay.amount), id);
    }

    pub(super) fn wrong_with_setting_income(
        &self,
        command: &Command,
        set: &SetIncome,
        wrong: &mut Vec<Refusal>,
    ) {
        let is_user = matches!(command.authority, Authority::User(_));
        if !is_user || !self.may_as_admin(command, Scope::LimitsWrite) {
            return wrong.push(Refusal::Forbidden);
        }
        let version = self.fund.income.map_or(0, |income| income.version);
        if set.if_version.is_some_and(|expected| expected != version) {
            wrong.push(Refusal::PreconditionFailed);
        }
        self.wrong_with_the_time_for_income(wrong);
    }

    fn wrong_with_the_time_for_income(&self, wrong: &mut Vec<Refusal>) {
        if self.fund.income.is_some_and(|income| income.amount > 0 && income.ends <= self.asked_at) {
            wrong.push(Refusal::Conflict(ConflictReason::PeriodUnderWay));
        }
    }

    pub(super) fn wrong_with_agreeing_to_income(&self, rules: &IncomeRules, wrong: &mut Vec<Refusal>) {
        if rules.version != self.fund.income.map_or(0, |income| income.version) + 1 {
            wrong.push(Refusal::Conflict(ConflictReason::RulesChanged));
        }
        self.wrong_with_the_time_for_income(wrong);
    }

    /// The rules that somebody asks for, as they would hold.
    pub(super) fn wanted_income(&self, set: &SetIncome) -> IncomeRules {
        let version = self.fund.income.map_or(0, |income| income.version) + 1;
        IncomeRules { version, ..set.rules }
    }

    pub(super) fn set_income(&mut self, rules: &IncomeRules) {
        // The play's community has the clocks of UTC.
        let today = utc().day_of(self.asked_at).unwrap();
        let period = rules.every.first_day(today).unwrap();
        let following = rules.every.next(period).unwrap();
        let ends = utc().moment(following, TimeOfDay::MIDNIGHT).unwrap();
        let (version, every, amount) = (rules.version, rules.every, wide(rules.amount));
        self.fund.income = Some(ModelIncome { version, every, amount, period, ends });
        self.told.push("an income is set");
    }

    pub(super) fn pay_out(&mut self, fund: AccountId, payee: AccountId, amount: i128, id: Option<PaymentId>) {
        self.told.push("the fund pays somebody");
        self.pay_beside(fund, payee, amount, id);
    }

    pub(super) fn wrong_with_income(&self, command: &Command, pay: &PayIncome, wrong: &mut Vec<Refusal>) {
        assert!(pay.payment.as_ref().is_none_or(|payment| self.accounts.contains_key(&payment.fund_id)));
        if command.authority != Authority::Service {
            wrong.push(Refusal::Forbidden);
        }
    }

    fn pay_income(&mut self, turn: &PayIncome, made: &[PaymentId]) {
        let is_next = |income: &ModelIncome| {
            (income.version, income.every, income.period) == (turn.version, turn.every, turn.period)
        };
        let Some(income) = self.fund.income.filter(is_next) else {
            return assert!(made.is_empty(), "what does not come next has no turn");
        };
        let next = ModelIncome { period: turn.next.period, ends: turn.next.due_at, ..income };
        self.fund.income = Some(next);
        let Some(pay) = &turn.payment else {
            return assert!(made.is_empty(), "nothing is due");
        };
        let amount = wide(pay.amount);
        if self.incomes.contains_key(&(turn.every, turn.period)) {
            return assert!(made.is_empty(), "a period has its turn once");
        }
        let mut payees = Vec::new();
        for id in &pay.account_ids {
            let Some(account) = self.accounts.get(id) else { continue };
            let is_active = account.owner.is_some() && account.status == AccountStatus::Active;
            if is_active && account.balance + amount <= account.top() {
                payees.push(*id);
            }
        }
        let fund = &self.accounts[&pay.fund_id];
        let needed: i128 = payees.iter().map(|_| amount).sum();
        let outcome = if pay.are_too_many {
            "too_many"
        } else if payees.is_empty() {
            "nobody"
        } else if !fund.takes_part() {
            "fund_not_active"
        } else if fund.available() < needed {
            "fund_empty"
        } else {
            "paid"
        };
        self.incomes.insert((turn.every, turn.period), outcome);
        self.told.push(outcome);
        let paid = if outcome == "paid" { payees } else { Vec::new() };
        assert_eq!(paid.len(), made.len(), "all are paid, or nobody");
        for (payee, id) in paid.into_iter().zip(made) {
            self.pay_beside(pay.fund_id, payee, amount, Some(*id));
        }
    }

    /// Moves an amount that bears nothing.
    fn pay_beside(&mut self, payer: AccountId, payee: AccountId, amount: i128, id: Option<PaymentId>) {
        self.transfer(payer, payee, amount, (0, 0));
        self.note_paid(id, (payer, payee), amount, true);
    }

    /// Until when who was asked, and what is owed, are the same in the fold.
    pub fn compare_funds(&self, state: &CommunityState) {
        for (id, expected) in &self.charged {
            let found = state.charged[id].unwrap();
            let owes = [wide(found.owing.contribution), wide(found.owing.holding)];
            assert_eq!((found.month, owes, found.number), (expected.month, expected.owes, expected.times));
        }
        for (period, had_turn) in &state.income_runs {
            assert_eq!(*had_turn, self.incomes.contains_key(period));
        }
        assert!(self.incomes.keys().all(|period| state.income_runs.contains_key(period)));
        let plan = state.income_plan.flatten().map(|plan| ModelIncome {
            version: plan.rules.version,
            every: plan.rules.every,
            amount: wide(plan.rules.amount),
            period: plan.next.period,
            ends: plan.next.due_at,
        });
        assert_eq!(plan, self.fund.income);
    }
}
