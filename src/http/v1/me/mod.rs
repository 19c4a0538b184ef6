//! Who is signed in, and how they prove it.

pub mod confirm_totp;
pub mod create_erasure;
pub mod delete_erasure;
pub mod delete_membership;
pub mod delete_totp;
pub mod get;
pub mod get_export;
pub mod get_notifications;
pub mod list_audits;
pub mod set_notifications;
pub mod set_password;
pub mod start_totp;
