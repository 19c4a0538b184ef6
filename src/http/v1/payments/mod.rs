//! Payments.

pub mod batch;
pub mod body;
pub mod bulk;
pub mod create;
pub mod get;
pub mod get_note;
pub mod list;
pub mod preview;
pub mod refund;
pub mod reverse;
pub mod set_note;
