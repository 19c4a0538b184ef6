//! What a community's members contribute after each month: the rules, as its admins chose, and who owes.

use super::accounts::check_reason;
use super::audit::Origin;
use super::caller::{find_own_account, membership, require_right};
use super::lists::ListQuery;
use super::step_up::{require_first_party, require_fresh_proof};
use super::{Fault, Page, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::AccountReference;
use crate::domain::amount::{Amount, BALANCE_MAX_MINOR, Scale};
use crate::domain::community::Community;
use crate::domain::contributions::{
    CONTRIBUTION_MAX_MINOR, Charged, ContributionRules, Dues, Every, HOLDING_BASIS_POINTS_MAX, Holding,
};
use crate::domain::ids::AccountId;
use crate::domain::missed::{MissedPeriods, PeriodicWork};
use crate::domain::policy::Right;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::time::Timestamp;
use crate::domain::zone::{Day, TimeOfDay};
use crate::storage::contributions::{self, Turn};
use crate::storage::{Conn, StorageError, missed};

/// How many times that periods were missed are shown.
pub(super) const MISSED_SHOWN: i64 = 24;

/// A charge on one side of zero as an admin writes it.
#[derive(Debug, Clone)]
pub struct NewHolding {
    /// Up to this distance from zero nothing is charged, as decimal text.
    pub allowance: String,
    /// The share of what is beyond it, in basis points a year.
    pub basis_points: i64,
}

/// Rules as an admin writes them.
#[derive(Debug, Clone)]
pub struct NewContributions {
    /// `month` or `year`.
    pub every: String,
    /// What each member contributes, as decimal text.
    pub amount: String,
    /// The charge on what an account holds; none where it is left out.
    pub above: Option<NewHolding>,
    /// The charge on what an account owes; none where it is left out.
    pub below: Option<NewHolding>,
    /// Why.
    pub reason: String,
    /// The version that the admin saw, where they said so.
    pub if_version: Option<i64>,
}

/// A community's rules with what comes next.
#[derive(Debug, Clone)]
pub struct Contributions {
    /// The community.
    pub community: Community,
    /// The rules.
    pub rules: ContributionRules,
    /// The month whose contributions come next, and when; none where there were never any rules.
    pub next: Option<(Day, Timestamp)>,
    /// Months that had no turn, the latest found first.
    pub missed: Vec<MissedPeriods>,
}

/// What is coming for an account.
#[derive(Debug, Clone)]
pub struct Coming {
    /// The rules, with what comes next.
    pub contributions: Contributions,
    /// What it would be asked for if the month ended now with its balance.
    pub dues: Dues,
    /// What it owes from before.
    pub owing: Dues,
}

/// An account that owes.
#[derive(Debug, Clone)]
pub struct Owing {
    /// The account's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Until when it was asked, and what it owes.
    pub charged: Charged,
    /// The scale of its community's amounts.
    pub scale: Scale,
}

impl Services {
    /// Sets what members contribute. For admins, with a fresh proof. The first month is the one in
    /// progress; later changes hold from the month on that is in progress then.
    ///
    /// # Errors
    /// Everything that is wrong with the rules, or why the bearer may not; [`Refusal::PreconditionFailed`] when they were
    /// changed since, or in the same moment; [`Refusal::Conflict`] while a month that is over is being taken by those before.
    pub async fn set_contributions(
        &self,
        bearer: &Bearer,
        code: String,
        new: NewContributions,
        origin: &Origin,
    ) -> Result<Contributions, ServiceError> {
        require_first_party(bearer)?;
        self.note_origin(origin).await?;
        let note = self.note("community.contributions", bearer.authority.user_id, &new.reason, origin);
        let (now, caller) = (self.now(), bearer.clone());
        self.settle(move |conn: &mut Conn| {
            let community = require_right(conn, &caller, &code, Right::SetFees, now)?;
            require_fresh_proof(&caller, now)?;
            let parsed = parse(&new, community.scale)?;
            let found = contributions::find(conn, community.id)?;
            let before = found.map(|(rules, _)| rules).unwrap_or_default();
            if found.is_some_and(|(_, turn)| turn.due_at <= now) {
                return Err(Refusal::Conflict(ConflictReason::PeriodUnderWay).into());
            }
            if new.if_version.is_some_and(|expected| expected != before.version) {
                return Err(Refusal::PreconditionFailed.into());
            }
            let rules = ContributionRules { version: before.version + 1, ..parsed };
            let turn = found.map_or_else(|| first_turn(&community, now), |(_, turn)| Ok(turn))?;
            if !contributions::set(conn, community.id, &rules, &turn)? {
                return Err(Refusal::PreconditionFailed.into());
            }
            let [was, is] = [&before, &rules].map(to_json);
            note.about(community.id.uuid()).changing(was, is).write(conn, community.id)?;
            read_rules(conn, community)
        })
        .await
    }

    /// What a community's members contribute. For its members.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer does not belong to it.
    pub async fn contributions(&self, bearer: &Bearer, code: String) -> Result<Contributions, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                let community = membership(conn, &caller, &code, now)?.community;
                read_rules(conn, community)
            })
            .await
    }

    /// What is coming for an account, for those who may see it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when it is not theirs to see into.
    pub async fn coming_contributions(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
    ) -> Result<Coming, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                let (community, account) = find_own_account(conn, &caller, &reference, now)?;
                let community_id = community.id;
                let contributions = read_rules(conn, community)?;
                let charged = contributions::charged(conn, community_id, &[account.id])?.pop();
                let dues = match contributions.next {
                    Some((month, _)) if account.member_id.is_some() => {
                        let is_first = contributions::is_first(conn, community_id, account.id, month)?;
                        contributions.rules.dues(month, account.balance, is_first)
                    }
                    _ => Dues::NONE,
                };
                Ok(Coming { contributions, dues, owing: charged.map_or(Dues::NONE, |charged| charged.owing) })
            })
            .await
    }

    /// Accounts that owe something. For admins.
    ///
    /// # Errors
    /// Why the bearer may not see them, or what is wrong with the page.
    pub async fn owing_contributions(
        &self,
        bearer: &Bearer,
        code: String,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> Result<Page<Owing>, ServiceError> {
        let query =
            ListQuery { name: "owing_contributions", code, right: Right::SetFees, state: "", limit, cursor };
        let read = |conn: &mut Conn,
                    community: &Community,
                    behind: Option<AccountId>,
                    length: i64|
         -> Result<Vec<Owing>, ServiceError> {
            let rows = contributions::owing(conn, community.id, behind, length)?;
            let scale = community.scale;
            Ok(rows.into_iter().map(|(code, name, charged)| Owing { code, name, charged, scale }).collect())
        };
        self.list(bearer, query, read, |owing| owing.charged.account_id).await
    }
}

