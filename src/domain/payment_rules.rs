//! What a community's policy says of an account's payments beside its limits: how much and how often it may pay in a day,
//! a week and a month, and from where on it is warned. What it has paid in them is counted with the account.
//!
//! Days, weeks and months begin at midnight by the community's clocks; a week on Monday.

use std::str::FromStr;

use super::account::Account;
use super::amount::Amount;
use super::coded::coded_enum;
use super::limit_policy::WHOLE_SHARE;
use super::time::Timestamp;
use super::zone::{Day, Zone};

/// The most payments that a limit can speak of.
pub const PAYMENTS_MAX: i64 = 1_000_000;
/// What stands for nothing.
const NOTHING: &str = "-";

coded_enum! {
    /// In which time payments are counted; shortest first.
    Period {
        /// A day.
        Day = 1 "day",
        /// A week, from Monday.
        Week = 2 "week",
        /// A month of the calendar.
        Month = 3 "month",
    }
}

impl Period {
    /// The first day of the one that a day is in; none before the calendar's beginning.
    fn first_day(self, day: Day) -> Option<Day> {
        match self {
            Self::Day => Some(day),
            Self::Week => day.monday(),
            Self::Month => Some(day.first_of_month()),
        }
    }
}

/// How much and how often an account may pay in one period; none for no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PaymentLimit {
    /// How much, in minor units.
    pub amount: Option<Amount>,
    /// How often.
    pub payments: Option<i64>,
}

impl PaymentLimit {
    const fn is_none(self) -> bool {
        self.amount.is_none() && self.payments.is_none()
    }
}

/// What a policy says of an account's payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PaymentRules {
    /// At which share of its credit limit or ceiling the account is warned, in hundredths of a percent; none for never.
    pub warn_at: Option<i64>,
    /// How much and how often it may pay, in the order of [`Period::ALL`].
    pub limits: [PaymentLimit; 3],
}

/// What an account paid in one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// The period's first day.
    pub since: Day,
    /// How much, in minor units.
    pub amount: Amount,
    /// How often.
    pub payments: i64,
}

/// What an account paid in the newest day, week and month in which it was counted, in the order of [`Period::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Paid(pub [Option<Count>; 3]);

/// A limit that a payment would pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitReached {
    /// In which period.
    pub period: Period,
    /// How much may still be paid in it; none where no amount is bounded.
    pub amount_left: Option<Amount>,
    /// How often; none where no number is bounded.
    pub payments_left: Option<i64>,
}

/// A text that is no stored rules, or no stored counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadStored;

impl PaymentRules {
    /// Whether they say nothing.
    pub fn are_none(&self) -> bool {
        *self == Self::default()
    }

    /// Whether payments are to be counted.
    pub fn bound_payments(&self) -> bool {
        self.limits.iter().any(|limit| !limit.is_none())
    }

    /// Judges one more payment of so much.
    ///
    /// # Errors
    /// The first limit, of the shortest period, that it would pass.
    pub fn judge(
        &self,
        paid: &Paid,
        amount: Amount,
        now: Timestamp,
        zone: &Zone,
    ) -> Result<(), LimitReached> {
        for ((period, limit), so_far) in Period::ALL.iter().copied().zip(self.limits).zip(paid.at(now, zone))
        {
            let (spent, payments) = so_far.map_or((Amount::ZERO, 0), |count| (count.amount, count.payments));
            let amount_left =
                limit.amount.map(|most| most.checked_sub(spent).unwrap_or_default().max(Amount::ZERO));
            let payments_left = limit.payments.map(|most| (most - payments).max(0));
            if amount_left.is_some_and(|left| amount > left) || payments_left == Some(0) {
                return Err(LimitReached { period, amount_left, payments_left });
            }
        }
        Ok(())
    }

    /// The rules as they are stored: no line for what is not said.
    pub fn to_stored(&self) -> String {
        let warn = self.warn_at.map(|share| format!("warn {share}"));
        let limits = Period::ALL.iter().copied().zip(self.limits).filter(|(_, limit)| !limit.is_none());
        let limits = limits.map(|(period, limit)| {
            let amount = limit.amount.map_or(NOTHING.to_owned(), |amount| amount.minor().to_string());
            let payments = limit.payments.map_or(NOTHING.to_owned(), |payments| payments.to_string());
            format!("paid {} {amount} {payments}", period.name())
        });
        warn.into_iter().chain(limits).collect::<Vec<_>>().join("\n")
    }

