//! What is asked for and how far somebody has read: filters, cursors, places in the stream of events, and keys.

use serde_json::{Value, json};

use super::{Picture, operations};
use crate::bad_inputs::app_of;
use crate::payments_held::path_of;
use crate::support::{both_engines, fresh_key};

both_engines! {
    fn filters_that_make_no_sense(database: &TestDatabase) {
        let app = app_of(database).0;
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        app.found("LAKE", 2);
        let zoe = app.newcomer("zoe").of("LAKE").join();
        let paid = app.pay(&ada, &ben, "1.00");
        let before = Picture::of(&app, false);
        let payments = "/api/v1/payments".to_owned();
        let balances = format!("/api/v1/accounts/{}/balances", ada.code);
        let schedules = "/api/v1/schedules".to_owned();
        let note = format!("{}/note", path_of(&paid));
        let cases = [
            (&payments, vec![
                ("state", vec!["", "paid", "COMPLETED", "4", "completed,paid", "%00"]),
                ("account", vec!["", "x", "*", "RIVER", "%00", "1"]),
                ("party", vec!["", "x", "*", "RIVER", "%E2%80%AE"]),
                ("from", vec!["", "yesterday", "2026-02-30T00:00:00Z", "2026-01-01", "0", "-1", "2026-01-01T00:00:00"]),
                ("to", vec!["", "2026-13-01T00:00:00Z", "now", "2026-01-01T00:00:00+25:00"]),
                ("amount_min", vec!["", "-1", "1e3", "x", "0x1", "1,00", "NaN", "99999999999999999999", "1.0000000"]),
                ("amount_max", vec!["", "-0.01", "+1", "1.", ".5", "%D9%A1", "1%00"]),
                ("direction", vec!["", "up", "IN", "both"]),
                ("q", vec!["%00", "a%07b", "a%1Bb"]),
                ("category", vec!["%00", "a%07b"]),
                ("limit", vec!["0", "-1", "101", "1.5", "x", "", "99999999999999999999"]),
                ("cursor", vec!["", "x", "%00", "AAAA", "eyJhIjoxfQ", "..", "null"]),
            ]),
            (&balances, vec![
                ("from", vec!["", "x", "2026-02-30", "2026-1-1", "20260101", "2026-01-01T00:00:00Z", "1"]),
                ("to", vec!["", "x", "2027-02-29", "%00"]),
                ("interval", vec!["", "year", "DAY", "hour", "1"]),
            ]),
            (&schedules, vec![
                ("state", vec!["", "asleep", "ACTIVE", "1"]),
                ("account", vec!["", "x", "%00"]),
                ("limit", vec!["0", "101", "-1", "x"]),
                ("cursor", vec!["", "x", "AAAA"]),
            ]),
            (&note, vec![("account", vec!["", "x", &ben.code, "RIVER0999", &zoe.code])]),
        ];
        let mut count = 0;
        for (path, parameters) in &cases {
            for (name, values) in parameters {
                for value in values {
                    let reply = ada.get(&format!("{path}?{name}={value}")).expect_problem(400, "validation_failed");
                    assert_eq!(reply.pointers(), [*name], "{path} {name}={value}: {}", reply.body);
                    count += 1;
                }
                let twice = ada.get(&format!("{path}?{name}={0}&{name}={0}", values[0]));
                twice.expect_problem(400, "validation_failed");
            }
            ada.get(&format!("{path}?colour=red")).expect_fault("colour");
        }
        assert!(count > 80, "{count}");
        // Of very many faults a hundred are told.
        let many = ada.get(&format!("{payments}?{}", "x&".repeat(4_000))).expect_problem(400, "validation_failed");
        assert_eq!(many.pointers(), vec!["x"; 100]);
        for (query, code) in [("account=RIVER0999", 404), (&*format!("account={}", zoe.code), 404), (&*format!("account={}", ben.code), 404)] {
            assert_eq!(ada.get(&format!("{payments}?{query}")).status, code, "{query}");
            assert_eq!(ada.get(&format!("{schedules}?{query}")).status, code, "{query}");
        }
        for (path, query) in [(&balances, "from=0001-01-01"), (&balances, "from=1000-01-01&interval=week"), (&balances, "from=2000-01-01&to=2999-01-01")] {
            ada.get(&format!("{path}?{query}")).expect_fault("from");
        }
        for backwards in [format!("{balances}?from=2027-01-02&to=2027-01-01"), format!("{payments}?from=2027-01-02T00:00:00Z&to=2027-01-01T00:00:00Z"), format!("{payments}?amount_min=2&amount_max=1")] {
            assert!(ada.get(&backwards).expect(200).data().is_empty(), "{backwards}");
        }
        // What is no receipt: of nothing, of what has not moved, of what is not theirs.
        let mut manual = crate::support::payment(&ada, &ben, "1.00");
        manual["capture"] = json!("manual");
        let held = ada.post_payment(&fresh_key(), &manual).expect(201).body;
        let asked = crate::payment_requests::ask(&ben, &ada, "1.00");
        for unmoved in [&held, &asked] {
            let reply = ada.get(&format!("{}/receipt", path_of(unmoved))).expect_problem(409, "conflict");
            assert_eq!(reply.body["reason"], "not_completed");
        }
        for id in ["x", "%00", "019a0000-0000-7000-8000-000000000001", &ada.account_id] {
            for of_it in ["", "/receipt", "/note"] {
                ada.get(&format!("/api/v1/payments/{id}{of_it}")).expect_problem(404, "not_found");
            }
        }
        zoe.get(&format!("{}/receipt", path_of(&paid))).expect_problem(404, "not_found");
        for account in ["RIVER0999", &zoe.code, &ben.code, "x", "%00"] {
            for list in ["balances", "categories"] {
                ada.get(&format!("/api/v1/accounts/{account}/{list}")).expect_problem(404, "not_found");
            }
        }
        let after = Picture::of(&app, false);
        assert_eq!(after.heads[0], before.heads[0] + 1, "the hold, and nothing else");
    }

    fn a_cursor_is_for_one_list(database: &TestDatabase) {
        let app = app_of(database).0;
        let (ada, ben, admin) = (app.member("ada"), app.member("ben"), app.admin());
        app.newcomer("otto").with_admin_rights().join();
        for _ in 0..3 {
            app.pay(&ada, &ben, "0.01");
        }
        let daily = crate::schedules::daily(&app, &ada, &ben, "0.01", &json!({}));
        let made: Vec<_> = (0..3).map(|_| crate::schedules::make(&ada, &daily)).collect();
        let rules = json!({"limits_above": "1.00", "reversals_above": null, "reason": "Decided"});
        admin.put("/api/v1/communities/RIVER/approval-rules", &rules).expect(200);
        for limit in ["200.00", "201.00", "202.00"] {
            let body = json!({"credit_limit": limit, "ceiling": null, "reason": "Good trader"});
            admin.put(&format!("/api/v1/accounts/{}/limits", ada.code), &body).expect(202);
        }
        app.clock.advance(3 * 86_400);
        crate::schedules::run_what_is_due(&app);
        let (ada, ben, admin) = (ada.again(), ben.again(), admin.again());
        let hers: Vec<_> = [
            "/api/v1/payments".to_owned(),
            format!("/api/v1/payments?account={}", ada.code),
            format!("/api/v1/accounts/{}/entries", ada.code),
            "/api/v1/schedules".to_owned(),
            "/api/v1/schedules?state=active".to_owned(),
            format!("{}/payments", crate::schedules::path(&made[0])),
            format!("{}/payments", crate::schedules::path(&made[1])),
            "/api/v1/communities/RIVER/members".to_owned(),
            "/api/v1/me/audit".to_owned(),
        ].into_iter().map(|path| (path, &ada)).collect();
        let theirs = ["approvals", "approvals?state=pending", "audit", "mails"]
            .map(|list| (format!("/api/v1/communities/RIVER/{list}"), &admin));
        let all: Vec<_> = hers.into_iter().chain(theirs).collect();
        let join = |path: &str, query: &str| format!("{path}{}{query}", if path.contains('?') { '&' } else { '?' });
        let cursors: Vec<_> = all.iter().map(|(path, who)| {
            let page = who.get(&join(path, "limit=1")).expect(200);
            page.body["next_cursor"].as_str().unwrap_or_else(|| panic!("{path} goes on: {}", page.body)).to_owned()
        }).collect();
        let before = Picture::of(&app, false);
        let mut count = 0;
        for ((path, who), own) in all.iter().zip(&cursors) {
            who.get(&join(path, &format!("cursor={own}"))).expect(200);
            let mut cut = own.clone();
            cut.pop();
            let swapped: String = own.chars().rev().collect();
            let upper = own.to_uppercase();
            let long = "A".repeat(3_000);
            let others = cursors.iter().filter(|other| *other != own).map(String::as_str);
            for bad in [cut.as_str(), &swapped, &upper, &format!("{own}A"), &format!("{own}%00"), "", "%FF", &long].into_iter().chain(others) {
                who.get(&join(path, &format!("cursor={bad}"))).expect_fault("cursor");
                count += 1;
            }
        }
        // Nor for somebody else.
        ben.get(&format!("/api/v1/schedules?cursor={}", cursors[3])).expect_fault("cursor");
        ben.get(&format!("{}?cursor={}", all[5].0, cursors[5])).expect_fault("cursor");
        assert!(count > 200, "{count}");
        assert_eq!(Picture::of(&app, false), before);
    }

    fn places_in_the_stream_that_are_none(database: &TestDatabase) {
        let app = app_of(database).0;
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        app.found("LAKE", 2);
        app.newcomer("zoe").of("LAKE").join();
        app.pay(&ada, &ben, "1.00");
        let long = "9".repeat(2_000);
        let ids = [
            "", "x", "-1", "1.5", "1e3", "0x1", "LAKE:1", "RIVER:1", "RIVER:1,LAKE:1", "RIVER:", ":1", "1,1", "1;DROP TABLE events",
            "9223372036854775807", "9223372036854775808", "99999999999999999999", "١", "null", "reset", "%31", &long,
        ];
        let mut streams = Vec::new();
        for id in ids {
            // A user has sixteen at most.
            if streams.len() == 8 {
                streams.clear();
                app.clock.advance(20);
            }
            let mut stream = app.listen(&ada.again(), Some(id));
            while stream.status == 429 {
                std::thread::sleep(std::time::Duration::from_millis(50));
                app.clock.advance(1);
                stream = app.listen(&ada.again(), Some(id));
            }
            let mut stream = stream.opened();
            let block = stream.next().unwrap();
            assert_eq!((block.event.as_str(), &block.data["data"]), ("reset", &json!({})), "{id:?}");
            streams.push(stream);
        }
        // Whoever begins anew misses nothing from there on.
        let mut stream = app.listen(&ben, Some("LAKE:1")).opened();
        assert_eq!(stream.next().unwrap().event, "reset");
        let paid = app.pay(&ada.again(), &ben, "2.00");
        assert_eq!(stream.expect("payment.completed"), paid);
        // How a stream is not opened.
        let token = format!("Authorization: Bearer {}\r\n", ben.tokens().access);
        for (query, headers, status) in [
            ("?ticket=x", "", 401),
            ("?ticket=", "", 401),
            ("?ticket=a&ticket=b", "", 400),
            ("?last_event_id=1&last_event_id=2", &*token, 400),
            ("?since=1", &token, 400),
            ("?token=x", &token, 400),
            ("", "Authorization: Basic eDp5\r\n", 401),
            ("", "Authorization: Bearer x\r\nAuthorization: Bearer y\r\n", 401),
        ] {
            assert_eq!(app.open_stream(&format!("/api/v1/events{query}"), headers).status, status, "{query} {headers}");
        }
    }

    fn choices_of_mail_that_are_none(database: &TestDatabase) {
        let app = app_of(database).0;
        let ada = app.member("ada");
        let path = "/api/v1/me/notifications";
        let body = json!({"community": "RIVER", "choices": {"payment_received": "daily"}});
        ada.put(path, &body).expect(200);
        let (chosen, before) = (ada.get(path).expect(200).body, Picture::of(&app, false));
        let with = |choices: Value| json!({"community": "RIVER", "choices": choices});
        for (body, pointer) in [
            (with(json!({"payment_lost": "daily"})), "/choices"),
            (with(json!({"": "daily"})), "/choices"),
            (with(json!({"payment_received": "hourly"})), "/choices/payment_received"),
            (with(json!({"payment_received": ""})), "/choices/payment_received"),
            (with(json!({"payment_received": "OFF"})), "/choices/payment_received"),
            (with(json!({"payment_received": null})), "/choices/payment_received"),
            (with(json!({"payment_received": true})), "/choices/payment_received"),
            (with(json!({"payment_received": "off", "payment_sent": "never"})), "/choices/payment_sent"),
            (with(json!([])), "/choices"),
            (with(json!("off")), "/choices"),
            (with(json!(null)), "/choices"),
        ] {
            ada.put(path, &body).expect_fault(pointer);
        }
        for community in ["LAKE", "", "river'--", "%00"] {
            let reply = ada.put(path, &json!({"community": community, "choices": {}}));
            assert!([400, 404].contains(&reply.status), "{community}: {}", reply.body);
        }
        assert_eq!((ada.get(path).expect(200).body, Picture::of(&app, false)), (chosen, before));
    }

    fn keys_that_are_none(database: &TestDatabase) {
        let app = app_of(database).0;
        let all = operations(&app);
        let before = Picture::of(&app, false);
        let (long, quoted) = ("x".repeat(256), format!("\"{}\"", "x".repeat(256)));
        let bad = ["", " ", "\"\"", "\"open", "\"a\"b", "ключ", "tab\tinside", &long, &quoted];
        let keyless = ["quote", "preview", "edit", "trust", "rules", "note", "zone"];
        let mut count = 0;
        for operation in all.iter().filter(|operation| !keyless.contains(&operation.name)) {
            operation.by.refresh().expect(200);
            let send = |headers: &[(&str, &str)]| {
                let body = operation.good.to_string().into_bytes();
                operation.by.send(operation.method, &operation.path, headers, Some(body))
            };
            send(&[]).expect_problem(400, "idempotency_key_missing");
            for key in bad {
                send(&[("Idempotency-Key", key)]).expect_fault("Idempotency-Key");
                count += 1;
            }
            send(&[("Idempotency-Key", "a"), ("Idempotency-Key", "b")]).expect_fault("Idempotency-Key");
        }
        assert!(count > 100, "{count}");
        assert_eq!(Picture::of(&app, false), before);
        // A key that was used is for no other request, whatever it was used for.
        let used = "used-once";
        let first = &all[0];
        let send = |name: &str| {
            let operation = all.iter().find(|operation| operation.name == name).unwrap();
            let body = operation.good.to_string().into_bytes();
            operation.by.send(operation.method, &operation.path, &[("Idempotency-Key", used)], Some(body))
        };
        send(first.name).expect(201);
        let before = Picture::of(&app, false);
        // Those of the same user: others' keys are their own.
        for name in ["authorise", "plan", "decline", "schedule", "batch", "bulk", "valid lines"] {
            send(name).expect_problem(422, "idempotency_key_reused");
        }
        assert_eq!(Picture::of(&app, false), before);
    }
}
