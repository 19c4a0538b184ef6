//! What the community's fund gets beside payments, and what it pays out: the kind of the entries tells from whom to whom, and
//! nothing else stands in such a transfer.

use std::collections::HashSet;

use uuid::Uuid;

use super::accounts::{Accounts, At, COMMONS, MEMBER};
use super::entries::{KeptEntry, is_full};
use super::report::Differences;
use crate::domain::ids::{CommunityId, PaymentId};
use crate::storage::chain::{self, RecordRow};
use crate::storage::{Conn, StorageError};

/// What members contribute: after a month or year, and for what their accounts hold or owe.
pub(super) const CONTRIBUTION: u8 = 6;
pub(super) const HOLDING_CHARGE: u8 = 7;

/// What the fund pays: to one member, as an admin decided, and to all who qualify for a period.
pub(super) const PAYOUT: u8 = 8;
pub(super) const INCOME: u8 = 9;

/// Judges a transfer into the fund that is no payment's fee, or out of it.
pub(super) fn check_transfer(
    at: At,
    entries: &[KeptEntry],
    accounts: &Accounts,
    differences: &mut Differences,
) {
    let is_of_fund = |entry: &&KeptEntry| sides(entry.kind).is_some();
    let Some(first) = entries.iter().find(is_of_fund) else { return };
    // An income is paid to all in one transfer.
    let is_one =
        (entries.len() == 2 || first.kind == INCOME) && entries.iter().all(|entry| entry.kind == first.kind);
    differences.expect(is_one, at, "it moves what goes into the fund or out of it, and something else");
    for entry in entries {
        let Some((giver, taker)) = sides(entry.kind) else { continue };
        let expected = if entry.amount < 0 { giver } else { taker };
        let is_so = accounts.states.get(&entry.account_id).is_none_or(|state| state.kind == expected);
        let what = format_args!(
            "account {} is on the wrong side of what goes into the fund or out of it",
            entry.account_id
        );
        differences.expect(is_so, at, what);
    }
}

/// Accounts of which kinds give and get what an entry of this kind moves; none where any may.
const fn sides(kind: u8) -> Option<(i64, i64)> {
    match kind {
        CONTRIBUTION | HOLDING_CHARGE => Some((MEMBER, COMMONS)),
        PAYOUT | INCOME => Some((COMMONS, MEMBER)),
        _ => None,
    }
}

/// The outcome of a period whose income was paid.
const PAID: i64 = 1;

/// What a transfer pays as an income.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PaidIncome {
    at: i64,
    members: i64,
    total: i128,
}

impl PaidIncome {
    /// What this transfer pays; none where it pays no income.
    pub(super) fn of(record: &RecordRow, entries: &[KeptEntry]) -> Option<Self> {
        let paid = entries.iter().filter(|entry| entry.kind == INCOME && entry.amount > 0);
        let (mut members, mut total) = (0, 0);
        for entry in paid {
            members += 1;
            total += i128::from(entry.amount);
        }
        (members > 0).then_some(Self { at: record.created_at, members, total })
    }
}

/// Compares what is told of periods' incomes with what was paid, both ways.
pub(super) fn check_runs(
    conn: &mut Conn,
    community_id: CommunityId,
    mut paid: Vec<PaidIncome>,
    differences: &mut Differences,
) -> Result<(), StorageError> {
    let runs = chain::incomes(conn, community_id)?;
    let (versions, present) = chain::income_versions(conn, community_id)?;
    let is_last = versions.last() == present.as_ref();
    differences.expect(is_last, "the rules on the income", "they are not the last of their versions");
    for run in &runs {
        let (every, version) = run.rules;
        let Some(version) = version else { continue };
        let rules = versions.iter().find(|(number, ..)| *number == version);
        let is_by_rules =
            rules.is_some_and(|(_, often, amount)| (*often, amount.minor()) == (every, run.amount));
        differences.expect(is_by_rules, "the incomes", "one is told otherwise than its rules give it");
    }
    let paid_runs = runs.iter().filter(|run| run.outcome == PAID);
    let told = paid_runs.map(|run| PaidIncome {
        at: run.made_at,
        members: run.members,
        total: i128::from(run.amount) * i128::from(run.members),
    });
    let mut told: Vec<_> = told.collect();
    told.sort_unstable();
    paid.sort_unstable();
    differences.expect(told == paid, "the incomes", "other ones are told than the fund paid");
    Ok(())
}

