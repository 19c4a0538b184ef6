//! Who may do what, and what strangers see.

use super::support::{
    Person, River, authorise, by, capture, end_session, limits, minor, order, pay, set_limits, set_status,
    void,
};
use crate::domain::account::{AccountKind, AccountStatus};
use crate::domain::command::{Action, Admit, Authority, Command, OpenAccount, SetLimits};
use crate::domain::fold::Outcome;
use crate::domain::ids::{AccountId, PaymentId};
use crate::domain::member::{MemberStatus, Role};
use crate::domain::payment::PaymentState;
use crate::domain::records::EventKind;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::{Scope, Scopes};

const SERVICE: Authority = Authority::Service;
const STAYS_OUT: Refusal = Refusal::NotFound(Thing::Community);

/// Every command that a user can send, by this authority on these things.
fn everything(authority: Authority, from: Person, to: Person, held: PaymentId) -> [Command; 6] {
    [
        Command { authority, ..pay(from, to, 1) },
        Command { authority, ..authorise(from, to, 1) },
        capture(authority, held, None),
        void(authority, held),
        set_limits(authority, from.account, limits(0, None)),
        set_status(authority, from.account, AccountStatus::Frozen),
    ]
}

#[test]
fn people_pay_from_what_they_operate_and_nothing_else() {
    let mut river = River::new();
    let (ada, bob, root) = (river.member("Ada", 1_000), river.member("Bob", 1_000), river.admin("Root", 0));
    for other in [bob, root] {
        for command in [pay(ada, bob, 1), authorise(ada, bob, 1)] {
            let command = Command { authority: other.authority(), ..command };
            assert_eq!(river.refused(&command), Refusal::Forbidden);
        }
    }
    let from_the_fund = by(root.authority(), Action::Pay(order(river.commons, ada.account, 1, "")));
    assert_eq!(river.refused(&from_the_fund), Refusal::Forbidden, "the fund belongs to no member");
    river.move_money(ada, bob, 1);
    river.paid(&Command { authority: SERVICE, ..pay(ada, bob, 1) });
}

#[test]
fn several_users_may_operate_one_account() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let partner = river.stranger();
    river.share(partner, ada.member, MemberStatus::Active);
    let paid = river.paid(&Command { authority: partner.authority(), ..pay(ada, bob, 100) });
    assert_eq!((paid.created_by, river.balance(ada)), (Some(partner.user), -100));
    let command = Command { authority: partner.authority(), ..pay(bob, ada, 100) };
    assert_eq!(river.refused(&command), Refusal::Forbidden);
}

#[test]
fn strangers_learn_nothing_of_a_community() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let held = river.paid(&authorise(ada, bob, 100)).id;
    let stranger = river.stranger();
    for command in everything(stranger.authority(), ada, bob, held) {
        assert_eq!(river.refused(&command), STAYS_OUT, "{:?}", command.action);
    }
    // Those who have not come in yet, or have left, are strangers.
    for status in [MemberStatus::Applied, MemberStatus::Closed] {
        river.set_member_status(ada, status);
        for command in everything(ada.authority(), ada, bob, held) {
            assert_eq!(river.refused(&command), STAYS_OUT, "{status:?} {:?}", command.action);
        }
    }
    // Nobody has even looked this user up.
    river.state.operators.clear();
    assert_eq!(river.refused(&pay(ada, bob, 1)), STAYS_OUT);
}

