//! PostgreSQL goes away in the middle of things, and comes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use counterfoil::http::JsonAnswers;
use counterfoil::ledger::{Ledger, LedgerContext, LedgerSettings};
use counterfoil::services::world::{SystemClock, system_ids};
use counterfoil::storage::{Database, Engine};
use secrecy::ExposeSecret;

use crate::books;
use crate::by_hand::ByHand;
use crate::commands::{Hand, bytes, submit, word};
use crate::program::wait_until;
use crate::proxy::{Cut, Proxy};
use crate::support::{PUBLIC_URL, TestApp, TestDatabase};

const CLIENTS: usize = 8;
const PAYMENTS: usize = 40;

/// Ends every connection of the service, and says how many.
const TERMINATE: &str = "SELECT count(pg_terminate_backend(pid)) AS value FROM pg_stat_activity \
     WHERE application_name = 'counterfoil' AND datname = current_database()";

#[test]
fn terminated_connections_lose_and_double_nothing() {
    let app = TestApp::on(Arc::new(TestDatabase::new(Engine::Postgres)));
    let people: Vec<_> = ["ada", "bob", "cyd"]
        .iter()
        .map(|name| Hand::of(&app, &app.newcomer(name).with_credit_limit("100000.00").join()))
        .collect();
    let ledger = app.services().ledger().clone();
    let (paid, is_over) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let threads: Vec<_> = (0..CLIENTS)
        .map(|thread| {
            let (people, ledger, paid) = (people.clone(), ledger.clone(), Arc::clone(&paid));
            std::thread::spawn(move || {
                let (mut answers, mut troubles) = (Vec::new(), Vec::new());
                for number in 0..PAYMENTS {
                    let key = format!("lost-{thread}-{number}");
                    let (from, to) = ((thread + number) % 3, (thread + number + 1) % 3);
                    // Until there is an answer: the same key finds out.
                    let outcome = loop {
                        let outcome = submit(&ledger, people[from].pay(&people[to], 7, Some(&key)));
                        match word(&outcome).as_str() {
                            trouble @ ("unknown" | "overloaded") => troubles.push(trouble.to_owned()),
                            "201" | "201 again" => break outcome,
                            other => panic!("{other}"),
                        }
                    };
                    paid.fetch_add(1, Ordering::SeqCst);
                    answers.push((key, from, to, bytes(&outcome)));
                }
                (answers, troubles)
            })
        })
        .collect();
    let database = Arc::clone(&app.database);
    let killer = {
        let (paid, is_over) = (Arc::clone(&paid), Arc::clone(&is_over));
        std::thread::spawn(move || {
            let mut by_hand = ByHand::on(&database);
            let mut ended = 0;
            // At even distances on the way, so that every kill falls into the load.
            for share in 1..=8 {
                wait_until("payments go on", || {
                    paid.load(Ordering::SeqCst) >= share * CLIENTS * PAYMENTS / 10
                });
                ended += by_hand.number(TERMINATE);
            }
            is_over.store(true, Ordering::SeqCst);
            ended
        })
    };
    let answered: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert!(killer.join().unwrap() >= 8, "connections were ended");
    assert!(is_over.load(Ordering::SeqCst));
    assert_eq!(
        app.database.db_count("payments"),
        i64::try_from(CLIENTS * PAYMENTS).unwrap(),
        "each was posted once"
    );
    for (key, from, to, body) in answered.iter().flat_map(|(answers, _)| answers) {
        let again = submit(&ledger, people[*from].pay(&people[*to], 7, Some(key)));
        assert_eq!(word(&again), "201 again");
        assert_eq!(&bytes(&again), body, "what was acknowledged is there");
    }
    books::check(&app.database);
}

#[test]
fn the_service_recovers_by_itself_through_http() {
    let app = TestApp::on(Arc::new(TestDatabase::new(Engine::Postgres)));
    let (ada, bob) = (app.member("ada"), app.member("bob"));
    app.pay(&ada, &bob, "1.00");
    for round in 0..3 {
        assert!(ByHand::on(&app.database).number(TERMINATE) > 0);
        let key = format!("recovery-{round}");
        // Also the first request after the loss is answered rightly: the lost connections are found to be so.
        let reply = ada.pay_keyed(&bob, "1.00", &key).expect(201);
        assert_eq!(ada.pay_keyed(&bob, "1.00", &key).expect(201).bytes, reply.bytes);
        assert_eq!(ada.get("/readyz").status, 200);
    }
    assert_eq!(ada.balance(), "-4.00");
}

