//! What needs two admins.

use super::support::{Person, River, by, keyed, limits, minor, pay, refund, reverse, set_limits};
use crate::domain::approval::{
    APPROVAL_LIFE_S, Approval, ApprovalRules, ApprovalState, SetApprovalRules, SettleApproval,
};
use crate::domain::command::{Action, Authority, Command, CommandNotice, NoticeOf};
use crate::domain::fold::Outcome;
use crate::domain::ids::{ApprovalId, MailId, PaymentId};
use crate::domain::language::Language;
use crate::domain::mail::{MailKind, OutboxMail};
use crate::domain::member::{MemberStatus, Role};
use crate::domain::records::EntryKind;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::time::Timestamp;

fn set_rules(admin: Person, limits_above: Option<i64>) -> Command {
    let rules = ApprovalRules { limits_above: limits_above.map(minor), reversals_above: None };
    let reason = "Decided".into();
    by(admin.authority(), Action::SetApprovalRules(SetApprovalRules { rules, reason }))
}

fn settle(admin: Person, approval_id: ApprovalId, agrees: bool) -> Command {
    let reason = String::new();
    by(admin.authority(), Action::SettleApproval(SettleApproval { approval_id, agrees, reason }))
}

fn approval(outcome: Outcome) -> Approval {
    match outcome {
        Outcome::Approval(approval) => *approval,
        other => panic!("an approval was expected: {other:?}"),
    }
}

/// A community with a rule above 500, two admins and a member.
fn river() -> (River, Person, Person, Person) {
    let mut river = River::new();
    let (greta, otto, ada) = (river.admin("Greta", 0), river.admin("Otto", 0), river.member("Ada", 100));
    assert_eq!(river.done(&set_rules(greta, Some(500))), Outcome::Done);
    (river, greta, otto, ada)
}

const fn conflict(reason: ConflictReason) -> Refusal {
    Refusal::Conflict(reason)
}

#[test]
fn a_limit_above_the_amount_waits_for_another_user() {
    let (mut river, greta, otto, ada) = river();
    let high = limits(501, Some(9));
    let asked = approval(river.done(&set_limits(greta.authority(), ada.account, high)));
    assert_eq!((asked.state, asked.asked_by), (ApprovalState::Pending, greta.user));
    assert_eq!(asked.expires_at, asked.asked_at.plus_seconds(APPROVAL_LIFE_S));
    assert!(river.last.records.is_empty(), "the chain knows nothing of it yet");
    assert_eq!(river.account(ada.account).limits, limits(100, None));
    assert_eq!(river.refused(&settle(greta, asked.id, true)), conflict(ConflictReason::OwnRequest));
    assert_eq!(river.refused(&settle(ada, asked.id, true)), Refusal::Forbidden);
    let settled = approval(river.done(&settle(otto, asked.id, true)));
    assert_eq!((settled.state, settled.settled_by), (ApprovalState::Approved, Some(otto.user)));
    assert_eq!(river.account(ada.account).limits, high);
    assert_eq!((river.last.records.len(), river.last.account_items[0].limits), (1, high));
    let actors: Vec<_> = river.last.audits.iter().map(|line| (line.action, line.actor.unwrap())).collect();
    assert_eq!(actors, [("account.limits", greta.user), ("approval.approved", otto.user)]);
    for agrees in [true, false] {
        let again = river.refused(&settle(otto, asked.id, agrees));
        assert_eq!(again, conflict(ConflictReason::AlreadySettled));
    }
}

#[test]
fn one_user_who_runs_two_members_is_one() {
    let (mut river, greta, _, ada) = river();
    let asked = approval(river.done(&set_limits(greta.authority(), ada.account, limits(900, None))));
    let second = river.stranger();
    river.share(greta, second.member, MemberStatus::Active);
    river.state.operators.get_mut(&greta.user).unwrap()[1].role = Role::Admin;
    assert_eq!(river.refused(&settle(greta, asked.id, true)), conflict(ConflictReason::OwnRequest));
}

