//! What a command needs looked up before it is folded.

use super::{
    Accept, Action, Authorise, Authority, Cancel, Capture, CheckoutEnd, Command, Decline, EndCheckout,
    Expire, Pay, Request, SetDelegation, Void,
};
use crate::domain::account::AccountStatus;
use crate::domain::bringing::{Bring, BringIncome, BroughtAs};
use crate::domain::checkout::{CheckoutReader, OrderKey};
use crate::domain::delegation::Delegate;
use crate::domain::fund::{PayIncome, Period};
use crate::domain::ids::{
    AccountId, ApprovalId, CheckoutId, MemberId, PaymentId, ScheduleId, SpenderId, UserId,
};
use crate::domain::member::MemberStatus;
use crate::domain::schedule::NewSchedule;
use crate::domain::zone::Day;

impl Command {
    /// The accounts that the command names itself.
    pub fn account_ids(&self) -> Vec<AccountId> {
        match &self.action {
            Action::Admit(admit) => vec![admit.account_id],
            Action::OpenAccount(open) => vec![open.account_id],
            Action::SetLimits(change) => vec![change.account_id],
            Action::FollowPolicy(follow) => vec![follow.account_id],
            Action::SetAllowance(change) => vec![change.account_id],
            Action::SetStatus(change) => vec![change.account_id],
            Action::SetAccountStepUp(change) => vec![change.account_id],
            Action::EraseMember(erase) => erase.account_ids.clone(),
            Action::Pay(pay)
            | Action::Bring(Bring { pay, .. })
            | Action::Authorise(Authorise { payment: pay, .. })
            | Action::Request(Request { payment: pay, .. })
            | Action::Schedule(NewSchedule { payment: pay, .. }) => {
                vec![pay.payer_id, pay.payee_id]
            }
            Action::PayMany(many) => {
                many.payments.iter().flat_map(|pay| [pay.payer_id, pay.payee_id]).collect()
            }
            Action::SetTrust(change) => vec![change.payer_id, change.payee_id],
            Action::SetFees(change) => vec![change.fund_id],
            Action::Charge(charge) => vec![charge.account_id, charge.fund_id],
            Action::PayOut(pay) => vec![pay.fund_id, pay.payee_id],
            Action::PayIncome(PayIncome { payment: Some(pay), .. })
            | Action::BringIncome(BringIncome { income: pay, .. }) => {
                pay.account_ids.iter().copied().chain([pay.fund_id]).collect()
            }
            Action::SetDelegation(change) => vec![change.account_id],
            Action::WriteOff(ask) => vec![ask.account_id, ask.other_id],
            Action::Merge(ask) => vec![ask.account_id, ask.kept_id],
            Action::SetMemberStatus(change) => change.account_ids.clone(),
            Action::RenameMember(change) => change.account_ids.clone(),
            Action::CreateCheckout(new) => vec![new.account_id],
            Action::ApproveCheckout(approve) => vec![approve.payer_id],
            Action::EndCheckout(_)
            | Action::Capture(_)
            | Action::Void(_)
            | Action::EndSession(_)
            | Action::ChangeSettings(_)
            | Action::OpenJoining(_)
            | Action::SetRole(_)
            | Action::Refund(_)
            | Action::Reverse(_)
            | Action::ChangeSchedule(_)
            | Action::EditSchedule(_)
            | Action::RunSchedule(_)
            | Action::SetApprovalRules(_)
            | Action::AdoptPolicy(_)
            | Action::BringPolicy(_)
            | Action::SetIncome(_)
            | Action::PayIncome(PayIncome { payment: None, .. })
            | Action::SettleApproval(_)
            | Action::Accept(_)
            | Action::Decline(_)
            | Action::Cancel(_)
            | Action::Expire(_) => Vec::new(),
        }
    }

    /// Whether fees may move by it that were taken before, by whatever rules.
    pub const fn may_give_fees_back(&self) -> bool {
        matches!(
            self.action,
            Action::Reverse(_)
                | Action::SettleApproval(_)
                | Action::Bring(Bring { way: BroughtAs::Payment { .. }, .. })
        )
    }

    /// Whether money may move by it that bears fees, now or at its time.
    pub const fn may_bear_fees(&self) -> bool {
        matches!(
            self.action,
            Action::Pay(_)
                | Action::Authorise(_)
                | Action::Capture(_)
                | Action::PayMany(_)
                | Action::Request(_)
                | Action::Accept(_)
                | Action::Schedule(_)
                | Action::RunSchedule(_)
                | Action::ApproveCheckout(_)
        )
    }

    /// The account of which the command needs until when it was asked for contributions.
    pub const fn charged_id(&self) -> Option<AccountId> {
        match &self.action {
            Action::Charge(charge) => Some(charge.account_id),
            _ => None,
        }
    }

    /// The period of which the command needs whether its income had its turn.
    pub const fn income_period(&self) -> Option<(Period, Day)> {
        match &self.action {
            Action::PayIncome(pay) => Some((pay.every, pay.period)),
            Action::BringIncome(brought) => Some((brought.every, brought.period)),
            _ => None,
        }
    }

    /// Whether the command needs the rules on the fund's income, with what comes next.
    pub const fn needs_income_plan(&self) -> bool {
        matches!(self.action, Action::SetIncome(_) | Action::PayIncome(_))
    }

    /// Whether the command needs what admins paid out alone.
    pub const fn needs_lone_payouts(&self) -> bool {
        matches!(self.action, Action::PayOut(_))
    }

