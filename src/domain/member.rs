//! Members: a person's or business's place in one community.

use super::coded::coded_enum;
use super::ids::MemberId;

coded_enum! {
    /// Where a member stands in the community's life.
    MemberStatus {
        /// Has asked to join.
        Applied = 1 "applied",
        /// Takes part.
        Active = 2 "active",
        /// Kept from paying and being paid for a while.
        Frozen = 3 "frozen",
        /// On the way out.
        Leaving = 4 "leaving",
        /// Gone.
        Closed = 5 "closed",
    }
}

coded_enum! {
    /// What a member may do in the community.
    Role {
        /// Trades.
        Member = 1 "member",
        /// Also sets limits and lets people in and out.
        Admin = 2 "admin",
        /// Also lets people in, and acts for those who agreed to it.
        Broker = 3 "broker",
    }
}

impl MemberStatus {
    /// Whether someone with this status belongs to the community now, and so sees its insides.
    pub const fn belongs(self) -> bool {
        matches!(self, Self::Active | Self::Frozen | Self::Leaving)
    }

    /// Whether someone with this status may act: pay, or use an admin's rights.
    pub const fn may_act(self) -> bool {
        matches!(self, Self::Active | Self::Leaving)
    }
}

/// One member that a user operates, as the posting rules see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator {
    /// The member.
    pub member_id: MemberId,
    /// The member's status.
    pub status: MemberStatus,
    /// The member's highest role.
    pub role: Role,
}
