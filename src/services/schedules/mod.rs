//! What is planned: payments for a later time, and schedules that make one after the other.
//!
//! | file | what lives there |
//! |---|---|
//! | `asking.rs` | from a request's texts to a plan |
//! | `notices.rs` | what the mails about it say |
//! | `running.rs` | what is due |

mod asking;
pub mod notices;
mod running;

use std::sync::Arc;

use super::audit::Origin;
use super::caller::{Access, Membership, require_live_session, require_place};
use super::commanding::unexpected;
use super::cursors::{cut, page_length};
use super::finding::{PaymentQuery, accounts_in_question};
use super::payments::{KeyedAnswer, KeyedRequest, NewPayment, Order, PaymentInContext};
use super::{Fault, Page, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::{Account, AccountReference};
use crate::domain::command::Action;
use crate::domain::community::Community;
use crate::domain::fold::{Answered, Outcome};
use crate::domain::ids::{CommunityId, ScheduleId};
use crate::domain::payment::Party;
use crate::domain::policy::Right;
use crate::domain::recurrence::Plan;
use crate::domain::refusal::Refusal;
use crate::domain::schedule::{
    ChangeSchedule, NewSchedule, OnFailure, Schedule, ScheduleChange, ScheduleState,
};
use crate::domain::time::Timestamp;
use crate::storage::{Conn, accounts, communities, idempotency, payments, schedules};

pub use asking::{AskedEdit, AskedRule, AskedSchedule};

/// How many of the times to come are shown.
const UPCOMING: usize = 3;

/// A schedule with what it is shown with.
#[derive(Debug, Clone)]
pub struct ScheduleInContext {
    /// The schedule.
    pub schedule: Schedule,
    /// Its community.
    pub community: Arc<Community>,
    /// Who pays.
    pub payer: Party,
    /// Who is paid.
    pub payee: Party,
}

/// Which schedules are wanted.
#[derive(Debug, Clone, Default)]
pub struct ScheduleQuery {
    /// Only from this account; from all of the caller's where none is named.
    pub account: Option<AccountReference>,
    /// Only in this state.
    pub state: Option<ScheduleState>,
    /// The page's length.
    pub limit: Option<i64>,
    /// Where to go on.
    pub cursor: Option<String>,
}

/// A schedule that was made, now or by the same request before.
#[derive(Debug, Clone)]
pub enum MadeSchedule {
    /// It is there.
    Made {
        /// As it is now.
        schedule: Box<ScheduleInContext>,
        /// Whether this repeats an earlier answer.
        is_replay: bool,
    },
    /// It was refused for good, in the bytes that are kept.
    Refused(Answered),
}

impl ScheduleInContext {
    /// The next few times that are planned, while it is active.
    pub fn upcoming(&self) -> Vec<Timestamp> {
        let is_active = self.schedule.state == ScheduleState::Active;
        let zone = &self.community.time_zone;
        let later =
            (self.schedule.next.saturating_add(1)..).map_while(|number| self.schedule.plan.at(number, zone));
        self.schedule.planned_at.into_iter().chain(later).take(if is_active { UPCOMING } else { 0 }).collect()
    }
}

impl Services {
    /// Plans a payment for a later time. The same key with the same request answers the same, for ever.
    ///
    /// # Errors
    /// What is wrong with the request, or why nothing was planned. Refusals that are final for the key are answers.
    pub async fn plan_payment(
        &self,
        bearer: &Bearer,
        new: NewPayment,
        scheduled_for: &str,
        request: KeyedRequest,
    ) -> Result<KeyedAnswer, ServiceError> {
        let answer = self.plan_payment_once(bearer, new, scheduled_for, request).await;
        self.for_live_sessions(bearer, answer).await
    }

    async fn plan_payment_once(
        &self,
        bearer: &Bearer,
        new: NewPayment,
        scheduled_for: &str,
        request: KeyedRequest,
    ) -> Result<KeyedAnswer, ServiceError> {
        let (community, new) = self.plan_once(bearer, new, scheduled_for, Some(&request)).await?;
        self.submit_keyed(community, bearer, request, Action::Schedule(new)).await
    }

    /// Reads what a caller asks to be paid at a later time.
    ///
    /// # Errors
    /// What is wrong with it. A time that is past is no fault in a request that was answered when it lay ahead.
    pub(super) async fn plan_once(
        &self,
        bearer: &Bearer,
        new: NewPayment,
        scheduled_for: &str,
        request: Option<&KeyedRequest>,
    ) -> Result<(Arc<Community>, NewSchedule), ServiceError> {
        const POINTER: &str = "/scheduled_for";
        let when = asking::parse_moment(POINTER, scheduled_for)?;
        let Order { community, pay: payment, hold_until } = self.order(bearer, new).await?;
        if hold_until.is_some() {
            let detail = "what is planned is paid when its time comes";
            return Err(ServiceError::Invalid(vec![Fault::new("/capture", "not_allowed", detail)]));
        }
        let plan = Plan::Once(when.at(&community.time_zone).unwrap_or_default());
        self.check_ahead(&community, bearer, request, plan.at(1, &community.time_zone), POINTER).await?;
        Ok((community, NewSchedule { payment, plan, on_failure: OnFailure::Skip }))
    }

    /// Calls a planned payment off. What was called off already stays so.
    ///
    /// # Errors
    /// Why the bearer may not, or that it has had its turn.
    pub async fn cancel_planned(
        &self,
        bearer: &Bearer,
        found: &PaymentInContext,
        request: KeyedRequest,
    ) -> Result<KeyedAnswer, ServiceError> {
        let schedule_id = ScheduleId::from(found.payment.id);
        let action = Action::ChangeSchedule(ChangeSchedule { schedule_id, change: ScheduleChange::Cancel });
        self.submit_keyed(Arc::clone(&found.community), bearer, request, action).await
    }

    /// Makes a schedule, at most once under the request's key.
    ///
    /// # Errors
    /// What is wrong with the request, or why nothing was made, where that is not final for the key.
    pub async fn create_schedule(
        &self,
        bearer: &Bearer,
        new: NewPayment,
        asked: &AskedSchedule,
        request: KeyedRequest,
        origin: &Origin,
    ) -> Result<MadeSchedule, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger.read(move |conn| require_live_session(conn, &caller, now)).await?;
        let (recurrence, on_failure) = asking::read(asked)?;
        let Order { community, pay: payment, hold_until: _ } = self.order(bearer, new).await?;
        let plan = Plan::Recurring(recurrence);
        let first = plan.at(1, &community.time_zone);
        self.check_ahead(&community, bearer, Some(&request), first, "/starts_on").await?;
        self.note_origin(origin).await?;
        let action = Action::Schedule(NewSchedule { payment, plan, on_failure });
        let answered = self.submit_under_key(community.id, bearer, request, (action, Vec::new())).await?;
        match answered {
            Answered { body: None, payment_id: Some(id), is_replay, .. } => {
                let id = ScheduleId::from(id);
                let schedule = Box::new(self.schedule(bearer, id).await?);
                Ok(MadeSchedule::Made { schedule, is_replay })
            }
            Answered { body: None, .. } => Err(Refusal::KeyReused.into()),
            refused => Ok(MadeSchedule::Refused(refused)),
        }
    }

    /// Refuses a time that is past or too far ahead. Whoever repeats a request when its time is past gets the answer
    /// that there was.
    async fn check_ahead(
        &self,
        community: &Community,
        bearer: &Bearer,
        request: Option<&KeyedRequest>,
        first: Option<Timestamp>,
        pointer: &'static str,
    ) -> Result<(), ServiceError> {
        let now = self.now();
        let fault = match first {
            Some(_) => asking::ahead_fault(pointer, first, now),
            None => Some(Fault::new("/ends_on", "before_first", "lies before the first run")),
        };
        let Some(fault) = fault else { return Ok(()) };
        if let Some(request) = request {
            let (community_id, hash) = (community.id, request.hash(bearer));
            let find = move |conn: &mut Conn| idempotency::find_many(conn, community_id, &[hash]);
            if !self.ledger.read(find).await?.is_empty() {
                return Ok(());
            }
        }
        self.require_insider(community, bearer).await?;
        Err(ServiceError::Invalid(vec![fault]))
    }

    /// A schedule from an account that the bearer may look into.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when it is absent or not theirs.
    pub async fn schedule(&self, bearer: &Bearer, id: ScheduleId) -> Result<ScheduleInContext, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                find_visible(conn, &caller, id)
            })
            .await
    }

    /// The payments that a schedule's runs came to, newest first.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the schedule is absent or not the bearer's; what is wrong with the page.
    pub async fn schedule_payments(
        &self,
        bearer: &Bearer,
        id: ScheduleId,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> Result<Page<PaymentInContext>, ServiceError> {
        let length = page_length(limit)?;
        let context = format!("schedule-payments|{}|{id}", bearer.authority.user_id);
        let before = match &cursor {
            Some(cursor) => super::accounts::place_in_order(&self.cursors.decode(&context, cursor)?),
            None => i64::MAX,
        };
        let (now, caller) = (self.now(), bearer.clone());
        let mut items = self
            .ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let found = find_visible(conn, &caller, id)?;
                let community = found.community;
                let made = payments::of_schedule(conn, community.id, id, before, length + 1)?;
                let in_context = |payment| PaymentInContext { payment, community: Arc::clone(&community) };
                Ok::<_, ServiceError>(made.into_iter().map(in_context).collect::<Vec<_>>())
            })
            .await?;
        let has_more = cut(&mut items, length);
        let last = items.last().and_then(|last| last.payment.planned).filter(|_| has_more);
        let next_cursor = last.map(|run| self.cursors.encode(&context, &run.occurrence.to_string()));
        Ok(Page { items, next_cursor })
    }

    /// The schedules from the bearer's accounts, newest first.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the named account is not the bearer's to look into.
    pub async fn schedules(
        &self,
        bearer: &Bearer,
        query: ScheduleQuery,
    ) -> Result<Page<ScheduleInContext>, ServiceError> {
        let length = page_length(query.limit)?;
        let context = format!("schedules|{}|{:?}|{:?}", bearer.authority.user_id, query.account, query.state);
        let below: Option<ScheduleId> = match &query.cursor {
            // A place in a cursor whose authenticity was checked is one that we wrote.
            Some(cursor) => self.cursors.decode(&context, cursor)?.parse().ok(),
            None => None,
        };
        let (now, caller) = (self.now(), bearer.clone());
        let mut items = self
            .ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let asked = PaymentQuery { account: query.account, ..PaymentQuery::default() };
                let mut found = Vec::new();
                for (membership, accounts) in accounts_in_question(conn, &caller.authority, &asked)? {
                    let community = Arc::new(membership.community);
                    for id in accounts.iter().map(|account| account.id) {
                        let own =
                            schedules::of_account(conn, community.id, id, query.state, below, length + 1)?;
                        found.extend(with_parties(conn, &community, own)?);
                    }
                }
                found.sort_by_key(|item| std::cmp::Reverse(item.schedule.id));
                Ok::<_, ServiceError>(found)
            })
            .await?;
        let has_more = cut(&mut items, length);
        let last = items.last().filter(|_| has_more);
        let next_cursor = last.map(|last| self.cursors.encode(&context, &last.schedule.id.to_string()));
        Ok(Page { items, next_cursor })
    }

    /// Pauses, resumes or ends a schedule. What is so already stays so.
    ///
    /// # Errors
    /// Why the bearer may not, or that it has ended.
    pub async fn change_schedule(
        &self,
        bearer: &Bearer,
        id: ScheduleId,
        change: ScheduleChange,
        origin: &Origin,
    ) -> Result<ScheduleInContext, ServiceError> {
        let found = self.schedule(bearer, id).await?;
        let action = Action::ChangeSchedule(ChangeSchedule { schedule_id: id, change });
        self.command_schedule(bearer, &found, action, origin).await
    }

    /// Changes what a schedule does from its next run on. What is so already stays so.
    ///
    /// # Errors
    /// What is wrong with the change, why the bearer may not, or that the schedule has ended.
    pub async fn edit_schedule(
        &self,
        bearer: &Bearer,
        id: ScheduleId,
        asked: &AskedEdit,
        origin: &Origin,
    ) -> Result<ScheduleInContext, ServiceError> {
        let found = self.schedule(bearer, id).await?;
        let edit = asking::read_edit(asked, &found, self.now())?;
        self.command_schedule(bearer, &found, Action::EditSchedule(edit), origin).await
    }

    async fn command_schedule(
        &self,
        bearer: &Bearer,
        found: &ScheduleInContext,
        action: Action,
        origin: &Origin,
    ) -> Result<ScheduleInContext, ServiceError> {
        match self.command(bearer, found.community.id, action, Vec::new(), origin).await? {
            Outcome::Done => self.schedule(bearer, found.schedule.id).await,
            other => Err(unexpected("a change of a schedule", &other)),
        }
    }
}

