//! Use cases: who may do it, what is to happen, in which transaction. Knows no HTTP.
//!
//! | file | what lives there |
//! |---|---|
//! | `accounts.rs` | seeing accounts and their entries, setting limits and status |
//! | `allowances.rs` | payments that pass a credit limit, because an admin lets them |
//! | `ahead.rs` | what a clock that was ahead left behind |
//! | `api_keys/` | keys with which shops' software acts at one account |
//! | `approvals.rs` | what needs two admins |
//! | `attempts.rs` | limits on guessing |
//! | `audit.rs` | the audit log, of communities and of logins |
//! | `balance_sheet.rs` | what a community's members hold and owe |
//! | `caller.rs` | from a token to a caller, and what that caller may see |
//! | `commanding.rs` | having the ledger do what a user asks for |
//! | `communities.rs` | a community's directory, and its ledger in numbers |
//! | `cursors.rs` | where a list goes on |
//! | `delegations.rs` | tellers and brokers of accounts |
//! | `events/` | telling what happened, to those whom it concerns |
//! | `error.rs` | why a use case failed |
//! | `exporting.rs` | a community as it is handed out |
//! | `finding.rs` | finding payments |
//! | `groups.rs` | groups of members, and what kind of member each is |
//! | `health/` | how a community's currency is doing |
//! | `identify.rs` | proving who one is: passwords and codes, every try counted |
//! | `importing/` | bringing a community along from another system |
//! | `joining/` | joining a community: its terms, applications, invitations |
//! | `letters.rs` | mails on behalf of a community |
//! | `limit_policies/` | limits as policy |
//! | `lists.rs` | lists that a community's admins see |
//! | `mailing.rs` | writing to people: the outbox |
//! | `mails.rs` | what admins see of their community's mails |
//! | `many.rs` | several payments at once |
//! | `leaving.rs` | leaving as a process: the plan to settle, reminders, closing at zero |
//! | `members.rs` | what members may do and where they stand, set by admins |
//! | `merging.rs` | merging two memberships of one person |
//! | `monthly_statements.rs` | accounts' statements by mail after each month |
//! | `news/` | telling people by mail of what happens |
//! | `notes.rs` | what people note of their payments, for themselves |
//! | `notices.rs` | what people are told about their own login |
//! | `oauth/` | apps: registering, allowing, their tokens, the browser's sign-in |
//! | `passed_over.rs` | communities that a round of background work passes over |
//! | `passkeys/` | passkeys: adding, listing and removing them, signing in and confirming with them |
//! | `passwords.rs` | changing and resetting passwords |
//! | `payment_notices.rs` | what people are written about payments |
//! | `places.rs` | before somebody gets a place in a community |
//! | `payments.rs` | paying, and seeing a payment |
//! | `privacy.rs` | what is held about a person: handing it out, and forgetting it |
//! | `quotes.rs` | what payments would do |
//! | `receipts.rs` | payments as people keep them |
//! | `references.rs` | which account a code or an id names |
//! | `sandboxes.rs` | the twins of communities, in which keys and shops are tried |
//! | `schedules/` | planned payments: planning them, seeing them, and what is due |
//! | `refunds.rs`, `reversals.rs` | ways back of payments |
//! | `requests.rs` | asking to be paid, and ending what nobody acted on in time |
//! | `second_factors.rs` | authenticator apps and recovery codes |
//! | `series.rs` | balances over time |
//! | `session_list.rs` | seeing one's sessions, and ending them |
//! | `sessions.rs` | signing in, staying signed in, signing out |
//! | `setup.rs` | founding communities, letting people in |
//! | `signing_keys.rs` | the keys that sign access tokens take turns |
//! | `statements.rs` | what happened on an account in a period |
//! | `checkouts/` | what shops ask to be paid |
//! | `payment_links.rs` | buttons and donation links |
//! | `reconciliation.rs` | a shop's takings day by day |
//! | `step_up.rs` | proving again who one is |
//! | `superadmins.rs` | founding and listing communities over the API |
//! | `trust.rs` | trusted payees |
//! | `webhooks/` | telling other machines what happens on an account |
//! | `world.rs` | the clock and the randomness of a running service |

