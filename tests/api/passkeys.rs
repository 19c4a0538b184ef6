//! `/me/passkeys`, `/sessions/passkey` and stepping up with a passkey.

use serde_json::{Value, json};

use crate::passwords::{NEW, assert_ended};
use crate::second_factors::{code, turn_on};
use crate::support::{
    BE, BS, Caller, PASSWORD, Person, Reply, SoftPasskey, TestApp, Tokens, both_engines, cbor_text, claims,
    from_base64url, keys,
};
use crate::{is_id, is_time};

/// What a passkey shows.
const PASSKEY: [&str; 5] = ["backed_up", "created_at", "id", "last_used_at", "name"];

/// What a browser needs for a passkey of this person.
pub fn start(person: &Caller) -> Value {
    person.post("/api/v1/me/passkeys/options", &json!({})).expect(200).body
}

/// Sends what the browser gave.
pub fn send_new(person: &Caller, credential: &Value) -> Reply {
    person.post("/api/v1/me/passkeys", &json!({"name": "My phone", "credential": credential}))
}

/// Adds this passkey.
pub fn add_this(person: &Person, passkey: &SoftPasskey) -> Value {
    send_new(person, &passkey.create(&start(person))).expect(201).body["id"].clone()
}

/// Adds a passkey, and gives it with its id.
pub fn add(person: &Person) -> (SoftPasskey, Value) {
    let passkey = SoftPasskey::new(person.user_id.uuid());
    let id = add_this(person, &passkey);
    (passkey, id)
}

/// What a browser needs to sign in.
pub fn start_sign_in(app: &TestApp) -> Value {
    app.anonymous().post("/api/v1/sessions/passkey-options", &json!({})).expect(200).body
}

/// Sends what the browser gave.
pub fn send(app: &TestApp, credential: &Value) -> Reply {
    app.anonymous().post("/api/v1/sessions/passkey", &json!({"credential": credential}))
}

/// Signs in.
pub fn sign_in(app: &TestApp, passkey: &SoftPasskey) -> Reply {
    send(app, &passkey.get(&start_sign_in(app)))
}

/// What a browser needs to step up.
pub fn start_step_up(person: &Caller) -> Value {
    person.post("/api/v1/sessions/current/passkey-options", &json!({})).expect(200).body
}

fn list(person: &Caller) -> Vec<Value> {
    person.get("/api/v1/me/passkeys").expect(200).data().to_vec()
}

fn own_actions(person: &Caller) -> Vec<String> {
    let lines = person.get("/api/v1/me/audit").expect(200);
    lines.data().iter().map(|line| line["action"].as_str().unwrap().to_owned()).collect()
}

