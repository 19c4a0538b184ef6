//! Changing endpoints: their URL, their events, whether they are on, their secrets.

use super::endpoints::{
    VisibleEndpoint, check_description, check_events, check_url, find_endpoint, require_reading,
    require_reading_kind,
};
use super::setters::{name_of_setter, setter_of, tell_owners};
use super::{EndpointKey, WebhookEndpoint};
use crate::auth::tokens::Bearer;
use crate::domain::ids::WebhookEndpointId;
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;
use crate::domain::webhooks::WebhookEndpointState as State;
use crate::mail::WebhookChange;
use crate::services::audit::{self, Origin};
use crate::services::{ServiceError, Services};
use crate::storage::events;
use crate::storage::webhooks::{endpoints, moving};
use crate::webhook::WebhookSecret;

/// For how long the secret before signs beside a new one, in seconds: a day.
const OVERLAP_S: i64 = 86_400;

/// What is to be otherwise; what is none stays as it is.
#[derive(Debug, Clone, Default)]
pub struct WebhookChanges {
    /// Where messages go.
    pub url: Option<String>,
    /// The names of what is told.
    pub events: Option<Vec<String>>,
    /// Whether it is on.
    pub enabled: Option<bool>,
    /// What the owner notes about it.
    pub description: Option<Option<String>>,
    /// The version that the change is based on.
    pub if_version: Option<i64>,
}

/// An endpoint with a new secret, which is shown once.
#[derive(Debug)]
pub struct RotatedSecret {
    /// The endpoint.
    pub visible: VisibleEndpoint,
    /// The new secret.
    pub secret: WebhookSecret,
    /// Until when the one before signs as well.
    pub old_until: Timestamp,
}

impl Services {
    /// Changes an endpoint. One that is switched on again is told what happens from then on.
    ///
    /// # Errors
    /// What is wrong with the changes; [`ServiceError::NotFound`]; [`Refusal::PreconditionFailed`]; [`Refusal::Forbidden`] where
    /// what is told, or would be, is not the bearer's to read.
    pub async fn edit_webhook_endpoint(
        &self,
        bearer: &Bearer,
        id: WebhookEndpointId,
        changes: WebhookChanges,
        origin: &Origin,
    ) -> Result<VisibleEndpoint, ServiceError> {
        let mut faults = Vec::new();
        let url = changes.url.map(|url| check_url(&url, self.webhook_rules(), &mut faults));
        let events = changes.events.map(|names| check_events(&names, &mut faults));
        let description = changes.description.map(|text| check_description(text.as_deref(), &mut faults));
        if !faults.is_empty() {
            // Whose endpoint it is comes first: others learn nothing of it.
            self.webhook_endpoint(bearer, id).await?;
            return Err(ServiceError::Invalid(faults));
        }
        if let Some(events) = &events {
            require_reading(bearer, events)?;
        }
        let now = self.now();
        self.change_webhook_endpoint(
            bearer,
            id,
            changes.if_version,
            "webhook_endpoint.changed",
            origin,
            move |own| {
                own.url = url.unwrap_or_else(|| own.url.clone());
                own.events = events.unwrap_or_else(|| own.events.clone());
                own.description = description.unwrap_or_else(|| own.description.clone());
                let state = match changes.enabled {
                    Some(true) => State::Enabled,
                    Some(false) if own.state == State::Enabled => State::Disabled,
                    _ => own.state,
                };
                if state != own.state {
                    own.state = state;
                    own.state_at = now;
                    own.failing_since = None;
                }
            },
        )
        .await
    }

