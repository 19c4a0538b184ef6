//! Fees: what payments between members contribute to the community's fund, on the payer's side and on the payee's.
//!
//! A fee is a fixed amount and a share of what is paid, rounded half up to the minor unit. The payer pays it on top; the
//! payee's is taken out of what is received. Both go to the fund in the payment's own transfer.

use super::amount::{Amount, BALANCE_MAX_MINOR, MOVEMENT_MAX_MINOR};
use super::ids::AccountId;

/// The most that the fixed part of a fee can be, in minor units.
pub const FEE_FIXED_MAX_MINOR: i64 = 1_000_000_000;
/// The largest share that a fee can be, in basis points: a quarter of what is paid.
pub const FEE_BASIS_POINTS_MAX: i64 = 2_500;
/// How many parts a whole has.
const PARTS: i128 = 10_000;

/// One side's fee: a fixed amount and a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fee {
    /// What each payment bears, in minor units.
    pub fixed: Amount,
    /// The share of what is paid, in basis points.
    pub basis_points: i64,
}

impl Fee {
    /// Whether both parts are within their bounds.
    pub fn is_valid(self) -> bool {
        let is_fixed = !self.fixed.is_negative() && self.fixed.is_within(FEE_FIXED_MAX_MINOR);
        is_fixed && (0..=FEE_BASIS_POINTS_MAX).contains(&self.basis_points)
    }

    /// Whether there is none.
    pub fn is_none(self) -> bool {
        self == Self::default()
    }

    /// What it comes to for a payment of this amount, with the share rounded half up to the minor unit.
    pub fn of(self, amount: Amount) -> Amount {
        Amount::from_minor(self.fixed.minor().saturating_add(share_of(amount, self.basis_points).minor()))
    }
}

/// A share of an amount that is zero or more, rounded half up to the minor unit. No overflow: an amount times ten thousand is far
/// within 128 bits, and a share of at most a whole is no more than the amount.
pub fn share_of(amount: Amount, basis_points: i64) -> Amount {
    let parts = i128::from(amount.minor()) * i128::from(basis_points);
    let rounded = (parts + PARTS / 2).div_euclid(PARTS);
    Amount::from_minor(i64::try_from(rounded).unwrap_or(BALANCE_MAX_MINOR))
}

/// What one payment bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fees {
    /// What the payer pays on top.
    pub payer: Amount,
    /// What is taken out of the payee's.
    pub payee: Amount,
}

impl Fees {
    /// Neither side bears any.
    pub const NONE: Self = Self { payer: Amount::ZERO, payee: Amount::ZERO };

    /// Whether neither side bears any.
    pub fn are_none(self) -> bool {
        self == Self::NONE
    }

    /// What the fund gets of both sides together. No overflow: together they are less than one movement.
    pub const fn total(self) -> Amount {
        Amount::from_minor(self.payer.minor() + self.payee.minor())
    }

    /// What a reversal of the payment gives back: the sides are each other's there.
    #[must_use]
    pub const fn given_back(self) -> Self {
        Self {
            payer: Amount::from_minor(-self.payee.minor()),
            payee: Amount::from_minor(-self.payer.minor()),
        }
    }

    /// The same, with no more on the payer's side than this.
    #[must_use]
    pub fn with_payer_at_most(self, most: Amount) -> Self {
        Self { payer: self.payer.min(most), ..self }
    }
}

/// A community's rules. In the beginning there are no fees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FeeRules {
    /// Rises with each change, from zero.
    pub version: i64,
    /// The fund that gets the fees; none where there were never any.
    pub fund_id: Option<AccountId>,
    /// What payers bear.
    pub payer: Fee,
    /// What payees bear.
    pub payee: Fee,
}

impl FeeRules {
    /// The fund, where payments bear fees.
    pub fn live_fund(&self) -> Option<AccountId> {
        self.fund_id.filter(|_| !(self.payer.is_none() && self.payee.is_none()))
    }

