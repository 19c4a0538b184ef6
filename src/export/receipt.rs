//! What a receipt says.

use super::document::PageError;
use super::font::Font;
use super::page::{Item, write};
use super::showing::show;
use super::words::{Words, words};
use crate::domain::language::Language;

/// A side of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptParty {
    /// The name people read.
    pub name: String,
    /// The account's code.
    pub code: String,
}

/// Everything that stands on a receipt, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The community's name.
    pub community: String,
    /// The community's code.
    pub code: String,
    /// The amount, without its unit.
    pub amount: String,
    /// The currency's unit.
    pub unit: String,
    /// Who paid.
    pub payer: ReceiptParty,
    /// Who was paid.
    pub payee: ReceiptParty,
    /// When, by the community's clocks.
    pub date: String,
    /// What for; may be empty.
    pub description: String,
    /// The payment's id.
    pub reference: String,
    /// What the payer paid to the payee itself, in national money, with its currency; none where that is nothing.
    pub national: Option<String>,
    /// What goes back, or has gone back, of national money, with its currency.
    pub national_back: Option<String>,
    /// The whole price, where both parts are counted in that currency.
    pub total: Option<String>,
    /// What the payer bears on top, for the community; none where that is nothing.
    pub payer_fee: Option<String>,
    /// What the payee bears out of the amount.
    pub payee_fee: Option<String>,
    /// How much was given back since; none where nothing was.
    pub refunded: Option<String>,
    /// The payment that it gives back, if it does.
    pub refund_of: Option<String>,
    /// The transfer's place on the chain.
    pub seq: String,
    /// The chain's hash there.
    pub hash: String,
}

impl Receipt {
    /// The receipt as a page of PDF. Names and texts that the page cannot show are said to be elsewhere; codes, amounts and
    /// the reference are always there.
    ///
    /// # Errors
    /// When the font that is built in is damaged.
    pub fn to_pdf(&self, language: Language) -> Result<Vec<u8>, PageError> {
        let words = words(language);
        let title = format!("{} {}", words.title, self.reference);
        write(&title, language.name(), &self.items(words, &Font::load()?))
    }

