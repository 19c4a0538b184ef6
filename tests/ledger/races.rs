//! Many hands at once, in one process and in two.

use std::sync::Arc;

use counterfoil::ledger::Ledger;
use counterfoil::storage::Engine;

use crate::books;
use crate::by_hand::ByHand;
use crate::commands::{Hand, submit, submit_in_threads, word};
use crate::support::{TestApp, TestDatabase, both_engines};

/// As many as race for the last of a limit.
const RACERS: usize = 32;
const ROUNDS: usize = 10;

/// Each round there is room for another number of payments, and exactly that many are made. The ledgers take turns.
fn race_for_the_last(app: &TestApp, ledgers: &[Ledger]) {
    let (ada, bob, greta) = (app.member("ada"), app.member("bob"), app.admin());
    let [payer, payee, admin] = [&ada, &bob, &greta].map(|person| Hand::of(app, person));
    let mut spent = 0;
    for round in 0..ROUNDS {
        let room = [1, 31, 7, 0, 16, 32, 3, 24, 2, 11][round];
        let limit = spent + i64::try_from(room).unwrap() * 1_00 + 99;
        let elsewhere = &ledgers[(round + 1) % ledgers.len()];
        submit(elsewhere, admin.set_limits(&payer, limit, None, None)).unwrap();
        let commands = (0..RACERS).map(|number| {
            let key = format!("race-{round}-{number}");
            (ledgers[number % ledgers.len()].clone(), payer.pay(&payee, 1_00, Some(&key)))
        });
        let words: Vec<_> = submit_in_threads(commands.collect()).iter().map(word).collect();
        let paid = words.iter().filter(|word| *word == "201").count();
        assert_eq!(paid, room, "round {round}: {words:?}");
        assert_eq!(
            words.iter().filter(|word| *word == "409").count(),
            RACERS - room,
            "round {round}: {words:?}"
        );
        spent += i64::try_from(paid).unwrap() * 1_00;
    }
    let balances = app.database.db_numbers("SELECT balance AS value FROM balances ORDER BY balance");
    assert_eq!(balances, [-spent, 0, 0, spent]);
    books::check(&app.database);
}

/// Payments to and fro between the same accounts, and around in threes; whoever is refused is refused for a reason.
fn storm(app: &TestApp, ledgers: &[Ledger]) {
    let people: Vec<_> = ["ada", "bob", "cyd"].iter().map(|name| Hand::of(app, &app.member(name))).collect();
    let ways = [(0, 1), (1, 0), (0, 1), (1, 0), (0, 1), (1, 2), (2, 0), (0, 2), (2, 1), (1, 0)];
    let threads: Vec<_> = (0..16)
        .map(|thread| {
            let (people, ledger) = (people.clone(), ledgers[thread % ledgers.len()].clone());
            std::thread::spawn(move || {
                let mut words = Vec::new();
                for number in 0..30 {
                    let (from, to) = ways[(thread + number) % ways.len()];
                    let key = format!("storm-{thread}-{number}");
                    let amount = i64::try_from(1 + number * 7 + thread).unwrap();
                    words.push(word(&submit(&ledger, people[from].pay(&people[to], amount, Some(&key)))));
                }
                words
            })
        })
        .collect();
    let words: Vec<_> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    assert!(words.iter().all(|word| word == "201" || word == "409"), "{words:?}");
    let paid = i64::try_from(words.iter().filter(|word| *word == "201").count()).unwrap();
    assert!(paid > 100, "{words:?}");
    assert_eq!(app.database.db_count("payments"), paid);
    books::check(&app.database);
    books::check_floor(&app.database, -100_00);
}

fn two_apps() -> (TestApp, TestApp) {
    let database = Arc::new(TestDatabase::new(Engine::Postgres));
    (TestApp::on(Arc::clone(&database)), TestApp::on(database))
}

fn ledgers(apps: &[&TestApp]) -> Vec<Ledger> {
    apps.iter().map(|app| app.services().ledger().clone()).collect()
}

fn expect_no_deadlock(app: &TestApp) {
    let deadlocks = ByHand::on(&app.database)
        .number("SELECT deadlocks AS value FROM pg_stat_database WHERE datname = current_database()");
    assert_eq!(deadlocks, 0);
}

both_engines! {
    fn exactly_as_many_pay_as_the_limit_allows(app: &TestApp) {
        race_for_the_last(app, &ledgers(&[app]));
    }

    fn payments_to_and_fro_do_not_block_each_other(app: &TestApp) {
        storm(app, &ledgers(&[app]));
    }
}

#[test]
fn exactly_as_many_pay_as_the_limit_allows_through_two_processes() {
    let (here, there) = two_apps();
    race_for_the_last(&here, &ledgers(&[&here, &there]));
}

#[test]
fn payments_to_and_fro_through_two_processes_do_not_block_each_other() {
    let (here, there) = two_apps();
    storm(&here, &ledgers(&[&here, &there]));
    here.stop();
    there.stop();
    expect_no_deadlock(&here);
}

#[test]
fn two_processes_let_people_in_at_once() {
    let (here, there) = two_apps();
    here.community("RIVER");
    let people: Vec<_> = (0..24)
        .map(|number| {
            here.block_on(here.services().create_user(&format!("{number}@x"), "N", "h".into())).unwrap()
        })
        .collect();
    let community_id = here.community("RIVER").id;
    let ledgers = ledgers(&[&here, &there]);
    let admissions = people.into_iter().enumerate().map(|(number, user_id)| {
        let id = uuid::Uuid::from_u128(1_000 + u128::try_from(number).unwrap());
        let admit = counterfoil::domain::command::Admit {
            member_id: counterfoil::domain::ids::MemberId::from_uuid(id),
            account_id: counterfoil::domain::ids::AccountId::from_uuid(id),
            name: format!("Number {number}"),
            user_id,
            role: counterfoil::domain::member::Role::Member,
            limits: counterfoil::domain::account::Limits {
                credit_limit: counterfoil::domain::amount::Amount::ZERO,
                ceiling: None,
            },
            limits_by: counterfoil::domain::command::LimitsBy::Difference,
            reason: String::new(),
        };
        let command =
            crate::commands::by_service(community_id, counterfoil::domain::command::Action::Admit(admit));
        (ledgers[number % 2].clone(), command)
    });
    let words: Vec<_> = submit_in_threads(admissions.collect()).iter().map(word).collect();
    assert!(words.iter().all(|word| word == "changed"), "{words:?}");
    let codes = here.database.db_texts("SELECT code AS value FROM accounts ORDER BY code");
    let expected: Vec<_> = (0..25).map(|number| format!("RIVER{number:04}")).collect();
    assert_eq!(codes, expected);
    books::check(&here.database);
    here.stop();
    there.stop();
    expect_no_deadlock(&here);
}
