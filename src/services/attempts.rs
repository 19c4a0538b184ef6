//! Limits on guessing: what is secret may be tried only so often, by anyone, across restarts and processes.
//!
//! A use case that judges a secret begins an [`Attempt`] first, which counts it as a failure, under the account and
//! under the address. Where the secret was right, [`Charge::settle`] takes that back in the use case's own transaction;
//! where it was wrong, nothing is left to do. Accounts that do not exist are counted like those that do.
//!
//! An attacker who keeps an account at its limit does not keep its owner out. Sessions go on; an address from which the
//! account was entered before has a tally of its own; and [`Attempts::forgiveness`] lets a recovery begin anew.

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::hmac;
use lru::LruCache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::audit::{NewUserAudit, Origin, record};
use super::error::Exhausted;
use super::{IdSources, ServiceError};
use crate::domain::address::client_group;
use crate::domain::attempts::{InARow, Rule, Tally};
use crate::domain::causes::with_causes;
use crate::domain::chain::Hash;
use crate::domain::ids::{AuditId, UserId};
use crate::domain::time::{Clock, Timestamp};
use crate::ledger::Ledger;
use crate::storage::{Conn, StorageError, attempts};

/// How many tries of one address are judged at once. Fewer than an address may fail, so that a full house of honest
/// people is not taken for one that guesses.
const AT_ONCE_MAX: usize = 8;
/// How many tries of one address may wait to be judged.
const WAITING_MAX: usize = 64;
/// How many addresses' lines are remembered.
const LINES_MAX: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();
/// How long an address counts as one from which the account was entered, in seconds.
const PLACE_SECONDS: i64 = 90 * 86_400;
/// Once in so many tries, old tallies are forgotten.
const TRIES_PER_CLEANING: u64 = 64;
/// How many old tallies are forgotten at once: more than come in between.
const FORGOTTEN_AT_ONCE: i64 = 256;
/// Where the address of a client is not known.
const NOWHERE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// What long rows of failures lead to: one try an hour, until a right one or a recovery.
const ROW: InARow = InARow { failures_max: 100, pause_seconds: 3_600, forget_seconds: 30 * 86_400 };

/// What may be tried only so often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GuardedAction {
    /// A password, at sign-in or to step up. The subject is the folded e-mail address.
    SignIn,
    /// A second factor's code. The subject is the user's id.
    SecondFactor,
    /// Asking for a reset by mail: every time counts. The subject is the folded e-mail address.
    PasswordReset,
    /// A secret from a mail: a reset, a confirmation, an invitation. The subject is its kind.
    Confirmation,
    /// Asking to join, and asking for the mail once more: every time counts. The subject is the folded e-mail address.
    Application,
    /// A member's inviting somebody: every time counts. The subject is the user's id.
    Invitation,
    /// An admin's inviting somebody: every time counts. The subject is the user's id.
    AdminInvitation,
    /// An OAuth client's secret. The subject is the client's id.
    ClientSecret,
    /// Asking for a challenge to sign in with a passkey: every time counts, so that strangers cannot fill the table of
    /// challenges. Nobody's account.
    PasskeyChallenge,
    /// The use of a passkey. Nobody can guess a signature, so this only bounds the work; no account can be locked.
    Passkey,
}

/// The limits of one action.
struct Limits {
    name: &'static str,
    account: Option<Rule>,
    address: Rule,
    global: Option<Rule>,
    /// Whether addresses from which a try was right have tallies of their own.
    knows_places: bool,
}

