//! What a community's members would contribute if the month ended now: each, and all together.

use std::collections::HashMap;

use super::caller::require_right;
use super::contributions::{Contributions, read_rules};
use super::cursors::{cut, page_length};
use super::{ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::contributions::Dues;
use crate::domain::ids::AccountId;
use crate::domain::policy::Right;
use crate::storage::Conn;
use crate::storage::contributions::{self, Forecast};

/// How many accounts are read at once for what is due in all.
const ACCOUNTS_PER_READ: i64 = 2_000;

/// What an account would be asked for.
#[derive(Debug, Clone)]
pub struct ExpectedDues {
    /// The account as it is now.
    pub account: Forecast,
    /// What it would be asked for.
    pub dues: Dues,
    /// What it owes from before.
    pub owing: Dues,
}

/// What is expected of a community's members.
#[derive(Debug, Clone)]
pub struct ContributionsPreview {
    /// The rules, with what comes next.
    pub contributions: Contributions,
    /// How many accounts would be asked for something.
    pub accounts: i64,
    /// What all of them would be asked for together, beside what they owe from before.
    pub total: Dues,
    /// A page of the accounts, those that were opened first before the others.
    pub items: Vec<ExpectedDues>,
    /// Where the list goes on.
    pub next_cursor: Option<String>,
}

impl Services {
    /// What members would contribute if the month ended now. For admins. Nothing is changed.
    ///
    /// # Errors
    /// Why the bearer may not see it, or what is wrong with the page.
    pub async fn get_contributions_preview(
        &self,
        bearer: &Bearer,
        code: String,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> Result<ContributionsPreview, ServiceError> {
        let length = page_length(limit)?;
        let context = format!("contributions_preview|{}|{code}", bearer.authority.user_id);
        // A place in a cursor whose authenticity was checked is one that we wrote.
        let behind: Option<AccountId> = match cursor {
            Some(cursor) => self.cursors.decode(&context, &cursor)?.parse().ok(),
            None => None,
        };
        let (now, caller) = (self.now(), bearer.clone());
        let read = move |conn: &mut Conn| {
            let community = require_right(conn, &caller, &code, Right::SetFees, now)?;
            let contributions = read_rules(conn, community)?;
            preview(conn, contributions, behind, length + 1)
        };
        let mut found = self.ledger.read(read).await?;
        let has_more = cut(&mut found.items, length);
        let last = found.items.last().filter(|_| has_more);
        found.next_cursor =
            last.map(|last| self.cursors.encode(&context, &last.account.account_id.to_string()));
        Ok(found)
    }
}

fn preview(
    conn: &mut Conn,
    contributions: Contributions,
    behind: Option<AccountId>,
    length: i64,
) -> Result<ContributionsPreview, ServiceError> {
    let (community_id, rules) = (contributions.community.id, contributions.rules);
    let mut found = ContributionsPreview {
        accounts: 0,
        total: Dues::NONE,
        items: Vec::new(),
        next_cursor: None,
        contributions,
    };
    let Some((month, _)) = found.contributions.next else { return Ok(found) };
    let dues = |account: &Forecast| rules.dues(month, account.balance, account.is_first);
    let mut place = None;
    loop {
        let read = contributions::forecast(conn, community_id, month, place, ACCOUNTS_PER_READ)?;
        let asked = read.iter().map(dues).filter(|dues| !dues.are_none());
        for dues in asked {
            found.accounts += 1;
            found.total = found.total.plus(dues);
        }
        let Some(last) = read.last() else { break };
        place = Some(last.account_id);
    }
    let page = contributions::forecast(conn, community_id, month, behind, length)?;
    let ids: Vec<_> = page.iter().map(|account| account.account_id).collect();
    let owing: HashMap<_, _> = contributions::charged(conn, community_id, &ids)?
        .into_iter()
        .map(|charged| (charged.account_id, charged.owing))
        .collect();
    let expected = |account: Forecast| {
        let owing = owing.get(&account.account_id).copied().unwrap_or(Dues::NONE);
        ExpectedDues { dues: dues(&account), owing, account }
    };
    found.items = page.into_iter().map(expected).collect();
    Ok(found)
}
