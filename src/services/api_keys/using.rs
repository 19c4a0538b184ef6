//! From a key to a caller: found once, remembered for seconds, and looked at on every request.

use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use ipnet::IpNet;
use lru::LruCache;

use super::asking::Networks;
use super::{ApiKey, Secret};
use crate::auth::api_keys::ApiKeySecret;
use crate::auth::tokens::Bearer;
use crate::domain::address::client_group;
use crate::domain::causes::with_causes;
use crate::domain::chain::Hash;
use crate::domain::command::UserAuthority;
use crate::domain::ids::{ApiKeyId, SessionId, SpenderId};
use crate::domain::spending::SpendingCeilings;
use crate::domain::time::Timestamp;
use crate::services::oauth::UNPROVEN;
use crate::services::{ServiceError, Services};
use crate::storage::api_keys;

/// The most keys that are remembered, at about 400 bytes each.
const REMEMBERED_MAX: NonZeroUsize = NonZeroUsize::new(16_384).unwrap();
/// How long what was read of a key is remembered, in seconds. What is changed of it in another process counts after that at the
/// latest; that it is revoked counts at once, because the ledger and whatever reads look for themselves.
const REMEMBERED_SECONDS: i64 = 10;
/// For how long a key that was good is not taken for a guess, in seconds: looking it up anew costs its address nothing.
const GOOD_SECONDS: i64 = 3_600;
/// How often the last use of a key is noted, in seconds.
const USE_NOTED_SECONDS: i64 = 600;

/// What was read of a key.
#[derive(Debug, Clone)]
struct Remembered {
    bearer: Bearer,
    networks: Arc<Networks>,
    expires_at: Option<Timestamp>,
    read_at: Timestamp,
}

impl Remembered {
    fn was_read_within(&self, seconds: i64, now: Timestamp) -> bool {
        self.read_at <= now && now < self.read_at.plus_seconds(seconds)
    }
}

/// The keys that were used a while ago, by what is stored of their secrets.
pub struct RememberedKeys(Mutex<LruCache<Hash, Remembered>>);

impl RememberedKeys {
    /// None yet.
    pub fn new() -> Self {
        Self(Mutex::new(LruCache::new(REMEMBERED_MAX)))
    }

    fn get(&self, hash: &Hash, now: Timestamp) -> Option<Remembered> {
        let found = self.all().get(hash).cloned()?;
        found.was_read_within(REMEMBERED_SECONDS, now).then_some(found)
    }

    fn was_good(&self, hash: &Hash, now: Timestamp) -> bool {
        self.all().peek(hash).is_some_and(|found| found.was_read_within(GOOD_SECONDS, now))
    }

    fn put(&self, hash: Hash, found: Remembered) {
        self.all().put(hash, found);
    }

    /// Forgets what is no key any more.
    fn forget_hash(&self, hash: &Hash) {
        self.all().pop(hash);
    }

    /// Forgets everything of a key.
    pub(super) fn forget_key(&self, id: ApiKeyId) {
        self.forget(|found| found.bearer.key == Some(id));
    }

    /// Forgets these secrets.
    pub(super) fn forget_secrets(&self, ids: &[SessionId]) {
        self.forget(|found| ids.contains(&found.bearer.authority.session_id));
    }

    fn forget(&self, is_meant: impl Fn(&Remembered) -> bool) {
        let mut all = self.all();
        let gone: Vec<Hash> =
            all.iter().filter(|(_, found)| is_meant(found)).map(|(hash, _)| *hash).collect();
        for hash in gone {
            all.pop(&hash);
        }
    }

    fn all(&self) -> std::sync::MutexGuard<'_, LruCache<Hash, Remembered>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Services {
    /// Whether a text is a key that was good a while ago, and so no guess, whatever comes from the same address.
    pub fn remembers_key(&self, text: &str) -> bool {
        ApiKeySecret::parse(text).is_some_and(|key| self.keys.was_good(&key.hash(), self.now()))
    }

    /// Who acts with this key from this address.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] for what is no key, or none any more; [`ServiceError::WrongAddress`] for one that
    /// may not be used from there.
    pub(in crate::services) async fn authenticate_key(
        &self,
        text: &str,
        address: Option<IpAddr>,
    ) -> Result<Bearer, ServiceError> {
        let hash = ApiKeySecret::parse(text).ok_or(ServiceError::Unauthenticated)?.hash();
        let now = self.now();
        let remembered = self.keys.get(&hash, now);
        let (found, used) = if let Some(found) = remembered {
            (found, None)
        } else {
            let read = self.ledger.read(move |conn| api_keys::find_by_secret(conn, &hash)).await?;
            let Some((key, secret)) = read else {
                self.keys.forget_hash(&hash);
                return Err(ServiceError::Unauthenticated);
            };
            let found = remember(&key, &secret, now);
            self.keys.put(hash, found.clone());
            (found, Some(secret))
        };
        if found.expires_at.is_some_and(|expires_at| expires_at <= now) {
            return Err(ServiceError::Unauthenticated);
        }
        if !found.networks.holds(address) {
            return Err(ServiceError::WrongAddress);
        }
        if let Some(secret) = used {
            self.note_use(&secret, address, now);
        }
        Ok(found.bearer)
    }

    /// Notes that a key was used, beside the request and not in its way; now and then, because a busy key is used all the time.
    fn note_use(&self, secret: &Secret, address: Option<IpAddr>, now: Timestamp) {
        let noted_at = secret.last_used_at;
        if noted_at.is_some_and(|at| at <= now && now < at.plus_seconds(USE_NOTED_SECONDS)) {
            return;
        }
        let (ledger, id, from) = (self.ledger.clone(), secret.id, address.map(network_of));
        tokio::spawn(async move {
            let noted = ledger.write(move |conn| api_keys::note_use(conn, id, now, from.as_deref())).await;
            if let Err(error) = noted {
                tracing::info!("a key's use was not noted: {}", with_causes(&ServiceError::from(error)));
            }
        });
    }
}

fn remember(key: &ApiKey, secret: &Secret, now: Timestamp) -> Remembered {
    let client_id: Arc<str> = format!("key:{}", key.id).into();
    let authority = UserAuthority {
        user_id: key.user_id,
        session_id: secret.id,
        scopes: key.scopes,
        auth_time: UNPROVEN,
        ceilings: SpendingCeilings::default(),
        app: Some(SpenderId::of_app(key.user_id, &client_id)),
        only: Some(key.only),
    };
    let expires_at = key.expires_at.into_iter().chain(secret.expires_at).min();
    Remembered {
        bearer: Bearer {
            authority,
            key: Some(key.id),
            subject: key.id.uuid(),
            client_id,
            expires_at: expires_at.unwrap_or(now.plus_seconds(REMEMBERED_SECONDS)),
        },
        networks: Arc::new(Networks::read(&key.addresses)),
        expires_at,
        read_at: now,
    }
}

/// The network that an address belongs to, as far as people are told: which shop's, not which machine.
fn network_of(address: IpAddr) -> String {
    let group = client_group(address);
    let network = match group {
        IpAddr::V4(_) => IpNet::new(group, 24),
        IpAddr::V6(_) => IpNet::new(group, 48),
    };
    network.map(|network| network.trunc().to_string()).unwrap_or_default()
}
