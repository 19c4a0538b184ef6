//! Two services on one PostgreSQL, each with a memory of its own: what one did binds the other at its very next command.

use std::collections::BTreeMap;
use std::sync::Arc;

use counterfoil::domain::account::AccountStatus;
use counterfoil::domain::command::{Action, Admit};
use counterfoil::domain::ids::{MemberId, SessionId};
use counterfoil::domain::member::Role;
use counterfoil::storage::Engine;
use uuid::Uuid;

use crate::books;
use crate::commands::{Hand, by_service, bytes, submit, submit_in_threads, word};
use crate::support::{TestApp, TestDatabase};

struct Two {
    here: TestApp,
    there: TestApp,
    ada: Hand,
    bob: Hand,
    admin: Hand,
}

/// Two services, both warm: each has posted, so each remembers accounts, rights and the head that it left.
fn two() -> Two {
    let database = Arc::new(TestDatabase::new(Engine::Postgres));
    let (here, there) = (TestApp::on(Arc::clone(&database)), TestApp::on(database));
    let [ada, bob, admin] =
        [here.member("ada"), here.member("bob"), here.admin()].map(|person| Hand::of(&here, &person));
    let two = Two { here, there, ada, bob, admin };
    two.warm();
    two
}

impl Two {
    /// A payment there, after which nothing but memory says how things are.
    fn warm(&self) {
        for command in [self.ada.pay(&self.bob, 1, None), self.bob.pay(&self.ada, 1, None)] {
            assert_eq!(self.try_there(command), "completed");
        }
    }

    fn do_here(&self, command: counterfoil::domain::command::Command) {
        let outcome = submit(self.here.services().ledger(), command);
        assert!(["changed", "done", "completed"].contains(&word(&outcome).as_str()), "{outcome:?}");
    }

    fn try_there(&self, command: counterfoil::domain::command::Command) -> String {
        word(&submit(self.there.services().ledger(), command))
    }
}

#[test]
fn a_cut_limit_binds_the_other_process_at_once() {
    let two = two();
    for (limit, keyed, keyless) in [
        (0, "409", "insufficient_credit"),
        (50_00, "201", "completed"),
        (49_99, "409", "insufficient_credit"),
    ] {
        two.do_here(two.admin.set_limits(&two.ada, limit, None, None));
        let amount = if limit == 50_00 { 25_00 } else { 1 };
        assert_eq!(
            two.try_there(two.ada.pay(&two.bob, amount, None)),
            keyless,
            "limit {limit}, without a key"
        );
        two.warm_from_elsewhere();
        two.do_here(two.admin.set_limits(&two.ada, limit, None, None));
        let key = format!("limit-{limit}");
        assert_eq!(
            two.try_there(two.ada.pay(&two.bob, amount, Some(&key))),
            keyed,
            "limit {limit}, with a key"
        );
    }
    two.do_here(two.admin.set_limits(&two.bob, 0, Some(0), None));
    assert_eq!(two.try_there(two.admin.pay(&two.bob, 1, None)), "ceiling_exceeded");
    two.do_here(two.admin.set_limits(&two.bob, 0, None, None));
    assert_eq!(two.try_there(two.admin.pay(&two.bob, 1, None)), "completed", "a raised bound, too");
    books::check(&two.here.database);
}

impl Two {
    /// The other process posts something that has to do with none of the accounts in question.
    fn warm_from_elsewhere(&self) {
        assert_eq!(self.try_there(self.admin.pay(&self.bob, 1, None)), "completed");
    }
}