    /// The page's parts, from top to bottom.
    fn items(&self, words: &Words, font: &Font) -> Vec<Item> {
        let mut has_gaps = false;
        let mut own = |text: &str, instead: &str| {
            let shown = show(text, |character| font.has(character));
            has_gaps |= shown.has_gaps;
            shown.text.unwrap_or_else(|| instead.to_owned())
        };
        let community = own(&self.community, words.name_elsewhere);
        let unit = own(&self.unit, &self.code);
        let description = own(&self.description, words.text_elsewhere);
        let [from, to] = [&self.payer, &self.payee]
            .map(|party| format!("{}\n{}", own(&party.name, words.name_elsewhere), party.code));
        let pair = |label: &str, value: String| Item::Pair(label.to_owned(), value);
        let amount = |amount: &str| format!("{amount} {unit}");
        let mut items = vec![
            Item::Small(format!("{community} ({})", self.code)),
            Item::Title(words.title.to_owned()),
            Item::Rule,
            pair(words.amount, amount(&self.amount)),
            pair(words.date, self.date.clone()),
            Item::Space(8),
            pair(words.from, from),
            pair(words.to, to),
        ];
        if !self.description.is_empty() {
            items.extend([Item::Space(8), pair(words.description, description)]);
        }
        items.extend(self.national.as_ref().map(|part| pair(words.national, part.clone())));
        items.extend(self.total.as_ref().map(|total| pair(words.total, total.clone())));
        items.extend(self.payer_fee.as_ref().map(|fee| pair(words.payer_fee, amount(fee))));
        items.extend(self.payee_fee.as_ref().map(|fee| pair(words.payee_fee, amount(fee))));
        items.extend([Item::Space(8), pair(words.reference, self.reference.clone())]);
        items.extend(self.refund_of.as_ref().map(|id| pair(words.refund_of, id.clone())));
        items.extend(self.refunded.as_ref().map(|back| pair(words.refunded, amount(back))));
        items.extend(self.national_back.as_ref().map(|back| pair(words.national_back, back.clone())));
        items.extend([
            Item::Rule,
            pair(words.ledger, self.seq.clone()),
            pair(words.hash, self.hash.clone()),
            Item::Space(8),
            Item::Small(words.closing.to_owned()),
        ]);
        items.extend(has_gaps.then(|| Item::Small(words.gaps.to_owned())));
        items
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(name: &str, description: &str) -> Receipt {
        let party = |code: &str| ReceiptParty { name: name.to_owned(), code: code.to_owned() };
        Receipt {
            community: "River Exchange".to_owned(),
            code: "RIVER".to_owned(),
            amount: "12.50".to_owned(),
            unit: "shells".to_owned(),
            payer: party("RIVER0001"),
            payee: party("RIVER0002"),
            date: "2026-09-21 16:13 +02:00".to_owned(),
            description: description.to_owned(),
            reference: "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3".to_owned(),
            national: Some("37.50 EUR".to_owned()),
            national_back: Some("3.00 EUR".to_owned()),
            total: Some("50.00 EUR".to_owned()),
            payer_fee: Some("0.12".to_owned()),
            payee_fee: Some("0.25".to_owned()),
            refunded: Some("1.00".to_owned()),
            refund_of: None,
            seq: "1042".to_owned(),
            hash: "ab".repeat(32),
        }
    }

    #[test]
    fn receipts_hold_any_text_in_every_language() {
        let texts = [
            "",
            "Zoë Œuvre",
            "Łódź Čapek Ωμέγα Юрий",
            "李小龍 🥖",
            "עדה",
            "محمد and Ada",
            "a\u{0}b\u{202e}",
            &"x".repeat(500),
            &"é ".repeat(250),
        ];
        for language in Language::ALL {
            for text in texts {
                let pdf = receipt(text, text).to_pdf(*language).unwrap();
                assert!(pdf.starts_with(b"%PDF-") && pdf.ends_with(b"%%EOF"), "{text}");
                assert!(pdf.len() < 100_000, "only the glyphs that are used: {}", pdf.len());
            }
        }
    }

    #[test]
    fn what_each_side_bears_has_a_line_of_its_own() {
        let font = Font::load().unwrap();
        for language in Language::ALL {
            let words = words(*language);
            let lines = |receipt: &Receipt| -> Vec<String> {
                let of_fees = |item: Item| match item {
                    Item::Pair(label, value)
                        if [words.payer_fee, words.payee_fee].contains(&label.as_str()) =>
                    {
                        Some(format!("{label}: {value}"))
                    }
                    _ => None,
                };
                receipt.items(words, &font).into_iter().filter_map(of_fees).collect()
            };
            let both = receipt("Ada", "");
            let [payer, payee] = [words.payer_fee, words.payee_fee];
            assert_eq!(lines(&both), [format!("{payer}: 0.12 shells"), format!("{payee}: 0.25 shells")]);
            let one = Receipt { payer_fee: None, ..both };
            assert_eq!(lines(&one), [format!("{payee}: 0.25 shells")]);
            assert!(lines(&Receipt { payee_fee: None, ..one }).is_empty());
        }
    }

    #[test]
    fn what_goes_back_of_either_money_has_a_line() {
        let (font, words) = (Font::load().unwrap(), words(Language::English));
        let lines: Vec<String> = receipt("Ada", "")
            .items(words, &font)
            .into_iter()
            .filter_map(|item| match item {
                Item::Pair(label, value) => Some(format!("{label}: {value}")),
                _ => None,
            })
            .collect();
        for line in [
            "Paid to the payee itself: 37.50 EUR",
            "Given back since: 1.00 shells",
            "Given back in national money: 3.00 EUR",
        ] {
            assert!(lines.iter().any(|own| own == line), "{lines:?}");
        }
    }

    #[test]
    fn the_font_has_what_stands_for_the_rest_and_every_word() {
        let font = Font::load().unwrap();
        assert!(font.has(super::super::showing::LACKING));
        for language in Language::ALL {
            let words = words(*language);
            let all = [
                words.title,
                words.amount,
                words.from,
                words.to,
                words.date,
                words.description,
                words.reference,
                words.national,
                words.national_back,
                words.total,
                words.payer_fee,
                words.payee_fee,
                words.refunded,
                words.refund_of,
                words.ledger,
                words.hash,
                words.closing,
                words.name_elsewhere,
                words.text_elsewhere,
                words.gaps,
            ];
            for word in all {
                assert!(word.chars().all(|character| font.has(character)), "{word}");
            }
        }
    }

    #[test]
    fn the_same_receipt_is_the_same_bytes() {
        let make = || receipt("Zoë", "Brot").to_pdf(Language::German).unwrap();
        assert_eq!(make(), make());
    }

    /// For people to look at: `COUNTERFOIL_TEST_KEEP=FOLDER`.
    #[test]
    fn a_receipt_can_be_looked_at() {
        let Some(folder) = std::env::var_os("COUNTERFOIL_TEST_KEEP") else { return };
        for language in Language::ALL {
            let text = "Łódź Čapek Ωμέγα Юрий 李小龍 — Rye loaves for the harvest party, and what else was on the list that evening";
            let pdf = receipt("Zoë Œuvre", text).to_pdf(*language).unwrap();
            let path = std::path::Path::new(&folder).join(format!("receipt-{}.pdf", language.name()));
            std::fs::write(path, pdf).unwrap();
        }
    }
}
