//! Payments that somebody awaits: holds, requests, trusted payees, and what people are written about them; and fees. Kept
//! by hand like those in `schema.rs`, through which the rest of the room knows them.

#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "the form that diesel's macro takes"))]

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    holds (community_id, payment_id) {
        community_id -> Id,
        payment_id -> Id,
        record_id -> Id,
        payer_id -> Id,
        payee_id -> Id,
        amount -> BigInt,
        expires_at -> BigInt,
        text_commitment -> Binary,
        is_open -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    requests (community_id, payment_id) {
        community_id -> Id,
        payment_id -> Id,
        payer_id -> Id,
        payee_id -> Id,
        amount -> BigInt,
        expires_at -> BigInt,
        is_open -> Bool,
        decided_by -> Nullable<Id>,
        is_automatic -> Bool,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    trusted_payees (community_id, account_id, payee_id) {
        community_id -> Id,
        account_id -> Id,
        payee_id -> Id,
        up_to -> BigInt,
        per_month -> Nullable<BigInt>,
        trusted_by -> Id,
        month -> BigInt,
        spent -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    payment_notices (community_id, payment_id, kind) {
        community_id -> Id,
        payment_id -> Id,
        kind -> SmallInt,
        due_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    payment_fees (community_id, payment_id) {
        community_id -> Id,
        payment_id -> Id,
        payer_fee -> BigInt,
        payee_fee -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    refunds (community_id, original_id, payment_id) {
        community_id -> Id,
        original_id -> Id,
        payment_id -> Id,
        kind -> SmallInt,
        national_currency -> Nullable<Text>,
        national_amount -> Nullable<BigInt>,
    }
}
