//! Background work: what is due by a table, done one piece at a time, while the service serves.
//!
//! | file | what lives there |
//! |---|---|
//! | `cleaning.rs` | deleting what was kept long enough |
//! | `contributing.rs` | taking what members contribute after each month |
//! | `delivering/` | sending webhooks' messages, each endpoint's in its own time |
//! | `erasing.rs` | forgetting people who asked for it |
//! | `expiring.rs` | ending payments that nobody acted on in time |
//! | `incomes.rs` | paying what funds pay to members who qualify |
//! | `leaving.rs` | reminding leavers of their plans, and closing those who came to zero |
//! | `limiting.rs` | giving accounts the limits that policies give them |
//! | `mailing.rs` | sending the mails of the outbox |
//! | `measuring.rs` | writing down how communities' currencies are doing |
//! | `notifying.rs` | writing to people about payments |
//! | `rhythm.rs` | how often a kind of work looks whether anything is due |
//! | `scheduling.rs` | giving planned payments their turn |
//! | `stating.rs` | writing accounts' statements to people after each month |
//! | `telling.rs` | telling people by mail of what happens |
//! | `runner.rs` | the task that does all of it |
//!
//! Each kind of work has a table of its own, with its own states, which is its queue: there is none in general. A piece
//! of work is claimed from its table for a while, done with no transaction open, and settled. What must not be lost is
//! written by the transaction that caused it, and a crash at any place makes it due again.

mod cleaning;
mod contributing;
mod delivering;
mod erasing;
mod expiring;
mod incomes;
mod leaving;
mod limiting;
mod mailing;
mod measuring;
mod notifying;
mod rhythm;
mod runner;
mod scheduling;
mod stating;
mod telling;

use std::pin::Pin;

use crate::services::ServiceError;

pub use cleaning::Cleaning;
pub use contributing::Contributing;
pub use delivering::Delivering;
pub use erasing::Erasing;
pub use expiring::Expiring;
pub use incomes::PayingIncomes;
pub use leaving::Leaving;
pub use limiting::Limiting;
pub use mailing::Mailing;
pub use measuring::Measuring;
pub use notifying::Notifying;
pub use runner::{Runner, Running};
pub use scheduling::Scheduling;
pub use stating::Stating;
pub use telling::Telling;

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
