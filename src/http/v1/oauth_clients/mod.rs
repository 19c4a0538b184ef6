//! Registered apps, shops and machines.

pub mod create;
pub mod delete;
pub mod list;
