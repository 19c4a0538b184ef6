//! One's own passkeys: adding, listing, removing.

use super::{KnownPasskey, PASSKEYS_MAX, invalid};
use crate::auth::tokens::Bearer;
use crate::auth::webauthn::{AttestationResponse, Challenge, Flaw, PasskeyFault};
use crate::domain::command::UserAuthority;
use crate::domain::ids::{PasskeyId, SessionId, UserId};
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::step_up;
use crate::domain::time::Timestamp;
use crate::mail::{Plain, SecurityEvent};
use crate::services::audit::{self, NewUserAudit, Origin};
use crate::services::notices;
use crate::services::oauth::browser::BrowserUser;
use crate::services::payments::check_text;
use crate::services::step_up::require_first_party;
use crate::services::{Fault, ServiceError, Services};
use crate::storage::one_time_secrets::{self, Purpose};
use crate::storage::passkeys::{self, Passkey};
use crate::storage::{Conn, StorageError, sessions, users};

/// The most characters of a passkey's name.
const NAME_CHARS_MAX: usize = 60;
/// The ways to an authenticator that are kept (Level 3, section 5.8.4). What else a browser names is left out.
const TRANSPORTS: [&str; 6] = ["ble", "hybrid", "internal", "nfc", "smart-card", "usb"];

/// Whose passkeys they are, and how that was proved: over the API, or on the service's own pages.
#[derive(Debug, Clone, Copy)]
struct Owner {
    user_id: UserId,
    session_id: SessionId,
    proved_at: Timestamp,
}

impl Owner {
    fn bearer(bearer: &Bearer) -> Result<Self, ServiceError> {
        require_first_party(bearer)?;
        let UserAuthority { user_id, session_id, auth_time, .. } = bearer.authority;
        Ok(Self { user_id, session_id, proved_at: auth_time })
    }

    const fn on_page(user: &BrowserUser) -> Self {
        Self { user_id: user.user_id, session_id: user.session_id, proved_at: user.proved_at }
    }

    /// Whether the session still stands.
    fn is_live(self, conn: &mut Conn, now: Timestamp) -> Result<bool, StorageError> {
        let session = sessions::find(conn, self.session_id)?;
        Ok(session.is_some_and(|session| session.is_live(now) && session.user_id == self.user_id))
    }

    fn require_live(self, conn: &mut Conn, now: Timestamp) -> Result<(), ServiceError> {
        if self.is_live(conn, now)? { Ok(()) } else { Err(ServiceError::Unauthenticated) }
    }

    fn require_fresh(self, now: Timestamp) -> Result<(), ServiceError> {
        if step_up::is_fresh(self.proved_at, now) { Ok(()) } else { Err(Refusal::StepUpRequired.into()) }
    }
}

/// What a browser needs to make a passkey.
#[derive(Debug)]
pub struct RegistrationOptions {
    /// The relying party's id.
    pub relying_party_id: String,
    /// Whose it will be. The id's 16 bytes are the user handle: they say nothing about the person.
    pub user_id: UserId,
    /// The login's e-mail address.
    pub email: String,
    /// The name people read.
    pub name: String,
    /// What the authenticator is to answer.
    pub challenge: Challenge,
    /// Passkeys whose authenticators are not to make another one.
    pub known: Vec<KnownPasskey>,
}

/// A passkey to be added.
#[derive(Debug)]
pub struct NewPasskey {
    /// What its owner calls it.
    pub name: String,
    /// What the browser gave.
    pub credential: AttestationResponse,
    /// The ways to its authenticator, in the browser's words.
    pub transports: Vec<String>,
}

/// What became of a new passkey.
enum Added {
    Done,
    BadChallenge,
    TooMany,
    Known,
    SessionEnded,
}

impl Services {
    /// What a browser needs to make a passkey for the bearer's login. Needs a fresh proof. A challenge that the session
    /// was given before stops working.
    ///
    /// # Errors
    /// [`Refusal::StepUpRequired`]; [`Refusal::Conflict`] when there are as many as there may be.
    pub async fn start_passkey(&self, bearer: &Bearer) -> Result<RegistrationOptions, ServiceError> {
        self.start_passkey_of(Owner::bearer(bearer)?).await
    }

    /// The same on the service's own pages.
    ///
    /// # Errors
    /// As [`Services::start_passkey`].
    pub async fn start_passkey_on_page(
        &self,
        user: &BrowserUser,
    ) -> Result<RegistrationOptions, ServiceError> {
        self.start_passkey_of(Owner::on_page(user)).await
    }

