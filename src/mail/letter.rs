//! The letters that there are, and what each needs to know.

use serde::{Deserialize, Serialize};

use super::hooks::{WebhookOff, WebhookSet};
use super::links::OneTimeToken;
use super::news::News;
use super::plain::Plain;
use super::standing::StandingNotice;
use crate::domain::mail::MailKind;
use crate::domain::time::Timestamp;

/// A letter. What other people chose is [`Plain`], what proves something is a [`OneTimeToken`], and there is no place
/// for an address of a page: links are made where the letter is written out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Letter {
    /// Prove that this address is yours.
    ConfirmAddress {
        /// What proves it.
        token: OneTimeToken,
        /// The same, to be typed.
        code: OneTimeToken,
    },
    /// Choose a new password.
    PasswordReset {
        /// What permits it.
        token: OneTimeToken,
    },
    /// Come and join a community.
    Invitation {
        /// The community's name.
        community: Plain,
        /// The name of whoever invites.
        inviter: Plain,
        /// What the inviter says; may be empty.
        message: Plain,
        /// What permits it.
        token: OneTimeToken,
    },
    /// Someone asks to join; for admins.
    ApplicationReceived {
        /// The community's name.
        community: Plain,
        /// The name of whoever asks.
        applicant: Plain,
    },
    /// You were let in.
    ApplicationApproved {
        /// The community's name.
        community: Plain,
    },
    /// You were not let in.
    ApplicationRefused {
        /// The community's name.
        community: Plain,
        /// Why, in the admin's words; may be empty.
        reason: Plain,
    },
    /// Something changed that protects your login or your money.
    SecurityNotice {
        /// What.
        event: SecurityEvent,
        /// When, in microseconds since 1970.
        at_micros: i64,
        /// The community's name, where it is one community's business.
        community: Option<Plain>,
    },
    /// Your login has another address now; to the old one.
    AddressChanged {
        /// The new address, masked.
        new_address: Plain,
    },
    /// Somebody asks you to pay, or did what you asked.
    PaymentNotice(PaymentNotice),
    /// Somebody asked to join a community with your address, which has a login already.
    LoginExists {
        /// The community's name.
        community: Plain,
    },
    /// What happened at your accounts.
    News(News),
    /// What you planned did not come to pass.
    PlannedPayment {
        /// What happened.
        event: PlanEvent,
        /// Why.
        cause: PlanCause,
        /// The paid account's name.
        payee: Plain,
        /// How much, with the currency's sign.
        amount: Plain,
        /// When, in microseconds since 1970.
        at_micros: i64,
        /// The community's name.
        community: Plain,
    },
    /// Another admin wants something done that needs two; for admins.
    ApprovalAsked {
        /// The community's name.
        community: Plain,
        /// The name of whoever asks.
        asker: Plain,
    },
    /// What happened on your account in a month.
    MonthlyStatement(MonthlyStatement),
    /// Where a member stands is new, or something of its plan to settle is to be done.
    Standing(StandingNotice),
    /// Figures of the currency are where admins did not want them; for admins.
    HealthAlert {
        /// The community's name.
        community: Plain,
        /// At the end of which day, such as `2026-09-21`.
        day: Plain,
        /// Which figures.
        crossings: Vec<Crossing>,
    },
    /// The community's fund had not enough for an income; for admins.
    IncomeStopped(IncomeStopped),
    /// A webhook's endpoint was switched off.
    WebhookOff(WebhookOff),
    /// Weeks or months had no turn, because the service was off; for admins.
    PeriodsMissed(PeriodsMissed),
    /// An admin gave the member another name.
    MemberRenamed {
        /// The community's name.
        community: Plain,
        /// The name before.
        before: Plain,
        /// The name from now on.
        after: Plain,
    },
    /// Somebody said where a webhook leads, or what its messages are signed with.
    WebhookSet(WebhookSet),
}

