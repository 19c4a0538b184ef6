//! What the pages look like: plain HTML that works without JavaScript, every text escaped where it is written.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, get};

use super::browser::Browser;
use super::guarded::guarded;
use super::texts::{self, SERVICE, Texts};
use crate::domain::language::Language;
use crate::domain::scopes::{Scope, Scopes};
use crate::domain::spending::{SpendingCeiling, SpendingCeilings};
use crate::domain::time::Timestamp;
use crate::http::languages;
use crate::services::oauth::authorize::Asked;
use crate::services::oauth::browser::BrowserUser;
use crate::services::oauth::grants::Grant;

const STYLE: &str = include_str!("style.css");

/// A text in a page: what it says stands there, whatever it says.
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => formatter.write_str("&amp;")?,
                '<' => formatter.write_str("&lt;")?,
                '>' => formatter.write_str("&gt;")?,
                '"' => formatter.write_str("&quot;")?,
                '\'' => formatter.write_str("&#39;")?,
                // What turns the direction of reading could make a name look like another.
                '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
                other => write!(formatter, "{other}")?,
            }
        }
        Ok(())
    }
}

/// A page on its way to a browser.
pub struct Page {
    status: StatusCode,
    language: Language,
    /// The line that leads to the other languages, where there are any.
    languages: String,
    title: &'static str,
    body: String,
    /// Where its forms may lead beside this service.
    leads_to: String,
    /// Whether it has the script for passkeys, which it works without.
    has_script: bool,
    /// When to try again, where that is known.
    limits: Vec<(HeaderName, HeaderValue)>,
}

/// Where a page's forms go, and what proves that they come from it.
pub struct FormPlace {
    /// The path of the public URL.
    pub base: String,
    /// The address, with its query.
    pub action: String,
    /// The browser's form token.
    pub token: String,
    /// The language of the page.
    pub language: Language,
}

impl FormPlace {
    /// The words of the page's language.
    pub const fn texts(&self) -> &'static Texts {
        texts::of(self.language)
    }

    /// The place below the public URL's path, in the language that its address names or the browser likes best.
    pub fn of(base: &str, path: &str, request: &HttpRequest, browser: &Browser) -> Self {
        let action = format!("{base}{path}");
        let named = languages::named(request.query_string());
        Self {
            base: base.to_owned(),
            action: named.map_or_else(|| action.clone(), |language| languages::address_in(&action, language)),
            token: browser.form_token(),
            language: languages::chosen(request.query_string(), request.headers()),
        }
    }

    /// A form's beginning.
    pub fn open(&self, class: &str) -> String {
        format!(
            r#"<form class="{class}" method="post" action="{}"><input type="hidden" name="form_token" value="{}">"#,
            Escaped(&self.action),
            Escaped(&self.token)
        )
    }

    /// The beginning of a form that is there only with the script, which has the browser fill in `credential`: with a
    /// new passkey for `options` given as JSON, or with the use of one for those that come `from` a path.
    pub fn open_for_passkey(&self, attribute: &str, value: &str) -> String {
        format!(
            r#"<form class="passkey" hidden data-passkey-{attribute}="{}" method="post" action="{}"><input type="hidden" name="form_token" value="{}"><input type="hidden" name="credential"><p class="note" role="alert" hidden>{}</p>"#,
            Escaped(value),
            Escaped(&self.action),
            Escaped(&self.token),
            self.texts().no_passkey
        )
    }
}

