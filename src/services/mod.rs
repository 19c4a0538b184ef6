//! Use cases: who may do it, what is to happen, in which transaction. Knows no HTTP.
//!
//! | file | what lives there |
//! |---|---|
//! | `accounts.rs` | seeing accounts and their entries, setting limits and status |
//! | `caller.rs` | from a token to a caller, and what that caller may see |
//! | `communities.rs` | a community's public facts, its directory, its ledger in numbers |
//! | `cursors.rs` | where a list goes on |
//! | `error.rs` | why a use case failed |
//! | `oauth/` | apps: registering, allowing, their tokens, the browser's sign-in |
//! | `payments.rs` | paying, and finding payments |
//! | `references.rs` | which account a code or an id names |
//! | `sessions.rs` | signing in, staying signed in, signing out |
//! | `setup.rs` | founding communities, letting people in |
//! | `world.rs` | the clock and the randomness of a running service |

pub mod accounts;
pub mod caller;
pub mod communities;
mod cursors;
mod error;
pub mod oauth;
pub mod payments;
mod references;
pub mod sessions;
pub mod setup;
pub mod world;

pub use cursors::Page;
pub use error::{Fault, ServiceError};

use std::sync::Arc;

use uuid::Uuid;

use crate::auth::keys::{PublicKey, SigningKey};
use crate::auth::passwords::Passwords;
use crate::auth::tokens::Tokens;
use crate::config::Settings;
use crate::domain::fold::AnswerFormat;
use crate::domain::ids::IdSource;
use crate::domain::time::{Clock, Timestamp};
use crate::ledger::{Ledger, LedgerContext, LedgerSettings};
use crate::storage::secrets::SigningKeyRow;
use crate::storage::{Conn, Database, StorageError, secrets};
use cursors::Cursors;
use references::References;

/// The name of the stored secret that authenticates cursors.
const CURSOR_SECRET: &str = "cursors";

/// Makes sources of ids: one for each thread that needs one.
pub type IdSources = Arc<dyn Fn() -> Box<dyn IdSource + Send> + Send + Sync>;

/// Everything that the use cases work with.
pub struct Services {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    ids: IdSources,
    passwords: Passwords,
    tokens: Tokens,
    cursors: Cursors,
    references: References,
    sessions: sessions::SessionSettings,
    first_party_clients: Vec<String>,
}

/// What the world around a service provides.
#[derive(Clone)]
pub struct World {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub ids: IdSources,
    /// How answers look that are kept under idempotency keys.
    pub format: Arc<dyn AnswerFormat>,
}

impl Services {
    /// Starts the ledger on an up-to-date database and loads the service's own secrets, making them the first time.
    ///
    /// # Errors
    /// What could not be started.
    pub fn start(
        database: &Database,
        settings: &Settings,
        public_url: &str,
        world: World,
    ) -> Result<Self, StartError> {
        let ledger_settings = LedgerSettings {
            queue_max: settings.ledger_queue_max,
            batch_max: settings.ledger_batch_max,
            writers: settings.ledger_writers,
        };
        let now = world.clock.now();
        let mut ids = (world.ids)();
        let mut conn = database.connect_writer()?;
        let keys = load_keys(&mut conn, now)?;
        let fresh_secret = [ids.random_16(), ids.random_16()].concat();
        let cursor_secret = secrets::find_or_insert(&mut conn, CURSOR_SECRET, &fresh_secret, now)?;
        let context = LedgerContext {
            clock: Arc::clone(&world.clock),
            ids: Arc::clone(&world.ids),
            format: world.format,
        };
        Ok(Self {
            ledger: Ledger::start(database, ledger_settings, &context)?,
            clock: world.clock,
            ids: world.ids,
            passwords: Passwords::new(Settings::threads(settings.password_slots))?,
            tokens: Tokens::new(public_url, settings.access_token_life_s, keys),
            cursors: Cursors::new(&cursor_secret),
            references: References::new(),
            sessions: sessions::SessionSettings {
                idle_seconds: settings.session_idle_s,
                life_seconds: settings.session_life_s,
            },
            first_party_clients: settings.first_party_client_ids(),
        })
    }

    /// The ledger: readiness, failure, stopping.
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The keys that verify access tokens.
    pub fn public_keys(&self) -> Vec<PublicKey> {
        self.tokens.public_keys()
    }

    /// Whether the database answers.
    pub async fn is_database_up(&self) -> bool {
        self.ledger.read(|conn| crate::storage::heads::all(conn).map(drop)).await.is_ok()
    }

    /// A source of ids, for what needs none of the use cases.
    pub fn fresh_ids(&self) -> Box<dyn IdSource + Send> {
        (self.ids)()
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn fresh_uuid(&self) -> Uuid {
        (self.ids)().uuid_at(self.now())
    }
}

/// Why a service could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    #[error(transparent)]
    Open(#[from] crate::storage::OpenError),
    /// Its content.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A signing key.
    #[error(transparent)]
    Key(#[from] crate::auth::keys::BadKey),
    /// The password hash.
    #[error(transparent)]
    Password(#[from] crate::auth::passwords::PasswordError),
}

/// The stored signing keys, newest first; makes the first one.
fn load_keys(conn: &mut Conn, now: Timestamp) -> Result<Vec<Arc<SigningKey>>, StartError> {
    if secrets::signing_keys(conn)?.is_empty() {
        let private_key = SigningKey::generate()?;
        let kid = SigningKey::from_pkcs8(&private_key)?.kid;
        secrets::insert_signing_key(conn, &SigningKeyRow { kid, private_key, created_at: now })?;
    }
    read_keys(conn)
}

/// The stored signing keys, newest first.
fn read_keys(conn: &mut Conn) -> Result<Vec<Arc<SigningKey>>, StartError> {
    let mut keys = Vec::new();
    for row in secrets::signing_keys(conn)? {
        keys.push(Arc::new(SigningKey::from_pkcs8(&row.private_key)?));
    }
    Ok(keys)
}
