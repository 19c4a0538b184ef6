//! Proving who one is with a secret. Every way in goes through here, and every try is counted before it is judged.

use secrecy::{ExposeSecret, SecretString};

use super::attempts::{Attempt, Charge, GuardedAction};
use super::audit::{self, Origin};
use super::notices;
use super::passkeys::ShownPasskey;
use super::second_factors::{FittingCode, confirmed, use_code};
use super::sessions::{fold_email, is_address};
use super::{Fault, ServiceError, Services};
use crate::auth::password_rules::is_too_long;
use crate::auth::passwords::is_same_choice;
use crate::domain::causes::with_causes;
use crate::domain::ids::{SessionId, UserId};
use crate::mail::SecurityEvent;
use crate::storage::credentials::{self, SecondFactor};
use crate::storage::users::User;
use crate::storage::{Conn, StorageError, sessions, users};

/// Somebody who proved who they are. While it lives, the last try takes one of its address's places.
pub(super) struct Identified {
    /// Who it is.
    pub user: User,
    means: Means,
    charges: Vec<Charge>,
    _attempt: Attempt,
}

/// With what somebody proved who they are.
#[derive(Clone)]
enum Means {
    /// The password, and the code where there is a second factor.
    Password,
    /// A passkey, which stands for both: something one has, and the authenticator made sure of who has it.
    Passkey(Box<ShownPasskey>),
}

/// What somebody proved, for the transaction that they proved it for.
pub(super) struct Proof {
    user: User,
    means: Means,
    charges: Vec<Charge>,
}

impl Identified {
    /// Somebody who showed a passkey of theirs.
    pub(super) fn by_passkey(user: User, shown: ShownPasskey, attempt: Attempt) -> Self {
        Self {
            user,
            means: Means::Passkey(Box::new(shown)),
            charges: vec![attempt.charge()],
            _attempt: attempt,
        }
    }

    /// What was proved.
    pub(super) fn proof(&self) -> Proof {
        Proof { user: self.user.clone(), means: self.means.clone(), charges: self.charges.clone() }
    }
}

impl Proof {
    /// Notes that the tries were right. Whether they still are: the password may have become another one while this
    /// one was checked, the passkey may be gone, and its challenge is used up here.
    pub(super) fn settle(&self, conn: &mut Conn) -> Result<bool, StorageError> {
        let is_right = match &self.means {
            Means::Password => {
                let stored = credentials::lock_password_hash(conn, self.user.id)?;
                // A hash that was renewed meanwhile is of the same password.
                stored.is_some_and(|hash| is_same_choice(&hash, &self.user.password_hash))
            }
            Means::Passkey(shown) => shown.use_up(conn)?,
        };
        if !is_right {
            return Ok(false);
        }
        for charge in &self.charges {
            charge.settle(conn)?;
        }
        Ok(true)
    }

    /// Notes at a session that was begun with this proof what it depends on.
    pub(super) fn note_at(&self, conn: &mut Conn, session_id: SessionId) -> Result<(), StorageError> {
        match &self.means {
            Means::Password => Ok(()),
            Means::Passkey(shown) => sessions::note_passkey(conn, session_id, shown.passkey_id()),
        }
    }
}

impl Services {
    /// Who proves with this address, this password and, where they have one, their second factor's code that they are
    /// it. Strangers and wrong passwords look alike and take the same time.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] when they do not belong together; after the right password only,
    /// [`ServiceError::SecondFactorRequired`] when there is a second factor and no code came.
    /// [`ServiceError::RateLimited`] when that was found out too often.
    pub(super) async fn identify(
        &self,
        email: &str,
        password: SecretString,
        code: Option<String>,
        origin: &Origin,
    ) -> Result<Identified, ServiceError> {
        if !is_address(email) || is_too_long(password.expose_secret()) {
            return Err(ServiceError::Unauthenticated);
        }
        let folded = fold_email(email);
        let wanted = folded.clone();
        let user = self.ledger.read(move |conn| users::find_by_email(conn, &wanted)).await?;
        let owner = user.as_ref().map(|user| user.id);
        let attempt = self.attempts.begin(GuardedAction::SignIn, &folded, origin, owner).await?;
        let stored_hash = user.as_ref().map(|user| user.password_hash.clone());
        let is_right = self.judge_password(&attempt, password.clone(), stored_hash).await?;
        let Some(user) = user.filter(|_| is_right) else { return Err(ServiceError::Unauthenticated) };
        let charge = attempt.charge();
        let factor = self.second_factor(user.id).await;
        let factor = self.blameless(factor, [&charge]).await?;
        let proved = match (factor, code) {
            (None, _) => Ok((Vec::new(), attempt)),
            (Some(_), None) => Err(ServiceError::SecondFactorRequired),
            (Some(factor), Some(code)) => {
                // Who held one place and waited for another could wait for ever.
                drop(attempt);
                let last = self.prove_code(user.id, factor, &code, origin).await;
                last.and_then(|last| last.ok_or(ServiceError::Unauthenticated))
                    .map(|last| (vec![last.charge()], last))
            }
        };
        // The password was right: what was wrong is counted with the code.
        let (mut charges, attempt) = self.blameless(proved, [&charge]).await?;
        charges.push(charge);
        self.renew_hash(&user, password).await;
        Ok(Identified { user, means: Means::Password, charges, _attempt: attempt })
    }

