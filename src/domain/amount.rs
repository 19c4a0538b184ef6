//! Money: whole minor units inside, decimal text at the edge. No floats, no silent rounding.

use std::fmt;

use rust_decimal::Decimal;
use thiserror::Error;

/// The largest amount that one movement may carry, in minor units.
pub const MOVEMENT_MAX_MINOR: i64 = 1_000_000_000_000;
/// The largest absolute value of a balance, a limit or a sum of one account, in minor units.
pub const BALANCE_MAX_MINOR: i64 = 1_000_000_000_000_000;
/// The most decimal places that a community's amounts can have.
pub const SCALE_MAX: u8 = 6;
/// Longer amount texts are refused unread: sixteen digits, a point and room to spare.
const AMOUNT_TEXT_BYTES_MAX: usize = 32;

/// A signed number of minor units of one community's currency (cents where the scale is 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(i64);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount of `minor` minor units.
    pub const fn from_minor(minor: i64) -> Self {
        Self(minor)
    }

    /// The number of minor units.
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// The sum, or `None` where it would leave the range of a balance.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self).filter(|sum| sum.is_within(BALANCE_MAX_MINOR))
    }

    /// The difference, or `None` where it would leave the range of a balance.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self).filter(|difference| difference.is_within(BALANCE_MAX_MINOR))
    }

    /// The same amount in the other direction, or `None` for the one number that has no opposite.
    pub fn checked_neg(self) -> Option<Self> {
        self.0.checked_neg().map(Self)
    }

    /// Whether this is below zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether this is above zero.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Whether the absolute value is at most `bound_minor` minor units.
    pub const fn is_within(self, bound_minor: i64) -> bool {
        self.0 >= -bound_minor && self.0 <= bound_minor
    }
}

/// How many decimal places the amounts of a community have: 0 to [`SCALE_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale(u8);

/// A scale outside 0 to [`SCALE_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a scale is a whole number from 0 to {SCALE_MAX}")]
pub struct BadScale;

impl TryFrom<i16> for Scale {
    type Error = BadScale;

    fn try_from(places: i16) -> Result<Self, BadScale> {
        u8::try_from(places).ok().filter(|places| *places <= SCALE_MAX).map(Self).ok_or(BadScale)
    }
}

impl Scale {
    /// A scale of a few places: at most [`SCALE_MAX`].
    pub const fn small(places: u8) -> Self {
        Self(if places > SCALE_MAX { SCALE_MAX } else { places })
    }

    /// The number of decimal places.
    pub const fn places(self) -> u8 {
        self.0
    }

    /// The decimal text of an amount: exactly this scale's decimal places, a minus sign where negative.
    pub fn format(self, amount: Amount) -> String {
        Decimal::from_i128_with_scale(i128::from(amount.minor()), u32::from(self.0)).to_string()
    }

    /// Reads `^(0|[1-9][0-9]*)(\.[0-9]+)?$` with at most this scale's decimal places and at most
    /// `max_minor` minor units. Zero passes; a caller for whom zero is wrong uses [`Scale::parse_positive`].
    ///
    /// # Errors
    /// What is wrong with the text, for the person who sent it.
    pub fn parse(self, text: &str, max_minor: i64) -> Result<Amount, AmountError> {
        check_shape(text)?;
        let decimal = Decimal::from_str_exact(text).map_err(|_| AmountError::TooLarge)?;
        if decimal.scale() > u32::from(self.0) {
            return Err(AmountError::TooManyPlaces { places: self.0 });
        }
        let missing_places = u32::from(self.0) - decimal.scale();
        let minor = decimal
            .mantissa()
            .checked_mul(10_i128.pow(missing_places))
            .and_then(|minor| i64::try_from(minor).ok())
            .filter(|minor| *minor <= max_minor)
            .ok_or(AmountError::TooLarge)?;
        Ok(Amount(minor))
    }

    /// Like [`Scale::parse`] for an amount that moves money: above zero, at most [`MOVEMENT_MAX_MINOR`].
    ///
    /// # Errors
    /// What is wrong with the text, for the person who sent it.
    pub fn parse_positive(self, text: &str) -> Result<Amount, AmountError> {
        let amount = self.parse(text, MOVEMENT_MAX_MINOR)?;
        if amount.is_positive() { Ok(amount) } else { Err(AmountError::NotPositive) }
    }
}

/// Refuses all but ASCII digits with at most one point between digits and no leading zero.
fn check_shape(text: &str) -> Result<(), AmountError> {
    if text.len() > AMOUNT_TEXT_BYTES_MAX {
        return Err(if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            AmountError::TooLarge
        } else {
            AmountError::Malformed
        });
    }
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    if all_digits(whole) && !leading_zero && fraction.is_none_or(all_digits) {
        Ok(())
    } else {
        Err(AmountError::Malformed)
    }
}

