//! What one admin asks for and another one has to agree to: the amounts, the list, agreeing and refusing.

use std::collections::HashMap;

use super::accounts::{REASON_CHARS_MAX, check_reason};
use super::audit::Origin;
use super::caller::{membership, require_membership, require_right};
use super::commanding::unexpected;
use super::lists::ListQuery;
use super::payments::check_text;
use super::step_up::require_first_party;
use super::{Fault, Page, ServiceError, Services, merging};
use crate::auth::tokens::Bearer;
use crate::domain::account::Account;
use crate::domain::amount::{BALANCE_MAX_MINOR, Scale};
use crate::domain::approval::{
    APPROVALS_PENDING_MAX, Act, Approval, ApprovalRules, ApprovalState, SetApprovalRules, SettleApproval,
};
use crate::domain::command::{Action, CommandNotice, NoticeOf};
use crate::domain::community::Community;
use crate::domain::fold::Outcome;
use crate::domain::ids::{AccountId, ApprovalId, UserId};
use crate::domain::policy::Right;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::time::Timestamp;
use crate::mail::{Letter, Plain, SecurityEvent, StandingEvent, StandingNotice};
use crate::storage::{Conn, accounts, approvals, audits};

/// What needs two admins, as they see it.
#[derive(Debug, Clone)]
pub struct VisibleApproval {
    /// The community.
    pub community: Community,
    /// What is to be done, and where it stands.
    pub approval: Approval,
    /// Where it stands now, by the clock.
    pub state: ApprovalState,
    /// The name of who asked.
    pub asked_by: String,
    /// The name of who agreed or refused.
    pub settled_by: Option<String>,
    /// The account that it is about, as it is now.
    pub account: Option<Account>,
    /// The other account that it is about, as it is now.
    pub other: Option<Account>,
}

/// The amounts as an admin writes them.
#[derive(Debug, Clone)]
pub struct NewApprovalRules {
    /// Above which credit limit raising one needs two admins, as decimal text.
    pub limits_above: Option<String>,
    /// Above which amount undoing a payment does.
    pub reversals_above: Option<String>,
    /// Why.
    pub reason: String,
}

/// What came of a change of the amounts.
#[derive(Debug, Clone)]
pub enum RulesChange {
    /// They hold.
    Done(Box<Community>),
    /// Another admin has to agree first.
    Asked(Box<VisibleApproval>),
}

