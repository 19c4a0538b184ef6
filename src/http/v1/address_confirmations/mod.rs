//! Showing that an address is one's own.

pub mod create;
pub mod resend;
