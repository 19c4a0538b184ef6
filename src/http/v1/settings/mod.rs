//! What a community's admins chose about it as a whole.

pub mod edit;
pub mod get;

use actix_web::HttpResponse;
use actix_web::http::header;

use crate::domain::community::Community;
use crate::http::views::SettingsView;

/// Answers with settings, and their version as a tag.
fn answer(community: &Community) -> HttpResponse {
    let tag = format!("\"v{}\"", community.settings_version);
    HttpResponse::Ok().insert_header((header::ETAG, tag)).json(SettingsView::from(community))
}
