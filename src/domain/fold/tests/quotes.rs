//! What a payment would do: what it then does, and no more told than the caller may see.

use super::support::{River, Snapshot, minor, order, pay, set_limits};
use crate::domain::command::{Authority, Pay};
use crate::domain::fold::{After, Proposal, Quote};
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::scopes::{Scope, Scopes};

/// A quote, after a look that it changed nothing.
fn quote(river: &mut River, authority: Authority, pay: &Pay) -> Result<Quote, Refusal> {
    let before = Snapshot::of(&river.state);
    let quote = river.state.quote(&authority, &Proposal::Pay(pay.clone()), river.now);
    assert_eq!(Snapshot::of(&river.state), before, "a quote changes nothing");
    quote
}

fn after(balance: i64, available: i64) -> Option<After> {
    Some(After { balance: minor(balance), available: minor(available) })
}

#[test]
fn it_shows_how_things_would_be_and_nothing_of_others() {
    let mut river = River::new();
    let (ada, bob, eve) = (river.member("Ada", 1_000), river.member("Bob", 0), river.admin("Eve", 0));
    let bread = order(ada.account, bob.account, 250, "bread");
    let found = quote(&mut river, ada.authority(), &bread).unwrap();
    assert_eq!((found.payer.after, found.payee.after, found.refusal), (after(-250, 750), None, None));
    assert_eq!(found.payee.party.name.as_ref(), "Bob");
    let found = quote(&mut river, Authority::Service, &bread).unwrap();
    assert_eq!(found.payee.after, after(250, 250));
    // An admin who pays sees both sides; a token without the scope shows neither.
    river.move_money(ada, eve, 500);
    let from_eve = order(eve.account, bob.account, 100, "");
    assert_eq!(quote(&mut river, eve.authority(), &from_eve).unwrap().payee.after, after(100, 100));
    let blind = eve.with_scopes(Scopes::default().with(Scope::PaymentsWrite));
    let found = quote(&mut river, blind, &from_eve).unwrap();
    assert_eq!((found.payer.after, found.payee.after), (None, None));
}

#[test]
fn a_refusal_is_told_and_access_is_refused() {
    let mut river = River::new();
    let (ada, bob, cyd) = (river.member("Ada", 1_000), river.member("Bob", 0), river.member("Cyd", 0));
    let sam = river.stranger();
    let too_much = order(ada.account, bob.account, 1_001, "");
    let found = quote(&mut river, ada.authority(), &too_much).unwrap();
    let insufficient = Refusal::InsufficientCredit { amount: minor(1_001), available: minor(1_000) };
    assert_eq!((found.refusal, found.payer.after), (Some(insufficient), None));
    assert_eq!(quote(&mut river, cyd.authority(), &too_much), Err(Refusal::Forbidden));
    let outside = Refusal::NotFound(Thing::Community);
    assert_eq!(quote(&mut river, sam.authority(), &too_much), Err(outside));
    river.done(&set_limits(Authority::Service, bob.account, super::support::limits(0, Some(0))));
    let found = quote(&mut river, ada.authority(), &order(ada.account, bob.account, 1, "")).unwrap();
    assert_eq!(found.refusal, Some(Refusal::CeilingExceeded));
    let first = river.paid(&pay(ada, cyd, 5));
    let again = Pay { allow_duplicate: false, ..order(ada.account, cyd.account, 5, "") };
    let found = quote(&mut river, ada.authority(), &again).unwrap();
    assert_eq!(found.refusal, Some(Refusal::PossibleDuplicate(first.id)));
}