impl Page {
    /// The answer that carries the page.
    pub fn answer(self, base: &str, cookie: Option<HeaderValue>) -> HttpResponse {
        let (script, may_run) = if self.has_script {
            let tag = format!(r#"<script src="{}/oauth/passkey.js" defer></script>"#, Escaped(base));
            (tag, " script-src 'self'; connect-src 'self';")
        } else {
            (String::new(), "")
        };
        let html = format!(
            r#"<!doctype html>
<html lang="{}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{} · {}</title><link rel="stylesheet" href="{}/oauth/style.css">{}</head>
<body><main><p class="mark">{}</p>{}{}</main></body></html>
"#,
            self.language.name(),
            Escaped(self.title),
            SERVICE,
            Escaped(base),
            script,
            SERVICE,
            self.body,
            self.languages,
        );
        // Where the answer to a form is a redirect, browsers hold that to the policy too.
        let policy = format!(
            "default-src 'none'; style-src 'self';{may_run} form-action 'self' {}; base-uri 'none'; frame-ancestors 'none'",
            self.leads_to
        );
        guarded(self.status, policy, "Accept-Language, Cookie", (cookie, self.limits)).body(html)
    }

    /// A page in English with this body, whose foreign texts are escaped already.
    pub fn of(status: StatusCode, title: &'static str, body: String) -> Self {
        let (language, languages) = (Language::English, String::new());
        let (leads_to, limits) = (String::new(), Vec::new());
        Self { status, language, languages, title, body, leads_to, has_script: false, limits }
    }

    /// The same page, whose words are of this language.
    #[must_use]
    pub const fn in_language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// The same page at this place, in its language and with a line that leads to the others.
    #[must_use]
    pub fn at(self, place: &FormPlace) -> Self {
        self.with_languages(&place.action, place.language)
    }

    /// The same page in its language, with a line that leads to the others at this address.
    #[must_use]
    pub fn with_languages(mut self, address: &str, language: Language) -> Self {
        self.languages = languages::switch(address, language);
        self.in_language(language)
    }

    /// The same, with the script for passkeys.
    #[must_use]
    pub const fn with_script(mut self) -> Self {
        self.has_script = true;
        self
    }

    /// The same page, which also tells programs when to try again.
    #[must_use]
    pub fn with_limits(mut self, limits: Vec<(HeaderName, HeaderValue)>) -> Self {
        self.limits = limits;
        self
    }

    /// A card with this content, whose foreign texts are escaped already. `problem` says what was wrong with the last try.
    pub fn card(status: StatusCode, title: &'static str, content: &str, problem: Option<&str>) -> Self {
        let body = format!(r#"<div class="card"><h1>{title}</h1>{}{content}</div>"#, note(problem));
        Self::of(status, title, body)
    }

    /// Nothing is asked and nothing can be done here.
    pub fn notice(status: StatusCode, title: &'static str, why: &str) -> Self {
        let body = format!(r#"<div class="card"><h1>{title}</h1><p>{}</p></div>"#, Escaped(why));
        Self::of(status, title, body)
    }

    /// An app asked in a way that is not safe to answer; in what, for those who make it.
    pub fn not_safe(texts: &'static Texts, detail: &str) -> Self {
        let body = format!(
            r#"<div class="card"><h1>{}</h1><p>{}</p><p class="quiet">{} {}.</p></div>"#,
            texts.not_safe,
            texts.not_safe_why,
            texts.not_safe_detail,
            Escaped(detail)
        );
        Self::of(StatusCode::BAD_REQUEST, texts.not_safe, body)
    }

    /// Asks who is there, and says why, in words whose foreign texts are escaped already. `problem` says what was wrong
    /// with the last try.
    pub fn sign_in(place: &FormPlace, why: &str, problem: Option<(StatusCode, &str)>) -> Self {
        Self::sign_in_as(place, why, problem, "")
    }

    /// The same, for whoever is likely to have this address.
    pub fn sign_in_as(
        place: &FormPlace,
        why: &str,
        problem: Option<(StatusCode, &str)>,
        email: &str,
    ) -> Self {
        let title = place.texts().sign_in;
        let body = format!(
            r#"<div class="card"><h1>{title}</h1>{why}{}{}</div>"#,
            note(problem.map(|(_, text)| text)),
            sign_in_form(place, email)
        );
        let status = problem.map_or(StatusCode::OK, |(status, _)| status);
        Self::of(status, title, body).at(place).with_script()
    }

    /// Asks a member what an app may do. `ceilings` is what stands in the two fields.
    pub fn consent(
        place: &FormPlace,
        asked: &Asked,
        user: &BrowserUser,
        ceilings: &[String; 2],
        problem: Option<&str>,
    ) -> Self {
        let (texts, name) = (place.texts(), Escaped(&asked.client.name));
        let note = note(problem);
        let accounts: Vec<_> = user
            .accounts
            .iter()
            .map(|own| format!("{} ({})", Escaped(&own.code), Escaped(&own.name)))
            .collect();
        let body = format!(
            r#"<div class="card"><h1>{name} {asks}</h1>{note}<p>{may}</p>{scopes}
<p class="quiet">{on}: {accounts}</p>
{form}{choice}{fields}<button class="main" name="do" value="allow">{allow}</button><button name="do" value="deny">{deny}</button></form>
<p class="quiet">{unknown}</p><p class="quiet">{goes} <code>{destination}</code>. {later} <a href="{base}/oauth/grants">{grants}</a>.</p></div>
{who}"#,
            asks = texts.consent_asks,
            may = texts.consent_may,
            scopes = scope_list(texts, asked.scopes),
            on = texts.consent_accounts,
            accounts = accounts.join(", "),
            form = place.open(""),
            choice = account_choice(texts, asked.scopes, user),
            fields = ceiling_fields(texts, asked.scopes, ceilings),
            allow = texts.allow,
            deny = texts.deny,
            unknown = texts.consent_unknown,
            goes = texts.consent_goes_to,
            destination = Escaped(asked.redirect_uri.destination()),
            later = texts.take_back_later,
            base = Escaped(&place.base),
            grants = texts.grants,
            who = signed_in(place, user),
        );
        let status = if problem.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
        Self { leads_to: asked.redirect_uri.policy_source(), ..Self::of(status, texts.allow, body) }.at(place)
    }

    /// Shows a member what they allowed.
    pub fn grants(place: &FormPlace, user: &BrowserUser, grants: &[Grant]) -> Self {
        let cards: String = grants.iter().map(|grant| grant_card(place, grant)).collect();
        let texts = place.texts();
        let none = format!(r#"<div class="card"><p>{}</p></div>"#, texts.no_grants);
        let body = format!(
            "<h1>{}</h1>{}{}",
            texts.grants,
            if grants.is_empty() { none } else { cards },
            signed_in(place, user)
        );
        Self::of(StatusCode::OK, texts.grants, body).at(place)
    }
}

/// One thing that a member allowed, with the button that takes it back.
fn grant_card(place: &FormPlace, grant: &Grant) -> String {
    let texts = place.texts();
    format!(
        r#"<div class="card"><h2>{name}</h2><p class="quiet">{allowed} {from}, {used} {last}</p>{scopes}{ceilings}
{form}<input type="hidden" name="grant" value="{id}"><button name="do" value="revoke">{revoke}</button></form></div>"#,
        name = Escaped(&grant.client_name),
        allowed = texts.allowed_on,
        from = day(grant.created_at),
        used = texts.last_used,
        last = day(grant.last_used_at),
        scopes = scope_list(texts, grant.scopes),
        ceilings = ceiling_lines(texts, grant),
        form = place.open(""),
        id = grant.session_id,
        revoke = texts.revoke,
    )
}

/// The two fields' texts for ceilings.
pub fn ceiling_texts(ceilings: SpendingCeilings) -> [String; 2] {
    [ceilings.per_payment, ceilings.per_day]
        .map(|ceiling| ceiling.as_ref().map(SpendingCeiling::to_string).unwrap_or_default())
}

fn scope_list(texts: &Texts, scopes: Scopes) -> String {
    let line = |scope| {
        let class = if texts::is_weighty(scope) { r#" class="weighty""# } else { "" };
        format!("<li{class}>{}</li>", texts.scope(scope))
    };
    format!("<ul>{}</ul>", scopes.iter().map(line).collect::<String>())
}

/// At which accounts the app may act: all, or one. What a shop asks for is meant for one.
fn account_choice(texts: &Texts, scopes: Scopes, user: &BrowserUser) -> String {
    let merchant = [Scope::RefundsWrite, Scope::WebhooksManage].map(|scope| Scopes::default().with(scope));
    let is_shop = merchant.into_iter().any(|scope| scope.is_within(scopes));
    let options = user.accounts.iter().enumerate().map(|(place, own)| {
        let selected = if is_shop && place == 0 { " selected" } else { "" };
        format!(
            r#"<option value="{code}"{selected}>{code} ({name})</option>"#,
            code = Escaped(&own.code),
            name = Escaped(&own.name)
        )
    });
    format!(
        r#"<label>{}<select name="account"><option value="">{}</option>{}</select></label>"#,
        texts.consent_account,
        texts.consent_all_accounts,
        options.collect::<String>()
    )
}

fn ceiling_fields(texts: &Texts, scopes: Scopes, [per_payment, per_day]: &[String; 2]) -> String {
    if !scopes.holds(Scope::PaymentsWrite) {
        return String::new();
    }
    let field = |label: &str, name: &str, value: &str| {
        format!(
            r#"<label>{label}<input name="{name}" value="{}" inputmode="decimal" autocomplete="off" maxlength="20"></label>"#,
            Escaped(value)
        )
    };
    format!(
        r#"<fieldset><legend>{}</legend><p class="quiet">{}</p>{}{}</fieldset>"#,
        texts.ceilings,
        texts.ceilings_hint,
        field(texts.per_payment, "ceiling_per_payment", per_payment),
        field(texts.per_day, "ceiling_per_day", per_day)
    )
}

fn ceiling_lines(texts: &Texts, grant: &Grant) -> String {
    if !grant.scopes.holds(Scope::PaymentsWrite) {
        return String::new();
    }
    let [per_payment, per_day] = ceiling_texts(grant.terms.ceilings)
        .map(|text| if text.is_empty() { texts.no_ceiling.to_owned() } else { text });
    format!("<p>{}: {per_payment}<br>{}: {per_day}</p>", texts.per_payment, texts.per_day)
}

/// What was wrong with the last try.
pub fn note(problem: Option<&str>) -> String {
    problem.map_or_else(String::new, |text| format!(r#"<p class="note" role="alert">{}</p>"#, Escaped(text)))
}

/// The forms for signing in: with a password, and, where there is a script and the browser has them, with a passkey.
pub fn sign_in_form(place: &FormPlace, email: &str) -> String {
    let texts = place.texts();
    format!(
        r#"{form}<label>{email_label}<input type="email" name="email" autocomplete="username" value="{email}" required></label>
<label>{password}<input type="password" name="password" autocomplete="current-password" required></label>
<label>{code}<small>{hint}</small><input name="second_factor" inputmode="numeric" autocomplete="one-time-code"></label>
<button class="main" name="do" value="sign_in">{sign_in}</button></form>
{with_passkey}<button name="do" value="passkey">{passkey}</button></form>"#,
        form = place.open(""),
        email_label = texts.email,
        email = Escaped(email),
        password = texts.password,
        code = texts.second_factor,
        hint = texts.second_factor_hint,
        sign_in = texts.sign_in,
        with_passkey =
            place.open_for_passkey("from", &format!("{}/api/v1/sessions/passkey-options", place.base)),
        passkey = texts.sign_in_with_passkey,
    )
}

/// Who is signed in, and how to sign out.
pub fn signed_in(place: &FormPlace, user: &BrowserUser) -> String {
    let texts = place.texts();
    format!(
        r#"<div class="quiet">{} {} ({}). {} {}<button class="link" name="do" value="sign_out">{}</button></form></div>"#,
        texts.signed_in_as,
        Escaped(&user.name),
        Escaped(&user.email),
        texts.not_you,
        place.open("inline"),
        texts.sign_out
    )
}

/// A day, as the first ten characters of its RFC 3339 form.
pub fn day(time: Timestamp) -> String {
    time.rfc3339().chars().take(10).collect()
}

/// The pages' style
///
/// For the pages below `/oauth`.
#[utoipa::path(operation_id = "get_stylesheet", tag = "oauth", responses(
    (status = 200, description = "The stylesheet", body = String, content_type = "text/css"),
))]
#[get("/oauth/style.css")]
pub async fn get_stylesheet() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .body(STYLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_name_says_stays_text() {
        let name = "<script>alert('1')</script>\"&\u{202e}evil";
        assert_eq!(
            Escaped(name).to_string(),
            "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;evil"
        );
    }
}
