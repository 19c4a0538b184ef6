//! Lists of payments as they come in: JSON, or the lines of a spreadsheet.

use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::{self, Bytes};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use serde::Deserialize;
use utoipa::ToSchema;

use super::extract::{keyed_request, parse_json};
use super::objects::objects;
use super::problem::{ApiError, ProblemCode};
use crate::domain::many::BULK_LINES_MAX;
use crate::services::Fault;
use crate::services::many::{LineForm, NewLine};
use crate::services::payments::KeyedRequest;

/// The largest list, in bytes.
pub const LIST_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How long a list may take to arrive.
pub(super) const LIST_READ_MAX: Duration = Duration::from_secs(30);
/// The mark with which some programs begin a text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// The columns of a spreadsheet; the last may be missing.
const COLUMNS: [&str; 4] = ["payer", "payee", "amount", "description"];

/// One payment of several.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListedPayment {
    /// The paying account's code or id; one of yours.
    #[schema(example = "RIVER0001")]
    payer: String,
    /// The paid account's code or id.
    #[schema(example = "RIVER0002")]
    payee: String,
    /// Decimal text, above zero, with at most the currency's decimal places.
    #[schema(example = "12.50")]
    amount: String,
    /// What for, up to 500 characters.
    #[serde(default)]
    #[schema(example = "Rye loaves")]
    description: String,
}

/// Several payments.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentListRequest {
    /// The payments, in one community: at most 1,000 in a batch, 10,000 in a bulk.
    #[serde(deserialize_with = "objects")]
    payments: Vec<ListedPayment>,
}

/// A body that holds a list.
pub struct ListBody {
    bytes: Bytes,
    form: LineForm,
}

impl FromRequest for ListBody {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let form = match request.content_type().to_ascii_lowercase().as_str() {
            "application/json" => Some(LineForm::Json),
            "text/csv" => Some(LineForm::Csv),
            _ => None,
        };
        let is_compressed = request.headers().contains_key(header::CONTENT_ENCODING);
        let payload = web::Payload::from_request(request, payload);
        Box::pin(async move {
            let Some(form) = form.filter(|_| !is_compressed) else {
                return Err(ApiError::new(ProblemCode::UnsupportedMediaType));
            };
            let payload = payload.await.map_err(|_| unreadable())?;
            let read = tokio::time::timeout(LIST_READ_MAX, payload.to_bytes_limited(LIST_BYTES_MAX)).await;
            let bytes = match read {
                Ok(Ok(bytes)) => bytes.map_err(|_| unreadable())?,
                Ok(Err(_)) => return Err(ApiError::new(ProblemCode::BodyTooLarge)),
                Err(_) => return Err(ApiError::new(ProblemCode::RequestTimeout)),
            };
            Ok(Self { bytes, form })
        })
    }
}

impl ListBody {
    /// In which form the list came.
    pub const fn form(&self) -> LineForm {
        self.form
    }

    /// What makes the request happen at most once. How the list is to be judged stands in the query, and is part of it.
    ///
    /// # Errors
    /// When its key is missing or unusable.
    pub fn keyed(&self, request: &HttpRequest) -> Result<KeyedRequest, ApiError> {
        let target = request.uri().path_and_query().map_or("", |target| target.as_str());
        keyed_request(request, target, &self.bytes)
    }

    /// The payments, at least one and at most so many.
    ///
    /// # Errors
    /// What is wrong with the list as such.
    pub fn lines(&self, lines_max: usize) -> Result<Vec<NewLine>, ApiError> {
        let lines = match self.form {
            LineForm::Json => listed(parse_json(&self.bytes)?),
            LineForm::Csv => read_csv(&self.bytes)?,
        };
        let wrong =
            |code, detail: String| Err(ApiError::invalid(vec![Fault::new("/payments", code, detail)]));
        if lines.is_empty() {
            return wrong("missing", "names no payment".into());
        }
        if lines.len() > lines_max {
            return wrong("too_many", format!("has more than {lines_max} payments"));
        }
        Ok(lines)
    }
}

