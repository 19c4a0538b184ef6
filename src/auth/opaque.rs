//! Opaque secrets: client secrets, authorization codes, browsers' cookies. 256 random bits, stored only as hashes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::domain::chain::Hash;

/// What kind of secret a text is: its prefix tells people and secret scanners what they have found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A client's secret.
    ClientSecret,
    /// An authorization code.
    Code,
    /// A browser's cookie.
    Browser,
}

impl Kind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::ClientSecret => "cfs_",
            Self::Code => "cfa_",
            Self::Browser => "cfb_",
        }
    }
}

/// A secret on its way between server and client.
#[derive(Debug, Clone)]
pub struct OpaqueSecret(SecretString);

impl OpaqueSecret {
    /// A secret of 32 random bytes.
    pub fn from_random(kind: Kind, random: &[u8; 32]) -> Self {
        Self(format!("{}{}", kind.prefix(), URL_SAFE_NO_PAD.encode(random)).into())
    }

    /// A text that has the shape of such a secret.
    pub fn parse(kind: Kind, text: &str) -> Option<Self> {
        let is_shaped = text.len() == kind.prefix().len() + 43 && text.starts_with(kind.prefix());
        is_shaped.then(|| Self(text.into()))
    }

    /// What is stored of it.
    pub fn hash(&self) -> Hash {
        Sha256::digest(self.0.expose_secret()).into()
    }

    /// A text that only someone who has the secret can make, and that does not show it: the proof that a form comes
    /// from a page which this browser was given.
    pub fn form_token(&self) -> String {
        let mut hasher = Sha256::new();
        hasher.update(b"counterfoil form");
        hasher.update(self.0.expose_secret());
        URL_SAFE_NO_PAD.encode(hasher.finalize())
    }

    /// The text for the client.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// Whether two texts are equal, in a time that does not tell where they differ.
pub fn equal(one: &str, other: &str) -> bool {
    Sha256::digest(one) == Sha256::digest(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart_and_nothing_prints_itself() {
        let code = OpaqueSecret::from_random(Kind::Code, &[7; 32]);
        assert!(OpaqueSecret::parse(Kind::Code, code.expose()).is_some());
        assert!(OpaqueSecret::parse(Kind::Browser, code.expose()).is_none());
        assert!(!format!("{code:?}").contains("cfa_"));
        assert!(!code.form_token().contains(code.expose()));
    }
}
