//! What payments would do.

use std::sync::Arc;

use super::payments::NewPayment;
use super::{ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::amount::Amount;
use crate::domain::command::{Authority, Command};
use crate::domain::community::Community;
use crate::domain::fold::{Proposal, Quote};

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
    /// What a payment would do if it were asked for now, at once or for a later time, by the rules that make it. Nothing
    /// is posted.
    ///
    /// # Errors
    /// What is wrong with the request, or why the caller may not ask: the same as for paying.
    pub async fn quote(
        &self,
        bearer: &Bearer,
        new: NewPayment,
        scheduled_for: Option<&str>,
    ) -> Result<QuoteInContext, ServiceError> {
        let answer = self.quote_once(bearer, new, scheduled_for).await;
        if let Err(error) = &answer {
            self.tell_live_sessions(bearer, error).await?;
        }
        answer
    }

    async fn quote_once(
        &self,
        bearer: &Bearer,
        new: NewPayment,
        scheduled_for: Option<&str>,
    ) -> Result<QuoteInContext, ServiceError> {
        let (community, proposal) = match scheduled_for {
            None => self.order(bearer, new).await?.into_proposal(),
            Some(time) => {
                let (community, new) = self.plan_once(bearer, new, time, None).await?;
                (community, Proposal::Plan(new))
            }
        };
        let (authority, now, amount) =
            (Authority::User(bearer.authority), self.now(), proposal.payment().amount);
        let command =
            Command::by_user(community.id, bearer.authority, String::new(), proposal.clone().into());
        let judged =
            self.ledger.judge(command, now, move |state| state.quote(&authority, &proposal, now)).await?;
        let quote = judged.ok_or(ServiceError::NotFound)??;
        Ok(QuoteInContext { community, amount, quote })
    }
}