/// Which weeks or months had no turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodsMissed {
    /// The community's name.
    pub community: Plain,
    /// What had no turn.
    pub work: MissedWork,
    /// The first of them, such as `2026-09`.
    pub first: Plain,
    /// The last of them; the same where it is one.
    pub last: Plain,
}

/// What had no turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissedWork {
    /// Taking what members contribute.
    Contributions,
    /// Paying the fund's income.
    Income,
}

/// What the fund could not pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncomeStopped {
    /// The community's name.
    pub community: Plain,
    /// For which period, such as `2026-09`.
    pub period: Plain,
    /// What all who qualify would have got, with the currency's sign.
    pub needed: Plain,
    /// What the fund had, with the same.
    pub available: Plain,
}

/// An account's statement of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonthlyStatement {
    /// The community's name.
    pub community: Plain,
    /// The account's code.
    pub account: Plain,
    /// Which month, such as `2026-09`.
    pub month: Plain,
    /// The balance before it, with the currency's sign.
    pub opening: Plain,
    /// How many entries there were.
    pub entries: i64,
    /// The balance after it.
    pub closing: Plain,
    /// Whether the whole statement comes with the letter; too long a one does not.
    pub is_enclosed: bool,
    /// Behind which of the account's entries it begins, so that what is enclosed is what was told, whatever the clocks are
    /// changed to until it is sent. None in letters that were written before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begins_behind: Option<i64>,
    /// From which month on there were no statements until this one, because the service was off for too long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub none_since: Option<Plain>,
}

/// A figure that is beyond its threshold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crossing {
    /// Its name in the API.
    pub figure: Plain,
    /// Whether it is above the threshold, and else below.
    pub is_above: bool,
    /// Its value.
    pub value: Plain,
    /// The threshold's.
    pub threshold: Plain,
}

/// What happened to a payment that somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentNotice {
    /// What.
    pub event: PaymentEvent,
    /// The community's name.
    pub community: Plain,
    /// The name of the other side.
    pub other: Plain,
    /// How much, with the currency's symbol.
    pub amount: Plain,
    /// What for; may be empty.
    pub description: Plain,
    /// Why it was declined; may be empty.
    pub reason: Plain,
    /// Until when it can be accepted, in microseconds since 1970.
    pub until_micros: Option<i64>,
}

/// What a notice of a payment is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentEvent {
    /// Somebody asks you to pay.
    RequestReceived,
    /// What you were asked for expires soon.
    RequestReminder,
    /// What you asked for was paid.
    RequestAccepted,
    /// What you asked for was declined.
    RequestDeclined,
    /// What you were asked for was paid, as you had said beforehand.
    RequestPaidForYou,
}

impl PaymentEvent {
    /// Every event.
    pub const ALL: [Self; 5] = [
        Self::RequestReceived,
        Self::RequestReminder,
        Self::RequestAccepted,
        Self::RequestDeclined,
        Self::RequestPaidForYou,
    ];
}

/// What a security notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecurityEvent {
    /// The password was changed.
    PasswordChanged,
    /// A second factor was added.
    SecondFactorAdded,
    /// The second factor was removed.
    SecondFactorRemoved,
    /// New recovery codes were made.
    RecoveryCodesRenewed,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// Someone signed in from a new device.
    NewSignIn,
    /// All sessions were ended.
    SessionsEnded,
    /// An API key was made.
    ApiKeyCreated,
    /// An API key got another secret, or works from other addresses or until another time.
    ApiKeyChanged,
    /// The limits of an account were changed.
    LimitsChanged,
    /// What a member may do was changed.
    RolesChanged,
    /// Somebody became an admin of the community, or is none any more; for its admins.
    AdminsChanged,
    /// Somebody registered an app, which acts under the login's name.
    AppRegistered,
    /// An app was allowed to act for the login.
    AppAllowed,
    /// A recovery code was used in the place of the second factor.
    RecoveryCodeUsed,
    /// A member, with its accounts, was frozen, thawed or closed.
    StatusChanged,
}

