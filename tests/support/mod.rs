//! What the test binaries share: one real app for each test, on a fresh database, on both engines.
//!
//! ```ignore
//! #[path = "../support/mod.rs"]
//! mod support;
//!
//! support::both_engines! {
//!     fn a_member_sees_what_is_left(app: &TestApp) {
//!         let ada = app.member("ada");
//!         assert_eq!(ada.account()["available"], "100.00");
//!     }
//! }
//! ```
//!
//! | file | what lives there |
//! |---|---|
//! | `app.rs` | starting, stopping and restarting the app |
//! | `apps.rs` | apps that act for members, and browsers in which members decide |
//! | `authenticator.rs` | passkeys in software, made and used rightly or wrongly |
//! | `books.rs` | proving a database's ledger when its test is over |
//! | `client.rs` | callers and replies |
//! | `clock.rs` | the machine's time, moved on demand |
//! | `database.rs` | a fresh database for each test, on either engine |
//! | `delivering.rs` | webhooks' messages, sent as the program sends them |
//! | `described.rs` | holding every answer to the API's description |
//! | `people.rs` | communities, members and payments |
//! | `raw.rs` | HTTP by hand, for what no client would send |
//! | `receiver.rs` | a machine that is told things by webhooks |
//! | `rounds.rs` | how often what is left to chance is tried |
//! | `stream.rs` | listening to server-sent events |
//!
//! Helpers use the API or the operator's use cases; those that touch tables are named `db_…`.
#![allow(dead_code, unused_imports, unused_macros, reason = "each test binary uses its own part")]

mod app;
mod apps;
mod authenticator;
mod books;
mod client;
mod clock;
mod database;
mod delivering;
mod described;
mod people;
mod raw;
mod receiver;
mod rounds;
mod stream;

pub use app::{PUBLIC_URL, TestApp};
pub use apps::{
    App, Browser, REDIRECT_URI, VERIFIER, address, basic, challenge, encode, form_token, html, parameter,
    post_form,
};
pub use authenticator::{
    AT, BE, BS, Draft, ED, SoftPasskey, UP, UV, base64url, cbor_bytes, cbor_text, from_base64url,
};
pub use client::{Caller, Reply, Tokens, keys};
pub use clock::TestClock;
pub use database::{TestDatabase, numbers, texts};
pub use delivering::{Sending, loopback};
pub use people::{Newcomer, PASSWORD, Person, claims, fresh_key, payment, session_of};
pub use raw::RawReply;
pub use receiver::{Answer, Received, Receiver};
pub use rounds::{is_campaign, rounds};
pub use stream::{Block, EventReader};

/// Makes of each function a test on SQLite, in the module `sqlite`, and one on PostgreSQL, in `postgres`. The
/// function takes `&TestApp`, a running app on a fresh database, or `&TestDatabase`, just that database.
macro_rules! both_engines {
    ($($(#[$attribute:meta])* fn $name:ident($argument:ident: &$kind:ident) $body:block)+) => {
        mod sqlite {
            #[allow(unused_imports, reason = "what the stories use")]
            use super::*;
            $(#[test] $(#[$attribute])* fn $name() {
                super::$name(&$crate::support::$kind::new(counterfoil::storage::Engine::Sqlite));
            })+
        }

        mod postgres {
            #[allow(unused_imports, reason = "what the stories use")]
            use super::*;
            $(#[test] $(#[$attribute])* fn $name() {
                super::$name(&$crate::support::$kind::new(counterfoil::storage::Engine::Postgres));
            })+
        }

        $(fn $name($argument: &$crate::support::$kind) $body)+
    };
}

pub(crate) use both_engines;
