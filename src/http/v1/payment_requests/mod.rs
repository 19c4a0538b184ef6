//! Requests: bills that the payer accepts or declines.

pub mod create;
