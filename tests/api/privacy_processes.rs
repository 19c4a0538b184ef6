//! An erasure in one process, and what another one that remembers still says: nothing of it.

use std::sync::Arc;

use counterfoil::jobs::{Erasing, Work};
use counterfoil::storage::Engine;
use serde_json::json;

use crate::support::{PASSWORD, TestApp, TestDatabase, payment};

const WAIT_S: i64 = 14 * 86_400;
const NAME: &str = "zanzibar";

#[test]
fn what_one_process_erased_no_other_repeats_from_memory() {
    erased_here_and_repeated_there(false);
}

#[test]
fn nor_after_it_learned_of_the_new_head_by_something_else() {
    erased_here_and_repeated_there(true);
}

fn erased_here_and_repeated_there(pays_before: bool) {
    let database = Arc::new(TestDatabase::new(Engine::Postgres));
    let (here, there) = (TestApp::on(Arc::clone(&database)), TestApp::on(database));
    let (admin, ben) = (here.admin(), here.member("ben"));
    let zoe = here.newcomer(NAME).join();
    let sign_in = |email: &str| {
        let body = json!({"email": email, "password": PASSWORD});
        let reply = there.anonymous().post("/api/v1/sessions", &body).expect(201);
        there.anonymous().with_token(reply.body["access_token"].as_str().unwrap())
    };
    let pay = |caller: &crate::support::Caller, key: &str, body: &serde_json::Value| {
        caller.post_with("/api/v1/payments", &[("Idempotency-Key", key)], body)
    };
    // There, the answer is kept in memory with her name, and so is her account.
    let ben_there = sign_in(&ben.email);
    let body = payment(&ben, &zoe, "5.00");
    let first = pay(&ben_there, "k1", &body).expect(201);
    assert_eq!(first.body["payee"]["name"], NAME);
    assert_eq!(pay(&ben_there, "k1", &body).expect(201).body, first.body);
    let zoe_there = sign_in(&zoe.email);
    pay(&zoe_there, "k2", &payment(&zoe, &ben, "5.00")).expect(201);

    let closed = json!({"status": "closed", "reason": "Moved away"});
    admin.put(&format!("/api/v1/accounts/{}/status", zoe.code), &closed).expect(200);
    zoe.post("/api/v1/me/erasure", &json!({})).expect(202);
    here.clock.advance(WAIT_S);
    there.clock.advance(WAIT_S);
    let ben_there = sign_in(&ben.email);
    let erasing = Erasing::new(here.services());
    while here.block_on(erasing.do_one()).unwrap() {}

    if pays_before {
        pay(&ben_there, "k3", &payment(&ben, &admin, "1.00")).expect(201);
    }
    let again = pay(&ben_there, "k1", &body).expect(201);
    assert_eq!(again.body["id"], first.body["id"]);
    assert!(!again.body.to_string().contains(NAME), "{}", again.body);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    for path in [
        format!("/api/v1/payments/{}", first.body["id"].as_str().unwrap()),
        format!("/api/v1/accounts/{}", zoe.code),
        format!("/api/v1/accounts/{}/entries", ben.code),
        "/api/v1/communities/RIVER/members".to_owned(),
        "/api/v1/payments".to_owned(),
    ] {
        let reply = ben_there.get(&path);
        assert!(!reply.body.to_string().contains(NAME), "{path}: {}", reply.body);
    }
    let refused =
        pay(&ben_there, "k4", &payment(&ben, &zoe, "1.00")).expect_problem(409, "account_not_active");
    assert!(!refused.body.to_string().contains(NAME));
    zoe_there.get("/api/v1/me").expect_problem(401, "unauthenticated");
    let login = json!({"email": zoe.email, "password": PASSWORD});
    there.anonymous().post("/api/v1/sessions", &login).expect_problem(401, "unauthenticated");
}
