//! What a community has to expect to lose of what its members owe, and what it has set aside for that.
//!
//! An estimate by age: the longer a balance is below zero, the less of it comes back. The rates are stated, not learnt.

use thiserror::Error;

use super::account::AccountStatus;
use super::amount::Amount;
use super::coded::coded_enum;
use super::time::Timestamp;

/// Seconds of a day.
const DAY_S: i64 = 86_400;
/// All of an amount, in basis points.
const WHOLE_BP: i128 = 10_000;

coded_enum! {
    /// How old a debt is, or that its account is held back.
    LossBucket {
        /// Below zero for less than 90 days.
        Fresh = 1 "under_90_days",
        /// For 90 to 179 days.
        Quarter = 2 "90_to_179_days",
        /// For 180 to 364 days.
        HalfYear = 3 "180_to_364_days",
        /// For a year or longer.
        Year = 4 "365_days_or_more",
        /// Of an account that is frozen, or whose member is leaving, however old.
        HeldBack = 5 "frozen_or_leaving",
    }
}

impl LossBucket {
    /// How much of it is expected to be lost, in basis points.
    pub const fn rate_bp(self) -> i64 {
        match self {
            Self::Fresh => 100,
            Self::Quarter => 500,
            Self::HalfYear => 2_000,
            Self::Year | Self::HeldBack => 5_000,
        }
    }

    /// In which a debt belongs.
    pub fn of(debt: &Debt, now: Timestamp) -> Self {
        if matches!(debt.status, AccountStatus::Frozen | AccountStatus::Leaving) {
            return Self::HeldBack;
        }
        let since = debt.negative_since.unwrap_or(now);
        let days = (now.unix_seconds() - since.unix_seconds()).div_euclid(DAY_S);
        match days {
            ..90 => Self::Fresh,
            90..180 => Self::Quarter,
            180..365 => Self::HalfYear,
            365.. => Self::Year,
        }
    }
}

/// A member's balance below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Debt {
    /// Whether the account takes part.
    pub status: AccountStatus,
    /// Below zero.
    pub balance: Amount,
    /// Since when it has been below zero.
    pub negative_since: Option<Timestamp>,
}

/// The debts of one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LossLine {
    /// Which.
    pub bucket: LossBucket,
    /// How many accounts.
    pub accounts: usize,
    /// What they owe together; zero or more.
    pub owed: Amount,
    /// How much of it is expected to be lost, rounded up to the minor unit.
    pub loss: Amount,
}

/// Sums that no community has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the debts of the community are beyond all bounds")]
pub struct OutOfRange;

/// Each bucket with its debts, the youngest first.
///
/// # Errors
/// Where sums are beyond the range of amounts.
pub fn expected_loss(debts: &[Debt], now: Timestamp) -> Result<Vec<LossLine>, OutOfRange> {
    let line = |bucket: LossBucket| {
        let own = debts.iter().filter(|debt| LossBucket::of(debt, now) == bucket);
        let (mut accounts, mut owed) = (0, 0_i128);
        for debt in own {
            accounts += 1;
            owed += i128::from(debt.balance.minor()).abs();
        }
        let rate = i128::from(bucket.rate_bp());
        let loss = (owed * rate + WHOLE_BP - 1) / WHOLE_BP;
        let amount = |minor: i128| i64::try_from(minor).map(Amount::from_minor).map_err(|_| OutOfRange);
        Ok(LossLine { bucket, accounts, owed: amount(owed)?, loss: amount(loss)? })
    };
    LossBucket::ALL.iter().map(|bucket| line(*bucket)).collect()
}

/// All buckets together.
pub fn total_loss(lines: &[LossLine]) -> Amount {
    let sum: i128 = lines.iter().map(|line| i128::from(line.loss.minor())).sum();
    Amount::from_minor(i64::try_from(sum).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn debt(status: AccountStatus, minor: i64, days: i64) -> Debt {
        let negative_since = Some(Timestamp::from_micros(0).plus_seconds(-days * DAY_S));
        Debt { status, balance: Amount::from_minor(-minor), negative_since }
    }

    #[test]
    fn each_debt_counts_once_by_its_age_and_losses_are_rounded_up() {
        use AccountStatus::{Active, Frozen, Leaving};
        let debts = [
            debt(Active, 100, 0),
            debt(Active, 101, 89),
            debt(Active, 1_000, 90),
            debt(Active, 10, 179),
            debt(Active, 500, 180),
            debt(Active, 500, 364),
            debt(Active, 7, 365),
            debt(Active, 8, 4_000),
            debt(Frozen, 30, 1),
            debt(Leaving, 31, 1_000),
        ];
        let lines = expected_loss(&debts, Timestamp::from_micros(0)).unwrap();
        let told: Vec<_> =
            lines.iter().map(|line| (line.accounts, line.owed.minor(), line.loss.minor())).collect();
        // 2.01, 50.5, 200, 7.5 and 30.5, each up.
        assert_eq!(told, [(2, 201, 3), (2, 1_010, 51), (2, 1_000, 200), (2, 15, 8), (2, 61, 31)]);
        assert_eq!(total_loss(&lines), Amount::from_minor(293));
        assert_eq!(expected_loss(&[], Timestamp::from_micros(0)).unwrap().len(), 5);
        let huge = [debt(Active, i64::MAX, 0), debt(Active, i64::MAX, 0)];
        assert_eq!(expected_loss(&huge, Timestamp::from_micros(0)), Err(OutOfRange));
    }
}
