//! What people are written about webhooks of their accounts.

use serde::{Deserialize, Serialize};

use super::plain::Plain;

/// That a webhook's endpoint was made or changed, in a way that lets others listen or be believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookSet {
    /// What was done.
    pub change: WebhookChange,
    /// The community's name.
    pub community: Plain,
    /// The account's code.
    pub account: Plain,
    /// The endpoint's host.
    pub host: Plain,
    /// The name of the API key or app with which it was done; empty where somebody did it themselves.
    pub with: Plain,
    /// When, in microseconds since 1970.
    pub at_micros: i64,
}

/// What was done to a webhook's endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookChange {
    /// It was made.
    Made,
    /// It has another URL.
    Moved,
    /// Its messages are signed with another secret.
    NewSecret,
}

impl WebhookChange {
    /// Every change.
    pub const ALL: [Self; 3] = [Self::Made, Self::Moved, Self::NewSecret];
}

/// That a webhook's endpoint was switched off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookOff {
    /// The community's name.
    pub community: Plain,
    /// The account's code.
    pub account: Plain,
    /// The endpoint's host.
    pub host: Plain,
    /// Whether it answered that it is gone; else nothing arrived there for days.
    pub is_gone: bool,
}
