//! Sessions: signing in, staying signed in, signing out.

pub mod create;
pub mod delete;
pub mod refresh;
mod tokens;
