//! A community as it is handed out, from one state of the database: in the files that an import reads.

use std::collections::HashMap;

use super::joining::checks::is_mailable;
use crate::domain::archive::{Archive, ArchivedAccount, ArchivedTransfer, Part, pair_up};
use crate::domain::community::CommunityCode;
use crate::domain::groups::MemberKind;
use crate::domain::ids::{AccountId, CommunityId, GroupId, MemberId, PaymentId};
use crate::domain::leaving::{Leaving, Plan};
use crate::domain::member::MemberStatus;
use crate::storage::archive::{self, ArchivedEntry, ROWS_PER_READ};
use crate::storage::{Conn, StorageError, accounts, communities, groups, leavings};

/// How many transfers are looked up at once.
const TRANSFERS_AT_ONCE: usize = 5_000;

/// What is read of a community.
pub struct Exporting {
    /// The community with everybody in it.
    pub archive: Archive,
    places: HashMap<AccountId, usize>,
    entries: Vec<ArchivedEntry>,
}

impl Exporting {
    /// Reads a community but for its transfers' texts; nothing where there is no such community. The caller holds a snapshot,
    /// in which [`Exporting::each_transfer`] is called, too. An entry takes about 64 bytes of memory.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn read(conn: &mut Conn, code: &CommunityCode) -> Result<Option<Self>, StorageError> {
        let Some(community) = communities::find_by_code(conn, code.as_str())? else { return Ok(None) };
        let id = community.id;
        let founded = archive::founded_at(conn, id)?.unwrap_or_default();
        let mut numbers: HashMap<MemberId, i64> = HashMap::new();
        let mut members = Vec::new();
        for (member_id, mut member) in archive::members(conn, id)? {
            numbers.insert(member_id, member.number);
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
                member: account.member_id.and_then(|id| numbers.get(&id)).copied(),
                code: account.code,
                kind: account.kind,
                name: account.name.to_string(),
                status: account.status,
                opened: account.created_at,
                limits: account.limits,
            })
            .collect();
        let entries = read_entries(conn, id)?;
        let (groups, classes) = read_groups(conn, id, &numbers)?;
        let mut plans = read_plans(conn, id, &numbers)?;
        // Whoever is frozen meanwhile comes along frozen, without a plan.
        plans.retain(|(number, _)| {
            members.iter().any(|member| member.number == *number && member.status == MemberStatus::Leaving)
        });
        let archive = Archive { community, founded, members, accounts, groups, classes, plans };
        Ok(Some(Self { archive, places, entries }))
    }

    /// How many entries there are.
    pub const fn entries(&self) -> usize {
        self.entries.len()
    }

    /// Goes over what moved, in its order. `each` hears of every movement, and of how many entries were seen.
    ///
    /// # Errors
    /// When the database refuses, what `each` failed with, and where entries do not add up to zero.
    pub fn each_transfer<E: From<StorageError>>(
        &self,
        conn: &mut Conn,
        mut each: impl FnMut(&ArchivedTransfer, usize) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut rest = self.entries.as_slice();
        let mut seen = 0;
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
            for transfer in page.chunk_by(|one, next| one.seq == next.seq) {
                seen += transfer.len();
                let at =
                    transfer.first().and_then(|entry| times.get(&entry.seq)).copied().unwrap_or_default();
                let mut place = 0;
                // Several payments may share a transfer: each by itself, as far as it adds up by itself.
                for movement in self.movements(transfer)? {
                    place += 1;
                    let (payment_id, payer, payee, amount) = movement;
                    let moved = ArchivedTransfer {
                        at,
                        payer: payer.account,
                        payee: payee.account,
                        amount,
                        description: texts.get(&payment_id).cloned().unwrap_or_default(),
                        kind: payer.kind,
                        place: (transfer.first().map_or(0, |entry| entry.seq), place),
                    };
                    each(&moved, seen)?;
                }
            }
        }
        Ok(())
    }

    /// Who paid whom by the entries of one transfer.
    fn movements(&self, transfer: &[ArchivedEntry]) -> Result<Vec<Movement>, StorageError> {
        let mut sorted: Vec<&ArchivedEntry> = transfer.iter().collect();
        sorted.sort_by_key(|entry| (entry.payment_id, entry.position));
        let mut movements = Vec::with_capacity(transfer.len());
        for payment in sorted.chunk_by(|one, next| one.payment_id == next.payment_id) {
            let mut parts = Vec::with_capacity(payment.len());
            for entry in payment {
                let account = self.places.get(&entry.account_id).copied().ok_or_else(|| {
                    StorageError::Corrupt(format!("account {} was never opened", entry.account_id))
                })?;
                parts.push(Part { account, kind: entry.kind, amount: entry.amount });
            }
            let pairs = pair_up(&parts).ok_or_else(|| {
                let seq = payment.first().map_or(0, |entry| entry.seq);
                StorageError::Corrupt(format!("the entries of record {seq} do not add up to zero"))
            })?;
            let id = payment.first().map(|entry| entry.payment_id);
            movements
                .extend(pairs.into_iter().filter_map(|(from, to, amount)| Some((id?, from, to, amount))));
        }
        Ok(movements)
    }
}

/// A payment's id, who paid, who was paid, and how much.
type Movement = (PaymentId, Part, Part, crate::domain::amount::Amount);

/// What policies know of somebody: by the member's number, with the place of the group.
type Class = (i64, MemberKind, Option<usize>);

/// The groups' names, and who is in which.
fn read_groups(
    conn: &mut Conn,
    id: CommunityId,
    numbers: &HashMap<MemberId, i64>,
) -> Result<(Vec<String>, Vec<Class>), StorageError> {
    let groups = groups::all(conn, id)?;
    let place = |group_id: GroupId| groups.iter().position(|group| group.id == group_id);
    let mut classes: Vec<Class> = groups::classes(conn, id)?
        .into_iter()
        .filter_map(|class| {
            Some((*numbers.get(&class.member_id)?, class.kind, class.group_id.and_then(place)))
        })
        .collect();
    classes.sort_unstable_by_key(|class| class.0);
    Ok((groups.into_iter().map(|group| group.name).collect(), classes))
}

/// The plans of those who are leaving, by the members' numbers.
fn read_plans(
    conn: &mut Conn,
    id: CommunityId,
    numbers: &HashMap<MemberId, i64>,
) -> Result<Vec<(i64, Plan)>, StorageError> {
    let leavings = leavings::list(conn, id, None, i64::MAX)?;
    let number = |leaving: Leaving| Some((*numbers.get(&leaving.member_id)?, leaving.plan?));
    let mut plans: Vec<_> = leavings.into_iter().filter_map(number).collect();
    plans.sort_unstable_by_key(|(number, _)| *number);
    Ok(plans)
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
