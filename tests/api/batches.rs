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

    fn the_story_of_a_bill_that_neighbours_share(app: &TestApp) {
        let (ada, ben, carla, dora) = (app.member("ada"), app.member("ben"), app.member("carla"), app.member("dora"));
        let (mill, keeper) = (app.member("mill"), app.member("keeper"));
        let share = |payer: &Person, amount: &str| line(payer, &mill, amount);
        // Four neighbours had their grain milled. Three let the keeper of the list pay for them, each up to an amount of
        // their own; the fourth let him see, and no more.
        let lets = |owner: &Person, rights: Value, up_to: &str| {
            let terms = json!({"rights": rights, "per_payment": up_to, "per_day": null});
            owner.put(&format!("/api/v1/accounts/{}/tellers/{}", owner.code, keeper.user_id), &terms).expect(200);
        };
        lets(&ada, json!(["pay"]), "20.00");
        lets(&ben, json!(["pay"]), "20.00");
        lets(&carla, json!(["pay"]), "5.00");
        lets(&dora, json!(["see"]), "20.00");
        let before = app.ledger(&ada);
        let told = |key: &str, lines: &[Value], codes: &[(&str, &str)]| {
            let refused = batch(&keeper, key, lines).expect_problem(409, "lines_refused");
            let errors = refused.body["errors"].as_array().unwrap();
            let found: Vec<_> = errors.iter().map(|error| (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap())).collect();
            assert_eq!(found, codes);
        };
        // He may not for the fourth, nor more than the third lets him: then nobody pays.
        told("s-1", &[share(&ada, "12.00"), share(&ben, "9.50"), share(&dora, "4.00")], &[("line 3", "forbidden")]);
        told("s-2", &[share(&ada, "12.00"), share(&ben, "9.50"), share(&carla, "5.01")], &[("line 3", "forbidden")]);
        // One of them has not enough left, and one has left the village: nobody pays.
        app.pay(&ben, &carla, "95.00");
        told("s-3", &[share(&ada, "12.00"), share(&ben, "9.50"), share(&carla, "5.00")], &[("line 2", "insufficient_credit")]);
        app.pay(&carla, &ben, "95.00");
        app.set_status(&carla, "frozen");
        told("s-4", &[share(&ada, "12.00"), share(&ben, "9.50"), share(&carla, "5.00")], &[("line 3", "account_not_active")]);
        app.set_status(&carla, "active");
        assert_eq!((mill.balance(), ada.balance()), ("0.00".into(), "0.00".into()));

        // Each has, and each lets him: the miller is paid by all of them in one transfer.
        let mut to_mill = app.listen(&mill, None).opened();
        let lines = [share(&ada, "12.00"), share(&ben, "9.50"), share(&carla, "5.00")];
        let paid = batch(&keeper, "s-5", &lines).expect(201);
        assert_eq!((&paid.body["posted"], &paid.body["total"]), (&json!(3), &json!("26.50")));
        assert_eq!((mill.balance(), keeper.balance()), ("26.50".into(), "0.00".into()));
        assert_eq!([&ada, &ben, &carla, &dora].map(Person::balance), ["-12.00", "-9.50", "-5.00", "0.00"]);
        let after = app.ledger(&ada);
        assert_eq!(after["transfers"].as_i64(), before["transfers"].as_i64().map(|count| count + 3), "two of them were between Ben and Carla");
        // Each of them sees a payment of their own, the miller three with the same transfer, in the order of the list.
        for (person, amount) in [(&ada, "12.00"), (&ben, "9.50"), (&carla, "5.00")] {
            let newest = person.get("/api/v1/payments?limit=1").expect(200).data()[0].clone();
            assert_eq!((&newest["amount"], &newest["transfer"]), (&json!(amount), &paid.body["transfer"]));
            assert_eq!(to_mill.expect("payment.completed"), newest);
        }
        let got = mill.get(&format!("/api/v1/accounts/{}/entries", mill.code)).expect(200);
        let left: Vec<_> = got.data().iter().map(|entry| entry["balance_after"].as_str().unwrap()).collect();
        assert_eq!(left, ["26.50", "21.50", "12.00"]);
        // One share was wrong: the miller gives that one back, and the others stay.
        let of_ben = paid.body["payments"][1]["payment_id"].as_str().unwrap();
        let back = json!({"amount": "9.50", "reason": "Ben's grain was not milled"});
        mill.post_with(&format!("/api/v1/payments/{of_ben}/refunds"), &[("Idempotency-Key", "b")], &back).expect(201);
        assert_eq!([&ada, &ben, &carla].map(Person::balance), ["-12.00", "0.00", "-5.00"]);
        // Whoever takes their word back is in no list any more.
        ada.delete(&format!("/api/v1/accounts/{}/tellers/{}", ada.code, keeper.user_id)).expect(204);
        told("s-6", &[share(&ada, "1.00"), share(&ben, "1.00")], &[("line 1", "forbidden")]);
        let again = batch(&keeper, "s-5", &lines).expect(201);
        assert_eq!((again.bytes, mill.balance()), (paid.bytes, "17.00".into()));
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
