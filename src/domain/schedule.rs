//! What is planned: payments for a later time, and schedules by which one is made again and again.

use sha2::{Digest, Sha256};

use super::account::AccountStatus;
use super::amount::Amount;
use super::chain::Hash;
use super::coded::coded_enum;
use super::command::{Authority, Pay, UserAuthority};
use super::ids::{AccountId, MailId, PaymentId, ScheduleId, SessionId, SpenderId, UserId};
use super::recurrence::Plan;
use super::refusal::{ConflictReason, Refusal};
use super::scopes::{Scope, Scopes};
use super::spending::SpendingCeilings;
use super::time::Timestamp;
use super::zone::Day;

/// The most schedules and planned payments from one account that have not ended.
pub const SCHEDULES_MAX: usize = 100;
/// How far ahead something may be planned, in seconds: five years.
pub const AHEAD_MAX_S: i64 = 5 * 366 * 86_400;
/// The most times that a failed run is tried again.
pub const RETRIES_MAX: i16 = 5;
/// The longest wait before a failed run is tried again, in hours: a week.
pub const RETRY_WAIT_MAX_H: i16 = 168;
/// The most failures in a row after which a schedule pauses.
pub const PAUSE_AFTER_MAX: i16 = 10;

coded_enum! {
    /// Where a schedule stands.
    ScheduleState {
        /// It makes its payments.
        Active = 1 "active",
        /// It makes none until it is resumed.
        Paused = 2 "paused",
        /// It makes none any more.
        Ended = 3 "ended",
    }
}

coded_enum! {
    /// Why a schedule ended.
    EndReason {
        /// Everything that was planned has had its turn.
        Completed = 1 "completed",
        /// Somebody called it off.
        Cancelled = 2 "cancelled",
        /// The paying account was closed.
        PayerClosed = 3 "payer_closed",
        /// The paid account was closed.
        PayeeClosed = 4 "payee_closed",
        /// Whoever made it may not pay from the account any more.
        NotPermitted = 5 "not_permitted",
    }
}

coded_enum! {
    /// Why a payment was not made when its time came: the codes of the refusals.
    Failure {
        /// The payer would have gone below the credit limit.
        InsufficientCredit = 1 "insufficient_credit",
        /// The payee would have gone above the ceiling.
        CeilingExceeded = 2 "ceiling_exceeded",
        /// One of the accounts took no part in payments.
        AccountNotActive = 3 "account_not_active",
        /// Whoever planned it may not pay, or no more than was spent that day.
        Forbidden = 4 "forbidden",
        /// The payment was too small to bear the payee's fee.
        FeeExceedsAmount = 5 "fee_exceeds_amount",
        /// The payer would have paid more, or more often, than it may in a day, a week or a month.
        PaymentLimitReached = 6 "payment_limit_reached",
    }
}

impl From<&Refusal> for Failure {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::InsufficientCredit { .. } => Self::InsufficientCredit,
            Refusal::CeilingExceeded => Self::CeilingExceeded,
            Refusal::PaymentLimitReached(_) => Self::PaymentLimitReached,
            Refusal::AccountNotActive { .. } => Self::AccountNotActive,
            Refusal::Conflict(ConflictReason::FeeExceedsAmount) => Self::FeeExceedsAmount,
            _ => Self::Forbidden,
        }
    }
}

/// What happens when a run fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// It is noted as failed, and the next one comes as planned.
    Skip,
    /// It is tried again, as long as that is before the next one; then it is noted as failed.
    Retry {
        /// How often.
        times: i16,
        /// How long after the failure, each time, in hours.
        wait_hours: i16,
    },
    /// It is noted as failed, and after so many in a row the schedule pauses.
    Pause {
        /// After how many.
        after: i16,
    },
}

/// Who made it. What a teller may spend counts at each run, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Maker {
    /// The user.
    pub user_id: UserId,
    /// The app that asked for it.
    pub app: Option<MakingApp>,
}

/// An app that planned something, within what it may spend. That its sign-in ends changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MakingApp {
    /// Under what its spending of a day is counted.
    pub spender_id: SpenderId,
    /// What it may spend.
    pub ceilings: SpendingCeilings,
}

impl From<&UserAuthority> for Maker {
    fn from(user: &UserAuthority) -> Self {
        let app = user.app.map(|spender_id| MakingApp { spender_id, ceilings: user.ceilings });
        Self { user_id: user.user_id, app }
    }
}

impl Maker {
    /// Under what the app's spending of a day is counted, where it has a ceiling.
    pub fn spender_id(&self) -> Option<SpenderId> {
        self.app.filter(|app| app.ceilings.per_day.is_some()).map(|app| app.spender_id)
    }
}

