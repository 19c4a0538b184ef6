//! Passwords: argon2id, with as many at once as there are slots, and a bounded queue before them.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use tokio::sync::Semaphore;

/// How many checks may wait for each slot. At about 40 ms a check, nobody waits much longer than a second.
const WAITING_PER_SLOT_MAX: usize = 32;
/// The fewest characters of a password.
pub const PASSWORD_CHARS_MIN: usize = 15;
/// The most characters of a password.
pub const PASSWORD_CHARS_MAX: usize = 256;

/// Why a password was not hashed or checked.
#[derive(Debug, Error)]
pub enum PasswordError {
    /// Too many at once. Nothing was done.
    #[error("too many passwords are being checked")]
    Overloaded,
    /// The hash could not be made or read.
    #[error("the password hash failed: {0}")]
    Hash(String),
}

/// Hashes and checks passwords: argon2id with the crate's parameters (19 MiB, two passes, one lane), which are
/// those of the OWASP password storage guide.
#[derive(Clone)]
pub struct Passwords {
    slots: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    /// Checked when there is no such user, so that strangers and members cost the same time.
    decoy_hash: Arc<str>,
}

impl Passwords {
    /// A checker with `slots` checks at once.
    ///
    /// # Errors
    /// When the decoy hash cannot be made.
    pub fn new(slots: usize) -> Result<Self, PasswordError> {
        let decoy_hash = hash("a password that nobody has")?;
        Ok(Self {
            slots: Arc::new(Semaphore::new(slots)),
            queue: Arc::new(Semaphore::new(slots * (WAITING_PER_SLOT_MAX + 1))),
            decoy_hash: decoy_hash.into(),
        })
    }

    /// Whether the password is the one that was hashed. Without a hash, the answer is no, after the same time.
    ///
    /// # Errors
    /// [`PasswordError::Overloaded`] when the queue is full.
    pub async fn verify(&self, password: SecretString, stored_hash: Option<String>) -> Result<bool, PasswordError> {
        let _place = self.queue.try_acquire().map_err(|_| PasswordError::Overloaded)?;
        let slot = Arc::clone(&self.slots).acquire_owned().await.map_err(|_| PasswordError::Overloaded)?;
        let decoy_hash = Arc::clone(&self.decoy_hash);
        tokio::task::spawn_blocking(move || {
            let _slot = slot;
            let is_known = stored_hash.is_some();
            let stored_hash = stored_hash.unwrap_or_else(|| decoy_hash.to_string());
            let parsed = PasswordHash::new(&stored_hash).map_err(|error| PasswordError::Hash(error.to_string()))?;
            let matches = Argon2::default().verify_password(password.expose_secret().as_bytes(), &parsed).is_ok();
            Ok(matches && is_known)
        })
        .await
        .map_err(|error| PasswordError::Hash(error.to_string()))?
    }
}

/// The PHC string of a password's argon2id hash with a fresh salt. Takes tens of milliseconds.
///
/// # Errors
/// When the system has no randomness for the salt.
pub fn hash(password: &str) -> Result<String, PasswordError> {
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|error| PasswordError::Hash(error.to_string()))?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_passes_and_no_other() {
        let passwords = Passwords::new(1).unwrap();
        let stored = hash("correct horse battery").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(passwords.verify("correct horse battery".into(), Some(stored.clone())).await.unwrap());
        assert!(!passwords.verify("correct horse batterz".into(), Some(stored)).await.unwrap());
        assert!(!passwords.verify("a password that nobody has".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_full_queue_turns_away() {
        let passwords = Passwords::new(1).unwrap();
        let places = WAITING_PER_SLOT_MAX + 1;
        let _held = passwords.queue.try_acquire_many(u32::try_from(places).unwrap()).unwrap();
        assert!(matches!(passwords.verify("x".into(), None).await, Err(PasswordError::Overloaded)));
    }
}
