//! What moved in another system comes along with what permitted it there, and with nothing beyond that.

use super::asking::brought;
use super::support::{Person, RIVER, River, START, by, minor, order};
use crate::domain::account::AccountStatus;
use crate::domain::bringing::{Bring, BringIncome, BringPolicy, BroughtAs};
use crate::domain::command::{Action, Command, Pay, Reverse, SetStatus};
use crate::domain::fees::{Fee, Fees, SetFees};
use crate::domain::fold::Outcome;
use crate::domain::fund::{IncomePayment, Period};
use crate::domain::ids::{AccountId, PaymentId};
use crate::domain::limit_policy::LimitPolicy;
use crate::domain::records::EntryKind;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::write_off::WriteOffCategory;

fn service(action: Action) -> Command {
    Command { happened_at: Some(START), ..Command::by_service(RIVER, action) }
}

fn moved(from: AccountId, to: AccountId, amount: i64, way: BroughtAs) -> Command {
    service(brought(order(from, to, amount, "then"), way))
}

fn payment(fees: Fees, may_pass: bool) -> BroughtAs {
    BroughtAs::Payment { fees, may_pass }
}

fn kinds(river: &River) -> Vec<EntryKind> {
    river.last.entries.iter().map(|entry| entry.kind).collect()
}

fn balance(river: &River, id: AccountId) -> i64 {
    river.state.accounts[&id].balance.minor()
}

fn trio() -> (River, Person, Person) {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 100), river.member("Bob", 100));
    (river, ada, bob)
}

#[test]
fn a_payment_passes_its_payers_limit_where_its_record_says_so() {
    let (mut river, ada, bob) = trio();
    let refused = river.refused(&moved(ada.account, bob.account, 101, payment(Fees::NONE, false)));
    assert_eq!(refused, Refusal::InsufficientCredit { amount: minor(101), available: minor(100) });
    river.paid(&moved(ada.account, bob.account, 100, payment(Fees::NONE, true)));
    assert_eq!(kinds(&river), [EntryKind::Principal; 2], "a permission that is not needed is none");
    river.paid(&moved(ada.account, bob.account, 7, payment(Fees::NONE, true)));
    assert_eq!(kinds(&river), [EntryKind::PrincipalBeyondLimit, EntryKind::Principal]);
    assert_eq!([ada, bob].map(|person| balance(&river, person.account)), [-107, 107]);
}

#[test]
fn a_payment_bears_what_it_bore_and_a_reversal_gives_that_back() {
    let (mut river, ada, bob) = trio();
    let none = Fee::default();
    let fund_id = river.commons;
    let rules = SetFees { fund_id, payer: none, payee: none, reason: String::new(), if_version: Some(0) };
    river.batch(&[service(Action::SetFees(rules.clone()))]);
    let fees = Fees { payer: minor(3), payee: minor(2) };
    let way = payment(fees, false);
    let Action::Bring(first) = brought(order(ada.account, bob.account, 50, "then"), way) else { panic!() };
    let paid = river.paid(&service(Action::Bring(Bring { is_given_back: true, ..first })));
    assert_eq!(paid.fees, fees);
    assert_eq!([ada.account, bob.account, fund_id].map(|id| balance(&river, id)), [-53, 48, 5]);
    let reason = String::new();
    let reverse = Reverse { payment_id: paid.id, reason, allow_beyond_limit: false };
    let back = river.paid(&service(Action::Reverse(reverse)));
    assert_eq!((back.reversal_of, back.fees), (Some(paid.id), fees.given_back()));
    assert_eq!([ada.account, bob.account, fund_id].map(|id| balance(&river, id)), [0, 0, 0]);
    // Only between members does anything bear fees.
    let to_fund = river.refused(&moved(ada.account, fund_id, 50, way));
    assert_eq!(to_fund, Refusal::Forbidden);
    // What sets them is done once.
    let again = river.refused(&service(Action::SetFees(rules)));
    assert_eq!(again, Refusal::PreconditionFailed);
}

#[test]
fn what_goes_into_the_fund_or_out_of_it_goes_the_way_of_its_kind() {
    let (mut river, ada, bob) = trio();
    let commons = river.commons;
    for (kind, sides) in [
        (EntryKind::Contribution, [ada.account, commons]),
        (EntryKind::HoldingCharge, [ada.account, commons]),
        (EntryKind::Payout, [commons, ada.account]),
    ] {
        river.paid(&moved(sides[0], sides[1], 1, BroughtAs::OfFund(kind)));
        assert_eq!(kinds(&river), [kind; 2]);
        let [to, from] = sides;
        for wrong in [[from, to], [ada.account, bob.account]] {
            let refused = river.refused(&moved(wrong[0], wrong[1], 1, BroughtAs::OfFund(kind)));
            assert_eq!(refused, Refusal::Forbidden, "{kind:?}");
        }
    }
    for kind in [EntryKind::Principal, EntryKind::Income, EntryKind::WriteOff, EntryKind::Merge] {
        let refused = river.refused(&moved(ada.account, commons, 1, BroughtAs::OfFund(kind)));
        assert_eq!(refused, Refusal::Forbidden, "{kind:?}");
    }
}

