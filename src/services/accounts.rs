//! Seeing accounts and their entries; an admin's changes of limits and status.

use super::approvals::{VisibleApproval, limits_letter};
use super::audit::Origin;
use super::caller::{Access, VisibleAccount, find_own_account, find_visible_account, require_live_session};
use super::commanding::unexpected;
use super::cursors::{Cursors, page_length};
use super::members::standing_letter;
use super::{Fault, Page, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::{Account, AccountCode, AccountReference, AccountStatus, Limits};
use crate::domain::amount::{Amount, BALANCE_MAX_MINOR, Scale};
use crate::domain::command::{Action, CommandNotice, SetLimits, SetStatus, UserAuthority};
use crate::domain::community::Community;
use crate::domain::fold::Outcome;
use crate::domain::ids::UserId;
use crate::domain::policy::Right;
use crate::domain::statement::HistoryEntry;
use crate::domain::time::Timestamp;
use crate::mail::StandingEvent;
use crate::storage::{Conn, accounts, history};

/// The most characters of a reason.
pub const REASON_CHARS_MAX: usize = 500;

/// Limits as an admin writes them.
#[derive(Debug, Clone)]
pub struct NewLimits {
    /// How far below zero, as decimal text.
    pub credit_limit: String,
    /// The highest balance, as decimal text; none where there is no bound.
    pub ceiling: Option<String>,
    /// Until when they count instead of the policy's, RFC 3339; none for as long as nobody ends them.
    pub until: Option<String>,
    /// Why.
    pub reason: String,
    /// The account's version that the admin saw, where they said so.
    pub if_version: Option<i64>,
}

/// What came of a change of limits.
#[derive(Debug, Clone)]
pub enum LimitsChange {
    /// The account has them.
    Done(Box<VisibleAccount>),
    /// Another admin has to agree first.
    Asked(Box<VisibleApproval>),
}

/// An account's entries with what they are written in.
#[derive(Debug, Clone)]
pub struct Entries {
    /// The account's community.
    pub community: Community,
    /// A page of entries, newest first.
    pub page: Page<HistoryEntry>,
}

impl Services {
    /// An account as the bearer sees it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when it is absent or foreign.
    pub async fn account(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
    ) -> Result<VisibleAccount, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        if let Some(own) = self.own_account(bearer, &reference, now).await? {
            return Ok(own);
        }
        self.ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                find_visible_account(conn, &caller.authority, &reference).map(|(_, visible)| visible)
            })
            .await
    }

    /// The account that a code names, where it is the bearer's own, and all that is theirs is the token's, too.
    async fn own_account(
        &self,
        bearer: &Bearer,
        reference: &AccountReference,
        now: Timestamp,
    ) -> Result<Option<VisibleAccount>, ServiceError> {
        let AccountReference::Code(code) = reference.clone() else { return Ok(None) };
        if bearer.authority.only.is_some() {
            return Ok(None);
        }
        let caller = bearer.clone();
        self.ledger.read_once(move |conn| find_own_by_code(conn, &code, &caller, now)).await
    }

    /// An account's entries, newest first.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the account is not the bearer's to look into.
    pub async fn entries(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> Result<Entries, ServiceError> {
        let list = EntryList {
            reader: bearer.authority.user_id,
            length: page_length(limit)?,
            cursor,
            cursors: self.cursors.clone(),
        };
        let (now, caller) = (self.now(), bearer.clone());
        if let (AccountReference::Code(code), None) = (reference.clone(), bearer.authority.only) {
            let (list, caller) = (list.clone(), caller.clone());
            // Entries never change, so the second statement may see more of them and nothing else.
            let find = move |conn: &mut Conn| match find_own_by_code(conn, &code, &caller, now)? {
                Some(own) => list.read(conn, own.community, &own.account).map(Some),
                None => Ok(None),
            };
            if let Some(entries) = self.ledger.read_once(find).await? {
                return Ok(entries);
            }
        }
        self.ledger
            .read(move |conn| {
                let (community, account) = find_own_account(conn, &caller, &reference, now)?;
                list.read(conn, community, &account)
            })
            .await
    }

    /// Changes how far an account may go. For admins of its community; above what the community set another admin has
    /// to agree first. Whoever operates the account is told by mail.
    ///
    /// # Errors
    /// What is wrong with the limits, or why the bearer may not set them.
    pub async fn set_limits(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
        new: NewLimits,
        origin: &Origin,
    ) -> Result<LimitsChange, ServiceError> {
        let visible = self.account(bearer, reference).await?;
        let (limits, until) = parse_limits(visible.community.scale, &new, self.now())?;
        let action = Action::SetLimits(SetLimits {
            account_id: visible.account.id,
            limits,
            until,
            reason: new.reason,
            if_version: new.if_version,
        });
        let notices = self.notices_of_limits(bearer, &visible, limits).await?;
        match self.command(bearer, visible.community.id, action, notices, origin).await? {
            Outcome::Account(account) => {
                Ok(LimitsChange::Done(Box::new(VisibleAccount { account: *account, ..visible })))
            }
            Outcome::Approval(approval) => self
                .visible_approval(visible.community, *approval)
                .await
                .map(Box::new)
                .map(LimitsChange::Asked),
            other => Err(unexpected("a change of limits", &other)),
        }
    }

    /// Whom to tell of new limits: those who operate the account, and the other admins where they have to agree.
    async fn notices_of_limits(
        &self,
        bearer: &Bearer,
        visible: &VisibleAccount,
        limits: Limits,
    ) -> Result<Vec<CommandNotice>, ServiceError> {
        if visible.access != Access::Full {
            return Ok(Vec::new());
        }
        let VisibleAccount { community, account, .. } = visible;
        let mut notices = if community.approval_rules.bind_limits(account.limits, limits) {
            self.notices_of_asking(bearer, community, Right::SetLimits).await?
        } else {
            Vec::new()
        };
        notices.extend(self.notices_of_new_limits(visible).await?);
        Ok(notices)
    }

    /// That those who operate an account are told of new limits, where the bearer may see into it.
    pub(super) async fn notices_of_new_limits(
        &self,
        visible: &VisibleAccount,
    ) -> Result<Vec<CommandNotice>, ServiceError> {
        let member_id = visible.account.member_id.filter(|_| visible.access == Access::Full);
        let Some(member_id) = member_id else { return Ok(Vec::new()) };
        let community = visible.community.clone();
        let (mut outbox, letter) = (self.outbox(), limits_letter(&community, self.now()));
        let read = move |conn: &mut Conn| outbox.notices_to_member(conn, &community, member_id, &letter);
        Ok(self.ledger.read(read).await?)
    }

    /// Freezes, thaws or closes an account. For admins of its community.
    ///
    /// # Errors
    /// Why the bearer may not, or why the account cannot be closed.
    pub async fn set_status(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
        status: AccountStatus,
        reason: String,
        origin: &Origin,
    ) -> Result<VisibleAccount, ServiceError> {
        check_reason(&reason).map_err(|fault| ServiceError::Invalid(vec![fault]))?;
        let visible = self.account(bearer, reference).await?;
        let account_id = visible.account.id;
        let notices = self.notices_of_status(&visible, status, reason.clone()).await?;
        let action = Action::SetStatus(SetStatus { account_id, status, reason });
        match self.command(bearer, visible.community.id, action, notices, origin).await? {
            Outcome::Account(account) => Ok(VisibleAccount { account: *account, ..visible }),
            other => Err(unexpected("a change of an account", &other)),
        }
    }

    /// Mails to those who operate the account, that it is frozen, thawed or closed, and why.
    async fn notices_of_status(
        &self,
        visible: &VisibleAccount,
        status: AccountStatus,
        reason: String,
    ) -> Result<Vec<CommandNotice>, ServiceError> {
        let VisibleAccount { community, account, access, .. } = visible;
        let Some(member_id) = account.member_id.filter(|_| *access == Access::Full) else {
            return Ok(Vec::new());
        };
        let event = match status {
            AccountStatus::Active | AccountStatus::Leaving => StandingEvent::Thawed,
            AccountStatus::Frozen => StandingEvent::Frozen,
            AccountStatus::Closed => StandingEvent::Closed,
        };
        let letter = standing_letter(community, &account.name, event, reason);
        let (community, mut outbox) = (community.clone(), self.outbox());
        let read = move |conn: &mut Conn| outbox.notices_to_member(conn, &community, member_id, &letter);
        Ok(self.ledger.read(read).await?)
    }
}

