//! Leaving a community: the steps, the plan to settle, and the list for admins.

pub mod agree;
pub mod begin;
pub mod get;
pub mod list;
pub mod propose;
pub mod stay;

use serde::Deserialize;
use utoipa::ToSchema;

/// Why; may be left out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginLeavingRequest {
    /// Why, for those who ask later.
    #[schema(example = "Moving to the coast")]
    reason: Option<String>,
}
