//! What people are written, and how it leaves the house. Knows no database.
//!
//! | file | what lives there |
//! |---|---|
//! | `fault.rs` | why a mail could not be sent, and whether it makes sense to try again |
//! | `hooks.rs` | webhooks of one's accounts |
//! | `letter.rs` | the letters that there are, and what each needs to know |
//! | `links.rs` | where links lead: to the configured address and nowhere else |
//! | `mailer.rs` | from a letter to a message, and to the mail server or folder |
//! | `news.rs` | what happened at somebody's accounts |
//! | `plain.rs` | other people's words, made harmless |
//! | `render.rs` | from a letter's words to text and HTML |
//! | `settings.rs` | where mails go and from whom |
//! | `standing.rs` | where a member stands |
//! | `words/` | what the letters say, one file for each language |
//!
//! The letters are Rust and not files of a template language: a missing translation or parameter does not compile,
//! a subject is a fixed text by its type, and there is one place that writes HTML, which escapes everything.

mod fault;
mod hooks;
mod letter;
mod links;
mod mailer;
mod news;
mod plain;
mod render;
mod settings;
mod standing;
mod words;

pub use fault::MailFault;
pub use hooks::{WebhookChange, WebhookOff, WebhookSet};
pub use letter::{
    Crossing, IncomeStopped, Letter, MissedWork, MonthlyStatement, PaymentEvent, PaymentNotice,
    PeriodsMissed, PlanCause, PlanEvent, SecurityEvent,
};
pub use links::{OneTimeToken, Page};
pub use mailer::{Enclosure, Mailer, Outgoing};
pub use news::{News, NewsItem, NewsPeriod, NewsWhat};
pub use plain::Plain;
pub use render::{Rendered, render};
pub use settings::{Delivery, MailSettings, MailSettingsError};
pub use standing::{StandingEvent, StandingNotice};
