//! What arrives: every letter in every language, and hostile words in none of the places where they could do harm.

use counterfoil::domain::language::Language;
use counterfoil::mail::{MailFault, render};
use serde_json::{Value, json};

use crate::server::MailServer;
use crate::support::{PUBLIC_URL, keys};
use crate::{TOKEN, deliver, every_letter, mailer};

/// The headers that a mail has, and no others.
const HEADERS: [&str; 9] = [
    "Auto-Submitted",
    "Content-Language",
    "Content-Type",
    "Date",
    "From",
    "MIME-Version",
    "Message-ID",
    "Subject",
    "To",
];

/// The plain text and the HTML of an alternative of both.
fn bodies(mail: &Value) -> (String, String) {
    assert_eq!(mail["type"], "multipart/alternative", "{mail}");
    assert_eq!(mail["defects"], json!([]), "{mail}");
    let parts = mail["parts"].as_array().unwrap();
    let kinds: Vec<_> = parts.iter().map(|part| (part["type"].as_str(), part["charset"].as_str())).collect();
    assert_eq!(kinds, [(Some("text/plain"), Some("utf-8")), (Some("text/html"), Some("utf-8"))]);
    let text = |place: usize| parts[place]["text"].as_str().unwrap().replace("\r\n", "\n");
    (text(0), text(1))
}

#[test]
fn every_letter_arrives_in_every_language() {
    let server = MailServer::start();
    let mailer = mailer(&server.url("smtp://"));
    let mut sent = Vec::new();
    for letter in every_letter("River & Söhne") {
        for language in Language::ALL {
            let id = sent.len() as u128 + 1;
            deliver(&mailer, id, "zoe.lake@river.example", *language, &letter).unwrap();
            sent.push((letter.clone(), *language));
        }
    }
    let accepted = server.accepted();
    assert_eq!(accepted.len(), sent.len());
    for (place, (mail, (letter, language))) in accepted.iter().zip(&sent).enumerate() {
        let rendered = render(letter, *language, PUBLIC_URL);
        assert_eq!(
            (&mail["from"], &mail["to"]),
            (&json!("no-reply@river.example"), &json!(["zoe.lake@river.example"]))
        );
        let headers = &mail["headers"];
        assert_eq!((keys(headers), &mail["header_count"]), (HEADERS.to_vec(), &json!(HEADERS.len())));
        assert_eq!(headers["Subject"], rendered.subject);
        assert_eq!(headers["From"], crate::SENDER);
        assert_eq!(headers["To"], "zoe.lake@river.example");
        assert_eq!(headers["Date"], "Mon, 21 Sep 2026 14:13:20 +0000");
        let id = uuid::Uuid::from_u128(place as u128 + 1);
        assert_eq!(headers["Message-ID"], format!("<{id}@river.example>"));
        assert_eq!(
            (&headers["Auto-Submitted"], &headers["Content-Language"]),
            (&json!("auto-generated"), &json!(language.name()))
        );
        let (text, html) = bodies(mail);
        assert_eq!((text.trim_end(), html.trim_end()), (rendered.text.trim_end(), rendered.html.trim_end()));
        assert!(mail["longest_line"].as_u64().unwrap() <= 998, "RFC 5322 section 2.1.1: {mail}");
        assert_eq!(text.contains(&format!("?token={TOKEN}")), letter.holds_secret(), "{text}");
    }
}

#[test]
fn links_lead_to_the_public_address_only() {
    for letter in every_letter("https://evil.example/\" href=\"https://evil.example") {
        for language in Language::ALL {
            let html = render(&letter, *language, PUBLIC_URL).html;
            for link in html.split("href=\"").skip(1) {
                assert!(link.starts_with(&format!("{PUBLIC_URL}/")), "{html}");
            }
            assert!(!html.contains("href=\"https://evil"), "{html}");
        }
    }
}

#[test]
fn hostile_words_reach_no_header_and_no_markup() {
    let server = MailServer::start();
    let mailer = mailer(&server.url("smtp://"));
    let long = "w".repeat(20_000);
    let hostile = [
        "Ada\r\nBcc: all@evil.example\r\n\r\nBody",
        "Ada\nSubject: other\n.\nMAIL FROM:<x@evil.example>",
        "Ada\u{2028}Bcc: all@evil.example\u{2029}\u{85}x",
        "\u{202e}evitatpac adA\u{202c}\u{2066}x\u{2069}\u{200f}",
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "\"><a href='https://evil.example'>\0\u{7f}\u{1b}[31m",
        "=?utf-8?q?Bcc:_all=40evil.example?=",
        &long,
    ];
    let letters = every_letter("Ada");
    for letter in &letters {
        deliver(&mailer, 1, "zoe@river.example", Language::French, letter).unwrap();
    }
    let harmless = server.accepted();
    for words in hostile {
        let begin = server.accepted().len();
        for letter in every_letter(words) {
            deliver(&mailer, 1, "zoe@river.example", Language::French, &letter).unwrap();
        }
        let accepted = server.accepted();
        assert_eq!(accepted.len(), begin + letters.len(), "one mail each, whatever the words");
        for (mail, harmless) in accepted[begin..].iter().zip(&harmless) {
            let without_boundary = |mail: &Value| {
                let mut headers = mail["headers"].clone();
                headers.as_object_mut().unwrap().remove("Content-Type").unwrap();
                (headers, mail["header_count"].clone(), mail["to"].clone(), mail["from"].clone())
            };
            assert_eq!(without_boundary(mail), without_boundary(harmless), "{words:?}");
            let (text, html) = bodies(mail);
            for tag in ["<script", "<img", "<a href='"] {
                assert!(!html.contains(tag), "{html}");
            }
            let is_hidden = |c: char| {
                "\u{2028}\u{2029}\u{85}\u{202e}\u{202c}\u{2066}\u{2069}\u{200f}\0\u{7f}\u{1b}".contains(c)
            };
            assert!(!text.contains(is_hidden) && !html.contains(is_hidden), "{text}");
            assert!(!text.lines().any(|line| line == "."), "{text}");
            assert!(text.len() < 8_000 && mail["longest_line"].as_u64().unwrap() <= 998);
        }
    }
}

#[test]
fn what_is_no_single_address_is_never_sent_to() {
    let server = MailServer::start();
    let mailer = mailer(&server.url("smtp://"));
    let letter = &every_letter("Ada")[0];
    for bad in [
        "",
        "ada",
        "@river.example",
        "ada@",
        "ada@river.example\r\nBcc: all@evil.example",
        "ada@river.example\n",
        "ada\r\n@river.example",
        "<ada@river.example>",
        "Ada <ada@river.example>",
        "ada@river.example, ben@river.example",
        "ada@river.example;ben@river.example",
        "ada@river\u{2028}.example",
        "ada@@river.example>",
        "ada @river.example",
    ] {
        let result = deliver(&mailer, 1, bad, Language::English, letter);
        assert_eq!(result, Err(MailFault::BadAddress), "{bad:?}");
    }
    assert_eq!(server.begun(), 0);
}
