//! What a community's fund pays out: single payments, as an admin decides, and an income to members who qualify, week by week or
//! month by month.
//!
//! An income is paid to all who qualify for a period or to nobody: where the fund has not enough for all of them, nobody gets any,
//! and that period is not made up for later.

use super::amount::Amount;
use super::coded::coded_enum;
use super::groups::MemberKind;
use super::ids::{AccountId, GroupId};
use super::income_plan::NextIncome;
use super::time::Timestamp;
use super::zone::Day;

/// The most that one member can get of an income each time, in minor units.
pub const INCOME_MAX_MINOR: i64 = 1_000_000_000;
/// The most members that get an income at once: as many payments as one transfer of a list has.
pub const INCOME_MEMBERS_MAX: usize = 10_000;
/// The longest that somebody must have been a member, in days.
pub const MEMBER_DAYS_MAX: i64 = 3_660;
/// The longest look back for trade, in days.
pub const TRADED_DAYS_MAX: i64 = 366;

/// Pay out of the fund, as an admin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayOut {
    /// The fund.
    pub fund_id: AccountId,
    /// Whom.
    pub payee_id: AccountId,
    /// How much.
    pub amount: Amount,
    /// What for: for the record, and for whoever gets it.
    pub description: String,
}

coded_enum! {
    /// How often an income is paid.
    Period {
        /// After each week, which ends with its Sunday.
        Week = 1 "week",
        /// After each month.
        Month = 2 "month",
    }
}

impl Period {
    /// The first day of the period in which a day is; none at the end of the calendar.
    pub fn first_day(self, of: Day) -> Option<Day> {
        match self {
            Self::Week => of.monday(),
            Self::Month => Some(of.first_of_month()),
        }
    }

    /// The first day of the next period, by the first of this; none at the end of the calendar.
    pub fn next(self, first: Day) -> Option<Day> {
        match self {
            Self::Week => first.plus_days(7),
            Self::Month => first.plus_months(1),
        }
    }
}

/// Who gets an income: active members of which all of this is true at the end of the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Qualification {
    /// They are of this kind.
    pub kind: Option<MemberKind>,
    /// They are in this group.
    pub group_id: Option<GroupId>,
    /// They have been members for so many days.
    pub member_days: i64,
    /// They paid somebody, or were paid, in so many days before.
    pub traded_days: Option<i64>,
}

/// A community's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IncomeRules {
    /// Rises with each change, from zero.
    pub version: i64,
    /// How often.
    pub every: Period,
    /// How much each member gets; zero for no income.
    pub amount: Amount,
    /// Who gets it.
    pub who: Qualification,
}

impl Default for IncomeRules {
    fn default() -> Self {
        let (amount, who) = (Amount::ZERO, Qualification::default());
        Self { version: 0, every: Period::Month, amount, who }
    }
}

/// Give the period that comes next its turn, once, and move on to another one. For the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayIncome {
    /// The version of the rules by which it was found out who gets what: by others, nothing happens.
    pub version: i64,
    /// How often, by these rules.
    pub every: Period,
    /// The first day of the period: where it does not come next, nothing happens.
    pub period: Day,
    /// What comes next from then on.
    pub next: NextIncome,
    /// What is paid; none where nothing is due, and the period has no turn.
    pub payment: Option<IncomePayment>,
    /// Whether all periods before the one that comes next have no turn, because they ended too long ago.
    pub are_missed: bool,
}

/// What is paid for a period, and to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomePayment {
    /// The fund.
    pub fund_id: AccountId,
    /// What the payments are for.
    pub description: String,
    /// What each gets.
    pub amount: Amount,
    /// Accounts of those who qualify, each once.
    pub account_ids: Vec<AccountId>,
    /// Whether more qualify than can be paid at once.
    pub are_too_many: bool,
}

coded_enum! {
    /// What came of a period's income.
    IncomeOutcome {
        /// All who qualified got it.
        Paid = 1 "paid",
        /// The fund had not enough for all, and nobody got it.
        FundEmpty = 2 "fund_empty",
        /// The fund was frozen or closed, and nobody got it.
        FundNotActive = 3 "fund_not_active",
        /// Nobody qualified.
        Nobody = 4 "nobody",
        /// More qualified than can be paid at once, and nobody got it.
        TooMany = 5 "too_many",
    }
}

/// What came of a period's income, as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IncomeRun {
    /// How often, by the rules of then.
    pub every: Period,
    /// The period's first day.
    pub period: Day,
    /// What came of it.
    pub outcome: IncomeOutcome,
    /// How many got it, or would have.
    pub members: i64,
    /// How many qualified whose account could take no more, or takes no part any more: they are left out.
    pub left_out: i64,
    /// What each got, or would have.
    pub amount: Amount,
    /// What the fund had to pay with.
    pub available: Amount,
    /// When.
    pub made_at: Timestamp,
    /// By which version of the rules, where that is known.
    pub version: Option<i64>,
}

impl IncomeRun {
    /// What was paid in all, or would have been; no overflow within the bounds of both.
    pub fn total(&self) -> Amount {
        total_of(self.amount, self.members)
    }
}

/// So many times an amount, as long as that is one.
pub fn total_of(amount: Amount, times: i64) -> Amount {
    Amount::from_minor(amount.minor().saturating_mul(times))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_begins_with_its_monday_or_its_first() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        for (period, of, first, next) in [
            (Period::Week, "2027-03-07", "2027-03-01", "2027-03-08"),
            (Period::Week, "2027-03-01", "2027-03-01", "2027-03-08"),
            (Period::Week, "2027-01-02", "2026-12-28", "2027-01-04"),
            (Period::Month, "2027-02-28", "2027-02-01", "2027-03-01"),
            (Period::Month, "2027-12-31", "2027-12-01", "2028-01-01"),
        ] {
            assert_eq!(period.first_day(day(of)), Some(day(first)), "{of}");
            assert_eq!(period.next(day(first)), Some(day(next)), "{of}");
        }
    }
}
