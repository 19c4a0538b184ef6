//! The tables of OAuth, kept by hand like those in `schema.rs`, through which the rest of the room knows them.

#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "the form that diesel's macro takes"))]

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    oauth_clients (id) {
        id -> Text,
        owner_id -> Id,
        name -> Text,
        secret_hash -> Nullable<Binary>,
        redirect_uris -> Text,
        grant_types -> Text,
        scopes -> Text,
        created_at -> BigInt,
        disabled_at -> Nullable<BigInt>,
        ceiling_per_payment -> Nullable<BigInt>,
        ceiling_per_day -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    oauth_grants (session_id) {
        session_id -> Id,
        user_id -> Id,
        client_id -> Text,
        ceiling_per_payment -> Nullable<BigInt>,
        ceiling_per_day -> Nullable<BigInt>,
        created_at -> BigInt,
        only_community_id -> Nullable<Id>,
        only_account_id -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    oauth_codes (hash) {
        hash -> Binary,
        client_id -> Text,
        user_id -> Id,
        session_id -> Id,
        redirect_uri -> Text,
        challenge -> Text,
        scopes -> Text,
        ceiling_per_payment -> Nullable<BigInt>,
        ceiling_per_day -> Nullable<BigInt>,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
        only_community_id -> Nullable<Id>,
        only_account_id -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    browser_sign_ins (hash) {
        hash -> Binary,
        session_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    /// By what a user's app is counted under, or a teller's delegation, in `session_id`: there stood an app's session once.
    app_spending (community_id, session_id) {
        community_id -> Id,
        session_id -> Id,
        day -> BigInt,
        spent -> BigInt,
        user_id -> Nullable<Id>,
    }
}
