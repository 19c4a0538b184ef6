//! Leaving: whoever may act closes their own member, and nothing but that; what hangs on the member ends with it.

use super::asking::merge;
use super::support::{Person, River, authorise, by, capture, limits, minor, pay, void};
use crate::domain::account::AccountStatus;
use crate::domain::command::{
    Action, Authority, Command, RenameMember, SetDelegation, SetMemberStatus, SetRole,
};
use crate::domain::delegation::{Delegate, TellerTerms};
use crate::domain::ids::AccountId;
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
fn who_is_leaving_moves_towards_zero_and_no_further() {
    let mut river = river();
    river.admin("Greta", 0);
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 1_000));
    river.move_money(ada, bob, 300);
    let held = river.paid(&authorise(ada, bob, 50));
    river.done(&set_status(ada.authority(), ada, MemberStatus::Leaving));
    assert_eq!(river.account(ada.account).status, AccountStatus::Leaving);
    assert_eq!(river.account(ada.account).limits, limits(1_000, None), "kept, for the case that Ada stays");
    assert_eq!(river.available(ada), -350);
    let refused = Refusal::InsufficientCredit { amount: minor(1), available: minor(-350) };
    assert_eq!(river.refused(&pay(ada, bob, 1)), refused);
    assert_eq!(river.refused(&authorise(ada, bob, 1)), refused);
    assert_eq!(river.refused(&pay(bob, ada, 301)), Refusal::CeilingExceeded);
    // What was promised before is kept.
    river.changed(&capture(bob.authority(), held.id, None));
    assert_eq!(river.balance(ada), -350);
    river.move_money(bob, ada, 350);
    assert_eq!(river.refused(&pay(bob, ada, 1)), Refusal::CeilingExceeded);
    // From above zero it goes down, as far as zero.
    river.done(&set_status(ada.authority(), ada, MemberStatus::Active));
    assert_eq!(river.account(ada.account).status, AccountStatus::Active);
    river.move_money(bob, ada, 200);
    river.done(&set_status(ada.authority(), ada, MemberStatus::Leaving));
    assert_eq!(river.refused(&pay(bob, ada, 1)), Refusal::CeilingExceeded);
    let refused = Refusal::InsufficientCredit { amount: minor(201), available: minor(200) };
    assert_eq!(river.refused(&pay(ada, bob, 201)), refused);
    let close = set_status(Authority::Service, ada, MemberStatus::Closed);
    assert_eq!(river.refused(&close), Refusal::Conflict(ConflictReason::NotSettled));
    river.move_money(ada, bob, 200);
    river.done(&close);
    assert_eq!(river.account(ada.account).status, AccountStatus::Closed);
}

#[test]
fn a_thawed_account_of_a_leaver_still_only_moves_towards_zero() {
    let mut river = river();
    let (admin, ada, bob) = (river.admin("Greta", 0), river.member("Ada", 500), river.member("Bob", 500));
    river.done(&set_status(ada.authority(), ada, MemberStatus::Leaving));
    let account_status = |status| super::support::set_status(admin.authority(), ada.account, status);
    river.done(&account_status(AccountStatus::Frozen));
    river.done(&account_status(AccountStatus::Active));
    assert_eq!(river.account(ada.account).status, AccountStatus::Leaving);
    assert!(matches!(river.refused(&pay(ada, bob, 1)), Refusal::InsufficientCredit { .. }));
    // Frozen by itself, it stays so whatever its member says.
    river.done(&account_status(AccountStatus::Frozen));
    river.done(&set_status(ada.authority(), ada, MemberStatus::Active));
    assert_eq!(river.account(ada.account).status, AccountStatus::Frozen);
    river.done(&set_status(ada.authority(), ada, MemberStatus::Leaving));
    assert_eq!(river.account(ada.account).status, AccountStatus::Frozen);
    // Frozen as a whole while leaving, the member goes on leaving once it is thawed so.
    river.done(&set_status(admin.authority(), ada, MemberStatus::Frozen));
    let refused = river.refused(&set_status(ada.authority(), ada, MemberStatus::Active));
    assert_eq!(refused, Refusal::Forbidden);
    river.done(&set_status(admin.authority(), ada, MemberStatus::Leaving));
    assert_eq!(river.account(ada.account).status, AccountStatus::Leaving);
    // The only admin who stays cannot leave; another one may.
    let greta = set_status(admin.authority(), admin, MemberStatus::Leaving);
    assert_eq!(river.refused(&greta), Refusal::Conflict(ConflictReason::LastAdmin));
    river.admin("Otto", 0);
    river.done(&greta);
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
    // As it does when the broker is merged into another member.
    let (cy, twin) = (river.member("Cy", 0), river.member("Cy C.", 0));
    let role = SetRole { member_id: cy.member, role: Role::Broker, reason: "elected".into() };
    river.done(&by(admin.authority(), Action::SetRole(role)));
    let delegate = Delegate::Broker(cy.member);
    let agree = SetDelegation { account_id: ada.account, delegate, terms: Some(TellerTerms::default()) };
    river.done(&by(ada.authority(), Action::SetDelegation(agree)));
    river.done(&by(admin.authority(), merge([cy.account, twin.account])));
    assert!(matches!(river.last.delegations[..], [DelegationChange::Removed(_)]));
}

#[test]
fn a_member_that_is_renamed_is_called_so_wherever_it_is_remembered() {
    let mut river = river();
    let admin = river.admin("Greta", 0);
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 1_000));
    let held = river.paid(&authorise(ada, bob, 100)).id;
    let rename = |by_whom: Person, account_ids: Vec<AccountId>| {
        let (member_id, name, reason) = (ada.member, "Brook Bakery".to_owned(), "a new name".to_owned());
        by(by_whom.authority(), Action::RenameMember(RenameMember { member_id, account_ids, name, reason }))
    };
    assert_eq!(river.refused(&rename(bob, vec![ada.account])), Refusal::Forbidden);
    let before = river.account(ada.account).version;
    // What is somebody else's keeps its name.
    river.done(&rename(admin, vec![ada.account, bob.account]));
    let account = river.account(ada.account);
    assert_eq!((&*account.name, account.version), ("Brook Bakery", before + 1));
    assert_eq!(&*river.account(bob.account).name, "Bob");
    assert!(river.last.records.is_empty(), "names are no matter of the chain");
    let [renamed] = river.last.renamed_members.as_slice() else { panic!("one") };
    assert_eq!((renamed.id, renamed.account_ids.as_slice()), (ada.member, [ada.account].as_slice()));
    assert_eq!(&*river.changed(&void(bob.authority(), held)).payer.name, "Brook Bakery");
    river.done(&set_status(Authority::Service, ada, MemberStatus::Closed));
    let gone = Refusal::Conflict(ConflictReason::MemberClosed);
    assert_eq!(river.refused(&rename(admin, vec![ada.account])), gone);
}