#[test]
fn a_write_off_takes_all_with_the_word_of_two() {
    let (mut river, ada, bob) = trio();
    river.paid(&moved(bob.account, ada.account, 40, payment(Fees::NONE, false)));
    let way = |agreed_by: Person| BroughtAs::WriteOff {
        category: WriteOffCategory::Donated,
        asked_by: ada.user,
        agreed_by: agreed_by.user,
    };
    let commons = river.commons;
    let held_back = river.refused(&moved(ada.account, commons, 40, way(bob)));
    assert_eq!(held_back, Refusal::Conflict(ConflictReason::NotHeldBack));
    let reason = String::new();
    let freeze = SetStatus { account_id: ada.account, status: AccountStatus::Frozen, reason };
    river.batch(&[service(Action::SetStatus(freeze))]);
    for (amount, agreed_by) in [(39, bob), (40, ada)] {
        let refused = river.refused(&moved(ada.account, commons, amount, way(agreed_by)));
        assert_eq!(refused, Refusal::Conflict(ConflictReason::BalanceChanged), "{amount}");
    }
    let paid = river.paid(&moved(ada.account, commons, 40, way(bob)));
    assert_eq!(kinds(&river), [EntryKind::WriteOff; 2]);
    let [written] = river.last.write_offs.as_slice() else { panic!() };
    let [approval] = river.last.approvals.as_slice() else { panic!() };
    assert_eq!((written.payment_id, written.approval_id), (paid.id, approval.id));
    assert_eq!((approval.asked_by, approval.settled_by), (ada.user, Some(bob.user)));
}

#[test]
fn a_merge_empties_one_of_two_members() {
    let (mut river, ada, bob) = trio();
    river.paid(&moved(bob.account, ada.account, 40, payment(Fees::NONE, false)));
    let carla = river.member("Carla", 0);
    let way = |account_id| BroughtAs::Merge { account_id };
    for (from, to, amount, emptied) in [
        (ada.account, carla.account, 39, ada.account),
        (carla.account, ada.account, 40, ada.account),
        (ada.account, carla.account, 40, carla.account),
    ] {
        let refused = river.refused(&moved(from, to, amount, way(emptied)));
        let is_limit = matches!(refused, Refusal::InsufficientCredit { .. });
        assert!(is_limit || refused == Refusal::Conflict(ConflictReason::BalanceChanged), "{refused:?}");
    }
    river.paid(&moved(ada.account, carla.account, 40, way(ada.account)));
    assert_eq!(kinds(&river), [EntryKind::Merge; 2]);
    let [merge] = river.last.merges.as_slice() else { panic!() };
    assert_eq!((merge.account_id, merge.kept_id, merge.amount), (ada.account, carla.account, minor(40)));
}

#[test]
fn an_income_is_paid_to_all_of_them_once() {
    let (mut river, ada, bob) = trio();
    let commons = river.commons;
    river.paid(&moved(ada.account, commons, 25, payment(Fees::NONE, false)));
    let income = |amount: u128, period: &str| {
        let ids = [7, 8].map(|id| PaymentId::from_uuid(uuid::Uuid::from_u128(id + amount)));
        service(Action::BringIncome(BringIncome {
            every: Period::Month,
            period: period.parse().unwrap(),
            income: IncomePayment {
                fund_id: commons,
                description: "Income".into(),
                amount: minor(i64::try_from(amount).unwrap()),
                account_ids: vec![ada.account, bob.account],
                are_too_many: false,
            },
            payments: ids.into_iter().map(|id| (id, true)).collect(),
            left_out: 3,
            available: minor(99),
        }))
    };
    let refused = river.refused(&income(13, "2026-01-01"));
    assert_eq!(refused, Refusal::InsufficientCredit { amount: minor(26), available: minor(25) });
    let mut to_fund = income(1, "2026-01-01");
    let Action::BringIncome(BringIncome { income: to, .. }) = &mut to_fund.action else { panic!() };
    to.account_ids[1] = commons;
    assert_eq!(river.refused(&to_fund), Refusal::Forbidden, "an income is a member's");
    river.batch(&[income(10, "2026-01-01")]);
    assert_eq!((kinds(&river), river.last.records.len()), (vec![EntryKind::Income; 4], 1));
    let [run] = river.last.income_runs.as_slice() else { panic!() };
    assert_eq!((run.members, run.left_out, run.available), (2, 3, minor(99)));
    let again = river.refused(&income(1, "2026-01-01"));
    assert_eq!(again, Refusal::Conflict(ConflictReason::AlreadyExists));
}

#[test]
fn policies_come_along_in_their_order_and_only_by_the_service() {
    let (mut river, ada, _) = trio();
    let policy = |version| {
        Action::BringPolicy(BringPolicy {
            version,
            policy: LimitPolicy::first(crate::domain::account::Limits::default()).into(),
            adopted_by: ada.user,
            reason: "Agreed".into(),
        })
    };
    assert_eq!(river.refused(&service(policy(2))), Refusal::PreconditionFailed);
    assert_eq!(river.batch(&[service(policy(1))]), [Outcome::Done]);
    assert_eq!(river.last.policies[0].adopted_by, ada.user);
    assert_eq!(river.refused(&service(policy(1))), Refusal::PreconditionFailed);
    assert_eq!(river.refused(&by(ada.authority(), policy(2))), Refusal::Forbidden);
    let pay = Pay { ..order(ada.account, river.commons, 1, "") };
    let forbidden = river.refused(&by(ada.authority(), brought(pay, payment(Fees::NONE, false))));
    assert_eq!(forbidden, Refusal::Forbidden);
}
