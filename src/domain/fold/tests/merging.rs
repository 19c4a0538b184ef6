//! Merging two memberships of one person: all of it moves, within the limits of whoever is kept, and nobody decides for themselves.

use super::person::Person;
use super::support::{River, authorise, by, limits, minor, pay, set_limits, set_status, void};
use crate::domain::account::AccountStatus;
use crate::domain::amount::Amount;
use crate::domain::approval::{Approval, ApprovalRules, ApprovalState, SetApprovalRules, SettleApproval};
use crate::domain::command::{Action, Authority, Command};
use crate::domain::fold::Outcome;
use crate::domain::member::MemberStatus;
use crate::domain::merging::AskMerge;
use crate::domain::records::EntryKind;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};

/// A community of which it is known who runs it.
fn river() -> River {
    let mut river = River::new();
    river.state.knows_admins = true;
    river
}

fn ask(by_whom: Person, account: Person, kept: Person) -> Command {
    let ask = AskMerge { account_id: account.account, kept_id: kept.account, reason: "one person".into() };
    by(by_whom.authority(), Action::Merge(ask))
}

fn agree(by_whom: Person, approval: &Approval) -> Command {
    let settle = SettleApproval { approval_id: approval.id, agrees: true, reason: String::new() };
    by(by_whom.authority(), Action::SettleApproval(settle))
}

fn two_agree(river: &mut River, admin: Person) {
    let rules = ApprovalRules { limits_above: Some(minor(1)), reversals_above: None };
    let change = SetApprovalRules { rules, reason: "by decision".into() };
    river.done(&by(admin.authority(), Action::SetApprovalRules(change)));
}

fn conflict(reason: ConflictReason) -> Refusal {
    Refusal::Conflict(reason)
}

fn closed(river: &River, person: Person) -> (AccountStatus, MemberStatus, i64) {
    let member = river.state.members[&person.member];
    (river.account(person.account).status, member.status, river.balance(person))
}

#[test]
fn all_of_it_moves_either_way_and_the_one_is_closed() {
    for owed in [300, -300, 0] {
        let mut river = river();
        let greta = river.admin("Greta", 0);
        let (ada, twin, bob) =
            (river.member("Ada", 500), river.member("Ada A.", 1_000), river.member("Bob", 1_000));
        river.move_money(ada, bob, 100);
        if owed > 0 {
            river.move_money(bob, twin, owed);
        } else if owed < 0 {
            river.move_money(twin, bob, -owed);
        }
        river.done(&ask(greta, twin, ada));
        assert_eq!(closed(&river, twin), (AccountStatus::Closed, MemberStatus::Closed, 0), "{owed}");
        assert_eq!(river.balance(ada), owed - 100);
        let [merge] = river.last.merges[..] else { panic!("one: {:?}", river.last.merges) };
        assert_eq!((merge.amount, merge.kept_id, merge.approval_id), (minor(owed), ada.account, None));
        assert_eq!(merge.payment_id.is_some(), owed != 0);
        assert_eq!(river.last.entries.len(), if owed == 0 { 0 } else { 2 });
        assert!(river.last.entries.iter().all(|entry| entry.kind == EntryKind::Merge));
        // Once, and for good.
        let again = river.refused(&ask(greta, twin, ada));
        assert!(matches!(again, Refusal::AccountNotActive { .. }), "{again:?}");
        let pays = river.refused(&pay(bob, twin, 1));
        assert!(matches!(pays, Refusal::AccountNotActive { .. }), "{pays:?}");
    }
}

