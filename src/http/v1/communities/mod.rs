//! Communities, their members and their ledger.

pub mod create;
pub mod create_sandbox;
pub mod get;
pub mod get_balance_sheet;
pub mod get_ledger;
pub mod list;
pub mod list_audits;
pub mod list_members;
pub mod rename_member;
pub mod set_fees;
pub mod set_joining;
pub mod set_member_status;
pub mod set_role;
pub mod set_step_up;
pub mod set_time_zone;
