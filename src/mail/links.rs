//! Where links lead. A link is the configured public address, a fixed path and at most a one-time token and a language: nothing that
//! a request brought, and no text of a user, ever becomes part of one.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::language::Language;

/// The longest one-time token, in bytes.
const TOKEN_BYTES_MAX: usize = 128;

/// A page that a letter leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The service itself.
    Home,
    /// Proving that an address is one's own.
    ConfirmAddress,
    /// Choosing a new password.
    ResetPassword,
    /// Joining a community.
    Invitation,
}

impl Page {
    const fn path(self) -> &'static str {
        match self {
            Self::Home => "/",
            Self::ConfirmAddress => "/confirm-address",
            Self::ResetPassword => "/reset-password",
            Self::Invitation => "/invitation",
        }
    }

    /// The page's address below the public URL, which has no slash at its end. A page that asks something does so in the
    /// language of the letter.
    pub fn url(self, public_url: &str, token: Option<&OneTimeToken>, language: Language) -> String {
        let path = self.path();
        match token {
            Some(token) => format!("{public_url}{path}?token={}&lang={}", token.0, language.name()),
            None => format!("{public_url}{path}"),
        }
    }
}

/// What proves that its bearer got the letter. It is stored with the mail only until the mail is sent or has failed;
/// what checks it stores a hash.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct OneTimeToken(String);

/// A text that cannot be a one-time token.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("a one-time token is 1 to {TOKEN_BYTES_MAX} letters, digits, hyphens and underscores")]
pub struct BadToken;

impl TryFrom<String> for OneTimeToken {
    type Error = BadToken;

    fn try_from(text: String) -> Result<Self, BadToken> {
        let is_sound = (1..=TOKEN_BYTES_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if is_sound { Ok(Self(text)) } else { Err(BadToken) }
    }
}

impl OneTimeToken {
    /// The text, for the letter.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for OneTimeToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("OneTimeToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_hold_the_public_address_a_path_and_a_token() {
        let token = OneTimeToken::try_from("cfi_Ab-9".to_owned()).unwrap();
        assert_eq!(
            Page::Invitation.url("https://river.example", Some(&token), Language::Dutch),
            "https://river.example/invitation?token=cfi_Ab-9&lang=nl"
        );
        assert_eq!(Page::Home.url("https://river.example", None, Language::Dutch), "https://river.example/");
        assert!(!format!("{token:?}").contains("Ab-9"));
        for bad in ["", "a b", "a&b", "a\r\nb", "é", "a/b", &"a".repeat(129)] {
            assert!(OneTimeToken::try_from(bad.to_owned()).is_err(), "{bad:?}");
        }
    }
}
