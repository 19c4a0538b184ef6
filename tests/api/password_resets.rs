//! `/password-resets`: asking for a new password, and choosing it.

use std::sync::Barrier;

use counterfoil::auth::one_time::OneTimeToken;
use counterfoil::storage::one_time_secrets::{self, NewSecret, Purpose};
use serde_json::{Value, json};

use crate::passwords::{NEW, assert_ended, bad_bodies, sign_in};
use crate::second_factors::{code, turn_on};
use crate::support::{PASSWORD, Person, Reply, TestApp, both_engines, rounds};

/// How many rounds of the race in a commit.
const ROUNDS: usize = 4;

/// A token as a message would carry it, stored as the service stores it.
pub fn db_token(app: &TestApp, person: &Person, number: usize) -> String {
    let mut random = [0; 32];
    random[..8].copy_from_slice(&number.to_be_bytes());
    let (token, now) = (OneTimeToken::from_random(&random), app.now());
    let new = NewSecret {
        hash: token.hash(),
        purpose: Purpose::PasswordReset,
        subject_id: person.user_id.uuid(),
        payload: String::new(),
        expires_at: now.plus_seconds(counterfoil::services::passwords::RESET_SECONDS),
    };
    let services = app.services();
    app.block_on(services.ledger().write(move |conn| one_time_secrets::issue(conn, &new, now))).unwrap();
    token.expose().to_owned()
}

fn ask(app: &TestApp, email: &str) -> Reply {
    app.anonymous().post("/api/v1/password-resets", &json!({"email": email}))
}

fn complete(app: &TestApp, body: &Value) -> Reply {
    app.anonymous().post("/api/v1/password-resets/complete", body)
}

