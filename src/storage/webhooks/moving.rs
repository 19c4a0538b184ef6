//! Making messages due that rest, and giving up those that wait.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::deliveries::{EndpointKey, IS_WAITING, code};
use crate::domain::ids::WebhookDeliveryId;
use crate::domain::time::Timestamp;
use crate::domain::webhooks::WebhookDeliveryState as State;
use crate::storage::connection::on_backend;
use crate::storage::schema::webhook_deliveries;
use crate::storage::{Conn, StorageError};

/// Makes a delivery due now, with all its attempts before it: one that is settled, and one that waits for longer than until
/// `soon`. What is due before that is being tried, or is about to be. Whether it was made due.
///
/// # Errors
/// When the database refuses.
pub fn revive(
    conn: &mut Conn,
    (community_id, endpoint_id): EndpointKey,
    id: WebhookDeliveryId,
    (now, soon): (Timestamp, Timestamp),
) -> Result<bool, StorageError> {
    let rests = webhook_deliveries::state.ne(code(State::Waiting)).or(webhook_deliveries::due_at.gt(soon));
    let resting = webhook_deliveries::table.find((community_id, endpoint_id, id)).filter(rests);
    let revived = on_backend!(conn, |c| diesel::update(resting)
        .set((
            webhook_deliveries::state.eq(code(State::Waiting)),
            webhook_deliveries::attempts.eq(0),
            webhook_deliveries::due_at.eq(now),
        ))
        .execute(c))?;
    Ok(revived == 1)
}

/// Makes due now what of an endpoint's messages waits for longer than until `soon`: all that tell of what happened from an event
/// on. How many they are.
///
/// # Errors
/// When the database refuses.
pub fn bring_forward(
    conn: &mut Conn,
    (community_id, endpoint_id): EndpointKey,
    from_seq: i64,
    (now, soon): (Timestamp, Timestamp),
) -> Result<usize, StorageError> {
    let waiting = webhook_deliveries::table
        .filter(sql::<Bool>(IS_WAITING))
        .filter(webhook_deliveries::community_id.eq(community_id))
        .filter(webhook_deliveries::endpoint_id.eq(endpoint_id))
        .filter(webhook_deliveries::due_at.gt(soon))
        .filter(webhook_deliveries::event_seq.ge(from_seq));
    Ok(on_backend!(conn, |c| diesel::update(waiting).set(webhook_deliveries::due_at.eq(now)).execute(c))?)
}

/// Of which kinds messages wait for an endpoint.
///
/// # Errors
/// When the database refuses.
pub fn waiting_kinds(
    conn: &mut Conn,
    (community_id, endpoint_id): EndpointKey,
) -> Result<Vec<i16>, StorageError> {
    Ok(on_backend!(conn, |c| webhook_deliveries::table
        .filter(sql::<Bool>(IS_WAITING))
        .filter(webhook_deliveries::community_id.eq(community_id))
        .filter(webhook_deliveries::endpoint_id.eq(endpoint_id))
        .select(webhook_deliveries::kind)
        .distinct()
        .load(c))?)
}

/// Gives up what waits for an endpoint that was switched off: switched on again, it is told what happens from then on.
///
/// # Errors
/// When the database refuses.
pub fn give_up(conn: &mut Conn, (community_id, endpoint_id): EndpointKey) -> Result<(), StorageError> {
    let waiting = webhook_deliveries::table
        .filter(sql::<Bool>(IS_WAITING))
        .filter(webhook_deliveries::community_id.eq(community_id))
        .filter(webhook_deliveries::endpoint_id.eq(endpoint_id));
    on_backend!(conn, |c| diesel::update(waiting)
        .set(webhook_deliveries::state.eq(code(State::Failed)))
        .execute(c))?;
    Ok(())
}

/// Makes due what waits until after a time. How many deliveries.
///
/// # Errors
/// When the database refuses.
pub fn bring_back(conn: &mut Conn, now: Timestamp, latest: Timestamp) -> Result<usize, StorageError> {
    let ahead = webhook_deliveries::table
        .filter(sql::<Bool>(IS_WAITING))
        .filter(webhook_deliveries::due_at.gt(latest));
    Ok(on_backend!(conn, |c| diesel::update(ahead).set(webhook_deliveries::due_at.eq(now)).execute(c))?)
}
