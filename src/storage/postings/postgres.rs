//! One statement for a batch of plain payments: the head moves by compare-and-set on its version, and every
//! other write happens only where it moved. Prepared once; the batch travels as arrays.

use diesel::PgConnection;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, SmallInt, Text};

use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, PaymentId, RecordId, TextId, UserId};
use crate::domain::records::Postings;
use crate::domain::time::Timestamp;
use crate::storage::StorageError;
use crate::storage::types::{AnyId, Id};

/// Writes the batch. The number of balances written, or nothing where the head had moved.
pub(super) fn write(conn: &mut PgConnection, postings: &Postings) -> Result<Option<usize>, StorageError> {
    let (heads, balances): (i64, i64) = WriteBatch::new(postings).get_result(conn)?;
    Ok((heads == 1).then(|| usize::try_from(balances).unwrap_or(usize::MAX)))
}

/// The batch, turned into one array for each column.
struct WriteBatch<'a> {
    postings: &'a Postings,
    records: Records<'a>,
    entries: Entries,
    payments: Payments,
    texts: Texts<'a>,
    keys: Keys<'a>,
    events: Events,
    balances: Balances,
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
    payment_id: Vec<PaymentId>,
}

#[derive(Default)]
struct Payments {
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
}

#[derive(Default)]
struct Texts<'a> {
    id: Vec<TextId>,
    salt: Vec<&'a [u8]>,
    content: Vec<&'a str>,
}

#[derive(Default)]
struct Keys<'a> {
    key_hash: Vec<&'a [u8]>,
    result_id: Vec<AnyId>,
    fingerprint: Vec<&'a [u8]>,
    status: Vec<i64>,
    body: Vec<Option<&'a [u8]>>,
}

#[derive(Default)]
struct Events {
    event_seq: Vec<i64>,
    kind: Vec<i16>,
    subject_id: Vec<AnyId>,
    created_at: Vec<Timestamp>,
}

#[derive(Default)]
struct Balances {
    account_id: Vec<AccountId>,
    balance: Vec<Amount>,
    reserved: Vec<Amount>,
    account_seq: Vec<i64>,
    negative_since: Vec<Option<Timestamp>>,
    version: Vec<i64>,
}

impl<'a> WriteBatch<'a> {
    fn new(postings: &'a Postings) -> Self {
        let mut batch = Self {
            postings,
            records: Records::default(),
            entries: Entries::default(),
            payments: Payments::default(),
            texts: Texts::default(),
            keys: Keys::default(),
            events: Events::default(),
            balances: Balances::default(),
        };
        batch.fill_chain();
        batch.fill_payments();
        batch.fill_projections();
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
        }
        for text in &self.postings.texts {
            self.texts.id.push(text.id);
            self.texts.salt.push(&text.salt);
            self.texts.content.push(&text.text);
        }
    }

    fn fill_projections(&mut self) {
        for (hash, answer) in &self.postings.keys {
            self.keys.key_hash.push(&hash.0);
            self.keys.result_id.push(AnyId::from_uuid(answer.result_id));
            self.keys.fingerprint.push(&answer.fingerprint);
            self.keys.status.push(answer.status.into());
            self.keys.body.push(answer.body.as_deref());
        }
        for event in &self.postings.events {
            self.events.event_seq.push(event.event_seq);
            self.events.kind.push(event.kind.code().into());
            self.events.subject_id.push(AnyId::from_uuid(event.subject_id));
            self.events.created_at.push(event.created_at);
        }
        for account in &self.postings.moved_accounts {
            self.balances.account_id.push(account.id);
            self.balances.balance.push(account.balance);
            self.balances.reserved.push(account.reserved);
            self.balances.account_seq.push(account.account_seq);
            self.balances.negative_since.push(account.negative_since);
            self.balances.version.push(account.version);
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
        self.walk_projections(out.reborrow())?;
        out.push_sql(" SELECT (SELECT count(*) FROM moved), (SELECT count(*) FROM w_balances)");
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
        ]);
        let texts = &self.texts;
        insert_part!(out, "w_texts", "texts", [
            "id": Id = &texts.id,
            "salt": Binary = &texts.salt,
            "content": Text = &texts.content,
        ]);
        Ok(())
    }

    fn walk_projections<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let keys = &self.keys;
        insert_part!(out, "w_keys", "idempotency_keys", [
            "key_hash": Binary = &keys.key_hash,
            "result_id": Id = &keys.result_id,
            "fingerprint": Binary = &keys.fingerprint,
            "status": BigInt = &keys.status,
            "body": Nullable<Binary> = &keys.body,
        ]);
        let events = &self.events;
        insert_part!(out, "w_events", "events", [
            "event_seq": BigInt = &events.event_seq,
            "kind": SmallInt = &events.kind,
            "subject_id": Id = &events.subject_id,
            "created_at": BigInt = &events.created_at,
        ]);
        let balances = &self.balances;
        out.push_sql(
            ", w_balances AS (UPDATE balances b SET balance = d.balance, reserved = d.reserved, \
             account_seq = d.account_seq, negative_since = d.negative_since, version = d.version FROM moved, unnest(",
        );
        insert_part!(@values out, Id = &balances.account_id, BigInt = &balances.balance, BigInt = &balances.reserved,
            BigInt = &balances.account_seq, Nullable<BigInt> = &balances.negative_since, BigInt = &balances.version);
        out.push_sql(
            ") AS d(account_id, balance, reserved, account_seq, negative_since, version) \
             WHERE b.community_id = moved.community_id AND b.account_id = d.account_id RETURNING 1)",
        );
        Ok(())
    }
}

impl QueryId for WriteBatch<'_> {
    type QueryId = WriteBatch<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for WriteBatch<'_> {
    type SqlType = (BigInt, BigInt);
}

impl RunQueryDsl<PgConnection> for WriteBatch<'_> {}
