//! What a community's admins chose about it as a whole.

pub mod edit;
pub mod get;

use actix_web::HttpResponse;
use actix_web::http::header;

use crate::http::views::SettingsView;
use crate::services::settings::Settings;

/// Answers with settings, and their version as a tag.
fn answer(settings: &Settings) -> HttpResponse {
    let tag = format!("\"v{}\"", settings.community.settings_version);
    HttpResponse::Ok().insert_header((header::ETAG, tag)).json(SettingsView::from(settings))
}
