//! What a payment would do, judged by the rules that make it. Nothing is posted, and nothing changes.

use std::collections::HashMap;

use super::posting::after_legs;
use super::{AnswerFormat, CommunityState, Fold, FormattedAnswer};
use crate::domain::account::Account;
use crate::domain::amount::Amount;
use crate::domain::checkout::{Checkout, CheckoutReader};
use crate::domain::command::{Action, Authorise, Authority, Pay};
use crate::domain::community::Community;
use crate::domain::fees::Fees;
use crate::domain::ids::IdSource;
use crate::domain::many::PaidMany;
use crate::domain::payment::{Party, Payment};
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::schedule::{NewSchedule, NoticeFacts};
use crate::domain::time::Timestamp;

/// A payment of which it is asked what it would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proposal {
    /// The money moves at once.
    Pay(Pay),
    /// It is set aside for the payee to capture.
    Authorise(Authorise),
    /// It is planned for later: credit is judged when its time comes.
    Plan(NewSchedule),
}

impl Proposal {
    /// Who would pay whom how much.
    pub const fn payment(&self) -> &Pay {
        match self {
            Self::Pay(pay) => pay,
            Self::Authorise(authorise) => &authorise.payment,
            Self::Plan(new) => &new.payment,
        }
    }
}

impl From<Proposal> for Action {
    fn from(proposal: Proposal) -> Self {
        match proposal {
            Proposal::Pay(pay) => Self::Pay(pay),
            Proposal::Authorise(authorise) => Self::Authorise(authorise),
            Proposal::Plan(new) => Self::Schedule(new),
        }
    }
}

/// What a payment would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// Who would pay.
    pub payer: QuotedSide,
    /// Who would be paid.
    pub payee: QuotedSide,
    /// What each side would bear.
    pub fees: Fees,
    /// Why it would be refused, where it would.
    pub refusal: Option<Refusal>,
}

/// One side of a payment that was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotedSide {
    /// The account.
    pub party: Party,
    /// How it would be afterwards: none where the payment would be refused, or this is not the caller's to see.
    pub after: Option<After>,
}

/// An account after a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// Its balance.
    pub balance: Amount,
    /// What it could still spend.
    pub available: Amount,
}

impl CommunityState {
    /// What a payment would do that was asked for at this time. The state is complete for it and stays as it is.
    ///
    /// # Errors
    /// Why the caller may not even ask: the same as for paying.
    pub fn quote(
        &mut self,
        authority: &Authority,
        proposal: &Proposal,
        asked_at: Timestamp,
    ) -> Result<Quote, Refusal> {
        self.judging(asked_at, |fold| fold.quote(authority, proposal))
    }

    /// Lets a fold judge of which nothing is kept.
    pub(super) fn judging<T>(&mut self, asked_at: Timestamp, work: impl FnOnce(&mut Fold<'_>) -> T) -> T {
        let known_answers = HashMap::new();
        let mut ids = NoIds;
        let mut fold = Fold::new(self, &known_answers, asked_at, &mut ids, &NoFormat);
        work(&mut fold)
    }
}

impl Fold<'_> {
    pub(super) fn quote(&self, authority: &Authority, proposal: &Proposal) -> Result<Quote, Refusal> {
        self.check_session(authority)?;
        let (changed, refusal) = match self.judge_proposal(authority, proposal) {
            Ok(changed) => (Some(changed), None),
            Err(refusal) if refusal.is_about_access() => return Err(refusal),
            Err(refusal) => (None, Some(refusal)),
        };
        let side = |id, thing| {
            let account = self.account(id, thing)?;
            let seen = changed.as_deref().filter(|_| self.may_see(authority, account));
            let after = seen.map(|changed| {
                let after = changed.iter().find(|changed| changed.id == id).unwrap_or(account);
                After { balance: after.balance, available: after.available() }
            });
            Ok(QuotedSide { party: Party::from(account), after })
        };
        let pay = proposal.payment();
        let (payer, payee) = (side(pay.payer_id, Thing::Payer)?, side(pay.payee_id, Thing::Payee)?);
        let (from, to) =
            (self.account(pay.payer_id, Thing::Payer)?, self.account(pay.payee_id, Thing::Payee)?);
        let fees = self.fees_of(from, to, pay.amount);
        Ok(Quote { payer, payee, fees, refusal })
    }

    /// The accounts that it would change, as they would be then.
    fn judge_proposal(&self, authority: &Authority, proposal: &Proposal) -> Result<Vec<Account>, Refusal> {
        match proposal {
            Proposal::Pay(pay) => {
                let legs = self.judge_pay(authority, pay)?.legs;
                let sides = [(pay.payer_id, Thing::Payer), (pay.payee_id, Thing::Payee)];
                let after = |(id, thing)| after_legs(self.account(id, thing)?, &legs);
                sides.into_iter().map(after).collect()
            }
            Proposal::Authorise(authorise) => {
                let authorisable = self.judge_authorisation(authority, authorise)?;
                Ok(vec![authorisable.payer_after])
            }
            Proposal::Plan(new) => self.judge_plan(authority, new).map(|_| Vec::new()),
        }
    }
}

/// Judging makes nothing, so it needs no ids.
struct NoIds;

impl IdSource for NoIds {
    fn random_16(&mut self) -> [u8; 16] {
        [0; 16]
    }
}

/// For who keeps no answers, and so formats none.
#[derive(Debug)]
pub struct NoFormat;

impl AnswerFormat for NoFormat {
    fn payment(&self, _: &Community, _: &Payment) -> FormattedAnswer {
        FormattedAnswer { status: 0, body: Vec::new() }
    }

    fn payments(&self, _: &Community, _: &PaidMany) -> FormattedAnswer {
        FormattedAnswer { status: 0, body: Vec::new() }
    }

    fn checkout(&self, _: &Community, _: &Checkout, _: CheckoutReader) -> Vec<u8> {
        Vec::new()
    }

    fn notice(&self, _: &Community, _: &NoticeFacts<'_>) -> String {
        String::new()
    }

    fn refusal(&self, _: &Community, _: &Refusal, _: &str) -> FormattedAnswer {
        FormattedAnswer { status: 0, body: Vec::new() }
    }
}
