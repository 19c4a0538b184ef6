//! How soon a shop hears of a payment, also beside an endpoint that never answers; and what it costs payments when 100,000
//! messages are sent at once.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::Bench;
use crate::failure::{Context, Failure, Outcome};
use crate::http::Connection;
use crate::load::Shape;
use crate::random::Random;
use crate::report::{Figure, Target};
use crate::server::{Batches, Server};
use crate::sessions::{Session, Sessions, request};
use crate::site::Engine;
use crate::statistics::Latencies;

const HISTORY_PAYMENTS: u32 = 300;
/// The pause between two payments that a shop hears of.
const PAYMENT_EVERY: Duration = Duration::from_millis(20);
/// How long the last messages may take.
const GRACE: Duration = Duration::from_secs(10);
const MEDIAN_MS_MAX: f64 = 200.0;
/// How many messages are sent at once.
const QUEUED: usize = 100_000;
/// How long they may take.
const DRAIN_MAX: Duration = Duration::from_secs(300);
/// What payments at half of their peak keep of their pace meanwhile.
const PACE_RATIO_MIN: f64 = 0.9;
/// Connections that pay, each at its own pace.
const PACED_CONNECTIONS: u32 = 64;
/// How often a paced run is looked at whether the messages have been sent.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// What the descriptions of this bench's payments begin with.
const MARK: &[u8] = b"\"description\":\"Hooked ";
const ANSWER: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";

/// A payment's number, and when a receiver had its message.
type Heard = (u64, Instant);

pub fn run(bench: &Bench, engine: Engine) -> Outcome<Vec<Figure>> {
    let (site, mut sessions) = bench.prepare(engine, "webhooks", HISTORY_PAYMENTS)?;
    let server = Server::start(&site, Batches::Default)?;
    bench.runtime.block_on(sessions.refresh(server.address))?;
    let heard = bench
        .runtime
        .block_on(hear(&server, &sessions, bench.options.window))
        .map_err(|failure| server.failed(&format!("did not tell the shop: {failure}")))?;
    let peak = bench.pay(&server, &mut sessions, Shape::Spread, bench.options.window)?.rate;
    bench.runtime.block_on(sessions.refresh(server.address))?;
    let drained = bench
        .runtime
        .block_on(drain(&server, &mut sessions, peak / 2.0, bench.options.window))
        .map_err(|failure| server.failed(&format!("did not send its messages: {failure}")))?;
    server.stop()?;
    site.verify()?;
    site.remove(bench.cluster_for(engine))?;
    Ok(figures(engine, &heard, &drained))
}

fn figures(engine: Engine, heard: &[Latencies; 2], drained: &Drained) -> Vec<Figure> {
    let title = |name: &str| format!("{}, webhooks: {name}", engine.name());
    let median = |name: &str, latencies: &Latencies| Figure {
        name: title(name),
        unit: "ms",
        ours: latencies.percentile_ms(50),
        baseline: None,
        target: Some(Target::AtMost(MEDIAN_MS_MAX)),
    };
    let [alone, beside] = heard;
    println!(
        "{}: messages p50 {:.1} ms, p99 {:.1} ms; beside a dead endpoint p50 {:.1} ms, p99 {:.1} ms; {QUEUED} sent in {:.1} s \
         beside payments, whose p50 was {:.1} ms, and {:.1} ms without",
        engine.name(),
        alone.percentile_ms(50),
        alone.percentile_ms(99),
        beside.percentile_ms(50),
        beside.percentile_ms(99),
        drained.took.as_secs_f64(),
        drained.beside.latencies.percentile_ms(50),
        drained.without.latencies.percentile_ms(50),
    );
    vec![
        // From when the request is sent: the commit comes after that.
        median("from request to arrival, p50", alone),
        median("the same beside an endpoint that never answers, p50", beside),
        Figure {
            name: title("payments at half of their peak, beside 100,000 messages and without"),
            unit: "/s",
            ours: drained.beside.rate,
            baseline: Some(drained.without.rate),
            target: Some(Target::AtLeast(PACE_RATIO_MIN)),
        },
        Figure {
            name: title("messages sent beside payments at half of their peak"),
            unit: "/s",
            ours: f64::from(u32::try_from(QUEUED).unwrap_or(u32::MAX)) / drained.took.as_secs_f64(),
            baseline: None,
            target: None,
        },
    ]
}

