//! Takings as JSON.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::checkout::NationalPart;
use crate::domain::community::Community;
use crate::domain::reconciliation::{DayTakings, Reconciliation, Takings};
use crate::export::reconciliation::national;

/// A shop's takings in a period.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reconciliation)]
pub struct ReconciliationView {
    /// The account's code.
    #[schema(example = "RIVER0002")]
    account: String,
    /// The community's code.
    #[schema(example = "RIVER")]
    currency: String,
    /// The first day.
    #[schema(example = "2026-09-01")]
    from: String,
    /// The day after the last.
    #[schema(example = "2026-10-01")]
    to: String,
    /// By which clocks days begin.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// The balance before the first day: the statement's.
    #[schema(example = "0.00")]
    opening_balance: String,
    /// The balance after the last day: the opening balance + `net`, and the statement's.
    #[schema(example = "55.00")]
    closing_balance: String,
    /// All days together.
    summary: TakingsView,
    /// The days on which something happened, in their order.
    days: Vec<DayTakingsView>,
    /// When this was made.
    #[schema(example = "2026-10-01T08:00:00.000000Z")]
    made_at: String,
}

/// What came in and went out, by what it was.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Takings)]
pub struct TakingsView {
    /// What was paid to the account, before anything went back.
    #[schema(example = "75.00")]
    gross: String,
    /// What it gave back; zero or below.
    #[schema(example = "-20.00")]
    refunds: String,
    /// What it bore of fees; below zero, unless a reversal gave some back.
    #[schema(example = "0.00")]
    fees: String,
    /// Everything else: what it paid itself, contributions, what came back to it.
    #[schema(example = "0.00")]
    other: String,
    /// `gross` + `refunds` + `fees` + `other`: what the balance moved by.
    #[schema(example = "55.00")]
    net: String,
    /// How many payments came in.
    #[schema(example = 1)]
    payments: u64,
    /// How many refunds and reversals there were.
    #[schema(example = 1)]
    ways_back: u64,
    /// What the shop took itself beside these payments, where prices were paid in two moneys.
    national: Vec<NationalView>,
    /// What of that the shop gives back itself beside its refunds: each refund's `national_back`; zero or below.
    national_refunds: Vec<NationalView>,
}

/// A sum of national money.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NationalSum)]
pub struct NationalView {
    /// The currency (ISO 4217).
    #[schema(example = "EUR")]
    currency: String,
    /// How much.
    #[schema(example = "225.00")]
    amount: String,
}

/// A day's takings.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DayTakings)]
pub struct DayTakingsView {
    /// The day.
    #[schema(example = "2026-09-21")]
    date: String,
    /// The balance before it.
    #[schema(example = "0.00")]
    opening_balance: String,
    /// The balance after it.
    #[schema(example = "55.00")]
    closing_balance: String,
    /// What happened.
    takings: TakingsView,
}

impl TakingsView {
    fn new(community: &Community, takings: &Takings) -> Self {
        let money = |amount| community.scale.format(amount);
        Self {
            gross: money(takings.gross),
            refunds: money(takings.refunds),
            fees: money(takings.fees),
            other: money(takings.other),
            net: takings.net().map(money).unwrap_or_default(),
            payments: takings.payments,
            ways_back: takings.ways_back,
            national: sums(&takings.national),
            national_refunds: sums(&takings.national_back),
        }
    }
}

impl From<NationalPart> for NationalView {
    fn from(part: NationalPart) -> Self {
        Self {
            currency: part.currency.as_str().to_owned(),
            amount: part.currency.scale().format(part.amount),
        }
    }
}

fn sums(of: &BTreeMap<String, i64>) -> Vec<NationalView> {
    national(of).into_iter().map(|(currency, amount)| NationalView { currency, amount }).collect()
}

impl From<&Reconciliation> for ReconciliationView {
    fn from(found: &Reconciliation) -> Self {
        let (community, period) = (&found.community, found.period);
        let money = |amount| community.scale.format(amount);
        let day = |day: &DayTakings| DayTakingsView {
            date: day.day.to_string(),
            opening_balance: money(day.opening),
            closing_balance: money(day.closing),
            takings: TakingsView::new(community, &day.takings),
        };
        Self {
            account: found.account.code.to_string(),
            currency: community.code.to_string(),
            from: period.from.to_string(),
            to: period.until.to_string(),
            time_zone: community.time_zone.name().to_owned(),
            opening_balance: money(found.opening),
            closing_balance: money(found.closing),
            summary: TakingsView::new(community, &found.total),
            days: found.days.iter().map(day).collect(),
            made_at: found.made_at.rfc3339(),
        }
    }
}
