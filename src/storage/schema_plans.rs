//! The tables of what is planned, as `schema.rs`.

#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "the form that diesel's macro takes"))]

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    schedules (community_id, id) {
        community_id -> Id,
        id -> Id,
        payer_id -> Id,
        payee_id -> Id,
        amount -> BigInt,
        description -> Nullable<Text>,
        text_commitment -> Nullable<Binary>,
        created_by -> Id,
        app_session_id -> Nullable<Id>,
        ceiling_per_payment -> Nullable<BigInt>,
        ceiling_per_day -> Nullable<BigInt>,
        once_at -> Nullable<BigInt>,
        starts_on -> Nullable<Text>,
        time_of_day -> Nullable<SmallInt>,
        every -> Nullable<SmallInt>,
        unit -> Nullable<SmallInt>,
        ends_on -> Nullable<Text>,
        occurrences -> Nullable<BigInt>,
        failure_limit -> Nullable<SmallInt>,
        failure_wait_hours -> Nullable<SmallInt>,
        state -> SmallInt,
        end_reason -> Nullable<SmallInt>,
        next -> BigInt,
        planned_at -> Nullable<BigInt>,
        due_at -> Nullable<BigInt>,
        attempts -> SmallInt,
        runs -> BigInt,
        failed -> BigInt,
        failed_in_a_row -> BigInt,
        last_failure -> Nullable<SmallInt>,
        created_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    planned_payments (community_id, payment_id) {
        community_id -> Id,
        payment_id -> Id,
        schedule_id -> Id,
        occurrence -> BigInt,
        planned_at -> BigInt,
        failure -> Nullable<SmallInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    schedule_terms (community_id, schedule_id, before) {
        community_id -> Id,
        schedule_id -> Id,
        before -> BigInt,
        amount -> BigInt,
        created_by -> Id,
    }
}
