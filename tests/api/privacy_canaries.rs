//! A person writes something that is nowhere else into every field there is, and is erased: then it is nowhere at all,
//! in no table, no file and no log.

use std::io::Write;
use std::process::Command;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use counterfoil::storage::Engine;
use counterfoil::storage::privacy::export;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::joining::{RIVER, apply, confirm, db_mailed, opened};
use crate::mails::send;
use crate::privacy::{WAIT_S, count, erase_what_is_due, held};
use crate::support::{Caller, Person, SoftPasskey, TestApp, both_engines, from_base64url};

const EMAIL: &str = "kanarimail9f3@kanarihost9f3.example";
const PASSWORD: &str = "kanaripass9f3 rudder quilt seven";

/// What the person writes, and where; lower case, like what is looked through.
const CANARIES: &[&str] = &[
    "kanarimail9f3",
    "kanarihost9f3",
    "kanaripass9f3",
    "kanariname9f3",
    "kanarimessage9f3",
    "kanaribrowser9f3",
    "kanariaccept9f3",
    "kanarikey9f3",
    "kanaribread9f3",
    "kanarirefused9f3",
    "kanarirent9f3",
    "kanarilater9f3",
    "kanariapp9f3",
    "kanariuri9f3",
    "kanarifriend9f3",
    "kanarinickname9f3",
    "kanaricome9f3",
    "kanarisearch9f3",
    "kanariagain9f3",
    "kanariguess9f3",
    "kanaridevice9f3",
    "kanarigoing9f3",
    "kanaricategory9f3",
    "kanarinote9f3",
    "kanarihook9f3",
    "kanarishop9f3",
    "kanaritill9f3",
    "kanariorder9f3",
    "kanarichair9f3",
    "kanarireturn9f3",
    "kanaricancel9f3",
    "kanarimetaname9f3",
    "kanarimetavalue9f3",
    "kanariopen9f3",
    "kanariback9f3",
    "kanarilink9f3",
    "kanariroof9f3",
    "kanarithanks9f3",
    "kanarilookup9f3",
    "kanarievil9f3",
];
/// What others write about the person.
const ABOUT: &[&str] = &["kanariapproved9f3", "kanarilimits9f3", "kanariclosed9f3"];
/// What is never stored as it was written, or not at all.
const NEVER_STORED: &[&str] = &[
    "kanaripass9f3",
    "kanarikey9f3",
    "kanarirefused9f3",
    "kanarisearch9f3",
    "kanariguess9f3",
    "kanariaccept9f3",
    "kanaricome9f3",
    "kanarilookup9f3",
    "kanarievil9f3",
];

/// What comes last.
const LATER: &[&str] = &["kanarigoing9f3", "kanariclosed9f3"];

/// What all apps of this test program log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

static LOG: LazyLock<Log> = LazyLock::new(|| {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_env_filter("info,counterfoil=trace")
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();
    log
});

