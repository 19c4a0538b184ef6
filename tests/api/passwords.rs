//! `POST /me/password`.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::support::{PASSWORD, Person, Reply, TestApp, TestDatabase, both_engines};

pub const NEW: &str = "pelican rudder quilt";

fn change(person: &Person, current: &str, new: &str) -> Reply {
    person.post("/api/v1/me/password", &json!({"current_password": current, "new_password": new}))
}

pub fn sign_in(app: &TestApp, person: &Person, password: &str) -> Reply {
    app.anonymous().post("/api/v1/sessions", &json!({"email": person.email, "password": password}))
}

/// From its next request on, nothing works any more in this session.
#[track_caller]
pub fn assert_ended(app: &TestApp, person: &Person) {
    person.get("/api/v1/me").expect_problem(401, "unauthenticated");
    person.get("/api/v1/sessions").expect_problem(401, "unauthenticated");
    app.try_pay(person, &app.member("ben"), "1.00").expect_problem(401, "unauthenticated");
    person.refresh().expect_problem(401, "unauthenticated");
}

both_engines! {
    fn a_new_password_ends_all_other_sessions_at_once(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        app.found("LAKE", 2);
        app.newcomer("ada").of("LAKE").join();
        let elsewhere: Vec<_> = (0..3).map(|_| ada.again()).collect();
        let bens = ben.again();
        assert!(change(&ada, PASSWORD, NEW).expect(204).bytes.is_empty());
        for session in &elsewhere {
            assert_ended(app, session);
        }
        assert_eq!(app.database.db_count("ended_sessions"), 6, "in both communities");
        app.pay(&ada, &ben, "1.00");
        app.pay(&bens, &ada, "1.00");
        ada.refresh().expect(200);
        sign_in(app, &ada, PASSWORD).expect_problem(401, "unauthenticated");
        sign_in(app, &ada, NEW).expect(201);
        app.restart();
        assert_ended(app, &elsewhere[0]);
    }

    fn it_takes_the_present_password_and_a_fresh_proof(app: &TestApp) {
        let ada = app.member("ada");
        ada.tokens();
        change(&ada, NEW, NEW).expect_fault("/current_password");
        change(&ada, "", NEW).expect_fault("/current_password");
        change(&ada, &"x".repeat(60_000), NEW).expect_fault("/current_password");
        app.clock.advance(240);
        change(&ada, "wrong", NEW).expect_fault("/current_password");
        ada.refresh().expect(200);
        app.clock.advance(61);
        change(&ada, PASSWORD, NEW).expect_problem(403, "step_up_required");
        ada.step_up_with(&json!({"password": PASSWORD})).expect(200);
        change(&ada, PASSWORD, NEW).expect(204);
        app.anonymous().post("/api/v1/me/password", &json!({"current_password": PASSWORD, "new_password": NEW})).expect_problem(401, "unauthenticated");
    }

    fn weak_passwords_are_told_why(app: &TestApp) {
        let ada = app.member("Ada Brook");
        let weak = [
            ("", "too_short"), ("short", "too_short"), ("fourteen chars", "too_short"), ("              ", "too_short"),
            ("password12345678", "common"), ("password1990-09-21", "guessable"), ("passwordpassword", "common"), ("aaaaaaaaaaaaaaaaaaaa", "common"),
            ("12345678901234567890", "common"), ("qwertyuiopasdfghjkl", "common"), ("Welcome123Welcome123", "common"),
            ("ada.brook@river.example", "guessable"), ("counterfoil12345", "common"),
        ];
        for (password, code) in weak {
            let reply = change(&ada, PASSWORD, password).expect_fault("/new_password");
            assert_eq!(reply.body["errors"][0]["code"], code, "{password}");
            assert!(password.is_empty() || !String::from_utf8_lossy(&reply.bytes).contains(&format!("\"{password}\"")), "{password} is not repeated");
        }
        for long in [257_usize, 1_000, 60_000] {
            let reply = change(&ada, PASSWORD, &"y".repeat(long)).expect_fault("/new_password");
            assert_eq!(reply.body["errors"][0]["code"], "too_long");
        }
        let huge = json!({"current_password": PASSWORD, "new_password": "z".repeat(1 << 20)});
        ada.post("/api/v1/me/password", &huge).expect_problem(413, "body_too_large");
        sign_in(app, &ada, PASSWORD).expect(201);
    }

    fn what_looks_the_same_signs_in(app: &TestApp) {
        let ada = app.member("ada");
        change(&ada, PASSWORD, "cafe\u{301} au lait sans sucre").expect(204);
        sign_in(app, &ada, "caf\u{e9} au lait sans sucre").expect(201);
        sign_in(app, &ada, "Caf\u{e9} au lait sans sucre").expect_problem(401, "unauthenticated");
    }

    fn of_two_changes_at_once_one_counts(app: &TestApp) {
        let ada = app.member("ada");
        ada.tokens();
        let other = ada.again();
        let start = std::sync::Barrier::new(2);
        let replies: Vec<Reply> = std::thread::scope(|scope| {
            let threads = [(&ada, NEW), (&other, "glacier parsnip thimble")].map(|(person, new)| {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    change(person, PASSWORD, new)
                })
            });
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let changed = replies.iter().filter(|reply| reply.status == 204).count();
        assert_eq!(changed, 1, "{:?}", replies.iter().map(|reply| reply.status).collect::<Vec<_>>());
        let living = [NEW, "glacier parsnip thimble", PASSWORD].map(|password| sign_in(app, &ada, password).status);
        assert_eq!(living.iter().filter(|status| **status == 201).count(), 1);
        assert_eq!(living[2], 401);
    }

    fn a_hash_is_renewed_at_the_next_sign_in_when_hashes_shall_cost_more(database: &TestDatabase) {
        let app = &TestApp::with(Arc::new(TestDatabase::new(database.engine())), |settings| {
            (settings.password_memory_kib, settings.password_passes) = (19_456, 2);
        });
        let ada = app.member("ada");
        let stored = || app.database.db_texts("SELECT password_hash AS value FROM users").remove(0);
        let cheap = stored();
        assert!(cheap.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{cheap}");
        sign_in(app, &ada, "wrong horse battery staple").expect_problem(401, "unauthenticated");
        assert_eq!(stored(), cheap, "only what was right");
        // All at once: whose proof was of the hash before gets in as well.
        let start = std::sync::Barrier::new(8);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| {
                start.wait();
                sign_in(app, &ada, PASSWORD).status
            })).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(statuses, [201; 8]);
        let renewed = stored();
        assert!(renewed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{renewed}");
        sign_in(app, &ada, "wrong horse battery staple").expect_problem(401, "unauthenticated");
        sign_in(app, &ada, PASSWORD).expect(201);
        assert_eq!(stored(), renewed, "once");
        change(&ada.again(), PASSWORD, NEW).expect(204);
        sign_in(app, &ada, PASSWORD).expect_problem(401, "unauthenticated");
        sign_in(app, &ada, NEW).expect(201);
    }

    fn nothing_of_the_wrong_shape_gets_in(app: &TestApp) {
        let ada = app.member("ada");
        let bodies = super::passwords::bad_bodies(&["current_password", "new_password"], &[]);
        assert!(bodies.len() >= 200, "{}", bodies.len());
        for body in &bodies {
            ada.post("/api/v1/me/password", body).expect_problem(400, "validation_failed");
        }
        sign_in(app, &ada, PASSWORD).expect(201);
    }
}

