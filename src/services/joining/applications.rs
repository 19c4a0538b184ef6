//! Asking to join, with a login or without one.

use secrecy::{ExposeSecret, SecretString};

use super::Services;
use super::checks::{Checks, MESSAGE_CHARS_MAX};
use super::confirmations::Confirming;
use super::entering::{Entrance, Entry};
use super::policy::PublicFacts;
use crate::auth::one_time::OneTimeToken;
use crate::auth::passwords::{NewPassword, PasswordError};
use crate::auth::tokens::Bearer;
use crate::domain::chain::Hash;
use crate::domain::community::Community;
use crate::domain::ids::{AccountId, CommunityId, InvitationId, MemberId};
use crate::domain::joining::{ApplicationState, InvitationState, Joining, JoiningPolicy};
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::time::Timestamp;
use crate::mail::{Letter, Plain};
use crate::services::attempts::GuardedAction;
use crate::services::audit::Origin;
use crate::services::caller::require_live_session;
use crate::services::mailing::Addressee;
use crate::services::{Fault, ServiceError, taken_is_conflict};
use crate::storage::applications::Application;
use crate::storage::one_time_secrets::{self, Purpose};
use crate::storage::{Conn, applications, invitations, joining, users};

/// How long an application is kept that nobody confirmed, in seconds: as long as its mail can be asked for again.
const UNCONFIRMED_KEPT_S: i64 = 86_400;

/// An application as people write it.
#[derive(Debug, Clone)]
pub struct NewApplication {
    /// The name that people will read.
    pub name: String,
    /// The language to write in.
    pub language: Option<String>,
    /// What the applicant says to the admins.
    pub message: Option<String>,
    /// The version of the terms that the applicant accepts.
    pub agreement_version: Option<i64>,
    /// The token of an invitation.
    pub invitation: Option<SecretString>,
}

/// A login that is to be.
#[derive(Debug, Clone)]
pub struct NewLogin {
    /// The address.
    pub email: String,
    /// The password.
    pub password: SecretString,
}

impl Services {
    /// Asks to join, for somebody without a login. Whether the address has one makes no difference here: its owner gets
    /// a mail, with which a new login is confirmed, or which says that there is one.
    ///
    /// # Errors
    /// What is wrong with the application; [`Refusal::Conflict`] when the community takes only the invited.
    pub async fn apply(
        &self,
        code: String,
        new: NewApplication,
        login: NewLogin,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        let mut checks = Checks::default();
        let email = checks.email("/email", &login.email);
        let (facts, mut application, invitation) =
            self.examine_application(code, new, checks, origin).await?;
        application.email.clone_from(&email);
        let attempt = self.attempts.begin(GuardedAction::Application, &email, origin, None).await?;
        let personal = vec![email, application.name.clone()];
        let new_password = NewPassword { password: login.password, has_second_factor: false, personal };
        match self.passwords.take(new_password).await {
            Ok(hash) => application.password_hash = Some(hash),
            Err(error) => {
                // What was not sent on does not count.
                self.attempts.take_back(&attempt.charge()).await?;
                return Err(at_password(error));
            }
        }
        drop(attempt);
        match invitation {
            None => self.await_confirmation(facts.community, application).await,
            Some(hash) => {
                let attempt =
                    self.attempts.begin(GuardedAction::Confirmation, "invitation", origin, None).await?;
                let (charge, mut entrance, now) = (attempt.charge(), self.entrance(origin), self.now());
                let entered = self.settle(move |conn| {
                    accept_invitation(conn, &facts.community, &mut application, &hash, now)?;
                    charge.settle(conn)?;
                    entrance.confirmed(conn, &facts.community, &application).map(drop)
                });
                entered.await.map_err(taken_is_conflict)
            }
        }
    }