/// A list of entries as its reader asked for it.
#[derive(Clone)]
struct EntryList {
    reader: UserId,
    length: i64,
    cursor: Option<String>,
    cursors: Cursors,
}

impl EntryList {
    /// The page of an account that is the reader's to look into.
    fn read(self, conn: &mut Conn, community: Community, account: &Account) -> Result<Entries, ServiceError> {
        let context = format!("entries|{}|{}", self.reader, account.id);
        let newest = match &self.cursor {
            Some(cursor) => place_in_order(&self.cursors.decode(&context, cursor)?).saturating_sub(1),
            None => account.account_seq,
        };
        // Entries are numbered without gaps, so the page is found without counting its lines.
        let before = newest.saturating_sub(self.length).max(0);
        let mut items = history::between(conn, community.id, account.id, (before, newest))?;
        items.reverse();
        let next_cursor = items
            .last()
            .filter(|_| before > 0)
            .map(|entry| self.cursors.encode(&context, &entry.account_seq.to_string()));
        Ok(Entries { community, page: Page { items, next_cursor } })
    }
}

/// The account that a code names, where the caller operates its member and belongs: all of it is theirs to see.
fn find_own_by_code(
    conn: &mut Conn,
    code: &AccountCode,
    caller: &Bearer,
    now: Timestamp,
) -> Result<Option<VisibleAccount>, ServiceError> {
    let UserAuthority { user_id, session_id, .. } = caller.authority;
    let own = accounts::find_own(conn, code, user_id, session_id, now)?;
    let Some(own) = own.filter(|own| own.status.belongs()) else { return Ok(None) };
    if !own.is_session_live {
        return Err(ServiceError::Unauthenticated);
    }
    let (community, account) = (own.community, own.account);
    // Who was merged into another does not belong any more.
    Ok(Some(VisibleAccount { community, account, access: Access::Full, merged_into: None }))
}

