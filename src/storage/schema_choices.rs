//! The tables of what people note and choose for themselves, kept by hand like those in `schema.rs`, through which the rest of
//! the room knows them.

#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "the form that diesel's macro takes"))]

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    payment_notes (community_id, account_id, payment_id) {
        community_id -> Id,
        account_id -> Id,
        payment_id -> Id,
        category -> Nullable<Text>,
        note -> Nullable<Text>,
        updated_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    notification_choices (community_id, user_id, topic) {
        community_id -> Id,
        user_id -> Id,
        topic -> SmallInt,
        cadence -> SmallInt,
        chosen_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    event_mailings (community_id, cadence) {
        community_id -> Id,
        cadence -> SmallInt,
        told_seq -> BigInt,
        due_at -> BigInt,
        until_seq -> BigInt,
        after_user -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    statement_mailings (community_id, account_id, user_id) {
        community_id -> Id,
        account_id -> Id,
        user_id -> Id,
        month -> Text,
        due_at -> BigInt,
        told_seq -> Nullable<BigInt>,
    }
}
