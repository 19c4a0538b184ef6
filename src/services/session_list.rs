//! A user's sessions: seeing them, and ending them one by one or all.

use tokio::task::JoinSet;

use super::audit::{self, NewUserAudit, Origin};
use super::caller::require_live_session;
use super::cursors::{cut, page_length};
use super::notices;
use super::{Page, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::command::{Action, Command, EndSession};
use crate::domain::ids::{CommunityId, PasskeyId, SessionId, UserId};
use crate::domain::time::Timestamp;
use crate::mail::SecurityEvent;
use crate::storage::{Conn, StorageError, communities, oauth, sessions};

pub use crate::storage::sessions::ListedSession;

/// How much longer than its last access token an ended session is remembered, in seconds.
const FORGET_MARGIN_SECONDS: i64 = 60;
/// The most characters that are kept of what a device calls itself.
const DEVICE_CHARS_MAX: usize = 120;
/// The name of the list in its cursors.
const LIST: &str = "sessions";

/// What a device calls itself, shortened, in plain characters: it is shown to people, and anybody can send it.
fn clean_device(user_agent: &str) -> String {
    let plain = user_agent.chars().filter(|character| matches!(character, ' '..='~')).take(DEVICE_CHARS_MAX);
    plain.collect::<String>().trim().to_owned()
}

impl Origin {
    /// What the client's device calls itself.
    pub(super) fn device(&self) -> String {
        clean_device(self.user_agent.as_deref().unwrap_or_default())
    }
}

impl Services {
    /// The bearer's living sessions, newest first, and which one is the bearer's own.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] when the bearer's has ended.
    pub async fn sessions(
        &self,
        bearer: &Bearer,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> Result<Page<ListedSession>, ServiceError> {
        let length = page_length(limit)?;
        let context = format!("{LIST}|{}", bearer.authority.user_id);
        let before = match cursor {
            Some(cursor) => self.cursors.decode(&context, &cursor)?.parse().ok(),
            None => None,
        };
        let (now, caller) = (self.now(), bearer.clone());
        let used_after = now.plus_seconds(-self.sessions.idle_seconds);
        let mut items = self
            .ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let user_id = caller.authority.user_id;
                Ok::<_, ServiceError>(sessions::living(conn, user_id, before, used_after, now, length + 1)?)
            })
            .await?;
        let has_more = cut(&mut items, length);
        let last = items.last().filter(|_| has_more);
        let next_cursor = last.map(|session| self.cursors.encode(&context, &session.id.to_string()));
        Ok(Page { items, next_cursor })
    }

    /// Ends one of the bearer's sessions.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when it is none of the bearer's, or has ended.
    pub async fn end_one_session(
        &self,
        bearer: &Bearer,
        id: SessionId,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        let session = self
            .ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                Ok::<_, ServiceError>(sessions::find(conn, id)?)
            })
            .await?;
        let own = session
            .filter(|session| session.user_id == bearer.authority.user_id && session.ended_at.is_none());
        match own {
            Some(session) => {
                let line = self.own_audit("session.ended", session.user_id, origin);
                self.end_session(session.id, session.user_id, line).await
            }
            None => Err(ServiceError::NotFound),
        }
    }

    /// Ends all of the bearer's sessions but the one that asks.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] when that one has ended.
    pub async fn end_other_sessions(&self, bearer: &Bearer, origin: &Origin) -> Result<(), ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger.read(move |conn| require_live_session(conn, &caller, now)).await?;
        let (user_id, session_id) = (bearer.authority.user_id, bearer.authority.session_id);
        let notice = self.security_notice(SecurityEvent::SessionsEnded);
        let mut line = self.own_audit("sessions.ended", user_id, origin);
        line.session_id = Some(session_id);
        self.end_sessions_with(user_id, Some(session_id), move |conn| {
            audit::record(conn, &line)?;
            notices::queue(conn, user_id, notice)
        })
        .await
    }

    /// Ends a session everywhere: in the order of each of the user's communities, then in the table of sessions, so that
    /// a caller whose request was cut off halfway can repeat it, and last in communities in which the user got a place
    /// in between. The audit log gets its line with the table.
    pub(super) async fn end_session(
        &self,
        session_id: SessionId,
        user_id: UserId,
        line: NewUserAudit,
    ) -> Result<(), ServiceError> {
        let places = self.end_in_communities(user_id, vec![session_id], &[]).await?;
        let now = self.now();
        let line = NewUserAudit { session_id: Some(session_id), ..line };
        self.ledger
            .write(move |conn| {
                let is_first = sessions::end(conn, session_id, now)?;
                if is_first { audit::record(conn, &line) } else { Ok(()) }
            })
            .await?;
        self.end_in_communities(user_id, vec![session_id], &places).await.map(drop)
    }

    /// Ends a user's sessions but for `keep`, everywhere: also those of apps and of browsers. `work`, which may put
    /// mails into the outbox, happens in the transaction that ends them. They end
    /// in the communities' orders first, so that a cut-off request can be repeated; then in the table; and last in the
    /// communities again for those that began, or that the user got a place in, in between.
    pub(super) async fn end_sessions_with<T: Send + 'static>(
        &self,
        user_id: UserId,
        keep: Option<SessionId>,
        work: impl FnOnce(&mut Conn) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, ServiceError> {
        let used_after = self.oldest_living_token();
        let first = self
            .ledger
            .read(move |conn| sessions::with_living_tokens(conn, user_id, keep, used_after))
            .await?;
        let places = self.end_in_communities(user_id, first.clone(), &[]).await?;
        let now = self.now();
        let (result, second) = self
            .write_with_mail(move |conn| {
                let result = work(conn)?;
                let second = sessions::with_living_tokens(conn, user_id, keep, used_after)?;
                sessions::end_all(conn, user_id, keep, now)?;
                // What was allowed a moment ago begins no session any more.
                oauth::codes::void(conn, user_id)?;
                Ok((result, second))
            })
            .await?;
        let late: Vec<_> = second.into_iter().filter(|id| !first.contains(id)).collect();
        self.end_in_communities(user_id, first, &places).await?;
        self.end_in_communities(user_id, late, &[]).await?;
        Ok(result)
    }

    /// Ends a user's sessions but for `keep` that were begun with a passkey, everywhere, in the same order of things.
    /// `work` happens in the transaction that ends them.
    pub(super) async fn end_sessions_of_passkey<T: Send + 'static>(
        &self,
        user_id: UserId,
        passkey_id: PasskeyId,
        keep: SessionId,
        work: impl FnOnce(&mut Conn) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, ServiceError> {
        let begun = move |conn: &mut Conn| sessions::begun_with(conn, user_id, passkey_id, keep);
        let first = self.ledger.read(begun).await?;
        let places = self.end_in_communities(user_id, first.clone(), &[]).await?;
        let now = self.now();
        let (result, second) = self
            .write_with_mail(move |conn| {
                let result = work(conn)?;
                let second = begun(conn)?;
                sessions::end_begun_with(conn, user_id, passkey_id, keep, now)?;
                Ok((result, second))
            })
            .await?;
        let late = second.into_iter().filter(|id| !first.contains(id)).collect();
        self.end_in_communities(user_id, first, &places).await?;
        self.end_in_communities(user_id, late, &[]).await?;
        Ok(result)
    }

    /// When the oldest access token was issued that may live now.
    pub(super) fn oldest_living_token(&self) -> Timestamp {
        self.now().plus_seconds(-self.tokens.life_seconds() - FORGET_MARGIN_SECONDS)
    }

    /// Ends sessions in the order of each of the user's communities but those where it is `done`. Gives all of the
    /// user's communities.
    async fn end_in_communities(
        &self,
        user_id: UserId,
        session_ids: Vec<SessionId>,
        done: &[CommunityId],
    ) -> Result<Vec<CommunityId>, ServiceError> {
        if session_ids.is_empty() {
            return Ok(done.to_vec());
        }
        let all = self.ledger.read(move |conn| communities::all_ids_of_user(conn, user_id)).await?;
        let due = all.iter().copied().filter(|id| !done.contains(id)).collect();
        self.end_in(due, session_ids).await?;
        Ok(all)
    }

    /// Ends sessions in the order of each of these communities, all at once, so that they share batches.
    pub(super) async fn end_in(
        &self,
        community_ids: Vec<CommunityId>,
        session_ids: Vec<SessionId>,
    ) -> Result<(), ServiceError> {
        let forget_at = self.now().plus_seconds(self.tokens.life_seconds() + FORGET_MARGIN_SECONDS);
        let mut ending = JoinSet::new();
        for community_id in community_ids {
            for session_id in session_ids.iter().copied() {
                let action = Action::EndSession(EndSession { session_id, forget_at });
                let command = Command::by_service(community_id, action);
                let ledger = self.ledger.clone();
                ending.spawn(async move { ledger.submit(command).await });
            }
        }
        while let Some(ended) = ending.join_next().await {
            ended.map_err(|error| ServiceError::Internal(error.to_string()))??;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_plain_and_short() {
        assert_eq!(clean_device("  Mozilla/5.0 (X11; Linux)\r\n "), "Mozilla/5.0 (X11; Linux)");
        assert_eq!(clean_device("a\u{202e}b\u{0}c<é>\u{7f}"), "abc<>");
        assert_eq!(clean_device(&"x".repeat(1_000)).len(), DEVICE_CHARS_MAX);
    }
}
