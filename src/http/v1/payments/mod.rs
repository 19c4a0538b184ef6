//! Payments.

pub mod accept;
pub mod batch;
pub mod body;
pub mod bulk;
pub mod cancel;
pub mod capture;
pub mod create;
pub mod decline;
pub mod get;
pub mod get_note;
pub mod get_receipt;
pub mod list;
mod lists;
pub mod preview;
pub mod refund;
pub mod reverse;
pub mod set_note;
pub mod steps;
pub mod void;
