//! Tickets for browsers, which cannot send a token along when they open a stream: each opens one, for a short time.

use super::Listener;
use crate::auth::one_time::OneTimeToken;
use crate::auth::tokens::Bearer;
use crate::domain::ids::UserId;
use crate::domain::scopes::Scopes;
use crate::domain::time::Timestamp;
use crate::services::caller::require_live_session;
use crate::services::second_factors::random;
use crate::services::{Exhausted, ServiceError, Services};
use crate::storage::one_time_secrets::{self, NewSecret, Purpose};

/// How long a ticket works, in seconds.
pub const TICKET_LIFE_S: i64 = 30;
/// The most tickets of a user that wait to be used.
const TICKETS_EACH_MAX: u32 = 32;

/// A ticket, to be shown once.
#[derive(Debug)]
pub struct EventTicket {
    /// What opens the stream.
    pub token: OneTimeToken,
    /// Until when.
    pub expires_at: Timestamp,
}

impl Services {
    /// A ticket for one stream, which hears what the bearer's token may hear, as long as that lasts.
    ///
    /// # Errors
    /// When too many wait to be used, or the session is over.
    pub async fn issue_event_ticket(&self, bearer: &Bearer) -> Result<EventTicket, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger.read(move |conn| require_live_session(conn, &caller, now)).await?;
        let listener = Listener::from(bearer);
        let token = OneTimeToken::from_random(&random((self.ids)().as_mut()));
        let expires_at = now.plus_seconds(TICKET_LIFE_S);
        let subject_id = listener.user_id.uuid();
        let new = NewSecret {
            hash: token.hash(),
            purpose: Purpose::EventTicket,
            subject_id,
            payload: format_payload(&listener),
            expires_at,
        };
        let write = move |conn: &mut crate::storage::Conn| {
            one_time_secrets::forget_over(conn, Purpose::EventTicket, subject_id, now)?;
            let most = i64::from(TICKETS_EACH_MAX);
            let waiting = one_time_secrets::unused(conn, Purpose::EventTicket, subject_id, most)?;
            let has_room = i64::try_from(waiting.len()).is_ok_and(|waiting| waiting < most);
            if has_room {
                one_time_secrets::add(conn, &new, now)?;
            }
            Ok(has_room)
        };
        if self.ledger.write(write).await? {
            return Ok(EventTicket { token, expires_at });
        }
        Err(ServiceError::RateLimited(Exhausted {
            policy: "event-tickets",
            quota: TICKETS_EACH_MAX,
            window_seconds: TICKET_LIFE_S,
            wait_seconds: TICKET_LIFE_S,
        }))
    }

    /// Who listens with a ticket, which is used up.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] when it does not work, or not any more.
    pub async fn use_event_ticket(&self, text: &str) -> Result<Listener, ServiceError> {
        let hash = OneTimeToken::parse(text).ok_or(ServiceError::Unauthenticated)?.hash();
        let now = self.now();
        let used = self
            .ledger
            .write(move |conn| {
                let found = one_time_secrets::find_live(conn, Purpose::EventTicket, &hash, now)?;
                let is_used = one_time_secrets::consume(conn, Purpose::EventTicket, &hash, now)?;
                Ok(found.filter(|_| is_used))
            })
            .await?;
        let listener =
            used.and_then(|secret| parse_payload(UserId::from_uuid(secret.subject_id), &secret.payload));
        listener.ok_or(ServiceError::Unauthenticated)
    }
}

fn format_payload(listener: &Listener) -> String {
    let Listener { session_id, scopes, is_app, until, .. } = listener;
    format!("{session_id} {} {} {scopes}", until.micros(), u8::from(*is_app))
}

fn parse_payload(user_id: UserId, payload: &str) -> Option<Listener> {
    let mut parts = payload.splitn(4, ' ');
    Some(Listener {
        user_id,
        session_id: parts.next()?.parse().ok()?,
        until: Timestamp::from_micros(parts.next()?.parse().ok()?),
        is_app: parts.next()? == "1",
        scopes: Scopes::parse(parts.next()?),
    })
}