    /// Asks to join with the bearer's login.
    ///
    /// # Errors
    /// What is wrong with the application; [`Refusal::Conflict`] when the community takes only the invited, or the
    /// bearer belongs to it or asked already.
    pub async fn apply_as_user(
        &self,
        bearer: &Bearer,
        code: String,
        new: NewApplication,
        origin: &Origin,
    ) -> Result<Application, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        let (email, language) = self
            .ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let user_id = caller.authority.user_id;
                let user = users::find(conn, user_id)?.ok_or(ServiceError::Unauthenticated)?;
                Ok::<_, ServiceError>((user.email, users::language(conn, user_id)?))
            })
            .await?;
        let names_language = new.language.is_some();
        let (facts, mut application, invitation) =
            self.examine_application(code, new, Checks::default(), origin).await?;
        application.email.clone_from(&email);
        application.language = language.filter(|_| !names_language).unwrap_or(application.language);
        drop(self.attempts.begin(GuardedAction::Application, &email, origin, None).await?);
        let (mut entrance, caller, now) = (self.entrance(origin), bearer.clone(), self.now());
        self.note_origin(origin).await?;
        let entered = self.settle(move |conn| {
            require_live_session(conn, &caller, now)?;
            if let Some(hash) = invitation {
                accept_invitation(conn, &facts.community, &mut application, &hash, now)?;
            }
            enter(conn, &mut entrance, &facts.community, &application, &caller)
        });
        entered.await.map_err(taken_is_conflict)
    }

    /// Judges an application by itself and by what the community chose.
    async fn examine_application(
        &self,
        code: String,
        new: NewApplication,
        mut checks: Checks,
        origin: &Origin,
    ) -> Result<(PublicFacts, Application, Option<Hash>), ServiceError> {
        let facts = self.public_facts(code).await?;
        let name = checks.name("/name", &new.name);
        let language = checks.language("/language", new.language.as_deref());
        let message = checks.text("/message", new.message, MESSAGE_CHARS_MAX);
        if new.agreement_version != facts.agreement_version {
            let detail = match facts.agreement_version {
                Some(version) => format!("must be {version}, the current version of the community's terms"),
                None => "must be left out: the community has no terms".to_owned(),
            };
            checks.0.push(Fault::new("/agreement_version", "not_current", detail));
        }
        let invitation = new.invitation.map(|text| OneTimeToken::parse(text.expose_secret()));
        if matches!(invitation, Some(None)) {
            checks.0.push(bad_invitation());
        }
        checks.done()?;
        let invitation = invitation.flatten().map(|token| token.hash());
        if invitation.is_none() && facts.policy.joining != Joining::Open {
            return Err(Refusal::Conflict(ConflictReason::InvitationNeeded).into());
        }
        let application = Application {
            id: MemberId::from_uuid(self.fresh_uuid()),
            account_id: AccountId::from_uuid(self.fresh_uuid()),
            state: ApplicationState::Unconfirmed,
            email: String::new(),
            name,
            language,
            message,
            password_hash: None,
            user_id: None,
            invited_by: None,
            agreement_version: new.agreement_version,
            request_id: origin.request_id.clone(),
            created_at: self.now(),
            confirmed_at: None,
            decision: None,
        };
        Ok((facts, application, invitation))
    }

    /// Stores an application and sends the mail. The same is stored for an address that has a login; what would confirm
    /// it is sent to nobody.
    async fn await_confirmation(
        &self,
        community: Community,
        application: Application,
    ) -> Result<(), ServiceError> {
        let confirming = Confirming::new(self, community.id, &application)?;
        let (mut outbox, now) = (self.outbox(), self.now());
        self.settle(move |conn| {
            let before = now.plus_seconds(-UNCONFIRMED_KEPT_S);
            applications::forget_unconfirmed(conn, community.id, before)?;
            let user = users::find_by_email(conn, &application.email)?;
            applications::insert(conn, community.id, &application)?;
            one_time_secrets::add(conn, &confirming.secret, now)?;
            let Some(user) = user else {
                return Ok(confirming.send(conn, &mut outbox, &application)?);
            };
            let addressee = Addressee {
                language: users::language(conn, user.id)?.unwrap_or(application.language),
                address: user.email,
                user_id: Some(user.id),
                community_id: None,
            };
            let letter = Letter::LoginExists { community: Plain::from(community.name.as_str()) };
            Ok(outbox.write(conn, addressee, letter, None)?)
        })
        .await
    }
}

fn enter(
    conn: &mut Conn,
    entrance: &mut Entrance,
    community: &Community,
    application: &Application,
    caller: &Bearer,
) -> Result<Application, ServiceError> {
    match entrance.enter(conn, community, application, caller.authority.user_id)? {
        Entry::AlreadyThere => Err(Refusal::Conflict(ConflictReason::AlreadyExists).into()),
        Entry::Waits => applications::find(conn, community.id, application.id)?.ok_or(ServiceError::NotFound),
    }
}

/// Uses an invitation up for an application, if it is for its address and community and still counts.
fn accept_invitation(
    conn: &mut Conn,
    community: &Community,
    application: &mut Application,
    hash: &Hash,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let bad = || ServiceError::Invalid(vec![bad_invitation()]);
    let policy: JoiningPolicy = joining::policy(conn, community.id)?;
    let secret = one_time_secrets::find_live(conn, Purpose::Invitation, hash, now)?.ok_or_else(bad)?;
    if secret.payload.parse::<CommunityId>().ok() != Some(community.id) {
        return Err(bad());
    }
    let id = InvitationId::from_uuid(secret.subject_id);
    let invitation = invitations::find(conn, community.id, id)?.ok_or_else(bad)?;
    if invitation.email != application.email || !policy.takes_invitation(invitation.is_by_admin) {
        return Err(bad());
    }
    let is_used = one_time_secrets::consume(conn, Purpose::Invitation, hash, now)?
        && invitations::settle(conn, community.id, id, InvitationState::Accepted, now)?;
    if !is_used {
        return Err(bad());
    }
    application.invited_by = Some(invitation.inviter);
    Ok(())
}

fn bad_invitation() -> Fault {
    let detail = "is for another address or community, was used or revoked, or has expired; ask for another";
    Fault::new("/invitation", "bad_token", detail)
}

/// The same error, at the field that the password came in.
fn at_password(error: PasswordError) -> ServiceError {
    match error {
        PasswordError::Refused(fault) => {
            ServiceError::Invalid(vec![Fault::new("/password", fault.code(), fault.detail())])
        }
        other => other.into(),
    }
}