#[test]
fn in_one_batch_the_first_answer_counts() {
    let (mut river, greta, otto, ada) = river();
    let asked = approval(river.done(&set_limits(greta.authority(), ada.account, limits(900, None))));
    let outcomes = river.batch(&[settle(greta, asked.id, false), settle(otto, asked.id, true)]);
    assert_eq!(approval(outcomes[0].clone()).state, ApprovalState::Refused);
    assert_eq!(outcomes[1], Outcome::Refused(conflict(ConflictReason::AlreadySettled)));
    assert_eq!(river.account(ada.account).limits, limits(100, None));
}

#[test]
fn it_lapses_and_it_needs_its_asker() {
    let (mut river, greta, otto, ada) = river();
    let ask = |river: &mut River| {
        approval(river.done(&set_limits(greta.authority(), ada.account, limits(900, None)))).id
    };
    let id = ask(&mut river);
    river.now = river.now.plus_seconds(APPROVAL_LIFE_S);
    let fresh = |command: Command, now: Timestamp| match command.authority {
        Authority::User(user) => Command {
            authority: Authority::User(crate::domain::command::UserAuthority { auth_time: now, ..user }),
            ..command
        },
        Authority::Service => command,
    };
    let now = river.now;
    assert_eq!(river.refused(&settle(otto, id, true)), Refusal::StepUpRequired);
    assert_eq!(river.refused(&fresh(settle(otto, id, true), now)), conflict(ConflictReason::ApprovalExpired));
    let wanted = fresh(set_limits(greta.authority(), ada.account, limits(900, None)), now);
    let id = approval(river.done(&wanted)).id;
    river.set_member_status(greta, MemberStatus::Frozen);
    assert_eq!(river.refused(&fresh(settle(otto, id, true), now)), conflict(ConflictReason::AskerGone));
    assert_eq!(river.account(ada.account).limits, limits(100, None));
    let nobodys = ApprovalId::from_uuid(uuid::Uuid::from_u128(1));
    let absent = river.refused(&fresh(settle(otto, nobodys, true), now));
    assert_eq!(absent, Refusal::NotFound(Thing::Approval));
}

#[test]
fn the_rules_themselves_are_loosened_by_two() {
    let (mut river, greta, otto, ada) = river();
    assert_eq!(river.done(&set_rules(greta, Some(400))), Outcome::Done);
    let asked = approval(river.done(&set_rules(greta, None)));
    approval(river.done(&set_limits(greta.authority(), ada.account, limits(401, None))));
    approval(river.done(&settle(otto, asked.id, true)));
    assert_eq!(river.state.community.approval_rules, ApprovalRules::default());
    river.done(&set_limits(greta.authority(), ada.account, limits(401, None)));
    assert_eq!(river.account(ada.account).limits, limits(401, None));
    assert_eq!(river.refused(&set_rules(ada, None)), Refusal::Forbidden);
}

#[test]
fn mails_go_with_what_came_of_it_and_with_nothing_else() {
    let (mut river, greta, otto, ada) = river();
    let notice = |of, number| CommandNotice {
        of,
        mail: OutboxMail {
            id: MailId::from_uuid(uuid::Uuid::from_u128(number)),
            community_id: None,
            user_id: None,
            recipient: "ada@river.example".into(),
            kind: MailKind::SecurityNotice,
            language: Language::English,
            parameters: "{}".into(),
            useful_until: None,
            created_at: river.now,
        },
    };
    let both = vec![notice(NoticeOf::Done, 1), notice(NoticeOf::Asked, 2)];
    let sent = |river: &River| -> Vec<u128> {
        river.last.mails.iter().map(|mail| mail.id.uuid().as_u128()).collect()
    };
    let told = |command: Command| Command { notices: both.clone(), ..command };
    river.done(&told(set_limits(greta.authority(), ada.account, limits(500, None))));
    assert_eq!(sent(&river), [1]);
    let id = approval(river.done(&told(set_limits(greta.authority(), ada.account, limits(501, None))))).id;
    assert_eq!(sent(&river), [2]);
    river.done(&told(settle(otto, id, true)));
    assert_eq!(sent(&river), [1]);
    river.refused(&told(settle(otto, id, true)));
    assert!(sent(&river).is_empty());
}

