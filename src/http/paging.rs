//! Pages of lists: the answer, with its link to the page that follows (RFC 8288).

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

/// Answers with a page. The link is that of the request, with the cursor of the next page.
pub fn answer(request: &HttpRequest, page: &impl Serialize, next_cursor: Option<&str>) -> HttpResponse {
    let mut response = HttpResponse::Ok().json(page);
    if let Some(link) = next_cursor.and_then(|cursor| HeaderValue::from_str(&link(request, cursor)).ok()) {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

fn link(request: &HttpRequest, cursor: &str) -> String {
    let is_other = |parameter: &&str| !parameter.is_empty() && !parameter.starts_with("cursor=");
    let mut parameters: Vec<_> = request.query_string().split('&').filter(is_other).collect();
    let cursor = format!("cursor={cursor}");
    parameters.push(&cursor);
    format!(r#"<{}?{}>; rel="next""#, request.path(), parameters.join("&"))
}
