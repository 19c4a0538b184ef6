//! What names, addresses and texts must be.

use crate::domain::language::Language;
use crate::mail::Plain;
use crate::services::payments::check_text;
use crate::services::sessions::{fold_email, is_address};
use crate::services::{Fault, ServiceError, read_name};

/// The most characters of a name.
pub const NAME_CHARS_MAX: usize = 100;
/// The most characters of what people say to admins, or to those whom they invite: as much as a letter shows.
pub const MESSAGE_CHARS_MAX: usize = 500;
/// The most characters of an address before its `@`, RFC 5321 section 4.5.3.1.
const LOCAL_PART_CHARS_MAX: usize = 64;

/// Collects what is wrong with a request, so that all of it is told at once.
#[derive(Default)]
pub struct Checks(pub Vec<Fault>);

impl Checks {
    /// Refuses where something was wrong.
    ///
    /// # Errors
    /// All of it.
    pub fn done(self) -> Result<(), ServiceError> {
        if self.0.is_empty() { Ok(()) } else { Err(ServiceError::Invalid(self.0)) }
    }

    /// An address that mails can go to, folded.
    pub fn email(&mut self, pointer: &str, text: &str) -> String {
        let folded = fold_email(text);
        if !is_mailable(&folded) {
            self.0.push(Fault::new(pointer, "malformed_address", "must be an e-mail address"));
        }
        folded
    }

    /// A name in the form in which it is kept.
    pub fn name(&mut self, pointer: &str, text: &str) -> String {
        read_name(pointer, text, NAME_CHARS_MAX, &mut self.0)
    }

    /// A text that may be empty.
    pub fn text(&mut self, pointer: &str, text: Option<String>, chars_max: usize) -> String {
        let text = text.unwrap_or_default().trim().to_owned();
        self.0.extend(check_text(pointer, &text, chars_max).err());
        text
    }

    /// A text that must say something.
    pub fn full_text(&mut self, pointer: &str, text: &str, chars_max: usize) -> String {
        let text = self.text(pointer, Some(text.to_owned()), chars_max);
        if text.is_empty() {
            self.0.push(Fault::new(pointer, "empty", "must not be empty"));
        }
        text
    }

    /// A language; English where none is named.
    pub fn language(&mut self, pointer: &str, name: Option<&str>) -> Language {
        let language = name.map_or(Some(Language::English), Language::from_name);
        language.unwrap_or_else(|| {
            let names: Vec<_> = Language::ALL.iter().map(|language| language.name()).collect();
            let detail = format!("must be one of {}", names.join(", "));
            self.0.push(Fault::new(pointer, "unknown_language", detail));
            Language::English
        })
    }
}

/// Whether a folded address has the form of one person's.
pub(in crate::services) fn is_mailable(folded: &str) -> bool {
    let Some((local, domain)) = folded.rsplit_once('@') else { return false };
    let is_plain = |text: &str| {
        !text.is_empty()
            && !text.contains(|sign: char| sign.is_whitespace() || "\"(),:;<>@[\\]".contains(sign))
    };
    let has_sound_dots = |text: &str| text.split('.').all(|part| !part.is_empty());
    is_address(folded)
        && Plain::from(folded).to_string() == folded
        && local.chars().count() <= LOCAL_PART_CHARS_MAX
        && [local, domain].into_iter().all(|part| is_plain(part) && has_sound_dots(part))
        && domain.split('.').all(|part| !part.starts_with('-') && !part.ends_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for good in ["ada@river.example", "a.b+c@x", "zoë@straße.example", "o'neill@a-b.example"] {
            assert!(is_mailable(good), "{good}");
        }
        let long = format!("{}@x", "a".repeat(65));
        for bad in [
            "",
            "ada",
            "@",
            "ada@",
            "@x",
            "a b@x",
            "a@x y",
            "a@b@c",
            "<a@x>",
            "a@x,b@y",
            "a@x\n",
            "a@.x",
            "a..b@x",
            "a@x.",
            ".a@x",
            "a@-x",
            "a\u{0}@x",
            "a\u{202e}@x",
            "\"a\"@x",
            &long,
        ] {
            assert!(!is_mailable(bad), "{bad:?}");
        }
    }
}