fn logged() -> Vec<u8> {
    LOG.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// What proves a key and what signs a webhook's messages, as far as nobody is ever shown it again.
fn secrets(app: &TestApp, person: &Caller, code: &str) -> Vec<String> {
    let asked = json!({"name": "kanaritill9f3", "account": code, "role": "read_only"});
    let made = person.post("/api/v1/api-keys", &asked).expect(201).body;
    let key = made["key"].as_str().unwrap().to_owned();
    let next = person.post(&format!("/api/v1/api-keys/{}/rotate", made["id"].as_str().unwrap()), &json!({}));
    let next = next.expect(201).body["key"].as_str().unwrap().to_owned();
    for key in [&key, &next] {
        let till = app.anonymous().with_token(key);
        till.get("/api/v1/payments").expect(200);
        till.get("/api/v1/me").expect(403);
        // Where keys do not belong, and with a letter that is wrong.
        till.get(&format!("/api/v1/payments?cursor={key}")).expect(400);
        till.post("/api/v1/payments", &json!({"description": key})).expect(403);
        app.anonymous().with_token(&key.to_uppercase()).get("/api/v1/payments").expect(401);
        app.anonymous().with_token(&format!("{key}A")).get("/api/v1/payments").expect(401);
    }
    let hook =
        person.get("/api/v1/webhook-endpoints").expect(200).data()[0]["id"].as_str().unwrap().to_owned();
    let rotated = person.post(&format!("/api/v1/webhook-endpoints/{hook}/rotate-secret"), &json!({}));
    let signing = rotated.expect(200).body["secret"].as_str().unwrap().to_owned();
    // Behind what people recognise a key by.
    let secret = |text: &str| text.chars().skip("cfk_live_".len() + 6).collect::<String>().to_lowercase();
    vec![secret(&key), secret(&next), signing.trim_start_matches("whsec_").to_lowercase()]
}

/// The person signs in with a telling browser.
fn sign_in(app: &TestApp) -> Caller {
    let headers = [("User-Agent", "kanaribrowser9f3/1.0"), ("Accept-Language", "kanariaccept9f3")];
    let reply = app.anonymous().post_with(
        "/api/v1/sessions",
        &headers,
        &json!({"email": EMAIL, "password": PASSWORD}),
    );
    app.anonymous().with_token(reply.expect(201).body["access_token"].as_str().unwrap())
}

/// The person joins, and writes into every field on the way.
fn join(app: &TestApp, admin: &Caller) -> (Caller, String) {
    admin.post(&format!("{RIVER}/agreements"), &json!({"title": "Terms", "text": "Near zero."})).expect(201);
    let mut body = json!({"email": EMAIL, "password": PASSWORD, "name": "Kanariname9f3 Lake",
        "message": "kanarimessage9f3", "agreement_version": 1});
    apply(app, &body).expect(202);
    confirm(app, &json!({"token": db_mailed(app, EMAIL, "confirm_address", "token")})).expect(204);
    let page = admin.get(&format!("{RIVER}/applications?state=waiting")).expect(200);
    let path = format!("{RIVER}/applications/{}/approve", page.data()[0]["id"].as_str().unwrap());
    admin.post(&path, &json!({"reason": "kanariapproved9f3"})).expect(200);
    // Once more with the same address: nobody is to learn that it has a login.
    body["name"] = json!("kanariagain9f3");
    apply(app, &body).expect(202);
    let person = sign_in(app);
    let me = person.get("/api/v1/me").expect(200).body;
    (person, me["memberships"][0]["accounts"][0]["code"].as_str().unwrap().to_owned())
}

/// The person has a shop: what it asks for is its own word, also where somebody else pays.
fn sell(app: &TestApp, person: &Caller, code: &str, ben: &Person) {
    let checkout = |order: &str| {
        json!({"account": code, "amount": "2.00", "order_reference": order, "description": "kanarichair9f3",
            "return_url": "https://kanarireturn9f3.example/ok", "cancel_url": "https://kanaricancel9f3.example/no",
            "metadata": {"kanarimetaname9f3": "kanarimetavalue9f3"}})
    };
    let post = |who: &Caller, path: &str, key: &str, body: &Value| {
        who.post_with(&format!("/api/v1/{path}"), &[("Idempotency-Key", key)], body)
    };
    let chair = post(person, "checkouts", "chair", &checkout("kanariorder9f3")).expect(201).body;
    let mut held = checkout("kanariopen9f3-held");
    held["capture"] = json!("manual");
    let held = post(person, "checkouts", "held", &held).expect(201).body;
    for sold in [&chair, &held] {
        let token = sold["url"].as_str().unwrap().rsplit('/').next().unwrap();
        let approve = format!("checkouts/{token}/approve");
        post(ben, &approve, &format!("approve {token}"), &json!({"payer": ben.code})).expect(200);
        app.anonymous().get(&format!("/c/{token}")).expect(200);
        assert_eq!(
            count(&logged(), &token.to_lowercase()) + count(&logged(), token),
            0,
            "a link is in the log"
        );
    }
    let paid = person.get(&format!("/api/v1/checkouts/{}", chair["id"].as_str().unwrap())).expect(200).body;
    let back = json!({"amount": "2.00", "reason": "kanariback9f3"});
    let path = format!("payments/{}/refunds", paid["payment_id"].as_str().unwrap());
    post(person, &path, "back to ben", &back).expect(201);
    let held = person.get(&format!("/api/v1/checkouts/{}", held["id"].as_str().unwrap())).expect(200).body;
    let path = format!("payments/{}/void", held["payment_id"].as_str().unwrap());
    post(person, &path, "void", &json!({})).expect(200);
    post(person, "checkouts", "open", &checkout("kanariopen9f3")).expect(201);
    let mut evil = checkout("evil");
    evil["return_url"] = json!("javascript:kanarievil9f3");
    post(person, "checkouts", "evil", &evil).expect(400);
    person.get("/api/v1/checkouts?order_reference=kanarilookup9f3").expect(200);
    let link = json!({"account": code, "title": "kanarilink9f3", "description": "kanariroof9f3",
        "return_url": "https://kanarithanks9f3.example/"});
    person.post("/api/v1/payment-links", &link).expect(201);
}

fn write_everywhere(app: &TestApp, person: &Caller, code: &str) {
    let ben = app.member("ben");
    let pay = |key: &str, amount: &str, text: &str| {
        let body = json!({"allow_duplicate": true, "payer": code, "payee": ben.code, "amount": amount, "description": text});
        person.post_with("/api/v1/payments", &[("Idempotency-Key", key)], &body)
    };
    let endpoint =
        json!({"url": "https://kanarihook9f3.example/", "events": ["*"], "description": "kanarishop9f3"});
    person.post("/api/v1/webhook-endpoints", &endpoint).expect(201);
    sell(app, person, code, &ben);
    let paid = pay("kanarikey9f3", "5.00", "kanaribread9f3").expect(201).body;
    let note = json!({"category": "kanaricategory9f3", "note": "kanarinote9f3"});
    let choices = json!({"community": "RIVER", "choices": {"payment_received": "off"}});
    person.put("/api/v1/me/notifications", &choices).expect(200);
    person.put(&format!("/api/v1/payments/{}/note", paid["id"].as_str().unwrap()), &note).expect(200);
    pay("kanarikey9f3-2", "999999.00", "kanarirefused9f3").expect(409);
    let in_days = |days: i64| app.now().plus_seconds(days * 86_400).rfc3339()[..10].to_owned();
    let rent = json!({"payer": code, "payee": ben.code, "amount": "1.00", "description": "kanarirent9f3",
        "starts_on": in_days(300), "unit": "month"});
    person.post_with("/api/v1/schedules", &[("Idempotency-Key", "rent")], &rent).expect(201);
    let later = json!({"payer": code, "payee": ben.code, "amount": "1.00", "description": "kanarilater9f3",
        "scheduled_for": in_days(301)});
    person.post_with("/api/v1/payments", &[("Idempotency-Key", "later")], &later).expect(201);
    let back = json!({"allow_duplicate": true, "payer": ben.code, "payee": code, "amount": "5.00", "description": "Rye loaves"});
    ben.post_payment("back", &back).expect(201);
    let app_of_hers = json!({"name": "kanariapp9f3", "redirect_uris": ["https://kanariuri9f3.example/cb"],
        "grant_types": ["authorization_code"], "scopes": ["accounts:read"], "confidential": true});
    person.post("/api/v1/oauth-clients", &app_of_hers).expect(201);
    let friend = json!({"email": "kanarifriend9f3@lake.example", "name": "kanarinickname9f3", "message": "kanaricome9f3"});
    person.post(&format!("{RIVER}/invitations"), &friend).expect(201);
    person.get(&format!("{RIVER}/members?q=kanarisearch9f3")).expect(200);
    app.anonymous().post("/api/v1/password-resets", &json!({"email": EMAIL}));
    let guess = json!({"email": EMAIL, "password": "kanariguess9f3 wrong wrong"});
    app.anonymous().post("/api/v1/sessions", &guess).expect_problem(401, "unauthenticated");
    person.post("/api/v1/me/totp", &json!({})).expect(200);
    let options = crate::passkeys::start(person);
    let handle = from_base64url(options["public_key"]["user"]["id"].as_str().unwrap());
    let credential = SoftPasskey::new(Uuid::from_slice(&handle).unwrap()).create(&options);
    let passkey = json!({"name": "kanaridevice9f3", "credential": credential});
    person.post("/api/v1/me/passkeys", &passkey).expect(201);
    crate::passkeys::start(person);
}

/// All rows of an export, by pages of this length.
fn exported(app: &TestApp, person: &Caller, length: usize) -> Vec<(&'static str, Value)> {
    let me = person.get("/api/v1/me").expect(200).body;
    let user_id = me["user"]["id"].as_str().unwrap().parse().unwrap();
    let (mut all, mut from) = (Vec::new(), None);
    loop {
        let (rows, next) = export(&mut app.database.inspect(), user_id, from.as_ref(), length).unwrap();
        assert!(rows.len() <= length);
        all.extend(rows.into_iter().map(|(table, row)| (table, Value::Object(row))));
        let Some(next) = next else { return all };
        from = Some(counterfoil::storage::privacy::ExportPlace::parse(&next.to_text()).unwrap());
    }
}

both_engines! {
    fn nothing_that_a_person_wrote_is_left(app: &TestApp) {
        LazyLock::force(&LOG);
        let admin = opened(app, "open", true);
        let (person, code) = join(app, &admin);
        write_everywhere(app, &person, &code);
        let secrets = secrets(app, &person, &code);
        let limits = json!({"credit_limit": "50.00", "ceiling": null, "reason": "kanarilimits9f3"});
        admin.put(&format!("/api/v1/accounts/{code}/limits"), &limits).expect(200);
        // Nothing can be sent: what was to be said waits in the outbox, or has failed.
        send(app, "log");
        let before = held(app);
        let spoken = String::from_utf8_lossy(&logged()).to_lowercase();
        for secret in &secrets {
            assert_eq!(count(&before, secret), 0, "a secret is in the database");
            assert_eq!(count(&before, &hex::encode(secret)), 0, "a secret is in the database, as bytes");
            assert_eq!(count(spoken.as_bytes(), secret), 0, "a secret is in the log");
        }
        let is_stored = |canary: &&&str| !NEVER_STORED.contains(*canary) && !LATER.contains(*canary);
        let stored: Vec<_> = CANARIES.iter().chain(ABOUT).filter(is_stored).collect();
        for canary in &stored {
            assert!(count(&before, canary) > 0, "{canary} is not in the database");
        }

        let all = exported(app, &person, 10_000);
        assert_eq!(exported(app, &person, 1), all, "row by row");
        assert_eq!(exported(app, &person, 7), all, "by sevens");
        let text = json!(all.iter().map(|(_, row)| row).collect::<Vec<_>>()).to_string().to_lowercase();
        for canary in stored {
            assert!(text.contains(canary), "{canary} is held and not exported: {text}");
        }
        for table in ["users", "user_communities", "user_applications", "members", "member_users", "accounts", "account_items",
            "entries", "payments", "payment_notes", "notification_choices", "refusals", "audits", "texts", "sessions", "refresh_tokens", "second_factors",
            "passkeys", "one_time_secrets", "mails", "checkouts", "payment_links",
            "user_audits", "request_origins", "oauth_clients", "applications", "invitations", "agreement_acceptances", "communities"] {
            assert!(all.iter().any(|(own, _)| *own == table), "{table} is not in the export");
        }

        let closed = json!({"status": "closed", "reason": "kanariclosed9f3"});
        admin.put(&format!("/api/v1/accounts/{code}/status"), &closed).expect(200);
        person.post("/api/v1/me/erasure", &json!({"reason": "kanarigoing9f3"})).expect(202);
        assert!(count(&held(app), "kanarigoing9f3") > 0 && count(&held(app), "kanariclosed9f3") > 0);
        app.clock.advance(WAIT_S);
        erase_what_is_due(app);

        assert_eq!(app.database.db_count("passkeys"), 0);
        let challenges = "SELECT count(*) AS value FROM one_time_secrets WHERE purpose = 5";
        assert_eq!(app.database.db_numbers(challenges), [0]);
        let held = held(app);
        for canary in CANARIES.iter().chain(ABOUT) {
            assert_eq!(count(&held, canary), 0, "{canary} is in the database");
            assert_eq!(count(&held, &hex::encode(canary)), 0, "{canary} is in the database, as bytes");
            assert_eq!(count(&logged(), canary), 0, "{canary} is in the log");
        }
        assert!(count(&logged(), "a user's data were erased") > 0, "the log is there");
        assert!(count(&held, "rye loaves") > 0, "others' words stay");
        app.prove();
        agrees_in_python(app);
    }
}

/// The independent proof of an SQLite file finds no difference either.
fn agrees_in_python(app: &TestApp) {
    if app.database.engine() != Engine::Sqlite {
        return;
    }
    let url = format!("{:?}", app.database.url());
    let path = url.strip_prefix("sqlite:").unwrap();
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/api-spec/verify.py");
    let proved = Command::new("python3").args([program, path]).output().unwrap();
    assert!(proved.status.success(), "{}", String::from_utf8_lossy(&proved.stdout));
}
