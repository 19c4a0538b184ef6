//! Reserved money: captured, voided, raced for, and still right after a restart.

use counterfoil::storage::Engine;

use crate::books;
use crate::commands::{Hand, payment_id, submit, submit_in_threads, word};
use crate::support::{TestApp, TestDatabase, both_engines};

fn reserved(app: &TestApp) -> i64 {
    app.database.db_numbers("SELECT CAST(SUM(reserved) AS BIGINT) AS value FROM balances")[0]
}

fn state(app: &TestApp) -> Vec<i64> {
    app.database.db_numbers("SELECT CAST(state AS BIGINT) AS value FROM payments ORDER BY event_seq")
}

both_engines! {
    fn a_hold_is_captured_or_voided_once(app: &TestApp) {
        let (ada, bob) = (app.member("ada"), app.member("bob"));
        let admin = app.admin();
        let [payer, payee, greta] = [&ada, &bob, &admin].map(|person| Hand::of(app, person));
        let ledger = || app.services().ledger().clone();
        let later = app.now().plus_seconds(600);
        let first = submit(&ledger(), payer.authorise(&payee, 30_00, later, Some("first")));
        let second = submit(&ledger(), payer.authorise(&payee, 70_00, later, Some("second")));
        assert_eq!([&first, &second].map(word), ["201", "201"]);
        assert_eq!(ada.account()["reserved"], "100.00");
        assert_eq!(ada.account()["available"], "0.00");
        assert_eq!(word(&submit(&ledger(), payer.pay(&payee, 1, Some("more")))), "409", "reserved money is spent");

        // What was held passes, also after a cut, a freeze and a restart.
        submit(&ledger(), greta.set_limits(&payer, 0, None, None)).unwrap();
        crate::program::restart(app);
        app.prove();
        assert_eq!(word(&submit(&ledger(), payee.capture(payment_id(&first), Some(10_00), Some("capture")))), "200");
        assert_eq!(word(&submit(&ledger(), payee.capture(payment_id(&first), Some(10_00), Some("capture")))), "200 again");
        assert_eq!(word(&submit(&ledger(), payee.capture(payment_id(&first), None, None))), "conflict");
        assert_eq!(ada.account()["reserved"], "70.00");
        assert_eq!(ada.balance(), "-10.00");
        assert_eq!(word(&submit(&ledger(), payer.void(payment_id(&second), None))), "forbidden", "it is the payee's to void");
        assert_eq!(word(&submit(&ledger(), greta.void(payment_id(&second), Some("void")))), "200");
        assert_eq!(word(&submit(&ledger(), payee.capture(payment_id(&second), None, None))), "conflict");
        assert_eq!(ada.account()["reserved"], "0.00");
        assert_eq!((state(app), reserved(app)), (vec![4, 7], 0));

        let short = submit(&ledger(), payee.authorise(&payer, 1, app.now().plus_seconds(5), None));
        app.clock.advance(5);
        assert_eq!(word(&submit(&ledger(), payer.capture(payment_id(&short), None, None))), "conflict", "too late");
        assert_eq!(word(&submit(&ledger(), payer.void(payment_id(&short), None))), "cancelled");
        books::check(&app.database);
    }
}

/// Each round, 16 threads capture and 16 void one hold: one of them all wins.
fn capture_and_void_race(engine: Engine) {
    let app = &TestApp::on(std::sync::Arc::new(TestDatabase::new(engine)));
    let (ada, bob) = (app.member("ada"), app.member("bob"));
    let (payer, payee) = (Hand::of(app, &ada), Hand::of(app, &bob));
    let ledger = app.services().ledger().clone();
    let mut captured = 0;
    for round in 0..5 {
        let held = submit(&ledger, payer.authorise(&payee, 2_00, app.now().plus_seconds(600), None));
        let commands = (0..32).map(|number| {
            let key = format!("{round}-{number}");
            let command = if number % 2 == 0 {
                payee.capture(payment_id(&held), Some(1_00), Some(&key))
            } else {
                payee.void(payment_id(&held), Some(&key))
            };
            (ledger.clone(), command)
        });
        let words: Vec<_> = submit_in_threads(commands.collect()).iter().map(word).collect();
        let won: Vec<_> = (0..32).filter(|place| words[*place] == "200").collect();
        assert_eq!(won.len(), 1, "{words:?}");
        assert_eq!(words.iter().filter(|word| *word == "409").count(), 31, "{words:?}");
        captured += usize::from(won[0] % 2 == 0);
    }
    assert_eq!(ada.balance(), if captured == 0 { "0.00".into() } else { format!("-{captured}.00") });
    assert_eq!(reserved(app), 0);
    books::check(&app.database);
}

#[test]
fn capture_and_void_race_on_sqlite() {
    capture_and_void_race(Engine::Sqlite);
}

#[test]
fn capture_and_void_race_on_postgres() {
    capture_and_void_race(Engine::Postgres);
}
