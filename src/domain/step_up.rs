//! How fresh the proof of who someone is must be, and for what.

use super::amount::Amount;
use super::time::Timestamp;

/// How long a proof (a sign-in, a step-up) counts as fresh, in seconds.
pub const FRESH_SECONDS: i64 = 300;

/// Whether a proof given at `auth_time` is fresh at `now`.
pub fn is_fresh(auth_time: Timestamp, now: Timestamp) -> bool {
    now < auth_time.plus_seconds(FRESH_SECONDS)
}

/// Whether a payment of this amount needs a fresh proof: it is above what its member or its community set.
pub fn is_needed(amount: Amount, account_above: Option<Amount>, community_above: Option<Amount>) -> bool {
    [account_above, community_above].into_iter().flatten().any(|above| amount > above)
}

/// Whether a change lets through without a fresh proof what needed one before.
pub fn is_laxer(before: Option<Amount>, after: Option<Amount>) -> bool {
    match (before, after) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(before), Some(after)) => after > before,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_amount_counts() {
        let amount = |minor| Some(Amount::from_minor(minor));
        let needed = |minor, own, common| is_needed(Amount::from_minor(minor), own, common);
        assert!(!needed(1_000, None, None));
        assert!(!needed(1_000, amount(1_000), None) && needed(1_001, amount(1_000), None));
        assert!(needed(1_001, None, amount(1_000)) && needed(501, amount(500), amount(1_000)));
        assert!(needed(1, amount(0), None));
        assert!(
            !is_laxer(None, amount(1)) && !is_laxer(amount(2), amount(1)) && !is_laxer(amount(2), amount(2))
        );
        assert!(is_laxer(amount(1), amount(2)) && is_laxer(amount(1), None) && !is_laxer(None, None));
    }

    #[test]
    fn a_proof_is_fresh_for_five_minutes() {
        let proved = Timestamp::from_micros(1_790_000_000_000_000);
        assert!(is_fresh(proved, proved) && is_fresh(proved, proved.plus_seconds(299)));
        assert!(!is_fresh(proved, proved.plus_seconds(300)));
    }
}
