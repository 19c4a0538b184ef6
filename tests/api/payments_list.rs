//! `GET /payments`: finding payments.

use serde_json::{Value, json};

use crate::PAYMENT;
use crate::support::{Caller, Person, TestApp, both_engines, fresh_key, keys};

fn found(caller: &Caller, query: &str) -> Vec<Value> {
    caller.get(&format!("/api/v1/payments{query}")).expect(200).data().to_vec()
}

fn descriptions(caller: &Caller, query: &str) -> Vec<String> {
    found(caller, query).iter().map(|payment| payment["description"].as_str().unwrap().to_owned()).collect()
}

fn pay_for(_: &TestApp, payer: &Person, payee: &Person, description: &str) -> Value {
    let body = json!({"allow_duplicate": true, "payer": payer.code, "payee": payee.code, "amount": "0.01", "description": description});
    payer.post_payment(&fresh_key(), &body).expect(201).body
}

both_engines! {
    fn people_find_what_they_paid_and_were_paid(app: &TestApp) {
        let (ada, ben, carla) = (app.member("ada"), app.member("ben"), app.member("carla"));
        let first = app.pay(&ada, &ben, "1.00");
        let second = app.pay(&ben, &ada, "2.00");
        let third = app.pay(&ben, &carla, "3.00");
        assert_eq!(found(&ada, ""), [second.clone(), first.clone()]);
        assert_eq!(found(&ben, ""), [third.clone(), second, first]);
        assert_eq!(found(&carla, ""), std::slice::from_ref(&third));
        assert_eq!(keys(&third), PAYMENT);
        assert!(found(&app.admin(), "").is_empty(), "an admin's own; the others' by naming the account");
        assert_eq!(found(&app.admin(), &format!("?account={}", carla.code)), [third]);
    }

    fn an_account_narrows_it_down(app: &TestApp) {
        app.found("LAKE", 2);
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let (ada_lake, ben_lake) = (app.newcomer("ada").of("LAKE").join(), app.newcomer("ben").of("LAKE").join());
        let river = app.pay(&ada, &ben, "1.00");
        let lake = app.pay(&ada_lake, &ben_lake, "2.00");
        assert_eq!(found(&ada, ""), [lake.clone(), river.clone()]);
        for reference in [&ada.code, &ada.account_id] {
            assert_eq!(found(&ada, &format!("?account={reference}")), std::slice::from_ref(&river));
        }
        assert_eq!(found(&ada, &format!("?account={}", ada_lake.code)), [lake]);
        for foreign in [&ben.code, &ben.account_id, &ben_lake.code, "RIVER0999", "RIVER0000", "NOWHERE0001"] {
            ada.get(&format!("/api/v1/payments?account={foreign}")).expect_problem(404, "not_found");
        }
        ada.get("/api/v1/payments?account=x").expect_fault("account");
        app.admin().get(&format!("/api/v1/payments?account={}", ben_lake.code)).expect_problem(404, "not_found");
    }

    fn states_times_and_texts_narrow_it_down(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        pay_for(app, &ada, &ben, "Rye loaves");
        app.clock.advance(60);
        let middle = pay_for(app, &ada, &ben, "100% wool");
        app.clock.advance(60);
        pay_for(app, &ben, &ada, "snake_case \\ \"quoted\" it's");
        assert_eq!(found(&ada, "?state=completed").len(), 3);
        for state in ["requested", "scheduled", "authorised", "declined", "expired", "cancelled", "failed"] {
            assert!(found(&ada, &format!("?state={state}")).is_empty(), "{state}");
        }
        let time = middle["created_at"].as_str().unwrap();
        assert_eq!(descriptions(&ada, &format!("?from={time}")).len(), 2, "from is inclusive");
        assert_eq!(descriptions(&ada, &format!("?to={time}")), ["Rye loaves"], "to is exclusive");
        assert_eq!(descriptions(&ada, &format!("?from={time}&to={time}")).len(), 0);
        let offset = time.replace('Z', "%2B00:00");
        assert_eq!(descriptions(&ada, &format!("?from={offset}")).len(), 2);
        assert_eq!(descriptions(&ada, "?q=rye"), ["Rye loaves"], "whatever the case");
        assert_eq!(descriptions(&ada, "?q=LOAVES&state=completed"), ["Rye loaves"]);
        assert_eq!(descriptions(&ada, "?q=%25"), ["100% wool"]);
        assert_eq!(descriptions(&ada, "?q=_"), ["snake_case \\ \"quoted\" it's"]);
        assert_eq!(descriptions(&ada, "?q=%5C"), ["snake_case \\ \"quoted\" it's"]);
        assert_eq!(descriptions(&ada, "?q=%22quoted%22"), ["snake_case \\ \"quoted\" it's"]);
        assert_eq!(descriptions(&ada, "?q=it's"), ["snake_case \\ \"quoted\" it's"]);
        assert_eq!(descriptions(&ada, "?q=nothing").len(), 0);
        assert_eq!(descriptions(&ada, "?q=").len(), 3);
        let all = format!("?state=completed&account={}&from={time}&q=wool&limit=1", ada.code);
        assert_eq!(descriptions(&ada, &all), ["100% wool"]);
    }

    fn wrong_filters_are_named(app: &TestApp) {
        let ada = app.member("ada");
        let long = format!("q={}", "x".repeat(101));
        for (query, pointer) in [
            ("state=done", "state"),
            ("state=", "state"),
            ("from=yesterday", "from"),
            ("to=2026-13-01T00:00:00Z", "to"),
            ("from=2026-01-01", "from"),
            ("account=%00", "account"),
            ("q=a%00b", "q"),
            (long.as_str(), "q"),
        ] {
            ada.get(&format!("/api/v1/payments?{query}")).expect_fault(pointer);
        }
        let both = ada.get("/api/v1/payments?state=x&from=x&to=x").expect_problem(400, "validation_failed");
        assert_eq!(both.pointers(), ["from", "to", "state"]);
        for query in ["sort=amount", "state=completed&state=completed"] {
            ada.get(&format!("/api/v1/payments?{query}")).expect_problem(400, "validation_failed");
        }
        app.anonymous().get("/api/v1/payments").expect_problem(401, "unauthenticated");
    }
}
