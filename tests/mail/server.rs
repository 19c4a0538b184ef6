//! A real mail server: a process of its own on loopback, one for each test.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

/// The variable that names a Python with aiosmtpd. `tests/with-mail-server` sets it.
const PYTHON: &str = "COUNTERFOIL_TEST_MAIL_PYTHON";

/// A running mail server. It ends with its test.
pub struct MailServer {
    child: Child,
    pipes: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    port: u64,
}

impl MailServer {
    /// A server that takes mails from anyone.
    pub fn start() -> Self {
        Self::with_arguments(&[])
    }

    /// A server that wants a login, `USER:PASSWORD`.
    pub fn with_login(login: &str) -> Self {
        Self::with_arguments(&[login])
    }

    fn with_arguments(arguments: &[&str]) -> Self {
        let python = std::env::var_os(PYTHON).unwrap_or_else(|| {
            panic!("these tests need a mail server, and {PYTHON} is not set: run them with tests/run, or beneath tests/with-mail-server")
        });
        let mut child = Command::new(python)
            .args(["-W", "ignore"])
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mail/server.py"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the mail server starts");
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut server = Self { child, pipes: Mutex::new((input, output)), port: 0 };
        let first = server.read();
        server.port = first["port"].as_u64().expect("the mail server says where it listens");
        server
    }

    fn read(&self) -> Value {
        let mut line = String::new();
        self.pipes.lock().unwrap_or_else(PoisonError::into_inner).1.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("the mail server said {line:?}: {error}"))
    }

    /// Tells the server what to do from now on; `tests/mail/server.py` lists the commands.
    pub fn tell(&self, command: &str) -> Value {
        writeln!(self.pipes.lock().unwrap_or_else(PoisonError::into_inner).0, "{command}").unwrap();
        self.read()
    }

    /// Everything that it has accepted, in order.
    pub fn accepted(&self) -> Vec<Value> {
        self.tell("list")["accepted"].as_array().unwrap().clone()
    }

    /// How many mails were begun.
    pub fn begun(&self) -> u64 {
        self.tell("list")["begun"].as_u64().unwrap()
    }

    /// Its address for the settings, behind a scheme and perhaps a login.
    pub fn url(&self, before: &str) -> String {
        format!("{before}127.0.0.1:{}", self.port)
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
