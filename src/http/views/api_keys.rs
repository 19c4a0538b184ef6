//! API keys.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::scopes::Scope;
use crate::domain::time::Timestamp;
use crate::services::api_keys::{MadeKey, Secret, VisibleKey};

/// A key with which software acts at one account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub struct ApiKeyView {
    /// Its id, which outlives its secrets.
    id: Uuid,
    /// What its owner calls it.
    #[schema(example = "Mill Bakery's till")]
    name: String,
    /// The account that it is for, and that it reaches nothing beside.
    account: KeyAccountView,
    /// The account's community.
    #[schema(example = "RIVER")]
    community: String,
    /// Whether it is of a community that is only for tests.
    #[schema(example = false)]
    test_mode: bool,
    /// What it may.
    #[schema(example = json!(["payments:read", "requests:write", "refunds:write"]))]
    scopes: Vec<&'static str>,
    /// The networks from which it may be used; from everywhere where there are none.
    #[schema(example = json!(["192.0.2.0/24"]))]
    addresses: Vec<String>,
    /// When it ends by itself; null for never.
    expires_at: Option<String>,
    /// When it was made.
    created_at: String,
    /// What its present secret begins with, to recognise one by that was found somewhere.
    #[schema(example = "cfk_live_9hXq2a")]
    prefix: String,
    /// When any of its secrets was last used, give or take ten minutes; null for never.
    last_used_at: Option<String>,
    /// From which network that was.
    #[schema(example = "192.0.2.0/24")]
    last_used_from: Option<String>,
    /// The secret before the present one, as long as it works; else null.
    previous: Option<PreviousSecretView>,
}

/// The account that a key is for.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyAccountView {
    /// Its id.
    id: Uuid,
    /// Its code.
    #[schema(example = "RIVER0001")]
    code: String,
    /// Its name.
    #[schema(example = "Mill Bakery")]
    name: String,
}

/// A secret that works for a while beside the one that took its place.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviousSecretView {
    /// What it begins with.
    #[schema(example = "cfk_live_Zk31bQ")]
    prefix: String,
    /// Until when it works.
    expires_at: String,
    /// When it was last used, give or take ten minutes; null for never.
    last_used_at: Option<String>,
}

impl ApiKeyView {
    /// A key as it is at this moment.
    pub fn at(visible: &VisibleKey, now: Timestamp) -> Self {
        let VisibleKey { key, secrets, account, community } = visible;
        let latest = secrets.iter().max_by_key(|secret| secret.last_used_at);
        let present = secrets.first();
        let is_live = |secret: &&Secret| secret.expires_at.is_some_and(|at| now < at);
        let previous = secrets.iter().skip(1).find(is_live).and_then(|secret| {
            Some(PreviousSecretView {
                prefix: secret.prefix.clone(),
                expires_at: secret.expires_at?.rfc3339(),
                last_used_at: secret.last_used_at.map(Timestamp::rfc3339),
            })
        });
        Self {
            id: key.id.uuid(),
            name: key.name.clone(),
            account: KeyAccountView {
                id: account.id.uuid(),
                code: account.code.to_string(),
                name: account.name.to_string(),
            },
            community: community.code.to_string(),
            test_mode: community.is_test(),
            scopes: key.scopes.iter().map(Scope::name).collect(),
            addresses: key.addresses.split_whitespace().map(str::to_owned).collect(),
            expires_at: key.expires_at.map(Timestamp::rfc3339),
            created_at: key.created_at.rfc3339(),
            prefix: present.map(|secret| secret.prefix.clone()).unwrap_or_default(),
            last_used_at: latest.and_then(|secret| secret.last_used_at).map(Timestamp::rfc3339),
            last_used_from: latest.and_then(|secret| secret.last_used_from.clone()),
            previous,
        }
    }
}

/// A key with its secret, which is told this once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MadeApiKey)]
pub struct MadeApiKeyView {
    /// The secret: sent as `Authorization: Bearer …`. Keep it where only your software reads it.
    #[schema(example = "cfk_live_9hXq2a…")]
    key: String,
    /// The key.
    #[serde(flatten)]
    facts: ApiKeyView,
}

impl MadeApiKeyView {
    /// What was made at this moment.
    pub fn at(made: &MadeKey, now: Timestamp) -> Self {
        Self { key: made.secret.expose().to_owned(), facts: ApiKeyView::at(&made.visible, now) }
    }
}

/// Keys, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyList {
    /// The keys.
    pub data: Vec<ApiKeyView>,
}
