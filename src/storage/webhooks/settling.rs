//! Noting what became of many attempts with one statement: the log of a busy endpoint costs a few writes a second, however many
//! messages those are.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde_json::{Value, json};

use super::deliveries::{EndpointKey, PastAttempt, code};
use crate::domain::ids::WebhookDeliveryId;
use crate::domain::time::Timestamp;
use crate::domain::webhooks::WebhookDeliveryState as State;
use crate::storage::{Conn, StorageError};

/// What became of an attempt.
#[derive(Debug, Clone)]
pub struct Settled {
    /// Whose delivery it is.
    pub endpoint: EndpointKey,
    /// Which.
    pub id: WebhookDeliveryId,
    /// Until when it was taken: whoever takes it later takes it for another time.
    pub lease: Timestamp,
    /// Where it stands now.
    pub state: State,
    /// When it is due, where it waits.
    pub due_at: Timestamp,
    /// When it was tried.
    pub at: Timestamp,
    /// The answer's status.
    pub status: Option<u16>,
    /// What went wrong.
    pub error: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// What was sent.
    pub request: String,
    /// What was answered.
    pub answer: String,
}

/// How many attempts before the last one are kept of a delivery: twice as many as it gets before somebody sends it once more.
const EARLIER_KEPT_MAX: i64 = 20;

/// The last attempt joins those before it, as JSON, the oldest of which goes where there are as many as are kept; of its answer,
/// 200 characters stay.
const POSTGRES: &str = "UPDATE webhook_deliveries AS d SET earlier = CASE WHEN d.attempted_at IS NULL THEN d.earlier ELSE \
     ((CASE WHEN jsonb_array_length(coalesce(d.earlier, '[]')::jsonb) < $2 THEN coalesce(d.earlier, '[]')::jsonb \
     ELSE d.earlier::jsonb - 0 END) || jsonb_build_object('at', d.attempted_at, 'status', d.status, 'error', d.error, \
     'duration_ms', d.duration_ms, 'answer', left(d.answer, 200)))::text END, \
     state = s.state, attempts = d.attempts + 1, due_at = s.due_at, \
     attempted_at = s.at, status = s.status, error = s.error, duration_ms = s.duration_ms, request = s.request, answer = s.answer \
     FROM json_to_recordset($1::json) AS s(community uuid, endpoint uuid, id uuid, lease bigint, state smallint, due_at bigint, \
     at bigint, status integer, error text, duration_ms bigint, request text, answer text) \
     WHERE d.community_id = s.community AND d.endpoint_id = s.endpoint AND d.id = s.id AND d.state = 1 AND d.due_at = s.lease";
const SQLITE: &str = "UPDATE webhook_deliveries AS d SET earlier = CASE WHEN d.attempted_at IS NULL THEN d.earlier ELSE \
     json_insert(CASE WHEN json_array_length(coalesce(d.earlier, '[]')) < ?2 THEN coalesce(d.earlier, '[]') \
     ELSE json_remove(d.earlier, '$[0]') END, '$[#]', json_object('at', d.attempted_at, 'status', d.status, 'error', d.error, \
     'duration_ms', d.duration_ms, 'answer', substr(d.answer, 1, 200))) END, \
     state = s.state, attempts = d.attempts + 1, due_at = s.due_at, \
     attempted_at = s.at, status = s.status, error = s.error, duration_ms = s.duration_ms, request = s.request, answer = s.answer \
     FROM (SELECT unhex(value->>'community') AS community, unhex(value->>'endpoint') AS endpoint, unhex(value->>'id') AS delivery, \
     value->>'lease' AS lease, value->>'state' AS state, value->>'due_at' AS due_at, value->>'at' AS at, value->>'status' AS status, \
     value->>'error' AS error, value->>'duration_ms' AS duration_ms, value->>'request' AS request, value->>'answer' AS answer \
     FROM json_each(?1)) AS s WHERE d.community_id = s.community AND d.endpoint_id = s.endpoint \
     AND d.id = s.delivery AND d.state = 1 AND d.due_at = s.lease";

/// Notes what became of these attempts. Those that somebody else has taken since, because the lease ended, are left alone.
/// How many were noted.
///
/// # Errors
/// When the database refuses.
pub fn settle(conn: &mut Conn, settled: &[Settled]) -> Result<usize, StorageError> {
    let rows: Vec<Value> = settled.iter().map(row).collect();
    let rows = Value::Array(rows).to_string();
    Ok(match conn {
        Conn::Postgres(c) => diesel::sql_query(POSTGRES)
            .bind::<Text, _>(rows)
            .bind::<BigInt, _>(EARLIER_KEPT_MAX)
            .execute(&mut **c)?,
        Conn::Sqlite(c) => diesel::sql_query(SQLITE)
            .bind::<Text, _>(rows)
            .bind::<BigInt, _>(EARLIER_KEPT_MAX)
            .execute(&mut **c)?,
    })
}

fn row(one: &Settled) -> Value {
    json!({
        "community": one.endpoint.0.uuid().simple().to_string(),
        "endpoint": one.endpoint.1.uuid().simple().to_string(),
        "id": one.id.uuid().simple().to_string(),
        "lease": one.lease.micros(),
        "state": code(one.state),
        "due_at": one.due_at.micros(),
        "at": one.at.micros(),
        "status": one.status,
        "error": one.error,
        "duration_ms": one.duration_ms,
        "request": one.request,
        "answer": one.answer,
    })
}

/// The attempts before the last one, as they were kept.
pub(super) fn read_earlier(text: &str) -> Result<Vec<PastAttempt>, StorageError> {
    let corrupt = || StorageError::Corrupt("a webhook delivery's earlier attempts".into());
    let kept: Vec<Value> = serde_json::from_str(text).map_err(|_| corrupt())?;
    let attempt = |one: &Value| {
        let text = |name: &str| one.get(name).and_then(Value::as_str).map(str::to_owned);
        let number = |name: &str| one.get(name).and_then(Value::as_i64);
        Some(PastAttempt {
            at: Timestamp::from_micros(number("at")?),
            status: number("status").and_then(|status| i32::try_from(status).ok()),
            error: text("error"),
            duration_ms: number("duration_ms").unwrap_or(0),
            request: None,
            answer: text("answer"),
        })
    };
    kept.iter().map(|one| attempt(one).ok_or_else(corrupt)).collect()
}