impl VisibleAccount {
    /// The account's amounts, where the caller may see them.
    pub fn full(&self) -> Option<&Account> {
        (self.access == Access::Full).then_some(&self.account)
    }
}

fn parse_limits(
    scale: Scale,
    new: &NewLimits,
    now: Timestamp,
) -> Result<(Limits, Option<Timestamp>), ServiceError> {
    let mut faults = Vec::new();
    let mut parse = |pointer: &str, text: &str| {
        scale.parse(text, BALANCE_MAX_MINOR).unwrap_or_else(|error| {
            faults.push(Fault::new(pointer, error.code(), error.to_string()));
            Amount::ZERO
        })
    };
    let credit_limit = parse("/credit_limit", &new.credit_limit);
    let ceiling = new.ceiling.as_deref().map(|text| parse("/ceiling", text));
    let until = new.until.as_deref().map(Timestamp::parse_rfc3339);
    match until {
        Some(None) => faults.push(Fault::new("/until", "malformed", "is no time in RFC 3339")),
        Some(Some(until)) if until <= now => faults.push(Fault::new("/until", "past", "has passed")),
        _ => {}
    }
    faults.extend(check_reason(&new.reason).err());
    let limits = Limits { credit_limit, ceiling };
    if faults.is_empty() { Ok((limits, until.flatten())) } else { Err(ServiceError::Invalid(faults)) }
}

/// Refuses a reason that says nothing, or too much.
pub(super) fn check_reason(reason: &str) -> Result<(), Fault> {
    if reason.trim().is_empty() {
        return Err(Fault::new("/reason", "empty", "says why, for those who ask later"));
    }
    super::payments::check_text("/reason", reason, REASON_CHARS_MAX)
}

/// A place in an order, from a cursor whose authenticity was checked.
pub(super) fn place_in_order(place: &str) -> i64 {
    place.parse().unwrap_or(i64::MAX)
}
