//! Payments that look like the repetition of another, judged and noted in the order.

use super::Fold;
use crate::domain::command::{Authority, Pay};
use crate::domain::duplicates::{Likeness, RecentPayment};
use crate::domain::ids::{AccountId, PaymentId};
use crate::domain::refusal::Refusal;

impl Fold<'_> {
    /// Refuses a user's payment that looks like one that the same account made a short while ago, unless the user says
    /// that both are meant.
    pub(super) fn require_no_duplicate(&self, authority: &Authority, pay: &Pay) -> Result<(), Refusal> {
        let Authority::User(_) = authority else { return Ok(()) };
        if pay.allow_duplicate {
            return Ok(());
        }
        let payer = self.state.accounts.get(&pay.payer_id);
        let Some((recent, payer)) = self.state.recent.get(&pay.payer_id).zip(payer) else { return Ok(()) };
        match recent.find(pay.into(), payer.account_seq, self.now) {
            Some(earlier) => Err(Refusal::PossibleDuplicate(earlier)),
            None => Ok(()),
        }
    }

    /// Notes a payment that was made at once, where later ones of the same account will be compared with it. Of other
    /// accounts nothing is remembered; the ledger's entries tell it once they are asked.
    pub(super) fn note_recent(
        &mut self,
        payer_id: AccountId,
        likeness: Likeness,
        payment_id: PaymentId,
        account_seq: i64,
    ) {
        let Some(recent) = self.state.recent.get_mut(&payer_id) else { return };
        recent.note(RecentPayment { payment_id, likeness, made_at: self.now, account_seq });
    }
}
