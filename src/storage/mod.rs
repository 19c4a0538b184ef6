//! All SQL, and nothing but SQL. Functions take a connection; the caller owns the transaction.
//!
//! | file | what lives there |
//! |---|---|
//! | `connection.rs` | one connection to either engine, transactions |
//! | `database.rs` | which database, the readers' pool, the SQLite lock file |
//! | `durability.rs` | refusing settings that lose acknowledged payments |
//! | `errors.rs` | the few kinds of things that go wrong |
//! | `health/` | what is measured of communities |
//! | `chain.rs`, `chain/` | what `verify` reads: rows as they are stored |
//! | `limits/` | policies on limits, what counts instead of them, and the history that they look at |
//! | `migrations.rs` | bringing the schema up to date |
//! | `oauth/` | apps, machines, and what they were given |
//! | `payments.rs`, `payments/` | payments, and finding them |
//! | `postings/` | writing a batch of the ledger, one statement for each table |
//! | `privacy/` | what is held about a person: the list of it, exporting it, erasing it |
//! | `schema.rs` and its sisters `schema_*.rs`, `aliases.rs`, `types.rs` | tables and column types for diesel |
//! | `webhooks/` | whom to tell what, and what became of it |
//! | the rest | one file per noun |
//!
//! A row that a key names is read with `get_result`, not `first`: that binds a LIMIT, for which SQLite prepares the
//! statement anew each time, which took most of a balance's time.

pub mod accounts;
pub mod agreements;
mod aliases;
pub mod api_keys;
pub mod applications;
pub mod approvals;
pub mod archive;
pub mod attempts;
pub mod audits;
pub mod balance_sheet;
pub mod chain;
pub mod charges;
pub mod checkouts;
pub mod communities;
mod connection;
pub mod contributions;
pub mod credentials;
mod database;
pub mod delegations;
pub mod durability;
mod errors;
pub mod events;
mod fees;
pub mod fund;
pub mod groups;
pub mod heads;
pub mod health;
pub mod history;
pub mod holds;
pub mod idempotency;
pub mod imports;
pub mod invitations;
pub mod joining;
pub mod leavings;
pub mod limits;
pub mod mails;
pub mod members;
pub mod merges;
pub mod migrations;
pub mod missed;
pub mod notes;
pub mod notifications;
pub mod oauth;
pub mod one_time_secrets;
pub mod passkeys;
pub mod payment_links;
pub mod payment_notices;
pub mod payments;
pub mod payouts;
pub mod postings;
pub mod privacy;
pub mod public_links;
pub mod recent;
pub mod refunds;
pub mod requests;
pub mod sandboxes;
pub mod schedules;
mod schema;
mod schema_accounts;
mod schema_choices;
mod schema_contributions;
mod schema_fund;
mod schema_health;
mod schema_imports;
mod schema_joining;
mod schema_keys;
mod schema_limits;
mod schema_logins;
mod schema_oauth;
mod schema_payments;
mod schema_people;
mod schema_plans;
mod schema_shops;
mod schema_webhooks;
pub mod secrets;
pub mod sessions;
pub mod statement_mailings;
pub mod trusted_payees;
pub mod turns;
mod types;
pub mod users;
pub mod webhooks;
pub mod write_offs;

pub use connection::Conn;
pub use database::{Database, DatabaseUrl, Engine, OpenError};
pub use errors::StorageError;
