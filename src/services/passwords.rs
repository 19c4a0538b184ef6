//! New passwords: with the old one, or with a token from a message, which never leads around the second factor.

use secrecy::{ExposeSecret, SecretString};

use super::attempts::{Charge, GuardedAction};
use super::audit::{self, Origin};
use super::caller::require_live_session;
use super::notices;
use super::second_factors::{FittingCode, confirmed, random, use_code, wrong_code};
use super::sessions::{fold_email, is_address};
use super::step_up::{require_first_party, require_fresh_proof};
use super::{Fault, ServiceError, Services};
use crate::auth::one_time::OneTimeToken;
use crate::auth::password_rules::{PASSWORD_CHARS_MIN, normalise};
use crate::auth::passwords::NewPassword;
use crate::auth::tokens::Bearer;
use crate::domain::chain::Hash;
use crate::domain::ids::UserId;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::mail::SecurityEvent;
use crate::storage::credentials::{self, SecondFactor};
use crate::storage::one_time_secrets::{self, LiveSecret, NewSecret, Purpose};
use crate::storage::users::{self, User};

/// How long a reset's token works, in seconds.
pub const RESET_SECONDS: i64 = 1_200;
/// What is guessed where a reset's token is.
const RESET_SUBJECT: &str = "password_reset";
/// How many wrong codes a reset's token survives.
const RESET_FAILURES_MAX: i16 = 5;

/// What became of a reset.
enum Reset {
    Done,
    BadToken,
    WrongCode,
}

/// Whose password it is, and what stands beside it.
struct Owner {
    user: User,
    factor: Option<SecondFactor>,
}

