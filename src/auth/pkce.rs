//! Proof key for code exchange (RFC 7636), with S256 and nothing else.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::opaque::equal;

/// The lengths that a verifier may have.
const VERIFIER_BYTES: std::ops::RangeInclusive<usize> = 43..=128;
/// The length of every S256 challenge: 32 bytes in base64url.
const CHALLENGE_BYTES: usize = 43;

/// Whether this can be an S256 challenge.
pub fn is_challenge(text: &str) -> bool {
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.len() == CHALLENGE_BYTES && text.bytes().all(is_base64url)
}

/// Whether the verifier is the one from which the challenge was made.
pub fn meets(verifier: &str, challenge: &str) -> bool {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    VERIFIER_BYTES.contains(&verifier.len())
        && verifier.bytes().all(is_unreserved)
        && equal(&URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)), challenge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rfcs_example_is_met_and_nothing_else() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(is_challenge(challenge) && meets(verifier, challenge));
        assert!(!meets(challenge, challenge), "what was plain is not met");
        assert!(!meets("short", challenge) && !meets(&verifier.to_lowercase(), challenge));
        assert!(!is_challenge("") && !is_challenge(&"=".repeat(43)));
    }
}
