//! Documents that leave the house: receipts and statements as pages, and what spreadsheets and bookkeeping programs read.
//!
//! From facts to bytes, without a database and without HTTP.
//!
//! | file | what lives there |
//! |---|---|
//! | `archive.rs` | a community as the files that an import reads |
//! | `balance_sheet.rs`, `balance_sheet_words.rs` | a community's balance sheet, and its words in each language |
//! | `camt053.rs` | ISO 20022 camt.053, the bank's statement to its customer |
//! | `csv.rs` | comma-separated values, safe for spreadsheets |
//! | `DejaVuSans.ttf` | the one font: free (`DejaVuSans.LICENSE`), with Latin, Greek, Cyrillic, Armenian, Georgian and more |
//! | `document.rs` | pages with texts and lines on them, as PDF |
//! | `font.rs` | which of its glyphs a text needs, and how wide they are |
//! | `ofx.rs` | Open Financial Exchange, which home bookkeeping programs read |
//! | `page.rs` | a page of lines, from top to bottom |
//! | `qr.rs` | QR codes, for pages |
//! | `receipt.rs` | what a receipt says |
//! | `reconciliation.rs` | a shop's takings for bookkeeping programs |
//! | `showing.rs` | what of people's own words a page can show |
//! | `statement.rs` | a statement as pages |
//! | `statement_words.rs`, `words.rs` | a statement's words and a receipt's, in each language |
//! | `xml.rs` | text that is safe inside XML |
//!
//! The font is in the document, cut down to the glyphs that are on the page: so names look the same everywhere, whatever
//! alphabet they are in, as long as it is one that `showing.rs` lets through. Of the rest, the page says that it is not there.

pub mod archive;
pub mod balance_sheet;
mod balance_sheet_words;
pub mod camt053;
pub mod csv;
mod document;
mod font;
pub mod ofx;
mod page;
pub mod qr;
mod receipt;
pub mod reconciliation;
mod showing;
pub mod statement;
mod statement_words;
mod words;
mod xml;

pub use document::PageError;
pub use receipt::{Receipt, ReceiptParty};
