//! How soon a listening wallet hears of a payment, and what a thousand of them cost the server.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::Bench;
use crate::failure::{Context, Failure, Outcome};
use crate::http::Connection;
use crate::memory::Memory;
use crate::random::Random;
use crate::report::{Figure, Target};
use crate::server::{Batches, Server};
use crate::sessions::{Session, Sessions};
use crate::site::Engine;
use crate::statistics::Latencies;

const HISTORY_PAYMENTS: u32 = 300;
/// Wallets that listen, each of another member.
const LISTENERS: usize = 1_000;
/// How many are opened before the next ones: a listener's backlog is bounded.
const OPENED_AT_ONCE: usize = 50;
/// The pause between two payments: wallets hear of single payments, not of a flood.
const PAYMENT_EVERY: Duration = Duration::from_millis(20);
/// How long the last events may take.
const GRACE: Duration = Duration::from_secs(5);
const MEDIAN_MS_MAX: f64 = 100.0;
const RESIDENT_MIB_MAX: f64 = 200.0;
/// What the descriptions of this bench's payments begin with.
const MARK: &str = "\"description\":\"Heard ";

/// A payment's number, and when somebody heard of it.
type Heard = (u64, Instant);

pub fn run(bench: &Bench, engine: Engine) -> Outcome<Vec<Figure>> {
    let (site, mut sessions) = bench.prepare(engine, "events", HISTORY_PAYMENTS)?;
    let server = Server::start(&site, Batches::Default)?;
    bench.runtime.block_on(sessions.refresh(server.address))?;
    let measured = bench
        .runtime
        .block_on(measure(&server, &sessions, bench.options.window))
        .map_err(|failure| server.failed(&format!("did not tell its listeners: {failure}")))?;
    server.stop()?;
    site.verify()?;
    site.remove(bench.cluster_for(engine))?;
    let (latencies, memory) = measured;
    let title = format!("{}, {LISTENERS} listening wallets", engine.name());
    println!(
        "{title}: {} heard, p50 {:.2} ms, p99 {:.2} ms, resident {:.0} MiB",
        latencies.count(),
        latencies.percentile_ms(50),
        latencies.percentile_ms(99),
        memory.peak_mib
    );
    let figure = |name: &str, unit, ours, target| Figure {
        name: format!("{title}: {name}"),
        unit,
        ours,
        baseline: None,
        target: Some(Target::AtMost(target)),
    };
    Ok(vec![
        // From when the request is sent: the commit comes after that.
        figure("from request to event, p50", "ms", latencies.percentile_ms(50), MEDIAN_MS_MAX),
        figure("resident memory, highest", "MiB", memory.peak_mib, RESIDENT_MIB_MAX),
    ])
}

async fn measure(server: &Server, sessions: &Sessions, window: Duration) -> Outcome<(Latencies, Memory)> {
    let listeners = sessions.payers.get(..LISTENERS).context("as many sessions as listeners")?;
    let (heard, mut hearing) = mpsc::unbounded_channel();
    let mut streams = JoinSet::new();
    for some in listeners.chunks(OPENED_AT_ONCE) {
        let mut opening = JoinSet::new();
        for session in some {
            opening.spawn(open(server.address, session.access_token.clone()));
        }
        while let Some(opened) = opening.join_next().await {
            streams.spawn(listen(opened.context("opening a stream")??, heard.clone()));
        }
    }
    drop(heard);
    Memory::reset(server.process_id());
    let mut memory = Memory::default();
    let sent = pay(server, listeners, window, &mut memory).await?;
    let (mut latencies_us, expected) = (Vec::new(), 2 * sent.len());
    let deadline = Instant::now() + GRACE;
    while latencies_us.len() < expected {
        let next = tokio::time::timeout_at(deadline.into(), hearing.recv()).await;
        let Ok(Some((number, at))) = next else {
            let text = format!("{} of {expected} events were heard", latencies_us.len());
            return Err(Failure::new(text));
        };
        let since = at.duration_since(*sent.get(&number).context("a payment that was made")?);
        latencies_us.push(u32::try_from(since.as_micros()).unwrap_or(u32::MAX));
    }
    memory.sample(server.process_id());
    Ok((Latencies::new(latencies_us)?, memory))
}

async fn open(address: SocketAddr, token: String) -> Outcome<BufReader<TcpStream>> {
    let stream = TcpStream::connect(address).await.context("connecting to the server")?;
    let mut stream = BufReader::new(stream);
    let request =
        format!("GET /api/v1/events HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.context("asking for events")?;
    let mut line = String::new();
    stream.read_line(&mut line).await.context("reading a status")?;
    if !line.starts_with("HTTP/1.1 200") {
        return Err(Failure::new(format!("a stream was refused: {line}")));
    }
    // The first block says that the stream is open.
    while !line.starts_with("retry:") {
        line.clear();
        if stream.read_line(&mut line).await.context("reading a stream")? == 0 {
            return Err(Failure::new("a stream ended at its beginning"));
        }
    }
    Ok(stream)
}

/// Tells when the bench's payments are heard of, until the stream ends.
async fn listen(mut stream: BufReader<TcpStream>, heard: mpsc::UnboundedSender<Heard>) {
    let mut line = String::new();
    loop {
        line.clear();
        match stream.read_line(&mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let number = line.split_once(MARK).and_then(|(_, rest)| rest.split('"').next()?.parse().ok());
        if let Some(number) = number
            && heard.send((number, Instant::now())).is_err()
        {
            return;
        }
    }
}

/// Pays between listeners for a while, and says when each payment was sent.
async fn pay(
    server: &Server,
    listeners: &[Session],
    window: Duration,
    memory: &mut Memory,
) -> Outcome<HashMap<u64, Instant>> {
    let mut connection = Connection::open(server.address).await?;
    let (mut random, mut sent) = (Random::new(), HashMap::new());
    let mut clock = tokio::time::interval(PAYMENT_EVERY);
    let deadline = Instant::now() + window;
    let mut number = 0;
    while Instant::now() < deadline {
        clock.tick().await;
        number += 1;
        let (place, payer) = random.choose(listeners, None).context("a payer")?;
        let (_, payee) = random.choose(listeners, Some(place)).context("a payee")?;
        let body = json!({
            "payer": payer.account, "payee": payee.account, "amount": "0.01", "description": format!("Heard {number}"),
        })
        .to_string();
        let request = format!(
            "POST /api/v1/payments HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
             Authorization: Bearer {}\r\nIdempotency-Key: heard-{:016x}\r\nContent-Length: {}\r\n\r\n{body}",
            server.address,
            payer.access_token,
            random.number(),
            body.len()
        );
        let begun = Instant::now();
        let answer = connection.exchange(request.as_bytes()).await?;
        match answer.status {
            201 => drop(sent.insert(number, begun)),
            // A payer at the limit; another one will do.
            409 => {}
            _ => return Err(Failure::new(format!("paying: {}", answer.text()))),
        }
        memory.sample(server.process_id());
    }
    Ok(sent)
}
