//! Approving, declining and cancelling checkouts.

use std::sync::Arc;

use super::{CheckoutAnswer, CheckoutInContext};
use crate::auth::tokens::Bearer;
use crate::domain::account::AccountReference;
use crate::domain::checkout::LinkToken;
use crate::domain::command::{Action, ApproveCheckout, CheckoutEnd, Command, EndCheckout};
use crate::domain::community::Community;
use crate::domain::fold::Answered;
use crate::domain::ids::{CheckoutId, PaymentId};
use crate::domain::refusal::Refusal;
use crate::services::payments::KeyedRequest;
use crate::services::{Fault, ServiceError, Services};
use crate::storage::{checkouts, communities};

/// By what a checkout is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// Its id.
    Id(CheckoutId),
    /// What opens its page.
    Token(LinkToken),
}

impl Services {
    /// Pays a checkout from an account of the bearer's, or sets its amount aside.
    ///
    /// # Errors
    /// What is wrong with the request, or why nothing was posted. Refusals that are final for the key are answers.
    pub async fn approve_checkout(
        &self,
        bearer: &Bearer,
        named: Option<Named>,
        payer: &str,
        request: KeyedRequest,
    ) -> Result<CheckoutAnswer, ServiceError> {
        let answer = self.approve_checkout_once(bearer, named, payer, request).await;
        self.checkout_for_live_sessions(bearer, answer).await
    }

    async fn approve_checkout_once(
        &self,
        bearer: &Bearer,
        named: Option<Named>,
        payer: &str,
        request: KeyedRequest,
    ) -> Result<CheckoutAnswer, ServiceError> {
        let payer = payer.parse::<AccountReference>().map_err(|_| {
            let detail = "is neither an account's code, like RIVER0001, nor its id";
            ServiceError::Invalid(vec![Fault::new("/payer", "malformed_account", detail)])
        })?;
        let CheckoutInContext { checkout, community, .. } = self.named_checkout(bearer, named).await?;
        let payer = self.find_reference(bearer.authority.user_id, payer).await?;
        let payer = payer.filter(|payer| payer.community.id == community.id).ok_or(ServiceError::NotFound)?;
        let approve = ApproveCheckout { checkout_id: checkout.id, payer_id: payer.account_id };
        self.submit_checkout(&community, bearer, request, Action::ApproveCheckout(approve)).await
    }

    /// Ends an open checkout without payment: the payer says no, or the shop calls it off.
    ///
    /// # Errors
    /// Why it was not ended. Refusals that are final for the key are answers.
    pub async fn end_checkout(
        &self,
        bearer: &Bearer,
        named: Option<Named>,
        end: CheckoutEnd,
        request: KeyedRequest,
    ) -> Result<CheckoutAnswer, ServiceError> {
        let answer = self.end_checkout_once(bearer, named, end, request).await;
        self.checkout_for_live_sessions(bearer, answer).await
    }

    async fn end_checkout_once(
        &self,
        bearer: &Bearer,
        named: Option<Named>,
        end: CheckoutEnd,
        request: KeyedRequest,
    ) -> Result<CheckoutAnswer, ServiceError> {
        let CheckoutInContext { checkout, community, .. } = self.named_checkout(bearer, named).await?;
        let end = EndCheckout { checkout_id: checkout.id, end };
        self.submit_checkout(&community, bearer, request, Action::EndCheckout(end)).await
    }

    /// A checkout for whoever knows its id in a community of theirs, or its link. Whether they may do with it what they ask,
    /// the ledger says.
    async fn named_checkout(
        &self,
        bearer: &Bearer,
        named: Option<Named>,
    ) -> Result<CheckoutInContext, ServiceError> {
        let named = named.ok_or(ServiceError::NotFound)?;
        let caller = bearer.authority;
        self.ledger
            .read_once(move |conn| {
                let found = match named {
                    Named::Token(token) => checkouts::find_by_token(conn, &token)?,
                    Named::Id(id) => {
                        let own = communities::ids_of_user(conn, caller.user_id)?;
                        checkouts::find_in_any(conn, &own, id)?
                    }
                };
                let (community_id, checkout) = found.ok_or(ServiceError::NotFound)?;
                let community = communities::find(conn, community_id)?.ok_or(ServiceError::NotFound)?;
                Ok(CheckoutInContext::new(Arc::new(community), checkout))
            })
            .await
    }

    /// Has the ledger do something about a checkout, at most once under the request's key.
    pub(super) async fn submit_checkout(
        &self,
        community: &Arc<Community>,
        bearer: &Bearer,
        request: KeyedRequest,
        action: Action,
    ) -> Result<CheckoutAnswer, ServiceError> {
        let reader = Command::by_service(community.id, action.clone()).checkout_reader();
        let answered = self.submit_under_key(community.id, bearer, request, (action, Vec::new())).await?;
        match answered {
            Answered { body: None, payment_id, status, .. } => {
                let id = payment_id.map(PaymentId::uuid).map(CheckoutId::from_uuid);
                let id = id.ok_or(ServiceError::Refused(Refusal::KeyReused))?;
                let community_id = community.id;
                let found = self
                    .ledger
                    .read_once(move |conn| {
                        Ok::<_, ServiceError>(checkouts::find_in_any(conn, &[community_id], id)?)
                    })
                    .await?;
                let (_, checkout) = found.ok_or(ServiceError::NotFound)?;
                let found = Box::new(CheckoutInContext::new(Arc::clone(community), checkout));
                Ok(CheckoutAnswer::Present { status, reader, found })
            }
            answered => Ok(CheckoutAnswer::Kept(answered)),
        }
    }

    /// As for payments: what is told that the fold has not judged is told to live sessions only.
    pub(super) async fn checkout_for_live_sessions(
        &self,
        bearer: &Bearer,
        answer: Result<CheckoutAnswer, ServiceError>,
    ) -> Result<CheckoutAnswer, ServiceError> {
        match &answer {
            Ok(CheckoutAnswer::Kept(Answered { is_replay: false, .. })) => {}
            Ok(_) => self.require_live(bearer).await?,
            Err(error) => self.tell_live_sessions(bearer, error).await?,
        }
        answer
    }
}
