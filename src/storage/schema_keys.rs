//! The tables of API keys, kept by hand like those in `schema.rs`, through which the rest of the room knows them.

#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "the form that diesel's macro takes"))]

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    api_keys (id) {
        id -> Id,
        community_id -> Id,
        account_id -> Id,
        user_id -> Id,
        name -> Text,
        scopes -> Text,
        addresses -> Text,
        expires_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    api_key_secrets (hash) {
        hash -> Binary,
        id -> Id,
        key_id -> Id,
        prefix -> Text,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        last_used_at -> Nullable<BigInt>,
        last_used_from -> Nullable<Text>,
    }
}
