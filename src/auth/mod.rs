//! Proving who someone is: passwords, signing keys, access tokens, refresh tokens. No storage, no HTTP.

pub mod keys;
pub mod opaque;
pub mod passwords;
pub mod pkce;
pub mod redirects;
pub mod refresh;
pub mod tokens;
