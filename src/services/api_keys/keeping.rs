//! Seeing keys, changing them, revoking them.

use super::asking::{Expiry, KeyChange};
use super::{VisibleKey, made_key, own_account, own_key, tell_owners};
use crate::auth::tokens::Bearer;
use crate::domain::account::AccountReference;
use crate::domain::ids::{AccountId, ApiKeyId};
use crate::domain::policy::Right;
use crate::mail::SecurityEvent;
use crate::services::audit::{self, NewUserAudit, Origin};
use crate::services::caller::{bound_account, require_live_session, require_place};
use crate::services::step_up::{require_first_party, require_fresh_proof};
use crate::services::{ServiceError, Services};
use crate::storage::members::Member;
use crate::storage::{Conn, accounts, api_keys, communities};

/// The most keys that are shown at once: more of them than anyone keeps.
const KEYS_SHOWN_MAX: usize = 200;

impl Services {
    /// The keys of an account of the bearer's, oldest first; of all of them where none is named.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the account is not the bearer's to know of; a refusal where it is not theirs.
    pub async fn keys(
        &self,
        bearer: &Bearer,
        account: Option<AccountReference>,
    ) -> Result<Vec<VisibleKey>, ServiceError> {
        require_first_party(bearer)?;
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let named =
                    account.map(|reference| own_account(conn, &caller, &reference, now)).transpose()?;
                let ids = match named {
                    Some((_, account)) => vec![account.id],
                    None => own_accounts(conn, &caller)?,
                };
                let found = api_keys::of_accounts(conn, &ids)?;
                let mut shown = Vec::new();
                for key in found.iter().take(KEYS_SHOWN_MAX) {
                    shown.push(own_key(conn, &caller, key.id, now)?);
                }
                Ok(shown)
            })
            .await
    }

    /// A key of an account of the bearer's.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer has no such key.
    pub async fn key(&self, bearer: &Bearer, id: ApiKeyId) -> Result<VisibleKey, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger.read(move |conn| own_key(conn, &caller, id, now)).await
    }

    /// The key that asks.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where it is no key, or its maker may not act at its account now.
    pub async fn present_key(&self, bearer: &Bearer) -> Result<VisibleKey, ServiceError> {
        let id = bearer.key.ok_or(ServiceError::NotFound)?;
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let key = api_keys::find(conn, id)?.ok_or(ServiceError::Unauthenticated)?;
                let (community, account) = bound_account(conn, &caller.authority)?;
                let mut secrets = api_keys::secrets(conn, id)?;
                secrets.retain(|secret| secret.id == caller.authority.session_id);
                Ok(VisibleKey { key, secrets, account, community })
            })
            .await
    }

    /// Changes what a key is called, from where it may be used, and until when. For whoever made it, with a fresh proof.
    ///
    /// # Errors
    /// What is wrong with the change; [`ServiceError::NotFound`] when the bearer has no such key; a refusal where they have not made
    /// it.
    pub async fn change_key(
        &self,
        bearer: &Bearer,
        id: ApiKeyId,
        change: KeyChange,
        origin: &Origin,
    ) -> Result<VisibleKey, ServiceError> {
        let now = self.now();
        let change = change.check(now)?;
        require_first_party(bearer)?;
        require_fresh_proof(bearer, now)?;
        let (caller, mut outbox) = (bearer.clone(), self.outbox());
        let line = NewUserAudit {
            after: key_as_json(id),
            ..self.own_audit("api_key.changed", bearer.authority.user_id, origin)
        };
        let changed = self
            .settle(move |conn| {
                let mut visible = made_key(conn, &caller, id, now)?;
                let key = &mut visible.key;
                let was = (key.addresses.clone(), key.expires_at);
                key.name = change.name.unwrap_or_else(|| key.name.clone());
                key.addresses = change.addresses.unwrap_or_else(|| key.addresses.clone());
                if let Expiry::Is(expires_at) = change.expires_at {
                    key.expires_at = expires_at;
                }
                api_keys::change(conn, key)?;
                if was != (key.addresses.clone(), key.expires_at) {
                    let told = (SecurityEvent::ApiKeyChanged, now);
                    tell_owners(conn, &mut outbox, (&visible.community, visible.account.id), told)?;
                }
                audit::record(conn, &line)?;
                Ok::<_, ServiceError>(visible)
            })
            .await?;
        self.keys.forget_key(id);
        Ok(changed)
    }

    /// Revokes a key: from now on, whatever is asked with it is refused, and what is under way posts nothing more. For the
    /// account's owners. A caller whose request was cut off can repeat it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer has no such key.
    pub async fn revoke_key(
        &self,
        bearer: &Bearer,
        id: ApiKeyId,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        let found = self.ledger.read(move |conn| own_key(conn, &caller, id, now)).await?;
        let ended: Vec<_> = found.secrets.iter().map(|secret| secret.id).collect();
        self.end_in(vec![found.key.only.community_id], ended.clone()).await?;
        let line = NewUserAudit {
            before: key_as_json(id),
            ..self.own_audit("api_key.revoked", bearer.authority.user_id, origin)
        };
        let late = self
            .ledger
            .write(move |conn| {
                // What was made in between has posted nothing that its turn did not allow, and ends here.
                let late: Vec<_> = api_keys::secrets(conn, id)?.into_iter().map(|secret| secret.id).collect();
                if api_keys::delete(conn, id)? {
                    audit::record(conn, &line)?;
                }
                Ok(late)
            })
            .await?;
        self.keys.forget_key(id);
        let late = late.into_iter().filter(|secret| !ended.contains(secret)).collect();
        self.end_in(vec![found.key.only.community_id], late).await
    }
}

/// The accounts of the members whom the bearer operates and for whom they may act.
fn own_accounts(conn: &mut Conn, bearer: &Bearer) -> Result<Vec<AccountId>, ServiceError> {
    let mut own = Vec::new();
    for community_id in communities::ids_of_user(conn, bearer.authority.user_id)? {
        let Some(community) = communities::find(conn, community_id)? else { continue };
        let Ok(membership) = require_place(conn, community, &bearer.authority) else { continue };
        let members: Vec<_> = membership.members.iter().map(|member: &Member| member.id).collect();
        let found = accounts::of_members(conn, community_id, &members)?;
        own.extend(
            found
                .iter()
                .filter(|account| membership.may(Right::ManageAccount, account))
                .map(|account| account.id),
        );
    }
    Ok(own)
}

/// Which key an audit line is about.
fn key_as_json(id: ApiKeyId) -> String {
    format!(r#"{{"api_key":"{id}"}}"#)
}
