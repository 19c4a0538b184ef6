//! What records, entries and events are, with the numbers by which they are stored and hashed.

use super::coded::coded_enum;

coded_enum! {
    /// What a record of the chain tells.
    RecordKind {
        /// An account was opened, or its status or limits changed.
        Account = 1 "account",
        /// Money was reserved.
        Hold = 2 "hold",
        /// A reservation ended without payment.
        Release = 3 "release",
        /// Money moved.
        Transfer = 4 "transfer",
    }
}

coded_enum! {
    /// What an entry is in its transfer.
    EntryKind {
        /// The paid amount itself.
        Principal = 1 "principal",
        /// A contribution on top.
        Fee = 2 "fee",
        /// A payment's way back.
        Refund = 3 "refund",
        /// A payment's way back by an admin.
        Reversal = 4 "reversal",
        /// The same, with the permission to pass the account's limit, which it does.
        ReversalBeyondLimit = 5 "reversal_beyond_limit",
        /// What a member contributes to the fund after a month or year.
        Contribution = 6 "contribution",
        /// A charge on what an account held or owed at the end of a month.
        HoldingCharge = 7 "holding_charge",
        /// What the fund pays a member, as an admin decided.
        Payout = 8 "payout",
        /// What the fund pays to all members who qualify for a period.
        Income = 9 "income",
        /// The rest of a balance, which two admins agreed to write off: it passes whatever limits there are.
        WriteOff = 10 "write_off",
        /// What an account brought along from another system.
        OpeningBalance = 11 "opening_balance",
        /// All that an account had, on its way to the account into which it was merged.
        Merge = 12 "merge",
        /// The paid amount, with the permission to pass the payer's credit limit, which it does.
        PrincipalBeyondLimit = 13 "principal_beyond_limit",
    }
}

coded_enum! {
    /// What an event tells its listeners.
    EventKind {
        /// A payment's money has moved.
        PaymentCompleted = 1 "payment.completed",
        /// A payment's money is held.
        PaymentAuthorised = 2 "payment.authorised",
        /// A payment was called off.
        PaymentCancelled = 3 "payment.cancelled",
        /// An account's limits are new.
        AccountLimitsChanged = 4 "account.limits_changed",
        /// An account's status is new.
        AccountStatusChanged = 5 "account.status_changed",
        /// Someone joined.
        MemberJoined = 6 "member.joined",
        /// A payment was asked for.
        PaymentRequested = 7 "payment.requested",
        /// The payer said no to a payment.
        PaymentDeclined = 8 "payment.declined",
        /// Nobody acted on a payment in time.
        PaymentExpired = 9 "payment.expired",
        /// A payment is planned for later.
        PaymentScheduled = 20 "payment.scheduled",
        /// A payment could not be made when its time came.
        PaymentFailed = 21 "payment.failed",
        /// A schedule is new, pauses, goes on or has ended.
        ScheduleChanged = 22 "schedule.changed",
        /// An account has come as near to its credit limit or ceiling as its community wants to be told of.
        AccountNearLimit = 23 "account.near_limit",
        /// A member was frozen or thawed, begins to leave or stays, or is one no longer.
        MemberStatusChanged = 24 "member.status_changed",
        /// A payment was given back, in part or whole. Told of, and never written: the outbox says that the payment which gives
        /// back was completed.
        PaymentRefunded = 25 "payment.refunded",
        /// A shop asks to be paid.
        CheckoutOpen = 64 "checkout.open",
        /// A checkout is paid.
        CheckoutCompleted = 65 "checkout.completed",
        /// A checkout's amount is held at the payer.
        CheckoutAuthorised = 66 "checkout.authorised",
        /// The payer said no to a checkout.
        CheckoutDeclined = 67 "checkout.declined",
        /// The shop called a checkout off.
        CheckoutCancelled = 68 "checkout.cancelled",
        /// Nobody acted on a checkout in time.
        CheckoutExpired = 69 "checkout.expired",
    }
}

coded_enum! {
    /// What people are written about a payment.
    NoticeKind {
        /// To the payer: somebody asks to be paid.
        RequestReceived = 1 "request_received",
        /// To the payer: a request will expire soon.
        RequestReminder = 2 "request_reminder",
        /// To the payee: it was paid.
        RequestAccepted = 3 "request_accepted",
        /// To the payee: the payer said no.
        RequestDeclined = 4 "request_declined",
        /// To the payer: it was paid by their standing order.
        RequestPaidForYou = 5 "request_paid_for_you",
    }
}
