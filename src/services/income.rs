//! The income that a community's fund pays: the rules, as its admins chose, what came of each period, and what would come of
//! the next.

use super::accounts::check_reason;
use super::approvals::VisibleApproval;
use super::audit::Origin;
use super::caller::{Membership, membership};
use super::commanding::unexpected;
use super::contributions::{MISSED_SHOWN, no_month};
use super::step_up::{require_first_party, require_fresh_proof};
use super::{Fault, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::amount::{Amount, Scale};
use crate::domain::command::Action;
use crate::domain::community::Community;
use crate::domain::fold::Outcome;
use crate::domain::fund::{
    INCOME_MAX_MINOR, INCOME_MEMBERS_MAX, IncomeRules, IncomeRun, MEMBER_DAYS_MAX, Period, Qualification,
    TRADED_DAYS_MAX, total_of,
};
use crate::domain::groups::{MemberGroup, MemberKind};
use crate::domain::ids::{AccountId, GroupId};
use crate::domain::income_plan::{NextIncome, SetIncome};
use crate::domain::missed::{MissedPeriods, PeriodicWork};
use crate::domain::policy::Right;
use crate::domain::time::Timestamp;
use crate::domain::zone::Day;
use crate::storage::fund::{self, AtTime};
use crate::storage::{Conn, StorageError, accounts, groups, missed};

/// How many periods that had their turn are shown.
const RUNS_SHOWN: i64 = 24;

/// Rules as an admin writes them.
#[derive(Debug, Clone)]
pub struct NewIncome {
    /// `week` or `month`.
    pub every: String,
    /// What each gets, as decimal text.
    pub amount: String,
    /// `person` or `business`; none for both.
    pub kind: Option<String>,
    /// The id of a group; none for all.
    pub group: Option<String>,
    /// For how many days one must have been a member.
    pub member_days: i64,
    /// In how many days before one must have traded; none for no such rule.
    pub traded_days: Option<i64>,
    /// Why.
    pub reason: String,
    /// The version that the admin saw, where they said so.
    pub if_version: Option<i64>,
}

/// What the next period would bring if it ended now.
#[derive(Debug, Clone, Copy)]
pub struct Preview {
    /// How many members qualify, as far as they are counted: one more than can be paid at once, at most.
    pub members: i64,
    /// What they would get together.
    pub total: Amount,
    /// What the fund has to pay with.
    pub available: Amount,
}

impl Preview {
    /// Whether all of them would be paid.
    pub fn is_enough(&self) -> bool {
        let are_few = usize::try_from(self.members).is_ok_and(|members| members <= INCOME_MEMBERS_MAX);
        are_few && self.total <= self.available
    }
}

/// What came of wanting an income set.
#[derive(Debug, Clone)]
pub enum IncomeChange {
    /// It is set.
    Done(Box<Income>),
    /// Another admin has to agree first.
    Asked(Box<VisibleApproval>),
}

/// A community's income.
#[derive(Debug, Clone)]
pub struct Income {
    /// The community.
    pub community: Community,
    /// The rules.
    pub rules: IncomeRules,
    /// The group of those who qualify, where it is one.
    pub group: Option<MemberGroup>,
    /// The period that comes next; none where there were never any rules.
    pub next: Option<NextIncome>,
    /// Periods that had their turn, the newest first.
    pub runs: Vec<IncomeRun>,
    /// Periods that had none, the latest found first.
    pub missed: Vec<MissedPeriods>,
    /// What would come of the next; for admins.
    pub preview: Option<Preview>,
}

impl Services {
    /// Sets the income that the fund pays. For admins, with a fresh proof; of more than the community lets one admin pay out, and
    /// to a group of their own, once another admin agrees. It begins with the period in progress.
    ///
    /// # Errors
    /// Everything that is wrong with the rules, or why the bearer may not; [`Refusal::PreconditionFailed`](crate::domain::refusal::Refusal::PreconditionFailed) when they were
    /// changed since; [`Refusal::Conflict`](crate::domain::refusal::Refusal::Conflict) while a period that is over has not had its turn.
    pub async fn set_income(
        &self,
        bearer: &Bearer,
        code: String,
        new: NewIncome,
        origin: &Origin,
    ) -> Result<IncomeChange, ServiceError> {
        require_first_party(bearer)?;
        let (now, caller, of) = (self.now(), bearer.clone(), code.clone());
        let NewIncome { if_version, reason, .. } = new.clone();
        let read = move |conn: &mut Conn| {
            let place = membership(conn, &caller, &of, now)?;
            place.require(Right::PayOut)?;
            require_fresh_proof(&caller, now)?;
            let rules = parse(conn, &new, &place.community)?;
            let is_own = is_among(conn, &place, rules.who.group_id)?;
            Ok::<_, ServiceError>((place.community, rules, is_own))
        };
        let (community, rules, is_own) = self.ledger.read(read).await?;
        let notices = if is_own || community.approval_rules.bind_reversal(rules.amount) {
            self.notices_of_asking(bearer, &community, Right::PayOut).await?
        } else {
            Vec::new()
        };
        let action = Action::SetIncome(SetIncome { rules, is_own, reason, if_version });
        match self.command(bearer, community.id, action, notices, origin).await? {
            // Who qualifies is looked for where nothing is written.
            Outcome::Done => Ok(IncomeChange::Done(Box::new(self.income(bearer, code).await?))),
            Outcome::Approval(approval) => {
                Ok(IncomeChange::Asked(Box::new(self.visible_approval(community, *approval).await?)))
            }
            other => Err(unexpected("setting an income", &other)),
        }
    }

    /// The income that the fund pays. For its members; admins see what would come of the next period as well.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer does not belong to it.
    pub async fn income(&self, bearer: &Bearer, code: String) -> Result<Income, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                let place = membership(conn, &caller, &code, now)?;
                let is_admin = place.require(Right::PayOut).is_ok();
                Ok(read_income(conn, place.community, is_admin, now)?)
            })
            .await
    }
}

