//! Starting, stopping and restarting the app: the same parts as `serve`, on a random port.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError, RwLock, mpsc};
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use counterfoil::config::Settings;
use counterfoil::domain::time::{Clock, Timestamp};
use counterfoil::http::JsonAnswers;
use counterfoil::http::server::{self, ServerSettings};
use counterfoil::services::world::system_ids;
use counterfoil::services::{Services, World};
use counterfoil::storage::Engine;
use tokio::runtime::Runtime;

use super::books;
use super::client::Caller;
use super::clock::TestClock;
use super::database::TestDatabase;
use super::people::People;

/// Where people think that the app is: the issuer of its tokens and the base of its links.
pub const PUBLIC_URL: &str = "https://river.example";
/// Threads that answer.
const HTTP_WORKERS: usize = 2;
/// More connections than any test opens.
const CONNECTIONS_MAX: usize = 512;

/// A running app. When it is dropped it stops in an orderly way, and its ledger is proved.
pub struct TestApp {
    /// The time in which the app lives.
    pub clock: Arc<TestClock>,
    /// Its database.
    pub database: Arc<TestDatabase>,
    pub(super) address: Arc<RwLock<SocketAddr>>,
    pub(super) people: Mutex<People>,
    running: Mutex<Option<Running>>,
    runtime: Runtime,
    settings: Settings,
    is_proved: bool,
}

struct Running {
    services: Arc<Services>,
    handle: ServerHandle,
    thread: JoinHandle<std::io::Result<()>>,
}

impl TestApp {
    /// An app on a fresh database.
    pub fn new(engine: Engine) -> Self {
        Self::on(Arc::new(TestDatabase::new(engine)))
    }

    /// An app on this database. On PostgreSQL several can share one.
    pub fn on(database: Arc<TestDatabase>) -> Self {
        Self::with(database, |_| {})
    }

    /// An app with other settings than the tests' usual ones.
    pub fn with(database: Arc<TestDatabase>, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings {
            database_url: database.url_text(),
            password_slots: 2,
            // As cheap as everybody's hash: what passwords really cost, their own tests pay.
            password_memory_kib: 8,
            password_passes: 1,
            http_workers: HTTP_WORKERS,
            http_connections_max: CONNECTIONS_MAX,
            database_readers_max: 6,
            // Tests talk to loopback only.
            webhook_allow_http: true,
            webhook_networks: "127.0.0.0/8".to_owned(),
            ..Settings::defaults().unwrap()
        };
        change(&mut settings);
        let clock = Arc::new(TestClock::default());
        let (running, address) = start(&database, &settings, Arc::clone(&clock));
        Self {
            clock,
            database,
            address: Arc::new(RwLock::new(address)),
            people: Mutex::new(People::default()),
            running: Mutex::new(Some(running)),
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
            settings,
            is_proved: true,
        }
    }

    /// An app that is not proved at its end, because its test damages the ledger.
    #[must_use]
    pub fn without_proof(mut self) -> Self {
        self.is_proved = false;
        self
    }

    /// The time in which the app lives.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Lets time pass until then, RFC 3339.
    pub fn until(&self, time: &str) {
        let target = Timestamp::parse_rfc3339(time).unwrap();
        self.clock.advance(target.unix_seconds() - self.now().unix_seconds());
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        *self.address.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its use cases.
    pub fn services(&self) -> Arc<Services> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&running.as_ref().expect("the app is stopped").services)
    }

    /// Runs a use case to its end.
    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Someone without a token.
    pub fn anonymous(&self) -> Caller {
        Caller::anonymous(Arc::clone(&self.address))
    }

    /// Stops the app as SIGTERM does: requests under way are answered, what waits is posted.
    pub fn stop(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(running) = running else { return };
        self.runtime.block_on(server::drain(&running.services, &running.handle));
        running.thread.join().unwrap().unwrap();
        running.services.ledger().stop();
    }

    /// Stops the app and starts it again on the same database, on another port. Callers find it there.
    pub fn restart(&self) {
        self.stop();
        let (running, address) = start(&self.database, &self.settings, Arc::clone(&self.clock));
        *self.address.write().unwrap_or_else(PoisonError::into_inner) = address;
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
    }

    /// Re-derives the ledger from its records, now.
    pub fn prove(&self) {
        books::prove(&self.database);
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // The test has failed already; a second panic would hide why.
            return;
        }
        self.stop();
        if self.is_proved {
            books::prove(&self.database);
        }
    }
}

fn start(database: &TestDatabase, settings: &Settings, clock: Arc<TestClock>) -> (Running, SocketAddr) {
    let opened = database.open();
    let world = World { clock, ids: system_ids(), format: Arc::new(JsonAnswers::new(PUBLIC_URL.to_owned())) };
    let services = Arc::new(Services::start(&opened, settings, PUBLIC_URL, world).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (started, handle) = mpsc::channel();
    let served = Arc::clone(&services);
    let settings = settings.clone();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let sizes = ServerSettings::new(&settings).unwrap();
            let server = server::start(served, PUBLIC_URL.to_owned(), listener, &sizes)?;
            started.send(server.handle()).expect("the test waits for its app");
            server.await
        })
    });
    let handle = handle.recv().expect("the server starts");
    (Running { services, handle, thread }, address)
}
