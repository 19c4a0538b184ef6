//! Documents for people to keep: what is known of a payment, as a page. Knows no database and no HTTP.
//!
//! | file | what lives there |
//! |---|---|
//! | `DejaVuSans.ttf` | the one font: free (`DejaVuSans.LICENSE`), with Latin, Greek, Cyrillic, Armenian, Georgian and more |
//! | `font.rs` | which of its glyphs a text needs, and how wide they are |
//! | `page.rs` | a page of lines as PDF |
//! | `receipt.rs` | what a receipt says |
//! | `showing.rs` | what of people's own words the page can show |
//! | `words.rs` | its words, in each language |
//!
//! The font is in the document, cut down to the glyphs that are on the page: so names look the same everywhere, whatever
//! alphabet they are in, as long as it is one that `showing.rs` lets through. Of the rest, the page says that it is not there.

mod font;
mod page;
mod receipt;
mod showing;
mod words;

pub use page::PageError;
pub use receipt::{Receipt, ReceiptParty};
