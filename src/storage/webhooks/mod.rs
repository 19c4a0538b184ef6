//! Webhooks: whom to tell what, and what became of each message.
//!
//! | file | what lives there |
//! |---|---|
//! | `bounding.rs` | how much of an endpoint's log is kept |
//! | `deliveries.rs` | messages that wait, and the log of those that do not |
//! | `endpoints.rs` | who is told, of what, and how far |
//! | `forgetting.rs` | taking out of the log what tells of somebody |
//! | `moving.rs` | making messages due that rest, and giving up those that wait |
//! | `settling.rs` | noting what became of many attempts with one statement |

pub mod bounding;
pub mod deliveries;
pub mod endpoints;
pub mod forgetting;
pub mod moving;
mod settling;

pub use settling::{Settled, settle};
