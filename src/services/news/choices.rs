//! What each user chose.

use crate::auth::tokens::Bearer;
use crate::domain::community::Community;
use crate::domain::notifications::{Cadence, Topic};
use crate::services::caller::{require_live_session, require_membership};
use crate::services::communities::find_community;
use crate::services::{ServiceError, Services};
use crate::storage::notifications::{self, Choice};
use crate::storage::{Conn, StorageError, communities};

/// What a user is told of one community.
#[derive(Debug, Clone)]
pub struct CommunityChoices {
    /// The community.
    pub community: Community,
    /// How soon, for every topic.
    pub cadences: Vec<(Topic, Cadence)>,
}

/// What a user chooses.
#[derive(Debug, Clone)]
pub struct NewChoices {
    /// The community's code.
    pub community: String,
    /// For which topics.
    pub cadences: Vec<(Topic, Cadence)>,
}

impl Services {
    /// What the bearer chose, for each of their communities.
    ///
    /// # Errors
    /// When the session is over.
    pub async fn notification_choices(&self, bearer: &Bearer) -> Result<Vec<CommunityChoices>, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let mut all = Vec::new();
                for id in communities::ids_of_user(conn, caller.authority.user_id)? {
                    let Some(community) = communities::find(conn, id)? else { continue };
                    let Ok(membership) = require_membership(conn, community, &caller.authority) else {
                        continue;
                    };
                    all.push(read(conn, &caller, membership.community)?);
                }
                Ok(all)
            })
            .await
    }

    /// Chooses, for one community. What is not named stays.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where the bearer does not belong.
    pub async fn choose_notifications(
        &self,
        bearer: &Bearer,
        new: NewChoices,
    ) -> Result<CommunityChoices, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        let code = new.community;
        let community = self
            .ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let community = find_community(conn, &code)?;
                let membership = require_membership(conn, community, &caller.authority)?;
                Ok::<_, ServiceError>(membership.community)
            })
            .await?;
        let (community_id, user_id) = (community.id, bearer.authority.user_id);
        let write = move |conn: &mut Conn| {
            for (topic, cadence) in &new.cadences {
                let choice = Choice { topic: *topic, cadence: *cadence, chosen_at: now };
                notifications::choose(conn, community_id, user_id, choice)?;
            }
            Ok(())
        };
        self.ledger.write(write).await?;
        let caller = bearer.clone();
        Ok(self.ledger.read(move |conn| read(conn, &caller, community)).await?)
    }
}

fn read(conn: &mut Conn, caller: &Bearer, community: Community) -> Result<CommunityChoices, StorageError> {
    let user_id = caller.authority.user_id;
    let chosen = notifications::choices(conn, community.id, &[user_id])?.remove(&user_id).unwrap_or_default();
    let cadence = |topic: Topic| {
        let own = chosen.iter().find(|choice| choice.topic == topic);
        (topic, own.map_or(topic.default_cadence(), |choice| choice.cadence))
    };
    Ok(CommunityChoices { community, cadences: Topic::ALL.iter().copied().map(cadence).collect() })
}
