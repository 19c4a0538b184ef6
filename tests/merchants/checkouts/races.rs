//! Several who want different things of one checkout at once: one of them gets it, and money moves once or not at all.

use std::sync::{Arc, Barrier};

use counterfoil::storage::Engine;
use serde_json::{Value, json};

use super::{approve, asked, create, create_with, expire_what_is_overdue, seen, step};
use crate::support::{Caller, Person, Reply, TestApp, both_engines, fresh_key, rounds};

const ROUNDS: usize = 6;

/// Everybody at once, and what they were told.
fn at_once<'a>(asks: Vec<Box<dyn Fn() -> Reply + Send + Sync + 'a>>) -> Vec<Reply> {
    let start = Barrier::new(asks.len());
    std::thread::scope(|scope| {
        let start = &start;
        let threads: Vec<_> = asks
            .iter()
            .map(|ask| {
                scope.spawn(move || {
                    start.wait();
                    ask()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn who_won(replies: &[Reply]) -> Vec<usize> {
    replies.iter().enumerate().filter(|(_, reply)| reply.status == 200).map(|(place, _)| place).collect()
}

both_engines! {
    fn two_payers_approve_at_once(app: &TestApp) {
        let shop = app.member("shop");
        let payers: Vec<Person> = (0..4).map(|number| app.newcomer(&format!("payer {number}")).with_credit_limit("1000.00").join()).collect();
        for round in 0..rounds(ROUNDS) {
            let open = create(&shop, &format!("order {round}"), "5.00");
            let asks = payers.iter().map(|payer| Box::new(|| approve(payer, &open)) as Box<dyn Fn() -> Reply + Send + Sync>);
            let replies = at_once(asks.collect());
            let winners = who_won(&replies);
            assert_eq!(winners.len(), 1, "{winners:?}");
            for reply in replies.iter().filter(|reply| reply.status != 200) {
                assert_eq!((reply.status, &reply.body["reason"]), (409, &json!("checkout_not_open")));
            }
            let paid = seen(&shop, &open);
            let payment = payers[winners[0]].get(&format!("/api/v1/payments/{}", paid["payment_id"].as_str().unwrap())).expect(200);
            assert_eq!(payment.body["payer"]["code"], json!(payers[winners[0]].code));
        }
        assert_eq!(shop.balance(), format!("{}.00", 5 * rounds(ROUNDS)));
    }

    fn approving_against_cancelling_and_the_clock(app: &TestApp) {
        let (shop, ada) = (app.member("shop"), app.newcomer("ada").with_credit_limit("1000.00").join());
        let mut paid = 0;
        for round in 0..rounds(ROUNDS) {
            let open = create(&shop, &format!("order {round}"), "5.00");
            let asks: Vec<Box<dyn Fn() -> Reply + Send + Sync>> = vec![
                Box::new(|| approve(&ada, &open)),
                Box::new(|| step(&shop, &open, "cancel", &json!({}))),
                Box::new(|| step(&ada, &open, "decline", &json!({}))),
            ];
            let replies = at_once(asks);
            let winners = who_won(&replies);
            assert_eq!(winners.len(), 1, "{winners:?}");
            let expected = ["completed", "cancelled", "declined"][winners[0]];
            assert_eq!(seen(&shop, &open)["state"], expected);
            paid += i32::from(winners[0] == 0);
        }
        // The last moment: the clock has passed it, and an approval comes beside the one who writes that down.
        for round in 0..rounds(ROUNDS) {
            let open = create(&shop.again(), &format!("late {round}"), "5.00");
            app.clock.advance(900);
            let (shop, ada) = (shop.again(), ada.again());
            let late = std::thread::scope(|scope| {
                let approval = scope.spawn(|| approve(&ada, &open));
                expire_what_is_overdue(app);
                approval.join().unwrap()
            });
            let reason = late.expect_problem(409, "conflict").body["reason"].clone();
            assert!(reason == "checkout_expired" || reason == "checkout_not_open", "{reason}");
            expire_what_is_overdue(app);
            assert_eq!(seen(&shop, &open)["state"], "expired");
        }
        assert_eq!(shop.again().balance(), format!("{}.00", 5 * paid));
    }

    fn many_clients_create_the_same_order(app: &TestApp) {
        let shop = app.member("shop");
        let clients: Vec<Person> = (0..8).map(|_| shop.again()).collect();
        for round in 0..rounds(ROUNDS) {
            let body = asked(&shop, &format!("order {round}"), "5.00");
            let same_key = fresh_key();
            // Half of them repeat one request, the others have lost their key.
            let key = |place: usize| if place.is_multiple_of(2) { same_key.clone() } else { fresh_key() };
            let keys: Vec<String> = (0..clients.len()).map(key).collect();
            let asks = clients.iter().zip(&keys).map(|(client, key)| {
                Box::new(|| create_with(client, &body, key)) as Box<dyn Fn() -> Reply + Send + Sync>
            });
            let replies = at_once(asks.collect());
            let ids: Vec<&Value> = replies.iter().map(|reply| &reply.body["id"]).collect();
            assert!(ids.iter().all(|id| **id == *ids[0] && id.is_string()), "{ids:?}");
            let made = replies.iter().filter(|reply| reply.status == 201 && reply.header("idempotency-replayed").is_none());
            assert_eq!(made.count(), 1);
        }
        assert_eq!(app.database.db_count("checkouts"), i64::try_from(rounds(ROUNDS)).unwrap());
    }

    fn capturing_against_voiding(app: &TestApp) {
        let (shop, ada) = (app.member("shop"), app.newcomer("ada").with_credit_limit("1000.00").join());
        for round in 0..rounds(ROUNDS) {
            let body = super::asked_with(&shop, &format!("order {round}"), &json!({"capture": "manual", "amount": "5.00"}));
            let open = create_with(&shop, &body, &fresh_key()).expect(201).body;
            approve(&ada, &open).expect(200);
            let held = seen(&shop, &open);
            let asks: Vec<Box<dyn Fn() -> Reply + Send + Sync>> = vec![
                Box::new(|| super::payment_step(&shop, &held, "capture", &json!({}))),
                Box::new(|| super::payment_step(&shop, &held, "void", &json!({}))),
                Box::new(|| super::payment_step(&shop, &held, "capture", &json!({"amount": "1.00"}))),
            ];
            let replies = at_once(asks);
            let winners = who_won(&replies);
            assert_eq!(winners.len(), 1, "{winners:?}");
            let after = seen(&shop, &open);
            let expected = [("completed", "5.00"), ("cancelled", "0.00"), ("completed", "1.00")][winners[0]];
            assert_eq!((after["state"].as_str().unwrap(), after["captured"].as_str().unwrap()), expected);
        }
        assert_eq!(ada.account()["reserved"], "0.00");
    }
}

/// Two servers on one database, each with a memory of its own: whatever both do to one checkout at once, one of it happens.
#[test]
fn two_servers_want_different_things_of_one_checkout() {
    let here = TestApp::new(Engine::Postgres);
    let there = TestApp::on(Arc::clone(&here.database));
    let shop = here.member("shop");
    let [ada, ben] = ["ada", "ben"].map(|name| here.newcomer(name).with_credit_limit("1000.00").join());
    let elsewhere = |person: &Person| there.anonymous().with_token(&person.tokens().access);
    let (shop_there, ben_there) = (elsewhere(&shop), elsewhere(&ben));
    let (mut paid, mut voided) = (0, 0);
    for round in 0..rounds(4 * ROUNDS) {
        let is_manual = round % 2 == 1;
        let capture = if is_manual { "manual" } else { "automatic" };
        let body = super::asked_with(
            &shop,
            &format!("order {round}"),
            &json!({"capture": capture, "amount": "5.00"}),
        );
        // By turns made here and there: so each server remembers it from another moment.
        let maker: &Caller = if round % 4 < 2 { &shop } else { &shop_there };
        let key = fresh_key();
        let open = maker.post_with("/api/v1/checkouts", &[("Idempotency-Key", &key)], &body).expect(201).body;
        for server in [&*shop, &shop_there] {
            assert_eq!(server.get(&super::path_of(&open)).expect(200).body["state"], "open");
        }
        let asks: Vec<Box<dyn Fn() -> Reply + Send + Sync>> = vec![
            Box::new(|| approve(&ada, &open)),
            Box::new(|| step(&ben_there, &open, "approve", &json!({"payer": ben.code}))),
            Box::new(|| step(&shop_there, &open, "cancel", &json!({}))),
            Box::new(|| step(&shop, &open, "cancel", &json!({}))),
        ];
        let winners = who_won(&at_once(asks));
        assert_eq!(winners.len(), 1, "round {round}: {winners:?}");
        let is_approved = winners[0] < 2;
        let expected = match (is_approved, is_manual) {
            (true, false) => "completed",
            (true, true) => "authorised",
            (false, _) => "cancelled",
        };
        let seen = [&*shop, &shop_there].map(|server| server.get(&super::path_of(&open)).expect(200).body);
        assert_eq!((&seen[0]["state"], &seen[0]), (&json!(expected), &seen[1]));
        if !(is_approved && is_manual) {
            paid += i32::from(is_approved);
            continue;
        }
        let asks: Vec<Box<dyn Fn() -> Reply + Send + Sync>> = vec![
            Box::new(|| super::payment_step(&shop, &seen[0], "capture", &json!({}))),
            Box::new(|| super::payment_step(&shop_there, &seen[0], "capture", &json!({}))),
            Box::new(|| super::payment_step(&shop_there, &seen[0], "void", &json!({}))),
        ];
        let winners = who_won(&at_once(asks));
        assert_eq!(winners.len(), 1, "round {round}: {winners:?}");
        let after = super::seen(&shop, &open);
        let is_captured = winners[0] < 2;
        let expected = if is_captured { ("completed", "5.00") } else { ("cancelled", "0.00") };
        assert_eq!((after["state"].as_str().unwrap(), after["captured"].as_str().unwrap()), expected);
        paid += i32::from(is_captured);
        voided += i32::from(!is_captured);
    }
    assert_eq!(shop.balance(), format!("{}.00", 5 * paid));
    assert!(paid + voided > 0, "somebody was faster than the shop");
    for payer in [&ada, &ben] {
        assert_eq!(payer.account()["reserved"], "0.00");
    }
    let payments = "SELECT count(*) AS value FROM payments WHERE state = 4";
    assert_eq!(here.database.db_numbers(payments), [i64::from(paid)]);
    here.prove();
}
