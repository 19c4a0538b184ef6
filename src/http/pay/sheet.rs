//! What the pages look like: plain HTML that works without JavaScript, every text escaped where it is written.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use super::texts::{self, Texts};
use crate::auth::return_urls::ReturnUrl;
use crate::domain::checkout::{CheckoutState, LinkToken};
use crate::domain::language::Language;
use crate::http::languages;
use crate::http::oauth::guarded::guarded;
use crate::http::oauth::pages::{Escaped, FormPlace};
use crate::http::oauth::texts::{self as common, SERVICE};
use crate::http::views::token_text;
use crate::services::oauth::browser::OwnAccount;

/// How long a page's script waits for news, in seconds.
const WAIT_S: u64 = 25;

/// Where a page is, and in which language.
#[derive(Debug, Clone)]
pub struct Place {
    /// The path of the public URL.
    pub base: String,
    /// The page's own path below it.
    pub path: String,
    /// The language.
    pub language: Language,
    /// The browser's form token.
    pub form_token: String,
}

/// What a page's script watches.
#[derive(Debug)]
pub struct Live {
    /// From where.
    pub path: String,
    /// What it was.
    pub state: &'static str,
}

impl Live {
    /// An open checkout.
    pub fn of(place: &Place, token: LinkToken) -> Self {
        let path = format!("{}/c/{}?wait={WAIT_S}", place.base, token_text(token));
        Self { path, state: CheckoutState::Open.name() }
    }
}

/// A page on its way to a browser.
#[derive(Debug)]
pub struct Sheet {
    pub status: StatusCode,
    /// Escaped already.
    pub title: String,
    /// Whose foreign texts are escaped already.
    pub body: String,
    /// Where its forms may lead beside this service.
    pub leads_to: Vec<String>,
    pub live: Option<Live>,
    /// When to try again, where that is known.
    pub limits: Vec<(HeaderName, HeaderValue)>,
}

impl Place {
    /// A page's place, in the language that the address or the browser names.
    pub fn of(request: &HttpRequest, base: &str, path: String, form_token: String) -> Self {
        let language = languages::chosen(request.query_string(), request.headers());
        Self { base: base.to_owned(), path, language, form_token }
    }

    /// The words of its language.
    pub const fn texts(&self) -> &'static Texts {
        texts::of(self.language)
    }

    /// The words of its language that all pages of the service have.
    pub const fn common(&self) -> &'static common::Texts {
        common::of(self.language)
    }

    /// Where its forms go.
    pub fn forms(&self) -> FormPlace {
        FormPlace {
            base: self.base.clone(),
            action: self.address(),
            token: self.form_token.clone(),
            language: self.language,
        }
    }

    /// Its address below the public URL's path, in its language.
    pub fn address(&self) -> String {
        format!("{}{}?lang={}", self.base, self.path, self.language.name())
    }
}

impl Sheet {
    /// A page with this title and this body, whose foreign texts are escaped already.
    pub fn new(status: StatusCode, title: &str, body: String) -> Self {
        let title = Escaped(title).to_string();
        Self { status, title, body, leads_to: Vec::new(), live: None, limits: Vec::new() }
    }

    /// Nothing can be done here.
    pub fn notice(status: StatusCode, title: &str, why: &str) -> Self {
        let body = format!(r#"<div class="card"><h1>{}</h1><p>{}</p></div>"#, Escaped(title), Escaped(why));
        Self::new(status, title, body)
    }

    /// The same page, which leads to these addresses of a shop.
    #[must_use]
    pub fn leading_to(mut self, urls: &[Option<&ReturnUrl>]) -> Self {
        self.leads_to.extend(urls.iter().flatten().map(|url| url.policy_source()));
        self
    }

    /// The answer that carries the page.
    pub fn answer(self, place: &Place, cookie: Option<HeaderValue>) -> HttpResponse {
        let base = Escaped(&place.base);
        let live = self.live.as_ref().map_or_else(String::new, |live| {
            format!(r#" data-live="{}" data-state="{}""#, Escaped(&live.path), live.state)
        });
        let html = format!(
            r#"<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{title} · {SERVICE}</title><link rel="stylesheet" href="{base}/oauth/style.css"><script src="{base}/c/live.js" defer></script><script src="{base}/oauth/passkey.js" defer></script></head>
<body{live}><main><p class="mark">{SERVICE}</p>{body}{languages}</main></body></html>
"#,
            language = place.language.name(),
            title = self.title,
            body = self.body,
            languages = languages::switch(&place.address(), place.language),
        );
        let policy = format!(
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self' {}; base-uri 'none'; frame-ancestors 'none'",
            self.leads_to.join(" ")
        );
        guarded(self.status, policy, "Accept, Accept-Language, Cookie", (cookie, self.limits)).body(html)
    }
}

/// The field that chooses one of some accounts, each as code and name; the one that was chosen before, where one was.
pub fn account_field(label: &str, (name, chosen): (&str, Option<&str>), accounts: &[OwnAccount]) -> String {
    let option = |own: &OwnAccount| {
        let selected = if chosen == Some(own.code.as_str()) { " selected" } else { "" };
        let [code, name] = [&own.code, &own.name].map(|text| Escaped(text.as_str()));
        format!(r#"<option value="{code}"{selected}>{code} · {name}</option>"#)
    };
    let options: String = accounts.iter().map(option).collect();
    format!(r#"<label>{label}<select name="{name}">{options}</select></label>"#)
}
