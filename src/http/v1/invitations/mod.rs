//! Invitations to a community.

pub mod create;
pub mod delete;
pub mod list;
