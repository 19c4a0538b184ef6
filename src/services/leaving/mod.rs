//! Leaving as a process: the plan by which a member comes to zero, agreed by both sides; reminders of it, each once; and the
//! closing at zero.

mod clock;
mod plans;

use super::audit::Origin;
use super::caller::{Membership, membership};
use super::letters::Outbox;
use super::lists::ListQuery;
use super::step_up::{require_first_party, require_fresh_proof};
use super::{Page, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::{Account, AccountStatus};
use crate::domain::amount::Amount;
use crate::domain::community::Community;
use crate::domain::ids::{MemberId, UserId};
use crate::domain::leaving::{Leaving, Plan, PlanSide};
use crate::domain::policy::Right;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::time::Timestamp;
use crate::domain::zone::Day;
use crate::mail::{Letter, Plain, StandingEvent, StandingNotice};
use crate::storage::members::Member;
use crate::storage::{Conn, StorageError, accounts, audits, leavings, members};
use plans::{parse, to_json};

/// The most users of one member who are written.
const USERS_TOLD_MAX: usize = 20;

/// A member's leaving, with what is still to be settled.
#[derive(Debug, Clone)]
pub struct VisibleLeaving {
    /// The community.
    pub community: Community,
    /// The member, as it is now.
    pub member: Member,
    /// The member's accounts that are not closed.
    pub accounts: Vec<Account>,
    /// The leaving.
    pub leaving: Leaving,
}

/// A part of a plan as people write it.
#[derive(Debug, Clone)]
pub struct NewInstalment {
    /// By when, such as `2026-12-31`.
    pub due_on: String,
    /// How much, as decimal text.
    pub amount: String,
}

/// A plan as people write it.
#[derive(Debug, Clone)]
pub struct NewPlan {
    /// By when the balance is at zero.
    pub target_on: String,
    /// The parts.
    pub instalments: Vec<NewInstalment>,
    /// The version of the leaving that the proposer saw.
    pub version: i64,
    /// Why; may be empty.
    pub reason: String,
}

/// A leaving, and as which side the caller looks at it.
struct Found {
    visible: VisibleLeaving,
    side: PlanSide,
}

impl Services {
    /// How far a member's leaving has come. For those who operate the member, and for admins.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is nothing that the bearer may see.
    pub async fn leaving(
        &self,
        bearer: &Bearer,
        code: String,
        member_id: MemberId,
    ) -> Result<VisibleLeaving, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger.read(move |conn| Ok(find(conn, &caller, &code, member_id, now)?.visible)).await
    }

    /// Who is leaving a community, the newest member first. For its admins.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer does not belong to it, [`Refusal::Forbidden`] when they are no admin.
    pub async fn leavings(
        &self,
        bearer: &Bearer,
        code: String,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> Result<Page<VisibleLeaving>, ServiceError> {
        let right = Right::SetMemberStatus;
        let query = ListQuery { name: "leavings", code, right, state: "", limit, cursor };
        let read = move |conn: &mut Conn, community: &Community, before: Option<MemberId>, length| {
            let found = leavings::list(conn, community.id, before, length)?;
            let visible = found.into_iter().map(|leaving| visible(conn, community, leaving));
            visible.collect::<Result<Vec<_>, _>>()
        };
        self.list(bearer, query, read, |visible: &VisibleLeaving| visible.leaving.member_id).await
    }

    /// Proposes by which parts and when a leaving member comes to zero. The other side agrees: an admin to what the member
    /// proposes, the member to what an admin does. With a fresh proof.
    ///
    /// # Errors
    /// Everything that is wrong with the plan; as [`Services::leaving`]; [`Refusal::Conflict`] where the member is not leaving,
    /// or where the plan was changed since.
    pub async fn propose_plan(
        &self,
        bearer: &Bearer,
        code: String,
        member_id: MemberId,
        new: NewPlan,
        origin: &Origin,
    ) -> Result<VisibleLeaving, ServiceError> {
        require_first_party(bearer)?;
        self.note_origin(origin).await?;
        let note = self.note("member.leaving_plan", bearer.authority.user_id, &new.reason, origin);
        let (now, caller, mut outbox) = (self.now(), bearer.clone(), self.outbox());
        self.settle(move |conn| {
            let found = find(conn, &caller, &code, member_id, now)?;
            require_fresh_proof(&caller, now)?;
            let Found { visible: before, side } = found;
            require_open(&before.leaving)?;
            let (target_on, instalments) = parse(&before.community, &new, now)?;
            let proposed_by = caller.authority.user_id;
            let plan = Plan { target_on, instalments, proposed_as: side, proposed_by, agreed_by: None };
            let community = before.community;
            if !leavings::set_plan(conn, community.id, (member_id, new.version), &plan)? {
                return Err(Refusal::Conflict(ConflictReason::Outdated).into());
            }
            let was = before.leaving.plan.as_ref().map(to_json).unwrap_or_default();
            note.about(member_id.uuid()).changing(was, to_json(&plan)).write(conn, community.id)?;
            let letter = letter(
                &community,
                &before.member.name,
                (StandingEvent::PlanProposed, Some(plan.target_on), None),
            );
            match side {
                PlanSide::Member => outbox.write_to_admins(conn, &community, &letter)?,
                PlanSide::Admin => write_to_member(conn, &mut outbox, &community, member_id, &letter)?,
            }
            Ok(find(conn, &caller, community.code.as_str(), member_id, now)?.visible)
        })
        .await
    }

    /// Agrees to the plan that the other side proposed, from when on its reminders come. With a fresh proof.
    ///
    /// # Errors
    /// As [`Services::propose_plan`]; [`Refusal::Conflict`] where one's own side proposed it.
    pub async fn agree_to_plan(
        &self,
        bearer: &Bearer,
        code: String,
        member_id: MemberId,
        version: i64,
        origin: &Origin,
    ) -> Result<VisibleLeaving, ServiceError> {
        require_first_party(bearer)?;
        self.note_origin(origin).await?;
        let note = self.note("member.leaving_plan_agreed", bearer.authority.user_id, "", origin);
        let (now, caller, mut outbox) = (self.now(), bearer.clone(), self.outbox());
        self.settle(move |conn| {
            let Found { visible, side } = find(conn, &caller, &code, member_id, now)?;
            require_fresh_proof(&caller, now)?;
            require_open(&visible.leaving)?;
            let VisibleLeaving { community, member, leaving, .. } = visible;
            let plan = leaving.plan.filter(|_| leaving.version == version);
            let plan = plan.ok_or(Refusal::Conflict(ConflictReason::Outdated))?;
            if plan.agreed_by.is_some() {
                return Err(Refusal::Conflict(ConflictReason::AlreadySettled).into());
            }
            if plan.proposed_as == side {
                return Err(Refusal::Conflict(ConflictReason::OwnRequest).into());
            }
            let next = plan.next_reminder(0, now, &community.time_zone);
            let user_id = caller.authority.user_id;
            if !leavings::agree(conn, community.id, (member_id, version), user_id, next)? {
                return Err(Refusal::Conflict(ConflictReason::Outdated).into());
            }
            note.about(member_id.uuid()).changing(String::new(), to_json(&plan)).write(conn, community.id)?;
            let told = (StandingEvent::PlanAgreed, Some(plan.target_on), None);
            let letter = letter(&community, &member.name, told);
            write_to_member(conn, &mut outbox, &community, member_id, &letter)?;
            outbox.write_to_admins(conn, &community, &letter)?;
            Ok(find(conn, &caller, community.code.as_str(), member_id, now)?.visible)
        })
        .await
    }
}

/// The leaving of a member, for those who operate it and for admins. To themselves admins are the member.
fn find(
    conn: &mut Conn,
    caller: &Bearer,
    code: &str,
    member_id: MemberId,
    now: Timestamp,
) -> Result<Found, ServiceError> {
    let place: Membership = membership(conn, caller, code, now)?;
    let is_own = place.members.iter().any(|member| member.id == member_id && member.status.may_act());
    let is_admin = place.require(Right::SetMemberStatus).is_ok();
    let side = if is_own { PlanSide::Member } else { PlanSide::Admin };
    if !(is_own || is_admin) {
        return Err(ServiceError::NotFound);
    }
    let found = leavings::find(conn, place.community.id, member_id)?.ok_or(ServiceError::NotFound)?;
    Ok(Found { visible: visible(conn, &place.community, found)?, side })
}

fn visible(conn: &mut Conn, community: &Community, leaving: Leaving) -> Result<VisibleLeaving, ServiceError> {
    let member = members::find(conn, community.id, leaving.member_id)?.ok_or(ServiceError::NotFound)?;
    let mut own = accounts::of_members(conn, community.id, &[leaving.member_id])?;
    own.retain(|account| account.status != AccountStatus::Closed);
    Ok(VisibleLeaving { community: community.clone(), member, accounts: own, leaving })
}

fn require_open(leaving: &Leaving) -> Result<(), ServiceError> {
    if leaving.ended.is_none() { Ok(()) } else { Err(Refusal::Conflict(ConflictReason::NotLeaving).into()) }
}

fn write_to_member(
    conn: &mut Conn,
    outbox: &mut Outbox,
    community: &Community,
    member_id: MemberId,
    letter: &Letter,
) -> Result<(), StorageError> {
    let users: Vec<UserId> = audits::users_of_member(conn, community.id, member_id)?;
    for user_id in users.into_iter().take(USERS_TOLD_MAX) {
        outbox.write_to_user(conn, community, user_id, letter.clone())?;
    }
    Ok(())
}

fn letter(
    community: &Community,
    member: &str,
    (event, date, amount): (StandingEvent, Option<Day>, Option<Amount>),
) -> Letter {
    let money = |amount: Amount| format!("{} {}", community.scale.format(amount), community.symbol);
    Letter::Standing(StandingNotice {
        event,
        community: Plain::from(community.name.as_str()),
        member: Plain::from(member),
        reason: Plain::from(""),
        date: date.map(|day| Plain::from(day.to_string())),
        amount: amount.map(|amount| Plain::from(money(amount))),
        account: None,
    })
}