fn unreadable() -> ApiError {
    ApiError::invalid(vec![Fault::new("", "malformed_body", "could not be read to its end")])
}

fn listed(request: PaymentListRequest) -> Vec<NewLine> {
    let numbered = request.payments.into_iter().zip(1..);
    numbered
        .map(|(ListedPayment { payer, payee, amount, description }, line)| NewLine {
            line,
            payer,
            payee,
            amount,
            description,
        })
        .collect()
}

/// Where each of the [`COLUMNS`] stands in a line.
struct Header {
    places: [Option<usize>; COLUMNS.len()],
    width: usize,
}

fn read_csv(bytes: &[u8]) -> Result<Vec<NewLine>, ApiError> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let first_line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    // Spreadsheets of countries that write a comma in numbers put semicolons between the cells.
    let delimiter = if first_line.contains(&b';') && !first_line.contains(&b',') { b';' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).trim(csv::Trim::All).from_reader(bytes);
    let mut count = LineCount { bytes, offset: 0, line: 1 };
    let headers = reader.headers().map_err(|error| ApiError::invalid(vec![fault_of(&error, 1)]))?;
    let header = read_header(headers)?;
    let (mut lines, mut faults) = (Vec::new(), Vec::new());
    let mut records = reader.records();
    while let Some(record) = records.next() {
        let end = records.reader().position().byte();
        let place = |position: Option<&csv::Position>| position.map_or(0, csv::Position::byte);
        let read = match record {
            Ok(record) => {
                let begin = place(record.position());
                let line = count.at(begin);
                if has_open_quote(bytes, begin, end) {
                    Err(open_quote(line))
                } else {
                    read_record(&header, &record, line)
                }
            }
            Err(error) => Err(fault_of(&error, count.at(place(error.position())))),
        };
        match read {
            Ok(line) => lines.push(line),
            Err(fault) => faults.push(fault),
        }
        // One more than there may be is enough to say so.
        if lines.len() > BULK_LINES_MAX || faults.len() > FAULTS_TOLD_MAX {
            break;
        }
    }
    if faults.is_empty() { Ok(lines) } else { Err(ApiError::invalid(faults)) }
}

/// Counts the lines of a text up to a place. Where a record begins, the reader may still stand before the end of the line
/// above, or before empty lines.
struct LineCount<'a> {
    bytes: &'a [u8],
    offset: usize,
    line: u32,
}

impl LineCount<'_> {
    /// The line, from 1, on which the record stands that begins at or after this byte. Places only go forward.
    fn at(&mut self, byte: u64) -> u32 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(passed) = self.bytes.get(self.offset)
            && (self.offset < byte || matches!(passed, b'\r' | b'\n'))
        {
            self.line = self.line.saturating_add(u32::from(*passed == b'\n'));
            self.offset = self.offset.saturating_add(1);
        }
        self.line
    }
}

/// Whether a record's bytes hold a quotation mark that is not closed. The reader would take everything behind it, further
/// payments too, for one cell.
fn has_open_quote(bytes: &[u8], begin: u64, end: u64) -> bool {
    let [begin, end] = [begin, end].map(|place| usize::try_from(place).unwrap_or(usize::MAX));
    let record = bytes.get(begin..end.min(bytes.len())).unwrap_or_default();
    record.iter().fold(false, |is_open, byte| is_open ^ (*byte == b'"'))
}

fn open_quote(line: u32) -> Fault {
    let detail =
        "holds a quotation mark that is not closed; inside of a cell in quotation marks, write it twice";
    Fault::new(&format!("line {line}"), "malformed_body", detail)
}

/// The most malformed lines that are told.
const FAULTS_TOLD_MAX: usize = 100;

