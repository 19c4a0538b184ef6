//! A demo community's data, which outlives the servers that serve it: a directory, and on PostgreSQL a database.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::cluster::Cluster;
use crate::failure::{Context, Outcome};
use crate::process;

/// Enough for the payers, the merchant and those who only administer.
pub const MEMBERS: u32 = 1_100;
/// `verify` re-derives everything; this is for the longest ledger on the slowest disk.
const VERIFY_LIMIT_SECONDS: u64 = 600;
const SQLITE_FILE: &str = "counterfoil.db";
/// The server's program, as the build made it.
const PROGRAM: &str = env!("CARGO_BIN_EXE_counterfoil");
const DATABASE_VARIABLE: &str = "COUNTERFOIL_DATABASE_URL";
/// Settings of the bench and the tests, which are none of the server's.
const FOREIGN_PREFIXES: [&str; 2] = ["COUNTERFOIL_BENCH_", "COUNTERFOIL_TEST_"];

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Postgres,
    Sqlite,
}

impl Engine {
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Sqlite => "SQLite",
        }
    }
}

pub struct Site {
    data: PathBuf,
    /// Name and address of the database, on PostgreSQL.
    database: Option<(String, String)>,
    pub payments: u32,
}

impl Site {
    /// An empty place for a demo with that many payments of history; the first server fills it.
    pub fn new(name: &str, payments: u32, cluster: Option<&Cluster>, scratch: &Path) -> Outcome<Self> {
        let data = scratch.join(name);
        fs::create_dir(&data).context(format_args!("creating {}", data.display()))?;
        let database = match cluster {
            Some(cluster) => {
                let database = format!("counterfoil_bench_{name}");
                cluster.create(&database)?;
                let url = cluster.url(&database);
                Some((database, url))
            }
            None => None,
        };
        Ok(Self { data, database, payments })
    }

    /// A second place with the same data, on disk before this returns. No server may be serving the first.
    pub fn copy(&self, cluster: Option<&Cluster>) -> Outcome<Self> {
        let data = self.data.with_extension("copy");
        copy_directory(&self.data, &data)?;
        let database = match (&self.database, cluster) {
            (Some((from, _)), Some(cluster)) => {
                let to = format!("{from}_copy");
                cluster.copy(from, &to)?;
                let url = cluster.url(&to);
                Some((to, url))
            }
            _ => None,
        };
        Ok(Self { data, database, payments: self.payments })
    }

    /// Lets PostgreSQL do now what its autovacuum would do in the middle of a measurement.
    pub fn settle(&self, cluster: Option<&Cluster>) -> Outcome<()> {
        match (&self.database, cluster) {
            (Some((database, _)), Some(cluster)) => {
                cluster.psql(database, &["VACUUM ANALYZE", "CHECKPOINT"]).map(drop)
            }
            _ => Ok(()),
        }
    }

    pub fn remove(self, cluster: Option<&Cluster>) -> Outcome<()> {
        fs::remove_dir_all(&self.data).context(format_args!("removing {}", self.data.display()))?;
        match (&self.database, cluster) {
            (Some((database, _)), Some(cluster)) => cluster.drop(database),
            _ => Ok(()),
        }
    }

    /// The command that serves this site on a free port.
    pub fn demo(&self) -> Command {
        let mut command = self.program();
        match &self.database {
            Some((_, url)) => command.env(DATABASE_VARIABLE, url),
            None => command.env_remove(DATABASE_VARIABLE),
        };
        command.args(["demo", "--json", "--listen", "127.0.0.1:0", "--data"]).arg(&self.data);
        command.args(["--members", &MEMBERS.to_string(), "--payments", &self.payments.to_string()]);
        command
    }

    /// The address of the database.
    pub fn url(&self) -> String {
        match &self.database {
            Some((_, url)) => url.clone(),
            None => format!("sqlite:{}", self.data.join(SQLITE_FILE).display()),
        }
    }

    /// Has the program re-derive the whole ledger. No server may be serving this site.
    pub fn verify(&self) -> Outcome<()> {
        self.run(&["verify", "--json"], Duration::from_secs(VERIFY_LIMIT_SECONDS))
    }

    /// Runs the program on this site's database, to its end. No server may be serving the site.
    pub fn run(&self, arguments: &[&str], limit: Duration) -> Outcome<()> {
        let mut command = self.program();
        command.args(arguments).env(DATABASE_VARIABLE, self.url());
        process::run(&mut command, limit, &self.data).map(drop)
    }

    /// The folder of its data.
    pub fn folder(&self) -> &Path {
        &self.data
    }

    pub fn log_file(&self) -> PathBuf {
        self.data.with_extension("log")
    }

    /// The server with its defaults: of the environment only what concerns it, and no settings file of the checkout.
    fn program(&self) -> Command {
        let mut command = Command::new(PROGRAM);
        // Shops listen on loopback.
        command
            .env("COUNTERFOIL_WEBHOOK_ALLOW_HTTP", "true")
            .env("COUNTERFOIL_WEBHOOK_NETWORKS", "127.0.0.0/8");
        command.current_dir(&self.data);
        for (name, _) in env::vars_os() {
            if name
                .to_str()
                .is_some_and(|name| FOREIGN_PREFIXES.iter().any(|prefix| name.starts_with(prefix)))
            {
                command.env_remove(name);
            }
        }
        command
    }
}

fn copy_directory(from: &Path, to: &Path) -> Outcome<()> {
    let doing = || format!("copying {}", from.display());
    fs::create_dir(to).context(doing())?;
    for entry in fs::read_dir(from).context(doing())? {
        let entry = entry.context(doing())?;
        if entry.file_type().context(doing())?.is_file() {
            let copy = to.join(entry.file_name());
            fs::copy(entry.path(), &copy).context(doing())?;
            File::open(&copy).and_then(|file| file.sync_all()).context(doing())?;
        }
    }
    Ok(())
}
