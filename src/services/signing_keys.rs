//! Signing keys take turns, and nobody is logged out by it: a key is published before it signs, and stays until its
//! last token has expired. All processes read the same times from the database.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::second_factors::random;
use super::{ServiceError, Services, StartError};
use crate::auth::keys::{PublicKey, SigningKey};
use crate::auth::sealing::{BadSeal, Sealing};
use crate::domain::causes::with_causes;
use crate::domain::ids::IdSource;
use crate::domain::time::Timestamp;
use crate::ledger::WriteError;
use crate::storage::secrets::{self, SigningKeyRow};
use crate::storage::{Conn, StorageError};

/// How long a new key is published before it signs, in seconds: much longer than anybody keeps the key set, and than
/// any process goes without reading it.
pub const NOTICE_SECONDS: i64 = 3_600;
/// How often a process that issues tokens reads the stored keys, in seconds.
const READ_EVERY_SECONDS: i64 = 300;
/// How long a key stays after its successor signs, in seconds: the longest life of a token, and a minute.
const LAST_TOKEN_SECONDS: i64 = 660;
/// The first byte of a private key as it is.
const DER_SEQUENCE: u8 = 0x30;

/// When keys take turns.
pub(super) struct KeySchedule {
    life_seconds: i64,
    /// When the stored keys are read next, in microseconds.
    read_at: AtomicI64,
}

impl KeySchedule {
    /// A key signs for this many seconds.
    pub(super) const fn new(life_seconds: i64) -> Self {
        Self { life_seconds, read_at: AtomicI64::new(i64::MIN) }
    }

