//! How much an app may spend for a member: ceilings for each payment and for each day, and what it has spent today.

use std::fmt;

use super::amount::{Amount, AmountError, BALANCE_MAX_MINOR, SCALE_MAX, Scale};
use super::time::Timestamp;

/// Seconds of a day.
const DAY_SECONDS: i64 = 86_400;

/// The most that an app may spend, in millionths of a unit: the same number of units in every community, whatever
/// the scale of its amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpendingCeiling(i64);

impl SpendingCeiling {
    /// A ceiling of so many millionths of a unit.
    pub const fn from_millionths(millionths: i64) -> Self {
        Self(millionths)
    }

    /// The ceiling in millionths of a unit.
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// Reads a number of units, such as `50` or `12.50`.
    ///
    /// # Errors
    /// When the text is no plain decimal number above zero, or too large.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        let finest = Scale::try_from(i16::from(SCALE_MAX)).map_err(|_| AmountError::Malformed)?;
        let amount = finest.parse(text, BALANCE_MAX_MINOR)?;
        if amount.is_positive() { Ok(Self(amount.minor())) } else { Err(AmountError::NotPositive) }
    }

    /// The largest amount of a community with this scale that is not above the ceiling.
    pub const fn in_scale(self, scale: Scale) -> Amount {
        let mut minor = self.0;
        let mut places = scale.places();
        while places < SCALE_MAX {
            minor = minor.div_euclid(10);
            places += 1;
        }
        Amount::from_minor(minor)
    }
}

impl fmt::Display for SpendingCeiling {
    /// The number of units, without idle zeros.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (units, rest) = (self.0.div_euclid(1_000_000), self.0.rem_euclid(1_000_000));
        if rest == 0 {
            return write!(formatter, "{units}");
        }
        // Money has at least two places where it has any.
        let digits = format!("{rest:06}");
        let trimmed = digits.trim_end_matches('0');
        write!(formatter, "{units}.{trimmed:0<2}")
    }
}

/// The ceilings that a member set for an app; none where the member set none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SpendingCeilings {
    /// For each payment.
    pub per_payment: Option<SpendingCeiling>,
    /// For all payments of one day, in each community.
    pub per_day: Option<SpendingCeiling>,
}

/// What was spent in a community on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DaySpending {
    /// The day, counted from 1970-01-01.
    pub day: i64,
    /// How much.
    pub spent: Amount,
}

impl DaySpending {
    /// What was spent on this day: nothing where the last spending was on another.
    pub fn on(self, day: i64) -> Amount {
        if self.day == day { self.spent } else { Amount::ZERO }
    }
}

/// The day of a moment, counted from 1970-01-01, in the time zone of communities: UTC, as long as none can choose.
pub const fn day_of(time: Timestamp) -> i64 {
    time.unix_seconds().div_euclid(DAY_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ceilings_are_units_in_every_scale_and_never_rounded_up() {
        let ceiling = SpendingCeiling::parse("12.505").unwrap();
        let in_scale = |places: i16| ceiling.in_scale(Scale::try_from(places).unwrap()).minor();
        assert_eq!([in_scale(0), in_scale(2), in_scale(3), in_scale(6)], [12, 12_50, 12_505, 12_505_000]);
        for bad in ["", "0", "-1", "1e3", "0.0000001", "1,5", "99999999999999"] {
            assert!(SpendingCeiling::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn ceilings_are_written_as_people_do() {
        for text in ["50", "12.50", "0.05", "0.000001"] {
            assert_eq!(SpendingCeiling::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(SpendingCeiling::parse("12.5").unwrap().to_string(), "12.50");
    }
}
