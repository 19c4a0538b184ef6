//! The audit log: who did what, when, from where and why.
//!
//! Two logs that only grow. A community's is written by the ledger, with what it tells of; its admins read it. The
//! logins' is written by [`record`], inside the transaction of what it tells of; each user reads what concerns their own.
//! Where requests came from stands beside both and can be erased.

use std::collections::HashMap;
use std::net::IpAddr;

use uuid::Uuid;

use super::caller::{require_live_session, require_membership};
use super::communities::find_community;
use super::cursors::{cut, page_length};
use super::{Fault, Page, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::AccountReference;
use crate::domain::community::Community;
use crate::domain::ids::{AuditId, MemberId, SessionId, UserId};
use crate::domain::policy::Right;
use crate::domain::time::Timestamp;
use crate::storage::audits::{self, CommunityAuditFilter, StoredOrigin};
use crate::storage::{Conn, StorageError, accounts};

pub use crate::storage::audits::{CommunityAudit, UserAudit};

/// The most characters that are kept of what a client says of itself.
const USER_AGENT_CHARS_MAX: usize = 200;
/// The most characters of a filter.
const FILTER_CHARS_MAX: usize = 100;

/// Where a request came from.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The request's id.
    pub request_id: String,
    /// The client's address.
    pub address: Option<IpAddr>,
    /// What the client said of itself.
    pub user_agent: Option<String>,
}

/// A line to be added to the logins' audit log.
#[derive(Debug, Clone)]
pub struct NewUserAudit {
    /// Its id, fresh.
    pub id: AuditId,
    /// Whose login; none where nobody has it.
    pub user_id: Option<UserId>,
    /// The user who did it; none for strangers and for the service itself.
    pub actor: Option<UserId>,
    /// What was done: a noun, a dot and a participle, such as `session.begun`.
    pub action: String,
    /// The session that began, ended or acted.
    pub session_id: Option<SessionId>,
    /// Where the request came from.
    pub origin: Origin,
    /// How it was, as JSON; empty where there is nothing to tell. Never a secret.
    pub before: String,
    /// How it is, as JSON; empty where there is nothing to tell. Never a secret.
    pub after: String,
    /// Why; empty where nobody said.
    pub reason: String,
    /// When.
    pub created_at: Timestamp,
}

/// Adds a line to the logins' audit log, in the transaction of what it tells of.
///
/// # Errors
/// When the database refuses.
pub fn record(conn: &mut Conn, new: &NewUserAudit) -> Result<(), StorageError> {
    let line = UserAudit {
        id: new.id,
        user_id: new.user_id,
        actor: new.actor,
        action: new.action.clone(),
        session_id: new.session_id,
        request_id: new.origin.request_id.clone(),
        before: new.before.clone(),
        after: new.after.clone(),
        reason: new.reason.clone(),
        created_at: new.created_at,
        origin: new.origin.stored(),
    };
    audits::insert_user_audit(conn, &line)
}

impl Origin {
    /// What is kept of it; none for the service itself.
    fn stored(&self) -> Option<StoredOrigin> {
        let user_agent =
            self.user_agent.as_ref().map(|text| text.chars().take(USER_AGENT_CHARS_MAX).collect());
        let address = self.address.map(|address| address.to_string());
        (!self.request_id.is_empty()).then_some(StoredOrigin { address, user_agent })
    }
}

/// Which lines of a community's audit log a caller asks for, as they wrote it.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// Not before, RFC 3339.
    pub from: Option<String>,
    /// Before, RFC 3339.
    pub to: Option<String>,
    /// Only this action.
    pub action: Option<String>,
    /// Only by this member or user.
    pub actor: Option<String>,
    /// Only on this account, by code or id, or on another thing, by id.
    pub subject: Option<String>,
    /// How many.
    pub limit: Option<i64>,
    /// Where to go on.
    pub cursor: Option<String>,
}

