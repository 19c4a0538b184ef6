//! The API over HTTP: every route, every answer, on both engines. The modules mirror the URLs; `protocol` holds what is
//! true of all of them.

#[path = "../support/mod.rs"]
mod support;

mod access;
mod access_matrix;
mod accounts;
mod ahead;
mod allowances;
mod amounts;
mod approvals;
mod attempts;
mod audit;
mod background;
mod bad_inputs;
mod balance_sheet;
mod balances;
mod batches;
mod bulks;
mod commons_fund;
mod communities;
mod contributions;
mod cursors;
mod duplicates;
mod events;
mod exporting;
mod fees;
mod first_year;
mod hardening;
mod health;
mod idempotency;
mod identity;
mod joining;
mod joining_decisions;
mod joining_pages;
mod leaving;
mod limit_policies;
mod limits;
mod load;
mod mails;
mod me;
mod merging;
mod missed_periods;
mod monthly_statements;
mod notes;
mod notices;
mod notifications;
mod oauth_authorize;
mod oauth_clients;
mod oauth_spending;
mod oauth_tokens;
mod operations;
mod passkeys;
mod passkeys_hostile;
mod passkeys_races;
mod password_resets;
mod passwords;
mod payment_limits;
mod payment_requests;
mod payments;
mod payments_find;
mod payments_held;
mod payments_list;
mod payments_planned;
mod payments_refusals;
mod privacy;
mod privacy_canaries;
mod privacy_processes;
mod protocol;
mod quotes;
mod races;
mod random_agreements;
mod random_history;
mod receipts;
mod refunds;
mod refused;
mod reversals;
mod roles;
mod schedules;
mod schedules_failures;
mod schedules_processes;
mod second_factors;
mod session_list;
mod sessions;
mod settings;
mod signing_keys;
mod single_use;
mod statement_formats;
mod statements;
mod statements_random;
mod status;
mod step_up;
mod tellers;
mod trusted_payees;

/// What an account shows to those whose it is, and to admins.
const ACCOUNT: [&str; 13] = [
    "available",
    "balance",
    "ceiling",
    "code",
    "community",
    "created_at",
    "credit_limit",
    "id",
    "kind",
    "name",
    "negative_since",
    "reserved",
    "status",
];
/// What it shows to the rest of the community.
const PUBLIC_ACCOUNT: [&str; 5] = ["code", "id", "kind", "name", "status"];
/// What a payment shows.
const PAYMENT: [&str; 19] = [
    "amount",
    "community",
    "completed_at",
    "created_at",
    "description",
    "expires_at",
    "failure",
    "fees",
    "id",
    "payee",
    "payer",
    "reason",
    "refund_of",
    "refunded",
    "reversal_of",
    "schedule",
    "scheduled_for",
    "state",
    "transfer",
];
/// What a community shows to anyone.
const COMMUNITY: [&str; 7] = ["code", "name", "scale", "symbol", "test_mode", "time_zone", "unit"];

/// Whether this is a time as the API writes it, such as `2026-09-21T14:13:20.000000Z`.
fn is_time(value: &serde_json::Value) -> bool {
    let Some(text) = value.as_str() else { return false };
    text.len() == 27
        && text.ends_with('Z')
        && counterfoil::domain::time::Timestamp::parse_rfc3339(text)
            .is_some_and(|time| time.rfc3339() == text)
}

/// Whether this is an id as the API writes it: a hyphenated UUIDv7.
fn is_id(value: &serde_json::Value) -> bool {
    let Some(text) = value.as_str() else { return false };
    text.len() == 36
        && text.parse::<uuid::Uuid>().is_ok_and(|id| id.get_version_num() == 7 && id.to_string() == text)
}
