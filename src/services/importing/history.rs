//! The history: each line read, and then put together with what it belongs to.

use std::collections::{BTreeMap, HashMap};

use super::building::Building;
use super::fields::Reading;
use super::plan::{PlannedIncome, PlannedTransfer, PlannedWay};
use super::problems::Problems;
use super::rows::TransferRow;
use super::table::Sheet;
use crate::domain::fees::Fees;
use crate::domain::fund::{IncomeOutcome, Period};
use crate::domain::member::{MemberStatus, Role};
use crate::domain::records::EntryKind;
use crate::domain::zone::Day;

/// A line that belongs to something else.
struct Pending {
    transfer: usize,
    kind: EntryKind,
    of: Option<String>,
    fees: Fees,
    may_pass: bool,
}

impl Building<'_> {
    pub(super) fn add_history(&mut self, reading: &mut Reading<'_>) {
        let (mut transfers, mut times) = (Vec::new(), Vec::new());
        let mut by_reference: HashMap<String, usize> = HashMap::new();
        let mut pending = Vec::new();
        let base = self.transfers.len();
        for source in self.sources.iter().filter(|source| source.sheet == Sheet::History) {
            reading.transfers(source, |row, file, problems| {
                let mut wrong = |what: String| problems.add(file, Some(row.place.line), what);
                let find = |reference: &str| self.by_reference.get(reference).copied();
                let (payer, payee) = (find(row.payer), find(row.payee));
                for (side, found) in [(row.payer, payer), (row.payee, payee)] {
                    if found.is_none() {
                        wrong(format!("there is no account {side}"));
                    }
                }
                let place = base + transfers.len();
                if let Some(reference) = row.reference
                    && by_reference.insert(reference.to_owned(), place).is_some()
                {
                    wrong(format!("transfer {reference} is there twice"));
                }
                let (Some(payer), Some(payee)) = (payer, payee) else { return };
                if payer == payee {
                    return wrong("payer and payee are one account".to_owned());
                }
                if row.kind == EntryKind::OpeningBalance && payer != 0 && payee != 0 {
                    return wrong("an opening balance stands between an account and the commons".to_owned());
                }
                let (way, belongs) = way_of(&row, place);
                pending.extend(belongs);
                times.push((Some(row.at), row.order));
                transfers.push(PlannedTransfer {
                    place: row.place,
                    payer,
                    payee,
                    amount: row.amount,
                    description: row.description,
                    way,
                    is_given_back: false,
                });
            });
        }
        self.transfers.append(&mut transfers);
        self.times.append(&mut times);
        self.put_together(pending, &by_reference, reading.problems);
    }

    /// Ways back with what they give back, write-offs and merges with their registers, incomes with their periods.
    fn put_together(
        &mut self,
        pending: Vec<Pending>,
        by_reference: &HashMap<String, usize>,
        problems: &mut Problems,
    ) {
        let mut incomes: BTreeMap<(Day, Period), Vec<usize>> = BTreeMap::new();
        for line in pending {
            let Some(place) = self.transfers.get(line.transfer).map(|transfer| transfer.place) else {
                continue;
            };
            let found = match line.kind {
                EntryKind::Refund | EntryKind::Reversal => self.way_back(&line, by_reference),
                EntryKind::WriteOff => self.written_off(line.transfer, by_reference),
                EntryKind::Merge => self.merged(line.transfer, by_reference),
                _ => match line.of.as_deref().and_then(parse_period) {
                    Some(period) => {
                        incomes.entry(period).or_default().push(line.transfer);
                        Ok(PlannedWay::Income)
                    }
                    None => Err("is an income, and of names no week or month by its first day".to_owned()),
                },
            };
            match found {
                Ok(way) => {
                    if let Some(transfer) = self.transfers.get_mut(line.transfer) {
                        transfer.way = way;
                    }
                }
                Err(what) => self.wrong(place, what, problems),
            }
        }
        self.check_registers(by_reference, problems);
        for (place, run) in &self.agreed.registers.incomes {
            if run.outcome == IncomeOutcome::Paid && !incomes.contains_key(&(run.period, run.every)) {
                self.wrong(*place, "is an income that was paid, and the history has no line of it", problems);
            }
        }
        for ((period, every), transfers) in incomes {
            self.add_income((every, period), transfers, problems);
        }
    }

    fn way_back(
        &mut self,
        line: &Pending,
        by_reference: &HashMap<String, usize>,
    ) -> Result<PlannedWay, String> {
        let Some(of) = line.of.as_deref().and_then(|of| by_reference.get(of)).copied() else {
            return Err("gives something back, and of names no transfer".to_owned());
        };
        let sides = |index: usize| self.transfers.get(index).map(|one| (one.payer, one.payee));
        if sides(of) != sides(line.transfer).map(|(payer, payee)| (payee, payer)) {
            return Err("gives something back, and not the other way".to_owned());
        }
        if let Some(original) = self.transfers.get_mut(of) {
            original.is_given_back = true;
        }
        Ok(if line.kind == EntryKind::Refund {
            PlannedWay::Refund { of }
        } else {
            // A fund that has spent the fees keeps them: that, too, is permitted.
            let bore = match self.transfers.get(of).map(|original| original.way) {
                Some(PlannedWay::Payment { fees, .. }) => fees,
                _ => Fees::NONE,
            };
            let may_pass = line.may_pass || (line.fees.are_none() && !bore.are_none());
            PlannedWay::Reversal { of, fees: line.fees, may_pass }
        })
    }

    fn written_off(
        &self,
        transfer: usize,
        by_reference: &HashMap<String, usize>,
    ) -> Result<PlannedWay, String> {
        let rows = self.agreed.registers.write_offs.iter();
        let mut rows = rows.filter(|row| by_reference.get(&row.of) == Some(&transfer));
        let Some(row) = rows.next() else {
            return Err("is a write-off, and write_offs.csv does not tell of it".to_owned());
        };
        // Where nobody is named, it was an admin.
        let admins = || {
            self.accounts.iter().enumerate().filter(|(_, account)| {
                account
                    .member
                    .as_ref()
                    .is_some_and(|member| member.role == Role::Admin && member.status == MemberStatus::Active)
            })
        };
        let other_than =
            |taken: Option<usize>| admins().map(|(index, _)| index).find(|index| Some(*index) != taken);
        let asked_by = row.asked_by.or_else(|| other_than(row.agreed_by));
        let agreed_by = row.agreed_by.or_else(|| other_than(asked_by));
        let (Some(asked_by), Some(agreed_by)) = (asked_by, agreed_by) else {
            return Err("is a write-off, to which two admins agree".to_owned());
        };
        Ok(PlannedWay::WriteOff { category: row.category, by: [asked_by, agreed_by] })
    }

    fn merged(&self, transfer: usize, by_reference: &HashMap<String, usize>) -> Result<PlannedWay, String> {
        let rows = self.agreed.registers.merges.iter();
        let mut rows =
            rows.filter(|row| row.of.as_ref().and_then(|of| by_reference.get(of)) == Some(&transfer));
        let Some(row) = rows.next() else {
            return Err("is of a merge, and merges.csv does not tell of it".to_owned());
        };
        let sides = self.transfers.get(transfer).map(|one| [one.payer, one.payee]);
        if sides != Some([row.account, row.kept]) && sides != Some([row.kept, row.account]) {
            return Err("is of a merge, and not between the accounts of which merges.csv tells".to_owned());
        }
        Ok(PlannedWay::Merge { account: row.account })
    }

    /// What the registers tell of is in the history.
    fn check_registers(&self, by_reference: &HashMap<String, usize>, problems: &mut Problems) {
        let registers = &self.agreed.registers;
        let way = |of: &str| {
            by_reference.get(of).and_then(|index| self.transfers.get(*index)).map(|transfer| transfer.way)
        };
        for row in &registers.write_offs {
            if !matches!(way(&row.of), Some(PlannedWay::WriteOff { .. })) {
                self.wrong(row.place, format!("there is no write-off {}", row.of), problems);
            }
        }
        for row in &registers.merges {
            if let Some(of) = &row.of
                && !matches!(way(of), Some(PlannedWay::Merge { .. }))
            {
                self.wrong(row.place, format!("there is no transfer {of} of a merge"), problems);
            }
        }
    }

    /// An income is paid to all at once, the same to each.
    fn add_income(&mut self, (every, period): (Period, Day), transfers: Vec<usize>, problems: &mut Problems) {
        let one = |index: &usize| Some((self.transfers.get(*index)?, self.times.get(*index)?));
        let Some((first, at)) = transfers.first().and_then(one) else { return };
        let place = first.place;
        for index in &transfers {
            let Some((transfer, other)) = one(index) else { continue };
            if (other, transfer.amount, &transfer.description) != (at, first.amount, &first.description) {
                let what = "is of another time, amount or description than the others of its period";
                self.wrong(transfer.place, what, problems);
            } else if transfer.payer != 0 {
                self.wrong(transfer.place, "is an income, and not paid by the commons", problems);
            }
        }
        let mut runs = self.agreed.registers.incomes.iter();
        let run = runs.find(|(_, run)| {
            (run.every, run.period) == (every, period) && run.outcome == IncomeOutcome::Paid
        });
        let Some((told_at, run)) = run else {
            return self.wrong(place, "is an income, and incomes.csv does not tell of its period", problems);
        };
        if !usize::try_from(run.members).is_ok_and(|members| members == transfers.len()) {
            let what = format!("tells of other members than the history, which pays {}", transfers.len());
            self.wrong(*told_at, what, problems);
        }
        if run.amount != first.amount {
            self.wrong(*told_at, "tells of another amount than the history pays", problems);
        }
        let (left_out, available) = (run.left_out, run.available);
        self.incomes.push(PlannedIncome { place, every, period, transfers, left_out, available });
    }
}

/// Which period an income is for: how often, and its first day.
fn parse_period(text: &str) -> Option<(Day, Period)> {
    let (every, first) = text.split_once(' ')?;
    Some((first.parse().ok()?, Period::from_name(every)?))
}

/// What a line was as far as it says by itself, and what it waits for.
fn way_of(row: &TransferRow<'_>, transfer: usize) -> (PlannedWay, Option<Pending>) {
    let [payer_passes, payee_passes] = row.beyond_limits;
    let payment = PlannedWay::Payment { fees: row.fees, may_pass: payer_passes };
    match row.kind {
        EntryKind::OpeningBalance => (PlannedWay::OpeningBalance, None),
        EntryKind::Contribution | EntryKind::HoldingCharge | EntryKind::Payout => {
            (PlannedWay::OfFund(row.kind), None)
        }
        EntryKind::Refund
        | EntryKind::Reversal
        | EntryKind::WriteOff
        | EntryKind::Merge
        | EntryKind::Income => {
            let pending = Pending {
                transfer,
                kind: row.kind,
                of: row.of.map(str::to_owned),
                fees: row.fees,
                may_pass: payer_passes || payee_passes,
            };
            (payment, Some(pending))
        }
        _ => (payment, None),
    }
}
