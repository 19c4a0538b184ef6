//! Buttons and donation links: what makes checkouts for a shop that has no software of its own.

use super::amount::Amount;
use super::checkout::LinkToken;
use super::ids::{PaymentLinkId, UserId};
use super::payment::Party;
use super::time::Timestamp;

/// How many links of an account may be in use at once.
pub const PAYMENT_LINKS_MAX: i64 = 100;
/// The most characters of a link's title.
pub const TITLE_CHARS_MAX: usize = 100;

/// A button or link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentLink {
    /// Its id.
    pub id: PaymentLinkId,
    /// Who is paid.
    pub payee: Party,
    /// What opens its page.
    pub token: LinkToken,
    /// What it is called.
    pub title: String,
    /// What for; may be empty.
    pub description: String,
    /// How much; up to the payer where none is named.
    pub amount: Option<Amount>,
    /// Where the payer goes afterwards.
    pub return_url: Option<String>,
    /// Whether it makes checkouts.
    pub is_enabled: bool,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
}
