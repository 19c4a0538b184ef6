//! A community as it is handed out, from one state of the database: in the files that an import reads.
//!
//! | file | what lives there |
//! |---|---|
//! | `agreed.rs` | what it agreed on, and its registers |

mod agreed;

use std::collections::{HashMap, HashSet};

use crate::domain::account::Limits;
use crate::domain::amount::Amount;
use crate::domain::archive::{Archive, ArchivedAccount, ArchivedTransfer, Movement, Origin, Part, movement};
use crate::domain::community::CommunityCode;
use crate::domain::fund::{IncomeOutcome, IncomeRun, Period};
use crate::domain::ids::{AccountId, CommunityId, MemberId, PaymentId};
use crate::domain::records::EntryKind;
use crate::domain::zone::Day;
use crate::services::joining::checks::is_mailable;
use crate::storage::archive::registers;
use crate::storage::archive::{self, ArchivedEntry, ROWS_PER_READ};
use crate::storage::{Conn, StorageError, accounts, communities};

/// How many transfers are looked up at once.
const TRANSFERS_AT_ONCE: usize = 5_000;

/// What is read of a community.
pub struct Exporting {
    /// The community with everybody in it.
    pub archive: Archive,
    places: HashMap<AccountId, usize>,
    entries: Vec<ArchivedEntry>,
    /// How far each account might go, from each record about it on.
    limits: HashMap<AccountId, Vec<(i64, Limits)>>,
    ways_back: HashMap<PaymentId, PaymentId>,
    /// The numbers of the transfers that others name.
    numbers: HashMap<PaymentId, usize>,
    /// Which period's income a record paid.
    periods: HashMap<i64, (Period, Day)>,
}

