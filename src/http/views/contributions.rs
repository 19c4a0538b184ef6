//! Contributions: the rules, what is coming, and who owes.

use serde::Serialize;
use utoipa::ToSchema;

use super::missed::MissedPeriodsView;
use crate::domain::amount::Scale;
use crate::domain::contributions::{Dues, Holding};
use crate::domain::time::Timestamp;
use crate::services::contributions::{Coming, Contributions, Owing};
use crate::services::contributions_preview::{ContributionsPreview, ExpectedDues};

/// A charge on one side of zero.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HoldingCharge)]
pub struct HoldingView {
    /// Up to this distance from zero nothing is charged.
    #[schema(example = "500.00")]
    allowance: String,
    /// The share of what is beyond it, in basis points a year, a twelfth of which is charged each month: 600 are half a per
    /// cent a month. Zero for no charge.
    #[schema(example = 600)]
    basis_points: i64,
}

impl HoldingView {
    fn new(scale: Scale, holding: Holding) -> Self {
        Self { allowance: scale.format(holding.allowance), basis_points: holding.basis_points }
    }
}

/// What a community's members contribute to its commons account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Contributions)]
pub struct ContributionsView {
    /// Rises with each change; zero where nothing was ever set.
    #[schema(example = 1)]
    version: i64,
    /// How often members contribute: after each `month`, or after each `year`'s December.
    #[schema(example = "month")]
    every: &'static str,
    /// How much each member contributes.
    #[schema(example = "2.00")]
    amount: String,
    /// The charge on what an account holds at the end of a month.
    above: HoldingView,
    /// The charge on what an account owes at the end of a month.
    below: HoldingView,
    /// The month whose contributions come next; null where nothing was ever set.
    #[schema(example = "2026-11")]
    next_month: Option<String>,
    /// When they are taken.
    #[schema(example = "2026-11-30T23:00:00Z")]
    next_at: Option<String>,
    /// Months for which nobody was asked, because the service was off; the latest 24 such times, the newest first.
    missed: Vec<MissedPeriodsView>,
}

impl From<&Contributions> for ContributionsView {
    fn from(found: &Contributions) -> Self {
        let (rules, scale) = (&found.rules, found.community.scale);
        Self {
            version: rules.version,
            every: rules.every.name(),
            amount: scale.format(rules.amount),
            above: HoldingView::new(scale, rules.above),
            below: HoldingView::new(scale, rules.below),
            next_month: found.next.map(|(month, _)| month.year_and_month()),
            next_at: found.next.map(|(_, at)| Timestamp::rfc3339(at)),
            missed: found.missed.iter().map(MissedPeriodsView::from).collect(),
        }
    }
}

/// What an account is asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Dues)]
pub struct DuesView {
    /// As its member's contribution.
    #[schema(example = "2.00")]
    contribution: String,
    /// As a charge on its balance.
    #[schema(example = "0.25")]
    holding_charge: String,
}

impl DuesView {
    fn new(scale: Scale, dues: Dues) -> Self {
        Self { contribution: scale.format(dues.contribution), holding_charge: scale.format(dues.holding) }
    }
}

/// What is coming for an account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComingContributions)]
pub struct ComingContributionsView {
    /// By which rules, and when.
    rules: ContributionsView,
    /// What it would be asked for if the month ended now.
    next: DuesView,
    /// What could not be taken before, and is asked for again with it.
    owing: DuesView,
}

impl From<&Coming> for ComingContributionsView {
    fn from(coming: &Coming) -> Self {
        let scale = coming.contributions.community.scale;
        Self {
            rules: ContributionsView::from(&coming.contributions),
            next: DuesView::new(scale, coming.dues),
            owing: DuesView::new(scale, coming.owing),
        }
    }
}

/// An account, and what it would be asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExpectedDues)]
pub struct ExpectedDuesView {
    /// The account's code.
    #[schema(example = "RIVER0001")]
    code: String,
    /// Its name.
    #[schema(example = "Ada")]
    name: String,
    /// What it has.
    #[schema(example = "120.00")]
    balance: String,
    /// What it would be asked for if the month ended now.
    next: DuesView,
    /// What could not be taken before, and is asked for again with it.
    owing: DuesView,
}

/// What a community's members would contribute if the month ended now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContributionsPreview)]
pub struct ContributionsPreviewView {
    /// By which rules, and when.
    rules: ContributionsView,
    /// How many accounts would be asked for something.
    #[schema(example = 42)]
    accounts: i64,
    /// What all of them would be asked for together, beside what they owe from before.
    total: DuesView,
    /// A page of the accounts, in the order in which they were opened.
    data: Vec<ExpectedDuesView>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}

impl From<&ContributionsPreview> for ContributionsPreviewView {
    fn from(found: &ContributionsPreview) -> Self {
        let scale = found.contributions.community.scale;
        let expected = |item: &ExpectedDues| ExpectedDuesView {
            code: item.account.code.clone(),
            name: item.account.name.clone(),
            balance: scale.format(item.account.balance),
            next: DuesView::new(scale, item.dues),
            owing: DuesView::new(scale, item.owing),
        };
        Self {
            rules: ContributionsView::from(&found.contributions),
            accounts: found.accounts,
            total: DuesView::new(scale, found.total),
            data: found.items.iter().map(expected).collect(),
            next_cursor: found.next_cursor.clone(),
        }
    }
}

/// An account that owes contributions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwingAccount)]
pub struct OwingView {
    /// The account's code.
    #[schema(example = "RIVER0001")]
    code: String,
    /// Its name.
    #[schema(example = "Ada")]
    name: String,
    /// The last month that it was asked for.
    #[schema(example = "2026-11")]
    month: String,
    /// What it owes.
    owing: DuesView,
}

impl From<&Owing> for OwingView {
    fn from(owing: &Owing) -> Self {
        Self {
            code: owing.code.clone(),
            name: owing.name.clone(),
            month: owing.charged.month.year_and_month(),
            owing: DuesView::new(owing.scale, owing.charged.owing),
        }
    }
}

/// A page of accounts that owe contributions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwingPage)]
pub struct OwingPage {
    /// The accounts, in the order in which they were opened.
    pub data: Vec<OwingView>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}
