//! Forgetting who a member was: the name goes, and with it what was answered and is remembered.

use super::{Fold, Outcome};
use crate::domain::account::{Account, AccountStatus};
use crate::domain::command::{Authority, EraseMember};
use crate::domain::ids::AccountId;
use crate::domain::member::MemberStatus;
use crate::domain::records::ErasedMember;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};

impl Fold<'_> {
    /// The balances stay as they are: accounts are settled before they are closed, and a closed one stays closed.
    pub(super) fn erase_member(
        &mut self,
        authority: &Authority,
        erase: &EraseMember,
    ) -> Result<Outcome, Refusal> {
        if *authority != Authority::Service {
            return Err(Refusal::Forbidden);
        }
        for id in &erase.account_ids {
            let account = self.account(*id, Thing::Account)?;
            if account.status != AccountStatus::Closed {
                return Err(Refusal::Conflict(ConflictReason::AccountOpen));
            }
            if account.member_id != Some(erase.member_id) {
                return Err(Refusal::NotFound(Thing::Member));
            }
        }
        for id in &erase.account_ids {
            if let Some(account) = self.state.accounts.get_mut(id) {
                *account = Account { name: erase.name.as_str().into(), ..account.clone() };
            }
        }
        // What was planned from there has ended with the accounts.
        for schedule in self.state.schedules.values_mut() {
            if erase.account_ids.contains(&schedule.payer_id) {
                schedule.description.clear();
            }
        }
        self.forget_texts_of(erase);
        // Wherever the member is remembered: an erased admin must not count as one who can still act.
        let remembered = self.state.operators.values_mut().flatten().chain(self.state.members.values_mut());
        for operator in remembered {
            if operator.member_id == erase.member_id {
                operator.status = MemberStatus::Closed;
            }
        }
        self.note_audit(authority, "member.erased", erase.member_id.uuid(), String::new(), String::new());
        self.postings.erased_members.push(ErasedMember { id: erase.member_id, name: erase.name.clone() });
        Ok(Outcome::Done)
    }

    /// What is remembered of the accounts' payments tells of nobody any more. Nothing more is paid between closed
    /// accounts, and what awaited a next step was ended before; what a refusal looks at stays.
    fn forget_texts_of(&mut self, erase: &EraseMember) {
        let is_of = |id: &AccountId| erase.account_ids.contains(id);
        for life in self.state.lives.values_mut() {
            let payment = &mut life.payment;
            let (of_payer, of_payee) = (is_of(&payment.payer.account_id), is_of(&payment.payee.account_id));
            if of_payer {
                payment.payer.name = erase.name.as_str().into();
            }
            if of_payee {
                payment.payee.name = erase.name.as_str().into();
            }
            if of_payer || of_payee {
                payment.description = String::new();
                payment.reason = None;
            }
        }
        for (_, pair) in
            self.state.pairs.iter_mut().filter(|((payer, payee), _)| is_of(payer) || is_of(payee))
        {
            pair.trust = None;
        }
    }

    /// Whether what was answered earlier may hold what was erased since: then payments are shown as they are now.
    pub(super) fn has_erased(&self) -> bool {
        !self.postings.erased_members.is_empty()
    }
}
