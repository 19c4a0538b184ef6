//! The two engines hold the same house: schema, migrations, guards, settings, values, plans.

#[path = "../faults/by_hand.rs"]
mod by_hand;
#[path = "../faults/program.rs"]
mod program;
#[path = "../support/mod.rs"]
mod support;

mod append_only;
mod durability;
mod introspection;
mod inventory;
mod migrations;
mod opening;
mod plans;
mod schema;
mod upgrades;
mod values;
