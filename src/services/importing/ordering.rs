//! How far accounts may go when, and everything in the order of its times.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::building::Building;
use super::plan::{LimitsFrom, Part, Plan, PlannedAccount, PlannedLimits, PlannedWay, Step};
use super::policies::stand_in;
use super::problems::Problems;
use super::rows::LimitsRow;
use crate::domain::account::AccountStatus;
use crate::domain::archive::LimitsSource;
use crate::domain::groups::MemberKind;
use crate::domain::member::MemberStatus;
use crate::domain::payment_rules::PaymentRules;
use crate::domain::time::Timestamp;
use crate::services::setup::NewCommunity;

/// The place of what comes before everything else of its time.
const FIRST: i64 = i64::MIN;
/// That of what comes behind everything.
const LAST: i64 = i64::MAX;

impl Building<'_> {
    pub(super) fn add_limits(&mut self, rows: Vec<LimitsRow>, problems: &mut Problems) {
        let mut of: BTreeMap<usize, Vec<LimitsRow>> = BTreeMap::new();
        for row in rows {
            match self.by_reference.get(&row.account).copied() {
                Some(index) => of.entry(index).or_default().push(row),
                None => self.wrong(row.place, format!("there is no account {}", row.account), problems),
            }
        }
        for (index, mut rows) in of {
            rows.sort_by_key(|row| (row.at, row.order));
            for (one, next) in rows.iter().zip(rows.iter().skip(1)) {
                if (one.at, one.order) == (next.at, next.order) {
                    let what = format!("account {} has limits already", next.account);
                    self.wrong(next.place, what, problems);
                }
            }
            self.add_limits_of(index, rows);
        }
    }

    /// The limits of one account, in their order.
    fn add_limits_of(&mut self, index: usize, rows: Vec<LimitsRow>) {
        let Some(account) = self.accounts.get(index) else { return };
        let (is_members, opened) = (account.member.is_some(), account.opened);
        let mut before = (self.default_limits, LimitsSource::Policy);
        let (mut first, mut last) = (None, None);
        for row in rows {
            let is_first =
                last.is_none() && row.at.is_none_or(|at| opened.is_some_and(|opened| at <= opened));
            let is_own = matches!(row.by, LimitsSource::Override { .. });
            let place = self.limits.len();
            if is_first {
                first = Some(place);
            }
            last = Some(place);
            self.limits.push(PlannedLimits {
                place: row.place,
                account: index,
                limits: row.limits,
                by: row.by,
                reason: row.reason,
                ends_override: !is_own && before.1 != LimitsSource::Policy,
                is_change: is_own || !is_members || row.limits != before.0,
            });
            self.limits_at.push((row.at, row.order));
            before = (row.limits, row.by);
        }
        if let Some(account) = self.accounts.get_mut(index) {
            (account.first_limits, account.last_limits) = (first, last);
        }
    }

    /// Puts everything into the order of its times.
    pub(super) fn order(
        self,
        community: NewCommunity,
        founded: Option<Timestamp>,
        problems: &mut Problems,
    ) -> Plan {
        let history = || self.times.iter().filter_map(|(at, _)| *at);
        let begin = history().min().unwrap_or(self.now);
        let opened = self.accounts.iter().filter_map(|account| account.opened);
        let limited = self.limits_at.iter().filter_map(|(at, _)| *at);
        let adopted = self.agreed.policies.iter().map(|policy| policy.at);
        let told = opened.chain(founded).chain(history()).chain(limited).chain(adopted);
        let first = told.min().unwrap_or(self.now);
        let opened_at =
            |index: usize| self.accounts.get(index).and_then(|account| account.opened).unwrap_or(first);
        let mut steps: Vec<(Timestamp, i64, Step)> =
            Vec::with_capacity(self.accounts.len() + self.transfers.len());
        // The fund has the first number, whatever its file says.
        let is_first = |at: &Timestamp| {
            history().all(|time| time >= *at) && (1..self.accounts.len()).all(|index| opened_at(index) >= *at)
        };
        let fund = self.accounts.first().and_then(|fund| fund.opened).filter(is_first).unwrap_or(first);
        steps.push((fund, FIRST, Step::Open(0)));
        steps.extend((1..self.accounts.len()).map(|index| (opened_at(index), FIRST, Step::Open(index))));
        if self.agreed.fees.is_some() {
            steps.push((fund, FIRST, Step::FundFees));
        }
        let policies = self.agreed.policies.iter().enumerate();
        steps.extend(policies.map(|(index, policy)| (policy.at, FIRST, Step::Adopt(index))));
        if self.request.limits_from == LimitsFrom::Throughout {
            let later = self.limits.iter().zip(&self.limits_at).enumerate().filter(|(index, (limits, _))| {
                let account = self.accounts.get(limits.account);
                account.is_some_and(|account| account.first_limits != Some(*index))
                    && (limits.is_change || limits.ends_override)
            });
            steps.extend(later.map(|(index, (limits, (at, order)))| {
                let opened = opened_at(limits.account);
                (at.map_or(opened, |at| at.max(opened)), *order, Step::SetLimits(index))
            }));
        }
        for (index, (transfer, (at, order))) in self.transfers.iter().zip(&self.times).enumerate() {
            let at = at.unwrap_or(begin);
            for side in [transfer.payer, transfer.payee] {
                if side != 0 && opened_at(side) > at {
                    let reference = self.accounts.get(side).map(|account| Arc::clone(&account.reference));
                    let reference = reference.unwrap_or_default();
                    let what = format!("account {reference} was opened later, {}", opened_at(side).rfc3339());
                    self.wrong(transfer.place, what, problems);
                }
            }
            let parts: &[Part] = match transfer.way {
                PlannedWay::Income => &[],
                PlannedWay::WriteOff { .. } => &[Part::HoldBack, Part::Move, Part::LetGo],
                _ => &[Part::Move],
            };
            steps.extend(parts.iter().map(|part| (at, *order, Step::Post(index, *part))));
        }
        for (index, income) in self.incomes.iter().enumerate() {
            let first = income.transfers.first().and_then(|index| self.times.get(*index));
            let (at, order) = first.copied().unwrap_or_default();
            steps.push((at.unwrap_or(begin), order, Step::PayIncome(index)));
        }
        let bounds = self.bounds();
        let bounded = (0..bounds.len()).map(Step::BoundPayments);
        steps.extend(self.last_steps().chain(bounded).map(|step| (self.now, LAST, step)));
        steps.sort_unstable();
        Plan {
            community,
            founded: first,
            limits_from: self.request.limits_from,
            default_limits: self.default_limits,
            logins: self.logins,
            accounts: self.accounts,
            limits: self.limits,
            transfers: self.transfers,
            incomes: self.incomes,
            agreed: self.agreed,
            bounds,
            steps,
            file_names: self.file_names,
        }
    }

    /// How much and how often members may pay who are still there, by the policy that was adopted last. Their history there is not
    /// bound by it, and nobody pays here before it holds.
    fn bounds(&self) -> Vec<(usize, PaymentRules)> {
        let Some(adopted) = self.agreed.policies.last() else { return Vec::new() };
        let classes = self.agreed.classes.iter().map(|(place, kind, group)| (*place, (*kind, *group)));
        let classes: HashMap<usize, (MemberKind, Option<usize>)> = classes.collect();
        let bound = |(index, account): (usize, &PlannedAccount)| {
            let member = account.member.as_ref()?;
            let is_gone = member.status == MemberStatus::Closed || account.status == AccountStatus::Closed;
            let (kind, group) = classes.get(&index).copied().unwrap_or((MemberKind::Person, None));
            let (_, terms) = adopted.policy.terms_for(kind, group.map(stand_in));
            (!is_gone && !terms.payments.are_none()).then_some((index, terms.payments))
        };
        self.accounts.iter().enumerate().filter_map(bound).collect()
    }

    /// What comes behind the history.
    fn last_steps(&self) -> impl Iterator<Item = Step> {
        let is_limited = self.request.limits_from == LimitsFrom::End;
        let mut steps = Vec::new();
        for (index, account) in self.accounts.iter().enumerate() {
            if is_limited {
                steps.push(Step::EndLimits(index));
            }
            let status = account.member.as_ref().map_or(MemberStatus::Active, |member| member.status);
            if status != MemberStatus::Active {
                steps.push(Step::SetMemberStatus(index));
            }
            // Those of frozen and closed members follow them.
            let is_by_itself = matches!(status, MemberStatus::Active | MemberStatus::Leaving);
            if is_by_itself && account.status != AccountStatus::Active {
                steps.push(Step::SetAccountStatus(index));
            }
        }
        steps.extend((0..self.agreed.allowances.len()).map(Step::Allow));
        steps.extend(self.agreed.fees.map(|_| Step::SetFees));
        let choices = &self.agreed.choices;
        steps.extend(choices.step_up_above.map(|_| Step::SetStepUp));
        steps.extend(choices.approval_rules.are_any().then_some(Step::SetApprovalRules));
        steps.into_iter()
    }
}
