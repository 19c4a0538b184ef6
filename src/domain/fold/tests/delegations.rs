//! Tellers, brokers and admins, in one order with what they do.

use super::support::{Person, River, by, minor, order, pay, set_status};
use crate::domain::account::AccountStatus;
use crate::domain::command::{Action, Command, SetDelegation, SetMemberStatus, SetRole};
use crate::domain::delegation::{Delegate, TellerRights, TellerTerms};
use crate::domain::fold::Outcome;
use crate::domain::member::{MemberStatus, Role};
use crate::domain::records::DelegationChange;
use crate::domain::refusal::{Ceiling, ConflictReason, Refusal, Spender, Thing};
use crate::domain::spending::{SpendingCeiling, SpendingCeilings};

/// A community of which the state knows all members.
fn river() -> River {
    let mut river = River::new();
    river.state.knows_admins = true;
    river
}

fn delegate(owner: Person, delegate: Delegate, terms: Option<TellerTerms>) -> Command {
    by(owner.authority(), Action::SetDelegation(SetDelegation { account_id: owner.account, delegate, terms }))
}

fn terms(rights: &str, per_day: Option<i64>) -> Option<TellerTerms> {
    let rights = TellerRights::parse(rights.split(' ')).unwrap();
    let per_day = per_day.map(|minor| SpendingCeiling::from_millionths(minor * 10_000));
    Some(TellerTerms { rights, ceilings: SpendingCeilings { per_payment: None, per_day } })
}

fn pay_as(teller: Person, owner: Person, payee: Person, amount: i64) -> Command {
    by(teller.authority(), Action::Pay(order(owner.account, payee.account, amount, "")))
}

fn set_role(admin: Person, member: Person, role: Role) -> Command {
    by(
        admin.authority(),
        Action::SetRole(SetRole { member_id: member.member, role, reason: "elected".into() }),
    )
}

#[test]
fn in_one_batch_a_teller_pays_between_being_let_and_being_revoked_and_not_after() {
    let mut river = river();
    let (shop, bob, till) = (river.member("Shop", 10_000), river.member("Bob", 0), river.stranger());
    let teller = Delegate::Teller(till.user);
    let outcomes = river.batch(&[
        pay_as(till, shop, bob, 100),
        delegate(shop, teller, terms("pay", None)),
        pay_as(till, shop, bob, 100),
        delegate(shop, teller, None),
        pay_as(till, shop, bob, 100),
    ]);
    let absent = Outcome::Refused(Refusal::NotFound(Thing::Community));
    assert_eq!((&outcomes[0], &outcomes[4]), (&absent, &absent));
    assert!(matches!(outcomes[2], Outcome::Paid(_)));
    assert_eq!((river.balance(shop), river.last.audits.len()), (-100, 2));
    assert!(matches!(river.last.delegations[..], [DelegationChange::Set(_), DelegationChange::Removed(_)]));
}

#[test]
fn a_ceiling_counts_what_was_spent_before_it_and_a_change_keeps_the_count() {
    let mut river = river();
    let (shop, bob, till) = (river.member("Shop", 10_000), river.member("Bob", 0), river.stranger());
    let teller = Delegate::Teller(till.user);
    river.done(&delegate(shop, teller, terms("pay", None)));
    river.done(&pay_as(till, shop, bob, 600));
    river.done(&delegate(shop, teller, terms("see pay", Some(1_000))));
    let refused = river.refused(&pay_as(till, shop, bob, 401));
    let (who, ceiling) = (Spender::Teller, Ceiling::Day);
    assert_eq!(refused, Refusal::SpendingCeiling { who, ceiling, asked: "4.01".into(), left: "4.00".into() });
    river.done(&pay_as(till, shop, bob, 400));
    // What the owner pays is not the teller's.
    river.done(&pay(shop, bob, 500));
    assert_eq!(river.last.app_spending, []);
    assert_eq!(river.account(shop.account).balance, minor(-1_500));
}

#[test]
fn a_teller_cannot_pass_rights_on_nor_widen_them() {
    let mut river = river();
    let (shop, till) = (river.member("Shop", 10_000), river.member("Till", 0));
    river.done(&delegate(shop, Delegate::Teller(till.user), terms("see take pay", None)));
    let widened = Command {
        authority: till.authority(),
        ..delegate(shop, Delegate::Teller(till.user), terms("pay", None))
    };
    assert_eq!(river.refused(&widened), Refusal::Forbidden);
    let revoked = delegate(till, Delegate::Teller(shop.user), None);
    assert_eq!(river.refused(&revoked), Refusal::NotFound(Thing::Member));
}

