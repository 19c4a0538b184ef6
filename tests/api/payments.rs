//! `POST /payments` and `GET /payments/{id}`: paying, and seeing what was paid.

use serde_json::{Value, json};

use crate::support::{both_engines, fresh_key, keys};
use crate::{PAYMENT, is_id, is_time};

both_engines! {
    fn a_member_pays_another(app: &TestApp) {
        let (ada, ben) = (app.member("Ada Brook"), app.member("Ben Ford"));
        let before = app.ledger(&ada);
        let reply = ada.pay_keyed(&ben, "12.50", "k-1").expect(201);
        let payment = reply.body.clone();
        assert_eq!(reply.header("content-type"), Some("application/json"));
        assert_eq!(reply.header("idempotency-replayed"), None);
        assert_eq!(reply.header("location"), Some(format!("/api/v1/payments/{}", payment["id"].as_str().unwrap()).as_str()));
        assert_eq!(keys(&payment), PAYMENT);
        assert!(is_id(&payment["id"]) && is_time(&payment["created_at"]) && is_time(&payment["completed_at"]));
        assert_eq!(keys(&payment["payer"]), ["account_id", "code", "name"]);
        assert_eq!(keys(&payment["payee"]), ["account_id", "code", "name"]);
        assert_eq!(payment["payer"], json!({"account_id": ada.account_id, "code": ada.code, "name": "Ada Brook"}));
        assert_eq!(payment["payee"], json!({"account_id": ben.account_id, "code": ben.code, "name": "Ben Ford"}));
        assert_eq!((&payment["community"], &payment["state"]), (&json!("RIVER"), &json!("completed")));
        assert_eq!((&payment["amount"], &payment["description"]), (&json!("12.50"), &json!("Rye loaves")));
        assert_eq!(keys(&payment["transfer"]), ["hash", "seq"]);

        let after = app.ledger(&ada);
        assert_eq!(after["head"]["seq"], payment["transfer"]["seq"]);
        assert_eq!(after["head"]["hash"], payment["transfer"]["hash"]);
        assert_eq!(after["transfers"].as_i64().unwrap(), before["transfers"].as_i64().unwrap() + 1);
        assert_eq!(after["entries"].as_i64().unwrap(), before["entries"].as_i64().unwrap() + 2);
        assert_eq!(after["sum"], "0.00");
        assert_eq!((ada.balance().as_str(), ben.balance().as_str()), ("-12.50", "12.50"));
    }

    fn both_sides_and_the_admin_see_the_same_payment(app: &TestApp) {
        let (ada, ben, carla) = (app.member("ada"), app.member("ben"), app.member("carla"));
        let payment = app.pay(&ada, &ben, "12.50");
        let path = format!("/api/v1/payments/{}", payment["id"].as_str().unwrap());
        for sees in [&ada, &ben, &app.admin()] {
            assert_eq!(sees.get(&path).expect(200).body, payment);
        }
        let foreign = carla.get(&path).expect_problem(404, "not_found");
        let absent = carla.get("/api/v1/payments/019a0000-0000-7000-8000-000000000001").expect_problem(404, "not_found");
        assert_eq!(foreign.without_request_id(), absent.without_request_id());
        for nonsense in ["x", "0", "%00", "%FF", "019a"] {
            carla.get(&format!("/api/v1/payments/{nonsense}")).expect_problem(404, "not_found");
        }
        app.anonymous().get(&path).expect_problem(401, "unauthenticated");
    }

    fn accounts_are_named_by_code_or_id(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        for payer in [&ada.code, &ada.account_id] {
            for payee in [&ben.code, &ben.account_id] {
                let body = json!({"allow_duplicate": true, "payer": payer, "payee": payee, "amount": "1"});
                let payment = ada.post_payment(&fresh_key(), &body).expect(201).body;
                assert_eq!((&payment["payer"]["code"], &payment["payee"]["code"]), (&json!(ada.code), &json!(ben.code)));
                assert_eq!((&payment["amount"], &payment["description"]), (&json!("1.00"), &json!("")));
            }
        }
        assert_eq!(ben.balance(), "4.00");
    }

    fn the_community_can_be_paid_and_pays_nobody_by_itself(app: &TestApp) {
        let ada = app.member("ada");
        let body = json!({"payer": ada.code, "payee": "RIVER0000", "amount": "3.00"});
        ada.post_payment(&fresh_key(), &body).expect(201);
        let body = json!({"payer": "RIVER0000", "payee": ada.code, "amount": "3.00"});
        ada.post_payment(&fresh_key(), &body).expect_problem(403, "forbidden");
        app.admin().post_payment(&fresh_key(), &body).expect_problem(403, "forbidden");
    }

    fn descriptions_come_back_as_they_were(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let longest = "ö".repeat(500);
        let texts = ["", " two  spaces ", "“Quotes” 'and' \"more\" \\ / {}", "日本語 🍞 e\u{301}", "line\nbreak", "<b>&amp;</b>", &longest];
        for text in texts {
            let body = json!({"allow_duplicate": true, "payer": ada.code, "payee": ben.code, "amount": "0.01", "description": text});
            let payment = ada.post_payment(&fresh_key(), &body).expect(201).body;
            assert_eq!(payment["description"], text);
            let path = format!("/api/v1/payments/{}", payment["id"].as_str().unwrap());
            assert_eq!(ben.get(&path).expect(200).body["description"], text);
        }
        for text in [&"x".repeat(501), "a\u{0}b", "a\u{7}", "a\tb", "a\r\nb", "a\u{85}b"] {
            let body = json!({"payer": ada.code, "payee": ben.code, "amount": "0.01", "description": text});
            ada.post_payment(&fresh_key(), &body).expect_fault("/description");
        }
        let body = json!({"payer": ada.code, "payee": ben.code, "amount": "0.01", "description": null});
        ada.post_payment(&fresh_key(), &body).expect_fault("/description");
    }

    fn every_scale_writes_its_own_places(app: &TestApp) {
        for (code, places, amount, written, too_fine) in
            [("LAKE", 0, "7", "7", "7.0"), ("HILL", 6, "0.000001", "0.000001", "0.0000001"), ("GLEN", 1, "3", "3.0", "3.00")]
        {
            app.found(code, places);
            let ada = app.newcomer("ada").of(code).join();
            let ben = app.newcomer("ben").of(code).join();
            let payment = app.pay(&ada, &ben, amount);
            assert_eq!((&payment["amount"], &payment["community"]), (&json!(written), &json!(code)));
            assert_eq!(ben.balance(), written);
            assert_eq!(ada.balance(), format!("-{written}"));
            app.try_pay(&ada, &ben, too_fine).expect_fault("/amount");
        }
    }

    fn several_faults_come_in_one_answer(app: &TestApp) {
        let ada = app.member("ada");
        let body = json!({"payer": "x", "payee": "", "amount": "-1", "description": "\u{0}"});
        let reply = ada.post_payment("k", &body).expect_problem(400, "validation_failed");
        assert_eq!(reply.pointers(), ["/payer", "/payee", "/amount", "/description"]);
    }

    fn unknown_and_missing_fields_are_refused(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let good = json!({"payer": ada.code, "payee": ben.code, "amount": "1.00", "description": "x"});
        for name in ["note", "Amount", "allow_duplicate ", "currency", "__proto__"] {
            let mut body = good.clone();
            body[name] = json!("1");
            let reply = ada.post_payment("k", &body).expect_problem(400, "validation_failed");
            assert!(reply.body["errors"][0]["detail"].as_str().unwrap().contains(name.trim()), "{}", reply.body);
        }
        for name in ["payer", "payee", "amount"] {
            let mut body = good.clone();
            body.as_object_mut().unwrap().remove(name);
            let reply = ada.post_payment("k", &body).expect_problem(400, "validation_failed");
            assert!(reply.body["errors"][0]["detail"].as_str().unwrap().contains(name), "{}", reply.body);
            for wrong in [Value::Null, json!(1), json!([]), json!({}), json!(true)] {
                let mut body = good.clone();
                body[name] = wrong;
                ada.post_payment("k", &body).expect_fault(&format!("/{name}"));
            }
        }
        assert_eq!(app.ledger(&ada)["transfers"], 0);
        ada.post_payment("k", &good).expect(201);
    }

    fn times_do_not_run_backwards(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let first = app.pay(&ada, &ben, "1.00");
        app.clock.advance(-120);
        let earlier_clock = ada.again();
        let second = app.pay(&earlier_clock, &ben, "1.00");
        assert!(second["created_at"].as_str() >= first["created_at"].as_str(), "{first} {second}");
    }
}
