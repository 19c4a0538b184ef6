//! Other people's words, made harmless: what a name or a reason may bring into a letter.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::visible::{is_harmful, is_space};

/// The most characters of a foreign text in a letter.
const CHARS_MAX: usize = 500;

/// A text that somebody else chose, without whatever could change what the letter around it says: no line ends, no
/// control characters, nothing that turns the direction of writing or cannot be seen. HTML is escaped later, where it
/// is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String")]
pub struct Plain(String);

impl From<String> for Plain {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&str> for Plain {
    fn from(text: &str) -> Self {
        let visible = text.chars().map(|c| if is_space(c) { ' ' } else { c }).filter(|c| !is_harmful(*c));
        let kept = cut(visible, CHARS_MAX);
        let words: Vec<_> = kept.split(' ').filter(|word| !word.is_empty()).collect();
        Self(words.join(" "))
    }
}

impl Plain {
    /// The first `chars_max` characters of it.
    pub(super) fn shortened(&self, chars_max: usize) -> String {
        cut(self.0.chars(), chars_max)
    }
}

fn cut(chars: impl Iterator<Item = char>, chars_max: usize) -> String {
    let mut kept: String = chars.take(chars_max + 1).collect();
    if let Some((end, _)) = kept.char_indices().nth(chars_max) {
        kept.truncate(end);
        kept.push('…');
    }
    kept
}

impl fmt::Display for Plain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_change_the_letter_goes() {
        let cases = [
            ("Ada Brook", "Ada Brook"),
            ("Zoë Œuvre 李 עדה", "Zoë Œuvre 李 עדה"),
            ("Ada\r\nBcc: all@x.example", "Ada Bcc: all@x.example"),
            ("Ada\u{2028}\u{2029}\u{85}Brook", "Ada Brook"),
            ("\u{202e}koorB adA\u{202c}", "koorB adA"),
            ("A\u{0}d\u{7f}a\u{200b}\u{feff}", "Ada"),
            ("  much \t space  ", "much space"),
            ("\u{e0041}\u{e007f}", ""),
        ];
        for (given, expected) in cases {
            assert_eq!(Plain::from(given).to_string(), expected, "{given:?}");
        }
    }

    #[test]
    fn long_texts_are_cut_and_stored_ones_are_cleaned_again() {
        let long = Plain::from("é".repeat(10_000).as_str()).to_string();
        assert_eq!(long.chars().count(), CHARS_MAX + 1);
        assert!(long.ends_with('…'));
        let stored: Plain = serde_json::from_str(r#""a\u202eb\r\nc""#).unwrap();
        assert_eq!(stored.to_string(), "ab c");
    }
}
