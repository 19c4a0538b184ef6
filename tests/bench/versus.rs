//! The server against a baseline, alternating: pgbench on PostgreSQL, the same server with batches of one on SQLite.

use crate::Bench;
use crate::failure::Outcome;
use crate::load::{Run, Shape};
use crate::pgbench::Pgbench;
use crate::report::{Figure, Target};
use crate::server::{Batches, Server};
use crate::sessions::Sessions;
use crate::site::{Engine, Site};
use crate::statistics::median;

/// A few hundred payments of history, as the demo has by itself.
const HISTORY_PAYMENTS: u32 = 300;
const POSTGRES_SPREAD_RATIO_MIN: f64 = 3.0;
const POSTGRES_ONE_MERCHANT_RATIO_MIN: f64 = 10.0;
const SQLITE_RATIO_MIN: f64 = 3.0;
const P99_RATIO_MAX: f64 = 1.0;
const RESIDENT_MIB_MAX: f64 = 150.0;

/// All runs of both sides in one shape.
struct Duel {
    ours: Vec<Run>,
    baseline: Vec<Run>,
}

pub fn postgres(bench: &Bench) -> Outcome<Vec<Figure>> {
    let cluster = bench.cluster()?;
    let pgbench = Pgbench::create(cluster, bench.scratch())?;
    let (site, mut sessions) = bench.prepare(Engine::Postgres, "versus", HISTORY_PAYMENTS)?;
    let mut figures = Vec::new();
    let mut peaks_mib = Vec::new();
    for (shape, ratio_min) in
        [(Shape::Spread, POSTGRES_SPREAD_RATIO_MIN), (Shape::OneMerchant, POSTGRES_ONE_MERCHANT_RATIO_MIN)]
    {
        let title = format!("PostgreSQL, {}", shape.name());
        let duel = Duel::fight(
            bench,
            &title,
            &mut || measure(bench, &site, &mut sessions, shape, Batches::Default),
            &mut || {
                cluster.checkpoint()?;
                pgbench.run(shape, bench.options.window)
            },
        )?;
        figures.extend(duel.figures(&title, ratio_min, Some(Target::AtMost(P99_RATIO_MAX))));
        peaks_mib.extend(duel.ours.iter().map(|run| run.memory.peak_mib));
    }
    figures.push(resident(Engine::Postgres, peaks_mib));
    pgbench.finish()?;
    site.verify()?;
    site.remove(Some(cluster))?;
    Ok(figures)
}

pub fn sqlite(bench: &Bench) -> Outcome<Vec<Figure>> {
    let (site, sessions) = bench.prepare(Engine::Sqlite, "versus", HISTORY_PAYMENTS)?;
    // Both sides serve the same site in turn, so both rotate the same sessions.
    let sessions = std::cell::RefCell::new(sessions);
    let title = "SQLite, spread";
    let serve = |batches| measure(bench, &site, &mut sessions.borrow_mut(), Shape::Spread, batches);
    let duel = Duel::fight(bench, title, &mut || serve(Batches::Default), &mut || serve(Batches::OfOne))?;
    let mut figures = duel.figures(title, SQLITE_RATIO_MIN, None);
    figures.push(resident(Engine::Sqlite, duel.ours.iter().map(|run| run.memory.peak_mib)));
    site.verify()?;
    site.remove(None)?;
    Ok(figures)
}

/// One run of a server that is started for it and stopped after it: what is not measured does not run.
fn measure(
    bench: &Bench,
    site: &Site,
    sessions: &mut Sessions,
    shape: Shape,
    batches: Batches,
) -> Outcome<Run> {
    let server = Server::start(site, batches)?;
    let run = bench.pay(&server, sessions, shape, bench.options.window)?;
    server.stop()?;
    Ok(run)
}

impl Duel {
    fn fight(
        bench: &Bench,
        title: &str,
        ours: &mut dyn FnMut() -> Outcome<Run>,
        baseline: &mut dyn FnMut() -> Outcome<Run>,
    ) -> Outcome<Self> {
        let mut duel = Self { ours: Vec::new(), baseline: Vec::new() };
        for round in 1..=bench.options.rounds {
            let run = ours()?;
            tell(title, round, "ours", &run);
            duel.ours.push(run);
            let run = baseline()?;
            tell(title, round, "baseline", &run);
            duel.baseline.push(run);
        }
        Ok(duel)
    }

    fn figures(&self, title: &str, ratio_min: f64, p99_target: Option<Target>) -> Vec<Figure> {
        let figure = |name: &str, unit, of: fn(&Run) -> f64, target| Figure {
            name: format!("{title}: {name}"),
            unit,
            ours: median(self.ours.iter().map(of)),
            baseline: Some(median(self.baseline.iter().map(of))),
            target,
        };
        vec![
            figure("payments", "/s", |run| run.rate, Some(Target::AtLeast(ratio_min))),
            figure("p50", "ms", |run| run.p50_ms, None),
            figure("p99", "ms", |run| run.p99_ms, p99_target),
        ]
    }
}

fn tell(title: &str, round: usize, side: &str, run: &Run) {
    let memory = if run.memory.peak_mib > 0.0 {
        format!(", resident {:.0} MiB (highest mark {:.0})", run.memory.sampled_mib, run.memory.peak_mib)
    } else {
        String::new()
    };
    println!(
        "{title}, round {round}, {side}: {:.0} payments/s, p50 {:.2} ms, p99 {:.2} ms{memory}",
        run.rate, run.p50_ms, run.p99_ms
    );
}

/// The highest of all runs, not the median: it is a bound.
fn resident(engine: Engine, peaks_mib: impl IntoIterator<Item = f64>) -> Figure {
    Figure {
        name: format!("{}: resident memory, highest", engine.name()),
        unit: "MiB",
        ours: peaks_mib.into_iter().fold(0.0, f64::max),
        baseline: None,
        target: Some(Target::AtMost(RESIDENT_MIB_MAX)),
    }
}
