//! How webhooks leave the house: signed by Standard Webhooks 1.0, to addresses that may be reached, and bounded in time and
//! size whatever the receiver does.
//!
//! | file | what lives there |
//! |---|---|
//! | `addresses.rs` | which addresses are nobody's business |
//! | `connection.rs` | opening a connection to an address that was looked at, with TLS where the URL says so |
//! | `lookups.rs` | looking names up, whatever their servers do |
//! | `sending.rs` | one attempt: the request, the answer, and what they mean |
//! | `signing.rs` | secrets and signatures |
//! | `targets.rs` | which URLs may be told of anything |

mod addresses;
mod connection;
mod lookups;
mod sending;
mod signing;
mod targets;

pub use connection::Client;
pub use sending::{Attempt, Connection, Fault, Message};
pub use signing::{SECRET_BYTES, WebhookSecret, sign};
pub use targets::{BadTarget, Target, TargetRules};
