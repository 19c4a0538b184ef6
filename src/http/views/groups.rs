//! Groups of members.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::groups::MemberGroup;
use crate::services::groups::ClassifiedMember;

/// A group of members.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemberGroup)]
pub struct GroupOfMembersView {
    /// Its id.
    id: Uuid,
    /// Its name.
    #[schema(example = "Founders")]
    name: String,
    /// How many members are in it.
    #[schema(example = 7)]
    members: i64,
}

/// A community's groups.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemberGroupList)]
pub struct GroupList {
    /// All of them, in the order of their names.
    data: Vec<GroupOfMembersView>,
}

/// What policies know of a member.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemberClass)]
pub struct MemberClassView {
    /// The member.
    member_id: Uuid,
    /// `person` or `business`.
    #[schema(example = "business")]
    kind: &'static str,
    /// The group; null where the member is in none.
    group: Option<GroupOfMembersView>,
}

impl From<&MemberGroup> for GroupOfMembersView {
    fn from(group: &MemberGroup) -> Self {
        Self { id: group.id.uuid(), name: group.name.clone(), members: group.members }
    }
}

impl From<&[MemberGroup]> for GroupList {
    fn from(groups: &[MemberGroup]) -> Self {
        Self { data: groups.iter().map(GroupOfMembersView::from).collect() }
    }
}

impl From<&ClassifiedMember> for MemberClassView {
    fn from(classified: &ClassifiedMember) -> Self {
        Self {
            member_id: classified.class.member_id.uuid(),
            kind: classified.class.kind.name(),
            group: classified.group.as_ref().map(GroupOfMembersView::from),
        }
    }
}
