//! One keep-alive HTTP/1.1 connection that sends prepared bytes and reads answers of a stated length.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::failure::{Context, Failure, Outcome};

/// A payment's answer is about 1 KiB; one read takes all of it.
const BUFFER_BYTES: usize = 16 * 1024;
/// No answer that the bench asks for comes near this.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
const HEAD_END: &[u8] = b"\r\n\r\n";

pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

pub struct Answer<'a> {
    pub status: u16,
    head: &'a [u8],
    pub body: &'a [u8],
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await.context("connecting to the server")?;
        stream.set_nodelay(true).context("connecting to the server")?;
        Ok(Self { stream, buffer: Vec::with_capacity(BUFFER_BYTES) })
    }

    /// Sends one request and reads its answer, which stays valid until the next one.
    pub async fn exchange(&mut self, request: &[u8]) -> Outcome<Answer<'_>> {
        self.stream.write_all(request).await.context("sending a request")?;
        self.buffer.clear();
        let head_bytes = loop {
            self.read_more().await?;
            if let Some(at) = self.buffer.windows(HEAD_END.len()).position(|window| window == HEAD_END) {
                break at.saturating_add(HEAD_END.len());
            }
        };
        let total =
            head_bytes.saturating_add(body_length(self.buffer.get(..head_bytes).unwrap_or_default())?);
        while self.buffer.len() < total {
            self.read_more().await?;
        }
        let (head, body) = self.buffer.split_at_checked(head_bytes).context("splitting an answer")?;
        Ok(Answer { status: status(head)?, head, body })
    }

    async fn read_more(&mut self) -> Outcome<()> {
        if self.buffer.len() > ANSWER_BYTES_MAX {
            return Err(Failure::new("the server's answer has no end"));
        }
        match self.stream.read_buf(&mut self.buffer).await.context("reading an answer")? {
            0 => Err(Failure::new("the server closed a keep-alive connection")),
            _ => Ok(()),
        }
    }
}

impl Answer<'_> {
    pub fn header(&self, name: &str) -> Option<&str> {
        header(self.head, name)
    }

    pub fn json(&self) -> Outcome<serde_json::Value> {
        serde_json::from_slice(self.body).context("reading an answer as JSON")
    }

    /// For error messages.
    pub fn text(&self) -> String {
        format!("{} {}", self.status, String::from_utf8_lossy(self.body))
    }
}

fn status(head: &[u8]) -> Outcome<u16> {
    let digits = head.strip_prefix(b"HTTP/1.1 ").and_then(|rest| rest.get(..3));
    digits.and_then(|digits| str::from_utf8(digits).ok()?.parse().ok()).context("the status of an answer")
}

fn body_length(head: &[u8]) -> Outcome<usize> {
    match header(head, "content-length") {
        Some(text) => text.parse().context("the length of an answer"),
        None if matches!(status(head)?, 204 | 304) => Ok(0),
        None => Err(Failure::new("the server answered without a content-length")),
    }
}

fn header<'a>(head: &'a [u8], name: &str) -> Option<&'a str> {
    head.split(|byte| *byte == b'\n').find_map(|line| {
        let (found, rest) = line.split_at_checked(name.len())?;
        let value = rest.strip_prefix(b":")?;
        if found.eq_ignore_ascii_case(name.as_bytes()) {
            str::from_utf8(value).ok().map(str::trim)
        } else {
            None
        }
    })
}
