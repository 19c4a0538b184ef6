//! Passkeys: one's own, and what browsers say and hear about them.

pub mod create;
pub mod credentials;
pub mod delete;
pub mod list;
pub mod options;
pub mod start;
