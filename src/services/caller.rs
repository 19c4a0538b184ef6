//! From a token to a caller, and what that caller may see. What they may not see looks absent.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use uuid::Uuid;

use super::communities::find_community;
use super::{ServiceError, Services};
use crate::auth::api_keys::ApiKeySecret;
use crate::auth::tokens::Bearer;
use crate::domain::account::{Account, AccountReference, AccountStatus};
use crate::domain::command::UserAuthority;
use crate::domain::community::Community;
use crate::domain::delegation::Delegation;
use crate::domain::ids::{AccountId, CommunityId, UserId};
use crate::domain::member::Operator;
use crate::domain::payment::Party;
use crate::domain::policy::{Places, Reach, Right};
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;
use crate::storage::members::Member;
use crate::storage::{
    Conn, StorageError, accounts, api_keys, communities, delegations, members, merges, sessions,
};

/// A community with the caller's places in it, of which there is at least one.
#[derive(Debug, Clone)]
pub struct Membership {
    /// The community.
    pub community: Community,
    /// The members that the caller operates there.
    pub members: Vec<Member>,
    user_id: UserId,
    is_app: bool,
    reach: Reach,
    operators: Vec<Operator>,
    delegations: HashMap<Uuid, Vec<Delegation>>,
}

/// How much of an account a caller may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everything: it is theirs, or they are an admin.
    Full,
    /// That it exists: id, code, name, kind and status.
    Public,
}

/// An account as a caller sees it.
#[derive(Debug, Clone)]
pub struct VisibleAccount {
    /// Its community.
    pub community: Community,
    /// The account.
    pub account: Account,
    /// How much of it may be shown.
    pub access: Access,
    /// The account to which it leads, where it was merged into another.
    pub merged_into: Option<Box<Party>>,
}

impl Services {
    /// Who bears this token, or this key, at this address. Whether the session still stands is looked up where the
    /// database is read, and by the fold for what is posted.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] when the token is not good; for keys as `Services::authenticate_key`.
    pub async fn authenticate(&self, token: &str, address: Option<IpAddr>) -> Result<Bearer, ServiceError> {
        if ApiKeySecret::is_meant_by(token) {
            return self.authenticate_key(token, address).await;
        }
        self.authenticate_token(token).await
    }

    /// Who bears this token.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] when it is not good.
    pub(super) async fn authenticate_token(&self, token: &str) -> Result<Bearer, ServiceError> {
        let now = self.now();
        if let Ok(bearer) = self.tokens.verify(token, now) {
            return Ok(bearer);
        }
        // Another process may have made a signing key since this one started.
        if !self.tokens.names_unknown_key(token) {
            return Err(ServiceError::Unauthenticated);
        }
        self.read_stored_keys().await?;
        self.tokens.verify(token, now).map_err(|_| ServiceError::Unauthenticated)
    }
}

/// Refuses a session that was ended, or a key that was revoked or has run out, in the state of the database that is being read.
pub(super) fn require_live_session(
    conn: &mut Conn,
    bearer: &Bearer,
    now: Timestamp,
) -> Result<(), ServiceError> {
    if bearer.key.is_some() {
        let is_live = api_keys::is_live(conn, bearer.authority.session_id, now)?;
        return if is_live { Ok(()) } else { Err(ServiceError::Unauthenticated) };
    }
    let session = sessions::find(conn, bearer.authority.session_id)?;
    let is_live =
        session.is_some_and(|session| session.is_live(now) && session.user_id == bearer.authority.user_id);
    if is_live { Ok(()) } else { Err(ServiceError::Unauthenticated) }
}

/// The one account that the caller is bound to: a key's, or an app's that was allowed no more.
///
/// # Errors
/// [`ServiceError::NotFound`] where they are bound to none, or whoever they act for may not act there now.
pub(super) fn bound_account(
    conn: &mut Conn,
    caller: &UserAuthority,
) -> Result<(Community, Account), ServiceError> {
    let only = caller.only.ok_or(ServiceError::NotFound)?;
    let community = communities::find(conn, only.community_id)?.ok_or(ServiceError::NotFound)?;
    let membership = require_place(conn, community, caller)?;
    let account = accounts::find_many(conn, only.community_id, &[only.account_id])?.pop();
    let account = account.filter(|account| membership.may(Right::SeeAccount, account));
    Ok((membership.community, account.ok_or(ServiceError::NotFound)?))
}

/// The account that is meant where a caller names none, of those that are theirs: the only open one. Those for tests are named by
/// whoever means them, or asked for with a key or an app's token that is for nothing else.
pub(super) fn only_one(
    caller: &UserAuthority,
    own: impl IntoIterator<Item = (Arc<Community>, Account)>,
) -> Option<(Arc<Community>, Account)> {
    let is_bound = caller.only.is_some();
    let mut meant = own.into_iter().filter(|(community, account)| {
        account.status != AccountStatus::Closed && (is_bound || !community.is_test())
    });
    let found = meant.next()?;
    meant.next().is_none().then_some(found)
}

/// The caller's places in a community.
///
/// # Errors
/// [`ServiceError::NotFound`] when they do not belong to it.
pub(super) fn require_membership(
    conn: &mut Conn,
    community: Community,
    caller: &UserAuthority,
) -> Result<Membership, ServiceError> {
    let membership = require_place(conn, community, caller)?;
    if membership.places().belongs() { Ok(membership) } else { Err(ServiceError::NotFound) }
}

