//! Signing in with a passkey, and proving again with it who one is.

use uuid::Uuid;

use super::{KnownPasskey, invalid};
use crate::auth::tokens::{Bearer, FIRST_PARTY};
use crate::auth::webauthn::{Assertion, AssertionResponse, Challenge, Flaw, PasskeyFault};
use crate::domain::chain::Hash;
use crate::domain::command::UserAuthority;
use crate::domain::ids::{PasskeyId, UserId};
use crate::domain::scopes::Scopes;
use crate::services::attempts::GuardedAction;
use crate::services::audit::{self, NewUserAudit, Origin};
use crate::services::caller::require_live_session;
use crate::services::identify::Identified;
use crate::services::sessions::TokenPair;
use crate::services::step_up::{SteppedUp, require_first_party};
use crate::services::{ServiceError, Services};
use crate::storage::one_time_secrets::{self, Purpose};
use crate::storage::passkeys::{self, Passkey, Use};
use crate::storage::{Conn, StorageError, sessions, users};

/// What a browser needs to use a passkey.
#[derive(Debug)]
pub struct RequestOptions {
    /// The relying party's id.
    pub relying_party_id: String,
    /// What the authenticator is to answer.
    pub challenge: Challenge,
    /// The passkeys that will do; none named where any of the relying party's will.
    pub allowed: Vec<KnownPasskey>,
}

/// A passkey that was shown, and whose signature is right. It still has to be used up, which only one of several at
/// once can.
#[derive(Clone)]
pub(in crate::services) struct ShownPasskey {
    passkey_id: PasskeyId,
    purpose: Purpose,
    challenge: Hash,
    used: Use,
    /// What is noted where the authenticator's count did not rise.
    alarm: NewUserAudit,
}

impl ShownPasskey {
    /// Which one it is.
    pub(in crate::services) const fn passkey_id(&self) -> PasskeyId {
        self.passkey_id
    }

    /// Uses the challenge up and notes the passkey's use. Whether this call was the one that did it.
    pub(in crate::services) fn use_up(&self, conn: &mut Conn) -> Result<bool, StorageError> {
        if !one_time_secrets::consume(conn, self.purpose, &self.challenge, self.used.at)? {
            return Ok(false);
        }
        // Section 7.2 step 21.
        if passkeys::note_use(conn, self.passkey_id, self.used)? {
            return Ok(true);
        }
        if passkeys::exists(conn, self.passkey_id)? {
            tracing::warn!(passkey.id = %self.passkey_id, "a passkey's count did not rise: there may be two of it");
            audit::record(conn, &self.alarm)?;
        }
        Ok(false)
    }
}

/// Whose passkey has to be shown, and for what.
struct Wanted {
    purpose: Purpose,
    /// To whom the challenge was given.
    subject: Option<Uuid>,
    /// Who is asked; none where the passkey says it.
    user_id: Option<UserId>,
}

impl Services {
    /// What a browser needs to sign in with a passkey. Nobody says who they are: authenticators know their owners.
    ///
    /// # Errors
    /// [`ServiceError::RateLimited`] when that was asked too often from the same address.
    pub async fn start_passkey_sign_in(&self, origin: &Origin) -> Result<RequestOptions, ServiceError> {
        let relying_party_id = self.relying_party()?.id().to_owned();
        // Every time counts, so nothing settles it.
        let _attempt = self.attempts.begin(GuardedAction::PasskeyChallenge, "", origin, None).await?;
        let now = self.now();
        let (challenge, stored) = self.fresh_challenge(Purpose::PasskeySignIn, self.fresh_uuid(), now);
        self.ledger.write(move |conn| one_time_secrets::add(conn, &stored, now)).await?;
        Ok(RequestOptions { relying_party_id, challenge, allowed: Vec::new() })
    }

    /// Signs in with a passkey.
    ///
    /// # Errors
    /// As `Services::identify_by_passkey`.
    pub async fn sign_in_with_passkey(
        &self,
        credential: &AssertionResponse,
        origin: &Origin,
    ) -> Result<TokenPair, ServiceError> {
        let identified = self.identify_by_passkey(credential, origin).await?;
        self.begin_session(&identified, None, Scopes::all(), origin).await
    }

    /// Who shows a passkey of theirs. What is wrong with one is not told, but for what is of no form at all.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`]; faults at what is malformed; [`ServiceError::RateLimited`].
    pub(in crate::services) async fn identify_by_passkey(
        &self,
        credential: &AssertionResponse,
        origin: &Origin,
    ) -> Result<Identified, ServiceError> {
        let refuse = |fault: PasskeyFault| match fault.flaw {
            Flaw::Malformed | Flaw::Kind => invalid("/credential", fault),
            _ => {
                tracing::info!("a passkey was refused: {fault}");
                ServiceError::Unauthenticated
            }
        };
        let assertion = self.relying_party()?.read_assertion(credential).map_err(refuse)?;
        let attempt = self.attempts.begin(GuardedAction::Passkey, "", origin, None).await?;
        let wanted = Wanted { purpose: Purpose::PasskeySignIn, subject: None, user_id: None };
        let (shown, user_id) = self.judge(assertion, wanted, origin).await?.map_err(refuse)?;
        let user = self.ledger.read(move |conn| users::find(conn, user_id)).await?;
        let user = user.ok_or(ServiceError::Unauthenticated)?;
        Ok(Identified::by_passkey(user, shown, attempt))
    }

