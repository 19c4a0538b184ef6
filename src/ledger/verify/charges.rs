//! What members were asked for after each month: derived once more from the rules of then and from how each account stood when the
//! month ended, with what it owed from before; and every entry of the kind is one of these.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::entries::{KeptEntry, is_full};
use super::funds::{CONTRIBUTION, HOLDING_CHARGE};
use super::report::Differences;
use crate::domain::ids::{AccountId, CommunityId};
use crate::domain::time::Timestamp;
use crate::domain::zone::{Day, TimeOfDay, Zone};
use crate::storage::chain::{self, ChargeRow, ContributionVersionRow};
use crate::storage::{Conn, StorageError};

/// Contributions are asked for after each month, or after each December.
const EVERY_MONTH: i64 = 1;
/// How many parts a whole has, times the months of a year.
const PARTS_OF_YEAR: i128 = 10_000 * 12;
/// The most that one payment moves.
const MOVEMENT_MAX: i128 = 1_000_000_000_000;
/// How far a month's end is from that of the world's clock anywhere: less than a day.
const DAY_US: i64 = 86_400 * 1_000_000;

/// An amount as a contribution, and one as a charge on a balance.
type Both = [i128; 2];

/// How often entries took something from accounts, of each kind, as far as that is kept.
pub(super) struct Asked {
    from: i64,
    taken: HashMap<AccountId, [u64; 2]>,
}

impl Asked {
    /// Counts from the first record on of which more is kept.
    pub(super) fn begin(conn: &mut Conn, community_id: CommunityId) -> Result<Self, StorageError> {
        Ok(Self { from: chain::charges_start(conn, community_id)?, taken: HashMap::new() })
    }

    /// Counts those of a transfer.
    pub(super) fn count(&mut self, seq: i64, entries: &[KeptEntry]) {
        for entry in entries.iter().filter(|entry| seq > self.from && entry.amount < 0) {
            let [contribution, holding] = match entry.kind {
                CONTRIBUTION => [1, 0],
                HOLDING_CHARGE => [0, 1],
                _ => continue,
            };
            let taken = self.taken.entry(entry.account_id).or_default();
            *taken = [taken[0] + contribution, taken[1] + holding];
        }
    }
}

/// What an account's charges come to so far.
#[derive(Default)]
struct Tally {
    number: i64,
    month: String,
    owing: Option<Both>,
    /// The place of the last of its entries that one of them names.
    last: i64,
    taken: [u64; 2],
}

/// Judges each charge that is kept, and compares all of them with the entries and with what accounts are said to owe.
pub(super) fn check(
    conn: &mut Conn,
    community_id: CommunityId,
    asked: &Asked,
    differences: &mut Differences,
) -> Result<(), StorageError> {
    let (versions, present) = chain::contribution_versions(conn, community_id)?;
    differences.expect(versions.last() == present.as_ref(), RULES, "they are not the last of their versions");
    let rules: HashMap<i64, ContributionVersionRow> = versions.into_iter().map(|row| (row.0, row)).collect();
    let mut tallies = HashMap::<AccountId, Tally>::new();
    let mut behind = Some((AccountId::from_uuid(Uuid::nil()), i64::MIN));
    while let Some(place) = behind {
        let page = chain::charges(conn, community_id, place, chain::ROWS_PER_READ)?;
        for row in &page {
            let tally = tallies.entry(row.account_id).or_default();
            check_row(row, rules.get(&row.version), tally, differences);
        }
        behind = page.last().filter(|_| is_full(&page)).map(|last| (last.account_id, last.number));
    }
    compare(conn, community_id, &tallies, asked, differences)
}

const RULES: &str = "the rules on contributions";

