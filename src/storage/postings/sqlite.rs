//! One statement for each table: the batch's rows travel as one JSON array of arrays, ids and hashes in hexadecimal.

use diesel::SqliteConnection;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;

use super::super::StorageError;
use super::super::types::Id;
use super::{Written, pack_events};
use crate::domain::ids::CommunityId;
use crate::domain::records::{Head, Postings};
use crate::domain::time::Timestamp;

/// Writes the batch, or nothing where the head had moved.
pub(super) fn write(conn: &mut SqliteConnection, postings: &Postings) -> Result<Written, StorageError> {
    if move_head(conn, postings.from_version, &postings.head)? == 0 {
        return Ok(Written::HeadMoved);
    }
    let mut writer = Writer { conn, community_id: postings.head.community_id, rows: JsonRows::default() };
    writer.write_chain(postings)?;
    writer.write_payments(postings)?;
    writer.write_keys(postings)?;
    insert_events(conn, postings)?;
    Ok(Written::Whole)
}

fn move_head(conn: &mut SqliteConnection, from_version: i64, head: &Head) -> Result<usize, StorageError> {
    use super::super::schema::heads;
    Ok(diesel::update(heads::table.find(head.community_id).filter(heads::version.eq(from_version)))
        .set((
            heads::version.eq(head.version),
            heads::seq.eq(head.seq),
            heads::hash.eq(head.hash.as_slice()),
            heads::event_seq.eq(head.event_seq),
            heads::transfers.eq(head.transfers),
            heads::entries.eq(head.entries),
            heads::accounts.eq(head.accounts),
            heads::last_at.eq(head.last_at),
        ))
        .execute(conn)?)
}

fn insert_events(conn: &mut SqliteConnection, postings: &Postings) -> Result<(), StorageError> {
    use super::super::schema::event_batches;
    let Some((first, last)) = postings.events.first().zip(postings.events.last()) else { return Ok(()) };
    diesel::insert_into(event_batches::table)
        .values((
            event_batches::community_id.eq(postings.head.community_id),
            event_batches::last_seq.eq(last.event_seq),
            event_batches::first_seq.eq(first.event_seq),
            event_batches::events.eq(pack_events(&postings.events)),
        ))
        .execute(conn)?;
    Ok(())
}

struct Writer<'a> {
    conn: &'a mut SqliteConnection,
    community_id: CommunityId,
    rows: JsonRows,
}

const INSERT_RECORDS: &str = "INSERT INTO records (community_id, seq, kind, id, undone_id, created_at, salt, digest, hash) \
     SELECT {community}, value->>0, value->>1, unhex(value->>2), unhex(value->>3), value->>4, unhex(value->>5), unhex(value->>6), \
     unhex(value->>7) FROM json_each({rows})";
const INSERT_ENTRIES: &str = "INSERT INTO entries (community_id, account_id, account_seq, seq, position, kind, amount, \
     balance_after, negative_since, payment_id) SELECT {community}, unhex(value->>0), value->>1, value->>2, value->>3, \
     value->>4, value->>5, value->>6, value->>7, unhex(value->>8) FROM json_each({rows})";
const INSERT_PAYMENTS: &str = "INSERT INTO payments (community_id, id, event_seq, state, payer_id, payee_id, amount, \
     created_by, created_at, completed_at, transfer_seq, text_salt, description) SELECT {community}, unhex(value->>0), value->>1, value->>2, \
     unhex(value->>3), unhex(value->>4), value->>5, unhex(value->>6), value->>7, value->>8, value->>9, unhex(value->>10), \
     value->>11 FROM json_each({rows})";
const INSERT_KEYS: &str = "INSERT INTO idempotency_keys (community_id, key_hash, result_id, fingerprint, status, body) \
     SELECT {community}, unhex(value->>0), unhex(value->>1), unhex(value->>2), value->>3, CAST(value->>4 AS BLOB) FROM json_each({rows})";

