//! Payments.

pub mod create;
pub mod get;
mod keyed;
pub mod list;
pub mod refund;