fn read_header(record: &csv::StringRecord) -> Result<Header, ApiError> {
    let mut header = Header { places: [None; COLUMNS.len()], width: record.len() };
    let mut faults = Vec::new();
    let wrong = |code, detail: String| Fault::new("line 1", code, detail);
    for (place, name) in record.iter().enumerate() {
        let name = name.to_ascii_lowercase();
        let known = COLUMNS.iter().position(|column| *column == name);
        match known.and_then(|known| header.places.get_mut(known)) {
            Some(free @ None) => *free = Some(place),
            Some(Some(_)) => faults.push(wrong("wrong_shape", format!("names the column {name} twice"))),
            None => faults
                .push(wrong("wrong_shape", format!("has a column that is none of {}", COLUMNS.join(", ")))),
        }
    }
    let needed = COLUMNS.iter().zip(&header.places).take(COLUMNS.len() - 1);
    for (name, _) in needed.filter(|(_, place)| place.is_none()) {
        faults.push(wrong("missing", format!("does not name the column {name}")));
    }
    faults.truncate(FAULTS_TOLD_MAX);
    if faults.is_empty() { Ok(header) } else { Err(ApiError::invalid(faults)) }
}

fn read_record(header: &Header, record: &csv::StringRecord, line: u32) -> Result<NewLine, Fault> {
    if record.len() != header.width {
        let detail = format!("has {} cells, where the first line has {}", record.len(), header.width);
        return Err(Fault::new(&format!("line {line}"), "wrong_shape", detail));
    }
    let cell =
        |place: Option<usize>| place.and_then(|place| record.get(place)).unwrap_or_default().to_owned();
    let [payer, payee, amount, description] = header.places.map(cell);
    Ok(NewLine { line, payer, payee, amount, description })
}

fn fault_of(error: &csv::Error, line: u32) -> Fault {
    let detail = match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "is not UTF-8",
        _ => "cannot be read",
    };
    Fault::new(&format!("line {line}"), "malformed_body", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u32, String, String, String, String)> {
        let lines = read_csv(text.as_bytes()).unwrap();
        lines.into_iter().map(|l| (l.line, l.payer, l.payee, l.amount, l.description)).collect()
    }

    fn line(number: u32, description: &str) -> (u32, String, String, String, String) {
        (number, "A1".into(), "B2".into(), "1.50".into(), description.into())
    }

    #[test]
    fn spreadsheets_are_read_as_people_save_them() {
        let expected = [line(2, "Rye, two loaves"), line(3, "")];
        assert_eq!(
            read("payer,payee,amount,description\nA1,B2,1.50,\"Rye, two loaves\"\nA1,B2,1.50,\n"),
            expected
        );
        assert_eq!(
            read("\u{feff}Amount;Payee;Description;Payer\r\n1.50;B2;Rye, two loaves;A1\r\n1.50; B2 ;;A1"),
            expected
        );
        assert_eq!(read("payer,payee,amount\n\nA1,B2,1.50\n"), [line(3, "")], "lines are those of the file");
        let quoted = read("payer,payee,amount,description\nA1,B2,1.50,\"two\nlines\"\nA1,B2,1.50,x\n");
        assert_eq!(quoted, [line(2, "two\nlines"), line(4, "x")]);
        assert!(read("payer,payee,amount\n").is_empty());
    }

    #[test]
    fn malformed_lines_are_told_by_their_number() {
        for bad in ["", "payer,payee\n", "payer,payee,amount,payer\n", "payer,payee,amount,iban\nA1,B2,1,x\n"]
        {
            assert!(read_csv(bad.as_bytes()).is_err(), "{bad:?}");
        }
        for (bad, number) in [
            (b"payer,payee,amount\nA1,B2,1\nA1,B2\n".as_slice(), "line 3"),
            (b"payer,payee,amount\nA1,B2,1,x\n", "line 2"),
            (b"payer,payee,amount\nA1,\xff,1\n", "line 2"),
            (b"payer,payee,amount,description\nA1,B2,1,\"x\nA1,B2,1,y\n", "line 2"),
            (b"payer,payee,amount,description\nA1,B2,1,x\nA1,B2,1,2\" pipe\n", "line 3"),
        ] {
            let error = read_csv(bad).err().unwrap().into_problem("", "");
            assert_eq!(error.errors[0].pointer, number, "{bad:?}");
        }
    }
}
