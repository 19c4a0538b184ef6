//! Communities and their ledgers in numbers.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::community::Community;
use crate::services::communities::LedgerSummary;
use crate::services::sandboxes::Sandbox;

/// A community, as anyone may see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Community)]
pub struct CommunityView {
    /// Its short name.
    #[schema(example = "RIVER")]
    code: String,
    /// Its full name.
    #[schema(example = "River Valley Exchange")]
    name: String,
    /// What one unit of its currency is called.
    #[schema(example = "shell")]
    unit: String,
    /// The sign beside amounts.
    #[schema(example = "§")]
    symbol: String,
    /// Decimal places of amounts.
    #[schema(example = 2)]
    scale: u8,
    /// By which clocks it lives.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// Whether it is only for tests: nothing in it is worth anything.
    #[schema(example = false)]
    test_mode: bool,
}

impl From<&Community> for CommunityView {
    fn from(community: &Community) -> Self {
        Self {
            code: community.code.to_string(),
            name: community.name.clone(),
            unit: community.unit.clone(),
            symbol: community.symbol.clone(),
            scale: community.scale.places(),
            time_zone: community.time_zone.name().to_owned(),
            test_mode: community.is_test(),
        }
    }
}

/// Where a member tries a shop.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Sandbox)]
pub struct SandboxView {
    /// The twin: a community of its own, in which nothing is worth anything.
    community: CommunityView,
    /// The code of the caller's account there for which keys are made.
    #[schema(example = "RIVERTEST0001")]
    account: String,
    /// The code of the caller's account there that pays, with ample limits: who is signed in as the caller approves with it.
    #[schema(example = "RIVERTEST0002")]
    buyer: String,
}

impl From<&Sandbox> for SandboxView {
    fn from(sandbox: &Sandbox) -> Self {
        Self {
            community: CommunityView::from(&sandbox.community),
            account: sandbox.shop.code.to_string(),
            buyer: sandbox.buyer.code.to_string(),
        }
    }
}

/// A page of communities, by code.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommunityPage {
    /// The communities.
    pub data: Vec<CommunityView>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}

/// Where a community's chain stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Head)]
pub struct HeadView {
    /// The number of records.
    #[schema(example = 1042)]
    seq: i64,
    /// The hash after the last of them, in hexadecimal. Whoever keeps it can tell that history was not rewritten.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    hash: String,
}

/// A community's ledger in numbers, all of one moment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerSummary)]
pub struct LedgerView {
    /// How many transfers there are.
    #[schema(example = 520)]
    transfers: i64,
    /// How many entries.
    #[schema(example = 1040)]
    entries: i64,
    /// How many accounts, the community's own among them.
    #[schema(example = 14)]
    accounts: i64,
    /// The sum of all balances: zero, always.
    #[schema(example = "0.00")]
    sum: String,
    /// Where the chain stands.
    head: HeadView,
}

impl From<&LedgerSummary> for LedgerView {
    fn from(summary: &LedgerSummary) -> Self {
        Self {
            transfers: summary.head.transfers,
            entries: summary.head.entries,
            accounts: summary.head.accounts,
            sum: summary.community.scale.format(summary.sum),
            head: HeadView { seq: summary.head.seq, hash: hex::encode(summary.head.hash) },
        }
    }
}
