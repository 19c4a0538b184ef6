//! Groups of members, and what kind of member each is: what policies tell members apart by.

use super::accounts::check_reason;
use super::audit::Origin;
use super::caller::require_right;
use super::{Fault, ServiceError, Services, read_name, taken_is_conflict};
use crate::auth::tokens::Bearer;
use crate::domain::groups::{GROUP_NAME_CHARS_MAX, GROUPS_MAX, MemberClass, MemberGroup, MemberKind};
use crate::domain::ids::{CommunityId, GroupId, MemberId};
use crate::domain::policy::Right;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::storage::{Conn, StorageError, accounts, approvals, fund, groups, limits, members};

/// What an admin says of a member.
#[derive(Debug, Clone)]
pub struct NewClass {
    /// The kind's name.
    pub kind: String,
    /// The group's id; none for no group.
    pub group: Option<String>,
    /// Why.
    pub reason: String,
}

/// What policies know of a member, with the group's name.
#[derive(Debug, Clone)]
pub struct ClassifiedMember {
    /// What they know.
    pub class: MemberClass,
    /// The group.
    pub group: Option<MemberGroup>,
}

impl Services {
    /// A community's groups, in the order of their names. For its admins.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer does not belong to it; [`Refusal::Forbidden`] when they are no admin.
    pub async fn groups(&self, bearer: &Bearer, code: String) -> Result<Vec<MemberGroup>, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        let read = move |conn: &mut Conn| {
            let community = require_right(conn, &caller, &code, Right::SetGroups, now)?;
            Ok(groups::all(conn, community.id)?)
        };
        self.ledger.read(read).await
    }

    /// Makes a group. For admins.
    ///
    /// # Errors
    /// What is wrong with the name; [`Refusal::Conflict`] where another group has it, or there are as many as there may be.
    pub async fn create_group(
        &self,
        bearer: &Bearer,
        code: String,
        name: &str,
        origin: &Origin,
    ) -> Result<MemberGroup, ServiceError> {
        let name = read_group_name(name)?;
        let id = GroupId::from_uuid(self.fresh_uuid());
        self.note_origin(origin).await?;
        let note = self.note("group.created", bearer.authority.user_id, &name, origin).about(id.uuid());
        let (now, caller) = (self.now(), bearer.clone());
        self.settle(move |conn: &mut Conn| {
            let community = require_right(conn, &caller, &code, Right::SetGroups, now)?;
            let count = i64::try_from(groups::all(conn, community.id)?.len()).unwrap_or(i64::MAX);
            if count >= GROUPS_MAX {
                return Err(Refusal::Conflict(ConflictReason::TooMany).into());
            }
            let group = MemberGroup { id, name, members: 0 };
            groups::insert(conn, community.id, &group, now)?;
            note.write(conn, community.id)?;
            Ok(group)
        })
        .await
        .map_err(taken_is_conflict)
    }

    /// Gives a group another name. For admins.
    ///
    /// # Errors
    /// As [`Services::create_group`]; [`ServiceError::NotFound`] where there is no such group.
    pub async fn rename_group(
        &self,
        bearer: &Bearer,
        code: String,
        id: GroupId,
        name: &str,
        origin: &Origin,
    ) -> Result<MemberGroup, ServiceError> {
        let name = read_group_name(name)?;
        self.note_origin(origin).await?;
        let note = self.note("group.renamed", bearer.authority.user_id, &name, origin).about(id.uuid());
        let (now, caller) = (self.now(), bearer.clone());
        self.settle(move |conn: &mut Conn| {
            let community = require_right(conn, &caller, &code, Right::SetGroups, now)?;
            let group = find_group(conn, community.id, id)?;
            groups::rename(conn, community.id, id, &name)?;
            note.write(conn, community.id)?;
            Ok(MemberGroup { name, ..group })
        })
        .await
        .map_err(taken_is_conflict)
    }

    /// Deletes a group in which nobody is and which neither the limit policy nor the fund's income names, nor one that waits for
    /// another admin. For admins.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such group; [`Refusal::Conflict`] where it is in use.
    pub async fn delete_group(
        &self,
        bearer: &Bearer,
        code: String,
        id: GroupId,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        self.note_origin(origin).await?;
        let note = self.note("group.deleted", bearer.authority.user_id, "", origin).about(id.uuid());
        let (now, caller) = (self.now(), bearer.clone());
        self.settle(move |conn: &mut Conn| {
            let community = require_right(conn, &caller, &code, Right::SetGroups, now)?;
            let group = find_group(conn, community.id, id)?;
            let policy = limits::newest(conn, community.id)?;
            let is_named = policy.is_some_and(|adopted| adopted.policy.names_group(id));
            let is_wanted = approvals::pending_names_group(conn, community.id, id, now)?;
            if group.members > 0 || is_named || is_wanted || fund::names_group(conn, community.id, id)? {
                return Err(Refusal::Conflict(ConflictReason::GroupInUse).into());
            }
            groups::delete(conn, community.id, id)?;
            note.write(conn, community.id)?;
            Ok(())
        })
        .await
    }

    /// What policies know of a member. For admins.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such member; [`Refusal::Forbidden`] when the bearer is no admin.
    pub async fn member_class(
        &self,
        bearer: &Bearer,
        code: String,
        member_id: MemberId,
    ) -> Result<ClassifiedMember, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        let read = move |conn: &mut Conn| {
            let community = require_right(conn, &caller, &code, Right::SetGroups, now)?;
            members::find(conn, community.id, member_id)?.ok_or(ServiceError::NotFound)?;
            let class = groups::class_of(conn, community.id, member_id)?;
            Ok(with_group(conn, community.id, class)?)
        };
        self.ledger.read(read).await
    }

    /// Says what kind of member it is and in which group. For admins. Its limits follow at once.
    ///
    /// # Errors
    /// Everything that is wrong with it; [`ServiceError::NotFound`] where there is no such member.
    pub async fn classify_member(
        &self,
        bearer: &Bearer,
        code: String,
        member_id: MemberId,
        new: NewClass,
        origin: &Origin,
    ) -> Result<ClassifiedMember, ServiceError> {
        self.note_origin(origin).await?;
        let note = self.note("member.class", bearer.authority.user_id, &new.reason, origin);
        let (now, caller) = (self.now(), bearer.clone());
        let (community_id, account_ids, classified) = self
            .settle(move |conn: &mut Conn| {
                let community = require_right(conn, &caller, &code, Right::SetGroups, now)?;
                members::find(conn, community.id, member_id)?.ok_or(ServiceError::NotFound)?;
                let class = parse(&groups::all(conn, community.id)?, member_id, &new)?;
                let before = groups::class_of(conn, community.id, member_id)?;
                groups::classify(conn, community.id, &class)?;
                let note = note.about(member_id.uuid()).changing(class_json(&before), class_json(&class));
                note.write(conn, community.id)?;
                let accounts = accounts::of_members(conn, community.id, &[member_id])?;
                let account_ids: Vec<_> = accounts.iter().map(|account| account.id).collect();
                Ok((community.id, account_ids, with_group(conn, community.id, class)?))
            })
            .await?;
        for account_id in account_ids {
            self.follow_limit_policy(community_id, account_id).await?;
        }
        Ok(classified)
    }
}

