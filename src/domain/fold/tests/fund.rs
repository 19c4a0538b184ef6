//! What the fund pays out by examples: as far as it goes, with a second admin where it needs one; an income to all or to nobody.

use super::asking::bring;
use super::person::Person;
use super::support::{River, START, by, limits, minor, set_limits, set_status};
use crate::domain::account::AccountStatus;
use crate::domain::approval::{Act, ApprovalRules, ApprovalState, SetApprovalRules, SettleApproval};
use crate::domain::command::{Action, Authority, Command};
use crate::domain::fold::Outcome;
use crate::domain::fund::{
    IncomeOutcome, IncomePayment, IncomeRules, PayIncome, PayOut, Period, Qualification,
};
use crate::domain::ids::AccountId;
use crate::domain::income_plan::{IncomePlan, NextIncome, SetIncome};
use crate::domain::lone_payouts::LONE_PAYOUTS_S;
use crate::domain::records::EntryKind;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::time::Timestamp;

const SERVICE: Authority = Authority::Service;

/// A community whose fund has so much, from somebody who owes it.
fn with_fund(minor: i64) -> River {
    let mut river = River::new();
    river.state.knows_admins = true;
    let rich = river.member("Rich", minor);
    river.done(&bring([rich.account, river.commons], minor, START, None));
    river
}

fn pay_out(river: &River, payee_id: AccountId, amount: i64, authority: Authority) -> Command {
    let (fund_id, amount) = (river.commons, minor(amount));
    by(authority, Action::PayOut(PayOut { fund_id, payee_id, amount, description: "the roof".into() }))
}

/// The income of the period that comes next, after which another one comes.
fn income(river: &River, amount: i64, account_ids: &[AccountId]) -> Command {
    let IncomePlan { rules, next } = river.state.income_plan.unwrap().unwrap();
    let payment = IncomePayment {
        fund_id: river.commons,
        description: next.period.to_string(),
        amount: minor(amount),
        account_ids: account_ids.to_vec(),
        are_too_many: false,
    };
    let following = rules.every.next(next.period).unwrap();
    let then = rules.every.turn(&river.state.community, following).unwrap();
    let (version, every, period) = (rules.version, rules.every, next.period);
    by(
        SERVICE,
        Action::PayIncome(PayIncome {
            version,
            every,
            period,
            next: then,
            payment: Some(payment),
            are_missed: false,
        }),
    )
}

fn set_income(admin: Authority, every: Period, amount: i64, is_own: bool) -> Command {
    let rules = IncomeRules { version: 0, every, amount: minor(amount), who: Qualification::default() };
    by(admin, Action::SetIncome(SetIncome { rules, is_own, reason: "decided".into(), if_version: None }))
}

fn two_above(river: &mut River, amount: i64) {
    let rules = ApprovalRules { limits_above: None, reversals_above: Some(minor(amount)) };
    let reason = "by decision".to_owned();
    river.done(&by(SERVICE, Action::SetApprovalRules(SetApprovalRules { rules, reason })));
}

/// What was asked for, of another admin.
fn asked(river: &mut River, command: &Command) -> (Act, Command) {
    let Outcome::Approval(approval) = river.done(command) else { panic!("it should need another admin") };
    let settle = SettleApproval { approval_id: approval.id, agrees: true, reason: String::new() };
    (approval.act.clone(), by(SERVICE, Action::SettleApproval(settle)))
}

fn agreed(admin: Authority, mut settle: Command) -> Command {
    settle.authority = admin;
    settle
}

/// On somebody's word who has proved just now who they are.
fn now(river: &River, person: Person) -> Authority {
    person.proved_at(river.now)
}

fn version(river: &River) -> i64 {
    river.state.income_plan.unwrap().map_or(0, |plan| plan.rules.version)
}

fn fund(river: &River) -> i64 {
    river.account(river.commons).balance.minor()
}

#[test]
fn an_admin_pays_out_what_the_fund_has_and_nobody_else_does() {
    let mut river = with_fund(500);
    let (eve, ada) = (river.admin("Eve", 0), river.member("Ada", 0));
    let paid = river.paid(&pay_out(&river, ada.account, 300, eve.authority()));
    assert_eq!((paid.payer.account_id, paid.amount), (river.commons, minor(300)));
    let kinds: Vec<_> = river.last.entries.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [EntryKind::Payout; 2]);
    let (amount, available) = (minor(201), minor(200));
    let refused = river.refused(&pay_out(&river, ada.account, 201, eve.authority()));
    assert_eq!(refused, Refusal::InsufficientCredit { amount, available });
    for authority in [ada.authority(), SERVICE] {
        assert_eq!(river.refused(&pay_out(&river, ada.account, 1, authority)), Refusal::Forbidden);
    }
    assert_eq!(river.refused(&pay_out(&river, river.commons, 1, eve.authority())), Refusal::SameAccount);
    // The community's losses are nobody whom it could pay.
    let losses = river.losses();
    let refused = river.refused(&pay_out(&river, losses, 1, eve.authority()));
    assert_eq!(refused, Refusal::NotFound(Thing::Payee));
    assert_eq!(fund(&river), 200);
}

