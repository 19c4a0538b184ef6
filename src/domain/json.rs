//! The little of JSON that audit lines need where they hold a text that somebody chose.

use std::fmt::Write;

/// A text as a JSON string, with its quotation marks (RFC 8259, section 7).
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if u32::from(control) < 0x20 => {
                // Writing to a String does not fail.
                let _ = write!(quoted, "\\u{:04x}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_string_is_escaped() {
        assert_eq!(quote("a\"b\\c\nd\u{1f}é§"), r#""a\"b\\c\u000ad\u001fé§""#);
    }
}
