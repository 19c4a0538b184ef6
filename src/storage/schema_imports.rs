//! The table of communities that were brought along from another system, kept by hand like those in `schema.rs`, through
//! which the rest of the room knows it.

#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "the form that diesel's macro takes"))]

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    imports (community_id) {
        community_id -> Id,
        digest -> Binary,
        records -> BigInt,
        started_at -> BigInt,
        finished_at -> Nullable<BigInt>,
    }
}
