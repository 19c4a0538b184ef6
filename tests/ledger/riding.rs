//! Other rooms' writes, which on SQLite ride in the ledger's batches.

use counterfoil::domain::time::Timestamp;
use counterfoil::ledger::{SubmitError, WriteError};
use counterfoil::storage::{Engine, StorageError, secrets};

use crate::books;
use crate::commands::{Hand, submit, word};
use crate::gate::{Gate, all};
use crate::support::{TestApp, both_engines};

const NOW: Timestamp = Timestamp::from_micros(1);

fn stored(app: &TestApp) -> Vec<String> {
    app.database.db_texts("SELECT name AS value FROM server_secrets WHERE name LIKE 'test%' ORDER BY name")
}

fn key_row(kid: &str) -> secrets::SigningKeyRow {
    secrets::SigningKeyRow {
        kid: kid.into(),
        private_key: vec![1],
        created_at: NOW,
        active_from: NOW,
        retire_at: None,
        predecessor: None,
    }
}

both_engines! {
    fn a_write_is_all_or_nothing(app: &TestApp) {
        let ledger = app.services().ledger().clone();
        app.block_on(async {
            let written = ledger.write(|conn| secrets::find_or_insert(conn, "test-1", b"1", NOW)).await;
            assert_eq!(written.unwrap(), b"1");
            let failed = ledger.write(|conn| {
                secrets::find_or_insert(conn, "test-2", b"2", NOW)?;
                Err::<(), _>(StorageError::Corrupt("made up".into()))
            });
            assert!(matches!(failed.await, Err(WriteError::Storage(StorageError::Corrupt(_)))));
            let taken = ledger.write(|conn| {
                secrets::insert_signing_key(conn, &key_row("twin"))?;
                secrets::find_or_insert(conn, "test-3", b"3", NOW)?;
                secrets::insert_signing_key(conn, &key_row("twin"))
            });
            assert!(matches!(taken.await, Err(WriteError::Storage(StorageError::Taken { .. }))));
        });
        assert_eq!(stored(app), ["test-1"]);
    }

    fn after_a_panic_in_a_write_the_ledger_goes_on(app: &TestApp) {
        let (ada, bob) = (app.member("ada"), app.member("bob"));
        let (payer, payee) = (Hand::of(app, &ada), Hand::of(app, &bob));
        let ledger = app.services().ledger().clone();
        assert_eq!(word(&submit(&ledger, payer.pay(&payee, 1, Some("before")))), "201");
        app.block_on(async {
            for _ in 0..3 {
                let panicked = ledger.write::<()>(|conn| {
                    secrets::find_or_insert(conn, "test-panic", b"1", NOW)?;
                    panic!("planted by the test")
                });
                assert!(matches!(panicked.await, Err(WriteError::Submit(SubmitError::OutcomeUnknown))));
            }
        });
        assert_eq!(stored(app), Vec::<String>::new());
        assert_eq!(word(&submit(&ledger, payer.pay(&payee, 1, Some("before")))), "201 again");
        assert_eq!(word(&submit(&ledger, payer.pay(&payee, 1, Some("after")))), "201");
        assert!(ledger.is_ready());
        app.block_on(ledger.write(|conn| secrets::find_or_insert(conn, "test-after", b"1", NOW))).unwrap();
        assert_eq!(stored(app), ["test-after"]);
        books::check(&app.database);
    }
}

#[test]
fn a_failing_write_does_not_harm_its_batch() {
    let app = &TestApp::new(Engine::Sqlite);
    let (ada, bob) = (app.member("ada"), app.member("bob"));
    let (payer, payee) = (Hand::of(app, &ada), Hand::of(app, &bob));
    let ledger = app.services().ledger().clone();
    let version = || app.database.db_numbers("SELECT version AS value FROM heads")[0];
    app.block_on(async {
        let gate = Gate::shut(&app.database, &ledger, payee.in_session(1).end_session(app.now())).await;
        let before = version();
        let mut waiting = gate.enqueue(&ledger, vec![payer.pay(&payee, 1, Some("a"))]).await;
        let own = ledger.clone();
        let failing = tokio::spawn(async move {
            own.write(|conn| {
                secrets::find_or_insert(conn, "test-undone", b"1", NOW)?;
                secrets::insert_signing_key(conn, &key_row("twin"))?;
                secrets::insert_signing_key(conn, &key_row("twin"))
            })
            .await
        });
        let own = ledger.clone();
        let passing = tokio::spawn(async move {
            own.write(|conn| secrets::find_or_insert(conn, "test-done", b"1", NOW)).await
        });
        tokio::task::yield_now().await;
        waiting.extend(gate.enqueue(&ledger, vec![payer.pay(&payee, 2, Some("b"))]).await);
        gate.open().await;
        assert!(matches!(failing.await.unwrap(), Err(WriteError::Storage(StorageError::Taken { .. }))));
        passing.await.unwrap().unwrap();
        assert_eq!(all(waiting).await.iter().map(word).collect::<Vec<_>>(), ["201", "201"]);
        assert_eq!(version() - before, 1, "it was one batch");
    });
    assert_eq!(stored(app), ["test-done"]);
    assert_eq!(app.database.db_count("payments"), 2);
    books::check(&app.database);
}

#[test]
fn a_panicking_write_takes_its_batch_with_it_and_says_so() {
    let app = &TestApp::new(Engine::Sqlite);
    let (ada, bob) = (app.member("ada"), app.member("bob"));
    let (payer, payee) = (Hand::of(app, &ada), Hand::of(app, &bob));
    let ledger = app.services().ledger().clone();
    app.block_on(async {
        let gate = Gate::shut(&app.database, &ledger, payee.in_session(1).end_session(app.now())).await;
        let waiting = gate.enqueue(&ledger, vec![payer.pay(&payee, 1, Some("a"))]).await;
        let own = ledger.clone();
        let panicking = tokio::spawn(async move { own.write::<()>(|_| panic!("planted by the test")).await });
        tokio::task::yield_now().await;
        gate.open().await;
        assert!(matches!(panicking.await.unwrap(), Err(WriteError::Submit(SubmitError::OutcomeUnknown))));
        assert_eq!(all(waiting).await.iter().map(word).collect::<Vec<_>>(), ["unknown"]);
    });
    assert_eq!(app.database.db_count("payments"), 0);
    assert_eq!(word(&submit(&ledger, payer.pay(&payee, 1, Some("a")))), "201", "the same key finds out");
    assert_eq!(word(&submit(&ledger, payer.pay(&payee, 1, Some("a")))), "201 again");
    books::check(&app.database);
}
