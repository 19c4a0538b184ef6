//! API keys: with what a shop's software acts at one account.

use super::scopes::{Scope, Scopes};

/// The most keys that one account can have.
pub const KEYS_PER_ACCOUNT_MAX: usize = 20;
/// The most secrets of a key that work at once.
pub const SECRETS_MAX: usize = 3;
/// How long a key's secret works beside the one that takes its place, where nobody says, in seconds: a day.
pub const OVERLAP_S: i64 = 86_400;
/// The longest that it may, in seconds: a week.
pub const OVERLAP_S_MAX: i64 = 7 * 86_400;
/// The most networks of a key.
pub const ADDRESSES_MAX: usize = 20;

/// What keys are for, for people who do not care for scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRole {
    /// Take payments, and see what became of them.
    TakePayments,
    /// Give back what was paid.
    Refund,
    /// Only look.
    ReadOnly,
}

impl KeyRole {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::TakePayments, Self::Refund, Self::ReadOnly];

    /// The role's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TakePayments => "take_payments",
            Self::Refund => "refund",
            Self::ReadOnly => "read_only",
        }
    }

    /// What a key of this role may.
    pub fn scopes(self) -> Scopes {
        let scopes = Scopes::default().with(Scope::PaymentsRead);
        match self {
            Self::TakePayments => scopes.with(Scope::RequestsWrite),
            Self::Refund => scopes.with(Scope::RefundsWrite),
            Self::ReadOnly => scopes.with(Scope::AccountsRead),
        }
    }
}

/// Everything that a key can be allowed: what concerns one account. What others are and what an office may is not for keys.
pub fn key_scopes() -> Scopes {
    [
        Scope::AccountsRead,
        Scope::PaymentsRead,
        Scope::PaymentsWrite,
        Scope::RequestsWrite,
        Scope::RefundsWrite,
        Scope::WebhooksManage,
    ]
    .into_iter()
    .fold(Scopes::default(), Scopes::with)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_role_spends_or_holds_an_office() {
        for role in KeyRole::ALL {
            assert!(
                role.scopes().is_within(key_scopes()) && !role.scopes().holds(Scope::PaymentsWrite),
                "{role:?}"
            );
        }
        assert!(!key_scopes().holds(Scope::LimitsWrite) && !key_scopes().holds(Scope::MembersRead));
    }
}