#[test]
fn above_the_amount_and_to_oneself_it_takes_two_admins() {
    let mut river = with_fund(500);
    let (eve, dan, ada) = (river.admin("Eve", 0), river.admin("Dan", 0), river.member("Ada", 0));
    two_above(&mut river, 100);
    for (payee, amount) in [(eve, 1), (ada, 101)] {
        let before = fund(&river);
        let Outcome::Approval(asked) = river.done(&pay_out(&river, payee.account, amount, eve.authority()))
        else {
            panic!("it should need another admin")
        };
        let (fund_id, payee_id) = (river.commons, payee.account);
        assert_eq!(asked.act, Act::PayOut { fund_id, payee_id, amount: minor(amount) });
        assert_eq!(fund(&river), before, "nothing is paid yet");
        let agree = SettleApproval { approval_id: asked.id, agrees: true, reason: String::new() };
        let Outcome::Approval(agreed) = river.done(&by(dan.authority(), Action::SettleApproval(agree)))
        else {
            panic!("it should be settled")
        };
        assert_eq!((agreed.state, fund(&river)), (ApprovalState::Approved, before - amount));
    }
    river.paid(&pay_out(&river, ada.account, 100, eve.authority()));
}

#[test]
fn an_income_is_paid_to_all_who_can_take_it_or_to_nobody_and_once() {
    let mut river = with_fund(300);
    let (ada, bob, cyd) = (river.member("Ada", 0), river.member("Bob", 0), river.member("Cyd", 0));
    river.done(&set_limits(SERVICE, cyd.account, limits(0, Some(50))));
    let all = [ada.account, bob.account, cyd.account];
    let eve = river.admin("Eve", 0);
    river.done(&set_income(eve.authority(), Period::Month, 100, false));
    let march = income(&river, 100, &all);
    river.done(&march);
    let run = river.last.income_runs[0];
    assert_eq!((run.outcome, run.members, run.left_out), (IncomeOutcome::Paid, 2, 1));
    assert_eq!((run.total(), run.available), (minor(200), minor(300)));
    assert_eq!([ada, bob, cyd].map(|person| river.balance(person)), [100, 100, 0]);
    assert_eq!(river.last.records.len(), 1, "in one transfer");
    assert_eq!(river.last.payments.len(), 2, "with a payment of its own for each");
    river.done(&march);
    assert!(river.last.is_empty(), "once");
    river.done(&income(&river, 51, &all));
    let run = river.last.income_runs[0];
    assert_eq!((run.outcome, run.members, fund(&river)), (IncomeOutcome::FundEmpty, 2, 100));
    assert_eq!(river.last.audits[0].action, "fund.income_stopped");
    river.done(&set_status(SERVICE, river.commons, AccountStatus::Frozen));
    river.done(&income(&river, 1, &all));
    assert_eq!(river.last.income_runs[0].outcome, IncomeOutcome::FundNotActive);
    river.done(&set_status(SERVICE, ada.account, AccountStatus::Frozen));
    river.done(&income(&river, 1, &[ada.account]));
    assert_eq!(river.last.income_runs[0].outcome, IncomeOutcome::Nobody);
    river.done(&set_status(SERVICE, river.commons, AccountStatus::Active));
    let mut many = income(&river, 1, &[bob.account]);
    let Action::PayIncome(PayIncome { payment: Some(payment), .. }) = &mut many.action else { panic!() };
    payment.are_too_many = true;
    river.done(&many);
    assert_eq!(river.last.income_runs[0].outcome, IncomeOutcome::TooMany, "rather nobody than some of them");
    assert_eq!(fund(&river), 100);
}

#[test]
fn many_small_ones_take_two_admins_as_one_large_one_does() {
    let mut river = with_fund(1_000);
    let (eve, dan) = (river.admin("Eve", 0), river.admin("Dan", 0));
    let (ada, bob) = (river.member("Ada", 0), river.member("Bob", 0));
    two_above(&mut river, 100);
    for payee in [ada, bob] {
        let paid = pay_out(&river, payee.account, 40, now(&river, eve));
        river.paid(&paid);
    }
    let third = pay_out(&river, bob.account, 21, now(&river, eve));
    let (_, settle) = asked(&mut river, &third);
    river.done(&agreed(now(&river, dan), settle));
    assert_eq!(fund(&river), 1_000 - 101);
    // What two agreed to counts no more for what one may.
    let paid = pay_out(&river, bob.account, 20, now(&river, eve));
    river.paid(&paid);
    // What one payee was paid alone counts for every admin.
    let more = pay_out(&river, bob.account, 41, now(&river, dan));
    asked(&mut river, &more);
    let paid = pay_out(&river, bob.account, 40, now(&river, dan));
    river.paid(&paid);
    river.now = river.now.plus_seconds(LONE_PAYOUTS_S);
    let paid = pay_out(&river, bob.account, 100, now(&river, eve));
    river.paid(&paid);
}

