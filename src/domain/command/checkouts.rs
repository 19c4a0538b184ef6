//! Commands about checkouts.

use crate::domain::chain::Hash;
use crate::domain::checkout::{CheckoutTerms, OrderKey};
use crate::domain::ids::{AccountId, CheckoutId, UserId};
use crate::domain::time::Timestamp;

/// Make a checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateCheckout {
    /// Who is to be paid.
    pub account_id: AccountId,
    /// What is asked for.
    pub terms: CheckoutTerms,
    /// Which order it is for.
    pub order_key: OrderKey,
    /// The hash of what is asked for: the same for the same.
    pub digest: Hash,
    /// Until when it can be approved.
    pub expires_at: Timestamp,
    /// Who followed a link for it, where one did.
    pub follower: Option<UserId>,
}

/// Pay a checkout, or set its amount aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApproveCheckout {
    /// The checkout.
    pub checkout_id: CheckoutId,
    /// Who pays.
    pub payer_id: AccountId,
}

/// End an open checkout without payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndCheckout {
    /// The checkout.
    pub checkout_id: CheckoutId,
    /// How.
    pub end: CheckoutEnd,
}

/// How an open checkout ends without payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckoutEnd {
    /// Whoever has its link says no.
    Decline,
    /// The shop calls it off.
    Cancel,
    /// Its time is over. Only the service itself asks for it.
    Expire,
}
