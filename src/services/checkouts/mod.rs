//! Checkouts: shops make them, payers approve or decline them, and whoever has a link sees what it is.
//!
//! | file | what lives there |
//! |---|---|
//! | `asking.rs` | from a request's texts to a checkout |
//! | `deciding.rs` | approving, declining, cancelling |
//! | `expiring.rs` | ending those whose time is over |
//! | `finding.rs` | one checkout, with waiting for its end, and an account's list |
//! | `waiting.rs` | places for those who wait |

mod asking;
mod deciding;
mod expiring;
mod finding;
mod waiting;

use std::sync::Arc;

use crate::domain::checkout::{Checkout, CheckoutReader};
use crate::domain::community::Community;
use crate::domain::fold::Answered;

pub use asking::{NewCheckout, NewSplit};
pub use deciding::Named;
pub use finding::CheckoutQuery;
pub(super) use finding::{Receiving, receiving_accounts};
pub use waiting::CHECKOUT_WAIT_S_MAX;
pub(super) use waiting::WaitingRoom;

/// A checkout with its community.
#[derive(Debug, Clone)]
pub struct CheckoutInContext {
    /// The checkout.
    pub checkout: Checkout,
    /// Its community.
    pub community: Arc<Community>,
    /// Whether it is seen by office, by somebody who neither looks after its account nor pays it.
    pub is_by_office: bool,
}

impl CheckoutInContext {
    /// A checkout for those whose business it is.
    pub const fn new(community: Arc<Community>, checkout: Checkout) -> Self {
        Self { checkout, community, is_by_office: false }
    }
}

/// What a keyed command about a checkout was answered.
#[derive(Debug, Clone)]
pub enum CheckoutAnswer {
    /// The kept bytes, new or replayed.
    Kept(Answered),
    /// A replay whose bytes had to be erased: the checkout as it is now.
    Present {
        /// The status code of the first answer.
        status: u16,
        /// Who asked.
        reader: CheckoutReader,
        /// The checkout.
        found: Box<CheckoutInContext>,
    },
}
