//! One-off allowances: an admin lets an account pass its credit limit, for one payment.

use super::amount::Amount;
use super::ids::AccountId;
use super::time::Timestamp;

/// How long an allowance may stand unused, in seconds: 366 days.
pub const ALLOWANCE_LIFE_S: i64 = 366 * 86_400;

/// That an account may pass its credit limit, by one payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// The most that the payment may be.
    pub amount: Amount,
    /// Before when it has to be made.
    pub until: Timestamp,
}

impl Allowance {
    /// Whether a payment of this amount at this time may use it.
    pub fn admits(&self, amount: Amount, now: Timestamp) -> bool {
        amount <= self.amount && now < self.until
    }
}

/// Let an account pass its credit limit by one payment, on other terms, or no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAllowance {
    /// The account.
    pub account_id: AccountId,
    /// On which terms; none for no longer.
    pub allowance: Option<Allowance>,
    /// Why.
    pub reason: String,
    /// The account's version that the change is based on, where whoever asks said so.
    pub if_version: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_admits_its_amount_before_its_end_and_nothing_else() {
        let allowance = Allowance { amount: Amount::from_minor(150), until: Timestamp::from_micros(1_000) };
        let admits = |minor, at| allowance.admits(Amount::from_minor(minor), Timestamp::from_micros(at));
        assert!(admits(150, 999) && admits(1, 0));
        assert!(!admits(151, 999) && !admits(150, 1_000) && !admits(1, 1_001));
    }
}
