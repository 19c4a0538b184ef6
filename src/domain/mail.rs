//! Mails: what there is to write, where a mail stands, and when a failed one is tried again.

use super::coded::coded_enum;
use super::ids::{CommunityId, MailId, UserId};
use super::language::Language;
use super::time::Timestamp;

/// How long after the first failure a mail is tried again, in seconds. Every further wait is twice as long.
const FIRST_WAIT_S: i64 = 30;
/// The longest wait, in seconds.
const LONGEST_WAIT_S: i64 = 3_600;
/// How often a mail is tried in all: for about eighteen hours.
pub const ATTEMPTS_MAX: i32 = 24;

coded_enum! {
    /// Where a mail stands.
    MailState {
        /// To be sent, now or at the next attempt.
        Waiting = 1 "waiting",
        /// The mail server has it.
        Sent = 2 "sent",
        /// It is not tried any more.
        Failed = 3 "failed",
    }
}

coded_enum! {
    /// What a mail is about.
    MailKind {
        /// Prove that an address is yours.
        ConfirmAddress = 1 "confirm_address",
        /// Choose a new password.
        PasswordReset = 2 "password_reset",
        /// Come and join a community.
        Invitation = 3 "invitation",
        /// Someone asks to join; for admins.
        ApplicationReceived = 4 "application_received",
        /// You were let in.
        ApplicationApproved = 5 "application_approved",
        /// You were not let in.
        ApplicationRefused = 6 "application_refused",
        /// Something changed that protects your money.
        SecurityNotice = 7 "security_notice",
        /// Your login has another address now; to the old one.
        AddressChanged = 8 "address_changed",
        /// Somebody asked to join with an address that has a login already; to its owner.
        LoginExists = 9 "login_exists",
        /// Somebody asks you to pay, or did what you asked.
        PaymentNotice = 11 "payment_notice",
        /// What happened at one's accounts, as soon as one chose.
        News = 30 "news",
        /// A planned payment was not made, or a schedule paused or ended; to whoever planned it.
        PlannedPayment = 20 "planned_payment",
        /// Another admin wants something done that needs two; for admins.
        ApprovalAsked = 10 "approval_asked",
        /// An account's statement of a month; to those of its users who want it.
        MonthlyStatement = 50 "monthly_statement",
        /// Where a member stands is new, or something of its plan to settle is to be done.
        Standing = 55 "standing",
        /// A figure of the currency is where admins did not want it; for admins.
        HealthAlert = 60 "health_alert",
        /// The fund had not enough for an income; for admins.
        IncomeStopped = 70 "income_stopped",
        /// Contributions were not taken, or an income not paid, because the service was off; for admins.
        PeriodsMissed = 71 "periods_missed",
        /// An admin gave the member another name.
        MemberRenamed = 72 "member_renamed",
        /// A webhook's endpoint was switched off; to its owner.
        WebhookOff = 101 "webhook_off",
        /// A webhook's endpoint was made, leads elsewhere, or has another secret; to its account's owners.
        WebhookSet = 102 "webhook_set",
    }
}

/// A mail to be put into the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxMail {
    /// Its id, which its Message-ID is made of.
    pub id: MailId,
    /// The community whose admins may see what becomes of it.
    pub community_id: Option<CommunityId>,
    /// The login that it is for, if there is one.
    pub user_id: Option<UserId>,
    /// The whole address.
    pub recipient: String,
    /// What it is about.
    pub kind: MailKind,
    /// The language to write it in.
    pub language: Language,
    /// What the letter says, as JSON.
    pub parameters: String,
    /// After this time it is not sent any more.
    pub useful_until: Option<Timestamp>,
    /// When it was written, and is due.
    pub created_at: Timestamp,
}

/// A mail about what comes of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandNotice {
    /// Of what it tells.
    pub of: NoticeOf,
    /// The mail.
    pub mail: OutboxMail,
}

/// Of what a mail about a command tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeOf {
    /// That it is done.
    Done,
    /// That another admin has to agree first.
    Asked,
}

/// When a mail that failed `attempts` times is tried again; none when that was the last time. `chance` is a random
/// byte, which spreads what failed together: up to a quarter of the wait is added.
pub fn next_attempt(attempts: i32, now: Timestamp, chance: u8) -> Option<Timestamp> {
    if attempts >= ATTEMPTS_MAX {
        return None;
    }
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(16);
    let wait = FIRST_WAIT_S.saturating_mul(1 << doublings).min(LONGEST_WAIT_S);
    Some(now.plus_seconds(wait + wait * i64::from(chance) / (4 * 255)))
}

/// An address of which strangers learn little: `a•••@river.example`.
pub fn mask_address(address: &str) -> String {
    let (user, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let first: String = user.chars().take(1).collect();
    if domain.is_empty() { format!("{first}•••") } else { format!("{first}•••@{domain}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour_and_end() {
        let now = Timestamp::from_micros(0);
        let wait = |attempts, chance| next_attempt(attempts, now, chance).unwrap().unix_seconds();
        assert_eq!([1, 2, 3, 7, 8, 23].map(|attempts| wait(attempts, 0)), [30, 60, 120, 1_920, 3_600, 3_600]);
        assert_eq!((wait(1, 255), wait(8, 255)), (37, 4_500));
        assert_eq!(next_attempt(ATTEMPTS_MAX, now, 0), None);
        let total: i64 = (1..ATTEMPTS_MAX).map(|attempts| wait(attempts, 0)).sum();
        assert!((15 * 3_600..20 * 3_600).contains(&total), "{total}");
    }

    #[test]
    fn masked_addresses_keep_their_domain() {
        assert_eq!(mask_address("ada.brook@river.example"), "a•••@river.example");
        assert_eq!(mask_address("é@x"), "é•••@x");
        assert_eq!(mask_address("nonsense"), "n•••");
        assert_eq!(mask_address(""), "•••");
    }
}