both_engines! {
    fn asking_tells_nothing(app: &TestApp) {
        let ada = app.member("ada");
        let known = ask(app, &ada.email).expect(202);
        let strangers = ["nobody@river.example", "", "x", "ada@river.example\u{0}", &format!("{}@river.example", "x".repeat(300)), "' OR 1=1 --"];
        for email in strangers {
            let unknown = ask(app, email).expect(202);
            assert_eq!((unknown.bytes, unknown.headers.len()), (known.bytes.clone(), known.headers.len()), "{email}");
        }
        assert_eq!(app.database.db_count("one_time_secrets"), 7, "the same is done for all");
        ask(app, " ADA@River.Example ").expect(202);
        let living = "SELECT count(*) AS value FROM one_time_secrets WHERE used_at IS NULL";
        assert_eq!(app.database.db_numbers(living), [7], "the earlier one of the same login is dead");
        let reused = "SELECT count(DISTINCT s.subject_id) AS value FROM one_time_secrets s JOIN users u ON u.id = s.subject_id";
        assert_eq!(app.database.db_numbers(reused), [1]);
        sign_in(app, &ada, PASSWORD).expect(201);
        ada.get("/api/v1/me").expect(200);
    }

    fn old_secrets_are_forgotten(app: &TestApp) {
        ask(app, "nobody@river.example").expect(202);
        app.clock.advance(1_200 + 86_401);
        ask(app, "somebody@river.example").expect(202);
        assert_eq!(app.database.db_count("one_time_secrets"), 1);
    }

    fn a_token_chooses_a_password_once_and_ends_all_sessions(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        ada.tokens();
        let elsewhere = ada.again();
        let token = db_token(app, &ada, 1);
        let weak = complete(app, &json!({"token": token, "new_password": "passwordpassword"})).expect_fault("/new_password");
        assert_eq!(weak.body["errors"][0]["code"], "common");
        ada.get("/api/v1/me").expect(200);
        complete(app, &json!({"token": token, "new_password": NEW})).expect(204);
        assert_ended(app, &ada);
        assert_ended(app, &elsewhere);
        sign_in(app, &ada, PASSWORD).expect_problem(401, "unauthenticated");
        sign_in(app, &ada, NEW).expect(201);
        complete(app, &json!({"token": token, "new_password": "glacier parsnip thimble"})).expect_fault("/token");
        sign_in(app, &ada, NEW).expect(201);
        app.pay(&ben, &ada, "1.00");
    }

    fn tokens_die_of_age_and_of_newer_ones(app: &TestApp) {
        let ada = app.member("ada");
        let (old, newer) = (db_token(app, &ada, 1), db_token(app, &ada, 2));
        complete(app, &json!({"token": old, "new_password": NEW})).expect_fault("/token");
        app.clock.advance(1_201);
        complete(app, &json!({"token": newer, "new_password": NEW})).expect_fault("/token");
        let token = db_token(app, &ada, 3);
        app.clock.advance(1_190);
        let again = ada.again();
        again.post("/api/v1/me/password", &json!({"current_password": PASSWORD, "new_password": NEW})).expect(204);
        complete(app, &json!({"token": token, "new_password": PASSWORD})).expect_fault("/token");
        sign_in(app, &ada, NEW).expect(201);
    }

    fn a_reset_does_not_lead_around_the_second_factor(app: &TestApp) {
        let ada = app.member("ada");
        let (secret, recovery) = turn_on(app, &ada);
        let token = db_token(app, &ada, 1);
        let missing = complete(app, &json!({"token": token, "new_password": NEW})).expect_problem(401, "unauthenticated");
        assert_eq!(missing.body["second_factor_required"], true);
        for wrong in ["000000", "", "x", "AAAA-AAAA-AAAA-AAAA"] {
            complete(app, &json!({"token": token, "new_password": NEW, "code": wrong})).expect_fault("/code");
        }
        sign_in(app, &ada, NEW).expect_problem(401, "unauthenticated");
        app.clock.advance(60);
        complete(app, &json!({"token": token, "new_password": "tb8Qz!mm", "code": code(app, &secret)})).expect(204);
        let signed_in = sign_in(app, &ada, "tb8Qz!mm").expect_problem(401, "unauthenticated");
        assert_eq!(signed_in.body["second_factor_required"], true, "the second factor is still there");
        let token = db_token(app, &ada, 2);
        complete(app, &json!({"token": token, "new_password": NEW, "code": recovery[0]})).expect(204);
        let token = db_token(app, &ada, 3);
        complete(app, &json!({"token": token, "new_password": PASSWORD, "code": recovery[0]})).expect_fault("/code");
        sign_in(app, &ada, NEW).expect_problem(401, "unauthenticated");
    }

    fn codes_are_not_guessed_with_a_token(app: &TestApp) {
        let ada = app.member("ada");
        let (_, recovery) = turn_on(app, &ada);
        let token = db_token(app, &ada, 1);
        for number in 0..5 {
            complete(app, &json!({"token": token, "new_password": NEW, "code": format!("00000{number}")})).expect_fault("/code");
        }
        complete(app, &json!({"token": token, "new_password": NEW, "code": recovery[0]})).expect_fault("/token");
    }

    fn of_many_uses_at_once_one_wins(app: &TestApp) {
        let ada = app.member("ada");
        for round in 1..=rounds(ROUNDS) {
            app.clock.advance(61);
            let token = db_token(app, &ada, round);
            let start = Barrier::new(16);
            let replies: Vec<(u16, String)> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..16).map(|number| {
                    let (start, token) = (&start, &token);
                    scope.spawn(move || {
                        let password = format!("pelican rudder quilt {round} {number}");
                        let body = json!({"token": token, "new_password": password});
                        start.wait();
                        (complete(app, &body).status, password)
                    })
                }).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            let winners: Vec<_> = replies.iter().filter(|(status, _)| *status == 204).collect();
            assert_eq!(winners.len(), 1, "round {round}: {replies:?}");
            assert!(replies.iter().all(|(status, _)| [204, 400, 503].contains(status)), "{replies:?}");
            sign_in(app, &ada, &winners[0].1).expect(201);
        }
    }

    fn nothing_forged_or_misshapen_gets_in(app: &TestApp) {
        let ada = app.member("ada");
        let token = db_token(app, &ada, 1);
        let nobody = app.anonymous();
        for body in &bad_bodies(&["token", "new_password"], &["code"]) {
            nobody.post("/api/v1/password-resets/complete", body).expect_problem(400, "validation_failed");
        }
        for body in &bad_bodies(&["email"], &[]) {
            nobody.post("/api/v1/password-resets", body).expect_problem(400, "validation_failed");
        }
        let mut forged: Vec<String> = vec![String::new(), "cfo_".into(), "x".repeat(10_000), token.to_uppercase(), token.replace("cfo_", "cfr_"), format!("{token} "), format!(" {token}"), format!("{token}="), format!("{token}\u{0}"), "0".repeat(47)];
        forged.extend((0..token.len()).map(|place| {
            let other = if token.as_bytes()[place] == b'B' { "C" } else { "B" };
            format!("{}{other}{}", &token[..place], &token[place + 1..])
        }));
        forged.extend((0..token.len()).map(|place| token[..place].to_owned()));
        forged.extend((0_u8..100).map(|number| OneTimeToken::from_random(&[number.wrapping_add(2); 32]).expose().to_owned()));
        assert!(forged.len() >= 200);
        for (number, token) in forged.iter().enumerate() {
            // An address may guess twenty times a minute.
            if number % 19 == 0 {
                app.clock.advance(61);
            }
            complete(app, &json!({"token": token, "new_password": NEW})).expect_fault("/token");
        }
        complete(app, &json!({"token": token, "new_password": NEW})).expect(204);
    }
}
