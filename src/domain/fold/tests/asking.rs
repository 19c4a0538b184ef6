//! Short ways to ask to be paid, and to say what becomes of it; and to say how far accounts may go.

use std::sync::atomic::{AtomicU64, Ordering};

use super::support::{Person, START, by, minor, order};
use crate::domain::account::Limits;
use crate::domain::allowance::{Allowance, SetAllowance};
use crate::domain::bringing::{Bring, BroughtAs};
use crate::domain::command::{
    Accept, Action, Authority, Cancel, Command, Decline, Expire, Pay, Request, SetTrust,
};
use crate::domain::fees::Fees;
use crate::domain::ids::{AccountId, PaymentId};
use crate::domain::limit_policy::FollowPolicy;
use crate::domain::merging::AskMerge;
use crate::domain::payment_rules::PaymentRules;
use crate::domain::time::Timestamp;
use crate::domain::trust::TrustTerms;

pub(super) fn accept(authority: Authority, payment_id: PaymentId) -> Command {
    by(authority, Action::Accept(Accept { payment_id }))
}

/// A balance that the service brings along from one account to another, at the time at which it was elsewhere; or a payment, which
/// may have been permitted to pass the payer's limit.
pub(super) fn bring(
    [payer_id, payee_id]: [AccountId; 2],
    amount: i64,
    at: Timestamp,
    paid: Option<bool>,
) -> Command {
    let payment = |may_pass| BroughtAs::Payment { fees: Fees::NONE, may_pass };
    let way = paid.map_or(BroughtAs::OpeningBalance, payment);
    let pay = order(payer_id, payee_id, amount, "brought along");
    Command { happened_at: Some(at), ..by(Authority::Service, brought(pay, way)) }
}

/// What moved elsewhere, under an id that nothing else has.
pub(super) fn brought(pay: Pay, way: BroughtAs) -> Action {
    Action::Bring(Bring { payment_id: new_id(), pay, way, is_given_back: false })
}

/// An id that nothing else has.
pub(super) fn new_id() -> PaymentId {
    static BEFORE: AtomicU64 = AtomicU64::new(0);
    let id = u128::from(BEFORE.fetch_add(1, Ordering::Relaxed)) | (0xb << 120);
    PaymentId::from_uuid(uuid::Uuid::from_u128(id))
}

/// Merging the one account into the other.
pub(super) fn merge([account_id, kept_id]: [AccountId; 2]) -> Action {
    Action::Merge(AskMerge { account_id, kept_id, reason: "one person".into() })
}

pub(super) fn decline(authority: Authority, payment_id: PaymentId, reason: &str) -> Command {
    by(authority, Action::Decline(Decline { payment_id, reason: reason.into() }))
}

pub(super) fn cancel(authority: Authority, payment_id: PaymentId) -> Command {
    by(authority, Action::Cancel(Cancel { payment_id }))
}

pub(super) fn expire(authority: Authority, payment_id: PaymentId) -> Command {
    by(authority, Action::Expire(Expire { payment_id }))
}

/// A request by the payee that can be accepted for three days.
pub(super) fn request(payee: Person, payer: Person, amount: i64) -> Command {
    let payment = order(payer.account, payee.account, amount, "a month's bread");
    let expires_at = START.plus_seconds(3 * 86_400);
    by(payee.authority(), Action::Request(Request { payment, expires_at }))
}

/// Trusts a payee up to an amount, and another in a month; or no longer.
pub(super) fn trust(payer: Person, payee: Person, up_to: Option<i64>, per_month: Option<i64>) -> Command {
    let terms = up_to.map(|up_to| TrustTerms { up_to: minor(up_to), per_month: per_month.map(minor) });
    let change = SetTrust { payer_id: payer.account, payee_id: payee.account, terms };
    by(payer.authority(), Action::SetTrust(change))
}

/// What the service has an account follow, changed so many times other than by entries when that was found out.
pub(super) fn follow(
    account_id: AccountId,
    (limits, rules): (Limits, PaymentRules),
    if_changes: i64,
) -> Command {
    let reason = String::new();
    let follow = FollowPolicy {
        account_id,
        limits: Some(limits),
        rules,
        if_changes: Some(if_changes),
        ends_override: false,
        reason,
    };
    by(Authority::Service, Action::FollowPolicy(follow))
}

/// An admin lets an account pass its limit by one payment of so much, or no longer.
pub(super) fn allowing(account_id: AccountId, amount: Option<i64>, until: Timestamp) -> Action {
    let allowance = amount.map(|amount| Allowance { amount: minor(amount), until });
    Action::SetAllowance(SetAllowance {
        account_id,
        allowance,
        reason: "A large order".to_owned(),
        if_version: None,
    })
}
