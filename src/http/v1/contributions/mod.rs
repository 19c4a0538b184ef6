//! Contributions of members to their community's fund.

pub mod get;
pub mod get_coming;
pub mod list_owing;
pub mod preview;
pub mod set;
