//! Invitations: who was asked to join by whom, and what came of it.

use diesel::prelude::*;
use uuid::Uuid;

use super::connection::on_backend;
use super::schema::invitations;
use super::{Conn, StorageError};
use crate::domain::ids::{CommunityId, InvitationId, UserId};
use crate::domain::joining::InvitationState;
use crate::domain::time::Timestamp;

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// The folded address that it was sent to.
    pub email: String,
    /// The invited person's name, as the inviter wrote it; may be empty.
    pub name: String,
    /// The user who invites.
    pub inviter: UserId,
    /// Whether that was an admin then.
    pub is_by_admin: bool,
    /// Where it stands.
    pub state: InvitationState,
    /// When it was sent.
    pub created_at: Timestamp,
    /// When it stops working by itself.
    pub expires_at: Timestamp,
    /// When it was accepted or revoked.
    pub settled_at: Option<Timestamp>,
}

type Columns = ((InvitationId, String, String, UserId, bool, i16), (Timestamp, Timestamp, Option<Timestamp>));

type Selection = (
    (
        invitations::id,
        invitations::email,
        invitations::name,
        invitations::inviter,
        invitations::is_by_admin,
        invitations::state,
    ),
    (invitations::created_at, invitations::expires_at, invitations::settled_at),
);

const SELECTION: Selection = (
    (
        invitations::id,
        invitations::email,
        invitations::name,
        invitations::inviter,
        invitations::is_by_admin,
        invitations::state,
    ),
    (invitations::created_at, invitations::expires_at, invitations::settled_at),
);

/// Adds a pending invitation, unless the address has one. Whether it was added.
///
/// # Errors
/// When the database refuses.
pub fn insert(
    conn: &mut Conn,
    community_id: CommunityId,
    invitation: &Invitation,
) -> Result<bool, StorageError> {
    let inserted = on_backend!(conn, |c| diesel::insert_into(invitations::table)
        .values((
            invitations::community_id.eq(community_id),
            invitations::id.eq(invitation.id),
            invitations::email.eq(&invitation.email),
            invitations::name.eq(&invitation.name),
            invitations::inviter.eq(invitation.inviter),
            invitations::is_by_admin.eq(invitation.is_by_admin),
            invitations::state.eq(code(InvitationState::Pending)),
            invitations::created_at.eq(invitation.created_at),
            invitations::expires_at.eq(invitation.expires_at),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(inserted == 1)
}

/// Revokes an address's invitation whose time is over, so that a new one can be sent.
///
/// # Errors
/// When the database refuses.
pub fn revoke_expired(
    conn: &mut Conn,
    community_id: CommunityId,
    email: &str,
    now: Timestamp,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(
        invitations::table
            .filter(invitations::community_id.eq(community_id).and(invitations::email.eq(email)))
            .filter(invitations::state.eq(code(InvitationState::Pending)))
            .filter(invitations::expires_at.le(now))
    )
    .set((invitations::state.eq(code(InvitationState::Revoked)), invitations::settled_at.eq(now)))
    .execute(c))?;
    Ok(())
}

/// Settles a pending invitation by compare-and-set. Whether this call was the one that did it.
///
/// # Errors
/// When the database refuses.
pub fn settle(
    conn: &mut Conn,
    community_id: CommunityId,
    id: InvitationId,
    state: InvitationState,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let settled = on_backend!(conn, |c| diesel::update(
        invitations::table
            .find((community_id, id))
            .filter(invitations::state.eq(code(InvitationState::Pending)))
    )
    .set((invitations::state.eq(code(state)), invitations::settled_at.eq(now)))
    .execute(c))?;
    Ok(settled == 1)
}

/// An invitation of a community.
///
/// # Errors
/// When the database refuses.
pub fn find(
    conn: &mut Conn,
    community_id: CommunityId,
    id: InvitationId,
) -> Result<Option<Invitation>, StorageError> {
    let row: Option<Columns> = on_backend!(conn, |c| invitations::table
        .find((community_id, id))
        .select(SELECTION)
        .get_result(c)
        .optional())?;
    row.map(read).transpose()
}

/// At most `limit` invitations with ids below `before`, newest first; with `state`, only those in it.
///
/// # Errors
/// When the database refuses.
pub fn list(
    conn: &mut Conn,
    community_id: CommunityId,
    state: Option<InvitationState>,
    before: Option<InvitationId>,
    limit: i64,
) -> Result<Vec<Invitation>, StorageError> {
    let states: Vec<i16> = InvitationState::ALL
        .iter()
        .filter(|each| state.is_none_or(|state| state == **each))
        .copied()
        .map(code)
        .collect();
    let before = before.unwrap_or_else(|| InvitationId::from_uuid(Uuid::max()));
    let rows: Vec<Columns> = on_backend!(conn, |c| invitations::table
        .filter(invitations::community_id.eq(community_id).and(invitations::id.lt(before)))
        .filter(invitations::state.eq_any(&states))
        .order(invitations::id.desc())
        .limit(limit)
        .select(SELECTION)
        .load(c))?;
    rows.into_iter().map(read).collect()
}

fn read(columns: Columns) -> Result<Invitation, StorageError> {
    let ((id, email, name, inviter, is_by_admin, state), (created_at, expires_at, settled_at)) = columns;
    let state = InvitationState::from_code(state)
        .ok_or_else(|| StorageError::Corrupt(format!("invitation {id}: state")))?;
    Ok(Invitation { id, email, name, inviter, is_by_admin, state, created_at, expires_at, settled_at })
}

fn code(state: InvitationState) -> i16 {
    i16::from(state.code())
}
