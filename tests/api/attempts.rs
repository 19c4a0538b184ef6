//! Guessing passwords: how often, for whom, and for how long it is remembered.

use std::sync::{Arc, Barrier};

use counterfoil::services::attempts::GuardedAction;
use serde_json::json;

use crate::support::{PASSWORD, Person, Reply, TestApp, TestDatabase, both_engines};

const WRONG: &str = "wrong horse battery staple";
const QUARTER_SECONDS: i64 = 900;
const HOUR_SECONDS: i64 = 3_600;

fn sign_in(app: &TestApp, email: &str, password: &str) -> Reply {
    app.anonymous().post("/api/v1/sessions", &json!({"email": email, "password": password}))
}

/// The same, from elsewhere: apps that trust loopback as their proxy believe it.
fn sign_in_from(app: &TestApp, address: &str, email: &str, password: &str) -> Reply {
    let body = json!({"email": email, "password": password});
    app.anonymous().post_with("/api/v1/sessions", &[("X-Forwarded-For", address)], &body)
}

/// An app behind a proxy on loopback.
fn behind_a_proxy(database: &TestDatabase) -> TestApp {
    TestApp::with(Arc::new(TestDatabase::new(database.engine())), |settings| {
        settings.trusted_proxies = "127.0.0.1/32".to_owned();
    })
}

