//! Contributions by examples: once for each month, each kind by itself, and what cannot be taken is left owing.

use super::support::{River, by, limits, minor, set_limits, set_status};
use crate::domain::account::AccountStatus;
use crate::domain::command::{Action, Authority, Command};
use crate::domain::contributions::{Charge, Charged, Dues};
use crate::domain::fold::Outcome;
use crate::domain::ids::AccountId;
use crate::domain::records::EntryKind;
use crate::domain::refusal::Refusal;

const SERVICE: Authority = Authority::Service;

fn dues(contribution: i64, holding: i64) -> Dues {
    Dues { contribution: minor(contribution), holding: minor(holding) }
}

fn charge(river: &River, account_id: AccountId, month: &str, dues: Dues) -> Command {
    let (month, fund_id) = (month.parse().unwrap(), river.commons);
    by(SERVICE, Action::Charge(Charge { account_id, fund_id, month, dues }))
}

fn owing(river: &River, account_id: AccountId) -> Option<Dues> {
    river.state.charged.get(&account_id).copied().flatten().map(|charged: Charged| charged.owing)
}

#[test]
fn a_month_is_taken_once_and_each_kind_by_itself() {
    let mut river = River::new();
    let ada = river.member("Ada", 1_000);
    let june = charge(&river, ada.account, "2026-06-01", dues(200, 30));
    assert_eq!(river.done(&june), Outcome::Done);
    let told: Vec<_> = river.last.entries.iter().map(|entry| (entry.kind, entry.amount.minor())).collect();
    let (contribution, holding) = (EntryKind::Contribution, EntryKind::HoldingCharge);
    assert_eq!(told, [(contribution, -200), (contribution, 200), (holding, -30), (holding, 30)]);
    let made: Vec<_> =
        river.last.payments.iter().map(|made| (made.amount, made.description.as_str())).collect();
    assert_eq!(made, [(minor(200), "2026-06"), (minor(30), "2026-06")]);
    assert_eq!(river.done(&june), Outcome::Done);
    let may = charge(&river, ada.account, "2026-05-01", dues(200, 30));
    assert_eq!(river.done(&may), Outcome::Done);
    assert_eq!(river.balance(ada), -230, "neither again nor backwards");
}

#[test]
fn what_cannot_be_taken_is_left_owing_until_it_can() {
    let mut river = River::new();
    let ada = river.member("Ada", 100);
    river.done(&charge(&river, ada.account, "2026-05-01", dues(200, 30)));
    assert_eq!((river.balance(ada), owing(&river, ada.account)), (-30, Some(dues(200, 0))));
    river.done(&set_status(SERVICE, ada.account, AccountStatus::Frozen));
    river.done(&charge(&river, ada.account, "2026-06-01", dues(200, 30)));
    assert_eq!((river.balance(ada), owing(&river, ada.account)), (-30, Some(dues(400, 30))));
    river.done(&set_status(SERVICE, ada.account, AccountStatus::Active));
    river.done(&set_limits(SERVICE, ada.account, limits(1_000, None)));
    river.done(&charge(&river, ada.account, "2026-07-01", dues(0, 0)));
    assert_eq!((river.balance(ada), owing(&river, ada.account)), (-460, Some(Dues::NONE)));
    // A fund that takes nothing keeps nobody from owing less later.
    river.done(&set_status(SERVICE, river.commons, AccountStatus::Frozen));
    river.done(&charge(&river, ada.account, "2026-08-01", dues(1, 1)));
    assert_eq!((river.balance(ada), owing(&river, ada.account)), (-460, Some(dues(1, 1))));
}

#[test]
fn nobody_but_the_service_takes_them_and_only_from_members() {
    let mut river = River::new();
    let (ada, eve) = (river.member("Ada", 1_000), river.admin("Eve", 0));
    let mut asked = charge(&river, ada.account, "2026-06-01", dues(200, 0));
    asked.authority = eve.authority();
    assert_eq!(river.refused(&asked), Refusal::Forbidden);
    let of_fund = charge(&river, river.commons, "2026-06-01", dues(200, 0));
    assert_eq!(river.done(&of_fund), Outcome::Done);
    assert!(river.last.is_empty());
    river.done(&set_status(SERVICE, ada.account, AccountStatus::Closed));
    river.done(&charge(&river, ada.account, "2026-06-01", dues(200, 0)));
    assert!(river.last.is_empty(), "who has left owes nothing more");
}

#[test]
fn what_was_asked_for_months_to_come_says_nothing_of_those_before() {
    let mut river = River::new();
    let ada = river.member("Ada", 1_000);
    // By a clock that was ahead.
    river.done(&charge(&river, ada.account, "2090-01-01", dues(200, 0)));
    river.done(&charge(&river, ada.account, "2026-08-01", dues(10, 0)));
    river.done(&charge(&river, ada.account, "2026-08-01", dues(10, 0)));
    assert_eq!(river.balance(ada), -210, "once each");
}
