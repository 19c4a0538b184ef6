//! Accounts follow the policy on limits, unless an admin decided otherwise for one.

use super::support::{River, by, limits, set_limits};
use crate::domain::account::Limits;
use crate::domain::command::{Action, Authority, Command, SetLimits};
use crate::domain::fold::Outcome;
use crate::domain::ids::AccountId;
use crate::domain::limit_policy::{FollowPolicy, OverrideChange};
use crate::domain::payment_rules::PaymentRules;
use crate::domain::refusal::{Refusal, Thing};

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
            limits,
            rules: PaymentRules::default(),
            if_changes,
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
        limits: limits(1, None),
        rules: PaymentRules::default(),
        if_changes: 1,
        ends_override: false,
        reason: String::new(),
    };
    let unknown = by(SERVICE, Action::FollowPolicy(unknown));
    assert_eq!(river.refused(&unknown), Refusal::NotFound(Thing::Account));
}
