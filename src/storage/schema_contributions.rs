//! The tables of what members contribute, kept by hand like those in `schema.rs`, through which the rest of the room knows
//! them.

#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "the form that diesel's macro takes"))]

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    contribution_rules (community_id) {
        community_id -> Id,
        version -> BigInt,
        every -> SmallInt,
        amount -> BigInt,
        above_allowance -> BigInt,
        above_basis_points -> BigInt,
        below_allowance -> BigInt,
        below_basis_points -> BigInt,
        month -> Text,
        due_at -> BigInt,
        behind -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    charged_accounts (community_id, account_id) {
        community_id -> Id,
        account_id -> Id,
        month -> Text,
        owing_contribution -> BigInt,
        owing_holding -> BigInt,
        number -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    contribution_versions (community_id, version) {
        community_id -> Id,
        version -> BigInt,
        every -> SmallInt,
        amount -> BigInt,
        above_allowance -> BigInt,
        above_basis_points -> BigInt,
        below_allowance -> BigInt,
        below_basis_points -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    charges (community_id, account_id, number) {
        community_id -> Id,
        account_id -> Id,
        number -> BigInt,
        month -> Text,
        version -> BigInt,
        is_first -> Bool,
        month_end -> BigInt,
        judged_seq -> Nullable<BigInt>,
        judged_balance -> BigInt,
        owed_contribution -> BigInt,
        owed_holding -> BigInt,
        contribution -> BigInt,
        holding -> BigInt,
        contribution_seq -> Nullable<BigInt>,
        holding_seq -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    charge_starts (community_id) {
        community_id -> Id,
        seq -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    fee_versions (community_id, version) {
        community_id -> Id,
        version -> BigInt,
        seq -> BigInt,
        fund_id -> Id,
        payer_fixed -> BigInt,
        payer_basis_points -> BigInt,
        payee_fixed -> BigInt,
        payee_basis_points -> BigInt,
    }
}
