//! A statement as pages: what it is about, the sums, and each entry with the balance after it.

use super::document::{Document, HEIGHT, PageError, Place, Side, Style, WIDTH};
use super::statement_words::{Words, words};
use super::words::{Words as CommonWords, words as common_words};
use crate::domain::amount::Amount;
use crate::domain::language::Language;
use crate::domain::records::EntryKind;
use crate::domain::statement::{Statement, StatementLine};

/// The margins, in points.
const MARGIN: i16 = 48;
const RIGHT: i16 = WIDTH - MARGIN;
/// Where the last line of a page may stand, and its number, in points.
const BOTTOM: i16 = 64;
const FOOT: i16 = 36;
/// Columns: where texts begin and end, and where amounts end, in points. The largest amounts fit.
const TEXTS: i16 = 112;
const TEXTS_END: i16 = 340;
const AMOUNTS_END: i16 = 440;
/// Where values stand behind their labels, and where sums end, in points.
const VALUES: i16 = 160;
const SUMS_END: i16 = 340;

const TITLE: Style = Style { size: 20, leading: 28, gray: 0.0 };
const TEXT: Style = Style { size: 9, leading: 12, gray: 0.0 };
const LABEL: Style = Style { size: 9, leading: 13, gray: 0.4 };
const SMALL: Style = Style { size: 8, leading: 11, gray: 0.4 };

/// The statement as pages of PDF. Names and texts that they cannot show are said to be elsewhere; codes and amounts are always
/// there.
///
/// # Errors
/// When the font that is built in is damaged.
pub fn to_pdf(statement: &Statement, language: Language) -> Result<Vec<u8>, PageError> {
    let words = words(language);
    let common = common_words(language);
    let mut drawing = Drawing { document: Document::new()?, statement, words, common, y: 0, has_gaps: false };
    drawing.first_page();
    drawing.sums();
    drawing.table_head();
    let mut balance = statement.opening;
    for line in &statement.lines {
        drawing.line(line, balance);
        balance = line.entry.balance_after;
    }
    if statement.lines.is_empty() {
        drawing.y -= 2 * TEXT.leading;
        drawing.left(MARGIN, words.no_entries, LABEL);
    }
    if drawing.has_gaps {
        drawing.closing_note(statement.closing);
    }
    let mut document = drawing.document;
    let foot = |x, side| Place { x, y: FOOT, side };
    document.number(foot(RIGHT, Side::Right), SMALL, |number, count| {
        format!("{} {number} {} {count}", words.page, words.of)
    });
    let id = statement.id().to_string();
    document.number(foot(MARGIN, Side::Left), SMALL, |_, _| id.clone());
    document.finish(&format!("{} {}", words.title, statement.account.code), language.name())
}

struct Drawing<'a> {
    document: Document,
    statement: &'a Statement,
    words: &'static Words,
    /// What receipts say, too.
    common: &'static CommonWords,
    /// The baseline of the last line.
    y: i16,
    /// Whether something stands for characters that the font lacks.
    has_gaps: bool,
}

