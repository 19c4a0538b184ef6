//! Proving who someone is: passwords, signing keys, access tokens, refresh tokens. No storage, no HTTP.

pub mod keys;
pub mod passwords;
pub mod refresh;
pub mod tokens;
