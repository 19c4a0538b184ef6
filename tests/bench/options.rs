//! Which parts to measure, for how long and how often: the command line and two environment variables.

use std::env;
use std::time::Duration;

use crate::failure::{Context, Failure, Outcome};

/// Length of one measured run against a baseline.
const WINDOW_SECONDS: u64 = 20;
/// Runs per side; the reported figure is their median.
const ROUNDS: usize = 3;
/// Length of one run on a ledger of a given length: short, so that the run itself hardly makes the ledger longer.
const LENGTH_WINDOW_SECONDS: u64 = 3;
/// Short runs scatter more, so there are more of them.
const LENGTH_ROUNDS: usize = 5;

/// Overrides the seconds of every run, for a quick try.
const SECONDS_VARIABLE: &str = "COUNTERFOIL_BENCH_SECONDS";
/// Overrides the rounds, for a quick try.
const ROUNDS_VARIABLE: &str = "COUNTERFOIL_BENCH_ROUNDS";

const USAGE: &str = "usage: cargo bench --bench payments [-- --only postgres|sqlite|length|startup|events|reads|quotes|bulk|health|limits|import|webhooks|checkouts …]";

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The server on PostgreSQL beside pgbench.
    Postgres,
    /// The server on SQLite beside the same server with batches of one.
    Sqlite,
    /// A short and a long ledger side by side, on both engines.
    Length,
    /// Start-up with a long ledger, on both engines.
    Startup,
    /// Wallets that listen, on both engines.
    Events,
    /// Balances and pages of a long ledger, on both engines.
    Reads,
    /// Quotes on a long ledger, on both engines.
    Quotes,
    /// A list of ten thousand payments, on both engines.
    Bulk,
    /// The health of a currency with a long ledger, on both engines.
    Health,
    /// A limit policy for 100,000 members, on both engines.
    Limits,
    /// A community from another system, on both engines.
    Import,
    /// Messages to a shop, on both engines.
    Webhooks,
    /// Checkouts made, on both engines.
    Checkouts,
}

pub struct Options {
    parts: Vec<Part>,
    pub window: Duration,
    pub rounds: usize,
    pub length_window: Duration,
    pub length_rounds: usize,
}

impl Options {
    pub fn parse(arguments: &[String]) -> Outcome<Self> {
        let mut parts = Vec::new();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--bench" => {}
                "--only" => parts.push(part(arguments.next().map_or("", String::as_str))?),
                _ => return Err(Failure::new(USAGE)),
            }
        }
        let seconds = number(SECONDS_VARIABLE)?;
        let rounds = number(ROUNDS_VARIABLE)?;
        let rounds = rounds.map(usize::try_from).transpose().context(ROUNDS_VARIABLE)?;
        Ok(Self {
            parts,
            window: Duration::from_secs(seconds.unwrap_or(WINDOW_SECONDS)),
            rounds: rounds.unwrap_or(ROUNDS),
            length_window: Duration::from_secs(
                seconds.unwrap_or(LENGTH_WINDOW_SECONDS).min(LENGTH_WINDOW_SECONDS),
            ),
            length_rounds: rounds.unwrap_or(LENGTH_ROUNDS),
        })
    }

    pub fn wants(&self, part: Part) -> bool {
        self.parts.is_empty() || self.parts.contains(&part)
    }

    /// All parts but SQLite's own have a half on PostgreSQL.
    pub fn wants_postgres(&self) -> bool {
        [
            Part::Postgres,
            Part::Length,
            Part::Startup,
            Part::Events,
            Part::Reads,
            Part::Quotes,
            Part::Bulk,
            Part::Health,
            Part::Limits,
            Part::Import,
            Part::Webhooks,
            Part::Checkouts,
        ]
        .into_iter()
        .any(|part| self.wants(part))
    }
}

fn part(name: &str) -> Outcome<Part> {
    match name {
        "postgres" => Ok(Part::Postgres),
        "sqlite" => Ok(Part::Sqlite),
        "length" => Ok(Part::Length),
        "startup" => Ok(Part::Startup),
        "events" => Ok(Part::Events),
        "reads" => Ok(Part::Reads),
        "quotes" => Ok(Part::Quotes),
        "bulk" => Ok(Part::Bulk),
        "health" => Ok(Part::Health),
        "limits" => Ok(Part::Limits),
        "import" => Ok(Part::Import),
        "webhooks" => Ok(Part::Webhooks),
        "checkouts" => Ok(Part::Checkouts),
        _ => Err(Failure::new(USAGE)),
    }
}

fn number(variable: &str) -> Outcome<Option<u64>> {
    let Ok(text) = env::var(variable) else {
        return Ok(None);
    };
    match text.parse() {
        Ok(number) if number > 0 => Ok(Some(number)),
        _ => Err(Failure::new(format!("{variable} must be a whole number above zero, not {text:?}"))),
    }
}
