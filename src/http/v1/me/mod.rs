//! Who is signed in, and how they prove it.

pub mod ask_erasure;
pub mod cancel_erasure;
pub mod confirm_totp;
pub mod delete_totp;
pub mod export;
pub mod get;
pub mod list_audits;
pub mod set_password;
pub mod start_totp;