impl Services {
    /// Above which amounts acts need two admins. For the community's members.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer does not belong to it.
    pub async fn approval_rules(&self, bearer: &Bearer, code: String) -> Result<Community, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger.read(move |conn| Ok(membership(conn, &caller, &code, now)?.community)).await
    }

    /// Sets above which amounts acts need two admins. For admins, with a fresh proof; what lets one do more than before
    /// needs two itself.
    ///
    /// # Errors
    /// What is wrong with the amounts; [`Refusal::Forbidden`]; [`Refusal::StepUpRequired`].
    pub async fn set_approval_rules(
        &self,
        bearer: &Bearer,
        code: String,
        new: NewApprovalRules,
        origin: &Origin,
    ) -> Result<RulesChange, ServiceError> {
        require_first_party(bearer)?;
        let (now, caller) = (self.now(), bearer.clone());
        let read = move |conn: &mut Conn| require_right(conn, &caller, &code, Right::SetApprovalRules, now);
        let community = self.ledger.read(read).await?;
        let rules = parse_rules(community.scale, &new)?;
        let notices = if rules.are_laxer_than(&community.approval_rules) {
            self.notices_of_asking(bearer, &community, Right::SetApprovalRules).await?
        } else {
            Vec::new()
        };
        let action = Action::SetApprovalRules(SetApprovalRules { rules, reason: new.reason });
        match self.command(bearer, community.id, action, notices, origin).await? {
            Outcome::Done => {
                Ok(RulesChange::Done(Box::new(Community { approval_rules: rules, ..community })))
            }
            Outcome::Approval(approval) => {
                let visible = self.visible_approval(community, *approval).await?;
                Ok(RulesChange::Asked(Box::new(visible)))
            }
            other => Err(unexpected("a change of the rules", &other)),
        }
    }

    /// What needs two admins in a community, newest first. For its admins.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer does not belong to it, [`Refusal::Forbidden`] when they are no admin.
    pub async fn approvals(
        &self,
        bearer: &Bearer,
        code: String,
        state: Option<ApprovalState>,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> Result<Page<VisibleApproval>, ServiceError> {
        let now = self.now();
        let state_name = state.map_or("", ApprovalState::name);
        let query =
            ListQuery { name: "approvals", code, right: Right::Approve, state: state_name, limit, cursor };
        let read = move |conn: &mut Conn, community: &Community, before: Option<ApprovalId>, length| {
            let found = approvals::list(conn, community.id, (state, now), before, length)?;
            with_names(conn, community, found, now)
        };
        self.list(bearer, query, read, |visible: &VisibleApproval| visible.approval.id).await
    }

    /// Agrees to what another admin asked for, and so does it; or refuses it. For admins, with a fresh proof.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where it is not there; [`Refusal::Forbidden`]; [`Refusal::StepUpRequired`];
    /// [`Refusal::Conflict`] where it is settled or expired, where the bearer asked themselves, or where who asked may
    /// not any more; why it cannot be done.
    pub async fn settle_approval(
        &self,
        bearer: &Bearer,
        code: String,
        id: ApprovalId,
        (agrees, reason): (bool, String),
        origin: &Origin,
    ) -> Result<VisibleApproval, ServiceError> {
        require_first_party(bearer)?;
        check_text("/reason", &reason, REASON_CHARS_MAX)
            .map_err(|fault| ServiceError::Invalid(vec![fault]))?;
        let (now, caller, mut outbox) = (self.now(), bearer.clone(), self.outbox());
        let at = now;
        let read = move |conn: &mut Conn| {
            let community = require_right(conn, &caller, &code, Right::Approve, now)?;
            let found =
                approvals::find_many(conn, community.id, &[id])?.pop().ok_or(ServiceError::NotFound)?;
            if let (true, Act::Merge { account_id, kept_id, .. }) = (agrees, &found.act) {
                let (sides, reason) = ([*account_id, *kept_id], &found.reason);
                // What was settled is not judged once more: the ledger says that it was.
                let is_open = found.state_at(at) == ApprovalState::Pending;
                let notices = if is_open {
                    merging::notices_of_agreeing(conn, &mut outbox, &community, sides, reason)?
                } else {
                    Vec::new()
                };
                return Ok((community, notices));
            }
            let account_ids: Vec<AccountId> = found.act.account_id().into_iter().collect();
            let account = accounts::find_many(conn, community.id, &account_ids)?.pop();
            let Some((account, member_id)) = account
                .filter(|_| agrees)
                .and_then(|account| account.member_id.map(|member_id| (account, member_id)))
            else {
                return Ok((community, Vec::new()));
            };
            let letter = match &found.act {
                Act::WriteOff { .. } => written_off_letter(&community, &account, &found.reason),
                // Whoever gets it hears of the payment.
                Act::PayOut { .. } => return Ok((community, Vec::new())),
                _ => limits_letter(&community, at),
            };
            let notices = outbox.notices_to_member(conn, &community, member_id, &letter)?;
            Ok::<_, ServiceError>((community, notices))
        };
        let (community, notices): (Community, Vec<CommandNotice>) = self.ledger.read(read).await?;
        let action = Action::SettleApproval(SettleApproval { approval_id: id, agrees, reason });
        match self.command(bearer, community.id, action, notices, origin).await? {
            Outcome::Approval(approval) => {
                // What was agreed to may be a policy that accounts are to follow.
                self.ring();
                self.visible_approval(community, *approval).await
            }
            other => Err(unexpected("settling an approval", &other)),
        }
    }

    /// What was asked for in a community, by its id.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such thing.
    pub(super) async fn find_approval(
        &self,
        community: &Community,
        id: ApprovalId,
    ) -> Result<VisibleApproval, ServiceError> {
        let community_id = community.id;
        let found = self.ledger.read(move |conn| approvals::find_many(conn, community_id, &[id])).await?;
        let approval = found.into_iter().next().ok_or(ServiceError::NotFound)?;
        self.visible_approval(community.clone(), approval).await
    }

    /// What was asked for or settled, as admins see it.
    pub(super) async fn visible_approval(
        &self,
        community: Community,
        approval: Approval,
    ) -> Result<VisibleApproval, ServiceError> {
        let now = self.now();
        let read = move |conn: &mut Conn| with_names(conn, &community, vec![approval], now);
        self.ledger.read(read).await?.pop().ok_or(ServiceError::NotFound)
    }

    /// Mails to the other admins that the bearer, who has the right, wants something done that needs one of them.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`]; [`Refusal::Conflict`] when too much waits already.
    pub(super) async fn notices_of_asking(
        &self,
        bearer: &Bearer,
        community: &Community,
        right: Right,
    ) -> Result<Vec<CommandNotice>, ServiceError> {
        let (now, authority) = (self.now(), bearer.authority);
        let (community, mut outbox) = (community.clone(), self.outbox());
        self.ledger
            .read(move |conn| {
                let membership = require_membership(conn, community, &authority)?;
                membership.require(right)?;
                let community = membership.community;
                if approvals::count_pending(conn, community.id, now)? >= APPROVALS_PENDING_MAX {
                    return Err(ServiceError::from(Refusal::Conflict(ConflictReason::TooMany)));
                }
                let asker = membership.members.into_iter().next();
                let letter = Letter::ApprovalAsked {
                    community: Plain::from(community.name.as_str()),
                    asker: Plain::from(asker.map(|member| member.name).unwrap_or_default()),
                };
                Ok(outbox.notices_to_admins(
                    conn,
                    &community,
                    authority.user_id,
                    (NoticeOf::Asked, &letter),
                )?)
            })
            .await
    }
}

