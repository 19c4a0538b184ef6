//! The tables and views of accounts, kept by hand like those in `schema.rs`, through which the rest of the room knows them.

#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "the form that diesel's macro takes"))]

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    accounts (community_id, id) {
        community_id -> Id,
        id -> Id,
        code -> Text,
        name -> Text,
        kind -> SmallInt,
        member_id -> Nullable<Id>,
        status -> SmallInt,
        credit_limit -> BigInt,
        ceiling -> Nullable<BigInt>,
        reserved -> BigInt,
        changes -> BigInt,
        created_at -> BigInt,
        step_up_above -> Nullable<BigInt>,
        allowance_amount -> Nullable<BigInt>,
        allowance_until -> Nullable<BigInt>,
        payment_rules -> Nullable<Text>,
        paid -> Nullable<Text>,
    }
}

// A view: what each account's last entry left.
diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    balances (community_id, account_id) {
        community_id -> Id,
        account_id -> Id,
        balance -> BigInt,
        reserved -> BigInt,
        account_seq -> BigInt,
        negative_since -> Nullable<BigInt>,
        version -> BigInt,
    }
}

// A view: accounts, each with what its last entry left.
diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    balanced_accounts (community_id, id) {
        community_id -> Id,
        id -> Id,
        code -> Text,
        name -> Text,
        kind -> SmallInt,
        member_id -> Nullable<Id>,
        status -> SmallInt,
        credit_limit -> BigInt,
        ceiling -> Nullable<BigInt>,
        reserved -> BigInt,
        created_at -> BigInt,
        step_up_above -> Nullable<BigInt>,
        allowance_amount -> Nullable<BigInt>,
        allowance_until -> Nullable<BigInt>,
        payment_rules -> Nullable<Text>,
        paid -> Nullable<Text>,
        balance -> BigInt,
        account_seq -> BigInt,
        negative_since -> Nullable<BigInt>,
        version -> BigInt,
    }
}
