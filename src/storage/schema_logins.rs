//! The tables of logins and of how they prove who they are, kept by hand like those in `schema.rs`, through which the rest of the room knows them.

#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "the form that diesel's macro takes"))]

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    users (id) {
        id -> Id,
        email -> Text,
        name -> Text,
        password_hash -> Text,
        created_at -> BigInt,
        language -> Text,
        is_superadmin -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    sessions (id) {
        id -> Id,
        user_id -> Id,
        created_at -> BigInt,
        last_used_at -> BigInt,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        authenticated_at -> BigInt,
        device -> Text,
        client_id -> Nullable<Text>,
        scopes -> Nullable<Text>,
        passkey_id -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    refresh_tokens (hash) {
        hash -> Binary,
        session_id -> Id,
        created_at -> BigInt,
        expires_at -> BigInt,
        retired_at -> Nullable<BigInt>,
        successor_salt -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    signing_keys (kid) {
        kid -> Text,
        private_key -> Binary,
        created_at -> BigInt,
        active_from -> BigInt,
        retire_at -> Nullable<BigInt>,
        predecessor -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    server_secrets (name) {
        name -> Text,
        value -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    second_factors (user_id) {
        user_id -> Id,
        sealed_secret -> Binary,
        last_step -> BigInt,
        has_short_password -> Bool,
        created_at -> BigInt,
        confirmed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    recovery_codes (user_id, hash) {
        user_id -> Id,
        hash -> Binary,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    passkeys (id) {
        id -> Id,
        user_id -> Id,
        credential_id -> Binary,
        public_key -> Binary,
        sign_count -> BigInt,
        name -> Text,
        transports -> Text,
        is_backup_eligible -> Bool,
        is_backed_up -> Bool,
        created_at -> BigInt,
        last_used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    one_time_secrets (hash) {
        hash -> Binary,
        purpose -> SmallInt,
        subject_id -> Id,
        payload -> Text,
        failures -> SmallInt,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    attempts (key_hash) {
        key_hash -> Binary,
        recent -> Binary,
        in_a_row -> BigInt,
        forget_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    user_audits (id) {
        id -> Id,
        user_id -> Nullable<Id>,
        actor -> Nullable<Id>,
        action -> Text,
        session_id -> Nullable<Id>,
        request_id -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    user_audit_details (audit_id) {
        audit_id -> Id,
        before -> Text,
        after -> Text,
        reason -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    erasures (user_id) {
        user_id -> Id,
        asked_at -> BigInt,
        due_at -> BigInt,
        erased_at -> Nullable<BigInt>,
        scrubbed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    mails (id) {
        id -> Id,
        community_id -> Nullable<Id>,
        user_id -> Nullable<Id>,
        recipient -> Text,
        kind -> SmallInt,
        language -> Text,
        parameters -> Nullable<Text>,
        state -> SmallInt,
        attempts -> Integer,
        next_attempt_at -> BigInt,
        leased_until -> Nullable<BigInt>,
        useful_until -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
        created_at -> BigInt,
        sent_at -> Nullable<BigInt>,
    }
}