pub mod accounts;
mod ahead;
pub mod allowances;
pub mod api_keys;
pub mod approvals;
pub mod attempts;
pub mod audit;
pub mod balance_sheet;
mod books_room;
pub mod caller;
pub mod checkouts;
mod commanding;
pub mod communities;
pub mod contributing;
pub mod contributions;
pub mod contributions_preview;
mod cursors;
pub mod delegations;
mod error;
pub mod events;
pub mod exporting;
pub mod fees;
pub mod finding;
pub mod fund;
pub mod groups;
pub mod health;
mod identify;
pub mod importing;
pub mod income;
pub mod joining;
pub mod leaving;
mod letters;
pub mod limit_policies;
mod lists;
pub mod mailing;
pub mod mails;
pub mod many;
pub mod members;
pub mod merging;
mod monthly_statements;
pub mod news;
pub mod notes;
mod notices;
pub mod oauth;
pub mod passed_over;
pub mod passkeys;
pub mod passwords;
mod paying_income;
pub mod payment_links;
mod payment_notices;
pub mod payments;
mod places;
pub mod privacy;
pub mod quotes;
mod receipts;
pub mod reconciliation;
mod references;
pub mod refunds;
pub mod requests;
pub mod reversals;
pub mod sandboxes;
pub mod schedules;
pub mod second_factors;
pub mod series;
pub mod session_list;
pub mod sessions;
pub mod settings;
mod settling;
pub mod setup;
pub mod signing_keys;
pub mod statements;
pub mod step_up;
pub mod superadmins;
pub mod trust;
pub mod webhooks;
pub mod world;
pub mod write_offs;

pub use cursors::Page;
pub use error::{Exhausted, Fault, ServiceError};
use error::{read_name, taken_is_conflict};

use std::sync::Arc;

use secrecy::ExposeSecret;
use tokio::sync::{Notify, Semaphore};
use uuid::Uuid;

use crate::auth::passwords::{Cost, Passwords};
use crate::auth::sealing::Sealing;
use crate::auth::tokens::Tokens;
use crate::auth::webauthn::RelyingParty;
use crate::config::{Settings, SettingsError};
use crate::domain::fold::AnswerFormat;
use crate::domain::ids::IdSource;
use crate::domain::time::{Clock, Timestamp};
use crate::ledger::{BATCH_COMMANDS_MAX, Ledger, LedgerContext, LedgerSettings};
use crate::storage::{Database, StorageError, secrets};
use books_room::Books;
use cursors::Cursors;
use references::References;
use signing_keys::KeySchedule;

