//! What happened in another system before, and what accounts bring along from there.

use super::fees::Move;
use super::payments::{Draft, two_legs};
use super::posting::{Leg, after_change, within_limits};
use super::{Fold, Outcome};
use crate::domain::account::{AccountKind, AccountStatus};
use crate::domain::amount::Amount;
use crate::domain::approval::{APPROVAL_LIFE_S, Act, Approval, ApprovalState};
use crate::domain::bringing::{Bring, BringIncome, BroughtAs};
use crate::domain::chain;
use crate::domain::command::{Authority, Command};
use crate::domain::fees::Fees;
use crate::domain::fund::{IncomeOutcome, IncomeRun};
use crate::domain::ids::{AccountId, ApprovalId, PaymentId, UserId};
use crate::domain::merging::Merge;
use crate::domain::payment::{Party, Payment, PaymentState, Refundable};
use crate::domain::records::EntryKind;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::write_off::WriteOffCategory;

impl Fold<'_> {
    /// Judges a command now or, where it happened in another system before, at that time: never later than now, and never
    /// before what the community's order holds already.
    pub(super) fn dispatch_in_time(&mut self, command: &Command) -> Result<Outcome, Refusal> {
        let Some(happened_at) = command.happened_at else { return self.dispatch(command) };
        assert!(command.authority == Authority::Service, "only the service tells of what happened elsewhere");
        let present = self.now;
        self.now = happened_at.min(present).max(self.state.head.last_at);
        let dispatched = self.dispatch(command);
        self.now = present;
        dispatched
    }

    /// Brings along what moved in another system, within the limits of both sides, but as far as its record permitted more.
    pub(super) fn bring(&mut self, authority: &Authority, bring: &Bring) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        let pay = &bring.pay;
        let payer_kind = self.account(pay.payer_id, Thing::Payer)?.kind;
        let payee_kind = self.account(pay.payee_id, Thing::Payee)?.kind;
        Self::require_service(authority)?;
        let kinds = [payer_kind, payee_kind];
        if !fits(&bring.way, kinds) {
            return Err(Refusal::Forbidden);
        }
        if let BroughtAs::WriteOff { category, asked_by, agreed_by } = bring.way {
            return self.bring_write_off(authority, bring, category, [asked_by, agreed_by]);
        }
        let (payer, payee) = self.parties(authority, pay)?;
        let sides = [Party::from(payer), Party::from(payee)];
        let ids = [payer.id, payee.id];
        let (legs, fees) = match bring.way {
            BroughtAs::OpeningBalance => (self.plain_legs(bring, EntryKind::OpeningBalance)?, Fees::NONE),
            BroughtAs::OfFund(kind) => (self.plain_legs(bring, kind)?, Fees::NONE),
            BroughtAs::Payment { fees, may_pass } => (self.paid_legs(bring, fees, may_pass)?, fees),
            BroughtAs::Merge { account_id } => {
                self.judge_brought_merge(bring, account_id)?;
                (self.plain_legs(bring, EntryKind::Merge)?, Fees::NONE)
            }
            BroughtAs::WriteOff { .. } => return Err(Refusal::Forbidden),
        };
        let payment = self.post_brought(authority, bring, sides, legs, fees);
        match bring.way {
            BroughtAs::Payment { .. } => self.count_payment(pay.payer_id, pay.amount),
            BroughtAs::Merge { account_id } => self.note_brought_merge(bring, account_id, ids),
            _ => {}
        }
        Ok(Outcome::Paid(Box::new(payment)))
    }

    fn plain_legs(&self, bring: &Bring, kind: EntryKind) -> Result<Vec<Leg>, Refusal> {
        let Bring { payment_id, pay, .. } = bring;
        let legs = two_legs(kind, *payment_id, [pay.payer_id, pay.payee_id], pay.amount, chain::NO_TEXT);
        self.check_limits(&legs, None)?;
        Ok(legs)
    }

    /// The legs of a payment with the fees that it bore, where its payer may have passed the limit.
    fn paid_legs(&self, bring: &Bring, fees: Fees, may_pass: bool) -> Result<Vec<Leg>, Refusal> {
        let Bring { payment_id, pay, .. } = bring;
        let mut legs = self.legs_of(&Move {
            payment_id: *payment_id,
            payer_id: pay.payer_id,
            payee_id: pay.payee_id,
            amount: pay.amount,
            fees,
            text: chain::NO_TEXT,
        });
        match self.check_limits(&legs, None) {
            // Who is leaving moves towards zero, whatever was permitted before.
            Err(Refusal::InsufficientCredit { .. })
                if may_pass && self.known_account(pay.payer_id).status == AccountStatus::Active =>
            {
                self.check_limits(&legs, Some(pay.payer_id))?;
                if let Some(paid) = legs.first_mut() {
                    assert_eq!(paid.account_id, pay.payer_id, "the first leg is the payer's");
                    paid.kind = EntryKind::PrincipalBeyondLimit;
                }
            }
            judged => judged?,
        }
        Ok(legs)
    }

    fn post_brought(
        &mut self,
        authority: &Authority,
        bring: &Bring,
        [payer, payee]: [Party; 2],
        mut legs: Vec<Leg>,
        fees: Fees,
    ) -> Payment {
        let Bring { payment_id, pay, .. } = bring;
        let (text_salt, text) = self.commit_to_text(&pay.description);
        for leg in &mut legs {
            leg.text = text;
        }
        let transfer = self.post(&legs, None);
        if bring.is_given_back {
            self.keep_for_way_back(*payment_id, [pay.payer_id, pay.payee_id], pay.amount, fees);
        }
        let draft =
            Draft { fees, ..Draft::new(*payment_id, (payer, payee), text_salt, PaymentState::Completed) };
        self.make_payment(authority, (pay.amount, &pay.description), draft, Some(transfer))
    }

    /// Keeps what the last record moved, because a later command gives it back.
    fn keep_for_way_back(
        &mut self,
        payment_id: PaymentId,
        [payer_id, payee_id]: [AccountId; 2],
        amount: Amount,
        fees: Fees,
    ) {
        let record_id = self.postings.records.last().map(|record| record.id);
        let paid = Refundable {
            payment_id,
            payer_id,
            payee_id,
            amount,
            record_id,
            fees,
            refunded: Amount::ZERO,
            is_refund: false,
        };
        self.state.refundable.insert(payment_id, paid);
    }

    /// Writes off again what two admins agreed to there.
    fn bring_write_off(
        &mut self,
        authority: &Authority,
        bring: &Bring,
        category: WriteOffCategory,
        [asked_by, agreed_by]: [UserId; 2],
    ) -> Result<Outcome, Refusal> {
        let pay = &bring.pay;
        let is_payer = self.account(pay.payer_id, Thing::Payer)?.kind == AccountKind::Member;
        let (account_id, other_id) =
            if is_payer { (pay.payer_id, pay.payee_id) } else { (pay.payee_id, pay.payer_id) };
        let found = self.judge_write_off([account_id, other_id], category)?;
        let signed = if is_payer { pay.amount } else { Amount::from_minor(-pay.amount.minor()) };
        // It is all of the balance, or something else was meant.
        if found.balance != signed || asked_by == agreed_by {
            return Err(Refusal::Conflict(ConflictReason::BalanceChanged));
        }
        let approval = Approval {
            id: ApprovalId::from_uuid(self.ids.uuid_at(self.now)),
            act: Act::WriteOff { account_id, other_id, amount: found.balance, category },
            reason: pay.description.clone(),
            asked_by,
            asked_at: self.now,
            expires_at: self.now.plus_seconds(APPROVAL_LIFE_S),
            state: ApprovalState::Approved,
            settled_by: Some(agreed_by),
            settled_at: Some(self.now),
        };
        self.postings.approvals.push(approval.clone());
        let payment = self.post_write_off(authority, bring.payment_id, found, &approval, category);
        if bring.is_given_back {
            let sides = [pay.payer_id, pay.payee_id];
            self.keep_for_way_back(bring.payment_id, sides, pay.amount, Fees::NONE);
        }
        Ok(Outcome::Paid(Box::new(payment)))
    }

    /// Whether it moves all that one of two members has into the account of the other, who has room for it.
    fn judge_brought_merge(&self, bring: &Bring, account_id: AccountId) -> Result<(), Refusal> {
        let pay = &bring.pay;
        let is_payer = pay.payer_id == account_id;
        let (account, kept_id, gained) = if is_payer {
            (self.account(pay.payer_id, Thing::Payer)?, pay.payee_id, pay.amount)
        } else {
            let lost = Amount::from_minor(-pay.amount.minor());
            (self.account(pay.payee_id, Thing::Payee)?, pay.payer_id, lost)
        };
        let kept = self.account(kept_id, Thing::Account)?;
        if account.id != account_id || account.member_id == kept.member_id {
            return Err(Refusal::Conflict(ConflictReason::NoTwoMembers));
        }
        if account.balance != gained || account.reserved != Amount::ZERO {
            return Err(Refusal::Conflict(ConflictReason::BalanceChanged));
        }
        within_limits(kept, &after_change(kept, gained)?)
    }

    fn note_brought_merge(
        &mut self,
        bring: &Bring,
        account_id: AccountId,
        [payer_id, payee_id]: [AccountId; 2],
    ) {
        let amount = bring.pay.amount;
        let (kept_id, amount) = if payer_id == account_id {
            (payee_id, amount)
        } else {
            (payer_id, Amount::from_minor(-amount.minor()))
        };
        self.postings.merges.push(Merge {
            account_id,
            kept_id,
            amount,
            payment_id: Some(bring.payment_id),
            approval_id: None,
            created_at: self.now,
        });
    }

    /// Brings along what the fund paid to all who qualified for a period there: to all of them, or it is refused.
    pub(super) fn bring_income(
        &mut self,
        authority: &Authority,
        bring: &BringIncome,
    ) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        let income = &bring.income;
        let fund = self.account(income.fund_id, Thing::Payer)?;
        Self::require_service(authority)?;
        if fund.kind != AccountKind::Commons {
            return Err(Refusal::Forbidden);
        }
        if self.state.income_runs.get(&(bring.every, bring.period)).copied().unwrap_or(false) {
            return Err(Refusal::Conflict(ConflictReason::AlreadyExists));
        }
        let mut legs = Vec::with_capacity(income.account_ids.len() * 2);
        for payee_id in &income.account_ids {
            if self.account(*payee_id, Thing::Payee)?.kind != AccountKind::Member {
                return Err(Refusal::Forbidden);
            }
            let sides = [income.fund_id, *payee_id];
            let nobody = PaymentId::from_uuid(uuid::Uuid::nil());
            legs.extend(two_legs(EntryKind::Income, nobody, sides, income.amount, chain::NO_TEXT));
        }
        self.check_limits(&legs, None)?;
        let run = IncomeRun {
            every: bring.every,
            period: bring.period,
            outcome: IncomeOutcome::Paid,
            members: i64::try_from(income.account_ids.len()).unwrap_or(i64::MAX),
            left_out: bring.left_out,
            amount: income.amount,
            available: bring.available,
            made_at: self.now,
            version: None,
        };
        let ids: Vec<_> = bring.payments.iter().map(|(id, _)| *id).collect();
        self.post_income(authority, income, &income.account_ids, &ids);
        for (payee_id, (payment_id, is_given_back)) in income.account_ids.iter().zip(&bring.payments) {
            if *is_given_back {
                let sides = [income.fund_id, *payee_id];
                self.keep_for_way_back(*payment_id, sides, income.amount, Fees::NONE);
            }
        }
        self.state.income_runs.insert((run.every, run.period), true);
        self.postings.income_runs.push(run);
        Ok(Outcome::Done)
    }
}

/// Whether something of this sort moves from an account of the first kind to one of the second.
const fn fits(way: &BroughtAs, kinds: [AccountKind; 2]) -> bool {
    use AccountKind::{Commons, Member, WriteOff};
    match (way, kinds) {
        (BroughtAs::OpeningBalance, [payer, payee]) => matches!(payer, Commons) != matches!(payee, Commons),
        (BroughtAs::Payment { fees, .. }, kinds) => {
            (fees.payer.minor() == 0 && fees.payee.minor() == 0) || matches!(kinds, [Member, Member])
        }
        (BroughtAs::OfFund(EntryKind::Contribution | EntryKind::HoldingCharge), kinds) => {
            matches!(kinds, [Member, Commons])
        }
        (BroughtAs::OfFund(EntryKind::Payout), kinds) => matches!(kinds, [Commons, Member]),
        (BroughtAs::OfFund(_), _) => false,
        (BroughtAs::WriteOff { .. }, kinds) => {
            matches!(kinds, [Member, WriteOff | Commons] | [WriteOff | Commons, Member])
        }
        (BroughtAs::Merge { .. }, kinds) => matches!(kinds, [Member, Member]),
    }
}