/// What happened to something planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanEvent {
    /// A payment was not made.
    RunFailed,
    /// A schedule pauses, after failures.
    Paused,
    /// A schedule ended before its time.
    Ended,
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanCause {
    /// There was not enough to spend.
    InsufficientCredit,
    /// The payee's account takes no more.
    CeilingExceeded,
    /// One of the accounts is frozen or closed.
    AccountNotActive,
    /// The payment was too small to bear the payee's fee.
    FeeExceedsAmount,
    /// The payer would have paid more, or more often, than it may in that time.
    PaymentLimitReached,
    /// Whoever planned it may not pay that any more.
    Forbidden,
}

impl PlanEvent {
    /// Every event.
    pub const ALL: [Self; 3] = [Self::RunFailed, Self::Paused, Self::Ended];
}

impl PlanCause {
    /// Every cause.
    pub const ALL: [Self; 6] = [
        Self::InsufficientCredit,
        Self::CeilingExceeded,
        Self::AccountNotActive,
        Self::FeeExceedsAmount,
        Self::PaymentLimitReached,
        Self::Forbidden,
    ];
}

impl SecurityEvent {
    /// Every event.
    pub const ALL: [Self; 17] = [
        Self::PasswordChanged,
        Self::SecondFactorAdded,
        Self::SecondFactorRemoved,
        Self::RecoveryCodesRenewed,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
        Self::NewSignIn,
        Self::SessionsEnded,
        Self::ApiKeyCreated,
        Self::ApiKeyChanged,
        Self::LimitsChanged,
        Self::RolesChanged,
        Self::AdminsChanged,
        Self::AppRegistered,
        Self::AppAllowed,
        Self::RecoveryCodeUsed,
        Self::StatusChanged,
    ];
}

impl Letter {
    /// A security notice.
    pub const fn security_notice(event: SecurityEvent, at: Timestamp, community: Option<Plain>) -> Self {
        Self::SecurityNotice { event, at_micros: at.micros(), community }
    }

    /// What it is about.
    pub const fn kind(&self) -> MailKind {
        match self {
            Self::ConfirmAddress { .. } => MailKind::ConfirmAddress,
            Self::PasswordReset { .. } => MailKind::PasswordReset,
            Self::Invitation { .. } => MailKind::Invitation,
            Self::ApplicationReceived { .. } => MailKind::ApplicationReceived,
            Self::ApplicationApproved { .. } => MailKind::ApplicationApproved,
            Self::ApplicationRefused { .. } => MailKind::ApplicationRefused,
            Self::SecurityNotice { .. } => MailKind::SecurityNotice,
            Self::AddressChanged { .. } => MailKind::AddressChanged,
            Self::LoginExists { .. } => MailKind::LoginExists,
            Self::News(_) => MailKind::News,
            Self::PlannedPayment { .. } => MailKind::PlannedPayment,
            Self::ApprovalAsked { .. } => MailKind::ApprovalAsked,
            Self::PaymentNotice(_) => MailKind::PaymentNotice,
            Self::MonthlyStatement(_) => MailKind::MonthlyStatement,
            Self::Standing(_) => MailKind::Standing,
            Self::HealthAlert { .. } => MailKind::HealthAlert,
            Self::IncomeStopped(_) => MailKind::IncomeStopped,
            Self::WebhookOff(_) => MailKind::WebhookOff,
            Self::PeriodsMissed(_) => MailKind::PeriodsMissed,
            Self::MemberRenamed { .. } => MailKind::MemberRenamed,
            Self::WebhookSet(_) => MailKind::WebhookSet,
        }
    }

    /// Whether it holds what must not stay readable.
    pub const fn holds_secret(&self) -> bool {
        matches!(self, Self::ConfirmAddress { .. } | Self::PasswordReset { .. } | Self::Invitation { .. })
    }

    /// What it says, for the outbox.
    pub fn to_json(&self) -> String {
        // Texts and numbers under text keys: writing them cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The letter that was stored; none where that is damaged.
    pub fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}