fn notices(app: &TestApp, event: &str) -> usize {
    let parameters =
        app.database.db_texts("SELECT parameters AS value FROM mails WHERE parameters IS NOT NULL");
    parameters.iter().filter(|text| text.contains(&format!(r#""event":"{event}""#))).count()
}

fn grow_stale(app: &TestApp, person: &Person) {
    person.tokens();
    app.clock.advance(200);
    person.refresh().expect(200);
    app.clock.advance(101);
}

both_engines! {
    fn a_passkey_is_added_and_signs_in(app: &TestApp) {
        let ada = app.member("ada");
        let options = ada.post("/api/v1/me/passkeys/options", &json!({})).expect(200);
        assert_eq!(options.header("cache-control"), Some("no-store"));
        let wanted = &options.body["public_key"];
        assert_eq!(keys(wanted), ["attestation", "authenticatorSelection", "challenge", "excludeCredentials", "pubKeyCredParams", "rp", "timeout", "user"]);
        assert_eq!(wanted["rp"], json!({"id": "river.example", "name": "Counterfoil"}));
        assert_eq!(wanted["pubKeyCredParams"], json!([{"type": "public-key", "alg": -7}]));
        assert_eq!(wanted["authenticatorSelection"], json!({"residentKey": "required", "requireResidentKey": true, "userVerification": "required"}));
        assert_eq!((&wanted["attestation"], &wanted["excludeCredentials"]), (&json!("none"), &json!([])));
        assert_eq!((&wanted["user"]["name"], &wanted["user"]["displayName"]), (&json!(ada.email), &json!("ada")));
        assert_eq!(from_base64url(wanted["user"]["id"].as_str().unwrap()), ada.user_id.uuid().as_bytes());
        assert_eq!(from_base64url(wanted["challenge"].as_str().unwrap()).len(), 32);

        let passkey = SoftPasskey::new(ada.user_id.uuid()).with_flags(BE | BS);
        let added = send_new(&ada, &passkey.create(&options.body)).expect(201).body;
        assert_eq!(keys(&added), PASSKEY);
        assert!(is_id(&added["id"]) && is_time(&added["created_at"]), "{added}");
        assert_eq!((&added["name"], &added["backed_up"], &added["last_used_at"]), (&json!("My phone"), &json!(true), &Value::Null));
        assert_eq!(list(&ada), std::slice::from_ref(&added));

        let request = start_sign_in(app);
        let wanted = &request["public_key"];
        assert_eq!(keys(wanted), ["allowCredentials", "challenge", "rpId", "timeout", "userVerification"]);
        assert_eq!((&wanted["rpId"], &wanted["userVerification"], &wanted["allowCredentials"]), (&json!("river.example"), &json!("required"), &json!([])));
        let signed_in = send(app, &passkey.get(&request)).expect(201);
        assert_eq!(keys(&signed_in.body), ["access_token", "expires_in", "refresh_token", "token_type"]);
        assert_eq!(signed_in.header("cache-control"), Some("no-store"));
        let tokens = Tokens::of(&signed_in);
        let session = app.anonymous().with_token(&tokens.access);
        assert_eq!(session.get("/api/v1/me").expect(200).body["user"]["email"], ada.email);
        let said = claims(&tokens.access);
        assert_eq!((&said["auth_time"], &said["sub"]), (&said["iat"], &json!(ada.user_id.to_string())));
        assert!(is_time(&list(&session)[0]["last_used_at"]));
        // What needs a fresh proof has one.
        session.post("/api/v1/me/passkeys/options", &json!({})).expect(200);
        app.restart();
        sign_in(app, &passkey).expect(201);
        assert_eq!(app.database.db_count("passkeys"), 1);
    }

    fn a_passkey_stands_for_both_factors(app: &TestApp) {
        let ada = app.member("ada");
        let (passkey, _) = add(&ada);
        let (secret, _) = turn_on(app, &ada);
        sign_in(app, &passkey).expect(201);
        // To step up it is enough as well, and the right way to turn the second factor off when the phone is lost.
        grow_stale(app, &ada);
        ada.delete("/api/v1/me/totp").expect_problem(403, "step_up_required");
        ada.step_up_with(&json!({"passkey": passkey.get(&start_step_up(&ada))})).expect(200);
        ada.delete("/api/v1/me/totp").expect(204);
        // The password still asks for the code as long as there is one.
        let secret_again = turn_on(app, &ada).0;
        assert_ne!(secret, secret_again);
        let missing = app.anonymous().post("/api/v1/sessions", &json!({"email": ada.email, "password": PASSWORD}));
        assert_eq!(missing.expect_problem(401, "unauthenticated").body["second_factor_required"], true);
        app.clock.advance(30);
        let body = json!({"email": ada.email, "password": PASSWORD, "code": code(app, &secret_again)});
        app.anonymous().post("/api/v1/sessions", &body).expect(201);
    }

    fn stepping_up_with_a_passkey_gives_a_fresh_token(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        ada.tokens();
        ada.post("/api/v1/sessions/current/passkey-options", &json!({})).expect_problem(404, "not_found");
        let (passkey, id) = add(&ada);
        let (bens, _) = add(&ben);
        grow_stale(app, &ada);
        let options = start_step_up(&ada);
        let allowed = options["public_key"]["allowCredentials"].as_array().unwrap();
        assert_eq!(allowed.len(), 1, "one's own and no others");
        assert_eq!(from_base64url(allowed[0]["id"].as_str().unwrap()), passkey.id);
        assert_eq!(allowed[0]["transports"], json!(["internal"]));
        let shown = passkey.get(&options);
        for beside in ["password", "code"] {
            ada.step_up_with(&json!({"passkey": shown, beside: PASSWORD})).expect_fault("/passkey");
        }
        let reply = ada.step_up_with(&json!({"passkey": shown})).expect(200);
        assert_eq!(keys(&reply.body), ["access_token", "expires_in", "token_type"]);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let said = claims(&ada.tokens().access);
        assert_eq!(said["auth_time"], said["iat"]);
        ada.step_up_with(&json!({"passkey": shown})).expect_fault("/passkey/response/clientDataJSON");
        // Authenticators need not say whose it is where that is known; somebody else's does not do.
        let mut silent = passkey.get(&start_step_up(&ada));
        silent["response"].as_object_mut().unwrap().remove("userHandle");
        ada.step_up_with(&json!({"passkey": silent})).expect(200);
        ada.step_up_with(&json!({"passkey": bens.get(&start_step_up(&ada))})).expect_fault("/passkey/response/userHandle");
        // A challenge of another session, of another purpose, and one that was replaced.
        let elsewhere = ada.again();
        let theirs = passkey.get(&start_step_up(&elsewhere));
        ada.step_up_with(&json!({"passkey": theirs})).expect_fault("/passkey/response/clientDataJSON");
        ada.step_up_with(&json!({"passkey": passkey.get(&start_sign_in(app))})).expect_fault("/passkey/response/clientDataJSON");
        let replaced = passkey.get(&start_step_up(&ada));
        start_step_up(&ada);
        ada.step_up_with(&json!({"passkey": replaced})).expect_fault("/passkey/response/clientDataJSON");
        elsewhere.step_up_with(&json!({"passkey": theirs})).expect(200);
        ada.delete(&format!("/api/v1/me/passkeys/{}", id.as_str().unwrap())).expect(204);
        let gone = app.anonymous().with_token(&elsewhere.tokens().access);
        gone.post("/api/v1/sessions/current/passkey-options", &json!({})).expect_problem(404, "not_found");
    }

    fn adding_and_removing_need_a_fresh_proof(app: &TestApp) {
        let ada = app.member("ada");
        let (passkey, id) = add(&ada);
        let path = format!("/api/v1/me/passkeys/{}", id.as_str().unwrap());
        let waiting = SoftPasskey::new(ada.user_id.uuid()).create(&start(&ada));
        grow_stale(app, &ada);
        ada.post("/api/v1/me/passkeys/options", &json!({})).expect_problem(403, "step_up_required");
        send_new(&ada, &waiting).expect_problem(403, "step_up_required");
        ada.delete(&path).expect_problem(403, "step_up_required");
        assert_eq!(list(&ada).len(), 1);
        ada.step_up_with(&json!({"passkey": passkey.get(&start_step_up(&ada))})).expect(200);
        ada.delete(&path).expect(204);
        ada.delete(&path).expect_problem(404, "not_found");
        assert!(list(&ada).is_empty());
        sign_in(app, &passkey).expect_problem(401, "unauthenticated");
        for (method, path) in [("POST", "/api/v1/me/passkeys/options"), ("GET", "/api/v1/me/passkeys"), ("DELETE", &path), ("POST", "/api/v1/sessions/current/passkey-options")] {
            app.anonymous().send(method, path, &[], None).expect_problem(401, "unauthenticated");
        }
    }

    fn whose_passkey_it_is_others_do_not_learn(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let (_, id) = add(&ada);
        assert!(list(&ben).is_empty());
        ben.tokens();
        ben.delete(&format!("/api/v1/me/passkeys/{}", id.as_str().unwrap())).expect_problem(404, "not_found");
        ben.delete("/api/v1/me/passkeys/x").expect_problem(404, "not_found");
        assert_eq!(list(&ada).len(), 1);
        let options = start(&ben);
        assert_eq!(options["public_key"]["excludeCredentials"], json!([]));
        assert_eq!(start(&ada)["public_key"]["excludeCredentials"].as_array().unwrap().len(), 1);
    }

    fn a_credential_belongs_to_one_login_and_a_login_has_ten(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let (mut first, _) = add(&ada);
        let again = send_new(&ada, &first.create(&start(&ada))).expect_problem(409, "conflict");
        assert_eq!(again.body["reason"], "already_exists");
        first.handle = ben.user_id.uuid().as_bytes().to_vec();
        let stolen = send_new(&ben, &first.create(&start(&ben))).expect_problem(409, "conflict");
        assert_eq!(stolen.body["reason"], "already_exists");
        let eleventh = SoftPasskey::new(ada.user_id.uuid()).create(&start(&ada));
        for _ in 1..10 {
            add(&ada);
        }
        assert_eq!(list(&ada).len(), 10);
        let full = ada.post("/api/v1/me/passkeys/options", &json!({})).expect_problem(409, "conflict");
        assert_eq!(full.body["reason"], "too_many");
        send_new(&ada, &eleventh).expect_fault("/credential/response/clientDataJSON");
        assert_eq!(app.database.db_count("passkeys"), 10);
    }

    fn people_are_told_and_it_is_written_down(app: &TestApp) {
        let ada = app.member("ada");
        let (passkey, id) = add(&ada);
        assert_eq!((notices(app, "passkey_added"), notices(app, "passkey_removed")), (1, 0));
        sign_in(app, &passkey).expect(201);
        ada.delete(&format!("/api/v1/me/passkeys/{}", id.as_str().unwrap())).expect(204);
        assert_eq!((notices(app, "passkey_added"), notices(app, "passkey_removed")), (1, 1));
        assert_eq!(own_actions(&ada), ["passkey.removed", "session.begun", "passkey.added", "session.begun"]);
        let lines = ada.get("/api/v1/me/audit").expect(200);
        assert_eq!(lines.data()[2]["after"], json!({"passkey_id": id}));
        assert_eq!(lines.data()[0]["before"], json!({"passkey_id": id}));
        assert_eq!(lines.data()[2]["is_own"], true);
    }

    fn a_removed_passkey_takes_its_sessions_along(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let (lost, id) = add(&ada);
        let (kept, _) = add(&ada);
        let by = |passkey: &SoftPasskey| app.anonymous().with_token(&Tokens::of(&sign_in(app, passkey).expect(201)).access);
        let (thief, other) = (by(&lost), by(&kept));
        let tokens = Tokens::of(&sign_in(app, &lost).expect(201));
        ada.delete(&format!("/api/v1/me/passkeys/{}", id.as_str().unwrap())).expect(204);
        thief.get("/api/v1/me").expect_problem(401, "unauthenticated");
        let pay = json!({"payer": ada.code, "payee": ben.code, "amount": "1.00", "description": ""});
        thief.post_with("/api/v1/payments", &[("Idempotency-Key", "k")], &pay).expect_problem(401, "unauthenticated");
        app.anonymous().post("/api/v1/sessions/refresh", &json!({"refresh_token": tokens.refresh})).expect_problem(401, "unauthenticated");
        other.get("/api/v1/me").expect(200);
        ada.get("/api/v1/me").expect(200);
        // Who removes what they are signed in with stays.
        let rest = list(&other)[0]["id"].as_str().unwrap().to_owned();
        other.delete(&format!("/api/v1/me/passkeys/{rest}")).expect(204);
        other.get("/api/v1/me").expect(200);
    }

    fn a_new_password_ends_what_was_begun_with_a_passkey_and_keeps_the_passkey(app: &TestApp) {
        let ada = app.member("ada");
        let (passkey, _) = add(&ada);
        let tokens = Tokens::of(&sign_in(app, &passkey).expect(201));
        let session = app.anonymous().with_token(&tokens.access);
        ada.post("/api/v1/me/password", &json!({"current_password": PASSWORD, "new_password": NEW})).expect(204);
        session.get("/api/v1/me").expect_problem(401, "unauthenticated");
        let token = crate::password_resets::db_token(app, &ada, 1);
        let begun = Tokens::of(&sign_in(app, &passkey).expect(201));
        // What a reset asks for is what the password's sign-in asks for; the passkey is no way around it and no bar.
        app.anonymous().post("/api/v1/password-resets/complete", &json!({"token": token, "new_password": PASSWORD})).expect(204);
        assert_ended(app, &ada);
        app.anonymous().with_token(&begun.access).get("/api/v1/me").expect_problem(401, "unauthenticated");
        sign_in(app, &passkey).expect(201);
    }

    fn a_passkey_does_not_lead_a_reset_around_the_second_factor(app: &TestApp) {
        let ada = app.member("ada");
        add(&ada);
        turn_on(app, &ada);
        let token = crate::password_resets::db_token(app, &ada, 1);
        let missing = app.anonymous().post("/api/v1/password-resets/complete", &json!({"token": token, "new_password": NEW}));
        assert_eq!(missing.expect_problem(401, "unauthenticated").body["second_factor_required"], true);
    }

    fn counts_only_rise(app: &TestApp) {
        let ada = app.member("ada");
        let passkey = SoftPasskey::new(ada.user_id.uuid()).counting_from(6);
        add_this(&ada, &passkey);
        assert_eq!(passkey.count.get(), Some(7));
        sign_in(app, &passkey).expect(201);
        for copied in [8, 7, 1, 0] {
            let shown = passkey.get_with(&start_sign_in(app), |draft| draft.count = copied);
            send(app, &shown).expect_problem(401, "unauthenticated");
            // The challenge is used up all the same.
            send(app, &shown).expect_problem(401, "unauthenticated");
        }
        assert_eq!(app.database.db_numbers("SELECT sign_count AS value FROM passkeys"), [8]);
        let lines = ada.get("/api/v1/me/audit").expect(200);
        let alarms: Vec<_> = lines.data().iter().filter(|line| line["action"] == "passkey.count_not_risen").collect();
        assert_eq!(alarms.len(), 4);
        assert_eq!(alarms[0]["is_own"], false, "it may be either of the two");
        let shown = passkey.get_with(&start_sign_in(app), |draft| draft.count = u32::MAX);
        send(app, &shown).expect(201);
        ada.step_up_with(&json!({"passkey": passkey.get(&start_step_up(&ada))})).expect_fault("/passkey/response/clientDataJSON");
        // An authenticator that never counted may begin to.
        let (plain, _) = add(&ada);
        sign_in(app, &plain).expect(201);
        let counting = plain.counting_from(0);
        sign_in(app, &counting).expect(201);
        let shown = counting.get_with(&start_sign_in(app), |draft| draft.count = 0);
        send(app, &shown).expect_problem(401, "unauthenticated");
    }

    fn whether_it_may_be_backed_up_never_changes(app: &TestApp) {
        let ada = app.member("ada");
        let (mut passkey, _) = add(&ada);
        passkey.flags = BE;
        sign_in(app, &passkey).expect_problem(401, "unauthenticated");
        let synced = SoftPasskey::new(ada.user_id.uuid()).with_flags(BE);
        add_this(&ada, &synced);
        let state = || list(&ada)[1]["backed_up"].clone();
        assert_eq!(state(), false);
        sign_in(app, &synced.with_flags(BE | BS)).expect(201);
        assert_eq!(state(), true);
    }

    fn challenges_are_for_one_use_one_purpose_and_five_minutes(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let (passkey, _) = add(&ada);
        let shown = passkey.get(&start_sign_in(app));
        send(app, &shown).expect(201);
        send(app, &shown).expect_problem(401, "unauthenticated");
        for options in [start(&ada), start_step_up(&ada)] {
            send(app, &passkey.get(&options)).expect_problem(401, "unauthenticated");
        }
        let fresh = || SoftPasskey::new(ada.user_id.uuid());
        let bad = "/credential/response/clientDataJSON";
        ben.tokens();
        for options in [start_sign_in(app), start_step_up(&ada), start(&ben), start(&ada.again())] {
            send_new(&ada, &fresh().create(&options)).expect_fault(bad);
        }
        let replaced = start(&ada);
        let options = start(&ada);
        send_new(&ada, &fresh().create(&replaced)).expect_fault(bad);
        let made = fresh().create(&options);
        send_new(&ada, &made).expect(201);
        send_new(&ada, &made).expect_fault(bad);
        let (late, timely) = (start_sign_in(app), start_sign_in(app));
        app.clock.advance(240);
        send(app, &passkey.get(&timely)).expect(201);
        app.clock.advance(61);
        send(app, &passkey.get(&late)).expect_problem(401, "unauthenticated");
        let hashes = if app.database.engine() == counterfoil::storage::Engine::Sqlite { "lower(hex(hash))" } else { "encode(hash, 'hex')" };
        let stored = app.database.db_texts(&format!("SELECT {hashes} AS value FROM one_time_secrets"));
        let challenge = hex::encode(from_base64url(late["public_key"]["challenge"].as_str().unwrap()));
        assert!(stored.len() > 5 && !stored.contains(&challenge), "only hashes are stored");
    }

    fn only_so_many_challenges_and_tries_from_one_address(app: &TestApp) {
        let ada = app.member("ada");
        let (passkey, _) = add(&ada);
        for _ in 0..20 {
            let shown = passkey.get_with(&start_sign_in(app), |draft| draft.signed = Some(b"x".to_vec()));
            send(app, &shown).expect_problem(401, "unauthenticated");
        }
        let limited = sign_in(app, &passkey).expect_problem(429, "rate_limited");
        assert_eq!(limited.body["violated-policies"], json!(["passkey-address"]));
        for _ in 21..120 {
            start_sign_in(app);
        }
        let limited = app.anonymous().post("/api/v1/sessions/passkey-options", &json!({})).expect_problem(429, "rate_limited");
        assert_eq!(limited.body["violated-policies"], json!(["passkey-challenge-address"]));
        app.clock.advance(61);
        // What is right does not count.
        for _ in 0..30 {
            sign_in(app, &passkey).expect(201);
        }
        // The password's sign-in was never in the way.
        app.anonymous().post("/api/v1/sessions", &json!({"email": ada.email, "password": PASSWORD})).expect(201);
    }

    fn apps_have_no_say_in_passkeys(app: &TestApp) {
        let ada = app.member("ada");
        let (_, id) = add(&ada);
        let client = app.register(&ada, false);
        let caller = app.bearer(&app.allowed(&ada, &client, "accounts:read payments:write", &[]));
        let path = format!("/api/v1/me/passkeys/{}", id.as_str().unwrap());
        for (method, path) in [("POST", "/api/v1/me/passkeys/options"), ("GET", "/api/v1/me/passkeys"), ("DELETE", &path), ("POST", "/api/v1/sessions/current/passkey-options")] {
            caller.send(method, path, &[], None).expect_problem(403, "forbidden");
        }
    }

    fn what_comes_along_does_no_harm(app: &TestApp) {
        let ada = app.member("ada");
        // Browsers add members, authenticators outputs of extensions, certificates and other formats' statements.
        let passkey = SoftPasskey::new(ada.user_id.uuid());
        let made = passkey.create_with(&start(&ada), |draft| {
            draft.flags |= crate::support::ED;
            draft.tail = [&[0xa1], cbor_text("credProtect").as_slice(), &[2]].concat();
            draft.statement = [&[0xa2], cbor_text("alg").as_slice(), &[0x26], &cbor_text("x5c"), &[0x81, 0x41, 0x00]].concat();
            draft.client_member("tokenBinding", json!({"status": "supported"}));
            draft.client_member("other_keys_can_be_added_here", json!("do not compare clientDataJSON against a template"));
        });
        send_new(&ada, &made).expect(201);
        let shown = passkey.get_with(&start_sign_in(app), |draft| {
            draft.flags |= crate::support::ED;
            draft.tail = vec![0xa0];
            draft.client_member("futureMember", json!([1, {"x": null}]));
        });
        send(app, &shown).expect(201);
    }
}
