//! Why a command is refused. The first rule that fails, in the order of the variants here, is the answer.

use super::account::{AccountCode, AccountStatus};
use super::amount::Amount;
use super::ids::{CheckoutId, PaymentId};
use super::many::LineRefusal;
use super::payment_rules::LimitReached;

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
    /// Something planned.
    Schedule,
    /// An act that needs another admin.
    Approval,
    /// A checkout.
    Checkout,
}

macro_rules! conflict_reasons {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable name in answers.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

conflict_reasons! {
    /// Which present state stands in the way.
    ConflictReason {
        /// The payment is not authorised (any more).
        NotAuthorised "not_authorised",
        /// The time to capture has passed.
        AuthorisationExpired "authorisation_expired",
        /// More than was authorised.
        CaptureTooLarge "capture_too_large",
        /// Something with this identity exists.
        AlreadyExists "already_exists",
        /// The account still holds or owes money.
        NotSettled "not_settled",
        /// An account is still open.
        AccountOpen "account_open",
        /// The password is too short to stand without a second factor.
        PasswordTooShort "password_too_short",
        /// The mail was sent.
        MailSent "mail_sent",
        /// The mail held a one-time secret, which was erased when it failed.
        MailErased "mail_erased",
        /// There are as many as there may be.
        TooMany "too_many",
        /// Whoever wants to join has to be invited.
        InvitationNeeded "invitation_needed",
        /// The application or invitation was settled in another way.
        AlreadySettled "already_settled",
        /// There is a newer version.
        Outdated "outdated",
        /// The payment's money has not moved.
        NotCompleted "not_completed",
        /// More than is left of the payment, after what was given back before.
        RefundTooLarge "refund_too_large",
        /// The payment gives back another one itself.
        RefundOfRefund "refund_of_refund",
        /// The payment gives back another one itself.
        ReversalOfRefund "reversal_of_refund",
        /// All of the payment was given back before.
        NothingLeft "nothing_left",
        /// The community would have no admin who can act.
        LastAdmin "last_admin",
        /// The member is gone, and does not come back as it was.
        MemberClosed "member_closed",
        /// The member cannot act for this account: it is no broker, or it is the account's own.
        NoBroker "no_broker",
        /// The schedule has ended, or the planned payment has had its turn.
        ScheduleEnded "schedule_ended",
        /// Browsers have no passkeys for this service's address.
        NoPasskeysHere "no_passkeys_here",
        /// Only another admin can agree to what one asks for.
        OwnRequest "own_request",
        /// Another policy was adopted since this one was asked for.
        PolicyChanged "policy_changed",
        /// Other rules were set since these were asked for.
        RulesChanged "rules_changed",
        /// Nobody agreed in time.
        ApprovalExpired "approval_expired",
        /// Who asked has no right to it any more.
        AskerGone "asker_gone",
        /// It needs two admins, and there is no way to ask for it like this.
        ApprovalNeeded "approval_needed",
        /// The payment is not requested (any more).
        NotRequested "not_requested",
        /// The time to accept has passed.
        RequestExpired "request_expired",
        /// Its time has not passed.
        NotExpired "not_expired",
        /// The time until which it shall stand has passed, or is too far ahead.
        BadExpiry "bad_expiry",
        /// The payee has as many open requests to the payer as there may be.
        TooManyRequests "too_many_requests",
        /// The endpoint is switched off.
        EndpointOff "endpoint_off",
        /// The member is not leaving (any more).
        NotLeaving "not_leaving",
        /// Neither is the account frozen, nor does its member leave.
        NotHeldBack "not_held_back",
        /// Money is reserved in the account.
        MoneyReserved "money_reserved",
        /// It is the account of one of the two admins.
        OwnAccount "own_account",
        /// The balance is on the other side of zero, or there is more of it than was agreed; of a merge, it is another one.
        BalanceChanged "balance_changed",
        /// The accounts are not those of two members.
        NoTwoMembers "no_two_members",
        /// Something is open at the account that is to be merged, or the account that is kept has no room for what it has.
        MergeBlocked "merge_blocked",
        /// It is more than one payment moves.
        TooLarge "too_large",
        /// The payment is too small to bear the payee's fee.
        FeeExceedsAmount "fee_exceeds_amount",
        /// A month or week is over, and is dealt with by the rules as they are.
        PeriodUnderWay "period_under_way",
        /// Members are in the group, or the limit policy or the fund's income names it, or one that waits for another admin.
        GroupInUse "group_in_use",
        /// The checkout is not open (any more).
        CheckoutNotOpen "checkout_not_open",
        /// The time to approve the checkout has passed.
        CheckoutExpired "checkout_expired",
        /// Another checkout stands for the order, with other terms.
        OrderReferenceTaken "order_reference_taken",
        /// The link makes no checkouts now.
        LinkDisabled "link_disabled",
        /// The account has as many open checkouts as there may be.
        TooManyCheckouts "too_many_checkouts",
    }
}

/// Whose ceilings they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spender {
    /// A member's app.
    App,
    /// An account's teller.
    Teller,
}

