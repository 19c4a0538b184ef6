//! Accounts: balances, entries, limits.

pub mod cancel_allowance;
pub mod etag;
pub mod get;
pub mod get_limits_explanation;
pub mod get_monthly_statement;
pub mod get_reconciliation;
pub mod get_statement;
pub mod get_step_up;
pub mod list_balances;
pub mod list_categories;
pub mod list_entries;
pub mod resume_limit_policy;
pub mod set_allowance;
pub mod set_limits;
pub mod set_local_share;
pub mod set_monthly_statement;
pub mod set_status;
pub mod set_step_up;