/// Why a text is no amount. The display text is for the caller of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AmountError {
    /// Signs, exponents, spaces, foreign digits, words, leading zeros, a bare point.
    #[error("must be a plain decimal number in a string, like \"12.50\"")]
    Malformed,
    /// More decimal places than the currency has.
    #[error("has more than the {places} decimal places of this currency")]
    TooManyPlaces {
        /// The currency's decimal places.
        places: u8,
    },
    /// Beyond the bound for this field.
    #[error("is too large")]
    TooLarge,
    /// Zero where money is to move.
    #[error("must be greater than 0")]
    NotPositive,
}

impl AmountError {
    /// A stable code for programs, beside the text for people.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed_amount",
            Self::TooManyPlaces { .. } => "too_many_places",
            Self::TooLarge => "too_large",
            Self::NotPositive => "not_positive",
        }
    }
}

impl fmt::Display for Amount {
    /// Minor units, for logs and assertions; people get [`Scale::format`].
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} minor units", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CENTS: Scale = Scale(2);

    #[test]
    fn good_amounts_are_read_exactly() {
        for (text, minor) in
            [("12.50", 1250), ("12.5", 1250), ("12", 1200), ("0.01", 1), ("10000000000", 1_000_000_000_000)]
        {
            assert_eq!(CENTS.parse_positive(text), Ok(Amount(minor)), "{text}");
        }
        assert_eq!(Scale(0).parse_positive("7"), Ok(Amount(7)));
        assert_eq!(Scale(6).parse_positive("0.000001"), Ok(Amount(1)));
    }

    #[test]
    fn bad_amounts_are_refused() {
        let malformed = [
            "",
            " ",
            "-1",
            "+1",
            "1e3",
            "1E3",
            "1.",
            ".5",
            "01",
            "00",
            "1,50",
            "1 000",
            " 1",
            "1 ",
            "1\n",
            "NaN",
            "nan",
            "inf",
            "Infinity",
            "0x10",
            "1_000",
            "١٢",
            "１２",
            "1.2.3",
            "--1",
            "1.-5",
            "\u{0}",
            "½",
            "1\u{200b}",
            "0b1",
            "1e309",
            "$1",
            "1/2",
        ];
        for text in malformed {
            assert_eq!(CENTS.parse_positive(text), Err(AmountError::Malformed), "{text:?}");
        }
        assert_eq!(CENTS.parse_positive("0"), Err(AmountError::NotPositive));
        assert_eq!(CENTS.parse_positive("0.00"), Err(AmountError::NotPositive));
        assert_eq!(CENTS.parse_positive("1.234"), Err(AmountError::TooManyPlaces { places: 2 }));
        assert_eq!(CENTS.parse_positive("1.230"), Err(AmountError::TooManyPlaces { places: 2 }));
        assert_eq!(CENTS.parse_positive("10000000000.01"), Err(AmountError::TooLarge));
        assert_eq!(CENTS.parse_positive(&"9".repeat(28)), Err(AmountError::TooLarge));
        assert_eq!(CENTS.parse_positive(&"9".repeat(40)), Err(AmountError::TooLarge));
        assert_eq!(CENTS.parse_positive(&"x".repeat(40)), Err(AmountError::Malformed));
    }

    #[test]
    fn amounts_are_written_with_all_places_and_no_negative_zero() {
        for (minor, text) in [
            (1250, "12.50"),
            (-320, "-3.20"),
            (0, "0.00"),
            (-1, "-0.01"),
            (i64::MIN, "-92233720368547758.08"),
        ] {
            assert_eq!(CENTS.format(Amount(minor)), text);
        }
        assert_eq!(Scale(0).format(Amount(-5)), "-5");
    }

    #[test]
    fn sums_stay_in_range() {
        let largest = Amount(BALANCE_MAX_MINOR);
        assert_eq!(largest.checked_add(Amount(1)), None);
        assert_eq!(Amount(-BALANCE_MAX_MINOR).checked_sub(Amount(1)), None);
        assert_eq!(Amount(i64::MIN).checked_neg(), None);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(minor in 1..=MOVEMENT_MAX_MINOR, places in 0..=SCALE_MAX) {
            let scale = Scale(places);
            prop_assert_eq!(scale.parse_positive(&scale.format(Amount(minor))), Ok(Amount(minor)));
        }

        #[test]
        fn no_text_panics(text in any::<String>(), places in 0..=SCALE_MAX) {
            let _ = Scale(places).parse_positive(&text);
        }
    }
}