    /// Has a right password hashed anew where its hash costs less than new ones do, because the operator raised that. Where
    /// it cannot be done now, the next sign-in does it.
    async fn renew_hash(&self, user: &User, password: SecretString) {
        let (user_id, before) = (user.id, user.password_hash.clone());
        let renewed = match self.passwords.renew(password, &before).await {
            Ok(Some(renewed)) => renewed,
            Ok(None) => return,
            Err(error) => {
                tracing::info!("a password's hash was not renewed: {}", with_causes(&error));
                return;
            }
        };
        let written = self
            .ledger
            .write(move |conn| credentials::renew_password_hash(conn, user_id, &before, &renewed))
            .await;
        if let Err(error) = written {
            tracing::info!("a password's renewed hash was not written: {}", with_causes(&error));
        }
    }

    /// Takes a right try back where what followed it went wrong.
    pub(super) async fn blameless<T>(
        &self,
        result: Result<T, ServiceError>,
        charges: impl IntoIterator<Item = &Charge>,
    ) -> Result<T, ServiceError> {
        if result.is_err() {
            for charge in charges {
                self.attempts.take_back(charge).await?;
            }
        }
        result
    }

    /// Whether a password is the hashed one. What could not be judged does not count.
    async fn judge_password(
        &self,
        attempt: &Attempt,
        password: SecretString,
        stored_hash: Option<String>,
    ) -> Result<bool, ServiceError> {
        let judged = self.passwords.verify(password, stored_hash).await.map_err(ServiceError::from);
        self.blameless(judged, [&attempt.charge()]).await
    }

    /// Refuses a password that is not the user's, as a fault at this place. Gives the try, to be settled.
    pub(super) async fn require_password(
        &self,
        pointer: &str,
        password: SecretString,
        user: &User,
        origin: &Origin,
    ) -> Result<Attempt, ServiceError> {
        let attempt = self
            .attempts
            .begin(GuardedAction::SignIn, &fold_email(&user.email), origin, Some(user.id))
            .await?;
        let stored_hash = Some(user.password_hash.clone());
        if !is_too_long(password.expose_secret())
            && self.judge_password(&attempt, password, stored_hash).await?
        {
            Ok(attempt)
        } else {
            Err(ServiceError::Invalid(vec![Fault::new(pointer, "wrong", "is not the login's password")]))
        }
    }

    /// The user's second factor, where one is on.
    pub(super) async fn second_factor(&self, user_id: UserId) -> Result<Option<SecondFactor>, ServiceError> {
        let factor = self.ledger.read(move |conn| credentials::find_factor(conn, user_id)).await?;
        Ok(confirmed(factor))
    }

    /// Judges a code and uses it up. Gives the try, to be settled; none where it was no code that works now.
    pub(super) async fn prove_code(
        &self,
        user_id: UserId,
        factor: SecondFactor,
        code: &str,
        origin: &Origin,
    ) -> Result<Option<Attempt>, ServiceError> {
        let attempt = self.begin_code(user_id, origin).await?;
        let Some(fitting) = self.fit_code(user_id, &factor, code)? else { return Ok(None) };
        let now = self.now();
        let line = self.own_audit("recovery_code.used", user_id, origin);
        let notice = self.security_notice(SecurityEvent::RecoveryCodeUsed);
        let is_used = self
            .write_with_mail(move |conn| {
                let is_used = use_code(conn, user_id, &factor.sealed_secret, fitting, now)?;
                if is_used && matches!(fitting, FittingCode::Recovery(_)) {
                    audit::record(conn, &line)?;
                    notices::queue(conn, user_id, notice)?;
                }
                Ok(is_used)
            })
            .await?;
        Ok(is_used.then_some(attempt))
    }

    /// Counts a try at a second factor's code.
    pub(super) async fn begin_code(&self, user_id: UserId, origin: &Origin) -> Result<Attempt, ServiceError> {
        let subject = user_id.to_string();
        self.attempts.begin(GuardedAction::SecondFactor, &subject, origin, Some(user_id)).await
    }
}