#[test]
fn an_ended_session_posts_nothing_in_the_other_process() {
    let two = two();
    let later = two.here.now().plus_seconds(600);
    two.do_here(two.ada.end_session(later));
    // The refusal leaves nothing behind: nothing but a look at the head can have told.
    let before = two.here.database.db_numbers("SELECT version AS value FROM heads");
    assert_eq!(two.try_there(two.ada.pay(&two.bob, 1, None)), "unauthenticated");
    assert_eq!(two.try_there(two.ada.pay(&two.bob, 1, Some("key"))), "unauthenticated");
    assert_eq!(two.here.database.db_numbers("SELECT version AS value FROM heads"), before);
    assert_eq!(
        two.try_there(two.ada.in_session(1).pay(&two.bob, 1, Some("key"))),
        "201",
        "another session may"
    );
    two.do_here(two.ada.in_session(1).end_session(later));
    assert_eq!(two.try_there(two.ada.in_session(1).pay(&two.bob, 1, Some("key"))), "201 again");
    assert_eq!(two.try_there(two.ada.in_session(1).pay(&two.bob, 1, Some("more"))), "unauthenticated");
    books::check(&two.here.database);
}

#[test]
fn a_status_binds_the_other_process_at_once() {
    let two = two();
    for (number, status) in
        [AccountStatus::Frozen, AccountStatus::Active, AccountStatus::Frozen].into_iter().enumerate()
    {
        two.do_here(two.admin.set_status(&two.bob, status));
        let expected = if status == AccountStatus::Active { "201" } else { "409" };
        let (out, back) = (format!("out-{number}"), format!("back-{number}"));
        assert_eq!(two.try_there(two.ada.pay(&two.bob, 1, Some(&out))), expected);
        assert_eq!(two.try_there(two.bob.pay(&two.ada, 1, Some(&back))), expected);
    }
    two.do_here(two.admin.set_status(&two.bob, AccountStatus::Active));
    assert_eq!(two.try_there(two.bob.pay(&two.ada, 1, None)), "completed");
    books::check(&two.here.database);
}

#[test]
fn who_was_a_stranger_is_let_in_for_both() {
    let two = two();
    let user_id = two
        .here
        .block_on(two.here.services().create_user("cyd@river.example", "Cyd", "hash".into()))
        .unwrap();
    let cyd = Hand { user_id, session_id: SessionId::from_uuid(Uuid::from_u128(1)), ..two.ada };
    let account_id = counterfoil::domain::ids::AccountId::from_uuid(Uuid::from_u128(77));
    // There, Cyd was looked up and remembered as nobody.
    assert_eq!(two.try_there(cyd.pay_from(&two.ada, &two.bob, 1, Some("cyd"))), "not_found");
    two.warm();
    two.do_here(by_service(
        cyd.community_id,
        Action::Admit(Admit {
            member_id: MemberId::from_uuid(Uuid::from_u128(78)),
            account_id,
            name: "Cyd".into(),
            user_id,
            role: Role::Member,
            limits: counterfoil::domain::account::Limits {
                credit_limit: counterfoil::domain::amount::Amount::from_minor(5),
                ceiling: None,
            },
            limits_by: counterfoil::domain::command::LimitsBy::Difference,
            reason: String::new(),
        }),
    ));
    let cyd = Hand { account_id, ..cyd };
    assert_eq!(two.try_there(cyd.pay(&two.ada, 5, Some("cyd"))), "201");
    assert_eq!(two.try_there(two.ada.pay(&cyd, 5, None)), "completed");
    books::check(&two.here.database);
}