/// A page of a community's audit log, with the names of those it speaks of.
#[derive(Debug, Clone)]
pub struct CommunityAudits {
    /// The community.
    pub community: Community,
    /// The lines, newest first.
    pub page: Page<CommunityAudit>,
    /// The members whom the actors operate here; else, without an id, the users' names.
    pub actors: HashMap<UserId, (Option<MemberId>, String)>,
    /// Codes and names of the subjects.
    pub subjects: HashMap<Uuid, (Option<String>, String)>,
}

impl Services {
    /// A line for the logins' audit log about a user's own doing, with nothing to tell of before and after.
    pub(super) fn own_audit(&self, action: &str, user_id: UserId, origin: &Origin) -> NewUserAudit {
        let now = self.now();
        NewUserAudit {
            id: AuditId::from_uuid((self.ids)().uuid_at(now)),
            user_id: Some(user_id),
            actor: Some(user_id),
            action: action.to_owned(),
            session_id: None,
            origin: origin.clone(),
            before: String::new(),
            after: String::new(),
            reason: String::new(),
            created_at: now,
        }
    }

    /// Notes where a request came from before the ledger does what it asks for, so that who goes away meanwhile
    /// leaves no gap.
    pub(super) async fn note_origin(&self, origin: &Origin) -> Result<(), ServiceError> {
        let (Some(stored), now, request_id) = (origin.stored(), self.now(), origin.request_id.clone()) else {
            return Ok(());
        };
        let noted = self.ledger.write(move |conn| audits::insert_origin(conn, &request_id, &stored, now));
        Ok(noted.await?)
    }

    /// A page of a community's audit log. For its admins.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer does not belong to it; a refusal when they are no admin; what is
    /// wrong with the filters.
    pub async fn community_audits(
        &self,
        bearer: &Bearer,
        code: String,
        query: AuditQuery,
    ) -> Result<CommunityAudits, ServiceError> {
        let length = page_length(query.limit)?;
        let parsed = ParsedQuery::new(&query)?;
        let context = format!(
            "audits|{}|{code}|{:?}|{:?}|{:?}|{:?}|{:?}",
            bearer.authority.user_id, query.from, query.to, query.action, query.actor, query.subject
        );
        let before = self.audit_place(&context, query.cursor.as_deref())?;
        let (now, caller) = (self.now(), bearer.clone());
        let (community, mut items, actors, subjects) = self
            .ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let community = find_community(conn, &code)?;
                let membership = require_membership(conn, community, &caller.authority)?;
                membership.require(Right::ReadAudit)?;
                let community = membership.community;
                let Some(filter) = parsed.filter(conn, &community, before)? else {
                    return Ok::<_, ServiceError>((community, Vec::new(), HashMap::new(), HashMap::new()));
                };
                let items = audits::of_community(conn, community.id, &filter, length + 1)?;
                let actors = name_actors(conn, &community, &items)?;
                let ids: Vec<_> = items.iter().map(|line| line.subject_id).collect();
                let subjects = audits::subjects(conn, community.id, &ids)?;
                let subjects = subjects.into_iter().map(|(id, code, name)| (id, (code, name))).collect();
                Ok((community, items, actors, subjects))
            })
            .await?;
        let has_more = cut(&mut items, length);
        let next_cursor =
            items.last().filter(|_| has_more).map(|line| self.cursors.encode(&context, &line.id.to_string()));
        Ok(CommunityAudits { community, page: Page { items, next_cursor }, actors, subjects })
    }

    /// A page of what happened to the bearer's own login, newest first.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] when the session has ended; what is wrong with the page.
    pub async fn own_audits(
        &self,
        bearer: &Bearer,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> Result<Page<UserAudit>, ServiceError> {
        let length = page_length(limit)?;
        let context = format!("own-audits|{}", bearer.authority.user_id);
        let before = self.audit_place(&context, cursor.as_deref())?;
        let (now, caller) = (self.now(), bearer.clone());
        let mut items = self
            .ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                Ok::<_, ServiceError>(audits::of_user(conn, caller.authority.user_id, before, length + 1)?)
            })
            .await?;
        let has_more = cut(&mut items, length);
        let next_cursor =
            items.last().filter(|_| has_more).map(|line| self.cursors.encode(&context, &line.id.to_string()));
        Ok(Page { items, next_cursor })
    }

    fn audit_place(&self, context: &str, cursor: Option<&str>) -> Result<Option<AuditId>, ServiceError> {
        let Some(cursor) = cursor else { return Ok(None) };
        // A place in a cursor whose authenticity was checked is one that we wrote.
        Ok(self.cursors.decode(context, cursor)?.parse().ok())
    }
}

