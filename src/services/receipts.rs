//! Payments as people keep them.

use super::payments::PaymentInContext;
use super::{ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::checkout::NationalPart;
use crate::domain::ids::PaymentId;
use crate::domain::language::Language;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::storage::{checkouts, users};

impl Services {
    /// A completed payment that the bearer may see, with what was paid beside it in national money, and the language in which
    /// they read.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] as for seeing it; a conflict where the money has not moved.
    pub async fn payment_to_keep(
        &self,
        bearer: &Bearer,
        id: PaymentId,
    ) -> Result<(PaymentInContext, Option<NationalPart>, Language), ServiceError> {
        let found = self.payment(bearer, id).await?;
        if found.payment.transfer.is_none() {
            return Err(Refusal::Conflict(ConflictReason::NotCompleted).into());
        }
        let user_id = bearer.authority.user_id;
        let community_id = found.community.id;
        let payee_id = found.payment.payee.account_id;
        let (national, language) = self
            .ledger
            .read(move |conn| {
                let parts = checkouts::national_parts(conn, community_id, payee_id, &[id])?;
                Ok::<_, ServiceError>((parts, users::language(conn, user_id)?))
            })
            .await?;
        let national = national.into_iter().next().map(|(_, part)| part);
        Ok((found, national, language.unwrap_or(Language::English)))
    }
}
