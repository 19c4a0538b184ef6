//! What can be seen of a text: which characters are blanks, and which could make it look like another.

/// Whether this is a blank of some kind, or a line's end.
pub fn is_space(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '\u{0b}' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{2800}')
}

/// Whether a character does something to the text around it, or cannot be seen.
pub fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            // Zero width, marks of direction, embeddings and overrides, invisible operators, isolates.
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            // Notes of music and shorthand that only format.
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            // Private letters, which look as each system likes; tags and the private planes.
            | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}')
}

/// Whether a spreadsheet would take this text for a formula. The wide forms are taken for the narrow ones by some.
pub fn is_formula(text: &str) -> bool {
    text.trim_start_matches(' ')
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}
