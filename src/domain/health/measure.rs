//! From books to figures.

use std::collections::BTreeSet;

use super::books::{Bucket, HealthAccount, net_flows, traders};
use super::figure::Figure;
use super::fraction::ten_thousandths;
use super::groups::{AGES_DAYS, Group, age, by_age, deciles};
use super::network::{cycle_share, reciprocity, sales_concentration, top_sellers_share, top_share};
use super::snapshot::Snapshot;
use super::{DAY_US, FEWEST, WINDOW_DAYS};
use crate::domain::account::AccountKind;
use crate::domain::amount::Amount;
use crate::domain::expected_loss::{Debt, expected_loss, total_loss};
use crate::domain::ids::MemberId;
use crate::domain::time::Timestamp;

/// The age from which on something is told of by itself: over 180 days.
const OLD: usize = 3;

/// The books at a moment.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// When.
    pub at: Timestamp,
    /// All accounts that were open then or before.
    pub accounts: &'a [HealthAccount],
    /// The last days, oldest first: the one in question and those before it, [`super::DAYS_KEPT`] where there were so many.
    pub days: &'a [Bucket],
}

/// All figures of a moment.
pub fn measure(moment: Moment<'_>) -> Snapshot {
    let mut snapshot = Snapshot::default();
    let open: Vec<_> =
        moment.accounts.iter().filter(|account| account.open_of().is_some()).copied().collect();
    activity(&mut snapshot, moment, &open);
    distribution(&mut snapshot, &open);
    credit(&mut snapshot, moment, &open);
    refusals(&mut snapshot, moment);
    network(&mut snapshot, moment);
    people(&mut snapshot, moment, &open);
    snapshot
}

/// The last days of the window.
fn window(moment: Moment<'_>) -> &[Bucket] {
    let first = moment.days.len().saturating_sub(WINDOW_DAYS);
    moment.days.get(first..).unwrap_or_default()
}

/// The days of the window before that.
fn window_before(moment: Moment<'_>) -> &[Bucket] {
    let end = moment.days.len().saturating_sub(WINDOW_DAYS);
    moment.days.get(end.saturating_sub(WINDOW_DAYS)..end).unwrap_or_default()
}

fn count(number: usize) -> i128 {
    // No count of what is in memory is larger.
    i128::try_from(number).unwrap_or(i128::MAX)
}

fn activity(snapshot: &mut Snapshot, moment: Moment<'_>, open: &[HealthAccount]) {
    if let Some(today) = moment.days.last() {
        snapshot.set_sum(Figure::Turnover, today.turnover());
        snapshot.set_sum(Figure::Trades, i128::from(today.trades));
        snapshot.set_sum(Figure::GivenBack, today.given_back());
        let opened = moment.accounts.iter().filter(|account| {
            account.kind == AccountKind::Member && (today.from..moment.at).contains(&account.opened_at)
        });
        snapshot.set_sum(Figure::AccountsOpened, count(opened.count()));
    }
    let turnover: i128 = window(moment).iter().map(Bucket::turnover).sum();
    let supply: i128 = moment.accounts.iter().map(HealthAccount::positive).sum();
    snapshot.set_sum(Figure::WindowTurnover, turnover);
    snapshot.set_sum(Figure::Supply, supply);
    // The supply of the day in question, and that at the end of each day before it.
    let earlier = window(moment).split_last().map(|(_, before)| before).unwrap_or_default();
    let known: Vec<i128> =
        earlier.iter().filter_map(|day| day.supply).map(i128::from).chain([supply]).collect();
    let velocity = turnover
        .checked_mul(count(known.len()))
        .and_then(|turnover| ten_thousandths(turnover, known.iter().sum()));
    snapshot.set(Figure::Velocity, velocity);
    let members: BTreeSet<MemberId> = open.iter().filter_map(HealthAccount::open_of).collect();
    let active = traders(window(moment)).intersection(&members).count();
    snapshot.set_sum(Figure::Members, count(members.len()));
    snapshot.set_sum(Figure::ActiveMembers, count(active));
    snapshot.set(Figure::ActiveShare, ten_thousandths(count(active), count(members.len())));
}

fn distribution(snapshot: &mut Snapshot, open: &[HealthAccount]) {
    let positive: Vec<i128> = open.iter().map(HealthAccount::positive).collect();
    let negative: Vec<i128> = open.iter().map(HealthAccount::negative).collect();
    snapshot.set(Figure::TopHundredthShare, top_share(positive.clone(), 100));
    snapshot.set(Figure::TopTenthShare, top_share(positive.clone(), 10));
    snapshot.set(Figure::GiniPositive, gini(positive));
    snapshot.set(Figure::GiniNegative, gini(negative));
    let balances: Vec<i128> = open.iter().map(|account| i128::from(account.balance.minor())).collect();
    snapshot.deciles = deciles(&balances);
}

/// The Gini coefficient of amounts of which none is below zero. None with fewer than three.
fn gini(mut amounts: Vec<i128>) -> Option<i64> {
    if amounts.len() < FEWEST {
        return None;
    }
    amounts.sort_unstable();
    let (all, sum) = (count(amounts.len()), amounts.iter().sum::<i128>());
    let weigh = |(rank, amount): (usize, &i128)| (2 * count(rank) + 1 - all).checked_mul(*amount);
    let weighed = amounts.iter().enumerate().try_fold(0_i128, |sum, pair| sum.checked_add(weigh(pair)?))?;
    ten_thousandths(weighed, all.checked_mul(sum)?)
}

