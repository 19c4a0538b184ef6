//! API keys: made, used, rotated, revoked.
