//! Background work: what is due by a table, done one piece at a time, while the service serves.
//!
//! | file | what lives there |
//! |---|---|
//! | `delivering/` | sending webhooks' messages, each endpoint's in its own time |
//! | `kinds.rs` | all work that the use cases do by themselves |
//! | `mailing.rs` | sending the mails of the outbox |
//! | `periodic.rs` | work that looks for what is due every so often |
//! | `rhythm.rs` | how often a kind of work looks whether anything is due |
//! | `runner.rs` | the task that does all of it |
//!
//! Each kind of work has a table of its own, with its own states, which is its queue: there is none in general. A piece
//! of work is claimed from its table for a while, done with no transaction open, and settled. What must not be lost is
//! written by the transaction that caused it, and a crash at any place makes it due again.

mod delivering;
mod kinds;
mod mailing;
mod periodic;
mod rhythm;
mod runner;

use std::pin::Pin;

use crate::services::ServiceError;

pub use delivering::Delivering;
pub use kinds::{
    Cleaning, Contributing, Erasing, Expiring, Leaving, Limiting, Measuring, Notifying, PayingIncomes,
    Scheduling, Stating, Telling, TestFollowing,
};
pub use mailing::Mailing;
pub use runner::{Runner, Running};

/// Whether more may be due at once after a piece of work.
pub type MoreDue = bool;

/// A piece of work under way.
pub type Doing<'a> = Pin<Box<dyn Future<Output = Result<MoreDue, ServiceError>> + Send + 'a>>;

/// One kind of background work.
pub trait Work: Send + Sync {
    /// Its name in logs.
    fn name(&self) -> &'static str;

    /// Does one piece of what is due by the service's clock, if there is any. It takes bounded time.
    fn do_one(&self) -> Doing<'_>;
}
