//! Counterfoil: a mutual-credit service for local currencies. The map of the house, one line per room.

/// Pure types and rules, no I/O.
pub mod domain;
/// All SQL, and nothing but SQL.
pub mod storage;
/// The only writer of ledger records and balances.
pub mod ledger;
/// Passwords, tokens and keys.
pub mod auth;
/// Typed settings.
pub mod config;
/// Use cases.
pub mod services;
/// The API over HTTP.
pub mod http;
/// The command line.
pub mod cli;
/// Logs and metrics.
pub mod telemetry;
