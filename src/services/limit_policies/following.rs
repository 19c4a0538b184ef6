//! Giving accounts what the policy gives them: all of a community's day by day and after an adoption, in the background and
//! in pieces, each by commands in the ledger's order; and one account at once.

use tokio::task::JoinSet;

use super::current;
use super::evaluating::{Judge, is_overridden, no_day};
use crate::auth::tokens::Bearer;
use crate::domain::account::AccountReference;
use crate::domain::command::{Action, Command};
use crate::domain::community::Community;
use crate::domain::fold::Outcome;
use crate::domain::ids::{AccountId, CommunityId};
use crate::domain::limit_policy::FollowPolicy;
use crate::domain::policy::Right;
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;
use crate::domain::zone::TimeOfDay;
use crate::services::accounts::check_reason;
use crate::services::audit::Origin;
use crate::services::caller::{Access, VisibleAccount, find_visible_account, require_live_session};
use crate::services::commanding::unexpected;
use crate::services::{ServiceError, Services};
use crate::storage::limits::accounts::{self, BoundAccount};
use crate::storage::limits::{self, Progress};
use crate::storage::{Conn, StorageError, communities};

/// How many accounts are given their limits in one piece: fewer than wait for the ledger at once in a busy moment, so that
/// payments go on in between.
const ACCOUNTS_PER_PIECE: i64 = 200;
/// How often one account is tried that changes in the same moment.
const TRIES: usize = 3;

/// Where following stands. What is lost of it is found out again.
#[derive(Debug, Default)]
pub struct Following {
    under_way: Option<Round>,
    /// Behind which community the next one is looked for, so that all have their turn.
    behind: Option<CommunityId>,
}

/// One community's policy on its way through the accounts.
#[derive(Debug)]
struct Round {
    judge: Judge,
    progress: Progress,
    at: Timestamp,
}

impl Services {
    /// Gives some accounts what their community's policy gives them, if any are due. Whether more may be.
    ///
    /// # Errors
    /// When it could not be done; it stays due.
    pub async fn follow_limit_policies(&self, following: &mut Following) -> Result<bool, ServiceError> {
        let round = match following.under_way.take() {
            Some(round) => round,
            None => match self.next_round(following).await? {
                Some(round) => round,
                // Once round: those at the beginning are next.
                None => return Ok(following.behind.take().is_some()),
            },
        };
        following.under_way = self.do_piece(round).await?;
        Ok(true)
    }

    async fn next_round(&self, following: &mut Following) -> Result<Option<Round>, ServiceError> {
        let (now, behind) = (self.now(), following.behind);
        let Some(id) = self.ledger.read(move |conn| limits::due(conn, now, behind)).await? else {
            return Ok(None);
        };
        // The next one has its turn, whatever becomes of this one.
        following.behind = Some(id);
        self.ledger.write(move |conn| limits::make_due(conn, id, now)).await?;
        let read = move |conn: &mut Conn| {
            // Before the policy: one that is adopted in between moves it.
            let Some(progress) = limits::progress(conn, id)? else { return Ok(None) };
            let Some(community) = communities::find(conn, id)? else { return Ok(None) };
            let (_, policy) = current(conn, &community)?;
            let judge = Judge::read(conn, community, policy, None, now)?;
            Ok::<_, StorageError>(Some(Round { judge, progress, at: now }))
        };
        Ok(self.ledger.read(read).await?)
    }

    /// Gives the next accounts their limits. What is left of the round; none where it is over.
    async fn do_piece(&self, round: Round) -> Result<Option<Round>, ServiceError> {
        let community = round.judge.community().clone();
        let (id, behind, at) = (community.id, round.progress.behind, round.at);
        let read = move |conn: &mut Conn| {
            let page = accounts::page(conn, id, behind, ACCOUNTS_PER_PIECE)?;
            let last = page.last().map(|account| account.id);
            let is_all = i64::try_from(page.len()).is_ok_and(|length| length < ACCOUNTS_PER_PIECE);
            let mut due = Vec::new();
            for account in page {
                due.extend(follow(&round.judge, &account, at)?);
            }
            let next_end = if is_all { limits::overrides::next_end(conn, id, at)? } else { None };
            Ok::<_, StorageError>((round, due, last, (is_all, next_end)))
        };
        let (round, due, last, (is_all, next_end)) = self.ledger.read(read).await?;
        let mut submitted = JoinSet::new();
        for follow in due {
            let (ledger, command) =
                (self.ledger.clone(), Command::by_service(id, Action::FollowPolicy(follow)));
            submitted.spawn(async move { ledger.submit(command).await });
        }
        while let Some(outcome) = submitted.join_next().await {
            let outcome = outcome.map_err(|error| ServiceError::Internal(error.to_string()))?;
            match outcome? {
                // What was changed in the same moment has its turn tomorrow, or was given its limits by who changed it.
                Outcome::Account(_) | Outcome::Refused(Refusal::PreconditionFailed) => {}
                other => return Err(unexpected("following a policy", &other)),
            }
        }
        let from = round.progress;
        let to = if is_all {
            Progress { due_at: next_due(&community, at, next_end)?, behind: None }
        } else {
            Progress { due_at: from.due_at, behind: last.or(from.behind) }
        };
        let is_own = self.ledger.write(move |conn| limits::advance(conn, id, &from, &to, at)).await?;
        // Where it is not, somebody else goes on, or another policy holds.
        Ok((is_own && !is_all).then_some(Round { progress: to, ..round }))
    }

