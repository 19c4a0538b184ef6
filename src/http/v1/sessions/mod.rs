//! Sessions: signing in, staying signed in, proving again who one is, seeing them, ending them.

pub mod create;
pub mod delete;
pub mod delete_one;
pub mod delete_others;
pub mod list;
pub mod refresh;
pub mod step_up;
mod tokens;
