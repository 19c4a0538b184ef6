//! Inviting people, and taking it back.

use std::collections::HashMap;

use super::checks::{Checks, MESSAGE_CHARS_MAX};
use super::policy::PublicFacts;
use super::{Services, membership, require_right};
use crate::auth::one_time::OneTimeToken;
use crate::auth::tokens::Bearer;
use crate::domain::community::Community;
use crate::domain::ids::{CommunityId, InvitationId, UserId};
use crate::domain::joining::InvitationState;
use crate::domain::language::Language;
use crate::domain::policy::Right;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::mail::{Letter, Plain};
use crate::services::attempts::GuardedAction;
use crate::services::audit::Origin;
use crate::services::caller::Membership;
use crate::services::letters::for_letter;
use crate::services::lists::ListQuery;
use crate::services::mailing::Addressee;
use crate::services::{Fault, Page, ServiceError};
use crate::storage::one_time_secrets::{self, NewSecret, Purpose};
use crate::storage::{Conn, agreements, audits, communities, invitations, joining, users};

pub use crate::storage::agreements::Agreement;
pub use crate::storage::invitations::Invitation;

/// How long an invitation works, in seconds: two weeks.
pub const INVITATION_SECONDS: i64 = 14 * 86_400;

/// An invitation as people write it.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// The address.
    pub email: String,
    /// The invited person's name.
    pub name: Option<String>,
    /// What the inviter says.
    pub message: Option<String>,
}

/// An invitation, with the name of whoever sent it.
#[derive(Debug, Clone)]
pub struct VisibleInvitation {
    /// The invitation.
    pub invitation: Invitation,
    /// The inviter's name; empty where it was erased.
    pub inviter: String,
}

/// An invitation as the invited person sees it.
#[derive(Debug, Clone)]
pub struct ReceivedInvitation {
    /// The community, and what it chose.
    pub facts: PublicFacts,
    /// The invitation.
    pub visible: VisibleInvitation,
    /// The terms, where there are some.
    pub agreement: Option<Agreement>,
}

