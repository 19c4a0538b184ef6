//! Admins see applications, approve and refuse them.
//!
//! | step of an approval | what it guards |
//! |---|---|
//! | the application is marked `admitting` | it cannot be refused meanwhile |
//! | the ledger admits the member under the application's own ids | nobody is let in twice, whoever asks |
//! | the application is marked `approved`, and the applicant gets a mail | one mail |
//!
//! After a crash in between, approving once more takes up where it stopped.

use std::collections::HashMap;

use super::{Services, require_right};
use crate::auth::tokens::Bearer;
use crate::domain::account::Limits;
use crate::domain::amount::{Amount, BALANCE_MAX_MINOR};
use crate::domain::command::{Action, Admit, Command};
use crate::domain::community::Community;
use crate::domain::fold::Outcome;
use crate::domain::ids::{CommunityId, MemberId, UserId};
use crate::domain::joining::ApplicationState;
use crate::domain::member::{MemberStatus, Role};
use crate::domain::policy::Right;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::time::Timestamp;
use crate::ledger::SubmitError;
use crate::mail::{Letter, Plain};
use crate::services::accounts::{REASON_CHARS_MAX, check_reason};
use crate::services::audit::Origin;
use crate::services::lists::ListQuery;
use crate::services::payments::check_text;
use crate::services::step_up::require_fresh_proof;
use crate::services::{Fault, Page, ServiceError};
use crate::storage::applications::{self, Decision};
use crate::storage::{Conn, audits, members, write_offs};

pub use crate::storage::applications::Application;

/// An application as admins see it.
#[derive(Debug, Clone)]
pub struct VisibleApplication {
    /// The community.
    pub community: Community,
    /// The application.
    pub application: Application,
    /// What the same login was in the community before.
    pub earlier: Earlier,
    /// The name of whoever invited the applicant.
    pub invited_by: Option<String>,
    /// The name of the admin who decided.
    pub decided_by: Option<String>,
}

/// What an applicant's login was in the community before: who comes back has a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Earlier {
    /// How many of its members were closed there.
    pub members: usize,
    /// What was written off of what they owed, and not taken back.
    pub written_off: Amount,
}