/// The name of the stored secret that authenticates cursors.
const CURSOR_SECRET: &str = "cursors";
/// The name of the stored secret that seals others, where the operator set none.
const SEALING_SECRET: &str = "sealing";
/// The name of the stored secret under which guesses are counted.
const ATTEMPTS_SECRET: &str = "attempts";

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
    keys: api_keys::RememberedKeys,
    sessions: sessions::SessionSettings,
    sealing: Arc<Sealing>,
    key_schedule: KeySchedule,
    attempts: attempts::Attempts,
    /// Rung when something may be due in the background.
    wake: Notify,
    first_party_clients: Vec<String>,
    hub: Arc<events::Hub>,
    /// Who this is to browsers; none where they have no passkeys for it.
    relying_party: Option<RelyingParty>,
    /// Room for those who work on lists of payments.
    lists: Semaphore,
    /// Room for those who make statements and balance sheets.
    books: Arc<Books>,
    webhooks: Arc<webhooks::Webhooks>,
    /// Room for those who wait for a checkout's end.
    waiting: checkouts::WaitingRoom,
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
        if settings.ledger_batch_max > BATCH_COMMANDS_MAX {
            let problem = format!("must be at most {BATCH_COMMANDS_MAX}");
            return Err(SettingsError::Invalid { name: "ledger_batch_max", problem }.into());
        }
        let ledger_settings = LedgerSettings {
            queue_max: settings.ledger_queue_max,
            batch_max: settings.ledger_batch_max,
            writers: settings.ledger_writers,
        };
        let now = world.clock.now();
        let mut ids = (world.ids)();
        let mut conn = database.connect_writer()?;
        let mut stored_secret = |name| {
            let fresh_secret: [u8; 32] = second_factors::random(ids.as_mut());
            secrets::find_or_insert(&mut conn, name, &fresh_secret, now)
        };
        let cursor_secret = stored_secret(CURSOR_SECRET)?;
        let sealing_secret = stored_secret(SEALING_SECRET)?;
        let attempts_secret = stored_secret(ATTEMPTS_SECRET)?;
        let operator_secret = settings.secret_key()?;
        let operator_secret = operator_secret.as_ref().map(|secret| secret.expose_secret().as_bytes());
        let sealing = Arc::new(Sealing::new(&sealing_secret, operator_secret)?);
        let keys = signing_keys::load_keys(&mut conn, &sealing, ids.as_mut(), now)?;
        let context = LedgerContext {
            clock: Arc::clone(&world.clock),
            ids: Arc::clone(&world.ids),
            format: world.format,
        };
        let ledger = Ledger::start(database, ledger_settings, &context)?;
        let attempts = attempts::Attempts::new(
            ledger.clone(),
            Arc::clone(&world.clock),
            Arc::clone(&world.ids),
            &attempts_secret,
        );
        Ok(Self {
            ledger,
            attempts,
            clock: world.clock,
            ids: world.ids,
            passwords: Passwords::new(
                Settings::threads(settings.password_slots),
                Cost { memory_kib: settings.password_memory_kib, passes: settings.password_passes },
            )?,
            tokens: Tokens::new(public_url, settings.access_token_life_s, keys),
            cursors: Cursors::new(&cursor_secret),
            references: References::new(),
            keys: api_keys::RememberedKeys::new(),
            sessions: sessions::SessionSettings {
                idle_seconds: settings.session_idle_s,
                life_seconds: settings.session_life_s,
            },
            sealing,
            key_schedule: KeySchedule::new(settings.signing_key_life_s),
            wake: Notify::new(),
            first_party_clients: settings.first_party_client_ids(),
            hub: Arc::new(events::Hub::new(settings.event_streams_max)),
            relying_party: RelyingParty::new(public_url),
            lists: Semaphore::new(many::LISTS_AT_ONCE_MAX),
            waiting: checkouts::WaitingRoom::default(),
            books: Books::beside(usize::try_from(settings.database_readers_max).unwrap_or(1)),
            webhooks: webhooks::Webhooks::new(settings.webhook_rules()?),
        })
    }

    /// What counts guesses.
    pub const fn attempts(&self) -> &attempts::Attempts {
        &self.attempts
    }

    /// The ledger: readiness, failure, stopping.
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Whether the database answers.
    pub async fn is_database_up(&self) -> bool {
        self.ledger.read(|conn| crate::storage::heads::all(conn).map(drop)).await.is_ok()
    }

    /// A source of ids, for what needs none of the use cases.
    pub fn fresh_ids(&self) -> Box<dyn IdSource + Send> {
        (self.ids)()
    }

    /// The time by the service's clock.
    pub fn now(&self) -> Timestamp {
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
    /// The key of stored secrets.
    #[error(transparent)]
    Seal(#[from] crate::auth::sealing::BadSeal),
    /// A setting.
    #[error(transparent)]
    Settings(#[from] crate::config::SettingsError),
    /// The password hash.
    #[error(transparent)]
    Password(#[from] crate::auth::passwords::PasswordError),
}
