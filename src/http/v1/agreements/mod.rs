//! The versions of a community's terms.

pub mod accept;
pub mod create;
pub mod list;
