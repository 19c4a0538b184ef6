//! The tables of what is measured of communities, kept by hand like those in `schema.rs`, through which the rest of the room
//! knows them.

#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "the form that diesel's macro takes"))]

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    health_progress (community_id) {
        community_id -> Id,
        day -> Text,
        begins_at -> BigInt,
        closes_at -> BigInt,
        refresh_at -> BigInt,
        seen_event_seq -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    health_snapshots (community_id, day) {
        community_id -> Id,
        day -> Text,
        begins_at -> BigInt,
        until -> BigInt,
        event_seq -> BigInt,
        is_final -> Bool,
        figures -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    health_settings (community_id) {
        community_id -> Id,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    health_thresholds (community_id, figure, side) {
        community_id -> Id,
        figure -> SmallInt,
        side -> SmallInt,
        value -> BigInt,
        crossed_on -> Nullable<Text>,
    }
}
