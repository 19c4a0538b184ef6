//! The throw-away PostgreSQL cluster: where it is, its tools, and databases made and dropped by psql.

use std::env;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::failure::{Context, Failure, Outcome};
use crate::process;

const URL_VARIABLE: &str = "COUNTERFOIL_TEST_POSTGRES_URL";
const TOOLS_VARIABLE: &str = "COUNTERFOIL_TEST_POSTGRES_BIN";
/// Set for the second start, so that a script which exports nothing cannot make the bench start itself for ever.
const RESTARTED_VARIABLE: &str = "COUNTERFOIL_BENCH_RESTARTED";
/// Copying or vacuuming a database of a million entries is the longest of psql's errands.
const PSQL_LIMIT_SECONDS: u64 = 300;
/// What a durable server answers; anything else would compare nothing with nothing.
const DURABLE_SETTINGS: [&str; 3] = ["fsync", "synchronous_commit", "full_page_writes"];

pub struct Cluster {
    /// The superuser's address up to and without the name of a database.
    base: String,
    tools: Option<PathBuf>,
    scratch: PathBuf,
}

impl Cluster {
    /// The cluster that the environment names.
    pub fn connect(scratch: &Path) -> Outcome<Self> {
        let url = env::var(URL_VARIABLE).context(URL_VARIABLE)?;
        let (base, _) = url.rsplit_once('/').context(URL_VARIABLE)?;
        let cluster = Self {
            base: base.to_owned(),
            tools: env::var_os(TOOLS_VARIABLE).map(PathBuf::from),
            scratch: scratch.to_owned(),
        };
        cluster.require_durable()?;
        Ok(cluster)
    }

    pub fn url(&self, database: &str) -> String {
        format!("{}/{database}", self.base)
    }

    /// A tool of the server's own version, or the one on the PATH.
    pub fn tool(&self, name: &str) -> PathBuf {
        let own = self.tools.as_ref().map(|folder| folder.join(name));
        own.filter(|path| path.exists()).unwrap_or_else(|| PathBuf::from(name))
    }

    /// Runs each statement by itself and returns the unadorned rows.
    pub fn psql(&self, database: &str, statements: &[&str]) -> Outcome<String> {
        let mut command = self.psql_command(database);
        for statement in statements {
            command.args(["-c", statement]);
        }
        self.run(&mut command)
    }

    /// Runs a file of SQL; `variables` are psql's (`:name` in the file).
    pub fn psql_file(&self, database: &str, sql: &str, variables: &[(&str, u64)]) -> Outcome<()> {
        let file = self.scratch.join(format!("{database}.sql"));
        std::fs::write(&file, sql).context("writing SQL for psql")?;
        let mut command = self.psql_command(database);
        for (name, value) in variables {
            command.arg("-v").arg(format!("{name}={value}"));
        }
        self.run(command.arg("-f").arg(&file)).map(drop)
    }

    pub fn create(&self, database: &str) -> Outcome<()> {
        self.drop(database)?;
        self.psql("postgres", &[&format!("CREATE DATABASE {database}")]).map(drop)
    }

    pub fn copy(&self, from: &str, to: &str) -> Outcome<()> {
        self.drop(to)?;
        self.psql("postgres", &[&format!("CREATE DATABASE {to} TEMPLATE {from}")]).map(drop)
    }

    pub fn drop(&self, database: &str) -> Outcome<()> {
        self.psql("postgres", &[&format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)")]).map(drop)
    }

    /// Before each run, so that no side pays for pages that the other one left dirty.
    pub fn checkpoint(&self) -> Outcome<()> {
        self.psql("postgres", &["CHECKPOINT"]).map(drop)
    }

    fn require_durable(&self) -> Outcome<()> {
        for setting in DURABLE_SETTINGS {
            let value = self.psql("postgres", &[&format!("SHOW {setting}")])?;
            if value.trim() != "on" {
                return Err(Failure::new(format!(
                    "PostgreSQL runs with {setting}={}: not durable",
                    value.trim()
                )));
            }
        }
        Ok(())
    }

    fn psql_command(&self, database: &str) -> Command {
        let mut command = Command::new(self.tool("psql"));
        command.arg(self.url(database)).args(["--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1"]);
        // "does not exist, skipping" and the like are no news.
        command.env("PGOPTIONS", "-c client_min_messages=warning");
        command
    }

    fn run(&self, command: &mut Command) -> Outcome<String> {
        process::run(command, Duration::from_secs(PSQL_LIMIT_SECONDS), &self.scratch)
    }
}

/// Without a cluster in the environment this process becomes the script that starts one and then this bench again, so it
/// returns only with a cluster or an error. To be called before anything is made that must be removed at the end.
pub fn require(arguments: &[String]) -> Outcome<()> {
    if env::var_os(URL_VARIABLE).is_some() {
        return Ok(());
    }
    if env::var_os(RESTARTED_VARIABLE).is_some() {
        return Err(Failure::new(format!("tests/with-postgres did not export {URL_VARIABLE}")));
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("with-postgres");
    let bench = env::current_exe().context("finding this program")?;
    let mut command = Command::new(&script);
    // On the disk of the build where that is possible: a temporary directory in memory would make fsync free.
    command.env("TMPDIR", env!("CARGO_TARGET_TMPDIR")).env(RESTARTED_VARIABLE, "1");
    let cause = command.arg(bench).args(arguments).exec();
    Err(Failure::new(format!("{URL_VARIABLE} is not set, and {} did not start: {cause}", script.display())))
}
