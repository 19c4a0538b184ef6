//! A shop's takings day by day.

use std::collections::HashMap;

use super::books_room::BooksRoom;
use super::statements::Days;
use super::{ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::AccountReference;
use crate::domain::reconciliation::Reconciliation;
use crate::storage::checkouts;

impl Services {
    /// An account's takings in these days of its community, with the room that making it takes, to be held until it is
    /// written.
    ///
    /// # Errors
    /// As [`Services::statement`].
    pub async fn reconciliation(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
        days: Days,
    ) -> Result<(Reconciliation, BooksRoom), ServiceError> {
        let (statement, _, room) = self.statement(bearer, reference, days).await?;
        let (community_id, account_id) = (statement.community.id, statement.account.id);
        let payment_ids: Vec<_> = statement
            .lines
            .iter()
            .filter(|line| line.entry.amount.is_positive())
            .map(|line| line.entry.payment_id)
            .collect();
        let parts: HashMap<_, _> = self
            .ledger
            .read(move |conn| checkouts::national_parts(conn, community_id, account_id, &payment_ids))
            .await?
            .into_iter()
            .collect();
        let made = Reconciliation::new(statement, &parts);
        let made = made.map_err(|error| ServiceError::Internal(format!("account {account_id}: {error}")))?;
        Ok((made, room))
    }
}
