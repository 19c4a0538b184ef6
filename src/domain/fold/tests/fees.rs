//! Fees by examples: who bears what, where it goes, and what was shown beforehand holds.

use super::asking::accept;
use super::support::{
    River, authorise, by, capture, limits, minor, order, pay, refund, reverse, set_limits, set_status, void,
};
use crate::domain::account::AccountStatus;
use crate::domain::command::{Action, Authority, Command, Request};
use crate::domain::fees::{Fee, Fees, SetFees};
use crate::domain::fold::{Outcome, Proposal};
use crate::domain::many::{ManyMode, PayMany};
use crate::domain::member::Role;
use crate::domain::records::EntryKind;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};

const SERVICE: Authority = Authority::Service;

fn set_fees(river: &River, authority: Authority, payer: (i64, i64), payee: (i64, i64)) -> Command {
    let fee = |(fixed, basis_points)| Fee { fixed: minor(fixed), basis_points };
    let (payer, payee, fund_id) = (fee(payer), fee(payee), river.commons);
    by(
        authority,
        Action::SetFees(SetFees { fund_id, payer, payee, reason: "decided".into(), if_version: None }),
    )
}

fn fund(river: &River) -> i64 {
    river.account(river.commons).balance.minor()
}

#[test]
fn both_sides_bear_fees_in_the_payments_own_transfer() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    river.done(&set_fees(&river, SERVICE, (5, 100), (0, 250)));
    // One per cent of 250 is 2.5 and rounded up; two and a half per cent are 6.25 and rounded down.
    let proposal = Proposal::Pay(order(ada.account, bob.account, 250, ""));
    let quote = river.state.quote(&ada.authority(), &proposal, river.now);
    let quote = quote.unwrap();
    let paid = river.paid(&pay(ada, bob, 250));
    let fees = Fees { payer: minor(8), payee: minor(6) };
    assert_eq!((paid.fees, quote.fees, paid.amount), (fees, fees, minor(250)));
    assert_eq!((river.balance(ada), river.balance(bob), fund(&river)), (-258, 244, 14));
    assert_eq!(quote.payer.after.unwrap().balance, minor(-258));
    let told: Vec<_> = river.last.entries.iter().map(|entry| (entry.kind, entry.amount.minor())).collect();
    let (principal, fee) = (EntryKind::Principal, EntryKind::Fee);
    assert_eq!(told, [(principal, -250), (principal, 250), (fee, -8), (fee, -6), (fee, 14)]);
    assert_eq!(river.last.fees, [(paid.id, fees)]);
}

#[test]
fn limits_look_at_the_net_change() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.newcomer("Bob", Role::Member, limits(0, Some(90))));
    river.done(&set_fees(&river, SERVICE, (10, 0), (10, 0)));
    let insufficient = |amount, available| Refusal::InsufficientCredit {
        amount: minor(amount),
        available: minor(available),
    };
    assert_eq!(river.refused(&pay(ada, bob, 991)), insufficient(1_001, 1_000));
    assert_eq!(river.refused(&pay(ada, bob, 101)), Refusal::CeilingExceeded);
    river.paid(&pay(ada, bob, 100));
    assert_eq!((river.balance(ada), river.balance(bob), fund(&river)), (-110, 90, 20));
    // What is worth no more than its fee leaves the payee as they were, at the ceiling, too.
    river.paid(&pay(ada, bob, 10));
    assert_eq!((river.balance(ada), river.balance(bob), fund(&river)), (-130, 90, 40));
}

