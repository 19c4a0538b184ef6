//! The tables, kept by hand: both engines have the same ones, with the same columns in the same order.

#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "the form that diesel's macro takes"))]

pub use super::aliases::{sides, ways_back};
pub use super::schema_accounts::{accounts, balanced_accounts, balances};
pub use super::schema_choices::{event_mailings, notification_choices, payment_notes, statement_mailings};
pub use super::schema_contributions::{
    charge_starts, charged_accounts, charges, contribution_rules, contribution_versions, fee_versions,
};
pub use super::schema_fund::{income_rules, income_runs, income_versions, lone_payouts, missed_periods};
pub use super::schema_health::{health_progress, health_settings, health_snapshots, health_thresholds};
pub use super::schema_imports::imports;
pub use super::schema_joining::{
    agreement_acceptances, agreements, applications, approvals, invitations, joining_policies,
    user_applications,
};
pub use super::schema_keys::{api_key_secrets, api_keys};
pub use super::schema_limits::{
    limit_overrides, limit_policies, limit_progress, member_classes, member_groups,
};
pub use super::schema_logins::{
    attempts, erasures, mails, one_time_secrets, passkeys, recovery_codes, refresh_tokens, second_factors,
    server_secrets, sessions, signing_keys, user_audit_details, user_audits, users,
};
pub use super::schema_oauth::{app_spending, browser_sign_ins, oauth_clients, oauth_codes, oauth_grants};
pub use super::schema_payments::{holds, payment_fees, payment_notices, refunds, requests, trusted_payees};
pub use super::schema_people::{leaving_instalments, leavings, merges, write_offs};
pub use super::schema_plans::{planned_payments, schedule_terms, schedules};
pub use super::schema_shops::{checkouts, local_shares, payment_links, public_links};
pub use super::schema_webhooks::{webhook_deliveries, webhook_endpoints};

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    user_communities (user_id, community_id) {
        user_id -> Id,
        community_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    communities (id) {
        id -> Id,
        code -> Text,
        name -> Text,
        unit -> Text,
        symbol -> Text,
        scale -> SmallInt,
        time_zone -> Text,
        default_credit_limit -> BigInt,
        created_at -> BigInt,
        step_up_above -> Nullable<BigInt>,
        approve_limits_above -> Nullable<BigInt>,
        approve_reversals_above -> Nullable<BigInt>,
        fees_version -> BigInt,
        fees_fund_id -> Nullable<Id>,
        payer_fee_fixed -> BigInt,
        payer_fee_basis_points -> BigInt,
        payee_fee_fixed -> BigInt,
        payee_fee_basis_points -> BigInt,
        settings_version -> BigInt,
        limit_policy_version -> BigInt,
        test_of -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    heads (community_id) {
        community_id -> Id,
        version -> BigInt,
        seq -> BigInt,
        hash -> Binary,
        event_seq -> BigInt,
        transfers -> BigInt,
        entries -> BigInt,
        accounts -> BigInt,
        last_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    members (community_id, id) {
        community_id -> Id,
        id -> Id,
        number -> BigInt,
        name -> Text,
        name_folded -> Text,
        status -> SmallInt,
        role -> SmallInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    member_users (community_id, user_id, member_id) {
        community_id -> Id,
        user_id -> Id,
        member_id -> Id,
        created_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    account_delegates (community_id, delegate_id, account_id) {
        community_id -> Id,
        delegate_id -> Id,
        account_id -> Id,
        id -> Id,
        kind -> SmallInt,
        rights -> SmallInt,
        ceiling_per_payment -> Nullable<BigInt>,
        ceiling_per_day -> Nullable<BigInt>,
        created_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    records (community_id, seq) {
        community_id -> Id,
        seq -> BigInt,
        kind -> SmallInt,
        id -> Id,
        undone_id -> Nullable<Id>,
        created_at -> BigInt,
        salt -> Binary,
        digest -> Binary,
        hash -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    entries (community_id, account_id, account_seq) {
        community_id -> Id,
        account_id -> Id,
        account_seq -> BigInt,
        seq -> BigInt,
        position -> Integer,
        kind -> SmallInt,
        amount -> BigInt,
        balance_after -> BigInt,
        negative_since -> Nullable<BigInt>,
        payment_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    account_items (community_id, seq) {
        community_id -> Id,
        seq -> BigInt,
        account_id -> Id,
        kind -> SmallInt,
        status -> SmallInt,
        credit_limit -> BigInt,
        ceiling -> Nullable<BigInt>,
        text_id -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    hold_items (community_id, seq) {
        community_id -> Id,
        seq -> BigInt,
        account_id -> Id,
        payment_id -> Id,
        amount -> BigInt,
        reserved_after -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    payments (community_id, id) {
        community_id -> Id,
        id -> Id,
        event_seq -> BigInt,
        state -> SmallInt,
        payer_id -> Id,
        payee_id -> Id,
        amount -> BigInt,
        created_by -> Nullable<Id>,
        created_at -> BigInt,
        completed_at -> Nullable<BigInt>,
        transfer_seq -> Nullable<BigInt>,
        text_salt -> Nullable<Binary>,
        description -> Nullable<Text>,
        text_commitment -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    texts (community_id, id) {
        community_id -> Id,
        id -> Id,
        salt -> Nullable<Binary>,
        content -> Nullable<Text>,
        commitment -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    idempotency_keys (community_id, key_hash) {
        community_id -> Id,
        key_hash -> Binary,
        result_id -> Id,
        fingerprint -> Binary,
        status -> BigInt,
        body -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    event_batches (community_id, last_seq) {
        community_id -> Id,
        last_seq -> BigInt,
        first_seq -> BigInt,
        events -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    refusals (community_id, id) {
        community_id -> Id,
        id -> Id,
        code -> Text,
        payer_id -> Id,
        payee_id -> Id,
        amount -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    ended_sessions (community_id, session_id) {
        community_id -> Id,
        session_id -> Id,
        forget_at -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    audits (community_id, id) {
        community_id -> Id,
        id -> Id,
        actor -> Nullable<Id>,
        action -> Text,
        subject_id -> Id,
        before -> Text,
        after -> Text,
        created_at -> BigInt,
        request_id -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::super::types::Id;

    request_origins (request_id) {
        request_id -> Text,
        address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    users,
    sessions,
    refresh_tokens,
    signing_keys,
    server_secrets,
    second_factors,
    recovery_codes,
    one_time_secrets,
    user_communities,
    communities,
    heads,
    members,
    member_users,
    account_delegates,
    accounts,
    balances,
    balanced_accounts,
    records,
    entries,
    account_items,
    hold_items,
    payments,
    refunds,
    requests,
    trusted_payees,
    payment_notices,
    payment_fees,
    charged_accounts,
    contribution_rules,
    contribution_versions,
    charges,
    charge_starts,
    fee_versions,
    income_rules,
    income_versions,
    income_runs,
    lone_payouts,
    missed_periods,
    holds,
    texts,
    idempotency_keys,
    event_batches,
    refusals,
    ended_sessions,
    audits,
    attempts,
    erasures,
    user_audits,
    user_audit_details,
    request_origins,
    api_keys,
    api_key_secrets,
    oauth_clients,
    oauth_grants,
    oauth_codes,
    browser_sign_ins,
    app_spending,
    joining_policies,
    agreements,
    agreement_acceptances,
    applications,
    invitations,
    user_applications,
    payment_notes,
    notification_choices,
    event_mailings,
    statement_mailings,
    leavings,
    leaving_instalments,
    write_offs,
    merges,
    schedules,
    planned_payments,
    schedule_terms,
    approvals,
    health_progress,
    imports,
    health_settings,
    health_snapshots,
    health_thresholds,
    limit_overrides,
    limit_policies,
    limit_progress,
    member_classes,
    member_groups,
    webhook_deliveries,
    webhook_endpoints,
    checkouts,
    local_shares,
    payment_links,
    public_links
);
