//! Notes and categories of payments: an account's own, which nobody else sees.

use serde_json::{Value, json};

use crate::support::{both_engines, keys};

fn path(payment: &Value) -> String {
    format!("/api/v1/payments/{}/note", payment["id"].as_str().unwrap())
}

both_engines! {
    fn each_side_notes_for_itself(app: &TestApp) {
        let (ada, ben, carla) = (app.member("ada"), app.member("ben"), app.member("carla"));
        let payment = app.pay(&ada, &ben, "1.00");
        let nothing = ada.get(&path(&payment)).expect(200).body;
        assert_eq!(nothing, json!({"account": ada.code, "category": null, "note": null, "updated_at": null}));
        let noted = json!({"category": "  Groceries ", "note": "For the\nharvest party"});
        let set = ada.put(&path(&payment), &noted).expect(200).body;
        assert_eq!(set["category"], "Groceries");
        assert_eq!(set["note"], "For the\nharvest party");
        assert_eq!(keys(&set), ["account", "category", "note", "updated_at"]);
        assert!(crate::is_time(&set["updated_at"]), "{set}");
        assert_eq!(ada.get(&path(&payment)).expect(200).body, set);
        assert_eq!(ben.get(&path(&payment)).expect(200).body["note"], json!(null), "the other side's own");
        ben.put(&path(&payment), &json!({"category": "Sales", "note": null})).expect(200);
        assert_eq!(ada.get(&path(&payment)).expect(200).body["category"], "Groceries");
        for other in [&carla, &app.admin()] {
            other.get(&path(&payment)).expect_problem(404, "not_found");
            other.put(&path(&payment), &noted).expect_problem(404, "not_found");
        }
        assert!(!ben.get("/api/v1/payments").expect(200).body.to_string().contains("harvest"));
        // Nothing is kept of an empty note.
        let empty = json!({"category": " ", "note": null});
        assert_eq!(ada.put(&path(&payment), &empty).expect(200).body, nothing);
        assert_eq!(app.database.db_numbers("SELECT count(*) AS value FROM payment_notes"), [1]);
    }

    fn categories_are_listed_and_found_by(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let payments: Vec<_> = (0..4).map(|_| app.pay(&ada, &ben, "1.00")).collect();
        for (payment, category) in payments.iter().zip(["Rent", "Food", "Rent"]) {
            ada.put(&path(payment), &json!({"category": category, "note": null})).expect(200);
        }
        let list = format!("/api/v1/accounts/{}/categories", ada.code);
        let expected = json!({"data": [{"category": "Food", "payments": 1}, {"category": "Rent", "payments": 2}]});
        assert_eq!(ada.get(&list).expect(200).body, expected);
        ben.get(&list).expect_problem(404, "not_found");
        app.admin().get(&list).expect_problem(404, "not_found");
        let found = |category: &str| ada.get(&format!("/api/v1/payments?category={category}")).expect(200).data().to_vec();
        assert_eq!(found("Rent"), [payments[2].clone(), payments[0].clone()]);
        assert_eq!(found("Food"), [payments[1].clone()]);
        assert!(found("rent").is_empty() && found("Other").is_empty());
        assert!(ben.get("/api/v1/payments?category=Rent").expect(200).data().is_empty(), "it is hers");
        let of_ada = format!("/api/v1/payments?category=Rent&account={}", ada.code);
        assert_eq!(ada.get(&of_ada).expect(200).data().len(), 2);
        app.admin().get(&of_ada).expect_problem(404, "not_found");
    }

    fn notes_have_bounds(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let payment = app.pay(&ada, &ben, "1.00");
        let put = |body: Value| ada.put(&path(&payment), &body);
        put(json!({"category": "x".repeat(41), "note": null})).expect_fault("/category");
        put(json!({"category": "a\nb", "note": null})).expect_fault("/category");
        put(json!({"category": null, "note": "é".repeat(1_001)})).expect_fault("/note");
        put(json!({"category": null, "note": "a\u{0}b"})).expect_fault("/note");
        put(json!({"note": "only"})).expect(400);
        put(json!({"category": "x".repeat(40), "note": "é".repeat(1_000)})).expect(200);
        ada.get(&format!("{}?account=x", path(&payment))).expect_fault("account");
        ada.get(&format!("{}?account={}", path(&payment), ben.code)).expect_fault("account");
        ada.get("/api/v1/payments/x/note").expect_problem(404, "not_found");
        let more: Vec<_> = (0..200).map(|_| app.pay(&ada, &ben, "0.01")).collect();
        for (number, payment) in more.iter().enumerate().skip(1) {
            ada.put(&path(payment), &json!({"category": format!("c{number}"), "note": null})).expect(200);
        }
        ada.put(&path(&more[0]), &json!({"category": "one more", "note": null})).expect_fault("/category");
        ada.put(&path(&more[0]), &json!({"category": "c1", "note": null})).expect(200);
    }

    fn who_has_both_sides_says_which(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let till = json!({"rights": ["see"], "per_payment": null, "per_day": null});
        ben.put(&format!("/api/v1/accounts/{}/tellers/{}", ben.code, ada.user_id), &till).expect(200);
        let payment = app.pay(&ada, &ben, "1.00");
        ada.get(&path(&payment)).expect_fault("account");
        let at = |code: &str| format!("{}?account={code}", path(&payment));
        ada.put(&at(&ada.code), &json!({"category": "Mine", "note": null})).expect(200);
        ada.put(&at(&ben.account_id), &json!({"category": "His", "note": null})).expect(200);
        assert_eq!(ada.get(&at(&ada.code)).expect(200).body["category"], "Mine");
        assert_eq!(ben.get(&path(&payment)).expect(200).body["category"], "His");
    }
}
