//! Who may join a community, as its admins chose.

use super::{Services, require_right};
use crate::auth::tokens::Bearer;
use crate::domain::community::Community;
use crate::domain::joining::{Joining, JoiningPolicy};
use crate::domain::policy::Right;
use crate::domain::refusal::Refusal;
use crate::services::accounts::check_reason;
use crate::services::audit::Origin;
use crate::services::communities::find_community;
use crate::services::{Fault, ServiceError};
use crate::storage::{agreements, joining};

/// What anyone may know of a community.
#[derive(Debug, Clone)]
pub struct PublicFacts {
    /// The community.
    pub community: Community,
    /// Who may join.
    pub policy: JoiningPolicy,
    /// The current version of its terms, where it has some.
    pub agreement_version: Option<i64>,
}

/// A change of what a community chose.
#[derive(Debug, Clone)]
pub struct PolicyChange {
    /// Who may ask to join; as it is where it is left out.
    pub joining: Option<String>,
    /// Whether members may invite; as it is where it is left out.
    pub members_may_invite: Option<bool>,
    /// Why.
    pub reason: String,
    /// The version that the admin saw, where they said so.
    pub if_version: Option<i64>,
}

impl Services {
    /// What anyone may know of a community and of joining it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when there is none with this code.
    pub async fn public_facts(&self, code: String) -> Result<PublicFacts, ServiceError> {
        self.ledger
            .read(move |conn| {
                let community = find_community(conn, &code)?;
                let policy = joining::policy(conn, community.id)?;
                let agreement_version = agreements::current_version(conn, community.id)?;
                Ok(PublicFacts { community, policy, agreement_version })
            })
            .await
    }

    /// Changes who may join. For admins.
    ///
    /// # Errors
    /// What is wrong with the change, or why the bearer may not make it; [`Refusal::PreconditionFailed`] when it was
    /// changed since, or in the same moment.
    pub async fn set_policy(
        &self,
        bearer: &Bearer,
        code: String,
        change: PolicyChange,
        origin: &Origin,
    ) -> Result<PublicFacts, ServiceError> {
        let mut faults: Vec<_> = check_reason(&change.reason).err().into_iter().collect();
        let wanted = change.joining.as_deref().map(Joining::from_name);
        if wanted == Some(None) {
            let names: Vec<_> = Joining::ALL.iter().map(|joining| joining.name()).collect();
            faults.push(Fault::new("/joining", "unknown", format!("must be one of {}", names.join(", "))));
        }
        if !faults.is_empty() {
            return Err(ServiceError::Invalid(faults));
        }
        self.note_origin(origin).await?;
        let note = self.note("community.joining", bearer.authority.user_id, &change.reason, origin);
        let (now, caller) = (self.now(), bearer.clone());
        self.settle(move |conn| {
            let community = require_right(conn, &caller, &code, Right::SetJoining, now)?;
            let before = joining::policy(conn, community.id)?;
            if change.if_version.is_some_and(|version| version != before.version) {
                return Err(Refusal::PreconditionFailed.into());
            }
            let policy = JoiningPolicy {
                joining: wanted.flatten().unwrap_or(before.joining),
                members_may_invite: change.members_may_invite.unwrap_or(before.members_may_invite),
                version: before.version + 1,
            };
            if !joining::set_policy(conn, community.id, before, policy)? {
                return Err(Refusal::PreconditionFailed.into());
            }
            let note = note.about(community.id.uuid()).changing(before.to_json(), policy.to_json());
            note.write(conn, community.id)?;
            let agreement_version = agreements::current_version(conn, community.id)?;
            Ok(PublicFacts { community, policy, agreement_version })
        })
        .await
    }
}
