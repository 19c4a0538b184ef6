//! Second factors: an authenticator app, and recovery codes for when it is lost.

use super::audit::{self, Origin};
use super::caller::require_live_session;
use super::notices;
use super::step_up::{require_first_party, require_fresh_proof};
use super::{Fault, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::auth::{recovery, totp};
use crate::domain::chain::Hash;
use crate::domain::ids::{IdSource, UserId};
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::mail::SecurityEvent;
use crate::storage::credentials::{self, SecondFactor};
use crate::storage::{Conn, StorageError, users};

/// The most bytes of a code that is looked at.
pub(super) const CODE_BYTES_MAX: usize = 64;

/// An authenticator in the making, shown once.
#[derive(Debug)]
pub struct StartedTotp {
    /// The secret, as people type it.
    pub secret: String,
    /// The same for an app's camera.
    pub otpauth_url: String,
}

/// A code that fits. It still has to be used up, which only one of several at once can.
#[derive(Debug, Clone, Copy)]
pub(super) enum FittingCode {
    Step(i64),
    Recovery(Hash),
}

impl Services {
    /// Starts an authenticator, which counts once a code of it was shown. Needs a fresh proof.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] when one is on already.
    pub async fn start_totp(&self, bearer: &Bearer) -> Result<StartedTotp, ServiceError> {
        require_first_party(bearer)?;
        let now = self.now();
        require_fresh_proof(bearer, now)?;
        let user_id = bearer.authority.user_id;
        let mut ids = (self.ids)();
        let secret = random::<{ totp::SECRET_BYTES }>(ids.as_mut());
        let nonce = random(ids.as_mut());
        let sealed = self.sealing.seal(&context(user_id), nonce, &secret).map_err(internal)?;
        let caller = bearer.clone();
        let user = self
            .ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                users::find(conn, user_id)?.ok_or(ServiceError::Unauthenticated)
            })
            .await?;
        let is_started =
            self.ledger.write(move |conn| credentials::start_factor(conn, user_id, &sealed, now)).await?;
        if !is_started {
            return Err(Refusal::Conflict(ConflictReason::AlreadyExists).into());
        }
        let issuer = self.tokens.issuer();
        let host = issuer.split_once("://").map_or(issuer, |(_, host)| host);
        Ok(StartedTotp {
            secret: totp::base32(&secret),
            otpauth_url: totp::otpauth_url(host, &user.email, &secret),
        })
    }

    /// Turns the started authenticator on with a code of it, and gives recovery codes, shown once.
    ///
    /// # Errors
    /// A fault at `/code`; [`ServiceError::NotFound`] when none was started.
    pub async fn confirm_totp(
        &self,
        bearer: &Bearer,
        code: &str,
        origin: &Origin,
    ) -> Result<Vec<String>, ServiceError> {
        require_first_party(bearer)?;
        let (now, user_id, caller) = (self.now(), bearer.authority.user_id, bearer.clone());
        let factor = self
            .ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                credentials::find_factor(conn, user_id).map_err(ServiceError::from)
            })
            .await?
            .filter(|factor| factor.confirmed_at.is_none())
            .ok_or(ServiceError::NotFound)?;
        let secret = self.sealing.open(&context(user_id), &factor.sealed_secret).map_err(internal)?;
        let step = totp::matching_step(&secret, code.trim(), now).ok_or_else(wrong_code)?;
        let (codes, hashes) = self.fresh_recovery_codes(user_id);
        let notice = self.security_notice(SecurityEvent::SecondFactorAdded);
        let mut line = self.own_audit("second_factor.added", user_id, origin);
        line.session_id = Some(bearer.authority.session_id);
        let is_confirmed = self
            .write_with_mail(move |conn| {
                if !credentials::confirm_factor(conn, user_id, &factor.sealed_secret, step, now)? {
                    return Ok(false);
                }
                credentials::replace_recovery_codes(conn, user_id, &hashes)?;
                audit::record(conn, &line)?;
                notices::queue(conn, user_id, notice)?;
                Ok(true)
            })
            .await?;
        if is_confirmed { Ok(codes) } else { Err(ServiceError::NotFound) }
    }

    /// Turns the authenticator off. Needs a fresh proof, which with a second factor is one of it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when none is on; [`Refusal::Conflict`] when the password is too short without it.
    pub async fn remove_totp(&self, bearer: &Bearer, origin: &Origin) -> Result<(), ServiceError> {
        require_first_party(bearer)?;
        let (now, user_id, caller) = (self.now(), bearer.authority.user_id, bearer.clone());
        require_fresh_proof(bearer, now)?;
        let factor = self
            .ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                credentials::find_factor(conn, user_id).map_err(ServiceError::from)
            })
            .await?
            .filter(|factor| factor.confirmed_at.is_some())
            .ok_or(ServiceError::NotFound)?;
        if factor.has_short_password {
            return Err(Refusal::Conflict(ConflictReason::PasswordTooShort).into());
        }
        let notice = self.security_notice(SecurityEvent::SecondFactorRemoved);
        let mut line = self.own_audit("second_factor.removed", user_id, origin);
        line.session_id = Some(bearer.authority.session_id);
        let is_removed = self
            .write_with_mail(move |conn| {
                let is_removed = credentials::remove_factor(conn, user_id)?;
                if is_removed {
                    audit::record(conn, &line)?;
                    notices::queue(conn, user_id, notice)?;
                }
                Ok(is_removed)
            })
            .await?;
        if is_removed { Ok(()) } else { Err(ServiceError::NotFound) }
    }

    /// Whether a text is a code of this second factor, now.
    pub(super) fn fit_code(
        &self,
        user_id: UserId,
        factor: &SecondFactor,
        code: &str,
    ) -> Result<Option<FittingCode>, ServiceError> {
        let code = code.trim();
        if code.len() > CODE_BYTES_MAX {
            return Ok(None);
        }
        if totp::is_code(code) {
            let secret = self.sealing.open(&context(user_id), &factor.sealed_secret).map_err(internal)?;
            Ok(totp::matching_step(&secret, code, self.now()).map(FittingCode::Step))
        } else {
            Ok(recovery::hash(user_id, code).map(FittingCode::Recovery))
        }
    }

    fn fresh_recovery_codes(&self, user_id: UserId) -> (Vec<String>, Vec<Hash>) {
        let mut ids = (self.ids)();
        let codes: Vec<_> =
            (0..recovery::CODES).map(|_| recovery::from_random(&random(ids.as_mut()))).collect();
        let hashes = codes.iter().filter_map(|code| recovery::hash(user_id, code)).collect();
        (codes, hashes)
    }
}

