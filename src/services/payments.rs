//! Paying, and seeing a payment.
//!
//! | file | what lives there |
//! |---|---|
//! | `orders.rs` | what a caller asks to be paid, read once for everything that takes such a body |
//! | `steps.rs` | what becomes of a payment after it was made |

mod orders;
mod steps;

use std::sync::Arc;

use super::approvals::VisibleApproval;
use super::caller::{Access, require_live_session, require_place};
use super::{ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::command::{Action, Command, CommandNotice};
use crate::domain::community::Community;
use crate::domain::fold::{Answered, Outcome};
use crate::domain::ids::{CommunityId, PaymentId};
use crate::domain::key::{IdempotencyKey, KeyHash, KeyUse, RequestDigest};
use crate::domain::payment::Payment;
use crate::domain::refusal::Refusal;
use crate::storage::{accounts, communities, payments};

pub(crate) use orders::check_text;
pub use orders::{NewHold, NewPayment};
pub(super) use orders::{Order, check_amount_shape, parse_amount, read_expiry};
pub use steps::Step;

/// The request around a payment: what makes it happen at most once.
#[derive(Debug, Clone)]
pub struct KeyedRequest {
    /// The caller's key.
    pub key: IdempotencyKey,
    /// Method, path and body, in one hash.
    pub digest: RequestDigest,
    /// The request's id, for the refusal that may be kept.
    pub request_id: String,
}

impl KeyedRequest {
    /// The key as it is stored, in its bearer's scope.
    pub(super) fn hash(&self, bearer: &Bearer) -> KeyHash {
        KeyHash::new(&bearer.client_id, bearer.authority.user_id, &self.key)
    }
}

/// A payment with the community whose currency it is in.
#[derive(Debug, Clone)]
pub struct PaymentInContext {
    /// The payment.
    pub payment: Payment,
    /// Its community.
    pub community: Arc<Community>,
}

/// What a keyed command was answered, in the bytes that are kept.
#[derive(Debug, Clone)]
pub enum KeyedAnswer {
    /// The kept bytes, new or replayed.
    Kept(Answered),
    /// A replay whose bytes had to be erased: the payment as it is now.
    Present {
        /// The status code of the first answer.
        status: u16,
        /// The payment.
        found: Box<PaymentInContext>,
    },
    /// Another admin has to agree first: how that stands now.
    Asked(Box<VisibleApproval>),
}

impl Services {
    /// Pays, or sets money aside for the payee to capture. The same key with the same request answers the same, for ever.
    ///
    /// # Errors
    /// What is wrong with the request, or why nothing was posted. Refusals that are final for the key are answers.
    pub async fn pay(
        &self,
        bearer: &Bearer,
        new: NewPayment,
        request: KeyedRequest,
    ) -> Result<KeyedAnswer, ServiceError> {
        let answer = self.pay_once(bearer, new, request).await;
        self.for_live_sessions(bearer, answer).await
    }

    /// An answer for its caller. The fold has judged the session behind what it posted; whatever else is told, a
    /// replay above all, is told to live sessions only.
    ///
    /// # Errors
    /// The answer's own, or that the session has ended.
    pub(super) async fn for_live_sessions(
        &self,
        bearer: &Bearer,
        answer: Result<KeyedAnswer, ServiceError>,
    ) -> Result<KeyedAnswer, ServiceError> {
        match &answer {
            Ok(KeyedAnswer::Kept(Answered { is_replay: false, .. })) => {}
            Ok(_) => self.require_live(bearer).await?,
            Err(error) => self.tell_live_sessions(bearer, error).await?,
        }
        answer
    }

    /// Refuses an ended session what an error would tell it.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`].
    pub(super) async fn tell_live_sessions(
        &self,
        bearer: &Bearer,
        error: &ServiceError,
    ) -> Result<(), ServiceError> {
        match error {
            ServiceError::Invalid(_) | ServiceError::NotFound | ServiceError::Refused(_) => {
                self.require_live(bearer).await
            }
            _ => Ok(()),
        }
    }

    pub(super) async fn require_live(&self, bearer: &Bearer) -> Result<(), ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger.read(move |conn| require_live_session(conn, &caller, now)).await
    }

    async fn pay_once(
        &self,
        bearer: &Bearer,
        new: NewPayment,
        request: KeyedRequest,
    ) -> Result<KeyedAnswer, ServiceError> {
        let (community, proposal) = self.order(bearer, new).await?.into_proposal();
        self.submit_keyed(community, bearer, request, proposal.into()).await
    }

    /// Has the ledger do something that makes or changes a payment, at most once under the request's key.
    ///
    /// # Errors
    /// Why nothing was posted, where that is not final for the key.
    pub(super) async fn submit_keyed(
        &self,
        community: Arc<Community>,
        bearer: &Bearer,
        request: KeyedRequest,
        action: Action,
    ) -> Result<KeyedAnswer, ServiceError> {
        self.submit_keyed_telling(community, bearer, request, (action, Vec::new())).await
    }

    /// The same, with mails about what comes of it: that it is done, or that another admin has to agree first.
    ///
    /// # Errors
    /// As [`Services::submit_keyed`].
    pub(super) async fn submit_keyed_telling(
        &self,
        community: Arc<Community>,
        bearer: &Bearer,
        request: KeyedRequest,
        (action, notices): (Action, Vec<CommandNotice>),
    ) -> Result<KeyedAnswer, ServiceError> {
        match self.submit_under_key(community.id, bearer, request, (action, notices)).await? {
            Answered { approval_id: Some(id), .. } => {
                let approval = self.find_approval(&community, id).await?;
                Ok(KeyedAnswer::Asked(Box::new(approval)))
            }
            Answered { body: None, payment_id, status, .. } => {
                self.present(community, payment_id, status).await
            }
            answered => Ok(KeyedAnswer::Kept(answered)),
        }
    }

    /// The same, with the kept answer as it is.
    ///
    /// # Errors
    /// Why nothing was posted, where that is not final for the key.
    pub(super) async fn submit_under_key(
        &self,
        community_id: CommunityId,
        bearer: &Bearer,
        request: KeyedRequest,
        (action, notices): (Action, Vec<CommandNotice>),
    ) -> Result<Answered, ServiceError> {
        let key = KeyUse { hash: request.hash(bearer), request: request.digest };
        let has_mails = !notices.is_empty();
        let command = Command {
            key: Some(key),
            notices,
            ..Command::by_user(community_id, bearer.authority, request.request_id, action)
        };
        let outcome = self.ledger.submit(command).await?;
        if has_mails {
            self.ring();
        }
        match outcome {
            Outcome::Answered(answered) => Ok(answered),
            Outcome::Refused(refusal) => Err(refusal.into()),
            other => Err(ServiceError::Internal(format!("a payment gave {other:?}"))),
        }
    }

    /// What a replay shows whose kept bytes had to be erased.
    async fn present(
        &self,
        community: Arc<Community>,
        payment_id: Option<PaymentId>,
        status: u16,
    ) -> Result<KeyedAnswer, ServiceError> {
        let Some(payment_id) = payment_id else { return Err(ServiceError::Refused(Refusal::KeyReused)) };
        let community_id = community.id;
        let found =
            self.ledger.read(move |conn| payments::find_in_any(conn, &[community_id], payment_id)).await?;
        let payment = found.ok_or(ServiceError::NotFound)?;
        Ok(KeyedAnswer::Present { status, found: Box::new(PaymentInContext { payment, community }) })
    }

    /// A payment that the bearer has a side in, or may see as an admin.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when it is absent or not theirs.
    pub async fn payment(&self, bearer: &Bearer, id: PaymentId) -> Result<PaymentInContext, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let own = communities::ids_of_user(conn, caller.authority.user_id)?;
                let payment = payments::find_in_any(conn, &own, id)?.ok_or(ServiceError::NotFound)?;
                let community =
                    communities::find(conn, payment.community_id)?.ok_or(ServiceError::NotFound)?;
                let membership = require_place(conn, community, &caller.authority)?;
                let sides = [payment.payer.account_id, payment.payee.account_id];
                let accounts = accounts::find_many(conn, payment.community_id, &sides)?;
                if accounts.iter().all(|account| membership.access_to(account) == Access::Public) {
                    return Err(ServiceError::NotFound);
                }
                Ok(PaymentInContext { payment, community: Arc::new(membership.community) })
            })
            .await
    }
}
