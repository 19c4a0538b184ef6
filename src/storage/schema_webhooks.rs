//! The tables of webhooks, kept by hand like those in `schema.rs`, through which the rest of the room knows them.

#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "the form that diesel's macro takes"))]

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    webhook_endpoints (community_id, id) {
        community_id -> Id,
        id -> Id,
        account_id -> Id,
        url -> Text,
        description -> Nullable<Text>,
        events -> Text,
        state -> SmallInt,
        state_at -> BigInt,
        version -> BigInt,
        told_seq -> BigInt,
        failing_since -> Nullable<BigInt>,
        sealed_secret -> Binary,
        old_secret -> Nullable<Binary>,
        old_until -> Nullable<BigInt>,
        created_at -> BigInt,
        set_by -> Nullable<Id>,
        set_with_key -> Nullable<Id>,
        set_with_app -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    webhook_deliveries (community_id, endpoint_id, id) {
        community_id -> Id,
        endpoint_id -> Id,
        id -> Id,
        event_seq -> BigInt,
        kind -> SmallInt,
        subject_id -> Id,
        happened_at -> BigInt,
        state -> SmallInt,
        attempts -> Integer,
        due_at -> BigInt,
        created_at -> BigInt,
        attempted_at -> Nullable<BigInt>,
        status -> Nullable<Integer>,
        error -> Nullable<Text>,
        duration_ms -> Nullable<BigInt>,
        request -> Nullable<Text>,
        answer -> Nullable<Text>,
        earlier -> Nullable<Text>,
    }
}
