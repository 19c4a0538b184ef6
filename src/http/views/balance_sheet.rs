//! A community's balance sheet.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::balance_sheet::BalanceSheetOf;

/// What a community's members hold and owe, and its own accounts. Positive and negative balances, commons, write-off and
/// peers add up to zero.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BalanceSheet)]
pub struct BalanceSheetView {
    /// The community's code.
    #[schema(example = "RIVER")]
    community: String,
    /// What one unit of its currency is called.
    #[schema(example = "shell")]
    unit: String,
    /// The day at whose end it holds; null for now.
    #[schema(example = "2026-12-31")]
    date: Option<String>,
    /// By which clocks days end.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// The sum of members' balances above zero.
    #[schema(example = "1250.00")]
    positive_balances: String,
    /// How many accounts that is.
    #[schema(example = 41)]
    positive_accounts: usize,
    /// The sum of members' balances below zero.
    #[schema(example = "-1300.00")]
    negative_balances: String,
    /// How many accounts that is.
    #[schema(example = 38)]
    negative_accounts: usize,
    /// The balance of the community's own fund.
    #[schema(example = "50.00")]
    commons: String,
    /// The balance of the account that bears losses.
    #[schema(example = "0.00")]
    write_off: String,
    /// The balance with other communities.
    #[schema(example = "0.00")]
    peers: String,
    /// Held for authorised payments.
    #[schema(example = "20.00")]
    reserved: String,
    /// How far all open accounts of members may go below zero together.
    #[schema(example = "7900.00")]
    credit_granted: String,
    /// The last record of the ledger that counts.
    #[schema(example = 1042)]
    seq: i64,
    /// When it was made.
    #[schema(example = "2027-01-01T08:00:00.000000Z")]
    made_at: String,
}

impl From<&BalanceSheetOf> for BalanceSheetView {
    fn from(found: &BalanceSheetOf) -> Self {
        let (community, sheet) = (&found.community, &found.sheet);
        let money = |amount| community.scale.format(amount);
        Self {
            community: community.code.to_string(),
            unit: community.unit.clone(),
            date: found.day.map(|day| day.to_string()),
            time_zone: community.time_zone.name().to_owned(),
            positive_balances: money(sheet.held),
            positive_accounts: sheet.holding,
            negative_balances: money(sheet.owed),
            negative_accounts: sheet.owing,
            commons: money(sheet.commons),
            write_off: money(sheet.write_off),
            peers: money(sheet.peers),
            reserved: money(sheet.reserved),
            credit_granted: money(sheet.credit_granted),
            seq: found.seq,
            made_at: found.made_at.rfc3339(),
        }
    }
}
