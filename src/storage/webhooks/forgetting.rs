//! Taking out of the log what was sent and answered about somebody.

use std::collections::HashSet;

use diesel::prelude::*;
use uuid::Uuid;

use super::deliveries::EndpointKey;
use crate::domain::ids::{
    AccountId, CheckoutId, CommunityId, PaymentId, WebhookDeliveryId, WebhookEndpointId,
};
use crate::storage::connection::on_backend;
use crate::storage::schema::{checkouts, payments, webhook_deliveries, webhook_endpoints};
use crate::storage::types::AnyId;
use crate::storage::{Conn, StorageError};

/// Every endpoint of a community, those that were removed among them, with the account whose events it is told.
///
/// # Errors
/// When the database refuses.
pub fn all_endpoints(
    conn: &mut Conn,
    community_id: CommunityId,
) -> Result<Vec<(WebhookEndpointId, AccountId)>, StorageError> {
    Ok(on_backend!(conn, |c| webhook_endpoints::table
        .filter(webhook_endpoints::community_id.eq(community_id))
        .select((webhook_endpoints::id, webhook_endpoints::account_id))
        .load(c))?)
}

/// Forgets what was sent and answered in those of an endpoint's deliveries that tell of payments from or to these accounts, or in
/// all of them; where the log is behind a delivery, so many at a time. The last one that was looked at; none at the log's end.
///
/// # Errors
/// When the database refuses.
pub fn forget_bodies(
    conn: &mut Conn,
    (community_id, endpoint_id): EndpointKey,
    of_accounts: Option<&[AccountId]>,
    (behind, limit): (WebhookDeliveryId, i64),
) -> Result<Option<WebhookDeliveryId>, StorageError> {
    let found: Vec<(WebhookDeliveryId, AnyId)> = on_backend!(conn, |c| webhook_deliveries::table
        .filter(webhook_deliveries::community_id.eq(community_id))
        .filter(webhook_deliveries::endpoint_id.eq(endpoint_id))
        .filter(webhook_deliveries::id.gt(behind).and(webhook_deliveries::request.is_not_null()))
        .order(webhook_deliveries::id)
        .limit(limit)
        .select((webhook_deliveries::id, webhook_deliveries::subject_id))
        .load(c))?;
    let Some((last, _)) = found.last() else { return Ok(None) };
    let last = *last;
    let meant: Vec<WebhookDeliveryId> = match of_accounts {
        None => found.into_iter().map(|(id, _)| id).collect(),
        Some(account_ids) => {
            let subjects: Vec<_> = found.iter().map(|(_, subject)| subject.uuid()).collect();
            let theirs = subjects_of(conn, community_id, &subjects, account_ids)?;
            found
                .into_iter()
                .filter(|(_, subject)| theirs.contains(&subject.uuid()))
                .map(|(id, _)| id)
                .collect()
        }
    };
    if !meant.is_empty() {
        let own = webhook_deliveries::table
            .filter(webhook_deliveries::community_id.eq(community_id))
            .filter(webhook_deliveries::endpoint_id.eq(endpoint_id))
            .filter(webhook_deliveries::id.eq_any(&meant));
        on_backend!(conn, |c| diesel::update(own)
            .set((
                webhook_deliveries::request.eq(None::<String>),
                webhook_deliveries::answer.eq(None::<String>),
                webhook_deliveries::earlier.eq(None::<String>),
            ))
            .execute(c))?;
    }
    Ok(Some(last))
}

/// Those of these payments and checkouts that are from or to one of the accounts.
fn subjects_of(
    conn: &mut Conn,
    community_id: CommunityId,
    subjects: &[Uuid],
    account_ids: &[AccountId],
) -> Result<HashSet<Uuid>, StorageError> {
    let checkout_ids: Vec<_> = subjects.iter().copied().map(CheckoutId::from_uuid).collect();
    let paid: Vec<(CheckoutId, Option<PaymentId>)> = on_backend!(conn, |c| checkouts::table
        .filter(checkouts::community_id.eq(community_id).and(checkouts::id.eq_any(&checkout_ids)))
        .select((checkouts::id, checkouts::payment_id))
        .load(c))?;
    let mut payment_ids: Vec<_> = subjects.iter().copied().map(PaymentId::from_uuid).collect();
    payment_ids.extend(paid.iter().filter_map(|(_, payment_id)| *payment_id));
    let theirs: Vec<PaymentId> = on_backend!(conn, |c| payments::table
        .filter(payments::community_id.eq(community_id).and(payments::id.eq_any(&payment_ids)))
        .filter(payments::payer_id.eq_any(account_ids).or(payments::payee_id.eq_any(account_ids)))
        .select(payments::id)
        .load(c))?;
    let theirs: HashSet<_> = theirs.into_iter().map(PaymentId::uuid).collect();
    let sold = paid.into_iter().filter(|(_, id)| id.is_some_and(|id| theirs.contains(&id.uuid())));
    let sold: Vec<_> = sold.map(|(id, _)| id.uuid()).collect();
    Ok(theirs.into_iter().chain(sold).collect())
}
