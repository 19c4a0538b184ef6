//! Groups of members, and what kind of member each is: what policies tell members apart by.

use super::coded::coded_enum;
use super::ids::{GroupId, MemberId};

/// The most groups of a community.
pub const GROUPS_MAX: i64 = 100;
/// The most characters of a group's name.
pub const GROUP_NAME_CHARS_MAX: usize = 60;

coded_enum! {
    /// What kind of member it is.
    MemberKind {
        /// Somebody with a life of their own.
        Person = 1 "person",
        /// A shop, a company, a club.
        Business = 2 "business",
    }
}

/// A group of members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberGroup {
    /// Its id.
    pub id: GroupId,
    /// Its name, as no other group of the community has it.
    pub name: String,
    /// How many members are in it.
    pub members: i64,
}

/// What policies know of a member. Whoever nothing was said about is a person in no group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberClass {
    /// The member.
    pub member_id: MemberId,
    /// Its kind.
    pub kind: MemberKind,
    /// Its group.
    pub group_id: Option<GroupId>,
}
