//! Making and seeing endpoints. They belong to an account, and are for whoever operates it.

use std::sync::Arc;

use super::setters::{name_of_setter, setter_of, tell_owners};
use super::{EndpointKey, WebhookEndpoint};
use crate::auth::sealing::Sealing;
use crate::auth::tokens::Bearer;
use crate::domain::account::{Account, AccountReference};
use crate::domain::community::Community;
use crate::domain::ids::WebhookEndpointId;
use crate::domain::payment::Party;
use crate::domain::policy::Right;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::visible::is_harmful;
use crate::domain::webhooks::{TYPES_MAX, WantedTypes, WebhookEndpointState, all_types, scope_of, type_name};
use crate::mail::WebhookChange;
use crate::services::audit::{self, NewUserAudit, Origin};
use crate::services::caller::{find_visible_account, only_one, require_live_session, require_place};
use crate::services::second_factors::random;
use crate::services::{Fault, ServiceError, Services};
use crate::storage::webhooks::endpoints;
use crate::storage::{Conn, accounts, communities, events, turns};
use crate::webhook::{SECRET_BYTES, Target, TargetRules, WebhookSecret};

/// The most endpoints of one account.
pub const ENDPOINTS_EACH_MAX: usize = 10;
/// The most characters of what an owner notes about an endpoint.
const DESCRIPTION_CHARS_MAX: usize = 200;

/// An endpoint as its owner asks for it.
#[derive(Debug, Clone)]
pub struct NewWebhookEndpoint {
    /// Where messages go.
    pub url: String,
    /// The names of what is told.
    pub events: Vec<String>,
    /// The account; none where the owner has just one.
    pub account: Option<String>,
    /// What the owner notes about it.
    pub description: Option<String>,
}

/// An endpoint with its account.
#[derive(Debug, Clone)]
pub struct VisibleEndpoint {
    /// The community.
    pub community: Arc<Community>,
    /// The account.
    pub account: Party,
    /// The endpoint.
    pub endpoint: WebhookEndpoint,
    /// What the key or app is called that gave it its URL; none where it was neither, or is there no more.
    pub set_with: Option<String>,
}

/// A new endpoint, with what its messages are signed with: shown once.
#[derive(Debug)]
pub struct MadeEndpoint {
    /// The endpoint.
    pub visible: VisibleEndpoint,
    /// The secret.
    pub secret: WebhookSecret,
}

impl Services {
    /// Makes an endpoint. From now on it is told what happens.
    ///
    /// # Errors
    /// What is wrong with the request; [`ServiceError::NotFound`] where there is no such account; [`Refusal::Forbidden`] where
    /// it is not the bearer's; [`ConflictReason::TooMany`].
    pub async fn create_webhook_endpoint(
        &self,
        bearer: &Bearer,
        new: NewWebhookEndpoint,
        origin: &Origin,
    ) -> Result<MadeEndpoint, ServiceError> {
        let checked = self.check_endpoint(&new)?;
        require_reading(bearer, &checked.events)?;
        let (now, caller) = (self.now(), bearer.clone());
        let reference = parse_account(new.account.as_deref())?;
        let (community, account) =
            self.ledger.read(move |conn| find_account(conn, &caller, reference, now)).await?;
        let id = WebhookEndpointId::from_uuid(self.fresh_uuid());
        let secret = self.fresh_webhook_secret();
        let mut endpoint = WebhookEndpoint {
            community_id: community.id,
            id,
            account_id: account.id,
            url: checked.url,
            description: checked.description,
            events: checked.events,
            state: WebhookEndpointState::Enabled,
            state_at: now,
            version: 1,
            told_seq: 0,
            failing_since: None,
            sealed_secret: self.seal_webhook_secret(id, &secret)?,
            old_secret: None,
            created_at: now,
            set_by: Some(setter_of(bearer)),
        };
        let line = self.webhook_audit("webhook_endpoint.created", bearer, id, origin);
        let (again, mut outbox) = (bearer.clone(), self.outbox());
        let visible = self
            .settle(move |conn| {
                // In the same state of things: who was signed out or lost the account in this moment leaves nothing that tells them.
                find_account(conn, &again, Some(AccountReference::Id(endpoint.account_id)), now)?;
                turns::wait(conn, endpoint.account_id)?;
                let own = endpoints::of_accounts(conn, endpoint.community_id, &[endpoint.account_id])?;
                if own.len() >= ENDPOINTS_EACH_MAX {
                    return Err(Refusal::Conflict(ConflictReason::TooMany).into());
                }
                let newest = events::newest(conn, &[endpoint.community_id])?;
                endpoint.told_seq = newest.get(&endpoint.community_id).copied().unwrap_or(0);
                endpoints::insert(conn, &endpoint)?;
                audit::record(conn, &line)?;
                let visible = visible(conn, &Arc::new(community), &account, endpoint)?;
                tell_owners(conn, &mut outbox, &visible, (WebhookChange::Made, setter_of(&again), now))?;
                Ok(visible)
            })
            .await?;
        self.ring_webhooks();
        Ok(MadeEndpoint { visible, secret })
    }

