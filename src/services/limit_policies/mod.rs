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

use super::accounts::{check_reason, place_in_order};
use super::audit::Origin;
use super::caller::{membership, require_right};
use super::cursors::{cut, page_length};
use super::step_up::require_fresh_proof;
use super::{Page, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::community::Community;
use crate::domain::ids::UserId;
use crate::domain::limit_policy::LimitPolicy;
use crate::domain::policy::Right;
use crate::domain::refusal::{ConflictReason, Refusal};
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
    /// [`ServiceError::NotFound`] when the bearer does not belong to it; [`Refusal::Forbidden`] when they are no admin.
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

    /// Adopts a policy, which is applied to all members' accounts in the background. For admins, with a fresh proof.
    ///
    /// # Errors
    /// Everything that is wrong with it, and nothing is changed; [`Refusal::PreconditionFailed`] when another was adopted
    /// since; [`Refusal::Conflict`] where it gives more than one admin may give.
    pub async fn adopt_limit_policy(
        &self,
        bearer: &Bearer,
        code: String,
        new: NewPolicy,
        origin: &Origin,
    ) -> Result<VisiblePolicy, ServiceError> {
        self.note_origin(origin).await?;
        let note = self.note("community.limit_policy", bearer.authority.user_id, &new.reason, origin);
        let (now, caller) = (self.now(), bearer.clone());
        let adopted = self.settle(move |conn: &mut Conn| {
            let community = require_right(conn, &caller, &code, Right::SetLimitPolicy, now)?;
            let policy = new.policy.read(conn, &community, check_reason(&new.reason).err())?;
            require_fresh_proof(&caller, now)?;
            let before = limits::newest(conn, community.id)?;
            let version = before.as_ref().map_or(FIRST_VERSION, |adopted| adopted.version);
            if new.if_version.is_some_and(|expected| expected != version) {
                return Err(Refusal::PreconditionFailed.into());
            }
            // What no admin may give alone, no policy of one admin's gives.
            let bound = community.approval_rules.limits_above;
            if bound.is_some_and(|bound| policy.highest_credit_limit() > bound) {
                return Err(Refusal::Conflict(ConflictReason::ApprovalNeeded).into());
            }
            let adopted = AdoptedPolicy {
                version: version + 1,
                policy,
                audit_id: note.id(),
                adopted_by: caller.authority.user_id,
                adopted_at: now,
                reason: new.reason,
            };
            limits::adopt(conn, community.id, &adopted)?;
            let (was, is) = (version_json(version), version_json(adopted.version));
            note.about(community.id.uuid()).changing(was, is).write(conn, community.id)?;
            Ok(visible(conn, &community, Some(adopted))?)
        });
        let adopted = adopted.await.map_err(|error| match error {
            ServiceError::Storage(StorageError::Taken { .. }) => Refusal::PreconditionFailed.into(),
            other => other,
        })?;
        self.ring();
        Ok(adopted)
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

fn version_json(version: i64) -> String {
    format!(r#"{{"version":{version}}}"#)
}
