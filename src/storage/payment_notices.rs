//! What people are to be written about payments. A row is there from the posting that is its reason until the mails are in
//! the outbox.

use diesel::prelude::*;

use super::connection::on_backend;
use super::schema::{communities, payment_notices};
use super::{Conn, StorageError};
use crate::domain::ids::{CommunityId, PaymentId};
use crate::domain::records::{NoticeKind, PaymentNotice};
use crate::domain::time::Timestamp;

/// Takes a community's notice that is due longest: it is gone once the transaction commits, and due again where it does
/// not. One that others are just taking is left to them.
///
/// # Errors
/// When the database refuses.
pub fn take_due(
    conn: &mut Conn,
    community_id: CommunityId,
    now: Timestamp,
) -> Result<Option<PaymentNotice>, StorageError> {
    let due = || {
        payment_notices::table
            .filter(payment_notices::community_id.eq(community_id))
            .filter(payment_notices::due_at.le(now))
            .order(payment_notices::due_at)
            .limit(1)
    };
    let found: Option<(CommunityId, PaymentId, i16, Timestamp)> = match conn {
        Conn::Postgres(c) => due().for_update().skip_locked().first(&mut **c).optional()?,
        Conn::Sqlite(c) => due().first(&mut **c).optional()?,
    };
    let Some((_, payment_id, kind, due_at)) = found else { return Ok(None) };
    on_backend!(conn, |c| diesel::delete(payment_notices::table.find((community_id, payment_id, kind)))
        .execute(c))?;
    let kind = NoticeKind::from_code(kind)
        .ok_or_else(|| StorageError::Corrupt(format!("payment {payment_id}: a notice's kind")))?;
    Ok(Some(PaymentNotice { payment_id, kind, due_at }))
}

/// A community that has a notice which is due, without waiting for whoever writes.
///
/// # Errors
/// When the database refuses.
pub fn find_due(conn: &mut Conn, now: Timestamp) -> Result<Option<CommunityId>, StorageError> {
    Ok(on_backend!(conn, |c| communities::table
        .inner_join(payment_notices::table.on(payment_notices::community_id.eq(communities::id)))
        .filter(payment_notices::due_at.le(now))
        .select(payment_notices::community_id)
        .first(c)
        .optional())?)
}

/// Notes what people are to be written.
pub(super) fn insert(
    conn: &mut Conn,
    community_id: CommunityId,
    notice: &PaymentNotice,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(payment_notices::table)
        .values((
            payment_notices::community_id.eq(community_id),
            payment_notices::payment_id.eq(notice.payment_id),
            payment_notices::kind.eq(i16::from(notice.kind.code())),
            payment_notices::due_at.eq(notice.due_at),
        ))
        .execute(c))?;
    Ok(())
}
