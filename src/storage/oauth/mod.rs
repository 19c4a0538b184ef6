//! OAuth: registered clients, codes, what members allowed, browsers that are signed in, what apps have spent.
//!
//! | file | what lives there |
//! |---|---|
//! | `browsers.rs` | browsers in which a member is signed in |
//! | `clients.rs` | registered clients |
//! | `codes.rs` | authorization codes |
//! | `grants.rs` | what members allowed |
//! | `spending.rs` | what apps with a ceiling for the day have spent |

pub mod browsers;
pub mod clients;
pub mod codes;
pub mod grants;
pub mod spending;

use crate::domain::command::OneAccount;
use crate::domain::ids::{AccountId, CommunityId};
use crate::domain::spending::{SpendingCeiling, SpendingCeilings};

/// Two columns as ceilings.
fn read_ceilings(per_payment: Option<i64>, per_day: Option<i64>) -> SpendingCeilings {
    SpendingCeilings {
        per_payment: per_payment.map(SpendingCeiling::from_millionths),
        per_day: per_day.map(SpendingCeiling::from_millionths),
    }
}

/// Two columns as the one account that something is for.
fn read_only(community_id: Option<CommunityId>, account_id: Option<AccountId>) -> Option<OneAccount> {
    Some(OneAccount { community_id: community_id?, account_id: account_id? })
}

/// Ceilings as two columns.
fn ceiling_columns(ceilings: SpendingCeilings) -> (Option<i64>, Option<i64>) {
    (ceilings.per_payment.map(SpendingCeiling::millionths), ceilings.per_day.map(SpendingCeiling::millionths))
}
