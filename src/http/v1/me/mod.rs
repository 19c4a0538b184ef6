//! Who is signed in, and how they prove it.

pub mod confirm_totp;
pub mod delete_totp;
pub mod get;
pub mod list_audits;
pub mod set_password;
pub mod start_totp;
