//! The tables of joining, and of what needs two admins, kept by hand like those in `schema.rs`, through which the rest of the room knows them.

#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "the form that diesel's macro takes"))]

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    joining_policies (community_id) {
        community_id -> Id,
        joining -> SmallInt,
        members_may_invite -> Bool,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    agreements (community_id, version) {
        community_id -> Id,
        version -> BigInt,
        title -> Text,
        content -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    agreement_acceptances (community_id, user_id, version) {
        community_id -> Id,
        user_id -> Id,
        version -> BigInt,
        request_id -> Text,
        accepted_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    applications (community_id, id) {
        community_id -> Id,
        id -> Id,
        account_id -> Id,
        state -> SmallInt,
        email -> Text,
        name -> Text,
        language -> Text,
        message -> Text,
        password_hash -> Nullable<Text>,
        user_id -> Nullable<Id>,
        invited_by -> Nullable<Id>,
        agreement_version -> Nullable<BigInt>,
        request_id -> Text,
        created_at -> BigInt,
        confirmed_at -> Nullable<BigInt>,
        credit_limit -> Nullable<BigInt>,
        decided_by -> Nullable<Id>,
        decided_at -> Nullable<BigInt>,
        reason -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    invitations (community_id, id) {
        community_id -> Id,
        id -> Id,
        email -> Text,
        name -> Text,
        inviter -> Id,
        is_by_admin -> Bool,
        state -> SmallInt,
        created_at -> BigInt,
        expires_at -> BigInt,
        settled_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    user_applications (user_id, community_id) {
        user_id -> Id,
        community_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    approvals (community_id, id) {
        community_id -> Id,
        id -> Id,
        kind -> SmallInt,
        subject_id -> Nullable<Id>,
        amount -> Nullable<BigInt>,
        other_amount -> Nullable<BigInt>,
        asked_by -> Id,
        asked_at -> BigInt,
        expires_at -> BigInt,
        state -> SmallInt,
        settled_by -> Nullable<Id>,
        settled_at -> Nullable<BigInt>,
        until -> Nullable<BigInt>,
        other_id -> Nullable<Id>,
        terms -> Nullable<Text>,
    }
}
