//! From a token to a caller, and what that caller may see. What they may not see looks absent.

use super::{ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::{Account, AccountReference};
use crate::domain::community::Community;
use crate::domain::ids::UserId;
use crate::domain::member::Role;
use crate::domain::time::Timestamp;
use crate::storage::members::Member;
use crate::storage::{Conn, accounts, communities, members, sessions};

/// A community with the caller's places in it; at least one of them belongs.
#[derive(Debug, Clone)]
pub struct Membership {
    /// The community.
    pub community: Community,
    /// The members that the caller operates there.
    pub members: Vec<Member>,
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
}

impl Services {
    /// Who bears this token. Whether the session still stands is looked up where the database is read, and by the
    /// fold for what is posted.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] when the token is not good.
    pub async fn authenticate(&self, token: &str) -> Result<Bearer, ServiceError> {
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

/// Refuses a session that was ended, in the state of the database that is being read.
pub(super) fn require_live_session(
    conn: &mut Conn,
    bearer: &Bearer,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let session = sessions::find(conn, bearer.authority.session_id)?;
    let is_live =
        session.is_some_and(|session| session.is_live(now) && session.user_id == bearer.authority.user_id);
    if is_live { Ok(()) } else { Err(ServiceError::Unauthenticated) }
}

/// The caller's places in a community.
///
/// # Errors
/// [`ServiceError::NotFound`] when they do not belong to it.
pub(super) fn require_membership(
    conn: &mut Conn,
    community: Community,
    user_id: UserId,
) -> Result<Membership, ServiceError> {
    let members = members::of_user(conn, community.id, user_id)?;
    if members.iter().any(|member| member.status.belongs()) {
        Ok(Membership { community, members })
    } else {
        Err(ServiceError::NotFound)
    }
}

impl Membership {
    /// Whether one of the caller's members is an admin who may act.
    pub fn is_admin(&self) -> bool {
        self.members.iter().any(|member| member.role == Role::Admin && member.status.may_act())
    }

    /// How much of an account of this community the caller may see.
    pub fn access_to(&self, account: &Account) -> Access {
        let is_own =
            self.members.iter().any(|member| Some(member.id) == account.member_id && member.status.belongs());
        if is_own || self.is_admin() { Access::Full } else { Access::Public }
    }
}

/// The account that a reference names, as the caller sees it.
///
/// # Errors
/// [`ServiceError::NotFound`] when it is absent or in a community that the caller does not belong to.
pub(super) fn find_visible_account(
    conn: &mut Conn,
    user_id: UserId,
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
            let own = communities::ids_of_user(conn, user_id)?;
            let (community_id, account) =
                accounts::find_in_any(conn, &own, *id)?.ok_or(ServiceError::NotFound)?;
            (communities::find(conn, community_id)?.ok_or(ServiceError::NotFound)?, Some(account))
        }
    };
    let membership = require_membership(conn, community.clone(), user_id)?;
    let account = account.ok_or(ServiceError::NotFound)?;
    let access = membership.access_to(&account);
    Ok((membership, VisibleAccount { community, account, access }))
}