fn credit(snapshot: &mut Snapshot, moment: Moment<'_>, open: &[HealthAccount]) {
    let granted: i128 = open.iter().map(|account| i128::from(account.credit_limit.minor())).sum();
    let used: i128 = open.iter().map(HealthAccount::negative).sum();
    snapshot.set_sum(Figure::CreditGranted, granted);
    snapshot.set_sum(Figure::CreditUsed, used);
    snapshot.set(Figure::CreditUsedShare, ten_thousandths(used, granted));
    let own = moment.accounts.iter().filter(|account| account.kind == AccountKind::Commons);
    snapshot.set_sum(Figure::Commons, own.map(|account| i128::from(account.balance.minor())).sum());
    let debts: Vec<(usize, i128)> = open
        .iter()
        .filter(|account| account.negative() > 0)
        .map(|account| (age(account.negative_since.unwrap_or(moment.at), moment.at), account.negative()))
        .collect();
    let idle: Vec<(usize, i128)> = open
        .iter()
        .filter(|account| account.positive() > 0)
        .map(|account| {
            (age(account.last_paid_at.unwrap_or(account.opened_at), moment.at), account.positive())
        })
        .collect();
    let provision = provision(moment.at, open);
    snapshot.set(Figure::Provision, provision.map(Amount::minor));
    snapshot.set(Figure::ProvisionShare, provision.and_then(|sum| ten_thousandths(sum.minor().into(), used)));
    snapshot.negative_ages = by_age(debts.iter().copied());
    snapshot.idle_ages = by_age(idle.iter().copied());
    snapshot.set(Figure::NegativeOver180Days, old(&debts, &snapshot.negative_ages));
    snapshot.set(Figure::IdleOver180Days, old(&idle, &snapshot.idle_ages));
}

/// What of the debts has to be expected to be lost: what admins see of it, by the same rule.
fn provision(at: Timestamp, open: &[HealthAccount]) -> Option<Amount> {
    let in_debt = open.iter().filter(|account| account.negative() > 0);
    let debts: Vec<Debt> = in_debt
        .map(|account| Debt {
            status: account.status,
            balance: account.balance,
            negative_since: account.negative_since,
        })
        .collect();
    expected_loss(&debts, at).map(|lines| total_loss(&lines)).ok()
}

/// What is older than 180 days. None where there is some in a group that reaches over that age, or that is not told at all:
/// what one subtracts from the other would tell of one or two.
fn old(amounts: &[(usize, i128)], ages: &[Group]) -> Option<i64> {
    if amounts.iter().all(|(age, _)| *age < OLD) {
        return Some(0);
    }
    let bound = AGES_DAYS.get(OLD - 1).copied()?;
    let old = ages.iter().filter(|group| group.accounts > 0 && group.to.is_none_or(|to| to > bound));
    old.map(|group| group.sum.filter(|_| group.from >= bound)).sum()
}

fn refusals(snapshot: &mut Snapshot, moment: Moment<'_>) {
    const REASONS: [Figure; 6] = [
        Figure::RefusedCredit,
        Figure::RefusedCeiling,
        Figure::RefusedInactive,
        Figure::RefusedForbidden,
        Figure::RefusedDuplicate,
        Figure::RefusedOtherwise,
    ];
    if let Some(today) = moment.days.last() {
        snapshot.set(Figure::Refusals, Some(today.refused()));
        for reason in REASONS {
            snapshot.set(reason, Some(today.refusals.get(&reason).copied().unwrap_or(0)));
        }
    }
    let refused: i128 = window(moment).iter().map(|day| i128::from(day.refused())).sum();
    let made: i128 = window(moment).iter().map(|day| i128::from(day.trades)).sum();
    snapshot.set(Figure::RefusedShare, ten_thousandths(refused, refused + made));
}

fn network(snapshot: &mut Snapshot, moment: Moment<'_>) {
    let flows = net_flows(window(moment));
    snapshot.set(Figure::Reciprocity, reciprocity(&flows));
    snapshot.set(Figure::CycleShare, cycle_share(&flows));
    snapshot.set(Figure::SalesConcentration, sales_concentration(&flows));
    snapshot.set(Figure::TopSellersShare, top_sellers_share(&flows));
}

fn people(snapshot: &mut Snapshot, moment: Moment<'_>, open: &[HealthAccount]) {
    let begin = window(moment).first().map_or(moment.at, |day| day.from);
    let delays: Vec<i128> = moment
        .accounts
        .iter()
        .filter(|account| account.kind == AccountKind::Member)
        .filter_map(|account| Some((account.opened_at, account.first_paid_at?)))
        .filter(|(_, first)| (begin..moment.at).contains(first))
        .map(|(opened_at, first)| i128::from(first.micros()) - i128::from(opened_at.micros()))
        .collect();
    let days = count(delays.len()) * i128::from(DAY_US);
    let delay = ten_thousandths(delays.iter().sum(), days).filter(|_| delays.len() >= FEWEST);
    snapshot.set(Figure::FirstTradeDelay, delay);
    let (traded, silent): (Vec<_>, Vec<_>) = open.iter().partition(|account| account.first_paid_at.is_some());
    let traded: BTreeSet<_> = traded.into_iter().filter_map(HealthAccount::open_of).collect();
    let never: BTreeSet<_> = silent.into_iter().filter_map(HealthAccount::open_of).collect();
    snapshot.set_sum(Figure::NeverTraded, count(never.difference(&traded).count()));
    let (before, now) = (traders(window_before(moment)), traders(window(moment)));
    snapshot.set(Figure::Churn, ten_thousandths(count(before.difference(&now).count()), count(before.len())));
}