fn check_row(
    row: &ChargeRow,
    rules: Option<&ContributionVersionRow>,
    tally: &mut Tally,
    differences: &mut Differences,
) {
    let at = format!("charge {} of account {}", row.number, row.account_id);
    differences.expect(row.number == tally.number + 1, &at, "it is out of its order");
    let Some(rules) = rules else { return differences.add(&at, "there was no such version of the rules") };
    let owed = [row.owed_contribution, row.owed_holding].map(i128::from);
    // What was owed when the first was kept is all that is known of the time before.
    let is_owed = tally.owing.is_none_or(|owing| owing == owed);
    differences.expect(is_owed, &at, "what was owed from before is not what the charges before left");
    let due = dues(rules, row);
    let asked = [owed[0] + due[0], owed[1] + due[1]];
    let taken = [row.contribution, row.holding].map(i128::from);
    let can_be = |taken: i128, asked: i128| taken == 0 || taken == asked.min(MOVEMENT_MAX);
    let is_right = can_be(taken[0], asked[0]) && can_be(taken[1], asked[1]);
    let [contribution, holding] = asked;
    let what = format_args!("the rules give a contribution of {contribution} and a charge of {holding}");
    differences.expect(is_right, &at, what);
    let entries = [
        (taken[0], row.contribution_seq, row.contribution_kind, row.contribution_moved, CONTRIBUTION),
        (taken[1], row.holding_seq, row.holding_kind, row.holding_moved, HOLDING_CHARGE),
    ];
    for ((taken, seq, kind, moved, expected), times) in entries.into_iter().zip(&mut tally.taken) {
        let is_later = seq.is_none_or(|seq| seq > tally.last);
        let is_moved = match seq {
            None => taken == 0,
            Some(_) => {
                taken > 0 && kind == Some(expected.into()) && moved.is_some_and(|by| i128::from(by) == -taken)
            }
        };
        differences.expect(is_later && is_moved, &at, "the entry that it names does not take it");
        tally.last = seq.unwrap_or(tally.last);
        *times += u64::from(seq.is_some());
    }
    check_basis(row, rules, &at, differences);
    tally.number = row.number;
    tally.month.clone_from(&row.month);
    tally.owing = Some([asked[0] - taken[0], asked[1] - taken[1]]);
}

/// What the rules give, beside what was owed.
fn dues(rules: &ContributionVersionRow, row: &ChargeRow) -> Both {
    let (_, every, amount, above, below) = *rules;
    let is_due = row.is_first && (every == EVERY_MONTH || row.month.get(5..7) == Some("12"));
    let balance = i128::from(row.judged_balance);
    let (allowance, basis_points) = if balance < 0 { below } else { above };
    let beyond = (balance.abs() - i128::from(allowance.minor())).max(0);
    let contribution = if is_due { i128::from(amount.minor()) } else { 0 };
    [contribution, beyond * i128::from(basis_points) / PARTS_OF_YEAR]
}

/// The month's end is that of the month, and the account stood then as its entries say.
fn check_basis(row: &ChargeRow, rules: &ContributionVersionRow, at: &str, differences: &mut Differences) {
    let ends = utc_end(&row.month).is_some_and(|end| (row.month_end - end).abs() < DAY_US);
    differences.expect(ends, at, "its month does not end then");
    let (.., (_, above), (_, below)) = *rules;
    let is_judged = above > 0 || below > 0;
    let is_so = match row.judged_seq {
        None => !is_judged && row.judged_balance == 0,
        Some(seq) => {
            let is_before = match seq {
                0 => row.judged_balance == 0,
                _ => {
                    row.stood == Some(row.judged_balance) && row.stood_at.is_some_and(|at| at < row.month_end)
                }
            };
            is_judged && is_before && row.next_at.is_none_or(|at| at >= row.month_end)
        }
    };
    differences.expect(is_so, at, "the account stood otherwise when the month ended");
}

/// When a month ends by the clocks of Greenwich, in microseconds.
fn utc_end(month: &str) -> Option<i64> {
    let (first, utc): (Day, Zone) = (month.parse().ok()?, "UTC".parse().ok()?);
    utc.moment(first.plus_months(1)?, TimeOfDay::MIDNIGHT).map(Timestamp::micros)
}

/// Each account's charges are as many as its entries say, and left what it is said to owe.
fn compare(
    conn: &mut Conn,
    community_id: CommunityId,
    tallies: &HashMap<AccountId, Tally>,
    asked: &Asked,
    differences: &mut Differences,
) -> Result<(), StorageError> {
    let mut told = HashMap::new();
    for (account_id, month, contribution, holding, number) in chain::charged_accounts(conn, community_id)? {
        if number != 0 {
            let owing = [contribution, holding].map(|amount| i128::from(amount.minor()));
            told.insert(account_id, (number, month, Some(owing)));
        }
    }
    let all: BTreeSet<_> = tallies.keys().chain(asked.taken.keys()).chain(told.keys()).collect();
    let none = Tally::default();
    for id in all {
        let at = format_args!("account {id}");
        let tally = tallies.get(id).unwrap_or(&none);
        let taken = asked.taken.get(id).copied().unwrap_or_default();
        differences.expect(tally.taken == taken, at, "its entries tell of other charges than are kept of it");
        let is_told = match told.get(id) {
            None => tally.number == 0,
            Some((number, month, owing)) => {
                (*number, month, *owing) == (tally.number, &tally.month, tally.owing)
            }
        };
        differences.expect(is_told, at, "it is said to owe something else than its charges left");
    }
    Ok(())
}
