//! Where a community's order stands.

use super::chain::{Hash, genesis};
use super::ids::CommunityId;
use super::time::Timestamp;

/// A community's newest state of order: the row whose lock, or whose version, makes postings serial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The community.
    pub community_id: CommunityId,
    /// Rises with every written batch.
    pub version: i64,
    /// The number of records on the chain.
    pub seq: i64,
    /// The chain's hash after the last of them.
    pub hash: Hash,
    /// The number of events.
    pub event_seq: i64,
    /// The number of transfers.
    pub transfers: i64,
    /// The number of entries.
    pub entries: i64,
    /// The number of accounts opened, the community's own among them.
    pub accounts: i64,
    /// The time of the last record. Times never run backwards along `seq`.
    pub last_at: Timestamp,
}

impl Head {
    /// The head of a community in which nothing has happened.
    pub fn new(community_id: CommunityId, now: Timestamp) -> Self {
        Self {
            community_id,
            version: 0,
            seq: 0,
            hash: genesis(community_id),
            event_seq: 0,
            transfers: 0,
            entries: 0,
            accounts: 0,
            last_at: now,
        }
    }
}
