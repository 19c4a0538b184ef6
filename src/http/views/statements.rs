//! Statements as JSON.

use serde::Serialize;
use utoipa::ToSchema;

use super::accounts::EntryView;
use crate::domain::statement::Statement;
use crate::domain::zone::Day;

/// What happened on an account in a period.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Statement)]
pub struct StatementView {
    /// The account's code.
    #[schema(example = "RIVER0001")]
    account: String,
    /// The name people read.
    #[schema(example = "Ada Brook")]
    name: String,
    /// The community's code.
    #[schema(example = "RIVER")]
    community: String,
    /// The first day.
    #[schema(example = "2026-09-01")]
    from: String,
    /// The day after the last.
    #[schema(example = "2026-10-01")]
    to: String,
    /// By which clocks days begin.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// The balance before the first day.
    #[schema(example = "0.00")]
    opening_balance: String,
    /// The sum of what came in.
    #[schema(example = "0.00")]
    received: String,
    /// The sum of what went out.
    #[schema(example = "12.50")]
    paid: String,
    /// The balance after the last day: opening balance + received − paid.
    #[schema(example = "-12.50")]
    closing_balance: String,
    /// The entries, oldest first.
    entries: Vec<EntryView>,
    /// When the statement was made.
    #[schema(example = "2026-10-01T08:00:00.000000Z")]
    made_at: String,
}

impl From<&Statement> for StatementView {
    fn from(statement: &Statement) -> Self {
        let (community, period) = (&statement.community, statement.period);
        let money = |amount| community.scale.format(amount);
        Self {
            account: statement.account.code.to_string(),
            name: statement.account.name.to_string(),
            community: community.code.to_string(),
            from: period.from.to_string(),
            to: period.until.to_string(),
            time_zone: community.time_zone.name().to_owned(),
            opening_balance: money(statement.opening),
            received: money(statement.received().0),
            paid: money(statement.paid().0),
            closing_balance: money(statement.closing),
            entries: statement.lines.iter().map(|line| EntryView::new(community, &line.entry)).collect(),
            made_at: statement.made_at.rfc3339(),
        }
    }
}

/// Whether somebody is sent an account's statements.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MonthlyStatement)]
pub struct MonthlyStatementView {
    /// Whether they are.
    #[schema(example = true)]
    by_mail: bool,
    /// The first day of the month whose statement comes next; null where none does.
    #[schema(example = "2026-09-01")]
    next_month: Option<String>,
}

impl From<Option<Day>> for MonthlyStatementView {
    fn from(next: Option<Day>) -> Self {
        Self { by_mail: next.is_some(), next_month: next.map(|month| month.to_string()) }
    }
}
