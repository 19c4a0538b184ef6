//! How much and how often accounts pay, where their community's policy bounds it, and who comes near a limit.

use super::Fold;
use crate::domain::account::Account;
use crate::domain::amount::Amount;
use crate::domain::ids::AccountId;
use crate::domain::payment_rules::Paid;
use crate::domain::records::EventKind;
use crate::domain::refusal::Refusal;

impl Fold<'_> {
    /// Refuses a payment that is one too many, or too much, for the account's day, week or month. Whatever pays of its own
    /// accord asks here before it does, and calls [`Fold::count_payment`] once it has; what is set aside counts then, and is
    /// not counted again when it is captured.
    pub(super) fn check_payment_limits(&self, payer: &Account, amount: Amount) -> Result<(), Refusal> {
        let zone = &self.state.community.time_zone;
        let judged = payer.rules.judge(&payer.paid, amount, self.now, zone);
        judged.map_err(Refusal::PaymentLimitReached)
    }

    /// Counts a payment, where the account's payments are bounded.
    pub(super) fn count_payment(&mut self, payer_id: AccountId, amount: Amount) {
        let Some(payer) = self.state.accounts.get(&payer_id).filter(|payer| payer.rules.bound_payments())
        else {
            return;
        };
        let paid = self.paid_with(payer, amount);
        self.known_account_mut(payer_id).paid = paid;
        self.changed.insert(payer_id);
    }

    /// What is counted after one more payment: nothing where nothing is bounded.
    pub(super) fn paid_with(&self, payer: &Account, amount: Amount) -> Paid {
        if payer.rules.bound_payments() {
            payer.paid.with(amount, self.now, &self.state.community.time_zone)
        } else {
            payer.paid
        }
    }

    /// Tells that an account has come near a limit.
    pub(super) fn tell_near_limit(&mut self, account_id: AccountId) {
        self.append_event(EventKind::AccountNearLimit, account_id.uuid());
    }
}
