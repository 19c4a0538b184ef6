//! What payments would do.

use std::sync::Arc;

use super::payments::{NewPayment, Order};
use super::{ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::amount::Amount;
use crate::domain::command::{Action, Authority, Command};
use crate::domain::community::Community;
use crate::domain::fold::Quote;

/// A quote in its community's currency.
#[derive(Debug, Clone)]
pub struct QuoteInContext {
    /// The community.
    pub community: Arc<Community>,
    /// How much would be paid.
    pub amount: Amount,
    /// What would come of it.
    pub quote: Quote,
}

impl Services {
    /// What a payment would do if it were made now, by the rules that make it. Nothing is posted.
    ///
    /// # Errors
    /// What is wrong with the request, or why the caller may not ask: the same as for paying.
    pub async fn quote(&self, bearer: &Bearer, new: NewPayment) -> Result<QuoteInContext, ServiceError> {
        let answer = self.quote_once(bearer, new).await;
        if let Err(error) = &answer {
            self.tell_live_sessions(bearer, error).await?;
        }
        answer
    }

    async fn quote_once(&self, bearer: &Bearer, new: NewPayment) -> Result<QuoteInContext, ServiceError> {
        let Order { community, pay, hold_until: _ } = self.order(bearer, new).await?;
        let (authority, now, amount) = (Authority::User(bearer.authority), self.now(), pay.amount);
        let action = Action::Pay(pay.clone());
        let command = Command::by_user(community.id, bearer.authority, String::new(), action);
        let judged = self.ledger.judge(command, now, move |state| state.quote(&authority, &pay, now)).await?;
        let quote = judged.ok_or(ServiceError::NotFound)??;
        Ok(QuoteInContext { community, amount, quote })
    }
}
