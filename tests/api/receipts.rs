//! `GET /payments/{id}/receipt`: a payment as a page to keep.

use serde_json::{Value, json};

use crate::support::{both_engines, fresh_key};

fn path(payment: &Value) -> String {
    format!("/api/v1/payments/{}/receipt", payment["id"].as_str().unwrap())
}

both_engines! {
    fn both_sides_and_admins_get_a_page(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.newcomer("Łukasz Ωμέγα 李").join());
        let body = json!({"payer": ada.code, "payee": ben.code, "amount": "1.00", "description": "Хлеб 🥖"});
        let payment = ada.post_payment(&fresh_key(), &body).expect(201).body;
        let hers = ada.get(&path(&payment)).expect(200);
        assert_eq!(hers.header("content-type"), Some("application/pdf"));
        assert!(hers.header("content-disposition").unwrap().ends_with(".pdf\""), "{hers:?}");
        assert!(hers.bytes.starts_with(b"%PDF-") && hers.bytes.len() < 100_000, "{}", hers.bytes.len());
        for other in [&ben, &app.admin()] {
            assert_eq!(other.get(&path(&payment)).expect(200).bytes, hers.bytes, "the same page");
        }
        app.member("carla").get(&path(&payment)).expect_problem(404, "not_found");
        ada.get("/api/v1/payments/x/receipt").expect_problem(404, "not_found");
    }
}
