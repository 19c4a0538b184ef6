//! The fast path and the safe path: the same answers, the same rows, on both engines.

use counterfoil::domain::account::AccountStatus;
use counterfoil::domain::refusal::Refusal;
use counterfoil::storage::Engine;

use crate::books;
use crate::commands::{bytes, is_refused, payment_id, word};
use crate::script::World;

/// A whole life on one path: what was answered, what is stored, how many folds were begun, and how often the head moved.
fn life(engine: Engine, is_overtaken: bool) -> (Vec<String>, Vec<String>, u64, u64) {
    let mut world = World::new(engine);
    if is_overtaken {
        world.always_be_overtaken();
    }
    let outcomes = world.live().iter().map(|outcome| format!("{outcome:?}")).collect();
    world.stop();
    books::check(&world.database);
    let version = world.database.db_numbers("SELECT version AS value FROM heads")[0];
    (outcomes, world.rows(), world.folds(), version.unsigned_abs())
}

fn compare(name: &str, left: &[String], right: &[String]) {
    for (number, (left, right)) in left.iter().zip(right).enumerate() {
        assert_eq!(left, right, "{name}, {number}");
    }
    assert_eq!(left.len(), right.len(), "{name}");
}

#[test]
fn both_paths_and_both_engines_give_the_same_answers_and_the_same_rows() {
    let (outcomes, rows, ..) = life(Engine::Sqlite, false);
    // The script is worth something only if everything comes about in it.
    let text = outcomes.join("\n");
    for wanted in [
        "status: 201",
        "status: 200",
        "status: 409",
        "is_replay: true",
        "KeyReused",
        "SessionEnded",
        "NotFound(Community)",
        "NotFound(Payee)",
        "Forbidden",
        "PreconditionFailed",
        "Done",
        "state: Authorised",
        "Conflict(NotAuthorised)",
        "Conflict(AuthorisationExpired)",
        "Conflict(RequestExpired)",
        "Conflict(NotExpired)",
        "state: Requested",
        "state: Declined",
        "state: Expired",
    ] {
        assert!(text.contains(wanted), "the script never gives {wanted}");
    }
    for code in ["insufficient_credit", "ceiling_exceeded", "account_not_active", "same_account"] {
        assert!(
            rows.iter().any(|row| row.starts_with("refusals ") && row.contains(code)),
            "no refusal for {code}"
        );
    }
    for table in [
        "records",
        "entries",
        "account_items",
        "hold_items",
        "holds",
        "texts",
        "events",
        "audits",
        "ended_sessions",
    ] {
        assert!(rows.iter().filter(|row| row.starts_with(&format!("{table} "))).count() > 3, "few {table}");
    }

    for (engine, is_overtaken) in
        [(Engine::Sqlite, true), (Engine::Postgres, false), (Engine::Postgres, true)]
    {
        let (other_outcomes, other_rows, other_folds, moves) = life(engine, is_overtaken);
        let name = format!("{engine:?}, overtaken: {is_overtaken}");
        compare(&name, &outcomes, &other_outcomes);
        compare(&name, &rows, &other_rows);
        if is_overtaken {
            // After the first, every batch that is written is folded in vain, read again and folded again. Each moves
            // the head once, and the trigger moves it once more.
            let wanted = 3 * (moves / 2 - 1);
            assert!(moves > 60, "{name} wrote few batches: {moves} moves of the head");
            assert!(other_folds >= wanted, "{name} took the fast path: {other_folds} folds of {wanted}");
        }
    }
}

/// Answers that memory no longer holds, after a restart.
fn forgotten_keys_are_found(engine: Engine) {
    let mut world = World::new(engine);
    world.populate();
    let [ada, bob, cyd] = [1, 2, 3].map(|number| world.hand(number));
    let paid = world.run(ada.pay(&bob, 10_00, Some("paid")));
    let refused = world.run(ada.pay(&bob, 500_00, Some("refused")));
    let held = world.run(ada.authorise(&bob, 1_00, world.time(1_000), Some("held")));
    let captured = world.run(bob.capture(payment_id(&held), None, Some("captured")));
    assert_eq!([&paid, &refused, &held, &captured].map(word), ["201", "409", "201", "200"]);

    // A first command, of which memory knows nothing at all.
    world.forget_everything();
    let again = world.run(ada.pay(&bob, 10_00, Some("paid")));
    assert_eq!((word(&again), bytes(&again)), ("201 again".into(), bytes(&paid)));
    // Commands whose accounts and rights are remembered by now, but not their keys.
    world.forget_everything();
    assert_eq!(word(&world.run(ada.pay(&bob, 1, Some("other")))), "201");
    let again = world.run(ada.pay(&bob, 500_00, Some("refused")));
    assert_eq!((word(&again), bytes(&again)), ("409 again".into(), bytes(&refused)));
    let again = world.run(ada.authorise(&bob, 1_00, world.time(1_000), Some("held")));
    assert_eq!((word(&again), bytes(&again)), ("201 again".into(), bytes(&held)));
    assert_eq!(word(&world.run(bob.capture(payment_id(&held), None, Some("captured")))), "200 again");
    assert!(is_refused(&world.run(ada.pay(&bob, 11_00, Some("paid"))), &Refusal::KeyReused));

    // Commands that would now be refused without a trace: the key still answers first.
    world.run(ada.set_status(&bob, AccountStatus::Frozen)).unwrap();
    world.run(ada.end_session(world.time(1_000_000))).unwrap();
    world.forget_everything();
    assert_eq!(word(&world.run(cyd.pay(&ada.in_session(9), 1, Some("warm")))), "201");
    let again = world.run(ada.pay(&bob, 10_00, Some("paid")));
    assert_eq!(word(&again), "201 again", "the session has ended, and the key was answered before");
    assert!(is_refused(&world.run(ada.pay(&bob, 10_00, Some("new"))), &Refusal::SessionEnded));
    let batch = world.run_together(vec![
        cyd.pay(&ada, 1, Some("beside")),
        ada.pay(&bob, 500_00, Some("refused")),
        ada.pay(&bob, 1, Some("new")),
    ]);
    assert_eq!(batch.iter().map(word).collect::<Vec<_>>(), ["201", "409 again", "unauthenticated"]);
    world.stop();
    books::check(&world.database);
}

#[test]
fn sqlite_finds_forgotten_keys() {
    forgotten_keys_are_found(Engine::Sqlite);
}

#[test]
fn postgres_finds_forgotten_keys() {
    forgotten_keys_are_found(Engine::Postgres);
}
