//! Passwords: argon2id on a few threads of its own, with a bounded queue before them.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

use super::password_rules::{self, PasswordFault};

/// How many checks may wait for each thread. At about 40 ms a check, nobody waits much longer than a second.
const WAITING_PER_SLOT_MAX: usize = 32;

/// Why a password was not hashed or checked.
#[derive(Debug, Error)]
pub enum PasswordError {
    /// Too many at once. Nothing was done.
    #[error("too many passwords are being checked")]
    Overloaded,
    /// The rules do not take it.
    #[error("the password is not taken: {}", .0.code())]
    Refused(PasswordFault),
    /// The hash could not be made or read.
    #[error("the password hash failed: {0}")]
    Hash(String),
}

/// A password that waits for its turn.
enum Work {
    /// To be compared with a stored hash.
    Check {
        password: SecretString,
        stored_hash: Option<String>,
        reply: oneshot::Sender<Result<bool, PasswordError>>,
    },
    /// To be judged by the rules and hashed.
    Take(NewPassword, oneshot::Sender<Result<String, PasswordError>>),
}

/// A password that somebody chose.
#[derive(Debug, Clone)]
pub struct NewPassword {
    /// The password.
    pub password: SecretString,
    /// Whether a second factor stands beside it.
    pub has_second_factor: bool,
    /// What others know of its owner: address, name.
    pub personal: Vec<String>,
}

/// Checks and hashes passwords: argon2id with the crate's parameters (19 MiB, two passes, one lane), which are those of the
/// OWASP password storage guide. The threads are its own, so that no others hold on to memory of that size.
#[derive(Clone)]
pub struct Passwords {
    queue: mpsc::Sender<Work>,
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
        let work = Work::Check { password, stored_hash, reply };
        self.queue.try_send(work).map_err(|_| PasswordError::Overloaded)?;
        result.await.unwrap_or(Err(PasswordError::Overloaded))
    }

    /// Judges a new password and gives its hash.
    ///
    /// # Errors
    /// [`PasswordError::Refused`] when the rules do not take it, [`PasswordError::Overloaded`] when the queue is full.
    pub async fn take(&self, new: NewPassword) -> Result<String, PasswordError> {
        // Judged before it waits: what is far too long costs nothing.
        if password_rules::is_too_long(new.password.expose_secret()) {
            return Err(PasswordError::Refused(PasswordFault::TooLong));
        }
        let (reply, result) = oneshot::channel();
        self.queue.try_send(Work::Take(new, reply)).map_err(|_| PasswordError::Overloaded)?;
        result.await.unwrap_or(Err(PasswordError::Overloaded))
    }
}

/// One thread's work, until nobody can ask any more.
fn check_until_closed(waiting: &Mutex<mpsc::Receiver<Work>>, decoy_hash: &str) {
    loop {
        // The lock is held while waiting: whichever thread has it takes what is next.
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
        // The one who asked may have gone.
        match next {
            Some(Work::Check { password, stored_hash, reply }) => {
                drop(reply.send(check(&password, stored_hash.as_deref(), decoy_hash)));
            }
            Some(Work::Take(new, reply)) => drop(reply.send(judge_and_hash(&new))),
            None => return,
        }
    }
}

fn check(
    password: &SecretString,
    stored_hash: Option<&str>,
    decoy_hash: &str,
) -> Result<bool, PasswordError> {
    let parsed = PasswordHash::new(stored_hash.unwrap_or(decoy_hash))
        .map_err(|error| PasswordError::Hash(error.to_string()))?;
    let password = password_rules::normalise(password.expose_secret());
    let matches = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
    Ok(matches && stored_hash.is_some())
}

fn judge_and_hash(new: &NewPassword) -> Result<String, PasswordError> {
    let personal: Vec<_> = new.personal.iter().map(String::as_str).collect();
    let password = new.password.expose_secret();
    password_rules::check(password, new.has_second_factor, &personal).map_err(PasswordError::Refused)?;
    hash(password)
}

/// The PHC string of a password's argon2id hash with a fresh salt. Takes tens of milliseconds.
///
/// # Errors
/// When the system has no randomness for the salt.
pub fn hash(password: &str) -> Result<String, PasswordError> {
    let hash = Argon2::default()
        .hash_password(password_rules::normalise(password).as_bytes())
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
    async fn a_new_password_is_judged_before_it_is_hashed() {
        let passwords = Passwords::new(1).unwrap();
        let new = |password: &str| NewPassword {
            password: password.into(),
            has_second_factor: false,
            personal: vec!["Ada Brook".into()],
        };
        let stored = passwords.take(new("cafe\u{301} au lait sans sucre")).await.unwrap();
        assert!(passwords.verify("caf\u{e9} au lait sans sucre".into(), Some(stored)).await.unwrap());
        let refused = passwords.take(new("short")).await;
        assert!(matches!(refused, Err(PasswordError::Refused(PasswordFault::TooShort(15)))));
    }

    #[tokio::test]
    async fn a_full_queue_turns_away() {
        let (queue, _nobody_takes) = mpsc::channel(1);
        let passwords = Passwords { queue };
        let (reply, _result) = oneshot::channel();
        let work = Work::Check { password: "x".into(), stored_hash: None, reply };
        passwords.queue.try_send(work).ok().unwrap();
        assert!(matches!(passwords.verify("x".into(), None).await, Err(PasswordError::Overloaded)));
        let new = |password: String| NewPassword {
            password: password.into(),
            has_second_factor: false,
            personal: Vec::new(),
        };
        assert!(matches!(passwords.take(new("x".into())).await, Err(PasswordError::Overloaded)));
        let huge = passwords.take(new("x".repeat(1 << 20))).await;
        assert!(matches!(huge, Err(PasswordError::Refused(PasswordFault::TooLong))), "without waiting");
    }
}
