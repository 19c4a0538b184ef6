//! Trusted payees: whose requests an account accepts without asking.

pub mod delete;
pub mod get;
pub mod list;
pub mod set;
