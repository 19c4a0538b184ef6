//! What a long ledger costs: payments per second with a short and a long one side by side, and the start-up with the long one.

use crate::Bench;
use crate::failure::Outcome;
use crate::load::Shape;
use crate::options::Part;
use crate::report::{Figure, Target};
use crate::server::{Batches, Server};
use crate::sessions::Sessions;
use crate::site::{Engine, Site};
use crate::statistics::median;

/// A payment has two entries: 10,000 of them, and 1,000,000.
const SHORT_PAYMENTS: u32 = 5_000;
const LONG_PAYMENTS: u32 = 500_000;
const STARTS: usize = 5;
const START_SECONDS_MAX: f64 = 1.0;
/// The rate may not fall with the ledger's length; short runs scatter by about this much.
const LENGTH_RATIO_MIN: f64 = 0.85;

/// Either part or both: they share the long ledger, which takes the longest to make.
pub fn run(bench: &Bench, engine: Engine) -> Outcome<Vec<Figure>> {
    let mut figures = Vec::new();
    let long = bench.prepare(engine, "long", LONG_PAYMENTS)?;
    if bench.options.wants(Part::Startup) {
        figures.push(startup(engine, &long.0)?);
    }
    if bench.options.wants(Part::Length) {
        let short = bench.prepare(engine, "short", SHORT_PAYMENTS)?;
        figures.push(compare(bench, engine, [&short, &long])?);
        short.0.remove(bench.cluster_for(engine))?;
    }
    long.0.remove(bench.cluster_for(engine))?;
    Ok(figures)
}

/// From the start of the process to an answering `/readyz`.
fn startup(engine: Engine, long: &Site) -> Outcome<Figure> {
    let mut seconds = Vec::new();
    for start in 1..=STARTS {
        let server = Server::start(long, Batches::Default)?;
        println!("{}, start {start}: {:.3} s", engine.name(), server.started_in.as_secs_f64());
        seconds.push(server.started_in.as_secs_f64());
        server.stop()?;
    }
    Ok(Figure {
        name: format!("{}: start-up with {} payments", engine.name(), long.payments),
        unit: "s",
        ours: median(seconds),
        baseline: None,
        target: Some(Target::AtMost(START_SECONDS_MAX)),
    })
}

/// Each run pays on a fresh copy, because a few seconds of payments would make the short ledger a long one.
fn compare(bench: &Bench, engine: Engine, sides: [&(Site, Sessions); 2]) -> Outcome<Figure> {
    let mut rates = [Vec::new(), Vec::new()];
    for round in 1..=bench.options.length_rounds {
        for ((site, sessions), rates) in sides.into_iter().zip(&mut rates) {
            let copy = site.copy(bench.cluster_for(engine))?;
            let mut sessions = sessions.clone();
            let server = Server::start(&copy, Batches::Default)?;
            let run = bench.pay(&server, &mut sessions, Shape::Spread, bench.options.length_window)?;
            let entries = bench.runtime.block_on(sessions.entries(&server))?;
            server.stop()?;
            println!(
                "{}, {} payments of history, round {round}: {:.0} payments/s, p99 {:.2} ms, {entries} entries at the end",
                engine.name(),
                site.payments,
                run.rate,
                run.p99_ms
            );
            rates.push(run.rate);
            if round == bench.options.length_rounds {
                copy.verify()?;
            }
            copy.remove(bench.cluster_for(engine))?;
        }
    }
    let [short, long] = rates;
    Ok(Figure {
        name: format!("{}: {LONG_PAYMENTS} payments of history beside {SHORT_PAYMENTS}", engine.name()),
        unit: "/s",
        ours: median(long),
        baseline: Some(median(short)),
        target: Some(Target::AtLeast(LENGTH_RATIO_MIN)),
    })
}