    /// The endpoints of an account, or of all that the bearer operates.
    ///
    /// # Errors
    /// As [`Services::create_webhook_endpoint`].
    pub async fn webhook_endpoints(
        &self,
        bearer: &Bearer,
        account: Option<String>,
    ) -> Result<Vec<VisibleEndpoint>, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        let reference = parse_account(account.as_deref())?;
        self.ledger
            .read(move |conn| {
                if reference.is_some() {
                    let (community, account) = find_account(conn, &caller, reference, now)?;
                    return endpoints_of(conn, &Arc::new(community), &[account]);
                }
                require_live_session(conn, &caller, now)?;
                own_endpoints(conn, &caller)
            })
            .await
    }

    /// One endpoint.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where the bearer has no such endpoint.
    pub async fn webhook_endpoint(
        &self,
        bearer: &Bearer,
        id: WebhookEndpointId,
    ) -> Result<VisibleEndpoint, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger.read(move |conn| find_endpoint(conn, &caller, id, now)).await
    }

    pub(super) fn webhook_rules(&self) -> &TargetRules {
        &self.webhooks.rules
    }

    fn check_endpoint(&self, new: &NewWebhookEndpoint) -> Result<Checked, ServiceError> {
        let mut faults = Vec::new();
        let url = check_url(&new.url, self.webhook_rules(), &mut faults);
        let events = check_events(&new.events, &mut faults);
        let description = check_description(new.description.as_deref(), &mut faults);
        if faults.is_empty() {
            Ok(Checked { url, events, description })
        } else {
            Err(ServiceError::Invalid(faults))
        }
    }

    pub(super) fn fresh_webhook_secret(&self) -> WebhookSecret {
        let random: [u8; SECRET_BYTES] = random((self.ids)().as_mut());
        WebhookSecret::from_random(&random)
    }

    pub(super) fn seal_webhook_secret(
        &self,
        id: WebhookEndpointId,
        secret: &WebhookSecret,
    ) -> Result<Vec<u8>, ServiceError> {
        let nonce = random((self.ids)().as_mut());
        let sealed = self.sealing.seal(&context(id), nonce, secret.expose().as_bytes());
        sealed.map_err(|error| ServiceError::Internal(error.to_string()))
    }

    pub(super) fn webhook_audit(
        &self,
        action: &str,
        bearer: &Bearer,
        id: WebhookEndpointId,
        origin: &Origin,
    ) -> NewUserAudit {
        NewUserAudit {
            session_id: Some(bearer.authority.session_id),
            after: format!(r#"{{"webhook_endpoint_id":"{id}"}}"#),
            ..self.own_audit(action, bearer.authority.user_id, origin)
        }
    }
}

