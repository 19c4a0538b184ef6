//! `counterfoil export`: a community as the files that an import reads.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use clap::Args;

use super::progress::Progress;
use crate::config::Settings;
use crate::domain::community::CommunityCode;
use crate::export::archive;
use crate::services::exporting::Exporting;
use crate::storage::{Conn, Database, StorageError};
use crate::telemetry;

/// What to hand out, and where to.
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The community's short name.
    #[arg(long)]
    code: CommunityCode,
    /// The folder for its files: a new one, or an empty one. They tell of people.
    #[arg(long)]
    to: PathBuf,
}

/// What goes wrong on the way to the files.
#[derive(Debug)]
struct Failure(anyhow::Error);

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self(error.into())
    }
}

/// Writes one snapshot; the service may run meanwhile.
pub fn run(settings: &Settings, arguments: &ExportArguments) -> anyhow::Result<ExitCode> {
    telemetry::init_logs("warn", settings.log_format);
    let mut conn = Database::connect_for_inspection(&settings.database()?)?;
    let moved = conn.snapshot(|conn| write(conn, arguments).map_err(Failure)).map_err(|failure| failure.0)?;
    println!("{} is in {}, with {moved} lines of history.", arguments.code, arguments.to.display());
    println!("It is imported again with: counterfoil import {}", arguments.to.display());
    Ok(ExitCode::SUCCESS)
}

fn write(conn: &mut Conn, arguments: &ExportArguments) -> anyhow::Result<usize> {
    let Some(exporting) = Exporting::read(conn, &arguments.code)? else {
        bail!("there is no community {}", arguments.code);
    };
    let folder = &arguments.to;
    make_folder(folder)?;
    for (name, content) in archive::files(&exporting.archive) {
        create(folder, name)?
            .write_all(content.as_bytes())
            .with_context(|| format!("cannot write {name}"))?;
    }
    let mut history = BufWriter::new(create(folder, "history.csv")?);
    history.write_all(archive::HISTORY.as_bytes())?;
    let mut progress = Progress::new("written", exporting.entries());
    let mut lines = 0_usize;
    exporting
        .each_transfer(conn, |moved, seen| {
            let line = archive::history_line(&exporting.archive, moved);
            history.write_all(line.as_bytes()).map_err(|error| Failure(error.into()))?;
            lines += 1;
            progress.tell(seen);
            Ok::<(), Failure>(())
        })
        .map_err(|failure| failure.0)?;
    history.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
    Ok(lines)
}

/// A folder that only its owner looks into.
fn make_folder(folder: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if folder.exists() {
        let is_empty = fs::read_dir(folder)
            .with_context(|| format!("cannot read {}", folder.display()))?
            .next()
            .is_none();
        ensure!(is_empty, "{} is not empty", folder.display());
        return Ok(());
    }
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.with_context(|| format!("cannot make {}", folder.display()))
}

fn create(folder: &Path, name: &str) -> anyhow::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let path = folder.join(name);
    let opened = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
    opened.with_context(|| format!("cannot write {}", path.display()))
}
