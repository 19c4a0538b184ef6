//! Several payments in one transfer.

use super::support::{
    Person, River, Snapshot, by, keyed, limits, minor, order, pay, refund, reverse, set_status,
};
use crate::domain::account::AccountStatus;
use crate::domain::command::{Action, Authority, Command, Pay};
use crate::domain::fold::{JudgedLine, Outcome};
use crate::domain::many::{LineRefusal, ManyMode, PaidMany, PayMany};
use crate::domain::payment::PaymentState;
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::spending::{SpendingCeiling, SpendingCeilings};

type Line = (Person, Person, i64);

fn payments(lines: &[Line]) -> Vec<Pay> {
    lines.iter().map(|(payer, payee, amount)| order(payer.account, payee.account, *amount, "")).collect()
}

fn many(mode: ManyMode, payments: Vec<Pay>) -> PayMany {
    let lines = (1..).take(payments.len()).collect();
    PayMany { mode, payments, lines, unfit: Vec::new() }
}

fn command(by_whom: Authority, mode: ManyMode, lines: &[Line]) -> Command {
    by(by_whom, Action::PayMany(many(mode, payments(lines))))
}

fn paid(outcome: Outcome) -> PaidMany {
    match outcome {
        Outcome::PaidMany(paid) => *paid,
        other => panic!("several payments were expected: {other:?}"),
    }
}

fn refused_lines(refusal: Refusal) -> Vec<(u32, Refusal)> {
    match refusal {
        Refusal::Lines(lines) => {
            lines.into_iter().map(|LineRefusal { line, refusal }| (line, refusal)).collect()
        }
        other => panic!("lines were expected: {other:?}"),
    }
}

fn insufficient(amount: i64, available: i64) -> Refusal {
    Refusal::InsufficientCredit { amount: minor(amount), available: minor(available) }
}

fn people(river: &mut River) -> (Person, Person, Person) {
    (river.member("Ada", 1_000), river.member("Bob", 0), river.member("Cyd", 0))
}

#[test]
fn one_pays_many_by_one_transfer() {
    let mut river = River::new();
    let (ada, bob, cyd) = people(&mut river);
    let paid =
        paid(river.apply(&command(ada.authority(), ManyMode::Together, &[(ada, bob, 400), (ada, cyd, 600)])));
    assert_eq!((river.balance(ada), river.balance(bob), river.balance(cyd)), (-1_000, 400, 600));
    assert_eq!((river.last.records.len(), river.last.entries.len(), river.last.payments.len()), (1, 4, 2));
    assert_eq!(
        (paid.total, paid.payments.len(), paid.transfer.seq),
        (minor(1_000), 2, river.last.records[0].seq)
    );
    for (payment, (line, id)) in river.last.payments.iter().zip(&paid.payments) {
        assert_eq!(
            (payment.id, payment.state, payment.transfer),
            (*id, PaymentState::Completed, Some(paid.transfer))
        );
        assert!(line.is_some() && payment.created_by == Some(ada.user));
    }
    assert_eq!(river.last.events.len(), 2, "each is told by itself");
    assert!(!river.last.has_rare_rows(), "it is written as payments are");
}

#[test]
fn many_pay_one_where_the_caller_may_for_each() {
    let mut river = River::new();
    let (ada, bob, cyd) = people(&mut river);
    river.share(ada, bob.member, crate::domain::member::MemberStatus::Active);
    river.move_money(ada, bob, 300);
    let lines = [(ada, cyd, 100), (bob, cyd, 300)];
    paid(river.apply(&command(ada.authority(), ManyMode::Together, &lines)));
    assert_eq!((river.balance(ada), river.balance(bob), river.balance(cyd)), (-400, 0, 400));
    let lines = [(ada, bob, 100), (cyd, bob, 100)];
    let refused = refused_lines(river.refused(&command(ada.authority(), ManyMode::Together, &lines)));
    assert_eq!(refused, [(2, Refusal::Forbidden)]);
}

#[test]
fn as_one_the_net_change_counts_and_in_order_each_step() {
    let mut river = River::new();
    let (ada, bob, cyd) = people(&mut river);
    // Bob has nothing: what he gets from Ada in the same transfer he can pass on, whatever the order.
    let lines = [(bob, cyd, 500), (ada, bob, 500)];
    let refused = refused_lines(river.refused(&command(Authority::Service, ManyMode::AllInOrder, &lines)));
    assert_eq!(refused, [(1, insufficient(500, 0))]);
    paid(river.apply(&command(Authority::Service, ManyMode::Together, &lines)));
    assert_eq!((river.balance(ada), river.balance(bob), river.balance(cyd)), (-500, 0, 500));
    let turned = [(ada, bob, 500), (bob, cyd, 500)];
    paid(river.apply(&command(Authority::Service, ManyMode::AllInOrder, &turned)));
    assert_eq!((river.balance(ada), river.balance(bob), river.balance(cyd)), (-1_000, 0, 1_000));
}

