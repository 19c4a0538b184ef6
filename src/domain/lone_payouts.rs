//! How much one admin pays out of the fund alone: together no more than the amount above which it takes two, within a time.

use super::amount::Amount;
use super::approval::ApprovalRules;
use super::ids::{AccountId, PaymentId, UserId};
use super::time::Timestamp;

/// For how long what was paid out alone counts, in seconds: thirty days.
pub const LONE_PAYOUTS_S: i64 = 30 * 86_400;
/// The most payments that count: where there are as many in that time, another admin has to agree to any more.
pub const LONE_PAYOUTS_MAX: usize = 1_000;

/// What an admin paid out alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LonePayout {
    /// By which payment.
    pub payment_id: PaymentId,
    /// Who.
    pub paid_by: UserId,
    /// To whom.
    pub payee_id: AccountId,
    /// How much.
    pub amount: Amount,
    /// When.
    pub made_at: Timestamp,
}

/// What a community's admins paid out alone in the time that counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LonePayouts(Vec<LonePayout>);

impl LonePayouts {
    /// These, of which those count that lie in the time before the one at which it is asked.
    pub const fn new(all: Vec<LonePayout>) -> Self {
        Self(all)
    }

    /// Notes one more, and forgets those that count no more.
    pub fn note(&mut self, new: LonePayout) {
        self.0.retain(|paid| counts(paid, new.made_at));
        self.0.push(new);
    }

    /// Whether another admin has to agree to so much: where it is above the community's amount by itself, together with what the
    /// same admin paid out alone to anybody, or together with what anybody paid out alone to the same payee.
    pub fn need_two(
        &self,
        rules: &ApprovalRules,
        (paid_by, payee_id): (UserId, AccountId),
        amount: Amount,
        now: Timestamp,
    ) -> bool {
        let Some(above) = rules.reversals_above else { return false };
        let recent = || self.0.iter().filter(|paid| counts(paid, now));
        // Each within what one payment moves, and few: no overflow.
        let total = |among: &dyn Fn(&LonePayout) -> bool| -> i128 {
            recent().filter(|paid| among(paid)).map(|paid| i128::from(paid.amount.minor())).sum()
        };
        let (by_them, to_them) =
            (total(&|paid| paid.paid_by == paid_by), total(&|paid| paid.payee_id == payee_id));
        let all = i128::from(amount.minor()) + by_them.max(to_them);
        all > i128::from(above.minor()) || recent().count() >= LONE_PAYOUTS_MAX
    }

    /// How many are kept.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether one counts at a time. A clock that is behind what was noted counts it, too.
fn counts(paid: &LonePayout, now: Timestamp) -> bool {
    paid.made_at > now.plus_seconds(-LONE_PAYOUTS_S)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

    fn paid(by: u128, to: u128, minor: i64, days_ago: i64) -> LonePayout {
        LonePayout {
            payment_id: PaymentId::from_uuid(Uuid::nil()),
            paid_by: UserId::from_uuid(Uuid::from_u128(by)),
            payee_id: AccountId::from_uuid(Uuid::from_u128(to)),
            amount: Amount::from_minor(minor),
            made_at: NOW.plus_seconds(-days_ago * 86_400),
        }
    }

    fn need_two(before: &[LonePayout], by: u128, to: u128, minor: i64) -> bool {
        let rules = ApprovalRules { limits_above: None, reversals_above: Some(Amount::from_minor(100)) };
        let new = paid(by, to, minor, 0);
        LonePayouts::new(before.to_vec()).need_two(&rules, (new.paid_by, new.payee_id), new.amount, NOW)
    }

    #[test]
    fn small_ones_count_together_by_who_pays_and_by_who_is_paid() {
        assert!(!need_two(&[], 1, 5, 100) && need_two(&[], 1, 5, 101));
        let before = [paid(1, 5, 60, 1), paid(2, 6, 90, 1)];
        assert!(!need_two(&before, 1, 7, 40) && need_two(&before, 1, 7, 41), "by the same admin");
        assert!(!need_two(&before, 3, 5, 40) && need_two(&before, 3, 5, 41), "to the same payee");
        assert!(!need_two(&before, 3, 7, 100), "neither");
    }

    #[test]
    fn what_is_long_ago_counts_no_more_and_so_many_are_too_many() {
        assert!(need_two(&[paid(1, 5, 60, 29)], 1, 7, 41));
        assert!(!need_two(&[paid(1, 5, 60, 30)], 1, 7, 41));
        assert!(need_two(&[paid(1, 5, 60, -1)], 1, 7, 41), "of a clock that was ahead");
        let many: Vec<_> = (0..1_000).map(|number| paid(9, 10 + number, 1, 1)).collect();
        assert!(need_two(&many, 1, 5, 1) && !need_two(&many[1..], 1, 5, 1));
        let no_rule = LonePayouts::new(many);
        let new = paid(1, 5, 1, 0);
        let rules = ApprovalRules::default();
        assert!(!no_rule.need_two(&rules, (new.paid_by, new.payee_id), new.amount, NOW));
    }

    #[test]
    fn what_counts_no_more_is_forgotten() {
        let mut all = LonePayouts::new(vec![paid(1, 5, 60, 31), paid(1, 5, 60, 29)]);
        all.note(paid(1, 5, 1, 0));
        assert_eq!(all.len(), 2);
    }
}
