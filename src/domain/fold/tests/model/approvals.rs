//! The rules of what needs two admins once more.

use super::{Model, wide};
use crate::domain::account::Limits;
use crate::domain::amount::Amount;
use crate::domain::approval::{Act, ApprovalState, SettleApproval};
use crate::domain::command::{Action, Authority, Command};
use crate::domain::fold::CommunityState;
use crate::domain::ids::{AccountId, ApprovalId, PaymentId, UserId};
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scope;

/// What was asked for.
#[derive(Debug, Clone)]
pub(super) struct ModelApproval {
    act: Act,
    asked_by: UserId,
    state: ApprovalState,
}

impl Model {
    /// Whether another admin has to agree to what a user may do.
    pub fn needs_two(&self, command: &Command) -> bool {
        let Authority::User(_) = command.authority else { return false };
        let is_above = |amount: i128, bound: Option<Amount>| bound.is_some_and(|bound| amount > wide(bound));
        match &command.action {
            Action::SetLimits(change) => {
                let (before, after) =
                    (self.accounts[&change.account_id].credit_limit, wide(change.limits.credit_limit));
                after > before && is_above(after, self.rules.limits_above)
            }
            Action::Reverse(reverse) => {
                let paid = &self.paid[&reverse.payment_id];
                let is_own = |id: AccountId| self.accounts[&id].owner == command.user_id();
                let gains = is_own(paid.payer) && !is_own(paid.payee);
                gains || is_above(paid.amount - paid.refunded, self.rules.reversals_above)
            }
            Action::WriteOff(_) => true,
            Action::PayOut(pay) => {
                self.pay_out_needs_two(command.user_id().unwrap(), pay, self.rules.reversals_above)
            }
            Action::SetIncome(set) => {
                set.is_own || is_above(wide(set.rules.amount), self.rules.reversals_above)
            }
            Action::Merge(_) => self.rules.limits_above.is_some() || self.rules.reversals_above.is_some(),
            Action::SetApprovalRules(change) => {
                let (before, after) = (self.rules, change.rules);
                let pairs = [
                    (before.limits_above, after.limits_above),
                    (before.reversals_above, after.reversals_above),
                ];
                // No amount is the largest of all.
                let rank = |above: Option<Amount>| above.map_or(i128::MAX, wide);
                pairs.into_iter().any(|(before, after)| rank(after) > rank(before))
            }
            _ => false,
        }
    }

    /// A user asks for what needs another.
    pub fn ask(&mut self, command: &Command, id: ApprovalId) {
        let act = match &command.action {
            Action::SetLimits(change) => {
                Act::SetLimits { account_id: change.account_id, limits: change.limits, until: change.until }
            }
            Action::Reverse(reverse) => Act::Reverse {
                payment_id: reverse.payment_id,
                allow_beyond_limit: reverse.allow_beyond_limit,
            },
            Action::SetApprovalRules(change) => Act::SetRules(change.rules),
            Action::PayOut(pay) => {
                Act::PayOut { fund_id: pay.fund_id, payee_id: pay.payee_id, amount: pay.amount }
            }
            Action::WriteOff(ask) => Act::WriteOff {
                account_id: ask.account_id,
                other_id: ask.other_id,
                amount: Amount::from_minor(i64::try_from(self.accounts[&ask.account_id].balance).unwrap()),
                category: ask.category,
            },
            Action::SetIncome(set) => Act::SetIncome(self.wanted_income(set)),
            Action::Merge(ask) => Act::Merge {
                account_id: ask.account_id,
                kept_id: ask.kept_id,
                amount: Amount::from_minor(i64::try_from(self.accounts[&ask.account_id].balance).unwrap()),
            },
            _ => panic!("{command:?} needs nobody else"),
        };
        let asked_by = command.user_id().unwrap();
        self.approvals.insert(id, ModelApproval { act, asked_by, state: ApprovalState::Pending });
    }

    pub fn asker_of(&self, id: ApprovalId) -> Option<UserId> {
        self.approvals.get(&id).map(|approval| approval.asked_by)
    }