#[test]
fn frozen_members_see_and_do_not_act() {
    let mut river = River::new();
    let (ada, bob, root) = (river.member("Ada", 1_000), river.member("Bob", 0), river.admin("Root", 0));
    let held = river.paid(&authorise(ada, bob, 100)).id;
    for person in [ada, bob, root] {
        river.set_member_status(person, MemberStatus::Frozen);
    }
    assert_eq!(river.refused(&pay(ada, bob, 1)), Refusal::Forbidden);
    assert_eq!(river.refused(&authorise(ada, bob, 1)), Refusal::Forbidden);
    assert_eq!(river.refused(&capture(bob.authority(), held, None)), Refusal::Forbidden);
    assert_eq!(river.refused(&void(bob.authority(), held)), Refusal::Forbidden);
    assert_eq!(
        river.refused(&set_limits(root.authority(), ada.account, limits(0, None))),
        Refusal::Forbidden
    );
    for person in [ada, bob, root] {
        river.set_member_status(person, MemberStatus::Leaving);
    }
    river.move_money(ada, bob, 1);
    river.changed(&capture(bob.authority(), held, None));
    river.done(&set_limits(root.authority(), ada.account, limits(0, None)));
}

#[test]
fn an_active_place_lends_nothing_to_one_that_was_left() {
    let mut river = River::new();
    let (ada, shop) = (river.member("Ada", 1_000), river.member("Shop", 1_000));
    for (status, refusal) in [
        (MemberStatus::Applied, Some(Refusal::Forbidden)),
        (MemberStatus::Frozen, Some(Refusal::Forbidden)),
        (MemberStatus::Closed, Some(Refusal::Forbidden)),
        (MemberStatus::Leaving, None),
    ] {
        let both = river.newcomer("Both", Role::Member, limits(0, None));
        river.share(both, shop.member, status);
        let command = Command { authority: both.authority(), ..pay(shop, ada, 1) };
        match refusal {
            Some(refusal) => assert_eq!(river.refused(&command), refusal, "{status:?}"),
            None => drop(river.paid(&command)),
        }
    }
}

#[test]
fn an_ended_session_does_nothing_more() {
    let mut river = River::new();
    let (ada, bob) = (river.admin("Ada", 1_000), river.member("Bob", 1_000));
    let held = river.paid(&authorise(bob, ada, 100)).id;
    let outcomes =
        river.batch(&[pay(ada, bob, 1), end_session(ada.session), pay(ada, bob, 1), pay(bob, ada, 1)]);
    assert!(matches!(outcomes[0], Outcome::Paid(_)), "what came before it in the order was done");
    assert_eq!(outcomes[1..3], [Outcome::Done, Outcome::Refused(Refusal::SessionEnded)]);
    assert!(matches!(outcomes[3], Outcome::Paid(_)), "nobody else is concerned");
    assert_eq!(river.last.ended_sessions[0].session_id, ada.session);
    for command in everything(ada.authority(), ada, bob, held) {
        assert_eq!(river.refused(&command), Refusal::SessionEnded, "{:?}", command.action);
    }
    let signed_in_again = Person { session: bob.session, ..ada };
    river.move_money(signed_in_again, bob, 1);
}

#[test]
fn a_token_does_what_its_scopes_say() {
    let mut river = River::new();
    let (ada, bob, root) = (river.member("Ada", 1_000), river.member("Bob", 1_000), river.admin("Root", 0));
    let held = river.paid(&authorise(ada, bob, 100)).id;
    let only = |scope| Scopes::default().with(scope);
    let all_but = |left_out: &str| {
        let names = Scopes::all().to_string();
        let kept: Vec<_> = names.split(' ').filter(|name| *name != left_out).collect();
        assert!(kept.len() < names.split(' ').count(), "{left_out} is a scope");
        Scopes::parse(&kept.join(" "))
    };

    for command in [pay(ada, bob, 1), authorise(ada, bob, 1)] {
        for scopes in [Scopes::default(), only(Scope::RequestsWrite), all_but("payments:write")] {
            let authority = ada.with_scopes(scopes);
            assert_eq!(river.refused(&Command { authority, ..command.clone() }), Refusal::Forbidden);
        }
    }
    river.paid(&Command { authority: ada.with_scopes(only(Scope::PaymentsWrite)), ..pay(ada, bob, 1) });

    for scopes in [Scopes::default(), only(Scope::PaymentsWrite), all_but("requests:write")] {
        let authority = bob.with_scopes(scopes);
        assert_eq!(river.refused(&capture(authority, held, None)), Refusal::Forbidden);
        assert_eq!(river.refused(&void(authority, held)), Refusal::Forbidden);
    }
    let merchant = bob.with_scopes(only(Scope::RequestsWrite));
    river.changed(&capture(merchant, held, None));
    assert_eq!(river.refused(&Command { authority: merchant, ..pay(bob, ada, 1) }), Refusal::Forbidden);

    let authority = root.with_scopes(all_but("limits:write"));
    assert_eq!(river.refused(&set_limits(authority, ada.account, limits(0, None))), Refusal::Forbidden);
    assert_eq!(river.refused(&set_status(authority, ada.account, AccountStatus::Frozen)), Refusal::Forbidden);
    river.done(&set_limits(root.with_scopes(only(Scope::LimitsWrite)), ada.account, limits(0, None)));
}

