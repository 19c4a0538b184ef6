//! What payments would do.

pub mod create;