    /// What a browser needs for the bearer to prove again with a passkey who they are. A challenge that the session
    /// was given before stops working.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer has no passkey.
    pub async fn start_passkey_step_up(&self, bearer: &Bearer) -> Result<RequestOptions, ServiceError> {
        let relying_party_id = self.relying_party()?.id().to_owned();
        let own = self.passkeys(bearer).await?;
        if own.is_empty() {
            return Err(ServiceError::NotFound);
        }
        let (now, subject) = (self.now(), bearer.authority.session_id.uuid());
        let (challenge, stored) = self.fresh_challenge(Purpose::PasskeyStepUp, subject, now);
        self.ledger.write(move |conn| one_time_secrets::issue(conn, &stored, now)).await?;
        let allowed = own.into_iter().map(KnownPasskey::from).collect();
        Ok(RequestOptions { relying_party_id, challenge, allowed })
    }

    /// Proves again who the bearer is, with one of their passkeys, which is enough also where a second factor is on.
    ///
    /// # Errors
    /// A fault at what is wrong with it.
    pub async fn step_up_with_passkey(
        &self,
        bearer: &Bearer,
        credential: &AssertionResponse,
        origin: &Origin,
    ) -> Result<SteppedUp, ServiceError> {
        require_first_party(bearer)?;
        let refuse = |fault: PasskeyFault| {
            tracing::info!("a passkey was refused: {fault}");
            invalid("/passkey", fault)
        };
        let assertion = self.relying_party()?.read_assertion(credential).map_err(refuse)?;
        let (now, caller, authority) = (self.now(), bearer.clone(), bearer.authority);
        self.ledger.read(move |conn| require_live_session(conn, &caller, now)).await?;
        let attempt =
            self.attempts.begin(GuardedAction::Passkey, "", origin, Some(authority.user_id)).await?;
        let wanted = Wanted {
            purpose: Purpose::PasskeyStepUp,
            subject: Some(authority.session_id.uuid()),
            user_id: Some(authority.user_id),
        };
        let (shown, _) = self.judge(assertion, wanted, origin).await?.map_err(refuse)?;
        let (charge, now) = (attempt.charge(), shown.used.at);
        let noted = self
            .ledger
            .write(move |conn| {
                if !shown.use_up(conn)? {
                    return Ok(None);
                }
                charge.settle(conn)?;
                sessions::note_proof(conn, authority.session_id, now).map(Some)
            })
            .await?;
        match noted {
            Some(true) => {
                let fresh = UserAuthority { auth_time: now, ..authority };
                let access_token = self.access_token(&fresh, FIRST_PARTY).await?;
                Ok(SteppedUp { access_token, expires_in: self.tokens.life_seconds() })
            }
            Some(false) => Err(ServiceError::Unauthenticated),
            None => Err(refuse(PasskeyFault::new("/response/clientDataJSON", Flaw::Challenge))),
        }
    }

    /// Judges a passkey's use by what the database knows: the rest of section 7.2. It is still to be used up.
    async fn judge(
        &self,
        assertion: Assertion,
        wanted: Wanted,
        origin: &Origin,
    ) -> Result<Result<(ShownPasskey, UserId), PasskeyFault>, ServiceError> {
        let now = self.now();
        let (challenge, purpose, id) = (assertion.challenge, wanted.purpose, assertion.credential_id.clone());
        let (live, passkey) = self
            .ledger
            .read(move |conn| {
                let live = one_time_secrets::find_live(conn, purpose, &challenge, now)?;
                Ok::<_, StorageError>((live, passkeys::find_by_credential(conn, &id)?))
            })
            .await?;
        // Step 12: the challenge is one that was given for this, to this session where it was given to one.
        let is_given =
            live.is_some_and(|live| wanted.subject.is_none_or(|subject| subject == live.subject_id));
        if !is_given {
            return Ok(Err(PasskeyFault::new("/response/clientDataJSON", Flaw::Challenge)));
        }
        let Some(passkey) = passkey else { return Ok(Err(PasskeyFault::new("/id", Flaw::Owner))) };
        if let Err(fault) = check(&assertion, &passkey, wanted.user_id) {
            return Ok(Err(fault));
        }
        let alarm = NewUserAudit {
            // Who has a copy of it may be either of the two.
            actor: None,
            ..self.passkey_audit("passkey.count_not_risen", &passkey, origin)
        };
        let used =
            Use { sign_count: assertion.sign_count.into(), is_backed_up: assertion.is_backed_up, at: now };
        let shown = ShownPasskey { passkey_id: passkey.id, purpose, challenge, used, alarm };
        Ok(Ok((shown, passkey.user_id)))
    }
}

/// Steps 5 to 7 and 20, and what Level 3 adds about backups.
fn check(assertion: &Assertion, passkey: &Passkey, asked: Option<UserId>) -> Result<(), PasskeyFault> {
    // Steps 5 and 6: it is of who was asked; where nobody was, the authenticator has to say whose it is.
    let handle = assertion.user_handle.as_deref();
    let is_owners = handle.map(|handle| handle == passkey.user_id.uuid().as_bytes());
    let is_asked = asked.is_none_or(|asked| asked == passkey.user_id);
    if !is_asked || !is_owners.unwrap_or(asked.is_some()) {
        return Err(PasskeyFault::new("/response/userHandle", Flaw::Owner));
    }
    // Level 3: whether it may be backed up never changes.
    if assertion.is_backup_eligible != passkey.is_backup_eligible {
        return Err(PasskeyFault::new("/response/authenticatorData", Flaw::Backup));
    }
    // Steps 7 and 20.
    if assertion.is_signed_by(&passkey.public_key) {
        Ok(())
    } else {
        Err(PasskeyFault::new("/response/signature", Flaw::Signature))
    }
}
