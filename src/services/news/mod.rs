//! Telling people by mail of what happens, each as soon as they chose: at once, daily, weekly or not at all.
//!
//! | file | what lives there |
//! |---|---|
//! | `choices.rs` | what each user chose |
//! | `gathering.rs` | from events to what each user is told |
//! | `mailings.rs` | how far everybody was told, and what is due |
//!
//! Everything comes from the outbox of events. How far a community's events were told is one row for each cadence. It moves, by
//! compare-and-set, in the transaction that puts the mails into their outbox: so each mail is written once, whichever process does
//! it and wherever one stops.

mod choices;
mod gathering;
mod mailings;

pub use choices::{CommunityChoices, NewChoices};