fn read_income(
    conn: &mut Conn,
    community: Community,
    is_admin: bool,
    now: Timestamp,
) -> Result<Income, StorageError> {
    let plan = fund::find(conn, community.id)?;
    let rules = plan.map(|plan| plan.rules).unwrap_or_default();
    let group = match rules.who.group_id {
        Some(id) => groups::all(conn, community.id)?.into_iter().find(|group| group.id == id),
        None => None,
    };
    let runs = fund::runs(conn, community.id, RUNS_SHOWN)?;
    let missed = missed::find(conn, community.id, PeriodicWork::Income, MISSED_SHOWN)?;
    let preview = if is_admin && rules.amount.is_positive() {
        Some(preview(conn, &community, &rules, now)?)
    } else {
        None
    };
    Ok(Income { community, rules, group, next: plan.map(|plan| plan.next), runs, missed, preview })
}

fn preview(
    conn: &mut Conn,
    community: &Community,
    rules: &IncomeRules,
    now: Timestamp,
) -> Result<Preview, StorageError> {
    let members = i64::try_from(qualifying(conn, community, rules, now)?.len()).unwrap_or(i64::MAX);
    let fund_id = accounts::find_commons(conn, community.id)?;
    let ids: Vec<_> = fund_id.into_iter().collect();
    let fund = accounts::find_many(conn, community.id, &ids)?.pop();
    let available = fund.map_or(Amount::ZERO, |fund| fund.available());
    Ok(Preview { members, total: total_of(rules.amount, members), available })
}

/// Accounts of those who qualify at a time: one more than can be paid at once, at most.
pub(super) fn qualifying(
    conn: &mut Conn,
    community: &Community,
    rules: &IncomeRules,
    end: Timestamp,
) -> Result<Vec<AccountId>, StorageError> {
    let before = |days: i64| end.plus_seconds(-days * 86_400);
    let at = AtTime {
        end,
        joined_before: before(rules.who.member_days),
        traded_since: rules.who.traded_days.map(before),
    };
    let limit = i64::try_from(INCOME_MEMBERS_MAX).unwrap_or(i64::MAX).saturating_add(1);
    fund::qualifying(conn, community.id, &rules.who, &at, limit)
}

/// Whether somebody is in a group.
fn is_among(conn: &mut Conn, place: &Membership, group_id: Option<GroupId>) -> Result<bool, StorageError> {
    let Some(group_id) = group_id else { return Ok(false) };
    for member in &place.members {
        if groups::class_of(conn, place.community.id, member.id)?.group_id == Some(group_id) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The period after one.
pub(super) fn after(community: &Community, every: Period, period: Day) -> Result<NextIncome, StorageError> {
    turn_of(community, every, every.next(period).ok_or_else(no_month)?)
}

/// A period by its first day, with its end by the community's clocks.
pub(super) fn turn_of(community: &Community, every: Period, period: Day) -> Result<NextIncome, StorageError> {
    every.turn(community, period).ok_or_else(no_month)
}

/// Reads rules, or says all that is wrong with them.
fn parse(conn: &mut Conn, new: &NewIncome, community: &Community) -> Result<IncomeRules, ServiceError> {
    let mut faults = Vec::new();
    let every = Period::from_name(&new.every).unwrap_or_else(|| {
        faults.push(Fault::new("/every", "unknown_value", "is week or month"));
        Period::Month
    });
    let amount = parse_money(community.scale, &new.amount).unwrap_or_else(|fault| {
        faults.push(fault);
        Amount::ZERO
    });
    let kind = new.kind.as_deref().map(|name| MemberKind::from_name(name).ok_or(())).transpose();
    if kind.is_err() {
        faults.push(Fault::new("/qualifies/kind", "unknown_value", "is person or business"));
    }
    let group_id = match &new.group {
        None => Ok(None),
        Some(text) => {
            let all = groups::all(conn, community.id)?;
            let named = text.parse::<GroupId>().ok().filter(|id| all.iter().any(|group| group.id == *id));
            named.map(Some).ok_or(())
        }
    };
    if group_id.is_err() {
        faults.push(Fault::new("/qualifies/group", "unknown_value", "is no group of the community"));
    }
    for (pointer, days, range) in [
        ("/qualifies/member_days", Some(new.member_days), 0..=MEMBER_DAYS_MAX),
        ("/qualifies/traded_days", new.traded_days, 1..=TRADED_DAYS_MAX),
    ] {
        if days.is_some_and(|days| !range.contains(&days)) {
            let what = format!("must be from {} to {}", range.start(), range.end());
            faults.push(Fault::new(pointer, "out_of_range", what));
        }
    }
    faults.extend(check_reason(&new.reason).err());
    match (kind, group_id) {
        (Ok(kind), Ok(group_id)) if faults.is_empty() => {
            let (member_days, traded_days) = (new.member_days, new.traded_days);
            let who = Qualification { kind, group_id, member_days, traded_days };
            Ok(IncomeRules { version: 0, every, amount, who })
        }
        _ => Err(ServiceError::Invalid(faults)),
    }
}

fn parse_money(scale: Scale, text: &str) -> Result<Amount, Fault> {
    scale
        .parse(text, INCOME_MAX_MINOR)
        .map_err(|error| Fault::new("/amount", error.code(), error.to_string()))
}
