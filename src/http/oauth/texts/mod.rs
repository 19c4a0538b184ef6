//! What the pages say, in one place and in each of the five languages.

mod dutch;
mod english;
mod french;
mod german;
mod spanish;

use crate::domain::language::Language;
use crate::domain::scopes::Scope;

/// The service's name.
pub const SERVICE: &str = "Counterfoil";

/// The words of the pages in one language.
#[derive(Debug)]
pub struct Texts {
    pub sign_in: &'static str,
    pub sign_in_why: &'static str,
    pub sign_in_grants: &'static str,
    pub sign_in_passkeys: &'static str,
    pub sign_in_with_passkey: &'static str,
    pub email: &'static str,
    pub password: &'static str,
    pub second_factor: &'static str,
    pub second_factor_hint: &'static str,
    pub wrong_sign_in: &'static str,
    pub wrong_passkey: &'static str,
    pub no_passkey: &'static str,
    pub code_needed: &'static str,
    pub prove_again: &'static str,
    pub busy: &'static str,
    pub too_many: &'static str,
    pub consent_asks: &'static str,
    pub consent_may: &'static str,
    pub consent_accounts: &'static str,
    pub consent_account: &'static str,
    pub consent_all_accounts: &'static str,
    pub consent_unknown: &'static str,
    pub consent_goes_to: &'static str,
    pub ceilings: &'static str,
    pub ceilings_hint: &'static str,
    pub per_payment: &'static str,
    pub per_day: &'static str,
    pub bad_ceiling: &'static str,
    pub allow: &'static str,
    pub deny: &'static str,
    pub signed_in_as: &'static str,
    pub not_you: &'static str,
    pub sign_out: &'static str,
    pub take_back_later: &'static str,
    pub grants: &'static str,
    pub no_grants: &'static str,
    pub allowed_on: &'static str,
    pub last_used: &'static str,
    pub no_ceiling: &'static str,
    pub revoke: &'static str,
    pub passkeys: &'static str,
    pub passkeys_why: &'static str,
    pub passkeys_late: &'static str,
    pub add_passkey: &'static str,
    pub remove_passkey: &'static str,
    pub passkey_name: &'static str,
    pub passkey_not_taken: &'static str,
    pub needs_script: &'static str,
    pub added_on: &'static str,
    pub never_used: &'static str,
    pub not_safe: &'static str,
    pub not_safe_why: &'static str,
    pub not_safe_detail: &'static str,
    pub stale: &'static str,
    pub stale_why: &'static str,
    pub failed: &'static str,
    pub failed_why: &'static str,
    pub accounts_read: &'static str,
    pub payments_read: &'static str,
    pub payments_write: &'static str,
    pub requests_write: &'static str,
    pub refunds_write: &'static str,
    pub limits_write: &'static str,
    pub webhooks_manage: &'static str,
    pub members_read: &'static str,
}

/// The words of a language.
pub const fn of(language: Language) -> &'static Texts {
    language.choose([&english::TEXTS, &spanish::TEXTS, &french::TEXTS, &german::TEXTS, &dutch::TEXTS])
}

impl Texts {
    /// What a scope lets an app do, in words that follow those that say that it may.
    pub const fn scope(&self, scope: Scope) -> &'static str {
        match scope {
            Scope::AccountsRead => self.accounts_read,
            Scope::PaymentsRead => self.payments_read,
            Scope::PaymentsWrite => self.payments_write,
            Scope::RequestsWrite => self.requests_write,
            Scope::RefundsWrite => self.refunds_write,
            Scope::LimitsWrite => self.limits_write,
            Scope::WebhooksManage => self.webhooks_manage,
            Scope::MembersRead => self.members_read,
        }
    }
}

/// Whether a scope can cost its member something, and so is shown with emphasis.
pub const fn is_weighty(scope: Scope) -> bool {
    matches!(scope, Scope::PaymentsWrite | Scope::RefundsWrite | Scope::LimitsWrite)
}

#[cfg(test)]
pub(in crate::http) mod tests {
    use super::*;

    /// The words of texts, as their debug form shows them.
    pub fn words(texts: &dyn std::fmt::Debug) -> Vec<String> {
        let shown = format!("{texts:?}");
        let fields = shown.split(": \"").skip(1);
        fields.map(|field| field.split("\", ").next().unwrap().trim_end_matches("\" }").to_owned()).collect()
    }

    /// Every language has every word, and of its own: as many as may be are the same in two.
    pub fn every_language_has_every_word<T: std::fmt::Debug + 'static>(
        of: impl Fn(Language) -> &'static T,
        same_max: usize,
    ) {
        let english = words(of(Language::English));
        for language in Language::ALL.iter().filter(|language| **language != Language::English) {
            let own = words(of(*language));
            assert_eq!(own.len(), english.len(), "{language:?}");
            let same: Vec<_> = own.iter().zip(&english).filter(|(own, english)| own == english).collect();
            assert!(same.len() <= same_max, "{language:?}: {same:?}");
            for word in &own {
                let is_clean = word.trim() == word && !word.is_empty() && !word.contains(['<', '&', '"']);
                assert!(is_clean, "{language:?}: {word:?}");
            }
        }
    }

    #[test]
    fn the_pages_speak_five_languages() {
        assert!(words(of(Language::English)).len() > 60);
        every_language_has_every_word(of, 0);
    }
}
