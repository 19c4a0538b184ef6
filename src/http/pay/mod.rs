//! Pages for people who pay shops, and for shops that have no software of their own.
//!
//! | file | what lives there |
//! |---|---|
//! | `checkout.rs`, `live.js` | a checkout's page, and what updates it when it is paid elsewhere |
//! | `link.rs` | the page of a button or link that makes checkouts |
//! | `sheet.rs` | what the pages look like |
//! | `texts.rs` | what they say, in the five languages |
//! | `till.rs` | a till: an amount, its code, and that it is paid |
//!
//! They look like the pages below `/oauth` and work without JavaScript. Addresses of shops come from their records only.

mod checkout;
mod link;
mod sheet;
mod texts;
mod till;

use actix_web::http::header::{self, HeaderValue};
use actix_web::web::ServiceConfig;
use actix_web::{HttpRequest, HttpResponse};

use super::oauth::pages::Escaped;
use crate::domain::checkout::{CaptureMode, CheckoutState};
use crate::services::checkouts::CheckoutInContext;
use sheet::Place;

/// The pages' routes. They are no part of the API, and so not in its description.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(checkout::get_live_script)
        .service(checkout::get_checkout_page)
        .service(checkout::answer_checkout_page)
        .service(till::get_till)
        .service(till::answer_till)
        .service(till::get_till_code)
        .service(till::answer_till_code)
        .service(link::get_link_page)
        .service(link::answer_link_page);
}

/// Whether a program asks, and not a browser.
fn wants_json(request: &HttpRequest) -> bool {
    let accepts =
        request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepts.contains("application/json") && !accepts.contains("text/html")
}

/// To another page.
fn see_other(address: &str, cookie: Option<HeaderValue>) -> HttpResponse {
    let mut response = HttpResponse::SeeOther();
    response
        .insert_header((header::LOCATION, address))
        .insert_header((header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
    if let Some(cookie) = cookie {
        response.insert_header((header::SET_COOKIE, cookie));
    }
    response.finish()
}

/// What makes a form's request happen at most once.
fn key_field(key: &str) -> String {
    format!(r#"<input type="hidden" name="key" value="{}">"#, Escaped(key))
}

/// What is to be paid, to whom and what for.
fn facts(place: &Place, found: &CheckoutInContext, title: &str) -> String {
    let CheckoutInContext { checkout, community } = found;
    let (texts, terms) = (place.texts(), &checkout.terms);
    let title = if title.is_empty() { String::new() } else { format!("{title} ") };
    let row = |label: &str, value: &str| format!("<dt>{label}</dt><dd>{}</dd>", Escaped(value));
    let mut rows = row(texts.order, &terms.order_reference);
    if let Some(part) = terms.national {
        let (scale, currency) = (part.currency.scale(), part.currency.as_str().to_owned());
        rows += &row(texts.national, &format!("{} {currency}", scale.format(part.amount)));
        if let Some(total) = part.total {
            rows += &row(texts.total, &format!("{} {currency}", scale.format(total)));
        }
    }
    let is_open = checkout.state == CheckoutState::Open;
    if is_open {
        rows += &row(texts.until, &community.time_zone.minute_of(checkout.expires_at));
    }
    let later = if is_open && terms.capture == CaptureMode::Manual {
        format!(r#"<p class="quiet">{}</p>"#, texts.set_aside)
    } else {
        String::new()
    };
    let description = if terms.description.is_empty() {
        String::new()
    } else {
        format!(r#"<p class="what">{}</p>"#, Escaped(&terms.description))
    };
    format!(
        r#"<div class="card"><p class="quiet">{community}</p><h1>{title}<span class="amount">{amount} {symbol}</span></h1><p>{to} <strong>{payee}</strong> <span class="quiet">{code}</span></p>{description}{later}<dl>{rows}</dl></div>"#,
        community = Escaped(&community.name),
        amount = community.scale.format(terms.amount),
        symbol = Escaped(&community.symbol),
        to = texts.pays_to,
        payee = Escaped(&checkout.payee.name),
        code = Escaped(checkout.payee.code.as_str()),
    )
}
