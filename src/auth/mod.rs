//! Proving who someone is: passwords, second factors, keys, tokens, one-time secrets. No storage, no HTTP.

pub mod blocklist;
pub mod keys;
pub mod one_time;
pub mod password_rules;
pub mod passwords;
pub mod recovery;
pub mod refresh;
pub mod sealing;
pub mod tokens;
pub mod totp;
