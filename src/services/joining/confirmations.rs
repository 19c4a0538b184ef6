//! Showing that an address is one's own: by the link of a mail, or by the short code in it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Services;
use super::checks::Checks;
use super::entering::Entrance;
use crate::auth::one_time::OneTimeToken;
use crate::auth::opaque::equal;
use crate::domain::chain::Hash;
use crate::domain::community::Community;
use crate::domain::ids::{CommunityId, MemberId};
use crate::domain::joining::ApplicationState;
use crate::domain::time::Timestamp;
use crate::mail::{self, Letter};
use crate::services::attempts::GuardedAction;
use crate::services::audit::Origin;
use crate::services::letters::{Outbox, for_letter};
use crate::services::mailing::Addressee;
use crate::services::second_factors::random;
use crate::services::{Fault, ServiceError, taken_is_conflict};
use crate::storage::applications::{self, Application};
use crate::storage::one_time_secrets::{self, NewSecret, Purpose};
use crate::storage::{Conn, StorageError, communities, users};

/// How long a link and its code work, in seconds.
pub const CONFIRMATION_SECONDS: i64 = 1_800;
/// The digits of a code.
const CODE_DIGITS: usize = 8;
/// The number of codes.
const CODES: u64 = 100_000_000;
/// How often a code may be tried. Its link goes on working: who guesses must not keep the address's owner out.
const CODE_TRIES_MAX: i16 = 5;
/// The most applications of an address whose mails are sent again at once.
const RESENT_MAX: i64 = 5;

/// What confirms one application.
pub(super) struct Confirming {
    token: mail::OneTimeToken,
    code: mail::OneTimeToken,
    /// What is stored of it.
    pub secret: NewSecret,
}

/// An application that waits for its confirmation, as its page shows it.
#[derive(Debug, Clone)]
pub struct PendingConfirmation {
    /// The community.
    pub community: Community,
    /// The applicant's name.
    pub name: String,
    /// The address.
    pub email: String,
}

impl Confirming {
    /// A fresh link and code.
    pub(super) fn new(
        services: &Services,
        community_id: CommunityId,
        application: &Application,
    ) -> Result<Self, ServiceError> {
        let token = OneTimeToken::from_random(&services.random_32());
        let random: [u8; 8] = random((services.ids)().as_mut());
        let number = u64::from_be_bytes(random) % CODES;
        let code = format!("{number:0CODE_DIGITS$}");
        let payload = format!("{community_id} {} {}", application.id, code_tag(application.id, &code));
        let secret = NewSecret {
            hash: token.hash(),
            purpose: Purpose::AddressConfirmation,
            subject_id: address_id(&application.email),
            payload,
            expires_at: services.now().plus_seconds(CONFIRMATION_SECONDS),
        };
        let code = mail::OneTimeToken::try_from(code);
        let code = code.map_err(|error| ServiceError::Internal(error.to_string()))?;
        Ok(Self { token: for_letter(&token)?, code, secret })
    }

    /// Puts the mail into the outbox.
    pub(super) fn send(
        &self,
        conn: &mut Conn,
        outbox: &mut Outbox,
        application: &Application,
    ) -> Result<(), StorageError> {
        let addressee = Addressee {
            address: application.email.clone(),
            language: application.language,
            user_id: None,
            // Admins would see of which addresses there are no such mails: those with a login.
            community_id: None,
        };
        let letter = Letter::ConfirmAddress { token: self.token.clone(), code: self.code.clone() };
        outbox.write(conn, addressee, letter, Some(self.secret.expires_at))
    }
}

