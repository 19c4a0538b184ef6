//! Prices that are paid in two moneys: a part in the local currency, and a part in national money that the shop takes itself.
//!
//! In these sums one unit of the local currency stands for one unit of the national one. A shop whose community counts
//! otherwise names both parts, and no total.
//!
//! What is given back of the local part goes back of the national part in the same proportion: after each refund, of all
//! refunds together, halves up. So each refund is right to one minor unit, no number of small ones gives back more than one
//! large one would, and when all of the local part went back, all of the national part did.

use super::amount::{Amount, MOVEMENT_MAX_MINOR, SCALE_MAX, Scale};
use super::checkout::{NationalCurrency, NationalPart};

/// All of a price, in hundredths of a per cent.
pub const WHOLE_BASIS_POINTS: i64 = 10_000;

/// What a shop says of a price in two moneys. Amounts are in their own currency's minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// The national currency.
    pub currency: NationalCurrency,
    /// The part in the local currency.
    pub local: Option<Amount>,
    /// The part in national money.
    pub national: Option<Amount>,
    /// The whole price, in national money.
    pub total: Option<Amount>,
    /// Which part of the price is paid in the local currency, in hundredths of a per cent.
    pub local_basis_points: Option<i64>,
}

/// Why a split makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// The parts do not follow from what was said.
    #[error("name `amount` with `split.amount` or `split.total`, or `split.total` with a share")]
    Unclear,
    /// The parts do not make the total.
    #[error("is not the sum of the two parts")]
    SumDiffers,
    /// One of the parts is not above zero.
    #[error("leaves nothing for one of the two parts")]
    NothingLeft,
    /// The local part is more than one payment moves.
    #[error("makes a local part that is more than one payment moves")]
    TooLarge,
}

/// A number of minor units in the finest scale of all.
fn fine(amount: Amount, scale: Scale) -> i128 {
    i128::from(amount.minor()) * 10_i128.pow(u32::from(SCALE_MAX.saturating_sub(scale.places())))
}

/// The amount of a scale that is so much in the finest scale; none where it is between two.
fn coarse(fine: i128, scale: Scale) -> Option<Amount> {
    let unit = 10_i128.pow(u32::from(SCALE_MAX.saturating_sub(scale.places())));
    (fine % unit == 0).then_some(())?;
    i64::try_from(fine / unit).ok().map(Amount::from_minor)
}

impl Split {
    /// Both parts: how much in the local currency, whose scale this is, and what the shop takes itself; the latter is none where
    /// all of the price is local.
    ///
    /// # Errors
    /// Why it makes no sense.
    pub fn parts(self, scale: Scale) -> Result<(Amount, Option<NationalPart>), SplitError> {
        let of_nation = self.currency.scale();
        let total = self.total.map(|total| fine(total, of_nation));
        match (self.local, self.national, total, self.local_basis_points) {
            (Some(local), Some(national), total, None) => {
                let sum = fine(local, scale) + fine(national, of_nation);
                if total.is_some_and(|total| total != sum) {
                    return Err(SplitError::SumDiffers);
                }
                Ok((local, Some(self.national_part(national))))
            }
            (Some(local), None, Some(total), None) => self.rest_of(total, fine(local, scale), scale),
            (None, None, Some(total), Some(share)) => {
                // To the coarser of the two scales, halves up.
                let places = scale.places().min(of_nation.places());
                let unit = 10_i128.pow(u32::from(SCALE_MAX.saturating_sub(places)));
                let whole = i128::from(WHOLE_BASIS_POINTS) * unit;
                let units = (total * i128::from(share) * 2 + whole) / (whole * 2);
                self.rest_of(total, units * unit, scale)
            }
            _ => Err(SplitError::Unclear),
        }
    }

    fn rest_of(
        self,
        total: i128,
        local: i128,
        scale: Scale,
    ) -> Result<(Amount, Option<NationalPart>), SplitError> {
        let amount =
            coarse(local, scale).filter(|amount| amount.is_positive()).ok_or(SplitError::NothingLeft)?;
        if !amount.is_within(MOVEMENT_MAX_MINOR) {
            return Err(SplitError::TooLarge);
        }
        if total == local && self.local.is_none() {
            return Ok((amount, None));
        }
        let rest = coarse(total - local, self.currency.scale()).ok_or(SplitError::SumDiffers)?;
        if !rest.is_positive() {
            return Err(SplitError::NothingLeft);
        }
        Ok((amount, Some(self.national_part(rest))))
    }

    const fn national_part(self, amount: Amount) -> NationalPart {
        NationalPart { currency: self.currency, amount, total: self.total }
    }
}

impl NationalPart {
    /// What of it goes back by a refund of a payment of `paid` minor units, of which so much was given back before the refund,
    /// and so much is with it.
    #[must_use]
    pub fn given_back(self, paid: Amount, before: Amount, with_it: Amount) -> Self {
        let amount = self.back_of(paid, with_it).saturating_sub(self.back_of(paid, before));
        Self { amount: Amount::from_minor(amount), total: None, ..self }
    }

