//! Pages for people who pay shops, and for shops that have no software of their own.
//!
//! | file | what lives there |
//! |---|---|
//! | `checkout.rs`, `live.js` | a checkout's page, and what updates it when it is paid elsewhere |
//! | `link.rs` | the page of a button or link that makes checkouts |
//! | `sheet.rs` | what the pages look like |
//! | `texts.rs` | what they say, in the five languages |
//! | `till.rs` | a till: an amount, its code, and that it is paid |
//! | `visit.rs` | who came, and what all pages do in the same way |
//!
//! They look like the pages below `/oauth` and work without JavaScript. Addresses of shops come from their records only.

mod checkout;
mod link;
mod sheet;
mod texts;
mod till;
mod visit;

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::web::ServiceConfig;

use super::oauth::pages::Escaped;
use crate::domain::amount::Amount;
use crate::domain::checkout::{CaptureMode, CheckoutState};
use crate::domain::community::Community;
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
pub fn wants_json(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
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

/// That nothing real is paid here, where that is so: nobody hands over goods for play money.
fn test_note(place: &Place, community: &Community) -> String {
    if !community.is_test() {
        return String::new();
    }
    format!(r#"<p class="note" role="note">{}</p>"#, place.texts().test)
}

/// What the payer bears beside the amount, where both are members, as far as can be known before anybody pays.
fn payers_fee(found: &CheckoutInContext) -> Amount {
    let fees = &found.community.fees;
    let fund_id = fees.live_fund().filter(|fund_id| *fund_id != found.checkout.payee.account_id);
    fund_id.map_or(Amount::ZERO, |_| fees.of(found.checkout.terms.amount).payer)
}

/// What is to be paid, to whom and what for.
fn facts(place: &Place, found: &CheckoutInContext, title: &str) -> String {
    let CheckoutInContext { checkout, community, .. } = found;
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
    let fee = Some(payers_fee(found)).filter(|fee| is_open && fee.is_positive());
    if let Some(fee) = fee {
        let fee = format!("{} {}", community.scale.format(fee), community.symbol);
        rows += &row(texts.fee, &fee);
    }
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
        r#"{test}<div class="card"><p class="quiet">{community}</p><h1>{title}<span class="amount">{amount} {symbol}</span></h1><p>{to} <strong>{payee}</strong> <span class="quiet">{code}</span></p>{description}{later}<dl>{rows}</dl></div>"#,
        test = test_note(place, community),
        community = Escaped(&community.name),
        amount = community.scale.format(terms.amount),
        symbol = Escaped(&community.symbol),
        to = texts.pays_to,
        payee = Escaped(&checkout.payee.name),
        code = Escaped(checkout.payee.code.as_str()),
    )
}
