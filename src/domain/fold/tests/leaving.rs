//! Leaving: whoever may act closes their own member, and nothing but that; what hangs on the member ends with it.

use super::support::{Person, River, by};
use crate::domain::account::AccountStatus;
use crate::domain::command::{Action, Authority, Command, SetDelegation, SetMemberStatus, SetRole};
use crate::domain::delegation::{Delegate, TellerTerms};
use crate::domain::member::{MemberStatus, Role};
use crate::domain::records::DelegationChange;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::spending::SpendingCeilings;

/// A community of which the state knows all members.
fn river() -> River {
    let mut river = River::new();
    river.state.knows_admins = true;
    river
}

fn set_status(authority: Authority, person: Person, status: MemberStatus) -> Command {
    let account_ids = vec![person.account];
    let change =
        SetMemberStatus { member_id: person.member, account_ids, status, reason: "moving away".into() };
    by(authority, Action::SetMemberStatus(change))
}

#[test]
fn a_member_leaves_and_changes_nothing_else_of_where_they_stand() {
    let mut river = river();
    let (admin, ada, bob) = (river.admin("Greta", 0), river.member("Ada", 0), river.member("Bob", 0));
    for status in [MemberStatus::Frozen, MemberStatus::Active] {
        assert_eq!(
            river.refused(&set_status(ada.authority(), ada, status)),
            Refusal::Forbidden,
            "{status:?}"
        );
    }
    let other = set_status(bob.authority(), ada, MemberStatus::Closed);
    assert_eq!(river.refused(&other), Refusal::Forbidden, "that is somebody else");
    let app = set_status(ada.through_app(SpendingCeilings::default()), ada, MemberStatus::Closed);
    assert_eq!(river.refused(&app), Refusal::Forbidden, "an app never leaves for its member");
    river.done(&set_status(admin.authority(), bob, MemberStatus::Frozen));
    let frozen = set_status(bob.authority(), bob, MemberStatus::Closed);
    assert_eq!(river.refused(&frozen), Refusal::Forbidden, "who is frozen leaves by an admin's hand");
    river.done(&set_status(ada.authority(), ada, MemberStatus::Closed));
    assert_eq!(river.account(ada.account).status, AccountStatus::Closed);
    let back = set_status(admin.authority(), ada, MemberStatus::Active);
    assert_eq!(river.refused(&back), Refusal::Conflict(ConflictReason::MemberClosed));
}

#[test]
fn what_a_broker_was_let_do_ends_when_they_leave() {
    let mut river = river();
    let (admin, ada, bo) = (river.admin("Greta", 0), river.member("Ada", 0), river.member("Bo", 0));
    let role = SetRole { member_id: bo.member, role: Role::Broker, reason: "elected".into() };
    river.done(&by(admin.authority(), Action::SetRole(role)));
    let delegate = Delegate::Broker(bo.member);
    let agree = SetDelegation { account_id: ada.account, delegate, terms: Some(TellerTerms::default()) };
    river.done(&by(ada.authority(), Action::SetDelegation(agree)));
    river.done(&set_status(bo.authority(), bo, MemberStatus::Closed));
    let [DelegationChange::Removed(removed)] = river.last.delegations[..] else {
        panic!("one is removed: {:?}", river.last.delegations)
    };
    assert_eq!((removed.account_id, removed.delegate), (ada.account, delegate));
    assert!(river.state.delegations.get(&bo.member.uuid()).is_none_or(Vec::is_empty));
}
