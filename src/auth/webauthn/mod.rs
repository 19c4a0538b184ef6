//! Passkeys: what a relying party verifies, after W3C Web Authentication Level 2, sections 7.1 (a new one) and 7.2
//! (its use), whose steps are named where they are taken, and what Level 3 adds to them.
//!
//! | file | what lives there |
//! |---|---|
//! | `authenticator_data.rs` | the authenticator's half: flags, count, public key |
//! | `client_data.rs` | the browser's half: what for, for whom, on which page |
//! | `faults.rs` | what can be wrong |
//! | `party.rs` | who we are to browsers |
//! | `registration.rs` | a new passkey |
//! | `assertion.rs` | the use of one |
//! | `vectors.rs` | what a browser really gave, for tests |
//!
//! Deliberately little: one algorithm (ES256), user verification always, no attestation (a statement about the make of
//! the authenticator is skipped, whatever it says), no extensions asked for. Whether a challenge is ours and unused, and
//! whose a passkey is, only the database knows: what is read here names both.

mod assertion;
mod authenticator_data;
mod client_data;
mod faults;
mod party;
mod registration;
#[cfg(test)]
mod vectors;

pub use assertion::{Assertion, AssertionResponse};
pub use faults::{Flaw, PasskeyFault};
pub use party::RelyingParty;
pub use registration::{AttestationResponse, Registration};

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::domain::chain::Hash;

/// ES256, as COSE numbers algorithms (RFC 9053 section 2.1): ECDSA on P-256 with SHA-256.
pub const ES256: i32 = -7;
/// The bytes of a challenge, all of them random.
const CHALLENGE_BYTES: usize = 32;
/// The most bytes of a credential's id, section 5.8.3 (Level 3: section 7.1 has it checked).
const CREDENTIAL_ID_BYTES_MAX: usize = 1_023;
/// The most bytes of a user handle, section 5.4.3. Ours have 16.
const USER_HANDLE_BYTES_MAX: usize = 64;
/// The most bytes of what a browser says of the ceremony. About 150 are usual.
const CLIENT_DATA_BYTES_MAX: usize = 4_096;
/// The most bytes of what an authenticator says of itself. About 200 are usual, a TPM's certificates make 6,000.
const ATTESTATION_OBJECT_BYTES_MAX: usize = 16_384;
/// The most bytes of what an authenticator signs: 37, and room for the outputs of extensions.
const AUTHENTICATOR_DATA_BYTES_MAX: usize = 2_048;
/// The most bytes of a signature: two numbers of 33 bytes in DER.
const SIGNATURE_BYTES_MAX: usize = 72;

/// What an authenticator is asked to sign, once.
#[derive(Clone)]
pub struct Challenge([u8; CHALLENGE_BYTES]);

impl Challenge {
    /// A challenge of random bytes.
    pub const fn from_random(random: [u8; CHALLENGE_BYTES]) -> Self {
        Self(random)
    }

    /// What is stored of it.
    pub fn hash(&self) -> Hash {
        Sha256::digest(self.0).into()
    }

    /// The text for browsers.
    pub fn to_text(&self) -> String {
        encode(&self.0)
    }

    /// The challenge in a browser's words: one spelling and no other.
    fn parse(text: &str) -> Option<Self> {
        decode(text, CHALLENGE_BYTES)?.try_into().map(Self).ok()
    }
}

impl fmt::Debug for Challenge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Challenge(…)")
    }
}

/// Bytes as the standard writes them in JSON.
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// At most so many bytes in base64url, in the one spelling that they have: without padding, stray bits or line breaks.
fn decode(text: &str, bytes_max: usize) -> Option<Vec<u8>> {
    // What is too long is not decoded first.
    (text.len() <= bytes_max.div_ceil(3) * 4)
        .then(|| URL_SAFE_NO_PAD.decode(text).ok())?
        .filter(|bytes| bytes.len() <= bytes_max)
}

/// The id of a credential, which comes twice and must be the same.
fn read_id(kind: &str, id: &str, raw_id: &str) -> Result<Vec<u8>, PasskeyFault> {
    if kind != "public-key" {
        return Err(PasskeyFault::new("/type", Flaw::Kind));
    }
    if id != raw_id {
        return Err(PasskeyFault::new("/rawId", Flaw::Malformed));
    }
    decode(id, CREDENTIAL_ID_BYTES_MAX)
        .filter(|id| !id.is_empty())
        .ok_or(PasskeyFault::new("/id", Flaw::Malformed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_one_spelling() {
        assert_eq!(decode("AQ", 1), Some(vec![1]));
        for bad in ["AR", "AQ==", "AQ=", "A", "+w", "_w\n", " AQ", "AQAA"] {
            assert_eq!(decode(bad, 1), None, "{bad:?}");
        }
        assert_eq!(decode("-_8", 2), Some(vec![0xfb, 0xff]));
        assert_eq!(decode(&"A".repeat(1 << 20), 1_023), None);
    }

    #[test]
    fn challenges_come_back_as_they_went() {
        let challenge = Challenge::from_random([0xa7; 32]);
        let text = challenge.to_text();
        assert_eq!(Challenge::parse(&text).unwrap().hash(), challenge.hash());
        for bad in ["", &text[1..], &format!("{text}A"), &format!("{text}="), &text.replace('p', "q")] {
            assert!(Challenge::parse(bad).is_none_or(|other| other.hash() != challenge.hash()), "{bad}");
        }
    }
}
