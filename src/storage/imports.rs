//! Communities that are being brought along from another system. Until that is finished, nobody sees them.

use diesel::prelude::*;

use super::communities::{CommunityRow, read_community};
use super::connection::on_backend;
use super::schema::{communities, imports};
use super::{Conn, StorageError};
use crate::domain::chain::Hash;
use crate::domain::community::Community;
use crate::domain::ids::CommunityId;
use crate::domain::time::Timestamp;

/// An import that began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Import {
    /// The community that comes of it.
    pub community_id: CommunityId,
    /// What it is made from: the digest of the files and of how they are read.
    pub digest: Hash,
    /// How many records its community will have.
    pub records: i64,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was finished.
    pub finished_at: Option<Timestamp>,
}

/// Notes that an import begins: from now on nobody sees its community.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, import: &Import) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(imports::table)
        .values((
            imports::community_id.eq(import.community_id),
            imports::digest.eq(import.digest.as_slice()),
            imports::records.eq(import.records),
            imports::started_at.eq(import.started_at),
            imports::finished_at.eq(import.finished_at),
        ))
        .execute(c))?;
    Ok(())
}

/// Notes that an import is finished: from now on its community is seen.
///
/// # Errors
/// When the database refuses.
pub fn finish(conn: &mut Conn, community_id: CommunityId, now: Timestamp) -> Result<(), StorageError> {
    let changed = on_backend!(conn, |c| diesel::update(imports::table.find(community_id))
        .filter(imports::finished_at.is_null())
        .set(imports::finished_at.eq(now))
        .execute(c))?;
    if changed == 1 { Ok(()) } else { Err(StorageError::Corrupt("an import that is not under way".into())) }
}

/// The community with this code, whether it is seen or not, and the import of which it came or will come.
///
/// # Errors
/// When the database refuses.
pub fn find_by_code(
    conn: &mut Conn,
    code: &str,
) -> Result<Option<(Community, Option<Import>)>, StorageError> {
    type Row = (CommunityId, Vec<u8>, i64, Timestamp, Option<Timestamp>);
    let found: Option<CommunityRow> = on_backend!(conn, |c| communities::table
        .filter(communities::code.eq(code))
        .get_result(c)
        .optional())?;
    let Some(community) = found.map(read_community).transpose()? else { return Ok(None) };
    let row: Option<Row> = on_backend!(conn, |c| imports::table.find(community.id).get_result(c).optional())?;
    let import = row.map(|(community_id, digest, records, started_at, finished_at)| {
        let digest =
            digest.try_into().map_err(|_| StorageError::Corrupt(format!("import of {code}: digest")))?;
        Ok::<_, StorageError>(Import { community_id, digest, records, started_at, finished_at })
    });
    Ok(Some((community, import.transpose()?)))
}