pub(super) fn read_rules(conn: &mut Conn, community: Community) -> Result<Contributions, ServiceError> {
    let found = contributions::find(conn, community.id)?;
    let rules = found.map(|(rules, _)| rules).unwrap_or_default();
    let missed = missed::find(conn, community.id, PeriodicWork::Contributions, MISSED_SHOWN)?;
    Ok(Contributions { community, rules, next: found.map(|(_, turn)| (turn.month, turn.due_at)), missed })
}

/// The month that it is by the community's clocks.
pub(super) fn first_turn(community: &Community, now: Timestamp) -> Result<Turn, StorageError> {
    let month = community.time_zone.day_of(now).map(Day::first_of_month).ok_or_else(no_month)?;
    Ok(Turn { month, due_at: end_of(community, month)?, behind: None })
}

/// When a month ends by the community's clocks.
pub(super) fn end_of(community: &Community, month: Day) -> Result<Timestamp, StorageError> {
    let next = month.plus_months(1).ok_or_else(no_month)?;
    community.time_zone.moment(next, TimeOfDay::MIDNIGHT).ok_or_else(no_month)
}

pub(super) fn no_month() -> StorageError {
    StorageError::Corrupt("a month outside of the calendar".to_owned())
}

/// Reads rules, or says all that is wrong with them.
fn parse(new: &NewContributions, scale: Scale) -> Result<ContributionRules, ServiceError> {
    let mut faults = Vec::new();
    let every = Every::from_name(&new.every).unwrap_or_else(|| {
        faults.push(Fault::new("/every", "unknown_value", "is month or year"));
        Every::Month
    });
    let mut money = |pointer: String, text: &str, most: i64| {
        scale.parse(text, most).unwrap_or_else(|error| {
            faults.push(Fault::new(&pointer, error.code(), error.to_string()));
            Amount::ZERO
        })
    };
    let amount = money("/amount".to_owned(), &new.amount, CONTRIBUTION_MAX_MINOR);
    let mut side = |name: &str, new: Option<&NewHolding>| {
        new.map_or_else(Holding::default, |new| Holding {
            allowance: money(format!("/{name}/allowance"), &new.allowance, BALANCE_MAX_MINOR),
            basis_points: new.basis_points,
        })
    };
    let (above, below) = (side("above", new.above.as_ref()), side("below", new.below.as_ref()));
    for (name, holding) in [("above", above), ("below", below)] {
        if !(0..=HOLDING_BASIS_POINTS_MAX).contains(&holding.basis_points) {
            let what = format!("must be from 0 to {HOLDING_BASIS_POINTS_MAX}");
            faults.push(Fault::new(&format!("/{name}/basis_points"), "out_of_range", what));
        }
    }
    faults.extend(check_reason(&new.reason).err());
    if faults.is_empty() {
        Ok(ContributionRules { version: 0, every, amount, above, below })
    } else {
        Err(ServiceError::Invalid(faults))
    }
}

/// Rules, for the audit log.
fn to_json(rules: &ContributionRules) -> String {
    let side = |holding: Holding| {
        format!(
            r#"{{"allowance_minor":{},"basis_points":{}}}"#,
            holding.allowance.minor(),
            holding.basis_points
        )
    };
    format!(
        r#"{{"version":{},"every":"{}","amount_minor":{},"above":{},"below":{}}}"#,
        rules.version,
        rules.every.name(),
        rules.amount.minor(),
        side(rules.above),
        side(rules.below)
    )
}
