//! Limits as policy: adopting policies, and what comes of them.
//!
//! | file | what lives there |
//! |---|---|
//! | `mod.rs` | seeing and adopting policies |
//! | `evaluating.rs` | from accounts and their history to limits |
//! | `explaining.rs` | why an account's limits are what they are |
//! | `following.rs` | giving accounts what the policy gives them |
//! | `previewing.rs` | what would change if a policy were adopted |
//! | `texts.rs` | policies as people write them |

mod evaluating;
mod explaining;
mod following;
mod previewing;
mod texts;

pub use explaining::{CountingOverride, Explanation};
pub use following::Following;
pub use previewing::{ChangedAccount, PREVIEW_LIST_MAX, Preview, RefusedPayment};
pub use texts::{FormulaText, PaymentLimitText, PolicyText, RuleText, TermText, TermsText};

use std::collections::HashMap;
use std::sync::Arc;

use super::accounts::{check_reason, place_in_order};
use super::approvals::VisibleApproval;
use super::audit::Origin;
use super::caller::{membership, require_right};
use super::commanding::unexpected;
use super::cursors::{cut, page_length};
use super::{Page, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::command::Action;
use crate::domain::community::Community;
use crate::domain::fold::Outcome;
use crate::domain::ids::UserId;
use crate::domain::limit_policy::{AdoptPolicy, LimitPolicy};
use crate::domain::policy::Right;
use crate::storage::limits::{self, AdoptedPolicy};
use crate::storage::{Conn, StorageError, members};

/// The version of what holds before a community adopted a policy.
pub const FIRST_VERSION: i64 = 0;

/// A policy as people see it.
#[derive(Debug, Clone)]
pub struct VisiblePolicy {
    /// The community.
    pub community: Community,
    /// Its version, from 1; 0 before a community adopted one.
    pub version: i64,
    /// What it says.
    pub policy: LimitPolicy,
    /// Who adopted it, when and why; none before a community adopted one.
    pub adopted: Option<AdoptedPolicy>,
    /// The name of who adopted it, where they belong to the community.
    pub author: Option<String>,
}

/// A policy that an admin wants to adopt.
#[derive(Debug, Clone)]
pub struct NewPolicy {
    /// The policy.
    pub policy: PolicyText,
    /// Why.
    pub reason: String,
    /// The version that the admin saw, where they said so.
    pub if_version: Option<i64>,
}

/// What came of wanting a policy adopted.
#[derive(Debug, Clone)]
pub enum PolicyChange {
    /// It holds.
    Done(Box<VisiblePolicy>),
    /// Another admin has to agree first.
    Asked(Box<VisibleApproval>),
}

impl Services {
    /// The policy that holds. For members.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer does not belong to the community.
    pub async fn limit_policy(&self, bearer: &Bearer, code: String) -> Result<VisiblePolicy, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        let read = move |conn: &mut Conn| {
            let community = membership(conn, &caller, &code, now)?.community;
            let newest = limits::newest(conn, community.id)?;
            Ok(visible(conn, &community, newest)?)
        };
        self.ledger.read(read).await
    }

    /// The policies that a community adopted, newest first. For admins.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer does not belong to it; [`Refusal::Forbidden`](crate::domain::refusal::Refusal::Forbidden) when they are no admin.
    pub async fn limit_policies(
        &self,
        bearer: &Bearer,
        code: String,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> Result<Page<VisiblePolicy>, ServiceError> {
        let length = page_length(limit)?;
        let context = format!("limit_policies|{}|{code}", bearer.authority.user_id);
        let before = match cursor {
            Some(cursor) => place_in_order(&self.cursors.decode(&context, &cursor)?),
            None => i64::MAX,
        };
        let (now, caller) = (self.now(), bearer.clone());
        let read = move |conn: &mut Conn| {
            let community = require_right(conn, &caller, &code, Right::SetLimitPolicy, now)?;
            let found = limits::policies(conn, community.id, before, length + 1)?;
            let each = found.into_iter().map(|adopted| visible(conn, &community, Some(adopted)));
            Ok::<_, ServiceError>(each.collect::<Result<Vec<_>, StorageError>>()?)
        };
        let mut items = self.ledger.read(read).await?;
        let has_more = cut(&mut items, length);
        let last = items.last().filter(|_| has_more);
        let next_cursor = last.map(|item| self.cursors.encode(&context, &item.version.to_string()));
        Ok(Page { items, next_cursor })
    }

    /// Adopts a policy, which is applied to all members' accounts in the background. For admins, with a fresh proof; one that
    /// could give more than one admin may give needs two.
    ///
    /// # Errors
    /// Everything that is wrong with it, and nothing is changed; [`Refusal::PreconditionFailed`](crate::domain::refusal::Refusal::PreconditionFailed) when another was adopted
    /// since.
    pub async fn adopt_limit_policy(
        &self,
        bearer: &Bearer,
        code: String,
        new: NewPolicy,
        origin: &Origin,
    ) -> Result<PolicyChange, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        let NewPolicy { policy, reason, if_version } = new;
        let fault = check_reason(&reason).err();
        let read = move |conn: &mut Conn| {
            let community = require_right(conn, &caller, &code, Right::SetLimitPolicy, now)?;
            let policy = policy.read(conn, &community, fault)?;
            Ok::<_, ServiceError>((community, policy))
        };
        let (community, policy) = self.ledger.read(read).await?;
        let notices = if community.approval_rules.bind_credit(Some(policy.highest_credit_limit())) {
            self.notices_of_asking(bearer, &community, Right::SetLimitPolicy).await?
        } else {
            Vec::new()
        };
        let action = Action::AdoptPolicy(AdoptPolicy { policy: Arc::new(policy), reason, if_version });
        match self.command(bearer, community.id, action, notices, origin).await? {
            Outcome::Done => {
                self.ring();
                let read = move |conn: &mut Conn| {
                    let newest = limits::newest(conn, community.id)?;
                    visible(conn, &community, newest)
                };
                Ok(PolicyChange::Done(Box::new(self.ledger.read_once(read).await?)))
            }
            Outcome::Approval(approval) => {
                let asked = self.visible_approval(community, *approval).await?;
                Ok(PolicyChange::Asked(Box::new(asked)))
            }
            other => Err(unexpected("adopting a policy", &other)),
        }
    }
}

/// The policy that holds, with its version.
fn current(conn: &mut Conn, community: &Community) -> Result<(i64, LimitPolicy), StorageError> {
    Ok(match limits::newest(conn, community.id)? {
        Some(adopted) => (adopted.version, adopted.policy),
        None => (FIRST_VERSION, LimitPolicy::first(community.default_limits())),
    })
}

fn visible(
    conn: &mut Conn,
    community: &Community,
    adopted: Option<AdoptedPolicy>,
) -> Result<VisiblePolicy, StorageError> {
    let (version, policy) = match &adopted {
        Some(adopted) => (adopted.version, adopted.policy.clone()),
        None => (FIRST_VERSION, LimitPolicy::first(community.default_limits())),
    };
    let author = match &adopted {
        Some(adopted) => name_of(conn, community, adopted.adopted_by)?,
        None => None,
    };
    Ok(VisiblePolicy { community: community.clone(), version, policy, adopted, author })
}

/// The name of a user's member.
fn name_of(conn: &mut Conn, community: &Community, user_id: UserId) -> Result<Option<String>, StorageError> {
    let names: HashMap<_, _> = members::names_of_users(conn, community.id, &[user_id])?.into_iter().collect();
    Ok(names.get(&user_id).cloned())
}