    /// The payment in whose life the command is the next step.
    pub const fn life_id(&self) -> Option<PaymentId> {
        match &self.action {
            Action::Capture(Capture { payment_id, .. })
            | Action::Void(Void { payment_id })
            | Action::Accept(Accept { payment_id })
            | Action::Decline(Decline { payment_id, .. })
            | Action::Cancel(Cancel { payment_id })
            | Action::Expire(Expire { payment_id }) => Some(*payment_id),
            _ => None,
        }
    }

    /// The checkout that the command takes further.
    pub const fn checkout_id(&self) -> Option<CheckoutId> {
        match &self.action {
            Action::ApproveCheckout(approve) => Some(approve.checkout_id),
            Action::EndCheckout(end) => Some(end.checkout_id),
            _ => None,
        }
    }

    /// Who asks for what is done to a checkout.
    pub const fn checkout_reader(&self) -> CheckoutReader {
        match &self.action {
            Action::ApproveCheckout(_)
            | Action::EndCheckout(EndCheckout { end: CheckoutEnd::Decline, .. }) => CheckoutReader::Payer,
            _ => CheckoutReader::Shop,
        }
    }

    /// The order for which the command makes a checkout.
    pub fn order_key(&self) -> Option<OrderKey> {
        match &self.action {
            Action::CreateCheckout(new) => Some(new.order_key),
            _ => None,
        }
    }

    /// The account for which the command makes a checkout.
    pub fn selling_account(&self) -> Option<AccountId> {
        match &self.action {
            Action::CreateCheckout(new) => Some(new.account_id),
            _ => None,
        }
    }

    /// Whose money a user spends by approving a checkout.
    pub const fn approving_payer(&self) -> Option<AccountId> {
        match &self.action {
            Action::ApproveCheckout(approve) => Some(approve.payer_id),
            _ => None,
        }
    }

    /// The payer and the payee of whom the command needs what stands between them.
    pub const fn pair(&self) -> Option<(AccountId, AccountId)> {
        match &self.action {
            Action::Request(Request { payment, .. }) => Some((payment.payer_id, payment.payee_id)),
            Action::SetTrust(change) => Some((change.payer_id, change.payee_id)),
            _ => None,
        }
    }

    /// The planned payment that the command changes.
    pub fn changed_payment_id(&self) -> Option<PaymentId> {
        self.schedule_id().map(|id| PaymentId::from_uuid(id.uuid()))
    }

    /// What was asked for that the command settles.
    pub const fn approval_id(&self) -> Option<ApprovalId> {
        match &self.action {
            Action::SettleApproval(settle) => Some(settle.approval_id),
            _ => None,
        }
    }

    /// The payment whose way back the command is.
    pub const fn refunded_id(&self) -> Option<PaymentId> {
        match &self.action {
            Action::Refund(refund) => Some(refund.payment_id),
            Action::Reverse(reverse) => Some(reverse.payment_id),
            _ => None,
        }
    }

    /// What is planned and named by its id.
    pub const fn schedule_id(&self) -> Option<ScheduleId> {
        match &self.action {
            Action::ChangeSchedule(change) => Some(change.schedule_id),
            Action::EditSchedule(edit) => Some(edit.schedule_id),
            Action::RunSchedule(run) => Some(run.schedule_id),
            _ => None,
        }
    }

    /// The accounts of which the command needs everything that is planned from them.
    pub fn planning_account_ids(&self) -> Vec<AccountId> {
        match &self.action {
            Action::Schedule(new) => vec![new.payment.payer_id],
            Action::SetStatus(change) if change.status == AccountStatus::Closed => vec![change.account_id],
            Action::SetMemberStatus(change) if change.status == MemberStatus::Closed => {
                change.account_ids.clone()
            }
            Action::Merge(ask) => vec![ask.account_id],
            _ => Vec::new(),
        }
    }

    /// The app whose spending of the day the command needs.
    pub fn spender_id(&self) -> Option<SpenderId> {
        match &self.authority {
            Authority::User(user) if user.ceilings.per_day.is_some() => user.app,
            _ => None,
        }
    }

    /// The payments that a user makes by the command.
    pub fn payments(&self) -> &[Pay] {
        match (&self.authority, &self.action) {
            (
                Authority::User(_),
                Action::Pay(pay)
                | Action::Authorise(Authorise { payment: pay, .. })
                | Action::Schedule(NewSchedule { payment: pay, .. }),
            ) => std::slice::from_ref(pay),
            (Authority::User(_), Action::PayMany(many)) => &many.payments,
            _ => &[],
        }
    }

    /// The member whose standing the command needs.
    pub const fn member_id(&self) -> Option<MemberId> {
        match &self.action {
            Action::SetRole(change) => Some(change.member_id),
            Action::SetMemberStatus(change) => Some(change.member_id),
            Action::RenameMember(change) => Some(change.member_id),
            Action::SetDelegation(SetDelegation { delegate: Delegate::Broker(id), .. }) => Some(*id),
            _ => None,
        }
    }

    /// Whom accounts' owners let act, where the command changes that.
    pub const fn delegate(&self) -> Option<Delegate> {
        match &self.action {
            Action::SetDelegation(change) => Some(change.delegate),
            // What a broker was let do ends with the role, and with the member.
            Action::SetRole(change) => Some(Delegate::Broker(change.member_id)),
            Action::SetMemberStatus(change) => Some(Delegate::Broker(change.member_id)),
            _ => None,
        }
    }

    /// The user whose rights the command needs.
    pub const fn user_id(&self) -> Option<UserId> {
        match &self.authority {
            Authority::Service => None,
            Authority::User(authority) => Some(authority.user_id),
        }
    }
}
