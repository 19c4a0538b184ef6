//! The closed loop: keep-alive connections on one thread, each paying as soon as its last payment is answered.
//!
//! It shares the machine with the server, so the loop copies prepared bytes, reads a status and a length, and nothing else.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::failure::{Context, Failure, Outcome};
use crate::http::Connection;
use crate::memory::Memory;
use crate::random::Random;
use crate::sessions::Sessions;
use crate::statistics::Latencies;

pub const CONNECTIONS: u16 = 64;
/// Uncounted second before the counted ones, on both sides of every comparison.
pub const WARM_UP_SECONDS: u64 = 1;
/// How long past its window a run may take before it has failed.
const GRACE_SECONDS: u64 = 30;
/// One payment in so many may be refused; more, and the run measured refusals.
const ANSWERS_PER_REFUSAL_MIN: usize = 1_000;
const MEMORY_SAMPLE_MS: u64 = 250;
const REQUEST_BYTES: usize = 4 * 1024;
/// Per connection, so that the counted seconds allocate nothing.
const LATENCIES_CAPACITY: usize = 1 << 16;

/// A payment's body, cut where the payer's code, the payee's code and a random text go.
const BODY_TO_PAYER: &[u8] = br#"{"payer":""#;
const BODY_TO_PAYEE: &[u8] = br#"","payee":""#;
const BODY_TO_TEXT: &[u8] = br#"","amount":"0.01","description":"Bench "#;
const BODY_END: &[u8] = br#""}"#;
const TEXT_BYTES: usize = 16;
const BODY_BYTES_WITHOUT_CODES: usize =
    BODY_TO_PAYER.len() + BODY_TO_PAYEE.len() + BODY_TO_TEXT.len() + TEXT_BYTES + BODY_END.len();

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Random payers, random payees.
    Spread,
    /// Random payers, one payee.
    OneMerchant,
}

impl Shape {
    pub fn name(self) -> &'static str {
        match self {
            Self::Spread => "spread",
            Self::OneMerchant => "one merchant",
        }
    }
}

/// What is asked with a payment's body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// That it is made.
    Payment,
    /// What it would do.
    Quote,
}

impl Asked {
    const fn path(self) -> &'static str {
        match self {
            Self::Payment => "/api/v1/payments",
            Self::Quote => "/api/v1/quotes",
        }
    }

    const fn good_status(self) -> u16 {
        match self {
            Self::Payment => 201,
            Self::Quote => 200,
        }
    }
}

/// What one run gave.
pub struct Run {
    pub rate: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub memory: Memory,
}

struct Payer {
    /// Of its account.
    code: Vec<u8>,
    /// Everything up to and with the name of the header that differs from one request to the next.
    head: Vec<u8>,
}

struct Plan {
    payers: Vec<Payer>,
    merchant: Option<Vec<u8>>,
    good_status: u16,
    counted_from: Instant,
    deadline: Instant,
}

#[derive(Default)]
struct Tally {
    latencies_us: Vec<u32>,
    refused: BTreeMap<u16, usize>,
    first_refusal: Option<String>,
    ended: Option<Instant>,
}

/// Pays for the warm-up and then the window. The tokens must be fresh.
pub async fn run(
    address: SocketAddr,
    process_id: u32,
    sessions: &Sessions,
    (asked, shape): (Asked, Shape),
    window: Duration,
) -> Outcome<Run> {
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(Connection::open(address).await?);
    }
    let counted_from = Instant::now() + Duration::from_secs(WARM_UP_SECONDS);
    let deadline = counted_from + window;
    let plan = Arc::new(Plan::new(address, sessions, (asked, shape), counted_from, deadline));
    let mut payers = JoinSet::new();
    for connection in connections {
        payers.spawn(pay(Arc::clone(&plan), connection, Random::new()));
    }
    Memory::reset(process_id);
    let latest = deadline + Duration::from_secs(GRACE_SECONDS);
    let (tally, memory) = tokio::time::timeout_at(latest.into(), collect(payers, process_id))
        .await
        .map_err(|_| Failure::new(format!("a payment was not answered within {GRACE_SECONDS} s")))??;
    tally.require_few_refusals()?;
    let seconds = tally.ended.context("an answered payment")?.duration_since(counted_from).as_secs_f64();
    let latencies = Latencies::new(tally.latencies_us)?;
    Ok(Run {
        rate: f64::from(latencies.count()) / seconds,
        p50_ms: latencies.percentile_ms(50),
        p99_ms: latencies.percentile_ms(99),
        memory,
    })
}

