//! Several payments in one transfer: judged one after the other or as one, by the rules of each.
//!
//! Judging goes along with the balances that the payments before leave, which are put back at its end: then all that passed is
//! posted at once. Every line is looked at a fixed number of times, so that others wait no longer than they must.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::fees::Move;
use super::payments::Draft;
use super::posting::{Leg, after_legs, within_limits};
use super::quotes::After;
use super::{CommunityState, Fold, Outcome};
use crate::domain::account::Account;
use crate::domain::amount::Amount;
use crate::domain::chain;
use crate::domain::command::{Authority, Pay};
use crate::domain::duplicates::Likeness;
use crate::domain::fees::Fees;
use crate::domain::ids::{AccountId, PaymentId, SpenderId, UserId};
use crate::domain::many::{LineRefusal, ManyMode, PaidMany, PayMany};
use crate::domain::payment::{Party, PaymentState};
use crate::domain::policy::Right;
use crate::domain::records::EntryKind;
use crate::domain::refusal::Refusal;
use crate::domain::scopes::Scope;
use crate::domain::spending::DaySpending;
use crate::domain::time::Timestamp;

/// What would come of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedLine {
    /// The payer after this line: none where it is refused, or the account's amounts are not the caller's to see.
    pub payer_after: Option<After>,
    /// Why it is refused, where it is.
    pub refusal: Option<Refusal>,
}

/// How things were before the first line.
struct Before {
    accounts: HashMap<AccountId, Account>,
    spending: HashMap<SpenderId, DaySpending>,
    spenders: BTreeMap<SpenderId, UserId>,
    /// On which line each payment stands, to find it a second time.
    seen: HashMap<(AccountId, Likeness), u32>,
}

/// A line that passed: both sides, and what it bears.
type Passed = (Party, Party, Fees);

impl CommunityState {
    /// What would come of each line, in order. The state is complete for it and stays as it is.
    ///
    /// # Errors
    /// Why the caller may not even ask: the same as for paying.
    pub fn preview(
        &mut self,
        authority: &Authority,
        many: &PayMany,
        asked_at: Timestamp,
    ) -> Result<Vec<JudgedLine>, Refusal> {
        self.judging(asked_at, |fold| {
            fold.check_session(authority)?;
            let judged = fold.judge_many(authority, many)?;
            Ok(judged.into_iter().map(|(line, _)| line).collect())
        })
    }
}

