//! What to do about a state that stands in the way: what a problem says beside its code.

use crate::domain::refusal::ConflictReason;

/// What to do about a state that stands in the way, where its name does not say enough.
pub(super) const fn advice(reason: ConflictReason) -> Option<&'static str> {
    match reason {
        ConflictReason::NotSettled => {
            Some("The account holds or owes money. Bring its balance to zero, with nothing reserved, first.")
        }
        ConflictReason::AccountOpen => Some("An account is still open. Have an admin close it first."),
        ConflictReason::LastAdmin => {
            Some("Nobody else could act for the others in the community. Make somebody else an admin first.")
        }
        ConflictReason::NotCompleted => {
            Some("Only a completed payment is refunded. This one has not moved any money.")
        }
        ConflictReason::RefundTooLarge => Some(
            "More than is left of the payment. Its `amount` less its `refunded` can still be given back.",
        ),
        ConflictReason::RefundOfRefund => {
            Some("This payment is a refund itself. Make a new payment to send the money back again.")
        }
        ConflictReason::ReversalOfRefund => Some(
            "This payment gives back another one itself. Make a new payment to send the money back again.",
        ),
        ConflictReason::FeeExceedsAmount => Some(
            "The payee's fee is more than the amount. A quote shows the fees of an amount before it is paid.",
        ),
        ConflictReason::PeriodUnderWay => Some(
            "What is due for a period that is over is being dealt with by the rules as they are. Try again in a few minutes.",
        ),
        ConflictReason::NothingLeft => Some("All of the payment was given back before."),
        ConflictReason::NotRequested => Some(
            "Only an open request is accepted, declined or cancelled. The payment's `state` says what became of it.",
        ),
        ConflictReason::RequestExpired => {
            Some("The time to accept is over. Ask the payee for a new request.")
        }
        ConflictReason::NotAuthorised => Some(
            "Only an authorised payment is captured or voided. The payment's `state` says what became of it.",
        ),
        ConflictReason::AuthorisationExpired => {
            Some("The time to capture is over. Ask the payer for a new authorisation.")
        }
        ConflictReason::CaptureTooLarge => {
            Some("More than was authorised. Capture no more than the payment's `amount`.")
        }
        ConflictReason::BadExpiry => Some(
            "`expires_at` is over, or further ahead than is permitted. Name a later or a nearer time, with a new key.",
        ),
        ConflictReason::TooManyRequests => Some(
            "The payer has as many open requests from this payee as there may be. Wait until some are decided, or cancel some; then use a new key.",
        ),
        ConflictReason::MemberClosed => {
            Some("The member has left and does not come back as it was. Let the person join anew.")
        }
        ConflictReason::NoBroker => {
            Some("The member is no broker, or it is the account's own. Name another member who is a broker.")
        }
        ConflictReason::ScheduleEnded => {
            Some("It has had its turn, or ended for good. Plan a new one instead.")
        }
        ConflictReason::NoPasskeysHere => {
            Some("Browsers have passkeys only for a public URL with https and a name. The operator sets it.")
        }
        ConflictReason::OwnRequest => Some("You asked for this yourself. Another admin has to agree to it."),
        ConflictReason::PolicyChanged => Some(
            "Another policy was adopted since this one was asked for. Look at it, refuse this one, and ask for it anew if it is still meant.",
        ),
        ConflictReason::RulesChanged => Some(
            "Other rules were set since these were asked for. Look at them, refuse this request, and ask for it anew if it is still meant.",
        ),
        ConflictReason::ApprovalExpired => Some("Nobody agreed in time. Ask for it again."),
        ConflictReason::AskerGone => Some(
            "Who asked for this has no right to it any more. Ask for it yourself, where it is still wanted.",
        ),
        ConflictReason::ApprovalNeeded => Some(
            "A credit limit this high, or an allowance on top of one, needs two admins. Let the member in with the community's own limit, and raise it then; or allow less.",
        ),
        ConflictReason::BalanceChanged => Some(
            "The balance is no longer what was to be agreed to. Refuse it, and ask for it anew if it is still meant.",
        ),
        ConflictReason::MergeBlocked => Some(
            "`errors` names each thing that stands in the way. Settle them, and ask for the merge again.",
        ),
        ConflictReason::EndpointOff => {
            Some("The endpoint is switched off. Switch it on first: `{\"enabled\": true}`.")
        }
        ConflictReason::CheckoutNotOpen => Some(
            "Only an open checkout is approved, declined or cancelled. The checkout's `state` says what became of it; one that is authorised is captured or voided by its payment.",
        ),
        ConflictReason::CheckoutExpired => {
            Some("The time to approve is over. Go back to the shop, and order again.")
        }
        ConflictReason::OrderReferenceTaken => Some(
            "Another checkout stands for this order, with other terms: `checkout_id`. Cancel that one, or name the order differently; then use a new key.",
        ),
        ConflictReason::TooManyCheckouts => Some(
            "The account has as many open checkouts as there may be. Cancel some, or wait until they are over; then use a new key.",
        ),
        ConflictReason::LinkDisabled => Some("The shop has taken this link out of use. Ask the shop."),
        ConflictReason::NoTwoMembers => Some("Name two accounts, each of another member."),
        _ => None,
    }
}
