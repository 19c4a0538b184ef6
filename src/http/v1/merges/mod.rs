//! Merging two memberships of one person.

pub mod create;
pub mod list;
pub mod preview;
