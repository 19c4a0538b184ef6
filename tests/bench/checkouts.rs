//! Checkouts made a second: every shop its own, each for an order of its own, on a ledger with some history.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::Bench;
use crate::failure::{Context, Failure, Outcome};
use crate::http::Connection;
use crate::load::{CONNECTIONS, WARM_UP_SECONDS};
use crate::random::Random;
use crate::report::{Figure, Target};
use crate::server::{Batches, Server};
use crate::sessions::{Session, Sessions};
use crate::site::Engine;
use crate::statistics::Latencies;

const PAYMENTS: u32 = 10_000;
const CHECKOUTS_MIN: f64 = 1_000.0;

pub fn run(bench: &Bench, engine: Engine) -> Outcome<Figure> {
    let (site, mut sessions) = bench.prepare(engine, "checkouts", PAYMENTS)?;
    let server = Server::start(&site, Batches::Default)?;
    bench.runtime.block_on(sessions.refresh(server.address))?;
    let (rate, latencies) = bench.runtime.block_on(create(&server, &sessions, bench.options.window))?;
    server.stop()?;
    site.remove(bench.cluster_for(engine))?;
    let title = engine.name();
    println!(
        "{title}: {rate:.0} checkouts/s: p50 {:.2} ms, p99 {:.2} ms",
        latencies.percentile_ms(50),
        latencies.percentile_ms(99)
    );
    Ok(Figure {
        name: format!("{title}: checkouts made"),
        unit: "/s",
        ours: rate,
        baseline: None,
        target: (engine == Engine::Postgres).then_some(Target::AtLeast(CHECKOUTS_MIN)),
    })
}

/// How many checkouts a second are made over all connections, and how long each takes.
async fn create(server: &Server, sessions: &Sessions, window: Duration) -> Outcome<(f64, Latencies)> {
    let shops: Arc<Vec<Session>> = Arc::new(sessions.payers.clone());
    let counted_from = Instant::now() + Duration::from_secs(WARM_UP_SECONDS);
    let deadline = counted_from + window;
    let mut makers = JoinSet::new();
    for number in 0..CONNECTIONS {
        let (shops, address) = (Arc::clone(&shops), server.address);
        let mut connection = Connection::open(address).await?;
        makers.spawn(async move {
            let (mut random, mut latencies_us, mut order) = (Random::new(), Vec::new(), 0_u64);
            while Instant::now() < deadline {
                let (_, shop) = random.choose(&shops, None).context("a shop")?;
                order += 1;
                let request = request(address, shop, &format!("bench-{number}-{order}"));
                let begun = Instant::now();
                let answer = connection.exchange(&request).await?;
                if answer.status != 201 {
                    return Err(Failure::new(format!("making a checkout: {}", answer.text())));
                }
                if begun >= counted_from {
                    latencies_us.push(u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX));
                }
            }
            Ok(latencies_us)
        });
    }
    let mut latencies_us = Vec::new();
    while let Some(made) = makers.join_next().await {
        latencies_us.extend(made.context("making checkouts")??);
    }
    let count = u32::try_from(latencies_us.len()).map_or(f64::MAX, f64::from);
    Ok((count / window.as_secs_f64(), Latencies::new(latencies_us)?))
}

fn request(address: std::net::SocketAddr, shop: &Session, order: &str) -> Vec<u8> {
    let body = format!(
        r#"{{"account":"{}","amount":"0.01","order_reference":"{order}","description":"Order {order}","return_url":"https://shop.example/ok","cancel_url":"https://shop.example/cancel","metadata":{{"order_key":"{order}"}}}}"#,
        shop.account
    );
    format!(
        "POST /api/v1/checkouts HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nIdempotency-Key: {order}\r\nContent-Length: {}\r\n\r\n{body}",
        shop.access_token,
        body.len()
    )
    .into_bytes()
}
