//! What members contribute to their community's fund after each month: an amount of their own, and a charge on what an account
//! holds above an allowance, or owes beyond one.
//!
//! What cannot be taken, because of a limit or because an account is frozen, is left owing and asked for again with the
//! next month's.

use super::amount::{Amount, BALANCE_MAX_MINOR};
use super::coded::coded_enum;
use super::ids::AccountId;
use super::time::Timestamp;
use super::zone::Day;

/// The most that a contribution can be, in minor units.
pub const CONTRIBUTION_MAX_MINOR: i64 = 1_000_000_000;
/// The largest holding charge, in basis points a year: a tenth of what is above the allowance each month.
pub const HOLDING_BASIS_POINTS_MAX: i64 = 12_000;
/// How many parts a whole has, times the months of a year.
const PARTS_OF_YEAR: i128 = 10_000 * 12;
/// How many months come until the same one comes again.
const MONTHS_OF_YEAR: i64 = 12;

coded_enum! {
    /// How often members contribute.
    Every {
        /// After each month.
        Month = 1 "month",
        /// After each December.
        Year = 2 "year",
    }
}

/// A charge on one side of zero: nothing up to an allowance, and a share of what is beyond it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Holding {
    /// Up to this distance from zero nothing is charged.
    pub allowance: Amount,
    /// The share of what is beyond it, in basis points a year, a twelfth of which is charged each month.
    pub basis_points: i64,
}

impl Holding {
    /// Whether both parts are within their bounds.
    pub fn is_valid(self) -> bool {
        let is_allowed = !self.allowance.is_negative() && self.allowance.is_within(BALANCE_MAX_MINOR);
        is_allowed && (0..=HOLDING_BASIS_POINTS_MAX).contains(&self.basis_points)
    }

    /// A month's charge at this distance from zero, rounded down to the minor unit. No overflow: a balance times the basis
    /// points is far within 128 bits, and a tenth of it is no more than it.
    fn of(self, distance: i128) -> Amount {
        let beyond = (distance - i128::from(self.allowance.minor())).max(0);
        let charge = beyond * i128::from(self.basis_points) / PARTS_OF_YEAR;
        Amount::from_minor(i64::try_from(charge).unwrap_or(BALANCE_MAX_MINOR))
    }
}

/// A community's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContributionRules {
    /// Rises with each change, from zero.
    pub version: i64,
    /// How often members contribute.
    pub every: Every,
    /// How much, each time.
    pub amount: Amount,
    /// The charge on what an account holds.
    pub above: Holding,
    /// The charge on what an account owes.
    pub below: Holding,
}

impl Default for ContributionRules {
    fn default() -> Self {
        let (amount, holding) = (Amount::ZERO, Holding::default());
        Self { version: 0, every: Every::Month, amount, above: holding, below: holding }
    }
}

impl ContributionRules {
    /// Whether balances are charged for.
    pub const fn charge_holdings(&self) -> bool {
        self.above.basis_points > 0 || self.below.basis_points > 0
    }

    /// Whether anybody may be asked for something after one of the months from one on, and before another.
    pub fn ask_between(&self, from: Day, until: Day) -> bool {
        let mut months = (0..MONTHS_OF_YEAR).filter_map(|after| from.plus_months(after));
        let is_due = match self.every {
            Every::Month => from < until,
            Every::Year => months.any(|month| month < until && month.is_in_december()),
        };
        (self.charge_holdings() && from < until) || (self.amount.is_positive() && is_due)
    }

    /// What an account is asked for after a month, at the end of which it had this balance. A member contributes from one
    /// account, the first.
    pub fn dues(&self, month: Day, balance: Amount, is_first: bool) -> Dues {
        let is_due = is_first && (self.every == Every::Month || month.is_in_december());
        let distance = i128::from(balance.minor());
        let side = if balance.is_negative() { self.below } else { self.above };
        Dues {
            contribution: if is_due { self.amount } else { Amount::ZERO },
            holding: side.of(distance.abs()),
        }
    }
}

/// What an account is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dues {
    /// As a contribution.
    pub contribution: Amount,
    /// As a charge on its balance.
    pub holding: Amount,
}

impl Dues {
    /// Nothing.
    pub const NONE: Self = Self { contribution: Amount::ZERO, holding: Amount::ZERO };

    /// Whether there is nothing.
    pub fn are_none(self) -> bool {
        self == Self::NONE
    }

    /// Both together, as long as that is an amount.
    #[must_use]
    pub fn plus(self, more: Self) -> Self {
        let add = |one: Amount, other: Amount| {
            one.checked_add(other).unwrap_or(Amount::from_minor(BALANCE_MAX_MINOR))
        };
        Self {
            contribution: add(self.contribution, more.contribution),
            holding: add(self.holding, more.holding),
        }
    }
}

/// Until when an account was asked, and what it still owes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charged {
    /// The account.
    pub account_id: AccountId,
    /// The first day of the last month that it was asked for.
    pub month: Day,
    /// What could not be taken.
    pub owing: Dues,
    /// How many times it was asked with all kept by which that was judged.
    pub number: i64,
}

impl Charged {
    /// Whether a month was asked for, while it is another one. What was asked for months that have not passed yet, by a clock that
    /// was ahead, says nothing of those before.
    pub fn covers(&self, month: Day, this_month: Day) -> bool {
        self.month == month || (self.month > month && self.month < this_month)
    }
}

