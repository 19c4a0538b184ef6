//! Password resets: a new password without the old one.

pub mod complete;
pub mod create;