impl Services {
    /// Invites somebody by mail. For admins, brokers and, where the community allows it, for members.
    ///
    /// # Errors
    /// What is wrong with the invitation, or why the bearer may not; [`Refusal::Conflict`] when the address has a
    /// pending one; [`ServiceError::RateLimited`].
    pub async fn invite(
        &self,
        bearer: &Bearer,
        code: String,
        new: NewInvitation,
        origin: &Origin,
    ) -> Result<VisibleInvitation, ServiceError> {
        let mut checks = Checks::default();
        let email = checks.email("/email", &new.email);
        // Nobody needs to be named; who is, is named as they would be when they join.
        let named = new.name.filter(|name| !name.is_empty());
        let name = named.map_or_else(String::new, |name| checks.name("/name", &name));
        let message = checks.text("/message", new.message, MESSAGE_CHARS_MAX);
        checks.done()?;
        let (now, caller, wanted) = (self.now(), bearer.clone(), code.clone());
        let may_invite = move |conn: &mut _| {
            let membership = membership(conn, &caller, &wanted, now)?;
            let policy = joining::policy(conn, membership.community.id)?;
            let is_by_admin = membership.require(Right::Admit).is_ok();
            let acts = membership.members.iter().any(|member| member.status.may_act());
            let may = is_by_admin || (acts && policy.lets_members_invite());
            if may { Ok((membership, is_by_admin)) } else { Err(ServiceError::from(Refusal::Forbidden)) }
        };
        let (_, is_by_admin) = self.ledger.read(may_invite.clone()).await?;
        let action = if is_by_admin { GuardedAction::AdminInvitation } else { GuardedAction::Invitation };
        let inviter = bearer.authority.user_id;
        drop(self.attempts.begin(action, &inviter.to_string(), origin, Some(inviter)).await?);
        self.note_origin(origin).await?;
        let id = InvitationId::from_uuid(self.fresh_uuid());
        let token = OneTimeToken::from_random(&self.random_32());
        let letter_token = for_letter(&token)?;
        let note = self.note("invitation.sent", inviter, "", origin).about(id.uuid());
        let mut outbox = self.outbox();
        self.settle(move |conn| {
            let (Membership { community, members, .. }, is_by_admin) = may_invite(conn)?;
            let expires_at = now.plus_seconds(INVITATION_SECONDS);
            let invitation = Invitation {
                id,
                email,
                name,
                inviter,
                is_by_admin,
                state: InvitationState::Pending,
                created_at: now,
                expires_at,
                settled_at: None,
            };
            invitations::revoke_expired(conn, community.id, &invitation.email, now)?;
            if !invitations::insert(conn, community.id, &invitation)? {
                return Err(Refusal::Conflict(ConflictReason::AlreadyExists).into());
            }
            let secret = NewSecret {
                hash: token.hash(),
                purpose: Purpose::Invitation,
                subject_id: id.uuid(),
                payload: community.id.to_string(),
                expires_at,
            };
            one_time_secrets::issue(conn, &secret, now)?;
            let name = members.into_iter().find(|member| member.status.may_act()).map(|member| member.name);
            let name = name.unwrap_or_default();
            let addressee = Addressee {
                address: invitation.email.clone(),
                language: users::language(conn, inviter)?.unwrap_or(Language::English),
                user_id: None,
                community_id: Some(community.id),
            };
            let letter = Letter::Invitation {
                community: Plain::from(community.name.as_str()),
                inviter: Plain::from(name.as_str()),
                message: Plain::from(message),
                token: letter_token,
            };
            outbox.write(conn, addressee, letter, Some(expires_at))?;
            note.changing(String::new(), format!(r#"{{"by_admin":{is_by_admin}}}"#))
                .write(conn, community.id)?;
            Ok(VisibleInvitation { invitation, inviter: name })
        })
        .await
    }

    /// A community's invitations, newest first. For its admins and brokers.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer does not belong to it, [`Refusal::Forbidden`] when they are no admin.
    pub async fn invitations(
        &self,
        bearer: &Bearer,
        code: String,
        state: Option<InvitationState>,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> Result<Page<VisibleInvitation>, ServiceError> {
        let state_name = state.map_or("", InvitationState::name);
        let query =
            ListQuery { name: "invitations", code, right: Right::Admit, state: state_name, limit, cursor };
        let read = move |conn: &mut Conn, community: &Community, before: Option<InvitationId>, length| {
            let found = invitations::list(conn, community.id, state, before, length)?;
            let ids: Vec<UserId> = found.iter().map(|invitation| invitation.inviter).collect();
            let names: HashMap<_, _> = audits::user_names(conn, &ids)?.into_iter().collect();
            let visible = found.into_iter().map(|invitation| VisibleInvitation {
                inviter: names.get(&invitation.inviter).cloned().unwrap_or_default(),
                invitation,
            });
            Ok(visible.collect())
        };
        self.list(bearer, query, read, |visible: &VisibleInvitation| visible.invitation.id).await
    }

    /// Takes an invitation back. For admins and brokers. One that was taken back already is left as it is.
    ///
    /// # Errors
    /// As [`Services::invitations`]; [`Refusal::Conflict`] when it was accepted.
    pub async fn revoke_invitation(
        &self,
        bearer: &Bearer,
        code: String,
        id: InvitationId,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        self.note_origin(origin).await?;
        let note = self.note("invitation.revoked", bearer.authority.user_id, "", origin).about(id.uuid());
        let (now, caller) = (self.now(), bearer.clone());
        self.settle(move |conn| {
            let community = require_right(conn, &caller, &code, Right::Admit, now)?;
            if invitations::settle(conn, community.id, id, InvitationState::Revoked, now)? {
                one_time_secrets::end_all(conn, Purpose::Invitation, id.uuid(), now)?;
                return Ok(note.write(conn, community.id)?);
            }
            let invitation = invitations::find(conn, community.id, id)?.ok_or(ServiceError::NotFound)?;
            match invitation.state {
                InvitationState::Accepted => Err(Refusal::Conflict(ConflictReason::AlreadySettled).into()),
                InvitationState::Pending | InvitationState::Revoked => Ok(()),
            }
        })
        .await
    }

    /// What an invitation's link leads to. Uses nothing up.
    ///
    /// # Errors
    /// A fault at a token that does not work; [`ServiceError::RateLimited`].
    pub async fn received_invitation(
        &self,
        token: &str,
        origin: &Origin,
    ) -> Result<ReceivedInvitation, ServiceError> {
        let bad = || {
            let detail = "was used or revoked, or has expired; ask for another";
            ServiceError::Invalid(vec![Fault::new("/token", "bad_token", detail)])
        };
        let hash = OneTimeToken::parse(token).ok_or_else(bad)?.hash();
        let attempt = self.attempts.begin(GuardedAction::Confirmation, "invitation", origin, None).await?;
        let now = self.now();
        let received = self
            .ledger
            .read(move |conn| {
                let secret = one_time_secrets::find_live(conn, Purpose::Invitation, &hash, now)?;
                let secret = secret.ok_or_else(bad)?;
                let community_id: CommunityId = secret.payload.parse().map_err(|_| bad())?;
                let id = InvitationId::from_uuid(secret.subject_id);
                let invitation = invitations::find(conn, community_id, id)?.ok_or_else(bad)?;
                let community = communities::find(conn, community_id)?.ok_or_else(bad)?;
                let policy = joining::policy(conn, community_id)?;
                if !policy.takes_invitation(invitation.is_by_admin) {
                    return Err(bad());
                }
                let inviter = users::find(conn, invitation.inviter)?.map(|user| user.name);
                let agreement = agreements::list(conn, community_id, i64::MAX, 1)?.pop();
                let agreement_version = agreement.as_ref().map(|agreement| agreement.version);
                Ok(ReceivedInvitation {
                    facts: PublicFacts { community, policy, agreement_version },
                    visible: VisibleInvitation { invitation, inviter: inviter.unwrap_or_default() },
                    agreement,
                })
            })
            .await?;
        self.attempts.settle(&attempt).await?;
        Ok(received)
    }
}
