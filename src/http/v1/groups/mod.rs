//! `/communities/{code}/groups`, and which member is in which.

pub mod classify;
pub mod create;
pub mod delete;
pub mod edit;
pub mod get_class;
pub mod list;
