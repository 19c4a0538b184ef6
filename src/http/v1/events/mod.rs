//! What happens, as it happens.

pub mod create_ticket;
mod frames;
mod listening;
pub mod stream;
