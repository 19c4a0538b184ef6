//! One statement for a batch of plain payments: the head moves by compare-and-set on its version, and every
//! other write happens only where it moved. Prepared once; the batch travels as arrays.

use diesel::PgConnection;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, SmallInt, Text};

use super::{Written, pack_events};
use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, PaymentId, RecordId, UserId};
use crate::domain::records::Postings;
use crate::domain::time::Timestamp;
use crate::storage::StorageError;
use crate::storage::types::{AnyId, Id};

/// Writes the batch, or nothing where the head had moved.
pub(super) fn write(conn: &mut PgConnection, postings: &Postings) -> Result<Written, StorageError> {
    let moved: i64 = WriteBatch::new(postings).get_result(conn)?;
    Ok(if moved == 1 { Written::Whole } else { Written::HeadMoved })
}

/// The batch, turned into one array for each column.
struct WriteBatch<'a> {
    postings: &'a Postings,
    records: Records<'a>,
    entries: Entries,
    payments: Payments<'a>,
    keys: Keys<'a>,
    events: EventBatch,
}

#[derive(Default)]
struct Records<'a> {
    seq: Vec<i64>,
    kind: Vec<i16>,
    id: Vec<RecordId>,
    undone_id: Vec<Option<RecordId>>,
    created_at: Vec<Timestamp>,
    salt: Vec<&'a [u8]>,
    digest: Vec<&'a [u8]>,
    hash: Vec<&'a [u8]>,
}

#[derive(Default)]
struct Entries {
    account_id: Vec<AccountId>,
    account_seq: Vec<i64>,
    seq: Vec<i64>,
    position: Vec<i32>,
    kind: Vec<i16>,
    amount: Vec<Amount>,
    balance_after: Vec<Amount>,
    negative_since: Vec<Option<Timestamp>>,
    payment_id: Vec<PaymentId>,
}

#[derive(Default)]
struct Payments<'a> {
    id: Vec<PaymentId>,
    event_seq: Vec<i64>,
    state: Vec<i16>,
    payer_id: Vec<AccountId>,
    payee_id: Vec<AccountId>,
    amount: Vec<Amount>,
    created_by: Vec<Option<UserId>>,
    created_at: Vec<Timestamp>,
    completed_at: Vec<Option<Timestamp>>,
    transfer_seq: Vec<Option<i64>>,
    text_salt: Vec<Option<&'a [u8]>>,
    description: Vec<Option<&'a str>>,
}

#[derive(Default)]
struct Keys<'a> {
    key_hash: Vec<&'a [u8]>,
    result_id: Vec<AnyId>,
    fingerprint: Vec<&'a [u8]>,
    status: Vec<i64>,
    body: Vec<Option<&'a [u8]>>,
}

/// One row, or none where nothing is told.
#[derive(Default)]
struct EventBatch {
    last_seq: Vec<i64>,
    first_seq: Vec<i64>,
    events: Vec<Vec<u8>>,
}

impl<'a> WriteBatch<'a> {
    fn new(postings: &'a Postings) -> Self {
        let mut batch = Self {
            postings,
            records: Records::default(),
            entries: Entries::default(),
            payments: Payments::default(),
            keys: Keys::default(),
            events: EventBatch::default(),
        };
        batch.fill_chain();
        batch.fill_payments();
        batch.fill_keys_and_events();
        batch
    }

    fn fill_chain(&mut self) {
        for record in &self.postings.records {
            self.records.seq.push(record.seq);
            self.records.kind.push(record.kind.code().into());
            self.records.id.push(record.id);
            self.records.undone_id.push(record.undone_id);
            self.records.created_at.push(record.created_at);
            self.records.salt.push(&record.salt);
            self.records.digest.push(&record.digest);
            self.records.hash.push(&record.hash);
        }
        for entry in &self.postings.entries {
            self.entries.account_id.push(entry.account_id);
            self.entries.account_seq.push(entry.account_seq);
            self.entries.seq.push(entry.seq);
            self.entries.position.push(entry.position);
            self.entries.kind.push(entry.kind.code().into());
            self.entries.amount.push(entry.amount);
            self.entries.balance_after.push(entry.balance_after);
            self.entries.negative_since.push(entry.negative_since);
            self.entries.payment_id.push(entry.payment_id);
        }
    }

    fn fill_payments(&mut self) {
        for payment in &self.postings.payments {
            self.payments.id.push(payment.id);
            self.payments.event_seq.push(payment.event_seq);
            self.payments.state.push(payment.state.code().into());
            self.payments.payer_id.push(payment.payer.account_id);
            self.payments.payee_id.push(payment.payee.account_id);
            self.payments.amount.push(payment.amount);
            self.payments.created_by.push(payment.created_by);
            self.payments.created_at.push(payment.created_at);
            self.payments.completed_at.push(payment.completed_at);
            self.payments.transfer_seq.push(payment.transfer.map(|transfer| transfer.seq));
            let salt = payment.text_salt.as_ref().map(<[u8; 16]>::as_slice);
            self.payments.text_salt.push(salt);
            self.payments.description.push(salt.map(|_| payment.description.as_str()));
        }
    }

    fn fill_keys_and_events(&mut self) {
        for (hash, answer) in &self.postings.keys {
            self.keys.key_hash.push(&hash.0);
            self.keys.result_id.push(AnyId::from_uuid(answer.result_id));
            self.keys.fingerprint.push(&answer.fingerprint);
            self.keys.status.push(answer.status.into());
            self.keys.body.push(answer.body.as_deref());
        }
        if let Some((first, last)) = self.postings.events.first().zip(self.postings.events.last()) {
            self.events.last_seq.push(last.event_seq);
            self.events.first_seq.push(first.event_seq);
            self.events.events.push(pack_events(&self.postings.events));
        }
    }
}

