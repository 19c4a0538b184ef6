//! API keys: with what a shop's software acts at one account, as whoever made the key and with no more than it was given.
//!
//! A key is bound to its account: the access policy lets it reach nothing else, and nothing at all while its maker may not
//! act there. To the ledger each of its secrets is what a sign-in is, so that one that was revoked posts nothing more from
//! its turn in the order on.
//!
//! | file | what lives there |
//! |---|---|
//! | `asking.rs` | what people ask of keys, and what is wrong with it |
//! | `keeping.rs` | seeing keys, changing them, revoking them |
//! | `making.rs` | making keys, and new secrets for them |
//! | `using.rs` | from a key to a caller |

mod asking;
mod keeping;
mod making;
mod using;

pub use asking::{KeyChange, NewExpiry, NewKey};
pub use making::MadeKey;
pub(super) use using::RememberedKeys;

pub use crate::storage::api_keys::{ApiKey, Secret};

use super::ServiceError;
use super::caller::{Membership, find_visible_account, require_live_session, require_place};
use super::letters::Outbox;
use super::step_up::require_first_party;
use crate::auth::tokens::Bearer;
use crate::domain::account::{Account, AccountReference};
use crate::domain::community::Community;
use crate::domain::ids::{AccountId, ApiKeyId};
use crate::domain::policy::Right;
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;
use crate::mail::{Letter, Plain, SecurityEvent};
use crate::storage::{Conn, StorageError, accounts, api_keys, communities, notifications};

/// A key as those see it who own its account.
#[derive(Debug, Clone)]
pub struct VisibleKey {
    /// The key.
    pub key: ApiKey,
    /// Its secrets, newest first: the present one, and what works beside it for a while.
    pub secrets: Vec<Secret>,
    /// The account that it is for.
    pub account: Account,
    /// The account's community.
    pub community: Community,
}

/// The account at which the bearer is to make keys or see them: their own, as long as they may act there.
fn own_account(
    conn: &mut Conn,
    bearer: &Bearer,
    reference: &AccountReference,
    now: Timestamp,
) -> Result<(Membership, Account), ServiceError> {
    require_live_session(conn, bearer, now)?;
    let (membership, visible) = find_visible_account(conn, &bearer.authority, reference)?;
    let account = visible.full().ok_or(Refusal::Forbidden)?.clone();
    if membership.may(Right::ManageAccount, &account) {
        Ok((membership, account))
    } else {
        Err(Refusal::Forbidden.into())
    }
}

/// A key of an account of the bearer's.
///
/// # Errors
/// [`ServiceError::NotFound`] where there is none of theirs.
fn own_key(
    conn: &mut Conn,
    bearer: &Bearer,
    id: ApiKeyId,
    now: Timestamp,
) -> Result<VisibleKey, ServiceError> {
    require_first_party(bearer)?;
    require_live_session(conn, bearer, now)?;
    let key = api_keys::find(conn, id)?.ok_or(ServiceError::NotFound)?;
    let community = communities::find(conn, key.only.community_id)?.ok_or(ServiceError::NotFound)?;
    let membership = require_place(conn, community, &bearer.authority)?;
    let account = accounts::find_many(conn, key.only.community_id, &[key.only.account_id])?.pop();
    let account = account.filter(|account| membership.may(Right::ManageAccount, account));
    let account = account.ok_or(ServiceError::NotFound)?;
    let secrets = api_keys::secrets(conn, id)?;
    Ok(VisibleKey { key, secrets, account, community: membership.community })
}

/// The same, where the bearer has made it. A key acts as whoever made it: nobody else gets a secret of it, or lets it work for longer
/// or from elsewhere.
fn made_key(
    conn: &mut Conn,
    bearer: &Bearer,
    id: ApiKeyId,
    now: Timestamp,
) -> Result<VisibleKey, ServiceError> {
    let visible = own_key(conn, bearer, id, now)?;
    if visible.key.user_id == bearer.authority.user_id { Ok(visible) } else { Err(Refusal::Forbidden.into()) }
}

/// Writes to all who operate the account what became of a key: whoever did it may not be whom they trust.
fn tell_owners(
    conn: &mut Conn,
    outbox: &mut Outbox,
    (community, account_id): (&Community, AccountId),
    (event, now): (SecurityEvent, Timestamp),
) -> Result<(), StorageError> {
    let letter = Letter::security_notice(event, now, Some(Plain::from(community.name.as_str())));
    for (_, user_id) in notifications::owners(conn, community.id, &[account_id])? {
        outbox.write_to_user(conn, community, user_id, letter.clone())?;
    }
    Ok(())
}
