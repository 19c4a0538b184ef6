//! Counterfoil: a mutual-credit service for local currencies. The map of the house, one line per room.

#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![cfg_attr(not(test), warn(clippy::pedantic))]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::as_conversions,
        clippy::float_arithmetic
    )
)]
#![allow(
    clippy::must_use_candidate,
    reason = "a value that is dropped unread is no fault worth an attribute each"
)]
#![allow(
    clippy::doc_markdown,
    reason = "PostgreSQL, OpenAPI and their like are words of this field, not code"
)]
#![allow(clippy::similar_names, reason = "payer and payee are the field's words")]
#![allow(clippy::module_name_repetitions, reason = "a type's full name reads well where it is imported")]

/// Passwords, tokens and keys.
pub mod auth;
/// The command line.
pub mod cli;
/// Typed settings.
pub mod config;
/// Pure types and rules, no I/O.
pub mod domain;
/// Documents that leave the house: pages, and files for other programs.
pub mod export;
/// The API over HTTP.
pub mod http;
/// Background work.
pub mod jobs;
/// The only writer of ledger records and balances.
pub mod ledger;
/// What people are written, and how it leaves the house.
pub mod mail;
/// Use cases.
pub mod services;
/// All SQL, and nothing but SQL.
pub mod storage;
/// Logs and metrics.
pub mod telemetry;
/// How webhooks leave the house.
pub mod webhook;