/// An admin's approval.
#[derive(Debug, Clone)]
pub struct Approval {
    /// How far the account may go below zero, as decimal text; as the community chose where it is left out.
    pub credit_limit: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// Where an approval goes on.
enum Next {
    Admit(Community, Application, Decision),
    Nothing(VisibleApplication),
}

impl Services {
    /// A community's confirmed applications, newest first. For its admins and brokers.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer does not belong to it, [`Refusal::Forbidden`] when they are no admin.
    pub async fn applications(
        &self,
        bearer: &Bearer,
        code: String,
        state: Option<ApplicationState>,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> Result<Page<VisibleApplication>, ServiceError> {
        let state_name = state.map_or("", ApplicationState::name);
        let query =
            ListQuery { name: "applications", code, right: Right::Admit, state: state_name, limit, cursor };
        let read = move |conn: &mut Conn, community: &Community, before: Option<MemberId>, length| {
            let found = applications::list(conn, community.id, state, before, length)?;
            with_names(conn, community, found)
        };
        self.list(bearer, query, read, |visible: &VisibleApplication| visible.application.id).await
    }

    /// Lets an applicant in, with an account. For admins and brokers; another credit limit than the community's own is
    /// for admins with a fresh proof. What was approved already is left as it is.
    ///
    /// # Errors
    /// As [`Services::applications`]; what is wrong with the limit; [`Refusal::StepUpRequired`]; [`Refusal::Conflict`]
    /// when it was refused.
    pub async fn approve_application(
        &self,
        bearer: &Bearer,
        code: String,
        id: MemberId,
        approval: Approval,
        origin: &Origin,
    ) -> Result<VisibleApplication, ServiceError> {
        self.note_origin(origin).await?;
        let (now, caller, wanted) = (self.now(), bearer.clone(), code.clone());
        let begun = self.settle(move |conn| begin_approval(conn, &caller, &wanted, id, approval, now));
        let (community, application, decision) = match begun.await? {
            Next::Nothing(visible) => return Ok(visible),
            Next::Admit(community, application, decision) => (community, application, decision),
        };
        self.admit_applicant(bearer, &community, &application, &decision, origin).await?;
        let mut outbox = self.outbox();
        self.settle(move |conn| {
            // The ledger has let the member in: whatever else stands here gives way to that.
            let open = [ApplicationState::Waiting, ApplicationState::Admitting, ApplicationState::Refused];
            if applications::decide(conn, community.id, id, &open, ApplicationState::Approved, &decision)?
                && let Some(user_id) = application.user_id
            {
                let letter = Letter::ApplicationApproved { community: Plain::from(community.name.as_str()) };
                outbox.write_to_user(conn, &community, user_id, letter)?;
            }
            find_visible(conn, &community, id)
        })
        .await
    }

    /// Has the ledger let the member in under the application's ids. That it did so before is as good.
    async fn admit_applicant(
        &self,
        bearer: &Bearer,
        community: &Community,
        application: &Application,
        decision: &Decision,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        let credit_limit = decision.credit_limit.unwrap_or(community.default_credit_limit);
        let user_id = application
            .user_id
            .ok_or_else(|| ServiceError::Internal("an application without a login".into()))?;
        self.prepare_place(community.id, user_id).await?;
        let admit = Admit {
            member_id: application.id,
            account_id: application.account_id,
            name: application.name.clone(),
            user_id,
            role: Role::Member,
            limits: Limits { credit_limit, ceiling: None },
            limits_by: crate::domain::command::LimitsBy::Difference,
            reason: decision.reason.clone(),
        };
        let request_id = origin.request_id.clone();
        let command = Command::by_user(community.id, bearer.authority, request_id, Action::Admit(admit));
        let refused = match self.ledger.submit(command).await {
            Ok(Outcome::Account(_) | Outcome::Refused(Refusal::Conflict(ConflictReason::AlreadyExists))) => {
                self.confirm_place(community.id, user_id).await?;
                return self.follow_limit_policy(community.id, application.account_id).await;
            }
            Ok(Outcome::Refused(refusal)) => refusal.into(),
            Ok(other) => return Err(ServiceError::Internal(format!("an admission gave {other:?}"))),
            Err(SubmitError::Overloaded) => ServiceError::Overloaded,
            // Perhaps it is done: the mark stays, and the next approval finds out.
            Err(unknown) => return Err(unknown.into()),
        };
        let (community_id, id, user_id) = (community.id, application.id, bearer.authority.user_id);
        self.settle(move |conn| Ok(applications::reopen(conn, community_id, id, user_id)?)).await?;
        Err(refused)
    }

    /// Does not let an applicant in. For admins and brokers. What was refused already is left as it is.
    ///
    /// # Errors
    /// As [`Services::applications`]; what is wrong with the reason; [`Refusal::Conflict`] when it was approved.
    pub async fn refuse_application(
        &self,
        bearer: &Bearer,
        code: String,
        id: MemberId,
        reason: String,
        origin: &Origin,
    ) -> Result<VisibleApplication, ServiceError> {
        check_reason(&reason).map_err(|fault| ServiceError::Invalid(vec![fault]))?;
        self.note_origin(origin).await?;
        let admin = bearer.authority.user_id;
        let note = self.note("application.refused", admin, &reason, origin).about(id.uuid());
        let (now, caller, mut outbox) = (self.now(), bearer.clone(), self.outbox());
        self.settle(move |conn| {
            let community = require_right(conn, &caller, &code, Right::Admit, now)?;
            let application = find_confirmed(conn, community.id, id)?;
            let decision =
                Decision { credit_limit: None, decided_by: admin, decided_at: now, reason: reason.clone() };
            let from = [ApplicationState::Waiting];
            if applications::decide(conn, community.id, id, &from, ApplicationState::Refused, &decision)? {
                note.write(conn, community.id)?;
                if let Some(user_id) = application.user_id {
                    let letter = Letter::ApplicationRefused {
                        community: Plain::from(community.name.as_str()),
                        reason: Plain::from(reason),
                    };
                    outbox.write_to_user(conn, &community, user_id, letter)?;
                }
            } else if find_confirmed(conn, community.id, id)?.state != ApplicationState::Refused {
                return Err(Refusal::Conflict(ConflictReason::AlreadySettled).into());
            }
            find_visible(conn, &community, id)
        })
        .await
    }
}

/// Marks an application as being let in, unless it is settled or marked already.
fn begin_approval(
    conn: &mut Conn,
    caller: &Bearer,
    code: &str,
    id: MemberId,
    approval: Approval,
    now: Timestamp,
) -> Result<Next, ServiceError> {
    let community = require_right(conn, caller, code, Right::Admit, now)?;
    let credit_limit = parse_limit(&community, approval.credit_limit.as_deref())?;
    let reason = approval.reason.unwrap_or_default();
    check_text("/reason", &reason, REASON_CHARS_MAX).map_err(|fault| ServiceError::Invalid(vec![fault]))?;
    if credit_limit.is_some_and(|limit| limit != community.default_credit_limit) {
        require_right(conn, caller, code, Right::SetLimits, now)?;
        require_fresh_proof(caller, now)?;
    }
    let decided_by = caller.authority.user_id;
    let decision = Decision { credit_limit, decided_by, decided_at: now, reason };
    let from = [ApplicationState::Waiting];
    applications::decide(conn, community.id, id, &from, ApplicationState::Admitting, &decision)?;
    let application = find_confirmed(conn, community.id, id)?;
    match (application.state, application.decision.clone()) {
        (ApplicationState::Admitting, Some(decision)) => Ok(Next::Admit(community, application, decision)),
        (ApplicationState::Approved, _) => find_visible(conn, &community, id).map(Next::Nothing),
        _ => Err(Refusal::Conflict(ConflictReason::AlreadySettled).into()),
    }
}

fn parse_limit(community: &Community, text: Option<&str>) -> Result<Option<Amount>, ServiceError> {
    let parsed = text.map(|text| community.scale.parse(text, BALANCE_MAX_MINOR)).transpose();
    parsed.map_err(|error| {
        ServiceError::Invalid(vec![Fault::new("/credit_limit", error.code(), error.to_string())])
    })
}

/// An application that admins may know of: whose address was confirmed.
fn find_confirmed(
    conn: &mut Conn,
    community_id: CommunityId,
    id: MemberId,
) -> Result<Application, ServiceError> {
    let found = applications::find(conn, community_id, id)?;
    found
        .filter(|application| application.state != ApplicationState::Unconfirmed)
        .ok_or(ServiceError::NotFound)
}

fn find_visible(
    conn: &mut Conn,
    community: &Community,
    id: MemberId,
) -> Result<VisibleApplication, ServiceError> {
    let application = find_confirmed(conn, community.id, id)?;
    with_names(conn, community, vec![application])?.pop().ok_or(ServiceError::NotFound)
}

fn with_names(
    conn: &mut Conn,
    community: &Community,
    found: Vec<Application>,
) -> Result<Vec<VisibleApplication>, ServiceError> {
    let decider = |application: &Application| application.decision.as_ref().map(|made| made.decided_by);
    let ids: Vec<UserId> = found
        .iter()
        .flat_map(|application| [application.invited_by, decider(application)])
        .flatten()
        .collect();
    let names: HashMap<_, _> = audits::user_names(conn, &ids)?.into_iter().collect();
    let name = |id: Option<UserId>| id.and_then(|id| names.get(&id)).cloned();
    let visible = found.into_iter().map(|application| {
        Ok(VisibleApplication {
            community: community.clone(),
            earlier: earlier(conn, community.id, application.user_id)?,
            invited_by: name(application.invited_by),
            decided_by: name(decider(&application)),
            application,
        })
    });
    visible.collect()
}

fn earlier(
    conn: &mut Conn,
    community_id: CommunityId,
    user_id: Option<UserId>,
) -> Result<Earlier, ServiceError> {
    let Some(user_id) = user_id else { return Ok(Earlier::default()) };
    let own = members::of_user(conn, community_id, user_id)?;
    let closed = own.into_iter().filter(|member| member.status == MemberStatus::Closed);
    let closed: Vec<MemberId> = closed.map(|member| member.id).collect();
    let written_off = write_offs::borne_for(conn, community_id, &closed)?;
    Ok(Earlier { members: closed.len(), written_off })
}
