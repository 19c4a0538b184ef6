//! What members may do and where they stand, set by admins.

use super::accounts::{REASON_CHARS_MAX, check_reason};
use super::audit::Origin;
use super::caller::{membership, require_live_session, require_membership};
use super::commanding::unexpected;
use super::communities::find_community;
use super::payments::check_text;
use super::step_up::require_first_party;
use super::superadmins::NAME_CHARS_MAX;
use super::{Fault, ServiceError, Services};
use crate::auth::names;
use crate::auth::tokens::Bearer;
use crate::domain::account::Account;
use crate::domain::command::{Action, CommandNotice, NoticeOf, RenameMember, SetMemberStatus, SetRole};
use crate::domain::community::Community;
use crate::domain::fold::Outcome;
use crate::domain::ids::{AccountId, MemberId};
use crate::domain::member::{MemberStatus, Operator, Role};
use crate::domain::policy::Right;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::mail::{Letter, Plain, SecurityEvent, StandingEvent, StandingNotice};
use crate::storage::{Conn, StorageError, accounts, members};

pub use crate::storage::members::Member;

/// Why a member was closed who left.
const LEFT: &str = "left the community";

/// A member of a community in which the bearer has the right to change it.
struct Target {
    community: Community,
    member: Member,
    account_ids: Vec<AccountId>,
    /// Those of them that have the member's name.
    namesakes: Vec<AccountId>,
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
        let notices =
            self.notices_of_member(bearer, &target, SecurityEvent::RolesChanged, Some(role)).await?;
        self.change_member(bearer, target, action, notices, origin).await
    }

    /// Gives a member another name, with those of its accounts that have the old one. For admins, with a fresh proof.
    ///
    /// # Errors
    /// As [`Services::set_role`]; everything that is wrong with the name; that the member is closed.
    pub async fn rename_member(
        &self,
        bearer: &Bearer,
        code: String,
        member_id: MemberId,
        (name, reason): (String, String),
        origin: &Origin,
    ) -> Result<Member, ServiceError> {
        let mut faults = Vec::new();
        let name = names::read(&name, NAME_CHARS_MAX).unwrap_or_else(|fault| {
            faults.push(Fault::new("/name", fault.code, fault.detail));
            String::new()
        });
        faults.extend(check_reason(&reason).err());
        if !faults.is_empty() {
            return Err(ServiceError::Invalid(faults));
        }
        let mut target = self.target(bearer, code, member_id, Right::SetMemberStatus).await?;
        let account_ids = std::mem::take(&mut target.namesakes);
        let before = std::mem::replace(&mut target.member.name, name.clone());
        let notices = self.notices_of_rename(&target, &before).await?;
        let action = Action::RenameMember(RenameMember { member_id, account_ids, name, reason });
        self.change_member(bearer, target, action, notices, origin).await
    }

    /// Freezes, thaws or closes a member with its accounts, or lets it leave. For admins, with a fresh proof; the last admin stays.
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
        let change = SetMemberStatus { member_id, account_ids, status, reason: reason.clone() };
        let action = Action::SetMemberStatus(change);
        let notices = self.notices_of_standing(bearer, &target, status, reason).await?;
        self.change_member(bearer, target, action, notices, origin).await
    }

    /// Begins to leave a community, or stays after all: for everybody who operates a member there, with a fresh proof. From
    /// then on its balance only moves towards zero; at zero it is closed.
    ///
    /// # Errors
    /// As [`Services::leave`]; [`crate::domain::refusal::Refusal::Forbidden`] where the member is frozen.
    pub async fn begin_leaving(
        &self,
        bearer: &Bearer,
        code: String,
        leaves: bool,
        reason: String,
        origin: &Origin,
    ) -> Result<Vec<Member>, ServiceError> {
        check_text("/reason", &reason, REASON_CHARS_MAX)
            .map_err(|fault| ServiceError::Invalid(vec![fault]))?;
        let status = if leaves { MemberStatus::Leaving } else { MemberStatus::Active };
        self.step_of_own(bearer, code, (status, reason), origin).await
    }

    /// Leaves a community: closes the member that the bearer operates there, with its accounts, which hold and owe nothing.
    /// For everybody, with a fresh proof; the last admin stays.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where the bearer does not belong to it;
    /// [`crate::domain::refusal::Refusal::Conflict`] where an account is not settled.
    pub async fn leave(&self, bearer: &Bearer, code: String, origin: &Origin) -> Result<(), ServiceError> {
        self.step_of_own(bearer, code, (MemberStatus::Closed, LEFT.to_owned()), origin).await.map(drop)
    }

    /// Has each member that the bearer operates in a community stand so from now on.
    async fn step_of_own(
        &self,
        bearer: &Bearer,
        code: String,
        (status, reason): (MemberStatus, String),
        origin: &Origin,
    ) -> Result<Vec<Member>, ServiceError> {
        require_first_party(bearer)?;
        let (now, caller) = (self.now(), bearer.clone());
        let read = move |conn: &mut Conn| {
            let membership = membership(conn, &caller, &code, now)?;
            let community = membership.community;
            let mut own = Vec::new();
            for member in membership.members.into_iter().filter(|member| member.status.belongs()) {
                let accounts = accounts::of_members(conn, community.id, &[member.id])?;
                let account_ids = accounts.iter().map(|account| account.id).collect();
                own.push(Target { community: community.clone(), member, account_ids, namesakes: Vec::new() });
            }
            Ok::<_, ServiceError>(own)
        };
        let own = self.ledger.read(read).await?;
        if own.is_empty() {
            return Err(ServiceError::NotFound);
        }
        let stays = status == MemberStatus::Active;
        if stays && own.iter().any(|target| target.member.status == MemberStatus::Active) {
            return Err(Refusal::Conflict(ConflictReason::NotLeaving).into());
        }
        let mut changed = Vec::with_capacity(own.len());
        for target in own {
            let action = Action::SetMemberStatus(SetMemberStatus {
                member_id: target.member.id,
                account_ids: target.account_ids.clone(),
                status,
                reason: reason.clone(),
            });
            let notices = self.notices_of_standing(bearer, &target, status, reason.clone()).await?;
            changed.push(self.change_member(bearer, target, action, notices, origin).await?);
        }
        Ok(changed)
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
                let community = membership.community;
                let member = members::find(conn, community.id, member_id)?.ok_or(ServiceError::NotFound)?;
                let accounts = accounts::of_members(conn, community.id, &[member_id])?;
                let account_ids = accounts.iter().map(|account| account.id).collect();
                let is_namesake = |account: &&Account| *account.name == *member.name;
                let namesakes = accounts.iter().filter(is_namesake).map(|account| account.id).collect();
                Ok(Target { community, member, account_ids, namesakes })
            })
            .await
    }

    /// Whom to tell of a change of a member: those who operate it, and where it is about who runs the community, its
    /// other admins.
    async fn notices_of_member(
        &self,
        bearer: &Bearer,
        target: &Target,
        event: SecurityEvent,
        role: Option<Role>,
    ) -> Result<Vec<CommandNotice>, ServiceError> {
        let (mut outbox, now, user_id) = (self.outbox(), self.now(), bearer.authority.user_id);
        let (community, member) = (target.community.clone(), target.member.clone());
        let letter = move |event, community: &Community| {
            Letter::security_notice(event, now, Some(Plain::from(community.name.as_str())))
        };
        let read = move |conn: &mut Conn| {
            let told = letter(event, &community);
            let mut notices = outbox.notices_to_member(conn, &community, member.id, &told)?;
            if member.role == Role::Admin || role == Some(Role::Admin) {
                let told = letter(SecurityEvent::AdminsChanged, &community);
                notices.extend(outbox.notices_to_admins(
                    conn,
                    &community,
                    user_id,
                    (NoticeOf::Done, &told),
                )?);
            }
            Ok::<_, StorageError>(notices)
        };
        Ok(self.ledger.read(read).await?)
    }

    /// Those who operate a member are told that it has another name: others see it, on receipts of earlier payments, too. The same
    /// name once more is no news.
    async fn notices_of_rename(
        &self,
        target: &Target,
        before: &str,
    ) -> Result<Vec<CommandNotice>, ServiceError> {
        let (community, member) = (target.community.clone(), target.member.clone());
        if member.name == before {
            return Ok(Vec::new());
        }
        let letter = Letter::MemberRenamed {
            community: Plain::from(community.name.as_str()),
            before: Plain::from(before),
            after: Plain::from(member.name.as_str()),
        };
        let mut outbox = self.outbox();
        let read = move |conn: &mut Conn| outbox.notices_to_member(conn, &community, member.id, &letter);
        Ok(self.ledger.read(read).await?)
    }

    /// Whom to tell where a member stands from now on, and why: those who operate it, the community's admins when it begins to
    /// leave or stays after all, and when it is an admin whoever else runs the community.
    async fn notices_of_standing(
        &self,
        bearer: &Bearer,
        target: &Target,
        status: MemberStatus,
        reason: String,
    ) -> Result<Vec<CommandNotice>, ServiceError> {
        let (mut outbox, now, user_id) = (self.outbox(), self.now(), bearer.authority.user_id);
        let (community, member) = (target.community.clone(), target.member.clone());
        let event = standing_event(member.status, status);
        let told = standing_letter(&community, &member.name, event, reason);
        let concerns_admins = matches!(event, StandingEvent::Leaving | StandingEvent::Stays);
        let read = move |conn: &mut Conn| {
            let mut notices = outbox.notices_to_member(conn, &community, member.id, &told)?;
            let name = Plain::from(community.name.as_str());
            let changed = Letter::security_notice(SecurityEvent::AdminsChanged, now, Some(name));
            let to_admins = match (member.role, concerns_admins) {
                (Role::Admin, _) => Some(&changed),
                (_, true) => Some(&told),
                (_, false) => None,
            };
            if let Some(letter) = to_admins {
                let about = (NoticeOf::Done, letter);
                notices.extend(outbox.notices_to_admins(conn, &community, user_id, about)?);
            }
            Ok::<_, StorageError>(notices)
        };
        Ok(self.ledger.read(read).await?)
    }

    async fn change_member(
        &self,
        bearer: &Bearer,
        target: Target,
        action: Action,
        notices: Vec<CommandNotice>,
        origin: &Origin,
    ) -> Result<Member, ServiceError> {
        match self.command(bearer, target.community.id, action, notices, origin).await? {
            Outcome::Member(Operator { status, role, .. }) => Ok(Member { status, role, ..target.member }),
            other => Err(unexpected("a change of a member", &other)),
        }
    }
}

/// What people are told of a member that stood so and stands so from now on.
const fn standing_event(before: MemberStatus, after: MemberStatus) -> StandingEvent {
    match (before, after) {
        (_, MemberStatus::Frozen) => StandingEvent::Frozen,
        (_, MemberStatus::Closed) => StandingEvent::Closed,
        (_, MemberStatus::Leaving) => StandingEvent::Leaving,
        (MemberStatus::Leaving, MemberStatus::Applied | MemberStatus::Active) => StandingEvent::Stays,
        (_, MemberStatus::Applied | MemberStatus::Active) => StandingEvent::Thawed,
    }
}

/// A letter about where a member stands.
pub(super) fn standing_letter(
    community: &Community,
    member: &str,
    event: StandingEvent,
    reason: String,
) -> Letter {
    Letter::Standing(StandingNotice {
        event,
        community: Plain::from(community.name.as_str()),
        member: Plain::from(member),
        reason: Plain::from(reason),
        date: None,
        amount: None,
        account: None,
    })
}
