//! Contributions by examples: once for each month, each kind by itself, and what cannot be taken is left owing.

use super::support::{River, by, limits, minor, set_limits, set_status};
use crate::domain::account::AccountStatus;
use crate::domain::command::{Action, Authority, Command};
use crate::domain::contributions::{
    Basis, Charge, Charged, ContributionRules, Dues, Holding, KeptCharge, Stood, Taken,
};
use crate::domain::fold::Outcome;
use crate::domain::ids::AccountId;
use crate::domain::records::EntryKind;
use crate::domain::refusal::Refusal;
use crate::domain::zone::{Day, TimeOfDay, Zone};

const SERVICE: Authority = Authority::Service;

fn dues(contribution: i64, holding: i64) -> Dues {
    Dues { contribution: minor(contribution), holding: minor(holding) }
}

/// What asks an account for these two after a month, as a contribution and as a charge on its balance.
pub(super) fn charge_of(
    account_id: AccountId,
    fund_id: AccountId,
    month: &str,
    [contribution, holding]: [i64; 2],
) -> Charge {
    // A tenth of what is above zero, each month.
    let above = Holding { allowance: minor(0), basis_points: 12_000 };
    let rules = ContributionRules { version: 3, amount: minor(contribution), above, ..Default::default() };
    let month: Day = month.parse().unwrap();
    let utc: Zone = "UTC".parse().unwrap();
    let month_end = utc.moment(month.plus_months(1).unwrap(), TimeOfDay::MIDNIGHT).unwrap();
    let stood = Some(Stood { account_seq: 7, balance: minor(holding * 10) });
    Charge { account_id, fund_id, month, rules, basis: Basis { month_end, is_first: true, stood } }
}

fn charge(river: &River, account_id: AccountId, month: &str, dues: Dues) -> Command {
    let asked = [dues.contribution.minor(), dues.holding.minor()];
    by(SERVICE, Action::Charge(charge_of(account_id, river.commons, month, asked)))
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
fn each_time_is_kept_with_all_by_which_it_was_judged() {
    let mut river = River::new();
    let ada = river.member("Ada", 100);
    let fund_id = river.commons;
    let asked = |month, dues| charge_of(ada.account, fund_id, month, dues);
    let may = asked("2026-05-01", [200, 30]);
    river.done(&by(SERVICE, Action::Charge(may)));
    let taken = |amount, account_seq| Taken { amount: minor(amount), account_seq };
    let kept = |number, charge, owed, contribution, holding| KeptCharge {
        number,
        charge,
        owed,
        contribution,
        holding,
    };
    // What was not taken is kept as well, and which entry took what was.
    assert_eq!(river.last.charges, [kept(1, may, Dues::NONE, taken(0, None), taken(30, Some(1)))]);
    river.done(&set_limits(SERVICE, ada.account, limits(1_000, None)));
    let june = asked("2026-06-01", [200, 5]);
    river.done(&by(SERVICE, Action::Charge(june)));
    let second = kept(2, june, dues(200, 0), taken(400, Some(2)), taken(5, Some(3)));
    assert_eq!(river.last.charges, [second]);
    // What is not asked again is not kept again.
    river.done(&by(SERVICE, Action::Charge(june)));
    assert!(river.last.is_empty());
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