/// Bodies that are wrong in one thing or more, for an operation that wants these members and knows those.
pub fn bad_bodies(wanted: &[&str], known: &[&str]) -> Vec<Value> {
    let all = || {
        let members =
            wanted.iter().chain(known).map(|name| ((*name).to_owned(), json!("a text of some length")));
        members.collect::<serde_json::Map<_, _>>()
    };
    let mut bodies =
        vec![json!({}), json!([]), json!(null), json!(1), json!("x"), json!(true), json!([all()])];
    let wrong = [
        json!(1),
        json!(-1),
        json!(1.5),
        json!(true),
        json!(false),
        json!([]),
        json!(["x"]),
        json!({}),
        json!({"$ne": null}),
        json!({"password": "x"}),
        json!([[]]),
        json!(9_007_199_254_740_993_i64),
    ];
    for name in wanted {
        let mut without = all();
        without.remove(*name);
        bodies.push(without.into());
        let mut null = all();
        null.insert((*name).to_owned(), Value::Null);
        bodies.push(null.into());
    }
    for name in wanted.iter().chain(known) {
        for value in &wrong {
            let mut body = all();
            body.insert((*name).to_owned(), value.clone());
            bodies.push(body.into());
        }
        for variant in [
            name.to_uppercase(),
            format!("{name} "),
            format!("{name}\u{0}"),
            format!("{name}[]"),
            name.replace('_', ""),
        ] {
            if !wanted.iter().chain(known).any(|known| *known == variant) {
                let mut body = all();
                body.insert(variant, json!("x"));
                bodies.push(body.into());
            }
        }
    }
    let foreign = [
        "id",
        "user_id",
        "sub",
        "role",
        "roles",
        "scope",
        "scopes",
        "admin",
        "is_admin",
        "status",
        "member",
        "member_id",
        "community",
        "community_id",
        "auth_time",
        "exp",
        "iat",
        "session_id",
        "sid",
        "kid",
        "client_id",
        "token_type",
        "password_hash",
        "hash",
        "salt",
        "verified",
        "confirmed",
        "confirmed_at",
        "expires_at",
        "used_at",
        "created_at",
        "__proto__",
        "constructor",
        "prototype",
        "$where",
        "$gt",
        "",
        " ",
        "0",
        "null",
    ];
    for name in foreign {
        for value in [json!("x"), json!(true), json!(null), json!({})] {
            let mut body = all();
            body.insert(name.to_owned(), value);
            bodies.push(body.into());
        }
    }
    bodies
}
