//! Making keys, and new secrets for them.

use super::asking::NewKey;
use super::{ApiKey, Secret, VisibleKey, own_account, own_key};
use crate::auth::api_keys::ApiKeySecret;
use crate::auth::tokens::Bearer;
use crate::domain::account::AccountReference;
use crate::domain::api_key::{KEYS_PER_ACCOUNT_MAX, OVERLAP_S, OVERLAP_S_MAX};
use crate::domain::command::OneAccount;
use crate::domain::ids::{ApiKeyId, SessionId};
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::time::Timestamp;
use crate::mail::SecurityEvent;
use crate::services::audit::{self, NewUserAudit, Origin};
use crate::services::notices;
use crate::services::step_up::{require_first_party, require_fresh_proof};
use crate::services::{Fault, ServiceError, Services};
use crate::storage::{Conn, api_keys, sessions};

/// A key that was made, or got another secret, just now.
#[derive(Debug)]
pub struct MadeKey {
    /// The key as it is now.
    pub visible: VisibleKey,
    /// Its secret, told this once.
    pub secret: ApiKeySecret,
}

impl Services {
    /// Makes a key for an account of the bearer's. For the account's owners, with a fresh proof.
    ///
    /// # Errors
    /// What is wrong with it; that the account has as many as one may have; why the bearer may not.
    pub async fn make_key(
        &self,
        bearer: &Bearer,
        new: NewKey,
        origin: &Origin,
    ) -> Result<MadeKey, ServiceError> {
        let now = self.now();
        let asked = new.check(now);
        let reference = new.account.parse::<AccountReference>();
        let (Ok(asked), Ok(reference)) = (&asked, &reference) else {
            let mut faults = match asked {
                Err(ServiceError::Invalid(faults)) => faults,
                Err(error) => return Err(error),
                Ok(_) => Vec::new(),
            };
            if reference.is_err() {
                let detail = "is neither an account's code, like RIVER0001, nor its id";
                faults.push(Fault::new("/account", "malformed_account", detail));
            }
            return Err(ServiceError::Invalid(faults));
        };
        // A key acts long after the sign-in that it was made in, and after a new password.
        require_first_party(bearer)?;
        require_fresh_proof(bearer, now)?;
        let (caller, wanted) = (bearer.clone(), reference.clone());
        let (membership, account) =
            self.ledger.read(move |conn| own_account(conn, &caller, &wanted, now)).await?;
        let community = membership.community;
        let secret = ApiKeySecret::from_random(community.is_test(), &self.random_32());
        let key = ApiKey {
            id: ApiKeyId::from_uuid(self.fresh_uuid()),
            only: OneAccount { community_id: community.id, account_id: account.id },
            user_id: bearer.authority.user_id,
            name: asked.name.clone(),
            scopes: asked.scopes,
            addresses: asked.addresses.clone(),
            expires_at: asked.expires_at,
            created_at: now,
        };
        let made = self.secret_row(&secret, now);
        let (caller, row, hash, stored) = (bearer.clone(), key.clone(), secret.hash(), made.clone());
        let notice = self.security_notice(SecurityEvent::ApiKeyCreated);
        let line = NewUserAudit {
            after: as_json(&key, &made),
            ..self.own_audit("api_key.created", key.user_id, origin)
        };
        self.settle(move |conn| {
            // In the same state of things: who was signed out or frozen in this moment leaves nothing that acts for them.
            sessions::touch(conn, caller.authority.session_id, now)?;
            own_account(conn, &caller, &AccountReference::Id(row.only.account_id), now)?;
            if api_keys::of_accounts(conn, &[row.only.account_id])?.len() >= KEYS_PER_ACCOUNT_MAX {
                return Err(Refusal::Conflict(ConflictReason::TooMany).into());
            }
            api_keys::insert(conn, &row)?;
            api_keys::insert_secret(conn, row.id, &hash, &stored)?;
            audit::record(conn, &line)?;
            Ok(notices::queue(conn, row.user_id, notice)?)
        })
        .await?;
        let visible = VisibleKey { key, secrets: vec![made], account, community };
        Ok(MadeKey { visible, secret })
    }