/// Take an account's dues of a month, once. For the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// The account.
    pub account_id: AccountId,
    /// The fund.
    pub fund_id: AccountId,
    /// The first day of the month.
    pub month: Day,
    /// The rules.
    pub rules: ContributionRules,
    /// What the rules look at.
    pub basis: Basis,
}

impl Charge {
    /// What the account is asked for, beside what it owes.
    pub fn dues(&self) -> Dues {
        let balance = self.basis.stood.map_or(Amount::ZERO, |stood| stood.balance);
        self.rules.dues(self.month, balance, self.basis.is_first)
    }
}

/// What rules look at to find out an account's dues of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Basis {
    /// When the month ended, by the community's clocks.
    pub month_end: Timestamp,
    /// Whether its member contributes from this account.
    pub is_first: bool,
    /// How it stood then; none where no balance is charged for.
    pub stood: Option<Stood>,
}

/// How an account stood at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stood {
    /// The place of the last entry before, among the account's; zero before the first.
    pub account_seq: i64,
    /// The balance behind it.
    pub balance: Amount,
}

/// What was taken of what an account was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taken {
    /// How much.
    pub amount: Amount,
    /// The place of its entry among the account's; none where nothing was taken.
    pub account_seq: Option<i64>,
}

/// That an account was asked, with all by which it was judged, as it is kept for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptCharge {
    /// The how manieth of the account's it is, from one.
    pub number: i64,
    /// What it was asked for, and why.
    pub charge: Charge,
    /// What it owed from before.
    pub owed: Dues,
    /// What was taken as a contribution.
    pub contribution: Taken,
    /// What was taken as a charge on its balance.
    pub holding: Taken,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn minor(minor: i64) -> Amount {
        Amount::from_minor(minor)
    }

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_year_is_asked_for_after_december_and_of_one_account() {
        let rules = ContributionRules { every: Every::Year, amount: minor(1_200), ..Default::default() };
        let asked = |month, is_first| rules.dues(day(month), minor(0), is_first).contribution.minor();
        assert_eq!(asked("2026-12-01", true), 1_200);
        assert_eq!((asked("2026-11-01", true), asked("2026-12-01", false)), (0, 0));
    }

    #[test]
    fn months_between_two_are_asked_for_where_something_is_due() {
        let yearly = ContributionRules { every: Every::Year, amount: minor(1), ..Default::default() };
        let asks = |rules: &ContributionRules, from, until| rules.ask_between(day(from), day(until));
        assert!(asks(&yearly, "2026-12-01", "2027-01-01") && asks(&yearly, "2026-02-01", "2036-02-01"));
        assert!(!asks(&yearly, "2027-01-01", "2027-12-01") && !asks(&yearly, "2026-12-01", "2026-12-01"));
        let monthly = ContributionRules { every: Every::Month, ..yearly };
        assert!(asks(&monthly, "2027-01-01", "2027-02-01") && !asks(&monthly, "2027-02-01", "2027-02-01"));
        let below = Holding { allowance: minor(0), basis_points: 1 };
        let nothing = ContributionRules { amount: minor(0), ..monthly };
        assert!(!asks(&nothing, "2027-01-01", "2028-01-01"));
        assert!(asks(&ContributionRules { below, ..nothing }, "2027-01-01", "2027-02-01"));
    }

    #[test]
    fn each_side_has_its_allowance() {
        let above = Holding { allowance: minor(10_000), basis_points: 1_200 };
        let below = Holding { allowance: minor(50_000), basis_points: 600 };
        let rules = ContributionRules { above, below, ..Default::default() };
        let month = day("2026-11-01");
        for (balance, charge) in [
            (10_000, 0),
            (10_099, 0),
            (10_100, 1),
            (20_000, 100),
            (0, 0),
            (-50_000, 0),
            (-50_200, 1),
            (-70_000, 100),
        ] {
            let dues = rules.dues(month, minor(balance), true);
            assert_eq!(dues, Dues { contribution: minor(0), holding: minor(charge) }, "{balance}");
        }
    }

    #[test]
    fn months_that_have_not_passed_stand_for_no_others() {
        let [april, may, june] = ["2027-04-01", "2027-05-01", "2027-06-01"].map(day);
        let account_id = AccountId::from_uuid(uuid::Uuid::nil());
        let until = |month| Charged { account_id, month, owing: Dues::NONE, number: 1 };
        assert!(
            until(may).covers(may, june) && until(may).covers(april, june) && until(may).covers(may, may)
        );
        assert!(!until(april).covers(may, june), "later");
        assert!(!until(day("2090-01-01")).covers(may, june) && !until(june).covers(may, june), "ahead");
    }

    proptest! {
        #[test]
        fn a_charge_is_never_more_than_is_beyond_the_allowance(
            balance in -BALANCE_MAX_MINOR..=BALANCE_MAX_MINOR,
            allowance in 0..=BALANCE_MAX_MINOR,
            basis_points in 0..=HOLDING_BASIS_POINTS_MAX,
        ) {
            let side = Holding { allowance: minor(allowance), basis_points };
            let rules = ContributionRules { above: side, below: side, ..Default::default() };
            prop_assert!(side.is_valid());
            let charge = i128::from(rules.dues(day("2026-02-01"), minor(balance), true).holding.minor());
            let beyond = (i128::from(balance).abs() - i128::from(allowance)).max(0);
            prop_assert!((0..=beyond).contains(&charge));
            // Less than a minor unit is left out, and in the member's favour.
            let exact = beyond * i128::from(basis_points);
            prop_assert!((0..PARTS_OF_YEAR).contains(&(exact - charge * PARTS_OF_YEAR)));
        }
    }
}
