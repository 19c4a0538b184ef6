//! The ledger under two paths, many hands and two processes: one order, exact sums, no limit passed, no key paid twice.

#[path = "../faults/by_hand.rs"]
mod by_hand;
#[path = "../faults/http.rs"]
mod http;
#[path = "../faults/program.rs"]
mod program;
#[path = "../support/mod.rs"]
mod support;

mod batches;
mod books;
mod commands;
mod gate;
mod holds;
mod paths;
mod processes;
mod races;
mod requests;
mod riding;
mod script;
mod served;
