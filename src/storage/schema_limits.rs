//! The tables of groups of members and of limits as policy, kept by hand like those in `schema.rs`, through which the rest of
//! the room knows them.

#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "the form that diesel's macro takes"))]

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    member_groups (community_id, id) {
        community_id -> Id,
        id -> Id,
        name -> Text,
        name_folded -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    member_classes (community_id, member_id) {
        community_id -> Id,
        member_id -> Id,
        kind -> SmallInt,
        group_id -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    limit_policies (community_id, version) {
        community_id -> Id,
        version -> BigInt,
        terms -> Text,
        audit_id -> Id,
        adopted_by -> Id,
        adopted_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    limit_overrides (community_id, account_id) {
        community_id -> Id,
        account_id -> Id,
        credit_limit -> BigInt,
        ceiling -> Nullable<BigInt>,
        audit_id -> Nullable<Id>,
        set_by -> Nullable<Id>,
        set_at -> BigInt,
        until -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    limit_progress (community_id) {
        community_id -> Id,
        due_at -> BigInt,
        behind -> Nullable<Id>,
        evaluated_at -> Nullable<BigInt>,
    }
}
