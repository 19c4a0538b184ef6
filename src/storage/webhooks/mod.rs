//! Webhooks: whom to tell what, and what became of each message.
//!
//! | file | what lives there |
//! |---|---|
//! | `deliveries.rs` | messages that wait, and the log of those that do not |
//! | `endpoints.rs` | who is told, of what, and how far |
//! | `settling.rs` | noting what became of many attempts with one statement |

pub mod deliveries;
pub mod endpoints;
mod settling;

pub use settling::{Settled, settle};
