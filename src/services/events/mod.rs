//! Telling what happened, to those whom it concerns: from the outbox, which the ledger writes with what it tells of.
//!
//! | file | what lives there |
//! |---|---|
//! | `hub.rs` | who listens to this process, and how far each has heard |
//! | `places.rs` | the ids of events: a place in the order of each of the listener's communities |
//! | `reading.rs` | reading a community's events, for whoever tells of them, and for whom each is |
//! | `rounds.rs` | what is read for those who listen, round by round |
//! | `streams.rs` | one listener's stream: from where it begins, until when it lasts |
//! | `tickets.rs` | tickets for browsers, which cannot send a token along |
//!
//! A stream first reads what it missed, by itself, and joins the others once there is nothing left. From then on one reader
//! in each process looks at the outbox after every commit of its own, and at a short interval for those of other processes,
//! and hands each event to whom it is for. For whom that is, and whether their session still lives, is judged in the same
//! state of the database in which the event is read. Places are assigned under the community's head, so that none is
//! skipped: a listener can go on anywhere, at any process, from the last place it heard of.

mod hub;
mod places;
mod reading;
mod rounds;
mod streams;
mod tickets;

pub use hub::Frame;
pub(super) use hub::Hub;
pub use reading::{Subject, Told};
pub(super) use reading::{scan, tell};
pub use streams::EventStream;
pub use tickets::EventTicket;

use crate::auth::tokens::Bearer;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::scopes::Scopes;
use crate::domain::time::Timestamp;

/// Who listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listener {
    /// The user.
    pub user_id: UserId,
    /// The sign-in, with which the stream ends.
    pub session_id: SessionId,
    /// What may be told.
    pub scopes: Scopes,
    /// Whether it is an app of the user's.
    pub is_app: bool,
    /// When the token ends, and with it the stream.
    pub until: Timestamp,
}

impl From<&Bearer> for Listener {
    fn from(bearer: &Bearer) -> Self {
        Self {
            user_id: bearer.authority.user_id,
            session_id: bearer.authority.session_id,
            scopes: bearer.authority.scopes,
            is_app: bearer.authority.is_app(),
            until: bearer.expires_at,
        }
    }
}
