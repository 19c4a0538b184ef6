//! Statements as their readers read them: opening balance, amounts and closing balance out of each format.

use std::collections::BTreeMap;
use std::io::Read as _;

use flate2::read::ZlibDecoder;
use serde_json::Value;

use crate::support::Person;

/// Opening balance, amounts and closing balance, in minor units of two decimal places.
pub type Told = (i64, Vec<i64>, i64);

type Reader = fn(&[u8]) -> Told;

/// Every format but JSON, by its name in addresses.
const WRITTEN: [(&str, Reader); 5] = [
    ("csv", |bytes| read_csv(text(bytes))),
    ("ofx", |bytes| read_ofx(text(bytes))),
    ("camt.053.001.02", |bytes| read_camt(text(bytes))),
    ("camt.053.001.08", |bytes| read_camt(text(bytes))),
    ("pdf", read_pdf),
];

pub fn minor(decimal: &str) -> i64 {
    let (whole, part) = decimal.split_once('.').unwrap();
    assert_eq!(part.len(), 2, "{decimal}");
    format!("{whole}{part}").parse().unwrap()
}

/// What all six formats say of an account's days, which must be the same.
#[track_caller]
pub fn all_formats(reader: &Person, path: &str) -> Told {
    let told = reader.get(path).expect(200).body;
    let number = |name: &str| minor(told[name].as_str().unwrap());
    let entries = told["entries"].as_array().unwrap();
    let amounts = entries.iter().map(|entry: &Value| minor(entry["amount"].as_str().unwrap())).collect();
    let expected = (number("opening_balance"), amounts, number("closing_balance"));
    assert_eq!(
        number("opening_balance") + number("received") - number("paid"),
        number("closing_balance"),
        "{path}"
    );
    for (format, read) in WRITTEN {
        let written = reader.get(&format!("{path}&format={format}")).expect(200).bytes;
        assert_eq!(read(&written), expected, "{format} of {path}");
    }
    expected
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn read_csv(text: &str) -> Told {
    let rows: Vec<_> = csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect();
    let (head, tail) = (rows.first().unwrap(), rows.last().unwrap());
    assert_eq!((&head[2], &tail[2]), ("opening_balance", "closing_balance"));
    let lines = rows[1..rows.len() - 1].iter().map(|row| minor(&row[7])).collect();
    (minor(&head[8]), lines, minor(&tail[8]))
}

/// What stands in each element of this name.
fn elements<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let (mut rest, mut found) = (text, Vec::new());
    while let Some((_, behind)) = rest.split_once(&open) {
        rest = behind;
        // Names of other elements begin like this one.
        if behind.starts_with(['>', ' ']) {
            let (inside, after) = behind.split_once('>').unwrap().1.split_once(&close).unwrap();
            found.push(inside);
            rest = after;
        }
    }
    found
}

fn read_ofx(text: &str) -> Told {
    let lines: Vec<_> = elements(text, "TRNAMT").into_iter().map(minor).collect();
    (minor(elements(text, "VALUE")[0]), lines, minor(elements(text, "BALAMT")[0]))
}

fn read_camt(text: &str) -> Told {
    let signed = |element: &str| {
        let amount = minor(elements(element, "Amt")[0]);
        if elements(element, "CdtDbtInd")[0] == "DBIT" { -amount } else { amount }
    };
    let [opening, closing] = elements(text, "Bal")[..] else { panic!("two balances") };
    let lines = elements(text, "Ntry").into_iter().map(signed).collect();
    (signed(opening), lines, signed(closing))
}

/// In English: four sums, then lines of a date, an amount and a balance, each balance the one before it with the amount.
fn read_pdf(bytes: &[u8]) -> Told {
    let shown = pdf_texts(bytes);
    let place = |label: &str| {
        let found = shown.iter().position(|text| text.starts_with(label));
        found.unwrap_or_else(|| panic!("no {label}: {shown:?}"))
    };
    let opening = minor(&shown[place("Opening balance") + 1]);
    let closing = minor(&shown[place("Closing balance") + 1]);
    let (mut lines, mut balance) = (Vec::new(), opening);
    for three in shown[place("Closing balance")..].windows(3) {
        let is_day = three[0].len() == 10 && three[0].split('-').count() == 3;
        if is_day && is_money(&three[1]) && is_money(&three[2]) {
            lines.push(minor(&three[1]));
            balance += minor(&three[1]);
            assert_eq!(minor(&three[2]), balance, "{three:?}");
        }
    }
    assert_eq!(balance, closing, "the lines lead to the closing balance");
    (opening, lines, closing)
}

