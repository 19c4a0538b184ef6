//! Reading a long ledger: balances a second, and pages of entries far down.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::task::JoinSet;

use crate::Bench;
use crate::failure::{Context, Failure, Outcome};
use crate::http::Connection;
use crate::load::{CONNECTIONS, Shape, WARM_UP_SECONDS};
use crate::random::Random;
use crate::report::{Figure, Target};
use crate::server::{Batches, Server};
use crate::sessions::{Session, Sessions};
use crate::site::Engine;
use crate::statistics::Latencies;

/// A payment has two entries: 1,000,000 of them.
const PAYMENTS: u32 = 500_000;
const PAGE_LENGTH: usize = 50;
/// How many pages are read, each anywhere in the longest list.
const PAGES: usize = 4_000;
const BALANCES_MIN: f64 = 10_000.0;
const PAGE_P99_MS_MAX: f64 = 5.0;

pub fn run(bench: &Bench, engine: Engine) -> Outcome<Vec<Figure>> {
    let (site, mut sessions) = bench.prepare(engine, "reads", PAYMENTS)?;
    let server = Server::start(&site, Batches::Default)?;
    // Somebody's list is to be long: everybody pays them for a while.
    bench.pay(&server, &mut sessions, Shape::OneMerchant, bench.options.window)?;
    server.settle()?;
    bench.runtime.block_on(sessions.refresh(server.address))?;
    let rate = bench.runtime.block_on(balances(&server, &sessions, bench.options.window))?;
    bench.runtime.block_on(sessions.refresh(server.address))?;
    let (pages, depth) = bench.runtime.block_on(pages(&server, &sessions.merchant))?;
    server.stop()?;
    site.remove(bench.cluster_for(engine))?;
    let title = engine.name();
    println!(
        "{title}: {rate:.0} balances/s; a page of {PAGE_LENGTH} of {depth} entries: p50 {:.2} ms, p99 {:.2} ms",
        pages.percentile_ms(50),
        pages.percentile_ms(99)
    );
    let is_judged = engine == Engine::Sqlite;
    Ok(vec![
        Figure {
            name: format!("{title}: balances read"),
            unit: "/s",
            ours: rate,
            baseline: None,
            target: is_judged.then_some(Target::AtLeast(BALANCES_MIN)),
        },
        Figure {
            name: format!("{title}: a page of {PAGE_LENGTH} entries at any depth, p99"),
            unit: "ms",
            ours: pages.percentile_ms(99),
            baseline: None,
            target: Some(Target::AtMost(PAGE_P99_MS_MAX)),
        },
    ])
}

/// How many balances a second are read over all connections, each everybody's own.
async fn balances(server: &Server, sessions: &Sessions, window: Duration) -> Outcome<f64> {
    let requests = sessions.payers.iter().map(|session| get(server, session, ""));
    let requests: Arc<Vec<Vec<u8>>> = Arc::new(requests.collect());
    let counted_from = Instant::now() + Duration::from_secs(WARM_UP_SECONDS);
    let deadline = counted_from + window;
    let mut readers = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (requests, mut connection) = (Arc::clone(&requests), Connection::open(server.address).await?);
        readers.spawn(async move {
            let (mut random, mut count) = (Random::new(), 0_u32);
            while Instant::now() < deadline {
                let (_, request) = random.choose(&requests, None).context("a request")?;
                let answer = connection.exchange(request).await?;
                if answer.status != 200 {
                    return Err(Failure::new(format!("reading a balance: {}", answer.text())));
                }
                count += u32::from(Instant::now() >= counted_from);
            }
            Ok(count)
        });
    }
    let mut count = 0.0;
    while let Some(read) = readers.join_next().await {
        count += f64::from(read.context("reading balances")??);
    }
    Ok(count / window.as_secs_f64())
}

/// How long a page takes anywhere in an account's list, one after the other; and how long the list is.
async fn pages(server: &Server, session: &Session) -> Outcome<(Latencies, usize)> {
    let mut connection = Connection::open(server.address).await?;
    let mut cursors = vec![String::new()];
    loop {
        let answer = connection.exchange(&page(server, session, cursors.last())).await?.json()?;
        match answer.get("next_cursor").and_then(Value::as_str) {
            Some(cursor) => cursors.push(cursor.to_owned()),
            None => break,
        }
    }
    let (mut random, mut latencies_us) = (Random::new(), Vec::new());
    for _ in 0..PAGES {
        let (_, cursor) = random.choose(&cursors, None).context("a cursor")?;
        let request = page(server, session, Some(cursor));
        let begun = Instant::now();
        let answer = connection.exchange(&request).await?;
        if answer.status != 200 {
            return Err(Failure::new(format!("reading a page: {}", answer.text())));
        }
        latencies_us.push(u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    Ok((Latencies::new(latencies_us)?, cursors.len() * PAGE_LENGTH))
}

fn page(server: &Server, session: &Session, cursor: Option<&String>) -> Vec<u8> {
    let cursor = cursor.filter(|cursor| !cursor.is_empty());
    let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    get(server, session, &format!("/entries?limit={PAGE_LENGTH}{cursor}"))
}

/// A request for something of the session's own account.
fn get(server: &Server, session: &Session, below: &str) -> Vec<u8> {
    let Session { account, access_token, .. } = session;
    format!(
        "GET /api/v1/accounts/{account}{below} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {access_token}\r\n\r\n",
        server.address
    )
    .into_bytes()
}
