//! What a token allows: the scopes of the API, as a small set.

use std::fmt;

/// One right that a token may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// See balances and entries of one's accounts.
    AccountsRead,
    /// See one's payments.
    PaymentsRead,
    /// Pay from one's accounts.
    PaymentsWrite,
    /// Ask for payments; capture and void what was authorised to one's accounts.
    RequestsWrite,
    /// Give back what was paid to one's accounts, and spend nothing else.
    RefundsWrite,
    /// Set limits, where the member is an admin.
    LimitsWrite,
    /// Say where one's accounts' events are sent.
    WebhooksManage,
    /// See the directory and the community's ledger.
    MembersRead,
}

impl Scope {
    const ALL: [Self; 8] = [
        Self::AccountsRead,
        Self::PaymentsRead,
        Self::PaymentsWrite,
        Self::RequestsWrite,
        Self::RefundsWrite,
        Self::LimitsWrite,
        Self::WebhooksManage,
        Self::MembersRead,
    ];

    /// The scope's name in tokens and documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccountsRead => "accounts:read",
            Self::PaymentsRead => "payments:read",
            Self::PaymentsWrite => "payments:write",
            Self::RequestsWrite => "requests:write",
            Self::RefundsWrite => "refunds:write",
            Self::LimitsWrite => "limits:write",
            Self::WebhooksManage => "webhooks:manage",
            Self::MembersRead => "members:read",
        }
    }

    /// Whether it lets its bearer see something, and change nothing.
    pub const fn only_reads(self) -> bool {
        matches!(self, Self::AccountsRead | Self::PaymentsRead | Self::MembersRead)
    }

    const fn bit(self) -> u32 {
        match self {
            Self::AccountsRead => 1,
            Self::PaymentsRead => 2,
            Self::PaymentsWrite => 4,
            Self::LimitsWrite => 8,
            Self::MembersRead => 16,
            Self::RequestsWrite => 32,
            Self::RefundsWrite => 64,
            Self::WebhooksManage => 128,
        }
    }

    /// The scopes of which each alone gives this right: who may pay anybody may give back, too.
    const fn accepted_bits(self) -> u32 {
        match self {
            Self::RefundsWrite => self.bit() | Self::PaymentsWrite.bit(),
            _ => self.bit(),
        }
    }
}

/// A set of scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scopes(u32);

impl Scopes {
    /// Everything that a first-party sign-in may do.
    pub fn all() -> Self {
        Scope::ALL.into_iter().fold(Self::default(), Self::with)
    }

    /// This set and one scope more.
    #[must_use]
    pub const fn with(self, scope: Scope) -> Self {
        Self(self.0 | scope.bit())
    }

    /// The scopes of both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the set is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the other set holds all of these.
    pub const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// The set's scopes, in the order of the documents.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.0 & scope.bit() != 0)
    }

    /// Whether the set gives the right that the scope stands for.
    pub const fn holds(self, scope: Scope) -> bool {
        self.0 & scope.accepted_bits() != 0
    }

    /// Reads the space-separated form as a request has it: every name must be known.
    pub fn parse_strictly(text: &str) -> Option<Self> {
        let is_known = |name: &str| Scope::ALL.into_iter().any(|scope| scope.name() == name);
        text.split(' ').all(is_known).then(|| Self::parse(text))
    }

    /// Reads the space-separated form of tokens (RFC 6749 section 3.3). Unknown names grant nothing.
    pub fn parse(text: &str) -> Self {
        text.split(' ')
            .filter_map(|name| Scope::ALL.into_iter().find(|scope| scope.name() == name))
            .fold(Self::default(), Self::with)
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(Scope::name).collect();
        formatter.write_str(&names.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_read_back_and_unknown_names_grant_nothing() {
        assert_eq!(Scopes::parse(&Scopes::all().to_string()), Scopes::all());
        let some = Scopes::parse("payments:read root payments:*");
        assert!(some.holds(Scope::PaymentsRead) && !some.holds(Scope::PaymentsWrite));
    }

    #[test]
    fn who_may_pay_may_give_back_but_not_the_other_way_round() {
        let paying = Scopes::default().with(Scope::PaymentsWrite);
        assert!(paying.holds(Scope::RefundsWrite) && !paying.holds(Scope::WebhooksManage));
        assert_eq!(paying.to_string(), "payments:write", "it is not told as more than was given");
        let refunding = Scopes::parse("refunds:write webhooks:manage");
        assert!(refunding.holds(Scope::RefundsWrite) && !refunding.holds(Scope::PaymentsWrite));
        assert!(!refunding.is_within(paying), "nor does it widen what a client may ask for");
    }
}
