//! A community's mails, for its admins.

pub mod list;
pub mod retry;
