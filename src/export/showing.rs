//! What of people's own words the page can show, and what stands in the place of the rest.
//!
//! The page sets one letter after the other, from left to right. That is wrong for scripts that run from right to left, or
//! whose letters change with their neighbours: Hebrew, Arabic and their like are not set at all, rather than in a wrong
//! order. For characters that the font lacks stands [`LACKING`].

use icu_normalizer::ComposingNormalizerBorrowed;

/// Stands for a character that the font lacks.
pub(super) const LACKING: char = char::REPLACEMENT_CHARACTER;

/// A text as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    /// What is set; none where it would be wrong, or nothing but stand-ins.
    pub text: Option<String>,
    /// Whether something stands for characters that the font lacks.
    pub has_gaps: bool,
}

/// A text as a page can show it whose font has these characters.
pub(super) fn show(text: &str, has: impl Fn(char) -> bool) -> Shown {
    if text.chars().any(is_right_to_left) {
        return Shown { text: None, has_gaps: false };
    }
    // Accents that were typed apart stand where they belong only as part of their letter.
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(text);
    let set = |character: char| if character == '\n' || has(character) { character } else { LACKING };
    let shown: String = composed.chars().filter(|character| !is_unseen(*character)).map(set).collect();
    let is_legible =
        |text: &str| text.chars().any(|character| !character.is_whitespace() && character != LACKING);
    let has_gaps = shown.contains(LACKING);
    let is_lost = has_gaps && !is_legible(&shown);
    Shown { has_gaps: has_gaps && !is_lost, text: (!is_lost).then_some(shown) }
}

/// Letters and signs of scripts that run from right to left. Unicode keeps these blocks for them.
const fn is_right_to_left(character: char) -> bool {
    matches!(character,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
            | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// What is in a text and not to be seen: joiners, marks of a letter's shape, and what breaks words. Not what turns the
/// order of letters round: that is shown as lacking, because the order here is that of the text.
const fn is_unseen(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A font for the Latin alphabet, some of it with accents.
    fn shown(text: &str) -> (Option<String>, bool) {
        let found = show(text, |character| character < '\u{250}');
        (found.text, found.has_gaps)
    }

    fn whole(text: &str) -> (Option<String>, bool) {
        (Some(text.to_owned()), false)
    }

    #[test]
    fn what_the_font_has_is_shown_as_it_is() {
        for text in ["", "Zoë Œuvre", "one\ntwo", " 12.50 "] {
            assert_eq!(shown(text), whole(text));
        }
        assert_eq!(shown("Zoe\u{308}"), whole("Zoë"), "an accent that was typed apart");
        assert_eq!(shown("so\u{ad}ft\u{200b}\u{fe0f}"), whole("soft"), "what nobody sees");
    }

    #[test]
    fn gaps_are_seen() {
        assert_eq!(shown("Bread 🥖 李"), (Some("Bread \u{fffd} \u{fffd}".to_owned()), true));
        assert_eq!(
            shown("exe\u{202e}gpj"),
            (Some("exe\u{fffd}gpj".to_owned()), true),
            "no order but that of the text"
        );
        for text in ["李小龍", "🥖", "李 小"] {
            assert_eq!(shown(text), (None, false), "nothing but gaps tells nothing");
        }
    }

    #[test]
    fn nothing_is_set_in_a_wrong_order() {
        for text in ["עדה", "Ada עדה", "محمد", "\u{fe8d}", "ߒߞߏ", "\u{10900}", "\u{1e900}"] {
            // Also where the font has every letter.
            assert_eq!(show(text, |_| true), Shown { text: None, has_gaps: false }, "{text}");
        }
    }
}
