//! The one font: which of its glyphs a text needs, and how wide they are.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use skrifa::charmap::Charmap;
use skrifa::raw::TableProvider;
use skrifa::raw::tables::hmtx::Hmtx;
use skrifa::{FontRef, GlyphId, MetadataProvider};
use subsetter::GlyphRemapper;

use super::document::PageError;

const FONT: &[u8] = include_bytes!("DejaVuSans.ttf");
/// PDF's unit of glyphs: a thousandth of the font's size.
const UNITS: i32 = 1_000;

/// The font, with the glyphs that were used of it.
pub(super) struct Font {
    tables: FontRef<'static>,
    characters: Charmap<'static>,
    widths: Hmtx<'static>,
    /// The glyphs of the characters that were asked for: a statement asks for the same few a million times.
    known: RefCell<HashMap<char, GlyphId>>,
    units_per_em: i32,
    used: GlyphRemapper,
    /// For each glyph of the cut-down font: which character it shows.
    shown: BTreeMap<u16, char>,
}

/// How high the font reaches, in thousandths of its size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    pub ascent: i32,
    pub descent: i32,
    pub bounds: [i32; 4],
}

impl Font {
    pub(super) fn load() -> Result<Self, PageError> {
        let font = FontRef::new(FONT).map_err(|_| PageError)?;
        let widths = font.hmtx().map_err(|_| PageError)?;
        let units_per_em = i32::from(font.head().map_err(|_| PageError)?.units_per_em());
        Ok(Self {
            characters: font.charmap(),
            tables: font,
            widths,
            known: RefCell::default(),
            units_per_em,
            used: GlyphRemapper::new(),
            shown: BTreeMap::new(),
        })
    }

    /// Whether there is a glyph for a character.
    pub(super) fn has(&self, character: char) -> bool {
        self.glyph(character) != GlyphId::NOTDEF
    }

    /// How wide a character is at a size, in thousandths of a point.
    pub(super) fn width(&self, character: char, size: i32) -> i32 {
        self.advance(self.glyph(character)).saturating_mul(size)
    }

    /// The bytes that show a text with the cut-down font.
    pub(super) fn encode(&mut self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(2 * text.len());
        for character in text.chars() {
            let glyph = u16::try_from(self.glyph(character).to_u32()).unwrap_or(0);
            let cut_down = self.used.remap(glyph);
            self.shown.entry(cut_down).or_insert(character);
            bytes.extend(cut_down.to_be_bytes());
        }
        bytes
    }

    /// The cut-down font.
    pub(super) fn cut_down(&self) -> Result<Vec<u8>, PageError> {
        subsetter::subset(FONT, 0, &self.used).map_err(|_| PageError)
    }

    /// The widths of the cut-down font's glyphs, in their order, in thousandths.
    pub(super) fn widths(&self) -> Vec<i32> {
        self.used.remapped_gids().map(|glyph| self.advance(GlyphId::new(u32::from(glyph)))).collect()
    }

    /// Which character each glyph of the cut-down font shows, so that text can be copied.
    pub(super) const fn shown(&self) -> &BTreeMap<u16, char> {
        &self.shown
    }

    pub(super) fn extent(&self) -> Result<Extent, PageError> {
        let (head, hhea) = (self.tables.head(), self.tables.hhea());
        let (head, hhea) = (head.map_err(|_| PageError)?, hhea.map_err(|_| PageError)?);
        let scale = |units: i16| i32::from(units) * UNITS / self.units_per_em.max(1);
        Ok(Extent {
            ascent: scale(hhea.ascender().to_i16()),
            descent: scale(hhea.descender().to_i16()),
            bounds: [head.x_min(), head.y_min(), head.x_max(), head.y_max()].map(scale),
        })
    }

    /// What there is no glyph for is the box that the font has for it.
    fn glyph(&self, character: char) -> GlyphId {
        let find = || self.characters.map(character).unwrap_or(GlyphId::NOTDEF);
        *self.known.borrow_mut().entry(character).or_insert_with(find)
    }

    fn advance(&self, glyph: GlyphId) -> i32 {
        let advance = self.widths.advance(glyph).unwrap_or(0);
        i32::from(advance) * UNITS / self.units_per_em.max(1)
    }
}
