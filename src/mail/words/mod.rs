//! What the letters say, one file for each language. Each file matches on the letter, so that none can be forgotten.

mod de;
mod en;
mod es;
mod fr;
mod fund;
mod health;
mod missed;
mod news;
mod nl;
mod payments;
mod people;
mod standing;
mod statements;
mod webhooks;

use super::letter::Letter;
use super::links::{OneTimeToken, Page};
use super::plain::Plain;
use crate::domain::language::Language;
use crate::domain::time::Timestamp;

/// A letter's words, not yet written out.
pub(super) struct Words {
    /// A fixed text: nothing that anyone chose gets into a header.
    pub subject: &'static str,
    pub greeting: &'static str,
    pub parts: Vec<Part>,
    /// Followed by the public address.
    pub closing: &'static str,
}

/// A part of a letter.
pub(super) enum Part {
    /// A paragraph.
    Say(String),
    /// Somebody else's words, set apart.
    Quote(String),
    /// A link under a fixed label.
    Link { label: &'static str, page: Page, token: Option<OneTimeToken> },
    /// A token to be typed or copied, under a fixed label.
    Code { label: &'static str, token: OneTimeToken },
}

/// The letter's words in a language.
pub(super) fn words(letter: &Letter, language: Language) -> Words {
    match language {
        Language::English => en::words(letter),
        Language::Spanish => es::words(letter),
        Language::French => fr::words(letter),
        Language::German => de::words(letter),
        Language::Dutch => nl::words(letter),
    }
}

fn say(text: impl Into<String>) -> Part {
    Part::Say(text.into())
}

/// A link with its token, and the token by itself for people whose app asks for it.
fn proof(label: &'static str, code_label: &'static str, page: Page, token: &OneTimeToken) -> [Part; 2] {
    [
        Part::Link { label, page, token: Some(token.clone()) },
        Part::Code { label: code_label, token: token.clone() },
    ]
}

/// A link with its token, and a short code for people whose app asks for it.
fn proof_by_code(
    label: &'static str,
    code_label: &'static str,
    page: Page,
    token: &OneTimeToken,
    code: &OneTimeToken,
) -> [Part; 2] {
    [
        Part::Link { label, page, token: Some(token.clone()) },
        Part::Code { label: code_label, token: code.clone() },
    ]
}

/// What somebody says by the way, if they do.
fn quote(text: &Plain) -> Option<Part> {
    let text = text.to_string();
    (!text.is_empty()).then_some(Part::Quote(text))
}

fn home(label: &'static str) -> Part {
    Part::Link { label, page: Page::Home, token: None }
}

/// A time to the minute, in UTC, such as `2026-09-21 14:13 UTC`.
fn minute(at_micros: i64) -> String {
    let text = Timestamp::from_micros(at_micros).rfc3339();
    let minute: String = text.chars().take(16).collect();
    format!("{} UTC", minute.replace('T', " "))
}
