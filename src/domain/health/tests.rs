//! Figures beside examples that were computed by hand, and beside a second computation that takes no short cut.

mod naive;

use proptest::prelude::*;
use uuid::Uuid;

use super::groups::{Group, by_age, deciles};
use super::network::{Flows, cycle_share, reciprocity, sales_concentration, top_sellers_share};
use super::*;
use crate::domain::account::{AccountKind, AccountStatus};
use crate::domain::amount::{Amount, Scale};
use crate::domain::ids::MemberId;
use crate::domain::time::Timestamp;
use crate::domain::zone::Day;

fn member(number: u128) -> MemberId {
    MemberId::from_uuid(Uuid::from_u128(number))
}

fn at(days: i64) -> Timestamp {
    Timestamp::from_micros(days * DAY_US)
}

fn day(number: i64) -> Day {
    "2026-01-01".parse::<Day>().unwrap().plus_days(number).unwrap()
}

fn account(owner: u128, balance: i64) -> HealthAccount {
    HealthAccount {
        kind: AccountKind::Member,
        member_id: Some(member(owner)),
        status: AccountStatus::Active,
        credit_limit: Amount::from_minor(1_000),
        opened_at: at(0),
        balance: Amount::from_minor(balance),
        negative_since: (balance < 0).then(|| at(0)),
        first_paid_at: Some(at(1)),
        last_paid_at: Some(at(1)),
    }
}

fn trade(payer: u128, payee: u128, amount: i64, on: i64) -> Trade {
    let (payer, payee, amount) = (member(payer), member(payee), Amount::from_minor(amount));
    Trade { payer, payee, amount, at: at(on), is_way_back: false }
}

fn buckets(days: i64, trades: &[Trade]) -> Vec<Bucket> {
    (0..days)
        .map(|number| {
            let (from, until) = (at(number), at(number + 1));
            let mut bucket = Bucket::new(day(number), from, until);
            for trade in trades.iter().filter(|trade| (from..until).contains(&trade.at)) {
                bucket.add(trade);
            }
            bucket
        })
        .collect()
}

fn flows(pairs: &[(u128, u128, i128)]) -> Flows {
    pairs.iter().map(|(payer, payee, amount)| ((member(*payer), member(*payee)), *amount)).collect()
}

fn value(snapshot: &Snapshot, figure: Figure) -> Option<String> {
    let cents = Scale::try_from(2).unwrap();
    snapshot.value(figure).map(|value| figure.unit().format(value, cents))
}

