//! Asking to join: what a community chose, its terms, applications, confirmed addresses, invitations.

use std::sync::Barrier;

use counterfoil::jobs::{Mailing, Work};
use counterfoil::mail::{MailSettings, Mailer};
use serde_json::{Value, json};

use crate::is_time;
use crate::support::{Caller, PUBLIC_URL, Person, Reply, TestApp, both_engines, keys};

pub const NEW_PASSWORD: &str = "pelican rudder quilt seven";
pub const RIVER: &str = "/api/v1/communities/RIVER";
const CONFIRMATIONS: &str = "/api/v1/address-confirmations";

/// `RIVER`, in which this is the policy; its admin.
pub fn opened(app: &TestApp, joining: &str, members_may_invite: bool) -> Person {
    let admin = app.admin();
    let change = json!({"joining": joining, "members_may_invite": members_may_invite, "reason": "Decided"});
    admin.patch(RIVER, &change).expect(200);
    admin
}

pub fn application(email: &str) -> Value {
    json!({"email": email, "password": NEW_PASSWORD, "name": "Zoë Lake", "message": "I repair bicycles."})
}

pub fn apply(app: &TestApp, body: &Value) -> Reply {
    app.anonymous().post(&format!("{RIVER}/applications"), body)
}

/// The mails that wait for an address, oldest first: what each is about, and what it says.
pub fn db_mails(app: &TestApp, address: &str) -> Vec<(String, Value)> {
    let query = format!(
        "SELECT parameters AS value FROM mails WHERE recipient = '{address}' AND state = 1 ORDER BY created_at, id"
    );
    let letters = app.database.db_texts(&query);
    let parse = |text: String| {
        let letter: Value = serde_json::from_str(&text).unwrap();
        let (kind, content) = letter.as_object().unwrap().iter().next().unwrap();
        (kind.clone(), content.clone())
    };
    letters.into_iter().map(parse).collect()
}

/// A field of the newest mail of a kind to an address.
pub fn db_mailed(app: &TestApp, address: &str, kind: &str, field: &str) -> String {
    let mails = db_mails(app, address);
    let mail =
        mails.iter().rev().find(|(own, _)| own == kind).unwrap_or_else(|| panic!("no {kind}: {mails:?}"));
    mail.1[field].as_str().unwrap().to_owned()
}

pub fn confirm(app: &TestApp, body: &Value) -> Reply {
    app.anonymous().post(CONFIRMATIONS, body)
}

pub fn sign_in(app: &TestApp, email: &str, password: &str) -> Reply {
    app.anonymous().post("/api/v1/sessions", &json!({"email": email, "password": password}))
}

/// Somebody who asked to join and confirmed; signed in, and the application's id.
pub fn applicant(app: &TestApp, email: &str) -> (Caller, String) {
    apply(app, &application(email)).expect(202);
    confirm(app, &json!({"token": db_mailed(app, email, "confirm_address", "token")})).expect(204);
    let access =
        sign_in(app, email, NEW_PASSWORD).expect(201).body["access_token"].as_str().unwrap().to_owned();
    let caller = app.anonymous().with_token(&access);
    let me = caller.get("/api/v1/me").expect(200).body;
    (caller, me["memberships"][0]["member"]["id"].as_str().unwrap().to_owned())
}

