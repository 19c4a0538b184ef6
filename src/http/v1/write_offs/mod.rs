//! Writing off what nobody settles, and what a community has to expect to lose.

pub mod create;
pub mod expected;
pub mod list;