#[test]
fn a_broker_acts_while_both_the_role_and_the_consent_last() {
    let mut river = river();
    let (admin, ada) = (river.admin("Greta", 0), river.member("Ada", 10_000));
    let (bo, bob) = (river.member("Bo", 0), river.member("Bob", 0));
    let agree = delegate(ada, Delegate::Broker(bo.member), Some(TellerTerms::default()));
    assert_eq!(river.refused(&agree), Refusal::Conflict(ConflictReason::NoBroker));
    river.done(&set_role(admin, bo, Role::Broker));
    assert_eq!(river.refused(&pay_as(bo, ada, bob, 1)), Refusal::Forbidden);
    river.done(&agree);
    river.done(&pay_as(bo, ada, bob, 1));
    river.done(&set_role(admin, bo, Role::Member));
    assert_eq!(river.refused(&pay_as(bo, ada, bob, 1)), Refusal::Forbidden);
}

#[test]
fn what_a_broker_was_let_do_ends_with_the_role_and_does_not_come_back_with_it() {
    let mut river = river();
    let (admin, ada) = (river.admin("Greta", 0), river.member("Ada", 10_000));
    let (bo, bob) = (river.member("Bo", 0), river.member("Bob", 0));
    let agree = delegate(ada, Delegate::Broker(bo.member), Some(TellerTerms::default()));
    river.done(&set_role(admin, bo, Role::Broker));
    river.done(&agree);
    river.done(&set_role(admin, bo, Role::Member));
    assert!(matches!(river.last.delegations[..], [DelegationChange::Removed(_)]));
    assert_eq!(
        river.last.audits.iter().map(|line| line.action).collect::<Vec<_>>(),
        ["member.role", "account.broker"]
    );
    river.done(&set_role(admin, bo, Role::Broker));
    assert_eq!(river.refused(&pay_as(bo, ada, bob, 1)), Refusal::Forbidden);
    river.done(&agree);
    river.done(&pay_as(bo, ada, bob, 1));
}

#[test]
fn what_is_so_already_leaves_no_trace() {
    let mut river = river();
    let (admin, ada) = (river.admin("Greta", 0), river.member("Ada", 0));
    let frozen = SetMemberStatus {
        member_id: ada.member,
        account_ids: vec![ada.account],
        status: MemberStatus::Frozen,
        reason: "by decision".into(),
    };
    let frozen = by(admin.authority(), Action::SetMemberStatus(frozen));
    river.done(&frozen);
    assert_eq!(river.last.audits.len(), 2);
    let same = [
        frozen,
        set_status(admin.authority(), ada.account, AccountStatus::Frozen),
        set_role(admin, ada, Role::Member),
    ];
    for command in &same {
        river.done(command);
        assert!(river.last.is_empty(), "{command:?}");
    }
}

#[test]
fn the_last_admin_who_can_act_stays_one_within_a_batch_too() {
    let mut river = river();
    let (greta, hans) = (river.admin("Greta", 0), river.admin("Hans", 0));
    let outcomes = river.batch(&[set_role(greta, hans, Role::Member), set_role(greta, greta, Role::Member)]);
    assert!(matches!(outcomes[0], Outcome::Member(_)));
    assert_eq!(outcomes[1], Outcome::Refused(Refusal::Conflict(ConflictReason::LastAdmin)));
}

#[test]
fn freezing_a_member_freezes_its_accounts_and_ends_what_it_may() {
    let mut river = river();
    let (admin, ada, bob) = (river.admin("Greta", 0), river.member("Ada", 10_000), river.member("Bob", 0));
    let set = |status| {
        let change = SetMemberStatus {
            member_id: ada.member,
            account_ids: vec![ada.account, bob.account],
            status,
            reason: "by decision".into(),
        };
        by(admin.authority(), Action::SetMemberStatus(change))
    };
    river.done(&set(MemberStatus::Frozen));
    assert_eq!(river.account(ada.account).status, AccountStatus::Frozen);
    assert_eq!(river.account(bob.account).status, AccountStatus::Active, "that is another member's");
    assert_eq!(river.refused(&pay(ada, bob, 1)), Refusal::Forbidden);
    river.done(&set(MemberStatus::Active));
    river.move_money(ada, bob, 1);
    assert_eq!(river.refused(&set(MemberStatus::Closed)), Refusal::Conflict(ConflictReason::NotSettled));
}
