//! One file: its bytes as lines with named fields.

use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord, Terminator};

use super::problems::Problems;
use super::quotes::misplaced;
pub use super::sheets::Sheet;

/// The largest file that is read, in bytes.
pub const FILE_BYTES_MAX: u64 = 1 << 30;
/// The most lines of one file.
const LINES_MAX: u64 = 5_000_000;
/// The most columns of a file: none of those that are known has a fifth of it.
const COLUMNS_MAX: usize = 500;
/// What some programs put before the first letter.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A file as it was found.
#[derive(Debug, Clone)]
pub struct Source {
    /// Which one it is.
    pub sheet: Sheet,
    /// How its reader knows it.
    pub name: Arc<str>,
    /// What is in it: one file may tell of several things.
    pub bytes: Arc<[u8]>,
}

/// Under which names columns are found in a file's first line.
pub(super) trait Names {
    /// The names of a column in files of another system, the best first; empty where it has ours.
    fn of(&self, sheet: Sheet, column: &str) -> &'static [&'static str];
    /// Whether the files have columns that are no concern of ours.
    fn has_others(&self) -> bool;
    /// Whether a file without a column that this needs simply says nothing of it.
    fn may_lack(&self, sheet: Sheet) -> bool;
}

/// One line of a file.
pub(super) struct Line<'a> {
    /// Its number, from 1.
    pub number: u64,
    record: &'a StringRecord,
    places: &'a [(&'static str, Option<usize>)],
    /// What others call their columns, which ours do not have.
    head: &'a [String],
}

impl<'a> Line<'a> {
    /// What stands in a column; nothing where the file has no such column.
    pub fn raw(&self, column: &str) -> &'a str {
        let place = self.places.iter().find(|(name, _)| *name == column).and_then(|(_, place)| *place);
        place.and_then(|place| self.record.get(place)).unwrap_or_default()
    }

    /// The same, without blanks around it.
    pub fn get(&self, column: &str) -> &'a str {
        self.raw(column).trim()
    }

    /// What stands in a column of another system's that is none of ours, under its name in small letters.
    pub fn other(&self, name: &str) -> &'a str {
        let place = self.head.iter().position(|other| other == name);
        place.and_then(|place| self.record.get(place)).unwrap_or_default().trim()
    }

    /// What stands in a column of ours; nothing where it is empty.
    pub fn filled(&self, column: &str) -> Option<&'a str> {
        Some(self.get(column)).filter(|text| !text.is_empty())
    }
}

