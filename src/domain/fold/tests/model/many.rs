//! Several payments once more: as if each were made by itself, on a copy of everything.

use super::{Model, insufficient, rank, wide};
use crate::domain::command::{Action, Command, Pay};
use crate::domain::ids::PaymentId;
use crate::domain::many::{LineRefusal, ManyMode, PayMany};
use crate::domain::refusal::Refusal;

impl Model {
    /// What is wrong with each line, after those before it that pass.
    fn judge_lines(&self, command: &Command, many: &PayMany) -> Vec<Option<Refusal>> {
        if many.mode == ManyMode::Together {
            return self.judge_as_one(command, many);
        }
        let mut copy = self.clone();
        // An allowance is for a single payment.
        copy.accounts.values_mut().for_each(|account| account.allowance = None);
        let mut verdicts = Vec::new();
        for pay in &many.payments {
            let single = Command { key: None, action: Action::Pay(pay.clone()), ..command.clone() };
            let wrong = copy.all_that_is_wrong(&single);
            let verdict = wrong.into_iter().min_by_key(rank);
            if verdict.is_none() {
                let fees = copy.fees(pay.payer_id, pay.payee_id, wide(pay.amount));
                copy.transfer(pay.payer_id, pay.payee_id, wide(pay.amount), fees);
                copy.count(pay.payer_id, wide(pay.amount));
            }
            verdicts.push(verdict);
        }
        verdicts
    }

    /// What is wrong with each line beside the limits; then, where there is nothing, whose net change breaks one.
    fn judge_as_one(&self, command: &Command, many: &PayMany) -> Vec<Option<Refusal>> {
        let single = |pay: &Pay| Command { key: None, action: Action::Pay(pay.clone()), ..command.clone() };
        let mut copy = self.clone();
        let beside_limits = |pay: &Pay| {
            let wrong = copy.all_that_is_wrong(&single(pay)).into_iter();
            let of_limits = |refusal: &Refusal| {
                matches!(refusal, Refusal::InsufficientCredit { .. } | Refusal::CeilingExceeded)
            };
            let verdict = wrong.filter(|refusal| !of_limits(refusal)).min_by_key(rank);
            if verdict.is_none() {
                copy.count(pay.payer_id, wide(pay.amount));
            }
            verdict
        };
        let mut verdicts: Vec<_> = many.payments.iter().map(beside_limits).collect();
        if verdicts.iter().any(Option::is_some) {
            return verdicts;
        }
        let borne = self.fees_in_order(&many.payments);
        let fund = self.fees.fund();
        let net = |id| {
            let of_account = |(pay, (of_payer, of_payee)): (&Pay, &(i128, i128))| {
                let amount = wide(pay.amount);
                let received = if pay.payee_id == id { amount - of_payee } else { 0 };
                let paid = if pay.payer_id == id { amount + of_payer } else { 0 };
                received - paid + if fund == Some(id) { of_payer + of_payee } else { 0 }
            };
            many.payments.iter().zip(&borne).map(of_account).sum::<i128>()
        };
        let mut told = Vec::new();
        let payers = many.payments.iter().map(|pay| pay.payer_id).enumerate();
        for (line, id) in payers.chain(many.payments.iter().map(|pay| pay.payee_id).enumerate()) {
            let (account, change) = (&self.accounts[&id], net(id));
            let refusal = if change < 0 && account.available() + change < 0 {
                insufficient(-change, account)
            } else if change > 0 && account.balance + change > account.top() {
                Refusal::CeilingExceeded
            } else {
                continue;
            };
            if !told.contains(&id) {
                told.push(id);
                verdicts[line].get_or_insert(refusal);
            }
        }
        verdicts
    }

    pub(super) fn wrong_with_many(&self, command: &Command, many: &PayMany) -> Option<Refusal> {
        let verdicts = self.judge_lines(command, many);
        let about_access = |refusal: &Refusal| rank(refusal) <= 3;
        if verdicts.iter().all(|verdict| verdict.as_ref().is_some_and(about_access)) {
            return verdicts.into_iter().next().flatten();
        }
        let passes = verdicts.iter().any(Option::is_none);
        let lines = verdicts.into_iter().zip(&many.lines);
        let refused: Vec<_> = lines
            .filter_map(|(refusal, line)| Some(LineRefusal { line: *line, refusal: refusal? }))
            .collect();
        let may_leave_out = many.mode == ManyMode::ValidInOrder && passes;
        (!refused.is_empty() && !may_leave_out).then_some(Refusal::Lines(refused))
    }

    /// Whether a refusal of lines is kept under a key: only where each of them would be.
    pub(super) fn is_kept(refusal: &Refusal) -> bool {
        match refusal {
            Refusal::Lines(lines) => lines.iter().all(|line| rank(&line.refusal) >= super::FIRST_FINAL_RANK),
            other => rank(other) >= super::FIRST_FINAL_RANK,
        }
    }

    /// Does what a list that passes says, with the payments that it made.
    pub fn perform_many(&mut self, command: &Command, many: &PayMany, made: &[PaymentId]) {
        let verdicts = self.judge_lines(command, many);
        let passed: Vec<&Pay> = many
            .payments
            .iter()
            .zip(verdicts)
            .filter(|(_, verdict)| verdict.is_none())
            .map(|(pay, _)| pay)
            .collect();
        assert_eq!(passed.len(), made.len(), "as many payments as lines that pass");
        self.last_at = self.now;
        for (pay, id) in passed.into_iter().zip(made) {
            let amount = pay.amount.minor().into();
            let fees = self.fees(pay.payer_id, pay.payee_id, amount);
            self.transfer(pay.payer_id, pay.payee_id, amount, fees);
            self.count(pay.payer_id, amount);
            self.note_paid(Some(*id), (pay.payer_id, pay.payee_id), amount, true);
            self.note_recent(pay, *id);
        }
    }
}
