//! Writing a batch of the ledger: everything that it posted, or, where the head has moved on, nothing.
//!
//! The tables that plain payments write get one statement each on SQLite (`json_each`) and one statement for all
//! of them on PostgreSQL (`unnest`), whatever the batch's size. The others are rare: people and accounts,
//! of which a community may get many at once, come in pieces, and the rest row by row.

mod postgres;
mod rare;
mod sqlite;

use super::{Conn, StorageError, heads};
use crate::domain::records::{Event, Postings};

/// Whether a batch was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// All of it.
    Whole,
    /// Nothing: the head is not at the version on which the batch was folded.
    HeadMoved,
}

/// Whether the batch needs a transaction around [`write()`]: on PostgreSQL, plain payments are one statement.
pub fn needs_transaction(conn: &Conn, postings: &Postings) -> bool {
    matches!(conn, Conn::Sqlite(_)) || postings.has_rare_rows()
}

/// A batch's events as they are stored: `[kind 1][time 8][subject 16]` for each, big-endian.
fn pack_events(events: &[Event]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(events.len() * 25);
    for event in events {
        packed.push(event.kind.code());
        packed.extend(event.created_at.micros().to_be_bytes());
        packed.extend(event.subject_id.as_bytes());
    }
    packed
}

/// Writes a batch where the head is still at the version on which it was folded. After [`Written::HeadMoved`]
/// and after an error the caller rolls the transaction back.
///
/// # Errors
/// [`StorageError::Taken`] when one of the batch's keys was used before.
pub fn write(conn: &mut Conn, postings: &Postings) -> Result<Written, StorageError> {
    if postings.has_rare_rows() {
        // The head comes first, as everywhere: two processes that open accounts at once would otherwise hold a
        // code and the head, each waiting for the other's.
        let head = heads::lock(conn, postings.head.community_id)?;
        if head.is_none_or(|head| head.version != postings.from_version) {
            return Ok(Written::HeadMoved);
        }
        rare::insert_people_and_accounts(conn, postings)?;
    }
    let written = match conn {
        Conn::Postgres(c) => postgres::write(c, postings)?,
        Conn::Sqlite(c) => sqlite::write(c, postings)?,
    };
    if written == Written::Whole && postings.has_rare_rows() {
        rare::insert_the_rest(conn, postings)?;
    }
    Ok(written)
}
