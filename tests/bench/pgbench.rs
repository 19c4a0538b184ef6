//! The baseline on PostgreSQL: pgbench calls `pay` of `baseline.sql` once per payment, with full durability.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::cluster::Cluster;
use crate::failure::{Context, Failure, Outcome};
use crate::load::{CONNECTIONS, Run, Shape, WARM_UP_SECONDS};
use crate::memory::Memory;
use crate::process;
use crate::statistics::Latencies;

const DATABASE: &str = "counterfoil_bench_pgbench";
const ACCOUNTS: u64 = 10_000;
/// In minor units; a payment moves one, so nobody comes near it.
const CREDIT_LIMIT_MINOR: u64 = 1_000_000;
const THREADS: u64 = 2;
/// Beyond a run's own length.
const GRACE_SECONDS: u64 = 60;
/// The column of pgbench's log that has a transaction's latency in microseconds.
const LATENCY_COLUMN: usize = 2;

pub struct Pgbench<'a> {
    cluster: &'a Cluster,
    folder: PathBuf,
}

impl<'a> Pgbench<'a> {
    pub fn create(cluster: &'a Cluster, scratch: &std::path::Path) -> Outcome<Self> {
        cluster.create(DATABASE)?;
        let variables = [("accounts", ACCOUNTS), ("credit_limit", CREDIT_LIMIT_MINOR)];
        cluster.psql_file(DATABASE, include_str!("baseline.sql"), &variables)?;
        let folder = scratch.join("pgbench");
        fs::create_dir(&folder).context("creating a folder for pgbench's logs")?;
        Ok(Self { cluster, folder })
    }

    /// The same warm-up and window as the load on the server.
    pub fn run(&self, shape: Shape, window: Duration) -> Outcome<Run> {
        let script = self.folder.join("script");
        fs::write(&script, script_of(shape)).context("writing pgbench's script")?;
        self.pgbench(&script, Duration::from_secs(WARM_UP_SECONDS))?;
        self.remove_logs()?;
        let printed = self.pgbench(&script, window)?;
        let rate = printed
            .lines()
            .find_map(|line| line.strip_prefix("tps = ")?.split_whitespace().next()?.parse().ok());
        let latencies = Latencies::new(self.read_logs()?)?;
        Ok(Run {
            rate: rate.context("the rate that pgbench prints")?,
            p50_ms: latencies.percentile_ms(50),
            p99_ms: latencies.percentile_ms(99),
            memory: Memory::default(),
        })
    }

    /// That the baseline did what it was measured for: every payment is there, with both its entries and its key.
    pub fn finish(self) -> Outcome<()> {
        let sums = "SELECT (SELECT sum(balance) FROM accounts), (SELECT sum(amount) FROM entries),
            (SELECT count(*) FROM entries) - 2 * (SELECT count(*) FROM transfers),
            (SELECT count(*) FROM idempotency_keys) - (SELECT count(*) FROM transfers)";
        match self.cluster.psql(DATABASE, &[sums])?.trim() {
            "0|0|0|0" => self.cluster.drop(DATABASE),
            other => Err(Failure::new(format!("the baseline's books do not balance: {other}"))),
        }
    }

    fn pgbench(&self, script: &std::path::Path, window: Duration) -> Outcome<String> {
        let mut command = Command::new(self.cluster.tool("pgbench"));
        command.args(["-n", "-M", "prepared", "-c", &CONNECTIONS.to_string(), "-j", &THREADS.to_string()]);
        command
            .args(["-T", &window.as_secs().to_string(), "-l", "--log-prefix"])
            .arg(self.folder.join("log"));
        command.arg("-f").arg(script).arg(self.cluster.url(DATABASE)).current_dir(&self.folder);
        process::run(&mut command, window.saturating_add(Duration::from_secs(GRACE_SECONDS)), &self.folder)
    }

    fn log_files(&self) -> Outcome<Vec<PathBuf>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder).context("reading pgbench's logs")? {
            let entry = entry.context("reading pgbench's logs")?;
            if entry.file_name().to_string_lossy().starts_with("log.") {
                files.push(entry.path());
            }
        }
        Ok(files)
    }

    fn remove_logs(&self) -> Outcome<()> {
        self.log_files()?.iter().try_for_each(fs::remove_file).context("removing pgbench's logs")
    }

    fn read_logs(&self) -> Outcome<Vec<u32>> {
        let mut latencies_us = Vec::new();
        for file in self.log_files()? {
            for line in fs::read_to_string(&file).context("reading pgbench's logs")?.lines() {
                let column = line.split(' ').nth(LATENCY_COLUMN).context("a latency in pgbench's log")?;
                latencies_us
                    .push(column.parse().context(format_args!("a latency in pgbench's log, {column:?}"))?);
            }
        }
        self.remove_logs()?;
        Ok(latencies_us)
    }
}

/// A random key each; nobody pays itself. The one merchant has the highest id: locked last, so held for the shortest time.
fn script_of(shape: Shape) -> String {
    let parties = match shape {
        Shape::Spread => {
            let others = ACCOUNTS.saturating_sub(2);
            format!(
                "\\set payer random(1, {ACCOUNTS})\n\\set payee 1 + (:payer + random(0, {others})) % {ACCOUNTS}\n"
            )
        }
        Shape::OneMerchant => {
            let last_payer = ACCOUNTS.saturating_sub(1);
            format!("\\set payer random(1, {last_payer})\n\\set payee {ACCOUNTS}\n")
        }
    };
    format!("\\set key random(1, 9223372036854775806)\n{parties}SELECT pay(:key, :payer, :payee, 1);\n")
}