    /// Whether a payment of this amount is too small to bear the payee's fee.
    pub fn exceed(&self, amount: Amount) -> bool {
        self.payee.of(amount) > amount
    }

    /// What a payment of this amount bears: the payee no more than is received, and the payer no more than leaves amount and
    /// fee within one movement.
    pub fn of(&self, amount: Amount) -> Fees {
        let room = Amount::from_minor(MOVEMENT_MAX_MINOR.saturating_sub(amount.minor()));
        Fees { payer: self.payer.of(amount).min(room), payee: self.payee.of(amount).min(amount) }
    }
}

/// Change which fees payments bear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetFees {
    /// The fund that gets them: an active account of the kind `commons`.
    pub fund_id: AccountId,
    /// What payers bear from now on.
    pub payer: Fee,
    /// What payees bear from now on.
    pub payee: Fee,
    /// Why.
    pub reason: String,
    /// The version that the change is based on, where the admin said so.
    pub if_version: Option<i64>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn minor(minor: i64) -> Amount {
        Amount::from_minor(minor)
    }

    fn fee() -> impl Strategy<Value = Fee> {
        let fixed = prop_oneof![Just(0), 0..=100_i64, 0..=FEE_FIXED_MAX_MINOR];
        let basis_points = prop_oneof![Just(0), 0..=FEE_BASIS_POINTS_MAX, Just(FEE_BASIS_POINTS_MAX)];
        (fixed, basis_points).prop_map(|(fixed, basis_points)| Fee { fixed: minor(fixed), basis_points })
    }

    fn amount() -> impl Strategy<Value = Amount> {
        prop_oneof![1..=1_000_i64, 1..=MOVEMENT_MAX_MINOR, Just(MOVEMENT_MAX_MINOR)].prop_map(minor)
    }

    #[test]
    fn shares_are_rounded_half_up() {
        for (amount, basis_points, expected) in [
            (0, 100, 0),
            (49, 100, 0),
            (50, 100, 1),
            (149, 100, 1),
            (150, 100, 2),
            (1, 4_999, 0),
            (1, 5_000, 1),
            (1_250, 0, 0),
            (MOVEMENT_MAX_MINOR, FEE_BASIS_POINTS_MAX, MOVEMENT_MAX_MINOR / 4),
        ] {
            assert_eq!(share_of(minor(amount), basis_points), minor(expected), "{amount} at {basis_points}");
        }
    }

    #[test]
    fn both_parts_have_bounds() {
        let fee = |fixed, basis_points| Fee { fixed: minor(fixed), basis_points };
        assert!(fee(0, 0).is_valid() && fee(FEE_FIXED_MAX_MINOR, FEE_BASIS_POINTS_MAX).is_valid());
        for bad in [fee(-1, 0), fee(FEE_FIXED_MAX_MINOR + 1, 0), fee(0, -1), fee(0, FEE_BASIS_POINTS_MAX + 1)]
        {
            assert!(!bad.is_valid(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn no_fee_breaks_a_bound_and_rounding_loses_less_than_half_a_unit(
            payer in fee(), payee in fee(), amount in amount()
        ) {
            let rules = FeeRules { payer, payee, ..FeeRules::default() };
            let fees = rules.of(amount);
            prop_assert!(!fees.payer.is_negative() && !fees.payee.is_negative());
            prop_assert!(fees.payee <= amount, "nobody pays for being paid");
            prop_assert!(fees.payer.minor() + amount.minor() <= MOVEMENT_MAX_MINOR);
            prop_assert!(fees.total().minor() <= MOVEMENT_MAX_MINOR, "the fund's entry is one movement");
            // Twice the difference from the exact share, in parts: at most one minor unit, and up at exactly half.
            let exact = i128::from(amount.minor()) * i128::from(payer.basis_points);
            let rounded = i128::from(share_of(amount, payer.basis_points).minor()) * PARTS;
            prop_assert!((-PARTS + 1..=PARTS).contains(&(2 * (rounded - exact))));
        }
    }
}