    /// Gives a key another secret, at once; the present one works beside it for so many seconds more, and what worked beside
    /// that one no longer. For the account's owners, with a fresh proof.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer has no such key; a fault at the overlap.
    pub async fn rotate_key(
        &self,
        bearer: &Bearer,
        id: ApiKeyId,
        overlap_seconds: Option<i64>,
        origin: &Origin,
    ) -> Result<MadeKey, ServiceError> {
        let overlap = overlap_seconds.unwrap_or(OVERLAP_S);
        if !(0..=OVERLAP_S_MAX).contains(&overlap) {
            let detail = format!("must be from 0 to {OVERLAP_S_MAX}");
            return Err(ServiceError::Invalid(vec![Fault::new("/overlap_seconds", "out_of_range", detail)]));
        }
        let now = self.now();
        require_first_party(bearer)?;
        require_fresh_proof(bearer, now)?;
        let caller = bearer.clone();
        let before = self.ledger.read(move |conn| own_key(conn, &caller, id, now)).await?;
        let (present, older) =
            before.secrets.split_first().map_or((None, &[][..]), |(first, rest)| (Some(first), rest));
        let ended: Vec<_> =
            older.iter().chain(present.filter(|_| overlap == 0)).map(|secret| secret.id).collect();
        // In the ledger's order first, so that a caller whose request was cut off can repeat it.
        self.end_in(vec![before.key.only.community_id], ended.clone()).await?;
        let secret = ApiKeySecret::from_random(before.community.is_test(), &self.random_32());
        let made = self.secret_row(&secret, now);
        let (caller, hash, stored, gone) = (bearer.clone(), secret.hash(), made.clone(), ended.clone());
        let notice = self.security_notice(SecurityEvent::ApiKeyCreated);
        let line = NewUserAudit {
            after: as_json(&before.key, &made),
            ..self.own_audit("api_key.rotated", bearer.authority.user_id, origin)
        };
        let known: Vec<_> = before.secrets.iter().map(|secret| secret.id).collect();
        let visible = self
            .settle(move |conn| {
                sessions::touch(conn, caller.authority.session_id, now)?;
                let key = own_key(conn, &caller, id, now)?;
                // Whoever rotated it in the same moment has made the secret that counts.
                if key.secrets.iter().map(|secret| secret.id).ne(known.iter().copied()) {
                    return Err(Refusal::Conflict(ConflictReason::AlreadyExists).into());
                }
                retire(conn, &key, &gone, now.plus_seconds(overlap))?;
                api_keys::insert_secret(conn, id, &hash, &stored)?;
                audit::record(conn, &line)?;
                notices::queue(conn, caller.authority.user_id, notice)?;
                own_key(conn, &caller, id, now)
            })
            .await?;
        self.keys.forget_secrets(&ended);
        self.keys.forget_key(id);
        Ok(MadeKey { visible, secret })
    }

    fn secret_row(&self, secret: &ApiKeySecret, now: Timestamp) -> Secret {
        Secret {
            id: SessionId::from_uuid(self.fresh_uuid()),
            prefix: secret.prefix(),
            created_at: now,
            expires_at: None,
            last_used_at: None,
            last_used_from: None,
        }
    }
}

/// Forgets the secrets that are gone, and ends what is left of them at a time.
fn retire(conn: &mut Conn, key: &VisibleKey, gone: &[SessionId], at: Timestamp) -> Result<(), ServiceError> {
    for secret in &key.secrets {
        if gone.contains(&secret.id) {
            api_keys::delete_secret(conn, secret.id)?;
        } else {
            api_keys::end_secret(conn, secret.id, at)?;
        }
    }
    Ok(())
}

/// What an audit line says of a key. Ids, names of scopes and prefixes need no escaping.
pub(super) fn as_json(key: &ApiKey, secret: &Secret) -> String {
    format!(r#"{{"api_key":"{}","scopes":"{}","prefix":"{}"}}"#, key.id, key.scopes, secret.prefix)
}
