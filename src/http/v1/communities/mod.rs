//! Communities, their members and their ledger.

pub mod get;
pub mod get_ledger;
pub mod list_audits;
pub mod list_members;
pub mod set_joining;
pub mod set_step_up;
