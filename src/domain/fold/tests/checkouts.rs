//! Checkouts: made, approved, ended, and one live one for each order.

use super::selling::selling;
use super::support::{Person, River, START, by, capture, keyed, refund, set_status, void};
use crate::domain::account::AccountStatus;
use crate::domain::amount::{Amount, MOVEMENT_MAX_MINOR};
use crate::domain::checkout::{Checkout, CheckoutChange, CheckoutState, OPEN_CHECKOUTS_MAX};
use crate::domain::command::{
    Action, ApproveCheckout, Authority, CheckoutEnd, Command, EndCheckout, RenameMember,
};
use crate::domain::fold::Outcome;
use crate::domain::ids::CheckoutId;
use crate::domain::records::{EventKind, Postings};
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scopes;

const NOT_OPEN: Refusal = Refusal::Conflict(ConflictReason::CheckoutNotOpen);

fn asking(shop: &Person, order: &str, amount: i64, is_manual: bool) -> Command {
    let new = selling(shop.account, order, amount, is_manual, START.plus_seconds(900));
    by(shop.authority(), Action::CreateCheckout(Box::new(new)))
}

fn approving(payer: &Person, checkout_id: CheckoutId) -> Command {
    let approve = ApproveCheckout { checkout_id, payer_id: payer.account };
    by(payer.authority(), Action::ApproveCheckout(approve))
}

fn ending(authority: Authority, checkout_id: CheckoutId, end: CheckoutEnd) -> Command {
    by(authority, Action::EndCheckout(EndCheckout { checkout_id, end }))
}

