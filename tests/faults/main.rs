//! What must survive: lost connections, killed and stopped processes, tampering. And the program itself, as operators
//! run it.

#[path = "../ledger/books.rs"]
#[allow(dead_code, reason = "the ledger's tests use the rest")]
mod books;
mod by_hand;
#[path = "../ledger/commands.rs"]
#[allow(dead_code, reason = "the ledger's tests use the rest")]
mod commands;
mod http;
mod program;
mod proxy;
#[path = "../support/mod.rs"]
mod support;

mod command_line;
mod importing;
mod journal;
mod killed;
mod killed_checkouts;
mod killed_steps;
mod killed_telling;
mod killed_webhooks;
mod killing;
mod lost_connection;
mod planned;
mod stopped;
mod tampering;
mod timing;
