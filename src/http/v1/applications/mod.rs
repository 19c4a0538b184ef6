//! Applications: asking to join, and what admins decide.

pub mod approve;
pub mod create;
pub mod list;
pub mod refuse;

use crate::domain::ids::MemberId;
use crate::http::extract::path_id;
use crate::http::problem::ApiError;

/// The application that a path names. What cannot be an id is as absent as one that is not there.
fn application_id(segment: &str) -> Result<MemberId, ApiError> {
    path_id(segment)
}