impl GuardedAction {
    /// The one table of limits.
    const fn limits(self) -> Limits {
        const fn rule(name: &'static str, failures_max: usize, window_seconds: i64) -> Rule {
            Rule { name, failures_max, window_seconds, in_a_row: None }
        }
        const fn with_row(rule: Rule) -> Rule {
            Rule { in_a_row: Some(ROW), ..rule }
        }
        match self {
            Self::SignIn => Limits {
                name: "sign_in",
                account: Some(with_row(rule("sign-in-account", 10, 900))),
                address: rule("sign-in-address", 20, 60),
                global: None,
                knows_places: true,
            },
            Self::SecondFactor => Limits {
                name: "second_factor",
                account: Some(with_row(rule("second-factor-account", 10, 900))),
                address: rule("second-factor-address", 20, 60),
                global: None,
                knows_places: true,
            },
            Self::PasswordReset => Limits {
                name: "password_reset",
                account: Some(rule("password-reset-account", 5, 3_600)),
                address: rule("password-reset-address", 20, 60),
                global: Some(rule("password-reset", 2_000, 3_600)),
                knows_places: false,
            },
            Self::Confirmation => Limits {
                name: "confirmation",
                account: None,
                address: rule("confirmation-address", 20, 60),
                global: None,
                knows_places: false,
            },
            Self::Application => Limits {
                name: "application",
                account: Some(rule("application-account", 5, 3_600)),
                address: rule("application-address", 20, 60),
                global: Some(rule("application", 2_000, 3_600)),
                knows_places: false,
            },
            Self::Invitation => Limits {
                name: "invitation",
                account: Some(rule("invitation-account", 10, 86_400)),
                address: rule("invitation-address", 60, 60),
                global: None,
                knows_places: false,
            },
            Self::AdminInvitation => Limits {
                name: "admin_invitation",
                account: Some(rule("admin-invitation-account", 200, 86_400)),
                address: rule("admin-invitation-address", 60, 60),
                global: None,
                knows_places: false,
            },
            Self::ClientSecret => Limits {
                name: "client_secret",
                account: Some(rule("client-secret-account", 100, 60)),
                address: rule("client-secret-address", 20, 60),
                global: None,
                knows_places: true,
            },
            Self::PasskeyChallenge => Limits {
                name: "passkey_challenge",
                account: None,
                address: rule("passkey-challenge-address", 120, 60),
                global: None,
                knows_places: false,
            },
            Self::Passkey => Limits {
                name: "passkey",
                account: None,
                address: rule("passkey-address", 20, 60),
                global: None,
                knows_places: false,
            },
        }
    }
}

/// Counts tries. Clones share what they count.
#[derive(Clone)]
pub struct Attempts {
    shared: Arc<Shared>,
}

struct Shared {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    ids: IdSources,
    key: hmac::Key,
    lines: Mutex<LruCache<IpAddr, Line>>,
    tries: AtomicU64,
}

/// One address's tries: those that wait or are judged, and those that are judged.
#[derive(Clone)]
struct Line {
    places: Arc<Semaphore>,
    judged: Arc<Semaphore>,
}

/// A try that was counted as a failure. While it lives, it takes one of its address's places.
pub struct Attempt {
    charge: Charge,
    _places: [OwnedSemaphorePermit; 2],
}

/// What a try was counted under.
#[derive(Debug, Clone)]
pub struct Charge {
    counted_at: Timestamp,
    /// The account's tally, or the one of the account at this address.
    account: Option<(Hash, Rule)>,
    /// The others' tallies.
    others: Vec<(Hash, Rule)>,
    /// The account at this address, where that makes a difference.
    place: Option<Hash>,
}

/// Lets an account that was recovered begin anew.
#[derive(Debug, Clone)]
pub struct Forgiveness(Hash);

impl Attempts {
    pub(super) fn new(ledger: Ledger, clock: Arc<dyn Clock>, ids: IdSources, secret: &[u8]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let lines = Mutex::new(LruCache::new(LINES_MAX));
        Self { shared: Arc::new(Shared { ledger, clock, ids, key, lines, tries: AtomicU64::new(0) }) }
    }

