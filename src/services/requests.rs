//! Asking to be paid, and ending what nobody acted on in time.

use super::payments::{KeyedAnswer, KeyedRequest, NewPayment, Order, read_expiry};
use super::{ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::command::{Action, Cancel, Command, Expire, Request, Void};
use crate::domain::fold::Outcome;
use crate::domain::ids::{AccountId, CommunityId, PaymentId};
use crate::domain::payment::REQUEST_S;
use crate::domain::refusal::Refusal;
use crate::storage::requests::{self, Awaited};

/// How many requests, and how many holds, one look for overdue ones finds.
const OVERDUE_MAX: i64 = 100;

/// A request as a caller makes it.
#[derive(Debug, Clone)]
pub struct NewRequest {
    /// The payment that is asked for.
    pub payment: NewPayment,
    /// Until when the payer can accept (RFC 3339); as long as is usual where nothing is said.
    pub expires_at: Option<String>,
}

impl Services {
    /// Asks a payer to pay. The same key with the same request answers the same, for ever.
    ///
    /// # Errors
    /// What is wrong with the request, or why it was refused. Refusals that are final for the key are answers.
    pub async fn request_payment(
        &self,
        bearer: &Bearer,
        new: NewRequest,
        request: KeyedRequest,
    ) -> Result<KeyedAnswer, ServiceError> {
        let answer = self.request_once(bearer, new, request).await;
        self.for_live_sessions(bearer, answer).await
    }

    async fn request_once(
        &self,
        bearer: &Bearer,
        new: NewRequest,
        request: KeyedRequest,
    ) -> Result<KeyedAnswer, ServiceError> {
        let expires_at = read_expiry(new.expires_at.as_deref(), self.now(), REQUEST_S)?;
        let Order { community, pay, hold_until: _ } = self.order(bearer, new.payment).await?;
        let action = Action::Request(Request { payment: pay, expires_at });
        self.submit_keyed(community, bearer, request, action).await
    }

    /// Ends some requests and authorisations whose time is over. Whether more may be due. Each is a command in its
    /// community's order: what somebody acted on just before, or another process ended, stays as it is.
    ///
    /// # Errors
    /// When the database or the ledger fails; what is left is still due.
    pub async fn expire_overdue(&self) -> Result<bool, ServiceError> {
        let now = self.now();
        let overdue = self.ledger.read(move |conn| requests::overdue(conn, now, OVERDUE_MAX)).await?;
        let mut is_any_done = self.expire_checkouts().await?;
        for (community_id, payment_id) in overdue {
            is_any_done |= self.end_payment(community_id, Action::Expire(Expire { payment_id })).await?;
        }
        Ok(is_any_done)
    }

    /// Ends whatever of an account's payments awaits somebody. For accounts that are closed: there will be no others.
    ///
    /// # Errors
    /// When the database or the ledger fails.
    pub(super) async fn end_awaited(
        &self,
        community_id: CommunityId,
        account_id: AccountId,
    ) -> Result<(), ServiceError> {
        loop {
            let find = move |conn: &mut crate::storage::Conn| {
                requests::open_of_account(conn, community_id, account_id, OVERDUE_MAX)
            };
            let awaited = self.ledger.read(find).await?;
            if awaited.is_empty() {
                return Ok(());
            }
            let mut is_any_done = false;
            for (payment_id, awaits) in awaited {
                is_any_done |= self.end_payment(community_id, ending(payment_id, awaits)).await?;
            }
            if !is_any_done {
                return Err(ServiceError::Internal(format!(
                    "account {account_id}: payments that do not end"
                )));
            }
        }
    }

    /// Whether it was done; a payment that somebody took further just before stays as it is.
    async fn end_payment(&self, community_id: CommunityId, action: Action) -> Result<bool, ServiceError> {
        match self.ledger.submit(Command::by_service(community_id, action)).await? {
            Outcome::Changed(_) => Ok(true),
            Outcome::Refused(Refusal::Conflict(_)) => Ok(false),
            Outcome::Refused(refusal) => {
                // One that cannot be ended must not keep the others waiting.
                tracing::error!("a payment could not be ended: {}", refusal.code());
                Ok(false)
            }
            other => Err(ServiceError::Internal(format!("a payment's end gave {other:?}"))),
        }
    }
}

const fn ending(payment_id: PaymentId, awaits: Awaited) -> Action {
    match awaits {
        Awaited::Request => Action::Cancel(Cancel { payment_id }),
        Awaited::Hold => Action::Void(Void { payment_id }),
    }
}
