//! Sums over groups of accounts: by how much they have, and by how long they have had it. No group is so small that its
//! sum tells of a single account.

use super::{DAY_US, FEWEST};
use crate::domain::time::Timestamp;

/// At how many days a next age begins.
pub const AGES_DAYS: [i64; 4] = [30, 90, 180, 365];
/// Into how many groups accounts are parted by what they have, at most.
const GROUPS_MAX: usize = 10;

/// Some accounts together. What `from` and `to` count depends on the list: whole days of age, or hundredths of the
/// accounts in the order of their balances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// Where it begins.
    pub from: i64,
    /// Where it ends; none where nothing lies behind it.
    pub to: Option<i64>,
    /// How many accounts.
    pub accounts: i64,
    /// The sum of what they have, in minor units; none where they are too few to be told.
    pub sum: Option<i64>,
}

/// The accounts in the order of their balances, in groups as large as each other: ten of them, or as many as have three
/// accounts each. None where there are fewer than three accounts.
pub fn deciles(balances: &[i128]) -> Vec<Group> {
    let mut sorted = balances.to_vec();
    sorted.sort_unstable();
    let (count, parts) = (sorted.len(), (sorted.len() / FEWEST).min(GROUPS_MAX));
    let edge = |part: usize| part * count / parts;
    let hundredth = |part: usize| i64::try_from(part * 100 / parts).unwrap_or(100);
    (0..parts)
        .map(|part| {
            let some = sorted.get(edge(part)..edge(part + 1)).unwrap_or_default();
            Group {
                from: hundredth(part),
                to: Some(hundredth(part + 1)),
                accounts: i64::try_from(some.len()).unwrap_or(i64::MAX),
                sum: i64::try_from(some.iter().sum::<i128>()).ok(),
            }
        })
        .collect()
}

/// Which age something has that began at a time: the number of bounds that it has passed.
pub fn age(since: Timestamp, now: Timestamp) -> usize {
    let days = now.micros().saturating_sub(since.micros()).div_euclid(DAY_US);
    AGES_DAYS.iter().filter(|bound| days >= **bound).count()
}

/// Sums by age, youngest first. An age with one or two accounts is put together with the next younger ones that have any,
/// or, at the end, with the next older.
pub fn by_age(accounts: impl IntoIterator<Item = (usize, i128)>) -> Vec<Group> {
    let mut ages = [(0_usize, 0_i128); AGES_DAYS.len() + 1];
    for (age, amount) in accounts {
        if let Some((count, sum)) = ages.get_mut(age) {
            *count += 1;
            *sum += amount;
        }
    }
    // From the oldest to the youngest: where each part begins, and what is in it.
    let mut parts: Vec<(usize, usize, i128)> = Vec::new();
    for (age, (count, sum)) in ages.iter().enumerate().rev() {
        match parts.last_mut().filter(|(_, count, _)| (1..FEWEST).contains(count)) {
            Some((begin, counted, summed)) => {
                *begin = age;
                *counted += count;
                *summed += sum;
            }
            None => parts.push((age, *count, *sum)),
        }
    }
    // Too few are left among the youngest: they go with those before them, down to the first who are any.
    while parts.len() > 1 && parts.last().is_some_and(|(_, count, _)| (1..FEWEST).contains(count)) {
        if let (Some((begin, count, sum)), Some((begin_too, counted, summed))) =
            (parts.pop(), parts.last_mut())
        {
            *begin_too = begin;
            *counted += count;
            *summed += sum;
        }
    }
    let begins_at =
        |age: usize| age.checked_sub(1).and_then(|bound| AGES_DAYS.get(bound)).copied().unwrap_or(0);
    let mut to = None;
    let mut groups: Vec<Group> = parts
        .into_iter()
        .map(|(begin, count, sum)| {
            let from = begins_at(begin);
            let is_told = count == 0 || count >= FEWEST;
            let accounts = i64::try_from(count).unwrap_or(i64::MAX);
            Group { from, to: to.replace(from), accounts, sum: i64::try_from(sum).ok().filter(|_| is_told) }
        })
        .collect();
    groups.reverse();
    groups
}