#[test]
fn who_is_kept_has_room_for_it_or_nothing_happens() {
    let mut river = river();
    let greta = river.admin("Greta", 0);
    let (ada, twin, bob) =
        (river.member("Ada", 300), river.member("Ada A.", 1_000), river.member("Bob", 1_000));
    river.move_money(twin, bob, 301);
    let short = Refusal::InsufficientCredit { amount: minor(301), available: minor(300) };
    assert_eq!(river.refused(&ask(greta, twin, ada)), short);
    river.move_money(bob, twin, 602);
    river.done(&set_limits(Authority::Service, ada.account, limits(300, Some(300))));
    assert_eq!(river.refused(&ask(greta, twin, ada)), Refusal::CeilingExceeded);
    assert_eq!(closed(&river, twin), (AccountStatus::Active, MemberStatus::Active, 301));
    river.done(&set_limits(Authority::Service, ada.account, limits(300, Some(301))));
    // A frozen account is merged too, and none that is kept is frozen.
    river.done(&set_status(Authority::Service, twin.account, AccountStatus::Frozen));
    let frozen = river.refused(&ask(greta, ada, twin));
    assert!(matches!(frozen, Refusal::AccountNotActive { .. }), "{frozen:?}");
    river.done(&ask(greta, twin, ada));
    assert_eq!(river.balance(ada), 301);
}

#[test]
fn what_is_reserved_stands_in_the_way() {
    let mut river = river();
    let greta = river.admin("Greta", 0);
    let (ada, twin, bob) = (river.member("Ada", 300), river.member("Ada A.", 300), river.member("Bob", 0));
    let held = river.paid(&authorise(twin, bob, 100));
    assert_eq!(river.refused(&ask(greta, twin, ada)), conflict(ConflictReason::MoneyReserved));
    river.changed(&void(bob.authority(), held.id));
    // What others hold for it would find it closed.
    let held = river.paid(&authorise(ada, twin, 100));
    assert_eq!(river.refused(&ask(greta, twin, ada)), conflict(ConflictReason::MergeBlocked));
    river.changed(&void(twin.authority(), held.id));
    assert_eq!(river.refused(&ask(greta, twin, twin)), Refusal::SameAccount);
    assert_eq!(river.refused(&ask(bob, twin, ada)), Refusal::Forbidden);
    river.done(&ask(greta, twin, ada));
    assert_eq!(river.account(ada.account).balance, Amount::ZERO);
}

#[test]
fn nobody_merges_into_their_own_account_and_a_merged_admin_is_none_any_more() {
    let mut river = river();
    let (greta, otto) = (river.admin("Greta", 0), river.admin("Otto", 0));
    let (ada, bob) = (river.member("Ada", 300), river.member("Bob", 300));
    river.move_money(bob, ada, 100);
    for (one, other) in [(ada, greta), (greta, ada)] {
        assert_eq!(river.refused(&ask(greta, one, other)), conflict(ConflictReason::OwnAccount));
    }
    river.done(&ask(otto, greta, ada));
    assert_eq!(river.refused(&ask(greta, bob, ada)), Refusal::NotFound(Thing::Community));
    // Who has both keeps the one that runs the community, where nobody else does.
    let twin = river.member("Otto O.", 300);
    river.share(otto, twin.member, MemberStatus::Active);
    assert_eq!(river.refused(&ask(otto, otto, twin)), conflict(ConflictReason::LastAdmin));
    river.done(&ask(otto, twin, otto));
}

#[test]
fn where_two_agree_neither_has_just_one_of_the_accounts() {
    let mut river = river();
    let (greta, otto) = (river.admin("Greta", 0), river.admin("Otto", 300));
    let (ada, twin) = (river.member("Ada", 300), river.member("Ada A.", 300));
    river.move_money(ada, twin, 100);
    two_agree(&mut river, greta);
    let Outcome::Approval(asked) = river.done(&ask(greta, twin, ada)) else { panic!("it needs two") };
    assert_eq!((asked.state, river.balance(twin)), (ApprovalState::Pending, 100));
    assert_eq!(river.refused(&agree(greta, &asked)), conflict(ConflictReason::OwnRequest));
    river.done(&agree(otto, &asked));
    assert_eq!((closed(&river, twin).0, river.balance(ada)), (AccountStatus::Closed, 0));
    let [merge] = river.last.merges[..] else { panic!("one: {:?}", river.last.merges) };
    assert_eq!(merge.approval_id, Some(asked.id));
    // What moves is what was agreed to.
    let (cyd, dot) = (river.member("Cyd", 300), river.member("Dot", 300));
    let Outcome::Approval(asked) = river.done(&ask(greta, cyd, dot)) else { panic!("it needs two") };
    river.move_money(dot, cyd, 1);
    assert_eq!(river.refused(&agree(otto, &asked)), conflict(ConflictReason::BalanceChanged));
    river.move_money(cyd, dot, 1);
    river.done(&agree(otto, &asked));
    // Otto may not agree to what goes to himself.
    let bob = river.member("Bob", 300);
    let Outcome::Approval(asked) = river.done(&ask(greta, bob, otto)) else { panic!("it needs two") };
    assert_eq!(river.refused(&agree(otto, &asked)), conflict(ConflictReason::OwnAccount));
}

