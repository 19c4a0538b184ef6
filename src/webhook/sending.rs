//! One attempt: the request, the answer, and what they mean.

use std::time::Duration;

use chrono::DateTime;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HOST, RETRY_AFTER, USER_AGENT};
use hyper::{Request, Response};
use thiserror::Error;
use tokio::time::{Instant, timeout_at};

use super::connection::Client;
pub use super::connection::Connection;
use super::signing::{WebhookSecret, sign};
use super::targets::Target;

/// How long an attempt may take, from the first look-up to the answer's end.
pub const ATTEMPT_MAX: Duration = Duration::from_secs(5);
/// How much of an answer is read, in bytes, and how much of that is kept.
const ANSWER_READ_MAX: usize = 64 * 1_024;
const ANSWER_KEPT_MAX: usize = 1_024;
/// Who sends.
const AGENT: &str = "Counterfoil";

/// What is sent.
#[derive(Debug, Clone)]
pub struct Message {
    id: String,
    unix_seconds: i64,
    signature: String,
    body: Bytes,
}

impl Message {
    /// A message under its id, the same for every attempt, signed with each secret for an attempt at this time.
    pub fn signed(id: &str, unix_seconds: i64, body: Vec<u8>, secrets: &[WebhookSecret]) -> Self {
        let signature = sign(secrets, id, unix_seconds, &body);
        Self { id: id.to_owned(), unix_seconds, signature, body: Bytes::from(body) }
    }

    /// What is sent to a target, as people read it: without the signatures, which prove who sent it.
    pub fn describe(&self, target: &Target) -> String {
        let Self { id, unix_seconds, signature, body } = self;
        let signatures = signature.split(' ').map(|_| "v1,…").collect::<Vec<_>>().join(" ");
        format!(
            "POST {}\nhost: {}\nuser-agent: {AGENT}\ncontent-type: application/json\nwebhook-id: {id}\n\
             webhook-timestamp: {unix_seconds}\nwebhook-signature: {signatures}\n\n{}",
            target.path_and_query(),
            target.authority(),
            String::from_utf8_lossy(body),
        )
    }
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Fault {
    /// The host's name leads nowhere.
    #[error("the host's name leads to no address on the public Internet")]
    Lookup,
    /// It leads to where nothing may be sent.
    // In the same words: which names there are in the operator's own network is nobody's business.
    #[error("the host's name leads to no address on the public Internet")]
    Closed,
    /// Nobody listens there.
    #[error("the host took no connection")]
    Connect,
    /// The host did not prove who it is.
    #[error("the host's certificate is not trusted, or its TLS is not understood")]
    Tls,
    /// The answer took too long.
    #[error("there was no answer within 5 seconds")]
    Timeout,
    /// What came was no answer, or nothing came.
    #[error("the connection ended without an answer that is HTTP")]
    Protocol,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The answer's status, or why there was none.
    pub status: Result<u16, Fault>,
    /// For how long the receiver wants to be left alone, in seconds, where it says so.
    pub retry_after_s: Option<i64>,
    /// The beginning of the answer's body, as text.
    pub answer: String,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
}

impl Attempt {
    /// Whether the receiver took the message.
    pub fn is_taken(&self) -> bool {
        self.status.is_ok_and(|status| (200..300).contains(&status))
    }

    /// Whether the receiver never wants to hear anything again.
    pub fn is_gone(&self) -> bool {
        self.status == Ok(410)
    }

    /// Whether the receiver has more than it can take.
    pub fn is_slowing_down(&self) -> bool {
        matches!(self.status, Ok(429 | 502 | 504)) || self.retry_after_s.is_some()
    }

    /// What went wrong, in our own words; none where nothing did.
    pub fn error(&self) -> Option<String> {
        match self.status {
            Ok(200..300) => None,
            Ok(status @ 300..400) => Some(format!("the answer was {status}: redirects are not followed")),
            Ok(status) => Some(format!("the answer was {status}")),
            Err(fault) => Some(fault.to_string()),
        }
    }
}

impl Client {
    /// Sends a message once, on this connection where it is still good and leads to the target, else on a new one. The
    /// connection comes back where it may be used again.
    pub async fn send(
        &self,
        target: &Target,
        idle: Option<Connection>,
        message: &Message,
    ) -> (Attempt, Option<Connection>) {
        let begun = Instant::now();
        let deadline = begun + ATTEMPT_MAX;
        let (answered, connection) = match timeout_at(deadline, self.exchange(target, idle, message)).await {
            Ok(Ok((answer, connection))) => read(answer, connection, deadline, message.unix_seconds).await,
            Ok(Err(fault)) => (Answered::failed(fault), None),
            Err(_) => (Answered::failed(Fault::Timeout), None),
        };
        let duration_ms = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        let Answered { status, retry_after_s, answer } = answered;
        (Attempt { status, retry_after_s, answer, duration_ms }, connection)
    }

