//! What the caller allowed apps.

pub mod delete;
pub mod list;