impl Services {
    /// Changes the bearer's password. Needs the present one and a fresh proof. All other sessions end.
    ///
    /// # Errors
    /// Faults at what is wrong; [`Refusal::StepUpRequired`].
    pub async fn change_password(
        &self,
        bearer: &Bearer,
        current: SecretString,
        new: SecretString,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        require_first_party(bearer)?;
        let (now, caller) = (self.now(), bearer.clone());
        require_fresh_proof(bearer, now)?;
        let Owner { user, factor } = self
            .ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                find_owner(conn, caller.authority.user_id)?.ok_or(ServiceError::Unauthenticated)
            })
            .await?;
        let is_same = normalise(current.expose_secret()) == normalise(new.expose_secret());
        let attempt = self.require_password("/current_password", current, &user, origin).await?;
        let charge = attempt.charge();
        let hashed =
            if is_same { Err(same_password()) } else { self.hash_new(&user, factor.is_some(), new).await };
        let (hash, is_short) = self.blameless(hashed, [&charge]).await?;
        let (user_id, before) = (user.id, user.password_hash);
        let notice = self.security_notice(SecurityEvent::PasswordChanged);
        let mut line = self.own_audit("password.changed", user_id, origin);
        line.session_id = Some(bearer.authority.session_id);
        let is_changed = self
            .end_sessions_with(user_id, Some(bearer.authority.session_id), move |conn| {
                if !credentials::set_password(conn, user_id, &before, &hash, is_short)? {
                    return Ok(false);
                }
                one_time_secrets::end_all(conn, Purpose::PasswordReset, user_id.uuid(), now)?;
                charge.settle(conn)?;
                audit::record(conn, &line)?;
                notices::queue(conn, user_id, notice)?;
                Ok(true)
            })
            .await?;
        // Changed by somebody else in the same moment: the proof was of what is no longer so.
        if is_changed { Ok(()) } else { Err(Refusal::Conflict(ConflictReason::AlreadyExists).into()) }
    }

    /// Asks for a token that lets its bearer choose a new password. Strangers' addresses look and take the same:
    /// theirs is stored too, and leads to nobody.
    ///
    /// # Errors
    /// [`ServiceError::RateLimited`] when that was done too often; when the service is overloaded.
    pub async fn request_password_reset(&self, email: &str, origin: &Origin) -> Result<(), ServiceError> {
        let (now, folded) = (self.now(), fold_email(email));
        let is_address = is_address(email);
        let wanted = folded.clone();
        let user = self
            .ledger
            .read(move |conn| if is_address { users::find_by_email(conn, &wanted) } else { Ok(None) })
            .await?;
        // Every time counts, so nothing settles it.
        let owner = user.map(|user| user.id);
        let _attempt = self.attempts.begin(GuardedAction::PasswordReset, &folded, origin, owner).await?;
        let mut ids = (self.ids)();
        let (token, nobody) = (OneTimeToken::from_random(&random(ids.as_mut())), ids.uuid_at(now));
        let until = now.plus_seconds(RESET_SECONDS);
        let notice = self.reset_notice(&token, until)?;
        self.write_with_mail(move |conn| {
            let user = if is_address { users::find_by_email(conn, &folded)? } else { None };
            let new = NewSecret {
                hash: token.hash(),
                purpose: Purpose::PasswordReset,
                subject_id: user.as_ref().map_or(nobody, |user| user.id.uuid()),
                payload: String::new(),
                expires_at: until,
            };
            one_time_secrets::issue(conn, &new, now)?;
            match user {
                Some(user) => notices::queue(conn, user.id, notice),
                None => Ok(()),
            }
        })
        .await?;
        Ok(())
    }

    /// Whether a new password needs the second factor's code beside this token from a message, which works. Nothing is used
    /// up.
    ///
    /// # Errors
    /// A fault at the token; [`ServiceError::RateLimited`] when it was wrong too often.
    pub async fn does_reset_need_code(&self, token: &str, origin: &Origin) -> Result<bool, ServiceError> {
        let (_, owner) = self.find_reset(token, origin).await?;
        Ok(owner.factor.is_some())
    }

    /// Whose password a token from a message changes.
    async fn find_reset(&self, token: &str, origin: &Origin) -> Result<(Hash, Owner), ServiceError> {
        let attempt = self.attempts.begin(GuardedAction::Confirmation, RESET_SUBJECT, origin, None).await?;
        let hash = OneTimeToken::parse(token).ok_or_else(bad_token)?.hash();
        let now = self.now();
        let found = self
            .ledger
            .read(move |conn| {
                let secret = one_time_secrets::find_live(conn, Purpose::PasswordReset, &hash, now)?;
                let Some(LiveSecret { subject_id, .. }) = secret else { return Ok(None) };
                find_owner(conn, UserId::from_uuid(subject_id))
            })
            .await?;
        let owner = found.ok_or_else(bad_token)?;
        // The token was right. Who held this place and waited for the code's could wait for ever.
        self.attempts.settle(&attempt).await?;
        Ok((hash, owner))
    }

    /// Chooses a new password with a token from a message, and with the second factor's code where there is one.
    /// All sessions end. A password that is not taken leaves the token as it is.
    ///
    /// # Errors
    /// Faults at what is wrong; [`ServiceError::SecondFactorRequired`]; [`ServiceError::RateLimited`] when it was wrong
    /// too often.
    pub async fn complete_password_reset(
        &self,
        token: &str,
        new: SecretString,
        code: Option<String>,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        let (hash, Owner { user, factor }) = self.find_reset(token, origin).await?;
        let (user_id, now) = (user.id, self.now());
        let (fitting, code_charge) = match &factor {
            Some(factor) => {
                let (fitting, charge) = self.fit_reset_code(user_id, factor, code, hash, origin).await?;
                (Some(fitting), Some(charge))
            }
            None => (None, None),
        };
        let hashed = self.hash_new(&user, factor.is_some(), new).await;
        let (password_hash, is_short) = self.blameless(hashed, &code_charge).await?;
        let before = user.password_hash;
        let notice = self.security_notice(SecurityEvent::PasswordChanged);
        let line = self.own_audit("password.reset", user_id, origin);
        let recovery_notice = self.security_notice(SecurityEvent::RecoveryCodeUsed);
        let recovery_line = self.own_audit("recovery_code.used", user_id, origin);
        let forgiveness = self.attempts.forgiveness(GuardedAction::SignIn, &fold_email(&user.email));
        let reset = self
            .end_sessions_with(user_id, None, move |conn| {
                // Who has turned a second factor on since then has it looked at too.
                let has_factor = confirmed(credentials::find_factor(conn, user_id)?).is_some();
                if has_factor != fitting.is_some() {
                    return Ok(Reset::BadToken);
                }
                if let Some((sealed_secret, fitting)) = fitting {
                    if !use_code(conn, user_id, &sealed_secret, fitting, now)? {
                        return Ok(Reset::WrongCode);
                    }
                    if matches!(fitting, FittingCode::Recovery(_)) {
                        audit::record(conn, &recovery_line)?;
                        notices::queue(conn, user_id, recovery_notice)?;
                    }
                }
                if !one_time_secrets::consume(conn, Purpose::PasswordReset, &hash, now)? {
                    return Ok(Reset::BadToken);
                }
                if !credentials::set_password(conn, user_id, &before, &password_hash, is_short)? {
                    return Ok(Reset::BadToken);
                }
                if let Some(charge) = code_charge {
                    charge.settle(conn)?;
                }
                // Whoever kept the login at its limit keeps its owner out no longer.
                forgiveness.apply(conn)?;
                audit::record(conn, &line)?;
                notices::queue(conn, user_id, notice)?;
                Ok(Reset::Done)
            })
            .await?;
        match reset {
            Reset::Done => Ok(()),
            Reset::BadToken => Err(bad_token()),
            Reset::WrongCode => Err(wrong_code()),
        }
    }

    /// The code that comes with a reset, which still has to be used up. A wrong one is counted against the token.
    async fn fit_reset_code(
        &self,
        user_id: UserId,
        factor: &SecondFactor,
        code: Option<String>,
        hash: Hash,
        origin: &Origin,
    ) -> Result<((Vec<u8>, FittingCode), Charge), ServiceError> {
        let code = code.ok_or(ServiceError::SecondFactorRequired)?;
        let attempt = self.begin_code(user_id, origin).await?;
        if let Some(fitting) = self.fit_code(user_id, factor, &code)? {
            return Ok(((factor.sealed_secret.clone(), fitting), attempt.charge()));
        }
        let now = self.now();
        self.ledger
            .write(move |conn| one_time_secrets::note_failure(conn, &hash, RESET_FAILURES_MAX, now))
            .await?;
        Err(wrong_code())
    }

    /// A new password's hash, if the rules take it, and whether it is too short to stand alone.
    async fn hash_new(
        &self,
        user: &User,
        has_second_factor: bool,
        password: SecretString,
    ) -> Result<(String, bool), ServiceError> {
        let is_short = normalise(password.expose_secret()).chars().nth(PASSWORD_CHARS_MIN - 1).is_none();
        let personal = vec![user.email.clone(), user.name.clone()];
        let hash = self.passwords.take(NewPassword { password, has_second_factor, personal }).await?;
        Ok((hash, is_short))
    }
}

fn find_owner(conn: &mut crate::storage::Conn, user_id: UserId) -> Result<Option<Owner>, ServiceError> {
    let Some(user) = users::find(conn, user_id)? else { return Ok(None) };
    let factor = confirmed(credentials::find_factor(conn, user_id)?);
    Ok(Some(Owner { user, factor }))
}

/// Whoever changes a password because somebody else may know it must not keep it.
fn same_password() -> ServiceError {
    ServiceError::Invalid(vec![Fault::new(
        "/new_password",
        "same",
        "is the password that the login has already",
    )])
}

fn bad_token() -> ServiceError {
    let detail = "was used, has expired, or was replaced by a newer one; ask for another";
    ServiceError::Invalid(vec![Fault::new("/token", "bad_token", detail)])
}
