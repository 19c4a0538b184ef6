//! A page of lines as PDF.

use std::iter::once;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use thiserror::Error;

use super::font::Font;

/// The page: A4, in points.
const WIDTH: i16 = 595;
const HEIGHT: i16 = 842;
/// The margin on every side, in points.
const MARGIN: i16 = 64;
/// The right end of what is written, in points.
const RIGHT: i16 = WIDTH - MARGIN;
/// Where values stand behind their labels, and where labels end, in points.
const VALUES: i16 = 200;
const LABELS_END: i16 = 190;
/// How many thousandths a point has.
const THOUSANDTHS: i32 = 1_000;
/// The most lines of one value.
const LINES_MAX: usize = 12;

const FONT_NAME: Name<'static> = Name(b"F1");
const BASE_FONT: Name<'static> = Name(b"CFOILA+DejaVuSans");
const CMAP_NAME: Name<'static> = Name(b"Custom");
const IDENTITY: SystemInfo<'static> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// The font that is built in cannot be used: a fault of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the document's font is damaged")]
pub struct PageError;

/// Something on a page, from top to bottom.
#[derive(Debug, Clone)]
pub(super) enum Item {
    /// Large, over the whole width.
    Title(String),
    /// Small and grey, over the whole width.
    Small(String),
    /// A value with its label before it.
    Pair(String, String),
    /// A line across the page.
    Rule,
    /// Nothing, for so many points.
    Space(i16),
}

/// Writes a page with this title and these items.
pub(super) fn write(title: &str, language: &str, items: &[Item]) -> Result<Vec<u8>, PageError> {
    let mut font = Font::load()?;
    let content = draw(items, &mut font);
    let [catalog, pages, page, contents] = [1, 2, 3, 4].map(Ref::new);
    let mut pdf = Pdf::new();
    let mut root = pdf.catalog(catalog);
    root.pages(pages).lang(TextStr(language));
    root.finish();
    pdf.document_info(Ref::new(10)).title(TextStr(title)).producer(TextStr("Counterfoil"));
    pdf.pages(pages).kids(once(page)).count(1);
    let mut sheet = pdf.page(page);
    sheet
        .media_box(Rect::new(0.0, 0.0, f32::from(WIDTH), f32::from(HEIGHT)))
        .parent(pages)
        .contents(contents);
    sheet.resources().fonts().pair(FONT_NAME, Ref::new(5));
    sheet.finish();
    pdf.stream(contents, &content);
    embed(&mut pdf, &font)?;
    Ok(pdf.finish())
}

/// Puts the cut-down font into the document.
fn embed(pdf: &mut Pdf, font: &Font) -> Result<(), PageError> {
    let [composite, glyphs, descriptor, program, cmap] = [5, 6, 7, 8, 9].map(Ref::new);
    pdf.type0_font(composite)
        .base_font(BASE_FONT)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(glyphs)
        .to_unicode(cmap);
    let mut cid = pdf.cid_font(glyphs);
    cid.subtype(CidFontType::Type2).base_font(BASE_FONT).system_info(IDENTITY).font_descriptor(descriptor);
    cid.default_width(0.0).cid_to_gid_map_predefined(Name(b"Identity"));
    cid.widths().consecutive(0, font.widths().into_iter().map(real));
    cid.finish();
    let extent = font.extent()?;
    let [left, bottom, right, top] = extent.bounds.map(real);
    pdf.font_descriptor(descriptor)
        .name(BASE_FONT)
        .flags(FontFlags::NON_SYMBOLIC)
        .bbox(Rect::new(left, bottom, right, top))
        .italic_angle(0.0)
        .ascent(real(extent.ascent))
        .descent(real(extent.descent))
        .cap_height(real(extent.ascent))
        .stem_v(80.0)
        .font_file2(program);
    pdf.stream(program, &font.cut_down()?);
    let mut unicode = UnicodeCmap::new(CMAP_NAME, IDENTITY);
    for (glyph, character) in font.shown() {
        unicode.pair(*glyph, *character);
    }
    pdf.cmap(cmap, &unicode.finish());
    Ok(())
}

