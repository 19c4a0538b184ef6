//! The fields of one line, each read and judged by itself.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::origin::Origin;
use super::problems::Problems;
use super::table::{Line, Source};
use super::times::{self, BAD_TIME};
use crate::auth::names;
use crate::domain::amount::{Amount, Scale};
use crate::domain::time::Timestamp;
use crate::domain::visible::is_formula;
use crate::domain::zone::{Day, Zone};
use crate::services::joining::checks::NAME_CHARS_MAX;
use crate::services::payments::check_text;

/// The most characters of a reference: what names a member, an account or a transfer in the files.
const REFERENCE_CHARS_MAX: usize = 255;

/// What fields are read with.
pub(super) struct Reading<'a> {
    pub origin: Origin,
    pub scale: Scale,
    pub zone: Zone,
    /// When the import began: nothing that it tells of is later.
    pub now: Timestamp,
    pub problems: &'a mut Problems,
}

/// The fields of one line, and where to tell what is wrong with them.
pub(super) struct Fields<'a, 'b> {
    pub line: &'a Line<'b>,
    pub file: &'a Arc<str>,
    pub reading: &'a Reading<'a>,
    pub problems: &'a mut Problems,
}

impl Fields<'_, '_> {
    pub fn wrong(&mut self, column: &str, what: impl std::fmt::Display) {
        let text: String = self.line.get(column).chars().take(40).collect();
        let column_and_text = if text.is_empty() { column.to_owned() } else { format!("{column} {text:?}") };
        self.problems.add(self.file, Some(self.line.number), format!("{column_and_text} {what}"));
    }

    pub fn reference(&mut self, column: &str) -> Option<Arc<str>> {
        let text = self.line.get(column);
        match check_text(column, text, REFERENCE_CHARS_MAX) {
            _ if text.is_empty() => self.wrong(column, "is empty"),
            Err(fault) => self.wrong(column, fault.detail),
            Ok(()) => return Some(Arc::from(text)),
        }
        None
    }

    /// A word of a list; `default` where there is none.
    pub fn word<T>(
        &mut self,
        column: &str,
        default: T,
        read: impl Fn(&str) -> Option<T>,
        known: &[&str],
    ) -> T {
        let Some(text) = self.line.filled(column) else { return default };
        read(text).unwrap_or_else(|| {
            self.wrong(column, format_args!("is none of {}", known.join(", ")));
            default
        })
    }

    pub fn name(&mut self, column: &str) -> Option<String> {
        match names::read(unguarded(self.line.get(column)), NAME_CHARS_MAX) {
            Ok(name) => Some(name),
            Err(fault) => {
                self.wrong(column, fault.detail);
                None
            }
        }
    }

    pub fn text(&mut self, column: &str, chars_max: usize) -> String {
        let text = unguarded(self.line.raw(column)).replace("\r\n", "\n").replace('\t', " ");
        if let Err(fault) = check_text(column, &text, chars_max) {
            self.wrong(column, fault.detail);
        }
        text
    }

    /// A time that is past; none where there is none, or a wrong one.
    pub fn time(&mut self, column: &str) -> Option<Timestamp> {
        let text = self.line.filled(column)?;
        let time = times::read(text, &self.reading.zone, self.reading.origin.day_order());
        match time {
            None => self.wrong(column, BAD_TIME),
            Some(time) if time > self.reading.now => self.wrong(column, "is in the future"),
            Some(time) => return Some(time),
        }
        None
    }

    /// An amount with or without a minus sign.
    pub fn signed(&mut self, column: &str, max_minor: i64) -> Option<Amount> {
        let plain = self.reading.origin.decimal(self.line.get(column));
        let (digits, is_negative) = match plain.strip_prefix('-') {
            Some(digits) => (digits, true),
            None => (plain.as_str(), false),
        };
        match self.reading.scale.parse(digits, max_minor) {
            Ok(amount) if is_negative => amount.checked_neg(),
            Ok(amount) => Some(amount),
            Err(error) => {
                self.wrong(column, error);
                None
            }
        }
    }

    /// A time, whether it is past or not; none where there is none, or a wrong one.
    pub fn moment(&mut self, column: &str) -> Option<Timestamp> {
        let text = self.line.filled(column)?;
        let time = times::read(text, &self.reading.zone, self.reading.origin.day_order());
        if time.is_none() {
            self.wrong(column, BAD_TIME);
        }
        time
    }

    /// A day.
    pub fn day(&mut self, column: &str) -> Option<Day> {
        let day = self.line.get(column).parse().ok();
        if day.is_none() {
            self.wrong(column, "is no day like 2025-12-31");
        }
        day
    }

    /// A whole number in these bounds.
    pub fn number(&mut self, column: &str, bounds: RangeInclusive<i64>) -> Option<i64> {
        let number = self.line.get(column).parse().ok().filter(|number| bounds.contains(number));
        if number.is_none() {
            let (first, last) = (bounds.start(), bounds.end());
            self.wrong(column, format_args!("is no whole number from {first} to {last}"));
        }
        number
    }

    /// Yes, or no where it is empty.
    pub fn is_said(&mut self, column: &str) -> bool {
        let read = |text: &str| match text {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        self.word(column, false, read, &["yes", "no"])
    }

    /// An amount that is zero where it is left out; nothing where it is there and wrong.
    pub fn unsigned_or_zero(&mut self, column: &str, max_minor: i64) -> Option<Amount> {
        match self.line.filled(column) {
            None => Some(Amount::ZERO),
            Some(_) => self.unsigned(column, max_minor),
        }
    }

    pub fn unsigned(&mut self, column: &str, max_minor: i64) -> Option<Amount> {
        let amount = self.signed(column, max_minor)?;
        if amount.is_negative() {
            self.wrong(column, "is below zero");
            return None;
        }
        Some(amount)
    }
}

impl Reading<'_> {
    /// Goes over a file's lines, each as far as it can be read.
    pub fn each(&mut self, source: &Source, mut row: impl FnMut(&mut Fields<'_, '_>)) {
        let mut problems = std::mem::take(self.problems);
        let reading = &*self;
        source.read(&reading.origin, &mut problems, |line, problems| {
            if reading.origin.is_meant(source.sheet, line) {
                row(&mut Fields { line, file: &source.name, reading, problems });
            }
        });
        *self.problems = problems;
    }
}

/// A text without the apostrophe that keeps spreadsheets from taking it for a formula.
pub(super) fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches(['\'', ' '])) => rest,
        _ => text,
    }
}
