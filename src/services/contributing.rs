//! Taking what members contribute, month after month: the oldest first, each account's once.

use std::collections::HashMap;

use super::contributions::{end_of, no_month};
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
    community_id: CommunityId,
    charges: Vec<Charge>,
    from: Turn,
    to: Turn,
}

impl Services {
    /// Takes what some accounts of a community contribute, if its month is over. Whether there may be more. After a crash, or
    /// beside another process, accounts are asked again and give nothing more.
    ///
    /// # Errors
    /// When the database or the ledger fails; what was taken by then is taken, and the rest stays due.
    pub async fn take_contributions(&self) -> Result<bool, ServiceError> {
        let now = self.now();
        let Some(piece) = self.ledger.read(move |conn| find_piece(conn, now)).await? else {
            return Ok(false);
        };
        let Piece { community_id, charges, from, to } = piece;
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
        Ok(true)
    }
}

fn find_piece(conn: &mut Conn, now: Timestamp) -> Result<Option<Piece>, StorageError> {
    let Some((community_id, rules, turn)) = contributions::find_due(conn, now)? else { return Ok(None) };
    let Some(community) = communities::find(conn, community_id)? else { return Ok(None) };
    // The community's clocks may have been changed since.
    let end = end_of(&community, turn.month)?;
    if end > now {
        let to = Turn { due_at: end, ..turn };
        return Ok(Some(Piece { community_id, charges: Vec::new(), from: turn, to }));
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
        Some(fund_id) => charges(conn, (community_id, fund_id), &rules, &turn, (&asked, end))?,
        None => Vec::new(),
    };
    Ok(Some(Piece { community_id, charges, from: turn, to }))
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
