//! A key, or an app that was allowed one account: whatever its member may, it moves no other account's money.

use std::collections::BTreeMap;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::properties::Play;
use super::random::{NAMES, steps};
use super::support::{
    Person, PlainFormat, RIVER, River, capture, limits, minor, order, pay, refund, set_limits,
};
use crate::domain::account::Account;
use crate::domain::command::{Action, Authority, Command, OneAccount, UserAuthority};
use crate::domain::fold::{CommunityState, Fold, Outcome};
use crate::domain::ids::{AccountId, CommunityId, SessionId, SpenderId, UserId};
use crate::domain::member::{MemberStatus, Role};
use crate::domain::payment::PaymentState;
use crate::domain::records::{EntryKind, Postings};
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::scopes::Scopes;
use crate::domain::spending::SpendingCeilings;
use crate::domain::time::Timestamp;

/// How many histories are played, each command of which is tried with a key of each member.
const HISTORIES: usize = 150;

/// Whoever has a key with every scope, made by this user for this account.
fn key(user_id: UserId, account_id: AccountId, community_id: CommunityId) -> Authority {
    Authority::User(UserAuthority {
        user_id,
        session_id: SessionId::from_uuid(account_id.uuid()),
        scopes: Scopes::all(),
        auth_time: Timestamp::from_micros(i64::MAX),
        ceilings: SpendingCeilings::default(),
        app: Some(SpenderId::of_app(user_id, "key:1")),
        only: Some(OneAccount { community_id, account_id }),
    })
}

fn key_of(person: Person) -> Authority {
    key(person.user, person.account, RIVER)
}

/// What a command would write in a world of its own, and whether it passes.
fn try_out(river: &River, command: &Command) -> (bool, Postings) {
    let (mut state, mut ids) = (river.state.clone(), river.ids.clone());
    let mut fold = Fold::new(&mut state, &river.answers, river.now, &mut ids, &PlainFormat);
    let passes = !matches!(fold.apply(command), Outcome::Refused(_));
    (passes, fold.finish())
}

/// Whether what is written moves the money of others only to the account, and only as they said beforehand.
#[track_caller]
fn assert_stays_at(own: AccountId, before: &CommunityState, written: &Postings, command: &Command) {
    let sides = |id| {
        let made = written.payments.iter().find(|payment| payment.id == id);
        let payment = made.or_else(|| before.lives.get(&id).map(|life| &life.payment));
        let payment = payment.unwrap_or_else(|| panic!("{command:?} pays by what is not there"));
        (payment.payer.account_id, payment.payee.account_id)
    };
    for payment in &written.payments {
        let (payer_id, payee_id) = sides(payment.id);
        assert!(payer_id == own || payee_id == own, "{command:?} is between others");
    }
    // What the community's rules take of a payment and give back with it is nobody's choice.
    let chosen = written.entries.iter().filter(|entry| entry.kind != EntryKind::Fee);
    for entry in chosen.filter(|entry| entry.account_id != own && entry.amount.is_negative()) {
        let (payer_id, payee_id) = sides(entry.payment_id);
        assert!(payee_id == own && payer_id == entry.account_id, "{command:?} takes from others for others");
        let was_held = before
            .lives
            .get(&entry.payment_id)
            .is_some_and(|life| life.payment.state == PaymentState::Authorised);
        let is_trusted = before.pairs.get(&(payer_id, own)).is_some_and(|pair| pair.trust.is_some());
        assert!(was_held || is_trusted, "{command:?} takes what nobody gave");
    }
    for hold in written.holds.iter().filter(|hold| hold.is_open) {
        assert_eq!(hold.payer_id, own, "{command:?} reserves others' money");
    }
    for checkout in &written.new_checkouts {
        assert_eq!(checkout.payee.account_id, own, "{command:?} sells for others");
    }
    for schedule in &written.schedules {
        assert_eq!(schedule.payer_id, own, "{command:?} plans what others pay");
    }
    let office = [
        ("accounts", written.account_items.len()),
        ("members", written.changed_members.len() + written.new_members.len() + written.merges.len()),
        ("rights", written.delegations.len() + written.trusts.iter().filter(|_| !pays(command)).count()),
        ("decisions", written.approvals.len() + written.write_offs.len() + written.policies.len()),
        ("the fund", written.charged.len() + written.income_runs.len() + written.lone_payouts.len()),
        ("periods", written.missed_periods.len()),
        ("sessions", written.ended_sessions.len()),
        ("the community", usize::from(written.changed_community.is_some())),
    ];
    for (what, count) in office {
        assert_eq!(count, 0, "{command:?} changes {what}");
    }
}

