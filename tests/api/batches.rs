//! `POST /payments/batch`: one to many and many to one, by one transfer.

use serde_json::{Value, json};

use crate::support::{Person, Reply, both_engines, fresh_key, keys};

fn line(payer: &Person, payee: &Person, amount: &str) -> Value {
    json!({"payer": payer.code, "payee": payee.code, "amount": amount, "description": "Harvest"})
}

fn batch(caller: &Person, key: &str, lines: &[Value]) -> Reply {
    caller.post_with("/api/v1/payments/batch", &[("Idempotency-Key", key)], &json!({"payments": lines}))
}

both_engines! {
    fn a_list_in_place_of_a_payment_is_none(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let positional = json!([ada.code, ben.code, "1.00", "Harvest"]);
        let before = app.ledger(&ada);
        for path in ["batch", "bulk", "bulk/preview"] {
            for lines in [json!([positional]), json!([line(&ada, &ben, "1.00"), positional])] {
                let place = lines.as_array().unwrap().len() - 1;
                let body = json!({"payments": lines});
                let refused = ada.post_with(&format!("/api/v1/payments/{path}"), &[("Idempotency-Key", "b-1")], &body);
                refused.expect_fault(&format!("/payments/{place}"));
            }
        }
        assert_eq!(app.ledger(&ada), before);
        // A fault inside of a payment is told with its place as ever.
        let wrong = json!({"payments": [line(&ada, &ben, "1.00"), {"payer": ada.code, "payee": ben.code, "amount": 1}]});
        ada.post_with("/api/v1/payments/batch", &[("Idempotency-Key", "b-1")], &wrong).expect_fault("/payments/1/amount");
        batch(&ada, "b-1", &[line(&ada, &ben, "1.00")]).expect(201);
    }

    fn one_pays_many_at_once(app: &TestApp) {
        let (ada, ben, carla) = (app.member("ada"), app.member("ben"), app.member("carla"));
        let transfers = app.ledger(&ada)["transfers"].as_i64().unwrap();
        let lines = [line(&ada, &ben, "12.50"), line(&ada, &carla, "7.50")];
        let paid = batch(&ada, "b-1", &lines).expect(201);
        assert_eq!(keys(&paid.body), ["community", "payments", "posted", "refusals", "refused", "total", "transfer"]);
        assert_eq!((&paid.body["posted"], &paid.body["refused"], &paid.body["total"]), (&json!(2), &json!(0), &json!("20.00")));
        assert_eq!(paid.header("location"), None);
        assert_eq!(app.ledger(&ada)["transfers"].as_i64(), Some(transfers + 1));
        assert_eq!((ada.balance(), ben.balance(), carla.balance()), ("-20.00".into(), "12.50".into(), "7.50".into()));
        for (number, person) in [(0, &ben), (1, &carla)] {
            let told = &paid.body["payments"][number];
            assert_eq!(told["line"], json!(number + 1));
            let payment = person.get(&format!("/api/v1/payments/{}", told["payment_id"].as_str().unwrap())).expect(200).body;
            assert_eq!((&payment["transfer"], &payment["state"]), (&paid.body["transfer"], &json!("completed")));
            assert_eq!(payment["description"], "Harvest");
        }
        let again = batch(&ada, "b-1", &lines).expect(201);
        assert_eq!((&again.bytes, again.header("idempotency-replayed")), (&paid.bytes, Some("true")));
        batch(&ada, "b-1", &lines[..1]).expect_problem(422, "idempotency_key_reused");
        assert_eq!(ada.balance(), "-20.00");
    }

    fn all_or_none_and_the_line_is_told(app: &TestApp) {
        let (ada, ben, carla) = (app.member("ada"), app.member("ben"), app.member("carla"));
        app.set_status(&carla, "frozen");
        let before = app.ledger(&ada);
        let refused = batch(&ada, "b-1", &[line(&ada, &ben, "1.00"), line(&ada, &carla, "1.00")]).expect_problem(409, "lines_refused");
        let told = &refused.body["errors"][0];
        assert_eq!((&told["pointer"], &told["code"]), (&json!("line 2"), &json!("account_not_active")));
        assert_eq!(batch(&ada, "b-1", &[line(&ada, &ben, "1.00"), line(&ada, &carla, "1.00")]).bytes, refused.bytes, "kept");
        let refused = batch(&ada, "b-2", &[line(&ada, &ben, "60.00"), line(&ada, &ben, "40.01")]).expect_problem(409, "lines_refused");
        assert_eq!(refused.body["errors"][0]["code"], "insufficient_credit");
        let refused = batch(&ada, "b-3", &[line(&ada, &ben, "1.00"), line(&ben, &ada, "1.00")]).expect_problem(409, "lines_refused");
        assert_eq!((&refused.body["errors"][0]["pointer"], &refused.body["errors"][0]["code"]), (&json!("line 2"), &json!("forbidden")));
        // Not the rules' last word, so not kept under the key.
        batch(&ada, "b-3", &[line(&ada, &ben, "1.00")]).expect(201);
        batch(&ada, "b-4", &[line(&ben, &ada, "1.00")]).expect_problem(403, "forbidden");
        let mut absent = line(&ada, &ben, "1.00");
        absent["payee"] = json!("RIVER0999");
        let refused = batch(&ada, "b-5", &[line(&ada, &ben, "1.01"), absent.clone()]).expect_problem(409, "lines_refused");
        assert_eq!((&refused.body["errors"][0]["pointer"], &refused.body["errors"][0]["code"]), (&json!("line 2"), &json!("not_found")));
        batch(&ada, "b-6", &[absent]).expect_problem(404, "not_found");
        assert_eq!(app.ledger(&ada)["transfers"].as_i64().unwrap(), before["transfers"].as_i64().unwrap() + 1);
    }

    fn what_is_no_payment_is_told_by_its_place(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let mut bad = line(&ada, &ben, "0");
        bad["payee"] = json!("x");
        let reply = batch(&ada, "b", &[line(&ada, &ben, "1.00"), bad]).expect_problem(400, "validation_failed");
        assert_eq!(reply.pointers(), ["/payments/1/payee", "/payments/1/amount"]);
        batch(&ada, "b", &[]).expect_fault("/payments");
        let many = vec![line(&ada, &ben, "0.01"); 1_001];
        batch(&ada, "b", &many).expect_fault("/payments");
        let unknown = json!({"payments": [line(&ada, &ben, "1.00")], "mode": "x"});
        ada.post_with("/api/v1/payments/batch", &[("Idempotency-Key", "b")], &unknown).expect_problem(400, "validation_failed");
        ada.post("/api/v1/payments/batch", &json!({"payments": [line(&ada, &ben, "1.00")]})).expect_problem(400, "idempotency_key_missing");
        // The same line twice is asked about, as a second press is.
        let twice = vec![line(&ada, &ben, "0.01"); 2];
        let refused = batch(&ada, &fresh_key(), &twice).expect_problem(409, "lines_refused");
        assert_eq!(refused.body["errors"][0]["code"], "possible_duplicate");
        let path = "/api/v1/payments/batch?allow_duplicate=true";
        let thousand = json!({"payments": vec![line(&ada, &ben, "0.01"); 1_000]});
        let paid = ada.post_with(path, &[("Idempotency-Key", &fresh_key())], &thousand).expect(201);
        assert_eq!((&paid.body["posted"], ben.balance()), (&json!(1_000), "10.00".into()));
    }
}
