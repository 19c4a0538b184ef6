//! What a community agreed on, and its registers: limits and policies, groups, plans, choices, write-offs, merges, what is owed.

use std::collections::{HashMap, HashSet};

use super::Exporting;
use crate::domain::account::{AccountKind, Limits};
use crate::domain::archive::{
    ArchivedChoices, ArchivedLimits, ArchivedMerge, ArchivedPolicy, ArchivedWriteOff, LimitsSource,
};
use crate::domain::ids::{MemberId, UserId};
use crate::domain::leaving::Leaving;
use crate::domain::member::MemberStatus;
use crate::domain::missed::PeriodicWork;
use crate::storage::archive::registers;
use crate::storage::health::thresholds;
use crate::storage::{Conn, StorageError, contributions, fund, groups, joining, leavings, limits, missed};

impl Exporting {
    pub(super) fn read_agreed(
        &mut self,
        conn: &mut Conn,
        members: &HashMap<MemberId, i64>,
    ) -> Result<(), StorageError> {
        let users = registers::members_of_users(conn, self.archive.community.id)?;
        let number_of = |user: UserId| users.get(&user).and_then(|member| members.get(member)).copied();
        self.read_limits(conn)?;
        self.read_people(conn, members)?;
        self.read_choices(conn)?;
        self.read_registers(conn, &number_of)?;
        let id = self.archive.community.id;
        let mut policies: Vec<_> = limits::policies(conn, id, i64::MAX, i64::MAX)?
            .into_iter()
            .map(|adopted| ArchivedPolicy {
                version: adopted.version,
                policy: adopted.policy,
                adopted_at: adopted.adopted_at,
                adopted_by: number_of(adopted.adopted_by),
                reason: adopted.reason,
            })
            .collect();
        policies.sort_unstable_by_key(|policy| policy.version);
        self.archive.policies = policies;
        Ok(())
    }

    /// Every record about an account tells its limits: what changed is handed out, and what was last is the policy's or its own.
    fn read_limits(&mut self, conn: &mut Conn) -> Result<(), StorageError> {
        let id = self.archive.community.id;
        let overrides = registers::overrides(conn, id)?;
        let mut last: HashMap<usize, usize> = HashMap::new();
        let mut found: Vec<ArchivedLimits> = Vec::new();
        for item in registers::account_items(conn, id)? {
            let Some(account) = self.places.get(&item.account_id).copied() else { continue };
            let series = self.limits.entry(item.account_id).or_default();
            if series.last().is_some_and(|(_, limits): &(i64, Limits)| *limits == item.limits) {
                continue;
            }
            series.push((item.seq, item.limits));
            last.insert(account, found.len());
            let is_members =
                self.archive.accounts.get(account).is_some_and(|account| account.kind == AccountKind::Member);
            found.push(ArchivedLimits {
                account,
                limits: item.limits,
                at: item.at,
                seq: item.seq,
                reason: item.reason,
                by: is_members.then_some(LimitsSource::Policy),
            });
        }
        for (account_id, (until, reason)) in overrides {
            let place = self.places.get(&account_id).and_then(|account| last.get(account));
            if let Some(row) = place.and_then(|place| found.get_mut(*place)) {
                row.by = Some(LimitsSource::Override { until });
                row.reason = reason;
            }
        }
        self.archive.limits = found;
        Ok(())
    }

    fn read_people(&mut self, conn: &mut Conn, members: &HashMap<MemberId, i64>) -> Result<(), StorageError> {
        let id = self.archive.community.id;
        self.archive.groups = groups::all(conn, id)?;
        let mut classes: Vec<_> = groups::classes(conn, id)?
            .into_iter()
            .filter_map(|class| Some((*members.get(&class.member_id)?, class.kind, class.group_id)))
            .collect();
        classes.sort_unstable_by_key(|class| class.0);
        self.archive.classes = classes;
        let leaving: HashSet<i64> = self
            .archive
            .members
            .iter()
            .filter(|member| member.status == MemberStatus::Leaving)
            .map(|member| member.number)
            .collect();
        let number = |found: Leaving| Some((*members.get(&found.member_id)?, found.plan?));
        let leavings = leavings::list(conn, id, None, i64::MAX)?;
        // Whoever is frozen meanwhile comes along frozen, without a plan.
        let mut plans: Vec<_> =
            leavings.into_iter().filter_map(number).filter(|(number, _)| leaving.contains(number)).collect();
        plans.sort_unstable_by_key(|(number, _)| *number);
        self.archive.plans = plans;
        Ok(())
    }

    fn read_choices(&mut self, conn: &mut Conn) -> Result<(), StorageError> {
        let id = self.archive.community.id;
        let joining = joining::policy(conn, id)?;
        self.archive.choices = ArchivedChoices {
            joining: (joining.version > 1).then_some(joining),
            contributions: contributions::find(conn, id)?.map(|(rules, turn)| (rules, turn.month)),
            income: fund::find(conn, id)?.map(|plan| (plan.rules, plan.next.period)),
            thresholds: thresholds::all(conn, id)?,
        };
        let mut charged: Vec<_> = contributions::all_charged(conn, id)?
            .into_iter()
            .filter_map(|charged| Some((*self.places.get(&charged.account_id)?, charged)))
            .collect();
        charged.sort_unstable_by_key(|(place, _)| *place);
        self.archive.charged = charged;
        Ok(())
    }

    fn read_registers(
        &mut self,
        conn: &mut Conn,
        number_of: &dyn Fn(UserId) -> Option<i64>,
    ) -> Result<(), StorageError> {
        let id = self.archive.community.id;
        let mut runs = fund::runs(conn, id, i64::MAX)?;
        runs.sort_unstable_by_key(|run| (run.period, run.every));
        let written_off = registers::write_offs(conn, id)?;
        let merged = registers::merges(conn, id)?;
        let mut named: HashSet<_> = self.ways_back.values().copied().collect();
        named.extend(written_off.iter().map(|written| written.payment_id));
        named.extend(merged.iter().filter_map(|merge| merge.payment_id));
        self.number(&named, &runs);
        self.archive.incomes = runs;
        let mut all = Vec::new();
        for work in PeriodicWork::ALL {
            all.extend(missed::find(conn, id, *work, i64::MAX)?);
        }
        all.sort_unstable_by_key(|periods| (periods.noted_at, periods.work, periods.every, periods.from));
        self.archive.missed = all;
        let written_off = written_off.into_iter().filter_map(|written| {
            Some(ArchivedWriteOff {
                transfer: *self.numbers.get(&written.payment_id)?,
                category: written.category,
                asked_by: number_of(written.asked_by),
                agreed_by: written.agreed_by.and_then(number_of),
            })
        });
        let mut write_offs: Vec<_> = written_off.collect();
        write_offs.sort_unstable_by_key(|written| written.transfer);
        let merges = merged.into_iter().filter_map(|merge| {
            Some(ArchivedMerge {
                account: *self.places.get(&merge.account_id)?,
                kept: *self.places.get(&merge.kept_id)?,
                at: merge.created_at,
                transfer: merge.payment_id.and_then(|id| self.numbers.get(&id)).copied(),
            })
        });
        let mut merges: Vec<_> = merges.collect();
        merges.sort_by_key(|merge| (merge.at, merge.transfer, merge.account));
        self.archive.merges = merges;
        self.archive.write_offs = write_offs;
        Ok(())
    }
}
