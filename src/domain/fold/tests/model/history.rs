//! What happened elsewhere before, as plainly as it can be said.

use super::{BOUND, Model, insufficient, wide};
use crate::domain::account::AccountStatus;
use crate::domain::bringing::{Bring, BroughtAs};
use crate::domain::command::{Action, Authority, Command};
use crate::domain::ids::PaymentId;
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;

impl Model {
    /// It is now, or the time at which something happened elsewhere, as far as the order allows.
    pub fn turn_to(&mut self, happened_at: Option<Timestamp>) {
        self.now = match happened_at {
            Some(at) if at < self.present => at.max(self.last_at),
            _ => self.present,
        };
    }

    pub(super) fn wrong_with_bringing(&self, command: &Command, bring: &Bring, wrong: &mut Vec<Refusal>) {
        let pay = &bring.pay;
        let paid = match bring.way {
            BroughtAs::Payment { may_pass, .. } => Some(may_pass),
            _ => None,
        };
        if command.authority != Authority::Service {
            wrong.push(Refusal::Forbidden);
        }
        // The fund is nobody's.
        let sides = [pay.payer_id, pay.payee_id].map(|id| self.accounts.get(&id));
        if let [Some(payer), Some(payee)] = sides
            && paid.is_none()
            && payer.owner.is_none() == payee.owner.is_none()
        {
            wrong.push(Refusal::Forbidden);
        }
        self.wrong_with_parties(command, pay, wrong);
        if let [Some(payer), _] = sides
            && (payer.balance - wide(pay.amount) < -BOUND
                || payer.available() < wide(pay.amount)
                    && !(paid == Some(true) && payer.status == AccountStatus::Active))
        {
            wrong.push(insufficient(wide(pay.amount), payer));
        }
        self.wrong_with_receiving(pay.payee_id, wide(pay.amount), wrong);
    }

    pub(super) fn bring(&mut self, bring: &Bring, payment_id: Option<PaymentId>) {
        let pay = &bring.pay;
        if matches!(bring.way, BroughtAs::Payment { .. }) {
            self.count(pay.payer_id, wide(pay.amount));
        }
        self.transfer(pay.payer_id, pay.payee_id, wide(pay.amount), (0, 0));
        self.note_paid(payment_id, (pay.payer_id, pay.payee_id), wide(pay.amount), true);
    }

    /// Whether what passes leaves nothing on the chain.
    pub(super) fn leaves_no_record(&self, action: &Action) -> bool {
        match action {
            Action::EndSession(_)
            | Action::SetFees(_)
            | Action::SetIncome(_)
            | Action::SetTrust(_)
            | Action::Schedule(_)
            | Action::ChangeSchedule(_)
            | Action::EditSchedule(_)
            | Action::RunSchedule(_)
            | Action::SetAllowance(_)
            | Action::CreateCheckout(_)
            | Action::EndCheckout(_)
            | Action::SetApprovalRules(_) => true,
            Action::SettleApproval(settle) => self.settling_leaves_no_record(settle),
            Action::FollowPolicy(follow) => self.follows_already(follow),
            Action::SetStatus(change) => self.status_stays(change),
            Action::SetMemberStatus(change) => self.standing_leaves_no_record(change),
            _ => false,
        }
    }
}