    /// Counts a try as a failure, unless one of its tallies is full. `owner` is whose account it is, for the audit log,
    /// where it is anyone's.
    ///
    /// # Errors
    /// [`ServiceError::RateLimited`] when it has to wait; [`ServiceError::Overloaded`] when too many do.
    pub async fn begin(
        &self,
        action: GuardedAction,
        subject: &str,
        origin: &Origin,
        owner: Option<UserId>,
    ) -> Result<Attempt, ServiceError> {
        let address = client_group(origin.address.unwrap_or(NOWHERE));
        let places = self.stand_in_line(address).await?;
        self.clean_at_times().await;
        let now = self.shared.clock.now();
        let limits = action.limits();
        let stranger = self.key(action, "account", subject, "");
        let place = limits.knows_places.then(|| self.key(action, "place", subject, &address.to_string()));
        let mut charge = Charge {
            counted_at: now,
            account: limits.account.map(|rule| (stranger, rule)),
            others: vec![(self.key(action, "address", "", &address.to_string()), limits.address)],
            place,
        };
        charge.others.extend(limits.global.map(|rule| (self.key(action, "global", "", ""), rule)));
        let audit = NewUserAudit {
            id: AuditId::from_uuid((self.shared.ids)().uuid_at(now)),
            user_id: owner,
            actor: None,
            action: format!("{}.limit_reached", limits.name),
            session_id: None,
            origin: origin.clone(),
            before: String::new(),
            after: String::new(),
            reason: String::new(),
            created_at: now,
        };
        let counted = self.shared.ledger.write(move |conn| charge.count(conn, &audit)).await?;
        let charge = counted.map_err(|exhausted| {
            tracing::info!(policy = exhausted.policy, "a try was turned away");
            ServiceError::RateLimited(exhausted)
        })?;
        Ok(Attempt { charge, _places: places })
    }

    /// Takes back a try that was not judged after all.
    ///
    /// # Errors
    /// When it could not be written.
    pub async fn take_back(&self, charge: &Charge) -> Result<(), ServiceError> {
        let charge = charge.clone();
        Ok(self.shared.ledger.write(move |conn| charge.take_back(conn)).await?)
    }

    /// Settles a try that nothing else has to be written for.
    ///
    /// # Errors
    /// When it could not be written.
    pub async fn settle(&self, attempt: &Attempt) -> Result<(), ServiceError> {
        let charge = attempt.charge();
        Ok(self.shared.ledger.write(move |conn| charge.settle(conn)).await?)
    }

    /// What a recovery applies in its own transaction, so that the account is no longer held to its failures.
    pub fn forgiveness(&self, action: GuardedAction, subject: &str) -> Forgiveness {
        Forgiveness(self.key(action, "account", subject, ""))
    }

