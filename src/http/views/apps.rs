//! Registered apps, and what members allowed them.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::scopes::{Scope, Scopes};
use crate::domain::spending::SpendingCeiling;
use crate::services::oauth::clients::{Client, RegisteredClient};
use crate::services::oauth::grants::{Grant, PresentGrant};

/// A registered app, shop or machine.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OAuthClient)]
pub struct OAuthClientView {
    /// Its public id.
    #[schema(example = "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3")]
    client_id: String,
    /// Its secret, told this once; not for public clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "cfs_9hX…")]
    client_secret: Option<String>,
    /// The name that members read when they are asked.
    #[schema(example = "Mill Bakery's shop")]
    name: String,
    /// Where codes may be sent.
    #[schema(example = json!(["https://shop.example/signed-in"]))]
    redirect_uris: Vec<String>,
    /// How it may get tokens.
    #[schema(example = json!(["authorization_code", "refresh_token"]))]
    grant_types: Vec<String>,
    /// The most that it may be allowed.
    #[schema(example = json!(["accounts:read"]))]
    scopes: Vec<&'static str>,
    /// Whether it proves who it is with a secret.
    confidential: bool,
    /// The most units that a machine may spend in one payment; null where there is no ceiling.
    ceiling_per_payment: Option<String>,
    /// The most units that a machine may spend on one day; null where there is no ceiling.
    ceiling_per_day: Option<String>,
    /// When it was registered.
    created_at: String,
}

impl From<&Client> for OAuthClientView {
    fn from(client: &Client) -> Self {
        Self {
            client_id: client.id.clone(),
            client_secret: None,
            name: client.name.clone(),
            redirect_uris: client.redirect_uris.clone(),
            grant_types: client.grant_types.clone(),
            scopes: names(client.scopes),
            confidential: client.is_confidential(),
            ceiling_per_payment: client.ceilings.per_payment.map(|ceiling| ceiling.to_string()),
            ceiling_per_day: client.ceilings.per_day.map(|ceiling| ceiling.to_string()),
            created_at: client.created_at.rfc3339(),
        }
    }
}

impl From<&RegisteredClient> for OAuthClientView {
    fn from(registered: &RegisteredClient) -> Self {
        let client_secret = registered.secret.as_ref().map(|secret| secret.expose().to_owned());
        Self { client_secret, ..Self::from(&registered.client) }
    }
}

/// All apps that the caller registered, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct OAuthClientList {
    /// The apps.
    pub data: Vec<OAuthClientView>,
}

/// What the caller allowed an app.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Grant)]
pub struct GrantView {
    /// Its id.
    id: Uuid,
    /// The app.
    client: GrantedClient,
    /// What it may do.
    #[schema(example = json!(["accounts:read", "payments:write"]))]
    scopes: Vec<&'static str>,
    /// The most units that a payment may have; null where there is no ceiling.
    #[schema(example = "20")]
    ceiling_per_payment: Option<String>,
    /// The most units that all payments of a day (UTC) may have together, in each community; null where there is no
    /// ceiling.
    #[schema(example = "50")]
    ceiling_per_day: Option<String>,
    /// When it was allowed.
    created_at: String,
    /// When the app last got a token with it.
    last_used_at: String,
}

/// The app that a grant is for.
#[derive(Debug, Serialize, ToSchema)]
pub struct GrantedClient {
    /// Its public id.
    id: String,
    /// Its name.
    #[schema(example = "Mill Bakery's shop")]
    name: String,
}

impl From<&Grant> for GrantView {
    fn from(grant: &Grant) -> Self {
        Self {
            id: grant.session_id.uuid(),
            client: GrantedClient { id: grant.client_id.clone(), name: grant.client_name.clone() },
            scopes: names(grant.scopes),
            ceiling_per_payment: grant.terms.ceilings.per_payment.as_ref().map(SpendingCeiling::to_string),
            ceiling_per_day: grant.terms.ceilings.per_day.as_ref().map(SpendingCeiling::to_string),
            created_at: grant.created_at.rfc3339(),
            last_used_at: grant.last_used_at.rfc3339(),
        }
    }
}

/// What the app that asks was allowed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PresentGrant)]
pub struct PresentGrantView {
    /// What, and on which terms.
    #[serde(flatten)]
    grant: GrantView,
    /// The one account at which it may act, and that it reaches nothing beside; null where it may at all of the member's.
    account: Option<GrantedAccountView>,
}

/// The account that an app was allowed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GrantedAccount)]
pub struct GrantedAccountView {
    /// Its id.
    id: Uuid,
    /// Its code.
    #[schema(example = "RIVER0001")]
    code: String,
    /// Its name.
    #[schema(example = "Mill Bakery")]
    name: String,
    /// Its community.
    #[schema(example = "RIVER")]
    community: String,
    /// Whether that is only for tests.
    #[schema(example = false)]
    test_mode: bool,
}

impl From<&PresentGrant> for PresentGrantView {
    fn from(present: &PresentGrant) -> Self {
        let account = present.account.as_ref().map(|(community, account)| GrantedAccountView {
            id: account.id.uuid(),
            code: account.code.to_string(),
            name: account.name.to_string(),
            community: community.code.to_string(),
            test_mode: community.is_test(),
        });
        Self { grant: GrantView::from(&present.grant), account }
    }
}

/// What the caller allowed, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct GrantList {
    /// What they allowed.
    pub data: Vec<GrantView>,
}

fn names(scopes: Scopes) -> Vec<&'static str> {
    scopes.iter().map(Scope::name).collect()
}
