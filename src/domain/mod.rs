//! Pure types and rules: what money, accounts, payments and the chain are, and what may happen to them.
//! No I/O, no clock, no randomness: time and ids come in as arguments. Knows no other room of the house.

pub mod account;
pub mod address;
pub mod amount;
pub mod approval;
pub mod attempts;
pub mod chain;
mod coded;
pub mod command;
pub mod community;
pub mod delegation;
pub mod duplicates;
pub mod fold;
mod head;
pub mod ids;
pub mod joining;
pub mod key;
mod kinds;
pub mod language;
pub mod mail;
pub mod many;
pub mod member;
mod notes;
pub mod payment;
pub mod policy;
mod postings;
pub mod records;
pub mod recurrence;
pub mod refusal;
pub mod schedule;
pub mod scopes;
pub mod spending;
pub mod step_up;
pub mod time;
pub mod trust;
pub mod visible;
pub mod zone;
