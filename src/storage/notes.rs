//! What the people at an account noted of its payments.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::connection::on_backend;
use super::schema::payment_notes;
use super::{Conn, StorageError};
use crate::domain::ids::{AccountId, CommunityId, PaymentId};
use crate::domain::time::Timestamp;

/// A payment as one account's people see it for themselves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Note {
    /// Under what they count it.
    pub category: Option<String>,
    /// What they want to remember.
    pub note: Option<String>,
}

/// Which account's note of which payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotePlace {
    /// The community.
    pub community_id: CommunityId,
    /// The account.
    pub account_id: AccountId,
    /// The payment.
    pub payment_id: PaymentId,
}

impl NotePlace {
    const fn key(self) -> (CommunityId, AccountId, PaymentId) {
        (self.community_id, self.account_id, self.payment_id)
    }
}

/// What was noted, and when.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, place: NotePlace) -> Result<Option<(Note, Timestamp)>, StorageError> {
    let row: Option<(Option<String>, Option<String>, Timestamp)> =
        on_backend!(conn, |c| payment_notes::table
            .find(place.key())
            .select((payment_notes::category, payment_notes::note, payment_notes::updated_at))
            .get_result(c)
            .optional())?;
    Ok(row.map(|(category, note, updated_at)| (Note { category, note }, updated_at)))
}

/// Notes this instead of what was noted. Nothing is kept of an empty note.
///
/// # Errors
/// When the database refuses.
pub fn set(conn: &mut Conn, place: NotePlace, note: &Note, now: Timestamp) -> Result<(), StorageError> {
    if note.category.is_none() && note.note.is_none() {
        on_backend!(conn, |c| diesel::delete(payment_notes::table.find(place.key())).execute(c))?;
        return Ok(());
    }
    let content = (
        payment_notes::category.eq(&note.category),
        payment_notes::note.eq(&note.note),
        payment_notes::updated_at.eq(now),
    );
    on_backend!(conn, |c| diesel::insert_into(payment_notes::table)
        .values((
            payment_notes::community_id.eq(place.community_id),
            payment_notes::account_id.eq(place.account_id),
            payment_notes::payment_id.eq(place.payment_id),
            content,
        ))
        .on_conflict((payment_notes::community_id, payment_notes::account_id, payment_notes::payment_id))
        .do_update()
        .set((
            // What is null replaces what was there, too.
            payment_notes::category.eq(&note.category),
            payment_notes::note.eq(&note.note),
            payment_notes::updated_at.eq(now),
        ))
        .execute(c))?;
    Ok(())
}

/// At most `limit` categories of an account, in the order of their letters, each with how many payments it has.
///
/// # Errors
/// When the database refuses.
pub fn categories(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    limit: i64,
) -> Result<Vec<(String, i64)>, StorageError> {
    Ok(on_backend!(conn, |c| payment_notes::table
        .filter(payment_notes::community_id.eq(community_id).and(payment_notes::account_id.eq(account_id)))
        .filter(payment_notes::category.is_not_null())
        .group_by(payment_notes::category)
        .order(payment_notes::category)
        .limit(limit)
        .select((payment_notes::category.assume_not_null(), count_star()))
        .load(c))?)
}

/// Deletes at most `limit` notes of an account. How many it were.
///
/// # Errors
/// When the database refuses.
pub fn delete_some(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    limit: i64,
) -> Result<usize, StorageError> {
    let some: Vec<PaymentId> = on_backend!(conn, |c| payment_notes::table
        .filter(payment_notes::community_id.eq(community_id).and(payment_notes::account_id.eq(account_id)))
        .limit(limit)
        .select(payment_notes::payment_id)
        .load(c))?;
    Ok(on_backend!(conn, |c| diesel::delete(
        payment_notes::table
            .filter(
                payment_notes::community_id.eq(community_id).and(payment_notes::account_id.eq(account_id))
            )
            .filter(payment_notes::payment_id.eq_any(&some))
    )
    .execute(c))?)
}
