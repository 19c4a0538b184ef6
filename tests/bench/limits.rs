//! A limit policy for a hundred thousand members with a million entries: how long it takes to evaluate it for all of them, and
//! what payments feel while all of them follow it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use counterfoil::domain::account::Limits;
use counterfoil::domain::amount::Amount;
use counterfoil::domain::command::{Action, Admit, Command, Pay};
use counterfoil::domain::fold::Outcome as Came;
use counterfoil::domain::ids::{AccountId, CommunityId, MemberId, UserId};
use counterfoil::domain::member::Role;
use counterfoil::http::JsonAnswers;
use counterfoil::ledger::{Ledger, LedgerContext, LedgerSettings};
use counterfoil::services::world::{SystemClock, system_ids};
use counterfoil::storage::{Database, communities, users};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::Bench;
use crate::failure::{Context, Failure, Outcome};
use crate::http::Connection;
use crate::report::{Figure, Target};
use crate::server::{Batches, Server};
use crate::sessions::{self, Session};
use crate::site::{Engine, Site};
use crate::statistics::{Latencies, median};

const MEMBERS: usize = 100_000;
/// A payment has two entries: 1,000,000 of them.
const PAYMENTS: usize = 500_000;
/// The demo's own history is of no matter here.
const DEMO_PAYMENTS: u32 = 300;
/// How many commands wait for the ledger at once while history is made.
const AT_ONCE: usize = 1_000;
const READERS: u32 = 2;
const ROUNDS: usize = 3;
const EVALUATED_S_MAX: f64 = 10.0;
/// How long all may take to follow.
const FOLLOWED_WITHIN: Duration = Duration::from_secs(600);
/// Every so many payments it is asked whether the last account has followed.
const ASK_EVERY: usize = 24;

pub fn run(bench: &Bench, engine: Engine) -> Outcome<[Figure; 3]> {
    let (site, mut sessions) = bench.prepare(engine, "limits", DEMO_PAYMENTS)?;
    let server = Server::start(&site, Batches::Default)?;
    let (code, login) = (server.community.clone(), server.logins.last().context("a login")?.email.clone());
    server.stop()?;
    let last = bench.runtime.block_on(fill(&site, &code, &login))?;
    site.settle(bench.cluster_for(engine))?;
    let server = Server::start(&site, Batches::Default)?;
    server.settle()?;
    bench.runtime.block_on(sessions.refresh(server.address))?;
    let title = engine.name();
    let evaluated = bench.runtime.block_on(evaluate(&server))?;
    println!("{title}: evaluated for {MEMBERS} members in {evaluated:.2} s");
    let (followed, latencies) = bench.runtime.block_on(follow(&server, &sessions.payers, last))?;
    println!(
        "{title}: all followed in {followed:.1} s; payments meanwhile: p99 {:.2} ms",
        latencies.percentile_ms(99)
    );
    server.stop()?;
    site.verify()?;
    site.remove(bench.cluster_for(engine))?;
    let figure = |name: &str, unit, ours, target| Figure {
        name: format!("{title}: {name}"),
        unit,
        ours,
        baseline: None,
        target,
    };
    Ok([
        figure(
            "a limit policy for 100,000 members, evaluated",
            "s",
            evaluated,
            Some(Target::AtMost(EVALUATED_S_MAX)),
        ),
        figure("100,000 accounts follow it", "s", followed, None),
        figure("a payment while they follow, p99", "ms", latencies.percentile_ms(99), None),
    ])
}

/// Members and payments, through the ledger. Gives the last account, in the order of the ids.
async fn fill(site: &Site, code: &str, login: &str) -> Outcome<AccountId> {
    let url = site.url().parse().map_err(|_| Failure::new("the database's address"))?;
    let database = Database::open(&url, READERS).context("opening the database")?;
    let mut conn = database.connect_for_maintenance().context("connecting")?;
    let community =
        communities::find_by_code(&mut conn, code).context("reading")?.context("the community")?;
    let user = users::find_by_email(&mut conn, login).context("reading")?.context("a user")?;
    let settings = LedgerSettings { queue_max: 2 * AT_ONCE, batch_max: AT_ONCE, writers: 1 };
    let format = Arc::new(JsonAnswers::new("http://127.0.0.1/".to_owned()));
    let context = LedgerContext { clock: Arc::new(SystemClock), ids: system_ids(), format };
    let ledger = Ledger::start(&database, settings, &context).context("starting the ledger")?;
    let begun = Instant::now();
    let mut ids = system_ids()();
    let mut accounts = Vec::with_capacity(MEMBERS);
    let mut admissions = Vec::with_capacity(MEMBERS);
    for number in 0..MEMBERS {
        let account_id =
            AccountId::from_uuid(ids.uuid_at(counterfoil::domain::time::Clock::now(&SystemClock)));
        accounts.push(account_id);
        admissions.push(admission(community.id, user.id, account_id, number, community.default_limits()));
    }
    submit(&ledger, admissions).await?;
    println!("{MEMBERS} members let in in {:.1} s", begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(random >> 33).unwrap_or(0) % below
    };
    let mut payments = Vec::with_capacity(PAYMENTS);
    while payments.len() < PAYMENTS {
        let (payer, payee) = (accounts.get(next(MEMBERS)), accounts.get(next(MEMBERS)));
        let (Some(&payer_id), Some(&payee_id)) = (payer, payee) else { continue };
        if payer_id != payee_id {
            let amount = Amount::from_minor(i64::try_from(1 + next(200)).unwrap_or(1));
            let description = "Rye loaves".to_owned();
            let pay = Pay { payer_id, payee_id, amount, description, allow_duplicate: true };
            payments.push(Command::by_service(community.id, Action::Pay(pay)));
        }
    }
    submit(&ledger, payments).await?;
    println!("{PAYMENTS} payments posted in {:.1} s", begun.elapsed().as_secs_f64());
    ledger.stop();
    accounts.into_iter().max().context("an account")
}