fn find_visible(conn: &mut Conn, caller: &Bearer, id: ScheduleId) -> Result<ScheduleInContext, ServiceError> {
    let own = communities::ids_of_user(conn, caller.authority.user_id)?;
    let (community_id, schedule) = schedules::find_in_any(conn, &own, id)?.ok_or(ServiceError::NotFound)?;
    let community = communities::find(conn, community_id)?.ok_or(ServiceError::NotFound)?;
    let membership = require_place(conn, community, &caller.authority)?;
    let payer = find_payer(conn, community_id, &schedule)?;
    if !sees(&membership, &payer) {
        return Err(ServiceError::NotFound);
    }
    let community = Arc::new(membership.community);
    with_parties(conn, &community, vec![schedule])?.pop().ok_or(ServiceError::NotFound)
}

fn sees(membership: &Membership, payer: &Account) -> bool {
    membership.access_to(payer) == Access::Full || membership.may(Right::PayFrom, payer)
}

fn find_payer(
    conn: &mut Conn,
    community_id: CommunityId,
    schedule: &Schedule,
) -> Result<Account, ServiceError> {
    accounts::find_many(conn, community_id, &[schedule.payer_id])?.pop().ok_or(ServiceError::NotFound)
}

fn with_parties(
    conn: &mut Conn,
    community: &Arc<Community>,
    schedules: Vec<Schedule>,
) -> Result<Vec<ScheduleInContext>, ServiceError> {
    let mut ids: Vec<_> =
        schedules.iter().flat_map(|schedule| [schedule.payer_id, schedule.payee_id]).collect();
    ids.sort_unstable();
    ids.dedup();
    let accounts = accounts::find_many(conn, community.id, &ids)?;
    let party = |id| accounts.iter().find(|account| account.id == id).map(Party::from);
    let join = |schedule: Schedule| {
        let (payer, payee) = party(schedule.payer_id).zip(party(schedule.payee_id))?;
        Some(ScheduleInContext { schedule, community: Arc::clone(community), payer, payee })
    };
    Ok(schedules.into_iter().filter_map(join).collect())
}