/// Makes what was somebody's account another one of somebody else's.
fn make_second(river: &mut River, of: Person, account: Person) {
    river.state.accounts.get_mut(&account.account).unwrap().member_id = Some(of.member);
}

#[test]
fn another_account_of_whoever_is_merged_is_not_left_behind() {
    let mut river = river();
    let greta = river.admin("Greta", 0);
    let (ada, twin, bob) = (river.member("Ada", 300), river.member("Ada A.", 300), river.member("Bob", 300));
    let [second, spare] = ["Ada's shop", "Ada's spare"].map(|name| river.member(name, 100));
    make_second(&mut river, twin, second);
    make_second(&mut river, ada, spare);
    river.move_money(bob, twin, 100);
    river.move_money(bob, spare, 20);
    for status in [AccountStatus::Active, AccountStatus::Frozen, AccountStatus::Leaving] {
        river.done(&set_status(Authority::Service, second.account, status));
        for one in [twin, second] {
            assert_eq!(
                river.refused(&ask(greta, one, ada)),
                conflict(ConflictReason::MergeBlocked),
                "{status:?}"
            );
        }
        river.done(&set_status(Authority::Service, second.account, AccountStatus::Active));
    }
    // Two of one member's own are not two people.
    assert_eq!(river.refused(&ask(greta, twin, second)), conflict(ConflictReason::NoTwoMembers));
    assert_eq!((river.balance(twin), closed(&river, twin).0), (100, AccountStatus::Active));
    // What is closed holds up nothing, and whoever is kept may have as many as they like: those are as they were.
    river.done(&set_status(Authority::Service, second.account, AccountStatus::Closed));
    river.done(&ask(greta, twin, ada));
    assert_eq!(closed(&river, twin), (AccountStatus::Closed, MemberStatus::Closed, 0));
    assert_eq!((river.balance(ada), river.balance(spare)), (100, 20));
    assert_eq!(river.account(spare.account).status, AccountStatus::Active);
    // The one with two cannot go in their place either, before the other one is closed.
    assert_eq!(river.refused(&ask(greta, ada, bob)), conflict(ConflictReason::MergeBlocked));
}

#[test]
fn an_admin_with_both_memberships_may_merge_them_and_one_with_either_may_not() {
    let mut river = river();
    let (greta, otto) = (river.admin("Greta", 0), river.admin("Otto", 0));
    let (ada, twin, bob) = (river.member("Ada", 300), river.member("Ada A.", 300), river.member("Bob", 300));
    river.move_money(bob, twin, 100);
    let operate = |river: &mut River, whose: Person| {
        let operator = river.state.members[&whose.member];
        river.state.operators.get_mut(&greta.user).unwrap().push(operator);
    };
    operate(&mut river, twin);
    for (one, other) in [(twin, ada), (ada, twin)] {
        assert_eq!(river.refused(&ask(greta, one, other)), conflict(ConflictReason::OwnAccount));
    }
    operate(&mut river, ada);
    river.done(&ask(greta, twin, ada));
    assert_eq!((closed(&river, twin).0, river.balance(ada)), (AccountStatus::Closed, 100));
    // Nothing of it stands in the way of others.
    river.done(&ask(otto, bob, ada));
    assert_eq!((river.balance(ada), closed(&river, bob).0), (0, AccountStatus::Closed));
}

#[test]
fn an_account_of_elsewhere_is_not_there() {
    let mut river = river();
    let greta = river.admin("Greta", 0);
    let (ada, stranger) = (river.member("Ada", 300), river.stranger());
    for (one, other) in [(ada, stranger), (stranger, ada)] {
        assert_eq!(river.refused(&ask(greta, one, other)), Refusal::NotFound(Thing::Account));
    }
}
