//! Reading how a currency is doing with a long ledger: the whole dashboard, one after the other.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::Bench;
use crate::failure::{Failure, Outcome};
use crate::http::Connection;
use crate::report::{Figure, Target};
use crate::server::{Batches, Server};
use crate::sessions;
use crate::site::Engine;
use crate::statistics::Latencies;

/// A payment has two entries: 1,000,000 of them.
const PAYMENTS: u32 = 500_000;
const READS: usize = 500;
const READ_P99_MS_MAX: f64 = 50.0;
/// How long the figures may take to be there, and how often they are asked for.
const MEASURED_WITHIN: Duration = Duration::from_secs(300);
const ASK_EVERY: Duration = Duration::from_millis(500);

pub fn run(bench: &Bench, engine: Engine) -> Outcome<Figure> {
    let (site, _) = bench.prepare(engine, "health", PAYMENTS)?;
    let server = Server::start(&site, Batches::Default)?;
    let reads = bench.runtime.block_on(reads(&server))?;
    server.stop()?;
    site.remove(bench.cluster_for(engine))?;
    let title = engine.name();
    println!(
        "{title}: the dashboard: p50 {:.2} ms, p99 {:.2} ms",
        reads.percentile_ms(50),
        reads.percentile_ms(99)
    );
    Ok(Figure {
        name: format!("{title}: how the currency is doing, p99"),
        unit: "ms",
        ours: reads.percentile_ms(99),
        baseline: None,
        target: Some(Target::AtMost(READ_P99_MS_MAX)),
    })
}

async fn reads(server: &Server) -> Outcome<Latencies> {
    let admin = sessions::admin(server).await?;
    let request = format!(
        "GET /api/v1/communities/{}/health HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\r\n",
        server.community, server.address, admin.access_token
    );
    let mut connection = Connection::open(server.address).await?;
    let begun = Instant::now();
    while connection.exchange(request.as_bytes()).await?.json()?.get("day").is_none_or(Value::is_null) {
        if begun.elapsed() > MEASURED_WITHIN {
            return Err(Failure::new("nothing was measured in time"));
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
    println!("measured {:.1} s after signing in", begun.elapsed().as_secs_f64());
    let mut latencies_us = Vec::new();
    for _ in 0..READS {
        let begun = Instant::now();
        let answer = connection.exchange(request.as_bytes()).await?;
        if answer.status != 200 {
            return Err(Failure::new(format!("reading the dashboard: {}", answer.text())));
        }
        latencies_us.push(u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    Latencies::new(latencies_us)
}
