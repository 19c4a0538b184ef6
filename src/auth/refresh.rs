//! Refresh tokens: opaque, 256 bits, stored only as hashes, and each exchanged for exactly one successor.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::domain::chain::Hash;

/// Tells people and secret scanners what they have found.
const PREFIX: &str = "cfr_";
/// The length of every refresh token's text.
const TEXT_BYTES: usize = PREFIX.len() + 43;

/// A refresh token, on its way between server and client.
#[derive(Debug, Clone)]
pub struct RefreshToken(SecretString);

impl RefreshToken {
    /// The first token of a session, from 32 random bytes.
    pub fn from_random(random: &[u8; 32]) -> Self {
        Self(SecretString::from(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random))))
    }

    /// A text that has the shape of a refresh token.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == TEXT_BYTES && text.starts_with(PREFIX)).then(|| Self(SecretString::from(text)))
    }

    /// The token that follows this one. It takes the token itself and the stored salt to make it, so that a client
    /// who repeats an exchange gets the same successor although the server has neither token.
    #[must_use]
    pub fn successor(&self, salt: &[u8; 16]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"counterfoil refresh successor");
        hasher.update(salt);
        hasher.update(self.0.expose_secret().as_bytes());
        Self::from_random(&hasher.finalize().into())
    }

    /// What is stored of it.
    pub fn hash(&self) -> Hash {
        Sha256::digest(self.0.expose_secret().as_bytes()).into()
    }

    /// The text for the client.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn successors_need_the_token_and_the_salt() {
        let token = RefreshToken::from_random(&[7; 32]);
        let successor = token.successor(&[1; 16]);
        assert_eq!(successor.expose(), token.successor(&[1; 16]).expose());
        assert_ne!(successor.expose(), token.successor(&[2; 16]).expose());
        assert!(RefreshToken::parse(successor.expose()).is_some());
        assert!(RefreshToken::parse("cfr_short").is_none());
        assert!(!format!("{token:?}").contains("cfr_"));
    }
}
