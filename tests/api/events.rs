//! `GET /events`: what happens, told to those whom it concerns and to nobody else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use counterfoil::storage::Engine;
use serde_json::{Value, json};

use crate::support::{EventReader, Person, TestApp, TestDatabase, both_engines};

fn listen(app: &TestApp, person: &Person) -> EventReader {
    app.listen(person, None).opened()
}

/// A payment, which is heard next.
#[track_caller]
fn hear(app: &TestApp, payer: &Person, payee: &Person, listeners: &mut [&mut EventReader]) -> Value {
    let payment = app.pay(payer, payee, "1.00");
    for listener in listeners {
        assert_eq!(listener.expect("payment.completed"), payment);
    }
    payment
}

both_engines! {
    fn both_sides_hear_of_a_payment_and_nobody_else(app: &TestApp) {
        let (ada, ben, carla) = (app.member("ada"), app.member("ben"), app.member("carla"));
        let (mut to_ada, mut to_ben, mut to_carla) = (listen(app, &ada), listen(app, &ben), listen(app, &carla));
        let mut to_admin = listen(app, &app.admin());
        for header in ["content-type: text/event-stream", "cache-control: no-cache", "x-accel-buffering: no"] {
            assert!(to_ada.head.lines().any(|line| line == header), "{}", to_ada.head);
        }
        let first = hear(app, &ada, &ben, &mut [&mut to_ada, &mut to_ben]);
        let second = app.pay(&ben, &carla, "2.00");
        let block = to_carla.next().unwrap();
        assert_eq!(block.data["data"], second, "of the first she heard nothing");
        assert_eq!(block.data["timestamp"], second["completed_at"]);
        assert_eq!(crate::support::keys(&block.data), ["data", "timestamp", "type"]);
        assert_eq!(to_ben.expect("payment.completed"), second);
        assert_eq!(to_carla.last_id, to_ben.last_id, "an event has one id, whoever hears it");
        assert_ne!(first["id"], second["id"]);
        // An admin hears of their own business, and of what they look after.
        let third = app.pay(&carla, &app.admin(), "3.00");
        assert_eq!(to_admin.expect("payment.completed"), third);
        let newcomer = app.member("dora");
        assert_eq!(to_admin.expect("member.joined")["name"], "dora");
        assert_eq!(newcomer.name, "dora");
    }

    fn head_ends_at_once_and_keeps_no_stream(app: &TestApp) {
        let ada = app.member("ada");
        let request = format!(
            "HEAD /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\r\n",
            ada.tokens().access
        );
        // More than a user may have of them.
        for _ in 0..20 {
            let reply = app.raw(request.as_bytes());
            assert_eq!((reply.status, reply.body.len()), (200, 0), "{}", reply.head);
            assert!(reply.has_header("content-type", "text/event-stream"), "{}", reply.head);
        }
        listen(app, &ada);
    }

    fn an_account_s_limits_and_status_are_told_to_its_owner(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let (mut to_ada, mut to_ben) = (listen(app, &ada), listen(app, &ben));
        let limits = json!({"credit_limit": "7.00", "ceiling": null, "reason": "Decided"});
        app.admin().put(&format!("/api/v1/accounts/{}/limits", ada.code), &limits).expect(200);
        assert_eq!(to_ada.expect("account.limits_changed"), ada.account());
        let status = json!({"status": "frozen", "reason": "Decided"});
        app.admin().put(&format!("/api/v1/accounts/{}/status", ada.code), &status).expect(200);
        assert_eq!(to_ada.expect("account.status_changed")["status"], "frozen");
        let payment = app.pay(&ben, &app.admin(), "1.00");
        assert_eq!(to_ben.expect("payment.completed"), payment);
    }

    fn who_comes_back_hears_what_they_missed_also_after_a_restart(app: &TestApp) {
        let (ada, ben, carla) = (app.member("ada"), app.member("ben"), app.member("carla"));
        let mut to_ada = listen(app, &ada);
        let begin = to_ada.last_id.clone().unwrap();
        let first = hear(app, &ada, &ben, &mut [&mut to_ada]);
        let heard = to_ada.last_id.clone().unwrap();
        app.stop();
        to_ada.expect_end();
        app.restart();
        let second = app.pay(&ben, &ada, "2.00");
        app.pay(&ben, &carla, "3.00");
        let third = app.pay(&ada, &carla, "4.00");
        let mut again = app.listen(&ada, Some(&heard)).opened();
        assert_eq!(again.expect("payment.completed"), second);
        assert_eq!(again.expect("payment.completed"), third);
        hear(app, &ada, &ben, &mut [&mut again]);
        // An id is good more than once, also in the address.
        let token = format!("Authorization: Bearer {}\r\n", ada.tokens().access);
        let mut all = app.open_stream(&format!("/api/v1/events?last_event_id={begin}"), &token).opened();
        for payment in [first, second, third] {
            assert_eq!(all.expect("payment.completed"), payment);
        }
    }

    fn ids_that_are_not_understood_begin_anew(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        app.pay(&ada, &ben, "1.00");
        for id in ["x", "-1", "", "RIVER:1", "999999", "1,2"] {
            let mut stream = app.listen(&ada, Some(id)).opened();
            let block = stream.next().unwrap();
            assert_eq!((block.event.as_str(), &block.data["type"]), ("reset", &json!("reset")), "{id:?}");
            assert_eq!(block.data["data"], json!({}));
            hear(app, &ada, &ben, &mut [&mut stream]);
        }
    }

    fn a_user_of_several_communities_has_one_stream_over_all(app: &TestApp) {
        app.found("LAKE", 0);
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let mut of_one = listen(app, &ada);
        let (ada_lake, ben_lake) = (app.newcomer("ada").of("LAKE").join(), app.newcomer("ben").of("LAKE").join());
        of_one.expect_end();
        let mut to_ada = app.listen(&ada, of_one.last_id.as_deref()).opened();
        assert_eq!(to_ada.next().unwrap().event, "reset", "her old id says nothing of the lake");
        let river = hear(app, &ada, &ben, &mut [&mut to_ada]);
        let first = to_ada.last_id.clone().unwrap();
        let lake = app.pay(&ada_lake, &ben_lake, "2");
        assert_eq!(to_ada.expect("payment.completed"), lake);
        let second = to_ada.last_id.clone().unwrap();
        let parts: Vec<_> = second.split(',').map(|part| part.split_once(':').unwrap().0).collect();
        assert_eq!(parts, ["LAKE", "RIVER"], "{second}");
        let mut again = app.listen(&ada, Some(&first)).opened();
        assert_eq!(again.expect("payment.completed"), lake);
        let third = app.pay(&ben, &ada, "1.00");
        assert_eq!(again.expect("payment.completed"), third);
        assert_ne!(river, third);
    }

    fn a_stream_ends_with_its_session_and_with_its_token(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let phone = ada.again();
        let (mut to_phone, mut to_ada) = (listen(app, &phone), listen(app, &ada));
        phone.delete("/api/v1/sessions/current").expect(204);
        app.pay(&ben, &ada, "1.00");
        to_phone.expect_end();
        to_ada.expect("payment.completed");
        app.clock.advance(301);
        to_ada.expect_end();
        let expired = format!("Authorization: Bearer {}\r\n", ada.tokens().access);
        assert_eq!(app.open_stream("/api/v1/events", &expired).status, 401);
        assert_eq!(app.open_stream("/api/v1/events", "").status, 401);
    }

    fn a_ticket_opens_one_stream_for_a_short_time(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let ticket = || {
            let reply = ada.post("/api/v1/events/tickets", &json!({})).expect(201);
            reply.body["ticket"].as_str().unwrap().to_owned()
        };
        let path = |ticket: &str| format!("/api/v1/events?ticket={ticket}");
        let first = ticket();
        let mut stream = app.open_stream(&path(&first), "").opened();
        hear(app, &ada, &ben, &mut [&mut stream]);
        assert_eq!(app.open_stream(&path(&first), "").status, 401, "it was used");
        let second = ticket();
        app.clock.advance(31);
        assert_eq!(app.open_stream(&path(&second), "").status, 401, "it has expired");
        assert_eq!(app.open_stream(&path(&ada.tokens().access), "").status, 401, "a token is no ticket");
        assert_eq!(app.open_stream("/api/v1/events?access_token=x", "").status, 400);
        let phone = ada.again();
        let third = phone.post("/api/v1/events/tickets", &json!({})).expect(201);
        phone.delete("/api/v1/sessions/current").expect(204);
        assert_eq!(app.open_stream(&path(third.body["ticket"].as_str().unwrap()), "").status, 401);
        for _ in 0..32 {
            ticket();
        }
        ada.post("/api/v1/events/tickets", &json!({})).expect_problem(429, "rate_limited");
    }

    fn a_quiet_stream_says_that_it_stands(app: &TestApp) {
        let ada = app.member("ada");
        let (ben, carla) = (app.member("ben"), app.member("carla"));
        let mut to_ada = listen(app, &ada);
        let begin = to_ada.last_id.clone().unwrap();
        app.pay(&ben, &carla, "1.00");
        app.clock.advance(20);
        let beat = to_ada.next_block().unwrap();
        assert!(beat.has_comment && beat.event.is_empty(), "{beat:?}");
        let parse = |id: &str| id.parse::<i64>().unwrap();
        assert!(parse(beat.id.as_deref().unwrap()) > parse(&begin), "she need not hear again of what others did");
    }

    fn a_user_has_so_many_streams_and_gives_them_back(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let mut streams: Vec<_> = (0..16).map(|_| listen(app, &ada)).collect();
        assert_eq!(app.listen(&ada, None).status, 429);
        listen(app, &ben);
        streams.clear();
        // A stream that was left is noticed when something is sent on it.
        let since = Instant::now();
        while app.listen(&ada, None).status != 200 {
            assert!(since.elapsed() < Duration::from_secs(10), "places come back");
            // Her token lasts for as many tries as there can be.
            app.clock.advance(5);
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    fn a_server_that_stops_ends_its_streams_first(app: &TestApp) {
        let ada = app.member("ada");
        let mut to_ada = listen(app, &ada);
        let since = Instant::now();
        app.stop();
        to_ada.expect_end();
        assert!(since.elapsed() < Duration::from_secs(5), "{:?}", since.elapsed());
    }

    fn tellers_hear_as_long_as_they_may_see(app: &TestApp) {
        let (ada, ben, till) = (app.member("ada"), app.member("ben"), app.member("till"));
        let path = format!("/api/v1/accounts/{}/tellers/{}", ada.code, till.user_id);
        let mut to_till = listen(app, &till);
        let set = |rights: Value| {
            ada.put(&path, &json!({"rights": rights, "per_payment": null, "per_day": null})).expect(200);
        };
        set(json!(["see", "take"]));
        hear(app, &ben, &ada, &mut [&mut to_till]);
        set(json!(["take"]));
        app.pay(&ben, &ada, "2.00");
        // What is looked at late is judged late: only once the stream is past a payment has it been passed over.
        hear(app, &ben, &till, &mut [&mut to_till]);
        set(json!(["see"]));
        hear(app, &ben, &ada, &mut [&mut to_till]);
        ada.delete(&path).expect(204);
        app.pay(&ben, &ada, "3.00");
        hear(app, &ben, &till, &mut [&mut to_till]);
    }

    fn of_random_payments_each_hears_exactly_their_own(app: &TestApp) {
        // More listeners than are looked at one by one.
        let people: Vec<_> = (0..40).map(|number| app.member(&format!("p{number}"))).collect();
        let mut streams: Vec<_> = people.iter().map(|person| listen(app, person)).collect();
        let mut expected: Vec<Vec<Value>> = vec![Vec::new(); people.len()];
        let mut random = 0x2545_f491_4f6c_dd1d_u64;
        let mut below = |limit: usize| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            usize::try_from(random % limit as u64).unwrap()
        };
        for _ in 0..120 {
            let payer = below(people.len());
            let payee = (payer + 1 + below(people.len() - 1)) % people.len();
            let id = app.pay(&people[payer], &people[payee], "0.01")["id"].clone();
            expected[payer].push(id.clone());
            expected[payee].push(id);
            // Now and then somebody's stream breaks, and goes on where it was.
            if below(4) == 0 {
                let who = below(people.len());
                streams[who] = app.listen(&people[who], streams[who].last_id.as_deref()).opened();
            }
        }
        let mut heard: Vec<Vec<Value>> = vec![Vec::new(); people.len()];
        // A reconnected stream begins again behind the last id that was read, which may be none yet.
        for (who, stream) in streams.iter_mut().enumerate() {
            while heard[who].len() < expected[who].len() {
                heard[who].push(stream.expect("payment.completed")["id"].clone());
            }
        }
        assert_eq!(heard, expected);
        // Nothing else came: the next that each hears is the last payment of all.
        for (who, stream) in streams.iter_mut().enumerate() {
            let other = &people[(who + 1) % people.len()];
            let payment = app.pay(&people[who], other, "0.01");
            loop {
                let next = stream.expect("payment.completed");
                if next["id"] == payment["id"] {
                    break;
                }
                // Of the payment before, this one was the payee.
                assert_eq!(next["payee"]["code"], people[who].code.as_str());
                assert_eq!(next["amount"], "0.01");
            }
        }
    }
}

#[test]
fn what_one_process_commits_the_listeners_of_another_hear() {
    let database = Arc::new(TestDatabase::new(Engine::Postgres));
    let (here, there) = (TestApp::on(Arc::clone(&database)), TestApp::on(database));
    let (ada, ben) = (here.member("ada"), here.member("ben"));
    let mut to_ada = there.listen(&ada, None).opened();
    let first = here.pay(&ben, &ada, "1.00");
    assert_eq!(to_ada.expect("payment.completed"), first);
    // The id is the same everywhere: she goes on at the other process.
    let heard = to_ada.last_id.clone().unwrap();
    drop(to_ada);
    let second = here.pay(&ben, &ada, "2.00");
    let mut moved = here.listen(&ada, Some(&heard)).opened();
    assert_eq!(moved.expect("payment.completed"), second);
    // A session that ends in one process ends its streams in the other.
    let phone = ada.again();
    let mut to_phone = there.listen(&phone, None).opened();
    phone.delete("/api/v1/sessions/current").expect(204);
    to_phone.expect_end();
}
