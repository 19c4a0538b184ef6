//! Idempotency keys: which request a key stands for, and what was answered to it.

use std::str::FromStr;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::ids::UserId;

/// The most characters of an idempotency key.
pub const KEY_CHARS_MAX: usize = 255;

/// A caller's key for one intended effect: 1 to [`KEY_CHARS_MAX`] printable ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// A header that holds no usable key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadIdempotencyKey;

impl FromStr for IdempotencyKey {
    type Err = BadIdempotencyKey;

    /// Reads both forms of one key: a structured-field string (RFC 9651 section 4.2.5) and bare text.
    fn from_str(header: &str) -> Result<Self, BadIdempotencyKey> {
        let header = header.trim_matches([' ', '\t']);
        let key = match header.strip_prefix('"') {
            Some(rest) => unescape(rest).ok_or(BadIdempotencyKey)?,
            None => header.to_owned(),
        };
        let printable = key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if printable && (1..=KEY_CHARS_MAX).contains(&key.len()) {
            Ok(Self(key))
        } else {
            Err(BadIdempotencyKey)
        }
    }
}

/// The content of a structured-field string after its opening quote; `None` where it is malformed.
fn unescape(quoted: &str) -> Option<String> {
    let mut content = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    loop {
        match characters.next()? {
            '"' => return characters.next().is_none().then_some(content),
            '\\' => content.push(characters.next().filter(|escaped| matches!(escaped, '"' | '\\'))?),
            plain => content.push(plain),
        }
    }
}

/// A key within its scope (client and subject), hashed: what the table is keyed by inside a community.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyHash(pub [u8; 32]);

impl KeyHash {
    /// SHA-256 over client, a zero byte, the subject's 16 bytes and the key.
    pub fn new(client: &str, subject: UserId, key: &IdempotencyKey) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(client.as_bytes());
        hasher.update([0]);
        hasher.update(subject.uuid().as_bytes());
        hasher.update(key.0.as_bytes());
        Self(hasher.finalize().into())
    }
}

/// SHA-256 over method, path and body, so that a key's second use can be told from a repetition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestDigest([u8; 32]);

impl RequestDigest {
    /// The digest of a request as it came in.
    pub fn new(method: &str, path: &str, body: &[u8]) -> Self {
        let mut hasher = Sha256::new();
        for part in [method, path] {
            hasher.update(part.as_bytes());
            hasher.update([0]);
        }
        hasher.update(body);
        Self(hasher.finalize().into())
    }

    /// The digest as it is stored: salted with the result's id, so that equal requests do not look equal.
    pub fn fingerprint(self, result_id: Uuid) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(result_id.as_bytes());
        hasher.update(self.0);
        hasher.finalize().into()
    }
}

/// The key that a command came with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUse {
    /// The scoped key.
    pub hash: KeyHash,
    /// What it was used for.
    pub request: RequestDigest,
}

/// What was answered to a key, kept for its repetition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// The payment that was made, or the refusal that was noted.
    pub result_id: Uuid,
    /// The salted request digest.
    pub fingerprint: [u8; 32],
    /// The answer's status code.
    pub status: u16,
    /// The answer's bytes; none where they had to be erased.
    pub body: Option<Arc<[u8]>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_one_key() {
        let bare: IdempotencyKey = "k-42".parse().unwrap();
        assert_eq!("\"k-42\"".parse(), Ok(bare.clone()));
        assert_eq!("  k-42 ".parse(), Ok(bare));
        assert_eq!("\"a\\\"b\"".parse(), Ok(IdempotencyKey("a\"b".into())));
    }

    #[test]
    fn unusable_keys_are_refused() {
        let long = "x".repeat(KEY_CHARS_MAX + 1);
        for bad in
            ["", "\"\"", "\"open", "\"a\"b", "\"a\\n\"", "ключ", "a\u{7f}", "tab\tinside", long.as_str()]
        {
            assert_eq!(bad.parse::<IdempotencyKey>(), Err(BadIdempotencyKey), "{bad:?}");
        }
    }
}
