//! Accounts: who holds how much, and how far it may go.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::allowance::Allowance;
use super::amount::{Amount, BALANCE_MAX_MINOR};
use super::coded::coded_enum;
use super::community::CommunityCode;
use super::ids::{AccountId, MemberId};
use super::payment_rules::{Paid, PaymentRules};
use super::time::Timestamp;

/// The fewest digits of an account code's number.
const ACCOUNT_NUMBER_DIGITS_MIN: usize = 4;
/// The most digits of an account code's number.
const ACCOUNT_NUMBER_DIGITS_MAX: usize = 12;

coded_enum! {
    /// What an account is for.
    AccountKind {
        /// A member's own.
        Member = 1 "member",
        /// The community's own fund.
        Commons = 2 "commons",
        /// Losses that the community bears.
        WriteOff = 3 "write_off",
        /// What this community owes another one.
        Peer = 4 "peer",
    }
}

coded_enum! {
    /// Whether an account takes part in payments.
    AccountStatus {
        /// Pays and is paid.
        Active = 1 "active",
        /// Neither, for a while.
        Frozen = 2 "frozen",
        /// Neither, any more.
        Closed = 3 "closed",
        /// Its member is leaving: it takes part, and its balance may only move towards zero.
        Leaving = 4 "leaving",
    }
}

impl AccountStatus {
    /// Whether payments from and to it are made.
    pub const fn takes_part(self) -> bool {
        matches!(self, Self::Active | Self::Leaving)
    }
}

/// An account's public name: the community's code and a number, such as `RIVER0001`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccountCode(Arc<str>);

impl AccountCode {
    /// The code of a community's account number `number`.
    pub fn new(community: &CommunityCode, number: i64) -> Self {
        Self(format!("{community}{number:0ACCOUNT_NUMBER_DIGITS_MIN$}").into())
    }

    /// The whole code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The letters, which name the community.
    pub fn community(&self) -> &str {
        self.0.trim_end_matches(|character: char| character.is_ascii_digit())
    }
}

impl fmt::Display for AccountCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What names an account in a request: its id or its code.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AccountReference {
    /// By id.
    Id(AccountId),
    /// By code.
    Code(AccountCode),
}

/// A text that is neither an id nor an account code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadAccountReference;

impl FromStr for AccountReference {
    type Err = BadAccountReference;

    fn from_str(text: &str) -> Result<Self, BadAccountReference> {
        if let Ok(code) = text.parse() {
            return Ok(Self::Code(code));
        }
        // Only the hyphenated form of a UUID, so that an account has exactly one id text.
        if text.len() == 36 {
            text.parse().map(Self::Id).map_err(|_| BadAccountReference)
        } else {
            Err(BadAccountReference)
        }
    }
}

impl FromStr for AccountCode {
    type Err = BadAccountReference;

    fn from_str(text: &str) -> Result<Self, BadAccountReference> {
        let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
        let (community, number) = text.split_at(letters);
        let good_number = (ACCOUNT_NUMBER_DIGITS_MIN..=ACCOUNT_NUMBER_DIGITS_MAX).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit());
        if good_number && community.parse::<CommunityCode>().is_ok() {
            Ok(Self(text.into()))
        } else {
            Err(BadAccountReference)
        }
    }
}

/// How far an account's balance may go, both ways, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// How far below zero; zero or more.
    pub credit_limit: Amount,
    /// The highest balance; none where there is no bound.
    pub ceiling: Option<Amount>,
}

impl Limits {
    /// Whether both bounds are zero or more and in the range of a balance.
    pub fn are_valid(self) -> bool {
        let valid = |bound: Amount| !bound.is_negative() && bound.is_within(BALANCE_MAX_MINOR);
        valid(self.credit_limit) && self.ceiling.is_none_or(valid)
    }
}

/// An account with all that the posting rules look at. A projection of the chain's records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its public name.
    pub code: AccountCode,
    /// The name people read.
    pub name: Arc<str>,
    /// What it is for.
    pub kind: AccountKind,
    /// The member it belongs to; none for the community's own.
    pub member_id: Option<MemberId>,
    /// Whether it takes part.
    pub status: AccountStatus,
    /// How far it may go.
    pub limits: Limits,
    /// The sum of its entries.
    pub balance: Amount,
    /// What is held for authorised payments.
    pub reserved: Amount,
    /// The number of its entries, which is the last one's `account_seq`.
    pub account_seq: i64,
    /// Since when the balance has been below zero.
    pub negative_since: Option<Timestamp>,
    /// Rises with every change of this account.
    pub version: i64,
    /// When it was opened.
    pub created_at: Timestamp,
    /// Above which amount its payments need a fresh proof of who pays, where its member set one.
    pub step_up_above: Option<Amount>,
    /// That one payment may pass its credit limit, where an admin lets it.
    pub allowance: Option<Allowance>,
    /// How much and how often it may pay, and from where on it is warned.
    pub rules: PaymentRules,
    /// What it paid, as far as the rules have it counted.
    pub paid: Paid,
}

impl Account {
    /// Balance − reserved + credit limit: what may still be spent. Below zero after a cut of the limit.
    pub fn available(&self) -> Amount {
        let credit_limit = self.limits_in_force().credit_limit;
        // No overflow: each of the three is within 10^15, so the sum is within 3 × 10^15.
        Amount::from_minor(self.balance.minor() - self.reserved.minor() + credit_limit.minor())
    }

    /// The limits by which payments are judged: those of an account whose member is leaving count as zero, so that it moves
    /// towards zero and no further. Its own are kept, for the case that the member stays.
    pub const fn limits_in_force(&self) -> Limits {
        match self.status {
            AccountStatus::Leaving => Limits { credit_limit: Amount::ZERO, ceiling: Some(Amount::ZERO) },
            _ => self.limits,
        }
    }

    /// Whether it neither holds nor owes nor reserves anything.
    pub fn is_settled(&self) -> bool {
        self.balance == Amount::ZERO && self.reserved == Amount::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_letters_and_at_least_four_digits() {
        let river: CommunityCode = "RIVER".parse().unwrap();
        assert_eq!(AccountCode::new(&river, 1).as_str(), "RIVER0001");
        assert_eq!(AccountCode::new(&river, 12345).as_str(), "RIVER12345");
        assert_eq!("RIVER0001".parse::<AccountCode>().unwrap().community(), "RIVER");
        for bad in [
            "",
            "RIVER",
            "RIVER1",
            "river0001",
            "RIVER00x1",
            "0001",
            "R0001",
            "RIVER0001 ",
            "RÍVER0001",
            "RIVER٠٠٠١",
        ] {
            assert!(bad.parse::<AccountReference>().is_err(), "{bad:?}");
        }
        assert!("019a0000-0000-7000-8000-000000000001".parse::<AccountReference>().is_ok());
        assert!("019a0000000070008000000000000001".parse::<AccountReference>().is_err());
    }
}