    /// In the order in which it is told: whoever may not look learns nothing.
    pub(super) fn wrong_with_settling(
        &self,
        command: &Command,
        settle: &SettleApproval,
        mut wrong: Vec<Refusal>,
    ) -> Vec<Refusal> {
        let is_user = matches!(command.authority, Authority::User(_));
        if !wrong.is_empty() {
            return wrong;
        }
        if !is_user || !self.may_as_admin(command, Scope::LimitsWrite) {
            return vec![Refusal::Forbidden];
        }
        let Some(approval) = self.approvals.get(&settle.approval_id) else {
            return vec![Refusal::NotFound(Thing::Approval)];
        };
        if approval.state != ApprovalState::Pending {
            return vec![Refusal::Conflict(ConflictReason::AlreadySettled)];
        }
        if settle.agrees && command.user_id() == Some(approval.asked_by) {
            return vec![Refusal::Conflict(ConflictReason::OwnRequest)];
        }
        if let (true, Act::Reverse { payment_id, allow_beyond_limit }) = (settle.agrees, approval.act.clone())
        {
            self.wrong_with_undoing(&self.paid[&payment_id], allow_beyond_limit, &mut wrong);
        }
        if let (true, Act::PayOut { fund_id, payee_id, amount }) = (settle.agrees, approval.act.clone()) {
            self.wrong_with_giving(fund_id, payee_id, wide(amount), &mut wrong);
        }
        if let (true, Act::WriteOff { account_id, other_id, amount, category }) =
            (settle.agrees, approval.act.clone())
        {
            let users = [command.user_id().unwrap(), approval.asked_by];
            self.wrong_with_agreeing(users, [account_id, other_id], (amount, category), &mut wrong);
        }
        if let (true, Act::Merge { account_id, kept_id, amount }) = (settle.agrees, approval.act.clone()) {
            let users = [command.user_id().unwrap(), approval.asked_by];
            self.wrong_with_merge(&users, [account_id, kept_id], &mut wrong);
            if wide(amount) != self.accounts[&account_id].balance {
                wrong.push(Refusal::Conflict(ConflictReason::BalanceChanged));
            }
        }
        if let (true, Act::SetIncome(rules)) = (settle.agrees, approval.act.clone()) {
            self.wrong_with_agreeing_to_income(&rules, &mut wrong);
        }
        wrong
    }

    pub(super) fn settling_leaves_no_record(&self, settle: &SettleApproval) -> bool {
        let act = &self.approvals[&settle.approval_id].act;
        !settle.agrees || matches!(act, Act::SetRules(_) | Act::SetIncome(_))
    }

    /// `payment_id` is the payment that it made, where it made one.
    pub(super) fn settle(&mut self, settle: &SettleApproval, payment_id: Option<PaymentId>) {
        let approval = self.approvals.get_mut(&settle.approval_id).unwrap();
        if !settle.agrees {
            approval.state = ApprovalState::Refused;
            return;
        }
        approval.state = ApprovalState::Approved;
        match approval.act.clone() {
            Act::SetLimits { account_id, limits, .. } => self.limit(account_id, limits),
            Act::SetRules(rules) => self.rules = rules,
            Act::SetStepUp(_) | Act::OpenJoining | Act::AdoptPolicy { .. } => {
                unreachable!("nobody asks for it in the play")
            }
            Act::PayOut { fund_id, payee_id, amount } => {
                self.pay_out(fund_id, payee_id, wide(amount), payment_id);
            }
            Act::WriteOff { account_id, other_id, .. } => {
                self.write_off([account_id, other_id], payment_id.unwrap());
            }
            Act::SetIncome(rules) => self.set_income(&rules),
            Act::Merge { account_id, kept_id, .. } => self.merge([account_id, kept_id], payment_id),
            Act::Reverse { payment_id: original, .. } => {
                self.perform_reversal(original, payment_id.unwrap());
            }
        }
    }

    pub(super) fn limit(&mut self, account_id: AccountId, limits: Limits) {
        let account = self.accounts.get_mut(&account_id).unwrap();
        account.credit_limit = wide(limits.credit_limit);
        account.ceiling = limits.ceiling.map(wide);
        account.version += 1;
    }

    /// What waits for somebody, and the rules, are the same in the fold.
    pub fn compare_approvals(&self, state: &CommunityState) {
        assert_eq!(state.community.approval_rules, self.rules);
        for (id, expected) in &self.approvals {
            let found = &state.approvals[id];
            assert_eq!(
                (found.act.clone(), found.state, found.asked_by),
                (expected.act.clone(), expected.state, expected.asked_by)
            );
        }
    }
}
