//! Who is signed in.

pub mod get;
