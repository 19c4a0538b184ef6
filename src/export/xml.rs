//! Text inside the elements of XML 1.0: three characters are escaped, and those that XML cannot hold are left out. Attributes
//! hold no text of anybody's.

use std::fmt::Write as _;

/// An XML text in the making.
pub(super) struct Xml {
    text: String,
}

impl Xml {
    pub(super) fn new(prolog: &str) -> Self {
        Self { text: prolog.to_owned() }
    }

    /// An element with other elements inside.
    pub(super) fn within(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        self.with(name, "", inside);
    }

    /// An element with attributes, which are written as they are, and other elements inside.
    pub(super) fn with(&mut self, name: &str, attributes: &str, inside: impl FnOnce(&mut Self)) {
        let gap = if attributes.is_empty() { "" } else { " " };
        // Writing to a string cannot fail.
        let _ = write!(self.text, "<{name}{gap}{attributes}>");
        inside(self);
        let _ = write!(self.text, "</{name}>");
    }

    /// An element with a text inside.
    pub(super) fn leaf(&mut self, name: &str, text: &str) {
        self.leaf_with(name, "", text);
    }

    /// An element with attributes and a text inside.
    pub(super) fn leaf_with(&mut self, name: &str, attributes: &str, text: &str) {
        self.with(name, attributes, |xml| xml.text.push_str(&escaped(text)));
    }

    /// An element with at most `chars_max` characters of a text inside; nothing where there is no text.
    pub(super) fn short_leaf(&mut self, name: &str, text: &str, chars_max: usize) {
        let text = shortened(text, chars_max);
        if !text.is_empty() {
            self.leaf(name, &text);
        }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// The first characters of a text, on one line and without what XML cannot hold.
pub(super) fn shortened(text: &str, chars_max: usize) -> String {
    let shown = text.chars().map(|character| if character.is_control() { ' ' } else { character });
    let line: String = shown.filter(|character| is_held(*character)).collect();
    line.trim().chars().take(chars_max).collect::<String>().trim_end().to_owned()
}

/// A text as XML holds it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars().filter(|character| is_held(*character)) {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Whether XML can hold a character (XML 1.0, production 2).
const fn is_held(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_texts() {
        let mut xml = Xml::new("");
        xml.with("a", "b=\"c\"", |xml| xml.leaf("d", "<&>\"'\u{0}\u{fffe}é€😀"));
        xml.short_leaf("e", " one\ntwo three ", 7);
        xml.short_leaf("f", " \n\u{fffe} ", 7);
        assert_eq!(xml.finish(), "<a b=\"c\"><d>&lt;&amp;&gt;\"'é€😀</d></a><e>one two</e>");
    }
}
