//! Recovery codes: for the day when the phone with the authenticator is lost. Each works once.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::totp::base32;
use crate::domain::chain::Hash;
use crate::domain::ids::UserId;

/// How many codes are given at once.
pub const CODES: usize = 10;
/// A code's random part, in bytes: 80 bits, which nobody finds from a hash.
pub const CODE_BYTES: usize = 10;
/// A code's letters.
const CODE_CHARS: usize = 16;
/// Letters between two dashes.
const GROUP_CHARS: usize = 4;

/// A code for people, such as `ABCD-EFGH-2345-6789`, from random bytes.
pub fn from_random(random: &[u8; CODE_BYTES]) -> String {
    let letters = base32(random);
    let mut text = String::new();
    for (place, letter) in letters.chars().enumerate() {
        if place > 0 && place % GROUP_CHARS == 0 {
            text.push('-');
        }
        text.push(letter);
    }
    text
}

/// What is stored of a code; none for what cannot be one. Case, spaces and dashes do not matter.
pub fn hash(user_id: UserId, text: &str) -> Option<Hash> {
    // Longer than any code with all its dashes and some spaces.
    if text.len() > 4 * CODE_CHARS {
        return None;
    }
    let letters: String = text
        .chars()
        .filter(|character| !matches!(character, ' ' | '-'))
        .map(|character| character.to_ascii_uppercase())
        .collect();
    let is_code =
        letters.len() == CODE_CHARS && letters.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
    is_code.then(|| {
        let mut hasher = Sha256::new();
        hasher.update(b"counterfoil recovery code");
        hasher.update(Uuid::as_bytes(&user_id.uuid()));
        hasher.update(letters.as_bytes());
        hasher.finalize().into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_however_they_are_typed() {
        let (ada, ben) = (UserId::from_uuid(Uuid::from_u128(1)), UserId::from_uuid(Uuid::from_u128(2)));
        let code = from_random(&[0xa7; CODE_BYTES]);
        assert_eq!((code.len(), code.matches('-').count()), (19, 3), "{code}");
        let stored = hash(ada, &code).unwrap();
        assert_eq!(hash(ada, &code.to_lowercase().replace('-', " ")), Some(stored));
        assert_eq!(hash(ada, &code.replace('-', "")), Some(stored));
        assert_ne!(hash(ben, &code), Some(stored), "a code is its owner's");
        for bad in [
            "",
            "123456",
            "ABCD-EFGH-2345-678",
            &code.replace('-', "_"),
            &"A".repeat(1_000),
            "ÄBCD-EFGH-2345-6767",
        ] {
            assert_eq!(hash(ada, bad), None, "{bad}");
        }
    }
}
