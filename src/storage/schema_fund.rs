//! The tables of what the fund pays out, kept by hand like those in `schema.rs`, through which the rest of the room knows them.

#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "the form that diesel's macro takes"))]

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    income_rules (community_id) {
        community_id -> Id,
        version -> BigInt,
        every -> SmallInt,
        amount -> BigInt,
        kind -> Nullable<SmallInt>,
        group_id -> Nullable<Id>,
        member_days -> BigInt,
        traded_days -> Nullable<BigInt>,
        period -> Text,
        due_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    income_runs (community_id, every, period) {
        community_id -> Id,
        every -> SmallInt,
        period -> Text,
        outcome -> SmallInt,
        members -> BigInt,
        left_out -> BigInt,
        amount -> BigInt,
        available -> BigInt,
        made_at -> BigInt,
        version -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    income_versions (community_id, version) {
        community_id -> Id,
        version -> BigInt,
        every -> SmallInt,
        amount -> BigInt,
        kind -> Nullable<SmallInt>,
        group_id -> Nullable<Id>,
        member_days -> BigInt,
        traded_days -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    lone_payouts (community_id, payment_id) {
        community_id -> Id,
        payment_id -> Id,
        paid_by -> Id,
        payee_id -> Id,
        amount -> BigInt,
        made_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    missed_periods (community_id, work, every, from_day, noted_at) {
        community_id -> Id,
        work -> SmallInt,
        every -> SmallInt,
        from_day -> Text,
        noted_at -> BigInt,
        until_day -> Text,
        version -> Nullable<BigInt>,
    }
}
