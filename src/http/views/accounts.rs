//! Accounts and their entries.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::AccountLinkView;
use crate::domain::account::Account;
use crate::domain::amount::Amount;
use crate::domain::community::Community;
use crate::domain::statement::HistoryEntry;
use crate::domain::time::Timestamp;
use crate::services::caller::VisibleAccount;

/// An account: whole for those whose it is and for admins, and for others only that it exists.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Account)]
pub enum AccountView {
    /// Everything.
    Full(FullAccount),
    /// That it exists.
    Public(PublicAccount),
}

/// An account with its amounts.
#[derive(Debug, Serialize, ToSchema)]
pub struct FullAccount {
    /// Its id.
    id: Uuid,
    /// Its public name.
    #[schema(example = "RIVER0001")]
    code: String,
    /// The community's code.
    #[schema(example = "RIVER")]
    community: String,
    /// What it is for: `member`, `commons`, `write_off` or `peer`.
    #[schema(example = "member")]
    kind: &'static str,
    /// The name people read.
    #[schema(example = "Ada Brook")]
    name: String,
    /// Whether it takes part: `active`, `frozen`, `closed`, or `leaving` with its member: then its limits count as zero.
    #[schema(example = "active")]
    status: &'static str,
    /// The sum of its entries; may be negative.
    #[schema(example = "-12.50")]
    balance: String,
    /// Held for authorised payments.
    #[schema(example = "0.00")]
    reserved: String,
    /// What may still be spent: balance − reserved + credit limit.
    #[schema(example = "87.50")]
    available: String,
    /// How far below zero it may go.
    #[schema(example = "100.00")]
    credit_limit: String,
    /// The highest balance it may reach; null where there is no bound.
    #[schema(example = json!(null))]
    ceiling: Option<String>,
    /// Since when the balance has been below zero.
    #[schema(example = "2026-09-21T14:13:20.000000Z")]
    negative_since: Option<String>,
    /// When it was opened.
    #[schema(example = "2026-09-01T08:00:00.000000Z")]
    created_at: String,
    /// The account to which it leads, where it was merged into another; else left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_into: Option<AccountLinkView>,
    /// True where it is of a community that is only for tests; else left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    test_mode: bool,
}

/// That an account exists.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicAccount {
    /// Its id.
    id: Uuid,
    /// Its public name.
    #[schema(example = "RIVER0002")]
    code: String,
    /// The name people read.
    #[schema(example = "Ben Ford")]
    name: String,
    /// What it is for: `member`, `commons`, `write_off` or `peer`.
    #[schema(example = "member")]
    kind: &'static str,
    /// Whether it takes part: `active`, `frozen`, `closed`, or `leaving` with its member: then its limits count as zero.
    #[schema(example = "active")]
    status: &'static str,
    /// The account to which it leads, where it was merged into another; else left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_into: Option<AccountLinkView>,
}

impl FullAccount {
    pub(super) fn new(community: &Community, account: &Account) -> Self {
        let money = |amount: Amount| community.scale.format(amount);
        Self {
            id: account.id.uuid(),
            code: account.code.to_string(),
            community: community.code.to_string(),
            kind: account.kind.name(),
            name: account.name.to_string(),
            status: account.status.name(),
            balance: money(account.balance),
            reserved: money(account.reserved),
            available: money(account.available()),
            credit_limit: money(account.limits.credit_limit),
            ceiling: account.limits.ceiling.map(money),
            negative_since: account.negative_since.map(Timestamp::rfc3339),
            created_at: account.created_at.rfc3339(),
            merged_into: None,
            test_mode: community.is_test(),
        }
    }
}

impl From<&Account> for PublicAccount {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id.uuid(),
            code: account.code.to_string(),
            name: account.name.to_string(),
            kind: account.kind.name(),
            status: account.status.name(),
            merged_into: None,
        }
    }
}

impl From<&VisibleAccount> for AccountView {
    fn from(visible: &VisibleAccount) -> Self {
        let merged_into = visible.merged_into.as_deref().map(AccountLinkView::from);
        match visible.full() {
            Some(account) => {
                Self::Full(FullAccount { merged_into, ..FullAccount::new(&visible.community, account) })
            }
            None => Self::Public(PublicAccount { merged_into, ..PublicAccount::from(&visible.account) }),
        }
    }
}

/// The other side of an entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct Counterparty {
    /// The account's public name.
    #[schema(example = "RIVER0002")]
    code: String,
    /// The name people read.
    #[schema(example = "Ben Ford")]
    name: String,
}

/// One line of an account's history.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Entry)]
pub struct EntryView {
    /// Its id.
    id: Uuid,
    /// The transfer's place in the community's order.
    #[schema(example = 1042)]
    seq: i64,
    /// The entry's place among the account's, from 1.
    #[schema(example = 17)]
    account_seq: i64,
    /// The payment it belongs to.
    payment_id: Uuid,
    /// What it is: `principal`, `fee`, `refund`, `opening_balance` and others.
    #[schema(example = "principal")]
    kind: &'static str,
    /// Signed: negative where the account paid.
    #[schema(example = "-12.50")]
    amount: String,
    /// The balance from then on.
    #[schema(example = "-12.50")]
    balance_after: String,
    /// The other side.
    counterparty: Counterparty,
    /// What the payment was for.
    #[schema(example = "Rye loaves")]
    description: String,
    /// When.
    #[schema(example = "2026-09-21T14:13:20.000000Z")]
    created_at: String,
}

impl EntryView {
    /// An entry in its community's currency.
    pub fn new(community: &Community, entry: &HistoryEntry) -> Self {
        Self {
            id: entry.id(),
            seq: entry.seq,
            account_seq: entry.account_seq,
            payment_id: entry.payment_id.uuid(),
            kind: entry.kind.name(),
            amount: community.scale.format(entry.amount),
            balance_after: community.scale.format(entry.balance_after),
            counterparty: Counterparty {
                code: entry.counterparty.code.to_string(),
                name: entry.counterparty.name.to_string(),
            },
            description: entry.description.clone(),
            created_at: entry.created_at.rfc3339(),
        }
    }
}

/// A page of entries, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryPage {
    /// The entries.
    pub data: Vec<EntryView>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}
