//! Random commands about the community's fund: what goes into it beside payments, and what it pays out.

use proptest::option;
use proptest::prelude::*;

use super::properties::Play;
use super::random::{FUND, NAMES, Step, Who, authority};
use super::support::{by, keyed, minor};
use crate::domain::command::{Action, Authority, Command};
use crate::domain::contributions::{Charge, Dues};
use crate::domain::fund::{PayIncome, PayOut};

/// What is asked of the fund, or for it.
#[derive(Debug, Clone)]
pub(super) enum FundOperation {
    /// What an account is asked for after one of a few months, mostly by the service.
    Charge { account: usize, month: u8, contribution: i64, holding: i64 },
    /// What the fund pays somebody.
    PayOut { payee: usize, amount: i64, key: Option<u8> },
    /// The income of one of a few periods, to some of all accounts, mostly by the service.
    PayIncome { month: u8, amount: i64, payees: [bool; NAMES.len() + 2], are_too_many: bool },
}

/// Often nothing, often a round amount that uses a limit up.
fn due() -> impl Strategy<Value = i64> {
    prop_oneof![2 => Just(0_i64), 3 => (1..=4_i64).prop_map(|n| n * 125), 1 => 1..=900_i64]
}

/// Any of them. One account more than there are, and the fund itself.
pub(super) fn operation() -> impl Strategy<Value = FundOperation> {
    let account = prop_oneof![12 => 0..NAMES.len(), 1 => NAMES.len()..NAMES.len() + 2];
    let charge =
        (account.clone(), 1..=9_u8, due(), due()).prop_map(|(account, month, contribution, holding)| {
            FundOperation::Charge { account, month, contribution, holding }
        });
    let amount = || prop_oneof![3 => (1..=4_i64).prop_map(|n| n * 125), 1 => 1..=900_i64];
    let pay_out = (account, amount(), option::weighted(0.4, 0..24_u8))
        .prop_map(|(payee, amount, key)| FundOperation::PayOut { payee, amount, key });
    let payees = proptest::array::uniform7(proptest::bool::weighted(0.6));
    let small = prop_oneof![3 => 1..=100_i64, 1 => amount()];
    let pay_income = (1..=9_u8, small, payees, proptest::bool::weighted(0.1)).prop_map(
        |(month, amount, payees, are_too_many)| FundOperation::PayIncome {
            month,
            amount,
            payees,
            are_too_many,
        },
    );
    prop_oneof![3 => charge, 2 => pay_out, 2 => pay_income]
}

impl Play {
    pub(super) fn fund_command(&self, step: &Step, operation: &FundOperation) -> Command {
        match *operation {
            FundOperation::PayOut { payee, amount, key } => {
                let (fund_id, payee_id) = (self.accounts[FUND], self.accounts[payee]);
                let description = "for the roof".into();
                let action = Action::PayOut(PayOut { fund_id, payee_id, amount: minor(amount), description });
                let command = by(authority(step, 0, &self.users, &self.sessions), action);
                key.map_or_else(|| command.clone(), |key| keyed(command.clone(), &format!("k-{key}")))
            }
            FundOperation::PayIncome { month, amount, payees, are_too_many } => {
                let chosen = self.accounts.iter().zip(payees).filter(|(_, is_chosen)| *is_chosen);
                let pay = PayIncome {
                    fund_id: self.accounts[FUND],
                    period: format!("2026-{month:02}-01").parse().unwrap(),
                    description: format!("2026-{month:02}"),
                    amount: minor(amount),
                    account_ids: chosen.map(|(id, _)| *id).collect(),
                    are_too_many,
                };
                by(self.mostly_the_service(step), Action::PayIncome(pay))
            }
            FundOperation::Charge { account, month, contribution, holding } => {
                let charge = Charge {
                    account_id: self.accounts[account],
                    fund_id: self.accounts[FUND],
                    month: format!("2026-{month:02}-01").parse().unwrap(),
                    dues: Dues { contribution: minor(contribution), holding: minor(holding) },
                };
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