impl Writer<'_> {
    fn write_chain(&mut self, postings: &Postings) -> Result<(), StorageError> {
        for record in &postings.records {
            self.rows.begin();
            self.rows.number(record.seq);
            self.rows.number(record.kind.code().into());
            self.rows.bytes(record.id.uuid().as_bytes());
            self.rows.optional_bytes(record.undone_id.map(|id| id.uuid().into_bytes()));
            self.rows.number(record.created_at.micros());
            self.rows.bytes(&record.salt);
            self.rows.bytes(&record.digest);
            self.rows.bytes(&record.hash);
            self.rows.end();
        }
        self.insert(INSERT_RECORDS, postings.records.len())?;
        for entry in &postings.entries {
            self.rows.begin();
            self.rows.bytes(entry.account_id.uuid().as_bytes());
            self.rows.number(entry.account_seq);
            self.rows.number(entry.seq);
            self.rows.number(entry.position.into());
            self.rows.number(entry.kind.code().into());
            self.rows.number(entry.amount.minor());
            self.rows.number(entry.balance_after.minor());
            self.rows.optional_number(entry.negative_since.map(Timestamp::micros));
            self.rows.bytes(entry.payment_id.uuid().as_bytes());
            self.rows.end();
        }
        self.insert(INSERT_ENTRIES, postings.entries.len())
    }

    fn write_payments(&mut self, postings: &Postings) -> Result<(), StorageError> {
        for payment in &postings.payments {
            self.rows.begin();
            self.rows.bytes(payment.id.uuid().as_bytes());
            self.rows.number(payment.event_seq);
            self.rows.number(payment.state.code().into());
            self.rows.bytes(payment.payer.account_id.uuid().as_bytes());
            self.rows.bytes(payment.payee.account_id.uuid().as_bytes());
            self.rows.number(payment.amount.minor());
            self.rows.optional_bytes(payment.created_by.map(|id| id.uuid().into_bytes()));
            self.rows.number(payment.created_at.micros());
            self.rows.optional_number(payment.completed_at.map(Timestamp::micros));
            self.rows.optional_number(payment.transfer.map(|transfer| transfer.seq));
            self.rows.optional_bytes(payment.text_salt);
            match payment.text_salt {
                Some(_) => self.rows.text(&payment.description),
                None => self.rows.null(),
            }
            self.rows.end();
        }
        self.insert(INSERT_PAYMENTS, postings.payments.len())
    }

    fn write_keys(&mut self, postings: &Postings) -> Result<(), StorageError> {
        for (hash, answer) in &postings.keys {
            self.rows.begin();
            self.rows.bytes(&hash.0);
            self.rows.bytes(answer.result_id.as_bytes());
            self.rows.bytes(&answer.fingerprint);
            self.rows.number(answer.status.into());
            match answer.body.as_deref().map(str::from_utf8) {
                Some(Ok(body)) => self.rows.text(body),
                Some(Err(_)) => return Err(StorageError::Corrupt("an answer that is not UTF-8".into())),
                None => self.rows.null(),
            }
            self.rows.end();
        }
        self.insert(INSERT_KEYS, postings.keys.len())
    }

    fn insert(&mut self, sql: &'static str, expected: usize) -> Result<(), StorageError> {
        let inserted = self.execute(sql)?;
        assert_eq!(inserted, expected, "every row of the batch is written");
        Ok(())
    }

    /// Runs the statement over the rows gathered, unless there are none, and forgets them.
    fn execute(&mut self, sql: &'static str) -> Result<usize, StorageError> {
        if self.rows.is_empty() {
            return Ok(0);
        }
        let json = self.rows.take();
        Ok(WriteRows { sql, community_id: self.community_id, json: &json }.execute(self.conn)?)
    }
}

/// A JSON array of arrays in the making.
#[derive(Default)]
struct JsonRows {
    json: String,
}

impl JsonRows {
    const fn is_empty(&self) -> bool {
        self.json.is_empty()
    }

    fn begin(&mut self) {
        self.json.push(if self.json.is_empty() { '[' } else { ',' });
        self.json.push('[');
    }

    fn end(&mut self) {
        self.json.push(']');
    }

    fn separate(&mut self) {
        if !self.json.ends_with('[') {
            self.json.push(',');
        }
    }

    fn number(&mut self, number: i64) {
        use std::fmt::Write;
        self.separate();
        // Writing to a string cannot fail.
        let _ = write!(self.json, "{number}");
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.separate();
        self.json.push('"');
        self.json.extend(bytes.iter().flat_map(|byte| [hex_digit(byte >> 4), hex_digit(byte & 15)]));
        self.json.push('"');
    }

    fn text(&mut self, text: &str) {
        self.separate();
        self.json.push_str(&serde_json::Value::from(text).to_string());
    }

    fn null(&mut self) {
        self.separate();
        self.json.push_str("null");
    }

    fn optional_number(&mut self, number: Option<i64>) {
        match number {
            Some(number) => self.number(number),
            None => self.null(),
        }
    }

    fn optional_bytes(&mut self, bytes: Option<[u8; 16]>) {
        match bytes {
            Some(bytes) => self.bytes(&bytes),
            None => self.null(),
        }
    }

    fn take(&mut self) -> String {
        self.json.push(']');
        std::mem::take(&mut self.json)
    }
}

/// The digit of a number below sixteen.
fn hex_digit(number: u8) -> char {
    char::from(if number < 10 { b'0' + number } else { b'a' + number - 10 })
}

/// A statement over `{community}`, the community's id, and `{rows}`, the JSON text.
struct WriteRows<'a> {
    sql: &'static str,
    community_id: CommunityId,
    json: &'a str,
}

impl QueryFragment<Sqlite> for WriteRows<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        for part in self.sql.split_inclusive('}') {
            if let Some(sql) = part.strip_suffix("{community}") {
                out.push_sql(sql);
                out.push_bind_param::<Id, _>(&self.community_id)?;
            } else if let Some(sql) = part.strip_suffix("{rows}") {
                out.push_sql(sql);
                out.push_bind_param::<Text, _>(self.json)?;
            } else {
                out.push_sql(part);
            }
        }
        Ok(())
    }
}

/// Without a static id, diesel keeps the prepared statement under its text.
impl QueryId for WriteRows<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<SqliteConnection> for WriteRows<'_> {}