impl Drawing<'_> {
    fn first_page(&mut self) {
        let (statement, words) = (self.statement, self.words);
        let (community, account) = (&statement.community, &statement.account);
        self.document.add_page();
        self.y = HEIGHT - MARGIN;
        let head = format!("{} ({})", self.name(&community.name), community.code);
        self.paragraph((MARGIN, RIGHT), &head, SMALL);
        self.paragraph((MARGIN, RIGHT), words.title, TITLE);
        self.y -= TEXT.leading;
        let made = community.time_zone.minute_of(statement.made_at);
        let unit = self.own(&community.unit, community.code.as_str());
        for (label, value) in [
            (words.account, format!("{}\n{}", self.name(&account.name), account.code)),
            (words.period, period(statement)),
            (words.time_zone, community.time_zone.name().to_owned()),
            (words.currency, unit),
            (words.made, made),
        ] {
            self.pair(label, &value);
        }
    }

    /// The balances and what lies between them.
    fn sums(&mut self) {
        let (statement, words) = (self.statement, self.words);
        let ((received, receipts), (paid, payments)) = (statement.received(), statement.paid());
        self.y -= TEXT.leading;
        let counted = |label: &str, count: usize| format!("{label} ({count})");
        for (label, sum) in [
            (words.opening.to_owned(), self.money(statement.opening)),
            (counted(words.received, receipts), self.money(received)),
            (counted(words.paid, payments), self.money(paid.checked_neg().unwrap_or(paid))),
            (words.closing.to_owned(), self.money(statement.closing)),
        ] {
            self.y -= LABEL.leading;
            self.left(MARGIN, &label, LABEL);
            self.right(SUMS_END, &sum, TEXT);
        }
        self.y -= TEXT.leading;
    }

    fn table_head(&mut self) {
        let words = self.words;
        self.y -= TEXT.leading;
        self.left(MARGIN, words.date, LABEL);
        self.left(TEXTS, words.entry, LABEL);
        self.right(AMOUNTS_END, words.amount, LABEL);
        self.right(RIGHT, words.balance, LABEL);
        self.y -= 5;
        self.document.rule((MARGIN, RIGHT), self.y);
        self.y -= 3;
    }

    /// Another page, on which the table goes on from this balance.
    fn next_page(&mut self, balance: Amount) {
        let (community, account) = (&self.statement.community, &self.statement.account);
        let head = format!("{} · {} · {}", self.name(&community.name), account.code, period(self.statement));
        self.document.add_page();
        self.y = HEIGHT - MARGIN;
        self.paragraph((MARGIN, RIGHT), &head, SMALL);
        self.y -= TEXT.leading;
        self.table_head();
        self.y -= TEXT.leading;
        self.left(TEXTS, self.words.brought_forward, LABEL);
        self.right(RIGHT, &self.money(balance), LABEL);
        self.y -= 4;
    }

    fn line(&mut self, line: &StatementLine, before: Amount) {
        let entry = &line.entry;
        let room = TEXTS_END - TEXTS;
        let other = format!("{} · {}", self.name(&entry.counterparty.name), entry.counterparty.code);
        let names = self.document.wrap(&other, room, TEXT);
        let description = self.own(&entry.description, self.common.text_elsewhere);
        let text = match self.kind(entry.kind) {
            None => description,
            Some(kind) if description.is_empty() => kind.to_owned(),
            Some(kind) => format!("{kind}: {description}"),
        };
        let texts = self.document.wrap(&text, room, SMALL);
        let lines = |count: usize, style: Style| i16::try_from(count).unwrap_or(0) * style.leading;
        let height = lines(names.len(), TEXT) + lines(texts.len(), SMALL);
        if self.y - height < BOTTOM {
            self.next_page(before);
        }
        let top = self.y;
        self.y -= TEXT.leading;
        self.left(MARGIN, &line.booked_on.to_string(), TEXT);
        self.right(AMOUNTS_END, &self.money(entry.amount), TEXT);
        self.right(RIGHT, &self.money(entry.balance_after), TEXT);
        self.y = top;
        for (line, style) in
            names.iter().map(|line| (line, TEXT)).chain(texts.iter().map(|line| (line, SMALL)))
        {
            self.y -= style.leading;
            self.left(TEXTS, line, style);
        }
        self.y -= 4;
    }

    /// Below the last line: that characters are missing.
    fn closing_note(&mut self, balance: Amount) {
        if self.y - 2 * SMALL.leading < BOTTOM {
            self.next_page(balance);
        }
        self.y -= SMALL.leading;
        self.paragraph((MARGIN, RIGHT), self.common.gaps, SMALL);
    }

    /// Somebody's own text as a page can show it, or what is said instead.
    fn own(&mut self, text: &str, instead: &str) -> String {
        let shown = self.document.show(text);
        self.has_gaps |= shown.has_gaps;
        shown.text.unwrap_or_else(|| instead.to_owned())
    }

    fn name(&mut self, name: &str) -> String {
        self.own(name, self.common.name_elsewhere)
    }

    const fn kind(&self, kind: EntryKind) -> Option<&'static str> {
        match kind {
            EntryKind::Principal | EntryKind::PrincipalBeyondLimit => None,
            EntryKind::Fee => Some(self.words.fee),
            EntryKind::Contribution => Some(self.words.contribution),
            EntryKind::HoldingCharge => Some(self.words.holding_charge),
            EntryKind::Payout => Some(self.words.payout),
            EntryKind::Income => Some(self.words.income),
            EntryKind::Refund => Some(self.words.refund),
            EntryKind::Reversal | EntryKind::ReversalBeyondLimit => Some(self.words.reversal),
            EntryKind::WriteOff => Some(self.words.write_off),
            EntryKind::OpeningBalance => Some(self.words.opening_balance),
            EntryKind::Merge => Some(self.words.merge),
        }
    }

    fn pair(&mut self, label: &str, value: &str) {
        let top = self.y;
        self.paragraph((MARGIN, VALUES), label, LABEL);
        let below = std::mem::replace(&mut self.y, top);
        self.paragraph((VALUES, RIGHT), value, Style { leading: LABEL.leading, ..TEXT });
        self.y = self.y.min(below);
    }

    fn paragraph(&mut self, (left, right): (i16, i16), text: &str, style: Style) {
        for line in self.document.wrap(text, right - left, style) {
            self.y -= style.leading;
            self.left(left, &line, style);
        }
    }

    fn left(&mut self, x: i16, text: &str, style: Style) {
        self.document.text(Place { x, y: self.y, side: Side::Left }, text, style);
    }

    fn right(&mut self, x: i16, text: &str, style: Style) {
        self.document.text(Place { x, y: self.y, side: Side::Right }, text, style);
    }

    fn money(&self, amount: Amount) -> String {
        self.statement.community.scale.format(amount)
    }
}

