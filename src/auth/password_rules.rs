//! What a new password must be: long, and not what others would guess first. No rules about its kinds of characters.

use icu_normalizer::ComposingNormalizerBorrowed;
use zxcvbn::{Score, zxcvbn};

use super::blocklist;

/// The fewest characters of a password that stands alone.
pub const PASSWORD_CHARS_MIN: usize = 15;
/// The fewest characters of a password beside a second factor.
pub const PASSWORD_CHARS_MIN_WITH_FACTOR: usize = 8;
/// The most characters of a password.
pub const PASSWORD_CHARS_MAX: usize = 256;
/// How much of a password is estimated, in characters: a longer one only gets better.
const ESTIMATED_CHARS_MAX: usize = 100;
/// The least estimate that passes alone: more than 10^8 guesses.
const SCORE_MIN: Score = Score::Three;
/// The least estimate that passes beside a second factor: more than 10^6 guesses, of which nobody gets that many.
const SCORE_MIN_WITH_FACTOR: Score = Score::Two;

/// Why a password cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordFault {
    /// Fewer characters than this.
    TooShort(usize),
    /// More characters than [`PASSWORD_CHARS_MAX`].
    TooLong,
    /// It is one of the most common ones.
    Common,
    /// It is made of what is guessed early: names, dates, the owner's own address.
    Guessable,
}

impl PasswordFault {
    /// The fault's stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort(_) => "too_short",
            Self::TooLong => "too_long",
            Self::Common => "common",
            Self::Guessable => "guessable",
        }
    }

    /// What is wrong, for people.
    pub fn detail(self) -> String {
        match self {
            Self::TooShort(chars) => format!("needs at least {chars} characters"),
            Self::TooLong => format!("may have at most {PASSWORD_CHARS_MAX} characters"),
            Self::Common => {
                "is one of the first that anybody would try; three or four unrelated words are better".into()
            }
            Self::Guessable => {
                "is made of what is easily guessed; three or four unrelated words are better".into()
            }
        }
    }
}

/// A password in the form in which it is hashed: NFKC, so that all keyboards and systems give the same bytes for
/// what looks the same. Case and spaces stay as they are.
pub fn normalise(password: &str) -> String {
    ComposingNormalizerBorrowed::new_nfkc().normalize(password).into_owned()
}

/// Whether a password is too long to be one, judged before any work is done on it.
pub fn is_too_long(password: &str) -> bool {
    password.chars().nth(PASSWORD_CHARS_MAX).is_some()
}

/// The characters that a password needs.
pub const fn chars_min(has_second_factor: bool) -> usize {
    if has_second_factor { PASSWORD_CHARS_MIN_WITH_FACTOR } else { PASSWORD_CHARS_MIN }
}

/// Judges a new password. `personal` is what others know of its owner: address, name. Takes up to a few milliseconds.
///
/// # Errors
/// Why it cannot be taken.
pub fn check(password: &str, has_second_factor: bool, personal: &[&str]) -> Result<(), PasswordFault> {
    if is_too_long(password) {
        return Err(PasswordFault::TooLong);
    }
    let password = normalise(password);
    let chars_min = chars_min(has_second_factor);
    if password.chars().nth(chars_min - 1).is_none() {
        return Err(PasswordFault::TooShort(chars_min));
    }
    if is_too_long(&password) {
        return Err(PasswordFault::TooLong);
    }
    if blocklist::is_common(&password) {
        return Err(PasswordFault::Common);
    }
    let estimated: String = password.chars().take(ESTIMATED_CHARS_MAX).collect();
    let score_min = if has_second_factor { SCORE_MIN_WITH_FACTOR } else { SCORE_MIN };
    if zxcvbn(&estimated, &personal_words(personal)).score() < score_min {
        return Err(PasswordFault::Guessable);
    }
    Ok(())
}

/// The texts themselves and the words that they are made of.
fn personal_words<'a>(personal: &[&'a str]) -> Vec<&'a str> {
    let words = personal.iter().flat_map(|text| text.split(|character: char| !character.is_alphanumeric()));
    personal.iter().copied().chain(words).filter(|word| word.chars().count() > 2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_characters_on_both_sides() {
        let long = |chars: usize| {
            (1_u64..)
                .map(|number| format!("{} ", number * number * 7_919))
                .take(100)
                .collect::<String>()
                .chars()
                .take(chars)
                .collect::<String>()
        };
        let own = "tb8Qz!mmv0plk2x";
        assert_eq!(own.chars().count(), 15);
        assert_eq!(check(own, false, &[]), Ok(()));
        assert_eq!(check(&own[..14], false, &[]), Err(PasswordFault::TooShort(15)));
        assert_eq!(check(&own[..14], true, &[]), Ok(()));
        assert_eq!(check("tb8Qz!mm", true, &[]), Ok(()));
        assert_eq!(check("tb8Qz!m", true, &[]), Err(PasswordFault::TooShort(8)));
        assert_eq!(check(&long(256), false, &[]), Ok(()));
        assert_eq!(check(&long(257), false, &[]), Err(PasswordFault::TooLong));
        assert_eq!(check(&"x".repeat(1 << 20), false, &[]), Err(PasswordFault::TooLong));
        assert_eq!(check("", true, &[]), Err(PasswordFault::TooShort(8)));
        assert_eq!(check("Жёлтый поезд уехал", false, &[]), Ok(()));
        // A character that becomes eighteen.
        assert_eq!(check(&"\u{fdfa}".repeat(200), false, &[]), Err(PasswordFault::TooLong));
    }

    #[test]
    fn what_others_know_is_no_secret() {
        let personal = ["ada.brook@river.example", "Ada Brook"];
        for password in ["ada.brook@river.example", "AdaBrookAdaBrook"] {
            assert!(check(password, false, &personal).is_err(), "{password}");
        }
        assert_eq!(check("password12345678", false, &[]), Err(PasswordFault::Common));
        assert_eq!(check("passwordpassword", false, &[]), Err(PasswordFault::Common));
        assert_eq!(check("correct horse battery staple", false, &personal), Ok(()));
    }

    #[test]
    fn what_looks_the_same_is_the_same() {
        assert_eq!(normalise("cafe\u{301}"), normalise("caf\u{e9}"));
        assert_eq!(normalise("ＡＢＣ"), "ABC");
        assert_eq!(normalise("a b"), "a b");
        assert_ne!(normalise("Abc"), normalise("abc"));
    }
}
