//! Why a command is refused. The first rule that fails, in the order of the variants here, is the answer.

use super::account::{AccountCode, AccountStatus};
use super::amount::Amount;

/// What could not be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// The community, or the caller's place in it.
    Community,
    /// The paying account.
    Payer,
    /// The paid account.
    Payee,
    /// An account named by itself.
    Account,
    /// A payment.
    Payment,
    /// A member.
    Member,
}

/// Which present state stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConflictReason {
    /// The payment is not authorised (any more).
    NotAuthorised,
    /// The time to capture has passed.
    AuthorisationExpired,
    /// More than was authorised.
    CaptureTooLarge,
    /// Something with this identity exists.
    AlreadyExists,
    /// The account still holds or owes money.
    NotSettled,
    /// An account is still open.
    AccountOpen,
    /// The password is too short to stand without a second factor.
    PasswordTooShort,
    /// The mail was sent.
    MailSent,
    /// The mail held a one-time secret, which was erased when it failed.
    MailErased,
    /// There are as many as there may be.
    TooMany,
    /// Whoever wants to join has to be invited.
    InvitationNeeded,
    /// The application or invitation was settled in another way.
    AlreadySettled,
    /// There is a newer version.
    Outdated,
    /// Nobody else could act for the others in the community.
    LastAdmin,
}

impl ConflictReason {
    /// The stable name in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotAuthorised => "not_authorised",
            Self::AuthorisationExpired => "authorisation_expired",
            Self::CaptureTooLarge => "capture_too_large",
            Self::AlreadyExists => "already_exists",
            Self::NotSettled => "not_settled",
            Self::AccountOpen => "account_open",
            Self::PasswordTooShort => "password_too_short",
            Self::MailSent => "mail_sent",
            Self::MailErased => "mail_erased",
            Self::TooMany => "too_many",
            Self::InvitationNeeded => "invitation_needed",
            Self::AlreadySettled => "already_settled",
            Self::Outdated => "outdated",
            Self::LastAdmin => "last_admin",
        }
    }
}

/// Which of an app's ceilings stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppCeiling {
    /// For each payment.
    Payment,
    /// For all payments of the day.
    Day,
}

impl AppCeiling {
    /// The stable name in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Payment => "app_ceiling_per_payment",
            Self::Day => "app_ceiling_per_day",
        }
    }
}

/// Why nothing was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The key was used for another request. Keys come first of all: a batch that is folded again, because nobody
    /// knows whether it was written, has to find its own answers, also where it ended a session itself.
    KeyReused,
    /// The session behind the command was ended before the command's turn.
    SessionEnded,
    /// Absent, or not for this caller to know of.
    NotFound(Thing),
    /// Known to the caller, but not theirs to do.
    Forbidden,
    /// Theirs to do, once they have proved again who they are.
    StepUpRequired,
    /// More than the member allowed the app to spend. Not final for a key: tomorrow it may fit.
    AppCeiling {
        /// Which ceiling.
        ceiling: AppCeiling,
        /// What was asked, in the community's scale.
        asked: String,
        /// What the app may still spend, in the community's scale.
        left: String,
    },
    /// The object changed since the caller read it.
    PreconditionFailed,
    /// Payer and payee are one.
    SameAccount,
    /// An account takes no part in payments now.
    AccountNotActive {
        /// Which account.
        code: AccountCode,
        /// What it is instead.
        status: AccountStatus,
    },
    /// The state of things does not allow it.
    Conflict(ConflictReason),
    /// The payer would go below the credit limit.
    InsufficientCredit {
        /// What was asked.
        amount: Amount,
        /// What the payer could spend.
        available: Amount,
    },
    /// The payee would go above the ceiling.
    CeilingExceeded,
}

impl Refusal {
    /// Whether this is a business refusal of a well-formed request, final for its idempotency key.
    pub const fn is_final(&self) -> bool {
        match self {
            Self::SessionEnded
            | Self::KeyReused
            | Self::NotFound(_)
            | Self::Forbidden
            | Self::StepUpRequired
            | Self::AppCeiling { .. }
            | Self::PreconditionFailed => false,
            Self::SameAccount
            | Self::AccountNotActive { .. }
            | Self::Conflict(_)
            | Self::InsufficientCredit { .. }
            | Self::CeilingExceeded => true,
        }
    }

    /// The stable problem code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SessionEnded => "unauthenticated",
            Self::KeyReused => "idempotency_key_reused",
            Self::NotFound(_) => "not_found",
            Self::Forbidden | Self::AppCeiling { .. } => "forbidden",
            Self::StepUpRequired => "step_up_required",
            Self::PreconditionFailed => "precondition_failed",
            Self::SameAccount => "same_account",
            Self::AccountNotActive { .. } => "account_not_active",
            Self::Conflict(_) => "conflict",
            Self::InsufficientCredit { .. } => "insufficient_credit",
            Self::CeilingExceeded => "ceiling_exceeded",
        }
    }
}
