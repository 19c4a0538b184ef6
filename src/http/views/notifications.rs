//! What people are told of by mail, and how soon.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::services::news::CommunityChoices;

/// How soon you are told of what, of one community.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notifications)]
pub struct NotificationsView {
    /// The community's code.
    #[schema(example = "RIVER")]
    community: String,
    /// For each topic: `at_once`, `daily`, `weekly` or `off`.
    #[schema(example = json!({"payment_received": "daily", "payment_sent": "off", "request_received": "at_once", "payment_changed": "at_once", "account_changed": "at_once", "near_limit": "at_once", "member_near_limit": "daily"}))]
    choices: BTreeMap<&'static str, &'static str>,
}

impl From<&CommunityChoices> for NotificationsView {
    fn from(chosen: &CommunityChoices) -> Self {
        Self {
            community: chosen.community.code.as_str().to_owned(),
            choices: chosen.cadences.iter().map(|(topic, cadence)| (topic.name(), cadence.name())).collect(),
        }
    }
}

/// How soon you are told of what, of each of your communities.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotificationsList {
    /// One for each community.
    pub data: Vec<NotificationsView>,
}
