//! How people come into a community: what it chose, and where applications and invitations stand.

use super::coded::coded_enum;

coded_enum! {
    /// Who may ask to join.
    Joining {
        /// Anyone.
        Open = 1 "open",
        /// Whoever was invited.
        Invitation = 2 "invitation",
        /// Whoever an admin invited.
        Closed = 3 "closed",
    }
}

coded_enum! {
    /// Where an application stands.
    ApplicationState {
        /// Nobody has shown yet that the address is theirs.
        Unconfirmed = 1 "unconfirmed",
        /// For the admins to decide.
        Waiting = 2 "waiting",
        /// An admin lets the applicant in just now; the ledger has the last word.
        Admitting = 3 "admitting",
        /// Let in.
        Approved = 4 "approved",
        /// Not let in.
        Refused = 5 "refused",
    }
}

coded_enum! {
    /// Where an invitation stands.
    InvitationState {
        /// Sent, and not answered yet.
        Pending = 1 "pending",
        /// The invited person applied with it.
        Accepted = 2 "accepted",
        /// Taken back, or overtaken by time and a newer one.
        Revoked = 3 "revoked",
    }
}

/// What a community chose. One that never chose lets nobody ask whom its admins did not invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JoiningPolicy {
    /// Who may ask to join.
    pub joining: Joining,
    /// Whether members may invite, where the community is not closed.
    pub members_may_invite: bool,
    /// Rises with every change.
    pub version: i64,
}

impl Default for JoiningPolicy {
    fn default() -> Self {
        Self { joining: Joining::Closed, members_may_invite: false, version: 1 }
    }
}

impl JoiningPolicy {
    /// Whether an invitation of this kind lets its bearer ask to join.
    pub const fn takes_invitation(self, is_by_admin: bool) -> bool {
        is_by_admin || !matches!(self.joining, Joining::Closed)
    }

    /// Whether a member who is no admin may invite.
    pub const fn lets_members_invite(self) -> bool {
        self.members_may_invite && !matches!(self.joining, Joining::Closed)
    }

    /// The policy as JSON, for the audit log.
    pub fn to_json(self) -> String {
        let Self { joining, members_may_invite, .. } = self;
        format!(r#"{{"joining":"{}","members_may_invite":{members_may_invite}}}"#, joining.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_community_takes_admins_invitations_only() {
        for joining in Joining::ALL.iter().copied() {
            for members_may_invite in [false, true] {
                let policy = JoiningPolicy { joining, members_may_invite, version: 1 };
                let is_closed = joining == Joining::Closed;
                assert!(policy.takes_invitation(true));
                assert_eq!(policy.takes_invitation(false), !is_closed);
                assert_eq!(policy.lets_members_invite(), members_may_invite && !is_closed);
            }
        }
        assert_eq!(JoiningPolicy::default().to_json(), r#"{"joining":"closed","members_may_invite":false}"#);
    }
}