#[test]
fn the_payer_of_a_hold_bears_at_most_what_was_reserved() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    river.done(&set_fees(&river, SERVICE, (0, 1_000), (0, 0)));
    let held = [400, 200, 200, 100].map(|amount| river.paid(&authorise(ada, bob, amount)));
    assert_eq!(held[0].fees, Fees { payer: minor(40), payee: minor(0) });
    assert_eq!((river.reserved(ada), river.available(ada)), (990, 10));
    // Half of it: half the fee.
    let half = river.changed(&capture(bob.authority(), held[0].id, Some(200)));
    assert_eq!((half.fees.payer, river.balance(ada), river.reserved(ada)), (minor(20), -220, 550));
    // The rules are dearer by now: the payer bears what was shown, the payee what holds.
    river.done(&set_fees(&river, SERVICE, (0, 2_500), (0, 500)));
    let dear = river.changed(&capture(bob.authority(), held[1].id, None));
    assert_eq!(dear.fees, Fees { payer: minor(20), payee: minor(10) });
    assert_eq!((river.balance(ada), river.balance(bob), fund(&river)), (-440, 390, 50));
    river.done(&set_fees(&river, SERVICE, (0, 0), (0, 0)));
    let free = river.changed(&capture(bob.authority(), held[2].id, None));
    assert_eq!((free.fees, river.last.fees.as_slice()), (Fees::NONE, &[(free.id, Fees::NONE)][..]));
    let over = river.changed(&void(bob.authority(), held[3].id));
    assert_eq!((over.fees, river.reserved(ada), river.balance(ada)), (Fees::NONE, 0, -640));
}

#[test]
fn what_was_held_before_there_were_fees_bears_none_of_the_payers() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 100), river.member("Bob", 0));
    let held = river.paid(&authorise(ada, bob, 100));
    river.done(&set_fees(&river, SERVICE, (10, 0), (10, 0)));
    let captured = river.changed(&capture(bob.authority(), held.id, None));
    assert_eq!(captured.fees, Fees { payer: minor(0), payee: minor(10) });
    assert_eq!((river.balance(ada), river.balance(bob)), (-100, 90));
}

#[test]
fn requests_and_lists_bear_them_too() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    river.done(&set_fees(&river, SERVICE, (1, 0), (2, 0)));
    let payment = order(ada.account, bob.account, 100, "");
    let request = Request { payment, expires_at: river.now.plus_seconds(60) };
    let asked = river.paid(&by(bob.authority(), Action::Request(request)));
    assert_eq!(asked.fees, Fees::NONE);
    let paid = river.changed(&accept(ada.authority(), asked.id));
    assert_eq!(paid.fees, Fees { payer: minor(1), payee: minor(2) });
    let payments: Vec<_> = (1..=3).map(|n| order(ada.account, bob.account, n * 100, "")).collect();
    let many = PayMany { mode: ManyMode::Together, lines: vec![1, 2, 3], payments, unfit: Vec::new() };
    let Outcome::PaidMany(made) = river.done(&by(ada.authority(), Action::PayMany(many))) else { panic!() };
    assert_eq!((made.payments.len(), made.total, river.last.entries.len()), (3, minor(600), 15));
    assert_eq!((river.balance(ada), river.balance(bob), fund(&river)), (-704, 692, 12));
}

#[test]
fn a_fund_that_cannot_take_them_stops_nobodys_trade() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 1_000));
    river.done(&set_fees(&river, SERVICE, (10, 0), (10, 0)));
    river.done(&set_limits(SERVICE, river.commons, limits(0, Some(30))));
    let borne = [100, 100].map(|amount| river.paid(&pay(ada, bob, amount)).fees.total().minor());
    assert_eq!((borne, fund(&river)), ([20, 0], 20), "a full fund takes none");
    river.done(&set_limits(SERVICE, river.commons, limits(0, None)));
    river.done(&set_status(SERVICE, river.commons, AccountStatus::Frozen));
    assert_eq!(river.paid(&pay(ada, bob, 100)).fees, Fees::NONE, "nor does a frozen one");
    let frozen = set_fees(&river, SERVICE, (1, 0), (1, 0));
    assert!(matches!(river.refused(&frozen), Refusal::AccountNotActive { .. }));
}

#[test]
fn the_communitys_own_accounts_and_ways_back_bear_none() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 1_000));
    river.done(&set_fees(&river, SERVICE, (10, 0), (10, 0)));
    let to_fund = by(ada.authority(), Action::Pay(order(ada.account, river.commons, 100, "")));
    assert_eq!(river.paid(&to_fund).fees, Fees::NONE);
    let from_fund = by(SERVICE, Action::Pay(order(river.commons, bob.account, 50, "")));
    assert_eq!(river.paid(&from_fund).fees, Fees::NONE);
    let paid = river.paid(&pay(ada, bob, 100));
    assert_eq!(river.paid(&refund(bob.authority(), paid.id, 40)).fees, Fees::NONE);
    assert_eq!((river.balance(ada), river.balance(bob), fund(&river)), (-170, 100, 70), "fees stay");
}