impl Source {
    /// Goes over the file's lines behind the first, which names the columns.
    pub(super) fn read(
        &self,
        names: &dyn Names,
        problems: &mut Problems,
        mut each: impl FnMut(&Line<'_>, &mut Problems),
    ) {
        let bytes = self.bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&self.bytes);
        let delimiter = delimiter(bytes);
        if let Some((number, what)) = misplaced(bytes, delimiter) {
            return problems.add(&self.name, Some(number), what);
        }
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .terminator(Terminator::CRLF)
            .from_reader(bytes);
        let mut record = csv::ByteRecord::new();
        let mut places: Option<(Vec<_>, Vec<String>)> = None;
        let mut lines = 0_u64;
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => return problems.add(&self.name, None, format!("cannot be read: {error}")),
            }
            let number = record.position().map_or(0, |at| line_of(bytes, at));
            lines += 1;
            if lines > LINES_MAX {
                return problems.add(&self.name, Some(number), format!("is line {LINES_MAX} and one more"));
            }
            let Ok(text) = StringRecord::from_byte_record(record.clone()) else {
                problems.add(&self.name, Some(number), "is not text in UTF-8");
                // Without names for the columns, nothing can be said of what comes behind.
                if places.is_none() {
                    return;
                }
                continue;
            };
            let Some((places, head)) = &places else {
                if text.len() > COLUMNS_MAX {
                    let what =
                        format!("names {} columns, and no file has more than {COLUMNS_MAX}", text.len());
                    return problems.add(&self.name, Some(number), what);
                }
                let head: Vec<String> = text.iter().map(plain).collect();
                let Some(found) = self.find_columns(names, &head, number, problems) else { return };
                places = Some((found, head));
                continue;
            };
            if text.len() == head.len() {
                each(&Line { number, record: &text, places, head }, problems);
            } else {
                let what = format!("has {} fields, and the first line names {}", text.len(), head.len());
                problems.add(&self.name, Some(number), what);
            }
        }
        if places.is_none() {
            problems.add(&self.name, None, "is empty: its first line has to name the columns");
        }
    }

    /// Where each column stands, or nothing where one is missing, twice there or not known.
    fn find_columns(
        &self,
        names: &dyn Names,
        found: &[String],
        number: u64,
        problems: &mut Problems,
    ) -> Option<Vec<(&'static str, Option<usize>)>> {
        let before = problems.total;
        let mut used = Vec::new();
        let mut places = Vec::new();
        for (column, is_required) in self.sheet.columns() {
            let theirs = names.of(self.sheet, column);
            let wanted = if theirs.is_empty() { std::slice::from_ref(column) } else { theirs };
            let place = wanted.iter().find_map(|name| found.iter().position(|other| *other == plain(name)));
            if place.is_none() && *is_required {
                if names.may_lack(self.sheet) {
                    return None;
                }
                let wanted = wanted.join(" or ");
                problems.add(&self.name, Some(number), format!("names no column {wanted}"));
            }
            used.extend(place);
            places.push((*column, place));
        }
        for (place, name) in found.iter().enumerate() {
            if found.iter().take(place).any(|earlier| earlier == name)
                && used.contains(&place_of(found, name))
            {
                problems.add(&self.name, Some(number), format!("names the column {name} twice"));
            } else if !used.contains(&place) && !names.has_others() {
                problems.add(&self.name, Some(number), format!("names a column {name}, which is not known"));
            }
        }
        (problems.total == before).then_some(places)
    }
}

/// The line on which a record begins: the reader counts empty lines before it, which it passes over, as the record's own.
fn line_of(bytes: &[u8], at: &csv::Position) -> u64 {
    let from = usize::try_from(at.byte()).ok().and_then(|start| bytes.get(start..)).unwrap_or_default();
    let passed =
        from.iter().take_while(|byte| matches!(**byte, b'\n' | b'\r')).filter(|byte| **byte == b'\n');
    at.line() + u64::try_from(passed.count()).unwrap_or(0)
}

fn place_of(found: &[String], name: &str) -> usize {
    found.iter().position(|other| other == name).unwrap_or(usize::MAX)
}

/// A column's name as it is compared: small letters, and no matter which signs are between the words.
fn plain(name: &str) -> String {
    let words: Vec<_> = name
        .split(|sign: char| sign.is_whitespace() || sign == '_' || sign == '-')
        .filter(|word| !word.is_empty())
        .collect();
    words.join("_").to_lowercase()
}

