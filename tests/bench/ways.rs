//! Other ways to pay: what a payment would do, and ten thousand payments at once.

use std::time::Instant;

use serde_json::{Value, json};

use crate::Bench;
use crate::failure::{Context, Failure, Outcome};
use crate::http::Connection;
use crate::load::{self, Asked, Shape};
use crate::report::{Figure, Target};
use crate::server::{Batches, Server};
use crate::sessions::{self, Sessions};
use crate::site::Engine;
use crate::statistics::median;

/// A ledger of a million entries.
const QUOTED_PAYMENTS: u32 = 500_000;
/// A demo of the usual size.
const BULK_PAYMENTS: u32 = 300;
const BULK_LINES: usize = 10_000;
/// As often as the payer's limit allows lists of this size.
const BULK_ROUNDS: usize = 4;
const QUOTES_PER_SECOND_MIN: f64 = 10_000.0;
const BULK_SECONDS_MAX: f64 = 2.0;

/// Quotes a second, from as many payers as pay elsewhere.
pub fn quotes(bench: &Bench, engine: Engine) -> Outcome<Figure> {
    let (site, mut sessions) = bench.prepare(engine, "quotes", QUOTED_PAYMENTS)?;
    let server = Server::start(&site, Batches::Default)?;
    server.settle()?;
    let mut rates = Vec::new();
    for round in 1..=bench.options.rounds {
        bench.runtime.block_on(sessions.refresh(server.address))?;
        let asked = (Asked::Quote, Shape::Spread);
        let quoting =
            load::run(server.address, server.process_id(), &sessions, asked, bench.options.length_window);
        let run = bench.runtime.block_on(quoting)?;
        println!("{}, round {round}: {:.0} quotes/s, p99 {:.2} ms", engine.name(), run.rate, run.p99_ms);
        rates.push(run.rate);
    }
    server.stop()?;
    site.remove(bench.cluster_for(engine))?;
    Ok(Figure {
        name: format!("{}: quotes with {QUOTED_PAYMENTS} payments of history", engine.name()),
        unit: "/s",
        ours: median(rates),
        baseline: None,
        // Told beside it on PostgreSQL, where each asks the server once.
        target: (engine == Engine::Sqlite).then_some(Target::AtLeast(QUOTES_PER_SECOND_MIN)),
    })
}

/// Seconds from sending a list to its answer.
pub fn bulk(bench: &Bench, engine: Engine) -> Outcome<Figure> {
    let (site, mut sessions) = bench.prepare(engine, "bulk", BULK_PAYMENTS)?;
    let server = Server::start(&site, Batches::Default)?;
    bench.runtime.block_on(sessions.refresh(server.address))?;
    let mut seconds = Vec::new();
    for round in 1..=BULK_ROUNDS {
        let took = bench.runtime.block_on(post_list(&server, &sessions, round))?;
        println!("{}, round {round}: {BULK_LINES} lines in {took:.3} s", engine.name());
        seconds.push(took);
    }
    server.stop()?;
    site.verify()?;
    site.remove(bench.cluster_for(engine))?;
    Ok(Figure {
        name: format!("{}: {BULK_LINES} lines posted in one go", engine.name()),
        unit: "s",
        ours: median(seconds),
        baseline: None,
        target: Some(Target::AtMost(BULK_SECONDS_MAX)),
    })
}

async fn post_list(server: &Server, sessions: &Sessions, round: usize) -> Outcome<f64> {
    // The demo's shop, which may go further down than others.
    let payer = sessions.payers.get(1).context("the shop")?;
    let payees: Vec<_> = sessions.payers.iter().filter(|payee| payee.account != payer.account).collect();
    let line = |number: usize| {
        let payee = payees.get(number % payees.len().max(1))?;
        Some(json!({"payer": payer.account, "payee": payee.account, "amount": "0.01",
            "description": format!("Share {round}-{number}")}))
    };
    let lines: Vec<Value> = (0..BULK_LINES).filter_map(line).collect();
    let path = "/api/v1/payments/bulk";
    let body = json!({"payments": lines});
    let request = sessions::request("POST", path, server.address, Some(&payer.access_token), &body);
    let request = with_key(&request, &format!("bulk-{round}"))?;
    let mut connection = Connection::open(server.address).await?;
    let begun = Instant::now();
    let answer = connection.exchange(&request).await?;
    let took = begun.elapsed().as_secs_f64();
    match answer.status {
        201 => Ok(took),
        _ => Err(Failure::new(format!("posting a list: {}", answer.text()))),
    }
}

/// The request with an idempotency key after its first line.
fn with_key(request: &[u8], key: &str) -> Outcome<Vec<u8>> {
    let first_line = request.iter().position(|byte| *byte == b'\n').context("a request's first line")?;
    let (head, rest) = request.split_at(first_line.saturating_add(1));
    Ok([head, format!("Idempotency-Key: {key}\r\n").as_bytes(), rest].concat())
}
