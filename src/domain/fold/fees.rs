//! Fees: which a payment bears, the legs of a payment with them, and changing the rules.

use std::sync::Arc;

use uuid::Uuid;

use super::payments::{require_active, two_legs};
use super::posting::{Leg, after_change, within_limits};
use super::{Fold, Outcome};
use crate::domain::account::{Account, AccountKind, AccountStatus};
use crate::domain::amount::Amount;
use crate::domain::chain::{self, Hash};
use crate::domain::command::Authority;
use crate::domain::community::Community;
use crate::domain::fees::{Fee, FeeRules, Fees, SetFees};
use crate::domain::ids::{AccountId, PaymentId, TextId};
use crate::domain::policy::Right;
use crate::domain::records::EntryKind;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scope;

/// A payment as its legs need it.
#[derive(Clone, Copy)]
pub(super) struct Move {
    pub payment_id: PaymentId,
    pub payer_id: AccountId,
    pub payee_id: AccountId,
    pub amount: Amount,
    pub fees: Fees,
    /// What the chain keeps of the payment's description.
    pub text: Hash,
}

impl Fold<'_> {
    /// What a payment of this amount bears now. Only payments between members bear fees, and only while the fund can take
    /// them: nobody's trade stops because the fund is frozen or full.
    pub(super) fn fees_of(&self, payer: &Account, payee: &Account, amount: Amount) -> Fees {
        let rules = &self.state.community.fees;
        let Some(fund_id) = rules.live_fund() else { return Fees::NONE };
        let are_members = payer.kind == AccountKind::Member && payee.kind == AccountKind::Member;
        let fees = if are_members { rules.of(amount) } else { Fees::NONE };
        if takes(self.known_account(fund_id), fees.total()) { fees } else { Fees::NONE }
    }

    /// The same, for a payment that nobody was promised yet: one too small to bear the payee's fee is refused.
    pub(super) fn judge_fees(
        &self,
        payer: &Account,
        payee: &Account,
        amount: Amount,
    ) -> Result<Fees, Refusal> {
        let fees = self.fees_of(payer, payee, amount);
        if fees.are_none() || !self.state.community.fees.exceed(amount) {
            Ok(fees)
        } else {
            Err(Refusal::Conflict(ConflictReason::FeeExceedsAmount))
        }
    }

    /// What a payment that breaks no limit would bear, and its legs, without its id and text.
    pub(super) fn judge_move(
        &self,
        payer: &Account,
        payee: &Account,
        amount: Amount,
    ) -> Result<(Fees, Vec<Leg>), Refusal> {
        let (fees, legs) = self.legs_with_fees(payer, payee, amount)?;
        self.check_limits(&legs, None)?;
        Ok((fees, legs))
    }

    /// The same, whatever the limits are.
    pub(super) fn legs_with_fees(
        &self,
        payer: &Account,
        payee: &Account,
        amount: Amount,
    ) -> Result<(Fees, Vec<Leg>), Refusal> {
        let fees = self.judge_fees(payer, payee, amount)?;
        let payment_id = PaymentId::from_uuid(Uuid::nil());
        let (payer_id, payee_id, text) = (payer.id, payee.id, chain::NO_TEXT);
        Ok((fees, self.legs_of(&Move { payment_id, payer_id, payee_id, amount, fees, text })))
    }

    /// The legs of a payment: the amount itself, then, where it bears fees, each side's and the fund's. The first is the
    /// payer's.
    pub(super) fn legs_of(&self, paid: &Move) -> Vec<Leg> {
        let Move { payment_id, payer_id, payee_id, amount, fees, text } = *paid;
        let mut legs = two_legs(EntryKind::Principal, payment_id, [payer_id, payee_id], amount, text);
        let Some(fund_id) = self.state.community.fees.fund_id.filter(|_| !fees.are_none()) else {
            return legs;
        };
        let fee = |account_id, minor| Leg {
            account_id,
            kind: EntryKind::Fee,
            amount: Amount::from_minor(minor),
            payment_id,
            text,
        };
        let sides = [(payer_id, -fees.payer.minor()), (payee_id, -fees.payee.minor())];
        let all = sides.into_iter().chain([(fund_id, fees.total().minor())]);
        legs.extend(all.filter(|(_, minor)| *minor != 0).map(|(id, minor)| fee(id, minor)));
        legs
    }

    /// Whether the fund gives back what a payment bore, now that it is undone. A fund that has spent it keeps the rest of the
    /// reversal from nobody: where limits may be passed, the fees stay with it.
    ///
    /// # Errors
    /// That the fund has not so much, where no limit may be passed.
    pub(super) fn can_give_back(&self, fees: Fees, may_pass: bool) -> Result<bool, Refusal> {
        let fund = self.state.community.fees.fund_id.filter(|_| !fees.are_none());
        let Some(fund) = fund.map(|id| self.known_account(id)) else { return Ok(false) };
        let lost = Amount::from_minor(-fees.total().minor());
        let judged = after_change(fund, lost).and_then(|after| within_limits(fund, &after));
        match judged {
            _ if fund.status == AccountStatus::Closed => Ok(false),
            Ok(()) => Ok(true),
            Err(_) if may_pass => Ok(false),
            Err(refusal) => Err(refusal),
        }
    }

    /// The place among the payer's entries of what was just posted by so many legs, the first of which is the payer's.
    pub(super) fn payers_account_seq(&self, legs: usize) -> i64 {
        let first = self.postings.entries.len().checked_sub(legs);
        first.and_then(|first| self.postings.entries.get(first)).map_or(0, |entry| entry.account_seq)
    }

    /// Keeps which fees a payment bears, where it bears some.
    pub(super) fn note_fees(&mut self, payment_id: PaymentId, fees: Fees) {
        if fees.are_none() {
            return;
        }
        self.postings.fees.push((payment_id, fees));
        if let Some(paid) = self.state.refundable.get_mut(&payment_id) {
            paid.fees = fees;
        }
        if let Some(life) = self.state.lives.get_mut(&payment_id) {
            life.payment.fees = fees;
        }
    }

    pub(super) fn set_fees(&mut self, authority: &Authority, change: &SetFees) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        let fund = self.account(change.fund_id, Thing::Account)?;
        if fund.kind != AccountKind::Commons {
            return Err(Refusal::NotFound(Thing::Account));
        }
        self.require(authority, Right::SetFees, Scope::LimitsWrite)?;
        self.require_fresh_proof(authority)?;
        assert!(change.payer.is_valid() && change.payee.is_valid(), "fees are validated where they come in");
        let before = Arc::clone(&self.state.community);
        let was = before.fees;
        if change.if_version.is_some_and(|version| version != was.version) {
            return Err(Refusal::PreconditionFailed);
        }
        require_active(fund)?;
        let is = FeeRules {
            version: was.version + 1,
            fund_id: Some(fund.id),
            payer: change.payer,
            payee: change.payee,
        };
        let id =
            self.note_audit(authority, "community.fees", before.id.uuid(), rules_json(&was), rules_json(&is));
        self.keep_text(TextId::from_uuid(id.uuid()), &change.reason);
        let after = Arc::new(Community { fees: is, ..(*before).clone() });
        self.state.community = Arc::clone(&after);
        self.postings.changed_community = Some(after);
        self.postings.fee_versions.push((is, self.state.head.seq));
        Ok(Outcome::Fees(is))
    }
}

/// Whether an account can be given so much.
fn takes(fund: &Account, amount: Amount) -> bool {
    let fits = after_change(fund, amount).and_then(|after| within_limits(fund, &after));
    fund.status == AccountStatus::Active && fits.is_ok()
}

/// Rules, for the audit log.
fn rules_json(rules: &FeeRules) -> String {
    let fee =
        |fee: Fee| format!(r#"{{"fixed_minor":{},"basis_points":{}}}"#, fee.fixed.minor(), fee.basis_points);
    format!(r#"{{"version":{},"payer":{},"payee":{}}}"#, rules.version, fee(rules.payer), fee(rules.payee))
}
