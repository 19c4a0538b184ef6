//! Names that people read and go by: of members, apps, communities and what these trade in. One that looks like another,
//! or like nothing, could be taken for it.

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::CodePointMapData;
use icu_properties::props::Script;

use crate::domain::visible::{is_harmful, is_space};

/// What is wrong with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameFault {
    /// For programs.
    pub code: &'static str,
    /// For people.
    pub detail: String,
}

/// Scripts that one word may hold side by side, with Latin letters among them: Chinese, Japanese and Korean ones.
const WRITTEN_TOGETHER: [Script; 5] =
    [Script::Han, Script::Hiragana, Script::Katakana, Script::Bopomofo, Script::Hangul];

/// A name in the one form in which it is kept: compatibility characters composed (NFKC), single blanks, none around it.
///
/// # Errors
/// When it has more than `chars_max` characters, or none that can be seen, or holds one that does something to the text
/// around it or cannot be seen itself, or a word with letters of several scripts, most of which only look like others.
pub fn read(name: &str, chars_max: usize) -> Result<String, NameFault> {
    let fault = |code, detail: &str| Err(NameFault { code, detail: detail.to_owned() });
    if name.chars().any(char::is_control) {
        return fault("control_character", "holds a control character");
    }
    if name.chars().any(|character| is_harmful(character) || matches!(character, '\u{2028}' | '\u{2029}')) {
        return fault(
            "invisible_character",
            "holds a character that cannot be seen or that turns the text around it",
        );
    }
    let composed = ComposingNormalizerBorrowed::new_nfkc().normalize(name);
    let words: Vec<_> = composed.split(is_space).filter(|word| !word.is_empty()).collect();
    let kept = words.join(" ");
    if kept.chars().any(is_harmful) {
        return fault(
            "invisible_character",
            "holds a character that cannot be seen or that turns the text around it",
        );
    }
    if kept.is_empty() {
        return fault("empty", "must not be empty");
    }
    if kept.chars().nth(chars_max).is_some() {
        let detail = format!("has more than {chars_max} characters");
        return Err(NameFault { code: "too_long", detail });
    }
    if kept.split(' ').any(mixes_scripts) {
        return fault(
            "mixed_scripts",
            "holds a word with letters of several scripts, such as Latin and Cyrillic",
        );
    }
    Ok(kept)
}

/// Whether the word's letters are of scripts that nobody writes together, by "highly restrictive" of UTS #39, section
/// 5.2. It is asked of each word, because people do put names of several scripts beside each other.
fn mixes_scripts(word: &str) -> bool {
    let script_of = CodePointMapData::<Script>::new();
    let has_own = |script: &Script| !matches!(*script, Script::Common | Script::Inherited | Script::Unknown);
    let scripts = || word.chars().map(|letter| script_of.get(letter)).filter(has_own);
    let are_one = scripts().zip(scripts().skip(1)).all(|(one, next)| one == next);
    let are_written_together =
        || scripts().all(|script| script == Script::Latin || WRITTEN_TOGETHER.contains(&script));
    !are_one && !are_written_together()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_in_one_form() {
        let cases = [
            ("Ada Brook", "Ada Brook"),
            ("  Ada\u{a0}\u{3000} Brook ", "Ada Brook"),
            ("Ａｄａ ﬁsh", "Ada fish"),
            ("Zoe\u{308}", "Zoë"),
            ("李 עדה Ὀδυσσεύς", "李 עדה Ὀδυσσεύς"),
            ("Mill 🥖", "Mill 🥖"),
            ("\u{2800}Ada", "Ada"),
        ];
        for (given, kept) in cases {
            assert_eq!(read(given, 100).as_deref(), Ok(kept), "{given:?}");
        }
    }

    #[test]
    fn what_hides_or_turns_is_refused() {
        let mut hidden: Vec<char> = vec![
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{1160}',
            '\u{3164}',
            '\u{ffa0}',
            '\u{feff}',
            '\u{fe0f}',
            '\u{e000}',
            '\u{e0041}',
        ];
        hidden.extend('\u{200b}'..='\u{200f}');
        hidden.extend('\u{2028}'..='\u{202e}');
        hidden.extend('\u{2060}'..='\u{206f}');
        for character in hidden {
            for text in [format!("Ada{character}"), format!("A{character}da"), character.to_string()] {
                assert_eq!(read(&text, 100).unwrap_err().code, "invisible_character", "{text:?}");
            }
        }
        for character in ('\0'..='\u{1f}').chain('\u{7f}'..='\u{9f}') {
            assert_eq!(read(&format!("Ada{character}"), 100).unwrap_err().code, "control_character");
        }
        for blank in ["", " ", "\u{a0}", "\u{3000}\u{2003}", "\u{2800}\u{2800}"] {
            assert_eq!(read(blank, 100).unwrap_err().code, "empty", "{blank:?}");
        }
        assert_eq!(read(&"é".repeat(101), 100).unwrap_err().code, "too_long");
        assert!(read(&"é".repeat(100), 100).is_ok());
    }

    #[test]
    fn a_word_is_of_one_script() {
        // Each with one letter or more of another script that looks the same.
        let mixed = [
            "Р\u{430}ypal",
            "Аda",
            "Adа Brook",
            "Ada Вrook",
            "Βen",
            "Ben\u{3bf}",
            "Ꭺda",
            "Riv\u{435}r Bank",
            "\u{578}il",
            "Ада1a",
            "ada-бен",
        ];
        for name in mixed {
            assert_eq!(read(name, 100).unwrap_err().code, "mixed_scripts", "{name:?}");
        }
        let fine = [
            "Ада Brook",
            "Ada 李",
            "東京タワーのAda",
            "서울 Seoul漢字",
            "Ада-7",
            "Zoe\u{301} D’Árc",
            "José 🥖",
            "Ὀδυσσεύς",
            "नमस्ते",
            "محمد٣",
            "עדה",
        ];
        for name in fine {
            assert!(read(name, 100).is_ok(), "{name:?}");
        }
    }
}