/// A query whose texts were understood.
struct ParsedQuery {
    filter: CommunityAuditFilter,
    actor: Option<Uuid>,
    subject: Option<Subject>,
}

enum Subject {
    Id(Uuid),
    Code(String),
}

impl ParsedQuery {
    fn new(query: &AuditQuery) -> Result<Self, ServiceError> {
        let mut faults = Vec::new();
        let mut time = |name: &str, text: &Option<String>| {
            let parsed = text.as_deref().map(Timestamp::parse_rfc3339);
            if parsed == Some(None) {
                faults.push(Fault::new(name, "malformed_time", "must be a time in RFC 3339"));
            }
            parsed.flatten()
        };
        let (from, to) = (time("from", &query.from), time("to", &query.to));
        let actor = query.actor.as_deref().map(str::parse::<Uuid>);
        if matches!(actor, Some(Err(_))) {
            faults.push(Fault::new("actor", "malformed_id", "must be a member's or a user's id"));
        }
        let subject = query.subject.as_deref().map(|text| match text.parse() {
            Ok(AccountReference::Code(code)) => Some(Subject::Code(code.to_string())),
            Ok(AccountReference::Id(id)) => Some(Subject::Id(id.uuid())),
            Err(_) => None,
        });
        if matches!(subject, Some(None)) {
            faults.push(Fault::new("subject", "malformed_reference", "must be an account's code, or an id"));
        }
        if query.action.as_ref().is_some_and(|action| action.chars().count() > FILTER_CHARS_MAX) {
            faults.push(Fault::new(
                "action",
                "too_long",
                format!("must have at most {FILTER_CHARS_MAX} characters"),
            ));
        }
        if !faults.is_empty() {
            return Err(ServiceError::Invalid(faults));
        }
        // PostgreSQL's texts hold no zero character, and no action has one.
        let action = query.action.clone().map(|action| action.replace('\0', "\u{fffd}"));
        let filter = CommunityAuditFilter { from, to, action, ..CommunityAuditFilter::default() };
        Ok(Self { filter, actor: actor.and_then(Result::ok), subject: subject.flatten() })
    }

    /// The filter, with names looked up; none where nothing can fit.
    fn filter(
        self,
        conn: &mut Conn,
        community: &Community,
        before: Option<AuditId>,
    ) -> Result<Option<CommunityAuditFilter>, StorageError> {
        let mut filter = CommunityAuditFilter { before, ..self.filter };
        if let Some(actor) = self.actor {
            let mut actors = audits::users_of_member(conn, community.id, MemberId::from_uuid(actor))?;
            actors.push(UserId::from_uuid(actor));
            filter.actors = Some(actors);
        }
        filter.subject_id = match self.subject {
            None => None,
            Some(Subject::Id(id)) => Some(id),
            Some(Subject::Code(code)) => match accounts::find_by_code(conn, community.id, &code)? {
                Some(account) => Some(account.id.uuid()),
                None => return Ok(None),
            },
        };
        Ok(Some(filter))
    }
}

fn name_actors(
    conn: &mut Conn,
    community: &Community,
    items: &[CommunityAudit],
) -> Result<HashMap<UserId, (Option<MemberId>, String)>, StorageError> {
    let mut ids: Vec<_> = items.iter().filter_map(|line| line.actor).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut names: HashMap<_, _> =
        audits::user_names(conn, &ids)?.into_iter().map(|(id, name)| (id, (None, name))).collect();
    // Of several members, the one who joined first stands for the user.
    for (user_id, member_id, name) in audits::members_of_users(conn, community.id, &ids)?.into_iter().rev() {
        names.insert(user_id, (Some(member_id), name));
    }
    Ok(names)
}
