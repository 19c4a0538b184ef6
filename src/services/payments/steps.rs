//! What becomes of a payment after it was made: captured or voided, accepted, declined or cancelled.

use std::sync::Arc;

use super::{KeyedAnswer, KeyedRequest, PaymentInContext, check_amount_shape, check_text, parse_amount};
use crate::auth::tokens::Bearer;
use crate::domain::command::{Accept, Action, Cancel, Capture, Decline, Void};
use crate::domain::ids::PaymentId;
use crate::domain::payment::DESCRIPTION_CHARS_MAX;
use crate::services::caller::require_place;
use crate::services::{Fault, ServiceError, Services};
use crate::storage::{communities, payments};

/// A payment's next step, as a caller asks for it.
#[derive(Debug, Clone)]
pub enum Step {
    /// The payer pays what was asked for.
    Accept,
    /// The payer says no.
    Decline {
        /// Why; may be empty.
        reason: String,
    },
    /// The payee takes back that it asked, or the payer calls off what is planned.
    Cancel,
    /// The payee takes what was set aside.
    Capture {
        /// How much of it, as decimal text; all where nothing is said.
        amount: Option<String>,
    },
    /// What was set aside is given back.
    Void,
}

impl Services {
    /// Takes a payment one step further. The same key with the same request answers the same, for ever.
    ///
    /// # Errors
    /// What is wrong with the request, or why nothing was done. Refusals that are final for the key are answers.
    pub async fn take_step(
        &self,
        bearer: &Bearer,
        payment_id: Option<PaymentId>,
        step: Step,
        request: KeyedRequest,
    ) -> Result<KeyedAnswer, ServiceError> {
        let answer = self.take_step_once(bearer, payment_id, step, request).await;
        self.for_live_sessions(bearer, answer).await
    }

    async fn take_step_once(
        &self,
        bearer: &Bearer,
        payment_id: Option<PaymentId>,
        step: Step,
        request: KeyedRequest,
    ) -> Result<KeyedAnswer, ServiceError> {
        let faults = faults_of(&step);
        if !faults.is_empty() {
            return Err(ServiceError::Invalid(faults));
        }
        let payment_id = payment_id.ok_or(ServiceError::NotFound)?;
        let found = self.any_payment(bearer, payment_id).await?;
        if matches!(step, Step::Cancel) && found.payment.planned.is_some() {
            return self.cancel_planned(bearer, &found, request).await;
        }
        let community = found.community;
        let action = match step {
            Step::Accept => Action::Accept(Accept { payment_id }),
            Step::Decline { reason } => Action::Decline(Decline { payment_id, reason }),
            Step::Cancel => Action::Cancel(Cancel { payment_id }),
            Step::Void => Action::Void(Void { payment_id }),
            Step::Capture { amount: None } => Action::Capture(Capture { payment_id, amount: None }),
            Step::Capture { amount: Some(text) } => match parse_amount(community.scale, &text) {
                Ok(amount) => Action::Capture(Capture { payment_id, amount: Some(amount) }),
                Err(fault) => {
                    // Only who may see the payment learns what is wrong with an amount in its currency.
                    self.payment(bearer, payment_id).await?;
                    return Err(ServiceError::Invalid(vec![fault]));
                }
            },
        };
        self.submit_keyed(community, bearer, request, action).await
    }

    /// A payment with its community, for whoever has a place there. Whether it is for them to know of, the ledger says:
    /// there are tellers who take for an account, and do not see its payments.
    async fn any_payment(&self, bearer: &Bearer, id: PaymentId) -> Result<PaymentInContext, ServiceError> {
        let caller = bearer.authority;
        self.ledger
            .read(move |conn| {
                let own = communities::ids_of_user(conn, caller.user_id)?;
                let payment = payments::find_in_any(conn, &own, id)?.ok_or(ServiceError::NotFound)?;
                let community =
                    communities::find(conn, payment.community_id)?.ok_or(ServiceError::NotFound)?;
                let community = Arc::new(require_place(conn, community, &caller)?.community);
                Ok(PaymentInContext { payment, community })
            })
            .await
    }
}

fn faults_of(step: &Step) -> Vec<Fault> {
    match step {
        Step::Decline { reason } => {
            check_text("/reason", reason, DESCRIPTION_CHARS_MAX).err().into_iter().collect()
        }
        Step::Capture { amount: Some(amount) } => check_amount_shape(amount).into_iter().collect(),
        Step::Accept | Step::Cancel | Step::Void | Step::Capture { amount: None } => Vec::new(),
    }
}
