//! A community's directory, and its ledger in numbers.

use super::accounts::place_in_order;
use super::caller::{require_live_session, require_membership};
use super::cursors::{cut, page_length};
use super::payments::check_text;
use super::{Page, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::Account;
use crate::domain::amount::Amount;
use crate::domain::community::{Community, CommunityCode};
use crate::domain::records::Head;
use crate::storage::members::{self, Member};
use crate::storage::{Conn, accounts, communities, heads};

/// The most characters of a search text.
const QUERY_CHARS_MAX: usize = 100;

/// A member in the directory, with their accounts as everyone in the community sees them.
#[derive(Debug, Clone)]
pub struct DirectoryEntry {
    /// The member.
    pub member: Member,
    /// The member's accounts.
    pub accounts: Vec<Account>,
}

/// A community's ledger in numbers, all of one moment.
#[derive(Debug, Clone)]
pub struct LedgerSummary {
    /// The community.
    pub community: Community,
    /// Where its order stands.
    pub head: Head,
    /// The sum of all balances: zero.
    pub sum: Amount,
}

impl Services {
    /// Those who belong to a community, in the order of joining. For its members.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer does not belong to it.
    pub async fn directory(
        &self,
        bearer: &Bearer,
        code: String,
        query: Option<String>,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> Result<Page<DirectoryEntry>, ServiceError> {
        let length = page_length(limit)?;
        let query = query.map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
        if let Some(text) = &query {
            check_text("q", text, QUERY_CHARS_MAX).map_err(|fault| ServiceError::Invalid(vec![fault]))?;
        }
        let context = format!("directory|{}|{code}|{query:?}", bearer.authority.user_id);
        let after = match cursor {
            Some(cursor) => place_in_order(&self.cursors.decode(&context, &cursor)?),
            None => 0,
        };
        let (now, caller) = (self.now(), bearer.clone());
        let mut items = self
            .ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let community = find_community(conn, &code)?;
                let community = require_membership(conn, community, &caller.authority)?.community;
                let found = members::directory(conn, community.id, query.as_deref(), after, length + 1)?;
                let ids: Vec<_> = found.iter().map(|member| member.id).collect();
                let accounts = accounts::of_members(conn, community.id, &ids)?;
                Ok::<_, ServiceError>(with_accounts(found, &accounts))
            })
            .await?;
        let has_more = cut(&mut items, length);
        let next_cursor = items
            .last()
            .filter(|_| has_more)
            .map(|entry| self.cursors.encode(&context, &entry.member.number.to_string()));
        Ok(Page { items, next_cursor })
    }

    /// A community's ledger in numbers. For its members.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer does not belong to it.
    pub async fn ledger_summary(&self, bearer: &Bearer, code: String) -> Result<LedgerSummary, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let community = find_community(conn, &code)?;
                let community = require_membership(conn, community, &caller.authority)?.community;
                let head = heads::find(conn, community.id)?.ok_or(ServiceError::NotFound)?;
                let sum = heads::sum_of_balances(conn, community.id)?;
                Ok(LedgerSummary { community, head, sum })
            })
            .await
    }
}

/// The community with this code. What cannot be a code is not looked for.
pub(super) fn find_community(conn: &mut Conn, code: &str) -> Result<Community, ServiceError> {
    let code: CommunityCode = code.parse().map_err(|_| ServiceError::NotFound)?;
    communities::find_by_code(conn, code.as_str())?.ok_or(ServiceError::NotFound)
}

fn with_accounts(members: Vec<Member>, accounts: &[Account]) -> Vec<DirectoryEntry> {
    members
        .into_iter()
        .map(|member| {
            let own =
                accounts.iter().filter(|account| account.member_id == Some(member.id)).cloned().collect();
            DirectoryEntry { member, accounts: own }
        })
        .collect()
}