/// Two admins, a rule above 500 for reversals, and a payment of so much.
fn paid(amount: i64) -> (River, [Person; 4], PaymentId) {
    let mut river = River::new();
    let (greta, otto) = (river.admin("Greta", 0), river.admin("Otto", 0));
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let rules = ApprovalRules { limits_above: None, reversals_above: Some(minor(500)) };
    let change = SetApprovalRules { rules, reason: "Decided".into() };
    river.done(&by(greta.authority(), Action::SetApprovalRules(change)));
    let id = river.paid(&pay(ada, bob, amount)).id;
    (river, [greta, otto, ada, bob], id)
}

#[test]
fn a_reversal_above_the_amount_waits_for_another_user() {
    let (mut river, [greta, otto, ada, bob], id) = paid(501);
    let wanted = keyed(reverse(greta.authority(), id, false), "k-1");
    let Outcome::Answered(answered) = river.done(&wanted) else { panic!("an answer was expected") };
    assert_eq!((answered.status, answered.payment_id), (202, None));
    let asked = answered.approval_id.unwrap();
    assert!(river.last.records.is_empty(), "nothing is posted yet");
    assert_eq!((river.balance(ada), river.balance(bob)), (-501, 501));
    assert_eq!(river.answered(&wanted).approval_id, Some(asked), "the key asks once");
    assert_eq!(river.refused(&settle(greta, asked, true)), conflict(ConflictReason::OwnRequest));
    assert_eq!(river.refused(&settle(ada, asked, true)), Refusal::Forbidden);
    assert_eq!(approval(river.done(&settle(otto, asked, true))).state, ApprovalState::Approved);
    assert_eq!((river.balance(ada), river.balance(bob)), (0, 0));
    assert!(river.last.entries.iter().all(|entry| entry.kind == EntryKind::Reversal));
    let actors: Vec<_> = river.last.audits.iter().map(|line| (line.action, line.actor.unwrap())).collect();
    assert_eq!(actors, [("payment.reversed", greta.user), ("approval.approved", otto.user)]);
    let again = river.refused(&reverse(otto.authority(), id, false));
    assert_eq!(again, conflict(ConflictReason::NothingLeft));
}

#[test]
fn what_is_left_of_a_payment_decides_whether_its_reversal_takes_two() {
    let (mut river, [greta, otto, ada, bob], id) = paid(900);
    let asked = approval(river.done(&reverse(greta.authority(), id, false))).id;
    river.paid(&refund(bob.authority(), id, 400));
    river.paid(&reverse(otto.authority(), id, false));
    assert_eq!((river.balance(ada), river.balance(bob)), (0, 0));
    assert_eq!(river.refused(&settle(otto, asked, true)), conflict(ConflictReason::NothingLeft));
    approval(river.done(&settle(otto, asked, false)));
}

#[test]
fn a_limit_that_a_reversal_breaks_by_then_is_told_to_whoever_agrees() {
    let (mut river, [greta, otto, ada, bob], id) = paid(600);
    let strict = approval(river.done(&reverse(greta.authority(), id, false))).id;
    river.paid(&pay(bob, ada, 100));
    assert!(matches!(river.refused(&settle(otto, strict, true)), Refusal::InsufficientCredit { .. }));
    assert_eq!(river.balance(bob), 500);
    let permitted = approval(river.done(&reverse(greta.authority(), id, true))).id;
    approval(river.done(&settle(otto, permitted, true)));
    assert_eq!((river.balance(ada), river.balance(bob)), (100, -100));
    let kinds: Vec<_> = river.last.entries.iter().map(|entry| (entry.account_id, entry.kind)).collect();
    assert!(kinds.contains(&(bob.account, EntryKind::ReversalBeyondLimit)), "{kinds:?}");
    assert!(kinds.contains(&(ada.account, EntryKind::Reversal)), "{kinds:?}");
}
