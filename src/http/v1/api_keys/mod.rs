//! API keys: with what a shop's software acts at one account.

pub mod create;
pub mod delete;
pub mod edit;
pub mod get;
pub mod get_current;
pub mod list;
pub mod rotate;
