//! Checkouts beside the payments that they made.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::ROWS_PER_READ;
use crate::domain::ids::{CheckoutId, CommunityId};
use crate::storage::connection::on_backend;
use crate::storage::schema::{checkouts, payments};
use crate::storage::{Conn, StorageError};

/// How a checkout and its payment can stand together: states of checkouts are open 1, completed 2, authorised 3, declined 4,
/// cancelled 5, expired 6; of payments authorised 3, completed 4, expired 6, cancelled 7. What is captured at once is paid
/// whole; what is captured later, at most.
const STAND_TOGETHER: &str = "((checkouts.payment_id IS NULL AND checkouts.state IN (1, 4, 5, 6)) \
     OR (payments.id IS NOT NULL AND payments.payee_id = checkouts.account_id AND payments.amount <= checkouts.amount \
     AND (checkouts.capture = 2 OR payments.amount = checkouts.amount) \
     AND ((checkouts.state = 2 AND payments.state = 4) OR (checkouts.capture = 2 AND \
     ((checkouts.state = 3 AND payments.state = 3) OR (checkouts.state = 5 AND payments.state = 7) \
     OR (checkouts.state = 6 AND payments.state = 6))))))";

/// Some of the checkouts that do not stand as their payments do.
///
/// # Errors
/// When the database refuses.
pub fn crooked_checkouts(
    conn: &mut Conn,
    community_id: CommunityId,
) -> Result<Vec<CheckoutId>, StorageError> {
    Ok(on_backend!(conn, |c| checkouts::table
        .left_join(
            payments::table.on(payments::community_id
                .eq(checkouts::community_id)
                .and(payments::id.nullable().eq(checkouts::payment_id)))
        )
        .filter(checkouts::community_id.eq(community_id))
        .filter(sql::<Bool>("NOT ").sql(STAND_TOGETHER))
        .select(checkouts::id)
        .limit(ROWS_PER_READ)
        .load(c))?)
}