/// Whether a standing order can be used up by it: it is written with what was spent of it.
const fn pays(command: &Command) -> bool {
    matches!(command.action, Action::Request(_))
}

#[test]
fn random_commands_with_a_key_move_no_other_accounts_money() {
    let mut runner = TestRunner::deterministic();
    let mut passed = BTreeMap::<String, usize>::new();
    for _ in 0..HISTORIES {
        let steps = steps().new_tree(&mut runner).unwrap().current();
        let mut river = River::new();
        let mut play = Play::new(&mut river);
        for batch in steps.chunk_by(|_, next| next.new_batch.is_none()) {
            for step in batch {
                let Some(asked) = play.command(step, river.now, &river.state) else { continue };
                // The service asks for that, for whoever it has looked at.
                if matches!(asked.action, Action::EndSession(_)) {
                    continue;
                }
                let own = play.accounts[0];
                let elsewhere = key(play.users[0], own, CommunityId::from_uuid(own.uuid()));
                let foreign = Command { authority: elsewhere, key: None, happened_at: None, ..asked.clone() };
                let (passes, written) = try_out(&river, &foreign);
                assert!(!passes && written.is_empty(), "a key of another community: {foreign:?}");
                for member in 0..NAMES.len() {
                    let own = play.accounts[member];
                    let authority = key(play.users[member], own, RIVER);
                    let command = Command { authority, key: None, happened_at: None, ..asked.clone() };
                    let (passes, written) = try_out(&river, &command);
                    assert_stays_at(own, &river.state, &written, &command);
                    if passes && !written.is_empty() {
                        let name = format!("{:?}", asked.action);
                        let name = name.split(['(', ' ']).next().unwrap().to_owned();
                        *passed.entry(name).or_default() += 1;
                    }
                }
            }
            play.run(&mut river, batch);
        }
    }
    for name in [
        "Pay",
        "Authorise",
        "Capture",
        "Void",
        "Request",
        "Accept",
        "Decline",
        "Cancel",
        "Refund",
        "Schedule",
    ] {
        assert!(passed.contains_key(name), "{name} never passes with a key: {passed:?}");
    }
}

/// Whoever operates several accounts gives a key one of them.
#[test]
fn a_key_reaches_one_of_its_makers_accounts_and_not_the_others() {
    let mut river = River::new();
    let (ada, bob) = (river.admin("Ada", 1_000), river.member("Bob", 1_000));
    river.share(ada, bob.member, MemberStatus::Active);
    let cyd = river.newcomer("Cyd", Role::Member, limits(1_000, None));
    river.paid(&Command { authority: key_of(ada), ..pay(ada, cyd, 10) });
    let from_bob = order(bob.account, cyd.account, 10, "");
    let command = |authority, action| Command { authority, ..super::support::by(Authority::Service, action) };
    river.paid(&command(ada.authority(), Action::Pay(from_bob.clone())));
    let unseen = Refusal::NotFound(Thing::Payer);
    let refused = river.refused(&command(key_of(ada), Action::Pay(from_bob)));
    assert!(refused == unseen || matches!(refused, Refusal::Forbidden | Refusal::NotFound(_)), "{refused:?}");
    // Nor does it give back what came to the other one, or do what its maker may by office.
    let paid = river.paid(&pay(cyd, bob, 5));
    assert!(matches!(river.refused(&refund(key_of(ada), paid.id, 1)), Refusal::NotFound(_)));
    let held = river.paid(&super::support::authorise(cyd, bob, 5));
    assert!(matches!(river.refused(&capture(key_of(ada), held.id, None)), Refusal::NotFound(_)));
    river.refused(&set_limits(key_of(ada), cyd.account, limits(5, None)));
    let is_same = |account: &Account| account.limits.credit_limit == minor(1_000);
    assert!(is_same(river.account(cyd.account)));
}
