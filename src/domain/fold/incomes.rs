//! The income that the fund pays: the rules, as admins decide, and each period's turn.

use super::payments::{Draft, two_legs};
use super::posting::{Leg, after_change, within_limits};
use super::{Fold, Outcome};
use crate::domain::account::{Account, AccountKind, AccountStatus};
use crate::domain::amount::Amount;
use crate::domain::approval::Act;
use crate::domain::command::Authority;
use crate::domain::fund::{
    IncomeOutcome, IncomePayment, IncomeRules, IncomeRun, PayIncome, Qualification, total_of,
};
use crate::domain::groups::MemberKind;
use crate::domain::ids::{AccountId, PaymentId, TextId};
use crate::domain::income_plan::{IncomePlan, SetIncome};
use crate::domain::missed::{MissedPeriods, PeriodicWork};
use crate::domain::payment::{Party, PaymentState};
use crate::domain::policy::Right;
use crate::domain::records::EntryKind;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scope;

impl Fold<'_> {
    /// Sets the income that the fund pays, from the period in progress on. What no admin may pay out alone they do not have paid
    /// out period by period either: above the community's amount, and to a group that they are in, another admin has to agree.
    pub(super) fn set_income(
        &mut self,
        authority: &Authority,
        wanted: &SetIncome,
    ) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        self.require(authority, Right::PayOut, Scope::LimitsWrite)?;
        self.require_fresh_proof(authority)?;
        let Authority::User(user) = authority else { return Err(Refusal::Forbidden) };
        let before = self.income_rules();
        if wanted.if_version.is_some_and(|expected| expected != before.version) {
            return Err(Refusal::PreconditionFailed);
        }
        let plan = self.plan_from_now(IncomeRules { version: before.version + 1, ..wanted.rules })?;
        if wanted.is_own || self.state.community.approval_rules.bind_reversal(plan.rules.amount) {
            return Ok(self.ask_another(user, Act::SetIncome(plan.rules), &wanted.reason));
        }
        self.put_income(authority, plan, &wanted.reason);
        Ok(Outcome::Done)
    }

    /// The same, once another admin agreed to it.
    pub(super) fn set_income_agreed(
        &mut self,
        authority: &Authority,
        rules: IncomeRules,
        reason: &str,
    ) -> Result<(), Refusal> {
        if rules.version != self.income_rules().version + 1 {
            return Err(Refusal::Conflict(ConflictReason::RulesChanged));
        }
        let plan = self.plan_from_now(rules)?;
        self.put_income(authority, plan, reason);
        Ok(())
    }

    fn income_rules(&self) -> IncomeRules {
        self.state.income_plan.flatten().map(|plan| plan.rules).unwrap_or_default()
    }

    /// What comes next by new rules: the period in progress. While one that is over has not had its turn by the rules before, they
    /// do not change.
    fn plan_from_now(&self, rules: IncomeRules) -> Result<IncomePlan, Refusal> {
        let is_under_way =
            self.state.income_plan.flatten().is_some_and(|plan| plan.is_under_way(self.asked_at));
        let next = rules.every.turn_at(&self.state.community, self.asked_at).filter(|_| !is_under_way);
        let next = next.ok_or(Refusal::Conflict(ConflictReason::PeriodUnderWay))?;
        Ok(IncomePlan { rules, next })
    }

    fn put_income(&mut self, authority: &Authority, plan: IncomePlan, reason: &str) {
        let [was, is] = [self.income_rules(), plan.rules].map(|rules| rules_json(&rules));
        let community_id = self.state.community.id.uuid();
        let audit_id = self.note_audit(authority, "community.income", community_id, was, is);
        self.keep_text(TextId::from_uuid(audit_id.uuid()), reason);
        self.postings.income_versions.push(plan.rules);
        self.put_plan(plan);
    }

    fn put_plan(&mut self, plan: IncomePlan) {
        self.state.income_plan = Some(Some(plan));
        self.postings.income_plan = Some(plan);
    }

    /// Gives the period that comes next its turn, and moves on: what is due for it is paid to all who can take it, or to nobody;
    /// and what came of it is noted. What another process did already, or what was found out by other rules, is not done.
    pub(super) fn pay_income(&mut self, authority: &Authority, pay: &PayIncome) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        if let Some(payment) = &pay.payment {
            self.account(payment.fund_id, Thing::Payer)?;
        }
        Self::require_service(authority)?;
        let rules = self.income_rules();
        let next = self.state.income_plan.flatten().map(|plan| plan.next.period);
        if (next, rules.version, rules.every) != (Some(pay.period), pay.version, pay.every) {
            return Ok(Outcome::Done);
        }
        let had_turn = self.state.income_runs.get(&(pay.every, pay.period)).copied().unwrap_or(false);
        if let (Some(payment), false) = (&pay.payment, had_turn) {
            self.take_turn(authority, pay, payment)?;
        }
        if pay.are_missed {
            self.note_missed(authority, pay);
        }
        self.put_plan(IncomePlan { rules, next: pay.next });
        Ok(Outcome::Done)
    }

    /// Notes that periods have no turn.
    fn note_missed(&mut self, authority: &Authority, pay: &PayIncome) {
        let missed = MissedPeriods {
            work: PeriodicWork::Income,
            every: pay.every,
            from: pay.period,
            until: pay.next.period,
            version: Some(pay.version),
            noted_at: self.now,
        };
        let community_id = self.state.community.id.uuid();
        self.note_audit(authority, "fund.income_missed", community_id, String::new(), missed.to_json());
        self.postings.missed_periods.push(missed);
    }

    fn take_turn(
        &mut self,
        authority: &Authority,
        pay: &PayIncome,
        payment: &IncomePayment,
    ) -> Result<(), Refusal> {
        let fund = self.account(payment.fund_id, Thing::Payer)?;
        assert!(fund.kind == AccountKind::Commons, "an income comes out of the fund");
        let can_take = |id: &&AccountId| self.can_take_income(**id, payment.amount);
        let payees: Vec<AccountId> = payment.account_ids.iter().filter(can_take).copied().collect();
        let [members, asked] =
            [payees.len(), payment.account_ids.len()].map(|count| i64::try_from(count).unwrap_or(i64::MAX));
        let outcome = judge_income(fund, payment, members);
        let run = IncomeRun {
            every: pay.every,
            period: pay.period,
            outcome,
            members,
            left_out: asked - members,
            amount: payment.amount,
            available: fund.available(),
            made_at: self.now,
            version: Some(pay.version),
        };
        match outcome {
            IncomeOutcome::Paid => {
                let ids: Vec<_> =
                    payees.iter().map(|_| PaymentId::from_uuid(self.ids.uuid_at(self.now))).collect();
                self.post_income(authority, payment, &payees, &ids);
            }
            IncomeOutcome::Nobody => {}
            IncomeOutcome::FundEmpty | IncomeOutcome::FundNotActive | IncomeOutcome::TooMany => {
                let about = format!(r#"{{"period":"{}","outcome":"{}"}}"#, run.period, outcome.name());
                let community_id = self.state.community.id.uuid();
                self.note_audit(authority, "fund.income_stopped", community_id, String::new(), about);
            }
        }
        self.state.income_runs.insert((run.every, run.period), true);
        self.postings.income_runs.push(run);
        Ok(())
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
        pay: &IncomePayment,
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
fn judge_income(fund: &Account, pay: &IncomePayment, members: i64) -> IncomeOutcome {
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

/// Rules, for the audit log.
pub(super) fn rules_json(rules: &IncomeRules) -> String {
    let quoted = |text: Option<String>| text.map_or_else(|| "null".to_owned(), |text| format!(r#""{text}""#));
    let Qualification { kind, group_id, member_days, traded_days } = rules.who;
    format!(
        r#"{{"version":{},"every":"{}","amount_minor":{},"kind":{},"group_id":{},"member_days":{member_days},"traded_days":{}}}"#,
        rules.version,
        rules.every.name(),
        rules.amount.minor(),
        quoted(kind.map(MemberKind::name).map(str::to_owned)),
        quoted(group_id.map(|id| id.to_string())),
        traded_days.map_or_else(|| "null".to_owned(), |days| days.to_string())
    )
}