/// What stands between the fields: the one of these that the first line has most.
fn delimiter(bytes: &[u8]) -> u8 {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |sign: u8| first.split(|byte| *byte == sign).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|sign| count(*sign)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Ours;
    impl Names for Ours {
        fn of(&self, _sheet: Sheet, _column: &str) -> &'static [&'static str] {
            &[]
        }
        fn has_others(&self) -> bool {
            false
        }
        fn may_lack(&self, _sheet: Sheet) -> bool {
            false
        }
    }

    fn read(text: &[u8]) -> (Vec<(u64, String, String)>, Vec<String>) {
        let source = Source { sheet: Sheet::Limits, name: Arc::from("limits.csv"), bytes: Arc::from(text) };
        let (mut problems, mut lines) = (Problems::default(), Vec::new());
        source.read(&Ours, &mut problems, |line, _| {
            lines.push((line.number, line.get("account").to_owned(), line.get("ceiling").to_owned()));
        });
        (lines, problems.named.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn fields_are_found_by_their_columns_names() {
        let expected = vec![(2, "A".to_owned(), "5".to_owned()), (4, "B".to_owned(), String::new())];
        for text in [
            "account,credit_limit,ceiling\nA,1,5\n\nB,2,\n",
            "\u{feff}Credit Limit;Ceiling;ACCOUNT\r\n1;5;A\r\n\r\n2;;B\r\n",
            "account\tcredit-limit\tceiling\nA\t1\t5\n\nB\t2\t",
        ] {
            assert_eq!(read(text.as_bytes()), (expected.clone(), Vec::new()), "{text:?}");
        }
    }

    #[test]
    fn lines_that_are_wrong_are_told_by_their_numbers() {
        let text = b"account,credit_limit\nA,1\nB\nC,2,3\nD,\xff\n\"E\n\",4\nF,5,\n";
        let (lines, problems) = read(text);
        let numbers: Vec<_> = lines.iter().map(|line| line.0).collect();
        assert_eq!(numbers, [2, 6], "{lines:?}");
        assert_eq!(
            problems,
            [
                "limits.csv:3: has 1 fields, and the first line names 2",
                "limits.csv:4: has 3 fields, and the first line names 2",
                "limits.csv:5: is not text in UTF-8",
                "limits.csv:8: has 3 fields, and the first line names 2",
            ]
        );
    }

    #[test]
    fn a_field_that_never_ends_takes_no_lines_along_without_a_word() {
        let unclosed = "limits.csv:3: begins a field with a quotation mark, and no other one ends it";
        let loose = "limits.csv:4: goes on behind the quotation mark that ends a field: inside of a field they stand twice";
        for (text, what) in [
            ("account,credit_limit\nA,1\nB,\"2\nC,3\n", unclosed),
            ("\u{feff}account,credit_limit\r\nA,1\r\nB,\"2\r\nC,3", unclosed),
            ("account,credit_limit\nA,1\nB,\"2\nC,\"3\nD,4\n", loose),
            ("account;credit_limit\nA;1\nB;2\n\"C\" ;3\n", loose),
        ] {
            assert_eq!(read(text.as_bytes()), (Vec::new(), vec![what.to_owned()]), "{text:?}");
        }
        let (lines, problems) =
            read(b"account,credit_limit,ceiling\n\"A \"\"B\"\"\",\"1\",\"\"\r\n5\" pipe,2,\"\"");
        assert_eq!(lines.iter().map(|line| line.1.as_str()).collect::<Vec<_>>(), ["A \"B\"", "5\" pipe"]);
        assert_eq!(problems, Vec::<String>::new());
    }

    #[test]
    fn what_no_program_writes_is_refused_at_once() {
        let columns = vec!["account"; 300_000].join(",");
        let [zeros, latin, wide] = [
            b"account,credit_limit\nA\0B,1\n".to_vec(),
            b"account,credit_limit,caf\xe9\nA,1,\n".to_vec(),
            "\u{feff}account,credit_limit\n".encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ];
        assert_eq!(read(&zeros).0, [(2, "A\0B".to_owned(), String::new())], "for whoever reads the field");
        for (text, what) in [
            (columns.as_bytes(), "limits.csv:1: names 300000 columns, and no file has more than 500"),
            (latin.as_slice(), "limits.csv:1: is not text in UTF-8"),
            (wide.as_slice(), "limits.csv:1: is not text in UTF-8"),
        ] {
            assert_eq!(read(text).1, [what]);
        }
        let long = format!("account,credit_limit,{}\n", "x".repeat(10_000_000));
        let told = read(long.as_bytes()).1.remove(0);
        assert!(told.starts_with("limits.csv:1: names a column xxx") && told.len() < 1_000, "{}", told.len());
    }

    #[test]
    fn the_first_line_names_every_column_once_and_no_other() {
        for (text, what) in [
            ("", "limits.csv: is empty: its first line has to name the columns"),
            ("account,ceiling\n", "limits.csv:1: names no column credit_limit"),
            ("account,credit_limit,color\n", "limits.csv:1: names a column color, which is not known"),
            ("account,credit_limit,account\n", "limits.csv:1: names the column account twice"),
        ] {
            assert_eq!(read(text.as_bytes()).1, [what]);
        }
    }
}
