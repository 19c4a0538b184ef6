//! Idempotency inside the order: a key's second use replays, and every final answer is kept under its key.

use std::sync::Arc;

use uuid::Uuid;

use super::{Answered, Fold, Outcome};
use crate::domain::amount::Amount;
use crate::domain::checkout::{Checkout, CheckoutReader};
use crate::domain::command::{Action, Authorise, Command, Pay};
use crate::domain::community::Community;
use crate::domain::ids::{AccountId, ApprovalId, PaymentId, RefusalId};
use crate::domain::key::{KeyHash, KeyUse, StoredAnswer};
use crate::domain::many::{PaidMany, PayMany};
use crate::domain::payment::Payment;
use crate::domain::records::RefusalNote;
use crate::domain::refusal::Refusal;
use crate::domain::schedule::{NewSchedule, NoticeFacts};

/// An answer in the form in which callers get it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormattedAnswer {
    /// The status code.
    pub status: u16,
    /// The bytes.
    pub body: Vec<u8>,
}

/// The status of a payment that was changed, as callers get it.
const CHANGED: u16 = 200;
/// The status of what was made.
const MADE: u16 = 201;
/// The status of what another admin has to agree to first.
const ASKED: u16 = 202;

/// How answers look to callers. The outer rooms know; the fold needs the bytes to keep them with the posting.
pub trait AnswerFormat: Send + Sync {
    /// The answer to a payment that was made. Of one that was changed it has the same bytes.
    fn payment(&self, community: &Community, payment: &Payment) -> FormattedAnswer;
    /// The answer to several payments that were made.
    fn payments(&self, community: &Community, paid: &PaidMany) -> FormattedAnswer;
    /// The bytes of the answer to a checkout that was made, found or changed: to its shop, or to a payer.
    fn checkout(&self, community: &Community, checkout: &Checkout, reader: CheckoutReader) -> Vec<u8>;
    /// What is stored of a mail about something planned.
    fn notice(&self, community: &Community, facts: &NoticeFacts<'_>) -> String;
    /// The answer to a command that was refused for good.
    fn refusal(&self, community: &Community, refusal: &Refusal, request_id: &str) -> FormattedAnswer;
}

impl Fold<'_> {
    /// The answer to an earlier use of the key, if there was one: the same, or that the key was reused.
    pub(super) fn earlier_answer(&self, key: &KeyUse) -> Option<Outcome> {
        let earlier = self.new_answers.get(&key.hash).or_else(|| self.known_answers.get(&key.hash))?;
        if key.request.fingerprint(earlier.result_id) != earlier.fingerprint {
            return Some(Outcome::Refused(Refusal::KeyReused));
        }
        let (is_success, is_asked) = (is_success(earlier.status), earlier.status == ASKED);
        let is_kept = !(is_success && self.has_erased());
        Some(Outcome::Answered(Answered {
            status: earlier.status,
            body: earlier.body.clone().filter(|_| is_kept),
            payment_id: (is_success && !is_asked).then_some(PaymentId::from_uuid(earlier.result_id)),
            approval_id: is_asked.then_some(ApprovalId::from_uuid(earlier.result_id)),
            is_replay: true,
        }))
    }

    /// Keeps what was done under the command's key, if it has one.
    pub(super) fn keep_answer(&mut self, command: &Command, outcome: Outcome) -> Outcome {
        match (outcome, &command.key) {
            (Outcome::Paid(payment), Some(key)) => {
                let FormattedAnswer { status, body } = self.format.payment(&self.state.community, &payment);
                self.keep(key, payment.id.uuid(), (status, Some(body)), Some(payment.id))
            }
            (Outcome::PaidMany(paid), Some(key)) => {
                let FormattedAnswer { status, body } = self.format.payments(&self.state.community, &paid);
                // What a kept answer tells of is a payment: the first stands for all.
                let first = paid.payments.first().map(|(_, id)| *id);
                let result_id = first.map_or(Uuid::nil(), PaymentId::uuid);
                self.keep(key, result_id, (status, Some(body)), first)
            }
            (Outcome::Changed(payment), Some(key)) => {
                let FormattedAnswer { body, .. } = self.format.payment(&self.state.community, &payment);
                self.keep(key, payment.id.uuid(), (CHANGED, Some(body)), Some(payment.id))
            }
            (Outcome::MadeCheckout(checkout), Some(key)) => {
                let reader = CheckoutReader::Shop;
                let body = self.format.checkout(&self.state.community, &checkout, reader);
                self.keep(key, checkout.id.uuid(), (MADE, Some(body)), Some(standing_in(&checkout)))
            }
            (Outcome::FoundCheckout(checkout) | Outcome::ChangedCheckout(checkout), Some(key)) => {
                let body = self.format.checkout(&self.state.community, &checkout, command.checkout_reader());
                self.keep(key, checkout.id.uuid(), (CHANGED, Some(body)), Some(standing_in(&checkout)))
            }
            // The fold does not hold what is planned as a whole payment, so its present representation is the answer.
            (Outcome::Done, Some(key)) => match command.changed_payment_id() {
                Some(id) => self.keep(key, id.uuid(), (CHANGED, None), Some(id)),
                None => Outcome::Done,
            },
            // Shown as it is now, too; its id stands in the place of a payment's.
            (Outcome::Scheduled(schedule), Some(key)) => {
                let id = schedule.id.uuid();
                self.keep(key, id, (MADE, None), Some(PaymentId::from_uuid(id)))
            }
            // What waits for another admin is shown as it is then.
            (Outcome::Approval(approval), Some(key)) => {
                self.keep(key, approval.id.uuid(), (ASKED, None), None)
            }
            (outcome, _) => outcome,
        }
    }