    async fn start_passkey_of(&self, owner: Owner) -> Result<RegistrationOptions, ServiceError> {
        let (relying_party, now) = (self.relying_party()?, self.now());
        owner.require_fresh(now)?;
        let Owner { user_id, session_id, .. } = owner;
        let (user, known) = self
            .ledger
            .read(move |conn| {
                owner.require_live(conn, now)?;
                let user = users::find(conn, user_id)?.ok_or(ServiceError::Unauthenticated)?;
                Ok::<_, ServiceError>((user, passkeys::of_user(conn, user_id)?))
            })
            .await?;
        if i64::try_from(known.len()).is_ok_and(|count| count >= PASSKEYS_MAX) {
            return Err(Refusal::Conflict(ConflictReason::TooMany).into());
        }
        let (challenge, stored) = self.fresh_challenge(Purpose::NewPasskey, session_id.uuid(), now);
        self.ledger.write(move |conn| one_time_secrets::issue(conn, &stored, now)).await?;
        Ok(RegistrationOptions {
            relying_party_id: relying_party.id().to_owned(),
            user_id,
            email: user.email,
            name: user.name,
            challenge,
            known: known.into_iter().map(KnownPasskey::from).collect(),
        })
    }

    /// Adds a passkey to the bearer's login. Needs a fresh proof, and the challenge that this session was given last.
    ///
    /// # Errors
    /// Faults at what is wrong; [`Refusal::Conflict`] when the passkey is somebody's already, or there are as many as
    /// there may be.
    pub async fn add_passkey(
        &self,
        bearer: &Bearer,
        new: NewPasskey,
        origin: &Origin,
    ) -> Result<Passkey, ServiceError> {
        self.add_passkey_of(Owner::bearer(bearer)?, new, origin).await
    }

    /// The same on the service's own pages.
    ///
    /// # Errors
    /// As [`Services::add_passkey`].
    pub async fn add_passkey_on_page(
        &self,
        user: &BrowserUser,
        new: NewPasskey,
        origin: &Origin,
    ) -> Result<Passkey, ServiceError> {
        self.add_passkey_of(Owner::on_page(user), new, origin).await
    }

    async fn add_passkey_of(
        &self,
        owner: Owner,
        new: NewPasskey,
        origin: &Origin,
    ) -> Result<Passkey, ServiceError> {
        let (relying_party, now) = (self.relying_party()?, self.now());
        owner.require_fresh(now)?;
        let name = read_name(&new.name)?;
        let read = relying_party.read_registration(&new.credential);
        let registration = read.map_err(|fault| invalid("/credential", fault))?;
        let Owner { user_id, session_id, .. } = owner;
        let passkey = Passkey {
            id: PasskeyId::from_uuid(self.fresh_uuid()),
            user_id,
            credential_id: registration.credential_id,
            public_key: registration.public_key,
            sign_count: i64::from(registration.sign_count),
            name,
            transports: read_transports(&new.transports),
            is_backup_eligible: registration.is_backup_eligible,
            is_backed_up: registration.is_backed_up,
            created_at: now,
            last_used_at: None,
        };
        let (row, challenge) = (passkey.clone(), registration.challenge);
        let notice = self.security_notice(SecurityEvent::PasskeyAdded);
        let mut line = self.passkey_audit("passkey.added", &passkey, origin);
        line.session_id = Some(session_id);
        let added = self
            .write_with_mail(move |conn| {
                if !owner.is_live(conn, now)? {
                    return Ok(Added::SessionEnded);
                }
                let purpose = Purpose::NewPasskey;
                let live = one_time_secrets::find_live(conn, purpose, &challenge, now)?;
                // Section 7.1 step 8: the challenge is the one that this session was given, and is used up.
                if live.is_none_or(|live| live.subject_id != session_id.uuid())
                    || !one_time_secrets::consume(conn, purpose, &challenge, now)?
                {
                    return Ok(Added::BadChallenge);
                }
                if passkeys::lock_count(conn, user_id)? >= PASSKEYS_MAX {
                    return Ok(Added::TooMany);
                }
                // Section 7.1 step 22: nobody else has it.
                if !passkeys::insert(conn, &row)? {
                    return Ok(Added::Known);
                }
                audit::record(conn, &line)?;
                notices::queue(conn, user_id, notice)?;
                Ok(Added::Done)
            })
            .await?;
        match added {
            Added::Done => Ok(passkey),
            Added::BadChallenge => {
                let place = "/response/clientDataJSON";
                Err(invalid("/credential", PasskeyFault::new(place, Flaw::Challenge)))
            }
            Added::TooMany => Err(Refusal::Conflict(ConflictReason::TooMany).into()),
            Added::Known => Err(Refusal::Conflict(ConflictReason::AlreadyExists).into()),
            Added::SessionEnded => Err(ServiceError::Unauthenticated),
        }
    }

