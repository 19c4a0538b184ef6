//! Members and logins.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::accounts::{FullAccount, PublicAccount};
use super::communities::CommunityView;
use crate::domain::member::Role;
use crate::services::communities::DirectoryEntry;
use crate::services::members::Member;
use crate::services::sessions::{Profile, ProfileMembership};

/// A member in the directory.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectoryMember)]
pub struct DirectoryMemberView {
    /// The member's id.
    id: Uuid,
    /// The name people read.
    #[schema(example = "Ada Brook")]
    name: String,
    /// Where they stand: `active`, `frozen` or `leaving`; `closed` where an admin asked for those.
    #[schema(example = "active")]
    status: &'static str,
    /// What they may do.
    #[schema(example = json!(["member"]))]
    roles: Vec<&'static str>,
    /// Their accounts.
    accounts: Vec<PublicAccount>,
}

impl From<&DirectoryEntry> for DirectoryMemberView {
    fn from(entry: &DirectoryEntry) -> Self {
        Self {
            id: entry.member.id.uuid(),
            name: entry.member.name.clone(),
            status: entry.member.status.name(),
            roles: roles(entry.member.role),
            accounts: entry.accounts.iter().map(PublicAccount::from).collect(),
        }
    }
}

/// A page of members, in the order of joining.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberPage {
    /// The members.
    pub data: Vec<DirectoryMemberView>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}

/// A login.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserView {
    /// Its id.
    id: Uuid,
    /// The e-mail address.
    #[schema(example = "ada@river.example")]
    email: String,
    /// The name people read.
    #[schema(example = "Ada Brook")]
    name: String,
}

/// A member, as the user who operates it sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Member)]
pub struct MemberView {
    /// The member's id.
    id: Uuid,
    /// The name people read.
    #[schema(example = "Ada Brook")]
    name: String,
    /// Where they stand: `applied`, `active`, `frozen`, `leaving` or `closed`.
    #[schema(example = "active")]
    status: &'static str,
    /// What they may do.
    #[schema(example = json!(["member", "admin"]))]
    roles: Vec<&'static str>,
}

impl From<&Member> for MemberView {
    fn from(member: &Member) -> Self {
        Self {
            id: member.id.uuid(),
            name: member.name.clone(),
            status: member.status.name(),
            roles: roles(member.role),
        }
    }
}

/// A user's place in a community.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Membership)]
pub struct MembershipView {
    /// The community.
    community: CommunityView,
    /// The member there.
    member: MemberView,
    /// The member's accounts.
    accounts: Vec<FullAccount>,
    /// The version of the community's terms that is to be accepted; null where there is nothing to accept.
    #[schema(example = json!(null))]
    agreement_due: Option<i64>,
}

/// Who is signed in, with their places in all communities.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Me)]
pub struct MeView {
    /// The login.
    user: UserView,
    /// One for each member that the user operates.
    memberships: Vec<MembershipView>,
}

impl From<&Profile> for MeView {
    fn from(profile: &Profile) -> Self {
        Self {
            user: UserView {
                id: profile.user.id.uuid(),
                email: profile.user.email.clone(),
                name: profile.user.name.clone(),
            },
            memberships: profile.memberships.iter().map(MembershipView::from).collect(),
        }
    }
}

impl From<&ProfileMembership> for MembershipView {
    fn from(membership: &ProfileMembership) -> Self {
        let member = &membership.member;
        Self {
            community: CommunityView::from(&membership.community),
            member: MemberView::from(member),
            accounts: membership
                .accounts
                .iter()
                .map(|account| FullAccount::new(&membership.community, account))
                .collect(),
            agreement_due: membership.agreement_due,
        }
    }
}

fn roles(role: Role) -> Vec<&'static str> {
    match role {
        Role::Member => vec![Role::Member.name()],
        Role::Broker | Role::Admin => vec![Role::Member.name(), role.name()],
    }
}
