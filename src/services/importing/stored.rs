//! What comes along beside the ledger's commands: written with the step that shows the community.

use super::commands::{Identity, member_id};
use super::plan::{Plan as ImportPlan, PlannedAccount};
use super::trial::community_of;
use crate::domain::amount::Amount;
use crate::domain::community::Community;
use crate::domain::contributions::{Charged, ContributionRules};
use crate::domain::fund::{IncomeOutcome, IncomeRules, IncomeRun, Qualification};
use crate::domain::groups::{MemberClass, MemberGroup};
use crate::domain::health::Threshold;
use crate::domain::ids::{MemberId, UserId};
use crate::domain::income_plan::IncomePlan;
use crate::domain::joining::JoiningPolicy;
use crate::domain::leaving::{Plan, PlanSide};
use crate::domain::member::{MemberStatus, Role};
use crate::domain::merging::Merge;
use crate::domain::missed::MissedPeriods;
use crate::domain::time::Timestamp;
use crate::services::contributions::{end_of, first_turn};
use crate::services::income::turn_of;
use crate::storage::contributions::Turn;
use crate::storage::health::thresholds;
use crate::storage::{
    Conn, StorageError, charges, contributions, fund, groups, joining, leavings, merges, missed,
};

/// All of it, with the ids of what it is about.
pub(super) struct Stored {
    community: Community,
    groups: Vec<MemberGroup>,
    classes: Vec<MemberClass>,
    /// Each with whoever agreed to it.
    plans: Vec<(MemberId, Plan, Option<UserId>)>,
    joining: Option<JoiningPolicy>,
    contributions: Option<(ContributionRules, Option<crate::domain::zone::Day>)>,
    charged: Vec<Charged>,
    income: Option<(IncomeRules, Option<crate::domain::zone::Day>)>,
    /// Periods for which nothing was paid.
    unpaid: Vec<IncomeRun>,
    missed: Vec<MissedPeriods>,
    thresholds: Vec<Threshold>,
    /// Those that moved nothing.
    merges: Vec<Merge>,
}

impl ImportPlan {
    /// What comes along beside the commands, as it is stored.
    pub(super) fn stored(&self, identity: &Identity) -> Stored {
        let agreed = &self.agreed;
        let group_id = |place: usize| identity.group_id(self, place);
        let class = |(place, kind, group): &(usize, _, Option<usize>)| MemberClass {
            member_id: member_id(identity, self, *place),
            kind: *kind,
            group_id: group.map(group_id),
        };
        let choices = &agreed.choices;
        let default = JoiningPolicy::default();
        let chosen = choices.joining.is_some() || choices.members_may_invite.is_some();
        let contributions = choices.contributions.as_ref().map(|chosen| {
            let rules = ContributionRules {
                version: 1,
                every: chosen.every,
                amount: chosen.amount,
                above: chosen.above,
                below: chosen.below,
            };
            (rules, chosen.next)
        });
        let income = choices.income.as_ref().map(|chosen| {
            let who = Qualification {
                kind: chosen.kind,
                group_id: chosen.group.map(group_id),
                member_days: chosen.member_days,
                traded_days: chosen.traded_days,
            };
            (IncomeRules { version: 1, every: chosen.every, amount: chosen.amount, who }, chosen.next)
        });
        let charged = agreed.registers.charged.iter().map(|(account, month, owing)| Charged {
            account_id: identity.account_id(self, *account),
            month: *month,
            owing: *owing,
            number: 0,
        });
        let runs = agreed.registers.incomes.iter().map(|(_, run)| *run);
        let empty = agreed.registers.merges.iter().filter(|row| row.of.is_none()).map(|row| Merge {
            account_id: identity.account_id(self, row.account),
            kept_id: identity.account_id(self, row.kept),
            amount: Amount::ZERO,
            payment_id: None,
            approval_id: None,
            created_at: row.at,
        });
        Stored {
            community: community_of(identity.community_id, &self.community),
            groups: agreed
                .groups
                .iter()
                .enumerate()
                .map(|(place, name)| MemberGroup { id: group_id(place), name: name.clone(), members: 0 })
                .collect(),
            classes: agreed.classes.iter().map(class).collect(),
            plans: self.stored_plans(identity),
            joining: chosen.then(|| JoiningPolicy {
                joining: choices.joining.unwrap_or(default.joining),
                members_may_invite: choices.members_may_invite.unwrap_or(default.members_may_invite),
                version: default.version,
            }),
            contributions,
            charged: charged.collect(),
            income,
            unpaid: runs.filter(|run| run.outcome != IncomeOutcome::Paid).collect(),
            missed: agreed.registers.missed.clone(),
            thresholds: choices.thresholds.clone(),
            merges: empty.collect(),
        }
    }

