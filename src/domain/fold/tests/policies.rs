//! Accounts follow the policy on limits, unless an admin decided otherwise for one.

use std::sync::Arc;

use super::support::{River, by, limits, minor, set_limits};
use crate::domain::account::Limits;
use crate::domain::approval::{ApprovalRules, SetApprovalRules, SettleApproval};
use crate::domain::command::{Action, Authority, Command, SetLimits};
use crate::domain::fold::Outcome;
use crate::domain::ids::AccountId;
use crate::domain::limit_policy::{AdoptPolicy, FollowPolicy, LimitPolicy, OverrideChange};
use crate::domain::payment_rules::PaymentRules;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};

const SERVICE: Authority = Authority::Service;

fn follow(river: &River, authority: Authority, account_id: AccountId, limits: Limits) -> Command {
    let account = river.account(account_id);
    let if_changes = account.version - account.account_seq;
    let ends_override = authority != SERVICE;
    let reason = if ends_override { "The order is paid".to_owned() } else { String::new() };
    by(
        authority,
        Action::FollowPolicy(FollowPolicy {
            account_id,
            limits: Some(limits),
            rules: PaymentRules::default(),
            if_changes: Some(if_changes),
            ends_override,
            reason,
        }),
    )
}

#[test]
fn an_account_follows_unless_it_was_changed_since() {
    let mut river = River::new();
    let (ada, bob, root) = (river.member("Ada", 1_000), river.member("Bob", 0), river.admin("Root", 0));
    let early = follow(&river, SERVICE, ada.account, limits(700, Some(900)));
    // Entries are no change of the limits, and do not stand in the way.
    river.move_money(ada, bob, 10);
    river.done(&early);
    assert_eq!(river.account(ada.account).limits, limits(700, Some(900)));
    assert_eq!(river.last.audits[0].action, "account.limits");
    assert_eq!((river.last.account_items.len(), river.last.overrides.len()), (1, 0));
    // What was found out before somebody else's decision is not done after it.
    let late = follow(&river, SERVICE, ada.account, limits(300, None));
    river.done(&set_limits(root.authority(), ada.account, limits(5_000, None)));
    assert_eq!(river.refused(&late), Refusal::PreconditionFailed);
    assert_eq!(river.account(ada.account).limits, limits(5_000, None));
    // Where there is nothing to change nothing is noted.
    let same = follow(&river, SERVICE, ada.account, limits(5_000, None));
    let Outcome::Account(_) = river.done(&same) else { panic!("an account") };
    assert!(river.last.records.is_empty() && river.last.audits.is_empty());
}

#[test]
fn what_an_admin_decides_for_one_counts_until_it_ends() {
    let mut river = River::new();
    let (ada, root) = (river.member("Ada", 1_000), river.admin("Root", 0));
    let until = Some(river.now.plus_seconds(86_400));
    let change = SetLimits {
        account_id: ada.account,
        limits: limits(2_000, None),
        until,
        reason: "A large order".into(),
        if_version: None,
    };
    river.done(&by(root.authority(), Action::SetLimits(change)));
    let [OverrideChange::Set(set)] = river.last.overrides.as_slice() else { panic!("one is set") };
    assert_eq!((set.account_id, set.limits, set.until), (ada.account, limits(2_000, None), until));
    assert_eq!((set.set_by, set.audit_id), (Some(root.user), Some(river.last.audits[0].id)));
    // The community's own accounts follow no policy.
    river.done(&set_limits(SERVICE, river.commons, limits(9, None)));
    assert!(river.last.overrides.is_empty());
    // An admin ends it, with a reason; nobody else can.
    let end = follow(&river, ada.authority(), ada.account, limits(100, None));
    assert_eq!(river.refused(&end), Refusal::Forbidden);
    let end = follow(&river, root.authority(), ada.account, limits(100, None));
    river.done(&end);
    assert_eq!(river.last.overrides, [OverrideChange::Ended(ada.account)]);
    assert_eq!(river.last.texts[0].text, "The order is paid");
    assert_eq!(river.account(ada.account).limits, limits(100, None));
    let nobody = AccountId::from_uuid(uuid::Uuid::max());
    let unknown = FollowPolicy {
        account_id: nobody,
        limits: Some(limits(1, None)),
        rules: PaymentRules::default(),
        if_changes: Some(1),
        ends_override: false,
        reason: String::new(),
    };
    let unknown = by(SERVICE, Action::FollowPolicy(unknown));
    assert_eq!(river.refused(&unknown), Refusal::NotFound(Thing::Account));
}