fn parse(known: &[MemberGroup], member_id: MemberId, new: &NewClass) -> Result<MemberClass, ServiceError> {
    let mut faults: Vec<_> = check_reason(&new.reason).err().into_iter().collect();
    let kind = MemberKind::from_name(&new.kind);
    if kind.is_none() {
        faults.push(Fault::new("/kind", "unknown_value", "must be person or business"));
    }
    let named = new.group.as_deref().map(|id| known.iter().find(|group| group.id.to_string() == *id));
    if matches!(named, Some(None)) {
        faults.push(Fault::new("/group", "unknown_value", "is no group of the community"));
    }
    match kind {
        Some(kind) if faults.is_empty() => {
            Ok(MemberClass { member_id, kind, group_id: named.flatten().map(|group| group.id) })
        }
        _ => Err(ServiceError::Invalid(faults)),
    }
}

fn read_group_name(name: &str) -> Result<String, ServiceError> {
    let mut faults = Vec::new();
    let name = read_name("/name", name, GROUP_NAME_CHARS_MAX, &mut faults);
    if faults.is_empty() { Ok(name) } else { Err(ServiceError::Invalid(faults)) }
}

fn find_group(conn: &mut Conn, community_id: CommunityId, id: GroupId) -> Result<MemberGroup, ServiceError> {
    let all = groups::all(conn, community_id)?;
    all.into_iter().find(|group| group.id == id).ok_or(ServiceError::NotFound)
}

fn with_group(
    conn: &mut Conn,
    community_id: CommunityId,
    class: MemberClass,
) -> Result<ClassifiedMember, StorageError> {
    let all = groups::all(conn, community_id)?;
    let group = class.group_id.and_then(|id| all.into_iter().find(|group| group.id == id));
    Ok(ClassifiedMember { class, group })
}

/// For the audit log: ids and names of kinds, nothing that anyone chose freely. Groups' names stand as its reasons.
fn class_json(class: &MemberClass) -> String {
    let group_id = class.group_id.map_or_else(|| "null".to_owned(), |id| format!("\"{id}\""));
    format!(r#"{{"kind":"{}","group_id":{group_id}}}"#, class.kind.name())
}
