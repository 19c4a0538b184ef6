//! `POST /payments/bulk`: lists of payments, from programs and spreadsheets, with a preview.

use serde_json::{Value, json};

use crate::support::{Person, Reply, both_engines, fresh_key, keys};

const BULK: &str = "/api/v1/payments/bulk";
const PREVIEW: &str = "/api/v1/payments/bulk/preview";

fn send(caller: &Person, path: &str, key: Option<&str>, csv: &str) -> Reply {
    let mut headers = vec![("Content-Type", "text/csv")];
    headers.extend(key.map(|key| ("Idempotency-Key", key)));
    caller.send("POST", path, &headers, Some(csv.as_bytes().to_vec()))
}

fn post(caller: &Person, query: &str, csv: &str) -> Reply {
    send(caller, &format!("{BULK}{query}"), Some(&fresh_key()), csv)
}

fn told(reply: &Reply) -> Vec<(Value, Value)> {
    let lines = reply.body["refusals"].as_array().unwrap();
    lines.iter().map(|line| (line["line"].clone(), line["code"].clone())).collect()
}

both_engines! {
    fn a_spreadsheet_is_previewed_and_posted_as_shown(app: &TestApp) {
        let (ada, ben, carla) = (app.member("ada"), app.member("ben"), app.member("carla"));
        let csv = format!(
            "payee;amount;payer;description\r\n{ben};60.00;{ada};\"Rye; two\"\r\n{carla};40.01;{ada};Oats\r\n\r\n{ben};0;{ada};Nothing\r\nRIVER0999;1.00;{ada};\r\n{carla};40.00;{ada};Oats\r\n",
            ada = ada.code, ben = ben.code, carla = carla.code
        );
        let before = app.ledger(&ada);
        let preview = send(&ada, PREVIEW, None, &csv).expect(200);
        assert_eq!(keys(&preview.body), ["community", "lines", "payable", "refusals", "refused", "total"]);
        let refused = [
            (json!(3), json!("insufficient_credit")),
            (json!(5), json!("validation_failed")),
            (json!(6), json!("not_found")),
        ];
        assert_eq!(told(&preview), refused);
        let lines = preview.body["lines"].as_array().unwrap();
        let shown: Vec<_> = lines.iter().map(|line| (&line["line"], &line["balance_after"], &line["available_after"])).collect();
        assert_eq!(shown, [(&json!(2), &json!("-60.00"), &json!("40.00")), (&json!(7), &json!("-100.00"), &json!("0.00"))]);
        assert_eq!((&preview.body["payable"], &preview.body["total"]), (&json!(2), &json!("100.00")));
        assert_eq!(app.ledger(&ada), before, "nothing is posted");

        let whole = post(&ada, "", &csv).expect_problem(400, "validation_failed");
        assert_eq!(whole.pointers(), ["line 5, amount"]);
        let key = fresh_key();
        let path = format!("{BULK}?mode=valid_lines");
        let paid = send(&ada, &path, Some(&key), &csv).expect(201);
        assert_eq!(told(&paid), refused);
        assert_eq!((&paid.body["posted"], &paid.body["refused"], &paid.body["total"]), (&json!(2), &json!(3), &json!("100.00")));
        assert_eq!((ada.balance(), ben.balance(), carla.balance()), ("-100.00".into(), "60.00".into(), "40.00".into()));
        let first = paid.body["payments"][0]["payment_id"].as_str().unwrap();
        assert_eq!(ben.get(&format!("/api/v1/payments/{first}")).expect(200).body["description"], "Rye; two");
        let again = send(&ada, &path, Some(&key), &csv).expect(201);
        assert_eq!((&again.bytes, again.header("idempotency-replayed")), (&paid.bytes, Some("true")));
        send(&ada, BULK, Some(&key), &csv).expect_problem(400, "validation_failed");
        assert_eq!(ada.balance(), "-100.00");
    }

    fn all_or_nothing_tells_every_refused_line(app: &TestApp) {
        let (ada, ben, carla) = (app.member("ada"), app.member("ben"), app.member("carla"));
        app.set_status(&carla, "frozen");
        let csv = format!(
            "payer,payee,amount\n{ada},{ben},99.00\n{ada},{carla},1.00\n{ada},{ben},1.01\n{ben},{ada},1.00\n{ada},{ben},99.00\n",
            ada = ada.code, ben = ben.code, carla = carla.code
        );
        let refused = post(&ada, "?mode=all_or_nothing", &csv).expect_problem(409, "lines_refused");
        let errors: Vec<_> = refused.body["errors"].as_array().unwrap().iter().map(|line| (line["pointer"].clone(), line["code"].clone())).collect();
        let expected = [
            ("line 3", "account_not_active"),
            ("line 4", "insufficient_credit"),
            ("line 5", "forbidden"),
            ("line 6", "possible_duplicate"),
        ];
        assert_eq!(errors, expected.map(|(pointer, code)| (json!(pointer), json!(code))));
        assert_eq!((ada.balance(), ben.balance()), ("0.00".into(), "0.00".into()));
        // A list that was posted is not posted again under another key.
        let csv = format!("payer,payee,amount\n{ada},{ben},1.00\n{ada},{ben},2.00\n", ada = ada.code, ben = ben.code);
        post(&ada, "", &csv).expect(201);
        let refused = post(&ada, "", &csv).expect_problem(409, "lines_refused");
        assert_eq!(refused.body["errors"].as_array().unwrap().len(), 2);
        post(&ada, "?allow_duplicate=true", &csv).expect(201);
        assert_eq!(ben.balance(), "6.00");
    }

    fn malformed_lists_are_told_by_line(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let line = format!("{},{}", ada.code, ben.code);
        for (csv, pointer) in [
            (format!("payer,payee,amount\n{line},1.00\n{line}\n"), "line 3"),
            (format!("payer,payee,amount\n{line},1.00,x\n"), "line 2"),
            ("payer,payee\nx,y\n".into(), "line 1"),
            ("payer,payee,amount,iban\n".into(), "line 1"),
            ("payer,payee,amount\n".into(), "/payments"),
        ] {
            assert_eq!(post(&ada, "", &csv).expect_problem(400, "validation_failed").pointers(), [pointer], "{csv}");
        }
        post(&ada, "?mode=some", "payer,payee,amount\n").expect_fault("mode");
        post(&ada, "?x=1", "payer,payee,amount\n").expect_problem(400, "validation_failed");
        send(&ada, BULK, None, &format!("payer,payee,amount\n{line},1.00\n")).expect_problem(400, "idempotency_key_missing");
        let headers = [("Content-Type", "text/plain"), ("Idempotency-Key", "k")];
        ada.send("POST", BULK, &headers, Some(b"x".to_vec())).expect_problem(415, "unsupported_media_type");
        let headers = [("Content-Type", "text/csv"), ("Idempotency-Key", "k")];
        ada.send("POST", BULK, &headers, Some(vec![b'x'; 4 * 1024 * 1024 + 1])).expect_problem(413, "body_too_large");
        ada.send("POST", "/api/v1/payments/batch", &headers, Some(b"x".to_vec())).expect_problem(415, "unsupported_media_type");
        let too_many = format!("payer,payee,amount\n{}", format!("{line},0.01\n").repeat(10_001));
        post(&ada, "", &too_many).expect_fault("/payments");
        assert_eq!(ben.balance(), "0.00");
    }

    fn ten_thousand_lines_are_one_transfer(app: &TestApp) {
        let (ada, ben, carla) = (app.newcomer("ada").with_credit_limit("1000.00").join(), app.member("ben"), app.member("carla"));
        let lines: Vec<_> = (0..10_000).map(|number| {
            let payee = if number % 2 == 0 { &ben.code } else { &carla.code };
            json!({"payer": ada.code, "payee": payee, "amount": "0.01", "description": format!("Share {number}")})
        }).collect();
        let paid = ada.post_with(BULK, &[("Idempotency-Key", "k")], &json!({"payments": lines})).expect(201);
        assert_eq!((&paid.body["posted"], &paid.body["total"]), (&json!(10_000), &json!("100.00")));
        assert_eq!((ada.balance(), ben.balance(), carla.balance()), ("-100.00".into(), "50.00".into(), "50.00".into()));
        let again = ada.post_with(BULK, &[("Idempotency-Key", "k")], &json!({"payments": lines})).expect(201);
        assert_eq!((again.bytes, again.headers.contains_key("idempotency-replayed")), (paid.bytes, true));
        let ledger = app.ledger(&ada);
        assert_eq!(ledger["entries"].as_i64(), Some(20_000));
        app.pay(&ada, &ben, "0.01");
    }

    fn strangers_and_ended_sessions_learn_nothing(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        app.found("LAKE", 2);
        let eva = app.newcomer("eva").of("LAKE").join();
        let csv = format!("payer,payee,amount\n{},{},1.00\n", ada.code, ben.code);
        for path in [BULK, PREVIEW] {
            send(&eva, path, Some("k"), &csv).expect_problem(404, "not_found");
            send(&ben, path, Some("k"), &csv).expect_problem(403, "forbidden");
        }
        let gone = ada.again();
        gone.delete("/api/v1/sessions/current").expect(204);
        for path in [BULK, PREVIEW] {
            send(&gone, path, Some("k"), &csv).expect_problem(401, "unauthenticated");
        }
        assert_eq!(ben.balance(), "0.00");
    }
}