/// A ledger whose way to PostgreSQL goes through the proxy.
fn ledger_behind(proxy: &Proxy, database: &TestDatabase) -> Ledger {
    let url = database.url_text().expose_secret().to_owned();
    let (before, rest) = url.rsplit_once('@').unwrap();
    let (_, name) = rest.split_once('/').unwrap();
    let opened = Database::open(&format!("{before}@{}/{name}", proxy.address).parse().unwrap(), 1).unwrap();
    let settings = LedgerSettings { queue_max: 64, batch_max: 64, writers: 1 };
    let context = LedgerContext {
        clock: Arc::new(SystemClock),
        ids: system_ids(),
        format: Arc::new(JsonAnswers::new(PUBLIC_URL.to_owned())),
    };
    Ledger::start(&opened, settings, &context).unwrap()
}

fn server_of(database: &TestDatabase) -> String {
    let url = database.url_text().expose_secret().to_owned();
    url.rsplit_once('@').unwrap().1.split_once('/').unwrap().0.to_owned()
}

#[test]
fn an_answer_that_was_cut_off_is_found_out() {
    let app = TestApp::on(Arc::new(TestDatabase::new(Engine::Postgres)));
    let (ada, bob, greta) = (app.member("ada"), app.member("bob"), app.admin());
    let [ada, bob, greta] = [&ada, &bob, &greta].map(|person| Hand::of(&app, person));
    let proxy = Proxy::before(server_of(&app.database));
    let ledger = ledger_behind(&proxy, &app.database);
    let payments = || app.database.db_count("payments");
    let warm = || {
        for way in [ada.pay(&bob, 1, None), bob.pay(&ada, 1, None), greta.pay(&bob, 1, None)] {
            assert_eq!(word(&submit(&ledger, way)), "completed");
        }
        payments()
    };
    for (round, cut) in
        [Cut::BeforeTheServerHears, Cut::BeforeTheClientHears].into_iter().cycle().take(6).enumerate()
    {
        let before = warm();
        proxy.arm(cut);
        let key = format!("cut-{round}");
        let outcome = submit(&ledger, ada.pay(&bob, 1, Some(&key)));
        assert_eq!(proxy.cuts(), 2 * round + 1, "{cut:?}");
        // Whether it was posted before the cut or after: to the one who waits it is the first answer.
        assert_eq!(word(&outcome), "201", "{cut:?}");
        assert_eq!(payments(), before + 1, "{cut:?}: it was posted once");
        let again = submit(&ledger, ada.pay(&bob, 1, Some(&key)));
        assert_eq!((word(&again).as_str(), bytes(&again)), ("201 again", bytes(&outcome)));

        // What has no key cannot be found out, and is not done a second time.
        let before = warm();
        proxy.arm(cut);
        let outcome = submit(&ledger, ada.pay(&bob, 1, None));
        assert_eq!(proxy.cuts(), 2 * round + 2, "{cut:?}");
        assert_eq!(word(&outcome), "unknown", "{cut:?}");
        let posted = payments() - before;
        assert_eq!(posted, i64::from(cut == Cut::BeforeTheClientHears), "{cut:?}");
    }
    // A session's end is the same twice as once.
    warm();
    proxy.arm(Cut::BeforeTheClientHears);
    assert_eq!(word(&submit(&ledger, ada.end_session(app.now().plus_seconds(600)))), "done");
    assert_eq!(word(&submit(&ledger, ada.pay(&bob, 1, Some("late")))), "unauthenticated");
    assert!(ledger.is_ready());
    ledger.stop();
    books::check(&app.database);
}

#[test]
fn a_database_that_does_not_get_on_is_not_waited_for() {
    let app = TestApp::on(Arc::new(TestDatabase::new(Engine::Postgres)));
    let (ada, bob) = (app.member("ada"), app.member("bob"));
    let [ada, bob] = [&ada, &bob].map(|person| Hand::of(&app, person));
    let ledger = app.services().ledger().clone();
    let mut other = ByHand::on(&app.database);
    other.run("BEGIN; SELECT 1 FROM heads FOR UPDATE");
    // The statement is cancelled, which is known to have done nothing.
    assert_eq!(word(&submit(&ledger, ada.pay(&bob, 1, Some("stuck")))), "overloaded");
    other.run("ROLLBACK");
    assert_eq!(word(&submit(&ledger, ada.pay(&bob, 1, Some("stuck")))), "201");
    assert_eq!(app.database.db_count("payments"), 1);
    books::check(&app.database);
}