/// A letter to whoever operates an account, that its balance was written off.
fn written_off_letter(community: &Community, account: &Account, reason: &str) -> Letter {
    let amount = format!("{} {}", community.scale.format(account.balance), community.symbol);
    Letter::Standing(StandingNotice {
        event: StandingEvent::WrittenOff,
        community: Plain::from(community.name.as_str()),
        member: Plain::from(account.name.as_ref()),
        reason: Plain::from(reason),
        date: None,
        amount: Some(Plain::from(amount)),
        account: None,
    })
}

/// A letter to whoever operates an account, that its limits are new.
pub(super) fn limits_letter(community: &Community, at: Timestamp) -> Letter {
    Letter::security_notice(SecurityEvent::LimitsChanged, at, Some(Plain::from(community.name.as_str())))
}

fn parse_rules(scale: Scale, new: &NewApprovalRules) -> Result<ApprovalRules, ServiceError> {
    let mut faults = Vec::new();
    let mut parse = |pointer: &str, text: &Option<String>| {
        let parsed = text.as_deref().map(|text| scale.parse(text, BALANCE_MAX_MINOR)).transpose();
        parsed.unwrap_or_else(|error| {
            faults.push(Fault::new(pointer, error.code(), error.to_string()));
            None
        })
    };
    let limits_above = parse("/limits_above", &new.limits_above);
    let reversals_above = parse("/reversals_above", &new.reversals_above);
    faults.extend(check_reason(&new.reason).err());
    let rules = ApprovalRules { limits_above, reversals_above };
    if faults.is_empty() { Ok(rules) } else { Err(ServiceError::Invalid(faults)) }
}

fn with_names(
    conn: &mut Conn,
    community: &Community,
    found: Vec<Approval>,
    now: Timestamp,
) -> Result<Vec<VisibleApproval>, ServiceError> {
    let user_ids: Vec<UserId> =
        found.iter().flat_map(|approval| [Some(approval.asked_by), approval.settled_by]).flatten().collect();
    let names: HashMap<_, _> = audits::user_names(conn, &user_ids)?.into_iter().collect();
    let sides = |approval: &Approval| [approval.act.account_id(), approval.act.other_id()];
    let account_ids: Vec<AccountId> = found.iter().flat_map(sides).flatten().collect();
    let accounts: HashMap<_, _> = accounts::find_many(conn, community.id, &account_ids)?
        .into_iter()
        .map(|account| (account.id, account))
        .collect();
    let visible = found.into_iter().map(|approval| VisibleApproval {
        community: community.clone(),
        state: approval.state_at(now),
        asked_by: names.get(&approval.asked_by).cloned().unwrap_or_default(),
        settled_by: approval.settled_by.and_then(|id| names.get(&id)).cloned(),
        account: approval.act.account_id().and_then(|id| accounts.get(&id)).cloned(),
        other: approval.act.other_id().and_then(|id| accounts.get(&id)).cloned(),
        approval,
    });
    Ok(visible.collect())
}