/// What a sealed secret is, and whose.
fn context(id: WebhookEndpointId) -> Vec<u8> {
    [b"webhook secret of ".as_slice(), id.uuid().as_bytes()].concat()
}

/// An endpoint's secret from its sealed form; none where the service's key is another one.
pub(super) fn open_secret(sealing: &Sealing, id: WebhookEndpointId, sealed: &[u8]) -> Option<WebhookSecret> {
    let plain = sealing.open(&context(id), sealed).ok()?;
    WebhookSecret::parse(str::from_utf8(&plain).ok()?)
}

struct Checked {
    url: String,
    events: String,
    description: Option<String>,
}

pub(super) fn check_url(text: &str, rules: &TargetRules, faults: &mut Vec<Fault>) -> String {
    match Target::parse(text, rules) {
        Ok(target) => target.as_str().to_owned(),
        Err(bad) => {
            faults.push(Fault::new("/url", bad.code(), bad.to_string()));
            String::new()
        }
    }
}

pub(super) fn check_events(names: &[String], faults: &mut Vec<Fault>) -> String {
    match WantedTypes::parse(names) {
        Ok(wanted) => wanted.to_string(),
        Err(place) => {
            let fault = if place < names.len() {
                Fault::new(&format!("/events/{place}"), "unknown_value", unknown_type())
            } else {
                Fault::new("/events", "out_of_range", format!("must be 1 to {TYPES_MAX} names of events"))
            };
            faults.push(fault);
            String::new()
        }
    }
}

/// What is said of a name that stands for nothing: which ones there are.
pub(super) fn unknown_type() -> String {
    let names: Vec<_> = all_types().collect();
    format!("is no event, nor `*`, nor all of a kind, such as `payment.*`; there are {}", names.join(", "))
}

pub(super) fn check_description(text: Option<&str>, faults: &mut Vec<Fault>) -> Option<String> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    if text.chars().count() > DESCRIPTION_CHARS_MAX {
        let detail = format!("must have at most {DESCRIPTION_CHARS_MAX} characters");
        faults.push(Fault::new("/description", "too_long", detail));
    }
    if text.chars().any(is_harmful) {
        faults.push(Fault::new(
            "/description",
            "forbidden_character",
            "must be one line of visible characters",
        ));
    }
    Some(text.to_owned())
}

/// Refuses to tell a caller's machine what the caller may not read.
pub(super) fn require_reading(bearer: &Bearer, events: &str) -> Result<(), ServiceError> {
    let wanted = WantedTypes::from_stored(events).scopes();
    if wanted.is_within(bearer.authority.scopes) { Ok(()) } else { Err(Refusal::Forbidden.into()) }
}

/// The same of a message of one kind.
pub(super) fn require_reading_kind(bearer: &Bearer, kind: i16) -> Result<(), ServiceError> {
    if may_read(bearer, kind) { Ok(()) } else { Err(Refusal::Forbidden.into()) }
}

/// Whether a caller may read what messages of a kind tell.
pub(super) fn may_read(bearer: &Bearer, kind: i16) -> bool {
    scope_of(type_name(kind)).is_none_or(|scope| bearer.authority.scopes.holds(scope))
}

pub(super) fn parse_account(text: Option<&str>) -> Result<Option<AccountReference>, ServiceError> {
    text.map(|text| text.parse().map_err(|_| ServiceError::NotFound)).transpose()
}

/// The account that a reference names, or the only one that the bearer operates.
fn find_account(
    conn: &mut Conn,
    caller: &Bearer,
    reference: Option<AccountReference>,
    now: crate::domain::time::Timestamp,
) -> Result<(Community, Account), ServiceError> {
    require_live_session(conn, caller, now)?;
    if let Some(reference) = reference {
        let (membership, visible) = find_visible_account(conn, &caller.authority, &reference)?;
        let is_theirs = membership.may(Right::ManageWebhooks, &visible.account);
        return if is_theirs {
            Ok((visible.community, visible.account))
        } else {
            Err(Refusal::Forbidden.into())
        };
    }
    let own = own_accounts(conn, caller)?;
    let (community, account) = only_one(&caller.authority, own).ok_or_else(|| {
        let detail = "must name one of your accounts: you have several, or none";
        ServiceError::Invalid(vec![Fault::new("/account", "missing", detail)])
    })?;
    Ok((Arc::unwrap_or_clone(community), account))
}

