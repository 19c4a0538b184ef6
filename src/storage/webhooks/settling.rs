//! Noting what became of many attempts with one statement: the log of a busy endpoint costs a few writes a second, however many
//! messages those are.

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::{Value, json};

use super::deliveries::{EndpointKey, code};
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

const POSTGRES: &str = "UPDATE webhook_deliveries AS d SET state = s.state, attempts = d.attempts + 1, due_at = s.due_at, \
     attempted_at = s.at, status = s.status, error = s.error, duration_ms = s.duration_ms, request = s.request, answer = s.answer \
     FROM json_to_recordset($1::json) AS s(community uuid, endpoint uuid, id uuid, lease bigint, state smallint, due_at bigint, \
     at bigint, status integer, error text, duration_ms bigint, request text, answer text) \
     WHERE d.community_id = s.community AND d.endpoint_id = s.endpoint AND d.id = s.id AND d.state = 1 AND d.due_at = s.lease";
const SQLITE: &str = "UPDATE webhook_deliveries SET state = s.state, attempts = attempts + 1, due_at = s.due_at, \
     attempted_at = s.at, status = s.status, error = s.error, duration_ms = s.duration_ms, request = s.request, answer = s.answer \
     FROM (SELECT unhex(value->>'community') AS community, unhex(value->>'endpoint') AS endpoint, unhex(value->>'id') AS delivery, \
     value->>'lease' AS lease, value->>'state' AS state, value->>'due_at' AS due_at, value->>'at' AS at, value->>'status' AS status, \
     value->>'error' AS error, value->>'duration_ms' AS duration_ms, value->>'request' AS request, value->>'answer' AS answer \
     FROM json_each(?)) AS s WHERE webhook_deliveries.community_id = s.community AND webhook_deliveries.endpoint_id = s.endpoint \
     AND webhook_deliveries.id = s.delivery AND webhook_deliveries.state = 1 AND webhook_deliveries.due_at = s.lease";

/// Notes what became of these attempts. Those that somebody else has taken since, because the lease ended, are left alone.
/// How many were noted.
///
/// # Errors
/// When the database refuses.
pub fn settle(conn: &mut Conn, settled: &[Settled]) -> Result<usize, StorageError> {
    let rows: Vec<Value> = settled.iter().map(row).collect();
    let rows = Value::Array(rows).to_string();
    Ok(match conn {
        Conn::Postgres(c) => diesel::sql_query(POSTGRES).bind::<Text, _>(rows).execute(&mut **c)?,
        Conn::Sqlite(c) => diesel::sql_query(SQLITE).bind::<Text, _>(rows).execute(&mut **c)?,
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