/// Whatever an admin is told to have paid out alone was paid out of the fund, by them, so much, to whoever is named.
pub(super) fn check_lone_payouts(
    conn: &mut Conn,
    community_id: CommunityId,
    payouts: &[i64],
    differences: &mut Differences,
) -> Result<(), StorageError> {
    let transfers: HashSet<i64> = payouts.iter().copied().collect();
    let mut behind = Some(PaymentId::from_uuid(Uuid::nil()));
    while let Some(place) = behind {
        let page = chain::lone_payouts(conn, community_id, place, chain::ROWS_PER_READ)?;
        for row in &page {
            let is_payout = row.transfer_seq.is_some_and(|seq| transfers.contains(&seq));
            let at = format_args!("payment {}", row.payment_id);
            differences.expect(is_payout && row.told == row.paid, at, "it is told otherwise as a payout");
        }
        behind = page.last().filter(|_| is_full(&page)).map(|last| last.payment_id);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{AccountId, RecordId};
    use crate::storage::chain::{AccountItemRow, EntryRow};

    fn record(kind: i64) -> RecordRow {
        RecordRow {
            seq: 1,
            kind,
            id: RecordId::from_uuid(Uuid::from_u128(100)),
            undone_id: None,
            created_at: 1,
            salt: vec![0; 16],
            digest: vec![0; 32],
            hash: vec![0; 32],
        }
    }

    /// Whether a transfer of 50 from the first account to the second, both of these kinds, stands; all of it twice where so said.
    fn stands(accounts: [i64; 2], kinds: [i64; 2], times: usize) -> bool {
        let mut known = Accounts::default();
        let ids = [1, 2].map(|id| AccountId::from_uuid(Uuid::from_u128(id)));
        for (account_id, kind) in ids.into_iter().zip(accounts) {
            let item = AccountItemRow {
                seq: 1,
                account_id,
                kind,
                status: 1,
                credit_limit: 100,
                ceiling: None,
                text_id: None,
            };
            known.set(&record(1), &item, &mut Differences::default());
        }
        let sides = ids.into_iter().zip(kinds).zip([-50, 50]).cycle().take(2 * times);
        let entries: Vec<_> = sides
            .map(|((account_id, kind), amount)| {
                let payment_id = PaymentId::from_uuid(Uuid::nil());
                let (account_seq, seq, position, balance_after) = (1, 1, 1, 0);
                let row = EntryRow {
                    account_id,
                    account_seq,
                    seq,
                    position,
                    kind,
                    amount,
                    balance_after,
                    payment_id,
                };
                KeptEntry::from(row)
            })
            .collect();
        let mut differences = Differences::default();
        check_transfer(At(1), &entries, &known, &mut differences);
        differences.into_parts().1 == 0
    }

    #[test]
    fn what_goes_into_the_fund_or_out_of_it_stands_alone_and_between_it_and_a_member() {
        const PRINCIPAL: i64 = 1;
        let [contribution, charge, payout, income] =
            [CONTRIBUTION, HOLDING_CHARGE, PAYOUT, INCOME].map(i64::from);
        for kind in [contribution, charge] {
            assert!(stands([MEMBER, COMMONS], [kind; 2], 1), "{kind}");
            for accounts in [[COMMONS, MEMBER], [MEMBER, MEMBER], [COMMONS, COMMONS], [MEMBER, 3]] {
                assert!(!stands(accounts, [kind; 2], 1), "{kind} {accounts:?}");
            }
        }
        for kind in [payout, income] {
            assert!(stands([COMMONS, MEMBER], [kind; 2], 1), "{kind}");
            for accounts in [[MEMBER, COMMONS], [MEMBER, MEMBER], [COMMONS, COMMONS], [3, MEMBER]] {
                assert!(!stands(accounts, [kind; 2], 1), "{kind} {accounts:?}");
            }
        }
        for kind in [contribution, charge, payout] {
            let accounts = if kind == payout { [COMMONS, MEMBER] } else { [MEMBER, COMMONS] };
            assert!(!stands(accounts, [kind; 2], 2), "{kind} twice");
        }
        assert!(stands([COMMONS, MEMBER], [income; 2], 2), "an income is paid to several");
        for kinds in
            [[contribution, PRINCIPAL], [PRINCIPAL, contribution], [contribution, charge], [payout, income]]
        {
            assert!(!stands([MEMBER, COMMONS], kinds, 1), "{kinds:?}");
        }
    }
}
