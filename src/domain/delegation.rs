//! What an account's owner lets others do at it: tellers, who have some rights, and brokers, who act as the owner.

use std::fmt;

use uuid::Uuid;

use super::ids::{AccountId, DelegationId, MemberId, UserId};
use super::spending::SpendingCeilings;

/// One thing that a teller may be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TellerRight {
    /// See the balance, the entries and the payments.
    See,
    /// Take what was authorised to the account, or release it. Refunding is paying.
    Take,
    /// Pay from the account, up to the ceilings.
    Pay,
}

impl TellerRight {
    const ALL: [Self; 3] = [Self::See, Self::Take, Self::Pay];

    /// The name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::See => "see",
            Self::Take => "take",
            Self::Pay => "pay",
        }
    }

    const fn bit(self) -> i16 {
        match self {
            Self::See => 1,
            Self::Take => 2,
            Self::Pay => 4,
        }
    }
}

/// A set of tellers' rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TellerRights(i16);

impl TellerRights {
    /// The set with these names, of which there must be one and none unknown.
    pub fn parse<'a>(names: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut bits = 0;
        for name in names {
            bits |= TellerRight::ALL.into_iter().find(|right| right.name() == name)?.bit();
        }
        (bits != 0).then_some(Self(bits))
    }

    /// The set with these stored bits.
    pub fn from_bits(bits: i16) -> Option<Self> {
        let all = TellerRight::ALL.into_iter().fold(0, |bits, right| bits | right.bit());
        (bits & !all == 0).then_some(Self(bits))
    }

    /// The set as it is stored.
    pub const fn bits(self) -> i16 {
        self.0
    }

    /// Whether the set holds the right.
    pub const fn holds(self, right: TellerRight) -> bool {
        self.0 & right.bit() != 0
    }

    /// The names of the set's rights.
    pub fn names(self) -> Vec<&'static str> {
        TellerRight::ALL.into_iter().filter(|right| self.holds(*right)).map(TellerRight::name).collect()
    }
}

/// What a teller may do, and how much pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TellerTerms {
    /// The rights; none for a broker, who acts as the owner.
    pub rights: TellerRights,
    /// How much may be paid.
    pub ceilings: SpendingCeilings,
}

/// Who is let.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delegate {
    /// A user, as a teller.
    Teller(UserId),
    /// A member, as a broker.
    Broker(MemberId),
}

impl Delegate {
    /// The user's or the member's id.
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Teller(id) => id.uuid(),
            Self::Broker(id) => id.uuid(),
        }
    }
}

/// That somebody may do something at an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delegation {
    /// Its id, under which a teller's spending of the day is counted.
    pub id: DelegationId,
    /// The account.
    pub account_id: AccountId,
    /// Who.
    pub delegate: Delegate,
    /// What.
    pub terms: TellerTerms,
}

impl fmt::Display for TellerTerms {
    /// The terms as JSON, for the audit log.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ceiling = |ceiling: Option<super::spending::SpendingCeiling>| {
            ceiling.map_or_else(|| "null".to_owned(), |ceiling| format!("\"{ceiling}\""))
        };
        let names: Vec<_> = self.rights.names().iter().map(|name| format!("\"{name}\"")).collect();
        write!(
            formatter,
            r#"{{"rights":[{}],"per_payment":{},"per_day":{}}}"#,
            names.join(","),
            ceiling(self.ceilings.per_payment),
            ceiling(self.ceilings.per_day)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_read_back_and_unknown_ones_are_none() {
        let rights = TellerRights::parse(["pay", "see"].into_iter()).unwrap();
        assert_eq!(rights.names(), ["see", "pay"]);
        assert_eq!(TellerRights::from_bits(rights.bits()), Some(rights));
        assert!(TellerRights::parse(["see", "own"].into_iter()).is_none());
        assert!(TellerRights::parse([].into_iter()).is_none() && TellerRights::from_bits(8).is_none());
    }
}
