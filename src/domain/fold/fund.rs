//! What the fund pays out as an admin decides.

use super::payments::{Draft, require_active, two_legs};
use super::{Fold, Outcome};
use crate::domain::account::AccountKind;
use crate::domain::amount::MOVEMENT_MAX_MINOR;
use crate::domain::approval::Act;
use crate::domain::chain;
use crate::domain::command::Authority;
use crate::domain::fund::PayOut;
use crate::domain::ids::{PaymentId, TextId};
use crate::domain::lone_payouts::LonePayout;
use crate::domain::payment::{Party, Payment, PaymentState};
use crate::domain::policy::Right;
use crate::domain::records::EntryKind;
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::scopes::Scope;

impl Fold<'_> {
    /// Pays out of the fund. Above the community's amount, by itself or together with what was paid out alone a short while ago,
    /// and to an account of the admin's own whatever the amount, another admin has to agree.
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
        let rules = &self.state.community.approval_rules;
        let lone = self.state.lone_payouts.as_ref();
        let sides = (user.user_id, pay.payee_id);
        if is_own || lone.is_some_and(|lone| lone.need_two(rules, sides, pay.amount, self.now)) {
            let PayOut { fund_id, payee_id, amount, .. } = *pay;
            return Ok(self.ask_another(user, Act::PayOut { fund_id, payee_id, amount }, &pay.description));
        }
        let paid = self.post_pay_out(authority, pay);
        self.note_lone_payout(LonePayout {
            payment_id: paid.id,
            paid_by: user.user_id,
            payee_id: pay.payee_id,
            amount: pay.amount,
            made_at: self.now,
        });
        Ok(Outcome::Paid(Box::new(paid)))
    }

    /// The same, once another admin agreed to it.
    pub(super) fn pay_out_agreed(&mut self, authority: &Authority, pay: &PayOut) -> Result<(), Refusal> {
        self.judge_pay_out(pay)?;
        self.post_pay_out(authority, pay);
        Ok(())
    }

    fn note_lone_payout(&mut self, new: LonePayout) {
        if let Some(lone) = &mut self.state.lone_payouts {
            lone.note(new);
        }
        self.postings.lone_payouts.push(new);
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
}