#[test]
fn a_small_community_by_hand() {
    // Five members; 1 and 2 pay each other, 3 pays 1, 4 has done nothing for 200 days, 5 never anything.
    let mut accounts =
        vec![account(1, 3_00), account(2, -1_00), account(3, -5_00), account(4, 4_00), account(5, 0)];
    accounts[2].negative_since = Some(at(210 - 31));
    accounts[1].negative_since = Some(at(209));
    accounts[3].last_paid_at = Some(at(10));
    accounts[4].first_paid_at = None;
    accounts[4].last_paid_at = None;
    accounts[4].opened_at = at(209);
    let commons = HealthAccount { kind: AccountKind::Commons, member_id: None, ..account(9, -1_00) };
    accounts.push(commons);
    let back = Trade { is_way_back: true, ..trade(1, 2, 50, 209) };
    let trades = [
        trade(1, 2, 2_00, 200),
        trade(2, 1, 1_00, 209),
        trade(2, 1, 2_00, 209),
        back,
        trade(3, 1, 5_00, 190),
        trade(4, 1, 9_00, 160),
    ];
    let mut days = buckets(210, &trades);
    days.drain(..150);
    days[58].supply = Some(5_00);
    days[58].add_refusals("insufficient_credit", 2);
    days[59].add_refusals("conflict", 1);
    let found = measure(Moment { at: at(210), accounts: &accounts, days: &days });
    let expected = [
        (Figure::Turnover, Some("3.00")),
        (Figure::Trades, Some("2")),
        (Figure::GivenBack, Some("0.50")),
        (Figure::WindowTurnover, Some("10.00")),
        (Figure::Supply, Some("7.00")),
        // 10.00 over the mean of 5.00 and 7.00.
        (Figure::Velocity, Some("1.6667")),
        (Figure::Members, Some("5")),
        (Figure::ActiveMembers, Some("3")),
        (Figure::ActiveShare, Some("0.6000")),
        // Of 0, 0, 0, 3 and 4: (2 × (4 × 3 + 5 × 4) − 6 × 7) / (5 × 7).
        (Figure::GiniPositive, Some("0.6286")),
        // Of 0, 0, 0, 1 and 5: (2 × (4 × 1 + 5 × 5) − 6 × 6) / (5 × 6).
        (Figure::GiniNegative, Some("0.7333")),
        (Figure::TopTenthShare, None),
        (Figure::CreditGranted, Some("50.00")),
        (Figure::CreditUsed, Some("6.00")),
        (Figure::CreditUsedShare, Some("0.1200")),
        (Figure::NegativeOver180Days, Some("0.00")),
        // They are two accounts'.
        (Figure::IdleOver180Days, None),
        // 1 % of 6.00, all of it younger than 90 days.
        (Figure::Provision, Some("0.06")),
        (Figure::ProvisionShare, Some("0.0100")),
        (Figure::Commons, Some("-1.00")),
        (Figure::Refusals, Some("1")),
        (Figure::RefusedCredit, Some("0")),
        (Figure::RefusedOtherwise, Some("1")),
        // Three of three and four.
        (Figure::RefusedShare, Some("0.4286")),
        // 1 to 2 2.00; 2 to 1 3.00 less 0.50; 3 to 1 5.00: 2 × 2.00 of 9.50.
        (Figure::Reciprocity, Some("0.4211")),
        (Figure::CycleShare, Some("0.4737")),
        (Figure::SalesConcentration, None),
        (Figure::AccountsOpened, Some("1")),
        (Figure::FirstTradeDelay, None),
        (Figure::NeverTraded, Some("1")),
        // Of 4 and 1, 4 is gone.
        (Figure::Churn, Some("0.5000")),
    ];
    for (figure, text) in expected {
        assert_eq!(value(&found, figure).as_deref(), text, "{}", figure.name());
    }
    let group = |from, to, accounts, sum| Group { from, to, accounts, sum };
    assert_eq!(found.deciles, [group(0, Some(100), 5, Some(1_00))]);
    assert_eq!(found.negative_ages, [group(0, None, 2, None)], "two debts are nobody's to see one by one");
    assert_eq!(Snapshot::from_bytes(&found.to_bytes()), Some(found));
}

#[test]
fn nothing_has_no_ratios() {
    let found = measure(Moment { at: at(1), accounts: &[], days: &buckets(1, &[]) });
    for figure in Figure::ALL.iter().copied() {
        let is_sum = matches!(figure.unit(), Unit::Money | Unit::Count);
        assert_eq!(found.value(figure), is_sum.then_some(0), "{}", figure.name());
    }
    assert!(found.deciles.is_empty());
}

#[test]
fn newcomers_wait_from_opening_to_the_first_payment() {
    let mut accounts = vec![account(1, 0), account(2, 0), account(3, 0), account(4, 0)];
    for (account, (opened, first)) in accounts.iter_mut().zip([(0, 40), (30, 41), (38, 42), (0, 2)]) {
        (account.opened_at, account.first_paid_at) = (at(opened), Some(at(first)));
    }
    let found = measure(Moment { at: at(45), accounts: &accounts, days: &buckets(45, &[]) });
    // 40, 11 and 4 days; the fourth was long ago.
    assert_eq!(value(&found, Figure::FirstTradeDelay).unwrap(), "18.3333");
}

