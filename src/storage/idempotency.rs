//! Idempotency keys and what was answered to them.

use diesel::prelude::*;

use super::connection::on_backend;
use super::heads::read_hash;
use super::schema::idempotency_keys;
use super::types::AnyId;
use super::{Conn, StorageError};
use crate::domain::ids::CommunityId;
use crate::domain::key::{KeyHash, StoredAnswer};

type KeyColumns = (Vec<u8>, AnyId, Vec<u8>, i64, Option<Vec<u8>>);

/// The answers stored under those of the keys that were used.
///
/// # Errors
/// When the database refuses.
pub fn find_many(
    conn: &mut Conn,
    community_id: CommunityId,
    keys: &[KeyHash],
) -> Result<Vec<(KeyHash, StoredAnswer)>, StorageError> {
    let hashes: Vec<&[u8]> = keys.iter().map(|key| key.0.as_slice()).collect();
    let rows: Vec<KeyColumns> = on_backend!(conn, |c| idempotency_keys::table
        .filter(
            idempotency_keys::community_id.eq(community_id).and(idempotency_keys::key_hash.eq_any(hashes))
        )
        .select((
            idempotency_keys::key_hash,
            idempotency_keys::result_id,
            idempotency_keys::fingerprint,
            idempotency_keys::status,
            idempotency_keys::body,
        ))
        .load(c))?;
    rows.into_iter()
        .map(|(hash, result_id, fingerprint, status, body)| {
            let status =
                u16::try_from(status).map_err(|_| StorageError::Corrupt("an answer's status".into()))?;
            let answer = StoredAnswer {
                result_id: result_id.uuid(),
                fingerprint: read_hash(fingerprint)?,
                status,
                body: body.map(Into::into),
            };
            Ok((KeyHash(read_hash(hash)?), answer))
        })
        .collect()
}
