//! Taking what members contribute, month after month: the oldest first, each account's once.

use std::collections::HashMap;

use super::contributions::{end_of, no_month};
use super::passed_over::PassedOver;
use super::{ServiceError, Services};
use crate::domain::amount::Amount;
use crate::domain::command::{Action, Command};
use crate::domain::community::Community;
use crate::domain::contributions::{Charge, Charged, ContributionRules, Dues};
use crate::domain::fold::Outcome;
use crate::domain::ids::{AccountId, CommunityId};
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::time::Timestamp;
use crate::storage::contributions::{self, Asked, Turn};
use crate::storage::{Conn, StorageError, accounts, communities, history};

/// How many accounts one piece of work asks: as many commands may wait in the ledger's queue.
const ACCOUNTS_PER_PIECE: usize = 200;

/// What one piece of work does.
struct Piece {
    charges: Vec<Charge>,
    from: Turn,
    to: Turn,
}

impl Services {
    /// Takes what some accounts of a community contribute, if its month is over. Whether there may be more. After a crash, or
    /// beside another process, accounts are asked again and give nothing more. A community where it fails is passed over
    /// for this round: it stays due, and holds up no other.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_contributions(&self, passed_over: &mut PassedOver) -> Result<bool, ServiceError> {
        let (now, ids) = (self.now(), passed_over.ids());
        let due = self.ledger.read(move |conn| contributions::find_due(conn, now, &ids)).await?;
        let Some((community_id, rules, turn)) = due else { return Ok(false) };
        let taken = self.take_some_of(community_id, rules, turn).await;
        Ok(passed_over.note(community_id, "contributions", taken))
    }

    /// What was taken by the time of an error is taken, and the rest stays due.
    async fn take_some_of(
        &self,
        community_id: CommunityId,
        rules: ContributionRules,
        turn: Turn,
    ) -> Result<(), ServiceError> {
        let now = self.now();
        let find = move |conn: &mut Conn| find_piece(conn, community_id, &rules, turn, now);
        let Piece { charges, from, to } = self.ledger.read(find).await?;
        let commands = charges
            .into_iter()
            .map(|charge| Command::by_service(community_id, Action::Charge(charge)))
            .collect();
        for outcome in self.ledger.submit_all(commands).await {
            match outcome? {
                Outcome::Done | Outcome::Refused(Refusal::NotFound(Thing::Account)) => {}
                other => return Err(ServiceError::Internal(format!("a charge gave {other:?}"))),
            }
        }
        self.ledger.write(move |conn| contributions::advance(conn, community_id, &from, &to)).await?;
        Ok(())
    }
}

fn find_piece(
    conn: &mut Conn,
    community_id: CommunityId,
    rules: &ContributionRules,
    turn: Turn,
    now: Timestamp,
) -> Result<Piece, StorageError> {
    let gone = || StorageError::Corrupt("rules on contributions of no community".into());
    let community = communities::find(conn, community_id)?.ok_or_else(gone)?;
    // The community's clocks may have been changed since.
    let end = end_of(&community, turn.month)?;
    if end > now {
        let to = Turn { due_at: end, ..turn };
        return Ok(Piece { charges: Vec::new(), from: turn, to });
    }
    let limit = i64::try_from(ACCOUNTS_PER_PIECE).unwrap_or(i64::MAX);
    let fund_id = accounts::find_commons(conn, community_id)?;
    let asked = contributions::asked(conn, community_id, &turn, end, limit)?;
    let last = asked.last().filter(|_| asked.len() == ACCOUNTS_PER_PIECE);
    let to = match last {
        Some(last) => Turn { behind: Some(last.account_id), ..turn },
        None => next_month(&community, &turn)?,
    };
    let charges = match fund_id {
        Some(fund_id) => charges(conn, (community_id, fund_id), rules, &turn, (&asked, end))?,
        None => Vec::new(),
    };
    Ok(Piece { charges, from: turn, to })
}

fn next_month(community: &Community, turn: &Turn) -> Result<Turn, StorageError> {
    let month = turn.month.plus_months(1).ok_or_else(no_month)?;
    Ok(Turn { month, due_at: end_of(community, month)?, behind: None })
}

/// What these accounts are asked for, those that owe something or will.
fn charges(
    conn: &mut Conn,
    (community_id, fund_id): (CommunityId, AccountId),
    rules: &ContributionRules,
    turn: &Turn,
    (asked, end): (&[Asked], Timestamp),
) -> Result<Vec<Charge>, StorageError> {
    let ids: Vec<_> = asked.iter().map(|asked| asked.account_id).collect();
    let before: HashMap<AccountId, Charged> = contributions::charged(conn, community_id, &ids)?
        .into_iter()
        .map(|charged| (charged.account_id, charged))
        .collect();
    let mut charges = Vec::new();
    for asked in asked {
        let account_id = asked.account_id;
        let before = before.get(&account_id);
        if before.is_some_and(|before| before.month >= turn.month) {
            continue;
        }
        let balance = if rules.charge_holdings() {
            let stood = history::standings_before(conn, community_id, account_id, asked.account_seq, &[end])?;
            stood.first().map_or(Amount::ZERO, |stood| stood.balance)
        } else {
            Amount::ZERO
        };
        let dues = rules.dues(turn.month, balance, asked.is_first);
        let owing = before.map_or(Dues::NONE, |before| before.owing);
        if !(dues.are_none() && owing.are_none()) {
            charges.push(Charge { account_id, fund_id, month: turn.month, dues });
        }
    }
    Ok(charges)
}
