//! Contributions: what an account is asked for after a month, taken once, each kind as a payment of its own to the fund.

use super::payments::{Draft, require_active, two_legs};
use super::{Fold, Outcome};
use crate::domain::account::{AccountKind, AccountStatus};
use crate::domain::amount::{Amount, MOVEMENT_MAX_MINOR};
use crate::domain::chain;
use crate::domain::command::Authority;
use crate::domain::contributions::{Charge, Charged, Dues, KeptCharge, Taken};
use crate::domain::ids::PaymentId;
use crate::domain::payment::{Party, PaymentState};
use crate::domain::records::EntryKind;
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::zone::Day;

impl Fold<'_> {
    /// Takes what an account is asked for, with what it owes from before. What another process took already, or the same
    /// one before a crash, is not taken again.
    pub(super) fn charge(&mut self, authority: &Authority, charge: &Charge) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        let account = self.account(charge.account_id, Thing::Account)?;
        Self::require_service(authority)?;
        let before = self.state.charged.get(&charge.account_id).copied().flatten();
        let today = self.state.community.time_zone.day_of(self.asked_at);
        let this_month = today.map_or(charge.month, Day::first_of_month);
        let is_done = before.is_some_and(|before| before.covers(charge.month, this_month));
        let is_member = account.kind == AccountKind::Member && account.status != AccountStatus::Closed;
        if is_done || !is_member {
            return Ok(Outcome::Done);
        }
        let owed = before.map_or(Dues::NONE, |before| before.owing);
        let asked = owed.plus(charge.dues());
        let contribution = self.collect(authority, charge, EntryKind::Contribution, asked.contribution)?;
        let holding = self.collect(authority, charge, EntryKind::HoldingCharge, asked.holding)?;
        let owing = Dues {
            contribution: asked.contribution.checked_sub(contribution.amount).unwrap_or_default(),
            holding: asked.holding.checked_sub(holding.amount).unwrap_or_default(),
        };
        let number = before.map_or(0, |before| before.number) + 1;
        let charged = Charged { account_id: charge.account_id, month: charge.month, owing, number };
        self.state.charged.insert(charge.account_id, Some(charged));
        self.postings.charged.push(charged);
        self.postings.charges.push(KeptCharge { number, charge: *charge, owed, contribution, holding });
        Ok(Outcome::Done)
    }

    /// Takes all of it, or what one payment can move, or nothing where a limit or a status forbids it.
    fn collect(
        &mut self,
        authority: &Authority,
        charge: &Charge,
        kind: EntryKind,
        asked: Amount,
    ) -> Result<Taken, Refusal> {
        let amount = asked.min(Amount::from_minor(MOVEMENT_MAX_MINOR));
        if amount == Amount::ZERO {
            return Ok(Taken::default());
        }
        let id = PaymentId::from_uuid(self.ids.uuid_at(self.now));
        let payer = self.account(charge.account_id, Thing::Payer)?;
        let fund = self.account(charge.fund_id, Thing::Payee)?;
        let sides = [payer.id, fund.id];
        let mut legs = two_legs(kind, id, sides, amount, chain::NO_TEXT);
        let judged = require_active(payer).and_then(|()| require_active(fund));
        if judged.and_then(|()| self.check_limits(&legs, None)).is_err() {
            return Ok(Taken::default());
        }
        let parties = (Party::from(payer), Party::from(fund));
        let description = charge.month.year_and_month();
        let (text_salt, text) = self.commit_to_text(&description);
        for leg in &mut legs {
            leg.text = text;
        }
        let transfer = self.post(&legs, None);
        let account_seq = Some(self.payers_account_seq(legs.len()));
        let draft = Draft::new(id, parties, text_salt, PaymentState::Completed);
        self.make_payment(authority, (amount, &description), draft, Some(transfer));
        Ok(Taken { amount, account_seq })
    }
}