impl Exporting {
    /// Reads a community but for its transfers' texts; nothing where there is no such community. The caller holds a snapshot,
    /// in which [`Exporting::each_transfer`] is called, too. An entry takes about 72 bytes of memory.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn read(conn: &mut Conn, code: &CommunityCode) -> Result<Option<Self>, StorageError> {
        let Some(community) = communities::find_by_code(conn, code.as_str())? else { return Ok(None) };
        let id = community.id;
        let founded = archive::founded_at(conn, id)?.unwrap_or_default();
        let mut member_numbers: HashMap<MemberId, i64> = HashMap::new();
        let mut members = Vec::new();
        for (member_id, mut member) in archive::members(conn, id)? {
            member_numbers.insert(member_id, member.number);
            // Where somebody was forgotten, what stands in the address's place leads to nobody.
            member.email = member.email.filter(|email| is_mailable(email));
            members.push(member);
        }
        let mut found = accounts::all(conn, id)?;
        // By number: a code with more digits is the higher one.
        found.sort_by_cached_key(|account| (account.code.as_str().len(), account.code.to_string()));
        let places = found.iter().enumerate().map(|(place, account)| (account.id, place)).collect();
        let accounts = found
            .into_iter()
            .map(|account| ArchivedAccount {
                member: account.member_id.and_then(|id| member_numbers.get(&id)).copied(),
                code: account.code,
                kind: account.kind,
                name: account.name.to_string(),
                status: account.status,
                opened: account.created_at,
                allowance: account.allowance,
            })
            .collect();
        let entries = read_entries(conn, id)?;
        let ways_back = registers::ways_back(conn, id)?;
        let archive = Archive {
            community,
            founded,
            members,
            accounts,
            limits: Vec::new(),
            groups: Vec::new(),
            classes: Vec::new(),
            plans: Vec::new(),
            policies: Vec::new(),
            choices: crate::domain::archive::ArchivedChoices::default(),
            charged: Vec::new(),
            incomes: Vec::new(),
            missed: Vec::new(),
            merges: Vec::new(),
            write_offs: Vec::new(),
        };
        let (limits, numbers, periods) = (HashMap::new(), HashMap::new(), HashMap::new());
        let mut exporting = Self { archive, places, entries, limits, ways_back, numbers, periods };
        exporting.read_agreed(conn, &member_numbers)?;
        Ok(Some(exporting))
    }

    /// How many entries there are.
    pub const fn entries(&self) -> usize {
        self.entries.len()
    }

    /// The payments, each with its entries, in the order in which they are numbered.
    fn payments(&self) -> impl Iterator<Item = &[ArchivedEntry]> {
        self.entries.chunk_by(|one, next| (one.seq, one.payment_id) == (next.seq, next.payment_id))
    }

    /// Notes the numbers of these transfers, and which records paid the incomes.
    fn number(&mut self, named: &HashSet<PaymentId>, runs: &[IncomeRun]) {
        let mut incomes: Vec<i64> = Vec::new();
        let mut numbers = HashMap::with_capacity(named.len());
        for (payment, number) in self.payments().zip(1..) {
            let Some(first) = payment.first() else { continue };
            if named.contains(&first.payment_id) {
                numbers.insert(first.payment_id, number);
            }
            if first.kind == EntryKind::Income && incomes.last() != Some(&first.seq) {
                incomes.push(first.seq);
            }
        }
        // As they were paid: one after the other.
        let mut paid: Vec<_> = runs.iter().filter(|run| run.outcome == IncomeOutcome::Paid).collect();
        paid.sort_by_key(|run| (run.made_at, run.period, run.every));
        self.periods =
            incomes.into_iter().zip(paid).map(|(seq, run)| (seq, (run.every, run.period))).collect();
        self.numbers = numbers;
    }

    /// Goes over what moved, in its order. `each` hears of every movement, and of how many entries were seen.
    ///
    /// # Errors
    /// When the database refuses, what `each` failed with, and where entries are those of no payment.
    pub fn each_transfer<E: From<StorageError>>(
        &self,
        conn: &mut Conn,
        mut each: impl FnMut(&ArchivedTransfer, usize) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut rest = self.entries.as_slice();
        let (mut seen, mut number) = (0, 0);
        while !rest.is_empty() {
            let wanted = rest.get(..TRANSFERS_AT_ONCE * 2).unwrap_or(rest);
            let last = wanted.last().map_or(0, |entry| entry.seq);
            // All of the last transfer, too.
            let (page, later) = rest.split_at(rest.partition_point(|entry| entry.seq <= last));
            rest = later;
            let id = self.archive.community.id;
            let first = page.first().map_or(0, |entry| entry.seq);
            let times = archive::times(conn, id, (first, last))?;
            let mut ids: Vec<PaymentId> = page.iter().map(|entry| entry.payment_id).collect();
            ids.sort_unstable();
            ids.dedup();
            let mut texts = HashMap::new();
            for ids in ids.chunks(TRANSFERS_AT_ONCE) {
                texts.extend(archive::descriptions(conn, id, ids)?);
            }
            let same = |one: &ArchivedEntry, next: &ArchivedEntry| {
                (one.seq, one.payment_id) == (next.seq, next.payment_id)
            };
            for payment in page.chunk_by(same) {
                let Some(first) = payment.first() else { continue };
                seen += payment.len();
                number += 1;
                let Movement { payer, payee, amount, fees, kind } = self.movement(payment)?;
                let moved = ArchivedTransfer {
                    number,
                    seq: first.seq,
                    at: times.get(&first.seq).copied().unwrap_or_default(),
                    payer,
                    payee,
                    amount,
                    fees,
                    description: texts.get(&first.payment_id).cloned().unwrap_or_default(),
                    kind,
                    of: self.origin(kind, first),
                    beyond_limits: self.beyond_limits(kind, payment),
                };
                each(&moved, seen)?;
            }
        }
        Ok(())
    }

    /// Who paid whom by the entries of one payment.
    fn movement(&self, payment: &[ArchivedEntry]) -> Result<Movement, StorageError> {
        let mut parts = Vec::with_capacity(payment.len());
        for entry in payment {
            let account = self.places.get(&entry.account_id).copied().ok_or_else(|| {
                StorageError::Corrupt(format!("account {} was never opened", entry.account_id))
            })?;
            parts.push(Part { account, kind: entry.kind, amount: entry.amount });
        }
        movement(&parts).ok_or_else(|| {
            let seq = payment.first().map_or(0, |entry| entry.seq);
            StorageError::Corrupt(format!("the entries of record {seq} do not add up to payments"))
        })
    }

    fn origin(&self, kind: EntryKind, first: &ArchivedEntry) -> Option<Origin> {
        if kind == EntryKind::Income {
            return self.periods.get(&first.seq).map(|(every, period)| Origin::Period(*every, *period));
        }
        let original = self.ways_back.get(&first.payment_id)?;
        self.numbers.get(original).copied().map(Origin::Transfer)
    }

    /// Whether it took its payer past the credit limit, and its payee above the ceiling, as far as that can be permitted.
    fn beyond_limits(&self, kind: EntryKind, payment: &[ArchivedEntry]) -> [bool; 2] {
        if !matches!(kind, EntryKind::Principal | EntryKind::Reversal) {
            return [false; 2];
        }
        let is_past = |entry: &ArchivedEntry| {
            let mut own = payment.iter().filter(|other| other.account_id == entry.account_id);
            let after = own.next_back().map_or(Amount::ZERO, |last| last.balance_after);
            let limits = self.limits_at(entry.account_id, entry.seq);
            if entry.amount.is_negative() {
                after.checked_add(limits.credit_limit).is_some_and(Amount::is_negative)
            } else {
                kind == EntryKind::Reversal && limits.ceiling.is_some_and(|ceiling| after > ceiling)
            }
        };
        let moved = payment.iter().filter(|entry| entry.kind != EntryKind::Fee);
        let side =
            |pays: bool| moved.clone().any(|entry| entry.amount.is_negative() == pays && is_past(entry));
        [side(true), side(false)]
    }

    fn limits_at(&self, id: AccountId, seq: i64) -> Limits {
        let series = self.limits.get(&id).map(Vec::as_slice).unwrap_or_default();
        let known = series.partition_point(|(since, _)| *since < seq);
        known.checked_sub(1).and_then(|last| series.get(last)).map(|(_, limits)| *limits).unwrap_or_default()
    }
}

/// All entries in the order of the transfers.
fn read_entries(conn: &mut Conn, id: CommunityId) -> Result<Vec<ArchivedEntry>, StorageError> {
    let mut entries: Vec<ArchivedEntry> = Vec::new();
    let mut after = None;
    loop {
        let page = archive::entries(conn, id, after)?;
        let is_last = i64::try_from(page.len()).is_ok_and(|rows| rows < ROWS_PER_READ);
        after = page.last().map(|entry| (entry.account_id, entry.account_seq));
        entries.extend(page);
        if is_last {
            break;
        }
    }
    entries.sort_unstable_by_key(|entry| (entry.seq, entry.position));
    Ok(entries)
}
