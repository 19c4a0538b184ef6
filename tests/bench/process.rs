//! Helper programs with a time limit: what they print is collected, and a failing one is an error that says why.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Context, Failure, Outcome};

const POLL_MS: u64 = 10;

/// Runs the command to its end and returns what it wrote to stdout. Both streams go to unnamed files in `scratch`, so that
/// a talkative program never waits for a reader.
pub fn run(command: &mut Command, limit: Duration, scratch: &Path) -> Outcome<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut stdout = tempfile::tempfile_in(scratch).context("creating a file for output")?;
    let mut stderr = tempfile::tempfile_in(scratch).context("creating a file for output")?;
    command
        .stdin(Stdio::null())
        .stdout(stdout.try_clone().context("sharing a file")?)
        .stderr(stderr.try_clone().context("sharing a file")?);
    let mut child = command.spawn().context(format_args!("starting {program}"))?;
    let status = wait(&mut child, limit)?;
    let printed = text(&mut stdout)?;
    match status {
        Some(status) if status.success() => Ok(printed),
        Some(status) => Err(Failure::new(format!("{program}: {status}\n{printed}{}", text(&mut stderr)?))),
        None => {
            // It may end between the look and the kill; either way it is gone afterwards.
            let _ = child.kill();
            let _ = child.wait();
            Err(Failure::new(format!("{program} did not end within {} s", limit.as_secs())))
        }
    }
}

/// Waits for the child's end, or returns `None` when the limit is over.
pub fn wait(child: &mut Child, limit: Duration) -> Outcome<Option<ExitStatus>> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().context("waiting for a child process")? {
            return Ok(Some(status));
        }
        if begun.elapsed() > limit {
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(POLL_MS));
    }
}

fn text(file: &mut File) -> Outcome<String> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))
        .and_then(|_| file.read_to_end(&mut bytes))
        .context("reading a program's output")?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