    /// Notes a refusal. A final one is kept under the command's key; any other leaves the key usable.
    pub(super) fn keep_refusal(&mut self, command: &Command, refusal: Refusal) -> Outcome {
        let Some(key) = command.key.as_ref().filter(|_| refusal.is_final()) else {
            return Outcome::Refused(refusal);
        };
        let id = RefusalId::from_uuid(self.ids.uuid_at(self.now));
        match &command.action {
            Action::Pay(pay)
            | Action::Authorise(Authorise { payment: pay, .. })
            | Action::Schedule(NewSchedule { payment: pay, .. }) => {
                self.note_refusal(id, (pay.payer_id, pay.payee_id, pay.amount), &refusal);
            }
            Action::Refund(refund) => {
                if let Some(paid) = self.state.refundable.get(&refund.payment_id) {
                    self.note_refusal(id, (paid.payee_id, paid.payer_id, refund.amount), &refusal);
                }
            }
            Action::PayMany(many) => {
                // The first of the refused lines stands for the list.
                if let Some(pay) = first_refused(many, &refusal) {
                    self.note_refusal(id, (pay.payer_id, pay.payee_id, pay.amount), &refusal);
                }
            }
            Action::Reverse(reverse) => {
                if let Some(paid) = self.state.refundable.get(&reverse.payment_id) {
                    self.note_refusal(id, (paid.payee_id, paid.payer_id, paid.amount), &refusal);
                }
            }
            Action::ApproveCheckout(approve) => {
                if let Some(checkout) = self.state.checkouts.get(&approve.checkout_id) {
                    let parties = (approve.payer_id, checkout.payee.account_id, checkout.terms.amount);
                    self.note_refusal(id, parties, &refusal);
                }
            }
            Action::PayOut(pay) => {
                self.note_refusal(id, (pay.fund_id, pay.payee_id, pay.amount), &refusal);
            }
            _ => {}
        }
        let FormattedAnswer { status, body } =
            self.format.refusal(&self.state.community, &refusal, &command.request_id);
        self.keep(key, id.uuid(), (status, Some(body)), None)
    }

    fn note_refusal(
        &mut self,
        id: RefusalId,
        (payer_id, payee_id, amount): (AccountId, AccountId, Amount),
        refusal: &Refusal,
    ) {
        self.postings.refusals.push(RefusalNote {
            id,
            code: refusal.code(),
            payer_id,
            payee_id,
            amount,
            created_at: self.now,
        });
    }

    fn keep(
        &mut self,
        key: &KeyUse,
        result_id: Uuid,
        (status, body): (u16, Option<Vec<u8>>),
        payment_id: Option<PaymentId>,
    ) -> Outcome {
        let body: Option<Arc<[u8]>> = body.map(Into::into);
        let fingerprint = key.request.fingerprint(result_id);
        self.remember(key.hash, StoredAnswer { result_id, fingerprint, status, body: body.clone() });
        let approval_id = (status == ASKED).then_some(ApprovalId::from_uuid(result_id));
        Outcome::Answered(Answered { status, body, payment_id, approval_id, is_replay: false })
    }

    fn remember(&mut self, hash: KeyHash, answer: StoredAnswer) {
        self.postings.keys.push((hash, answer.clone()));
        let earlier = self.new_answers.insert(hash, answer);
        assert!(earlier.is_none(), "a key is answered at most once");
    }
}

/// A checkout's id in the place of a payment's: what a kept answer tells of.
const fn standing_in(checkout: &Checkout) -> PaymentId {
    PaymentId::from_uuid(checkout.id.uuid())
}

fn first_refused<'m>(many: &'m PayMany, refusal: &Refusal) -> Option<&'m Pay> {
    let Refusal::Lines(lines) = refusal else { return None };
    let first = lines.first()?.line;
    many.payments.iter().zip(&many.lines).find(|(_, line)| **line == first).map(|(pay, _)| pay)
}

const fn is_success(status: u16) -> bool {
    status >= 200 && status < 300
}