    /// The bearer's passkeys, the oldest first.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] when the session has ended.
    pub async fn passkeys(&self, bearer: &Bearer) -> Result<Vec<Passkey>, ServiceError> {
        self.passkeys_of(Owner::bearer(bearer)?).await
    }

    /// The same on the service's own pages.
    ///
    /// # Errors
    /// As [`Services::passkeys`].
    pub async fn passkeys_on_page(&self, user: &BrowserUser) -> Result<Vec<Passkey>, ServiceError> {
        self.passkeys_of(Owner::on_page(user)).await
    }

    async fn passkeys_of(&self, owner: Owner) -> Result<Vec<Passkey>, ServiceError> {
        let now = self.now();
        self.ledger
            .read(move |conn| {
                owner.require_live(conn, now)?;
                Ok::<_, ServiceError>(passkeys::of_user(conn, owner.user_id)?)
            })
            .await
    }

    /// Removes one of the bearer's passkeys. Needs a fresh proof. Sessions that were begun with it end, but for the one
    /// that asks.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when it is none of the bearer's.
    pub async fn remove_passkey(
        &self,
        bearer: &Bearer,
        id: PasskeyId,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        self.remove_passkey_of(Owner::bearer(bearer)?, id, origin).await
    }

    /// The same on the service's own pages.
    ///
    /// # Errors
    /// As [`Services::remove_passkey`].
    pub async fn remove_passkey_on_page(
        &self,
        user: &BrowserUser,
        id: PasskeyId,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        self.remove_passkey_of(Owner::on_page(user), id, origin).await
    }

    async fn remove_passkey_of(
        &self,
        owner: Owner,
        id: PasskeyId,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        let own = self.passkeys_of(owner).await?;
        owner.require_fresh(self.now())?;
        let passkey = own.into_iter().find(|own| own.id == id).ok_or(ServiceError::NotFound)?;
        let Owner { user_id, session_id, .. } = owner;
        let notice = self.security_notice(SecurityEvent::PasskeyRemoved);
        let mut line = self.passkey_audit("passkey.removed", &passkey, origin);
        line.session_id = Some(session_id);
        std::mem::swap(&mut line.before, &mut line.after);
        let removed = self
            .end_sessions_of_passkey(user_id, id, session_id, move |conn| {
                let is_removed = passkeys::remove(conn, user_id, id)?;
                if is_removed {
                    audit::record(conn, &line)?;
                    notices::queue(conn, user_id, notice)?;
                }
                Ok(is_removed)
            })
            .await?;
        if removed { Ok(()) } else { Err(ServiceError::NotFound) }
    }

    /// A line about a passkey of the user's, which it tells of as it is.
    pub(super) fn passkey_audit(&self, action: &str, passkey: &Passkey, origin: &Origin) -> NewUserAudit {
        // An id needs no escaping. The name is not told: it can be read in the list.
        let after = format!(r#"{{"passkey_id":"{}"}}"#, passkey.id);
        NewUserAudit { after, ..self.own_audit(action, passkey.user_id, origin) }
    }
}

/// A passkey's name, without what cannot be seen.
fn read_name(text: &str) -> Result<String, ServiceError> {
    let mut faults: Vec<Fault> = check_text("/name", text, NAME_CHARS_MAX).err().into_iter().collect();
    let name = Plain::from(text).to_string();
    if name.is_empty() && faults.is_empty() {
        faults.push(Fault::new("/name", "empty", "must not be empty"));
    }
    if faults.is_empty() { Ok(name) } else { Err(ServiceError::Invalid(faults)) }
}

/// The known ones of these ways to an authenticator, each once.
fn read_transports(named: &[String]) -> String {
    TRANSPORTS
        .into_iter()
        .filter(|known| named.iter().any(|name| name == known))
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_ways_to_an_authenticator_are_kept() {
        let named = ["usb", "telepathy", "internal", "usb", ""].map(str::to_owned);
        assert_eq!(read_transports(&named), "internal usb");
        assert_eq!(read_transports(&[]), "");
    }

    #[test]
    fn names_say_something() {
        assert_eq!(read_name(" My phone\u{202e} ").ok().as_deref(), Some("My phone"));
        for bad in ["", "  ", "\u{202e}", &"x".repeat(61), "a\u{0}b"] {
            assert!(read_name(bad).is_err(), "{bad:?}");
        }
    }
}
