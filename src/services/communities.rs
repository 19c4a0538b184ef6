//! A community's directory, and its ledger in numbers.

use super::accounts::place_in_order;
use super::caller::{require_live_session, require_membership};
use super::cursors::{cut, page_length};
use super::payments::check_text;
use super::{Fault, Page, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::Account;
use crate::domain::amount::Amount;
use crate::domain::community::{Community, CommunityCode};
use crate::domain::ids::GroupId;
use crate::domain::member::MemberStatus;
use crate::domain::policy::Right;
use crate::domain::records::Head;
use crate::storage::members::{self, Member, Wanted};
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

/// Whom somebody looks for in the directory.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Only with this text in the name or an account's code.
    pub query: Option<String>,
    /// Only with this status.
    pub status: Option<String>,
    /// Only in the group with this id.
    pub group: Option<String>,
}

impl Services {
    /// Those who belong to a community, in the order of joining, or some of them. For its members; who was closed, and who is in a
    /// group, for its admins.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer does not belong to it; what is wrong with what is looked for.
    pub async fn directory(
        &self,
        bearer: &Bearer,
        code: String,
        search: Search,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> Result<Page<DirectoryEntry>, ServiceError> {
        let length = page_length(limit)?;
        let Search { query, status, group } = search;
        let query = query.map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
        if let Some(text) = &query {
            check_text("q", text, QUERY_CHARS_MAX).map_err(|fault| ServiceError::Invalid(vec![fault]))?;
        }
        let status = status.map(|name| read_status(&name)).transpose()?;
        let no_group =
            |_| ServiceError::Invalid(vec![Fault::new("group", "malformed", "is not the id of a group")]);
        let group_id: Option<GroupId> = group.map(|id| id.parse().map_err(no_group)).transpose()?;
        let wanted = Wanted { folded_query: query, status, group_id };
        let context = format!("directory|{}|{code}|{wanted:?}", bearer.authority.user_id);
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
                let membership = require_membership(conn, community, &caller.authority)?;
                if wanted.status == Some(MemberStatus::Closed) {
                    membership.require(Right::SetMemberStatus)?;
                }
                if wanted.group_id.is_some() {
                    membership.require(Right::SetGroups)?;
                }
                let community = membership.community;
                let found = members::directory(conn, community.id, &wanted, after, length + 1)?;
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

/// Whoever has a place, or had one.
fn read_status(name: &str) -> Result<MemberStatus, ServiceError> {
    let status = MemberStatus::from_name(name).filter(|status| *status != MemberStatus::Applied);
    let what = || Fault::new("status", "unknown_value", "must be active, frozen, leaving or closed");
    status.ok_or_else(|| ServiceError::Invalid(vec![what()]))
}
