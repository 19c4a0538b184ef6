//! Communities in which background work failed, passed over for a round so that they hold up no other.

use super::ServiceError;
use crate::domain::causes::with_causes;
use crate::domain::ids::CommunityId;

/// The most communities that one round passes over: with so many, it is no matter of one of them, and the round ends.
const PASSED_OVER_MAX: usize = 1_000;

/// The communities that one round passes over.
#[derive(Debug, Default)]
pub struct PassedOver(Vec<CommunityId>);

impl PassedOver {
    /// Their ids.
    pub(super) fn ids(&self) -> Vec<CommunityId> {
        self.0.clone()
    }

    /// Notes what came of a community's work, which has this name. Whether the round goes on.
    pub(super) fn note(
        &mut self,
        community_id: CommunityId,
        work: &'static str,
        done: Result<(), ServiceError>,
    ) -> bool {
        let Err(error) = done else { return true };
        tracing::error!(community.id = %community_id, "{work} wait: {}", with_causes(&error));
        self.0.push(community_id);
        self.0.len() < PASSED_OVER_MAX
    }

    /// Begins a new round.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}
