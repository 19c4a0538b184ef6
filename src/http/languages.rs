//! In which language somebody reads: the one that the address names, or the one of ours that the browser likes best.

use actix_web::http::header::{self, HeaderMap};

use super::oauth::form::Parameters;
use crate::domain::language::Language;

/// Each language by its own name.
const NAMES: [(Language, &str); 5] = [
    (Language::English, "English"),
    (Language::Spanish, "Español"),
    (Language::French, "Français"),
    (Language::German, "Deutsch"),
    (Language::Dutch, "Nederlands"),
];

/// The language of whoever sent a request with this query and these headers.
pub fn chosen(query: &str, headers: &HeaderMap) -> Language {
    named(query).unwrap_or_else(|| accepted(headers))
}

/// The language that an address names.
pub fn named(query: &str) -> Option<Language> {
    Parameters::parse(query)?.get("lang").and_then(Language::from_name)
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

/// The same address in another language.
pub fn address_in(address: &str, language: Language) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let others = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang="));
    let pairs: Vec<_> = others.map(str::to_owned).chain([format!("lang={}", language.name())]).collect();
    format!("{path}?{}", pairs.join("&"))
}

/// A page's last line: the same page in the other languages.
pub fn switch(address: &str, present: Language) -> String {
    let link = |(language, name): (Language, &str)| {
        if language == present {
            return format!("<strong>{name}</strong>");
        }
        let (code, address) = (language.name(), address_in(address, language));
        let address = super::oauth::pages::Escaped(&address).to_string();
        format!(r#"<a href="{address}" lang="{code}" hreflang="{code}">{name}</a>"#)
    };
    format!(r#"<p class="quiet languages">{}</p>"#, NAMES.map(link).join(" · "))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

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

    #[test]
    fn what_the_address_names_comes_first_and_is_named_once() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static("fr"));
        assert_eq!(chosen("client_id=x&lang=nl", &headers), Language::Dutch);
        assert_eq!(chosen("lang=xx", &headers), Language::French);
        let address = "/oauth/authorize?client_id=a%26b&lang=nl&state=1";
        assert_eq!(address_in(address, Language::German), "/oauth/authorize?client_id=a%26b&state=1&lang=de");
        assert_eq!(address_in("/till", Language::Spanish), "/till?lang=es");
        assert_eq!(
            switch(address, Language::Dutch).matches("lang=nl").count(),
            0,
            "where one is, no link leads"
        );
    }
}
