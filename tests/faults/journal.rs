//! Clients that pay as fast as they can and write down what they were told; and the reckoning afterwards.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

use counterfoil::storage::{Database, Engine};

use crate::books;
use crate::http::{Answer, Client};
use crate::program::{self, wait_until};
use crate::support::{TestApp, TestDatabase};

/// As many pay at once.
const CLIENTS: usize = 6;

/// One payment that was sent, and the answer if there was one.
#[derive(Debug, Clone)]
pub struct Line {
    pub payer: String,
    pub payee: String,
    pub key: String,
    pub answer: Result<Answer, String>,
}

/// Three members with enough credit, two admins, and their clients.
pub struct Site {
    pub database: Arc<TestDatabase>,
    pub clients: Vec<(Client, String)>,
    pub emails: Vec<String>,
}

impl Site {
    /// Founded by a service that has gone again.
    pub fn new(engine: Engine) -> Self {
        let database = Arc::new(TestDatabase::new(engine));
        let app = TestApp::on(Arc::clone(&database));
        app.clock.follow_the_machine();
        let mut people: Vec<_> = ["ada", "bob", "cyd"]
            .iter()
            .map(|name| app.newcomer(name).with_credit_limit("100000.00").join())
            .collect();
        people.extend([app.admin(), app.newcomer("otto").with_admin_rights().join()]);
        app.stop();
        wait_until("the database is free", || Database::open(&database.url(), 1).is_ok());
        // Clients sign in once there is a server.
        let nowhere: SocketAddr = ([127, 0, 0, 1], 1).into();
        let clients = people.iter().map(|person| (Client::at(nowhere), person.code.clone())).collect();
        let emails = people.into_iter().map(|person| person.email).collect();
        Self { database, clients, emails }
    }

    /// Signs everybody in.
    pub fn sign_in(&mut self, address: SocketAddr) {
        for ((client, _), email) in self.clients.iter_mut().zip(&self.emails) {
            *client = Client::at(address).signed_in(email);
        }
    }

    /// Begins to pay, under keys that begin with a name of their own, until told to stop or until a server is gone.
    pub fn load(&self, address: SocketAddr, name: &str) -> Load {
        let (acknowledged, is_over) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let threads = (0..CLIENTS)
            .map(|thread| {
                let clients: Vec<_> = self
                    .clients
                    .iter()
                    .map(|(client, code)| (client.moved_to(address), code.clone()))
                    .collect();
                let (acknowledged, is_over) = (Arc::clone(&acknowledged), Arc::clone(&is_over));
                let name = format!("{name}-{thread}");
                std::thread::spawn(move || {
                    let mut lines = Vec::new();
                    for number in 0.. {
                        let (from, to) = ((number + thread) % 3, (number + thread + 1 + number % 2) % 3);
                        let key = format!("{name}-{number}");
                        let answer = clients[from].0.pay(&clients[from].1, &clients[to].1, "0.07", &key);
                        let is_gone = answer.is_err();
                        if answer.as_ref().is_ok_and(|answer| answer.status == 201) {
                            acknowledged.fetch_add(1, Ordering::SeqCst);
                        }
                        let (payer, payee) = (clients[from].1.clone(), clients[to].1.clone());
                        lines.push(Line { payer, payee, key, answer });
                        if is_gone || is_over.load(Ordering::SeqCst) {
                            break;
                        }
                    }
                    lines
                })
            })
            .collect();
        Load { threads, acknowledged, is_over }
    }

    /// Everything that was acknowledged is there, with the same bytes under the same key; what was not answered is
    /// found out with its key; nothing is there twice.
    pub fn reckon(&self, address: SocketAddr, lines: &[Line]) {
        let mut ids = std::collections::BTreeSet::new();
        for line in lines {
            let place = self.clients.iter().position(|(_, code)| *code == line.payer).unwrap();
            let client = self.clients[place].0.moved_to(address);
            let again = client.pay(&line.payer, &line.payee, "0.07", &line.key).unwrap();
            assert_eq!(again.status, 201, "{line:?}: {}", String::from_utf8_lossy(&again.bytes));
            if let Ok(answer) = &line.answer
                && answer.status == 201
            {
                assert!(again.is_replay, "an acknowledged payment is gone: {line:?}");
                assert_eq!(again.bytes, answer.bytes, "an acknowledged payment is another");
            }
            assert!(
                ids.insert(again.json()["id"].as_str().unwrap().to_owned()),
                "two keys have one payment: {line:?}"
            );
        }
        let keys = i64::try_from(lines.len()).unwrap();
        let stored =
            self.database.db_numbers("SELECT count(*) AS value FROM idempotency_keys WHERE status = 201");
        assert_eq!(stored, [keys]);
        assert_eq!(self.database.db_count("payments"), keys, "no payment is there twice");
        books::check(&self.database);
    }

    /// `counterfoil verify` agrees.
    pub fn verify(&self) {
        program::finish(program::command_on(&self.database, &["verify"])).expect_code(0);
    }
}

/// Clients at work.
pub struct Load {
    threads: Vec<JoinHandle<Vec<Line>>>,
    acknowledged: Arc<AtomicUsize>,
    is_over: Arc<AtomicBool>,
}

impl Load {
    /// Waits until so many payments were acknowledged.
    pub fn wait_for(&self, count: usize) {
        wait_until("payments are made", || self.acknowledged.load(Ordering::SeqCst) >= count);
    }

    /// Tells the clients to stop.
    pub fn stop(&self) {
        self.is_over.store(true, Ordering::SeqCst);
    }

    /// What everybody wrote down.
    pub fn lines(self) -> Vec<Line> {
        self.threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    }
}
