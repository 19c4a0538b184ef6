//! Requests and what becomes of them: raced for by 32, also in two processes, each of which remembers what the other has
//! changed since.

use std::sync::Arc;

use counterfoil::domain::command::Command;
use counterfoil::ledger::Ledger;
use counterfoil::storage::Engine;

use crate::books;
use crate::commands::{Hand, payment_id, submit, submit_in_threads, word};
use crate::support::{TestApp, TestDatabase, both_engines};

fn states(app: &TestApp) -> Vec<i64> {
    app.database.db_numbers("SELECT CAST(state AS BIGINT) AS value FROM payments ORDER BY event_seq")
}

/// In each round 32 threads accept, decline, cancel and expire one request: one of them all wins.
fn race(apps: &[&TestApp], rounds: usize) {
    let here = apps[0];
    let ledgers: Vec<Ledger> = apps.iter().map(|app| app.services().ledger().clone()).collect();
    let (ada, bob) = (here.member("ada"), here.member("bob"));
    let (payer, payee) = (Hand::of(here, &ada), Hand::of(here, &bob));
    let before = states(here).len();
    let (mut accepted, mut ends) = (0, std::collections::BTreeSet::new());
    for round in 0..rounds {
        let expires_at = here.now().plus_seconds(60);
        let asked = submit(&ledgers[round % ledgers.len()], payee.request(&payer, 1_00, expires_at, None));
        let id = payment_id(&asked);
        let is_over = round % 4 == 3;
        if is_over {
            apps.iter().for_each(|app| app.clock.advance(60));
        }
        let commands = (0..32_usize).map(|number| {
            let key = format!("{round}-{number}");
            let command: Command = match number % 4 {
                0 => payer.accept(id, Some(&key)),
                1 => payer.decline(id, Some(&key)),
                2 => payee.cancel(id, Some(&key)),
                _ => payer.expire(id),
            };
            (ledgers[number / 4 % ledgers.len()].clone(), command)
        });
        let words: Vec<_> = submit_in_threads(commands.collect()).iter().map(word).collect();
        let won: Vec<_> =
            (0..32).filter(|place| words[*place] == "200" || words[*place] == "expired").collect();
        assert_eq!(won.len(), 1, "{words:?}");
        let lost = words.iter().filter(|word| *word == "409" || *word == "conflict").count();
        assert_eq!(lost, 31, "{words:?}");
        assert!(!is_over || won[0] % 4 != 0, "nothing is accepted after its time");
        assert!(is_over || won[0] % 4 != 3, "nothing expires before its time");
        ends.insert(won[0] % 4);
        accepted += i64::from(won[0] % 4 == 0);
    }
    let all = states(here);
    assert_eq!(all[before..].iter().filter(|state| **state == 4).count(), usize::try_from(accepted).unwrap());
    assert!(all[before..].iter().all(|state| *state != 1), "none is left open");
    assert!(ends.len() > 1, "the race was always won in the same way");
    assert_eq!(bob.balance(), format!("{accepted}.00"));
    books::check(&here.database);
}

both_engines! {
    fn one_of_all_who_act_wins(app: &TestApp) {
        race(&[app], 12);
        app.prove();
    }

    fn what_was_asked_is_remembered_across_a_restart(app: &TestApp) {
        let (ada, bob) = (app.member("ada"), app.member("bob"));
        let [payer, payee] = [&ada, &bob].map(|person| Hand::of(app, person));
        let ledger = || app.services().ledger().clone();
        let later = app.now().plus_seconds(600);
        let ids: Vec<_> = (0..4).map(|_| payment_id(&submit(&ledger(), payee.request(&payer, 2_00, later, None)))).collect();
        crate::program::restart(app);
        assert_eq!(word(&submit(&ledger(), payer.accept(ids[0], Some("a")))), "200");
        assert_eq!(word(&submit(&ledger(), payer.accept(ids[0], Some("b")))), "409");
        assert_eq!(word(&submit(&ledger(), payer.decline(ids[1], None))), "declined");
        assert_eq!(word(&submit(&ledger(), payee.cancel(ids[2], None))), "cancelled");
        crate::program::restart(app);
        assert_eq!(word(&submit(&ledger(), payer.accept(ids[0], Some("a")))), "200 again");
        assert_eq!(word(&submit(&ledger(), payer.accept(ids[1], None))), "conflict");
        assert_eq!(word(&submit(&ledger(), payer.expire(ids[3]))), "conflict", "before its time");
        app.clock.advance(600);
        assert_eq!(word(&submit(&ledger(), payer.accept(ids[3], None))), "conflict");
        assert_eq!(word(&submit(&ledger(), payer.expire(ids[3]))), "expired");
        assert_eq!(states(app), [4, 5, 7, 6]);
        books::check(&app.database);
    }
}

#[test]
fn one_of_all_who_act_in_two_processes_wins() {
    let database = Arc::new(TestDatabase::new(Engine::Postgres));
    let (here, there) = (TestApp::on(Arc::clone(&database)), TestApp::on(database));
    race(&[&here, &there], 12);
    here.prove();
}

#[test]
fn what_one_process_decided_binds_the_other() {
    let database = Arc::new(TestDatabase::new(Engine::Postgres));
    let (here, there) = (TestApp::on(Arc::clone(&database)), TestApp::on(database));
    let [payer, payee] = [here.member("ada"), here.member("bob")].map(|person| Hand::of(&here, &person));
    let later = here.now().plus_seconds(600);
    let on = |app: &TestApp, command| word(&submit(app.services().ledger(), command));
    let ask =
        |app: &TestApp| payment_id(&submit(app.services().ledger(), payee.request(&payer, 1, later, None)));
    // Each remembers the payment as open when the other ends it.
    let (first, second) = (ask(&here), ask(&there));
    assert_eq!(on(&there, payee.accept(first, None)), "forbidden");
    assert_eq!(on(&here, payee.accept(second, None)), "forbidden");
    assert_eq!(on(&here, payer.decline(first, None)), "declined");
    assert_eq!(on(&there, payer.accept(first, None)), "conflict");
    assert_eq!(on(&there, payer.accept(second, None)), "completed");
    assert_eq!(on(&here, payee.cancel(second, None)), "conflict");
    // So does trust, and its end.
    assert_eq!(on(&there, payee.request(&payer, 1, later, None)), "requested");
    assert_eq!(on(&here, payer.trust(&payee, Some(5))), "done");
    assert_eq!(on(&there, payee.request(&payer, 5, later, None)), "completed");
    assert_eq!(on(&there, payee.request(&payer, 6, later, None)), "requested");
    assert_eq!(on(&here, payer.trust(&payee, None)), "done");
    assert_eq!(on(&there, payee.request(&payer, 5, later, None)), "requested");
    // What is taken or given back was reserved by the other, of an account that is remembered from before.
    let hold =
        |app: &TestApp| payment_id(&submit(app.services().ledger(), payer.authorise(&payee, 5, later, None)));
    assert_eq!(on(&here, payer.trust(&payee, Some(1))), "done");
    let (taken, given_back) = (hold(&there), hold(&there));
    assert_eq!(on(&here, payee.capture(taken, Some(4), None)), "completed");
    let last = hold(&here);
    assert_eq!(on(&there, payee.void(given_back, None)), "cancelled");
    here.clock.advance(600);
    there.clock.advance(600);
    assert_eq!(on(&there, payer.expire(last)), "expired");
    here.prove();
    books::check(&here.database);
}
