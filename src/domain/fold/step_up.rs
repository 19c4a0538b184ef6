//! Fresh proofs: which commands need one, and above which amounts payments do.

use super::settings::step_up_member;
use super::{Fold, Outcome};
use crate::domain::account::Account;
use crate::domain::amount::Amount;
use crate::domain::command::{Authority, SetAccountStepUp};
use crate::domain::policy::Right;
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::scopes::Scope;
use crate::domain::step_up;

impl Fold<'_> {
    /// Refuses a user who did not prove who they are a short while ago.
    pub(super) fn require_fresh_proof(&self, authority: &Authority) -> Result<(), Refusal> {
        match authority {
            // By the clock and not by the order's time, which may be ahead of it.
            Authority::User(user) if !step_up::is_fresh(user.auth_time, self.asked_at) => {
                Err(Refusal::StepUpRequired)
            }
            _ => Ok(()),
        }
    }

    /// The same, where the payment is above the amount that the payer or the community set.
    pub(super) fn require_proof_for(
        &self,
        authority: &Authority,
        payer: &Account,
        amount: Amount,
    ) -> Result<(), Refusal> {
        if step_up::is_needed(amount, payer.step_up_above, self.state.community.step_up_above) {
            self.require_fresh_proof(authority)
        } else {
            Ok(())
        }
    }

    pub(super) fn set_account_step_up(
        &mut self,
        authority: &Authority,
        change: &SetAccountStepUp,
    ) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        let before = self.account(change.account_id, Thing::Account)?.clone();
        self.require_at(authority, Right::ManageAccount, &before, Scope::PaymentsWrite)?;
        if step_up::is_laxer(before.step_up_above, change.above) {
            self.require_fresh_proof(authority)?;
        }
        let (was, is) = (amount_json(before.step_up_above), amount_json(change.above));
        self.note_audit(authority, "account.step_up", before.id.uuid(), was, is);
        self.changed.insert(before.id);
        self.state.accounts.insert(before.id, Account { step_up_above: change.above, ..before });
        Ok(Outcome::Done)
    }
}

fn amount_json(above: Option<Amount>) -> String {
    format!("{{{}}}", step_up_member(above))
}