    /// Gives one account what the policy gives it, now. That it was changed again and again in the same moment is no matter:
    /// the policy is followed day by day.
    pub(in crate::services) async fn follow_limit_policy(
        &self,
        community_id: CommunityId,
        account_id: AccountId,
    ) -> Result<(), ServiceError> {
        for _ in 0..TRIES {
            let now = self.now();
            let read = move |conn: &mut Conn| find_follow(conn, community_id, account_id, now);
            let Some(follow) = self.ledger.read(read).await? else { return Ok(()) };
            let command = Command::by_service(community_id, Action::FollowPolicy(follow));
            match self.ledger.submit(command).await? {
                Outcome::Refused(Refusal::PreconditionFailed) => {}
                Outcome::Account(_) => return Ok(()),
                other => return Err(unexpected("following a policy", &other)),
            }
        }
        Ok(())
    }

    /// Ends the limits that count instead of the policy's for an account. For admins, with a fresh proof.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when there is nothing to end, or not for the bearer to know; why the bearer may not.
    pub async fn end_limit_override(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
        reason: String,
        origin: &Origin,
    ) -> Result<VisibleAccount, ServiceError> {
        check_reason(&reason).map_err(|fault| ServiceError::Invalid(vec![fault]))?;
        let (now, caller) = (self.now(), bearer.clone());
        let read = move |conn: &mut Conn| {
            require_live_session(conn, &caller, now)?;
            let (membership, visible) = find_visible_account(conn, &caller.authority, &reference)?;
            membership.require(Right::SetLimits)?;
            let bound = accounts::find(conn, visible.community.id, visible.account.id)?;
            let bound = bound.filter(|bound| bound.overridden.is_some()).ok_or(ServiceError::NotFound)?;
            let (_, policy) = current(conn, &visible.community)?;
            let judge = Judge::read(conn, visible.community.clone(), policy, Some(bound.id), now)?;
            let given = judge.evaluate(&bound)?;
            Ok::<_, ServiceError>((visible, bound.changes, given.limits(), given.payments))
        };
        let (visible, if_changes, limits, rules) = self.ledger.read(read).await?;
        let account_id = visible.account.id;
        let follow = FollowPolicy {
            account_id,
            limits: Some(limits),
            rules,
            if_changes: Some(if_changes),
            ends_override: true,
            reason,
        };
        let action = Action::FollowPolicy(follow);
        match self.command(bearer, visible.community.id, action, Vec::new(), origin).await? {
            Outcome::Account(account) => {
                Ok(VisibleAccount { account: *account, access: Access::Full, ..visible })
            }
            other => Err(unexpected("following a policy", &other)),
        }
    }
}

/// What is to be done for an account to follow the policy; nothing where it does. Where other limits count, it follows in what
/// else the policy says.
fn follow(
    judge: &Judge,
    account: &BoundAccount,
    at: Timestamp,
) -> Result<Option<FollowPolicy>, StorageError> {
    let given = judge.evaluate(account)?;
    let (limits, ends_override) = if is_overridden(account, at) {
        (account.limits, false)
    } else {
        (given.limits(), account.overridden.is_some())
    };
    let rules = given.payments;
    let is_due = ends_override || limits != account.limits || rules != account.rules;
    let (account_id, if_changes) = (account.id, Some(account.changes));
    let limits = Some(limits);
    let follow = FollowPolicy { account_id, limits, rules, if_changes, ends_override, reason: String::new() };
    Ok(is_due.then_some(follow))
}

fn find_follow(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    now: Timestamp,
) -> Result<Option<FollowPolicy>, StorageError> {
    let Some(account) = accounts::find(conn, community_id, account_id)? else { return Ok(None) };
    let Some(community) = communities::find(conn, community_id)? else { return Ok(None) };
    let (_, policy) = current(conn, &community)?;
    let judge = Judge::read(conn, community, policy, Some(account_id), now)?;
    follow(&judge, &account, now)
}

/// When the policy is to be followed again: once the next day begins, or when an override ends before.
fn next_due(
    community: &Community,
    at: Timestamp,
    next_end: Option<Timestamp>,
) -> Result<Timestamp, StorageError> {
    let zone = &community.time_zone;
    let day = zone.day_of(at).and_then(|today| today.plus_days(1)).ok_or_else(no_day)?;
    let midnight = zone.moment(day, TimeOfDay::MIDNIGHT).ok_or_else(no_day)?;
    Ok(next_end.map_or(midnight, |end| end.min(midnight)))
}
