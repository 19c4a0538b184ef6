//! One running server: started on a site, known to answer, stopped by SIGTERM.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Context, Failure, Outcome};
use crate::process;
use crate::site::Site;

/// The first start writes the whole history through the ledger.
const START_LIMIT_SECONDS: u64 = 1_200;
/// A server that drains answers what waits and goes.
const STOP_LIMIT_SECONDS: u64 = 60;
const READY_POLL_MS: u64 = 2;
const READY_LIMIT_SECONDS: u64 = 30;
const LOG_TAIL_LINES: usize = 20;
/// How long a server may take to be done with what follows a long history in the background.
const SETTLE_LIMIT_SECONDS: u64 = 180;
/// What an idle server uses at most in a second, in the kernel's ticks of 10 ms.
const IDLE_TICKS_MAX: u64 = 10;
const BATCH_VARIABLE: &str = "COUNTERFOIL_LEDGER_BATCH_MAX";

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Batches {
    /// As the server comes.
    Default,
    /// One command per transaction: the baseline on SQLite.
    OfOne,
}

#[derive(Clone)]
pub struct Login {
    pub email: String,
    pub password: String,
    pub account: Option<String>,
    pub roles: Vec<String>,
}

pub struct Server {
    child: Child,
    log: std::path::PathBuf,
    pub address: SocketAddr,
    pub community: String,
    pub logins: Vec<Login>,
    /// From the start of the process to the first `/readyz` that says 200.
    pub started_in: Duration,
}

impl Server {
    pub fn start(site: &Site, batches: Batches) -> Outcome<Self> {
        let log = site.log_file();
        let mut command = site.demo();
        match batches {
            Batches::Default => command.env_remove(BATCH_VARIABLE),
            Batches::OfOne => command.env(BATCH_VARIABLE, "1"),
        };
        let stderr = File::create(&log).context(format_args!("creating {}", log.display()))?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr);
        let begun = Instant::now();
        let child = command.spawn().context("starting the server")?;
        // From here on a failure drops the server, which ends the process.
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server = Self {
            child,
            log,
            address,
            community: String::new(),
            logins: Vec::new(),
            started_in: Duration::ZERO,
        };
        let stdout = server.child.stdout.take().context("the server's stdout")?;
        let line = first_line(stdout).ok_or_else(|| server.failed("printed no line of logins"))?;
        server
            .read_line(&line)
            .map_err(|cause| server.failed(&format!("printed a line of another shape ({cause})")))?;
        while !is_ready(server.address) {
            if begun.elapsed() > Duration::from_secs(START_LIMIT_SECONDS.saturating_add(READY_LIMIT_SECONDS))
            {
                return Err(server.failed("was not ready in time"));
            }
            thread::sleep(Duration::from_millis(READY_POLL_MS));
        }
        server.started_in = begun.elapsed();
        Ok(server)
    }

    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the server has nothing to do: a history that was written in a minute keeps it busy a while longer with
    /// what comes after postings, which is not what is measured. Where the kernel does not tell, it waits no longer.
    pub fn settle(&self) -> Outcome<()> {
        let begun = Instant::now();
        let mut before = self.ticks();
        while begun.elapsed() < Duration::from_secs(SETTLE_LIMIT_SECONDS) {
            thread::sleep(Duration::from_secs(1));
            let now = self.ticks();
            match (before, now) {
                (Some(before), Some(now)) if now.saturating_sub(before) > IDLE_TICKS_MAX => {}
                _ => return Ok(()),
            }
            before = now;
        }
        Err(self.failed("is still busy with its history"))
    }

    /// The processor time that the server has used, in the kernel's ticks (fields 14 and 15 of `/proc/PID/stat`).
    fn ticks(&self) -> Option<u64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process_id())).ok()?;
        // The name, in brackets, may hold blanks.
        let (_, fields) = stat.rsplit_once(')')?;
        fields.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<u64>().ok()).sum()
    }

    /// SIGTERM, then the wait for an end in good order.
    pub fn stop(mut self) -> Outcome<()> {
        let id = self.child.id().to_string();
        let signalled = Command::new("kill").args(["-TERM", &id]).status().context("running kill")?;
        if !signalled.success() {
            return Err(self.failed("was gone before it was stopped"));
        }
        match process::wait(&mut self.child, Duration::from_secs(STOP_LIMIT_SECONDS))? {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(self.failed(&format!("ended with {status} on SIGTERM"))),
            None => Err(self.failed("did not end on SIGTERM")),
        }
    }

    /// The sentence with the end of the server's log below it.
    pub fn failed(&self, sentence: &str) -> Failure {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let tail = lines.get(lines.len().saturating_sub(LOG_TAIL_LINES)..).unwrap_or_default();
        Failure::new(format!("the server {sentence}\n{}", tail.join("\n")))
    }

    fn read_line(&mut self, line: &str) -> Outcome<()> {
        let said: serde_json::Value = serde_json::from_str(line).context("the line is no JSON")?;
        let text = |value: &serde_json::Value, name: &str| {
            value.get(name).and_then(|it| it.as_str()).map(str::to_owned)
        };
        let url = text(&said, "url").context("url")?;
        let authority = url.strip_prefix("http://").context("a url with http://")?.trim_end_matches('/');
        self.address = authority.parse().context("url")?;
        self.community = text(&said, "community").context("community")?;
        for login in said.get("logins").and_then(|logins| logins.as_array()).context("logins")? {
            let roles = login.get("roles").and_then(|roles| roles.as_array()).context("roles")?;
            self.logins.push(Login {
                email: text(login, "email").context("email")?,
                password: text(login, "password").context("password")?,
                account: text(login, "account"),
                roles: roles.iter().filter_map(|role| role.as_str()).map(str::to_owned).collect(),
            });
        }
        Ok(())
    }
}

impl Drop for Server {
    /// Only after a failure is it still running here.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The first line, read by a thread that afterwards swallows the rest, so that the server never waits for a reader.
fn first_line(stdout: ChildStdout) -> Option<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(stdout);
        let mut line = String::new();
        if reader.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
            let _ = sender.send(line);
        }
        drop(sender);
        let _ = std::io::copy(&mut reader, &mut std::io::sink());
    });
    receiver.recv_timeout(Duration::from_secs(START_LIMIT_SECONDS)).ok()
}

fn is_ready(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(READY_LIMIT_SECONDS)))?;
        stream.write_all(
            format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes(),
        )?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with(b"HTTP/1.1 200"))
}
