//! The twin community in which keys and shops are tried.

use std::sync::Arc;

use counterfoil::storage::Engine;
use serde_json::{Value, json};

use crate::keys::{ask, step};
use crate::support::{Caller, PASSWORD, Person, TestApp, TestDatabase, both_engines, fresh_key, keys};

const SANDBOX: &str = "/api/v1/communities/RIVER/sandbox";

fn sandbox(person: &Person) -> Value {
    person.post(SANDBOX, &json!({})).expect(200).body
}

/// Makes a key for an account by its code.
fn key_for(app: &TestApp, owner: &Person, account: &Value) -> (Caller, String) {
    let body = json!({"name": "Till", "account": account, "scopes": ["requests:write", "payments:read", "refunds:write", "accounts:read"]});
    let made = owner.post("/api/v1/api-keys", &body).expect(201).body;
    let key = made["key"].as_str().unwrap().to_owned();
    (app.anonymous().with_token(&key), key)
}

both_engines! {
    fn a_member_tries_a_shop_in_a_twin_of_its_own(app: &TestApp) {
        let (shop, ben) = (app.member("shop"), app.member("ben"));
        let before = app.ledger(&shop);
        let given = sandbox(&shop);
        assert_eq!(keys(&given), ["account", "buyer", "community"]);
        let twin = &given["community"];
        assert_eq!((&twin["code"], &twin["test_mode"], &twin["scale"]), (&json!("RIVERTEST"), &json!(true), &json!(2)));
        assert_eq!(sandbox(&shop), given, "asked again, it tells the same");
        let below_twin = shop.post("/api/v1/communities/RIVERTEST/sandbox", &json!({})).expect(200).body;
        assert_eq!(below_twin, given, "a twin has no twin");
        let bens = sandbox(&ben);
        assert_eq!(bens["community"], given["community"]);
        assert!(bens["account"] != given["account"] && bens["buyer"] != given["buyer"]);
        assert_eq!(app.anonymous().get("/api/v1/communities/RIVERTEST").expect(200).body["test_mode"], true);
        assert_eq!(app.anonymous().get("/api/v1/communities/RIVER").expect(200).body["test_mode"], false);

        let (till, key) = key_for(app, &shop, &given["account"]);
        assert!(key.starts_with("cfk_test_"), "{key}");
        let (account, buyer) = (given["account"].as_str().unwrap(), given["buyer"].as_str().unwrap());
        let current = till.get("/api/v1/api-keys/current").expect(200).body;
        assert_eq!((&current["test_mode"], &current["community"]), (&json!(true), &json!("RIVERTEST")));
        let asked = ask(&till, buyer, account, "5000.00", &fresh_key()).expect(201).body;
        step(&shop, &asked, "accept", &json!({})).expect(200);
        step(&till, &asked, "refunds", &json!({"amount": "1000.00"})).expect(201);
        assert_eq!(till.get(&format!("/api/v1/accounts/{account}")).expect(200).body["balance"], "4000.00");
        let me = shop.get("/api/v1/me").expect(200).body;
        let shown: Vec<_> = me["memberships"].as_array().unwrap().iter().map(|place| (place["community"]["code"].clone(), place["community"]["test_mode"].clone())).collect();
        assert_eq!(shown.len(), 3);
        assert!(shown.iter().all(|(code, test)| (code == "RIVERTEST") == (test == true)), "{shown:?}");

        // Of all that, nothing is anywhere in the community where people live.
        assert_eq!(app.ledger(&shop), before);
        assert_eq!(shop.balance(), "0.00");
    }

    fn keys_of_one_world_do_nothing_in_the_other(app: &TestApp) {
        let (shop, ada) = (app.member("shop"), app.member("ada"));
        let given = sandbox(&shop);
        let (test, test_key) = key_for(app, &shop, &given["account"]);
        let (live, live_key) = key_for(app, &shop, &json!(shop.code));
        assert!(live_key.starts_with("cfk_live_"));
        let account = given["account"].as_str().unwrap();
        test.get(&format!("/api/v1/accounts/{}", shop.code)).expect_problem(404, "not_found");
        live.get(&format!("/api/v1/accounts/{account}")).expect_problem(404, "not_found");
        ask(&test, &ada.code, &shop.code, "1.00", &fresh_key()).expect_problem(404, "not_found");
        ask(&live, given["buyer"].as_str().unwrap(), account, "1.00", &fresh_key()).expect_problem(404, "not_found");
        ask(&live, &ada.code, account, "1.00", &fresh_key()).expect_problem(404, "not_found");
        let paid = app.pay(&ada, &shop, "1.00");
        step(&test, &paid, "refunds", &json!({"amount": "1.00"})).expect_problem(404, "not_found");
        assert!(test.get("/api/v1/payments").expect(200).data().is_empty());
        for disguised in [test_key.replace("_test_", "_live_"), live_key.replace("_live_", "_test_")] {
            app.anonymous().with_token(&disguised).get("/api/v1/payments").expect_problem(401, "unauthenticated");
        }
    }

    fn a_twin_is_left_alone(app: &TestApp) {
        let (shop, zoe) = (app.member("shop"), app.found("LAKE", 2));
        let given = sandbox(&shop);
        let stranger = app.newcomer("zoe").of(zoe.code.as_str()).join();
        stranger.post(SANDBOX, &json!({})).expect_problem(404, "not_found");
        app.anonymous().post(SANDBOX, &json!({})).expect_problem(401, "unauthenticated");
        stranger.get("/api/v1/communities/RIVERTEST/members").expect_problem(404, "not_found");
        let facts = app.anonymous().get("/api/v1/communities/RIVERTEST").expect(200).body;
        assert_eq!((&facts["joining"], &facts["members_may_invite"]), (&json!("closed"), &json!(false)));
        let names = shop.get("/api/v1/communities/RIVERTEST/members").expect(200);
        assert!(names.data().iter().all(|member| member["name"].as_str().unwrap().starts_with("Test ")), "nobody's name goes there");
        let invited = json!({"email": "eve@river.example"});
        shop.post("/api/v1/communities/RIVERTEST/invitations", &invited).expect_problem(403, "forbidden");

        let mails = app.database.db_count("mails");
        let (till, _) = key_for(app, &shop, &given["account"]);
        let (account, buyer) = (given["account"].as_str().unwrap(), given["buyer"].as_str().unwrap());
        let asked = ask(&till, buyer, account, "5.00", &fresh_key()).expect(201).body;
        app.clock.advance(3_600);
        let shop = shop.again();
        for _ in 0..50 {
            app.block_on(app.services().write_due_notice()).unwrap();
            app.block_on(app.services().mail_news()).unwrap();
        }
        assert_eq!(app.database.db_count("mails"), mails, "nobody is written of what is only tried");
        assert_eq!(asked["community"], "RIVERTEST");
        let measured = app.database.db_numbers("SELECT count(*) AS value FROM communities WHERE test_of IS NOT NULL AND id IN (SELECT community_id FROM health_progress)");
        assert_eq!(measured, [0]);

        app.set_status(&shop, "frozen");
        let member = shop.get("/api/v1/me").expect(200).body["memberships"].as_array().unwrap().iter()
            .find(|place| place["community"]["code"] == "RIVER").unwrap()["member"]["id"].as_str().unwrap().to_owned();
        let body = json!({"status": "frozen", "reason": "Decided"});
        app.admin().put(&format!("/api/v1/communities/RIVER/members/{member}/status"), &body).expect(200);
        shop.post(SANDBOX, &json!({})).expect_problem(403, "forbidden");
    }

    fn who_tries_need_not_name_their_own_account(app: &TestApp) {
        let shop = app.member("shop");
        let given = sandbox(&shop);
        let keyed = |who: &Caller, order: &str| {
            let body = json!({"amount": "1.00", "order_reference": order});
            who.post_with("/api/v1/checkouts", &[("Idempotency-Key", &fresh_key())], &body)
        };
        let hook = json!({"url": "https://shop.example/hook", "events": ["checkout.*"]});
        assert_eq!(keyed(&shop, "1").expect(201).body["account"], json!(shop.code));
        assert_eq!(shop.post("/api/v1/webhook-endpoints", &hook).expect(201).body["account"], json!(shop.code));
        for (account, test_mode) in [(&given["account"], true), (&json!(shop.code), false)] {
            let body = json!({"name": "Till", "account": account, "scopes": ["requests:write", "payments:read", "webhooks:manage"]});
            let made = shop.post("/api/v1/api-keys", &body).expect(201).body;
            let key = app.anonymous().with_token(made["key"].as_str().unwrap());
            let made = keyed(&key, "2").expect(201).body;
            assert_eq!((&made["account"], made["test_mode"] == true), (account, test_mode));
            assert_eq!(&key.post("/api/v1/webhook-endpoints", &hook).expect(201).body["account"], account);
        }
        // Who has nothing but what is for tests says which.
        app.set_status(&shop, "closed");
        keyed(&shop, "3").expect_fault("/account");
        shop.post("/api/v1/webhook-endpoints", &hook).expect_fault("/account");
    }

    fn who_is_frozen_or_gone_tries_nothing_either(app: &TestApp) {
        let (shop, ben) = (app.member("shop"), app.member("ben"));
        let (given, bens) = (sandbox(&shop), sandbox(&ben));
        let (till, _) = key_for(app, &shop, &given["account"]);
        let (bens_till, _) = key_for(app, &ben, &bens["account"]);
        let ask_for = |till: &Caller, given: &Value| {
            ask(till, given["buyer"].as_str().unwrap(), given["account"].as_str().unwrap(), "5.00", &fresh_key())
        };
        let follow = || while app.block_on(app.services().follow_in_sandboxes()).unwrap() {};
        let set = |status: &str| {
            let members = app.admin().get("/api/v1/communities/RIVER/members?q=shop&status=frozen").expect(200).data().to_vec();
            let members = if members.is_empty() { app.admin().get("/api/v1/communities/RIVER/members?q=shop").expect(200).data().to_vec() } else { members };
            let path = format!("/api/v1/communities/RIVER/members/{}/status", members[0]["id"].as_str().unwrap());
            app.admin().again().put(&path, &json!({"status": status, "reason": "Decided"})).expect(200);
        };
        follow();
        ask_for(&till, &given).expect(201);
        set("frozen");
        follow();
        // What the key may do is what whoever made it may.
        ask_for(&till, &given).expect_problem(404, "not_found");
        till.get("/api/v1/payments").expect_problem(404, "not_found");
        ask_for(&shop, &given).expect_problem(403, "forbidden");
        ask_for(&bens_till, &bens).expect(201);
        set("active");
        follow();
        ask_for(&till, &given).expect(201);
        set("leaving");
        follow();
        ask_for(&till, &given).expect(201);
        set("closed");
        follow();
        ask_for(&till, &given).expect_problem(404, "not_found");
    }

    fn a_code_that_is_taken_is_not_the_twins(app: &TestApp) {
        app.found("RIVERTEST", 0);
        app.found("RIVERTESTA", 0);
        let given = sandbox(&app.member("shop"));
        assert_eq!(given["community"]["code"], "RIVERTESTB");
        assert_eq!(sandbox(&app.member("ben"))["community"]["code"], "RIVERTESTB");
    }

    fn whoever_asks_at_once_finds_one_twin(app: &TestApp) {
        let people: Vec<_> = (0..6).map(|number| app.member(&format!("shop {number}"))).collect();
        for person in &people {
            person.tokens();
        }
        let given: Vec<Value> = std::thread::scope(|scope| {
            let asking: Vec<_> = people.iter().flat_map(|person| [person, person]).map(|person| scope.spawn(move || sandbox(person))).collect();
            asking.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(given.iter().all(|one| one["community"] == given[0]["community"]), "{given:?}");
        assert!(given.chunks(2).all(|pair| pair[0] == pair[1]));
        assert_eq!(app.database.db_numbers("SELECT count(*) AS value FROM communities"), [2]);
    }

    fn whoever_goes_is_not_held_by_what_they_tried(app: &TestApp) {
        let shop = app.member("shop");
        let given = sandbox(&shop);
        let (till, _) = key_for(app, &shop, &given["account"]);
        let asked = ask(&till, given["buyer"].as_str().unwrap(), given["account"].as_str().unwrap(), "5.00", &fresh_key()).expect(201).body;
        step(&shop, &asked, "accept", &json!({})).expect(200);
        app.set_status(&shop, "closed");
        shop.post("/api/v1/me/erasure", &json!({"reason": ""})).expect(202);
        app.clock.advance(14 * 86_400 + 1);
        while app.block_on(app.services().erase_due()).unwrap() {}
        assert_eq!(app.database.db_texts("SELECT email AS value FROM users WHERE email LIKE 'shop%'"), [""; 0]);
        assert_eq!(app.database.db_count("api_keys"), 0);
        till.get("/api/v1/payments").expect_problem(401, "unauthenticated");
    }
}

#[test]
fn two_processes_find_one_twin() {
    let database = Arc::new(TestDatabase::new(Engine::Postgres));
    let (here, there) = (TestApp::on(Arc::clone(&database)), TestApp::on(Arc::clone(&database)));
    let (ada, ben) = (here.member("ada"), here.member("ben"));
    let body = json!({"email": ben.email, "password": PASSWORD});
    let reply = there.anonymous().post("/api/v1/sessions", &body).expect(201);
    let ben_there = there.anonymous().with_token(reply.body["access_token"].as_str().unwrap());
    ada.tokens();
    let (one, other) = std::thread::scope(|scope| {
        let here = scope.spawn(|| sandbox(&ada));
        let there = scope.spawn(|| ben_there.post(SANDBOX, &json!({})).expect(200).body);
        (here.join().unwrap(), there.join().unwrap())
    });
    assert_eq!(one["community"], other["community"]);
    assert_eq!(database.db_numbers("SELECT count(*) AS value FROM communities"), [2]);
}
