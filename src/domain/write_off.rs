//! Writing off: the rest of a balance that nobody settles, by two admins, on the record.

use super::amount::Amount;
use super::coded::coded_enum;
use super::ids::{AccountId, ApprovalId, PaymentId};
use super::time::Timestamp;

/// The most write-offs that the register shows of one year.
pub const REGISTER_LINES_MAX: i64 = 1_000;
/// Of how many write-offs a category is shown to members, at least: with fewer, it would tell of somebody.
pub const CATEGORY_SHOWN_MIN: usize = 3;

coded_enum! {
    /// Why a balance is written off.
    WriteOffCategory {
        /// Nobody knows where they are.
        Unreachable = 1 "unreachable",
        /// They cannot settle it.
        Hardship = 2 "hardship",
        /// They died.
        Died = 3 "died",
        /// The business is no more.
        BusinessClosed = 4 "business_closed",
        /// They give up what they hold.
        GivenUp = 5 "given_up",
        /// They give what they hold to the commons.
        Donated = 6 "donated",
        /// Something else.
        Other = 7 "other",
    }
}

impl WriteOffCategory {
    /// Whether the commons gets it, and not the write-off account.
    pub const fn is_for_commons(self) -> bool {
        matches!(self, Self::Donated)
    }

    /// Whether a balance can be written off for this reason: nobody gives up what they owe, and who holds something is not
    /// unable to pay.
    pub const fn fits(self, balance: Amount) -> bool {
        match self {
            Self::Hardship => balance.is_negative(),
            Self::GivenUp | Self::Donated => balance.is_positive(),
            Self::Unreachable | Self::Died | Self::BusinessClosed | Self::Other => {
                balance.is_negative() || balance.is_positive()
            }
        }
    }
}

/// An admin asks for the rest of an account's balance to be written off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskWriteOff {
    /// The account.
    pub account_id: AccountId,
    /// The community's account on the other side.
    pub other_id: AccountId,
    /// Why, in short.
    pub category: WriteOffCategory,
    /// Why.
    pub reason: String,
}

/// A write-off that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteOff {
    /// The payment by which it was.
    pub payment_id: PaymentId,
    /// Whose balance it was.
    pub account_id: AccountId,
    /// The balance: below zero where the community bears it.
    pub amount: Amount,
    /// Why.
    pub category: WriteOffCategory,
    /// What permits it: the agreement of two admins.
    pub approval_id: ApprovalId,
    /// When.
    pub created_at: Timestamp,
}

/// Whether the balance that is there now is covered by the one that two admins agreed to write off: of the same side of zero,
/// and no more.
pub fn is_covered(agreed: Amount, now: Amount) -> bool {
    let of_one_side = agreed.is_negative() == now.is_negative();
    of_one_side && now.minor().unsigned_abs() <= agreed.minor().unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_agreed_covers_what_is_left_and_no_more() {
        let covered = |agreed, now| is_covered(Amount::from_minor(agreed), Amount::from_minor(now));
        assert!(covered(-50, -50) && covered(-50, -1) && covered(50, 50) && covered(50, 1));
        assert!(!covered(-50, -51) && !covered(50, 51) && !covered(-50, 1) && !covered(50, -1));
    }

    #[test]
    fn nobody_gives_up_what_they_owe() {
        use WriteOffCategory::{Donated, GivenUp, Hardship, Other};
        let fits = |category: WriteOffCategory, minor| category.fits(Amount::from_minor(minor));
        assert!(fits(Hardship, -1) && !fits(Hardship, 1));
        for given in [GivenUp, Donated] {
            assert!(fits(given, 1) && !fits(given, -1));
        }
        assert!(fits(Other, 1) && fits(Other, -1));
        assert!(WriteOffCategory::ALL.iter().all(|category| !fits(*category, 0)));
    }
}