/// What sixteen at once are answered.
pub fn at_once(send: impl Fn(usize) -> u16 + Sync) -> Vec<u16> {
    let start = Barrier::new(16);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|number| {
                let (start, send) = (&start, &send);
                scope.spawn(move || {
                    start.wait();
                    send(number)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

pub fn count(statuses: &[u16], status: u16) -> usize {
    statuses.iter().filter(|own| **own == status).count()
}

both_engines! {
    fn from_the_application_to_the_first_payment_with_a_mail_reader(app: &TestApp) {
        let (admin, ben) = (opened(app, "open", false), app.member("ben"));
        let folder = tempfile::tempdir().unwrap();
        let read_mails = || {
            let settings = MailSettings::parse(&format!("file:{}", folder.path().display()), "").unwrap();
            let mailing = Mailing::new(app.services(), Mailer::new(&settings, PUBLIC_URL).unwrap());
            while app.block_on(mailing.do_one()).unwrap() {}
            let files = std::fs::read_dir(folder.path()).unwrap();
            files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap().replace("=\r\n", "").replace("=3D", "=")).collect::<Vec<_>>()
        };
        apply(app, &application("zoe@lake.example")).expect(202);
        sign_in(app, "zoe@lake.example", NEW_PASSWORD).expect_problem(401, "unauthenticated");
        let mails = read_mails();
        let link = format!("{PUBLIC_URL}/confirm-address?token=");
        let mail = mails.iter().find(|mail| mail.contains(&link)).unwrap();
        let token: String = mail.split(&link).nth(1).unwrap().chars().take(47).collect();
        confirm(app, &json!({"token": token})).expect(204);
        confirm(app, &json!({"token": token})).expect_fault("/token");
        assert_eq!(read_mails().iter().filter(|mail| mail.contains("To: greta@river.example")).count(), 1);
        let access = sign_in(app, "zoe@lake.example", NEW_PASSWORD).expect(201).body["access_token"].as_str().unwrap().to_owned();
        let zoe = app.anonymous().with_token(&access);
        let me = zoe.get("/api/v1/me").expect(200).body;
        let member = &me["memberships"][0]["member"];
        assert_eq!((&member["status"], &me["memberships"][0]["accounts"]), (&json!("applied"), &json!([])));
        zoe.get(&format!("{RIVER}/members")).expect_problem(404, "not_found");
        zoe.get(&format!("{RIVER}/ledger")).expect_problem(404, "not_found");
        let page = admin.get(&format!("{RIVER}/applications?state=waiting")).expect(200);
        let [waiting] = page.data() else { panic!("{}", page.body) };
        assert_eq!((&waiting["name"], &waiting["email"], &waiting["message"]), (&json!("Zoë Lake"), &json!("zoe@lake.example"), &json!("I repair bicycles.")));
        assert!(is_time(&waiting["created_at"]) && is_time(&waiting["confirmed_at"]));
        let path = format!("{RIVER}/applications/{}/approve", waiting["id"].as_str().unwrap());
        let approved = admin.post(&path, &json!({"reason": "Known to us"})).expect(200).body;
        assert_eq!((&approved["state"], &approved["decided_by"], &approved["reason"]), (&json!("approved"), &json!("greta"), &json!("Known to us")));
        assert_eq!(read_mails().iter().filter(|mail| mail.contains("To: zoe@lake.example")).count(), 2);
        let me = zoe.get("/api/v1/me").expect(200).body;
        assert_eq!(me["memberships"].as_array().unwrap().len(), 1);
        let membership = &me["memberships"][0];
        assert_eq!((&membership["member"]["status"], &membership["member"]["id"]), (&json!("active"), &waiting["id"]));
        assert_eq!(membership["accounts"][0]["credit_limit"], "100.00");
        let payment = json!({"allow_duplicate": true, "payer": membership["accounts"][0]["code"], "payee": ben.code, "amount": "2.00"});
        zoe.post_with("/api/v1/payments", &[("Idempotency-Key", "first")], &payment).expect(201);
        assert_eq!(ben.balance(), "2.00");
        let audit = admin.get(&format!("{RIVER}/audit?action=member.admitted")).expect(200);
        assert_eq!((audit.data().len(), &audit.data()[0]["reason"]), (1, &json!("Known to us")));
    }

    fn the_policy_is_the_admins_to_set(app: &TestApp) {
        let (admin, ada) = (app.admin(), app.member("ada"));
        app.found("LAKE", 2);
        let zoe = app.newcomer("zoe").of("LAKE").with_admin_rights().join();
        let patch = |caller: &Caller, headers: &[(&str, &str)], body: &Value| caller.patch_with(RIVER, headers, body);
        let change = json!({"joining": "open", "reason": "Decided at the meeting"});
        patch(&app.anonymous(), &[], &change).expect_problem(401, "unauthenticated");
        patch(&ada, &[], &change).expect_problem(403, "forbidden");
        patch(&zoe, &[], &change).expect_problem(404, "not_found");
        let first = patch(&admin, &[("If-Match", "\"v1\"")], &change).expect(200);
        assert_eq!((&first.body["joining"], first.header("etag")), (&json!("open"), Some("\"v2\"")));
        patch(&admin, &[("If-Match", "\"v1\"")], &change).expect_problem(412, "precondition_failed");
        let second = patch(&admin, &[], &json!({"members_may_invite": true, "reason": "x"})).expect(200);
        assert_eq!((&second.body["joining"], &second.body["members_may_invite"]), (&json!("open"), &json!(true)));
        assert_eq!(app.anonymous().get(RIVER).expect(200).body, second.body);
        patch(&admin, &[], &json!({"joining": "ajar", "reason": "x"})).expect_fault("/joining");
        patch(&admin, &[], &json!({"joining": "open", "reason": " "})).expect_fault("/reason");
        patch(&admin, &[], &json!({"joining": "open"})).expect_problem(400, "validation_failed");
        patch(&admin, &[], &json!({"joining": "open", "reason": "x", "scale": 3})).expect_problem(400, "validation_failed");
        let audit = admin.get(&format!("{RIVER}/audit?action=community.joining")).expect(200);
        assert_eq!((audit.data().len(), &audit.data()[1]["reason"]), (2, &json!("Decided at the meeting")));
    }

    fn an_address_tells_nothing(app: &TestApp) {
        let (_, ada) = (opened(app, "open", false), app.member("ada"));
        let stranger = apply(app, &application("nobody@lake.example")).expect(202);
        let known = apply(app, &application(&ada.email)).expect(202);
        assert_eq!((known.bytes, known.headers.len()), (stranger.bytes, stranger.headers.len()));
        let kinds = |address: &str| db_mails(app, address).into_iter().map(|(kind, _)| kind).collect::<Vec<_>>();
        assert_eq!(kinds("nobody@lake.example"), ["confirm_address"]);
        assert_eq!(kinds(&ada.email), ["login_exists"]);
        assert_eq!((app.database.db_count("applications"), app.database.db_count("one_time_secrets"), app.database.db_count("mails")), (2, 2, 2), "the same is done for both");
        let resend = |email: &str| app.anonymous().post(&format!("{CONFIRMATIONS}/resend"), &json!({"email": email}));
        let replies = ["nobody@lake.example", &ada.email, "else@lake.example"].map(|email| resend(email).expect(202));
        assert!(replies.iter().all(|reply| reply.bytes == replies[0].bytes && reply.headers.len() == replies[0].headers.len()));
        assert_eq!(kinds("nobody@lake.example"), ["confirm_address"; 2]);
        assert_eq!((kinds(&ada.email).len(), kinds("else@lake.example").len()), (1, 0));
        // What would confirm the application of a known address is nobody's, and its password changes nothing.
        sign_in(app, &ada.email, NEW_PASSWORD).expect_problem(401, "unauthenticated");
        for email in [ada.email.as_str(), "nobody@lake.example", "else@lake.example"] {
            for _ in 0..5 {
                apply(app, &application(email));
            }
            apply(app, &application(email)).expect_problem(429, "rate_limited");
        }
    }

    fn secrets_of_mails_work_once_and_for_a_while(app: &TestApp) {
        opened(app, "open", false);
        apply(app, &application("zoe@lake.example")).expect(202);
        let token = db_mailed(app, "zoe@lake.example", "confirm_address", "token");
        app.clock.advance(1_801);
        confirm(app, &json!({"token": token})).expect_fault("/token");
        app.anonymous().post(&format!("{CONFIRMATIONS}/resend"), &json!({"email": "ZOE@lake.example"})).expect(202);
        let code = db_mailed(app, "zoe@lake.example", "confirm_address", "code");
        assert!(code.len() == 8 && code.bytes().all(|byte| byte.is_ascii_digit()));
        let wrong = if code == "00000000" { "00000001" } else { "00000000" };
        let by_code = |code: &str| confirm(app, &json!({"email": " Zoe@Lake.example", "code": code}));
        by_code(wrong).expect_fault("/code");
        by_code(&format!("{} {}", &code[..4], &code[4..])).expect(204);
        by_code(&code).expect_fault("/code");
        sign_in(app, "zoe@lake.example", NEW_PASSWORD).expect(201);
        // A code that is tried too often is dead; the link of its mail is not.
        apply(app, &application("yan@lake.example")).expect(202);
        let code = db_mailed(app, "yan@lake.example", "confirm_address", "code");
        let token = db_mailed(app, "yan@lake.example", "confirm_address", "token");
        for number in 0..5 {
            let wrong = format!("{:08}", (code.parse::<u32>().unwrap() + 1 + number) % 100_000_000);
            confirm(app, &json!({"email": "yan@lake.example", "code": wrong})).expect_fault("/code");
        }
        confirm(app, &json!({"email": "yan@lake.example", "code": code})).expect_fault("/code");
        confirm(app, &json!({"token": token})).expect(204);
    }

    fn whoever_confirms_gets_the_password_of_their_own_application(app: &TestApp) {
        opened(app, "open", false);
        apply(app, &application("zoe@lake.example")).expect(202);
        let token = db_mailed(app, "zoe@lake.example", "confirm_address", "token");
        app.clock.advance(1);
        let mut other = application("zoe@lake.example");
        other["password"] = json!("glacier parsnip thimble nine");
        apply(app, &other).expect(202);
        let later = db_mailed(app, "zoe@lake.example", "confirm_address", "token");
        confirm(app, &json!({"token": token})).expect(204);
        sign_in(app, "zoe@lake.example", NEW_PASSWORD).expect(201);
        confirm(app, &json!({"token": later})).expect(204);
        sign_in(app, "zoe@lake.example", "glacier parsnip thimble nine").expect_problem(401, "unauthenticated");
        let page = app.admin().get(&format!("{RIVER}/applications")).expect(200);
        assert_eq!(page.data().len(), 1, "the other one is forgotten: {}", page.body);
    }

    fn of_many_confirmations_at_once_one_wins(app: &TestApp) {
        opened(app, "open", false);
        apply(app, &application("zoe@lake.example")).expect(202);
        let token = db_mailed(app, "zoe@lake.example", "confirm_address", "token");
        let statuses = at_once(|_| confirm(app, &json!({"token": token})).status);
        assert_eq!(count(&statuses, 204), 1, "{statuses:?}");
        assert_eq!(count(&statuses, 204) + count(&statuses, 400) + count(&statuses, 503), 16, "{statuses:?}");
        assert_eq!(app.database.db_numbers("SELECT count(*) AS value FROM users WHERE email = 'zoe@lake.example'"), [1]);
        assert_eq!(db_mails(app, &app.admin().email).len(), 1);
    }

    fn members_of_one_community_ask_another_with_their_login(app: &TestApp) {
        let (admin, _) = (opened(app, "open", false), app.member("ada"));
        app.found("LAKE", 2);
        let zoe = app.newcomer("zoe").of("LAKE").join();
        let path = format!("{RIVER}/applications");
        let body = json!({"name": "Zoë of the Lake"});
        let waiting = zoe.post(&path, &body).expect(201).body;
        assert_eq!((&waiting["state"], &waiting["email"]), (&json!("waiting"), &json!(zoe.email)));
        assert_eq!(zoe.post(&path, &body).expect_problem(409, "conflict").body["reason"], "already_exists");
        assert_eq!(admin.post(&path, &body).expect_problem(409, "conflict").body["reason"], "already_exists");
        for field in ["email", "password"] {
            let mut wrong = body.clone();
            wrong[field] = json!("x");
            zoe.post(&path, &wrong).expect_fault(&format!("/{field}"));
        }
        zoe.with_token("nonsense").post(&path, &body).expect_problem(401, "unauthenticated");
        zoe.post("/api/v1/communities/NOWHERE/applications", &body).expect_problem(404, "not_found");
        let me = zoe.get("/api/v1/me").expect(200).body;
        let mut found: Vec<_> = me["memberships"].as_array().unwrap().iter().map(|place| (place["community"]["code"].as_str().unwrap(), place["member"]["status"].as_str().unwrap())).collect();
        found.sort_unstable();
        assert_eq!(found, [("LAKE", "active"), ("RIVER", "applied")]);
    }

    fn misshapen_applications_are_refused(app: &TestApp) {
        opened(app, "open", false);
        let with = |field: &str, value: Value| {
            let mut body = application("zoe@lake.example");
            body[field] = value;
            apply(app, &body)
        };
        for email in ["", "zoe", "zoe@", "@x", "a b@x", "a@x,b@y", "<zoe@x>", "zoe@x\r\nBcc: y@x", "zoe@x\u{0}"] {
            with("email", json!(email)).expect_fault("/email");
        }
        for password in ["", "short", "passwordpassword", "zoe@lake.example", &"x".repeat(257)] {
            with("password", json!(password)).expect_fault("/password");
        }
        for name in ["", "  ", "\u{200b}", "a\u{7}", &"x".repeat(101)] {
            let reply = with("name", json!(name)).expect_problem(400, "validation_failed");
            assert!(reply.pointers().iter().all(|pointer| pointer == "/name"), "{name:?}: {}", reply.body);
        }
        with("language", json!("xx")).expect_fault("/language");
        with("message", json!("x".repeat(501))).expect_fault("/message");
        with("agreement_version", json!(1)).expect_fault("/agreement_version");
        with("invitation", json!("cfo_x")).expect_fault("/invitation");
        with("role", json!("admin")).expect_problem(400, "validation_failed");
        let missing = app.anonymous().post(&format!("{RIVER}/applications"), &json!({"name": "Zoë"})).expect_problem(400, "validation_failed");
        assert_eq!(missing.pointers(), ["/email", "/password"]);
        for body in [json!({}), json!({"token": "x", "code": "y"}), json!({"email": "a@x"}), json!({"code": "12345678"})] {
            confirm(app, &body).expect_fault("");
        }
        confirm(app, &json!({"email": "a@x", "code": "1234567"})).expect_fault("/code");
        confirm(app, &json!({"token": "x".repeat(47)})).expect_fault("/token");
        assert_eq!((app.database.db_count("applications"), app.database.db_count("mails")), (0, 0));
    }

    fn terms_are_versioned_and_their_acceptance_is_recorded(app: &TestApp) {
        let (admin, ada) = (opened(app, "open", false), app.member("ada"));
        let path = format!("{RIVER}/agreements");
        assert!(app.anonymous().get(&path).expect(200).data().is_empty());
        let terms = |title: &str| json!({"title": title, "text": "We keep our balances near zero."});
        ada.post(&path, &terms("x")).expect_problem(403, "forbidden");
        app.anonymous().post(&path, &terms("x")).expect_problem(401, "unauthenticated");
        admin.post(&path, &json!({"title": " ", "text": ""})).expect_problem(400, "validation_failed");
        assert_eq!(admin.post(&path, &terms("First")).expect(201).body["version"], 1);
        assert_eq!(app.anonymous().get(RIVER).expect(200).body["agreement_version"], 1);
        let due = |caller: &Caller| caller.get("/api/v1/me").expect(200).body["memberships"][0]["agreement_due"].clone();
        assert_eq!(due(&ada), 1);
        let accept = |version: &str| ada.post(&format!("{path}/{version}/acceptances"), &Value::Null);
        let first = accept("1").expect(201).body;
        app.clock.advance(5);
        assert_eq!(accept("1").expect(201).body, first, "the first time stays");
        assert_eq!(due(&ada), Value::Null);
        admin.post(&path, &terms("Second")).expect(201);
        assert_eq!(due(&ada), 2);
        assert_eq!(accept("1").expect_problem(409, "conflict").body["reason"], "outdated");
        for absent in ["3", "0", "-1", "x"] {
            accept(absent).expect_problem(404, "not_found");
        }
        let mut body = application("zoe@lake.example");
        apply(app, &body).expect_fault("/agreement_version");
        body["agreement_version"] = json!(1);
        apply(app, &body).expect_fault("/agreement_version");
        body["agreement_version"] = json!(2);
        apply(app, &body).expect(202);
        confirm(app, &json!({"token": db_mailed(app, "zoe@lake.example", "confirm_address", "token")})).expect(204);
        let access = sign_in(app, "zoe@lake.example", NEW_PASSWORD).expect(201).body["access_token"].as_str().unwrap().to_owned();
        assert_eq!(due(&app.anonymous().with_token(&access)), Value::Null, "accepted with the application");
        assert_eq!(app.database.db_numbers("SELECT version AS value FROM agreement_acceptances ORDER BY version"), [1, 2]);
        let page = app.anonymous().get(&format!("{path}?limit=1")).expect(200);
        assert_eq!((keys(&page.data()[0]), &page.data()[0]["version"]), (vec!["created_at", "text", "title", "version"], &json!(2)));
        let next = format!("{path}?limit=1&cursor={}", page.body["next_cursor"].as_str().unwrap());
        assert_eq!(app.anonymous().get(&next).expect(200).data()[0]["title"], "First");
        app.found("LAKE", 2);
        let yan = app.newcomer("yan").of("LAKE").join();
        yan.post(&format!("{path}/2/acceptances"), &Value::Null).expect_problem(404, "not_found");
    }
}