impl Services {
    /// Confirms an address with the token of a link. The application's login is made, and the admins hear of it.
    ///
    /// # Errors
    /// A fault at a token that does not work; [`ServiceError::RateLimited`].
    pub async fn confirm_address(&self, token: &str, origin: &Origin) -> Result<(), ServiceError> {
        let hash = OneTimeToken::parse(token).ok_or_else(bad_token)?.hash();
        let attempt = self.attempts.begin(GuardedAction::Confirmation, "address", origin, None).await?;
        let (charge, mut entrance, now) = (attempt.charge(), self.entrance(origin), self.now());
        let confirmed = self.settle(move |conn| {
            let found = find_pending(conn, &hash, now)?;
            let (community, application) = found.ok_or_else(bad_token)?;
            charge.settle(conn)?;
            use_up(conn, &mut entrance, &hash, (&community, &application), now)?
                .then_some(())
                .ok_or_else(bad_token)
        });
        confirmed.await.map_err(taken_is_conflict)
    }

    /// Confirms an address with the code of a mail.
    ///
    /// # Errors
    /// A fault at a code that does not work, or was tried too often; [`ServiceError::RateLimited`].
    pub async fn confirm_address_by_code(
        &self,
        email: &str,
        code: &str,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        let mut checks = Checks::default();
        let email = checks.email("/email", email);
        let code: String = code.chars().filter(|sign| !sign.is_whitespace() && *sign != '-').collect();
        if code.len() != CODE_DIGITS || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            checks.0.push(Fault::new("/code", "malformed", format!("must be {CODE_DIGITS} digits")));
        }
        checks.done()?;
        let attempt = self.attempts.begin(GuardedAction::Confirmation, "address", origin, None).await?;
        let (charge, mut entrance, now) = (attempt.charge(), self.entrance(origin), self.now());
        let confirmed = self.settle(move |conn| {
            // A try stays counted when it was wrong, so that is no error here.
            let tried = one_time_secrets::count_tries(
                conn,
                Purpose::AddressConfirmation,
                address_id(&email),
                CODE_TRIES_MAX,
                now,
            )?;
            for (hash, payload) in tried {
                let (Ok(hash), Some(payload)) = (Hash::try_from(hash), Payload::parse(&payload)) else {
                    continue;
                };
                if !equal(&payload.code_tag, &code_tag(payload.application_id, &code)) {
                    continue;
                }
                let Some((community, application)) = find_pending(conn, &hash, now)? else { continue };
                charge.settle(conn)?;
                return use_up(conn, &mut entrance, &hash, (&community, &application), now);
            }
            Ok(false)
        });
        if confirmed.await.map_err(taken_is_conflict)? { Ok(()) } else { Err(bad_code()) }
    }

    /// Sends the mails of an address's unconfirmed applications once more. Says nothing of whether there are some.
    ///
    /// # Errors
    /// What is wrong with the address; [`ServiceError::RateLimited`].
    pub async fn resend_confirmation(&self, email: &str, origin: &Origin) -> Result<(), ServiceError> {
        let mut checks = Checks::default();
        let email = checks.email("/email", email);
        checks.done()?;
        drop(self.attempts.begin(GuardedAction::Application, &email, origin, None).await?);
        let (now, wanted) = (self.now(), email.clone());
        let pending = self
            .ledger
            .read(move |conn| {
                let user = users::find_by_email(conn, &wanted)?;
                let found = unconfirmed(conn, &wanted)?;
                Ok::<_, StorageError>(if user.is_none() { found } else { Vec::new() })
            })
            .await?;
        let mut fresh = Vec::new();
        for (community_id, application) in pending {
            fresh.push((Confirming::new(self, community_id, &application)?, application));
        }
        // Where there is nothing to send, as much is written: a secret that leads to nobody.
        let nobody = NewSecret {
            hash: OneTimeToken::from_random(&self.random_32()).hash(),
            purpose: Purpose::AddressConfirmation,
            subject_id: self.fresh_uuid(),
            payload: String::new(),
            expires_at: now,
        };
        let mut outbox = self.outbox();
        self.settle(move |conn| {
            if fresh.is_empty() {
                one_time_secrets::add(conn, &nobody, now)?;
            }
            for (confirming, application) in &fresh {
                one_time_secrets::add(conn, &confirming.secret, now)?;
                confirming.send(conn, &mut outbox, application)?;
            }
            Ok(())
        })
        .await
    }

    /// What a link would confirm. Uses nothing up.
    ///
    /// # Errors
    /// A fault at a token that does not work; [`ServiceError::RateLimited`].
    pub async fn pending_confirmation(
        &self,
        token: &str,
        origin: &Origin,
    ) -> Result<PendingConfirmation, ServiceError> {
        let hash = OneTimeToken::parse(token).ok_or_else(bad_token)?.hash();
        let attempt = self.attempts.begin(GuardedAction::Confirmation, "address", origin, None).await?;
        let now = self.now();
        let found = self.ledger.read(move |conn| find_pending(conn, &hash, now)).await?;
        let (community, application) = found.ok_or_else(bad_token)?;
        self.attempts.settle(&attempt).await?;
        Ok(PendingConfirmation { community, name: application.name, email: application.email })
    }
}