#[test]
fn a_large_income_and_one_to_oneself_take_two_admins() {
    let mut river = with_fund(500);
    let (eve, dan) = (river.admin("Eve", 0), river.admin("Dan", 0));
    two_above(&mut river, 100);
    river.done(&set_income(eve.authority(), Period::Month, 100, false));
    assert_eq!((version(&river), river.last.audits[0].action), (1, "community.income"));
    for (amount, is_own) in [(101, false), (1, true)] {
        let before = version(&river);
        let wanted = set_income(eve.authority(), Period::Week, amount, is_own);
        let (act, settle) = asked(&mut river, &wanted);
        let Act::SetIncome(rules) = act else { panic!("{act:?}") };
        assert_eq!((rules.amount, rules.version, version(&river)), (minor(amount), before + 1, before));
        assert_eq!(
            river.refused(&agreed(eve.authority(), settle.clone())),
            Refusal::Conflict(ConflictReason::OwnRequest)
        );
        river.done(&agreed(dan.authority(), settle));
        assert_eq!(river.state.income_plan.unwrap().unwrap().rules, rules);
        assert_eq!(river.last.income_plan, river.state.income_plan.unwrap());
    }
    // What was asked for on top of other rules is asked for anew.
    let (_, settle) = asked(&mut river, &set_income(eve.authority(), Period::Week, 200, false));
    river.done(&set_income(dan.authority(), Period::Month, 5, false));
    let late = river.refused(&agreed(dan.authority(), settle));
    assert_eq!(late, Refusal::Conflict(ConflictReason::RulesChanged));
    let ada = river.member("Ada", 0);
    for (authority, refusal) in [(ada.authority(), Refusal::Forbidden), (SERVICE, Refusal::Forbidden)] {
        assert_eq!(river.refused(&set_income(authority, Period::Week, 1, false)), refusal);
    }
}

#[test]
fn rules_change_between_periods_and_a_turn_is_taken_by_those_that_hold() {
    let mut river = with_fund(500);
    let (eve, dan) = (river.admin("Eve", 0), river.admin("Dan", 0));
    let ada = river.member("Ada", 0);
    two_above(&mut river, 100);
    river.done(&set_income(now(&river, eve), Period::Month, 10, false));
    let outdated = income(&river, 10, &[ada.account]);
    river.done(&set_income(now(&river, eve), Period::Month, 20, false));
    river.done(&outdated);
    assert!(river.last.is_empty(), "what was found out by other rules is not paid");
    let due_at = river.state.income_plan.unwrap().unwrap().next.due_at;
    river.now = due_at.plus_seconds(-60);
    let wanted = set_income(now(&river, eve), Period::Week, 101, false);
    let (_, settle) = asked(&mut river, &wanted);
    river.now = due_at;
    let under_way = Refusal::Conflict(ConflictReason::PeriodUnderWay);
    assert_eq!(river.refused(&set_income(now(&river, eve), Period::Week, 5, false)), under_way);
    assert_eq!(river.refused(&agreed(now(&river, dan), settle.clone())), under_way);
    river.done(&income(&river, 20, &[ada.account]));
    assert_eq!((river.balance(ada), river.last.records.len()), (20, 1));
    river.done(&agreed(now(&river, dan), settle));
    assert_eq!(version(&river), 3);
}

#[test]
fn a_week_and_a_month_that_begin_on_one_day_have_a_turn_each() {
    let mut river = with_fund(500);
    let (eve, ada) = (river.admin("Eve", 0), river.member("Ada", 0));
    // March of 2027 begins with a Monday.
    river.now = Timestamp::parse_rfc3339("2027-03-02T12:00:00Z").unwrap();
    river.done(&set_income(now(&river, eve), Period::Week, 10, false));
    river.now = Timestamp::parse_rfc3339("2027-03-08T12:00:00Z").unwrap();
    river.done(&income(&river, 10, &[ada.account]));
    river.done(&set_income(now(&river, eve), Period::Month, 30, false));
    let NextIncome { period, .. } = river.state.income_plan.unwrap().unwrap().next;
    assert_eq!((period.to_string(), river.balance(ada)), ("2027-03-01".to_owned(), 10));
    river.done(&income(&river, 30, &[ada.account]));
    assert_eq!(river.balance(ada), 40);
}

#[test]
fn a_period_has_one_turn_though_the_clock_goes_back() {
    let mut river = with_fund(500);
    let (eve, ada) = (river.admin("Eve", 0), river.member("Ada", 0));
    river.now = Timestamp::parse_rfc3339("2027-03-20T12:00:00Z").unwrap();
    river.done(&set_income(now(&river, eve), Period::Month, 10, false));
    river.now = Timestamp::parse_rfc3339("2027-04-02T12:00:00Z").unwrap();
    river.done(&income(&river, 10, &[ada.account]));
    // By a clock that is behind, new rules begin with a month that was paid already.
    river.now = Timestamp::parse_rfc3339("2027-03-20T12:00:00Z").unwrap();
    river.done(&set_income(now(&river, eve), Period::Month, 20, false));
    let again = income(&river, 20, &[ada.account]);
    river.done(&again);
    let NextIncome { period, .. } = river.state.income_plan.unwrap().unwrap().next;
    assert_eq!((river.balance(ada), period.to_string()), (10, "2027-04-01".to_owned()));
}
