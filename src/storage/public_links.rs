//! Links that name no community: to what each leads, by the hash of its token.

use diesel::prelude::*;

use super::connection::{ROWS_PER_INSERT, on_backend};
use super::schema::public_links;
use super::types::AnyId;
use super::{Conn, StorageError};
use crate::domain::chain::Hash;
use crate::domain::ids::CommunityId;
use uuid::Uuid;

/// To what a link leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// A checkout.
    Checkout,
    /// A button or link that makes checkouts.
    PaymentLink,
}

impl LinkKind {
    const fn code(self) -> i16 {
        match self {
            Self::Checkout => 1,
            Self::PaymentLink => 2,
        }
    }
}

/// To what the token with this hash leads, where it is of this kind.
///
/// # Errors
/// When the database refuses.
pub fn find(
    conn: &mut Conn,
    kind: LinkKind,
    token_hash: &Hash,
) -> Result<Option<(CommunityId, Uuid)>, StorageError> {
    let found: Option<(CommunityId, AnyId)> = on_backend!(conn, |c| public_links::table
        .filter(public_links::token_hash.eq(token_hash.as_slice()))
        .filter(public_links::kind.eq(kind.code()))
        .select((public_links::community_id, public_links::subject_id))
        .get_result(c)
        .optional())?;
    Ok(found.map(|(community_id, id)| (community_id, id.uuid())))
}

/// Writes new links down.
///
/// # Errors
/// When the database refuses.
pub fn insert(
    conn: &mut Conn,
    community_id: CommunityId,
    kind: LinkKind,
    links: &[(Hash, Uuid)],
) -> Result<(), StorageError> {
    for part in links.chunks(ROWS_PER_INSERT) {
        let rows: Vec<_> = part
            .iter()
            .map(|(hash, subject_id)| {
                (
                    public_links::token_hash.eq(hash.as_slice()),
                    public_links::community_id.eq(community_id),
                    public_links::kind.eq(kind.code()),
                    public_links::subject_id.eq(AnyId::from_uuid(*subject_id)),
                )
            })
            .collect();
        on_backend!(conn, |c| diesel::insert_into(public_links::table).values(&rows).execute(c))?;
    }
    Ok(())
}
