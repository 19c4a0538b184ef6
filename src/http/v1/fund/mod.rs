//! What a community's fund pays out.

pub mod get_income;
pub mod pay_out;
pub mod set_income;
