//! Payments as people keep them.

use super::payments::PaymentInContext;
use super::{ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::ids::PaymentId;
use crate::domain::language::Language;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::storage::users;

impl Services {
    /// A completed payment that the bearer may see, with the language in which they read.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] as for seeing it; a conflict where the money has not moved.
    pub async fn payment_to_keep(
        &self,
        bearer: &Bearer,
        id: PaymentId,
    ) -> Result<(PaymentInContext, Language), ServiceError> {
        let found = self.payment(bearer, id).await?;
        if found.payment.transfer.is_none() {
            return Err(Refusal::Conflict(ConflictReason::NotCompleted).into());
        }
        let user_id = bearer.authority.user_id;
        let language = self.ledger.read(move |conn| users::language(conn, user_id)).await?;
        Ok((found, language.unwrap_or(Language::English)))
    }
}
