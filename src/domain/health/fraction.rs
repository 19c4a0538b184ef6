//! Ratios of whole numbers, rounded once.

/// How many parts a ratio is written in: four decimal places.
const PARTS: i128 = 10_000;

/// The fraction in ten-thousandths, rounded to the nearest, halves away from zero. None where it divides by nothing or is
/// too large to be written down.
pub fn ten_thousandths(numerator: i128, denominator: i128) -> Option<i64> {
    if denominator == 0 {
        return None;
    }
    let (numerator, denominator) = if denominator < 0 {
        (numerator.checked_neg()?, denominator.checked_neg()?)
    } else {
        (numerator, denominator)
    };
    let doubled = numerator.checked_mul(PARTS)?.checked_mul(2)?;
    let half = if numerator < 0 { denominator.checked_neg()? } else { denominator };
    let rounded = doubled.checked_add(half)?.checked_div(denominator.checked_mul(2)?)?;
    i64::try_from(rounded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_rounded_away_from_zero() {
        let cases = [
            ((1, 3), 3_333),
            ((2, 3), 6_667),
            ((1, 20_000), 1),
            ((-1, 20_000), -1),
            ((1, 20_001), 0),
            ((-1, 3), -3_333),
            ((1, -3), -3_333),
            ((0, 7), 0),
            ((7, 7), 10_000),
        ];
        for ((numerator, denominator), expected) in cases {
            assert_eq!(ten_thousandths(numerator, denominator), Some(expected), "{numerator}/{denominator}");
        }
        assert_eq!(ten_thousandths(1, 0), None);
        assert_eq!(ten_thousandths(i128::MAX, 1), None);
        assert_eq!(ten_thousandths(i128::from(i64::MAX), 1), None);
    }
}
