//! A shop's takings day by day, between balances that agree with its statement to the minor unit.

use std::collections::{BTreeMap, HashMap};

use super::amount::Amount;
use super::checkout::NationalPart;
use super::ids::PaymentId;
use super::records::EntryKind;
use super::statement::Statement;
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

/// A statement's entries as takings.
#[derive(Debug, Clone)]
pub struct Reconciliation {
    /// The statement that it is made of.
    pub statement: Statement,
    /// The days on which something happened, in their order.
    pub days: Vec<DayTakings>,
    /// All of them together.
    pub total: Takings,
}

/// Sums that leave the range of a balance: no statement has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sums of a statement leave the range of a balance")]
pub struct SumTooLarge;

impl Reconciliation {
    /// The takings of a statement, with what the shop took itself beside some of its payments.
    ///
    /// # Errors
    /// Where a sum leaves the range of a balance.
    pub fn new(
        statement: Statement,
        national: &HashMap<PaymentId, NationalPart>,
    ) -> Result<Self, SumTooLarge> {
        let mut days: Vec<DayTakings> = Vec::new();
        let mut total = Takings::default();
        let mut balance = statement.opening;
        for line in &statement.lines {
            if days.last().is_none_or(|last| last.day != line.booked_on) {
                let takings = Takings::default();
                days.push(DayTakings { day: line.booked_on, opening: balance, takings, closing: balance });
            }
            let entry = &line.entry;
            let part = national.get(&entry.payment_id);
            if let Some(day) = days.last_mut() {
                day.takings.count(entry.kind, entry.amount, part).ok_or(SumTooLarge)?;
                day.closing = entry.balance_after;
            }
            total.count(entry.kind, entry.amount, part).ok_or(SumTooLarge)?;
            balance = entry.balance_after;
        }
        Ok(Self { statement, days, total })
    }
}

impl Takings {
    fn count(&mut self, kind: EntryKind, amount: Amount, part: Option<&NationalPart>) -> Option<()> {
        let sum = match kind {
            EntryKind::Principal | EntryKind::PrincipalBeyondLimit if amount.is_positive() => {
                self.payments += 1;
                if let Some(part) = part {
                    let sum = self.national.entry(part.currency.as_str().to_owned()).or_default();
                    *sum = sum.checked_add(part.amount.minor())?;
                }
                &mut self.gross
            }
            EntryKind::Refund | EntryKind::Reversal | EntryKind::ReversalBeyondLimit
                if amount.is_negative() =>
            {
                self.ways_back += 1;
                &mut self.refunds
            }
            EntryKind::Fee => &mut self.fees,
            _ => &mut self.other,
        };
        *sum = sum.checked_add(amount)?;
        Some(())
    }
}