/// The second factor that counts, if there is one.
pub(super) fn confirmed(factor: Option<SecondFactor>) -> Option<SecondFactor> {
    factor.filter(|factor| factor.confirmed_at.is_some())
}

/// Uses a code up. Whether this call was the one that did it.
pub(super) fn use_code(
    conn: &mut Conn,
    user_id: UserId,
    sealed_secret: &[u8],
    code: FittingCode,
    now: crate::domain::time::Timestamp,
) -> Result<bool, StorageError> {
    match code {
        FittingCode::Step(step) => credentials::use_step(conn, user_id, sealed_secret, step),
        FittingCode::Recovery(hash) => credentials::use_recovery_code(conn, user_id, &hash, now),
    }
}

/// What a sealed authenticator secret is, and whose.
fn context(user_id: UserId) -> Vec<u8> {
    [b"totp".as_slice(), user_id.uuid().as_bytes()].concat()
}

/// Unpredictable bytes.
pub(super) fn random<const LENGTH: usize>(ids: &mut dyn IdSource) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    for part in bytes.chunks_mut(16) {
        let fresh = ids.random_16();
        for (byte, fresh) in part.iter_mut().zip(fresh) {
            *byte = fresh;
        }
    }
    bytes
}

pub(super) fn wrong_code() -> ServiceError {
    ServiceError::Invalid(vec![Fault::new("/code", "wrong", "is no code that works now")])
}

fn internal(error: crate::auth::sealing::BadSeal) -> ServiceError {
    ServiceError::Internal(error.to_string())
}
