//! Sessions: signing in, staying signed in, proving again who one is, seeing them, ending them.

pub mod create;
pub mod create_with_passkey;
pub mod delete;
pub mod delete_one;
pub mod delete_others;
pub mod list;
pub mod refresh;
pub mod start_passkey;
pub mod start_passkey_step_up;
pub mod step_up;
mod tokens;
