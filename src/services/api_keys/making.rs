//! Making keys, and new secrets for them.

use super::asking::NewKey;
use super::{ApiKey, Secret, VisibleKey, made_key, own_account, own_key, tell_owners};
use crate::auth::api_keys::ApiKeySecret;
use crate::auth::tokens::Bearer;
use crate::domain::account::AccountReference;
use crate::domain::api_key::{KEYS_PER_ACCOUNT_MAX, OVERLAP_S, OVERLAP_S_MAX, SECRETS_MAX};
use crate::domain::command::OneAccount;
use crate::domain::ids::{ApiKeyId, SessionId};
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::time::Timestamp;
use crate::mail::SecurityEvent;
use crate::services::audit::{self, NewUserAudit, Origin};
use crate::services::step_up::{require_first_party, require_fresh_proof};
use crate::services::{Fault, ServiceError, Services};
use crate::storage::{Conn, api_keys, sessions, turns};

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
        let (mut outbox, told) = (self.outbox(), community.clone());
        let line = NewUserAudit {
            after: as_json(&key, &made),
            ..self.own_audit("api_key.created", key.user_id, origin)
        };
        self.settle(move |conn| {
            // In the same state of things: who was signed out or frozen in this moment leaves nothing that acts for them.
            sessions::touch(conn, caller.authority.session_id, now)?;
            own_account(conn, &caller, &AccountReference::Id(row.only.account_id), now)?;
            turns::wait(conn, row.only.account_id)?;
            if api_keys::of_accounts(conn, &[row.only.account_id])?.len() >= KEYS_PER_ACCOUNT_MAX {
                return Err(Refusal::Conflict(ConflictReason::TooMany).into());
            }
            api_keys::insert(conn, &row)?;
            api_keys::insert_secret(conn, row.id, &hash, &stored)?;
            audit::record(conn, &line)?;
            Ok(tell_owners(
                conn,
                &mut outbox,
                (&told, row.only.account_id),
                (SecurityEvent::ApiKeyCreated, now),
            )?)
        })
        .await?;
        let visible = VisibleKey { key, secrets: vec![made], account, community };
        Ok(MadeKey { visible, secret })
    }

    /// Gives a key another secret, at once; the present one works beside it for so many seconds more, and what works beside that
    /// one for as long as it was to: whoever repeats a rotation whose answer was lost breaks nothing. For whoever made it, as whom it acts, with a fresh proof: other owners of the account revoke it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer has no such key; [`Refusal::Forbidden`] where they have not made it; a fault at
    /// the overlap.
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
        let before = self.ledger.read(move |conn| made_key(conn, &caller, id, now)).await?;
        let ended = surplus(&before.secrets, overlap, now);
        // In the ledger's order first, so that a caller whose request was cut off can repeat it.
        self.end_in(vec![before.key.only.community_id], ended.clone()).await?;
        let secret = ApiKeySecret::from_random(before.community.is_test(), &self.random_32());
        let made = self.secret_row(&secret, now);
        let (caller, hash, stored, gone) = (bearer.clone(), secret.hash(), made.clone(), ended.clone());
        let (mut outbox, told) = (self.outbox(), before.community.clone());
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
                tell_owners(conn, &mut outbox, (&told, key.account.id), (SecurityEvent::ApiKeyChanged, now))?;
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

/// The secrets that end at once when another one comes, of these, newest first: those whose time is over, and those that are too
/// many. Nobody seems to have those that were never used.
fn surplus(secrets: &[Secret], overlap: i64, now: Timestamp) -> Vec<SessionId> {
    let is_over = |secret: &&Secret| overlap == 0 || secret.expires_at.is_some_and(|at| at <= now);
    let (over, mut live): (Vec<_>, Vec<_>) = secrets.iter().partition(is_over);
    live.sort_by_key(|secret| secret.last_used_at.is_none());
    let kept = live.len().min(SECRETS_MAX - 1);
    over.into_iter().chain(live.split_off(kept)).map(|secret| secret.id).collect()
}

/// Forgets the secrets that are gone, and ends at a time what was to work for ever.
fn retire(conn: &mut Conn, key: &VisibleKey, gone: &[SessionId], at: Timestamp) -> Result<(), ServiceError> {
    for secret in &key.secrets {
        if gone.contains(&secret.id) {
            api_keys::delete_secret(conn, secret.id)?;
        } else if secret.expires_at.is_none() {
            api_keys::end_secret(conn, secret.id, at)?;
        }
    }
    Ok(())
}

/// What an audit line says of a key. Ids, names of scopes and prefixes need no escaping.
pub(super) fn as_json(key: &ApiKey, secret: &Secret) -> String {
    format!(r#"{{"api_key":"{}","scopes":"{}","prefix":"{}"}}"#, key.id, key.scopes, secret.prefix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn secret(number: u128, expires_at: Option<i64>, is_used: bool) -> Secret {
        let at = Timestamp::from_micros;
        Secret {
            id: SessionId::from_uuid(Uuid::from_u128(number)),
            prefix: String::new(),
            created_at: at(0),
            expires_at: expires_at.map(at),
            last_used_at: is_used.then(|| at(0)),
            last_used_from: None,
        }
    }

    #[test]
    fn what_a_shop_uses_outlives_what_nobody_ever_used() {
        let now = Timestamp::from_micros(10);
        let ended = |secrets: &[Secret], overlap| -> Vec<u128> {
            surplus(secrets, overlap, now).iter().map(|id| id.uuid().as_u128()).collect()
        };
        let used = secret(1, Some(50), true);
        let (lost, present) = (secret(2, Some(60), false), secret(3, None, false));
        assert!(ended(&[secret(3, None, true)], 20).is_empty());
        assert!(
            ended(&[present.clone(), used.clone()], 20).is_empty(),
            "the answer was lost, and asked for again"
        );
        assert_eq!(ended(&[present.clone(), lost.clone(), used.clone()], 20), [2], "and again");
        assert_eq!(ended(&[present.clone(), secret(4, Some(10), true)], 20), [4], "its time is over");
        assert_eq!(ended(&[present, lost, used], 0), [3, 2, 1]);
    }
}