    /// How much of it has gone back once so much of the payment has, in minor units.
    fn back_of(self, paid: Amount, refunded: Amount) -> i64 {
        let [national, paid, refunded] =
            [self.amount, paid, refunded].map(|amount| i128::from(amount.minor()));
        if paid <= 0 {
            return 0;
        }
        let back = (2 * national * refunded + paid) / (2 * paid);
        // No more than all of it, which is a number of minor units.
        i64::try_from(back.clamp(0, national)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn euro() -> Split {
        let currency = NationalCurrency::parse("EUR").unwrap();
        Split { currency, local: None, national: None, total: None, local_basis_points: None }
    }

    fn cents(minor: i64) -> Option<Amount> {
        Some(Amount::from_minor(minor))
    }

    fn parts(split: Split, places: i16) -> Result<(i64, Option<i64>), SplitError> {
        let (local, national) = split.parts(Scale::try_from(places).unwrap())?;
        Ok((local.minor(), national.map(|part| part.amount.minor())))
    }

    #[test]
    fn parts_follow_from_two_of_three() {
        assert_eq!(
            parts(Split { local: cents(25_00), national: cents(75_00), ..euro() }, 2),
            Ok((2500, Some(7500)))
        );
        let both = Split { local: cents(25_00), national: cents(75_00), total: cents(100_00), ..euro() };
        assert_eq!(parts(both, 2), Ok((2500, Some(7500))));
        assert_eq!(parts(Split { total: cents(100_01), ..both }, 2), Err(SplitError::SumDiffers));
        assert_eq!(
            parts(Split { local: cents(25_00), total: cents(100_00), ..euro() }, 2),
            Ok((2500, Some(7500)))
        );
        assert_eq!(
            parts(Split { local: cents(100_00), total: cents(100_00), ..euro() }, 2),
            Err(SplitError::NothingLeft)
        );
        assert_eq!(parts(euro(), 2), Err(SplitError::Unclear));
        assert_eq!(parts(Split { local: cents(1), ..euro() }, 2), Err(SplitError::Unclear));
    }

    #[test]
    fn a_share_is_rounded_once_and_nothing_is_lost() {
        let share = |total, share| Split { total: cents(total), local_basis_points: Some(share), ..euro() };
        assert_eq!(parts(share(100_00, 2_500), 2), Ok((2500, Some(7500))));
        assert_eq!(parts(share(9_99, 3_333), 2), Ok((333, Some(666))));
        assert_eq!(parts(share(1, 5_000), 2), Ok((1, None)));
        assert_eq!(parts(share(100_00, 10_000), 2), Ok((10_000, None)));
        assert_eq!(parts(share(1, 1), 2), Err(SplitError::NothingLeft));
        assert_eq!(parts(share(1_000_000_000_000, 10_000), 6), Err(SplitError::TooLarge));
        // Whole units only: the rest is national money.
        assert_eq!(parts(share(10_50, 5_000), 0), Ok((5, Some(550))));
        // A finer local currency gets no more places than the price has.
        assert_eq!(parts(share(9_99, 3_333), 6), Ok((3_330_000, Some(666))));
        for total in 1..2_000 {
            for basis_points in [1, 100, 3_333, 5_000, 9_999, 10_000] {
                if let Ok((local, national)) = parts(share(total, basis_points), 2) {
                    assert_eq!(local + national.unwrap_or(0), total);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn no_local_part_is_more_than_a_payment_moves(
            total in 1..=1_000_000_000_000_i64,
            basis_points in 1..=10_000_i64,
            (currency, places) in (prop_oneof![Just("JPY"), Just("EUR"), Just("KWD")], 0..=i16::from(SCALE_MAX)),
        ) {
            let currency = NationalCurrency::parse(currency).unwrap();
            let asked = Split { currency, total: cents(total), local_basis_points: Some(basis_points), ..euro() };
            if let Ok((local, national)) = parts(asked, places) {
                prop_assert!((1..=MOVEMENT_MAX_MINOR).contains(&local));
                prop_assert!(national.is_none_or(|national| (1..=total).contains(&national)));
            }
        }

        #[test]
        fn refunds_give_back_in_proportion_and_in_the_end_all(
            national in 1..1_000_000_000_000_i64,
            shares in prop::collection::vec(1..1_000_000_i64, 1..12),
        ) {
            let currency = NationalCurrency::parse("EUR").unwrap();
            let part = NationalPart { currency, amount: Amount::from_minor(national), total: None };
            let paid: i64 = shares.iter().sum();
            let (mut refunded, mut sum) = (0, 0);
            for share in shares {
                let [before, after] = [refunded, refunded + share].map(Amount::from_minor);
                let back = part.given_back(Amount::from_minor(paid), before, after);
                prop_assert!(back.amount.minor() >= 0 && back.total.is_none());
                refunded += share;
                sum += back.amount.minor();
                // Of all together, no other number of minor units is nearer.
                let off = (i128::from(sum) * i128::from(paid) - i128::from(national) * i128::from(refunded)).abs();
                prop_assert!(2 * off <= i128::from(paid));
            }
            prop_assert_eq!(sum, national);
        }
    }

    #[test]
    fn a_refund_gives_back_of_both_parts() {
        let currency = NationalCurrency::parse("EUR").unwrap();
        let part = NationalPart { currency, amount: Amount::from_minor(75_00), total: cents(100_00) };
        let back = |before, after| {
            let [paid, before, after] = [25_00, before, after].map(Amount::from_minor);
            part.given_back(paid, before, after).amount.minor()
        };
        assert_eq!((back(0, 25_00), back(0, 5_25), back(5_25, 25_00)), (75_00, 15_75, 59_25));
        let small = NationalPart { amount: Amount::from_minor(1), ..part };
        let halves = |before, after| {
            let [paid, before, after] = [2, before, after].map(Amount::from_minor);
            small.given_back(paid, before, after).amount.minor()
        };
        assert_eq!((halves(0, 1), halves(1, 2)), (1, 0), "halves up, and no more than all");
    }
}
