//! `GET /payments/{id}/receipt`: a payment as a page to keep.

use serde_json::{Value, json};

use crate::support::{both_engines, fresh_key};

fn path(payment: &Value) -> String {
    format!("/api/v1/payments/{}/receipt", payment["id"].as_str().unwrap())
}

both_engines! {
    fn what_a_payment_bears_stands_on_its_page(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let plain = app.pay(&ada, &ben, "1.00");
        let fee = |fixed: &str| json!({"fixed": fixed, "basis_points": 0});
        let fees = json!({"payer": fee("0.10"), "payee": fee("0.20"), "reason": "Decided at the meeting"});
        app.admin().put("/api/v1/communities/RIVER/fees", &fees).expect(200);
        let payment = app.pay(&ada, &ben, "1.00");
        assert_eq!(payment["fees"], json!([{"side": "payer", "amount": "0.10"}, {"side": "payee", "amount": "0.20"}]));
        let page = |payment: &Value| ada.get(&path(payment)).expect(200).bytes;
        assert_eq!(ben.get(&path(&payment)).expect(200).bytes, page(&payment));
        // Two lines more, with letters that the other page has not: the page's own test reads them.
        assert!(page(&payment).len() > page(&plain).len());
    }

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
