//! One-time secrets in links and messages: opaque, 256 bits, stored only as hashes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::domain::chain::Hash;

/// Tells people and secret scanners what they have found.
const PREFIX: &str = "cfo_";
/// The length of every such text, in bytes.
const TEXT_BYTES: usize = PREFIX.len() + 43;

/// A one-time secret on its way to the one who may use it, and back.
#[derive(Debug, Clone)]
pub struct OneTimeToken(SecretString);

impl OneTimeToken {
    /// A secret of 32 random bytes.
    pub fn from_random(random: &[u8; 32]) -> Self {
        Self(SecretString::from(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random))))
    }

    /// A text that has the shape of one.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == TEXT_BYTES && text.starts_with(PREFIX)).then(|| Self(SecretString::from(text)))
    }

    /// What is stored of it.
    pub fn hash(&self) -> Hash {
        Sha256::digest(self.0.expose_secret().as_bytes()).into()
    }

    /// The text for its link or message.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_read_back_and_do_not_print_themselves() {
        let token = OneTimeToken::from_random(&[7; 32]);
        assert_eq!(OneTimeToken::parse(token.expose()).unwrap().hash(), token.hash());
        assert!(!format!("{token:?}").contains("cfo_"));
        for bad in ["", "cfo_", "cfr_AAAA", &token.expose()[1..], &format!("{}A", token.expose())] {
            assert!(OneTimeToken::parse(bad).is_none(), "{bad}");
        }
    }
}
