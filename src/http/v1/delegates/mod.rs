//! Who may act at an account beside its owner: tellers and brokers.

pub mod delete_broker;
pub mod delete_teller;
pub mod get_teller;
pub mod list;
pub mod set_broker;
pub mod set_teller;
