//! Random commands about the community's fund: what goes into it beside payments, and what it pays out.

use proptest::option;
use proptest::prelude::*;

use super::contributions::charge_of;
use super::properties::Play;
use super::random::{FUND, NAMES, Step, Who, authority};
use super::support::{by, keyed, minor, set_status};
use crate::domain::account::AccountStatus;
use crate::domain::command::{Action, Authority, Command};
use crate::domain::fold::CommunityState;
use crate::domain::fund::{IncomePayment, IncomeRules, PayIncome, PayOut, Period, Qualification};
use crate::domain::income_plan::{IncomePlan, SetIncome};

/// What is asked of the fund, or for it.
#[derive(Debug, Clone)]
pub(super) enum FundOperation {
    /// What an account is asked for after one of a few months, mostly by the service.
    Charge { account: usize, month: u8, contribution: i64, holding: i64 },
    /// What the fund pays somebody.
    PayOut { payee: usize, amount: i64, key: Option<u8> },
    /// The income that the fund pays, by an admin who may be among those who get it; on top of these rules or of others.
    SetIncome { weekly: bool, amount: i64, is_own: bool, version_off: Option<i64> },
    /// Freezes the fund, or thaws it.
    Freeze { is_over: bool },
    /// The income of the period that comes next, or of another one, to some of all accounts, mostly by the service.
    PayIncome { back: u8, amount: Option<i64>, payees: [bool; NAMES.len() + 2], are_too_many: bool },
}

/// Often nothing, often a round amount that uses a limit up.
fn due() -> impl Strategy<Value = i64> {
    prop_oneof![2 => Just(0_i64), 3 => (1..=4_i64).prop_map(|n| n * 125), 1 => 1..=900_i64]
}

/// Any of them. One account more than there are, and the fund itself.
pub(super) fn operation() -> impl Strategy<Value = FundOperation> {
    let account = prop_oneof![12 => 0..NAMES.len(), 1 => NAMES.len()..NAMES.len() + 2];
    let charge =
        (account.clone(), 1..=8_u8, due(), due()).prop_map(|(account, month, contribution, holding)| {
            FundOperation::Charge { account, month, contribution, holding }
        });
    let amount = || prop_oneof![3 => (1..=4_i64).prop_map(|n| n * 125), 1 => 1..=900_i64];
    let pay_out = (account, amount(), option::weighted(0.4, 0..24_u8))
        .prop_map(|(payee, amount, key)| FundOperation::PayOut { payee, amount, key });
    let payees = proptest::array::uniform7(proptest::bool::weighted(0.6));
    let small = prop_oneof![3 => 1..=100_i64, 1 => amount()];
    let back = prop_oneof![4 => Just(0_u8), 1 => 1..=2_u8];
    let paid = option::weighted(0.9, small);
    let pay_income = (back, paid, payees, proptest::bool::weighted(0.1)).prop_map(
        |(back, amount, payees, are_too_many)| FundOperation::PayIncome {
            back,
            amount,
            payees,
            are_too_many,
        },
    );
    let version_off = prop_oneof![3 => Just(None), 2 => Just(Some(0_i64)), 1 => Just(Some(1))];
    let flag = proptest::bool::weighted;
    let set_income = (flag(0.5), prop_oneof![1 => Just(0_i64), 5 => amount()], flag(0.2), version_off)
        .prop_map(|(weekly, amount, is_own, version_off)| FundOperation::SetIncome {
            weekly,
            amount,
            is_own,
            version_off,
        });
    let freeze = flag(0.6).prop_map(|is_over| FundOperation::Freeze { is_over });
    prop_oneof![6 => charge, 4 => pay_out, 4 => set_income, 8 => pay_income, 1 => freeze]
}

impl Play {
    pub(super) fn fund_command(
        &self,
        step: &Step,
        operation: &FundOperation,
        state: &CommunityState,
    ) -> Command {
        match *operation {
            FundOperation::PayOut { payee, amount, key } => {
                let (fund_id, payee_id) = (self.accounts[FUND], self.accounts[payee]);
                let description = "for the roof".into();
                let action = Action::PayOut(PayOut { fund_id, payee_id, amount: minor(amount), description });
                let command = by(authority(step, 0, &self.users, &self.sessions), action);
                key.map_or_else(|| command.clone(), |key| keyed(command.clone(), &format!("k-{key}")))
            }
            FundOperation::SetIncome { weekly, amount, is_own, version_off } => {
                let every = if weekly { Period::Week } else { Period::Month };
                let (amount, who) = (minor(amount), Qualification::default());
                let rules = IncomeRules { version: 0, every, amount, who };
                let before = state.income_plan.flatten().map_or(0, |plan| plan.rules.version);
                let if_version = version_off.map(|off| before + off);
                let set = SetIncome { rules, is_own, reason: "decided".into(), if_version };
                by(authority(step, 0, &self.users, &self.sessions), Action::SetIncome(set))
            }
            FundOperation::Freeze { is_over } => {
                let status = if is_over { AccountStatus::Active } else { AccountStatus::Frozen };
                set_status(self.mostly_the_service(step), self.accounts[FUND], status)
            }
            FundOperation::PayIncome { back, amount, payees, are_too_many } => {
                let chosen = self.accounts.iter().zip(payees).filter(|(_, is_chosen)| *is_chosen);
                let payment = amount.map(|amount| IncomePayment {
                    fund_id: self.accounts[FUND],
                    description: "what is due".into(),
                    amount: minor(amount),
                    account_ids: chosen.map(|(id, _)| *id).collect(),
                    are_too_many,
                });
                let never = Period::Month.turn(&state.community, "2026-01-01".parse().unwrap()).unwrap();
                let plan = state.income_plan.flatten();
                let plan = plan.unwrap_or(IncomePlan { rules: IncomeRules::default(), next: never });
                let IncomeRules { version, every, .. } = plan.rules;
                let period = every.back(plan.next.period, back.into()).unwrap();
                let next = every.turn(&state.community, every.next(period).unwrap()).unwrap();
                let are_missed = payment.is_none();
                let pay = PayIncome { version, every, period, next, payment, are_missed };
                by(self.mostly_the_service(step), Action::PayIncome(pay))
            }
            FundOperation::Charge { account, month, contribution, holding } => {
                let month = format!("2026-{month:02}-01");
                let (account, fund) = (self.accounts[account], self.accounts[FUND]);
                let charge = charge_of(account, fund, &month, [contribution, holding]);
                by(self.mostly_the_service(step), Action::Charge(charge))
            }
        }
    }

    /// The service, or now and then somebody who takes its place.
    fn mostly_the_service(&self, step: &Step) -> Authority {
        match step.who {
            Who::Rightful | Who::Service => Authority::Service,
            Who::Someone { .. } => authority(step, 0, &self.users, &self.sessions),
        }
    }
}
