//! What the pages look like: plain HTML that works without JavaScript, every text escaped where it is written.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use super::texts::{self, NAMES, Texts};
use crate::auth::return_urls::ReturnUrl;
use crate::domain::language::Language;
use crate::http::oauth::form::Parameters;
use crate::http::oauth::pages::Escaped;
use crate::http::oauth::texts::SERVICE;
use crate::services::ServiceError;
use crate::services::oauth::browser::{BrowserUser, OwnAccount};

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
        let query = Parameters::parse(request.query_string()).unwrap_or_else(Parameters::none);
        let named = query.get("lang").and_then(Language::from_name);
        let language = named.unwrap_or_else(|| accepted(request.headers()));
        Self { base: base.to_owned(), path, language, form_token }
    }

    /// The words of its language.
    pub const fn texts(&self) -> &'static Texts {
        texts::of(self.language)
    }

    /// Its address below the public URL's path, in its language.
    pub fn address(&self) -> String {
        format!("{}{}?lang={}", self.base, self.path, self.language.name())
    }

    /// A form's beginning.
    pub fn open_form(&self, class: &str) -> String {
        format!(
            r#"<form class="{class}" method="post" action="{}"><input type="hidden" name="form_token" value="{}">"#,
            Escaped(&self.address()),
            Escaped(&self.form_token)
        )
    }
}

/// The language that a browser likes best of ours.
fn accepted(headers: &HeaderMap) -> Language {
    let header =
        headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut best = (0_u32, Language::English);
    for part in header.split(',') {
        let mut members = part.split(';').map(str::trim);
        let tag = members.next().unwrap_or_default();
        let primary = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let quality = members.find_map(|member| member.strip_prefix("q=")).map_or(1_000, thousandths);
        if let Some(language) = Language::from_name(&primary)
            && quality > best.0
        {
            best = (quality, language);
        }
    }
    best.1
}

/// A quality such as `0.8`, in thousandths; none where it is no such thing.
fn thousandths(text: &str) -> u32 {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = rest.chars().chain("000".chars()).take(3).collect();
    let number = whole.parse::<u32>().ok().zip(digits.parse::<u32>().ok());
    number.map_or(0, |(whole, digits)| (whole.min(1) * 1_000 + digits).min(1_000))
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
            languages = languages(place),
        );
        let policy = format!(
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self' {}; base-uri 'none'; frame-ancestors 'none'",
            self.leads_to.join(" ")
        );
        let mut response = HttpResponse::build(self.status);
        response
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CONTENT_SECURITY_POLICY, policy))
            .insert_header((header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")))
            .insert_header((header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")))
            .insert_header((header::VARY, HeaderValue::from_static("Accept, Accept-Language, Cookie")))
            .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
        if let Some(cookie) = cookie {
            response.insert_header((header::SET_COOKIE, cookie));
        }
        for limit in self.limits {
            response.insert_header(limit);
        }
        response.body(html)
    }
}

fn languages(place: &Place) -> String {
    let link = |(language, name): (Language, &str)| {
        if language == place.language {
            return format!("<strong>{name}</strong>");
        }
        let code = language.name();
        let address = format!("{}{}?lang={code}", place.base, place.path);
        format!(r#"<a href="{}" lang="{code}" hreflang="{code}">{name}</a>"#, Escaped(&address))
    };
    format!(r#"<p class="quiet languages">{}</p>"#, NAMES.map(link).join(" · "))
}

/// What was wrong with the last try.
pub fn note(problem: Option<&str>) -> String {
    problem.map_or_else(String::new, |text| format!(r#"<p class="note" role="alert">{}</p>"#, Escaped(text)))
}

/// The form for signing in.
pub fn sign_in_form(place: &Place, email: &str) -> String {
    let texts = place.texts();
    format!(
        r#"{form}<label>{email_label}<input type="email" name="email" autocomplete="username" value="{email}" required></label>
<label>{password}<input type="password" name="password" autocomplete="current-password" required></label>
<label>{code}<small>{hint}</small><input name="second_factor" inputmode="numeric" autocomplete="one-time-code"></label>
<button class="main" name="do" value="sign_in">{sign_in}</button></form>
<form class="passkey" hidden data-passkey-from="{base}/api/v1/sessions/passkey-options" method="post" action="{action}"><input type="hidden" name="form_token" value="{token}"><input type="hidden" name="credential"><p class="note" role="alert" hidden>{no_passkey}</p><button name="do" value="passkey">{passkey}</button></form>"#,
        form = place.open_form(""),
        email_label = texts.email,
        email = Escaped(email),
        password = texts.password,
        code = texts.second_factor,
        hint = texts.second_factor_hint,
        sign_in = texts.sign_in,
        base = Escaped(&place.base),
        action = Escaped(&place.address()),
        token = Escaped(&place.form_token),
        no_passkey = texts.no_passkey,
        passkey = texts.passkey,
    )
}

/// Who is signed in, and how to sign out.
pub fn signed_in(place: &Place, user: &BrowserUser) -> String {
    let texts = place.texts();
    format!(
        r#"<div class="quiet">{} {} ({}). {}<button class="link" name="do" value="sign_out">{}</button></form></div>"#,
        texts.signed_in_as,
        Escaped(&user.name),
        Escaped(&user.email),
        place.open_form("inline"),
        texts.sign_out
    )
}

/// The fields that choose one of some accounts, each as code and name.
pub fn account_field(label: &str, name: &str, accounts: &[OwnAccount]) -> String {
    let option = |own: &OwnAccount| {
        let [code, name] = [&own.code, &own.name].map(|text| Escaped(text.as_str()));
        format!(r#"<option value="{code}">{code} · {name}</option>"#)
    };
    let options: String = accounts.iter().map(option).collect();
    format!(r#"<label>{label}<select name="{name}">{options}</select></label>"#)
}

/// What was wrong with signing in.
pub const fn sign_in_problem(texts: &Texts, error: &ServiceError) -> (StatusCode, &'static str) {
    match error {
        ServiceError::SecondFactorRequired => (StatusCode::FORBIDDEN, texts.code_needed),
        ServiceError::RateLimited(_) => (StatusCode::TOO_MANY_REQUESTS, texts.too_many),
        ServiceError::Overloaded | ServiceError::OutcomeUnknown => {
            (StatusCode::SERVICE_UNAVAILABLE, texts.busy)
        }
        _ => (StatusCode::FORBIDDEN, texts.wrong_sign_in),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(header: &'static str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(header));
        accepted(&headers)
    }

    #[test]
    fn the_best_of_ours_is_chosen() {
        assert_eq!(language("de-AT,de;q=0.9,en;q=0.8"), Language::German);
        assert_eq!(language("pt,fr;q=0.5,nl;q=0.7"), Language::Dutch);
        assert_eq!(language("en;q=0.2, es"), Language::Spanish);
        assert_eq!(language("ja, *;q=0.5"), Language::English);
        assert_eq!(language("de;q=0"), Language::English);
        assert_eq!(language("de;q=x, fr;q=0.1"), Language::French);
        assert_eq!(accepted(&HeaderMap::new()), Language::English);
    }
}
