//! The tables of what becomes of members, kept by hand like those in `schema.rs`, through which the rest of the room knows them.

#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "the form that diesel's macro takes"))]

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    leavings (community_id, member_id) {
        community_id -> Id,
        member_id -> Id,
        began_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        ended_as -> Nullable<SmallInt>,
        target_on -> Nullable<Text>,
        proposed_as -> Nullable<SmallInt>,
        proposed_by -> Nullable<Id>,
        agreed_by -> Nullable<Id>,
        version -> BigInt,
        step -> SmallInt,
        remind_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    leaving_instalments (community_id, member_id, position) {
        community_id -> Id,
        member_id -> Id,
        position -> SmallInt,
        due_on -> Text,
        amount -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    write_offs (community_id, payment_id) {
        community_id -> Id,
        payment_id -> Id,
        account_id -> Id,
        amount -> BigInt,
        category -> SmallInt,
        approval_id -> Id,
        created_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    merges (community_id, account_id) {
        community_id -> Id,
        account_id -> Id,
        kept_id -> Id,
        leads_to -> Id,
        amount -> BigInt,
        payment_id -> Nullable<Id>,
        approval_id -> Nullable<Id>,
        created_at -> BigInt,
    }
}
