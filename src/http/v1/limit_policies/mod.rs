//! `/communities/{code}/limit-policy`: limits as policy.

pub mod get;
pub mod list;
pub mod preview;
pub mod set;