#[test]
fn what_is_not_there_is_named() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let nowhere = AccountId::from_uuid(ada.member.uuid());
    let try_to_pay = |from, to| by(ada.authority(), Action::Pay(order(from, to, 1, "")));
    assert_eq!(river.refused(&try_to_pay(nowhere, bob.account)), Refusal::NotFound(Thing::Payer));
    assert_eq!(river.refused(&try_to_pay(ada.account, nowhere)), Refusal::NotFound(Thing::Payee));
    assert_eq!(
        river.refused(&try_to_pay(bob.account, nowhere)),
        Refusal::NotFound(Thing::Payee),
        "before the right"
    );
    for authority in [SERVICE, ada.authority()] {
        let change = set_limits(authority, nowhere, limits(0, None));
        assert_eq!(river.refused(&change), Refusal::NotFound(Thing::Account));
        let change = set_status(authority, nowhere, AccountStatus::Frozen);
        assert_eq!(river.refused(&change), Refusal::NotFound(Thing::Account));
    }
}

#[test]
fn admins_set_limits_and_members_do_not() {
    let mut river = River::new();
    let (ada, root) = (river.member("Ada", 1_000), river.admin("Root", 0));
    let new = limits(2_500, Some(5_000));
    assert_eq!(river.refused(&set_limits(ada.authority(), ada.account, new)), Refusal::Forbidden);
    assert_eq!(
        river.refused(&set_status(ada.authority(), ada.account, AccountStatus::Closed)),
        Refusal::Forbidden
    );

    let Outcome::Account(account) = river.done(&set_limits(root.authority(), ada.account, new)) else {
        panic!("an account was expected")
    };
    assert_eq!(account.limits, new);
    assert_eq!(*account, *river.account(ada.account));
    let audit = &river.last.audits[0];
    assert_eq!(
        (audit.action, audit.actor, audit.subject_id),
        ("account.limits", Some(root.user), ada.account.uuid())
    );
    assert_eq!(audit.before, r#"{"credit_limit_minor":1000,"ceiling_minor":null}"#);
    assert_eq!(audit.after, r#"{"credit_limit_minor":2500,"ceiling_minor":5000}"#);
    assert_eq!(river.last.events[0].kind, EventKind::AccountLimitsChanged);
    let text = &river.last.texts[0];
    assert_eq!((text.text.as_str(), Some(text.id)), ("by decision", river.last.account_items[0].text_id));
    assert_eq!(text.id.uuid(), audit.id.uuid(), "the reason is found by the audit line's id");

    river.done(&set_status(root.authority(), ada.account, AccountStatus::Frozen));
    let audit = &river.last.audits[0];
    assert_eq!((audit.action, audit.before.as_str()), ("account.status", r#"{"status":"active"}"#));
    assert_eq!(audit.after, r#"{"status":"frozen"}"#);
    assert_eq!(river.last.events[0].kind, EventKind::AccountStatusChanged);
    river.done(&set_limits(SERVICE, ada.account, limits(0, None)));
    assert_eq!(river.last.audits[0].actor, None);
}

#[test]
fn a_change_of_what_has_changed_since_is_refused() {
    let mut river = River::new();
    let (ada, bob, root) = (river.member("Ada", 1_000), river.member("Bob", 0), river.admin("Root", 0));
    let change = |authority, version| {
        let limits = limits(2_000, None);
        let change = SetLimits {
            account_id: ada.account,
            limits,
            until: None,
            reason: String::new(),
            if_version: Some(version),
        };
        by(authority, Action::SetLimits(change))
    };
    let seen = river.account(ada.account).version;
    for wrong in [seen - 1, seen + 1] {
        assert_eq!(river.refused(&change(root.authority(), wrong)), Refusal::PreconditionFailed);
    }
    assert_eq!(
        river.refused(&change(ada.authority(), seen + 1)),
        Refusal::Forbidden,
        "the right comes first"
    );
    river.done(&change(root.authority(), seen));
    assert_eq!(river.last.account_items[0].text_id, None, "without a reason there is no text");
    assert_eq!(river.refused(&change(root.authority(), seen)), Refusal::PreconditionFailed);
    let seen = river.account(ada.account).version;
    river.move_money(ada, bob, 1);
    assert_eq!(
        river.refused(&change(root.authority(), seen)),
        Refusal::PreconditionFailed,
        "a payment changes it too"
    );
    let seen = river.account(ada.account).version;
    river.done(&authorise(ada, bob, 1));
    assert_eq!(
        river.refused(&change(root.authority(), seen)),
        Refusal::PreconditionFailed,
        "and so does a hold"
    );
}

#[test]
fn only_settled_accounts_are_closed() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let not_settled = Refusal::Conflict(ConflictReason::NotSettled);
    river.move_money(ada, bob, 1);
    for person in [ada, bob] {
        assert_eq!(river.refused(&set_status(SERVICE, person.account, AccountStatus::Closed)), not_settled);
        river.done(&set_status(SERVICE, person.account, AccountStatus::Frozen));
        river.done(&set_status(SERVICE, person.account, AccountStatus::Active));
    }
    river.move_money(bob, ada, 1);
    let held = river.paid(&authorise(ada, bob, 1)).id;
    assert_eq!(river.refused(&set_status(SERVICE, ada.account, AccountStatus::Closed)), not_settled);
    river.done(&void(SERVICE, held));
    river.done(&set_status(SERVICE, ada.account, AccountStatus::Closed));
}

#[test]
fn admins_let_people_in_and_make_nobody_an_admin() {
    let mut river = River::new();
    let (root, ada) = (river.admin("Root", 0), river.member("Ada", 0));
    let newcomer = river.stranger();
    let default = river.state.community.default_credit_limit.minor();
    let admit = |role, credit_limit| {
        Action::Admit(Admit {
            member_id: newcomer.member,
            account_id: newcomer.account,
            name: "Nia".into(),
            user_id: newcomer.user,
            role,
            limits: limits(credit_limit, None),
            limits_by: crate::domain::command::LimitsBy::Difference,
            reason: "Known to all".into(),
        })
    };
    let stale = Authority::User(crate::domain::command::UserAuthority {
        auth_time: crate::domain::time::Timestamp::from_micros(0),
        ..of(root.authority())
    });
    let refused = [
        (ada.authority(), Role::Member, default, Refusal::Forbidden),
        (newcomer.authority(), Role::Member, default, Refusal::NotFound(Thing::Community)),
        (root.authority(), Role::Admin, default, Refusal::Forbidden),
        (stale, Role::Member, default + 1, Refusal::StepUpRequired),
    ];
    for (authority, role, credit_limit, refusal) in refused {
        assert_eq!(river.refused(&by(authority, admit(role, credit_limit))), refusal);
    }
    river.done(&by(stale, admit(Role::Member, default)));
    assert_eq!(river.last.audits[0].action, "member.admitted");
    assert_eq!(river.last.texts[0].text, "Known to all");
    let again = river.refused(&by(root.authority(), admit(Role::Member, default)));
    assert_eq!(again, Refusal::Conflict(ConflictReason::AlreadyExists));
}

fn of(authority: Authority) -> crate::domain::command::UserAuthority {
    match authority {
        Authority::User(user) => user,
        Authority::Service => panic!("not a user's"),
    }
}

#[test]
fn only_the_service_lets_people_in_without_an_admin() {
    let mut river = River::new();
    let root = river.admin("Root", 0);
    let newcomer = river.stranger();
    let admit = Action::Admit(Admit {
        member_id: newcomer.member,
        account_id: newcomer.account,
        name: "Nia".into(),
        user_id: newcomer.user,
        role: Role::Member,
        limits: limits(100, None),
        limits_by: crate::domain::command::LimitsBy::Difference,
        reason: String::new(),
    });
    let peer = AccountId::from_uuid(newcomer.session.uuid());
    let open = Action::OpenAccount(OpenAccount {
        account_id: peer,
        kind: AccountKind::Peer,
        name: "Lake".into(),
        limits: limits(0, None),
    });
    assert_eq!(river.refused(&by(root.authority(), open.clone())), Refusal::Forbidden);

    // Who was let in may pay in the same batch.
    let outcomes =
        river.batch(&[by(SERVICE, admit.clone()), pay(newcomer, root, 100), by(SERVICE, open.clone())]);
    assert!(
        matches!(outcomes[..], [Outcome::Account(_), Outcome::Paid(_), Outcome::Account(_)]),
        "{outcomes:?}"
    );
    let member = &river.last.new_members[0];
    assert_eq!((member.id, member.user_id, member.number), (newcomer.member, newcomer.user, 2));
    let codes: Vec<_> = river.last.new_accounts.iter().map(|account| account.code.as_str()).collect();
    assert_eq!(codes, ["RIVER0002", "RIVER0003"]);
    assert_eq!(river.account(peer).kind, AccountKind::Peer);
    assert_eq!(river.last.new_accounts[0].balance, minor(0), "rows of new accounts say how they were opened");
    assert_eq!(river.last.events[0].kind, EventKind::MemberJoined);

    for action in [admit, open] {
        assert_eq!(river.refused(&by(SERVICE, action)), Refusal::Conflict(ConflictReason::AlreadyExists));
    }
}

#[test]
fn the_state_says_what_it_lacks() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let held = river.paid(&authorise(ada, bob, 100)).id;
    let commands = [capture(bob.authority(), held, None), pay(ada, bob, 1), pay(ada, bob, 2)];
    assert!(river.state.missing_for(commands.iter()).is_empty());
    assert_eq!(
        river.state.size(),
        11,
        "three accounts, two users, what both paid, one hold, its payment for both ways, and that no checkout made it"
    );

    let hold = river.state.holds.remove(&held).unwrap();
    let life = river.state.lives.remove(&held).unwrap();
    river.state.accounts.clear();
    river.state.operators.clear();
    let missing = river.state.missing_for(commands.iter());
    assert_eq!((missing.lives, missing.holds), (vec![held], vec![]));
    assert_eq!((missing.accounts.len(), missing.users.len()), (2, 2), "each once");
    assert_eq!(
        river.state.missing_for(commands[..1].iter()).accounts,
        [],
        "a payment's accounts are known by the payment"
    );
    river.state.lives.insert(held, life);
    let missing = river.state.missing_for(commands[..1].iter());
    assert_eq!((missing.holds, missing.accounts.len()), (vec![held], 2));
    river.state.holds.insert(held, hold);
    assert_eq!(river.state.missing_for(commands[..1].iter()).holds, []);
    river.state.lives.get_mut(&held).unwrap().payment.state = PaymentState::Requested;
    river.state.holds.clear();
    assert_eq!(river.state.missing_for(commands[..1].iter()).holds, [], "what is asked for holds nothing");
    assert!(river.state.missing_for([end_session(ada.session)].iter()).is_empty());
}