    fn key(&self, action: GuardedAction, scope: &str, subject: &str, address: &str) -> Hash {
        let mut message = hmac::Context::with_key(&self.shared.key);
        for part in [action.limits().name, scope, address, subject] {
            message.update(part.as_bytes());
            message.update(&[0]);
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(message.sign().as_ref());
        hash
    }

    async fn stand_in_line(&self, address: IpAddr) -> Result<[OwnedSemaphorePermit; 2], ServiceError> {
        let line = {
            let mut lines = self.shared.lines.lock().unwrap_or_else(PoisonError::into_inner);
            let fresh = || Line {
                places: Arc::new(Semaphore::new(AT_ONCE_MAX + WAITING_MAX)),
                judged: Arc::new(Semaphore::new(AT_ONCE_MAX)),
            };
            lines.get_or_insert(address, fresh).clone()
        };
        let place = line.places.try_acquire_owned().map_err(|_| ServiceError::Overloaded)?;
        let judged = line.judged.acquire_owned().await.map_err(|_| ServiceError::Overloaded)?;
        Ok([place, judged])
    }

    async fn clean_at_times(&self) {
        if !self.shared.tries.fetch_add(1, Ordering::Relaxed).is_multiple_of(TRIES_PER_CLEANING) {
            return;
        }
        let now = self.shared.clock.now();
        let cleaned =
            self.shared.ledger.write(move |conn| attempts::forget_old(conn, now, FORGOTTEN_AT_ONCE));
        if let Err(error) = cleaned.await {
            tracing::warn!("old tallies of attempts could not be forgotten: {}", with_causes(&error));
        }
    }
}

impl Attempt {
    /// What the try was counted under, to settle it where it was right.
    pub fn charge(&self) -> Charge {
        self.charge.clone()
    }
}

impl Charge {
    /// Counts where nothing is full, all or none, and gives what was counted; else which limit has to be waited for.
    fn count(
        mut self,
        conn: &mut Conn,
        audit: &NewUserAudit,
    ) -> Result<Result<Self, Exhausted>, StorageError> {
        let now = self.counted_at;
        if let (Some(place), Some((key, _))) = (self.place, self.account.as_mut())
            && attempts::exists(conn, &place, now)?
        {
            *key = place;
        }
        let mut tallies = Vec::new();
        for (key, rule) in self.in_order() {
            tallies.push((key, rule, attempts::lock(conn, &key, now)?));
        }
        let waits = tallies.iter().filter_map(|(_, rule, tally)| Some((tally.wait(rule, now)?, rule)));
        if let Some((wait, rule)) = waits.max_by_key(|(wait, _)| *wait) {
            return Ok(Err(Exhausted::new(rule, wait)));
        }
        let mut is_reached = false;
        for (key, rule, mut tally) in tallies {
            tally.count(&rule, now);
            let is_account = self.account.is_some_and(|(account, _)| account == key);
            is_reached |= is_account && tally.recent_count() == rule.failures_max;
            let forget_at = self.forget_at(&key, tally.forget_at(&rule, now));
            attempts::store(conn, &key, &tally, forget_at)?;
        }
        if is_reached {
            record(conn, audit)?;
        }
        Ok(Ok(self))
    }

    /// The try was right: the account's failures are forgotten, and no one else's tally holds this one.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn settle(&self, conn: &mut Conn) -> Result<(), StorageError> {
        let now = self.counted_at;
        let mut keys = self.in_order();
        keys.extend(self.place.zip(self.account).map(|(place, (_, rule))| (place, rule)));
        keys.sort_unstable_by_key(|(key, _)| *key);
        keys.dedup_by_key(|(key, _)| *key);
        for (key, rule) in keys {
            let mut tally = attempts::lock(conn, &key, now)?;
            if self.place == Some(key) {
                attempts::store(conn, &key, &Tally::default(), now.plus_seconds(PLACE_SECONDS))?;
            } else if self.account.is_some_and(|(account, _)| account == key) {
                attempts::forget(conn, &key)?;
            } else {
                tally.take_back(now);
                attempts::store(conn, &key, &tally, tally.forget_at(&rule, now))?;
            }
        }
        Ok(())
    }

    /// The try was not judged: it is as if it had not been made.
    fn take_back(&self, conn: &mut Conn) -> Result<(), StorageError> {
        let now = self.counted_at;
        for (key, rule) in self.in_order() {
            let mut tally = attempts::lock(conn, &key, now)?;
            tally.take_back(now);
            attempts::store(conn, &key, &tally, self.forget_at(&key, tally.forget_at(&rule, now)))?;
        }
        Ok(())
    }

    /// A known address stays known for its time, however its tally stands.
    fn forget_at(&self, key: &Hash, otherwise: Timestamp) -> Timestamp {
        if self.place == Some(*key) { self.counted_at.plus_seconds(PLACE_SECONDS) } else { otherwise }
    }

    /// All tallies in the order of their keys, so that no two tries wait for each other.
    fn in_order(&self) -> Vec<(Hash, Rule)> {
        let mut keys: Vec<_> = self.account.into_iter().chain(self.others.iter().copied()).collect();
        keys.sort_unstable_by_key(|(key, _)| *key);
        keys
    }
}

impl Forgiveness {
    /// Forgets the account's failures.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn apply(&self, conn: &mut Conn) -> Result<(), StorageError> {
        attempts::forget(conn, &self.0)
    }
}