    /// Whether it is time to read the stored keys. Only one of those who ask at the same moment is told so.
    fn is_due(&self, now: Timestamp) -> bool {
        let read_at = self.read_at.load(Ordering::Relaxed);
        let next = now.plus_seconds(READ_EVERY_SECONDS).micros();
        now.micros() >= read_at
            && self.read_at.compare_exchange(read_at, next, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

impl Services {
    /// The keys that verify access tokens, the next one among them.
    pub async fn public_keys(&self) -> Vec<PublicKey> {
        self.keep_keys_fresh().await;
        self.tokens.public_keys(self.now())
    }

    /// Reads the stored keys from time to time, and makes the next one when the newest has signed for long enough.
    /// A failure is no reason to stop: the keys at hand are good for a while.
    pub(super) async fn keep_keys_fresh(&self) {
        let now = self.now();
        if !self.key_schedule.is_due(now) {
            return;
        }
        let is_old = self.ledger.read(newest).await.map(|newest| {
            newest.is_some_and(|key| key.active_from.plus_seconds(self.key_schedule.life_seconds) <= now)
        });
        let kept = match is_old {
            Ok(true) => self.rotate_signing_key().await,
            Ok(false) => self.read_stored_keys().await,
            Err(error) => Err(StorageError::into(error)),
        };
        if let Err(error) = kept {
            tracing::warn!("the signing keys could not be looked after: {}", with_causes(&error));
        }
    }

    /// Makes the next signing key, which signs after [`NOTICE_SECONDS`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rotate_signing_key(&self) -> Result<(), ServiceError> {
        let now = self.now();
        let unusable = |error: crate::auth::keys::BadKey| ServiceError::Internal(error.to_string());
        let private_key = SigningKey::generate().map_err(unusable)?;
        let kid = SigningKey::from_pkcs8(&private_key).map_err(unusable)?.kid;
        let sealed = seal(&self.sealing, &kid, private_key, self.fresh_nonce());
        let private_key = sealed.map_err(|error| ServiceError::Internal(error.to_string()))?;
        let made = self.ledger.write(move |conn| insert_next(conn, kid, private_key, now)).await;
        match made {
            // Another process was faster; its key is as good.
            Ok(()) | Err(WriteError::Storage(StorageError::Taken { .. })) => self.read_stored_keys().await,
            Err(error) => Err(error.into()),
        }
    }

    /// Takes over the keys that are stored now.
    pub(super) async fn read_stored_keys(&self) -> Result<(), ServiceError> {
        let sealing = Arc::clone(&self.sealing);
        let keys = self
            .ledger
            .read(move |conn| {
                read_keys(conn, &sealing).map_err(|error| ServiceError::Internal(error.to_string()))
            })
            .await?;
        self.tokens.replace_keys(keys);
        Ok(())
    }

    fn fresh_nonce(&self) -> [u8; 12] {
        random((self.ids)().as_mut())
    }
}

/// The form in which a private key is stored: sealed where the operator set a key, and as it is where they did not,
/// because a key that lies beside it in the database would protect nothing.
fn seal(sealing: &Sealing, kid: &str, private_key: Vec<u8>, nonce: [u8; 12]) -> Result<Vec<u8>, BadSeal> {
    if sealing.has_operator_key() {
        sealing.seal(&context(kid), nonce, &private_key)
    } else {
        Ok(private_key)
    }
}

/// A stored private key.
fn open(sealing: &Sealing, row: &SigningKeyRow) -> Result<Vec<u8>, BadSeal> {
    if is_plain(&row.private_key) {
        Ok(row.private_key.clone())
    } else {
        sealing.open(&context(&row.kid), &row.private_key)
    }
}

/// Whether stored bytes are a private key as it is: PKCS#8 in DER begins with a sequence, and no seal does.
fn is_plain(stored: &[u8]) -> bool {
    stored.first() == Some(&DER_SEQUENCE)
}

/// What a sealed signing key is, and which.
fn context(kid: &str) -> Vec<u8> {
    [b"signing key".as_slice(), kid.as_bytes()].concat()
}

/// The key that signs last.
fn newest(conn: &mut Conn) -> Result<Option<SigningKeyRow>, StorageError> {
    Ok(secrets::signing_keys(conn)?.into_iter().max_by_key(|key| key.active_from))
}

fn insert_next(
    conn: &mut Conn,
    kid: String,
    private_key: Vec<u8>,
    now: Timestamp,
) -> Result<(), StorageError> {
    let before = newest(conn)?;
    // A key that waits for its turn already is the next one.
    if before.as_ref().is_some_and(|key| key.active_from > now) {
        return Ok(());
    }
    let active_from = now.plus_seconds(NOTICE_SECONDS);
    let predecessor = before.map(|key| key.kid);
    if let Some(kid) = &predecessor {
        secrets::retire_signing_key(conn, kid, active_from.plus_seconds(LAST_TOKEN_SECONDS))?;
    }
    secrets::forget_retired_keys(conn, now)?;
    let next = SigningKeyRow { kid, private_key, created_at: now, active_from, retire_at: None, predecessor };
    secrets::insert_signing_key(conn, &next)
}

/// The stored signing keys; makes the first one, which signs at once. What was stored as it is before the operator set a
/// key is sealed now.
pub(super) fn load_keys(
    conn: &mut Conn,
    sealing: &Sealing,
    ids: &mut dyn IdSource,
    now: Timestamp,
) -> Result<Vec<Arc<SigningKey>>, StartError> {
    let stored = secrets::signing_keys(conn)?;
    if stored.is_empty() {
        let private_key = SigningKey::generate()?;
        let kid = SigningKey::from_pkcs8(&private_key)?.kid;
        let first = SigningKeyRow {
            private_key: seal(sealing, &kid, private_key, random(ids))?,
            kid,
            created_at: now,
            active_from: now,
            retire_at: None,
            predecessor: None,
        };
        secrets::insert_signing_key(conn, &first)?;
    }
    for row in stored.into_iter().filter(|row| sealing.has_operator_key() && is_plain(&row.private_key)) {
        let sealed = seal(sealing, &row.kid, row.private_key, random(ids))?;
        secrets::replace_private_key(conn, &row.kid, &sealed)?;
    }
    read_keys(conn, sealing)
}

/// The stored signing keys, newest first.
fn read_keys(conn: &mut Conn, sealing: &Sealing) -> Result<Vec<Arc<SigningKey>>, StartError> {
    let mut keys = Vec::new();
    for row in secrets::signing_keys(conn)? {
        let key = SigningKey::from_pkcs8(&open(sealing, &row)?)?;
        keys.push(Arc::new(key.during(row.active_from, row.retire_at)));
    }
    Ok(keys)
}
