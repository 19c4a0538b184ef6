//! A page of lines, from top to bottom.

use super::document::{Document, HEIGHT, PageError, Place, Side, Style, WIDTH};

/// The margin on every side, in points.
const MARGIN: i16 = 64;
/// The right end of what is written, in points.
const RIGHT: i16 = WIDTH - MARGIN;
/// Where values stand behind their labels, and where labels end, in points.
const VALUES: i16 = 200;
const LABELS_END: i16 = 190;
/// Where the labels of amounts end, in points. The largest amounts fit behind it.
const SUM_LABELS_END: i16 = 400;

/// Something on a page, from top to bottom.
#[derive(Debug, Clone)]
pub(super) enum Item {
    /// Large, over the whole width.
    Title(String),
    /// Small and grey, over the whole width.
    Small(String),
    /// A value with its label before it.
    Pair(String, String),
    /// An amount at the right end, with its label before it.
    Sum(String, String),
    /// A line across the page.
    Rule,
    /// Nothing, for so many points.
    Space(i16),
}

const TITLE: Style = Style { size: 22, leading: 32, gray: 0.0 };
const TEXT: Style = Style { size: 11, leading: 17, gray: 0.0 };
const LABEL: Style = Style { size: 11, leading: 17, gray: 0.4 };
const SMALL: Style = Style { size: 8, leading: 12, gray: 0.4 };

/// Writes a page with this title and these items. The bounds of all texts leave room for them.
pub(super) fn write(title: &str, language: &str, items: &[Item]) -> Result<Vec<u8>, PageError> {
    let mut document = Document::new()?;
    document.add_page();
    let mut y = HEIGHT - MARGIN;
    for item in items {
        y = match item {
            Item::Title(text) => paragraph(&mut document, text, (MARGIN, RIGHT, y), TITLE),
            Item::Small(text) => paragraph(&mut document, text, (MARGIN, RIGHT, y), SMALL),
            Item::Pair(label, value) => {
                let below = paragraph(&mut document, label, (MARGIN, LABELS_END, y), LABEL);
                paragraph(&mut document, value, (VALUES, RIGHT, y), TEXT).min(below)
            }
            Item::Sum(label, amount) => {
                let below = paragraph(&mut document, label, (MARGIN, SUM_LABELS_END, y), TEXT);
                let place = Place { x: RIGHT, y: y - TEXT.leading, side: Side::Right };
                document.text(place, amount, TEXT);
                below
            }
            Item::Rule => {
                document.rule((MARGIN, RIGHT), y - 10);
                y - 14
            }
            Item::Space(points) => y - points,
        };
    }
    document.finish(title, language)
}

/// Writes a text in lines that fit between these two, and tells where the last one is.
fn paragraph(document: &mut Document, text: &str, (left, right, y): (i16, i16, i16), style: Style) -> i16 {
    let mut y = y;
    for line in document.wrap(text, right - left, style) {
        y -= style.leading;
        document.text(Place { x: left, y, side: Side::Left }, &line, style);
    }
    y
}
