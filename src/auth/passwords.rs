//! Passwords: argon2id on a few threads of its own, with a bounded queue before them.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
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

/// What a hash costs whoever makes it, and whoever guesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// How often the memory is gone over.
    pub passes: u32,
}

impl Cost {
    /// What the OWASP password storage guide asks for at least: 19 MiB, two passes.
    pub const LEAST: Self = Self { memory_kib: Params::DEFAULT_M_COST, passes: Params::DEFAULT_T_COST };

    fn hasher(self) -> Result<Argon2<'static>, PasswordError> {
        let params = Params::new(self.memory_kib, self.passes, 1, None)
            .map_err(|error| PasswordError::Hash(error.to_string()))?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    /// Whether a stored hash cost less, or was made in another way.
    fn exceeds(self, stored: &PasswordHash) -> bool {
        stored.algorithm.as_str() != Algorithm::Argon2id.as_str()
            || Params::try_from(stored)
                .is_ok_and(|old| old.m_cost() < self.memory_kib || old.t_cost() < self.passes)
    }
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
    /// To be hashed anew, with the salt that it has.
    Renew { password: SecretString, salt: Vec<u8>, reply: oneshot::Sender<Result<String, PasswordError>> },
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

/// Checks and hashes passwords: argon2id in one lane. The threads are its own, so that no others hold on to memory of that
/// size.
#[derive(Clone)]
pub struct Passwords {
    queue: mpsc::Sender<Work>,
    cost: Cost,
}

impl Passwords {
    /// A checker with `slots` checks at once, whose new hashes cost this much.
    ///
    /// # Errors
    /// When the decoy hash or a thread cannot be made.
    pub fn new(slots: usize, cost: Cost) -> Result<Self, PasswordError> {
        // Checked when there is no such user, so that strangers and members cost the same time.
        let decoy_hash: Arc<str> = hash_at(cost, "a password that nobody has")?.into();
        let (queue, waiting) = mpsc::channel(slots.max(1) * WAITING_PER_SLOT_MAX);
        let waiting = Arc::new(Mutex::new(waiting));
        for number in 0..slots.max(1) {
            let (waiting, decoy_hash) = (Arc::clone(&waiting), Arc::clone(&decoy_hash));
            std::thread::Builder::new()
                .name(format!("password-{number}"))
                .spawn(move || check_until_closed(&waiting, cost, &decoy_hash))
                .map_err(|error| PasswordError::Hash(error.to_string()))?;
        }
        Ok(Self { queue, cost })
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

    /// A fresh hash of a password that was found right, where the stored one cost less than new ones do. It has the same
    /// salt, by which [`is_same_choice`] knows that nobody chose another password.
    ///
    /// # Errors
    /// [`PasswordError::Overloaded`] when the queue is full.
    pub async fn renew(
        &self,
        password: SecretString,
        stored_hash: &str,
    ) -> Result<Option<String>, PasswordError> {
        let Some(salt) = salt_to_renew(self.cost, stored_hash) else { return Ok(None) };
        let (reply, result) = oneshot::channel();
        let work = Work::Renew { password, salt, reply };
        self.queue.try_send(work).map_err(|_| PasswordError::Overloaded)?;
        result.await.unwrap_or(Err(PasswordError::Overloaded)).map(Some)
    }
}

/// One thread's work, until nobody can ask any more.
fn check_until_closed(waiting: &Mutex<mpsc::Receiver<Work>>, cost: Cost, decoy_hash: &str) {
    loop {
        // The lock is held while waiting: whichever thread has it takes what is next.
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
        // The one who asked may have gone.
        match next {
            Some(Work::Check { password, stored_hash, reply }) => {
                drop(reply.send(check(&password, stored_hash.as_deref(), decoy_hash)));
            }
            Some(Work::Take(new, reply)) => drop(reply.send(judge_and_hash(cost, &new))),
            Some(Work::Renew { password, salt, reply }) => {
                drop(reply.send(hash_with_salt(cost, password.expose_secret(), &salt)));
            }
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

fn judge_and_hash(cost: Cost, new: &NewPassword) -> Result<String, PasswordError> {
    let personal: Vec<_> = new.personal.iter().map(String::as_str).collect();
    let password = new.password.expose_secret();
    password_rules::check(password, new.has_second_factor, &personal).map_err(PasswordError::Refused)?;
    hash_at(cost, password)
}

/// The PHC string of a password's argon2id hash with a fresh salt, of the least cost. Takes tens of milliseconds.
///
/// # Errors
/// When the system has no randomness for the salt.
pub fn hash(password: &str) -> Result<String, PasswordError> {
    hash_at(Cost::LEAST, password)
}

/// Whether two stored hashes are of the same choice of a password: the same one, or one renewed with its salt. Every new
/// password gets a fresh salt.
pub fn is_same_choice(one: &str, other: &str) -> bool {
    let salt = |text| PasswordHash::new(text).ok().and_then(|hash| hash.salt);
    one == other || salt(one).is_some_and(|one| salt(other) == Some(one))
}

fn hash_at(cost: Cost, password: &str) -> Result<String, PasswordError> {
    let password = password_rules::normalise(password);
    let hash = cost.hasher()?.hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| PasswordError::Hash(error.to_string()))
}

fn hash_with_salt(cost: Cost, password: &str, salt: &[u8]) -> Result<String, PasswordError> {
    let password = password_rules::normalise(password);
    let hash = cost.hasher()?.hash_password_with_salt(password.as_bytes(), salt);
    hash.map(|hash| hash.to_string()).map_err(|error| PasswordError::Hash(error.to_string()))
}

/// The salt of a stored hash that new ones exceed in cost; none where it is as good as they are.
fn salt_to_renew(cost: Cost, stored_hash: &str) -> Option<Vec<u8>> {
    let stored = PasswordHash::new(stored_hash).ok()?;
    let salt = stored.salt.filter(|_| cost.exceeds(&stored))?;
    Some(salt.as_ref().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_passes_and_no_other() {
        let passwords = Passwords::new(1, Cost::LEAST).unwrap();
        let stored = hash("correct horse battery").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(passwords.verify("correct horse battery".into(), Some(stored.clone())).await.unwrap());
        assert!(!passwords.verify("correct horse batterz".into(), Some(stored)).await.unwrap());
        assert!(!passwords.verify("a password that nobody has".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_new_password_is_judged_before_it_is_hashed() {
        let passwords = Passwords::new(1, Cost::LEAST).unwrap();
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
    async fn a_hash_that_costs_less_than_new_ones_is_renewed_with_its_salt() {
        let dearer = Cost { memory_kib: Cost::LEAST.memory_kib + 1_024, ..Cost::LEAST };
        let (old, new) = (Passwords::new(1, Cost::LEAST).unwrap(), Passwords::new(1, dearer).unwrap());
        let stored = hash("correct horse battery").unwrap();
        assert_eq!(old.renew("correct horse battery".into(), &stored).await.unwrap(), None);
        let renewed = new.renew("correct horse battery".into(), &stored).await.unwrap().unwrap();
        assert!(renewed.starts_with("$argon2id$v=19$m=20480,t=2,p=1$"), "{renewed}");
        assert!(new.verify("correct horse battery".into(), Some(renewed.clone())).await.unwrap());
        assert!(!new.verify("correct horse batterz".into(), Some(renewed.clone())).await.unwrap());
        assert_eq!(new.renew("correct horse battery".into(), &renewed).await.unwrap(), None);
        assert_eq!(old.renew("correct horse battery".into(), &renewed).await.unwrap(), None, "never cheaper");
        assert!(is_same_choice(&stored, &renewed) && is_same_choice(&renewed, &renewed));
        assert!(!is_same_choice(&stored, &hash("correct horse battery").unwrap()));
        assert!(!is_same_choice("", &stored) && !is_same_choice(&stored, "x"));
    }

    #[tokio::test]
    async fn a_full_queue_turns_away() {
        let (queue, _nobody_takes) = mpsc::channel(1);
        let passwords = Passwords { queue, cost: Cost::LEAST };
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