#[test]
fn trade_goes_round_or_not() {
    let ring = flows(&[(1, 2, 5), (2, 3, 7), (3, 1, 2), (3, 4, 6)]);
    assert_eq!((reciprocity(&ring), cycle_share(&ring)), (Some(0), Some(7_000)));
    let two_rings = flows(&[(1, 2, 1), (2, 1, 1), (2, 3, 10), (3, 4, 4), (4, 3, 4)]);
    assert_eq!((reciprocity(&two_rings), cycle_share(&two_rings)), (Some(5_000), Some(5_000)));
    // A chain as long as a large community has members needs no deep recursion.
    let chain: Vec<_> = (0..20_000).map(|number| (number, number + 1, 1)).collect();
    assert_eq!(cycle_share(&flows(&chain)), Some(0));
    let wheel: Vec<_> = (0..20_000).map(|number| (number, (number + 1) % 20_000, 1)).collect();
    assert_eq!(cycle_share(&flows(&wheel)), Some(10_000));
    assert_eq!(sales_concentration(&flows(&[(1, 2, 5), (1, 3, 5)])), None, "two sellers");
    assert_eq!(sales_concentration(&flows(&[(1, 2, 2), (1, 3, 1), (1, 4, 1)])), Some(3_750));
    let market: Vec<_> = (1..=21).map(|seller| (99, seller, if seller <= 3 { 6 } else { 1 })).collect();
    assert_eq!(top_sellers_share(&flows(&market)), Some(5_000));
}

#[test]
fn ages_begin_on_their_day_and_idle_is_who_neither_pays_nor_is_paid() {
    let ages = [29, 30, 89, 90, 179, 180, 364, 365].map(|days| super::groups::age(at(0), at(days)));
    assert_eq!(ages, [0, 1, 1, 2, 2, 3, 3, 4]);
    let idle = |last: i64| {
        let mut accounts = [account(1, 10), account(2, 20), account(3, 30)];
        for account in &mut accounts {
            account.last_paid_at = Some(at(last));
        }
        let (accounts, days) = (&accounts[..], &buckets(1, &[])[..]);
        measure(Moment { at: at(210), accounts, days }).value(Figure::IdleOver180Days)
    };
    assert_eq!((idle(20), idle(30), idle(31)), (Some(60), Some(60), Some(0)));
}

#[test]
fn each_refusal_is_counted_under_its_reason() {
    for (code, figure) in [
        ("insufficient_credit", Figure::RefusedCredit),
        ("ceiling_exceeded", Figure::RefusedCeiling),
        ("account_not_active", Figure::RefusedInactive),
        ("forbidden", Figure::RefusedForbidden),
        ("step_up_required", Figure::RefusedForbidden),
        ("possible_duplicate", Figure::RefusedDuplicate),
        ("payment_limit_reached", Figure::RefusedOtherwise),
    ] {
        assert_eq!(Figure::of_refusal(code), figure, "{code}");
    }
}

#[test]
fn groups_are_large_enough() {
    let sums = |count: i128| -> Vec<i64> {
        let balances: Vec<i128> = (0..count).map(|place| place - 10).collect();
        deciles(&balances).iter().map(|group| group.sum.unwrap()).collect()
    };
    assert!(sums(2).is_empty());
    assert_eq!(sums(3), [-27]);
    assert_eq!(sums(6), [-27, -18]);
    assert_eq!(sums(30).len(), 10);
    assert_eq!(sums(30)[..2], [-27, -18]);
    let ages = |counts: [usize; 5]| -> Vec<(i64, Option<i64>, i64)> {
        let all = counts.iter().enumerate().flat_map(|(age, count)| vec![(age, 10); *count]);
        by_age(all).iter().map(|group| (group.from, group.to, group.sum.unwrap_or(-1))).collect()
    };
    let bounds = [(0, Some(30)), (30, Some(90)), (90, Some(180)), (180, Some(365)), (365, None)];
    let all: Vec<_> = bounds.iter().map(|(from, to)| (*from, *to, 30)).collect();
    assert_eq!(ages([3, 3, 3, 3, 3]), all);
    assert_eq!(ages([3, 0, 0, 0, 1]), [(0, None, 40)]);
    assert_eq!(ages([3, 4, 0, 0, 1]), [(0, Some(30), 30), (30, None, 50)]);
    assert_eq!(
        ages([1, 4, 0, 0, 3]),
        [(0, Some(90), 50), (90, Some(180), 0), (180, Some(365), 0), (365, None, 30)]
    );
    assert_eq!(ages([2, 0, 0, 4, 0]), [(0, Some(365), 60), (365, None, 0)]);
    assert_eq!(ages([1, 0, 0, 1, 0]), [(0, None, -1)], "two are told of nowhere");
    assert!(ages([0; 5]).iter().all(|(_, _, sum)| *sum == 0));
}

