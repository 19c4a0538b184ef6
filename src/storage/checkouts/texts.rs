//! Metadata as one text: names and values, each on a line of its own, with what would end a line escaped.

use crate::domain::checkout::Metadata;

/// The text for these entries.
pub(super) fn write_metadata(metadata: &Metadata) -> String {
    let mut text = String::new();
    for part in metadata.iter().flat_map(|(name, value)| [name, value]) {
        for character in part.chars() {
            match character {
                '\\' => text.push_str("\\\\"),
                '\n' => text.push_str("\\n"),
                other => text.push(other),
            }
        }
        text.push('\n');
    }
    text
}

/// The entries that a text holds.
pub(super) fn read_metadata(text: &str) -> Metadata {
    let mut parts = text.split_terminator('\n').map(|line| {
        let mut part = String::with_capacity(line.len());
        let mut characters = line.chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' => match characters.next() {
                    Some('n') => part.push('\n'),
                    Some(other) => part.push(other),
                    None => {}
                },
                other => part.push(other),
            }
        }
        part
    });
    let mut metadata = Metadata::new();
    while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
        metadata.insert(name, value);
    }
    metadata
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_read_back_as_they_were() {
        let entries = [("k", "v"), ("a\nb", "c\\nd"), ("empty", ""), ("\\", "\\\\\n"), ("ключ", "✓\r")];
        let metadata: Metadata =
            entries.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        assert_eq!(read_metadata(&write_metadata(&metadata)), metadata);
        assert_eq!(read_metadata(""), Metadata::new());
    }
}
