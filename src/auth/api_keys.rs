//! API keys: 256 random bits behind a prefix that says for which world they are, stored only as hashes.
//!
//! At its end a key has four bytes of a checksum: what was invented or mistyped is found out without looking anything
//! up, and whoever searches texts for leaked secrets knows one when they see it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::domain::chain::Hash;

/// What every key begins with.
const MARK: &str = "cfk_";
/// The beginning of keys of communities where people live.
const LIVE: &str = "cfk_live_";
/// The beginning of keys of communities that are only for tests.
const TEST: &str = "cfk_test_";
/// Bytes of randomness in a key.
const RANDOM_BYTES: usize = 32;
/// Bytes of the checksum behind them.
const CHECKSUM_BYTES: usize = 4;
/// How many characters behind the beginning people are shown, to recognise a key by: 36 of 256 bits.
const SHOWN_CHARS: usize = 6;

/// A key on its way between server and client.
#[derive(Debug, Clone)]
pub struct ApiKeySecret(SecretString);

impl ApiKeySecret {
    /// A key of 32 random bytes.
    pub fn from_random(is_test: bool, random: &[u8; RANDOM_BYTES]) -> Self {
        let beginning = if is_test { TEST } else { LIVE };
        let mut bytes = random.to_vec();
        bytes.extend(checksum(beginning, random));
        Self(format!("{beginning}{}", URL_SAFE_NO_PAD.encode(bytes)).into())
    }

    /// Whether a text is meant as a key, right or wrong, and not as a token.
    pub fn is_meant_by(text: &str) -> bool {
        text.starts_with(MARK)
    }

    /// A text that has the shape of a key, down to its checksum.
    pub fn parse(text: &str) -> Option<Self> {
        let beginning = [LIVE, TEST].into_iter().find(|beginning| text.starts_with(beginning))?;
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(beginning)?).ok()?;
        let (random, sum) = bytes.split_at_checked(RANDOM_BYTES)?;
        (checksum(beginning, random) == sum).then(|| Self(text.into()))
    }

    /// What is stored of it.
    pub fn hash(&self) -> Hash {
        Sha256::digest(self.0.expose_secret()).into()
    }

    /// What people are shown of it, to recognise it by.
    pub fn prefix(&self) -> String {
        self.0.expose_secret().chars().take(LIVE.len() + SHOWN_CHARS).collect()
    }

    /// The text for the client.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

fn checksum(beginning: &str, random: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let digest: Hash = Sha256::new_with_prefix(beginning).chain_update(random).finalize().into();
    let mut sum = [0; CHECKSUM_BYTES];
    sum.copy_from_slice(&digest[..CHECKSUM_BYTES]);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_one_world_is_none_of_the_other() {
        let live = ApiKeySecret::from_random(false, &[7; 32]);
        let test = ApiKeySecret::from_random(true, &[7; 32]);
        assert!(live.expose().starts_with(LIVE) && test.expose().starts_with(TEST));
        assert_ne!(live.hash(), test.hash());
        // What is stored is SHA-256 of the text that the client has, as `sha256sum` tells it.
        let told = "f1013723c40b54637951a105d7dcb3b62ec8c554e7ba633ad2a759553227f708";
        assert_eq!(live.hash().map(|byte| format!("{byte:02x}")).concat(), told);
        for key in [&live, &test] {
            assert_eq!(ApiKeySecret::parse(key.expose()).unwrap().hash(), key.hash());
        }
        assert!(ApiKeySecret::parse(&live.expose().replace(LIVE, TEST)).is_none());
        assert!(!format!("{live:?}").contains("BwcHB"), "nothing prints itself");
        assert_eq!(live.prefix(), "cfk_live_BwcHBw");
    }

    #[test]
    fn what_is_mistyped_or_invented_is_found_out() {
        let key = ApiKeySecret::from_random(false, &[200; 32]);
        let text = key.expose();
        for place in LIVE.len()..text.len() {
            let other = if text.as_bytes()[place] == b'A' { "B" } else { "A" };
            let altered = format!("{}{other}{}", &text[..place], &text[place + 1..]);
            assert!(ApiKeySecret::parse(&altered).is_none(), "{place}");
        }
        for bad in
            ["", "cfk_", LIVE, "cfk_live_AAAA", "cfk_live_§", &text[..text.len() - 1], &format!("{text}A")]
        {
            assert!(ApiKeySecret::parse(bad).is_none(), "{bad}");
        }
        assert!(ApiKeySecret::is_meant_by("cfk_") && !ApiKeySecret::is_meant_by("eyJ0eXAi"));
    }
}
