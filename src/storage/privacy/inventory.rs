//! Every table and every column: whether it tells of a person, how that is exported, and how it is erased.
//!
//! A test compares this with the database: whoever adds a column says here what it is.

use crate::domain::account::{AccountKind, AccountStatus};
use crate::domain::mail::{MailKind, MailState};
use crate::domain::member::{MemberStatus, Role};
use crate::domain::payment::PaymentState;
use crate::domain::records::EntryKind;

/// How a stored value is shown.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A UUID.
    Id,
    /// A text.
    Text,
    /// A number, amounts in minor units.
    Number,
    /// A truth.
    Flag,
    /// A time.
    Time,
    /// A number that stands for a word.
    Word(fn(i64) -> Option<&'static str>),
}

/// A table.
#[derive(Debug, Clone, Copy)]
pub struct Inventory {
    /// Its name.
    pub table: &'static str,
    /// Which rows are about a user, as a condition over `{user}`, `{members}`, `{accounts}` and `{sessions}`; empty
    /// where none are.
    pub rows: &'static str,
    /// The order in which they are read.
    pub order: &'static str,
    /// What becomes of them when the user is erased; without such rows, why there are none.
    pub erasure: &'static str,
    /// What the user gets of each row.
    pub exported: &'static [(&'static str, Kind)],
    /// The columns that stay inside, each with the reason.
    pub withheld: &'static [(&'static str, &'static str)],
}

macro_rules! words {
    ($name:ident) => {
        Kind::Word(|code| i16::try_from(code).ok().and_then($name::from_code).map($name::name))
    };
}

const SECRET: &str = "a secret, or what proves one";
const INNER: &str = "the service's own bookkeeping";
const FOLDED: &str = "the name again, folded for searching";
const TENANT: &str = "which community: shown with its memberships";

use Kind::{Flag, Id, Number, Text, Time};

