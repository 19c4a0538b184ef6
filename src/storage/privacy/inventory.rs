//! Every table and every column: whether it tells of a person, how that is exported, and how it is erased.
//!
//! A test compares this with the database: whoever adds a column says here what it is.

use crate::domain::account::{AccountKind, AccountStatus};
use crate::domain::approval::{ApprovalKind, ApprovalState};
use crate::domain::checkout::{CaptureMode, CheckoutState};
use crate::domain::groups::MemberKind;
use crate::domain::joining::{ApplicationState, InvitationState};
use crate::domain::leaving::{LeavingEnd, PlanSide};
use crate::domain::mail::{MailKind, MailState};
use crate::domain::member::{MemberStatus, Role};
use crate::domain::notifications::{Cadence, Topic};
use crate::domain::payment::PaymentState;
use crate::domain::records::EntryKind;
use crate::domain::recurrence::Unit;
use crate::domain::schedule::{EndReason, Failure, ScheduleState};
use crate::domain::webhooks::{WebhookDeliveryState, WebhookEndpointState};
use crate::domain::write_off::WriteOffCategory;

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

/// For what a list of rows is read, once for each: its condition begins with what is named here, so that it goes by
/// the table's own index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// The user.
    User,
    /// Each community where the user belongs or asked to join.
    Community,
    /// Each member whom the user operates.
    Member,
    /// Each of these members' accounts.
    Account,
}

/// How a column of a list's order is stored, none of them null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A UUID.
    Id,
    /// A number.
    Number,
    /// A text.
    Text,
    /// A hash.
    Hash,
}

/// Where rows about a user are found.
#[derive(Debug, Clone, Copy)]
pub struct Rows {
    /// For what they are read.
    pub per: Per,
    /// What leads to the table's rows, with the words that join them; empty where they are read by themselves.
    pub by_way_of: &'static str,
    /// Which they are, over `{user}`, `{email}` and, as far as `per` goes, `{community}`, `{member}` and `{account}`.
    pub condition: &'static str,
    /// Their order, in which none is like another.
    pub order: &'static [(&'static str, Place)],
}