/// A policy that gives everybody so much.
fn policy(credit_limit: i64) -> Arc<LimitPolicy> {
    Arc::new(LimitPolicy::first(limits(credit_limit, None)))
}

fn adopt(authority: Authority, credit_limit: i64, if_version: Option<i64>) -> Command {
    let reason = "Decided".to_owned();
    by(authority, Action::AdoptPolicy(AdoptPolicy { policy: policy(credit_limit), reason, if_version }))
}

#[test]
fn a_policy_that_gives_more_than_one_admin_may_needs_two() {
    let mut river = River::new();
    let (ada, root, greta) = (river.member("Ada", 0), river.admin("Root", 0), river.admin("Greta", 0));
    assert_eq!(river.refused(&adopt(ada.authority(), 5, None)), Refusal::Forbidden);
    assert_eq!(river.refused(&adopt(SERVICE, 5, None)), Refusal::Forbidden);
    river.done(&adopt(root.authority(), 5_000, Some(0)));
    assert_eq!(river.refused(&adopt(root.authority(), 1, Some(0))), Refusal::PreconditionFailed);
    let rules = ApprovalRules { limits_above: Some(minor(500)), reversals_above: None };
    let set = SetApprovalRules { rules, reason: "Decided".to_owned() };
    river.done(&by(root.authority(), Action::SetApprovalRules(set)));
    river.done(&adopt(root.authority(), 500, Some(1)));
    let Outcome::Approval(asked) = river.done(&adopt(root.authority(), 501, Some(2))) else {
        panic!("another admin is asked")
    };
    assert!(river.last.policies.is_empty());
    assert_eq!(river.state.community.limit_policy_version, 2);
    let agree = |agrees| {
        Action::SettleApproval(SettleApproval { approval_id: asked.id, agrees, reason: String::new() })
    };
    let own = river.refused(&by(root.authority(), agree(true)));
    assert_eq!(own, Refusal::Conflict(ConflictReason::OwnRequest));
    river.done(&by(greta.authority(), agree(true)));
    let [adopted] = river.last.policies.as_slice() else { panic!("one is adopted") };
    assert_eq!((adopted.version, adopted.adopted_by, &adopted.policy), (3, root.user, &*policy(501)));
    assert_eq!(river.state.community.limit_policy_version, 3);
    let again = river.refused(&by(greta.authority(), agree(true)));
    assert_eq!(again, Refusal::Conflict(ConflictReason::AlreadySettled));
    // Where another one is adopted in between, nobody agreed to what would be replaced.
    let Outcome::Approval(asked) = river.done(&adopt(root.authority(), 501, None)) else {
        panic!("another admin is asked")
    };
    river.done(&adopt(root.authority(), 400, Some(3)));
    let settle = SettleApproval { approval_id: asked.id, agrees: true, reason: String::new() };
    let late = river.refused(&by(greta.authority(), Action::SettleApproval(settle)));
    assert_eq!(late, Refusal::Conflict(ConflictReason::PolicyChanged));
    assert_eq!(river.state.community.limit_policy_version, 4);
}

#[test]
fn payments_are_bounded_alone_where_limits_stay_as_they_are() {
    let mut river = River::new();
    let ada = river.member("Ada", 500);
    let mut rules = PaymentRules::default();
    rules.limits[0].payments = Some(3);
    let bound = FollowPolicy {
        account_id: ada.account,
        limits: None,
        rules,
        if_changes: None,
        ends_override: false,
        reason: String::new(),
    };
    let bound = by(SERVICE, Action::FollowPolicy(bound));
    river.done(&bound);
    let account = river.account(ada.account);
    assert_eq!((account.limits, account.rules), (limits(500, None), rules));
    assert!(river.last.records.is_empty());
    // Done once more, it changes nothing.
    river.done(&bound);
    assert!(river.last.is_empty());
}
