//! Pages with texts and lines on them, as PDF, with the one font.

use std::io::Write;
use std::iter;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use thiserror::Error;

use super::font::Font;
use super::showing::{Shown, show};

/// The page: A4, in points.
pub(super) const WIDTH: i16 = 595;
pub(super) const HEIGHT: i16 = 842;
/// How many thousandths a point has.
const THOUSANDTHS: i32 = 1_000;
/// The unit of places on a page, in thousandths of a point: fine enough that columns of numbers end in one line.
const UNIT: i32 = 100;
/// The same, as PDF is told of it.
const UNITS_TO_POINTS: [f32; 6] = [0.1, 0.0, 0.0, 0.1, 0.0, 0.0];
/// The most lines of one text.
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

/// How a text looks: its size, the room from its line to the next, both in points, and how grey it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub size: i16,
    pub leading: i16,
    pub gray: f32,
}

/// Where a text stands: its baseline, and where it begins or, with [`Side::Right`], ends, in points from the lower left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub x: i16,
    pub y: i16,
    pub side: Side,
}

/// Which side of a text is where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// A document in the making.
pub(super) struct Document {
    font: Font,
    pages: Vec<Content>,
}

impl Document {
    pub(super) fn new() -> Result<Self, PageError> {
        Ok(Self { font: Font::load()?, pages: Vec::new() })
    }

    /// Begins a page. What is written then is on it.
    pub(super) fn add_page(&mut self) {
        let mut page = Content::new();
        page.transform(UNITS_TO_POINTS);
        self.pages.push(page);
    }

    /// Writes a text on one line of the page.
    pub(super) fn text(&mut self, place: Place, text: &str, style: Style) {
        if let Some(page) = self.pages.last_mut() {
            set(page, &mut self.font, place, text, style);
        }
    }

    /// Draws a fine line across the page.
    pub(super) fn rule(&mut self, (left, right): (i16, i16), y: i16) {
        if let Some(page) = self.pages.last_mut() {
            let [left, right, y] = [left, right, y].map(|points| real(units(points)));
            page.set_stroke_gray(0.7).set_line_width(5.0).move_to(left, y).line_to(right, y).stroke();
        }
    }

    /// A text of somebody's own as these pages can show it.
    pub(super) fn show(&self, text: &str) -> Shown {
        show(text, |character| self.font.has(character))
    }

    /// A text in lines that fit into so many points.
    pub(super) fn wrap(&self, text: &str, room: i16, style: Style) -> Vec<String> {
        let width = |character| self.font.width(character, i32::from(style.size));
        wrap(text, i32::from(room) * THOUSANDTHS, width)
    }

    /// Writes on every page what depends on its number and on how many there are.
    pub(super) fn number(&mut self, place: Place, style: Style, text: impl Fn(usize, usize) -> String) {
        let count = self.pages.len();
        for (page, number) in self.pages.iter_mut().zip(1..) {
            set(page, &mut self.font, place, &text(number, count), style);
        }
    }

    /// The document with this title, in a language by its two letters.
    pub(super) fn finish(self, title: &str, language: &str) -> Result<Vec<u8>, PageError> {
        let mut free = (1..).map(Ref::new);
        let mut next = || free.next().ok_or(PageError);
        let (catalog, pages, font, info) = (next()?, next()?, next()?, next()?);
        let embedded = [next()?, next()?, next()?, next()?];
        let mut pdf = Pdf::new();
        let mut root = pdf.catalog(catalog);
        root.pages(pages).lang(TextStr(language));
        root.finish();
        pdf.document_info(info).title(TextStr(title)).producer(TextStr("Counterfoil"));
        let mut kids = Vec::with_capacity(self.pages.len());
        for content in self.pages {
            let (page, contents) = (next()?, next()?);
            kids.push(page);
            let mut sheet = pdf.page(page);
            sheet
                .media_box(Rect::new(0.0, 0.0, f32::from(WIDTH), f32::from(HEIGHT)))
                .parent(pages)
                .contents(contents);
            sheet.resources().fonts().pair(FONT_NAME, font);
            sheet.finish();
            let squeezed = squeeze(&content.finish())?;
            pdf.stream(contents, &squeezed).filter(Filter::FlateDecode);
        }
        let count = i32::try_from(kids.len()).map_err(|_| PageError)?;
        pdf.pages(pages).kids(kids).count(count);
        embed(&mut pdf, &self.font, font, embedded)?;
        Ok(pdf.finish())
    }
}

fn set(page: &mut Content, font: &mut Font, Place { x, y, side }: Place, text: &str, style: Style) {
    let width: i32 = text.chars().map(|character| font.width(character, i32::from(style.size))).sum();
    let x = match side {
        Side::Left => units(x),
        Side::Right => units(x) - width / UNIT,
    };
    let bytes = font.encode(text);
    page.set_fill_gray(style.gray)
        .begin_text()
        .set_font(FONT_NAME, real(units(style.size)))
        .next_line(real(x), real(units(y)))
        .show(Str(&bytes))
        .end_text();
}

/// Points in the unit of places.
fn units(points: i16) -> i32 {
    i32::from(points) * (THOUSANDTHS / UNIT)
}

/// Puts the cut-down font into the document.
fn embed(
    pdf: &mut Pdf,
    font: &Font,
    composite: Ref,
    [glyphs, descriptor, program, cmap]: [Ref; 4],
) -> Result<(), PageError> {
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
    let cut_down = font.cut_down()?;
    let whole = i32::try_from(cut_down.len()).map_err(|_| PageError)?;
    pdf.stream(program, &squeeze(&cut_down)?).filter(Filter::FlateDecode).pair(Name(b"Length1"), whole);
    let mut unicode = UnicodeCmap::new(CMAP_NAME, IDENTITY);
    for (glyph, character) in font.shown() {
        unicode.pair(*glyph, *character);
    }
    pdf.cmap(cmap, &unicode.finish());
    Ok(())
}

/// A part of the document in the form that PDF calls Flate: statements of thousands of lines go by mail.
fn squeeze(part: &[u8]) -> Result<Vec<u8>, PageError> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    encoder.write_all(part).and_then(|()| encoder.finish()).map_err(|_| PageError)
}

/// A whole number as PDF writes it.
fn real(number: i32) -> f32 {
    f32::from(i16::try_from(number).unwrap_or(i16::MAX))
}

/// Breaks a text at blanks, and words that do not fit anywhere; what is too long ends with dots.
fn wrap(text: &str, room: i32, width: impl Fn(char) -> i32) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let (mut line, mut used) = (String::new(), 0);
        for word in paragraph.split(' ') {
            let gap = if line.is_empty() { 0 } else { width(' ') };
            let needed: i32 = iter::once(gap).chain(word.chars().map(&width)).sum();
            if used + needed <= room {
                line.extend((gap > 0).then_some(' '));
                line.push_str(word);
                used += needed;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            for character in word.chars() {
                let needed = width(character);
                if used + needed > room && !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                    used = 0;
                }
                line.push(character);
                used += needed;
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
        let within = |width: i32, text: &str| wrap(text, width, |_| 1);
        assert_eq!(within(7, "one two three"), ["one two", "three"]);
        assert_eq!(within(3, "abcdefgh ij"), ["abc", "def", "gh", "ij"]);
        assert_eq!(within(3, "a\nb"), ["a", "b"]);
        assert!(within(3, "").is_empty());
        let long = within(5, &"word ".repeat(100));
        assert_eq!(long.len(), LINES_MAX);
        assert!(long.last().unwrap().ends_with('…'));
        assert_eq!(within(0, "ab"), ["a", "b"], "it ends, whatever the room");
    }
}