    /// The head of the answer. A connection that was idle may have been closed in this very moment: then the message is sent
    /// once more on a new one, as the receiver knows it by its id in any case.
    async fn exchange(
        &self,
        target: &Target,
        idle: Option<Connection>,
        message: &Message,
    ) -> Result<(Response<Incoming>, Connection), Fault> {
        let request = || request(target, message).ok_or(Fault::Protocol);
        if let Some(mut connection) = idle.filter(|idle| idle.is_usable() && idle.leads_to(target))
            && connection.sender.ready().await.is_ok()
            && let Ok(answer) = connection.sender.send_request(request()?).await
        {
            return Ok((answer, connection));
        }
        let mut connection = self.connect(target).await?;
        let answer = connection.sender.send_request(request()?).await.map_err(|_| Fault::Protocol)?;
        Ok((answer, connection))
    }
}

struct Answered {
    status: Result<u16, Fault>,
    retry_after_s: Option<i64>,
    answer: String,
}

impl Answered {
    const fn failed(fault: Fault) -> Self {
        Self { status: Err(fault), retry_after_s: None, answer: String::new() }
    }
}

fn request(target: &Target, message: &Message) -> Option<Request<Full<Bytes>>> {
    Request::post(target.path_and_query())
        .header(HOST, target.authority())
        .header(USER_AGENT, AGENT)
        .header(CONTENT_TYPE, "application/json")
        .header("webhook-id", &message.id)
        .header("webhook-timestamp", message.unix_seconds)
        .header("webhook-signature", &message.signature)
        .body(Full::new(message.body.clone()))
        .ok()
}

/// What an answer says. Its status counts from the moment it is there; what comes behind it is read for the log, as long as
/// it is short and comes in time.
async fn read(
    answer: Response<Incoming>,
    connection: Connection,
    deadline: Instant,
    unix_seconds: i64,
) -> (Answered, Option<Connection>) {
    let status = answer.status().as_u16();
    let asked = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after_s = asked.and_then(|text| seconds(text, unix_seconds));
    let (mut body, mut kept, mut length, mut is_whole) = (answer.into_body(), Vec::new(), 0_usize, false);
    while length <= ANSWER_READ_MAX {
        match timeout_at(deadline, body.frame()).await {
            Ok(Some(Ok(frame))) => {
                let bytes = frame.into_data().unwrap_or_default();
                length = length.saturating_add(bytes.len());
                let room = ANSWER_KEPT_MAX.saturating_sub(kept.len());
                kept.extend(bytes.iter().take(room));
            }
            Ok(None) => {
                is_whole = true;
                break;
            }
            Ok(Some(Err(_))) | Err(_) => break,
        }
    }
    let answered = Answered { status: Ok(status), retry_after_s, answer: readable(&kept) };
    (answered, Some(connection).filter(|_| is_whole))
}

/// A text that people can read: without what would move the cursor or end the text.
fn readable(bytes: &[u8]) -> String {
    let is_shown = |character: &char| !character.is_control() || matches!(character, '\n' | '\t');
    String::from_utf8_lossy(bytes).chars().filter(is_shown).collect()
}

/// The seconds that `Retry-After` asks for (RFC 9110 section 10.2.3): as a number, or as a date.
fn seconds(text: &str, unix_seconds: i64) -> Option<i64> {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let asked = match text.parse::<u32>() {
        Ok(asked) => i64::from(asked),
        // Longer than anybody waits.
        Err(_) if is_number => i64::from(u32::MAX),
        Err(_) => DateTime::parse_from_rfc2822(text).ok()?.timestamp().saturating_sub(unix_seconds),
    };
    (asked > 0).then_some(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(status: Result<u16, Fault>) -> Attempt {
        Attempt { status, retry_after_s: None, answer: String::new(), duration_ms: 1 }
    }

    #[test]
    fn only_what_begins_with_a_two_is_taken() {
        for status in [200, 201, 202, 204, 299] {
            assert!(attempt(Ok(status)).is_taken() && attempt(Ok(status)).error().is_none(), "{status}");
        }
        for status in [199, 300, 301, 302, 304, 307, 308, 400, 401, 404, 410, 429, 500, 503] {
            assert!(!attempt(Ok(status)).is_taken() && attempt(Ok(status)).error().is_some(), "{status}");
        }
        assert!(attempt(Ok(410)).is_gone() && !attempt(Ok(404)).is_gone());
        let slow: Vec<_> = (400..600).filter(|status| attempt(Ok(*status)).is_slowing_down()).collect();
        assert_eq!(slow, [429, 502, 504]);
    }

    #[test]
    fn retry_after_is_a_number_or_a_date_to_come() {
        assert_eq!(seconds("120", 0), Some(120));
        assert_eq!(seconds(" 7 ", 0), Some(7));
        assert_eq!(seconds("99999999999", 0), Some(i64::from(u32::MAX)));
        assert_eq!(seconds("Fri, 31 Dec 1999 23:59:59 GMT", 946_684_739), Some(60));
        for text in ["", "0", "-5", "soon", "1e3", "Fri, 31 Dec 1999 23:59:59 GMT"] {
            assert_eq!(seconds(text, 1_790_000_000), None, "{text}");
        }
    }

    #[test]
    fn answers_are_shown_without_what_acts_on_a_terminal() {
        assert_eq!(readable(b"ok\x1b[31m\0\r\nred\xff"), "ok[31m\nred\u{fffd}");
    }
}