fn period(statement: &Statement) -> String {
    format!("{} – {}", statement.period.from, statement.last_day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::statement::samples::statement;

    #[test]
    fn statements_hold_any_text_in_every_language_on_as_many_pages_as_they_need() {
        let texts = [
            "",
            "Zoë Œuvre",
            "Łódź Ωμέγα Юрий",
            "李小龍 עדה 🥖\u{202e}",
            &"x".repeat(500),
            &"é ".repeat(250),
        ];
        for language in Language::ALL {
            for text in texts {
                let pdf = to_pdf(&statement(text, 20), *language).unwrap();
                assert!(pdf.starts_with(b"%PDF-") && pdf.ends_with(b"%%EOF"), "{text}");
            }
        }
        let pages = |lines| {
            let pdf = to_pdf(&statement("Rye loaves", lines), Language::Dutch).unwrap();
            String::from_utf8_lossy(&pdf).matches("/MediaBox").count()
        };
        assert_eq!([0, 1, 10, 100].map(pages), [1, 1, 1, 5]);
        assert_eq!(pages(10_000), 401, "as many lines as a statement may have");
    }

    #[test]
    fn the_same_statement_is_the_same_bytes() {
        let make = || to_pdf(&statement("Brot", 3), Language::German).unwrap();
        assert_eq!(make(), make());
    }

    /// For people to look at: `COUNTERFOIL_TEST_KEEP=FOLDER`.
    #[test]
    fn a_statement_can_be_looked_at() {
        let Some(folder) = std::env::var_os("COUNTERFOIL_TEST_KEEP") else { return };
        for language in Language::ALL {
            let pdf = to_pdf(
                &statement(
                    "Łódź Ωμέγα Юрий 李 — rye loaves for the harvest party, and what else was on the list",
                    60,
                ),
                *language,
            )
            .unwrap();
            let path = std::path::Path::new(&folder).join(format!("statement-{}.pdf", language.name()));
            std::fs::write(path, pdf).unwrap();
        }
    }
}
