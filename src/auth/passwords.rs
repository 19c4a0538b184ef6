//! Passwords: argon2id on a few threads of its own, with a bounded queue before them.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

/// How many checks may wait for each thread. At about 40 ms a check, nobody waits much longer than a second.
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

/// A password that waits to be checked.
struct Check {
    password: SecretString,
    stored_hash: Option<String>,
    reply: oneshot::Sender<Result<bool, PasswordError>>,
}

/// Checks passwords: argon2id with the crate's parameters (19 MiB, two passes, one lane), which are those of the
/// OWASP password storage guide. The threads are its own, so that no others hold on to memory of that size.
#[derive(Clone)]
pub struct Passwords {
    queue: mpsc::Sender<Check>,
}

impl Passwords {
    /// A checker with `slots` checks at once.
    ///
    /// # Errors
    /// When the decoy hash or a thread cannot be made.
    pub fn new(slots: usize) -> Result<Self, PasswordError> {
        // Checked when there is no such user, so that strangers and members cost the same time.
        let decoy_hash: Arc<str> = hash("a password that nobody has")?.into();
        let (queue, waiting) = mpsc::channel(slots.max(1) * WAITING_PER_SLOT_MAX);
        let waiting = Arc::new(Mutex::new(waiting));
        for number in 0..slots.max(1) {
            let (waiting, decoy_hash) = (Arc::clone(&waiting), Arc::clone(&decoy_hash));
            std::thread::Builder::new()
                .name(format!("password-{number}"))
                .spawn(move || check_until_closed(&waiting, &decoy_hash))
                .map_err(|error| PasswordError::Hash(error.to_string()))?;
        }
        Ok(Self { queue })
    }

    /// Whether the password is the one that was hashed. Without a hash, the answer is no, after the same time.
    ///
    /// # Errors
    /// [`PasswordError::Overloaded`] when the queue is full.
    pub async fn verify(
        &self,
        password: SecretString,
        stored_hash: Option<String>,
    ) -> Result<bool, PasswordError> {
        let (reply, result) = oneshot::channel();
        self.queue.try_send(Check { password, stored_hash, reply }).map_err(|_| PasswordError::Overloaded)?;
        result.await.unwrap_or(Err(PasswordError::Overloaded))
    }
}

/// One thread's work, until nobody can ask any more.
fn check_until_closed(waiting: &Mutex<mpsc::Receiver<Check>>, decoy_hash: &str) {
    loop {
        // The lock is held while waiting: whichever thread has it takes the next check.
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
        let Some(Check { password, stored_hash, reply }) = next else { return };
        // The one who asked may have gone.
        drop(reply.send(check(&password, stored_hash.as_deref(), decoy_hash)));
    }
}

fn check(
    password: &SecretString,
    stored_hash: Option<&str>,
    decoy_hash: &str,
) -> Result<bool, PasswordError> {
    let parsed = PasswordHash::new(stored_hash.unwrap_or(decoy_hash))
        .map_err(|error| PasswordError::Hash(error.to_string()))?;
    let matches = Argon2::default().verify_password(password.expose_secret().as_bytes(), &parsed).is_ok();
    Ok(matches && stored_hash.is_some())
}

/// The PHC string of a password's argon2id hash with a fresh salt. Takes tens of milliseconds.
///
/// # Errors
/// When the system has no randomness for the salt.
pub fn hash(password: &str) -> Result<String, PasswordError> {
    let hash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|error| PasswordError::Hash(error.to_string()))?;
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
        let (queue, _nobody_takes) = mpsc::channel(1);
        let passwords = Passwords { queue };
        let (reply, _result) = oneshot::channel();
        passwords.queue.try_send(Check { password: "x".into(), stored_hash: None, reply }).ok().unwrap();
        assert!(matches!(passwords.verify("x".into(), None).await, Err(PasswordError::Overloaded)));
    }
}
