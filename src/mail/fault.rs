//! Why a mail could not be sent, and whether it makes sense to try again.

use thiserror::Error;

/// Why a mail could not be sent. Its text is stored and shown to admins: it holds no address, no name and nothing
/// that a mail server said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MailFault {
    /// There is no mail server in the settings.
    #[error("no mail server is configured")]
    NotConfigured,
    /// The stored letter cannot be read.
    #[error("the stored mail is damaged")]
    Damaged,
    /// It waited too long to be of use.
    #[error("it could not be sent before its link expired")]
    Expired,
    /// The process stopped in the middle of each attempt.
    #[error("the last attempt was interrupted")]
    Interrupted,
    /// The address is none.
    #[error("the address is malformed")]
    BadAddress,
    /// The mail server will never take it.
    #[error("the mail server refused it ({0})")]
    Refused(u16),
    /// The mail server will not take it now.
    #[error("the mail server refused it for now ({0})")]
    RefusedForNow(u16),
    /// The mail server does not accept our login.
    #[error("the mail server did not accept the service's login ({0})")]
    LoginRefused(u16),
    /// No connection, or it was lost.
    #[error("the mail server could not be reached")]
    Unreachable,
    /// No answer in time.
    #[error("the mail server did not answer in time")]
    TimedOut,
    /// TLS could not be agreed on.
    #[error("no secure connection to the mail server: its certificate or its TLS is not acceptable")]
    Insecure,
    /// What was answered makes no sense, or something that is needed is not on offer.
    #[error("the mail server does not offer what the settings ask for")]
    Incompatible,
    /// The mail folder cannot be written.
    #[error("the mail folder cannot be written")]
    Folder,
}

impl MailFault {
    /// Whether another attempt would fail as well.
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::NotConfigured
                | Self::Damaged
                | Self::Expired
                | Self::Interrupted
                | Self::BadAddress
                | Self::Refused(_)
        )
    }

    /// Whether it would go the same way with every other mail now.
    pub const fn concerns_all(self) -> bool {
        matches!(
            self,
            // 421: the service is not available and closes the connection (RFC 5321 section 3.8).
            Self::RefusedForNow(421)
                | Self::LoginRefused(_)
                | Self::Unreachable
                | Self::TimedOut
                | Self::Insecure
                | Self::Incompatible
                | Self::Folder
        )
    }
}