#[track_caller]
fn made(outcome: Outcome) -> Checkout {
    match outcome {
        Outcome::MadeCheckout(checkout) => *checkout,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn changed(outcome: Outcome) -> Checkout {
    match outcome {
        Outcome::ChangedCheckout(checkout) => *checkout,
        other => panic!("{other:?}"),
    }
}

fn cast(river: &mut River) -> (Person, Person, Person) {
    let [ada, ben, cyd] = ["Ada", "Ben", "Cyd"].map(|name| river.member(name, 1_000));
    (ada, ben, cyd)
}

#[test]
fn one_approval_pays_and_the_second_is_told() {
    let mut river = River::new();
    let (ada, shop, cyd) = cast(&mut river);
    let open = made(river.apply(&asking(&shop, "1", 300, false)));
    assert_eq!((open.state, open.payment_id, open.captured), (CheckoutState::Open, None, Amount::ZERO));
    let paid = changed(river.apply(&approving(&ada, open.id)));
    assert_eq!((paid.state, paid.captured.minor()), (CheckoutState::Completed, 300));
    assert_eq!(river.last.events.last().unwrap().kind, EventKind::CheckoutCompleted);
    assert_eq!(river.balance(shop), 300);
    assert_eq!(river.apply(&approving(&cyd, open.id)), Outcome::Refused(NOT_OPEN));
    assert_eq!(
        river.apply(&ending(shop.authority(), open.id, CheckoutEnd::Cancel)),
        Outcome::Refused(NOT_OPEN)
    );
    let back = refund(shop.authority(), paid.payment_id.unwrap(), 100);
    assert!(matches!(river.apply(&back), Outcome::Paid(_)));
    assert_eq!(river.state.checkouts[&open.id].refunded.minor(), 100);
}

#[test]
fn the_clock_is_judged_where_a_payer_comes_too_late() {
    let mut river = River::new();
    let (ada, shop, _) = cast(&mut river);
    let open = made(river.apply(&asking(&shop, "1", 300, false)));
    let early = ending(Authority::Service, open.id, CheckoutEnd::Expire);
    assert_eq!(river.apply(&early), Outcome::Refused(Refusal::Conflict(ConflictReason::NotExpired)));
    river.now = START.plus_seconds(900);
    let late = Refusal::Conflict(ConflictReason::CheckoutExpired);
    assert_eq!(river.apply(&approving(&ada, open.id)), Outcome::Refused(late));
    assert_eq!(changed(river.apply(&early)).state, CheckoutState::Expired);
    assert_eq!(river.apply(&approving(&ada, open.id)), Outcome::Refused(NOT_OPEN));
}

#[test]
fn an_account_has_so_many_open_checkouts_at_most() {
    let mut river = River::new();
    let (ada, shop, other) = cast(&mut river);
    let first = made(river.apply(&asking(&shop, "first", 300, false)));
    let second = made(river.apply(&asking(&shop, "second", 300, false)));
    // As if there were all the others.
    assert_eq!(river.state.open_checkouts[&shop.account], 2);
    river.state.open_checkouts.insert(shop.account, OPEN_CHECKOUTS_MAX);
    let too_many = Refusal::Conflict(ConflictReason::TooManyCheckouts);
    assert_eq!(river.refused(&asking(&shop, "next", 300, false)), too_many);
    // What stands is found, and others are not concerned.
    let found = river.apply(&asking(&shop, "first", 300, false));
    assert!(matches!(found, Outcome::FoundCheckout(_)), "{found:?}");
    made(river.apply(&asking(&other, "next", 300, false)));
    // Paid or ended, it makes room for one.
    changed(river.apply(&approving(&ada, first.id)));
    made(river.apply(&asking(&shop, "next", 300, false)));
    assert_eq!(river.refused(&asking(&shop, "one more", 300, false)), too_many);
    changed(river.apply(&ending(shop.authority(), second.id, CheckoutEnd::Cancel)));
    made(river.apply(&asking(&shop, "one more", 300, false)));
    // So does one whose time is over, for its own order.
    river.now = START.plus_seconds(900);
    let again = |order| selling(shop.account, order, 300, false, START.plus_seconds(1_800));
    let again = |order| by(shop.authority(), Action::CreateCheckout(Box::new(again(order))));
    assert_eq!(river.refused(&again("another")), too_many);
    made(river.apply(&again("next")));
    assert_eq!(river.state.open_checkouts[&shop.account], OPEN_CHECKOUTS_MAX);
}

#[test]
fn nothing_that_no_payment_moves_is_made_or_approved() {
    let mut river = River::new();
    let (ada, shop, _) = cast(&mut river);
    let too_large = Refusal::Conflict(ConflictReason::TooLarge);
    assert_eq!(river.refused(&asking(&shop, "1", MOVEMENT_MAX_MINOR + 1, false)), too_large);
    let open = made(river.apply(&asking(&shop, "1", 300, false)));
    // As a row might say that came from elsewhere.
    river.state.checkouts.get_mut(&open.id).unwrap().terms.amount =
        Amount::from_minor(MOVEMENT_MAX_MINOR + 1);
    assert_eq!(river.refused(&approving(&ada, open.id)), too_large);
}

#[test]
fn what_was_paid_in_two_moneys_goes_back_in_both() {
    let mut river = River::new();
    let (ada, shop, _) = cast(&mut river);
    let open = made(river.apply(&asking(&shop, "1", 500, false)));
    let paid = changed(river.apply(&approving(&ada, open.id)));
    let mut back = |amount| {
        let Outcome::Paid(refund) = river.apply(&refund(shop.authority(), paid.payment_id.unwrap(), amount))
        else {
            panic!()
        };
        refund.national_back.unwrap().amount.minor()
    };
    // 333 beside 500: of 100 together 66.6, of 101 together 67.266.
    assert_eq!((back(100), back(1), back(399)), (67, 0, 266));
}

#[test]
fn a_shop_that_is_renamed_is_called_so_by_its_checkouts() {
    let mut river = River::new();
    river.state.knows_admins = true;
    let (shop, ada, _) = cast(&mut river);
    let admin = river.admin("Greta", 0);
    let open = made(river.apply(&asking(&shop, "o1", 500, false)));
    let (name, reason) = ("Brook Bakery".to_owned(), "a new name".to_owned());
    let rename = RenameMember { member_id: shop.member, account_ids: vec![shop.account], name, reason };
    river.done(&by(admin.authority(), Action::RenameMember(rename)));
    let paid = changed(river.apply(&approving(&ada, open.id)));
    assert_eq!(&*paid.payee.name, "Brook Bakery");
}

#[test]
fn an_order_has_one_live_checkout() {
    let mut river = River::new();
    let (ada, shop, other) = cast(&mut river);
    let first = made(river.apply(&asking(&shop, "1", 300, false)));
    let again = river.apply(&keyed(asking(&shop, "1", 300, false), "k"));
    let Outcome::Answered(answered) = again else { panic!("{again:?}") };
    assert_eq!((answered.status, answered.payment_id.unwrap().uuid()), (200, first.id.uuid()));
    assert_eq!(river.apply(&asking(&shop, "1", 301, false)), Outcome::Refused(Refusal::OrderTaken(first.id)));
    made(river.apply(&asking(&other, "1", 300, false)));
    changed(river.apply(&ending(ada.authority(), first.id, CheckoutEnd::Decline)));
    let second = made(river.apply(&asking(&shop, "1", 301, false)));
    // One whose time is over makes room, though nobody ended it.
    river.now = START.plus_seconds(901);
    let new = selling(shop.account, "1", 302, false, river.now.plus_seconds(10));
    made(river.apply(&by(shop.authority(), Action::CreateCheckout(Box::new(new)))));
    assert_eq!(river.state.checkouts[&second.id].state, CheckoutState::Expired);
    let told: Vec<_> = river.last.events.iter().map(|event| event.kind).collect();
    assert_eq!(told, [EventKind::CheckoutExpired, EventKind::CheckoutOpen]);
}

#[test]
fn what_is_set_aside_takes_the_checkout_along() {
    let mut river = River::new();
    let (ada, shop, _) = cast(&mut river);
    for (order, is_captured) in [("1", true), ("2", false)] {
        let open = made(river.apply(&asking(&shop, order, 300, true)));
        let held = changed(river.apply(&approving(&ada, open.id)));
        assert_eq!((held.state, held.captured), (CheckoutState::Authorised, Amount::ZERO));
        let payment_id = held.payment_id.unwrap();
        let step = if is_captured {
            capture(shop.authority(), payment_id, Some(200))
        } else {
            void(shop.authority(), payment_id)
        };
        river.apply(&step);
        let after = &river.state.checkouts[&open.id];
        let expected =
            if is_captured { (CheckoutState::Completed, 200) } else { (CheckoutState::Cancelled, 0) };
        assert_eq!((after.state, after.captured.minor()), expected);
        assert_eq!(river.last.checkout_changes.len(), 1);
    }
}

#[test]
fn strangers_learn_nothing_and_only_the_shop_cancels() {
    let mut river = River::new();
    let (ada, shop, _) = cast(&mut river);
    let stranger = river.stranger();
    let open = made(river.apply(&asking(&shop, "1", 300, false)));
    let absent = Refusal::NotFound(Thing::Community);
    assert_eq!(river.apply(&approving(&stranger, open.id)), Outcome::Refused(absent));
    let cancel = ending(ada.authority(), open.id, CheckoutEnd::Cancel);
    assert_eq!(river.apply(&cancel), Outcome::Refused(Refusal::Forbidden));
    // Who may not pay with a token says no with it neither.
    let receiving = ada.with_scopes(Scopes::parse("requests:write payments:read"));
    let decline = ending(receiving, open.id, CheckoutEnd::Decline);
    assert_eq!(river.apply(&decline), Outcome::Refused(Refusal::Forbidden));
    river.done(&set_status(Authority::Service, shop.account, AccountStatus::Frozen));
    let late = river.apply(&asking(&shop, "2", 300, false));
    assert!(matches!(late, Outcome::Refused(Refusal::AccountNotActive { .. })), "{late:?}");
    river.done(&set_status(Authority::Service, shop.account, AccountStatus::Active));
    let nobodys = CheckoutId::from_uuid(ada.account.uuid());
    let unknown = Refusal::NotFound(Thing::Checkout);
    assert_eq!(river.apply(&approving(&ada, nobodys)), Outcome::Refused(unknown));
    assert_eq!(river.apply(&approving(&shop, open.id)), Outcome::Refused(Refusal::SameAccount));
}

#[test]
fn made_and_ended_in_one_batch_is_one_row() {
    let mut river = River::new();
    let (ada, shop, _) = cast(&mut river);
    let open = made(river.apply(&asking(&shop, "1", 300, false)));
    let paid = changed(river.apply(&approving(&ada, open.id)));
    let mut whole = Postings::on(&river.state.head);
    whole.new_checkouts.push(open.clone());
    let change = CheckoutChange { id: open.id, state: paid.state, payment_id: paid.payment_id };
    whole.change_checkout(change);
    assert!(whole.checkout_changes.is_empty());
    assert_eq!(
        (whole.new_checkouts[0].state, whole.new_checkouts[0].payment_id),
        (paid.state, paid.payment_id)
    );
}
