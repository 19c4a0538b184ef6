//! Limits on load: how much may be asked for, by whom, and what clients are told of it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use counterfoil::config::Settings;
use serde_json::json;

use crate::support::{Reply, TestApp, TestDatabase, both_engines, payment};

/// Connections that dawdle at once.
const DAWDLERS: usize = 40;
/// Longer than the server waits for any of them.
const PATIENCE: Duration = Duration::from_secs(60);
/// How soon honest requests are answered meanwhile.
const PROMPT: Duration = Duration::from_secs(2);

fn app_with(database: &TestDatabase, change: impl FnOnce(&mut Settings)) -> TestApp {
    TestApp::with(Arc::new(TestDatabase::new(database.engine())), change)
}

#[track_caller]
fn stands_at(reply: &Reply, policy: &str, left: &str) {
    assert_eq!(reply.header("ratelimit-policy"), Some(policy));
    let standing = reply.header("ratelimit").unwrap();
    let (standing, seconds) = standing.split_once(";t=").unwrap();
    assert_eq!(standing, left);
    assert!((1..=60).contains(&seconds.parse::<i64>().unwrap()), "{seconds}");
}

both_engines! {
    fn answers_tell_where_one_stands(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        ada.tokens();
        let paid = app.try_pay(&ada, &ben, "1.00").expect(201);
        stands_at(&paid, r#""payments";q=6000;w=60"#, r#""payments";r=5999"#);
        let paid = app.try_pay(&ada, &ben, "1.00").expect(201);
        stands_at(&paid, r#""payments";q=6000;w=60"#, r#""payments";r=5998"#);
        stands_at(&ada.get("/api/v1/me").expect(200), r#""requests";q=6000;w=60"#, r#""requests";r=5999"#);
        let open = app.anonymous().get("/api/v1/communities/RIVER").expect(200);
        assert_eq!(open.header("ratelimit-policy"), Some(r#""address";q=3000;w=60"#));
        let refused = app.try_pay(&ada, &ben, "9999.00").expect_problem(409, "insufficient_credit");
        stands_at(&refused, r#""payments";q=6000;w=60"#, r#""payments";r=5997"#);
        assert_eq!(app.anonymous().get("/healthz").expect(200).header("ratelimit"), None);
    }

    fn who_asks_too_often_waits_and_loses_nothing(database: &TestDatabase) {
        let app = &app_with(database, |settings| settings.limit_payments_per_minute = 3);
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        for _ in 0..3 {
            app.pay(&ada, &ben, "1.00");
        }
        let refused = ada.pay_keyed(&ben, "1.00", "one too many").expect_problem(429, "rate_limited");
        assert_eq!(refused.body["violated-policies"], json!(["payments"]));
        let wait = refused.header("retry-after").unwrap().to_owned();
        assert!((1..=60).contains(&wait.parse::<i64>().unwrap()), "{wait}");
        assert_eq!(refused.header("ratelimit-policy"), Some(r#""payments";q=3;w=60"#));
        assert_eq!(refused.header("ratelimit"), Some(format!(r#""payments";r=0;t={wait}"#).as_str()));
        assert_eq!(ada.balance(), "-3.00");
        app.pay(&ben, &ada, "1.00");
        app.clock.advance(wait.parse().unwrap());
        let paid = ada.pay_keyed(&ben, "1.00", "one too many").expect(201);
        assert_eq!(paid.header("idempotency-replayed"), None, "the key was not used up");
    }

    fn a_shop_and_its_village_share_an_address_but_no_limit(database: &TestDatabase) {
        let app = &app_with(database, |settings| {
            settings.limit_payments_per_minute = 100;
            settings.limit_address_requests_per_minute = 30;
        });
        let shop = app.member("shop");
        let village: Vec<_> = (0..20).map(|number| app.member(&format!("house {number}"))).collect();
        for house in &village {
            for _ in 0..60 {
                app.pay(house, &shop, "0.01");
            }
        }
        assert_eq!(shop.balance(), "12.00");
    }

    fn strangers_are_counted_by_address(database: &TestDatabase) {
        let app = &app_with(database, |settings| settings.limit_address_requests_per_minute = 4);
        let ada = app.member("ada");
        ada.tokens();
        let forged = app.anonymous().with_token("x.y.z");
        let nobody = app.anonymous();
        let path = "/api/v1/communities/RIVER";
        // What a client says of its own address is not believed.
        for invented in ["192.0.2.1", "192.0.2.2"] {
            nobody.get_with(path, &[("X-Forwarded-For", invented), ("Forwarded", "for=192.0.2.3")]).expect(200);
        }
        forged.get("/api/v1/me").expect_problem(401, "unauthenticated");
        for caller in [&nobody, &forged] {
            let reply = caller.get_with("/api/v1/me", &[("X-Forwarded-For", "192.0.2.4")]);
            let reply = reply.expect_problem(429, "rate_limited");
            assert_eq!(reply.body["violated-policies"], json!(["address"]));
        }
        ada.get("/api/v1/me").expect(200);
        nobody.get("/healthz").expect(200);
        app.clock.advance(60);
        nobody.get(path).expect(200);
    }

    fn trusted_proxies_are_believed(database: &TestDatabase) {
        let app = &app_with(database, |settings| {
            settings.limit_address_requests_per_minute = 1;
            settings.trusted_proxies = "127.0.0.0/8, ::1".to_owned();
        });
        app.community("RIVER");
        let get = |name: &str, value: &str| app.anonymous().get_with("/api/v1/communities/RIVER", &[(name, value)]);
        for (name, value) in [
            ("X-Forwarded-For", "192.0.2.1"),
            ("X-Forwarded-For", "192.0.2.2"),
            ("Forwarded", "for=192.0.2.3;proto=https"),
            ("X-Forwarded-For", "10.1.1.1, 192.0.2.4, 127.0.0.9"),
        ] {
            get(name, value).expect(200);
            get(name, value).expect_problem(429, "rate_limited");
        }
        get("X-Forwarded-For", "192.0.2.99, 192.0.2.1").expect_problem(429, "rate_limited");
    }

    fn heads_are_at_most_16_kib(app: &TestApp) {
        let long = "x".repeat(16_384);
        app.anonymous().get_with("/api/v1/communities/RIVER", &[("X-Long", &long)]).expect_problem(431, "head_too_large");
        app.anonymous().get_with("/api/v1/communities/RIVER", &[("X-Long", &long[..15_000])]).expect_problem(404, "not_found");
    }

    fn dawdlers_keep_nobody_waiting(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let token = ada.tokens().access;
        ben.tokens();
        let body = payment(&ada, &ben, "1.00").to_string();
        let half_a_head = "GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX-Slow:".to_owned();
        let half_a_body = format!(
            "POST /api/v1/payments HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: slow\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
            body.len(), &body[..body.len() / 2]
        );
        let half_a_list = half_a_body.replace("/payments HTTP", "/payments/bulk HTTP").replace("application/json", "text/csv");
        let dawdle = |text: &str| {
            let mut stream = TcpStream::connect(app.address()).unwrap();
            stream.write_all(text.as_bytes()).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            stream
        };
        let streams: Vec<_> =
            (0..DAWDLERS).map(|number| dawdle([&half_a_head, &half_a_body, &half_a_list][number % 3])).collect();
        for _ in 0..50 {
            let since = Instant::now();
            app.pay(&ben, &ada, "0.10");
            assert!(since.elapsed() < PROMPT, "{:?}", since.elapsed());
        }
        for (number, mut stream) in streams.into_iter().enumerate() {
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            assert!(answer.starts_with("HTTP/1.1 408 "), "{number}: {answer:?}");
        }
        assert_eq!(ada.balance(), "5.00", "none of the halves was paid");
    }
}
