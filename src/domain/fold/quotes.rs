//! What a payment would do, judged by the rules that post it. Nothing is posted, and nothing changes.

use std::collections::HashMap;

use super::posting::Leg;
use super::{AnswerFormat, CommunityState, Fold, FormattedAnswer};
use crate::domain::account::Account;
use crate::domain::amount::Amount;
use crate::domain::command::{Authority, Pay};
use crate::domain::community::Community;
use crate::domain::ids::{AccountId, IdSource};
use crate::domain::many::PaidMany;
use crate::domain::payment::{Party, Payment};
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::schedule::NoticeFacts;
use crate::domain::time::Timestamp;

/// What a payment would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// Who would pay.
    pub payer: QuotedSide,
    /// Who would be paid.
    pub payee: QuotedSide,
    /// What would come on top of the amount.
    pub fees: Vec<Amount>,
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
    pub fn quote(&mut self, authority: &Authority, pay: &Pay, asked_at: Timestamp) -> Result<Quote, Refusal> {
        self.judging(asked_at, |fold| fold.quote(authority, pay))
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
    pub(super) fn quote(&self, authority: &Authority, pay: &Pay) -> Result<Quote, Refusal> {
        self.check_session(authority)?;
        let (legs, refusal) = match self.judge_pay(authority, pay) {
            Ok((_, _, legs)) => (Some(legs), None),
            Err(refusal) if refusal.is_about_access() => return Err(refusal),
            Err(refusal) => (None, Some(refusal)),
        };
        let side = |id, thing| {
            let account = self.account(id, thing)?;
            let after = legs.as_deref().filter(|_| self.may_see(authority, account));
            Ok(QuotedSide {
                party: Party::from(account),
                after: after.and_then(|legs| after_all(account, legs)),
            })
        };
        let payer = side(pay.payer_id, Thing::Payer)?;
        let payee = side(pay.payee_id, Thing::Payee)?;
        Ok(Quote { payer, payee, fees: Vec::new(), refusal })
    }
}

fn after_all(account: &Account, legs: &[Leg]) -> Option<After> {
    let of_account = |id: AccountId| legs.iter().filter(move |leg| leg.account_id == id);
    let balance =
        of_account(account.id).try_fold(account.balance, |balance, leg| balance.checked_add(leg.amount))?;
    let after = Account { balance, ..account.clone() };
    Some(After { balance, available: after.available() })
}

/// Judging makes nothing, so it needs no ids.
struct NoIds;

impl IdSource for NoIds {
    fn random_16(&mut self) -> [u8; 16] {
        [0; 16]
    }
}

/// Judging keeps no answers, so it formats none.
struct NoFormat;

impl AnswerFormat for NoFormat {
    fn payment(&self, _: &Community, _: &Payment) -> FormattedAnswer {
        FormattedAnswer { status: 0, body: Vec::new() }
    }

    fn payments(&self, _: &Community, _: &PaidMany) -> FormattedAnswer {
        FormattedAnswer { status: 0, body: Vec::new() }
    }

    fn notice(&self, _: &Community, _: &NoticeFacts<'_>) -> String {
        String::new()
    }

    fn refusal(&self, _: &Community, _: &Refusal, _: &str) -> FormattedAnswer {
        FormattedAnswer { status: 0, body: Vec::new() }
    }
}
