//! Trusted payees: whose requests an account's owner accepts beforehand, and up to how much.

use super::amount::Amount;
use super::ids::{AccountId, UserId};
use super::time::Timestamp;

/// How much of a payee's requests is accepted without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrustTerms {
    /// The most in one request.
    pub up_to: Amount,
    /// The most in all requests of one calendar month (UTC), where there is such a bound.
    pub per_month: Option<Amount>,
}

/// A standing order: an account's owner accepts a payee's requests beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trust {
    /// Whose account pays.
    pub payer_id: AccountId,
    /// Whose requests are accepted.
    pub payee_id: AccountId,
    /// Up to how much.
    pub terms: TrustTerms,
    /// The owner's user who said so, and on whose word it is paid.
    pub trusted_by: UserId,
    /// The month of the last request that was accepted so, counted from the year 0.
    pub month: i64,
    /// How much was accepted in that month.
    pub spent: Amount,
}

impl Trust {
    /// The same standing order after a request that it covers at `now`; none where it does not cover it.
    pub fn after(self, amount: Amount, now: Timestamp) -> Option<Self> {
        let month = now.month();
        let before = if self.month == month { self.spent } else { Amount::ZERO };
        let spent = before.checked_add(amount)?;
        let is_covered =
            amount <= self.terms.up_to && self.terms.per_month.is_none_or(|per_month| spent <= per_month);
        is_covered.then_some(Self { month, spent, ..self })
    }
}

/// What stands between a payer and a payee who asks to be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pair {
    /// The payer's standing order, where there is one.
    pub trust: Option<Trust>,
    /// How many of the payee's requests await the payer's word.
    pub open_requests: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_month_has_its_own_bound() {
        let id = Uuid::nil();
        let amount = Amount::from_minor;
        let at = |text: &str| Timestamp::parse_rfc3339(text).unwrap();
        let trust = Trust {
            payer_id: AccountId::from_uuid(id),
            payee_id: AccountId::from_uuid(id),
            terms: TrustTerms { up_to: amount(20), per_month: Some(amount(50)) },
            trusted_by: UserId::from_uuid(id),
            month: 0,
            spent: Amount::ZERO,
        };
        let november = at("2026-11-30T23:59:59.999999Z");
        assert_eq!(trust.after(amount(21), november), None);
        let twice = trust.after(amount(20), november).unwrap().after(amount(20), november).unwrap();
        assert_eq!(twice.spent, amount(40));
        assert_eq!(twice.after(amount(11), november), None);
        assert_eq!(twice.after(amount(10), november).unwrap().spent, amount(50));
        assert_eq!(twice.after(amount(11), at("2026-12-01T00:00:00Z")).unwrap().spent, amount(11));
        // A month of another year is another month.
        assert_eq!(twice.after(amount(11), at("2027-11-01T00:00:00Z")).unwrap().spent, amount(11));
    }
}