#[test]
fn limits_are_judged_on_all_and_told_of_the_first_line() {
    let mut river = River::new();
    let (ada, bob, cyd) = people(&mut river);
    let dan = river.newcomer("Dan", crate::domain::member::Role::Member, limits(0, Some(50)));
    let lines = [(ada, bob, 600), (ada, cyd, 401)];
    for mode in [ManyMode::Together, ManyMode::AllInOrder] {
        let refused = refused_lines(river.refused(&command(ada.authority(), mode, &lines)));
        let expected = if mode == ManyMode::Together {
            (1, insufficient(1_001, 1_000))
        } else {
            (2, insufficient(401, 400))
        };
        assert_eq!(refused, [expected]);
    }
    let lines = [(ada, bob, 1), (ada, dan, 30), (ada, dan, 21)];
    let refused = refused_lines(river.refused(&command(ada.authority(), ManyMode::Together, &lines)));
    assert_eq!(refused, [(2, Refusal::CeilingExceeded)]);
}

#[test]
fn valid_lines_are_made_and_the_others_told() {
    let mut river = River::new();
    let (ada, bob, cyd) = people(&mut river);
    river.done(&set_status(Authority::Service, cyd.account, AccountStatus::Frozen));
    let code = river.account(cyd.account).code.clone();
    let frozen = Refusal::AccountNotActive { code, status: AccountStatus::Frozen };
    let lines =
        [(ada, bob, 900), (ada, cyd, 1), (ada, bob, 101), (ada, ada, 1), (bob, ada, 1), (ada, bob, 100)];
    let paid = paid(river.apply(&command(ada.authority(), ManyMode::ValidInOrder, &lines)));
    assert_eq!(paid.payments.iter().map(|(line, _)| line.unwrap()).collect::<Vec<_>>(), [1, 6]);
    let told: Vec<_> = paid.refusals.into_iter().map(|line| (line.line, line.refusal)).collect();
    let expected =
        [(2, frozen), (3, insufficient(101, 100)), (4, Refusal::SameAccount), (5, Refusal::Forbidden)];
    assert_eq!(told, expected);
    assert_eq!(river.balance(ada), -1_000);
    // Where nothing is valid nothing is made, and the lines say why.
    let refused = river.refused(&command(ada.authority(), ManyMode::ValidInOrder, &[(ada, bob, 1)]));
    assert_eq!(refused_lines(refused), [(1, insufficient(1, 0))]);
}

#[test]
fn who_may_make_none_of_them_learns_no_more_than_of_one() {
    let mut river = River::new();
    let (ada, bob, cyd) = people(&mut river);
    let sam = river.stranger();
    for mode in [ManyMode::Together, ManyMode::AllInOrder, ManyMode::ValidInOrder] {
        let lines = [(ada, bob, 1), (ada, cyd, 1)];
        assert_eq!(river.refused(&command(bob.authority(), mode, &lines)), Refusal::Forbidden);
        let outside = Refusal::NotFound(Thing::Community);
        assert_eq!(river.refused(&command(sam.authority(), mode, &lines)), outside);
    }
}

#[test]
fn a_large_sum_in_small_lines_needs_a_fresh_proof_and_ceilings_add_up() {
    let mut river = River::new();
    let (ada, bob, cyd) = people(&mut river);
    river.state.accounts.get_mut(&ada.account).unwrap().step_up_above = Some(minor(100));
    let stale = ada.proved_at(river.now.plus_seconds(-86_400));
    let lines = [(ada, bob, 60), (ada, cyd, 60)];
    for mode in [ManyMode::Together, ManyMode::ValidInOrder] {
        assert_eq!(river.refused(&command(stale, mode, &lines)), Refusal::StepUpRequired);
    }
    paid(river.apply(&command(stale, ManyMode::Together, &[(ada, bob, 50), (ada, cyd, 50)])));
    let per_day = SpendingCeiling::parse("1.00").ok();
    let app = ada.through_app(SpendingCeilings { per_payment: None, per_day });
    let outcome = river.apply(&command(app, ManyMode::ValidInOrder, &lines));
    let paid = paid(outcome);
    assert_eq!((paid.payments.len(), paid.refusals.len()), (1, 1));
    assert!(matches!(paid.refusals[0].refusal, Refusal::SpendingCeiling { .. }));
    assert_eq!(river.last.app_spending.len(), 1);
    assert_eq!(river.last.app_spending[0].spending.spent, minor(60), "what was refused is not counted");
}