/// All accounts whose endpoints are the bearer's to manage.
fn own_accounts(conn: &mut Conn, caller: &Bearer) -> Result<Vec<(Arc<Community>, Account)>, ServiceError> {
    let mut own = Vec::new();
    for id in communities::ids_of_user(conn, caller.authority.user_id)? {
        let Some(community) = communities::find(conn, id)? else { continue };
        let Ok(membership) = require_place(conn, community, &caller.authority) else { continue };
        let members: Vec<_> = membership.members.iter().map(|member| member.id).collect();
        let mut found = accounts::of_members(conn, id, &members)?;
        found.retain(|account| membership.may(Right::ManageWebhooks, account));
        let community = Arc::new(membership.community);
        own.extend(found.into_iter().map(|account| (Arc::clone(&community), account)));
    }
    Ok(own)
}

/// All endpoints that are the bearer's to manage.
pub(super) fn own_endpoints(conn: &mut Conn, caller: &Bearer) -> Result<Vec<VisibleEndpoint>, ServiceError> {
    let mut all = Vec::new();
    for (community, account) in own_accounts(conn, caller)? {
        all.extend(endpoints_of(conn, &community, &[account])?);
    }
    Ok(all)
}

fn endpoints_of(
    conn: &mut Conn,
    community: &Arc<Community>,
    own: &[Account],
) -> Result<Vec<VisibleEndpoint>, ServiceError> {
    let ids: Vec<_> = own.iter().map(|account| account.id).collect();
    let found = endpoints::of_accounts(conn, community.id, &ids)?;
    let mut all = Vec::new();
    for endpoint in found {
        let Some(account) = own.iter().find(|account| account.id == endpoint.account_id) else { continue };
        all.push(visible(conn, community, account, endpoint)?);
    }
    Ok(all)
}

fn visible(
    conn: &mut Conn,
    community: &Arc<Community>,
    account: &Account,
    endpoint: WebhookEndpoint,
) -> Result<VisibleEndpoint, ServiceError> {
    let set_with = name_of_setter(conn, &endpoint)?;
    let (community, account) = (Arc::clone(community), Party::from(account));
    Ok(VisibleEndpoint { community, account, endpoint, set_with })
}

/// An endpoint that is the bearer's to manage. Others' are as absent as those that are not there.
pub(super) fn find_endpoint(
    conn: &mut Conn,
    caller: &Bearer,
    id: WebhookEndpointId,
    now: crate::domain::time::Timestamp,
) -> Result<VisibleEndpoint, ServiceError> {
    require_live_session(conn, caller, now)?;
    let own = communities::ids_of_user(conn, caller.authority.user_id)?;
    let endpoint = endpoints::find_in_any(conn, &own, id)?.ok_or(ServiceError::NotFound)?;
    let community = communities::find(conn, endpoint.community_id)?.ok_or(ServiceError::NotFound)?;
    let membership = require_place(conn, community, &caller.authority)?;
    let account = accounts::find_many(conn, endpoint.community_id, &[endpoint.account_id])?.pop();
    let account = account.filter(|account| membership.may(Right::ManageWebhooks, account));
    let account = account.ok_or(ServiceError::NotFound)?;
    visible(conn, &Arc::new(membership.community), &account, endpoint)
}

/// Whose deliveries an endpoint has.
pub(super) const fn key_of(endpoint: &WebhookEndpoint) -> EndpointKey {
    (endpoint.community_id, endpoint.id)
}
