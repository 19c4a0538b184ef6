//! The figures once more, straight from their definitions: pair by pair, without order or index.

use std::collections::BTreeSet;

use super::{DAY_US, Figure, HealthAccount, Trade, at};
use crate::domain::account::{AccountKind, AccountStatus};
use crate::domain::ids::MemberId;

/// A fraction to four places, halves up; none of it is negative here.
fn rounded(numerator: i128, denominator: i128) -> Option<i64> {
    (denominator != 0).then(|| {
        let (whole, rest) = (numerator * 10_000 / denominator, numerator * 10_000 % denominator);
        i64::try_from(whole + i128::from(rest * 2 >= denominator)).unwrap()
    })
}

fn sum(amounts: impl Iterator<Item = i128>) -> Option<i64> {
    i64::try_from(amounts.sum::<i128>()).ok()
}

/// Mean absolute difference over twice the mean (Gini 1912).
fn gini(amounts: &[i128]) -> Option<i64> {
    let count = i128::try_from(amounts.len()).unwrap();
    let differences: i128 =
        amounts.iter().flat_map(|one| amounts.iter().map(move |other| (one - other).abs())).sum();
    (count >= 3).then(|| rounded(differences, 2 * count * amounts.iter().sum::<i128>()))?
}

fn top(amounts: &[i128], one_in: usize) -> Option<i64> {
    let count = amounts.len().div_ceil(one_in);
    let mut left = amounts.to_vec();
    let mut most = 0;
    for _ in 0..count {
        let place = (0..left.len()).max_by_key(|place| left[*place]).unwrap();
        most += left.remove(place);
    }
    if count < 3 { None } else { rounded(most, amounts.iter().sum()) }
}

fn net(trades: &[&Trade], payer: MemberId, payee: MemberId) -> i128 {
    let between = |one: MemberId, other: MemberId, is_way_back: bool| -> i128 {
        trades
            .iter()
            .filter(|trade| (trade.payer, trade.payee, trade.is_way_back) == (one, other, is_way_back))
            .map(|trade| i128::from(trade.amount.minor()))
            .sum()
    };
    (between(payer, payee, false) - between(payee, payer, true)).max(0)
}