/// A table.
#[derive(Debug, Clone, Copy)]
pub struct Inventory {
    /// Its name.
    pub table: &'static str,
    /// The rows that are about a user; none where no row tells of a person.
    pub rows: &'static [Rows],
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

const fn rows(per: Per, condition: &'static str, order: &'static [(&'static str, Place)]) -> Rows {
    Rows { per, by_way_of: "", condition, order }
}

const fn joined(
    per: Per,
    by_way_of: &'static str,
    condition: &'static str,
    order: &'static [(&'static str, Place)],
) -> Rows {
    Rows { per, by_way_of, condition, order }
}

const SECRET: &str = "a secret, or what proves one";
const INNER: &str = "the service's own bookkeeping";
const FOLDED: &str = "the name again, folded for searching";
const TENANT: &str = "which community: shown with its memberships";
const SELF: &str = "the user themselves";
const CHOSEN: &str = "the community's own";

/// The audit lines that a user wrote, and those on their members and accounts by others.
const OWN_LINES: &str = "audits.community_id = {community} AND audits.actor = {user}";
const LINES_ON_MEMBER: &str = "audits.community_id = {community} AND audits.subject_id = {member} AND (audits.actor IS NULL OR audits.actor <> {user})";
const LINES_ON_ACCOUNT: &str = "audits.community_id = {community} AND audits.subject_id = {account} AND (audits.actor IS NULL OR audits.actor <> {user})";
const BY_LINE: &[(&str, Place)] = &[("audits.id", Place::Id)];
const TO_TEXT: &str =
    "audits JOIN texts ON texts.community_id = audits.community_id AND texts.id = audits.id";
const TO_PAYMENT: &str = "entries JOIN payments ON payments.community_id = entries.community_id AND payments.id = entries.payment_id";

const TO_DELIVERY: &str = "webhook_endpoints JOIN webhook_deliveries ON webhook_deliveries.community_id = webhook_endpoints.community_id AND webhook_deliveries.endpoint_id = webhook_endpoints.id";
const TO_RUN: &str = "schedules JOIN planned_payments ON planned_payments.community_id = schedules.community_id AND planned_payments.schedule_id = schedules.id";
const TO_TERMS: &str = "schedules JOIN schedule_terms ON schedule_terms.community_id = schedules.community_id AND schedule_terms.schedule_id = schedules.id";

use Kind::{Flag, Id, Number, Text, Time};
use Per::{Account, Community, Member, User};

/// All tables.
// One line for each list, so that a table is seen at a glance.
#[rustfmt::skip]
pub const INVENTORY: &[Inventory] = &[
    Inventory { table: "users", rows: &[rows(User, "id = {user}", &[("id", Place::Id)])], erasure: "address, name and password are replaced",
        exported: &[("id", Id), ("email", Text), ("name", Text), ("language", Text), ("created_at", Time), ("is_superadmin", Flag)],
        withheld: &[("password_hash", SECRET)] },
    Inventory { table: "user_communities", rows: &[rows(User, "user_id = {user}", &[("community_id", Place::Id)])], erasure: "stays: two ids",
        exported: &[("community_id", Id)], withheld: &[("user_id", SELF)] },
    Inventory { table: "members", rows: &[rows(Member, "community_id = {community} AND id = {member}", &[("id", Place::Id)])], erasure: "the names are replaced, the status is closed",
        exported: &[("community_id", Id), ("id", Id), ("number", Number), ("name", Text), ("status", words!(MemberStatus)), ("role", words!(Role)), ("created_at", Time)],
        withheld: &[("name_folded", FOLDED)] },
    Inventory { table: "member_users", rows: &[rows(Community, "community_id = {community} AND user_id = {user}", &[("member_id", Place::Id)])], erasure: "stays: two ids",
        exported: &[("community_id", Id), ("member_id", Id), ("created_at", Time)], withheld: &[("user_id", SELF)] },
    Inventory { table: "accounts", rows: &[rows(Member, "community_id = {community} AND member_id = {member}", &[("id", Place::Id)])], erasure: "the name is replaced; code and limits stay with the ledger",
        exported: &[("community_id", Id), ("id", Id), ("member_id", Id), ("code", Text), ("name", Text), ("kind", words!(AccountKind)), ("status", words!(AccountStatus)), ("credit_limit", Number), ("ceiling", Number), ("reserved", Number), ("step_up_above", Number), ("allowance_amount", Number), ("allowance_until", Time), ("payment_rules", Text), ("paid", Text), ("created_at", Time)],
        withheld: &[("changes", INNER)] },
    Inventory { table: "account_delegates", rows: &[rows(Community, "community_id = {community} AND delegate_id = {user}", &[("account_id", Place::Id)]), rows(Member, "community_id = {community} AND delegate_id = {member}", &[("account_id", Place::Id)]), rows(Account, "community_id = {community} AND account_id = {account}", &[("delegate_id", Place::Id)])], erasure: "stays: ids, rights and times",
        exported: &[("community_id", Id), ("delegate_id", Id), ("account_id", Id), ("id", Id), ("ceiling_per_payment", Number), ("ceiling_per_day", Number), ("created_at", Time), ("ended_at", Time)],
        withheld: &[("kind", INNER), ("rights", INNER)] },
    Inventory { table: "account_items", rows: &[rows(Account, "community_id = {community} AND account_id = {account}", &[("seq", Place::Number)])], erasure: "stays with the ledger: ids and numbers",
        exported: &[("community_id", Id), ("seq", Number), ("account_id", Id), ("kind", words!(AccountKind)), ("status", words!(AccountStatus)), ("credit_limit", Number), ("ceiling", Number), ("text_id", Id)],
        withheld: &[] },
    Inventory { table: "entries", rows: &[rows(Account, "community_id = {community} AND account_id = {account}", &[("account_seq", Place::Number)])], erasure: "stays with the ledger: ids and numbers",
        exported: &[("community_id", Id), ("account_id", Id), ("account_seq", Number), ("seq", Number), ("kind", words!(EntryKind)), ("amount", Number), ("balance_after", Number), ("negative_since", Time), ("payment_id", Id)],
        withheld: &[("position", INNER)] },
    Inventory { table: "payments", rows: &[joined(Account, TO_PAYMENT, "entries.community_id = {community} AND entries.account_id = {account} AND entries.kind <> 2", &[("entries.account_seq", Place::Number)]), rows(Account, "community_id = {community} AND payer_id = {account} AND transfer_seq IS NULL", &[("event_seq", Place::Number)]), rows(Account, "community_id = {community} AND payee_id = {account} AND transfer_seq IS NULL", &[("event_seq", Place::Number)])], erasure: "descriptions that the user wrote are replaced by what the chain keeps of them",
        exported: &[("community_id", Id), ("id", Id), ("state", words!(PaymentState)), ("payer_id", Id), ("payee_id", Id), ("amount", Number), ("description", Text), ("created_by", Id), ("created_at", Time), ("completed_at", Time)],
        withheld: &[("event_seq", INNER), ("transfer_seq", INNER), ("text_salt", SECRET), ("text_commitment", "what the chain keeps of an erased text")] },
    Inventory { table: "hold_items", rows: &[rows(Account, "community_id = {community} AND account_id = {account}", &[("seq", Place::Number)])], erasure: "stays with the ledger: ids and numbers",
        exported: &[("community_id", Id), ("seq", Number), ("account_id", Id), ("payment_id", Id), ("amount", Number), ("reserved_after", Number)], withheld: &[] },
    Inventory { table: "holds", rows: &[rows(Account, "community_id = {community} AND (payer_id = {account} OR payee_id = {account})", &[("payment_id", Place::Id)])], erasure: "stays: ids and numbers",
        exported: &[("community_id", Id), ("payment_id", Id), ("payer_id", Id), ("payee_id", Id), ("amount", Number), ("expires_at", Time), ("is_open", Flag)],
        withheld: &[("record_id", INNER), ("text_commitment", "what the chain keeps of a text")] },
    Inventory { table: "refusals", rows: &[rows(Account, "community_id = {community} AND (payer_id = {account} OR payee_id = {account})", &[("id", Place::Id)])], erasure: "deleted",
        exported: &[("community_id", Id), ("id", Id), ("code", Text), ("payer_id", Id), ("payee_id", Id), ("amount", Number), ("created_at", Time)], withheld: &[] },
    Inventory { table: "payment_notes", rows: &[rows(Account, "community_id = {community} AND account_id = {account}", &[("payment_id", Place::Id)])], erasure: "deleted",
        exported: &[("community_id", Id), ("account_id", Id), ("payment_id", Id), ("category", Text), ("note", Text), ("updated_at", Time)], withheld: &[] },
    Inventory { table: "notification_choices", rows: &[rows(Community, "community_id = {community} AND user_id = {user}", &[("topic", Place::Number)])], erasure: "deleted",
        exported: &[("community_id", Id), ("topic", words!(Topic)), ("cadence", words!(Cadence)), ("chosen_at", Time)], withheld: &[("user_id", SELF)] },
    Inventory { table: "statement_mailings", rows: &[rows(Community, "community_id = {community} AND user_id = {user}", &[("account_id", Place::Id)])], erasure: "deleted",
        exported: &[("community_id", Id), ("account_id", Id), ("month", Text), ("due_at", Time)], withheld: &[("user_id", SELF), ("told_seq", INNER)] },
    Inventory { table: "leavings", rows: &[rows(Member, "community_id = {community} AND member_id = {member}", &[("member_id", Place::Id)])], erasure: "stays: ids, days and times",
        exported: &[("community_id", Id), ("member_id", Id), ("began_at", Time), ("ended_at", Time), ("ended_as", words!(LeavingEnd)), ("target_on", Text), ("proposed_as", words!(PlanSide)), ("proposed_by", Id), ("agreed_by", Id)],
        withheld: &[("version", INNER), ("step", INNER), ("remind_at", INNER)] },
    Inventory { table: "leaving_instalments", rows: &[rows(Member, "community_id = {community} AND member_id = {member}", &[("position", Place::Number)])], erasure: "stays: amounts and days",
        exported: &[("community_id", Id), ("member_id", Id), ("position", Number), ("due_on", Text), ("amount", Number)], withheld: &[] },
    Inventory { table: "write_offs", rows: &[rows(Account, "community_id = {community} AND account_id = {account}", &[("payment_id", Place::Id)])], erasure: "stays: ids, an amount, a category and a time",
        exported: &[("community_id", Id), ("payment_id", Id), ("account_id", Id), ("amount", Number), ("category", words!(WriteOffCategory)), ("approval_id", Id), ("created_at", Time)], withheld: &[] },
    Inventory { table: "merges", rows: &[rows(Account, "community_id = {community} AND account_id = {account}", &[("account_id", Place::Id)])], erasure: "stays: ids, an amount and a time",
        exported: &[("community_id", Id), ("account_id", Id), ("kept_id", Id), ("leads_to", Id), ("amount", Number), ("payment_id", Id), ("approval_id", Id), ("created_at", Time)], withheld: &[] },
    Inventory { table: "event_mailings", rows: &[], erasure: "how far all were told", exported: &[],
        withheld: &[("community_id", TENANT), ("cadence", INNER), ("told_seq", INNER), ("due_at", INNER), ("until_seq", INNER), ("after_user", INNER)] },
    Inventory { table: "member_groups", rows: &[], erasure: CHOSEN, exported: &[],
        withheld: &[("community_id", TENANT), ("id", INNER), ("name", CHOSEN), ("name_folded", FOLDED), ("created_at", CHOSEN)] },
    Inventory { table: "member_classes", rows: &[rows(Member, "community_id = {community} AND member_id = {member}", &[("member_id", Place::Id)])], erasure: "stays: two ids and a kind",
        exported: &[("community_id", Id), ("member_id", Id), ("kind", words!(MemberKind)), ("group_id", Id)], withheld: &[] },
    Inventory { table: "limit_policies", rows: &[], erasure: CHOSEN, exported: &[],
        withheld: &[("community_id", TENANT), ("version", INNER), ("terms", CHOSEN), ("audit_id", INNER), ("adopted_by", "stands in the audit log"), ("adopted_at", INNER)] },
    Inventory { table: "limit_overrides", rows: &[rows(Account, "community_id = {community} AND account_id = {account}", &[("account_id", Place::Id)])], erasure: "stays: ids and numbers; the reason is among the texts",
        exported: &[("community_id", Id), ("account_id", Id), ("credit_limit", Number), ("ceiling", Number), ("audit_id", Id), ("set_at", Time), ("until", Time)], withheld: &[("set_by", "stands in the audit log")] },
    Inventory { table: "limit_progress", rows: &[], erasure: "how far each community's policy is applied", exported: &[],
        withheld: &[("community_id", TENANT), ("due_at", INNER), ("behind", INNER), ("evaluated_at", INNER)] },
    Inventory { table: "imports", rows: &[], erasure: "which communities were brought along, and when", exported: &[],
        withheld: &[("community_id", CHOSEN), ("digest", INNER), ("records", INNER), ("started_at", INNER), ("finished_at", INNER)] },
    Inventory { table: "health_progress", rows: &[], erasure: "how far each community was measured", exported: &[],
        withheld: &[("community_id", TENANT), ("day", INNER), ("begins_at", INNER), ("closes_at", INNER), ("refresh_at", INNER), ("seen_event_seq", INNER)] },
    Inventory { table: "health_snapshots", rows: &[], erasure: "sums over members, none of which tells of one", exported: &[],
        withheld: &[("community_id", TENANT), ("day", INNER), ("begins_at", INNER), ("until", INNER), ("event_seq", INNER), ("is_final", INNER), ("figures", INNER)] },
    Inventory { table: "health_settings", rows: &[], erasure: CHOSEN, exported: &[],
        withheld: &[("community_id", TENANT), ("version", INNER)] },
    Inventory { table: "health_thresholds", rows: &[], erasure: CHOSEN, exported: &[],
        withheld: &[("community_id", TENANT), ("figure", INNER), ("side", INNER), ("value", INNER), ("crossed_on", INNER)] },
    Inventory { table: "schedules", rows: &[rows(Account, "community_id = {community} AND payer_id = {account}", &[("id", Place::Id)])], erasure: "ended with the accounts; the description is deleted",
        exported: &[("community_id", Id), ("id", Id), ("payer_id", Id), ("payee_id", Id), ("amount", Number), ("description", Text), ("created_by", Id), ("once_at", Time), ("starts_on", Text), ("time_of_day", Number), ("every", Number), ("unit", words!(Unit)), ("ends_on", Text), ("occurrences", Number), ("failure_limit", Number), ("failure_wait_hours", Number), ("state", words!(ScheduleState)), ("end_reason", words!(EndReason)), ("planned_at", Time), ("due_at", Time), ("runs", Number), ("failed", Number), ("last_failure", words!(Failure)), ("created_at", Time), ("ended_at", Time)],
        withheld: &[("text_commitment", "what the chain keeps of a text"), ("app_session_id", INNER), ("ceiling_per_payment", INNER), ("ceiling_per_day", INNER), ("next", INNER), ("attempts", INNER), ("failed_in_a_row", INNER)] },
    Inventory { table: "planned_payments", rows: &[joined(Account, TO_RUN, "schedules.community_id = {community} AND schedules.payer_id = {account}", &[("schedules.id", Place::Id), ("planned_payments.occurrence", Place::Number)])], erasure: "stays: ids, times and why one failed",
        exported: &[("community_id", Id), ("payment_id", Id), ("schedule_id", Id), ("occurrence", Number), ("planned_at", Time), ("failure", words!(Failure))], withheld: &[] },
    Inventory { table: "schedule_terms", rows: &[joined(Account, TO_TERMS, "schedules.community_id = {community} AND schedules.payer_id = {account}", &[("schedules.id", Place::Id), ("schedule_terms.before", Place::Number)])], erasure: "stays: ids and amounts",
        exported: &[("community_id", Id), ("schedule_id", Id), ("before", Number), ("amount", Number), ("created_by", Id)], withheld: &[] },
    Inventory { table: "requests", rows: &[rows(Account, "community_id = {community} AND (payer_id = {account} OR payee_id = {account})", &[("payment_id", Place::Id)])], erasure: "ids and numbers stay; the reason goes that the user gave for declining",
        exported: &[("community_id", Id), ("payment_id", Id), ("payer_id", Id), ("payee_id", Id), ("amount", Number), ("expires_at", Time), ("is_open", Flag), ("decided_by", Id), ("is_automatic", Flag), ("reason", Text)], withheld: &[] },
    Inventory { table: "checkouts", rows: &[rows(Account, "community_id = {community} AND account_id = {account}", &[("event_seq", Place::Number)])], erasure: "ids and numbers stay; order references, descriptions, addresses and metadata go",
        exported: &[("community_id", Id), ("id", Id), ("account_id", Id), ("state", words!(CheckoutState)), ("amount", Number), ("capture", words!(CaptureMode)), ("expires_at", Time), ("created_at", Time), ("created_by", Id), ("payment_id", Id), ("order_reference", Text), ("description", Text), ("return_url", Text), ("cancel_url", Text), ("metadata", Text), ("national_currency", Text), ("national_amount", Number), ("national_total", Number)],
        withheld: &[("event_seq", INNER), ("order_key", INNER), ("digest", INNER), ("token", SECRET)] },
    Inventory { table: "local_shares", rows: &[rows(Account, "community_id = {community} AND account_id = {account}", &[("account_id", Place::Id)])], erasure: "stays: an id and a number",
        exported: &[("community_id", Id), ("account_id", Id), ("basis_points", Number)], withheld: &[] },
    Inventory { table: "payment_links", rows: &[rows(Account, "community_id = {community} AND account_id = {account}", &[("id", Place::Id)])], erasure: "taken out of use; titles, descriptions and addresses go",
        exported: &[("community_id", Id), ("id", Id), ("account_id", Id), ("title", Text), ("description", Text), ("amount", Number), ("return_url", Text), ("is_enabled", Flag), ("created_by", Id), ("created_at", Time)], withheld: &[("token", SECRET)] },
    Inventory { table: "public_links", rows: &[], erasure: "hashes, and the ids of what is exported", exported: &[],
        withheld: &[("token_hash", SECRET), ("community_id", TENANT), ("kind", INNER), ("subject_id", INNER)] },
    Inventory { table: "trusted_payees", rows: &[rows(Account, "community_id = {community} AND account_id = {account}", &[("payee_id", Place::Id)])], erasure: "deleted",
        exported: &[("community_id", Id), ("account_id", Id), ("payee_id", Id), ("up_to", Number), ("per_month", Number), ("trusted_by", Id), ("spent", Number)], withheld: &[("month", INNER)] },
    Inventory { table: "payment_notices", rows: &[], erasure: "ids of payments that are exported, until mails are written", exported: &[],
        withheld: &[("community_id", TENANT), ("payment_id", INNER), ("kind", INNER), ("due_at", INNER)] },
    Inventory { table: "payment_fees", rows: &[], erasure: "ids of payments that are exported, and what their entries tell", exported: &[],
        withheld: &[("community_id", TENANT), ("payment_id", INNER), ("payer_fee", INNER), ("payee_fee", INNER)] },
    Inventory { table: "contribution_rules", rows: &[], erasure: CHOSEN, exported: &[],
        withheld: &[("community_id", TENANT), ("version", CHOSEN), ("every", CHOSEN), ("amount", CHOSEN), ("above_allowance", CHOSEN), ("above_basis_points", CHOSEN), ("below_allowance", CHOSEN), ("below_basis_points", CHOSEN), ("month", INNER), ("due_at", INNER), ("behind", INNER)] },
    Inventory { table: "charged_accounts", rows: &[rows(Account, "community_id = {community} AND account_id = {account}", &[("month", Place::Text)])], erasure: "stays: an account's numbers",
        exported: &[("account_id", Id), ("month", Text), ("owing_contribution", Number), ("owing_holding", Number)], withheld: &[("community_id", TENANT), ("number", INNER)] },
    Inventory { table: "charges", rows: &[rows(Account, "community_id = {community} AND account_id = {account}", &[("number", Place::Number)])], erasure: "stays: an account's numbers",
        exported: &[("account_id", Id), ("number", Number), ("month", Text), ("version", Number), ("is_first", Flag), ("month_end", Time), ("judged_seq", Number), ("judged_balance", Number), ("owed_contribution", Number), ("owed_holding", Number), ("contribution", Number), ("holding", Number), ("contribution_seq", Number), ("holding_seq", Number)], withheld: &[("community_id", TENANT)] },
    Inventory { table: "contribution_versions", rows: &[], erasure: CHOSEN, exported: &[],
        withheld: &[("community_id", TENANT), ("version", CHOSEN), ("every", CHOSEN), ("amount", CHOSEN), ("above_allowance", CHOSEN), ("above_basis_points", CHOSEN), ("below_allowance", CHOSEN), ("below_basis_points", CHOSEN)] },
    Inventory { table: "charge_starts", rows: &[], erasure: INNER, exported: &[],
        withheld: &[("community_id", TENANT), ("seq", INNER)] },
    Inventory { table: "fee_versions", rows: &[], erasure: CHOSEN, exported: &[],
        withheld: &[("community_id", TENANT), ("version", CHOSEN), ("seq", INNER), ("fund_id", CHOSEN), ("payer_fixed", CHOSEN), ("payer_basis_points", CHOSEN), ("payee_fixed", CHOSEN), ("payee_basis_points", CHOSEN)] },
    Inventory { table: "income_versions", rows: &[], erasure: CHOSEN, exported: &[],
        withheld: &[("community_id", TENANT), ("version", CHOSEN), ("every", CHOSEN), ("amount", CHOSEN), ("kind", CHOSEN), ("group_id", CHOSEN), ("member_days", CHOSEN), ("traded_days", CHOSEN)] },
    Inventory { table: "income_rules", rows: &[], erasure: CHOSEN, exported: &[],
        withheld: &[("community_id", TENANT), ("version", CHOSEN), ("every", CHOSEN), ("amount", CHOSEN), ("kind", CHOSEN), ("group_id", CHOSEN), ("member_days", CHOSEN), ("traded_days", CHOSEN), ("period", INNER), ("due_at", INNER)] },
    Inventory { table: "income_runs", rows: &[], erasure: "numbers of all members together", exported: &[],
        withheld: &[("community_id", TENANT), ("every", INNER), ("period", INNER), ("outcome", INNER), ("members", INNER), ("left_out", INNER), ("amount", INNER), ("available", INNER), ("made_at", INNER), ("version", INNER)] },
    Inventory { table: "missed_periods", rows: &[], erasure: "of the whole community, and of nobody", exported: &[],
        withheld: &[("community_id", TENANT), ("work", INNER), ("every", INNER), ("from_day", INNER), ("noted_at", INNER), ("until_day", INNER), ("version", INNER)] },
    Inventory { table: "lone_payouts", rows: &[rows(Community, "community_id = {community} AND paid_by = {user}", &[("payment_id", Place::Id)])], erasure: "stays: ids, an amount and a time",
        exported: &[("community_id", Id), ("payment_id", Id), ("paid_by", Id), ("payee_id", Id), ("amount", Number), ("made_at", Time)], withheld: &[] },
    Inventory { table: "refunds", rows: &[], erasure: "ids of payments that are exported", exported: &[],
        withheld: &[("community_id", TENANT), ("original_id", INNER), ("payment_id", INNER), ("kind", INNER), ("national_currency", INNER), ("national_amount", INNER)] },
    Inventory { table: "audits", rows: &[rows(Community, OWN_LINES, BY_LINE), rows(Member, LINES_ON_MEMBER, BY_LINE), rows(Account, LINES_ON_ACCOUNT, BY_LINE)], erasure: "stays: ids, statuses and limits",
        exported: &[("community_id", Id), ("id", Id), ("actor", Id), ("action", Text), ("subject_id", Id), ("before", Text), ("after", Text), ("request_id", Text), ("created_at", Time)], withheld: &[] },
    Inventory { table: "texts", rows: &[joined(Community, TO_TEXT, OWN_LINES, BY_LINE), joined(Member, TO_TEXT, LINES_ON_MEMBER, BY_LINE), joined(Account, TO_TEXT, LINES_ON_ACCOUNT, BY_LINE)], erasure: "replaced by what the chain keeps of them",
        exported: &[("community_id", Id), ("id", Id), ("content", Text)], withheld: &[("salt", SECRET), ("commitment", "what the chain keeps of an erased text")] },
    Inventory { table: "sessions", rows: &[rows(User, "user_id = {user}", &[("id", Place::Id)])], erasure: "deleted",
        exported: &[("id", Id), ("created_at", Time), ("last_used_at", Time), ("expires_at", Time), ("ended_at", Time), ("authenticated_at", Time), ("device", Text), ("client_id", Text), ("scopes", Text), ("passkey_id", Id)],
        withheld: &[("user_id", SELF)] },
    Inventory { table: "refresh_tokens", rows: &[rows(User, "session_id IN (SELECT id FROM sessions WHERE user_id = {user})", &[("hash", Place::Hash)])], erasure: "deleted",
        exported: &[("session_id", Id), ("created_at", Time), ("expires_at", Time), ("retired_at", Time)], withheld: &[("hash", SECRET), ("successor_salt", SECRET)] },
    Inventory { table: "browser_sign_ins", rows: &[rows(User, "session_id IN (SELECT id FROM sessions WHERE user_id = {user})", &[("hash", Place::Hash)])], erasure: "deleted",
        exported: &[("session_id", Id)], withheld: &[("hash", SECRET)] },
    Inventory { table: "second_factors", rows: &[rows(User, "user_id = {user}", &[("user_id", Place::Id)])], erasure: "deleted",
        exported: &[("has_short_password", Flag), ("created_at", Time), ("confirmed_at", Time)], withheld: &[("user_id", SELF), ("sealed_secret", SECRET), ("last_step", SECRET)] },
    Inventory { table: "recovery_codes", rows: &[rows(User, "user_id = {user}", &[("hash", Place::Hash)])], erasure: "deleted",
        exported: &[("used_at", Time)], withheld: &[("user_id", SELF), ("hash", SECRET)] },
    Inventory { table: "passkeys", rows: &[rows(User, "user_id = {user}", &[("id", Place::Id)])], erasure: "deleted",
        exported: &[("id", Id), ("name", Text), ("transports", Text), ("is_backup_eligible", Flag), ("is_backed_up", Flag), ("sign_count", Number), ("created_at", Time), ("last_used_at", Time)],
        withheld: &[("user_id", SELF), ("credential_id", "what only the authenticator makes anything of"), ("public_key", "what only this service makes anything of")] },
    Inventory { table: "one_time_secrets", rows: &[rows(User, "subject_id = {user}", &[("hash", Place::Hash)]), rows(User, "subject_id IN (SELECT id FROM sessions WHERE user_id = {user})", &[("hash", Place::Hash)])], erasure: "deleted",
        exported: &[("purpose", Number), ("failures", Number), ("created_at", Time), ("expires_at", Time), ("used_at", Time)], withheld: &[("hash", SECRET), ("subject_id", SELF), ("payload", SECRET)] },
    Inventory { table: "mails", rows: &[rows(User, "user_id = {user}", &[("id", Place::Id)]), rows(User, "user_id IS NULL AND state <> 2 AND recipient = {email}", &[("id", Place::Id)])], erasure: "deleted",
        exported: &[("community_id", Id), ("id", Id), ("recipient", Text), ("kind", words!(MailKind)), ("language", Text), ("state", words!(MailState)), ("attempts", Number), ("last_error", Text), ("created_at", Time), ("sent_at", Time)],
        withheld: &[("user_id", SELF), ("parameters", "may hold a one-time secret"), ("next_attempt_at", INNER), ("leased_until", INNER), ("useful_until", INNER)] },
    Inventory { table: "user_audits", rows: &[rows(User, "user_id = {user}", &[("id", Place::Id)])], erasure: "stays: ids and what was done",
        exported: &[("id", Id), ("user_id", Id), ("actor", Id), ("action", Text), ("session_id", Id), ("request_id", Text), ("created_at", Time)], withheld: &[] },
    Inventory { table: "user_audit_details", rows: &[joined(User, "user_audits JOIN user_audit_details ON user_audit_details.audit_id = user_audits.id", "user_audits.user_id = {user}", &[("user_audits.id", Place::Id)])], erasure: "deleted",
        exported: &[("audit_id", Id), ("before", Text), ("after", Text), ("reason", Text)], withheld: &[] },
    Inventory { table: "request_origins", rows: &[joined(User, "user_audits JOIN request_origins ON request_origins.request_id = user_audits.request_id", "user_audits.user_id = {user}", &[("user_audits.id", Place::Id)]), joined(Community, "audits JOIN request_origins ON request_origins.request_id = audits.request_id", OWN_LINES, BY_LINE), joined(Community, "agreement_acceptances JOIN request_origins ON request_origins.request_id = agreement_acceptances.request_id", "agreement_acceptances.community_id = {community} AND agreement_acceptances.user_id = {user}", &[("agreement_acceptances.version", Place::Number)]), joined(Community, "applications JOIN request_origins ON request_origins.request_id = applications.request_id", "applications.community_id = {community} AND applications.user_id = {user}", &[("applications.id", Place::Id)])], erasure: "deleted",
        exported: &[("request_id", Text), ("address", Text), ("user_agent", Text), ("created_at", Time)], withheld: &[] },
    Inventory { table: "oauth_clients", rows: &[rows(User, "owner_id = {user}", &[("id", Place::Text)])], erasure: "name and addresses are replaced, and it is disabled",
        exported: &[("id", Text), ("name", Text), ("redirect_uris", Text), ("grant_types", Text), ("scopes", Text), ("created_at", Time), ("disabled_at", Time), ("ceiling_per_payment", Number), ("ceiling_per_day", Number)], withheld: &[("owner_id", SELF), ("secret_hash", SECRET)] },
    Inventory { table: "oauth_grants", rows: &[rows(User, "user_id = {user}", &[("session_id", Place::Id)])], erasure: "deleted",
        exported: &[("session_id", Id), ("client_id", Text), ("ceiling_per_payment", Number), ("ceiling_per_day", Number), ("created_at", Time), ("only_community_id", Id), ("only_account_id", Id)], withheld: &[("user_id", SELF)] },
    Inventory { table: "oauth_codes", rows: &[rows(User, "user_id = {user}", &[("hash", Place::Hash)])], erasure: "deleted",
        exported: &[("client_id", Text), ("session_id", Id), ("redirect_uri", Text), ("scopes", Text), ("ceiling_per_payment", Number), ("ceiling_per_day", Number), ("expires_at", Time), ("used_at", Time), ("only_community_id", Id), ("only_account_id", Id)],
        withheld: &[("hash", SECRET), ("user_id", SELF), ("challenge", SECRET)] },
    Inventory { table: "api_keys", rows: &[rows(User, "user_id = {user}", &[("id", Place::Id)])], erasure: "deleted",
        exported: &[("id", Id), ("community_id", Id), ("account_id", Id), ("name", Text), ("scopes", Text), ("addresses", Text), ("expires_at", Time), ("created_at", Time)], withheld: &[("user_id", SELF)] },
    Inventory { table: "api_key_secrets", rows: &[joined(User, "api_keys JOIN api_key_secrets ON api_key_secrets.key_id = api_keys.id", "api_keys.user_id = {user}", &[("api_key_secrets.id", Place::Id)])], erasure: "deleted",
        exported: &[("id", Id), ("key_id", Id), ("prefix", Text), ("created_at", Time), ("expires_at", Time), ("last_used_at", Time), ("last_used_from", Text)], withheld: &[("hash", SECRET)] },
    Inventory { table: "app_spending", rows: &[rows(Community, "community_id = {community} AND user_id = {user}", &[("session_id", Place::Id)])], erasure: "deleted",
        exported: &[("community_id", Id), ("session_id", Id), ("day", Number), ("spent", Number)], withheld: &[("user_id", SELF)] },
    Inventory { table: "ended_sessions", rows: &[rows(Community, "community_id = {community} AND session_id IN (SELECT id FROM sessions WHERE user_id = {user})", &[("session_id", Place::Id)])], erasure: "stays for minutes: an id and a time",
        exported: &[("community_id", Id), ("session_id", Id), ("forget_at", Time)], withheld: &[] },
    Inventory { table: "erasures", rows: &[rows(User, "user_id = {user}", &[("user_id", Place::Id)])], erasure: "stays: the proof that it was done",
        exported: &[("asked_at", Time), ("due_at", Time)], withheld: &[("user_id", SELF), ("erased_at", "nobody is left to read it"), ("scrubbed_at", INNER)] },
    Inventory { table: "communities", rows: &[rows(Community, "id = {community}", &[("id", Place::Id)])], erasure: "stays: it tells of no person",
        exported: &[("id", Id), ("code", Text), ("name", Text), ("unit", Text), ("symbol", Text), ("scale", Number), ("time_zone", Text), ("test_of", Id)],
        withheld: &[("default_credit_limit", CHOSEN), ("step_up_above", CHOSEN), ("approve_limits_above", CHOSEN), ("approve_reversals_above", CHOSEN), ("settings_version", CHOSEN), ("limit_policy_version", CHOSEN), ("fees_version", CHOSEN), ("fees_fund_id", CHOSEN), ("payer_fee_fixed", CHOSEN), ("payer_fee_basis_points", CHOSEN), ("payee_fee_fixed", CHOSEN), ("payee_fee_basis_points", CHOSEN), ("created_at", CHOSEN)] },
    Inventory { table: "approvals", rows: &[rows(Community, "community_id = {community} AND (asked_by = {user} OR settled_by = {user})", &[("id", Place::Id)])], erasure: "stays: ids, amounts and times",
        exported: &[("community_id", Id), ("id", Id), ("kind", words!(ApprovalKind)), ("subject_id", Id), ("amount", Number), ("other_amount", Number), ("asked_by", Id), ("asked_at", Time), ("expires_at", Time), ("state", words!(ApprovalState)), ("settled_by", Id), ("settled_at", Time), ("other_id", Id), ("until", Time), ("terms", Text)], withheld: &[] },
    Inventory { table: "user_applications", rows: &[rows(User, "user_id = {user}", &[("community_id", Place::Id)])], erasure: "stays: two ids",
        exported: &[("community_id", Id)], withheld: &[("user_id", SELF)] },
    Inventory { table: "applications", rows: &[rows(Community, "community_id = {community} AND user_id = {user}", &[("id", Place::Id)]), rows(User, "community_id IN (SELECT id FROM communities) AND state = 1 AND email = {email}", &[("community_id", Place::Id), ("id", Place::Id)])], erasure: "deleted; reasons that the user gave for others' are emptied",
        exported: &[("community_id", Id), ("id", Id), ("account_id", Id), ("state", words!(ApplicationState)), ("email", Text), ("name", Text), ("language", Text), ("message", Text), ("invited_by", Id), ("agreement_version", Number), ("request_id", Text), ("created_at", Time), ("confirmed_at", Time), ("credit_limit", Number), ("decided_by", Id), ("decided_at", Time), ("reason", Text)],
        withheld: &[("user_id", SELF), ("password_hash", SECRET)] },
    Inventory { table: "invitations", rows: &[rows(User, "community_id IN (SELECT id FROM communities) AND email = {email}", &[("community_id", Place::Id), ("id", Place::Id)]), rows(Community, "community_id = {community} AND inviter = {user}", &[("id", Place::Id)])], erasure: "deleted, the user's own and those that they sent",
        exported: &[("community_id", Id), ("id", Id), ("email", Text), ("name", Text), ("inviter", Id), ("is_by_admin", Flag), ("state", words!(InvitationState)), ("created_at", Time), ("expires_at", Time), ("settled_at", Time)], withheld: &[] },
    Inventory { table: "agreement_acceptances", rows: &[rows(Community, "community_id = {community} AND user_id = {user}", &[("version", Place::Number)])], erasure: "stays: ids, a version and a time",
        exported: &[("community_id", Id), ("version", Number), ("request_id", Text), ("accepted_at", Time)], withheld: &[("user_id", SELF)] },
    Inventory { table: "agreements", rows: &[], erasure: "the community's terms", exported: &[],
        withheld: &[("community_id", CHOSEN), ("version", CHOSEN), ("title", CHOSEN), ("content", CHOSEN), ("created_at", CHOSEN)] },
    Inventory { table: "joining_policies", rows: &[], erasure: "what the community chose", exported: &[],
        withheld: &[("community_id", CHOSEN), ("joining", CHOSEN), ("members_may_invite", CHOSEN), ("version", CHOSEN)] },
    Inventory { table: "webhook_endpoints", rows: &[rows(Account, "community_id = {community} AND account_id = {account}", &[("id", Place::Id)])], erasure: "URL, notes and secrets are replaced by nothing, and it goes",
        exported: &[("community_id", Id), ("id", Id), ("account_id", Id), ("url", Text), ("description", Text), ("events", Text), ("state", words!(WebhookEndpointState)), ("state_at", Time), ("failing_since", Time), ("created_at", Time), ("set_by", Id), ("set_with_key", Id), ("set_with_app", Text)],
        withheld: &[("version", INNER), ("told_seq", INNER), ("sealed_secret", SECRET), ("old_secret", SECRET), ("old_until", INNER)] },
    Inventory { table: "webhook_deliveries", rows: &[joined(Account, TO_DELIVERY, "webhook_endpoints.community_id = {community} AND webhook_endpoints.account_id = {account}", &[("webhook_deliveries.endpoint_id", Place::Id), ("webhook_deliveries.id", Place::Id)])], erasure: "deleted with their endpoint; what was sent and answered about their payments is emptied in others' logs, too",
        exported: &[("endpoint_id", Id), ("id", Id), ("subject_id", Id), ("happened_at", Time), ("state", words!(WebhookDeliveryState)), ("attempts", Number), ("attempted_at", Time), ("status", Number), ("error", Text), ("created_at", Time)],
        withheld: &[("community_id", TENANT), ("event_seq", INNER), ("kind", INNER), ("due_at", INNER), ("duration_ms", INNER), ("request", "the payment again, as it was told"), ("answer", "what another machine said"), ("earlier", "what another machine said before")] },
    Inventory { table: "idempotency_keys", rows: &[], erasure: "hashes; bodies repeat the payments that are exported, and go with them", exported: &[],
        withheld: &[("community_id", TENANT), ("key_hash", SECRET), ("result_id", INNER), ("fingerprint", SECRET), ("status", INNER), ("body", "the payment again: erased")] },
    Inventory { table: "attempts", rows: &[], erasure: "counts under keyed hashes, forgotten after a day", exported: &[],
        withheld: &[("key_hash", SECRET), ("recent", INNER), ("in_a_row", INNER), ("forget_at", INNER)] },
    Inventory { table: "records", rows: &[], erasure: "hashes and ids", exported: &[],
        withheld: &[("community_id", TENANT), ("seq", INNER), ("kind", INNER), ("id", INNER), ("undone_id", INNER), ("created_at", INNER), ("salt", SECRET), ("digest", INNER), ("hash", INNER)] },
    Inventory { table: "heads", rows: &[], erasure: "the community's sums", exported: &[],
        withheld: &[("community_id", TENANT), ("version", INNER), ("seq", INNER), ("hash", INNER), ("event_seq", INNER), ("transfers", INNER), ("entries", INNER), ("accounts", INNER), ("last_at", INNER)] },
    Inventory { table: "event_batches", rows: &[], erasure: "ids and times of what is exported", exported: &[],
        withheld: &[("community_id", TENANT), ("last_seq", INNER), ("first_seq", INNER), ("events", INNER)] },
    Inventory { table: "signing_keys", rows: &[], erasure: "the service's own", exported: &[],
        withheld: &[("kid", INNER), ("private_key", SECRET), ("created_at", INNER), ("active_from", INNER), ("retire_at", INNER), ("predecessor", INNER)] },
    Inventory { table: "server_secrets", rows: &[], erasure: "the service's own", exported: &[],
        withheld: &[("name", INNER), ("value", SECRET), ("created_at", INNER)] },
];
