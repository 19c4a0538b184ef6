//! What happens inside one batch, and before the queue.

use std::collections::BTreeSet;

use counterfoil::storage::Engine;
use serde_json::json;

use crate::books;
use crate::commands::{Hand, bytes, submit, word};
use crate::gate::{Gate, all};
use crate::support::{TestApp, TestDatabase, both_engines, fresh_key};

fn version(app: &TestApp) -> i64 {
    app.database.db_numbers("SELECT version AS value FROM heads")[0]
}

both_engines! {
    fn a_key_that_comes_five_times_in_one_batch_pays_once(app: &TestApp) {
        let (ada, bob) = (app.member("ada"), app.member("bob"));
        let (ada, bob) = (Hand::of(app, &ada), Hand::of(app, &bob));
        let ledger = app.services().ledger().clone();
        let (before, outcomes) = app.block_on(async {
            let gate = Gate::shut(&app.database, &ledger, bob.in_session(1).end_session(app.now())).await;
            let before = version(app);
            let mut commands = vec![ada.pay(&bob, 5, Some("key")); 5];
            commands.push(ada.pay(&bob, 6, Some("key")));
            commands.push(bob.pay(&ada, 5, Some("key")));
            let waiting = gate.enqueue(&ledger, commands).await;
            gate.open().await;
            (before, all(waiting).await)
        });
        let words: Vec<_> = outcomes.iter().map(word).collect();
        let again = "201 again";
        assert_eq!(words, ["201", again, again, again, again, "idempotency_key_reused", "201"], "keys are each user's own");
        let first = bytes(&outcomes[0]);
        assert!(outcomes[1..5].iter().all(|outcome| bytes(outcome) == first), "byte for byte the same");
        // PostgreSQL's plug is still to be written when the version is read.
        let batches = if app.database.engine() == Engine::Postgres { 2 } else { 1 };
        assert_eq!(version(app) - before, batches, "it was one batch");
        assert_eq!(app.database.db_count("payments"), 2);
        books::check(&app.database);
    }

    fn the_batch_spends_a_limit_in_order(app: &TestApp) {
        let (ada, bob) = (app.member("ada"), app.member("bob"));
        let (ada, bob) = (Hand::of(app, &ada), Hand::of(app, &bob));
        let ledger = app.services().ledger().clone();
        let outcomes = app.block_on(async {
            let gate = Gate::shut(&app.database, &ledger, bob.in_session(1).end_session(app.now())).await;
            let commands = vec![
                ada.pay(&bob, 60_00, Some("a")),
                ada.pay(&bob, 60_00, Some("b")),
                ada.pay(&bob, 40_00, Some("c")),
                ada.pay(&bob, 1, Some("d")),
                bob.pay(&ada, 1, Some("e")),
                ada.pay(&bob, 1, Some("f")),
            ];
            let waiting = gate.enqueue(&ledger, commands).await;
            gate.open().await;
            all(waiting).await
        });
        assert_eq!(outcomes.iter().map(word).collect::<Vec<_>>(), ["201", "409", "201", "409", "201", "201"]);
        assert_eq!(app.member("ada").balance(), "-100.00");
        books::check(&app.database);
        books::check_floor(&app.database, -100_00);
    }

    fn balances_reach_the_end_of_their_range_and_no_further(app: &TestApp) {
        let all_there_is = "10000000000000.00";
        let ada = app.newcomer("ada").with_credit_limit(all_there_is).join();
        let bob = app.newcomer("bob").with_credit_limit(all_there_is).join();
        let (ada, bob) = (Hand::of(app, &ada), Hand::of(app, &bob));
        let ledger = app.services().ledger().clone();
        let most = 1_000_000_000_000;
        let outcomes = app.block_on(async {
            let mut waiting = Vec::new();
            for _ in 0..1_000 {
                let (ledger, command) = (ledger.clone(), ada.pay(&bob, most, None));
                waiting.push(tokio::spawn(async move { ledger.submit(command).await }));
            }
            all(waiting).await
        });
        assert!(outcomes.iter().all(|outcome| word(outcome) == "completed"));
        for (from, to, expected) in [(&ada, &bob, "insufficient_credit"), (&bob, &ada, "completed")] {
            assert_eq!(word(&submit(&ledger, from.pay(to, 1, None))), expected);
        }
        assert_eq!(word(&submit(&ledger, ada.pay(&bob, 1, None))), "completed");
        let ends: BTreeSet<_> = app.database.db_numbers("SELECT balance AS value FROM balances").into_iter().collect();
        assert_eq!(ends, BTreeSet::from([-1_000_000_000_000_000, 0, 1_000_000_000_000_000]));
        // What the last balance stands for after a restart, from memory that was read back.
        drop(ledger);
        crate::program::restart(app);
        let ledger = app.services().ledger().clone();
        assert_eq!(word(&submit(&ledger, ada.pay(&bob, 1, None))), "insufficient_credit");
        books::check(&app.database);
    }
}

/// One command is folded ahead, one waits, and no more fit.
fn a_full_queue_turns_away(engine: Engine) {
    let app = &TestApp::with(std::sync::Arc::new(TestDatabase::new(engine)), |settings| {
        settings.ledger_queue_max = 1;
        settings.ledger_batch_max = 1;
        settings.ledger_writers = 1;
    });
    let (ada, bob) = (app.member("ada"), app.member("bob"));
    let (payer, payee) = (Hand::of(app, &ada), Hand::of(app, &bob));
    let key = fresh_key();
    let body = json!({"allow_duplicate": true, "payer": ada.code, "payee": bob.code, "amount": "1.00", "description": "Late"});
    // Signed in, and known by code, before the queue is full.
    app.pay(&ada, &bob, "1.00");
    let ledger = app.services().ledger().clone();
    let before = app.database.db_count("payments");
    app.block_on(async {
        let gate = Gate::shut(&app.database, &ledger, payee.in_session(1).end_session(app.now())).await;
        let mut waiting = gate.enqueue(&ledger, vec![payer.pay(&payee, 1, Some("ahead"))]).await;
        // Once the writer has taken that one, there is room for another.
        let second = loop {
            let mut second = gate.enqueue(&ledger, vec![payer.pay(&payee, 1, Some("waits"))]).await;
            match second.pop().filter(|waiting| !waiting.is_finished()) {
                Some(second) => break second,
                None => tokio::task::yield_now().await,
            }
        };
        waiting.push(second);
        for number in 0..20 {
            let key = format!("away-{number}");
            assert_eq!(word(&ledger.submit(payer.pay(&payee, 1, Some(&key))).await), "overloaded");
        }
        let turned_away = ada.post_payment(&key, &body).expect_problem(503, "overloaded");
        assert!(turned_away.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok()));
        gate.open().await;
        assert_eq!(all(waiting).await.iter().map(word).collect::<Vec<_>>(), ["201", "201"]);
    });
    assert_eq!(app.database.db_count("payments"), before + 2, "who was turned away has paid nothing");
    // The keys are as good as new.
    ada.post_payment(&key, &body).expect(201);
    assert_eq!(word(&submit(&ledger, payer.pay(&payee, 1, Some("away-7")))), "201");
    books::check(&app.database);
}

#[test]
fn a_full_queue_on_sqlite_turns_away() {
    a_full_queue_turns_away(Engine::Sqlite);
}

#[test]
fn a_full_queue_on_postgres_turns_away() {
    a_full_queue_turns_away(Engine::Postgres);
}
