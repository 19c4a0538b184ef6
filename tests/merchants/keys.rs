//! API keys: made, used, rotated, revoked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use counterfoil::services::ServiceError;
use counterfoil::storage::Engine;
use serde_json::{Value, json};

use crate::support::{Caller, Person, Reply, TestApp, TestDatabase, both_engines, fresh_key, keys};

const KEYS: &str = "/api/v1/api-keys";
/// What a shop needs: it receives and gives back, and never spends.
const SHOP: [&str; 3] = ["requests:write", "payments:read", "refunds:write"];

/// Makes a key for somebody's account.
#[track_caller]
pub fn make(owner: &Person, scopes: &[&str]) -> Value {
    let body = json!({"name": "Till", "account": owner.code, "scopes": scopes});
    owner.post(KEYS, &body).expect(201).body
}

/// Whoever has this key.
pub fn with_key(app: &TestApp, made: &Value) -> Caller {
    app.anonymous().with_token(made["key"].as_str().unwrap())
}

fn path_of(made: &Value) -> String {
    format!("{KEYS}/{}", made["id"].as_str().unwrap())
}

/// Asks to be paid.
pub fn ask(shop: &Caller, payer: &str, payee: &str, amount: &str, key: &str) -> Reply {
    let body = json!({"payer": payer, "payee": payee, "amount": amount, "description": "Order 1042"});
    shop.post_with("/api/v1/payment-requests", &[("Idempotency-Key", key)], &body)
}

/// Lets a person operate another one's member, too.
pub fn db_operate_too(app: &TestApp, person: &Person, whose: &Person) {
    use counterfoil::storage::Conn;
    use diesel::RunQueryDsl;
    let sql = format!(
        "INSERT INTO member_users (community_id, user_id, member_id, created_at) SELECT m.community_id, u.id, m.id, 0 \
         FROM accounts AS a JOIN members AS m ON m.community_id = a.community_id AND m.id = a.member_id CROSS JOIN users AS u \
         WHERE a.code = '{}' AND u.email = '{}'",
        whose.code, person.email
    );
    let services = app.services();
    let written = services.ledger().write(move |conn| {
        let inserted = match conn {
            Conn::Postgres(c) => diesel::sql_query(sql).execute(&mut **c),
            Conn::Sqlite(c) => diesel::sql_query(sql).execute(&mut **c),
        };
        Ok(inserted.unwrap())
    });
    assert_eq!(app.block_on(written).unwrap(), 1);
    drop(services);
    // The ledger remembers who operates what.
    app.restart();
}

/// Takes a payment one step further.
pub fn step(who: &Caller, payment: &Value, step: &str, body: &Value) -> Reply {
    let path = format!("/api/v1/payments/{}/{step}", payment["id"].as_str().unwrap());
    who.post_with(&path, &[("Idempotency-Key", &fresh_key())], body)
}

