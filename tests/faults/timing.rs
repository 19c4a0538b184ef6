//! Whether a sign-in's time tells if there is such a login. A measurement, which wants a machine to itself, so it runs
//! only when it is asked for, with the number of samples on each side:
//!
//! `COUNTERFOIL_TEST_TIMING=2000 tests/run --release --test faults timing -- --nocapture --test-threads 1`

use std::sync::Arc;
use std::time::Instant;

use counterfoil::auth::passwords;
use counterfoil::storage::Engine;
use serde_json::json;

use crate::support::{TestApp, TestDatabase};

/// How many samples are wanted.
const SAMPLES: &str = "COUNTERFOIL_TEST_TIMING";
/// Logins that take turns, so that none of them is locked.
const LOGINS: usize = 40;
/// Pairs of guesses between two minutes: fewer than an address may make.
const PAIRS_A_MINUTE: usize = 9;
/// Samples before it counts.
const WARM_UP: usize = 20;
/// The largest difference between the medians, in hundredths.
const GAP_MAX_PERCENT: f64 = 5.0;

fn measure(engine: Engine) {
    let Some(samples) = std::env::var(SAMPLES).ok().and_then(|text| text.parse::<usize>().ok()) else {
        println!("skipped: set {SAMPLES} to a number of samples to measure");
        return;
    };
    let app = TestApp::with(Arc::new(TestDatabase::new(engine)), |settings| {
        (settings.password_memory_kib, settings.password_passes) = (19_456, 2);
    });
    let services = app.services();
    for number in 0..LOGINS {
        let hash = passwords::hash("correct horse battery staple").unwrap();
        let email = format!("known{number}@river.example");
        let made = services.create_user(&email, "Known", hash);
        app.block_on(made).unwrap();
    }
    let nobody = app.anonymous();
    let guess = |kind: &str, number: usize| {
        let email = format!("{kind}{}@river.example", number % LOGINS);
        let since = Instant::now();
        let reply = nobody.post("/api/v1/sessions", &json!({"email": email, "password": "wrong horse"}));
        let passed = since.elapsed().as_secs_f64() * 1_000.0;
        reply.expect_problem(401, "unauthenticated");
        passed
    };
    let (mut known, mut other) = (Vec::new(), Vec::new());
    for number in 0..samples + WARM_UP {
        if number % PAIRS_A_MINUTE == 0 {
            app.clock.advance(61);
        }
        // Who comes first takes turns, too.
        let (one, two) = if number % 2 == 0 {
            let one = guess("known", number);
            (one, guess("other", number))
        } else {
            let two = guess("other", number);
            (guess("known", number), two)
        };
        if number >= WARM_UP {
            known.push(one);
            other.push(two);
        }
    }
    let (known, other) = (median(known), median(other));
    let gap = (known - other).abs() / known.min(other) * 100.0;
    println!(
        "{engine:?}: {samples} samples a side, medians {known:.2} ms known, {other:.2} ms unknown, gap {gap:.2} %"
    );
    assert!(gap <= GAP_MAX_PERCENT, "the time tells who is there: {gap:.2} %");
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

#[test]
fn strangers_and_members_take_the_same_time_on_sqlite() {
    measure(Engine::Sqlite);
}

#[test]
fn strangers_and_members_take_the_same_time_on_postgres() {
    measure(Engine::Postgres);
}
