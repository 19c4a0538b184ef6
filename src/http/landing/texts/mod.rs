//! What the pages say, in one place and in each of the five languages.

mod dutch;
mod english;
mod french;
mod german;
mod spanish;

use crate::domain::language::Language;

/// The words of the pages in one language.
#[derive(Debug)]
pub struct Texts {
    pub confirm: &'static str,
    pub confirm_why: &'static str,
    pub confirm_with: &'static str,
    pub confirm_not_you: &'static str,
    pub confirm_button: &'static str,
    pub confirm_by_code: &'static str,
    pub confirmed: &'static str,
    pub confirmed_why: &'static str,
    pub reset: &'static str,
    pub reset_hint: &'static str,
    pub reset_button: &'static str,
    pub reset_done: &'static str,
    pub reset_done_why: &'static str,
    pub invited: &'static str,
    pub invited_by: &'static str,
    pub invited_hint: &'static str,
    pub invited_known: &'static str,
    pub invited_button: &'static str,
    pub applied: &'static str,
    pub applied_why: &'static str,
    pub agree: &'static str,
    pub email: &'static str,
    pub code: &'static str,
    pub name: &'static str,
    pub password: &'static str,
    pub message: &'static str,
    pub second_factor: &'static str,
    pub code_needed: &'static str,
    pub too_many: &'static str,
    pub busy: &'static str,
    pub bad_link: &'static str,
    pub bad_link_why: &'static str,
    pub failed: &'static str,
    pub failed_why: &'static str,
    pub conflict_why: &'static str,
    pub bad_email: &'static str,
    pub bad_code: &'static str,
    pub bad_name: &'static str,
    pub bad_password: &'static str,
    pub bad_message: &'static str,
    pub bad_agreement: &'static str,
}

/// The words of a language.
pub const fn of(language: Language) -> &'static Texts {
    language.choose([&english::TEXTS, &spanish::TEXTS, &french::TEXTS, &german::TEXTS, &dutch::TEXTS])
}

impl Texts {
    /// What is wrong with a field, by its place in the body that the API would get.
    pub fn fault(&self, pointer: &str) -> &'static str {
        match pointer {
            "/email" => self.bad_email,
            "/code" => self.bad_code,
            "/name" => self.bad_name,
            "/password" | "/new_password" => self.bad_password,
            "/message" => self.bad_message,
            "/agreement_version" => self.bad_agreement,
            _ => self.bad_link,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::oauth::texts::tests::every_language_has_every_word;

    #[test]
    fn the_pages_speak_five_languages() {
        // A code is a code in most of them.
        every_language_has_every_word(of, 1);
    }
}