    fn stored_plans(&self, identity: &Identity) -> Vec<(MemberId, Plan, Option<UserId>)> {
        let admin = self.first_admin();
        let plan = |(place, leaving): &(usize, super::agreed::PlannedLeaving)| {
            let (proposer, other) = match leaving.proposed_as {
                PlanSide::Member => (*place, admin),
                PlanSide::Admin => (admin, *place),
            };
            let plan = Plan {
                target_on: leaving.target_on,
                instalments: leaving.instalments.clone(),
                proposed_as: leaving.proposed_as,
                proposed_by: self.user_of(identity, proposer),
                agreed_by: None,
            };
            let agreed_by = leaving.is_agreed.then(|| self.user_of(identity, other));
            (member_id(identity, self, *place), plan, agreed_by)
        };
        self.agreed.leavings.iter().map(plan).collect()
    }

    /// Who acts for the member whose account has this place.
    pub(super) fn user_of(&self, identity: &Identity, place: usize) -> UserId {
        let login = self.accounts.get(place).and_then(|account| account.member.as_ref()?.login);
        identity.user_id(self, place, login)
    }

    /// The account of the first admin who runs the community.
    pub(super) fn first_admin(&self) -> usize {
        let runs = |account: &PlannedAccount| {
            account.member.as_ref().is_some_and(|member| {
                member.role == Role::Admin && member.status == MemberStatus::Active && member.login.is_some()
            })
        };
        self.accounts.iter().position(runs).unwrap_or(0)
    }
}

impl Stored {
    /// Writes it, once all members are there.
    pub(super) fn write(&self, conn: &mut Conn, now: Timestamp) -> Result<(), StorageError> {
        let id = self.community.id;
        for group in &self.groups {
            groups::insert(conn, id, group, now)?;
        }
        for class in &self.classes {
            groups::classify(conn, id, class)?;
        }
        self.write_plans(conn, now)?;
        if let Some(policy) = self.joining {
            expect(joining::set_policy(conn, id, JoiningPolicy::default(), policy)?)?;
        }
        if let Some((rules, next)) = &self.contributions {
            let turn = match next {
                Some(month) => Turn { month: *month, due_at: end_of(&self.community, *month)?, behind: None },
                None => first_turn(&self.community, now)?,
            };
            expect(contributions::set(conn, id, rules, &turn)?)?;
        }
        contributions::write(conn, id, &self.charged)?;
        if let Some((rules, next)) = &self.income {
            let today = self.community.time_zone.day_of(now);
            let period = next.or_else(|| today.and_then(|today| rules.every.first_day(today)));
            let period =
                period.ok_or_else(|| StorageError::Corrupt("a day outside of the calendar".into()))?;
            let next = turn_of(&self.community, rules.every, period)?;
            charges::keep_income(conn, id, rules)?;
            fund::write_plan(conn, id, &IncomePlan { rules: *rules, next })?;
        }
        fund::write_runs(conn, id, &self.unpaid)?;
        self.missed.iter().try_for_each(|periods| missed::write(conn, id, periods))?;
        if !self.thresholds.is_empty() {
            let version = thresholds::version(conn, id)?;
            expect(thresholds::replace(conn, id, version, &self.thresholds)?)?;
        }
        self.merges.iter().try_for_each(|merge| merges::insert(conn, id, merge))
    }

    fn write_plans(&self, conn: &mut Conn, now: Timestamp) -> Result<(), StorageError> {
        let (id, zone) = (self.community.id, &self.community.time_zone);
        for (member_id, plan, agreed_by) in &self.plans {
            let gone = || StorageError::Corrupt(format!("member {member_id} is not leaving"));
            let version = leavings::find(conn, id, *member_id)?.ok_or_else(gone)?.version;
            let mut is_written = leavings::set_plan(conn, id, (*member_id, version), plan)?;
            if let Some(agreed_by) = agreed_by {
                let next = plan.next_reminder(0, now, zone);
                is_written &= leavings::agree(conn, id, (*member_id, version + 1), *agreed_by, next)?;
            }
            if !is_written {
                return Err(gone());
            }
        }
        Ok(())
    }
}

/// What is written for the first time finds nothing there.
fn expect(is_written: bool) -> Result<(), StorageError> {
    if is_written { Ok(()) } else { Err(StorageError::Corrupt("an import that was there already".into())) }
}
