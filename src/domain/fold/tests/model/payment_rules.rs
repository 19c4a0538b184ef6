//! The rules of how much and how often accounts pay once more: all that was paid, added up each time. The play's community
//! lives by UTC.

use super::Model;
use crate::domain::amount::Amount;
use crate::domain::ids::AccountId;
use crate::domain::payment_rules::{LimitReached, Period};
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;

/// Which day, week or month a time is in.
fn number(period: Period, at: Timestamp) -> i64 {
    let day = at.unix_seconds().div_euclid(86_400);
    match period {
        Period::Day => day,
        // 1970-01-01 was a Thursday.
        Period::Week => (day + 3).div_euclid(7),
        Period::Month => at.month(),
    }
}

impl Model {
    pub(super) fn count(&mut self, payer: AccountId, amount: i128) {
        if self.accounts[&payer].rules.bound_payments() {
            self.counted.push((payer, self.now, amount));
        }
    }

    pub(super) fn wrong_with_counting(&self, payer: AccountId, amount: i128, wrong: &mut Vec<Refusal>) {
        let Some(account) = self.accounts.get(&payer) else { return };
        for (period, limit) in Period::ALL.iter().copied().zip(account.rules.limits) {
            let is_same = |at| number(period, at) == number(period, self.now);
            let of_period: Vec<i128> = self
                .counted
                .iter()
                .filter(|(id, at, _)| *id == payer && is_same(*at))
                .map(|(_, _, amount)| *amount)
                .collect();
            let spent: i128 = of_period.iter().sum();
            let amount_left = limit.amount.map(|most| (i128::from(most.minor()) - spent).max(0));
            let made = i64::try_from(of_period.len()).unwrap();
            let payments_left = limit.payments.map(|most| (most - made).max(0));
            if amount_left.is_some_and(|left| amount > left) || payments_left == Some(0) {
                let amount_left = amount_left.map(|left| Amount::from_minor(i64::try_from(left).unwrap()));
                wrong.push(Refusal::PaymentLimitReached(LimitReached { period, amount_left, payments_left }));
                return;
            }
        }
    }
}