#[test]
fn repeated_lines_and_repeated_lists_are_told() {
    let mut river = River::new();
    let (ada, bob, cyd) = people(&mut river);
    let once = |lines: &[Line]| {
        let payments = payments(lines).into_iter().map(|pay| Pay { allow_duplicate: false, ..pay }).collect();
        by(ada.authority(), Action::PayMany(many(ManyMode::AllInOrder, payments)))
    };
    let refused = refused_lines(river.refused(&once(&[(ada, bob, 5), (ada, cyd, 5), (ada, bob, 5)])));
    assert_eq!(refused, [(3, Refusal::RepeatedLine(1))]);
    let first = paid(river.apply(&once(&[(ada, bob, 5), (ada, cyd, 5)])));
    let refused = refused_lines(river.refused(&once(&[(ada, bob, 5), (ada, cyd, 5)])));
    let expected: Vec<_> =
        first.payments.iter().map(|(line, id)| (line.unwrap(), Refusal::PossibleDuplicate(*id))).collect();
    assert_eq!(refused, expected);
    let single = order(ada.account, cyd.account, 5, "");
    let single = by(ada.authority(), Action::Pay(Pay { allow_duplicate: false, ..single }));
    assert_eq!(river.refused(&single), Refusal::PossibleDuplicate(first.payments[1].1));
    paid(river.apply(&command(ada.authority(), ManyMode::AllInOrder, &[(ada, bob, 5), (ada, bob, 5)])));
}

#[test]
fn a_preview_says_what_the_list_then_does() {
    let mut river = River::new();
    let (ada, bob, cyd) = people(&mut river);
    let lines = [(ada, bob, 400), (ada, bob, 601), (ada, cyd, 600)];
    let list = many(ManyMode::ValidInOrder, payments(&lines));
    let before = Snapshot::of(&river.state);
    let judged = river.state.preview(&ada.authority(), &list, river.now).unwrap();
    assert_eq!(Snapshot::of(&river.state), before, "a preview changes nothing");
    let after =
        |line: &JudgedLine| line.payer_after.map(|after| (after.balance.minor(), after.available.minor()));
    assert_eq!(judged.iter().map(after).collect::<Vec<_>>(), [Some((-400, 600)), None, Some((-1_000, 0))]);
    let paid = paid(river.apply(&by(ada.authority(), Action::PayMany(list))));
    let refused: Vec<_> = judged.into_iter().filter_map(|line| line.refusal).collect();
    assert_eq!(paid.refusals.into_iter().map(|line| line.refusal).collect::<Vec<_>>(), refused);
    assert_eq!(river.balance(ada), -1_000);
}

#[test]
fn one_key_posts_the_list_once_and_each_payment_goes_its_own_way_back() {
    let mut river = River::new();
    let (ada, bob, cyd) = people(&mut river);
    let eve = river.admin("Eve", 0);
    let list =
        keyed(command(ada.authority(), ManyMode::AllInOrder, &[(ada, bob, 400), (ada, cyd, 600)]), "k-1");
    let first = river.answered(&list);
    let ids: Vec<_> = river.last.payments.iter().map(|payment| payment.id).collect();
    assert_eq!((first.status, first.payment_id, first.is_replay), (201, Some(ids[0]), false));
    let again = river.answered(&list);
    assert_eq!((&again.body, again.is_replay), (&first.body, true));
    assert_eq!(river.balance(ada), -1_000);
    let too_much = keyed(command(ada.authority(), ManyMode::AllInOrder, &[(ada, bob, 1)]), "k-2");
    assert_eq!(river.answered(&too_much).status, 409);
    river.move_money(bob, ada, 1);
    assert!(river.answered(&too_much).is_replay, "a refusal is final for its key");
    river.move_money(ada, bob, 1);
    river.paid(&refund(bob.authority(), ids[0], 150));
    river.paid(&reverse(eve.authority(), ids[1], false));
    river.paid(&reverse(eve.authority(), ids[0], false));
    assert_eq!((river.balance(ada), river.balance(bob), river.balance(cyd)), (0, 0, 0));
    river.paid(&pay(ada, bob, 1));
}
