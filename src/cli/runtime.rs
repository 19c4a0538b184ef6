//! What `serve` and `demo` share: opening a database with all its checks, and serving until told to stop.

use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use tokio::signal::unix::{SignalKind, signal};

use crate::config::Settings;
use crate::domain::time::Clock;
use crate::http::JsonAnswers;
use crate::http::server::{self, ServerSettings};
use crate::jobs::{
    Cleaning, Contributing, Delivering, Erasing, Expiring, Leaving, Limiting, Mailing, Measuring, Notifying,
    PayingIncomes, Runner, Running, Scheduling, Stating, Telling, TestFollowing,
};
use crate::ledger::verify;
use crate::mail::Mailer;
use crate::services::world::{SystemClock, system_ids};
use crate::services::{Services, World};
use crate::storage::{Database, Engine, durability, migrations};
use crate::telemetry;
use crate::webhook::Client;

/// The most heads' differences that are named when a start is refused.
const NAMED_DIFFERENCES_MAX: usize = 5;

/// What is done about a schema that is not up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// It is brought up to date: nobody else uses the database.
    Migrate,
    /// On PostgreSQL, the start is refused: another release may be running.
    Require,
}

/// Opens the database, with everything checked that must hold before a payment is taken.
pub fn open_database(settings: &Settings, schema: Schema) -> anyhow::Result<Database> {
    let database = Database::open(&settings.database()?, settings.database_readers_max)?;
    let mut conn = database.connect_for_maintenance()?;
    if migrations::are_pending(&mut conn)? {
        if schema == Schema::Require && database.engine() == Engine::Postgres {
            bail!("the database's schema is not up to date; run `counterfoil migrate` first");
        }
        migrations::run(&mut conn)?;
    }
    durability::check(&mut conn)?;
    let differences = verify::check_heads(&mut conn)?;
    if !differences.is_empty() {
        let named: Vec<_> = differences.iter().take(NAMED_DIFFERENCES_MAX).map(ToString::to_string).collect();
        bail!("the ledger does not add up; run `counterfoil verify`. First: {}", named.join("; "));
    }
    Ok(database)
}

/// A listener, and the URL under which people reach what listens there.
pub fn listen(settings: &Settings, address: SocketAddr) -> anyhow::Result<(TcpListener, String)> {
    let listener = TcpListener::bind(address).with_context(|| {
        format!("cannot listen on {address}; COUNTERFOIL_LISTEN or --listen chooses another address")
    })?;
    let public_url = if settings.public_url.is_empty() {
        format!("http://{}", listener.local_addr()?)
    } else {
        settings.public_url.clone()
    };
    Ok((listener, public_url))
}

/// Starts the use cases on an opened database.
pub fn start_services(
    database: &Database,
    settings: &Settings,
    public_url: &str,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<Arc<Services>> {
    let world = World { clock, ids: system_ids(), format: Arc::new(JsonAnswers::new(public_url.to_owned())) };
    Ok(Arc::new(Services::start(database, settings, public_url, world)?))
}

/// Runs a command's asynchronous part to its end, on the calling thread.
pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    actix_web::rt::System::new().block_on(work)
}

/// The machine's clock.
pub fn system_clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// Serves until SIGINT or SIGTERM, or until a failure that only a restart can mend. Then no new connections are
/// taken, requests under way are answered, and what waits in the ledger's queue is posted. A second signal, or
/// the end of the time for that, ends the process at once. `when_ready` is called once requests are answered.
pub async fn serve(
    settings: &Settings,
    services: Arc<Services>,
    public_url: String,
    listener: TcpListener,
    when_ready: impl FnOnce(),
) -> anyhow::Result<ExitCode> {
    let sizes = ServerSettings::new(settings)?;
    // From here on a signal is not the process's sudden end: who saw that it serves may send one at once.
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let jobs = start_jobs(settings, &services, &public_url)?;
    let webhooks = start_webhooks(settings, &services, &public_url)?;
    let api = server::start(Arc::clone(&services), public_url.clone(), listener, &sizes)?;
    let handle = api.handle();
    let running = actix_web::rt::spawn(api);
    let admin = start_admin(settings, &services, public_url, &sizes)?;
    when_ready();

    let failed = tokio::select! {
        _ = interrupt.recv() => false,
        _ = terminate.recv() => false,
        () = services.ledger().failed() => true,
    };
    tracing::info!("stopping: answering what is under way");
    let impatient = actix_web::rt::spawn(async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        tracing::error!("stopped at once by a second signal");
        std::process::exit(1);
    });
    server::drain(&services, &handle).await;
    running.await??;
    if let Some(admin) = admin {
        server::drain(&services, &admin).await;
    }
    // What was done in the background is noted through the ledger's writers, so they stop last.
    tokio::join!(jobs.stop(), webhooks.stop());
    let ledger = services.ledger().clone();
    tokio::task::spawn_blocking(move || ledger.stop()).await?;
    impatient.abort();
    tracing::info!("stopped");
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Starts the background work.
fn start_jobs(settings: &Settings, services: &Arc<Services>, public_url: &str) -> anyhow::Result<Running> {
    let mailer = Mailer::new(&settings.mail()?, public_url).context("cannot set up the way of mails")?;
    let runner = Runner::new(Arc::clone(services))
        .with(Scheduling::new(Arc::clone(services)))
        .with(Telling::new(Arc::clone(services)))
        .with(Contributing::new(Arc::clone(services)))
        .with(PayingIncomes::new(Arc::clone(services)))
        .with(Stating::new(Arc::clone(services)))
        .with(Leaving::new(Arc::clone(services)))
        .with(Mailing::new(Arc::clone(services), mailer))
        .with(Cleaning::new(Arc::clone(services)))
        .with(Erasing::new(Arc::clone(services)))
        .with(Expiring::new(Arc::clone(services)))
        .with(Notifying::new(Arc::clone(services)))
        .with(Measuring::new(Arc::clone(services)))
        .with(Limiting::new(Arc::clone(services)))
        .with(TestFollowing::new(Arc::clone(services)));
    Ok(runner.start())
}

/// Starts sending webhooks' messages.
fn start_webhooks(
    settings: &Settings,
    services: &Arc<Services>,
    public_url: &str,
) -> anyhow::Result<Running> {
    let client = Client::new(settings.webhook_rules()?, Vec::new());
    let format = Arc::new(JsonAnswers::new(public_url.to_owned()));
    Ok(Delivering::new(Arc::clone(services), client, format).start())
}

fn start_admin(
    settings: &Settings,
    services: &Arc<Services>,
    public_url: String,
    sizes: &ServerSettings,
) -> anyhow::Result<Option<actix_web::dev::ServerHandle>> {
    let Some(address) = settings.admin_address()? else { return Ok(None) };
    let recorder = telemetry::init_metrics()?;
    let listener = TcpListener::bind(address).with_context(|| {
        format!("cannot listen on {address}; COUNTERFOIL_ADMIN_LISTEN chooses another address")
    })?;
    let admin = server::start_admin(Arc::clone(services), public_url, listener, recorder, sizes)?;
    let handle = admin.handle();
    actix_web::rt::spawn(admin);
    Ok(Some(handle))
}
