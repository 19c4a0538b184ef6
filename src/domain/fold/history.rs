//! What happened in another system before, and what accounts bring along from there.

use super::payments::{Draft, two_legs};
use super::{Fold, Outcome};
use crate::domain::account::AccountKind;
use crate::domain::command::{Authority, Command, Pay};
use crate::domain::ids::PaymentId;
use crate::domain::payment::{Party, PaymentState};
use crate::domain::records::EntryKind;
use crate::domain::refusal::{Refusal, Thing};

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

    /// Posts what an account brings along, against the community's fund, within the limits of both.
    pub(super) fn bring_balance(&mut self, authority: &Authority, pay: &Pay) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        let payer_kind = self.account(pay.payer_id, Thing::Payer)?.kind;
        let payee_kind = self.account(pay.payee_id, Thing::Payee)?.kind;
        Self::require_service(authority)?;
        if (payer_kind == AccountKind::Commons) == (payee_kind == AccountKind::Commons) {
            return Err(Refusal::Forbidden);
        }
        let (payer, payee) = self.parties(authority, pay)?;
        let (payer, payee) = (Party::from(payer), Party::from(payee));
        let payment_id = PaymentId::from_uuid(self.ids.uuid_at(self.now));
        let (text_salt, text) = self.commit_to_text(&pay.description);
        let sides = [payer.account_id, payee.account_id];
        let legs = two_legs(EntryKind::OpeningBalance, payment_id, sides, pay.amount, text);
        self.check_limits(&legs, None)?;
        let transfer = self.post(&legs, None);
        let draft = Draft::new(payment_id, (payer, payee), text_salt, PaymentState::Completed);
        let payment = self.make_payment(authority, (pay.amount, &pay.description), draft, Some(transfer));
        Ok(Outcome::Paid(Box::new(payment)))
    }
}
