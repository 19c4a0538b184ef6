//! Listening to server-sent events, as browsers read them.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use super::app::TestApp;
use super::client::Caller;

/// Longer than any event takes that comes.
const PATIENCE: Duration = Duration::from_secs(20);

/// One block of a stream.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Block {
    /// The id that it leaves the client with.
    pub id: Option<String>,
    /// The event's name; empty for a block without an event.
    pub event: String,
    /// The event's data; null for a block without an event.
    pub data: Value,
    /// Whether there is a comment.
    pub has_comment: bool,
    /// After how many milliseconds the client is to come back.
    pub retry: Option<u32>,
}

/// An open stream.
pub struct EventReader {
    reader: BufReader<TcpStream>,
    /// The status code.
    pub status: u16,
    /// Status line and headers, in small letters.
    pub head: String,
    /// The id that arrived last.
    pub last_id: Option<String>,
}

impl TestApp {
    /// Opens a stream as this caller, where it left off if that is said.
    pub fn listen(&self, caller: &Caller, last_id: Option<&str>) -> EventReader {
        let authorization = format!("Authorization: Bearer {}\r\n", caller.tokens().access);
        let last_id = last_id.map(|id| format!("Last-Event-ID: {id}\r\n")).unwrap_or_default();
        self.open_stream("/api/v1/events", &format!("{authorization}{last_id}"))
    }

    /// Opens a stream with these headers.
    pub fn open_stream(&self, path: &str, headers: &str) -> EventReader {
        EventReader::open(self.address(), path, headers)
    }
}

impl EventReader {
    fn open(address: SocketAddr, path: &str, headers: &str) -> Self {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
            .write_all(format!("GET {path} HTTP/1.1\r\nHost: river.example\r\n{headers}\r\n").as_bytes())
            .unwrap();
        let mut opened =
            Self { reader: BufReader::new(stream), status: 0, head: String::new(), last_id: None };
        while let Some(line) = opened.line().filter(|line| !line.is_empty()) {
            opened.head.push_str(&line.to_lowercase());
            opened.head.push('\n');
        }
        opened.status = opened.head.split(' ').nth(1).and_then(|text| text.parse().ok()).unwrap_or(0);
        opened
    }

    /// The same, after its first block, which says that it is open.
    #[track_caller]
    pub fn opened(mut self) -> Self {
        assert_eq!(self.status, 200, "{}", self.head);
        let first = self.next_block().expect("a stream begins");
        assert_eq!((first.retry, first.event.as_str()), (Some(3_000), ""));
        self
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.reader.read_line(&mut line) {
            Ok(0) => None,
            Ok(_) => Some(line.trim_end_matches(['\r', '\n']).to_owned()),
            // A stream that ends with its server may be cut off.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => None,
            Err(error) => panic!("nothing came in time: {error}"),
        }
    }

    /// The next block; none when the stream has ended.
    pub fn next_block(&mut self) -> Option<Block> {
        let (mut block, mut is_begun) = (Block::default(), false);
        loop {
            let line = self.line()?;
            if line.is_empty() && is_begun {
                return Some(block);
            }
            // The sizes of chunks stand between the lines; the last one is empty.
            if line == "0" {
                return None;
            }
            let Some((name, value)) = line.split_once(':') else { continue };
            let value = value.trim_start().to_owned();
            is_begun = true;
            match name {
                "id" => {
                    self.last_id = Some(value.clone());
                    block.id = Some(value);
                }
                "event" => block.event = value,
                "data" => block.data = serde_json::from_str(&value).unwrap(),
                "retry" => block.retry = Some(value.parse().unwrap()),
                "" => block.has_comment = true,
                other => panic!("a stream has no field {other}"),
            }
        }
    }

    /// The next event; none when the stream has ended.
    pub fn next(&mut self) -> Option<Block> {
        loop {
            let block = self.next_block()?;
            if !block.event.is_empty() {
                return Some(block);
            }
        }
    }

    /// The next event, which must be of this kind.
    #[track_caller]
    pub fn expect(&mut self, event: &str) -> Value {
        let block = self.next().unwrap_or_else(|| panic!("the stream ended before {event}"));
        assert_eq!(block.event, event, "{}", block.data);
        assert_eq!(block.data["type"], event);
        block.data["data"].clone()
    }

    /// Waits for the stream's end, before which there must be no event.
    #[track_caller]
    pub fn expect_end(&mut self) {
        let next = self.next();
        assert!(next.is_none(), "{next:?}");
    }
}
