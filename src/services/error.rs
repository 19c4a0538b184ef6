//! Why a use case failed, in the kinds that callers are told apart.

use thiserror::Error;

use crate::auth::names::{self, NameFault};
use crate::auth::passwords::PasswordError;
use crate::domain::attempts::Rule;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::ledger::{SubmitError, WriteError};
use crate::storage::StorageError;

/// One thing wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, as a JSON pointer into the body (RFC 6901), or as the parameter's name.
    pub pointer: String,
    /// What, for programs.
    pub code: &'static str,
    /// What, for people.
    pub detail: String,
}

impl Fault {
    /// A fault at a place.
    pub fn new(pointer: &str, code: &'static str, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.to_owned(), code, detail: detail.into() }
    }
}

/// What two did in the same moment and only one could do is a conflict for the other.
pub(super) fn taken_is_conflict(error: ServiceError) -> ServiceError {
    match error {
        ServiceError::Storage(StorageError::Taken { .. }) => {
            Refusal::Conflict(ConflictReason::AlreadyExists).into()
        }
        other => other,
    }
}

/// A name in the form in which it is kept; what is wrong with it goes to the faults.
pub(super) fn read_name(pointer: &str, name: &str, chars_max: usize, faults: &mut Vec<Fault>) -> String {
    names::read(name, chars_max).unwrap_or_else(|NameFault { code, detail }| {
        faults.push(Fault::new(pointer, code, detail));
        String::new()
    })
}

/// A limit that is reached for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exhausted {
    /// The limit's name.
    pub policy: &'static str,
    /// How much it allows.
    pub quota: u32,
    /// In how many seconds.
    pub window_seconds: i64,
    /// After how many seconds there is room again; at least one.
    pub wait_seconds: i64,
}

impl Exhausted {
    /// A rule on guessing that has to be waited for, for so many microseconds.
    pub fn new(rule: &Rule, wait_micros: i64) -> Self {
        Self {
            policy: rule.name,
            quota: u32::try_from(rule.failures_max).unwrap_or(u32::MAX),
            window_seconds: rule.window_seconds,
            wait_seconds: wait_micros.div_euclid(1_000_000) + 1,
        }
    }
}

/// Why a use case failed.
#[derive(Debug, Error)]
pub enum ServiceError {
    /// The request makes no sense as it is.
    #[error("the request has {} faults", .0.len())]
    Invalid(Vec<Fault>),
    /// No, or no more, proof of who the caller is.
    #[error("the caller is not signed in")]
    Unauthenticated,
    /// The key is good, and may not be used from this address.
    #[error("the key may not be used from this address")]
    WrongAddress,
    /// The password is right, and the second factor's code is missing.
    #[error("the second factor's code is missing")]
    SecondFactorRequired,
    /// Absent, or not for this caller to know of.
    #[error("there is nothing here for the caller")]
    NotFound,
    /// The rules say no.
    #[error("refused: {}", .0.code())]
    Refused(Refusal),
    /// The present state does not allow a merge: all that stands in its way. Nothing was done.
    #[error("{} things stand in the way", .0.len())]
    Blocked(Vec<Fault>),
    /// Too often. Nothing was done.
    #[error("the limit {} is reached", .0.policy)]
    RateLimited(Exhausted),
    /// Too much at once. Nothing was done.
    #[error("too much work at once")]
    Overloaded,
    /// It may or may not have been done.
    #[error("the outcome is unknown")]
    OutcomeUnknown,
    /// The database failed.
    #[error("the database failed")]
    Storage(#[source] StorageError),
    /// Something that must not be.
    #[error("an inner fault: {0}")]
    Internal(String),
}

impl From<StorageError> for ServiceError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::PoolExhausted | StorageError::ConnectionLost(_) | StorageError::Contention => {
                Self::Overloaded
            }
            other => Self::Storage(other),
        }
    }
}

impl From<SubmitError> for ServiceError {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Overloaded => Self::Overloaded,
            SubmitError::OutcomeUnknown => Self::OutcomeUnknown,
        }
    }
}

impl From<WriteError> for ServiceError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Submit(error) => error.into(),
            WriteError::Storage(error) => error.into(),
        }
    }
}

impl From<PasswordError> for ServiceError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Overloaded => Self::Overloaded,
            PasswordError::Refused(fault) => {
                Self::Invalid(vec![Fault::new("/new_password", fault.code(), fault.detail())])
            }
            PasswordError::Hash(message) => Self::Internal(message),
        }
    }
}

impl From<Refusal> for ServiceError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::SessionEnded => Self::Unauthenticated,
            Refusal::NotFound(_) => Self::NotFound,
            other => Self::Refused(other),
        }
    }
}