/// Which of the ceilings stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ceiling {
    /// For each payment.
    Payment,
    /// For all payments of the day.
    Day,
}

impl Spender {
    /// The stable name of one of their ceilings in answers.
    pub const fn name_of(self, ceiling: Ceiling) -> &'static str {
        match (self, ceiling) {
            (Self::App, Ceiling::Payment) => "app_ceiling_per_payment",
            (Self::App, Ceiling::Day) => "app_ceiling_per_day",
            (Self::Teller, Ceiling::Payment) => "teller_ceiling_per_payment",
            (Self::Teller, Ceiling::Day) => "teller_ceiling_per_day",
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
    /// More than the member allowed the app or the teller to spend. Not final for a key: tomorrow it may fit.
    SpendingCeiling {
        /// Whose.
        who: Spender,
        /// Which ceiling.
        ceiling: Ceiling,
        /// What was asked, in the community's scale.
        asked: String,
        /// What may still be spent, in the community's scale.
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
    /// Another checkout stands for the order, with other terms: this.
    OrderTaken(CheckoutId),
    /// The same account paid the same amount to the same account with the same description a short while ago: by this
    /// payment.
    PossibleDuplicate(PaymentId),
    /// A line of several is the same as an earlier one: this.
    RepeatedLine(u32),
    /// The payer would pay more, or more often, than it may in a day, a week or a month.
    PaymentLimitReached(LimitReached),
    /// The payer would go below the credit limit.
    InsufficientCredit {
        /// What was asked.
        amount: Amount,
        /// What the payer could spend.
        available: Amount,
    },
    /// The payee would go above the ceiling.
    CeilingExceeded,
    /// Lines of several payments are refused, and with them all: at least one.
    Lines(Vec<LineRefusal>),
}

impl Refusal {
    /// Whether this is a business refusal of a well-formed request, final for its idempotency key.
    pub fn is_final(&self) -> bool {
        match self {
            Self::SessionEnded
            | Self::KeyReused
            | Self::NotFound(_)
            | Self::Forbidden
            | Self::StepUpRequired
            | Self::SpendingCeiling { .. }
            | Self::PreconditionFailed => false,
            Self::SameAccount
            | Self::AccountNotActive { .. }
            | Self::Conflict(_)
            | Self::OrderTaken(_)
            | Self::PossibleDuplicate(_)
            | Self::RepeatedLine(_)
            | Self::PaymentLimitReached(_)
            | Self::InsufficientCredit { .. }
            | Self::CeilingExceeded => true,
            Self::Lines(lines) => lines.iter().all(|line| line.refusal.is_final()),
        }
    }

    /// Whether it says that the caller has no business here, or none of this kind: not what the rules say of the matter.
    pub const fn is_about_access(&self) -> bool {
        matches!(self, Self::SessionEnded | Self::NotFound(_) | Self::Forbidden)
    }

    /// The stable problem code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SessionEnded => "unauthenticated",
            Self::KeyReused => "idempotency_key_reused",
            Self::NotFound(_) => "not_found",
            Self::Forbidden | Self::SpendingCeiling { .. } => "forbidden",
            Self::StepUpRequired => "step_up_required",
            Self::PreconditionFailed => "precondition_failed",
            Self::SameAccount => "same_account",
            Self::AccountNotActive { .. } => "account_not_active",
            Self::Conflict(_) | Self::OrderTaken(_) => "conflict",
            Self::PossibleDuplicate(_) | Self::RepeatedLine(_) => "possible_duplicate",
            Self::PaymentLimitReached(_) => "payment_limit_reached",
            Self::InsufficientCredit { .. } => "insufficient_credit",
            Self::CeilingExceeded => "ceiling_exceeded",
            Self::Lines(_) => "lines_refused",
        }
    }
}