/// Pushes `INSERT INTO table (columns) SELECT moved.community_id, d.* FROM moved, unnest(…) AS d` as one part.
macro_rules! insert_part {
    ($out:ident, $name:literal, $table:literal, [$($column:literal: $sql_type:ty = $values:expr),* $(,)?]) => {
        $out.push_sql(concat!(", ", $name, " AS (INSERT INTO ", $table, " (community_id", $(", ", $column,)*
            ") SELECT moved.community_id, d.* FROM moved, unnest("));
        insert_part!(@values $out, $($sql_type = $values),*);
        $out.push_sql(") AS d)");
    };
    (@values $out:ident, $first_type:ty = $first:expr $(, $sql_type:ty = $values:expr)*) => {
        $out.push_bind_param::<Array<$first_type>, _>($first)?;
        $($out.push_sql(", ");
        $out.push_bind_param::<Array<$sql_type>, _>($values)?;)*
    };
}

impl QueryFragment<Pg> for WriteBatch<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.walk_head(out.reborrow())?;
        self.walk_chain(out.reborrow())?;
        self.walk_payments(out.reborrow())?;
        self.walk_keys_and_events(out.reborrow())?;
        out.push_sql(" SELECT count(*) FROM moved");
        Ok(())
    }
}

impl WriteBatch<'_> {
    fn walk_head<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let head = &self.postings.head;
        out.push_sql("WITH moved AS (UPDATE heads SET version = ");
        out.push_bind_param::<BigInt, _>(&head.version)?;
        out.push_sql(", seq = ");
        out.push_bind_param::<BigInt, _>(&head.seq)?;
        out.push_sql(", hash = ");
        out.push_bind_param::<Binary, _>(&head.hash)?;
        out.push_sql(", event_seq = ");
        out.push_bind_param::<BigInt, _>(&head.event_seq)?;
        out.push_sql(", transfers = ");
        out.push_bind_param::<BigInt, _>(&head.transfers)?;
        out.push_sql(", entries = ");
        out.push_bind_param::<BigInt, _>(&head.entries)?;
        out.push_sql(", accounts = ");
        out.push_bind_param::<BigInt, _>(&head.accounts)?;
        out.push_sql(", last_at = ");
        out.push_bind_param::<BigInt, _>(&head.last_at)?;
        out.push_sql(" WHERE community_id = ");
        out.push_bind_param::<Id, _>(&head.community_id)?;
        out.push_sql(" AND version = ");
        out.push_bind_param::<BigInt, _>(&self.postings.from_version)?;
        out.push_sql(" RETURNING community_id)");
        Ok(())
    }

    fn walk_chain<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let records = &self.records;
        insert_part!(out, "w_records", "records", [
            "seq": BigInt = &records.seq,
            "kind": SmallInt = &records.kind,
            "id": Id = &records.id,
            "undone_id": Nullable<Id> = &records.undone_id,
            "created_at": BigInt = &records.created_at,
            "salt": Binary = &records.salt,
            "digest": Binary = &records.digest,
            "hash": Binary = &records.hash,
        ]);
        let entries = &self.entries;
        insert_part!(out, "w_entries", "entries", [
            "account_id": Id = &entries.account_id,
            "account_seq": BigInt = &entries.account_seq,
            "seq": BigInt = &entries.seq,
            "position": Integer = &entries.position,
            "kind": SmallInt = &entries.kind,
            "amount": BigInt = &entries.amount,
            "balance_after": BigInt = &entries.balance_after,
            "negative_since": Nullable<BigInt> = &entries.negative_since,
            "payment_id": Id = &entries.payment_id,
        ]);
        Ok(())
    }

    fn walk_payments<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let payments = &self.payments;
        insert_part!(out, "w_payments", "payments", [
            "id": Id = &payments.id,
            "event_seq": BigInt = &payments.event_seq,
            "state": SmallInt = &payments.state,
            "payer_id": Id = &payments.payer_id,
            "payee_id": Id = &payments.payee_id,
            "amount": BigInt = &payments.amount,
            "created_by": Nullable<Id> = &payments.created_by,
            "created_at": BigInt = &payments.created_at,
            "completed_at": Nullable<BigInt> = &payments.completed_at,
            "transfer_seq": Nullable<BigInt> = &payments.transfer_seq,
            "text_salt": Nullable<Binary> = &payments.text_salt,
            "description": Nullable<Text> = &payments.description,
        ]);
        Ok(())
    }

    fn walk_keys_and_events<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let keys = &self.keys;
        insert_part!(out, "w_keys", "idempotency_keys", [
            "key_hash": Binary = &keys.key_hash,
            "result_id": Id = &keys.result_id,
            "fingerprint": Binary = &keys.fingerprint,
            "status": BigInt = &keys.status,
            "body": Nullable<Binary> = &keys.body,
        ]);
        let events = &self.events;
        insert_part!(out, "w_events", "event_batches", [
            "last_seq": BigInt = &events.last_seq,
            "first_seq": BigInt = &events.first_seq,
            "events": Binary = &events.events,
        ]);
        Ok(())
    }
}

impl QueryId for WriteBatch<'_> {
    type QueryId = WriteBatch<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for WriteBatch<'_> {
    type SqlType = BigInt;
}

impl RunQueryDsl<PgConnection> for WriteBatch<'_> {}
