//! What members may do and where they stand, set by admins.

use super::accounts::check_reason;
use super::audit::Origin;
use super::caller::{require_live_session, require_membership};
use super::communities::find_community;
use super::step_up::require_first_party;
use super::{ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::command::{Action, Authority, Command, SetMemberStatus, SetRole};
use crate::domain::fold::Outcome;
use crate::domain::ids::{AccountId, CommunityId, MemberId};
use crate::domain::member::{MemberStatus, Operator, Role};
use crate::domain::policy::Right;
use crate::storage::{accounts, members};

pub use crate::storage::members::Member;

/// A member of a community in which the bearer has the right to change it.
struct Target {
    community_id: CommunityId,
    member: Member,
    account_ids: Vec<AccountId>,
}

impl Services {
    /// Says what a member may do. For admins, with a fresh proof; the last admin stays one.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such member; why the bearer may not.
    pub async fn set_role(
        &self,
        bearer: &Bearer,
        code: String,
        member_id: MemberId,
        role: Role,
        reason: String,
        origin: &Origin,
    ) -> Result<Member, ServiceError> {
        check_reason(&reason).map_err(|fault| ServiceError::Invalid(vec![fault]))?;
        let target = self.target(bearer, code, member_id, Right::SetRole).await?;
        let action = Action::SetRole(SetRole { member_id, role, reason });
        self.change_member(bearer, target, action, origin).await
    }

    /// Freezes, thaws or closes a member with its accounts. For admins, with a fresh proof; the last admin stays.
    /// From then on nobody posts anything for a member that is frozen or closed.
    ///
    /// # Errors
    /// As [`Services::set_role`]; that an account is not settled.
    pub async fn set_member_status(
        &self,
        bearer: &Bearer,
        code: String,
        member_id: MemberId,
        status: MemberStatus,
        reason: String,
        origin: &Origin,
    ) -> Result<Member, ServiceError> {
        check_reason(&reason).map_err(|fault| ServiceError::Invalid(vec![fault]))?;
        let target = self.target(bearer, code, member_id, Right::SetMemberStatus).await?;
        let account_ids = target.account_ids.clone();
        let action = Action::SetMemberStatus(SetMemberStatus { member_id, account_ids, status, reason });
        self.change_member(bearer, target, action, origin).await
    }

    async fn target(
        &self,
        bearer: &Bearer,
        code: String,
        member_id: MemberId,
        right: Right,
    ) -> Result<Target, ServiceError> {
        require_first_party(bearer)?;
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let community = find_community(conn, &code)?;
                let membership = require_membership(conn, community, &caller.authority)?;
                membership.require(right)?;
                let community_id = membership.community.id;
                let member = members::find(conn, community_id, member_id)?.ok_or(ServiceError::NotFound)?;
                let accounts = accounts::of_members(conn, community_id, &[member_id])?;
                let account_ids = accounts.iter().map(|account| account.id).collect();
                Ok(Target { community_id, member, account_ids })
            })
            .await
    }

    async fn change_member(
        &self,
        bearer: &Bearer,
        target: Target,
        action: Action,
        origin: &Origin,
    ) -> Result<Member, ServiceError> {
        self.note_origin(origin).await?;
        let command = Command {
            community_id: target.community_id,
            authority: Authority::User(bearer.authority),
            key: None,
            request_id: origin.request_id.clone(),
            action,
        };
        match self.ledger.submit(command).await? {
            Outcome::Member(Operator { status, role, .. }) => Ok(Member { status, role, ..target.member }),
            Outcome::Refused(refusal) => Err(refusal.into()),
            other => Err(ServiceError::Internal(format!("a change of a member gave {other:?}"))),
        }
    }
}
