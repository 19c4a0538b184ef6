//! Trusted payees: whose requests are accepted beforehand, said by the account's owner.

use super::{Fold, Outcome};
use crate::domain::amount::Amount;
use crate::domain::command::{Authority, SetTrust};
use crate::domain::policy::Right;
use crate::domain::records::TrustChange;
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::scopes::Scope;
use crate::domain::trust::{Trust, TrustTerms};

impl Fold<'_> {
    /// To trust needs a fresh proof, which stands for what is paid by it later; to trust no more needs none.
    pub(super) fn set_trust(&mut self, authority: &Authority, change: &SetTrust) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        let payer = self.account(change.payer_id, Thing::Account)?;
        self.account(change.payee_id, Thing::Payee)?;
        self.require_at(authority, Right::ManageAccount, payer, Scope::PaymentsWrite)?;
        // The service has nobody on whose word it could be paid.
        let Authority::User(user) = authority else { return Err(Refusal::Forbidden) };
        let between = (change.payer_id, change.payee_id);
        let before = self.state.pairs.get(&between).and_then(|pair| pair.trust);
        let after = match change.terms {
            Some(terms) => {
                self.require_fresh_proof(authority)?;
                if change.payer_id == change.payee_id {
                    return Err(Refusal::SameAccount);
                }
                let (month, spent) = before.map_or((0, Amount::ZERO), |before| (before.month, before.spent));
                let (payer_id, payee_id) = between;
                Some(Trust { payer_id, payee_id, terms, trusted_by: user.user_id, month, spent })
            }
            None => None,
        };
        let trust_change = match (before, after) {
            (_, Some(after)) => TrustChange::Set(after),
            (Some(before), None) => TrustChange::Removed(before),
            (None, None) => return Err(Refusal::NotFound(Thing::Payee)),
        };
        self.postings.trusts.push(trust_change);
        self.state.pairs.entry(between).or_default().trust = after;
        let describe = |trust: Option<Trust>| terms_json(change, trust.map(|trust| trust.terms));
        let (was, is) = (describe(before), describe(after));
        self.note_audit(authority, "account.trusted_payee", change.payer_id.uuid(), was, is);
        Ok(Outcome::Done)
    }
}

fn terms_json(change: &SetTrust, terms: Option<TrustTerms>) -> String {
    let amount = |amount: Option<Amount>| {
        amount.map_or_else(|| "null".to_owned(), |amount| amount.minor().to_string())
    };
    let up_to = amount(terms.map(|terms| terms.up_to));
    let per_month = amount(terms.and_then(|terms| terms.per_month));
    format!(r#"{{"payee":"{}","up_to_minor":{up_to},"per_month_minor":{per_month}}}"#, change.payee_id)
}
