//! The mails of joining, put into the outbox by the transaction that is their reason.

use crate::auth::one_time::OneTimeToken;
use crate::domain::community::Community;
use crate::domain::ids::{IdSource, MailId, UserId};
use crate::domain::language::Language;
use crate::domain::time::Timestamp;
use crate::mail::{self, Letter};
use crate::services::mailing::{self, Addressee, NewMail};
use crate::services::{ServiceError, Services};
use crate::storage::{Conn, StorageError, members, users};

/// The most admins who are told of one application.
const ADMINS_TOLD_MAX: i64 = 20;

/// Writes letters inside a transaction.
pub struct Outbox {
    ids: Box<dyn IdSource + Send>,
    now: Timestamp,
}

impl Services {
    /// What writes letters with ids of their own.
    pub(super) fn outbox(&self) -> Outbox {
        Outbox { ids: (self.ids)(), now: self.now() }
    }
}

impl Outbox {
    /// Writes to an address, on behalf of a community.
    pub fn write(
        &mut self,
        conn: &mut Conn,
        addressee: Addressee,
        letter: Letter,
        useful_until: Option<Timestamp>,
    ) -> Result<(), StorageError> {
        let id = MailId::from_uuid(self.ids.uuid_at(self.now));
        mailing::enqueue(conn, &NewMail { id, addressee, letter, useful_until, written_at: self.now })
    }

    /// Writes to a user, on behalf of a community.
    pub fn write_to_user(
        &mut self,
        conn: &mut Conn,
        community: &Community,
        user_id: UserId,
        letter: Letter,
    ) -> Result<(), StorageError> {
        let Some(user) = users::find(conn, user_id)? else { return Ok(()) };
        let addressee = Addressee {
            address: user.email,
            language: users::language(conn, user_id)?.unwrap_or(Language::English),
            user_id: Some(user_id),
            community_id: Some(community.id),
        };
        self.write(conn, addressee, letter, None)
    }

    /// Writes to a community's admins.
    pub fn write_to_admins(
        &mut self,
        conn: &mut Conn,
        community: &Community,
        letter: &Letter,
    ) -> Result<(), StorageError> {
        for user_id in members::admins(conn, community.id, ADMINS_TOLD_MAX)? {
            self.write_to_user(conn, community, user_id, letter.clone())?;
        }
        Ok(())
    }
}

/// A one-time token in the form in which letters carry it.
pub fn for_letter(token: &OneTimeToken) -> Result<mail::OneTimeToken, ServiceError> {
    mail::OneTimeToken::try_from(token.expose().to_owned())
        .map_err(|error| ServiceError::Internal(error.to_string()))
}
