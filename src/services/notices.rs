//! What people are told about their own login, by mail.

use super::mailing::{self, Addressee, NewMail};
use super::{ServiceError, Services};
use crate::auth::one_time::OneTimeToken;
use crate::domain::ids::{MailId, UserId};
use crate::domain::language::Language;
use crate::domain::time::Timestamp;
use crate::mail::{self, Letter, SecurityEvent};
use crate::storage::{Conn, StorageError, users};

/// A letter to whoever has a login, which is addressed when it is put into the outbox.
pub(super) struct Notice {
    id: MailId,
    letter: Letter,
    useful_until: Option<Timestamp>,
    written_at: Timestamp,
}

impl Services {
    /// That something happened which protects a login, whoever did it.
    pub(super) fn security_notice(&self, event: SecurityEvent) -> Notice {
        let now = self.now();
        self.notice(Letter::security_notice(event, now, None), None)
    }

    /// That somebody asked for a new password. The token lets its bearer choose one until then.
    pub(super) fn reset_notice(
        &self,
        token: &OneTimeToken,
        until: Timestamp,
    ) -> Result<Notice, ServiceError> {
        let token = mail::OneTimeToken::try_from(token.expose().to_owned())
            .map_err(|error| ServiceError::Internal(error.to_string()))?;
        Ok(self.notice(Letter::PasswordReset { token }, Some(until)))
    }

    fn notice(&self, letter: Letter, useful_until: Option<Timestamp>) -> Notice {
        Notice { id: MailId::from_uuid(self.fresh_uuid()), letter, useful_until, written_at: self.now() }
    }
}

/// Puts a notice into the outbox, in the transaction that is its reason, for the login's address and in its language.
/// Who calls it rings for the sender once that is committed.
pub(super) fn queue(conn: &mut Conn, user_id: UserId, notice: Notice) -> Result<(), StorageError> {
    let Some(user) = users::find(conn, user_id)? else { return Ok(()) };
    let Notice { id, letter, useful_until, written_at } = notice;
    let addressee = Addressee {
        address: user.email,
        language: users::language(conn, user_id)?.unwrap_or(Language::English),
        user_id: Some(user_id),
        community_id: None,
    };
    mailing::enqueue(conn, &NewMail { id, addressee, letter, useful_until, written_at })
}