#[test]
fn nobodys_debt_is_learned_by_subtraction() {
    let owing = |ages: &[(i64, i64)]| {
        let owes = |(owner, (age, owed)): (u128, &(i64, i64))| HealthAccount {
            negative_since: Some(at(1_000 - age)),
            ..account(owner, -owed)
        };
        let accounts: Vec<_> = (1..).zip(ages).map(owes).collect();
        let found = measure(Moment { at: at(1_000), accounts: &accounts, days: &buckets(1, &[]) });
        value(&found, Figure::NegativeOver180Days)
    };
    let old = [(400, 100), (500, 100), (600, 100)];
    let young = [(100, 1), (100, 2), (100, 3)];
    assert_eq!(owing(&[&old[..], &young[..]].concat()).as_deref(), Some("3.00"));
    // One debt between the two ages: with it told, 3.77 less the 3.00 over a year would be that one.
    assert_eq!(owing(&[&old[..], &[(200, 77)], &young[..]].concat()), None);
    assert_eq!(owing(&young).as_deref(), Some("0.00"));
    assert_eq!(owing(&[(10, 5)]).as_deref(), Some("0.00"), "that there is none tells of nobody's debt");
}

#[test]
fn a_threshold_is_crossed_once() {
    let figures = |value| {
        let mut figures = Snapshot::default();
        figures.set(Figure::Churn, value);
        figures
    };
    let mut threshold =
        Threshold { figure: Figure::Churn, side: Side::Above, value: 2_000, crossed_on: None };
    let days = [Some(2_000), Some(2_001), Some(9_000), None, Some(2_001), Some(1), Some(5_000)];
    let mut told = Vec::new();
    for (number, value) in (0..).zip(days) {
        let (after, is_new) = threshold.judge(&figures(value), day(number));
        threshold = after;
        told.extend(is_new.then_some(number));
    }
    assert_eq!(told, [1, 6]);
    assert_eq!(threshold.crossed_on, Some(day(6)));
    let below = Threshold { side: Side::Below, crossed_on: None, ..threshold };
    assert!(!below.judge(&figures(Some(2_000)), day(0)).1);
    assert!(below.judge(&figures(Some(1_999)), day(0)).1);
}

#[test]
fn damaged_bytes_are_no_figures() {
    let mut snapshot = Snapshot::default();
    snapshot.set(Figure::Turnover, Some(-5));
    snapshot.deciles = deciles(&[1, 2, 3]);
    let bytes = snapshot.to_bytes();
    for length in 0..bytes.len() {
        assert_eq!(Snapshot::from_bytes(&bytes[..length]), None);
    }
    assert_eq!(Snapshot::from_bytes(&[&bytes[..], &[0]].concat()), None);
    let mut other = bytes.clone();
    other[0] = 2;
    assert_eq!(Snapshot::from_bytes(&other), None);
    // A figure of a later release.
    let mut later = bytes;
    later[2] = 250;
    assert_eq!(Snapshot::from_bytes(&later).unwrap().value(Figure::Turnover), None);
}

