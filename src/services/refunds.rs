//! Giving payments back.

use super::payments::{KeyedAnswer, KeyedRequest, check_amount_shape, check_text, parse_amount};
use super::{ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::command::{Action, Refund};
use crate::domain::ids::PaymentId;
use crate::domain::payment::DESCRIPTION_CHARS_MAX;

/// A refund as a caller asks for it.
#[derive(Debug, Clone)]
pub struct NewRefund {
    /// The payment to give back; none where what was named cannot be one.
    pub payment_id: Option<PaymentId>,
    /// How much of it, as decimal text.
    pub amount: String,
    /// Why; may be empty.
    pub reason: String,
}

impl Services {
    /// Gives a payment back, in part or whole, from the account that was paid to the one that paid. The same key with
    /// the same request answers the same, for ever.
    ///
    /// # Errors
    /// What is wrong with the request, or why nothing was posted. Refusals that are final for the key are answers.
    pub async fn refund(
        &self,
        bearer: &Bearer,
        new: NewRefund,
        request: KeyedRequest,
    ) -> Result<KeyedAnswer, ServiceError> {
        let answer = self.refund_once(bearer, new, request).await;
        self.for_live_sessions(bearer, answer).await
    }

    async fn refund_once(
        &self,
        bearer: &Bearer,
        new: NewRefund,
        request: KeyedRequest,
    ) -> Result<KeyedAnswer, ServiceError> {
        let mut faults: Vec<_> = check_amount_shape(&new.amount).into_iter().collect();
        faults.extend(check_text("/reason", &new.reason, DESCRIPTION_CHARS_MAX).err());
        if !faults.is_empty() {
            return Err(ServiceError::Invalid(faults));
        }
        let payment_id = new.payment_id.ok_or(ServiceError::NotFound)?;
        // Only who may see the payment learns what is wrong with an amount in its currency.
        let community = self.payment(bearer, payment_id).await?.community;
        let amount =
            parse_amount(community.scale, &new.amount).map_err(|fault| ServiceError::Invalid(vec![fault]))?;
        let action = Action::Refund(Refund { payment_id, amount, reason: new.reason });
        self.submit_keyed(community, bearer, request, action).await
    }
}
