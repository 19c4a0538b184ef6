//! Proving who someone is: passwords, second factors, keys, tokens, one-time secrets. No storage, no HTTP.

pub mod api_keys;
mod bearer;
pub mod blocklist;
mod claims;
pub mod keys;
pub mod names;
pub mod one_time;
pub mod opaque;
pub mod password_rules;
pub mod passwords;
pub mod pkce;
pub mod recovery;
pub mod redirects;
pub mod refresh;
pub mod return_urls;
pub mod sealing;
pub mod tokens;
pub mod totp;
pub mod webauthn;
