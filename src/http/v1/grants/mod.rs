//! What the caller allowed apps.

pub mod delete;
pub mod get_current;
pub mod list;
