//! How much of an endpoint's log is kept of what has arrived. What waits or has failed stays.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::deliveries::EndpointKey;
use crate::domain::ids::WebhookDeliveryId;
use crate::storage::connection::on_backend;
use crate::storage::schema::webhook_deliveries;
use crate::storage::{Conn, StorageError};

/// What has arrived. What failed tells its owner what went wrong, and can be sent once more.
const HAS_ARRIVED: &str = "webhook_deliveries.state = 2";

/// The newest of an endpoint's deliveries before which so many others stand; none where there are no more.
///
/// # Errors
/// When the database refuses.
pub fn behind(
    conn: &mut Conn,
    (community_id, endpoint_id): EndpointKey,
    kept: i64,
) -> Result<Option<WebhookDeliveryId>, StorageError> {
    Ok(on_backend!(conn, |c| webhook_deliveries::table
        .filter(webhook_deliveries::community_id.eq(community_id))
        .filter(webhook_deliveries::endpoint_id.eq(endpoint_id))
        .order(webhook_deliveries::id.desc())
        .offset(kept)
        .limit(1)
        .select(webhook_deliveries::id)
        .get_result(c)
        .optional())?)
}

/// At most `limit` of an endpoint's deliveries that arrived, behind one and up to another, oldest first; or of those of which it is
/// kept what was sent.
///
/// # Errors
/// When the database refuses.
pub fn arrived_through(
    conn: &mut Conn,
    (community_id, endpoint_id): EndpointKey,
    (behind, through): (WebhookDeliveryId, WebhookDeliveryId),
    only_with_bodies: bool,
    limit: i64,
) -> Result<Vec<WebhookDeliveryId>, StorageError> {
    Ok(on_backend!(conn, |c| {
        let mut old = webhook_deliveries::table
            .filter(webhook_deliveries::community_id.eq(community_id))
            .filter(webhook_deliveries::endpoint_id.eq(endpoint_id))
            .filter(webhook_deliveries::id.gt(behind).and(webhook_deliveries::id.le(through)))
            .filter(sql::<Bool>(HAS_ARRIVED))
            .order(webhook_deliveries::id)
            .limit(limit)
            .select(webhook_deliveries::id)
            .into_boxed();
        if only_with_bodies {
            old = old.filter(webhook_deliveries::request.is_not_null());
        }
        old.load(c)
    })?)
}

/// Deletes these of an endpoint's deliveries, but for those that wait again.
///
/// # Errors
/// When the database refuses.
pub fn delete(
    conn: &mut Conn,
    (community_id, endpoint_id): EndpointKey,
    ids: &[WebhookDeliveryId],
) -> Result<(), StorageError> {
    let own = webhook_deliveries::table
        .filter(webhook_deliveries::community_id.eq(community_id))
        .filter(webhook_deliveries::endpoint_id.eq(endpoint_id))
        .filter(webhook_deliveries::id.eq_any(ids).and(sql::<Bool>(HAS_ARRIVED)));
    on_backend!(conn, |c| diesel::delete(own).execute(c))?;
    Ok(())
}

/// Empties what was sent and answered of these of an endpoint's deliveries, but for those that wait again.
///
/// # Errors
/// When the database refuses.
pub fn empty(
    conn: &mut Conn,
    (community_id, endpoint_id): EndpointKey,
    ids: &[WebhookDeliveryId],
) -> Result<(), StorageError> {
    let own = webhook_deliveries::table
        .filter(webhook_deliveries::community_id.eq(community_id))
        .filter(webhook_deliveries::endpoint_id.eq(endpoint_id))
        .filter(webhook_deliveries::id.eq_any(ids).and(sql::<Bool>(HAS_ARRIVED)));
    on_backend!(conn, |c| diesel::update(own)
        .set((
            webhook_deliveries::request.eq(None::<String>),
            webhook_deliveries::answer.eq(None::<String>),
            webhook_deliveries::earlier.eq(None::<String>),
        ))
        .execute(c))?;
    Ok(())
}
