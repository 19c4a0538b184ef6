//! What the fund pays out by examples: as far as it goes, with a second admin where it needs one; an income to all or to nobody.

use super::asking::bring;
use super::support::{River, START, by, limits, minor, set_limits, set_status};
use crate::domain::account::AccountStatus;
use crate::domain::approval::{Act, ApprovalRules, ApprovalState, SetApprovalRules, SettleApproval};
use crate::domain::command::{Action, Authority, Command};
use crate::domain::fold::Outcome;
use crate::domain::fund::{IncomeOutcome, PayIncome, PayOut};
use crate::domain::ids::AccountId;
use crate::domain::records::EntryKind;
use crate::domain::refusal::Refusal;

const SERVICE: Authority = Authority::Service;

/// A community whose fund has so much, from somebody who owes it.
fn with_fund(minor: i64) -> River {
    let mut river = River::new();
    let rich = river.member("Rich", minor);
    river.done(&bring([rich.account, river.commons], minor, START, None));
    river
}

fn pay_out(river: &River, payee_id: AccountId, amount: i64, authority: Authority) -> Command {
    let (fund_id, amount) = (river.commons, minor(amount));
    by(authority, Action::PayOut(PayOut { fund_id, payee_id, amount, description: "the roof".into() }))
}

fn income(river: &River, month: &str, amount: i64, account_ids: &[AccountId]) -> Command {
    let pay = PayIncome {
        fund_id: river.commons,
        period: month.parse().unwrap(),
        description: month.into(),
        amount: minor(amount),
        account_ids: account_ids.to_vec(),
        are_too_many: false,
    };
    by(SERVICE, Action::PayIncome(pay))
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
    assert_eq!(fund(&river), 200);
}

#[test]
fn above_the_amount_and_to_oneself_it_takes_two_admins() {
    let mut river = with_fund(500);
    let (eve, dan, ada) = (river.admin("Eve", 0), river.admin("Dan", 0), river.member("Ada", 0));
    river.state.knows_admins = true;
    let rules = ApprovalRules { limits_above: None, reversals_above: Some(minor(100)) };
    let reason = "by decision".to_owned();
    river.done(&by(SERVICE, Action::SetApprovalRules(SetApprovalRules { rules, reason })));
    river.paid(&pay_out(&river, ada.account, 100, eve.authority()));
    for (payee, amount) in [(ada, 101), (eve, 1)] {
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
}

#[test]
fn an_income_is_paid_to_all_who_can_take_it_or_to_nobody_and_once() {
    let mut river = with_fund(300);
    let (ada, bob, cyd) = (river.member("Ada", 0), river.member("Bob", 0), river.member("Cyd", 0));
    river.done(&set_limits(SERVICE, cyd.account, limits(0, Some(50))));
    let all = [ada.account, bob.account, cyd.account];
    let march = income(&river, "2027-03-01", 100, &all);
    river.done(&march);
    let run = river.last.income_runs[0];
    assert_eq!((run.outcome, run.members, run.left_out), (IncomeOutcome::Paid, 2, 1));
    assert_eq!((run.total(), run.available), (minor(200), minor(300)));
    assert_eq!([ada, bob, cyd].map(|person| river.balance(person)), [100, 100, 0]);
    assert_eq!(river.last.records.len(), 1, "in one transfer");
    assert_eq!(river.last.payments.len(), 2, "with a payment of its own for each");
    river.done(&march);
    assert!(river.last.is_empty(), "once");
    river.done(&income(&river, "2027-04-01", 51, &all));
    let run = river.last.income_runs[0];
    assert_eq!((run.outcome, run.members, fund(&river)), (IncomeOutcome::FundEmpty, 2, 100));
    assert_eq!(river.last.audits[0].action, "fund.income_stopped");
    river.done(&set_status(SERVICE, river.commons, AccountStatus::Frozen));
    river.done(&income(&river, "2027-05-01", 1, &all));
    assert_eq!(river.last.income_runs[0].outcome, IncomeOutcome::FundNotActive);
    river.done(&set_status(SERVICE, ada.account, AccountStatus::Frozen));
    river.done(&income(&river, "2027-06-01", 1, &[ada.account]));
    assert_eq!(river.last.income_runs[0].outcome, IncomeOutcome::Nobody);
    assert_eq!(fund(&river), 100);
}
