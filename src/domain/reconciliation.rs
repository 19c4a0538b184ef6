//! A shop's takings day by day, between balances that agree with its statement to the minor unit.

use std::collections::{BTreeMap, HashMap};

use super::account::Account;
use super::amount::Amount;
use super::checkout::NationalPart;
use super::community::Community;
use super::ids::PaymentId;
use super::records::EntryKind;
use super::statement::{Period, StatementLine};
use super::time::Timestamp;
use super::zone::Day;

/// What came in and went out, by what it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Takings {
    /// What was paid to the account, before anything went back.
    pub gross: Amount,
    /// What the account gave back; below zero.
    pub refunds: Amount,
    /// What it bore of fees, below zero; what it was given back of them, above.
    pub fees: Amount,
    /// Everything else: what it paid itself, contributions, what came back to it.
    pub other: Amount,
    /// How many payments came in.
    pub payments: u64,
    /// How many ways back there were.
    pub ways_back: u64,
    /// What the shop took itself beside these payments, by currency, in minor units.
    pub national: BTreeMap<String, i64>,
    /// What of that it has to give back itself beside its ways back: below zero, by currency, in minor units.
    pub national_back: BTreeMap<String, i64>,
}

impl Takings {
    /// All of it together: what the balance moved by. None where a sum leaves the range of a balance.
    pub fn net(&self) -> Option<Amount> {
        let sum = self.gross.checked_add(self.refunds)?.checked_add(self.fees)?;
        sum.checked_add(self.other)
    }
}

/// A day's takings, between two balances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayTakings {
    /// The day, by the community's clocks.
    pub day: Day,
    /// The balance before its first entry.
    pub opening: Amount,
    /// What happened.
    pub takings: Takings,
    /// The balance after its last entry.
    pub closing: Amount,
}

/// An account's takings in a period, of entries that are added one after the other.
#[derive(Debug, Clone)]
pub struct Reconciliation {
    /// The account's community.
    pub community: Community,
    /// The account.
    pub account: Account,
    /// Which days.
    pub period: Period,
    /// The balance before the first of them.
    pub opening: Amount,
    /// The balance after the last entry that was added.
    pub closing: Amount,
    /// The days on which something happened, in their order.
    pub days: Vec<DayTakings>,
    /// All of them together.
    pub total: Takings,
    /// When it was made.
    pub made_at: Timestamp,
}

/// Entries that cannot be an account's own, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the entries do not lead from one balance to the next")]
pub struct Disagreement;

impl Reconciliation {
    /// The takings of no entries yet.
    pub fn new(
        (community, account): (Community, Account),
        period: Period,
        opening: Amount,
        made_at: Timestamp,
    ) -> Self {
        let (days, total) = (Vec::new(), Takings::default());
        Self { community, account, period, opening, closing: opening, days, total, made_at }
    }

    /// Adds the next entries, with what the shop took itself beside some of their payments, and what goes back of that beside some
    /// of their ways back.
    ///
    /// # Errors
    /// Where they do not lead from one balance to the next.
    pub fn add(
        &mut self,
        lines: &[StatementLine],
        national: &HashMap<PaymentId, NationalPart>,
    ) -> Result<(), Disagreement> {
        for StatementLine { entry, booked_on } in lines {
            if self.closing.checked_add(entry.amount) != Some(entry.balance_after) {
                return Err(Disagreement);
            }
            if self.days.last().is_none_or(|last| last.day != *booked_on) {
                let (opening, takings) = (self.closing, Takings::default());
                self.days.push(DayTakings { day: *booked_on, opening, takings, closing: opening });
            }
            let part = national.get(&entry.payment_id);
            if let Some(day) = self.days.last_mut() {
                day.takings.count(entry.kind, entry.amount, part).ok_or(Disagreement)?;
                day.closing = entry.balance_after;
            }
            self.total.count(entry.kind, entry.amount, part).ok_or(Disagreement)?;
            self.closing = entry.balance_after;
        }
        Ok(())
    }
}

impl Takings {
    fn count(&mut self, kind: EntryKind, amount: Amount, part: Option<&NationalPart>) -> Option<()> {
        let sum = match kind {
            EntryKind::Principal | EntryKind::PrincipalBeyondLimit if amount.is_positive() => {
                self.payments += 1;
                if let Some(part) = part {
                    add(&mut self.national, part, part.amount.minor())?;
                }
                &mut self.gross
            }
            EntryKind::Refund | EntryKind::Reversal | EntryKind::ReversalBeyondLimit
                if amount.is_negative() =>
            {
                self.ways_back += 1;
                if let Some(part) = part {
                    add(&mut self.national_back, part, part.amount.minor().checked_neg()?)?;
                }
                &mut self.refunds
            }
            EntryKind::Fee => &mut self.fees,
            _ => &mut self.other,
        };
        *sum = sum.checked_add(amount)?;
        Some(())
    }
}

fn add(sums: &mut BTreeMap<String, i64>, part: &NationalPart, minor: i64) -> Option<()> {
    let sum = sums.entry(part.currency.as_str().to_owned()).or_default();
    *sum = sum.checked_add(minor)?;
    Some(())
}
