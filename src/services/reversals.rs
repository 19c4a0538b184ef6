//! Undoing payments, as an admin.

use super::audit::Origin;
use super::payments::{KeyedAnswer, KeyedRequest, PaymentInContext, check_text};
use super::{Fault, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::command::{Action, Reverse};
use crate::domain::ids::{AccountId, CommunityId, PaymentId};
use crate::domain::payment::DESCRIPTION_CHARS_MAX;
use crate::domain::policy::Right;
use crate::storage::{Conn, StorageError, accounts, members};

/// A reversal as an admin asks for it.
#[derive(Debug, Clone)]
pub struct NewReversal {
    /// The payment to undo; none where what was named cannot be one.
    pub payment_id: Option<PaymentId>,
    /// Why.
    pub reason: String,
    /// Whether it may leave an account past its limit, this once.
    pub allow_beyond_limit: bool,
}

impl Services {
    /// Undoes what is left of a payment. For admins, with a fresh proof; above the community's amount, and where it goes back to
    /// the admin, it waits for another admin. The same key with the same request answers the same, for ever.
    ///
    /// # Errors
    /// What is wrong with the request, or why nothing was posted. Refusals that are final for the key are answers.
    pub async fn reverse(
        &self,
        bearer: &Bearer,
        new: NewReversal,
        request: KeyedRequest,
        origin: &Origin,
    ) -> Result<KeyedAnswer, ServiceError> {
        let answer = self.reverse_once(bearer, new, request, origin).await;
        self.for_live_sessions(bearer, answer).await
    }

    async fn reverse_once(
        &self,
        bearer: &Bearer,
        new: NewReversal,
        request: KeyedRequest,
        origin: &Origin,
    ) -> Result<KeyedAnswer, ServiceError> {
        let mut faults: Vec<_> =
            check_text("/reason", &new.reason, DESCRIPTION_CHARS_MAX).err().into_iter().collect();
        if new.reason.trim().is_empty() {
            faults.push(Fault::new("/reason", "missing", "says why, for the record and for both sides"));
        }
        if !faults.is_empty() {
            return Err(ServiceError::Invalid(faults));
        }
        let payment_id = new.payment_id.ok_or(ServiceError::NotFound)?;
        let PaymentInContext { payment, community } = self.payment(bearer, payment_id).await?;
        self.note_origin(origin).await?;
        let NewReversal { reason, allow_beyond_limit, .. } = new;
        let action = Action::Reverse(Reverse { payment_id, reason, allow_beyond_limit });
        let left = payment.amount.checked_sub(payment.refunded).unwrap_or_default();
        let sides = [&payment.payer, &payment.payee].map(|party| party.account_id);
        let (caller, community_id) = (bearer.clone(), community.id);
        let read = move |conn: &mut Conn| gains_by(conn, &caller, community_id, sides);
        let gains = self.ledger.read(read).await?;
        let notices = if gains || community.approval_rules.bind_reversal(left) {
            self.notices_of_asking(bearer, &community, Right::ReversePayment).await?
        } else {
            Vec::new()
        };
        self.submit_keyed_telling(community, bearer, request, (action, notices)).await
    }
}

/// Whether a reversal gives something back to the caller, from somebody else.
fn gains_by(
    conn: &mut Conn,
    caller: &Bearer,
    community_id: CommunityId,
    [payer_id, payee_id]: [AccountId; 2],
) -> Result<bool, StorageError> {
    let operated = members::operators(conn, community_id, &[caller.authority.user_id])?;
    let accounts = accounts::find_many(conn, community_id, &[payer_id, payee_id])?;
    let is_own = |id: AccountId| {
        let member_id =
            accounts.iter().find(|account| account.id == id).and_then(|account| account.member_id);
        operated.iter().any(|(_, operator)| Some(operator.member_id) == member_id)
    };
    Ok(is_own(payer_id) && !is_own(payee_id))
}