#[track_caller]
fn is_limited(reply: Reply, policy: &str, quota: u32, window: i64) -> i64 {
    let reply = reply.expect_problem(429, "rate_limited");
    assert_eq!(reply.body["violated-policies"], json!([policy]));
    let expected = format!(r#""{policy}";q={quota};w={window}"#);
    assert_eq!(reply.header("ratelimit-policy"), Some(expected.as_str()));
    let wait: i64 = reply.header("retry-after").unwrap().parse().unwrap();
    let left = format!(r#""{policy}";r=0;t={wait}"#);
    assert_eq!(reply.header("ratelimit"), Some(left.as_str()));
    wait
}

#[track_caller]
fn is_limited_by_account(reply: Reply) -> i64 {
    is_limited(reply, "sign-in-account", 10, QUARTER_SECONDS)
}

both_engines! {
    fn ten_wrong_passwords_and_then_a_wait(app: &TestApp) {
        let ada = app.member("ada");
        for email in [ada.email.as_str(), "nobody@river.example"] {
            for _ in 0..10 {
                sign_in(app, email, WRONG).expect_problem(401, "unauthenticated");
            }
            // The right one has to wait, too, and strangers look like members.
            for password in [WRONG, PASSWORD] {
                let wait = is_limited_by_account(sign_in(app, email, password));
                assert!((QUARTER_SECONDS - 30..=QUARTER_SECONDS).contains(&wait), "{wait}");
            }
            app.clock.advance(60);
        }
        sign_in(app, &app.member("ben").email, PASSWORD).expect(201);
        app.clock.advance(QUARTER_SECONDS - 120 - 60);
        is_limited_by_account(sign_in(app, &ada.email, PASSWORD));
        app.clock.advance(121);
        sign_in(app, &ada.email, PASSWORD).expect(201);
    }

    fn the_count_outlives_a_restart(app: &TestApp) {
        let ada = app.member("ada");
        for _ in 0..6 {
            sign_in(app, &ada.email, WRONG).expect_problem(401, "unauthenticated");
        }
        app.restart();
        for _ in 0..4 {
            sign_in(app, &ada.email, WRONG).expect_problem(401, "unauthenticated");
        }
        is_limited_by_account(sign_in(app, &ada.email, PASSWORD));
        app.restart();
        is_limited_by_account(sign_in(app, &ada.email, PASSWORD));
        app.clock.advance(QUARTER_SECONDS + 1);
        sign_in(app, &ada.email, PASSWORD).expect(201);
    }

    fn the_right_password_begins_the_count_anew(app: &TestApp) {
        let ada = app.member("ada");
        for _ in 0..3 {
            for _ in 0..9 {
                sign_in(app, &ada.email, WRONG).expect_problem(401, "unauthenticated");
            }
            sign_in(app, &ada.email, PASSWORD).expect(201);
            app.clock.advance(61);
        }
    }

    fn guesses_at_once_cannot_slip_past_each_other(app: &TestApp) {
        const GUESSES: usize = 32;
        let ada = app.member("ada");
        let start = Barrier::new(GUESSES);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let guess = || {
                start.wait();
                sign_in(app, &ada.email, WRONG).status
            };
            let threads: Vec<_> = (0..GUESSES).map(|_| scope.spawn(guess)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let count = |wanted: u16| statuses.iter().filter(|status| **status == wanted).count();
        assert_eq!((count(401), count(429)), (10, GUESSES - 10), "{statuses:?}");
        let rows = app.database.db_numbers("SELECT in_a_row AS value FROM attempts ORDER BY 1");
        assert_eq!(rows, [1, 10], "each counted once, of the address and of the account: {rows:?}");
    }

    fn an_address_may_fail_twenty_times_a_minute(database: &TestDatabase) {
        let app = &behind_a_proxy(database);
        let ada = app.member("ada");
        for number in 0..20 {
            let email = format!("nobody{number}@river.example");
            sign_in_from(app, "2001:db8::1", &email, WRONG).expect_problem(401, "unauthenticated");
        }
        // Another address of the same line is no other client; what a client invents is not read.
        for from in ["2001:db8::1", "2001:db8::2", "192.0.2.1, 2001:db8::3"] {
            let wait = is_limited(sign_in_from(app, from, &ada.email, PASSWORD), "sign-in-address", 20, 60);
            assert!((1..=60).contains(&wait), "{wait}");
        }
        sign_in_from(app, "2001:db8:0:1::1", &ada.email, PASSWORD).expect(201);
        app.clock.advance(61);
        sign_in_from(app, "2001:db8::1", &ada.email, PASSWORD).expect(201);
    }

    fn nobody_can_lock_an_owner_out(database: &TestDatabase) {
        let app = &behind_a_proxy(database);
        let ada = app.member("ada");
        let (home, session) = ("198.51.100.7", ada.tokens());
        sign_in_from(app, home, &ada.email, PASSWORD).expect(201);
        for round in 0..10 {
            for guess in 0..10 {
                let address = format!("192.0.2.{}", round * 10 + guess);
                sign_in_from(app, &address, &ada.email, WRONG).expect_problem(401, "unauthenticated");
            }
            is_limited_by_account(sign_in_from(app, "192.0.2.200", &ada.email, WRONG));
            // Where she signed in before, she is let in all the same.
            sign_in_from(app, home, &ada.email, PASSWORD).expect(201);
            app.clock.advance(QUARTER_SECONDS + 1);
        }
        // A hundred in a row: from elsewhere there is one try an hour from now on, and it is enough.
        is_limited_by_account(sign_in_from(app, "203.0.113.9", &ada.email, PASSWORD));
        app.clock.advance(HOUR_SECONDS - QUARTER_SECONDS);
        sign_in_from(app, "192.0.2.200", &ada.email, WRONG).expect_problem(401, "unauthenticated");
        let wait = is_limited_by_account(sign_in_from(app, "203.0.113.9", &ada.email, PASSWORD));
        assert!(wait > HOUR_SECONDS - 60, "{wait}");
        app.clock.advance(HOUR_SECONDS);
        sign_in_from(app, "203.0.113.9", &ada.email, PASSWORD).expect(201);
        // And who is signed in stays so.
        let renewed = app.anonymous().post("/api/v1/sessions/refresh", &json!({"refresh_token": session.refresh}));
        renewed.expect(200);
    }

    fn a_recovery_begins_the_count_anew(app: &TestApp) {
        let ada = app.member("ada");
        for _ in 0..10 {
            sign_in(app, &ada.email, WRONG).expect_problem(401, "unauthenticated");
        }
        is_limited_by_account(sign_in(app, &ada.email, PASSWORD));
        let services = app.services();
        let forgiveness = services.attempts().forgiveness(GuardedAction::SignIn, &ada.email);
        app.block_on(services.ledger().write(move |conn| forgiveness.apply(conn))).unwrap();
        sign_in(app, &ada.email, PASSWORD).expect(201);
    }

    fn a_village_behind_one_address_signs_in_at_once(app: &TestApp) {
        const HOUSES: usize = 40;
        let people: Vec<Person> = (0..HOUSES).map(|number| app.member(&format!("house {number}"))).collect();
        let start = Barrier::new(HOUSES);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let (start, people) = (&start, &people);
            let enter = |number: usize| {
                start.wait();
                sign_in(app, &people[number].email, PASSWORD).status
            };
            let threads: Vec<_> = (0..HOUSES).map(|number| scope.spawn(move || enter(number))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(statuses.iter().all(|status| *status == 201), "{statuses:?}");
    }

    fn too_many_passwords_at_once_are_turned_away_uncounted(database: &TestDatabase) {
        const CLIENTS: usize = 120;
        let database = Arc::new(TestDatabase::new(database.engine()));
        let app = &TestApp::with(database, |settings| {
            settings.trusted_proxies = "127.0.0.1/32".to_owned();
            settings.password_slots = 1;
            (settings.password_memory_kib, settings.password_passes) = (19_456, 2);
        });
        let start = Barrier::new(CLIENTS);
        let replies: Vec<Reply> = std::thread::scope(|scope| {
            let start = &start;
            let guess = |number: usize| {
                start.wait();
                let email = format!("nobody{number}@river.example");
                sign_in_from(app, &format!("192.0.2.{number}"), &email, WRONG)
            };
            let threads: Vec<_> = (0..CLIENTS).map(|number| scope.spawn(move || guess(number))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let (refused, judged): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status == 503);
        assert!(!refused.is_empty() && judged.len() >= 33, "{} and {}", refused.len(), judged.len());
        for reply in refused {
            assert_eq!(reply.expect_problem(503, "overloaded").header("retry-after"), Some("1"));
        }
        let counted = app.database.db_numbers("SELECT count(*) AS value FROM attempts WHERE in_a_row > 0")[0];
        assert_eq!(counted, 2 * i64::try_from(judged.len()).unwrap(), "only what was judged");
        app.clock.advance(61);
        let ada = app.member("ada");
        sign_in(app, &ada.email, PASSWORD).expect(201);
    }
}