/// All tables.
// One line for each list, so that a table is seen at a glance.
#[rustfmt::skip]
pub const INVENTORY: &[Inventory] = &[
    Inventory { table: "users", rows: "id = {user}", order: "id", erasure: "address, name and password are replaced",
        exported: &[("id", Id), ("email", Text), ("name", Text), ("language", Text), ("created_at", Time)],
        withheld: &[("password_hash", SECRET)] },
    Inventory { table: "user_communities", rows: "user_id = {user}", order: "community_id", erasure: "stays: two ids",
        exported: &[("community_id", Id)], withheld: &[("user_id", "the user themselves")] },
    Inventory { table: "members", rows: "id IN {members}", order: "id", erasure: "the names are replaced, the status is closed",
        exported: &[("community_id", Id), ("id", Id), ("number", Number), ("name", Text), ("status", words!(MemberStatus)), ("role", words!(Role)), ("created_at", Time)],
        withheld: &[("name_folded", FOLDED)] },
    Inventory { table: "member_users", rows: "user_id = {user}", order: "member_id", erasure: "stays: two ids",
        exported: &[("community_id", Id), ("member_id", Id), ("created_at", Time)], withheld: &[("user_id", "the user themselves")] },
    Inventory { table: "accounts", rows: "id IN {accounts}", order: "code", erasure: "the name is replaced; code and limits stay with the ledger",
        exported: &[("community_id", Id), ("id", Id), ("member_id", Id), ("code", Text), ("name", Text), ("kind", words!(AccountKind)), ("status", words!(AccountStatus)), ("credit_limit", Number), ("ceiling", Number), ("reserved", Number), ("step_up_above", Number), ("created_at", Time)],
        withheld: &[("changes", INNER)] },
    Inventory { table: "account_items", rows: "account_id IN {accounts}", order: "seq", erasure: "stays with the ledger: ids and numbers",
        exported: &[("community_id", Id), ("seq", Number), ("account_id", Id), ("kind", words!(AccountKind)), ("status", words!(AccountStatus)), ("credit_limit", Number), ("ceiling", Number), ("text_id", Id)],
        withheld: &[] },
    Inventory { table: "entries", rows: "account_id IN {accounts}", order: "account_id, account_seq", erasure: "stays with the ledger: ids and numbers",
        exported: &[("community_id", Id), ("account_id", Id), ("account_seq", Number), ("seq", Number), ("kind", words!(EntryKind)), ("amount", Number), ("balance_after", Number), ("negative_since", Time), ("payment_id", Id)],
        withheld: &[("position", INNER)] },
    Inventory { table: "payments", rows: "(id IN {payments} OR created_by = {user})", order: "id", erasure: "descriptions that the user wrote are replaced by what the chain keeps of them",
        exported: &[("community_id", Id), ("id", Id), ("state", words!(PaymentState)), ("payer_id", Id), ("payee_id", Id), ("amount", Number), ("description", Text), ("created_by", Id), ("created_at", Time), ("completed_at", Time)],
        withheld: &[("event_seq", INNER), ("transfer_seq", INNER), ("text_salt", SECRET), ("text_commitment", "what the chain keeps of an erased text")] },
    Inventory { table: "hold_items", rows: "account_id IN {accounts}", order: "seq", erasure: "stays with the ledger: ids and numbers",
        exported: &[("community_id", Id), ("seq", Number), ("account_id", Id), ("payment_id", Id), ("amount", Number), ("reserved_after", Number)], withheld: &[] },
    Inventory { table: "holds", rows: "(payer_id IN {accounts} OR payee_id IN {accounts})", order: "payment_id", erasure: "stays: ids and numbers",
        exported: &[("community_id", Id), ("payment_id", Id), ("payer_id", Id), ("payee_id", Id), ("amount", Number), ("expires_at", Time), ("is_open", Flag)],
        withheld: &[("record_id", INNER), ("text_commitment", "what the chain keeps of a text")] },
    Inventory { table: "refusals", rows: "(payer_id IN {accounts} OR payee_id IN {accounts})", order: "id", erasure: "deleted",
        exported: &[("community_id", Id), ("id", Id), ("code", Text), ("payer_id", Id), ("payee_id", Id), ("amount", Number), ("created_at", Time)], withheld: &[] },
    Inventory { table: "audits", rows: "(actor = {user} OR subject_id IN {accounts} OR subject_id IN {members})", order: "id", erasure: "stays: ids, statuses and limits",
        exported: &[("community_id", Id), ("id", Id), ("actor", Id), ("action", Text), ("subject_id", Id), ("before", Text), ("after", Text), ("request_id", Text), ("created_at", Time)], withheld: &[] },
    Inventory { table: "texts", rows: "id IN (SELECT id FROM audits WHERE actor = {user} OR subject_id IN {accounts} OR subject_id IN {members})", order: "id", erasure: "replaced by what the chain keeps of them",
        exported: &[("community_id", Id), ("id", Id), ("content", Text)], withheld: &[("salt", SECRET), ("commitment", "what the chain keeps of an erased text")] },
    Inventory { table: "sessions", rows: "user_id = {user}", order: "id", erasure: "deleted",
        exported: &[("id", Id), ("created_at", Time), ("last_used_at", Time), ("expires_at", Time), ("ended_at", Time), ("authenticated_at", Time), ("device", Text), ("client_id", Text), ("scopes", Text)],
        withheld: &[("user_id", "the user themselves")] },
    Inventory { table: "refresh_tokens", rows: "session_id IN {sessions}", order: "created_at", erasure: "deleted",
        exported: &[("session_id", Id), ("created_at", Time), ("expires_at", Time), ("retired_at", Time)], withheld: &[("hash", SECRET), ("successor_salt", SECRET)] },
    Inventory { table: "browser_sign_ins", rows: "session_id IN {sessions}", order: "session_id", erasure: "deleted",
        exported: &[("session_id", Id)], withheld: &[("hash", SECRET)] },
    Inventory { table: "second_factors", rows: "user_id = {user}", order: "user_id", erasure: "deleted",
        exported: &[("has_short_password", Flag), ("created_at", Time), ("confirmed_at", Time)], withheld: &[("user_id", "the user themselves"), ("sealed_secret", SECRET), ("last_step", SECRET)] },
    Inventory { table: "recovery_codes", rows: "user_id = {user}", order: "hash", erasure: "deleted",
        exported: &[("used_at", Time)], withheld: &[("user_id", "the user themselves"), ("hash", SECRET)] },
    Inventory { table: "one_time_secrets", rows: "subject_id = {user}", order: "created_at", erasure: "deleted",
        exported: &[("purpose", Number), ("failures", Number), ("created_at", Time), ("expires_at", Time), ("used_at", Time)], withheld: &[("hash", SECRET), ("subject_id", "the user themselves"), ("payload", SECRET)] },
    Inventory { table: "mails", rows: "(user_id = {user} OR recipient = (SELECT email FROM users WHERE id = {user}))", order: "id", erasure: "deleted",
        exported: &[("community_id", Id), ("id", Id), ("recipient", Text), ("kind", words!(MailKind)), ("language", Text), ("state", words!(MailState)), ("attempts", Number), ("last_error", Text), ("created_at", Time), ("sent_at", Time)],
        withheld: &[("user_id", "the user themselves"), ("parameters", "may hold a one-time secret"), ("next_attempt_at", INNER), ("leased_until", INNER), ("useful_until", INNER)] },
    Inventory { table: "user_audits", rows: "(user_id = {user} OR actor = {user})", order: "id", erasure: "stays: ids and what was done",
        exported: &[("id", Id), ("user_id", Id), ("actor", Id), ("action", Text), ("session_id", Id), ("request_id", Text), ("created_at", Time)], withheld: &[] },
    Inventory { table: "user_audit_details", rows: "audit_id IN (SELECT id FROM user_audits WHERE user_id = {user} OR actor = {user})", order: "audit_id", erasure: "deleted",
        exported: &[("audit_id", Id), ("before", Text), ("after", Text), ("reason", Text)], withheld: &[] },
    Inventory { table: "request_origins", rows: "request_id IN (SELECT request_id FROM user_audits WHERE user_id = {user} OR actor = {user} UNION SELECT request_id FROM audits WHERE actor = {user})", order: "created_at, request_id", erasure: "deleted",
        exported: &[("request_id", Text), ("address", Text), ("user_agent", Text), ("created_at", Time)], withheld: &[] },
    Inventory { table: "oauth_clients", rows: "owner_id = {user}", order: "created_at, id", erasure: "name and addresses are replaced, and it is disabled",
        exported: &[("id", Text), ("name", Text), ("redirect_uris", Text), ("grant_types", Text), ("scopes", Text), ("created_at", Time), ("disabled_at", Time)], withheld: &[("owner_id", "the user themselves"), ("secret_hash", SECRET)] },
    Inventory { table: "oauth_grants", rows: "user_id = {user}", order: "created_at, session_id", erasure: "deleted",
        exported: &[("session_id", Id), ("client_id", Text), ("ceiling_per_payment", Number), ("ceiling_per_day", Number), ("created_at", Time)], withheld: &[("user_id", "the user themselves")] },
    Inventory { table: "oauth_codes", rows: "user_id = {user}", order: "expires_at", erasure: "deleted",
        exported: &[("client_id", Text), ("session_id", Id), ("redirect_uri", Text), ("scopes", Text), ("ceiling_per_payment", Number), ("ceiling_per_day", Number), ("expires_at", Time), ("used_at", Time)],
        withheld: &[("hash", SECRET), ("user_id", "the user themselves"), ("challenge", SECRET)] },
    Inventory { table: "app_spending", rows: "session_id IN {sessions}", order: "session_id", erasure: "deleted",
        exported: &[("community_id", Id), ("session_id", Id), ("day", Number), ("spent", Number)], withheld: &[] },
    Inventory { table: "ended_sessions", rows: "session_id IN {sessions}", order: "session_id", erasure: "stays for minutes: an id and a time",
        exported: &[("community_id", Id), ("session_id", Id), ("forget_at", Time)], withheld: &[] },
    Inventory { table: "erasures", rows: "user_id = {user}", order: "user_id", erasure: "stays: the proof that it was done",
        exported: &[("asked_at", Time), ("due_at", Time)], withheld: &[("user_id", "the user themselves"), ("erased_at", "nobody is left to read it"), ("scrubbed_at", INNER)] },
    Inventory { table: "communities", rows: "id IN (SELECT community_id FROM user_communities WHERE user_id = {user})", order: "code", erasure: "stays: it tells of no person",
        exported: &[("id", Id), ("code", Text), ("name", Text), ("unit", Text), ("symbol", Text), ("scale", Number), ("time_zone", Text)],
        withheld: &[("default_credit_limit", "the community's own"), ("step_up_above", "the community's own"), ("created_at", "the community's own")] },
    Inventory { table: "idempotency_keys", rows: "", order: "", erasure: "hashes; bodies repeat the payments that are exported, and go with them", exported: &[],
        withheld: &[("community_id", TENANT), ("key_hash", SECRET), ("result_id", INNER), ("fingerprint", SECRET), ("status", INNER), ("body", "the payment again: erased")] },
    Inventory { table: "attempts", rows: "", order: "", erasure: "counts under keyed hashes, forgotten after a day", exported: &[],
        withheld: &[("key_hash", SECRET), ("recent", INNER), ("in_a_row", INNER), ("forget_at", INNER)] },
    Inventory { table: "records", rows: "", order: "", erasure: "hashes and ids", exported: &[],
        withheld: &[("community_id", TENANT), ("seq", INNER), ("kind", INNER), ("id", INNER), ("undone_id", INNER), ("created_at", INNER), ("salt", SECRET), ("digest", INNER), ("hash", INNER)] },
    Inventory { table: "heads", rows: "", order: "", erasure: "the community's sums", exported: &[],
        withheld: &[("community_id", TENANT), ("version", INNER), ("seq", INNER), ("hash", INNER), ("event_seq", INNER), ("transfers", INNER), ("entries", INNER), ("accounts", INNER), ("last_at", INNER)] },
    Inventory { table: "event_batches", rows: "", order: "", erasure: "ids and times of what is exported", exported: &[],
        withheld: &[("community_id", TENANT), ("last_seq", INNER), ("first_seq", INNER), ("events", INNER)] },
    Inventory { table: "signing_keys", rows: "", order: "", erasure: "the service's own", exported: &[],
        withheld: &[("kid", INNER), ("private_key", SECRET), ("created_at", INNER), ("active_from", INNER), ("retire_at", INNER), ("predecessor", INNER)] },
    Inventory { table: "server_secrets", rows: "", order: "", erasure: "the service's own", exported: &[],
        withheld: &[("name", INNER), ("value", SECRET), ("created_at", INNER)] },
];
