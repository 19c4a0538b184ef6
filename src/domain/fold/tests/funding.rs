//! Random commands about the community's fund: what goes into it beside payments, and what it pays out.

use proptest::prelude::*;

use super::properties::Play;
use super::random::{FUND, NAMES, Step, Who, authority};
use super::support::{by, minor};
use crate::domain::command::{Action, Authority, Command};
use crate::domain::contributions::{Charge, Dues};

/// What is asked of the fund, or for it.
#[derive(Debug, Clone)]
pub(super) enum FundOperation {
    /// What an account is asked for after one of a few months, mostly by the service.
    Charge { account: usize, month: u8, contribution: i64, holding: i64 },
}

/// Often nothing, often a round amount that uses a limit up.
fn due() -> impl Strategy<Value = i64> {
    prop_oneof![2 => Just(0_i64), 3 => (1..=4_i64).prop_map(|n| n * 125), 1 => 1..=900_i64]
}

/// Any of them. One account more than there are, and the fund itself.
pub(super) fn operation() -> impl Strategy<Value = FundOperation> {
    let account = prop_oneof![12 => 0..NAMES.len(), 1 => NAMES.len()..NAMES.len() + 2];
    (account, 1..=9_u8, due(), due()).prop_map(|(account, month, contribution, holding)| {
        FundOperation::Charge { account, month, contribution, holding }
    })
}

impl Play {
    pub(super) fn fund_command(&self, step: &Step, operation: &FundOperation) -> Command {
        match *operation {
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
