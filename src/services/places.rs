//! Before somebody gets a place in a community: the end of their sessions has to come there too.

use super::{ServiceError, Services};
use crate::domain::ids::{CommunityId, UserId};
use crate::storage::{sessions, users};

impl Services {
    /// Lists a community among the user's before the ledger gives them a place there, and ends there what ended of their
    /// sessions while its tokens may still live. Whoever ends a session either finds the community listed, or has
    /// ended the session before this looks: either way the ledger knows of it before it knows of the place. That a
    /// community stays listed where the ledger then gives no place does no harm: only ended sessions are looked up there.
    ///
    /// # Errors
    /// When the database or the ledger fails.
    pub(super) async fn prepare_place(
        &self,
        community_id: CommunityId,
        user_id: UserId,
    ) -> Result<(), ServiceError> {
        self.ledger.write(move |conn| users::join(conn, &[user_id], community_id)).await?;
        self.confirm_place(community_id, user_id).await
    }

    /// Ends in a community what ended of a user's sessions while its tokens may still live. Once more after the ledger
    /// gave the place: somebody who ended a session meanwhile may have been stopped before the end came here.
    ///
    /// # Errors
    /// When the database or the ledger fails.
    pub(super) async fn confirm_place(
        &self,
        community_id: CommunityId,
        user_id: UserId,
    ) -> Result<(), ServiceError> {
        let after = self.oldest_living_token();
        let ended = self.ledger.read(move |conn| sessions::ended_after(conn, user_id, after)).await?;
        self.end_in(vec![community_id], ended).await
    }
}