/// Waits for all connections and looks at the server's memory while they work.
async fn collect(mut payers: JoinSet<Outcome<Tally>>, process_id: u32) -> Outcome<(Tally, Memory)> {
    let mut memory = Memory::default();
    let mut whole = Tally::default();
    let mut clock = tokio::time::interval(Duration::from_millis(MEMORY_SAMPLE_MS));
    loop {
        tokio::select! {
            _ = clock.tick() => memory.sample(process_id),
            tally = payers.join_next() => {
                let Some(tally) = tally else { break };
                whole.add(tally.context("paying")??);
            }
        }
    }
    memory.sample(process_id);
    Ok((whole, memory))
}

async fn pay(plan: Arc<Plan>, mut connection: Connection, mut random: Random) -> Outcome<Tally> {
    let mut tally = Tally { latencies_us: Vec::with_capacity(LATENCIES_CAPACITY), ..Tally::default() };
    let mut request = Vec::with_capacity(REQUEST_BYTES);
    let mut begun = Instant::now();
    while begun < plan.deadline {
        plan.write_payment(&mut request, &mut random)?;
        let answer = connection.exchange(&request).await?;
        let ended = Instant::now();
        if answer.status != plan.good_status {
            *tally.refused.entry(answer.status).or_default() += 1;
            tally.first_refusal.get_or_insert_with(|| answer.text());
        } else if begun >= plan.counted_from {
            tally.latencies_us.push(u32::try_from((ended - begun).as_micros()).unwrap_or(u32::MAX));
        }
        tally.ended = Some(ended);
        begun = ended;
    }
    Ok(tally)
}

impl Plan {
    fn new(
        address: SocketAddr,
        sessions: &Sessions,
        (asked, shape): (Asked, Shape),
        counted_from: Instant,
        deadline: Instant,
    ) -> Self {
        let payers = sessions.payers.iter().map(|session| Payer {
            code: session.account.clone().into_bytes(),
            head: format!(
                "POST {} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
                 Authorization: Bearer {}\r\nIdempotency-Key: ",
                asked.path(),
                session.access_token
            )
            .into_bytes(),
        });
        let merchant = (shape == Shape::OneMerchant).then(|| sessions.merchant.account.clone().into_bytes());
        let good_status = asked.good_status();
        Self { payers: payers.collect(), merchant, good_status, counted_from, deadline }
    }

    /// The next payment's bytes. Key and description are random and never come twice.
    fn write_payment(&self, out: &mut Vec<u8>, random: &mut Random) -> Outcome<()> {
        let (index, from) = random.choose(&self.payers, None).context("a payer")?;
        let to = match &self.merchant {
            Some(merchant) => merchant,
            None => &random.choose(&self.payers, Some(index)).context("a payee")?.1.code,
        };
        let (high, low) = (random.number(), random.number());
        let length = BODY_BYTES_WITHOUT_CODES.saturating_add(from.code.len()).saturating_add(to.len());
        out.clear();
        out.extend_from_slice(&from.head);
        write!(out, "{high:016x}{low:016x}\r\nContent-Length: {length}\r\n\r\n")
            .context("writing a request")?;
        for piece in [BODY_TO_PAYER, &from.code, BODY_TO_PAYEE, to, BODY_TO_TEXT] {
            out.extend_from_slice(piece);
        }
        write!(out, "{low:016x}").context("writing a request")?;
        out.extend_from_slice(BODY_END);
        Ok(())
    }
}

impl Tally {
    fn add(&mut self, mut other: Self) {
        self.latencies_us.append(&mut other.latencies_us);
        for (status, count) in other.refused {
            *self.refused.entry(status).or_default() += count;
        }
        self.first_refusal = self.first_refusal.take().or(other.first_refusal);
        self.ended = self.ended.max(other.ended);
    }

    fn require_few_refusals(&self) -> Outcome<()> {
        let refused: usize = self.refused.values().sum();
        if refused > self.latencies_us.len() / ANSWERS_PER_REFUSAL_MIN {
            let example = self.first_refusal.as_deref().unwrap_or_default();
            let counts = format!("{:?} beside {} well answered", self.refused, self.latencies_us.len());
            return Err(Failure::new(format!("too many refusals: {counts}, the first of them {example}")));
        }
        if refused > 0 {
            println!("  refused: {:?}", self.refused);
        }
        Ok(())
    }
}
