//! `/communities/{code}/limit-policy`: limits as policy.

pub mod adopt;
pub mod get;
pub mod list;
pub mod preview;
