//! Payments.

pub mod body;
pub mod create;
pub mod get;
pub mod get_note;
pub mod list;
pub mod refund;
pub mod set_note;