/// A whole number as PDF writes it.
fn real(number: i32) -> f32 {
    f32::from(i16::try_from(number).unwrap_or(i16::MAX))
}

/// How a text looks: its size, the room from its line to the next, and how grey it is, in tenths.
struct Style {
    size: i16,
    leading: i16,
    gray: f32,
}

const TITLE: Style = Style { size: 22, leading: 32, gray: 0.0 };
const TEXT: Style = Style { size: 11, leading: 17, gray: 0.0 };
const LABEL: Style = Style { size: 11, leading: 17, gray: 0.4 };
const SMALL: Style = Style { size: 8, leading: 12, gray: 0.4 };

struct Drawing<'f> {
    content: Content,
    font: &'f mut Font,
    y: i16,
}

fn draw(items: &[Item], font: &mut Font) -> Vec<u8> {
    let mut drawing = Drawing { content: Content::new(), font, y: HEIGHT - MARGIN };
    for item in items {
        match item {
            Item::Title(text) => drawing.paragraph(text, (MARGIN, RIGHT), &TITLE),
            Item::Small(text) => drawing.paragraph(text, (MARGIN, RIGHT), &SMALL),
            Item::Pair(label, value) => {
                let line = drawing.y;
                drawing.paragraph(label, (MARGIN, LABELS_END), &LABEL);
                let below = std::mem::replace(&mut drawing.y, line);
                drawing.paragraph(value, (VALUES, RIGHT), &TEXT);
                drawing.y = drawing.y.min(below);
            }
            Item::Rule => drawing.rule(),
            Item::Space(points) => drawing.y -= points,
        }
    }
    drawing.content.finish().into_vec()
}

impl Drawing<'_> {
    /// Writes a text in lines that fit between these two.
    fn paragraph(&mut self, text: &str, (left, right): (i16, i16), style: &Style) {
        let room = i32::from(right - left) * THOUSANDTHS;
        let lines = wrap(text, |part| self.font.width(part, i32::from(style.size)) <= room);
        for line in lines {
            self.y -= style.leading;
            // What is below the page is not on it: the bounds of all texts leave room.
            let bytes = self.font.encode(&line);
            self.content
                .set_fill_gray(style.gray)
                .begin_text()
                .set_font(FONT_NAME, f32::from(style.size))
                .next_line(f32::from(left), f32::from(self.y))
                .show(Str(&bytes))
                .end_text();
        }
    }

    fn rule(&mut self) {
        self.y -= 10;
        let y = f32::from(self.y);
        self.content
            .set_stroke_gray(0.7)
            .set_line_width(0.5)
            .move_to(f32::from(MARGIN), y)
            .line_to(f32::from(RIGHT), y)
            .stroke();
        self.y -= 4;
    }
}

/// Breaks a text at blanks, and words that do not fit anywhere; what is too long ends with dots.
fn wrap(text: &str, fits: impl Fn(&str) -> bool) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if fits(&longer) {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for character in word.chars() {
                line.push(character);
                if !fits(&line) && line.chars().count() > 1 {
                    line.pop();
                    lines.push(std::mem::replace(&mut line, character.to_string()));
                }
            }
        }
        lines.push(line);
    }
    if lines.len() > LINES_MAX {
        lines.truncate(LINES_MAX);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_broken_where_they_must() {
        let within = |width: usize| move |text: &str| text.chars().count() <= width;
        assert_eq!(wrap("one two three", within(7)), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", within(3)), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("a\nb", within(3)), ["a", "b"]);
        assert!(wrap("", within(3)).is_empty());
        let long = wrap(&"word ".repeat(100), within(5));
        assert_eq!(long.len(), LINES_MAX);
        assert!(long.last().unwrap().ends_with('…'));
        assert_eq!(wrap("ab", within(0)), ["a", "b"], "it ends, whatever the room");
    }
}
