//! The rule on payments that look like a repetition once more.

use super::Model;
use crate::domain::amount::Amount;
use crate::domain::command::{Authority, Command, Pay};
use crate::domain::ids::{AccountId, PaymentId};
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;

/// A payment that was made at once.
#[derive(Debug, Clone)]
pub(in super::super) struct ModelRecent {
    id: PaymentId,
    pay: Pay,
    at: Timestamp,
    /// Which of the payer's entries it is.
    entry: i64,
}

impl Model {
    pub(super) fn note_recent(&mut self, pay: &Pay, id: PaymentId) {
        let entry = self.paid_entry;
        self.recent.push(ModelRecent { id, pay: pay.clone(), at: self.now, entry });
    }

    /// A run of a schedule pays like anybody; all schedules here have one description.
    pub(super) fn note_run(&mut self, sides: (AccountId, AccountId), amount: i128, id: PaymentId) {
        let pay = Pay {
            payer_id: sides.0,
            payee_id: sides.1,
            amount: Amount::from_minor(amount.try_into().unwrap()),
            description: "by the day".into(),
            allow_duplicate: true,
        };
        self.note_recent(&pay, id);
    }

    pub(super) fn looks_repeated(&self, command: &Command, pay: &Pay) -> Option<Refusal> {
        if command.authority == Authority::Service || pay.allow_duplicate {
            return None;
        }
        let entries = self.entries.get(&pay.payer_id).copied().unwrap_or(0);
        let of_payer = self.recent.iter().rev().filter(|recent| recent.pay.payer_id == pay.payer_id);
        let fresh = of_payer.filter(|recent| {
            self.now.micros() - recent.at.micros() < 120_000_000 && entries - recent.entry < 16
        });
        let what = |pay: &Pay| (pay.payee_id, pay.amount, pay.description.clone());
        let mut same = fresh.filter(|recent| what(&recent.pay) == what(pay));
        same.next().map(|recent| Refusal::PossibleDuplicate(recent.id))
    }
}