/// Something planned that makes one payment, or one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Its id. A payment that is planned once has the same.
    pub id: ScheduleId,
    /// Who pays.
    pub payer_id: AccountId,
    /// Who is paid.
    pub payee_id: AccountId,
    /// How much, each time.
    pub amount: Amount,
    /// What for; empty where it is planned once, because the text stands with the payment.
    pub description: String,
    /// What the chain is to keep of the text of a payment that is planned once.
    pub text: Hash,
    /// On whose authority.
    pub maker: Maker,
    /// When.
    pub plan: Plan,
    /// What happens when a run fails.
    pub on_failure: OnFailure,
    /// Where it stands.
    pub state: ScheduleState,
    /// Why it ended.
    pub end_reason: Option<EndReason>,
    /// The number of the run that comes next, from 1; behind the last one where there is none.
    pub next: i64,
    /// When that is planned; none behind the end.
    pub planned_at: Option<Timestamp>,
    /// When that is due, later than planned after a failure; none where nothing is to come by itself.
    pub due_at: Option<Timestamp>,
    /// How often that was tried.
    pub attempts: i16,
    /// How many runs had their turn.
    pub runs: i64,
    /// How many of them failed.
    pub failed: i64,
    /// How many failed since the last that did not.
    pub failed_in_a_row: i64,
    /// Why the last try failed, where it did.
    pub last_failure: Option<Failure>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Schedule {
    /// Whether it makes, or may again make, payments.
    pub fn is_live(&self) -> bool {
        self.state != ScheduleState::Ended
    }

    /// A number for what it says now: another one after every change and every run. It is made of the contents and not kept.
    pub fn version(&self) -> i64 {
        let terms = (self.amount, &self.description, &self.plan, self.on_failure, self.maker.user_id);
        let place =
            (self.state, self.next, self.planned_at, self.due_at, self.attempts, self.runs, self.failed);
        let digest = Sha256::digest(format!("{terms:?} {place:?}"));
        let first = digest.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        i64::try_from(first >> 1).unwrap_or_default()
    }

    /// The payment that is planned once; none where it recurs.
    pub const fn payment_id(&self) -> Option<PaymentId> {
        match self.plan {
            Plan::Once(_) => Some(PaymentId::from_uuid(self.id.uuid())),
            Plan::Recurring(_) => None,
        }
    }

    /// The maker's authority at a run: what the user may, not what a sign-in of long ago may.
    pub fn authority(&self) -> Authority {
        let Maker { user_id, app } = self.maker;
        Authority::User(UserAuthority {
            user_id,
            // Nobody signed in for it, and sessions are not looked at.
            session_id: SessionId::from_uuid(user_id.uuid()),
            scopes: Scopes::default().with(Scope::PaymentsWrite),
            auth_time: self.created_at,
            ceilings: app.map(|app| app.ceilings).unwrap_or_default(),
            app: app.map(|app| app.spender_id),
            // Whose account it pays from was judged when it was made.
            only: None,
        })
    }
}

/// Which run of which schedule a payment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedRun {
    /// The schedule, which for a payment that is planned once is the payment itself.
    pub schedule_id: ScheduleId,
    /// The run's number, from 1.
    pub occurrence: i64,
    /// For when it was planned.
    pub planned_at: Timestamp,
    /// Why it was not made.
    pub failure: Option<Failure>,
}

/// Plan a payment, or one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSchedule {
    /// What is paid.
    pub payment: Pay,
    /// When.
    pub plan: Plan,
    /// What happens when a run fails.
    pub on_failure: OnFailure,
}

/// What may be done to a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScheduleChange {
    /// Make no payments until it is resumed.
    Pause,
    /// Make them again, from the next one that is planned on.
    Resume,
    /// Make none any more.
    Cancel,
}

/// Pause, resume or end a schedule, or call a planned payment off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeSchedule {
    /// Which.
    pub schedule_id: ScheduleId,
    /// What is done to it.
    pub change: ScheduleChange,
}

/// Change what a schedule does from its next run on. What is none stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditSchedule {
    /// Which.
    pub schedule_id: ScheduleId,
    /// How much, each time.
    pub amount: Option<Amount>,
    /// What for.
    pub description: Option<String>,
    /// The last day; none inside where no day is to end it any more.
    pub ends_on: Option<Option<Day>>,
    /// How often in all; none inside where no number is to end it any more.
    pub count: Option<Option<i64>>,
    /// What happens when a run fails.
    pub on_failure: Option<OnFailure>,
    /// The runs before this day are left out.
    pub skip_until: Option<Day>,
    /// The version that the caller saw, where the caller said so.
    pub if_version: Option<i64>,
}

/// What a schedule's runs came by before its terms were changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormerTerms {
    /// The schedule.
    pub schedule_id: ScheduleId,
    /// The first run that came, or is to come, by others; the runs below it came by these, down to the terms before.
    pub before: i64,
    /// How much.
    pub amount: Amount,
    /// On whose authority.
    pub user_id: UserId,
}

/// Make the payment of a run, if it is the schedule's next and its time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunSchedule {
    /// The schedule.
    pub schedule_id: ScheduleId,
    /// The run's number, from 1.
    pub occurrence: i64,
}

coded_enum! {
    /// What whoever planned something is told by mail.
    NoticeKind {
        /// A payment was not made.
        RunFailed = 1 "run_failed",
        /// A schedule pauses after failures.
        Paused = 2 "paused",
        /// A schedule ended before its time.
        Ended = 3 "ended",
    }
}

/// What a mail to whoever planned something has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeFacts<'a> {
    /// What it is about.
    pub kind: NoticeKind,
    /// The paid account's name.
    pub payee: &'a str,
    /// How much was planned.
    pub amount: Amount,
    /// Why the payment was not made.
    pub failure: Option<Failure>,
    /// Why the schedule ended.
    pub end_reason: Option<EndReason>,
    /// When.
    pub at: Timestamp,
}

/// A mail to whoever planned something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its id.
    pub mail_id: MailId,
    /// Whom it is for.
    pub user_id: UserId,
    /// What it says, as it is stored.
    pub parameters: String,
    /// When it was written.
    pub written_at: Timestamp,
}

/// Why nothing can come of a plan any more, by the status of its accounts.
pub fn closed(payer: AccountStatus, payee: AccountStatus) -> Option<EndReason> {
    match (payer, payee) {
        (AccountStatus::Closed, _) => Some(EndReason::PayerClosed),
        (_, AccountStatus::Closed) => Some(EndReason::PayeeClosed),
        _ => None,
    }
}
