//! The real program, as operators run it: another process, with nothing but its settings.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use counterfoil::storage::Database;
use secrecy::ExposeSecret;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{TestApp, TestDatabase};

/// Longer than anything here takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// The pause between two looks.
const LOOK: Duration = Duration::from_millis(5);

/// A run of the program.
pub struct Program {
    child: Child,
    output: Arc<Output>,
    readers: Vec<std::thread::JoinHandle<()>>,
    _folder: TempDir,
}

#[derive(Default)]
struct Output {
    lines: Mutex<Lines>,
    changed: Condvar,
}

#[derive(Default)]
struct Lines {
    out: Vec<String>,
    err: Vec<String>,
    is_over: bool,
}

/// A run that has ended.
#[derive(Debug)]
pub struct Finished {
    /// How.
    pub status: ExitStatus,
    /// What it wrote to standard output.
    pub out: String,
    /// What it wrote to standard error.
    pub err: String,
}

impl Finished {
    /// The exit code; a run that a signal ended has none.
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.status.code(), Some(code), "{self:?}");
        self
    }
}

/// A command line of the program, with no settings of this test's environment.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_counterfoil"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("COUNTERFOIL_")) {
        command.env_remove(name);
    }
    command.args(arguments);
    command
}

/// A command line of the program on a test's database.
pub fn command_on(database: &TestDatabase, arguments: &[&str]) -> Command {
    let mut command = command(arguments);
    command.env("COUNTERFOIL_DATABASE_URL", database.url_text().expose_secret());
    command
}

/// `serve` on a test's database and a free port, with few threads.
pub fn serve(database: &TestDatabase) -> Command {
    let mut command = command_on(database, &["serve"]);
    command
        .env("COUNTERFOIL_LISTEN", "127.0.0.1:0")
        .env("COUNTERFOIL_LOG_FORMAT", "json")
        .env("COUNTERFOIL_PUBLIC_URL", "https://river.example")
        .env("COUNTERFOIL_DATABASE_READERS_MAX", "4")
        .env("COUNTERFOIL_WEBHOOK_ALLOW_HTTP", "true")
        .env("COUNTERFOIL_WEBHOOK_NETWORKS", "127.0.0.0/8")
        .env("COUNTERFOIL_HTTP_WORKERS", "2");
    command
}

/// Runs a command line to its end.
pub fn finish(command: Command) -> Finished {
    Program::start(command).wait()
}

impl Program {
    /// Starts it in an empty folder.
    pub fn start(mut command: Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        if command.get_current_dir().is_none() {
            command.current_dir(folder.path());
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let output = Arc::new(Output::default());
        let out = read_lines(child.stdout.take().unwrap(), &output, |lines| &mut lines.out);
        let err = read_lines(child.stderr.take().unwrap(), &output, |lines| &mut lines.err);
        Self { child, output, readers: vec![out, err], _folder: folder }
    }

    /// Starts `serve` and waits until it serves. Gives where.
    pub fn serve(command: Command) -> (Self, SocketAddr) {
        let mut program = Self::start(command);
        let line = program.line_where(|lines| &lines.err, |line| line.contains("\"serving\""));
        let line: Value = serde_json::from_str(&line).unwrap();
        let address = line["http.address"].as_str().unwrap().parse().unwrap();
        (program, address)
    }

    /// The first line of standard output.
    pub fn first_line(&mut self) -> String {
        self.line_where(|lines| &lines.out, |_| true)
    }

    /// All lines of standard output so far.
    pub fn lines(&self) -> Vec<String> {
        self.output.lines.lock().unwrap().out.clone()
    }

    fn line_where(
        &mut self,
        stream: impl Fn(&Lines) -> &Vec<String>,
        is_it: impl Fn(&str) -> bool,
    ) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut lines = self.output.lines.lock().unwrap();
        loop {
            if let Some(line) = stream(&lines).iter().find(|line| is_it(line)) {
                return line.clone();
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !lines.is_over && !left.is_zero(),
                "the program did not say it: {:?} {:?}",
                lines.out,
                lines.err
            );
            lines = self.output.changed.wait_timeout(lines, left).unwrap().0;
        }
    }

    /// Sends a signal by its number's name, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let status =
            Command::new("kill").args([format!("-{name}"), self.child.id().to_string()]).status().unwrap();
        assert!(status.success(), "kill -{name}");
    }

    /// Ends the process at once, as `kill -9` does, and waits until it is gone.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for its end.
    #[track_caller]
    pub fn wait(mut self) -> Finished {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(
                Instant::now() < deadline,
                "the program did not end: {:?}",
                self.output.lines.lock().unwrap().err
            );
            std::thread::sleep(LOOK);
        };
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        let lines = self.output.lines.lock().unwrap();
        Finished { status, out: lines.out.join("\n"), err: lines.err.join("\n") }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            // Its test has failed, or has no more use for it.
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}

fn read_lines(
    stream: impl Read + Send + 'static,
    output: &Arc<Output>,
    place: fn(&mut Lines) -> &mut Vec<String>,
) -> std::thread::JoinHandle<()> {
    let output = Arc::clone(output);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            place(&mut output.lines.lock().unwrap()).push(line);
            output.changed.notify_all();
        }
        output.lines.lock().unwrap().is_over = true;
        output.changed.notify_all();
    })
}

/// Stops an app and starts it again, once its threads have let go of the database.
pub fn restart(app: &TestApp) {
    app.stop();
    wait_until("the database is free", || Database::open(&app.database.url(), 1).is_ok());
    app.restart();
}

/// Waits until something is so.
#[track_caller]
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::sleep(LOOK);
    }
}
