//! What lines of the audit logs look like.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::amount::{Amount, Scale};
use crate::domain::ids::{MemberId, SessionId};
use crate::services::audit::{CommunityAudit, CommunityAudits, UserAudit};

/// The end of the names of amounts in stored JSON, which are in minor units there.
const MINOR: &str = "_minor";

/// Where a request came from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditOrigin)]
pub struct OriginView {
    /// The client's address.
    #[schema(example = "192.0.2.17")]
    address: Option<String>,
    /// What the client said of itself.
    #[schema(example = "RiverWallet/3.1")]
    user_agent: Option<String>,
}

/// Who did something.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditActor)]
pub struct ActorView {
    /// The user's id.
    user_id: Uuid,
    /// The member whom the user operates in the community; null where it is none.
    member_id: Option<Uuid>,
    /// The member's name, or else the user's.
    #[schema(example = "Greta Miller")]
    name: Option<String>,
}

/// What something was done to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditSubject)]
pub struct SubjectView {
    /// Its id.
    id: Uuid,
    /// An account's code; null for other things.
    #[schema(example = "RIVER0001")]
    code: Option<String>,
    /// Its name.
    #[schema(example = "Ada Brook")]
    name: Option<String>,
}

/// A line of a community's audit log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditLine)]
pub struct AuditView {
    /// Its id.
    id: Uuid,
    /// Who did it; null for the service itself.
    actor: Option<ActorView>,
    /// What was done.
    #[schema(example = "account.limits")]
    action: String,
    /// To what.
    subject: SubjectView,
    /// How it was.
    #[schema(value_type = Object, example = json!({"credit_limit": "100.00", "ceiling": null}))]
    before: Value,
    /// How it is since.
    #[schema(value_type = Object, example = json!({"credit_limit": "250.00", "ceiling": null}))]
    after: Value,
    /// Why; null where nobody said or it was erased.
    #[schema(example = "Good trader for a year")]
    reason: Option<String>,
    /// When.
    #[schema(example = "2026-09-21T14:13:20.000000Z")]
    created_at: String,
    /// The request that asked for it; null for the service itself.
    #[schema(example = "req_019a2f6b1c0a7bb4a3d25e6f708192a3")]
    request_id: Option<String>,
    /// Where that came from; null where it was erased.
    origin: Option<OriginView>,
}

/// A page of a community's audit log, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditPage {
    /// The lines.
    pub data: Vec<AuditView>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}

/// A line about one's own login.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnAuditLine)]
pub struct OwnAuditView {
    /// Its id.
    id: Uuid,
    /// What was done: `session.begun`, `session.ended`, `session.refresh_reused`, `sign_in.limit_reached` and others.
    #[schema(example = "session.begun")]
    action: String,
    /// Whether it was done with this login's own proof.
    is_own: bool,
    /// The session that began, ended or acted.
    session_id: Option<Uuid>,
    /// How it was; null where there is nothing to tell.
    #[schema(value_type = Option<Object>)]
    before: Value,
    /// How it is since; null where there is nothing to tell.
    #[schema(value_type = Option<Object>)]
    after: Value,
    /// Why; null where nobody said.
    reason: Option<String>,
    /// When.
    #[schema(example = "2026-09-21T14:13:20.000000Z")]
    created_at: String,
    /// Where it came from; null where it was erased.
    origin: Option<OriginView>,
}

/// A page about one's own login, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnAuditPage {
    /// The lines.
    pub data: Vec<OwnAuditView>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}

impl From<&CommunityAudits> for AuditPage {
    fn from(audits: &CommunityAudits) -> Self {
        let data = audits.page.items.iter().map(|line| AuditView::new(audits, line)).collect();
        Self { data, next_cursor: audits.page.next_cursor.clone() }
    }
}

impl AuditView {
    fn new(audits: &CommunityAudits, line: &CommunityAudit) -> Self {
        let actor = line.actor.map(|user_id| {
            let known = audits.actors.get(&user_id);
            ActorView {
                user_id: user_id.uuid(),
                member_id: known.and_then(|(member_id, _)| *member_id).map(MemberId::uuid),
                name: known.map(|(_, name)| name.clone()),
            }
        });
        let subject = audits.subjects.get(&line.subject_id);
        let scale = audits.community.scale;
        Self {
            id: line.id.uuid(),
            actor,
            action: line.action.clone(),
            subject: SubjectView {
                id: line.subject_id,
                code: subject.and_then(|(code, _)| code.clone()),
                name: subject.map(|(_, name)| name.clone()),
            },
            before: with_decimals(&line.before, scale),
            after: with_decimals(&line.after, scale),
            reason: line.reason.clone(),
            created_at: line.created_at.rfc3339(),
            request_id: Some(line.request_id.clone()).filter(|id| !id.is_empty()),
            origin: line.origin.as_ref().map(|origin| OriginView {
                address: origin.address.clone(),
                user_agent: origin.user_agent.clone(),
            }),
        }
    }
}

impl From<&UserAudit> for OwnAuditView {
    fn from(line: &UserAudit) -> Self {
        Self {
            id: line.id.uuid(),
            action: line.action.clone(),
            is_own: line.actor.is_some() && line.actor == line.user_id,
            session_id: line.session_id.map(SessionId::uuid),
            before: parse(&line.before),
            after: parse(&line.after),
            reason: Some(line.reason.clone()).filter(|reason| !reason.is_empty()),
            created_at: line.created_at.rfc3339(),
            origin: line.origin.as_ref().map(|origin| OriginView {
                address: origin.address.clone(),
                user_agent: origin.user_agent.clone(),
            }),
        }
    }
}

/// Stored JSON; null where there is none.
fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// Stored JSON with its amounts as decimal text, as everywhere in the API.
fn with_decimals(text: &str, scale: Scale) -> Value {
    let Value::Object(members) = parse(text) else { return Value::Null };
    let written = members.into_iter().map(|(name, value)| match name.strip_suffix(MINOR) {
        Some(short) => {
            let decimal = value.as_i64().map(|minor| scale.format(Amount::from_minor(minor)));
            (short.to_owned(), decimal.map_or(Value::Null, Value::String))
        }
        None => (name, value),
    });
    Value::Object(written.collect::<Map<_, _>>())
}