#[test]
fn what_is_too_small_to_bear_the_payees_fee_is_refused() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 1_000));
    let held = river.paid(&authorise(ada, bob, 9));
    river.done(&set_fees(&river, SERVICE, (0, 0), (10, 0)));
    let dear = Refusal::Conflict(ConflictReason::FeeExceedsAmount);
    assert_eq!(river.refused(&pay(ada, bob, 9)), dear);
    assert_eq!(river.refused(&authorise(ada, bob, 9)), dear);
    let captured = river.changed(&capture(bob.authority(), held.id, None));
    assert_eq!(captured.fees.payee, minor(9), "what was promised before is kept, and all of it borne");
    assert_eq!(river.paid(&pay(ada, bob, 10)).fees.payee, minor(10));
}

#[test]
fn a_reversal_gives_the_fees_back() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 1_000));
    river.done(&set_fees(&river, SERVICE, (10, 0), (4, 0)));
    let paid = river.paid(&pay(ada, bob, 100));
    river.paid(&refund(bob.authority(), paid.id, 40));
    // By whatever rules there are now.
    river.done(&set_fees(&river, SERVICE, (0, 0), (0, 0)));
    let undone = river.paid(&reverse(SERVICE, paid.id, false));
    assert_eq!((undone.amount, undone.fees), (minor(60), Fees { payer: minor(-4), payee: minor(-10) }));
    assert_eq!((river.balance(ada), river.balance(bob), fund(&river)), (0, 0, 0));
    let told: Vec<_> = river.last.entries.iter().map(|entry| (entry.kind, entry.amount.minor())).collect();
    let (reversal, fee) = (EntryKind::Reversal, EntryKind::Fee);
    assert_eq!(told, [(reversal, -60), (reversal, 60), (fee, 4), (fee, 10), (fee, -14)]);
}

#[test]
fn a_fund_that_has_spent_the_fees_is_told_of_and_may_keep_them() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 1_000));
    river.done(&set_fees(&river, SERVICE, (10, 0), (4, 0)));
    let paid = river.paid(&pay(ada, bob, 100));
    river.paid(&by(SERVICE, Action::Pay(order(river.commons, bob.account, 5, ""))));
    let lacks = Refusal::InsufficientCredit { amount: minor(14), available: minor(9) };
    assert_eq!(river.refused(&reverse(SERVICE, paid.id, false)), lacks);
    let undone = river.paid(&reverse(SERVICE, paid.id, true));
    assert_eq!((undone.fees, fund(&river)), (Fees::NONE, 9));
    assert_eq!((river.balance(ada), river.balance(bob)), (-10, 1));
}

#[test]
fn only_admins_set_them_on_what_they_saw() {
    let mut river = River::new();
    let (ada, eve) = (river.member("Ada", 0), river.admin("Eve", 0));
    assert_eq!(river.refused(&set_fees(&river, ada.authority(), (1, 0), (0, 0))), Refusal::Forbidden);
    let outcome = river.done(&set_fees(&river, eve.authority(), (1, 0), (0, 0)));
    assert!(matches!(outcome, Outcome::Fees(rules) if rules.version == 1));
    let line = &river.last.audits[0];
    assert_eq!((line.action, river.last.texts[0].text.as_str()), ("community.fees", "decided"));
    let mut outdated = set_fees(&river, eve.authority(), (2, 0), (0, 0));
    let Action::SetFees(change) = &mut outdated.action else { panic!() };
    change.if_version = Some(0);
    assert_eq!(river.refused(&outdated), Refusal::PreconditionFailed);
    let mut elsewhere = set_fees(&river, eve.authority(), (2, 0), (0, 0));
    let Action::SetFees(change) = &mut elsewhere.action else { panic!() };
    change.fund_id = ada.account;
    assert_eq!(river.refused(&elsewhere), Refusal::NotFound(Thing::Account));
}