/// The caller's places in a community, that of a teller who is no member among them.
///
/// # Errors
/// [`ServiceError::NotFound`] when they have none.
pub(super) fn require_place(
    conn: &mut Conn,
    community: Community,
    caller: &UserAuthority,
) -> Result<Membership, ServiceError> {
    let UserAuthority { user_id, .. } = *caller;
    let (is_app, reach) = (caller.is_app(), caller.reach_in(community.id));
    let members = members::of_user(conn, community.id, user_id)?;
    let operators = members.iter().map(Member::standing).collect();
    let ids: Vec<_> = members.iter().map(|member| member.id.uuid()).chain([user_id.uuid()]).collect();
    let mut delegations: HashMap<Uuid, Vec<Delegation>> = HashMap::new();
    for delegation in delegations::given_to(conn, community.id, &ids)? {
        delegations.entry(delegation.delegate.uuid()).or_default().push(delegation);
    }
    let membership = Membership { community, members, user_id, is_app, reach, operators, delegations };
    if membership.places().has_any() { Ok(membership) } else { Err(ServiceError::NotFound) }
}

impl Membership {
    /// Refuses a caller without this right in the community.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`].
    pub fn require(&self, right: Right) -> Result<(), ServiceError> {
        if self.places().may(right, None) { Ok(()) } else { Err(Refusal::Forbidden.into()) }
    }

    /// Whether the caller has this right at an account of the community.
    pub fn may(&self, right: Right, account: &Account) -> bool {
        self.places().may(right, Some(account))
    }

    /// Whether an account's business is the caller's own, and not only by office.
    pub fn is_concerned(&self, account: &Account) -> bool {
        self.places().is_concerned(account)
    }

    /// How much of an account of this community the caller may see.
    pub fn access_to(&self, account: &Account) -> Access {
        if self.may(Right::SeeAccount, account) { Access::Full } else { Access::Public }
    }

    /// The accounts where the caller was let act.
    pub(super) fn entrusted(&self) -> Vec<AccountId> {
        self.delegations.values().flatten().map(|given| given.account_id).collect()
    }

    fn places(&self) -> Places<'_> {
        Places {
            user_id: self.user_id,
            is_app: self.is_app,
            reach: self.reach,
            operators: &self.operators,
            delegations: &self.delegations,
        }
    }
}

/// The community with this code, with the bearer's places in it.
pub(super) fn membership(
    conn: &mut Conn,
    bearer: &Bearer,
    code: &str,
    now: Timestamp,
) -> Result<Membership, ServiceError> {
    require_live_session(conn, bearer, now)?;
    let community = find_community(conn, code)?;
    require_membership(conn, community, &bearer.authority)
}

/// The community with this code, in which the bearer must have the right.
pub(super) fn require_right(
    conn: &mut Conn,
    bearer: &Bearer,
    code: &str,
    right: Right,
    now: Timestamp,
) -> Result<Community, ServiceError> {
    let membership = membership(conn, bearer, code, now)?;
    membership.require(right)?;
    Ok(membership.community)
}

/// The account that a reference names, as the caller sees it.
///
/// # Errors
/// [`ServiceError::NotFound`] when it is absent or in a community that the caller does not belong to.
pub(super) fn find_visible_account(
    conn: &mut Conn,
    caller: &UserAuthority,
    reference: &AccountReference,
) -> Result<(Membership, VisibleAccount), ServiceError> {
    let (community, account) = match reference {
        AccountReference::Code(code) => {
            let community =
                communities::find_by_code(conn, code.community())?.ok_or(ServiceError::NotFound)?;
            let account = accounts::find_by_code(conn, community.id, code.as_str())?;
            (community, account)
        }
        AccountReference::Id(id) => {
            let own = communities::ids_of_user(conn, caller.user_id)?;
            let (community_id, account) =
                accounts::find_in_any(conn, &own, *id)?.ok_or(ServiceError::NotFound)?;
            (communities::find(conn, community_id)?.ok_or(ServiceError::NotFound)?, Some(account))
        }
    };
    let membership = require_place(conn, community.clone(), caller)?;
    let account = account.ok_or(ServiceError::NotFound)?;
    let access = membership.access_to(&account);
    // That an account exists is for members to know.
    if access == Access::Public && !membership.places().belongs() {
        return Err(ServiceError::NotFound);
    }
    let merged_into = merged_into(conn, &account, community.id)?;
    Ok((membership, VisibleAccount { community, account, access, merged_into }))
}

/// Where an account leads that was merged into another: only closed ones can have been.
fn merged_into(
    conn: &mut Conn,
    account: &Account,
    community_id: CommunityId,
) -> Result<Option<Box<Party>>, StorageError> {
    if account.status != AccountStatus::Closed {
        return Ok(None);
    }
    let Some(id) = merges::leads_to(conn, community_id, account.id)? else { return Ok(None) };
    let found = accounts::find_many(conn, community_id, &[id])?.pop();
    Ok(found.map(|account| Box::new(Party::from(&account))))
}

/// The account that a reference names, with its community, for a caller who may see all of it.
///
/// # Errors
/// [`ServiceError::NotFound`] when it is not theirs to look into; [`ServiceError::Unauthenticated`] when the session is over.
pub(super) fn find_own_account(
    conn: &mut Conn,
    caller: &Bearer,
    reference: &AccountReference,
    now: Timestamp,
) -> Result<(Community, Account), ServiceError> {
    require_live_session(conn, caller, now)?;
    let (_, visible) = find_visible_account(conn, &caller.authority, reference)?;
    if visible.access == Access::Full {
        Ok((visible.community, visible.account))
    } else {
        Err(ServiceError::NotFound)
    }
}