/// Uses a secret up and lets its application in. Whether this call was the one that did it.
fn use_up(
    conn: &mut Conn,
    entrance: &mut Entrance,
    hash: &Hash,
    (community, application): (&Community, &Application),
    now: Timestamp,
) -> Result<bool, ServiceError> {
    if !one_time_secrets::consume(conn, Purpose::AddressConfirmation, hash, now)? {
        return Ok(false);
    }
    entrance.confirmed(conn, community, application)?;
    Ok(true)
}

/// The unconfirmed application of a secret that still works.
fn find_pending(
    conn: &mut Conn,
    hash: &Hash,
    now: Timestamp,
) -> Result<Option<(Community, Application)>, StorageError> {
    let secret = one_time_secrets::find_live(conn, Purpose::AddressConfirmation, hash, now)?;
    let Some(payload) = secret.and_then(|secret| Payload::parse(&secret.payload)) else { return Ok(None) };
    let Some(application) = find_unconfirmed(conn, &payload)? else { return Ok(None) };
    let community = communities::find(conn, payload.community_id)?;
    Ok(community.map(|community| (community, application)))
}

fn find_unconfirmed(conn: &mut Conn, payload: &Payload) -> Result<Option<Application>, StorageError> {
    let found = applications::find(conn, payload.community_id, payload.application_id)?;
    Ok(found.filter(|application| application.state == ApplicationState::Unconfirmed))
}

/// The applications of an address that nobody confirmed, each once.
fn unconfirmed(conn: &mut Conn, email: &str) -> Result<Vec<(CommunityId, Application)>, StorageError> {
    let mut found: Vec<(CommunityId, Application)> = Vec::new();
    let payloads =
        one_time_secrets::unused(conn, Purpose::AddressConfirmation, address_id(email), RESENT_MAX)?;
    for payload in payloads.iter().filter_map(|text| Payload::parse(text)) {
        if found.iter().any(|(_, application)| application.id == payload.application_id) {
            continue;
        }
        if let Some(application) = find_unconfirmed(conn, &payload)? {
            found.push((payload.community_id, application));
        }
    }
    Ok(found)
}

/// What is stored with a secret.
struct Payload {
    community_id: CommunityId,
    application_id: MemberId,
    code_tag: String,
}

impl Payload {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        let community_id = parts.next()?.parse().ok()?;
        let application_id = parts.next()?.parse().ok()?;
        Some(Self { community_id, application_id, code_tag: parts.next()?.to_owned() })
    }
}

/// What stands for an address among the subjects of secrets.
fn address_id(email: &str) -> Uuid {
    let digest: [u8; 32] = Sha256::digest(format!("address confirmation\0{email}")).into();
    let (id, _) = digest.split_at(16);
    Uuid::from_slice(id).unwrap_or_default()
}

/// What is stored of a code.
fn code_tag(application_id: MemberId, code: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("address code\0{application_id}\0{code}")))
}

fn bad_token() -> ServiceError {
    let detail = "was used or has expired; ask for another";
    ServiceError::Invalid(vec![Fault::new("/token", "bad_token", detail)])
}

fn bad_code() -> ServiceError {
    let detail = "is not the one in the newest mail, was used, has expired, or was tried too often; use the mail's link, or ask for another";
    ServiceError::Invalid(vec![Fault::new("/code", "wrong", detail)])
}
