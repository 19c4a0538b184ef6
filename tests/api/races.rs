//! The last of a limit, spent by many at once: exactly as many succeed as it has room for.

use std::sync::Barrier;

use crate::support::{Person, Reply, both_engines, fresh_key};

const CLIENTS: usize = 32;

/// All of them at once, and what they were told.
fn at_once(send: impl Fn(usize) -> Reply + Sync) -> Vec<Reply> {
    let start = Barrier::new(CLIENTS);
    std::thread::scope(|scope| {
        let (start, send) = (&start, &send);
        let threads: Vec<_> = (0..CLIENTS)
            .map(|number| {
                scope.spawn(move || {
                    start.wait();
                    send(number)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[track_caller]
fn assert_exactly(replies: &[Reply], succeeded: usize, code: &str) {
    let paid = replies.iter().filter(|reply| reply.status == 201).count();
    let refused = replies.iter().filter(|reply| reply.status == 409 && reply.body["code"] == code).count();
    let told: Vec<_> = replies.iter().map(|reply| (reply.status, reply.body["code"].clone())).collect();
    assert_eq!((paid, refused), (succeeded, CLIENTS - succeeded), "{told:?}");
}

both_engines! {
    fn the_last_of_a_credit_limit(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let sessions: Vec<Person> = (0..CLIENTS).map(|_| ada.again()).collect();
        // What is left goes up by a limit that leaves a remainder; each round spends to the last coin that fits.
        for (limit, amount, succeeded, balance) in
            [("100.00", "10.00", 10, "-100.00"), ("175.50", "10.00", 7, "-170.00"), ("175.50", "5.50", 1, "-175.50"), ("207.50", "1.00", 32, "-207.50")]
        {
            app.set_limits(&ada, limit, None);
            let replies = at_once(|number| sessions[number].pay_keyed(&ben, amount, &fresh_key()));
            assert_exactly(&replies, succeeded, "insufficient_credit");
            assert_eq!(ada.balance(), balance);
        }
        let ledger = app.ledger(&ada);
        assert_eq!((&ledger["transfers"], &ledger["sum"]), (&50.into(), &"0.00".into()));
        app.prove();
    }

    fn the_last_room_below_a_ceiling(app: &TestApp) {
        let ben = app.newcomer("ben").with_ceiling("25.00").join();
        let payers: Vec<Person> = (0..CLIENTS).map(|number| app.member(&format!("payer {number}"))).collect();
        for payer in &payers {
            payer.tokens();
        }
        for ceiling in [("25.00", 8), ("40.00", 5), ("40.00", 0)] {
            app.set_limits(&ben, "0.00", Some(ceiling.0));
            let replies = at_once(|number| app.try_pay(&payers[number], &ben, "3.00"));
            assert_exactly(&replies, ceiling.1, "ceiling_exceeded");
        }
        assert_eq!(ben.balance(), "39.00");
    }

    fn a_coin_that_goes_round_is_never_two(app: &TestApp) {
        let people: Vec<Person> =
            (0..CLIENTS).map(|number| app.newcomer(&format!("p {number}")).with_credit_limit("0").join()).collect();
        let rich = app.member("ada");
        for person in &people {
            person.tokens();
        }
        app.pay(&rich, &people[0], "1.00");
        // Everybody passes it on at once: to have it, someone must have been paid before.
        for _ in 0..3 {
            at_once(|number| app.try_pay(&people[number], &people[(number + 1) % CLIENTS], "1.00"));
            let total: i64 = people.iter().filter(|person| person.balance() == "1.00").count().try_into().unwrap();
            let nothing = people.iter().filter(|person| person.balance() == "0.00").count();
            assert_eq!((total, nothing), (1, CLIENTS - 1));
        }
    }

    fn limits_cut_while_people_pay_hold_from_then_on(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        app.admin().tokens();
        ada.tokens();
        let replies = at_once(|number| {
            if number == 7 {
                app.set_limits(&ada, "5.00", None)
            } else {
                app.try_pay(&ada, &ben, "1.00")
            }
        });
        let paid = replies.iter().filter(|reply| reply.status == 201).count();
        let account = ada.account();
        assert_eq!(account["balance"], if paid == 0 { "0.00".to_owned() } else { format!("-{paid}.00") });
        app.try_pay(&ada, &ben, "5.01").expect_problem(409, "insufficient_credit");
        assert!(paid >= 5, "the cut leaves five: {paid}");
    }

    fn a_signed_out_session_pays_nothing_more(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let session = ada.again();
        ada.tokens();
        let replies = at_once(|number| match number {
            5 => session.delete("/api/v1/sessions/current"),
            _ => app.try_pay(&session, &ben, "0.01"),
        });
        let paid = replies.iter().filter(|reply| reply.status == 201).count();
        let turned_away = replies.iter().filter(|reply| reply.status == 401).count();
        assert_eq!(paid + turned_away, CLIENTS - 1);
        assert_eq!(app.ledger(&ada)["transfers"], paid);
        app.try_pay(&session, &ben, "0.01").expect_problem(401, "unauthenticated");
    }
}
