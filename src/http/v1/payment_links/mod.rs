//! `/payment-links`: buttons and donation links.

pub mod create;
pub mod delete;
pub mod list;