    /// Gives an endpoint a new secret. For a day, the one before signs as well, and one that did so beside that.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`]; [`Refusal::PreconditionFailed`] where it was changed in this moment; [`Refusal::Forbidden`] where
    /// what is told is not the bearer's to read: whoever has the secret is believed.
    pub async fn rotate_webhook_secret(
        &self,
        bearer: &Bearer,
        id: WebhookEndpointId,
        origin: &Origin,
    ) -> Result<RotatedSecret, ServiceError> {
        let secret = self.fresh_webhook_secret();
        let sealed = self.seal_webhook_secret(id, &secret)?;
        let now = self.now();
        let old_until = now.plus_seconds(OVERLAP_S);
        let visible = self
            .change_webhook_endpoint(
                bearer,
                id,
                None,
                "webhook_endpoint.secret_rotated",
                origin,
                move |own| {
                    let mut old = std::mem::replace(&mut own.sealed_secret, sealed);
                    // Where the answer was lost and this asks again, the receiver has the one before.
                    let before = own.old_secret.take().filter(|(_, until)| *until > now);
                    let older = before.as_ref().and_then(|(older, _)| older.get(..old.len()));
                    old.extend_from_slice(&older.map(<[u8]>::to_vec).unwrap_or_default());
                    own.old_secret = Some((old, old_until));
                },
            )
            .await?;
        Ok(RotatedSecret { visible, secret, old_until })
    }

    /// Removes an endpoint: nothing is sent to it any more, and its log goes.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`]; [`Refusal::PreconditionFailed`].
    pub async fn delete_webhook_endpoint(
        &self,
        bearer: &Bearer,
        id: WebhookEndpointId,
        if_version: Option<i64>,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        let now = self.now();
        self.change_webhook_endpoint(
            bearer,
            id,
            if_version,
            "webhook_endpoint.deleted",
            origin,
            move |own| {
                own.state = State::Deleted;
                own.state_at = now;
                own.url = String::new();
                own.description = None;
                own.sealed_secret = Vec::new();
                own.old_secret = None;
            },
        )
        .await?;
        Ok(())
    }

    async fn change_webhook_endpoint(
        &self,
        bearer: &Bearer,
        id: WebhookEndpointId,
        if_version: Option<i64>,
        action: &str,
        origin: &Origin,
        change: impl FnOnce(&mut WebhookEndpoint) + Send + 'static,
    ) -> Result<VisibleEndpoint, ServiceError> {
        let (now, caller, mut outbox) = (self.now(), bearer.clone(), self.outbox());
        let line = self.webhook_audit(action, bearer, id, origin);
        let changed = self
            .settle(move |conn| {
                let mut visible = find_endpoint(conn, &caller, id, now)?;
                let own = &mut visible.endpoint;
                if if_version.is_some_and(|version| version != own.version) {
                    return Err(Refusal::PreconditionFailed.into());
                }
                let (was, url, secret) = (own.state, own.url.clone(), own.sealed_secret.clone());
                change(own);
                own.version += 1;
                let news = if own.state == State::Deleted {
                    None
                } else if own.url != url {
                    own.set_by = Some(setter_of(&caller));
                    Some(WebhookChange::Moved)
                } else {
                    (own.sealed_secret != secret).then_some(WebhookChange::NewSecret)
                };
                if !endpoints::change(conn, own)? {
                    return Err(Refusal::PreconditionFailed.into());
                }
                if news.is_some() {
                    // Whoever may not read what is told, or waits to be, neither leads it to a place of theirs nor tells it
                    // themselves. From here on no message is made for what was wanted before.
                    require_reading(&caller, &own.events)?;
                    for kind in moving::waiting_kinds(conn, (own.community_id, own.id))? {
                        require_reading_kind(&caller, kind)?;
                    }
                }
                if own.state != State::Enabled && was == State::Enabled {
                    moving::give_up(conn, (own.community_id, own.id))?;
                }
                if own.state == State::Enabled && was != State::Enabled {
                    let newest = events::newest(conn, &[own.community_id])?;
                    own.told_seq = newest.get(&own.community_id).copied().unwrap_or(0);
                    let key: EndpointKey = (own.community_id, own.id);
                    endpoints::set_cursor(conn, key, own.told_seq)?;
                }
                audit::record(conn, &line)?;
                visible.set_with = name_of_setter(conn, &visible.endpoint)?;
                if let Some(news) = news {
                    tell_owners(conn, &mut outbox, &visible, (news, setter_of(&caller), now))?;
                }
                Ok(visible)
            })
            .await?;
        self.ring_webhooks();
        Ok(changed)
    }
}