#[test]
fn names_and_units_are_written_and_read() {
    let cents = Scale::try_from(2).unwrap();
    assert_eq!(Unit::Money.parse("12.5", cents), Ok(12_50));
    assert_eq!(Unit::Ratio.parse("0.25", cents), Ok(2_500));
    assert_eq!(Unit::Days.parse("1.5", cents), Ok(15_000));
    assert_eq!(Unit::Count.parse("7", cents), Ok(7));
    for (unit, bad) in [(Unit::Count, "1.5"), (Unit::Ratio, "0.00001"), (Unit::Money, "-1"), (Unit::Days, "")]
    {
        assert!(unit.parse(bad, cents).is_err(), "{bad}");
    }
    assert_eq!(Unit::Ratio.format(-3_333, cents), "-0.3333");
}

/// Books at random: accounts with balances, ages and first payments, and trade over seventy days.
fn books() -> impl Strategy<Value = (Vec<HealthAccount>, Vec<Trade>)> {
    let account = (1_u128..9, -900_i64..900, 0_u8..6, 0_i64..70, 0_i64..70, 0_i64..400, 0_i64..900).prop_map(
        |(owner, balance, kind, opened, first, since, limit)| HealthAccount {
            kind: if kind == 0 { AccountKind::Commons } else { AccountKind::Member },
            member_id: (kind != 0).then(|| member(owner)),
            status: match kind {
                1 => AccountStatus::Closed,
                2 => AccountStatus::Frozen,
                3 => AccountStatus::Leaving,
                _ => AccountStatus::Active,
            },
            credit_limit: Amount::from_minor(limit),
            opened_at: at(opened),
            negative_since: (balance < 0).then(|| at(70 - since)),
            first_paid_at: (kind != 2).then(|| at(first.max(opened))),
            last_paid_at: (kind != 2).then(|| at((70 - since).max(first.max(opened)))),
            balance: Amount::from_minor(balance),
        },
    );
    let trade = (1_u128..9, 1_u128..8, 1_i64..500, 0_i64..70, 0_u8..6).prop_map(
        |(payer, step, amount, on, way_back)| {
            let payee = (payer - 1 + step) % 8 + 1;
            Trade { is_way_back: way_back == 0, ..trade(payer, payee, amount, on) }
        },
    );
    (prop::collection::vec(account, 0..40), prop::collection::vec(trade, 0..60))
}

proptest! {
    #[test]
    fn a_second_computation_finds_the_same((accounts, trades) in books()) {
        let mut days = buckets(70, &trades);
        days.drain(..70 - DAYS_KEPT);
        let found = measure(Moment { at: at(70), accounts: &accounts, days: &days });
        let expected = naive::measure(&accounts, &trades, 70);
        for (figure, value) in expected {
            prop_assert_eq!(found.value(figure), value, "{}", figure.name());
        }
        let open: Vec<_> = accounts.iter().filter(|account| account.open_of().is_some()).collect();
        if open.len() >= FEWEST {
            let sum: i64 = found.deciles.iter().map(|group| group.sum.unwrap()).sum();
            prop_assert_eq!(sum, open.iter().map(|account| account.balance.minor()).sum::<i64>());
        }
        for group in found.deciles.iter().chain(&found.negative_ages).chain(&found.idle_ages) {
            prop_assert!(group.sum.is_none() || group.accounts == 0 || group.accounts >= 3, "{:?}", group);
        }
        let told: i64 = found.negative_ages.iter().filter_map(|group| group.sum).sum();
        let is_told = found.negative_ages.iter().all(|group| group.sum.is_some());
        prop_assert!(!is_told || Some(told) == found.value(Figure::CreditUsed));
        prop_assert_eq!(Snapshot::from_bytes(&found.to_bytes()), Some(found));
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Snapshot::from_bytes(&bytes);
    }
}