both_engines! {
    fn a_shops_key_takes_payments_gives_them_back_and_spends_nothing(app: &TestApp) {
        let (ada, shop) = (app.member("ada"), app.member("shop"));
        let made = make(&shop, &SHOP);
        let secret = made["key"].as_str().unwrap();
        assert!(secret.starts_with("cfk_live_") && secret.starts_with(made["prefix"].as_str().unwrap()));
        assert_eq!(keys(&made), [
            "account", "addresses", "community", "created_at", "expires_at", "id", "key", "last_used_at",
            "last_used_from", "name", "prefix", "previous", "scopes", "test_mode",
        ]);
        assert_eq!((&made["account"]["code"], &made["test_mode"]), (&json!(shop.code), &json!(false)));

        let till = with_key(app, &made);
        let asked = ask(&till, &ada.code, &shop.code, "12.50", "order-1042").expect(201).body;
        step(&ada, &asked, "accept", &json!({})).expect(200);
        let paid = till.get(&format!("/api/v1/payments/{}", asked["id"].as_str().unwrap())).expect(200).body;
        assert_eq!(paid["state"], "completed");
        step(&till, &paid, "refunds", &json!({"amount": "4.50"})).expect(201);
        assert_eq!((shop.balance().as_str(), ada.balance().as_str()), ("8.00", "-8.00"));

        let body = json!({"payer": shop.code, "payee": ada.code, "amount": "1.00", "description": "Out"});
        let refused = till.post_with("/api/v1/payments", &[("Idempotency-Key", &fresh_key())], &body);
        refused.expect_problem(403, "forbidden");
        till.get(&format!("/api/v1/accounts/{}", shop.code)).expect_problem(403, "forbidden");
        let listed = till.get("/api/v1/payments").expect(200);
        assert_eq!(listed.data().len(), 2);
        assert_eq!(till.get("/api/v1/api-keys/current").expect(200).body["id"], made["id"]);

        // What money it was given leave to spend, it spends: the owner said so.
        let spending = with_key(app, &make(&shop, &["payments:write", "accounts:read"]));
        spending.post_with("/api/v1/payments", &[("Idempotency-Key", &fresh_key())], &body).expect(201);
        assert_eq!(spending.get(&format!("/api/v1/accounts/{}", shop.code)).expect(200).body["balance"], "7.00");
    }

    fn a_shop_gives_back_what_its_owner_would_have_to_prove_again(app: &TestApp) {
        let (ada, shop) = (app.member("ada"), app.member("shop"));
        shop.put(&format!("/api/v1/accounts/{}/step-up", shop.code), &json!({"above": "1.00"})).expect(200);
        let till = with_key(app, &make(&shop, &SHOP));
        let paid = app.pay(&ada, &shop, "12.50");
        step(&till, &paid, "refunds", &json!({"amount": "12.50"})).expect(201);
        // With leave to spend, it still asks nobody whom it could ask.
        app.pay(&ada, &shop, "12.50");
        let spending = with_key(app, &make(&shop, &["payments:write"]));
        let body = json!({"payer": shop.code, "payee": ada.code, "amount": "1.01", "description": ""});
        let refused = spending.post_with("/api/v1/payments", &[("Idempotency-Key", &fresh_key())], &body);
        refused.expect_problem(403, "step_up_required");
    }

    fn all_else_is_absent_to_a_key(app: &TestApp) {
        app.found("LAKE", 2);
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let (admin, second) = (app.admin(), app.newcomer("greta").of("LAKE").join());
        let others = app.pay(&ada, &ben, "1.00");
        let own = app.pay(&admin, &ben, "2.00");
        // Of an admin, who is a member of another community, too: neither comes with a key.
        let made = make(&admin, &["accounts:read", "payments:read", "payments:write", "requests:write", "refunds:write", "webhooks:manage"]);
        let key = with_key(app, &made);
        key.get(&format!("/api/v1/accounts/{}", admin.code)).expect(200);
        key.get(&format!("/api/v1/accounts/{}/entries", admin.code)).expect(200);
        for account in [&ben.code, &ben.account_id, &second.code, &second.account_id] {
            for part in ["", "/entries", "/balances", "/statement?from=2026-01-01&to=2026-02-01"] {
                key.get(&format!("/api/v1/accounts/{account}{part}")).expect_problem(404, "not_found");
            }
            key.get(&format!("/api/v1/payments?account={account}")).expect_problem(404, "not_found");
            key.get(&format!("/api/v1/payments?party={account}")).expect_problem(404, "not_found");
        }
        let listed = key.get("/api/v1/payments").expect(200);
        assert_eq!(listed.data().iter().map(|payment| &payment["id"]).collect::<Vec<_>>(), [&own["id"]]);
        let id = others["id"].as_str().unwrap();
        key.get(&format!("/api/v1/payments/{id}")).expect_problem(404, "not_found");
        step(&key, &others, "refunds", &json!({"amount": "1.00"})).expect_problem(404, "not_found");
        step(&key, &others, "void", &json!({})).expect_problem(404, "not_found");
        for payer in [&ben, &second] {
            let body = json!({"payer": payer.code, "payee": admin.code, "amount": "1.00", "description": ""});
            let paid = key.post_with("/api/v1/payments", &[("Idempotency-Key", &fresh_key())], &body);
            paid.expect_problem(404, "not_found");
        }
        ask(&key, &admin.code, &ben.code, "1.00", &fresh_key()).expect_problem(404, "not_found");
        for path in ["/api/v1/me", "/api/v1/communities/RIVER/members", "/api/v1/communities/RIVER/ledger", KEYS, &path_of(&made), "/api/v1/schedules"] {
            key.get(path).expect_problem(403, "forbidden");
        }
        key.post(KEYS, &json!({"name": "More", "account": admin.code, "scopes": SHOP})).expect_problem(403, "forbidden");
        let limits = json!({"credit_limit": "1.00", "ceiling": null, "reason": "Why not"});
        key.put(&format!("/api/v1/accounts/{}/limits", admin.code), &limits).expect_problem(403, "forbidden");
    }

    fn only_owners_with_a_fresh_proof_make_keys(app: &TestApp) {
        app.found("LAKE", 2);
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let zoe = app.newcomer("zoe").of("LAKE").join();
        let body = json!({"name": "Till", "account": ada.code, "scopes": SHOP});
        ben.post(KEYS, &body).expect_problem(403, "forbidden");
        app.admin().post(KEYS, &body).expect_problem(403, "forbidden");
        zoe.post(KEYS, &body).expect_problem(404, "not_found");
        app.anonymous().post(KEYS, &body).expect_problem(401, "unauthenticated");
        app.db_with_old_proof(&ada).post(KEYS, &body).expect_problem(403, "step_up_required");
        let with = |name: &str, value: Value| {
            let mut body = body.clone();
            body[name] = value;
            ada.post(KEYS, &body)
        };
        with("scopes", json!([])).expect_fault("/scopes");
        with("scopes", json!(["root"])).expect_fault("/scopes/0");
        with("scopes", json!(["requests:write", "limits:write"])).expect_fault("/scopes/1");
        with("role", json!("refund")).expect_fault("/role");
        with("name", json!(" ")).expect_fault("/name");
        with("account", json!("?")).expect_fault("/account");
        with("account", json!("RIVER0999")).expect_problem(404, "not_found");
        with("addresses", json!(["192.0.2.0/33"])).expect_fault("/addresses/0");
        with("expires_at", json!("yesterday")).expect_fault("/expires_at");
        with("expires_at", json!("2020-01-01T00:00:00Z")).expect_fault("/expires_at");
        for (role, scopes) in [("take_payments", json!(["payments:read", "requests:write"])), ("refund", json!(["payments:read", "refunds:write"])), ("read_only", json!(["accounts:read", "payments:read"]))] {
            let made = ada.post(KEYS, &json!({"name": "Till", "account": ada.account_id, "role": role})).expect(201).body;
            assert_eq!(made["scopes"], scopes);
        }
        for _ in 3..20 {
            make(&ada, &SHOP);
        }
        let refused = ada.post(KEYS, &body).expect_problem(409, "conflict");
        assert_eq!(refused.body["reason"], "too_many");
        let listed = ada.get(&format!("{KEYS}?account={}", ada.code)).expect(200);
        assert_eq!(listed.data().len(), 20);
        assert!(!String::from_utf8_lossy(&listed.bytes).contains("\"key\""), "secrets are told once");
        assert!(ben.get(KEYS).expect(200).data().is_empty());
        ben.get(&format!("{KEYS}?account={}", ada.code)).expect_problem(403, "forbidden");
        let first = format!("{KEYS}/{}", listed.data()[0]["id"].as_str().unwrap());
        for stranger in [&ben, &zoe] {
            stranger.get(&first).expect_problem(404, "not_found");
            stranger.patch(&first, &json!({"name": "Mine"})).expect_problem(404, "not_found");
            stranger.post(&format!("{first}/rotate"), &json!({})).expect_problem(404, "not_found");
            stranger.delete(&first).expect_problem(404, "not_found");
        }
        // Each was told by mail.
        let told = app.database.db_numbers("SELECT count(*) AS value FROM mails");
        assert_eq!(told, [20]);
        let stored = app.database.db_texts("SELECT prefix AS value FROM api_key_secrets");
        assert!(stored.iter().all(|prefix| prefix.len() == "cfk_live_".len() + 6));
    }

    fn all_who_operate_the_account_are_told_of_a_key(app: &TestApp) {
        let (shop, ben) = (app.member("shop"), app.member("ben"));
        db_operate_too(app, &ben, &shop);
        let told = || app.database.db_texts("SELECT recipient AS value FROM mails ORDER BY recipient");
        let body = json!({"name": "Till", "account": shop.code, "role": "read_only"});
        let made = shop.post(KEYS, &body).expect(201).body;
        assert_eq!(told(), [ben.email.as_str(), shop.email.as_str()]);
        // It acts as who made it: the other one gets no secret of it, and lets it work nowhere else.
        ben.post(&format!("{}/rotate", path_of(&made)), &json!({})).expect_problem(403, "forbidden");
        ben.patch(&path_of(&made), &json!({"addresses": []})).expect_problem(403, "forbidden");
        let count = || told().len();
        shop.patch(&path_of(&made), &json!({"name": "Counter"})).expect(200);
        assert_eq!(count(), 2, "a name is nobody's business");
        shop.patch(&path_of(&made), &json!({"addresses": ["127.0.0.0/8"]})).expect(200);
        assert_eq!(count(), 4);
        shop.post(&format!("{}/rotate", path_of(&made)), &json!({})).expect(201);
        assert_eq!(count(), 6);
        // What one of them made, the other ends.
        ben.delete(&path_of(&made)).expect(204);
    }

    fn a_rotated_key_works_beside_its_successor_for_a_while(app: &TestApp) {
        let (ada, shop) = (app.member("ada"), app.member("shop"));
        let made = make(&shop, &SHOP);
        let old = with_key(app, &made);
        let asked = ask(&old, &ada.code, &shop.code, "1.00", "order-1").expect(201).body;
        let rotate = format!("{}/rotate", path_of(&made));
        shop.post(&rotate, &json!({"overlap_seconds": 604_801})).expect_fault("/overlap_seconds");
        shop.post(&rotate, &json!({"overlap_seconds": -1})).expect_fault("/overlap_seconds");
        app.db_with_old_proof(&shop).post(&rotate, &json!({})).expect_problem(403, "step_up_required");
        let next = shop.post(&rotate, &json!({})).expect(201).body;
        assert_eq!((&next["id"], &next["previous"]["prefix"]), (&made["id"], &made["prefix"]));
        let new = with_key(app, &next);
        // Both are the same key: what was asked for with one is told again to the other.
        for key in [&old, &new] {
            let again = ask(key, &ada.code, &shop.code, "1.00", "order-1").expect(201);
            assert_eq!((&again.body, again.header("idempotency-replayed")), (&asked, Some("true")));
        }
        app.clock.advance(86_360);
        ask(&old, &ada.code, &shop.code, "2.00", &fresh_key()).expect(201);
        app.clock.advance(40);
        for reply in [ask(&old, &ada.code, &shop.code, "2.00", &fresh_key()), old.get("/api/v1/payments")] {
            reply.expect_problem(401, "unauthenticated");
        }
        ask(&new, &ada.code, &shop.code, "2.00", &fresh_key()).expect(201);

        // Asked twice, because the answer was lost, it breaks nothing: what the shop uses works as long as it was to.
        let lost = shop.again().post(&rotate, &json!({})).expect(201).body;
        let shown = shop.again().post(&rotate, &json!({})).expect(201).body;
        for key in [&new, &with_key(app, &lost), &with_key(app, &shown)] {
            key.get("/api/v1/payments").expect(200);
        }

        // At once, for one that somebody has seen.
        let shop = shop.again();
        let last = shop.post(&rotate, &json!({"overlap_seconds": 0})).expect(201).body;
        for reply in [ask(&new, &ada.code, &shop.code, "2.00", &fresh_key()), new.get("/api/v1/payments")] {
            reply.expect_problem(401, "unauthenticated");
        }
        with_key(app, &last).get("/api/v1/payments").expect(200);
        assert_eq!(shop.get(&path_of(&made)).expect(200).body["previous"], Value::Null);
        // Of four in a row, what is used and the last two: nobody seems to have the other one.
        let [second, third, fourth] = [0; 3].map(|_| shop.post(&rotate, &json!({})).expect(201).body);
        with_key(app, &second).get("/api/v1/payments").expect_problem(401, "unauthenticated");
        for key in [&last, &third, &fourth] {
            with_key(app, key).get("/api/v1/payments").expect(200);
        }
    }

    fn a_key_ends_when_it_was_to_end_and_works_where_it_was_to_work(app: &TestApp) {
        let shop = app.member("shop");
        let until = app.now().plus_seconds(600).rfc3339();
        let body = json!({"name": "Till", "account": shop.code, "role": "read_only", "expires_at": until, "addresses": ["127.0.0.0/8", "2001:db8::7"]});
        let made = shop.post(KEYS, &body).expect(201).body;
        assert_eq!(made["addresses"], json!(["127.0.0.0/8", "2001:db8::7/128"]));
        let till = with_key(app, &made);
        till.get("/api/v1/payments").expect(200);
        let elsewhere = shop.patch(&path_of(&made), &json!({"addresses": ["192.0.2.0/24"], "name": "Shop"})).expect(200);
        assert_eq!((&elsewhere.body["name"], &elsewhere.body["expires_at"]), (&json!("Shop"), &made["expires_at"]));
        let refused = till.get("/api/v1/payments").expect_problem(403, "forbidden");
        assert!(refused.body["detail"].as_str().unwrap().contains("address"), "{}", refused.body);
        assert!(!String::from_utf8_lossy(&refused.bytes).contains("cfk_"));
        let from_nowhere = app.block_on(app.services().authenticate(made["key"].as_str().unwrap(), None));
        assert!(matches!(from_nowhere, Err(ServiceError::WrongAddress)), "where it comes from is not known");
        shop.patch(&path_of(&made), &json!({"addresses": []})).expect(200);
        till.get("/api/v1/payments").expect(200);
        app.clock.advance(560);
        till.get("/api/v1/payments").expect(200);
        app.clock.advance(40);
        till.get("/api/v1/payments").expect_problem(401, "unauthenticated");
        let shop = shop.again();
        shop.patch(&path_of(&made), &json!({"expires_at": null})).expect(200);
        till.get("/api/v1/payments").expect(200);
        app.db_with_old_proof(&shop).patch(&path_of(&made), &json!({"name": "x"})).expect_problem(403, "step_up_required");
        shop.patch(&path_of(&made), &json!({"scopes": ["payments:write"]})).expect_problem(400, "validation_failed");

        // When and from where it was used last is noted beside the requests, and so may come a little later.
        let noted = (0..200).any(|_| {
            let seen = shop.get(&path_of(&made)).expect(200).body;
            seen["last_used_from"] == "127.0.0.0/24" && seen["last_used_at"].is_string()
        });
        assert!(noted, "its use is noted");
    }

    fn a_revoked_key_posts_nothing_more(app: &TestApp) {
        let (ada, shop) = (app.member("ada"), app.member("shop"));
        let made = make(&shop, &SHOP);
        let till = with_key(app, &made);
        let is_over = AtomicBool::new(false);
        let posted: usize = std::thread::scope(|scope| {
            let posting: Vec<_> = (0..4).map(|_| scope.spawn(|| {
                let mut posted = 0;
                loop {
                    // Whether it was revoked before this is asked.
                    let was_over = is_over.load(Ordering::SeqCst);
                    let reply = ask(&till, &ada.code, &shop.code, "0.01", &fresh_key());
                    match reply.status {
                        201 => {
                            assert!(!was_over, "asked after it was revoked");
                            posted += 1;
                        }
                        _ => {
                            reply.expect_problem(401, "unauthenticated");
                            return posted;
                        }
                    }
                }
            })).collect();
            while app.database.db_count("payments") < 4 {
                std::thread::yield_now();
            }
            shop.delete(&path_of(&made)).expect(204);
            is_over.store(true, Ordering::SeqCst);
            posting.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(app.database.db_count("payments"), i64::try_from(posted).unwrap());
        till.get("/api/v1/payments").expect_problem(401, "unauthenticated");
        shop.delete(&path_of(&made)).expect_problem(404, "not_found");
        assert!(shop.get(KEYS).expect(200).data().is_empty());
    }

    fn a_key_does_no_more_than_its_owner_may(app: &TestApp) {
        let (ada, shop) = (app.member("ada"), app.member("shop"));
        let till = with_key(app, &make(&shop, &["requests:write", "payments:read", "accounts:read"]));
        let account = format!("/api/v1/accounts/{}", shop.code);
        till.get(&account).expect(200);
        app.set_status(&shop, "frozen");
        ask(&till, &ada.code, &shop.code, "1.00", &fresh_key()).expect_problem(409, "account_not_active");
        app.set_status(&shop, "active");
        ask(&till, &ada.code, &shop.code, "1.00", &fresh_key()).expect(201);
        let member = shop.get("/api/v1/me").expect(200).body["memberships"][0]["member"]["id"].as_str().unwrap().to_owned();
        let set = |status: &str| {
            let body = json!({"status": status, "reason": "Decided"});
            app.admin().put(&format!("/api/v1/communities/RIVER/members/{member}/status"), &body).expect(200);
        };
        set("frozen");
        ask(&till, &ada.code, &shop.code, "1.00", &fresh_key()).expect_problem(404, "not_found");
        till.get(&account).expect_problem(404, "not_found");
        till.get("/api/v1/api-keys/current").expect_problem(404, "not_found");
        set("active");
        till.get(&account).expect(200);
        set("closed");
        ask(&till, &ada.code, &shop.code, "1.00", &fresh_key()).expect_problem(404, "not_found");
        till.get(&account).expect_problem(404, "not_found");
        till.get("/api/v1/api-keys/current").expect_problem(404, "not_found");
    }

    fn signing_out_everywhere_leaves_keys(app: &TestApp) {
        let shop = app.member("shop");
        let till = with_key(app, &make(&shop, &SHOP));
        shop.delete("/api/v1/sessions").expect(204);
        till.get("/api/v1/payments").expect(200);
        assert_eq!(shop.get("/api/v1/sessions").expect(200).data().len(), 1, "a key is no session");
    }
}

#[test]
fn whoever_guesses_keys_is_stopped_and_shops_are_not() {
    let database = Arc::new(TestDatabase::new(Engine::Sqlite));
    let app = TestApp::with(database, |settings| settings.limit_address_requests_per_minute = 5);
    let shop = app.member("shop");
    let made = make(&shop, &SHOP);
    let till = with_key(&app, &made);
    till.get("/api/v1/payments").expect(200);
    let good = made["key"].as_str().unwrap();
    let mut told = Vec::new();
    let other = if good[20..21] == *"A" { "B" } else { "A" };
    let guess = format!("{}{other}{}", &good[..20], &good[21..]);
    for _ in 0..10 {
        let reply = app.anonymous().with_token(&guess).get("/api/v1/payments");
        assert!(!String::from_utf8_lossy(&reply.bytes).contains(&guess));
        told.push(reply.status);
    }
    assert!(told.starts_with(&[401]) && told.ends_with(&[429, 429]), "{told:?}");
    till.get("/api/v1/payments").expect(200);
    // Nor later, while others at the shop's address go on: it was good a while ago.
    app.clock.advance(30);
    for _ in 0..10 {
        app.anonymous().with_token(&guess).get("/api/v1/payments");
    }
    till.get("/api/v1/payments").expect(200);
}

#[test]
fn a_key_that_was_revoked_in_one_process_posts_nothing_in_another() {
    let database = Arc::new(TestDatabase::new(Engine::Postgres));
    let (here, there) = (TestApp::on(Arc::clone(&database)), TestApp::on(database));
    let (ada, shop) = (here.member("ada"), here.member("shop"));
    let made = make(&shop, &SHOP);
    let till = with_key(&there, &made);
    ask(&till, &ada.code, &shop.code, "1.00", &fresh_key()).expect(201);
    // What is changed of a key counts at other processes within ten seconds.
    let change = |body: Value| {
        shop.patch(&path_of(&made), &body).expect(200);
        there.clock.advance(10);
        ask(&till, &ada.code, &shop.code, "1.00", &fresh_key())
    };
    change(json!({"addresses": ["192.0.2.0/24"]})).expect_problem(403, "forbidden");
    change(json!({"addresses": []})).expect(201);
    change(json!({"expires_at": here.now().plus_seconds(5).rfc3339()}))
        .expect_problem(401, "unauthenticated");
    change(json!({"expires_at": null})).expect(201);
    shop.delete(&path_of(&made)).expect(204);
    ask(&till, &ada.code, &shop.code, "1.00", &fresh_key()).expect_problem(401, "unauthenticated");
    till.get("/api/v1/payments").expect_problem(401, "unauthenticated");
}
