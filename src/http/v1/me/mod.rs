//! Who is signed in.

pub mod get;
pub mod list_audits;