/// A shop's machine: takes everything, and tells of the bench's payments. It has a thread of its own, as it would have a machine.
struct Shop {
    url: String,
    received: Arc<AtomicUsize>,
    close: oneshot::Sender<()>,
}

impl Shop {
    /// Where `heard` is given, each payment's number is told there. One that is dead never answers.
    fn open(heard: Option<mpsc::UnboundedSender<Heard>>, is_dead: bool) -> Outcome<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").context("listening")?;
        listener.set_nonblocking(true).context("listening")?;
        let url = format!("http://{}/hook", listener.local_addr().context("listening")?);
        let received = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&received);
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting tokio")?;
        let (close, closed) = oneshot::channel();
        std::thread::spawn(move || {
            runtime.block_on(async {
                let Ok(listener) = TcpListener::from_std(listener) else { return };
                let mut connections = JoinSet::new();
                let listening = async {
                    while let Ok((stream, _)) = listener.accept().await {
                        connections.spawn(take(stream, heard.clone(), Arc::clone(&counted), is_dead));
                    }
                };
                tokio::select! { () = listening => {}, _ = closed => {} }
            });
        });
        Ok(Self { url, received, close })
    }

    fn close(self) {
        drop(self.close);
    }
}

async fn take(
    mut stream: TcpStream,
    heard: Option<mpsc::UnboundedSender<Heard>>,
    received: Arc<AtomicUsize>,
    is_dead: bool,
) {
    let mut buffer = Vec::with_capacity(16 * 1_024);
    loop {
        let length = loop {
            if let Some(length) = whole(&buffer) {
                break length;
            }
            match stream.read_buf(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        };
        if let Some(heard) = &heard
            && let Some(number) = number_in(buffer.get(..length).unwrap_or_default())
        {
            // Nobody listens any more once the measurement is over.
            let _ = heard.send((number, Instant::now()));
        }
        buffer.drain(..length);
        received.fetch_add(1, Ordering::Relaxed);
        if !is_dead && stream.write_all(ANSWER).await.is_err() {
            return;
        }
    }
}

/// How long the request is that the bytes begin with, once it is there.
fn whole(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = str::from_utf8(bytes.get(..head)?).ok()?.to_lowercase();
    let length: usize = text.split_once("content-length: ")?.1.split("\r\n").next()?.parse().ok()?;
    (bytes.len() >= head + length).then_some(head + length)
}

fn number_in(bytes: &[u8]) -> Option<u64> {
    let at = bytes.windows(MARK.len()).position(|window| window == MARK)? + MARK.len();
    let digits: Vec<u8> = bytes.get(at..)?.iter().copied().take_while(u8::is_ascii_digit).collect();
    str::from_utf8(&digits).ok()?.parse().ok()
}

async fn call(
    address: SocketAddr,
    session: &Session,
    (method, path): (&str, &str),
    body: &Value,
) -> Outcome<Value> {
    let mut connection = Connection::open(address).await?;
    let answer =
        connection.exchange(&request(method, path, address, Some(&session.access_token), body)).await?;
    match answer.status {
        200..300 => answer.json(),
        _ => Err(Failure::new(format!("{method} {path}: {}", answer.text()))),
    }
}

async fn endpoint(address: SocketAddr, session: &Session, shop: &Shop) -> Outcome<String> {
    let body = json!({"url": shop.url, "events": ["payment.completed"], "account": session.account});
    let made = call(address, session, ("POST", "/api/v1/webhook-endpoints"), &body).await?;
    let id = made.get("id").and_then(Value::as_str).context("an endpoint's id")?;
    Ok(format!("/api/v1/webhook-endpoints/{id}"))
}

async fn switch(address: SocketAddr, session: &Session, path: &str, enabled: bool) -> Outcome<()> {
    call(address, session, ("PATCH", path), &json!({"enabled": enabled})).await.map(drop)
}

/// How long messages took, by themselves and beside an endpoint that never answers.
async fn hear(server: &Server, sessions: &Sessions, window: Duration) -> Outcome<[Latencies; 2]> {
    let (heard, mut hearing) = mpsc::unbounded_channel();
    let (shop, dead) = (Shop::open(Some(heard), false)?, Shop::open(None, true)?);
    let sound = endpoint(server.address, &sessions.merchant, &shop).await?;
    let alone = measure(server, sessions, window, &mut hearing, 0).await?;
    let never = endpoint(server.address, &sessions.merchant, &dead).await?;
    let beside = measure(server, sessions, window, &mut hearing, 1_000_000).await?;
    for path in [&sound, &never] {
        switch(server.address, &sessions.merchant, path, false).await?;
    }
    shop.close();
    dead.close();
    Ok([alone, beside])
}

async fn measure(
    server: &Server,
    sessions: &Sessions,
    window: Duration,
    hearing: &mut mpsc::UnboundedReceiver<Heard>,
    first: u64,
) -> Outcome<Latencies> {
    let mut connection = Connection::open(server.address).await?;
    let (mut random, mut sent) = (Random::new(), HashMap::new());
    let mut clock = tokio::time::interval(PAYMENT_EVERY);
    let (deadline, mut number) = (Instant::now() + window, first);
    while Instant::now() < deadline {
        clock.tick().await;
        number += 1;
        let (_, payer) = random.choose(&sessions.payers, None).context("a payer")?;
        let bytes = payment(
            server.address,
            payer,
            &sessions.merchant.account,
            &format!("Hooked {number}"),
            &mut random,
        );
        let begun = Instant::now();
        let answer = connection.exchange(&bytes).await?;
        match answer.status {
            201 => drop(sent.insert(number, begun)),
            // A payer at the limit; another one will do.
            409 => {}
            _ => return Err(Failure::new(format!("paying: {}", answer.text()))),
        }
    }
    let (mut latencies_us, deadline) = (Vec::new(), Instant::now() + GRACE);
    while latencies_us.len() < sent.len() {
        let Ok(Some((number, at))) = tokio::time::timeout_at(deadline.into(), hearing.recv()).await else {
            return Err(Failure::new(format!("{} of {} messages arrived", latencies_us.len(), sent.len())));
        };
        let Some(begun) = sent.get(&number) else { continue };
        latencies_us.push(u32::try_from(at.duration_since(*begun).as_micros()).unwrap_or(u32::MAX));
    }
    Latencies::new(latencies_us)
}

fn payment(address: SocketAddr, payer: &Session, payee: &str, text: &str, random: &mut Random) -> Vec<u8> {
    let body =
        json!({"payer": payer.account, "payee": payee, "amount": "0.01", "description": text}).to_string();
    format!(
        "POST /api/v1/payments HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Authorization: Bearer {}\r\nIdempotency-Key: hook-{:016x}{:016x}\r\nContent-Length: {}\r\n\r\n{body}",
        payer.access_token,
        random.number(),
        random.number(),
        body.len()
    )
    .into_bytes()
}

/// Payments at an even pace.
struct Paced {
    rate: f64,
    latencies: Latencies,
}

struct Drained {
    without: Paced,
    beside: Paced,
    took: Duration,
}

/// Lets so many messages queue, and has them sent beside payments at this pace.
async fn drain(server: &Server, sessions: &mut Sessions, pace: f64, window: Duration) -> Outcome<Drained> {
    let shop = Shop::open(None, false)?;
    let path = endpoint(server.address, &sessions.merchant, &shop).await?;
    switch(server.address, &sessions.merchant, &path, false).await?;
    let since = call(server.address, &sessions.merchant, ("GET", &path), &json!({})).await?;
    let since = since.get("created_at").cloned().context("when the endpoint was made")?;
    queue(server, sessions).await?;
    sessions.refresh(server.address).await?;
    let until = Instant::now() + window;
    let without = paced(server, sessions, pace, move || Instant::now() >= until).await?;
    sessions.refresh(server.address).await?;
    switch(server.address, &sessions.merchant, &path, true).await?;
    let (before, begun) = (shop.received.load(Ordering::Relaxed), Instant::now());
    call(server.address, &sessions.merchant, ("POST", &format!("{path}/replay")), &json!({"since": since}))
        .await?;
    let received = Arc::clone(&shop.received);
    let beside = paced(server, sessions, pace, move || {
        received.load(Ordering::Relaxed) - before >= QUEUED || begun.elapsed() >= DRAIN_MAX
    })
    .await?;
    let (took, arrived) = (begun.elapsed(), shop.received.load(Ordering::Relaxed) - before);
    shop.close();
    if arrived < QUEUED {
        return Err(Failure::new(format!(
            "{arrived} of {QUEUED} messages were sent in {:.0} s",
            took.as_secs_f64()
        )));
    }
    Ok(Drained { without, beside, took })
}

/// Pays the merchant as often as there shall be messages.
async fn queue(server: &Server, sessions: &mut Sessions) -> Outcome<()> {
    let made = Arc::new(AtomicUsize::new(0));
    while made.load(Ordering::Relaxed) < QUEUED {
        let (payers, merchant) = (Arc::new(sessions.payers.clone()), sessions.merchant.account.clone());
        let mut paying = JoinSet::new();
        for place in 0..PACED_CONNECTIONS {
            let (made, payers, merchant) = (Arc::clone(&made), Arc::clone(&payers), merchant.clone());
            let (address, mut connection) = (server.address, Connection::open(server.address).await?);
            // As long as the tokens surely live.
            let until = Instant::now() + Duration::from_secs(120);
            paying.spawn(async move {
                let (mut random, mut number) = (Random::new(), 0_u32);
                while made.load(Ordering::Relaxed) < QUEUED && Instant::now() < until {
                    let (_, payer) = random.choose(&payers, None).context("a payer")?;
                    number += 1;
                    // No two are alike, because what looks like a payment made twice is refused.
                    let text = format!("Queued {place}.{number}");
                    let bytes = payment(address, payer, &merchant, &text, &mut random);
                    if connection.exchange(&bytes).await?.status == 201 {
                        made.fetch_add(1, Ordering::Relaxed);
                    }
                }
                Ok::<_, Failure>(())
            });
        }
        while let Some(done) = paying.join_next().await {
            done.context("paying")??;
        }
        sessions.refresh(server.address).await?;
    }
    Ok(())
}

/// Pays between payers at a pace until it is enough.
async fn paced(
    server: &Server,
    sessions: &Sessions,
    pace: f64,
    is_enough: impl Fn() -> bool,
) -> Outcome<Paced> {
    let payers = Arc::new(sessions.payers.clone());
    let every = Duration::from_secs_f64(f64::from(PACED_CONNECTIONS) / pace);
    let is_over = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let mut paying = JoinSet::new();
    let begun = Instant::now();
    for place in 0..PACED_CONNECTIONS {
        let (payers, is_over) = (Arc::clone(&payers), Arc::clone(&is_over));
        let (address, mut connection) = (server.address, Connection::open(server.address).await?);
        paying.spawn(async move {
            let (mut random, mut latencies_us, mut number) = (Random::new(), Vec::new(), 0_u32);
            let mut due = Instant::now() + every * place / PACED_CONNECTIONS;
            while !is_over.load(Ordering::Relaxed) {
                tokio::time::sleep_until(due.into()).await;
                let (at, payer) = random.choose(&payers, None).context("a payer")?;
                let (_, payee) = random.choose(&payers, Some(at)).context("a payee")?;
                number += 1;
                let text = format!("Paced {place}.{number}");
                let bytes = payment(address, payer, &payee.account, &text, &mut random);
                // From when it was due: who waits for the one before waits for this one too.
                let status = connection.exchange(&bytes).await?.status;
                if status == 201 {
                    latencies_us.push(u32::try_from(due.elapsed().as_micros()).unwrap_or(u32::MAX));
                }
                due += every;
            }
            Ok::<_, Failure>(latencies_us)
        });
    }
    while !is_enough() {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    is_over.store(true, Ordering::Relaxed);
    let seconds = begun.elapsed().as_secs_f64();
    let mut latencies_us = Vec::new();
    while let Some(done) = paying.join_next().await {
        latencies_us.append(&mut done.context("paying")??);
    }
    let latencies = Latencies::new(latencies_us)?;
    Ok(Paced { rate: f64::from(latencies.count()) / seconds, latencies })
}
