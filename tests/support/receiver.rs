//! A machine on loopback that is told things: it takes them, or does what receivers do to their senders.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use serde_json::Value;

/// Longer than anything takes to arrive on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a receiver does with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Answers with this status, these further lines of the head, and this body.
    Status(u16, &'static str, &'static str),
    /// Says nothing until the sender has gone.
    Silence,
    /// Closes the connection.
    Close,
    /// Takes it, with a body that never ends.
    Endless,
    /// Answers with what is no HTTP.
    Garbage,
    /// Begins an answer's head, and says nothing more.
    HalfHead,
    /// Takes it, begins to say something, and says nothing more.
    HalfBody,
    /// Answers with a head that never ends.
    EndlessHead,
    /// Answers once and once more, with these statuses.
    Twice(u16, u16),
}

impl Answer {
    /// Takes it.
    pub const TAKEN: Self = Self::Status(204, "", "");
}

/// A message as it came.
#[derive(Debug, Clone)]
pub struct Received {
    /// The path of the request.
    pub path: String,
    /// Its headers, with names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub bytes: Vec<u8>,
    /// The body.
    pub body: Value,
}

impl Received {
    /// A header, which must be there once.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let mut all = self.headers.iter().filter(|(known, _)| known == name);
        let (_, value) = all.next().unwrap_or_else(|| panic!("no {name}: {self:?}"));
        assert!(all.next().is_none(), "{name} comes twice");
        value
    }

    /// The message's id.
    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }

    /// The event's place.
    pub fn event_seq(&self) -> i64 {
        self.body["event_seq"].as_i64().unwrap_or_else(|| panic!("no place: {}", self.body))
    }
}

/// The machine. It goes on until it is dropped.
pub struct Receiver {
    /// Where it listens.
    pub port: u16,
    received: Mutex<mpsc::Receiver<Received>>,
    shared: Arc<Shared>,
}

struct Shared {
    /// What is done with the messages to come; then with all others.
    next: Mutex<VecDeque<Answer>>,
    usual: Mutex<Answer>,
    is_over: AtomicBool,
    connections: AtomicUsize,
    received: Mutex<mpsc::Sender<Received>>,
}

impl Default for Receiver {
    fn default() -> Self {
        Self::new()
    }
}

impl Receiver {
    /// One that takes everything.
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, received) = mpsc::channel();
        let shared = Arc::new(Shared {
            next: Mutex::default(),
            usual: Mutex::new(Answer::TAKEN),
            is_over: AtomicBool::new(false),
            connections: AtomicUsize::new(0),
            received: Mutex::new(sender),
        });
        let of_thread = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if of_thread.is_over.load(Ordering::SeqCst) {
                    return;
                }
                of_thread.connections.fetch_add(1, Ordering::SeqCst);
                let of_connection = Arc::clone(&of_thread);
                std::thread::spawn(move || of_connection.serve(&stream));
            }
        });
        Self { port, received: Mutex::new(received), shared }
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    /// What it does from now on.
    pub fn usually(&self, answer: Answer) {
        *lock(&self.shared.usual) = answer;
    }

    /// What it does with the messages that come next.
    pub fn first(&self, answers: impl IntoIterator<Item = Answer>) {
        lock(&self.shared.next).extend(answers);
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// The next message.
    #[track_caller]
    pub fn next(&self) -> Received {
        lock(&self.received).recv_timeout(PATIENCE).expect("a message")
    }

    /// A message that has come already, if there is one.
    pub fn waiting(&self) -> Option<Received> {
        lock(&self.received).try_recv().ok()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        // It wakes up to see that.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
    }
}

impl Shared {
    fn serve(&self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        let mut writer = stream;
        while let Some(received) = read(&mut reader) {
            let answer = lock(&self.next).pop_front().unwrap_or_else(|| lock(&self.usual).clone());
            // The test may be over.
            drop(lock(&self.received).send(received));
            let written = match answer {
                Answer::Status(204, lines, _) => {
                    writer.write_all(format!("HTTP/1.1 204 No Content\r\n{lines}\r\n").as_bytes())
                }
                Answer::Status(status, lines, body) => {
                    let length = body.len();
                    let head =
                        format!("HTTP/1.1 {status} Said\r\ncontent-length: {length}\r\n{lines}\r\n{body}");
                    writer.write_all(head.as_bytes())
                }
                Answer::Silence => return wait_for_the_end(&mut reader),
                Answer::HalfHead => {
                    drop(writer.write_all(b"HTTP/1.1 200 OK\r\nx-bread: ry"));
                    return wait_for_the_end(&mut reader);
                }
                Answer::HalfBody => {
                    drop(writer.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\nwe have"));
                    return wait_for_the_end(&mut reader);
                }
                Answer::EndlessHead => {
                    drop(writer.write_all(b"HTTP/1.1 200 OK\r\n"));
                    while writer.write_all(b"x-bread: rye\r\n").is_ok() {}
                    return;
                }
                Answer::Twice(first, second) => {
                    let head = |status| format!("HTTP/1.1 {status} Said\r\ncontent-length: 0\r\n\r\n");
                    writer.write_all(format!("{}{}", head(first), head(second)).as_bytes())
                }
                Answer::Close => return,
                Answer::Endless => {
                    drop(writer.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"));
                    while writer.write_all(b"400\r\n").is_ok()
                        && writer.write_all(&[b'x'; 1_024]).is_ok()
                        && writer.write_all(b"\r\n").is_ok()
                    {}
                    return;
                }
                Answer::Garbage => {
                    drop(writer.write_all(b"SSH-2.0-OpenSSH_9.9\r\n\r\n"));
                    return;
                }
            };
            if written.is_err() {
                return;
            }
        }
    }
}

/// Reads until the sender has gone.
fn wait_for_the_end(reader: &mut impl BufRead) {
    let mut rest = [0];
    drop(reader.read(&mut rest));
}

fn read(reader: &mut impl BufRead) -> Option<Received> {
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let path = first.split(' ').nth(1)?.to_owned();
    if !first.starts_with("POST ") || !first.ends_with(" HTTP/1.1\r\n") {
        return None;
    }
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length")?.1.parse().ok()?;
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes).ok()?;
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Some(Received { path, headers, bytes, body })
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