fn is_money(text: &str) -> bool {
    text.contains('.') && text.chars().all(|sign| sign.is_ascii_digit() || ".-".contains(sign))
}

/// The texts on a PDF's pages, in the order in which they are set.
pub fn pdf_texts(bytes: &[u8]) -> Vec<String> {
    let parts: Vec<Vec<u8>> = streams(bytes);
    let letters = parts.iter().map(|part| letters(part)).find(|found| !found.is_empty()).unwrap();
    let is_page = |part: &&Vec<u8>| part.windows(3).any(|window| window == b" Tf");
    let texts = parts.iter().filter(is_page).flat_map(|part| shown(part));
    let spell = |glyphs: Vec<u8>| -> String {
        let pairs = glyphs.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        pairs.map(|glyph| letters[&glyph]).collect()
    };
    texts.map(spell).collect()
}

/// A PDF's streams, as they were before they were made small.
fn streams(bytes: &[u8]) -> Vec<Vec<u8>> {
    let find = |from: usize, what: &[u8]| {
        let found = bytes[from..].windows(what.len()).position(|window| window == what);
        found.map(|place| from + place)
    };
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(begin) = find(from, b"\nstream\n") {
        let end = find(begin, b"\nendstream").unwrap();
        let raw = &bytes[begin + b"\nstream\n".len()..end];
        let mut whole = Vec::new();
        let is_squeezed = ZlibDecoder::new(raw).read_to_end(&mut whole).is_ok();
        found.push(if is_squeezed { whole } else { raw.to_vec() });
        from = end;
    }
    found
}

/// Which letter each glyph is: lines like `<0001> <0041>`.
fn letters(part: &[u8]) -> BTreeMap<u16, char> {
    let line = |line: &str| {
        let (glyph, letter) = line.trim().strip_prefix('<')?.strip_suffix('>')?.split_once("> <")?;
        let glyph = u16::from_str_radix(glyph, 16).ok()?;
        let units: Vec<u16> = (0..letter.len())
            .step_by(4)
            .map(|at| u16::from_str_radix(letter.get(at..at + 4)?, 16).ok())
            .collect::<Option<_>>()?;
        Some((glyph, char::decode_utf16(units).next()?.ok()?))
    };
    let text = String::from_utf8_lossy(part);
    if text.contains("beginbfchar") { text.lines().filter_map(line).collect() } else { BTreeMap::new() }
}

/// The bytes of each text that a page sets: what stands in brackets, or in hexadecimal digits, before `Tj`.
fn shown(page: &[u8]) -> Vec<Vec<u8>> {
    let (mut found, mut at) = (Vec::new(), 0);
    let mut last = Vec::new();
    while at < page.len() {
        match page[at] {
            b'(' => (last, at) = bracketed(page, at + 1),
            b'<' => {
                let end = at + page[at..].iter().position(|byte| *byte == b'>').unwrap();
                let digits = std::str::from_utf8(&page[at + 1..end]).unwrap();
                last = (0..digits.len())
                    .step_by(2)
                    .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
                    .collect();
                at = end + 1;
            }
            b'T' if page.get(at + 1) == Some(&b'j') => {
                found.push(std::mem::take(&mut last));
                at += 2;
            }
            _ => at += 1,
        }
    }
    found
}

/// A text in brackets from behind the first of them, and where it is over.
fn bracketed(page: &[u8], mut at: usize) -> (Vec<u8>, usize) {
    let (mut bytes, mut depth) = (Vec::new(), 0);
    loop {
        match page[at] {
            b'\\' => {
                at += 1;
                let octal = page[at..].iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
                if octal > 0 {
                    let digits = std::str::from_utf8(&page[at..at + octal]).unwrap();
                    bytes.push(u8::try_from(u32::from_str_radix(digits, 8).unwrap()).unwrap());
                    at += octal - 1;
                } else {
                    bytes.push(match page[at] {
                        b'n' => b'\n',
                        b'r' => b'\r',
                        b't' => b'\t',
                        b'b' => 8,
                        b'f' => 12,
                        other => other,
                    });
                }
            }
            b')' if depth == 0 => return (bytes, at + 1),
            byte => {
                depth += i32::from(byte == b'(') - i32::from(byte == b')');
                bytes.push(byte);
            }
        }
        at += 1;
    }
}
