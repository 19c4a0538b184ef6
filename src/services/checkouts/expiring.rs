//! Ending checkouts whose time is over: when the clock comes by, and before that, when somebody looks at one.
//!
//! Nobody is told that a checkout is open which nobody can pay any more. That it is over is for the ledger to say and not for
//! whoever reads: with several processes and their clocks, one would say so while another one still took the payment.

use super::CheckoutInContext;
use crate::domain::command::{Action, CheckoutEnd, Command, EndCheckout};
use crate::domain::fold::Outcome;
use crate::domain::ids::{CheckoutId, CommunityId};
use crate::domain::refusal::Refusal;
use crate::services::{ServiceError, Services};
use crate::storage::checkouts;

/// How many overdue checkouts one look finds.
const OVERDUE_MAX: i64 = 200;

impl Services {
    /// Ends some checkouts whose time is over. Whether more may be due.
    ///
    /// # Errors
    /// When the database or the ledger fails; what is left is still due.
    pub async fn expire_checkouts(&self) -> Result<bool, ServiceError> {
        let now = self.now();
        let overdue = self.ledger.read(move |conn| checkouts::overdue(conn, now, OVERDUE_MAX)).await?;
        self.expire(&overdue).await
    }

    /// Ends those of these checkouts whose time is over. Whether there were any.
    ///
    /// # Errors
    /// When the ledger fails: then it is not known how they stand.
    pub(super) async fn expire_overdue_of(&self, found: &[CheckoutInContext]) -> Result<bool, ServiceError> {
        let now = self.now();
        let overdue: Vec<_> = found
            .iter()
            .filter(|found| found.checkout.is_overdue(now))
            .map(|found| (found.community.id, found.checkout.id))
            .collect();
        self.expire(&overdue).await
    }

    async fn expire(&self, overdue: &[(CommunityId, CheckoutId)]) -> Result<bool, ServiceError> {
        let expire = |(community_id, checkout_id): &(CommunityId, CheckoutId)| {
            let end = EndCheckout { checkout_id: *checkout_id, end: CheckoutEnd::Expire };
            Command::by_service(*community_id, Action::EndCheckout(end))
        };
        let mut is_any_done = false;
        for outcome in self.ledger.submit_all(overdue.iter().map(expire).collect()).await {
            match outcome? {
                Outcome::ChangedCheckout(_) => is_any_done = true,
                // Somebody was faster.
                Outcome::Refused(Refusal::Conflict(_)) => {}
                // One that cannot be ended must not keep the others waiting.
                Outcome::Refused(refusal) => {
                    tracing::error!("a checkout could not be ended: {}", refusal.code());
                }
                other => return Err(ServiceError::Internal(format!("a checkout's end gave {other:?}"))),
            }
        }
        Ok(is_any_done)
    }
}