#[test]
fn two_processes_spend_from_the_same_accounts_with_shared_keys() {
    let two = two();
    let names = ["ada", "bob", "greta", "cyd"];
    let hands: Vec<_> = names.iter().map(|name| Hand::of(&two.here, &two.here.member(name))).collect();
    let ledgers = [two.here.services().ledger().clone(), two.there.services().ledger().clone()];
    let before = two.here.database.db_count("payments");
    // Thirty threads, and each key comes from three of them, through both processes.
    let threads: Vec<_> = (0..30_usize)
        .map(|thread| {
            let (hands, ledger) = (hands.clone(), ledgers[thread % 2].clone());
            std::thread::spawn(move || {
                let mut seen = Vec::new();
                for step in 0..20_usize {
                    let number = thread / 3 * 20 + (step * 7 + thread) % 20;
                    let (from, to) = (number % 4, (number + 1 + number / 4 % 3) % 4);
                    let amount = i64::try_from(100 + number * 3).unwrap();
                    let command = hands[from].pay(&hands[to], amount, Some(&format!("shared-{number}")));
                    seen.push((number, from, to, amount, submit(&ledger, command)));
                }
                seen
            })
        })
        .collect();
    let mut answers = BTreeMap::<usize, Vec<_>>::new();
    for (number, from, to, amount, outcome) in threads.into_iter().flat_map(|thread| thread.join().unwrap()) {
        answers.entry(number).or_default().push((from, to, amount, outcome));
    }
    assert_eq!(answers.len(), 200);
    let (mut expected, mut paid) = ([0_i64; 4], 0);
    for (number, seen) in &answers {
        assert_eq!(seen.len(), 3);
        let (from, to, amount, first) = &seen[0];
        assert!(seen.iter().all(|(.., outcome)| bytes(outcome) == bytes(first)), "key {number}: {seen:?}");
        let words: Vec<_> = seen.iter().map(|(.., outcome)| word(outcome)).collect();
        assert_eq!(
            words.iter().filter(|word| !word.ends_with("again")).count(),
            1,
            "key {number}: {words:?}"
        );
        if words[0].starts_with("201") {
            expected[*from] -= amount;
            expected[*to] += amount;
            paid += 1;
        }
    }
    assert_eq!(two.here.database.db_count("payments"), before + paid);
    for (name, balance) in names.iter().zip(expected) {
        let code = &two.here.member(name).code;
        let stored = two.here.database.db_numbers(&format!(
            "SELECT balance AS value FROM balances b JOIN accounts a ON a.id = b.account_id WHERE a.code = '{code}'"
        ));
        assert_eq!(stored, [balance], "{name}");
    }
    books::check(&two.here.database);
    books::check_floor(&two.here.database, -100_00);
}

#[test]
fn one_key_sent_to_both_processes_at_once_has_one_answer() {
    let two = two();
    let ledgers = [two.here.services().ledger().clone(), two.there.services().ledger().clone()];
    for round in 0..25 {
        let key = format!("both-{round}");
        // Every third round is a refusal, which is kept under its key like a payment.
        let amount = if round % 3 == 2 { 1_000_00 } else { 1 };
        let commands =
            (0..8).map(|number| (ledgers[number % 2].clone(), two.ada.pay(&two.bob, amount, Some(&key))));
        let outcomes = submit_in_threads(commands.collect());
        let words: Vec<_> = outcomes.iter().map(word).collect();
        assert_eq!(words.iter().filter(|word| !word.ends_with("again")).count(), 1, "{words:?}");
        assert!(
            outcomes.iter().all(|outcome| bytes(outcome) == bytes(&outcomes[0])),
            "byte for byte the same"
        );
    }
    books::check(&two.here.database);
}

#[test]
fn a_second_press_in_the_other_process_finds_the_first_payment() {
    let two = two();
    let press = |hand: &Hand, other: &Hand, minor, key| {
        let mut command = hand.pay_for(other, minor, "Oats", key);
        if let Action::Pay(pay) = &mut command.action {
            pay.allow_duplicate = false;
        }
        command
    };
    // Both processes know Ada's payments before, so that only the moved head can tell of a new one.
    assert_eq!(two.try_there(press(&two.ada, &two.bob, 2, None)), "completed");
    two.do_here(press(&two.ada, &two.bob, 3, None));
    assert_eq!(two.try_there(press(&two.ada, &two.bob, 3, None)), "possible_duplicate");
    assert_eq!(two.try_there(press(&two.ada, &two.bob, 3, Some("key"))), "409");
    two.do_here(press(&two.ada, &two.bob, 4, None));
    let here = submit(two.here.services().ledger(), press(&two.ada, &two.bob, 2, None));
    assert_eq!(word(&here), "possible_duplicate");
    let mut meant = press(&two.ada, &two.bob, 3, None);
    if let Action::Pay(pay) = &mut meant.action {
        pay.allow_duplicate = true;
    }
    assert_eq!(two.try_there(meant), "completed");
    books::check(&two.here.database);
}
