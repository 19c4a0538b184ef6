//! Secrets that must be read again, such as an authenticator's, stored encrypted: AES-256-GCM under the operator's
//! key, or, where they set none, under one from the database. The second is no protection against somebody who has
//! the whole database; it keeps the secrets out of logs, exports and copies of single tables.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// Something that cannot be sealed or opened: the key is another one, or the bytes were altered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "a stored secret cannot be opened with the keys of this service; was COUNTERFOIL_SECRET_KEY changed?"
)]
pub struct BadSeal;

/// Which key sealed something. The first byte of what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyOf {
    Database,
    Operator,
}

impl KeyOf {
    const fn mark(self) -> u8 {
        match self {
            Self::Database => 1,
            Self::Operator => 2,
        }
    }
}

/// Seals and opens.
pub struct Sealing {
    database: LessSafeKey,
    operator: Option<LessSafeKey>,
}

impl Sealing {
    /// From the database's secret and the operator's, where there is one. What was sealed before the operator set a
    /// key can still be opened.
    ///
    /// # Errors
    /// When a key cannot be made.
    pub fn new(database_secret: &[u8], operator_secret: Option<&[u8]>) -> Result<Self, BadSeal> {
        Ok(Self {
            database: key(KeyOf::Database, database_secret)?,
            operator: operator_secret.map(|secret| key(KeyOf::Operator, secret)).transpose()?,
        })
    }

    /// Encrypts. `context` says what it is and whose, and is needed to open it.
    ///
    /// # Errors
    /// Never, with texts of ordinary length.
    pub fn seal(&self, context: &[u8], nonce: [u8; NONCE_LEN], plain: &[u8]) -> Result<Vec<u8>, BadSeal> {
        let (key_of, key) = match &self.operator {
            Some(key) => (KeyOf::Operator, key),
            None => (KeyOf::Database, &self.database),
        };
        let mut sealed = plain.to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut sealed)
            .map_err(|_| BadSeal)?;
        Ok([&[key_of.mark()], nonce.as_slice(), &sealed].concat())
    }

    /// Whether the operator set a key: only then is what is sealed safe from whoever has the database.
    pub const fn has_operator_key(&self) -> bool {
        self.operator.is_some()
    }

    /// Decrypts.
    ///
    /// # Errors
    /// When the context, the key or the bytes are not those of the sealing.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, BadSeal> {
        let (mark, rest) = sealed.split_first().ok_or(BadSeal)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(BadSeal)?;
        let key = match *mark {
            mark if mark == KeyOf::Database.mark() => &self.database,
            mark if mark == KeyOf::Operator.mark() => self.operator.as_ref().ok_or(BadSeal)?,
            _ => return Err(BadSeal),
        };
        let mut body = body.to_vec();
        let plain = key
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(context), &mut body)
            .map_err(|_| BadSeal)?;
        Ok(plain.to_vec())
    }
}

fn key(key_of: KeyOf, secret: &[u8]) -> Result<LessSafeKey, BadSeal> {
    let mut hasher = Sha256::new();
    hasher.update(b"counterfoil sealing key");
    hasher.update([key_of.mark()]);
    hasher.update(secret);
    let unbound = UnboundKey::new(&AES_256_GCM, &hasher.finalize()).map_err(|_| BadSeal)?;
    Ok(LessSafeKey::new(unbound))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_and_context_open() {
        let before = Sealing::new(&[1; 32], None).unwrap();
        let sealed = before.seal(b"totp of ada", [7; NONCE_LEN], b"secret").unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        assert_eq!(before.open(b"totp of ada", &sealed).unwrap(), b"secret");
        assert_eq!(before.open(b"totp of ben", &sealed), Err(BadSeal));
        assert_eq!(Sealing::new(&[2; 32], None).unwrap().open(b"totp of ada", &sealed), Err(BadSeal));
        for place in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[place] ^= 1;
            assert_eq!(before.open(b"totp of ada", &altered), Err(BadSeal), "{place}");
            assert_eq!(before.open(b"totp of ada", &sealed[..place]), Err(BadSeal), "{place}");
        }
        let after = Sealing::new(&[1; 32], Some(&[3; 32])).unwrap();
        assert_eq!(
            after.open(b"totp of ada", &sealed).unwrap(),
            b"secret",
            "sealed before the operator set a key"
        );
        let newer = after.seal(b"totp of ada", [8; NONCE_LEN], b"secret").unwrap();
        assert_eq!(after.open(b"totp of ada", &newer).unwrap(), b"secret");
        assert_eq!(
            before.open(b"totp of ada", &newer),
            Err(BadSeal),
            "the database's own key does not open it"
        );
    }
}
