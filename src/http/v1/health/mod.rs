//! `/communities/{code}/health`.

pub mod get;
pub mod set_thresholds;
