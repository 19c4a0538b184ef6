//! The tables of what shops ask to be paid, kept by hand like those in `schema.rs`, through which the rest of the room knows
//! them.

#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "the form that diesel's macro takes"))]

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    checkouts (community_id, id) {
        community_id -> Id,
        id -> Id,
        event_seq -> BigInt,
        account_id -> Id,
        state -> SmallInt,
        amount -> BigInt,
        capture -> SmallInt,
        order_key -> Binary,
        digest -> Binary,
        token -> Binary,
        expires_at -> BigInt,
        created_at -> BigInt,
        created_by -> Nullable<Id>,
        payment_id -> Nullable<Id>,
        order_reference -> Nullable<Text>,
        description -> Nullable<Text>,
        return_url -> Nullable<Text>,
        cancel_url -> Nullable<Text>,
        metadata -> Nullable<Text>,
        national_currency -> Nullable<Text>,
        national_amount -> Nullable<BigInt>,
        national_total -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    local_shares (community_id, account_id) {
        community_id -> Id,
        account_id -> Id,
        basis_points -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    payment_links (community_id, id) {
        community_id -> Id,
        id -> Id,
        account_id -> Id,
        token -> Binary,
        title -> Nullable<Text>,
        description -> Nullable<Text>,
        amount -> Nullable<BigInt>,
        return_url -> Nullable<Text>,
        is_enabled -> Bool,
        created_by -> Id,
        created_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    public_links (token_hash) {
        token_hash -> Binary,
        community_id -> Id,
        kind -> SmallInt,
        subject_id -> Id,
    }
}
