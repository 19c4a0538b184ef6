//! Accounts: balances, entries, limits.

mod etag;
pub mod get;
pub mod list_entries;
pub mod set_limits;
pub mod set_status;