impl Fold<'_> {
    pub(super) fn pay_many(&mut self, authority: &Authority, many: &PayMany) -> Result<Outcome, Refusal> {
        let judged = self.judge_many(authority, many)?;
        let mut refusals = Vec::new();
        let mut passed = Vec::with_capacity(judged.len());
        for (((judged, sides), pay), line) in judged.into_iter().zip(&many.payments).zip(&many.lines) {
            match (judged.refusal, sides) {
                (None, Some(sides)) => passed.push((*line, pay, sides)),
                (Some(refusal), _) => refusals.push(LineRefusal { line: *line, refusal }),
                (None, None) => {}
            }
        }
        let takes_part = many.mode == ManyMode::ValidInOrder && !passed.is_empty();
        if !(takes_part || refusals.is_empty()) {
            return Err(Refusal::Lines(refusals));
        }
        let paid = self.post_many(authority, passed);
        Ok(Outcome::PaidMany(Box::new(PaidMany { refusals, unfit: many.unfit.clone(), ..paid })))
    }

    /// Judges every line; afterwards everything is as it was.
    fn judge_many(
        &mut self,
        authority: &Authority,
        many: &PayMany,
    ) -> Result<Vec<(JudgedLine, Option<Passed>)>, Refusal> {
        assert!(!many.payments.is_empty(), "an empty list is refused where it comes in");
        assert_eq!(many.payments.len(), many.lines.len(), "each payment has its line");
        self.require_insider(authority)?;
        self.require_proof_for_totals(authority, &many.payments)?;
        let mut before = Before {
            accounts: HashMap::new(),
            spending: self.state.spending.clone(),
            spenders: self.spenders.clone(),
            seen: HashMap::with_capacity(many.payments.len()),
        };
        let lines = many.payments.iter().zip(&many.lines);
        let mut judged: Vec<_> =
            lines.map(|(pay, line)| self.judge_line(authority, many.mode, pay, *line, &mut before)).collect();
        if many.mode == ManyMode::Together {
            self.judge_net_changes(&many.payments, &before, &mut judged);
        }
        self.state.accounts.extend(before.accounts);
        self.state.spending = before.spending;
        self.spenders = before.spenders;
        refuse_who_has_no_business(&judged)?;
        Ok(judged)
    }

    /// A large sum in small lines is a large payment: what each payer pays in all may need a fresh proof.
    fn require_proof_for_totals(&self, authority: &Authority, payments: &[Pay]) -> Result<(), Refusal> {
        let mut totals = HashMap::<AccountId, Amount>::new();
        for pay in payments {
            let total = totals.entry(pay.payer_id).or_default();
            *total = total.checked_add(pay.amount).unwrap_or(Amount::from_minor(i64::MAX));
        }
        for (payer_id, total) in totals {
            let Some(payer) = self.state.accounts.get(&payer_id) else { continue };
            if self.require_at(authority, Right::PayFrom, payer, Scope::PaymentsWrite).is_ok() {
                self.require_proof_for(authority, payer, total)?;
            }
        }
        Ok(())
    }

    /// Judges one line on what the lines before it leave, and goes along with it where it passes.
    fn judge_line(
        &mut self,
        authority: &Authority,
        mode: ManyMode,
        pay: &Pay,
        line: u32,
        before: &mut Before,
    ) -> (JudgedLine, Option<Passed>) {
        let judged = self.judge_sides(authority, mode, pay, line, before);
        match judged {
            Ok((sides, after)) => {
                let payer = after.first().filter(|payer| self.may_see(authority, payer));
                let payer_after =
                    payer.map(|payer| After { balance: payer.balance, available: payer.available() });
                for account in after {
                    if let Some(was) = self.state.accounts.insert(account.id, account) {
                        before.accounts.entry(was.id).or_insert(was);
                    }
                }
                self.note_spending(authority, pay.payer_id, pay.amount);
                (JudgedLine { payer_after, refusal: None }, Some(sides))
            }
            Err(refusal) => (JudgedLine { payer_after: None, refusal: Some(refusal) }, None),
        }
    }

    /// Both sides of a line, as they are and as they would be afterwards.
    fn judge_sides(
        &self,
        authority: &Authority,
        mode: ManyMode,
        pay: &Pay,
        line: u32,
        before: &mut Before,
    ) -> Result<(Passed, Vec<Account>), Refusal> {
        let (payer, payee) = self.parties(authority, pay)?;
        self.require_no_duplicate(authority, pay)?;
        if !pay.allow_duplicate {
            let likeness = Likeness::from(pay);
            if let Some(earlier) = before.seen.get(&(pay.payer_id, likeness)) {
                return Err(Refusal::RepeatedLine(*earlier));
            }
            before.seen.insert((pay.payer_id, likeness), line);
        }
        self.check_payment_limits(payer, pay.amount)?;
        let fees = self.judge_fees(payer, payee, pay.amount)?;
        let legs = self.legs_of(&Move {
            payment_id: PaymentId::from_uuid(uuid::Uuid::nil()),
            payer_id: payer.id,
            payee_id: payee.id,
            amount: pay.amount,
            fees,
            text: chain::NO_TEXT,
        });
        // The fund, which comes last where there are fees, can take them.
        let fund = legs.last().filter(|leg| leg.kind == EntryKind::Fee);
        let fund = fund.map(|leg| self.known_account(leg.account_id));
        let accounts = [Some(payer), Some(payee), fund];
        let now_and_after = accounts.into_iter().flatten().map(|now| Ok((now, after_legs(now, &legs)?)));
        let now_and_after = now_and_after.collect::<Result<Vec<_>, Refusal>>()?;
        if mode != ManyMode::Together {
            now_and_after.iter().try_for_each(|(now, after)| within_limits(now, after))?;
        }
        let passed = (Party::from(payer), Party::from(payee), fees);
        let mut after: Vec<_> = now_and_after.into_iter().map(|(_, after)| after).collect();
        if let Some(payer) = after.first_mut() {
            payer.paid = self.paid_with(payer, pay.amount);
        }
        Ok((passed, after))
    }

    /// Judges each account's net change, where the lines are judged as one. What breaks a limit is told of the first line of
    /// that account: payers first, as everywhere.
    fn judge_net_changes(
        &self,
        payments: &[Pay],
        before: &Before,
        judged: &mut [(JudgedLine, Option<Passed>)],
    ) {
        if judged.iter().any(|(line, _)| line.refusal.is_some()) {
            return;
        }
        let payers = payments.iter().enumerate().map(|(place, pay)| (place, pay.payer_id));
        let payees = payments.iter().enumerate().map(|(place, pay)| (place, pay.payee_id));
        let mut told = BTreeSet::new();
        for (place, id) in payers.chain(payees) {
            let sides = before.accounts.get(&id).zip(self.state.accounts.get(&id));
            let Some(Err(refusal)) = sides.map(|(was, is)| within_limits(was, is)) else { continue };
            if let Some((line, _)) = judged.get_mut(place).filter(|_| told.insert(id)) {
                line.refusal.get_or_insert(refusal);
            }
        }
    }

    /// Posts what passed, in one transfer.
    fn post_many(&mut self, authority: &Authority, passed: Vec<(u32, &Pay, Passed)>) -> PaidMany {
        let mut legs: Vec<Leg> = Vec::with_capacity(passed.len() * 2);
        let mut drafts = Vec::with_capacity(passed.len());
        let mut firsts = Vec::with_capacity(passed.len());
        for (line, pay, (payer, payee, fees)) in passed {
            let id = PaymentId::from_uuid(self.ids.uuid_at(self.now));
            let (text_salt, text) = self.commit_to_text(&pay.description);
            firsts.push(legs.len());
            legs.extend(self.legs_of(&Move {
                payment_id: id,
                payer_id: payer.account_id,
                payee_id: payee.account_id,
                amount: pay.amount,
                fees,
                text,
            }));
            let state = PaymentState::Completed;
            let draft = Draft { fees, ..Draft::new(id, (payer, payee), text_salt, state) };
            drafts.push((line, pay, draft));
        }
        let first_entry = self.postings.entries.len();
        let transfer = self.post(&legs, None);
        let account_seq_at = |first: usize| self.postings.entries.get(first_entry + first);
        let of_payers = firsts.into_iter().filter_map(account_seq_at);
        let account_seqs: Vec<_> = of_payers.map(|entry| entry.account_seq).collect();
        let mut total = Amount::ZERO;
        let mut payments = Vec::with_capacity(drafts.len());
        for ((line, pay, draft), account_seq) in drafts.into_iter().zip(account_seqs) {
            payments.push((Some(line), draft.id));
            self.note_recent(pay.payer_id, pay.into(), draft.id, account_seq);
            self.note_spending(authority, pay.payer_id, pay.amount);
            self.count_payment(pay.payer_id, pay.amount);
            total = total.checked_add(pay.amount).unwrap_or(Amount::from_minor(i64::MAX));
            self.make_payment(authority, (pay.amount, &pay.description), draft, Some(transfer));
        }
        PaidMany { transfer, total, payments, refusals: Vec::new(), unfit: Vec::new() }
    }
}

/// Whoever may make none of the payments is refused as for one of them.
fn refuse_who_has_no_business(judged: &[(JudgedLine, Option<Passed>)]) -> Result<(), Refusal> {
    let about_access = |(line, _): &(JudgedLine, _)| line.refusal.clone().filter(Refusal::is_about_access);
    match judged.first().and_then(about_access) {
        Some(refusal) if judged.iter().all(|line| about_access(line).is_some()) => Err(refusal),
        _ => Ok(()),
    }
}
