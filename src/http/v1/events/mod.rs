//! What happens, as it happens.

pub mod create_ticket;
mod frames;
pub mod get;
mod listening;