fn admission(
    community_id: CommunityId,
    user_id: UserId,
    account_id: AccountId,
    number: usize,
    limits: Limits,
) -> Command {
    let admit = Admit {
        member_id: MemberId::from_uuid(account_id.uuid()),
        account_id,
        name: format!("Member {number}"),
        user_id,
        role: Role::Member,
        limits,
        limits_by: counterfoil::domain::command::LimitsBy::Difference,
        reason: String::new(),
    };
    Command::by_service(community_id, Action::Admit(admit))
}

async fn submit(ledger: &Ledger, commands: Vec<Command>) -> Outcome<()> {
    let mut waiting = JoinSet::new();
    for command in commands {
        if waiting.len() >= AT_ONCE {
            settle(waiting.join_next().await)?;
        }
        let ledger = ledger.clone();
        waiting.spawn(async move { ledger.submit(command).await });
    }
    while let Some(done) = waiting.join_next().await {
        settle(Some(done))?;
    }
    Ok(())
}

fn settle(
    done: Option<Result<Result<Came, counterfoil::ledger::SubmitError>, tokio::task::JoinError>>,
) -> Outcome<()> {
    match done.context("a command")?.context("a command")?.context("a command")? {
        Came::Refused(refusal) => Err(Failure::new(format!("history was refused: {}", refusal.code()))),
        _ => Ok(()),
    }
}

/// Every kind of term.
fn policy() -> Value {
    json!({
        "rules": [],
        "default": {
            "credit_limit": {"base": "110", "terms": [
                {"measure": "sales", "days": 90, "share": "0.25", "cap": "400"},
                {"measure": "sales", "share": "0.05", "cap": "200"},
                {"measure": "membership_months", "each": "1", "cap": "120"},
                {"measure": "partners", "each": "1", "cap": "100"},
            ], "minimum": "0", "maximum": "1000"},
            "ceiling": null,
        },
    })
}

/// Seconds from asking what a policy would change to the answer: all accounts are evaluated, and a year's payments compared.
async fn evaluate(server: &Server) -> Outcome<f64> {
    let admin = sessions::admin(server).await?;
    let mut connection = Connection::open(server.address).await?;
    let path = format!("/api/v1/communities/{}/limit-policy/preview", server.community);
    let request = sessions::request("POST", &path, server.address, Some(&admin.access_token), &policy());
    let mut seconds = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let answer = connection.exchange(&request).await?;
        seconds.push(begun.elapsed().as_secs_f64());
        if answer.status != 200 {
            return Err(Failure::new(format!("trying a policy: {}", answer.text())));
        }
    }
    Ok(median(seconds))
}

/// Adopts the policy, and pays one payment after the other until the last account has followed.
async fn follow(server: &Server, payers: &[Session], last: AccountId) -> Outcome<(f64, Latencies)> {
    let admin = sessions::admin(server).await?;
    let mut connection = Connection::open(server.address).await?;
    let mut adopted = policy();
    if let Some(members) = adopted.as_object_mut() {
        members.insert("reason".into(), json!("Measured"));
    }
    let path = format!("/api/v1/communities/{}/limit-policy", server.community);
    let adopt = sessions::request("PUT", &path, server.address, Some(&admin.access_token), &adopted);
    let begun = Instant::now();
    let answer = connection.exchange(&adopt).await?;
    if answer.status != 200 {
        return Err(Failure::new(format!("adopting a policy: {}", answer.text())));
    }
    let look = format!(
        "GET /api/v1/accounts/{last} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\r\n",
        server.address, admin.access_token
    );
    let mut latencies_us = Vec::new();
    // Two after the other, because one member may not pay as often as this.
    let pairs: Vec<_> = payers.iter().zip(payers.iter().skip(1)).collect();
    for (payer, payee) in pairs.iter().copied().cycle() {
        for number in 0..ASK_EVERY {
            let key = format!("limits-{}-{number}", latencies_us.len());
            // To and fro, so that nobody comes near a limit.
            let (from, to) = if number % 2 == 0 { (payer, payee) } else { (payee, payer) };
            let payment = pay(server, from, to, &key);
            let begun = Instant::now();
            let answer = connection.exchange(&payment).await?;
            if answer.status != 201 {
                return Err(Failure::new(format!("paying meanwhile: {}", answer.text())));
            }
            latencies_us.push(u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
        let account = connection.exchange(look.as_bytes()).await?.json()?;
        let limit = account.get("credit_limit").and_then(Value::as_str).context("a credit limit")?;
        if limit != "100.00" {
            return Ok((begun.elapsed().as_secs_f64(), Latencies::new(latencies_us)?));
        }
        if begun.elapsed() > FOLLOWED_WITHIN {
            break;
        }
    }
    Err(Failure::new("not all followed in time"))
}

fn pay(server: &Server, payer: &Session, payee: &Session, key: &str) -> Vec<u8> {
    let body = json!({
        "payer": payer.account, "payee": payee.account, "amount": "0.01", "description": "", "allow_duplicate": true,
    });
    let body = body.to_string();
    let head = format!(
        "POST /api/v1/payments HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nIdempotency-Key: {key}\r\n\
         Content-Type: application/json\r\n",
        server.address, payer.access_token
    );
    format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}
