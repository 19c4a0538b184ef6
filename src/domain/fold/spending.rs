//! What a member's app and an account's teller may spend: judged and counted in the order, so that two payments at once
//! cannot both be the last one that fits.

use super::Fold;
use crate::domain::account::Account;
use crate::domain::amount::Amount;
use crate::domain::command::Authority;
use crate::domain::ids::{AccountId, SpenderId};
use crate::domain::policy::{Right, Standing};
use crate::domain::refusal::{Ceiling, Refusal, Spender};
use crate::domain::spending::{DaySpending, SpendingCeilings, day_of};

/// Somebody whose spending has ceilings, under the id by which it is counted.
struct Bounded {
    id: SpenderId,
    who: Spender,
    ceilings: SpendingCeilings,
}

impl Fold<'_> {
    /// Refuses an amount that the ceilings of the app, or of the teller, do not admit. Whatever spends on the scope
    /// `payments:write` asks here before it does, and calls [`Fold::note_spending`] once it has.
    pub(super) fn check_ceilings(
        &self,
        authority: &Authority,
        payer: &Account,
        amount: Amount,
    ) -> Result<(), Refusal> {
        let bounded = self.bounded(authority, payer);
        bounded
            .iter()
            .flatten()
            .try_for_each(|spender| self.check(spender, amount, self.spent_today(spender.id)))
    }

    /// The same, of what is planned for another day, on which nothing is spent yet. It is counted on that day.
    pub(super) fn check_ceilings_ahead(
        &self,
        authority: &Authority,
        payer: &Account,
        amount: Amount,
    ) -> Result<(), Refusal> {
        let bounded = self.bounded(authority, payer);
        bounded.iter().flatten().try_for_each(|spender| self.check(spender, amount, Amount::ZERO))
    }

    fn check(&self, spender: &Bounded, amount: Amount, spent: Amount) -> Result<(), Refusal> {
        let scale = self.state.community.scale;
        let refuse = |ceiling, left: Amount| {
            let (asked, left) = (scale.format(amount), scale.format(left));
            Err(Refusal::SpendingCeiling { who: spender.who, ceiling, asked, left })
        };
        if let Some(ceiling) = spender.ceilings.per_payment {
            let ceiling = ceiling.in_scale(scale);
            if amount > ceiling {
                return refuse(Ceiling::Payment, ceiling);
            }
        }
        if let Some(ceiling) = spender.ceilings.per_day {
            let left = ceiling.in_scale(scale).checked_sub(spent).unwrap_or_default().max(Amount::ZERO);
            if amount > left {
                return refuse(Ceiling::Day, left);
            }
        }
        Ok(())
    }

    /// Counts an amount that was spent from the payer's account, where a ceiling for the day will ask for it.
    pub(super) fn note_spending(&mut self, authority: &Authority, payer_id: AccountId, amount: Amount) {
        let (Authority::User(user), Some(payer)) = (authority, self.state.accounts.get(&payer_id)) else {
            return;
        };
        for Bounded { id, who, ceilings } in self.bounded(authority, payer).into_iter().flatten() {
            // A teller's terms may change within the day, an app's cannot.
            if who == Spender::App && ceilings.per_day.is_none() {
                continue;
            }
            // Ceilings keep sums far inside the range; were one beyond it, nothing more could be spent that day.
            let spent = self.spent_today(id).checked_add(amount).unwrap_or(Amount::from_minor(i64::MAX));
            self.state.spending.insert(id, DaySpending { day: day_of(self.now), spent });
            self.spenders.insert(id, user.user_id);
        }
    }

    /// The app and the teller through whom the user spends; a member at a wallet is neither.
    fn bounded(&self, authority: &Authority, payer: &Account) -> [Option<Bounded>; 2] {
        let Authority::User(user) = authority else { return [None, None] };
        let app = user.app.map(|id| Bounded { id, who: Spender::App, ceilings: user.ceilings });
        let is_teller =
            matches!(self.standing_at(authority, Right::PayFrom, payer), Some(Standing::Teller(_)));
        let teller = is_teller.then(|| self.state.teller(user.user_id, payer.id)).flatten();
        let teller = teller.map(|given| Bounded {
            id: given.id.into(),
            who: Spender::Teller,
            ceilings: given.terms.ceilings,
        });
        [app, teller]
    }

    fn spent_today(&self, id: SpenderId) -> Amount {
        self.state.spending.get(&id).copied().unwrap_or_default().on(day_of(self.now))
    }
}
