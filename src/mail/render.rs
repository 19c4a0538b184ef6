//! From a letter's words to text and HTML. The only place that writes HTML, and it escapes everything.

use super::letter::Letter;
use super::words::{self, Part, Words};
use crate::domain::language::Language;

/// Width in characters to which the plain text is wrapped.
const TEXT_COLUMNS: usize = 76;

/// A letter, written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject: a fixed text.
    pub subject: &'static str,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
}

/// Writes a letter out, with links to the public address.
pub fn render(letter: &Letter, language: Language, public_url: &str) -> Rendered {
    let words = words::words(letter, language);
    Rendered {
        subject: words.subject,
        text: to_text(&words, language, public_url),
        html: to_html(&words, language, public_url),
    }
}

fn to_text(words: &Words, language: Language, public_url: &str) -> String {
    let mut blocks = vec![words.greeting.to_owned()];
    for part in &words.parts {
        blocks.push(match part {
            Part::Say(text) => wrap(text),
            Part::Quote(text) => wrap(&format!("“{text}”")),
            Part::Link { label, page, token } => {
                format!("{label}:\n{}", page.url(public_url, token.as_ref(), language))
            }
            Part::Code { label, token } => format!("{label}: {}", token.expose()),
        });
    }
    blocks.push(format!("-- \n{}", wrap(&format!("{} {public_url}", words.closing))));
    let mut text = blocks.join("\n\n");
    text.push('\n');
    text
}

/// Breaks a paragraph at blanks. A word that is too long stays whole: mail programs fold it.
fn wrap(paragraph: &str) -> String {
    let (mut text, mut column) = (String::new(), 0);
    for word in paragraph.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > TEXT_COLUMNS {
            text.push('\n');
            column = 0;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text
}

fn to_html(words: &Words, language: Language, public_url: &str) -> String {
    let greeting = paragraph(&escape(words.greeting));
    let body: String = words.parts.iter().map(|part| part_html(part, language, public_url)).collect();
    let closing = escape(&format!("{} {public_url}", words.closing));
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\"><title>{}</title></head>\n\
         <body style=\"font-family:sans-serif;line-height:1.5;max-width:36em\">\n{greeting}{body}\
         <p style=\"color:#666;font-size:small\">{closing}</p>\n</body>\n</html>\n",
        language.name(),
        escape(words.subject),
    )
}

fn part_html(part: &Part, language: Language, public_url: &str) -> String {
    match part {
        Part::Say(text) => paragraph(&escape(text)),
        Part::Quote(text) => format!(
            "<blockquote style=\"margin:1em;padding-left:1em;border-left:3px solid #bbb\">{}</blockquote>\n",
            escape(text)
        ),
        Part::Link { label, page, token } => link(label, &page.url(public_url, token.as_ref(), language)),
        Part::Code { label, token } => paragraph(&format!(
            "{}: <code style=\"overflow-wrap:anywhere\">{}</code>",
            escape(label),
            escape(token.expose())
        )),
    }
}

fn paragraph(html: &str) -> String {
    format!("<p>{html}</p>\n")
}

fn link(label: &str, url: &str) -> String {
    let url = escape(url);
    paragraph(&format!(
        "<a href=\"{url}\"><strong>{}</strong></a><br>\n<small style=\"overflow-wrap:anywhere\">{url}</small>",
        escape(label)
    ))
}

/// Text for a place between tags or in a quoted attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{PaymentEvent, PaymentNotice, Plain, SecurityEvent};

    #[test]
    fn foreign_words_are_escaped_and_never_in_the_subject() {
        let name = Plain::from("<script>alert('x')</script> & \"Co\"\r\nBcc: x\u{202e}");
        let letter = Letter::ApplicationRefused { community: name.clone(), reason: name };
        for language in Language::ALL {
            let rendered = render(&letter, *language, "https://river.example");
            assert!(!rendered.html.contains("<script"), "{}", rendered.html);
            assert!(
                rendered
                    .html
                    .contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;Co&quot; Bcc: x")
            );
            assert!(rendered.text.contains("<script>alert('x')</script>"));
            assert!(!rendered.subject.contains("script"));
        }
    }

    #[test]
    fn every_letter_has_its_own_words_in_every_language() {
        let mut subjects = std::collections::BTreeSet::new();
        for language in Language::ALL {
            let texts: std::collections::BTreeSet<_> = SecurityEvent::ALL
                .into_iter()
                .map(|event| Letter::SecurityNotice { event, at_micros: 0, community: None })
                .map(|letter| render(&letter, *language, "https://river.example").text)
                .collect();
            assert_eq!(texts.len(), SecurityEvent::ALL.len(), "{language:?}");
            assert!(texts.iter().all(|text| text.contains("1970-01-01 00:00 UTC")));
            let letter = Letter::ApplicationApproved { community: Plain::from("x") };
            subjects.insert(render(&letter, *language, "https://river.example").subject);
        }
        assert_eq!(subjects.len(), Language::ALL.len());
    }

    #[test]
    fn a_notice_of_a_payment_says_what_its_event_calls_for() {
        let plain = |text: &str| Plain::from(text);
        let notice = |event| {
            Letter::PaymentNotice(PaymentNotice {
                event,
                community: plain("River"),
                other: plain("Ben Ford"),
                amount: plain("12.50 §"),
                description: plain("Rye loaves"),
                reason: plain(if event == PaymentEvent::RequestDeclined { "Paid in cash" } else { "" }),
                until_micros: Some(0),
            })
        };
        for language in Language::ALL {
            let rendered = PaymentEvent::ALL
                .map(|event| (event, render(&notice(event), *language, "https://river.example")));
            let subjects: std::collections::BTreeSet<_> =
                rendered.iter().map(|(_, rendered)| rendered.subject).collect();
            assert_eq!(subjects.len(), PaymentEvent::ALL.len(), "{language:?}");
            for (event, Rendered { text, .. }) in rendered {
                for part in ["Ben Ford", "12.50 §", "Rye loaves", "River"] {
                    assert!(text.contains(part), "{language:?} {event:?}: {text}");
                }
                let awaits = matches!(event, PaymentEvent::RequestReceived | PaymentEvent::RequestReminder);
                assert_eq!(text.contains("1970-01-01 00:00 UTC"), awaits, "{text}");
                assert_eq!(text.contains("Paid in cash"), event == PaymentEvent::RequestDeclined, "{text}");
            }
        }
    }

    #[test]
    fn paragraphs_are_wrapped_at_blanks() {
        let text = wrap(&"word ".repeat(40));
        assert!(text.lines().all(|line| line.chars().count() <= TEXT_COLUMNS), "{text}");
        assert_eq!(wrap("one"), "one");
        assert_eq!(wrap(&"x".repeat(200)).lines().count(), 1);
    }
}
