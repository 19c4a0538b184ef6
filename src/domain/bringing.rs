//! What happened in another system before, as it is brought along: each movement with what it was there, and with what permitted
//! it there.

use std::sync::Arc;

use super::amount::Amount;
use super::command::Pay;
use super::fees::Fees;
use super::fund::{IncomePayment, Period};
use super::ids::{AccountId, PaymentId, UserId};
use super::kinds::EntryKind;
use super::limit_policy::LimitPolicy;
use super::write_off::WriteOffCategory;
use super::zone::Day;

/// Bring a movement along. Only the service itself does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bring {
    /// The id that its payment gets.
    pub payment_id: PaymentId,
    /// Who paid whom, how much and what for.
    pub pay: Pay,
    /// What it was.
    pub way: BroughtAs,
    /// Whether a later one gives it back.
    pub is_given_back: bool,
}

/// What something that is brought along was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BroughtAs {
    /// What an account has from before: from or to the community's fund.
    OpeningBalance,
    /// A payment.
    Payment {
        /// What it bore there, whatever the rules are here.
        fees: Fees,
        /// Whether its record says there that its payer could pass the credit limit.
        may_pass: bool,
    },
    /// What went into the fund or out of it, beside fees and incomes: the kind of its entries.
    OfFund(EntryKind),
    /// A write-off, to which two admins agreed there.
    WriteOff {
        /// Why.
        category: WriteOffCategory,
        /// Who asked for it.
        asked_by: UserId,
        /// Who agreed to it.
        agreed_by: UserId,
    },
    /// What moved when an account was merged into another.
    Merge {
        /// The account that was emptied.
        account_id: AccountId,
    },
}

/// Bring along what the fund paid as an income for a period, to all of these or to nobody. Only the service itself does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BringIncome {
    /// How often it was paid.
    pub every: Period,
    /// The first day of its period.
    pub period: Day,
    /// What was paid, and to whom.
    pub income: IncomePayment,
    /// The id that each payment gets, in the order of the accounts, with whether a later one gives it back.
    pub payments: Vec<(PaymentId, bool)>,
    /// How many were left out.
    pub left_out: i64,
    /// What the fund had to pay with.
    pub available: Amount,
}

/// Bring along that a policy on limits was adopted. Only the service itself does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BringPolicy {
    /// Its version: the next one, or nothing is done.
    pub version: i64,
    /// What it says.
    pub policy: Arc<LimitPolicy>,
    /// Who adopted it.
    pub adopted_by: UserId,
    /// Why; may be empty.
    pub reason: String,
}