    /// Adds what a stored line says; whether it is one of these lines.
    ///
    /// # Errors
    /// When it is one and cannot be read.
    pub fn read_line(&mut self, line: &[&str]) -> Result<bool, BadStored> {
        match line {
            ["warn", share] => self.warn_at = Some(number(share)?),
            ["paid", period, amount, payments] => {
                let period = Period::from_name(period).ok_or(BadStored)?;
                let amount = optional(amount)?.map(Amount::from_minor);
                let place = Period::ALL.iter().position(|one| *one == period);
                let limit = place.and_then(|place| self.limits.get_mut(place)).ok_or(BadStored)?;
                *limit = PaymentLimit { amount, payments: optional(payments)? };
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl FromStr for PaymentRules {
    type Err = BadStored;

    fn from_str(text: &str) -> Result<Self, BadStored> {
        let mut rules = Self::default();
        for line in text.lines() {
            if !rules.read_line(&line.split(' ').collect::<Vec<_>>())? {
                return Err(BadStored);
            }
        }
        Ok(rules)
    }
}

impl Paid {
    /// What was paid in the periods that a moment is in; none where nothing was counted in one.
    pub fn at(&self, now: Timestamp, zone: &Zone) -> [Option<Count>; 3] {
        let today = zone.day_of(now);
        let mut counts = self.0;
        for (period, count) in Period::ALL.iter().copied().zip(&mut counts) {
            let first = today.and_then(|day| period.first_day(day));
            *count = count.filter(|count| Some(count.since) == first);
        }
        counts
    }

    /// The same after one more payment of so much.
    #[must_use]
    pub fn with(&self, amount: Amount, now: Timestamp, zone: &Zone) -> Self {
        let today = zone.day_of(now);
        let mut counts = self.at(now, zone);
        for (period, count) in Period::ALL.iter().copied().zip(&mut counts) {
            let before = count.map_or((Amount::ZERO, 0), |count| (count.amount, count.payments));
            // Far beyond what a period can hold it stays at the largest number, which passes every limit.
            let amount = before.0.checked_add(amount).unwrap_or(Amount::from_minor(i64::MAX));
            let payments = before.1.saturating_add(1);
            let first = today.and_then(|day| period.first_day(day));
            *count = first.map(|since| Count { since, amount, payments });
        }
        Self(counts)
    }

    /// The counts as they are stored: a line for each period.
    pub fn to_stored(&self) -> String {
        let line = |count: &Option<Count>| match count {
            Some(Count { since, amount, payments }) => format!("{since} {} {payments}", amount.minor()),
            None => NOTHING.to_owned(),
        };
        self.0.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

impl FromStr for Paid {
    type Err = BadStored;

    fn from_str(text: &str) -> Result<Self, BadStored> {
        let mut counts = [None; 3];
        let mut lines = text.lines();
        for count in &mut counts {
            *count = match lines.next().ok_or(BadStored)?.split(' ').collect::<Vec<_>>().as_slice() {
                [NOTHING] => None,
                [since, amount, payments] => Some(Count {
                    since: since.parse().map_err(|_| BadStored)?,
                    amount: number(amount).map(Amount::from_minor)?,
                    payments: number(payments)?,
                }),
                _ => return Err(BadStored),
            };
        }
        if lines.next().is_none() { Ok(Self(counts)) } else { Err(BadStored) }
    }
}

impl Account {
    /// Whether so much of the credit limit is used, or so much of the ceiling reached, that it is to be warned. What is set
    /// aside counts as used.
    pub fn is_near_limit(&self) -> bool {
        let Some(share) = self.rules.warn_at else { return false };
        let limits = self.limits_in_force();
        let is_near = |used: i64, most: Amount| {
            most.is_positive()
                && i128::from(used) * i128::from(WHOLE_SHARE) >= i128::from(most.minor()) * i128::from(share)
        };
        // No overflow: both are within 10^15.
        let used = self.reserved.minor() - self.balance.minor();
        is_near(used, limits.credit_limit)
            || limits.ceiling.is_some_and(|ceiling| is_near(self.balance.minor(), ceiling))
    }
}

fn number(text: &str) -> Result<i64, BadStored> {
    text.parse().map_err(|_| BadStored)
}

fn optional(text: &str) -> Result<Option<i64>, BadStored> {
    if text == NOTHING { Ok(None) } else { number(text).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn minor(amount: i64) -> Amount {
        Amount::from_minor(amount)
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    fn rules() -> PaymentRules {
        PaymentRules {
            warn_at: Some(8_000),
            limits: [
                PaymentLimit { amount: Some(minor(100)), payments: Some(3) },
                PaymentLimit { amount: Some(minor(150)), payments: None },
                PaymentLimit { amount: None, payments: Some(5) },
            ],
        }
    }

    #[test]
    fn each_period_begins_anew_by_the_communitys_clocks() {
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        let rules = rules();
        // A Sunday, half an hour before the community's midnight.
        let sunday = at("2026-05-31T21:30:00Z");
        let mut paid = Paid::default();
        for _ in 0..2 {
            rules.judge(&paid, minor(50), sunday, &zone).unwrap();
            paid = paid.with(minor(50), sunday, &zone);
        }
        let reached = rules.judge(&paid, minor(1), sunday, &zone).unwrap_err();
        assert_eq!(
            (reached.period, reached.amount_left, reached.payments_left),
            (Period::Day, Some(minor(0)), Some(1))
        );
        // An hour later it is Monday, the first of June: all three are new.
        let monday = at("2026-05-31T22:30:00Z");
        rules.judge(&paid, minor(100), monday, &zone).unwrap();
        paid = paid.with(minor(100), monday, &zone);
        assert_eq!(paid.0.map(|count| count.unwrap().payments), [1, 1, 1]);
        let tuesday = at("2026-06-02T10:00:00Z");
        let reached = rules.judge(&paid, minor(51), tuesday, &zone).unwrap_err();
        assert_eq!((reached.period, reached.amount_left), (Period::Week, Some(minor(50))));
        // The next week the month's number is left.
        let next = at("2026-06-08T10:00:00Z");
        for day in 0..2 {
            let now = next.plus_seconds(day * 86_400);
            for _ in 0..2 {
                rules.judge(&paid, minor(1), now, &zone).unwrap();
                paid = paid.with(minor(1), now, &zone);
            }
        }
        let reached = rules.judge(&paid, minor(1), next.plus_seconds(3 * 86_400), &zone).unwrap_err();
        assert_eq!(
            (reached.period, reached.amount_left, reached.payments_left),
            (Period::Month, None, Some(0))
        );
        rules.judge(&paid, minor(1), at("2026-07-01T10:00:00Z"), &zone).unwrap();
    }

    #[test]
    fn what_is_stored_is_read_again() {
        let rules = rules();
        assert_eq!(rules.to_stored(), "warn 8000\npaid day 100 3\npaid week 150 -\npaid month - 5");
        assert_eq!(rules.to_stored().parse(), Ok(rules));
        assert_eq!("".parse(), Ok(PaymentRules::default()));
        for bad in ["warn", "warn x", "paid day 1", "paid year 1 1", "day 1 1"] {
            assert_eq!(bad.parse::<PaymentRules>(), Err(BadStored), "{bad}");
        }
        let paid = Paid::default().with(minor(50), at("2026-11-30T12:00:00Z"), &Zone::UTC);
        assert_eq!(paid.to_stored(), "2026-11-30 50 1\n2026-11-30 50 1\n2026-11-01 50 1");
        assert_eq!(paid.to_stored().parse(), Ok(paid));
        assert_eq!(Paid::default().to_stored().parse(), Ok(Paid::default()));
        for bad in ["", "-\n-", "-\n-\n-\n-", "2026-11-30 5\n-\n-", "x 5 1\n-\n-"] {
            assert_eq!(bad.parse::<Paid>(), Err(BadStored), "{bad}");
        }
    }
}
