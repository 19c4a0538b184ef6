//! Payments per second, latency, memory and start-up through HTTP, on both engines and beside their baselines.
//!
//! `cargo bench --bench payments` measures everything (about 20 minutes); `-- --only
//! postgres|sqlite|length|startup|events|reads|quotes|bulk|health|limits|import|webhooks|checkouts` a part.
//! `COUNTERFOIL_BENCH_SECONDS` and `COUNTERFOIL_BENCH_ROUNDS` make it shorter. PostgreSQL is the one that
//! `COUNTERFOIL_TEST_POSTGRES_URL` names, else a throw-away cluster of `tests/with-postgres`.
//! Falling short of a target is told and is no error; what did not work is one.

mod checkouts;
mod cluster;
mod events;
mod failure;
mod health;
mod http;
mod import;
mod length;
mod limits;
mod load;
mod memory;
mod options;
mod pgbench;
mod process;
mod random;
mod reads;
mod report;
mod server;
mod sessions;
mod site;
mod statistics;
mod versus;
mod ways;
mod webhooks;

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::runtime::Runtime;

use cluster::Cluster;
use failure::{Context, Outcome};
use load::{Asked, Run, Shape};
use options::{Options, Part};
use server::{Batches, Server};
use sessions::Sessions;
use site::{Engine, Site};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test` starts benches too, without this word, to see that they still run.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("payments: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Outcome<()> {
    let options = Options::parse(arguments)?;
    if options.wants_postgres() {
        cluster::require(arguments)?;
    }
    let bench = Bench::new(options)?;
    let mut figures = Vec::new();
    if bench.options.wants(Part::Postgres) {
        figures.extend(versus::postgres(&bench)?);
    }
    if bench.options.wants(Part::Sqlite) {
        figures.extend(versus::sqlite(&bench)?);
    }
    if bench.options.wants(Part::Length) || bench.options.wants(Part::Startup) {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            figures.extend(length::run(&bench, engine)?);
        }
    }
    for engine in [Engine::Sqlite, Engine::Postgres] {
        if bench.options.wants(Part::Events) {
            figures.extend(events::run(&bench, engine)?);
        }
        if bench.options.wants(Part::Reads) {
            figures.extend(reads::run(&bench, engine)?);
        }
        if bench.options.wants(Part::Quotes) {
            figures.push(ways::quotes(&bench, engine)?);
        }
        if bench.options.wants(Part::Bulk) {
            figures.push(ways::bulk(&bench, engine)?);
        }
        if bench.options.wants(Part::Health) {
            figures.push(health::run(&bench, engine)?);
        }
        if bench.options.wants(Part::Limits) {
            figures.extend(limits::run(&bench, engine)?);
        }
        if bench.options.wants(Part::Checkouts) {
            figures.push(checkouts::run(&bench, engine)?);
        }
        if bench.options.wants(Part::Import) {
            figures.push(import::run(&bench, engine)?);
        }
        if bench.options.wants(Part::Webhooks) {
            figures.extend(webhooks::run(&bench, engine)?);
        }
    }
    report::print(&figures);
    Ok(())
}

/// What all parts share.
pub(crate) struct Bench {
    pub(crate) options: Options,
    /// One thread, because the load has to leave the machine to what is measured.
    pub(crate) runtime: Runtime,
    cluster: Option<Cluster>,
    scratch: TempDir,
}

impl Bench {
    fn new(options: Options) -> Outcome<Self> {
        // On the disk of the build, because temporary directories may be in memory, where fsync costs nothing.
        let scratch = TempDir::with_prefix_in("payments-", env!("CARGO_TARGET_TMPDIR"))
            .context("creating a directory")?;
        let cluster = if options.wants_postgres() { Some(Cluster::connect(scratch.path())?) } else { None };
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting tokio")?;
        Ok(Self { options, runtime, cluster, scratch })
    }

    pub(crate) fn scratch(&self) -> &Path {
        self.scratch.path()
    }

    pub(crate) fn cluster(&self) -> Outcome<&Cluster> {
        self.cluster.as_ref().context("a PostgreSQL cluster")
    }

    pub(crate) fn cluster_for(&self, engine: Engine) -> Option<&Cluster> {
        self.cluster.as_ref().filter(|_| engine == Engine::Postgres)
    }

    /// Fills a new site, signs everybody in, and leaves it stopped.
    pub(crate) fn prepare(&self, engine: Engine, name: &str, payments: u32) -> Outcome<(Site, Sessions)> {
        let cluster = self.cluster_for(engine);
        let name = format!("{}_{name}", engine.name().to_lowercase());
        let site = Site::new(&name, payments, cluster, self.scratch())?;
        let begun = Instant::now();
        let server = Server::start(&site, Batches::Default)?;
        println!(
            "{}: {payments} payments of history written in {:.1} s",
            engine.name(),
            begun.elapsed().as_secs_f64()
        );
        let begun = Instant::now();
        let sessions = self.runtime.block_on(Sessions::open(&server))?;
        println!("{}: everybody signed in in {:.1} s", engine.name(), begun.elapsed().as_secs_f64());
        server.stop()?;
        site.settle(cluster)?;
        Ok((site, sessions))
    }

    /// One run with fresh tokens against a server that was just started.
    pub(crate) fn pay(
        &self,
        server: &Server,
        sessions: &mut Sessions,
        shape: Shape,
        window: Duration,
    ) -> Outcome<Run> {
        self.runtime.block_on(sessions.refresh(server.address))?;
        if let Some(cluster) = &self.cluster {
            cluster.checkpoint()?;
        }
        let asked = (Asked::Payment, shape);
        let paying = load::run(server.address, server.process_id(), sessions, asked, window);
        self.runtime
            .block_on(paying)
            .map_err(|failure| server.failed(&format!("did not take the load: {failure}")))
    }
}
