//! What became of messages to endpoints.

pub mod get;
pub mod redeliver;