pub fn measure(accounts: &[HealthAccount], trades: &[Trade], now: i64) -> Vec<(Figure, Option<i64>)> {
    let own: Vec<_> = accounts.iter().filter(|account| account.kind == AccountKind::Member).collect();
    let open: Vec<_> =
        own.iter().filter(|account| account.status != AccountStatus::Closed).copied().collect();
    let positive: Vec<i128> = open.iter().map(|account| i128::from(account.balance.minor().max(0))).collect();
    let negative: Vec<i128> =
        open.iter().map(|account| i128::from((-account.balance.minor()).max(0))).collect();
    let supply: i128 = accounts.iter().map(|account| i128::from(account.balance.minor().max(0))).sum();
    let within = |from: i64, to: i64| -> Vec<&Trade> {
        trades.iter().filter(|trade| (at(from)..at(to)).contains(&trade.at)).collect()
    };
    let paid = |trades: &[&Trade]| -> i128 {
        trades.iter().filter(|trade| !trade.is_way_back).map(|trade| i128::from(trade.amount.minor())).sum()
    };
    let (today, window, before) = (within(now - 1, now), within(now - 30, now), within(now - 60, now - 30));
    let traders = |trades: &[&Trade]| -> BTreeSet<MemberId> {
        let paid = trades.iter().filter(|trade| !trade.is_way_back);
        paid.flat_map(|trade| [trade.payer, trade.payee]).collect()
    };
    let members: BTreeSet<MemberId> = open.iter().filter_map(|account| account.member_id).collect();
    let active = traders(&window).into_iter().filter(|trader| members.contains(trader)).count();
    let size = |count: usize| i128::try_from(count).unwrap();

    let all: Vec<MemberId> = (1..9).map(super::member).collect();
    let pairs: Vec<(MemberId, MemberId)> =
        all.iter().flat_map(|one| all.iter().map(move |other| (*one, *other))).collect();
    let flow = |(payer, payee): (MemberId, MemberId)| net(&window, payer, payee);
    let volume: i128 = pairs.iter().map(|pair| flow(*pair)).sum();
    let mut reach: BTreeSet<(MemberId, MemberId)> =
        pairs.iter().copied().filter(|pair| flow(*pair) > 0).collect();
    for middle in &all {
        for (one, other) in &pairs {
            if reach.contains(&(*one, *middle)) && reach.contains(&(*middle, *other)) {
                reach.insert((*one, *other));
            }
        }
    }
    let round =
        pairs.iter().filter(|(one, other)| reach.contains(&(*other, *one))).map(|pair| flow(*pair)).sum();
    let answered = pairs.iter().map(|(one, other)| flow((*one, *other)).min(flow((*other, *one)))).sum();
    let sales: Vec<i128> = all
        .iter()
        .map(|payee| all.iter().map(|payer| flow((*payer, *payee))).sum())
        .filter(|sold| *sold > 0)
        .collect();
    let squares: i128 = sales.iter().map(|sold| sold * sold).sum();

    let aged = |account: &HealthAccount| {
        let since = account.negative_since.unwrap().micros();
        (at(now).micros() - since) / DAY_US
    };
    // Each with its rate, and whether a debt belongs there.
    type Belongs = fn(bool, i64) -> bool;
    let buckets: [(i128, Belongs); 5] = [
        (100, |held_back, days| !held_back && days < 90),
        (500, |held_back, days| !held_back && (90..180).contains(&days)),
        (2_000, |held_back, days| !held_back && (180..365).contains(&days)),
        (5_000, |held_back, days| !held_back && days >= 365),
        (5_000, |held_back, _| held_back),
    ];
    let lost = |(rate, belongs): &(i128, Belongs)| {
        let owed = |account: &&&HealthAccount| {
            let held_back = matches!(account.status, AccountStatus::Frozen | AccountStatus::Leaving);
            account.balance.minor() < 0 && belongs(held_back, aged(account))
        };
        let owed: i128 = open.iter().filter(owed).map(|account| i128::from(-account.balance.minor())).sum();
        let risk = owed * rate;
        risk / 10_000 + i128::from(risk % 10_000 > 0)
    };
    let provision: i128 = buckets.iter().map(lost).sum();
    let delays: Vec<i128> = own
        .iter()
        .filter_map(|account| Some((account.opened_at, account.first_paid_at?)))
        .filter(|(_, first)| (at(now - 30)..at(now)).contains(first))
        .map(|(opened, first)| i128::from(first.micros() - opened.micros()))
        .collect();
    let silent = members.iter().filter(|member| {
        let theirs: Vec<_> = open.iter().filter(|account| account.member_id == Some(**member)).collect();
        theirs.iter().all(|account| account.first_paid_at.is_none())
    });
    let gone = traders(&before).into_iter().filter(|trader| !traders(&window).contains(trader)).count();
    vec![
        (Figure::Turnover, sum([paid(&today)].into_iter())),
        (
            Figure::Trades,
            Some(i64::try_from(today.iter().filter(|trade| !trade.is_way_back).count()).unwrap()),
        ),
        (
            Figure::GivenBack,
            sum(today.iter().filter(|trade| trade.is_way_back).map(|trade| i128::from(trade.amount.minor()))),
        ),
        (Figure::WindowTurnover, sum([paid(&window)].into_iter())),
        (Figure::Supply, sum([supply].into_iter())),
        (Figure::Velocity, rounded(paid(&window), supply)),
        (Figure::Members, sum([size(members.len())].into_iter())),
        (Figure::ActiveMembers, sum([size(active)].into_iter())),
        (Figure::ActiveShare, rounded(size(active), size(members.len()))),
        (Figure::GiniPositive, gini(&positive)),
        (Figure::GiniNegative, gini(&negative)),
        (Figure::TopHundredthShare, top(&positive, 100)),
        (Figure::TopTenthShare, top(&positive, 10)),
        (Figure::CreditGranted, sum(open.iter().map(|account| i128::from(account.credit_limit.minor())))),
        (Figure::CreditUsed, sum(negative.iter().copied())),
        (Figure::Provision, sum([provision].into_iter())),
        (Figure::ProvisionShare, rounded(provision, negative.iter().sum())),
        (Figure::Reciprocity, rounded(answered, volume)),
        (Figure::CycleShare, rounded(round, volume)),
        (Figure::SalesConcentration, if sales.len() < 3 { None } else { rounded(squares, volume * volume) }),
        (Figure::TopSellersShare, top(&sales, 10)),
        (
            Figure::FirstTradeDelay,
            if delays.len() < 3 {
                None
            } else {
                rounded(delays.iter().sum(), size(delays.len()) * i128::from(DAY_US))
            },
        ),
        (Figure::NeverTraded, Some(i64::try_from(silent.count()).unwrap())),
        (Figure::Churn, rounded(size(gone), size(traders(&before).len()))),
    ]
}
