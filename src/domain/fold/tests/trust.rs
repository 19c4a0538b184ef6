//! Trusted payees.

use super::asking::{cancel, request, trust};
use super::support::{Person, River, START, by, limits, minor, refund, set_limits, set_status};
use crate::domain::account::AccountStatus;
use crate::domain::command::{Authority, Command, SetTrust};
use crate::domain::ids::PaymentId;
use crate::domain::member::{MemberStatus, Role};
use crate::domain::payment::PaymentState;
use crate::domain::records::{EventKind, NoticeKind, TrustChange};
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::spending::SpendingCeilings;

const SERVICE: Authority = Authority::Service;

fn of_two() -> (River, Person, Person) {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.newcomer("Bob", Role::Member, limits(0, Some(900))));
    (river, ada, bob)
}

/// Asks, and tells whether it was paid at once.
fn is_paid(river: &mut River, payee: Person, payer: Person, amount: i64) -> bool {
    let asked = river.paid(&request(payee, payer, amount));
    assert_eq!(asked.state == PaymentState::Completed, asked.transfer.is_some());
    asked.state == PaymentState::Completed
}

#[test]
fn a_trusted_payee_is_paid_up_to_the_amount_by_the_command_that_asks() {
    let (mut river, ada, bob) = of_two();
    assert!(!is_paid(&mut river, bob, ada, 10));
    river.done(&trust(ada, bob, Some(200), None));
    let [line] = river.last.audits.as_slice() else { panic!("{:?}", river.last.audits) };
    assert_eq!((line.action, line.actor), ("account.trusted_payee", Some(ada.user)));
    assert!(line.after.contains(r#""up_to_minor":200"#), "{}", line.after);

    let paid = river.paid(&request(bob, ada, 200));
    assert_eq!((paid.state, paid.created_by), (PaymentState::Completed, Some(bob.user)));
    let kinds: Vec<_> = river.last.events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [EventKind::PaymentRequested, EventKind::PaymentCompleted]);
    assert_eq!(paid.event_seq, river.last.events[0].event_seq);
    let [row] = river.last.requests.as_slice() else { panic!("{:?}", river.last.requests) };
    assert_eq!((row.is_open, row.decided_by, row.is_automatic), (false, Some(ada.user), true));
    assert_eq!(river.last.payment_notices[0].kind, NoticeKind::RequestPaidForYou);
    assert_eq!((river.balance(ada), river.balance(bob)), (-200, 200));
    river.paid(&refund(bob.authority(), paid.id, 200));

    assert!(!is_paid(&mut river, bob, ada, 201), "more than trusted");
    assert!(!is_paid(&mut river, ada, bob, 10), "the other way is another matter");
    river.done(&trust(ada, bob, None, None));
    assert!(!is_paid(&mut river, bob, ada, 10), "trusted no longer");
    let gone = Refusal::NotFound(Thing::Payee);
    assert_eq!(river.refused(&trust(ada, bob, None, None)), gone);
}

#[test]
fn what_would_be_refused_waits_for_the_payer() {
    let (mut river, ada, bob) = of_two();
    river.done(&trust(ada, bob, Some(2_000), None));
    assert!(!is_paid(&mut river, bob, ada, 1_001), "more than the payer has");
    assert!(!is_paid(&mut river, bob, ada, 901), "more than the payee may hold");
    assert!(is_paid(&mut river, bob, ada, 500));
    river.done(&set_limits(SERVICE, ada.account, limits(500, None)));
    let waits = river.paid(&request(bob, ada, 1));
    assert_eq!(waits.state, PaymentState::Requested);
    assert_eq!(river.last.payment_notices[0].kind, NoticeKind::RequestReceived);
    river.changed(&cancel(bob.authority(), waits.id));
    assert_eq!(river.balance(ada), -500);
}

#[test]
fn a_month_has_a_bound_of_its_own() {
    let (mut river, ada, bob) = of_two();
    river.done(&trust(ada, bob, Some(100), Some(250)));
    assert!(is_paid(&mut river, bob, ada, 100) && is_paid(&mut river, bob, ada, 100));
    assert!(!is_paid(&mut river, bob, ada, 51));
    assert!(is_paid(&mut river, bob, ada, 50));
    assert!(!is_paid(&mut river, bob, ada, 1));
    // New terms begin no new month.
    river.done(&trust(ada, bob, Some(100), Some(260)));
    let [TrustChange::Set(set)] = river.last.trusts.as_slice() else { panic!("{:?}", river.last.trusts) };
    assert_eq!(set.spent, minor(250));
    assert!(!is_paid(&mut river, bob, ada, 11));
    river.now = START.plus_seconds(15 * 86_400);
    let october = by(bob.authority(), ask_until(&river, bob, ada));
    assert_eq!(river.paid(&october).state, PaymentState::Completed);
}

fn ask_until(river: &River, payee: Person, payer: Person) -> crate::domain::command::Action {
    let payment = super::support::order(payer.account, payee.account, 100, "");
    let expires_at = river.now.plus_seconds(3_600);
    crate::domain::command::Action::Request(crate::domain::command::Request { payment, expires_at })
}

#[test]
fn trust_ends_with_who_gave_it() {
    let (mut river, ada, bob) = of_two();
    river.done(&trust(ada, bob, Some(100), None));
    river.set_member_status(ada, MemberStatus::Frozen);
    assert!(!is_paid(&mut river, bob, ada, 10), "who is frozen pays nothing");
    river.set_member_status(ada, MemberStatus::Active);
    assert!(is_paid(&mut river, bob, ada, 10));
    river.state.operators.insert(ada.user, Vec::new());
    assert!(!is_paid(&mut river, bob, ada, 10), "who operates the account no longer");
}

#[test]
fn only_the_owner_trusts_and_with_a_fresh_proof() {
    let (mut river, ada, bob) = of_two();
    let (eve, root) = (river.member("Eve", 0), river.admin("Root", 0));
    let set = trust(ada, bob, Some(100), None);
    for authority in [bob.authority(), eve.authority(), root.authority(), SERVICE] {
        assert_eq!(river.refused(&Command { authority, ..set.clone() }), Refusal::Forbidden);
        let end = Command { authority, ..trust(ada, bob, None, None) };
        assert_eq!(river.refused(&end), Refusal::Forbidden, "nor learns whether there is something to end");
    }
    let app = ada.through_app(SpendingCeilings::default());
    assert_eq!(river.refused(&Command { authority: app, ..set.clone() }), Refusal::Forbidden);
    let stale = ada.proved_at(START.plus_seconds(-300));
    assert_eq!(river.refused(&Command { authority: stale, ..set.clone() }), Refusal::StepUpRequired);
    river.done(&set);
    // To trust no more needs no proof.
    river.done(&Command { authority: stale, ..trust(ada, bob, None, None) });
    let nobody = SetTrust {
        payer_id: ada.account,
        payee_id: crate::domain::ids::AccountId::from_uuid(PaymentId::from_uuid(ada.user.uuid()).uuid()),
        terms: None,
    };
    let absent = by(ada.authority(), crate::domain::command::Action::SetTrust(nobody));
    assert_eq!(river.refused(&absent), Refusal::NotFound(Thing::Payee));
    assert_eq!(river.refused(&trust(ada, ada, Some(1), None)), Refusal::SameAccount);
}

#[test]
fn an_erased_member_is_trusted_no_longer() {
    let (mut river, ada, bob) = of_two();
    river.done(&trust(ada, bob, Some(100), None));
    river.done(&set_status(SERVICE, bob.account, AccountStatus::Closed));
    let erase = crate::domain::command::EraseMember {
        member_id: bob.member,
        account_ids: vec![bob.account],
        name: "former member 2".into(),
    };
    river.done(&by(SERVICE, crate::domain::command::Action::EraseMember(erase)));
    assert_eq!(river.state.pairs[&(ada.account, bob.account)].trust, None);
}
