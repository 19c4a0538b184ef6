//! Shops that take payments, over HTTP, on both engines: their keys and the twin communities to try them in, checkouts with
//! their pages, and webhooks. What members and admins do is in `tests/api`.

#[path = "../faults/by_hand.rs"]
mod by_hand;
#[path = "../support/mod.rs"]
mod support;

mod checkouts;
mod keys;
mod platforms;
mod sandbox;
mod webhooks;
