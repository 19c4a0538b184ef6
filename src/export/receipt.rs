//! What a receipt says.

use super::page::{Item, PageError, write};
use super::words::words;
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
    /// The amount with its unit.
    pub amount: String,
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
    /// How much was given back since, with its unit; none where nothing was.
    pub refunded: Option<String>,
    /// The payment that it gives back, if it does.
    pub refund_of: Option<String>,
    /// The transfer's place on the chain.
    pub seq: String,
    /// The chain's hash there.
    pub hash: String,
}

impl Receipt {
    /// The receipt as a page of PDF.
    ///
    /// # Errors
    /// When the font that is built in is damaged.
    pub fn to_pdf(&self, language: Language) -> Result<Vec<u8>, PageError> {
        let words = words(language);
        let pair = |label: &str, value: String| Item::Pair(label.to_owned(), value);
        let party = |party: &ReceiptParty| format!("{}\n{}", party.name, party.code);
        let mut items = vec![
            Item::Small(self.community.clone()),
            Item::Title(words.title.to_owned()),
            Item::Rule,
            pair(words.amount, self.amount.clone()),
            pair(words.date, self.date.clone()),
            Item::Space(8),
            pair(words.from, party(&self.payer)),
            pair(words.to, party(&self.payee)),
        ];
        if !self.description.is_empty() {
            items.extend([Item::Space(8), pair(words.description, self.description.clone())]);
        }
        items.extend([Item::Space(8), pair(words.reference, self.reference.clone())]);
        items.extend(self.refund_of.as_ref().map(|id| pair(words.refund_of, id.clone())));
        items.extend(self.refunded.as_ref().map(|amount| pair(words.refunded, amount.clone())));
        items.extend([
            Item::Rule,
            pair(words.ledger, self.seq.clone()),
            pair(words.hash, self.hash.clone()),
            Item::Space(8),
            Item::Small(words.closing.to_owned()),
        ]);
        let title = format!("{} {}", words.title, self.reference);
        write(&title, language.name(), &items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(name: &str, description: &str) -> Receipt {
        let party = |code: &str| ReceiptParty { name: name.to_owned(), code: code.to_owned() };
        Receipt {
            community: "River Exchange".to_owned(),
            amount: "12.50 shells".to_owned(),
            payer: party("RIVER0001"),
            payee: party("RIVER0002"),
            date: "2026-09-21 16:13 +02:00".to_owned(),
            description: description.to_owned(),
            reference: "019a2f6b-1c0a-7bb4-a3d2-5e6f708192a3".to_owned(),
            refunded: Some("1.00 shells".to_owned()),
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
            "李小龍 עדה 🥖",
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
