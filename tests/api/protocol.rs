//! What is true of every route: methods, media types, sizes, shapes, headers.

use serde_json::{Value, json};

use crate::support::{Reply, TestApp, both_engines, fresh_key};

fn post_bytes(app: &TestApp, bytes: &[u8]) -> Reply {
    app.member("ada").send(
        "POST",
        "/api/v1/payments",
        &[("Idempotency-Key", &fresh_key())],
        Some(bytes.to_vec()),
    )
}

/// Every described route, with something in place of its parameters.
fn routes(app: &TestApp) -> Vec<(String, Vec<String>)> {
    let document = app.anonymous().get("/openapi.json").expect(200).body;
    let paths = document["paths"].as_object().unwrap().clone();
    paths
        .into_iter()
        .map(|(path, item)| {
            let filled = path
                .split('/')
                .map(|part| if part.starts_with('{') { "RIVER0001" } else { part })
                .collect::<Vec<_>>()
                .join("/");
            let methods = item.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
            (filled, methods)
        })
        .collect()
}

both_engines! {
    fn unknown_paths_are_problems(app: &TestApp) {
        let ada = app.member("ada");
        for path in ["/", "/x", "/api", "/api/v1", "/api/v1/", "/api/v1/payment", "/api/v1/payments/", "/api/v1//me", "/api/v2/me", "/API/v1/me", "/api/v1/me/x", "/api/v1/accounts", "/api/v1/accounts/", "/api/v1/sessions/x/y", "/.env", "/docs/x.js", "/api/v1/accounts/RIVER0001/x", "/metrics"] {
            for method in ["GET", "POST", "DELETE", "OPTIONS"] {
                ada.send(method, path, &[], None).expect_problem(404, "not_found");
            }
        }
    }

    fn wrong_methods_are_told_the_right_ones(app: &TestApp) {
        app.member("ada");
        for (path, methods) in routes(app) {
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"] {
                if methods.iter().any(|known| known == method) {
                    continue;
                }
                // To what changes a key or takes a grant back, `current` is the id of one: there is none of that name.
                if path.ends_with("/current") && ["PATCH", "DELETE"].contains(&method) {
                    continue;
                }
                let reply = app.anonymous().send(method, &path, &[], None).expect_problem(405, "method_not_allowed");
                let allow: Vec<_> = reply.header("allow").unwrap().split(", ").collect();
                assert!(methods.iter().all(|known| allow.contains(&known.as_str())), "{method} {path}: {allow:?}");
                assert!(!allow.contains(&method), "{method} {path}: {allow:?}");
                assert!(allow.contains(&"OPTIONS") && (allow.contains(&"HEAD") == allow.contains(&"GET")), "{path}: {allow:?}");
            }
            let options = app.anonymous().send("OPTIONS", &path, &[], None).expect(204);
            assert!(options.bytes.is_empty() && options.header("allow").is_some(), "{path}");
        }
    }

    fn what_has_nothing_to_say_takes_an_empty_body_of_any_type(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        for (place, kind) in ["application/json", "text/plain", "application/x-www-form-urlencoded"].iter().enumerate() {
            let id = crate::payment_requests::ask(&ben, &ada, &format!("1.0{place}"))["id"].as_str().unwrap().to_owned();
            let path = format!("/api/v1/payments/{id}/accept");
            let key = format!("accept-{place}");
            let send = |body: &[u8]| {
                let headers = [("Idempotency-Key", key.as_str()), ("Content-Type", kind)];
                ada.send("POST", &path, &headers, Some(body.to_vec()))
            };
            let is_json = *kind == "application/json";
            let (status, code) = if is_json { (400, "validation_failed") } else { (415, "unsupported_media_type") };
            send(b"x=1").expect_problem(status, code);
            assert_eq!(send(b"").expect(200).body["state"], "completed", "{kind}");
        }
    }

    fn head_is_get_without_a_body(app: &TestApp) {
        let ada = app.member("ada");
        for path in ["/api/v1/me", &format!("/api/v1/accounts/{}", ada.code), "/api/v1/payments", "/healthz", "/openapi.json", "/api/v1/x"] {
            let (get, head) = (ada.get(path), ada.send("HEAD", path, &[], None));
            assert_eq!(head.status, get.status, "{path}");
            assert!(head.bytes.is_empty(), "{path}");
            for name in ["content-type", "content-length", "etag", "cache-control"] {
                if get.status < 400 {
                    assert_eq!(head.header(name), get.header(name), "{path} {name}");
                }
            }
        }
        let raw = app.raw(b"HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assert_eq!((raw.status, raw.body.len()), (200, 0));
        assert!(raw.has_header("content-length", "15"), "{}", raw.head);
        app.anonymous().send("HEAD", "/api/v1/sessions/refresh", &[], None).expect(405);
    }

    fn every_answer_keeps_browsers_in_line(app: &TestApp) {
        let ada = app.member("ada");
        let ben = app.member("ben");
        let replies = [
            ada.get("/api/v1/me"),
            ada.get("/api/v1/x"),
            app.anonymous().get("/api/v1/me"),
            app.anonymous().get("/healthz"),
            app.anonymous().get("/docs/"),
            app.anonymous().send("OPTIONS", "/api/v1/me", &[], None),
            app.anonymous().send("PATCH", "/api/v1/me", &[], None),
            app.try_pay(&ada, &ben, "1.00"),
            app.try_pay(&ada, &ben, "1000.00"),
            post_bytes(app, b"x"),
            app.anonymous().get("/api/v1/accounts/%FF"),
        ];
        let mut ids = std::collections::BTreeSet::new();
        for reply in &replies {
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{reply:?}");
            assert!(reply.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"), "{reply:?}");
            assert!(reply.header("cache-control").is_some(), "{reply:?}");
            let id = reply.header("x-request-id").unwrap();
            assert!(id.len() == 36 && id.starts_with("req_"), "{id}");
            assert!(ids.insert(id.to_owned()), "{id} came twice");
            if let Some(told) = reply.body.get("request_id") {
                assert_eq!(told, id);
            }
            assert_eq!(reply.header("access-control-allow-origin"), None);
            assert_eq!(reply.header("server"), None);
        }
    }

    fn a_sent_request_id_is_not_believed(app: &TestApp) {
        let reply = app.anonymous().get_with("/api/v1/me", &[("X-Request-Id", "req_mine")]).expect_problem(401, "unauthenticated");
        assert_ne!(reply.body["request_id"], "req_mine");
    }

    fn bodies_are_json(app: &TestApp) {
        let ada = app.member("ada");
        let body = json!({"email": "a@b.example", "password": "x"});
        for media_type in ["text/plain", "application/x-www-form-urlencoded", "application/xml", "text/json", "application/json2", "", "*/*"] {
            let reply = app.anonymous().post_with("/api/v1/sessions", &[("Content-Type", media_type)], &body);
            reply.expect_problem(415, "unsupported_media_type");
        }
        for media_type in ["application/json", "application/json; charset=utf-8", "Application/JSON"] {
            app.anonymous().post_with("/api/v1/sessions", &[("Content-Type", media_type)], &body).expect_problem(401, "unauthenticated");
        }
        let compressed = app.anonymous().post_with("/api/v1/sessions", &[("Content-Encoding", "gzip")], &body);
        compressed.expect_problem(415, "unsupported_media_type");
        let none = app.raw(format!("POST /api/v1/payments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{{}}", ada.tokens().access).as_bytes());
        assert_eq!((none.status, none.json()["code"].as_str()), (415, Some("unsupported_media_type")));
    }

    fn bodies_are_at_most_64_kib(app: &TestApp) {
        let ada = app.member("ada");
        let body = |length: usize| {
            let frame = json!({"payer": "RIVER0001", "payee": "RIVER0002", "amount": "1.00", "description": ""}).to_string();
            let filler = " ".repeat(length - frame.len());
            format!("{frame}{filler}").into_bytes()
        };
        post_bytes(app, &body(65_536)).expect_problem(404, "not_found");
        post_bytes(app, &body(65_537)).expect_problem(413, "body_too_large");
        post_bytes(app, &body(10_000_000)).expect_problem(413, "body_too_large");
        let chunk = format!("{:x}\r\n{}\r\n0\r\n\r\n", 70_000, " ".repeat(70_000));
        let head = format!("POST /api/v1/payments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nIdempotency-Key: k\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n", ada.tokens().access);
        let chunked = app.raw(format!("{head}{chunk}").as_bytes());
        assert_eq!((chunked.status, chunked.json()["code"].as_str()), (413, Some("body_too_large")), "{}", chunked.head);
    }

    fn malformed_bodies_are_refused(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let good = crate::support::payment(&ada, &ben, "1.00").to_string();
        let mut bad: Vec<Vec<u8>> = vec![
            b"".to_vec(), b" ".to_vec(), b"{".to_vec(), b"}".to_vec(), b"null".to_vec(), b"1".to_vec(), b"\"x\"".to_vec(), b"[]".to_vec(), b"{}".to_vec(),
            b"{'payer':'x'}".to_vec(), b"payer=x".to_vec(), b"\0".to_vec(), vec![0xff, 0xfe], b"NaN".to_vec(),
            format!("{good}{good}").into_bytes(), format!("{good}x").into_bytes(), format!("{good},").into_bytes(), format!("{good}\0").into_bytes(),
            format!("\u{feff}{good}").into_bytes(),
            good.as_bytes()[..good.len() - 1].to_vec(),
            good.replace("1.00\"", "1.00\",").into_bytes(),
            good.replace("\"amount\"", "\"amount\":\"2.00\",\"amount\"").into_bytes(),
            good.replace("\"description\"", "\"payer\":\"RIVER0002\",\"description\"").into_bytes(),
            good.replace("1.00", "1.00\\ud800").into_bytes(),
            good.replace("Rye", "\\x41").into_bytes(),
            good.replace("Rye", "a\nb").into_bytes(),
            good.replace("Rye", "/*x*/\u{1}").into_bytes(),
            format!("[{good}]").into_bytes(),
        ];
        let mut invalid = good.clone().into_bytes();
        let place = invalid.windows(3).position(|window| window == b"Rye").unwrap();
        for bytes in [[0xff_u8, 0xfe, 0xfd], [0xc0, 0xaf, b'x'], [0xed, 0xa0, 0x80]] {
            invalid[place..place + 3].copy_from_slice(&bytes);
            bad.push(invalid.clone());
        }
        for depth in [33_usize, 100, 10_000, 30_000] {
            bad.push(good.replace("\"Rye loaves\"", &format!("{}{}", "[".repeat(depth - 1), "]".repeat(depth - 1))).into_bytes());
            bad.push("[".repeat(depth).into_bytes());
            bad.push("{\"a\":".repeat(depth.min(10_000)).into_bytes());
        }
        for body in &bad {
            let reply = post_bytes(app, body);
            assert_eq!(reply.status, 400, "{}", String::from_utf8_lossy(&body[..body.len().min(200)]));
            let reply = reply.expect_problem(400, "validation_failed");
            assert!(!reply.pointers().is_empty(), "{}", reply.body);
        }
        assert_eq!(app.ledger(&ada)["transfers"], 0);
        post_bytes(app, format!(" \r\n\t{good}\n ").as_bytes()).expect(201);
    }

    fn deep_but_permitted_nesting_is_a_wrong_shape(app: &TestApp) {
        let deep = format!("{{\"payer\":{}{}}}", "[".repeat(31), "]".repeat(31));
        post_bytes(app, deep.as_bytes()).expect_fault("/payer");
    }

    fn hostile_http_gets_no_further(app: &TestApp) {
        let close = "Host: x\r\nConnection: close\r\n";
        let hostile: [Vec<u8>; 8] = [
            b"GARBAGE\r\n\r\n".to_vec(),
            b"GET / HTTP/9.9\r\n\r\n".to_vec(),
            format!("GET /api/v1/me HTTP/1.1\r\n{close}Bad Header: x\r\n\r\n").into_bytes(),
            format!("POST /api/v1/sessions HTTP/1.1\r\n{close}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}").into_bytes(),
            format!("POST /api/v1/sessions HTTP/1.1\r\n{close}Content-Length: -1\r\n\r\n").into_bytes(),
            format!("POST /api/v1/sessions HTTP/1.1\r\n{close}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").into_bytes(),
            format!("GET /{} HTTP/1.1\r\n{close}\r\n", "x".repeat(200_000)).into_bytes(),
            format!("GET / HTTP/1.1\r\n{close}X: {}\r\n\r\n", "x".repeat(200_000)).into_bytes(),
        ];
        for request in &hostile {
            let reply = app.raw(request);
            assert!(matches!(reply.status, 0 | 400..=499), "{} to {}", reply.status, String::from_utf8_lossy(&request[..request.len().min(80)]));
        }
        let mut query = String::from("GET /api/v1/payments?q=");
        query.push_str(&"%41".repeat(2_000));
        query.push_str(&format!(" HTTP/1.1\r\n{close}\r\n"));
        assert_eq!(app.raw(query.as_bytes()).status, 401);
        assert_eq!(app.anonymous().get("/healthz").status, 200, "and it still stands");
    }

    fn a_body_that_ends_early_posts_nothing(app: &TestApp) {
        use std::io::Write;
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let body = crate::support::payment(&ada, &ben, "1.00").to_string();
        let head = format!("POST /api/v1/payments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nIdempotency-Key: k\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", ada.tokens().access, body.len() + 10);
        let mut stream = std::net::TcpStream::connect(app.address()).unwrap();
        stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        drop(stream);
        assert_eq!(app.ledger(&ada)["transfers"], 0);
        assert_eq!(ada.pay_keyed(&ben, "1.00", "k").expect(201).header("idempotency-replayed"), None);
    }

    fn problems_have_all_their_members(app: &TestApp) {
        let ada = app.member("ada");
        let reply = ada.get("/api/v1/x").expect_problem(404, "not_found");
        assert_eq!(crate::support::keys(&reply.body), ["code", "detail", "request_id", "status", "title", "type"]);
        let reply = post_bytes(app, b"{}").expect_problem(400, "validation_failed");
        assert_eq!(crate::support::keys(&reply.body), ["code", "detail", "errors", "request_id", "status", "title", "type"]);
        assert_eq!(crate::support::keys(&reply.body["errors"][0]), ["code", "detail", "pointer"]);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_ne!(reply.body["detail"], Value::Null);
    }
}
