//! One-off allowances: a payment that passes its payer's credit limit because an admin let it, once, and says so in its record.

use super::posting::{Leg, after_legs};
use super::{Fold, Outcome};
use crate::domain::account::{Account, AccountStatus};
use crate::domain::allowance::{Allowance, SetAllowance};
use crate::domain::amount::Amount;
use crate::domain::command::Authority;
use crate::domain::ids::{PaymentId, TextId};
use crate::domain::policy::Right;
use crate::domain::records::EntryKind;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scope;

impl Fold<'_> {
    /// Lets an account pass its credit limit by one payment, or no longer. The next one replaces one that stands.
    pub(super) fn set_allowance(
        &mut self,
        authority: &Authority,
        change: &SetAllowance,
    ) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        let before = self.account(change.account_id, Thing::Account)?.clone();
        self.require(authority, Right::SetLimits, Scope::LimitsWrite)?;
        self.require_fresh_proof(authority)?;
        if change.if_version.is_some_and(|version| version != before.version) {
            return Err(Refusal::PreconditionFailed);
        }
        // What an import does once more is not told twice.
        if *authority == Authority::Service && before.allowance == change.allowance {
            return Ok(Outcome::Account(Box::new(before)));
        }
        if let Some(allowance) = change.allowance {
            if before.status != AccountStatus::Active {
                return Err(Refusal::AccountNotActive { code: before.code, status: before.status });
            }
            // Once is as far as for good: what no admin may give alone, they may not give once.
            let reach = before.limits.credit_limit.checked_add(allowance.amount);
            let is_user = matches!(authority, Authority::User(_));
            if is_user && self.state.community.approval_rules.bind_credit(reach) {
                return Err(Refusal::Conflict(ConflictReason::ApprovalNeeded));
            }
        }
        let (was, is) = (allowance_json(before.allowance), allowance_json(change.allowance));
        let audit_id = self.note_audit(authority, "account.allowance", before.id.uuid(), was, is);
        self.keep_text(TextId::from_uuid(audit_id.uuid()), &change.reason);
        let version = before.version + 1;
        let after = Account { allowance: change.allowance, version, ..before };
        self.changed.insert(after.id);
        self.state.accounts.insert(after.id, after.clone());
        Ok(Outcome::Account(Box::new(after)))
    }

    /// The legs of a payment within the limits, or beyond the payer's credit limit where an allowance lets it: then the
    /// payer's entry says so. Whoever is leaving moves towards zero, whatever was allowed before.
    pub(super) fn within_limits_or_allowed(
        &self,
        payer: &Account,
        amount: Amount,
        mut legs: Vec<Leg>,
    ) -> Result<Vec<Leg>, Refusal> {
        let Err(refusal) = self.check_limits(&legs, None) else { return Ok(legs) };
        let is_allowed = payer.status == AccountStatus::Active
            && payer.allowance.is_some_and(|allowance| allowance.admits(amount, self.now));
        // How far one admin may let somebody go is a matter of where the account gets to, by however many payments.
        let after = after_legs(payer, &legs)?;
        let owed = after.reserved.checked_sub(after.balance);
        let needs_two = self.state.community.approval_rules.bind_credit(owed);
        if needs_two || !(is_allowed && matches!(refusal, Refusal::InsufficientCredit { .. })) {
            return Err(refusal);
        }
        self.check_limits(&legs, Some(payer.id))?;
        if let Some(paid) = legs.first_mut() {
            assert_eq!(paid.account_id, payer.id, "the first leg is the payer's");
            paid.kind = EntryKind::PrincipalBeyondLimit;
        }
        Ok(legs)
    }

    /// Notes that a payment of these legs used its payer's allowance, where it did: there is none any more.
    pub(super) fn use_allowance(&mut self, authority: &Authority, payment_id: PaymentId, legs: &[Leg]) {
        let used = legs.iter().find(|leg| leg.kind == EntryKind::PrincipalBeyondLimit);
        let Some(payer_id) = used.map(|leg| leg.account_id) else { return };
        let allowance = self.known_account_mut(payer_id).allowance.take();
        self.changed.insert(payer_id);
        let after = format!(r#"{{"payment_id":"{payment_id}"}}"#);
        let before = allowance_json(allowance);
        self.note_audit(authority, "account.allowance_used", payer_id.uuid(), before, after);
    }
}

fn allowance_json(allowance: Option<Allowance>) -> String {
    allowance.map_or_else(String::new, |Allowance { amount, until }| {
        format!(r#"{{"amount_minor":{},"until":"{}"}}"#, amount.minor(), until.rfc3339())
    })
}
