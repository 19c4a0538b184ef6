//! HTTP by hand, for what no client would send.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use super::app::TestApp;

/// Longer than the server lets any of this take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What came back, up to the connection's end.
#[derive(Debug)]
pub struct RawReply {
    /// The status code; 0 where the connection was closed without an answer.
    pub status: u16,
    /// Status line and headers, in small letters.
    pub head: String,
    /// What follows them, as it came.
    pub body: Vec<u8>,
}

impl RawReply {
    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Whether there is a header with exactly this text.
    pub fn has_header(&self, name: &str, value: &str) -> bool {
        self.head.lines().any(|line| line == format!("{}: {}", name.to_lowercase(), value.to_lowercase()))
    }
}

impl TestApp {
    /// Sends these bytes and reads until the app closes the connection: ask it to, with `Connection: close`.
    pub fn raw(&self, request: &[u8]) -> RawReply {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        // The app may answer and close before it has read everything; what it said is what counts.
        drop(stream.write_all(request));
        let mut bytes = Vec::new();
        drop(stream.read_to_end(&mut bytes));
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(bytes.len());
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let status = head.split(' ').nth(1).and_then(|text| text.parse().ok()).unwrap_or(0);
        RawReply { status, head, body: bytes.get(end + 4..).unwrap_or_default().to_vec() }
    }
}
