//! Why an account's limits are what they are, in numbers.

use super::evaluating::Judge;
use super::{current, name_of};
use crate::auth::tokens::Bearer;
use crate::domain::account::{Account, AccountReference};
use crate::domain::community::Community;
use crate::domain::limit_policy::{Evaluation, LimitOverride};
use crate::domain::time::Timestamp;
use crate::services::caller::find_own_account;
use crate::services::{ServiceError, Services};
use crate::storage::{Conn, limits};

/// Why an account's limits are what they are.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The community.
    pub community: Community,
    /// The account as it is.
    pub account: Account,
    /// The version of the policy that holds.
    pub policy_version: i64,
    /// What the policy gives the account now; none where no policy is about it: the community's own accounts.
    pub evaluation: Option<Evaluation>,
    /// What counts instead of it.
    pub counting: Option<CountingOverride>,
    /// Of which moment that is.
    pub at: Timestamp,
}

/// Limits that count instead of the policy's.
#[derive(Debug, Clone)]
pub struct CountingOverride {
    /// The limits.
    pub limits: LimitOverride,
    /// Why; empty where nobody said, or where it was erased.
    pub reason: String,
    /// The name of who gave them.
    pub author: Option<String>,
}

impl Services {
    /// Why an account's limits are what they are. For those whose account it is, and for admins.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the account is not the bearer's to look into.
    pub async fn explain_limits(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
    ) -> Result<Explanation, ServiceError> {
        let room = self.room_for_books(bearer.authority.user_id)?;
        let (now, caller) = (self.now(), bearer.clone());
        let read = move |conn: &mut Conn| {
            let _room = room;
            let (community, account) = find_own_account(conn, &caller, &reference, now)?;
            let (policy_version, policy) = current(conn, &community)?;
            let bound = limits::accounts::find(conn, community.id, account.id)?;
            let evaluation = match &bound {
                Some(bound) => {
                    let judge = Judge::read(conn, community.clone(), policy, Some(account.id), now)?;
                    Some(judge.evaluate(bound)?)
                }
                None => None,
            };
            let found = limits::overrides::find(conn, community.id, account.id)?;
            let counting = match found.filter(|(limits, _)| limits.counts_at(now)) {
                Some((limits, reason)) => {
                    let author = match limits.set_by {
                        Some(user_id) => name_of(conn, &community, user_id)?,
                        None => None,
                    };
                    Some(CountingOverride { limits, reason, author })
                }
                None => None,
            };
            Ok::<_, ServiceError>(Explanation {
                community,
                account,
                policy_version,
                evaluation,
                counting,
                at: now,
            })
        };
        self.ledger.read(read).await
    }
}
