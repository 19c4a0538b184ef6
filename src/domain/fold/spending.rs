//! What a member's app may spend: judged and counted in the order, so that two payments at once cannot both be the
//! last one that fits.

use super::Fold;
use crate::domain::amount::Amount;
use crate::domain::command::Authority;
use crate::domain::refusal::{AppCeiling, Refusal};
use crate::domain::spending::{DaySpending, day_of};

impl Fold<'_> {
    /// Refuses an amount that the member's ceilings for the app do not admit. Whatever spends on the scope
    /// `payments:write` asks here before it does, and calls [`Fold::note_spending`] once it has.
    pub(super) fn check_ceilings(&self, authority: &Authority, amount: Amount) -> Result<(), Refusal> {
        let Authority::User(user) = authority else { return Ok(()) };
        let scale = self.state.community.scale;
        let refuse = |ceiling, left: Amount| {
            Err(Refusal::AppCeiling { ceiling, asked: scale.format(amount), left: scale.format(left) })
        };
        if let Some(ceiling) = user.ceilings.per_payment {
            let ceiling = ceiling.in_scale(scale);
            if amount > ceiling {
                return refuse(AppCeiling::Payment, ceiling);
            }
        }
        if let Some(ceiling) = user.ceilings.per_day {
            let spent = self.spent_today(authority);
            let left = ceiling.in_scale(scale).checked_sub(spent).unwrap_or_default().max(Amount::ZERO);
            if amount > left {
                return refuse(AppCeiling::Day, left);
            }
        }
        Ok(())
    }

    /// Counts an amount that was spent, where a ceiling for the day will ask for it.
    pub(super) fn note_spending(&mut self, authority: &Authority, amount: Amount) {
        let Authority::User(user) = authority else { return };
        if user.ceilings.per_day.is_none() {
            return;
        }
        // Ceilings keep sums far inside the range; were one beyond it, nothing more could be spent that day.
        let spent = self.spent_today(authority).checked_add(amount).unwrap_or(Amount::from_minor(i64::MAX));
        let spending = DaySpending { day: day_of(self.now), spent };
        self.state.spending.insert(user.session_id, spending);
        self.spenders.insert(user.session_id);
    }

    fn spent_today(&self, authority: &Authority) -> Amount {
        let Authority::User(user) = authority else { return Amount::ZERO };
        let spending = self.state.spending.get(&user.session_id).copied().unwrap_or_default();
        spending.on(day_of(self.now))
    }
}
