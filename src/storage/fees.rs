//! What payments bear that bear fees.

use diesel::prelude::*;

use super::connection::on_backend;
use super::schema::payment_fees;
use super::{Conn, StorageError};
use crate::domain::fees::Fees;
use crate::domain::ids::{CommunityId, PaymentId};

/// What a payment's payer bears, along the primary key: rarely a row.
pub(super) const PAYER_FEE: &str = "COALESCE((SELECT payer_fee FROM payment_fees AS bears WHERE bears.community_id = \
     payments.community_id AND bears.payment_id = payments.id), 0)";

/// What its payee bears, along the same.
pub(super) const PAYEE_FEE: &str = "COALESCE((SELECT payee_fee FROM payment_fees AS bears WHERE bears.community_id = \
     payments.community_id AND bears.payment_id = payments.id), 0)";

/// Writes down what payments bear from now on.
///
/// # Errors
/// When the database refuses.
pub(super) fn write(
    conn: &mut Conn,
    community_id: CommunityId,
    fees: &[(PaymentId, Fees)],
) -> Result<(), StorageError> {
    for (payment_id, fees) in fees {
        let borne = (payment_fees::payer_fee.eq(fees.payer), payment_fees::payee_fee.eq(fees.payee));
        on_backend!(conn, |c| diesel::insert_into(payment_fees::table)
            .values((
                payment_fees::community_id.eq(community_id),
                payment_fees::payment_id.eq(*payment_id),
                borne,
            ))
            .on_conflict((payment_fees::community_id, payment_fees::payment_id))
            .do_update()
            .set(borne)
            .execute(c))?;
    }
    Ok(())
}
