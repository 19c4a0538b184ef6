//! Who may join a community, as its admins chose.

use super::{Services, require_right};
use crate::auth::tokens::Bearer;
use crate::domain::command::Action;
use crate::domain::community::Community;
use crate::domain::fold::Outcome;
use crate::domain::joining::{Joining, JoiningPolicy};
use crate::domain::policy::Right;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::services::accounts::check_reason;
use crate::services::approvals::VisibleApproval;
use crate::services::audit::Origin;
use crate::services::commanding::unexpected;
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

/// What came of a change of what a community chose.
#[derive(Debug, Clone)]
pub enum PolicyOutcome {
    /// It is so.
    Done(Box<PublicFacts>),
    /// Another admin has to agree first.
    Asked(Box<VisibleApproval>),
}

/// What a change comes to, in the transaction that makes it.
enum Step {
    Made(Box<PublicFacts>),
    /// Nothing is changed yet.
    NeedsTwo(Box<Community>),
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

    /// Changes who may join. For admins; opening it to everybody needs another one, where the community has two agree to anything,
    /// and is asked for by itself.
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
    ) -> Result<PolicyOutcome, ServiceError> {
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
        let reason = change.reason.clone();
        let step = self.settle(move |conn| {
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
            let opens = policy.joining == Joining::Open && before.joining != Joining::Open;
            if opens && community.approval_rules.are_any() {
                // What waits for another admin is one thing, which they can agree to by itself.
                if policy.members_may_invite != before.members_may_invite {
                    return Err(Refusal::Conflict(ConflictReason::ApprovalNeeded).into());
                }
                return Ok(Step::NeedsTwo(Box::new(community)));
            }
            if !joining::set_policy(conn, community.id, before, policy)? {
                return Err(Refusal::PreconditionFailed.into());
            }
            let note = note.about(community.id.uuid()).changing(before.to_json(), policy.to_json());
            note.write(conn, community.id)?;
            let agreement_version = agreements::current_version(conn, community.id)?;
            Ok(Step::Made(Box::new(PublicFacts { community, policy, agreement_version })))
        });
        match step.await? {
            Step::Made(facts) => Ok(PolicyOutcome::Done(facts)),
            Step::NeedsTwo(community) => self.ask_open_joining(bearer, *community, reason, origin).await,
        }
    }

    async fn ask_open_joining(
        &self,
        bearer: &Bearer,
        community: Community,
        reason: String,
        origin: &Origin,
    ) -> Result<PolicyOutcome, ServiceError> {
        let notices = self.notices_of_asking(bearer, &community, Right::SetJoining).await?;
        match self.command(bearer, community.id, Action::OpenJoining(reason), notices, origin).await? {
            Outcome::Approval(approval) => {
                let visible = self.visible_approval(community, *approval).await?;
                Ok(PolicyOutcome::Asked(Box::new(visible)))
            }
            other => Err(unexpected("opening a community", &other)),
        }
    }
}
