//! What the fund pays out: as an admin decides, or as an income to all who qualify for a period.

use super::payments::{Draft, require_active, two_legs};
use super::posting::{Leg, after_change, within_limits};
use super::{Fold, Outcome};
use crate::domain::account::{Account, AccountKind, AccountStatus};
use crate::domain::amount::{Amount, MOVEMENT_MAX_MINOR};
use crate::domain::approval::Act;
use crate::domain::chain;
use crate::domain::command::Authority;
use crate::domain::fund::{IncomeOutcome, IncomeRun, PayIncome, PayOut, total_of};
use crate::domain::ids::{AccountId, PaymentId, TextId};
use crate::domain::payment::{Party, Payment, PaymentState};
use crate::domain::policy::Right;
use crate::domain::records::EntryKind;
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::scopes::Scope;

impl Fold<'_> {
    /// Pays out of the fund. Above the community's amount, and to an account of the admin's own whatever the amount, another
    /// admin has to agree.
    pub(super) fn pay_out(&mut self, authority: &Authority, pay: &PayOut) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        self.account(pay.fund_id, Thing::Payer)?;
        let member_id = self.account(pay.payee_id, Thing::Payee)?.member_id;
        self.require(authority, Right::PayOut, Scope::LimitsWrite)?;
        self.require_fresh_proof(authority)?;
        // Somebody has decided it, and the service decides nothing.
        let Authority::User(user) = authority else { return Err(Refusal::Forbidden) };
        self.judge_pay_out(pay)?;
        let is_own = self.require_unconcerned(user.user_id, member_id).is_err();
        if is_own || self.state.community.approval_rules.bind_reversal(pay.amount) {
            let PayOut { fund_id, payee_id, amount, .. } = *pay;
            return Ok(self.ask_another(user, Act::PayOut { fund_id, payee_id, amount }, &pay.description));
        }
        Ok(Outcome::Paid(Box::new(self.post_pay_out(authority, pay))))
    }

    /// The same, once another admin agreed to it.
    pub(super) fn pay_out_agreed(&mut self, authority: &Authority, pay: &PayOut) -> Result<(), Refusal> {
        self.judge_pay_out(pay)?;
        self.post_pay_out(authority, pay);
        Ok(())
    }

    fn judge_pay_out(&self, pay: &PayOut) -> Result<(), Refusal> {
        let is_permitted = pay.amount.is_positive() && pay.amount.is_within(MOVEMENT_MAX_MINOR);
        assert!(is_permitted, "amounts that move money are validated where they come in");
        let fund = self.account(pay.fund_id, Thing::Payer)?;
        let payee = self.account(pay.payee_id, Thing::Payee)?;
        assert!(fund.kind == AccountKind::Commons, "what is paid out comes out of the fund");
        if payee.id == fund.id {
            return Err(Refusal::SameAccount);
        }
        if payee.kind != AccountKind::Member {
            return Err(Refusal::NotFound(Thing::Payee));
        }
        require_active(fund)?;
        require_active(payee)?;
        let id = PaymentId::from_uuid(uuid::Uuid::nil());
        self.check_limits(
            &two_legs(EntryKind::Payout, id, [fund.id, payee.id], pay.amount, chain::NO_TEXT),
            None,
        )
    }

    fn post_pay_out(&mut self, authority: &Authority, pay: &PayOut) -> Payment {
        let sides = [pay.fund_id, pay.payee_id];
        let parties = sides.map(|id| Party::from(self.known_account(id)));
        let payment_id = PaymentId::from_uuid(self.ids.uuid_at(self.now));
        let (text_salt, text) = self.commit_to_text(&pay.description);
        let transfer = self.post(&two_legs(EntryKind::Payout, payment_id, sides, pay.amount, text), None);
        let about = format!(
            r#"{{"payment_id":"{payment_id}","payee_id":"{}","amount_minor":{}}}"#,
            pay.payee_id,
            pay.amount.minor()
        );
        let audit_id = self.note_audit(authority, "fund.paid_out", payment_id.uuid(), String::new(), about);
        self.keep_text(TextId::from_uuid(audit_id.uuid()), &pay.description);
        let [fund, payee] = parties;
        let draft = Draft::new(payment_id, (fund, payee), text_salt, PaymentState::Completed);
        self.make_payment(authority, (pay.amount, &pay.description), draft, Some(transfer))
    }

    /// Pays a period's income to all who can take it, or to nobody; and notes what came of it. A period has its turn once.
    pub(super) fn pay_income(&mut self, authority: &Authority, pay: &PayIncome) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        let fund = self.account(pay.fund_id, Thing::Payer)?;
        Self::require_service(authority)?;
        assert!(fund.kind == AccountKind::Commons, "an income comes out of the fund");
        if self.state.income_runs.get(&pay.period).copied().unwrap_or(false) {
            return Ok(Outcome::Done);
        }
        let payees: Vec<AccountId> =
            pay.account_ids.iter().copied().filter(|id| self.can_take_income(*id, pay.amount)).collect();
        let [members, asked] =
            [payees.len(), pay.account_ids.len()].map(|count| i64::try_from(count).unwrap_or(i64::MAX));
        let outcome = judge_income(fund, pay, members);
        let run = IncomeRun {
            period: pay.period,
            outcome,
            members,
            left_out: asked - members,
            amount: pay.amount,
            available: fund.available(),
            made_at: self.now,
        };
        match outcome {
            IncomeOutcome::Paid => {
                let ids: Vec<_> =
                    payees.iter().map(|_| PaymentId::from_uuid(self.ids.uuid_at(self.now))).collect();
                self.post_income(authority, pay, &payees, &ids);
            }
            IncomeOutcome::Nobody => {}
            IncomeOutcome::FundEmpty | IncomeOutcome::FundNotActive | IncomeOutcome::TooMany => {
                let about = format!(r#"{{"period":"{}","outcome":"{}"}}"#, run.period, outcome.name());
                let community_id = self.state.community.id.uuid();
                self.note_audit(authority, "fund.income_stopped", community_id, String::new(), about);
            }
        }
        self.state.income_runs.insert(run.period, true);
        self.postings.income_runs.push(run);
        Ok(Outcome::Done)
    }

    /// Whether it is a member's active account that has room for so much.
    fn can_take_income(&self, id: AccountId, amount: Amount) -> bool {
        self.state.accounts.get(&id).is_some_and(|payee| {
            let fits = after_change(payee, amount).and_then(|after| within_limits(payee, &after));
            payee.kind == AccountKind::Member && payee.status == AccountStatus::Active && fits.is_ok()
        })
    }

    /// One transfer, with a payment of its own for each.
    pub(super) fn post_income(
        &mut self,
        authority: &Authority,
        pay: &PayIncome,
        payees: &[AccountId],
        ids: &[PaymentId],
    ) {
        let mut legs: Vec<Leg> = Vec::with_capacity(payees.len() * 2);
        let mut drafts = Vec::with_capacity(payees.len());
        for (payee_id, id) in payees.iter().zip(ids.iter().copied()) {
            let parties = [pay.fund_id, *payee_id].map(|id| Party::from(self.known_account(id)));
            let (text_salt, text) = self.commit_to_text(&pay.description);
            legs.extend(two_legs(EntryKind::Income, id, [pay.fund_id, *payee_id], pay.amount, text));
            let [fund, payee] = parties;
            drafts.push(Draft::new(id, (fund, payee), text_salt, PaymentState::Completed));
        }
        let transfer = self.post(&legs, None);
        for draft in drafts {
            self.make_payment(authority, (pay.amount, &pay.description), draft, Some(transfer));
        }
    }
}

/// What comes of it when so many can take it.
fn judge_income(fund: &Account, pay: &PayIncome, members: i64) -> IncomeOutcome {
    let total = total_of(pay.amount, members);
    let lost = Amount::from_minor(-total.minor());
    let has_enough = after_change(fund, lost).and_then(|after| within_limits(fund, &after)).is_ok();
    if pay.are_too_many {
        IncomeOutcome::TooMany
    } else if members == 0 {
        IncomeOutcome::Nobody
    } else if !fund.status.takes_part() {
        IncomeOutcome::FundNotActive
    } else if !has_enough {
        IncomeOutcome::FundEmpty
    } else {
        IncomeOutcome::Paid
    }
}
