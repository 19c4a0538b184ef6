//! Ceilings: how much an app may pay for its member, in one payment and in one day.

use std::sync::{Arc, Barrier};

use counterfoil::storage::Engine;
use serde_json::{Value, json};

use crate::support::{App, Caller, Person, Reply, TestApp, TestDatabase, both_engines, fresh_key};

const DAY_SECONDS: i64 = 86_400;
const SCOPES: &str = "accounts:read payments:write";

fn pay(caller: &Caller, payer: &Person, payee: &Person, amount: &str, key: &str) -> Reply {
    let body = json!({"allow_duplicate": true, "payer": payer.code, "payee": payee.code, "amount": amount});
    caller.post_with("/api/v1/payments", &[("Idempotency-Key", key)], &body)
}

/// The app may spend no more than this.
#[track_caller]
fn assert_ceiling(reply: Reply, reason: &str, left: &str) {
    let reply = reply.expect_problem(403, "forbidden");
    assert_eq!((&reply.body["reason"], &reply.body["available"]), (&json!(reason), &json!(left)));
}

fn next(app: &TestApp, shop: &App, tokens: &Value) -> Value {
    shop.refresh(app, tokens["refresh_token"].as_str().unwrap()).expect(200).body
}

/// To the first moment of the next day.
fn to_midnight(app: &TestApp) {
    app.clock.advance(DAY_SECONDS - app.now().unix_seconds().rem_euclid(DAY_SECONDS));
}

both_engines! {
    fn a_payment_stays_below_its_ceiling(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let shop = app.register(&ada, true);
        let tokens = app.allowed(&ada, &shop, SCOPES, &[("ceiling_per_payment", "20")]);
        let bearer = app.bearer(&tokens);
        assert_ceiling(pay(&bearer, &ada, &ben, "20.01", "k1"), "app_ceiling_per_payment", "20.00");
        pay(&bearer, &ada, &ben, "20.00", "k1").expect(201);
        pay(&bearer, &ada, &ben, "20.00", "k2").expect(201);
        app.pay(&ada, &ben, "30.00");
        assert_eq!(ada.balance(), "-70.00", "what members pay themselves has no ceiling");
    }

    fn a_day_has_its_ceiling_too(app: &TestApp) {
        to_midnight(app);
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let shop = app.register(&ada, true);
        let mut tokens = app.allowed(&ada, &shop, SCOPES, &[("ceiling_per_day", "10")]);
        let bearer = app.bearer(&tokens);
        pay(&bearer, &ada, &ben, "6.00", "k1").expect(201);
        assert_ceiling(pay(&bearer, &ada, &ben, "4.01", "k2"), "app_ceiling_per_day", "4.00");
        let replay = pay(&bearer, &ada, &ben, "6.00", "k1").expect(201);
        assert_eq!(replay.header("idempotency-replayed"), Some("true"));
        pay(&bearer, &ada, &ben, "4.00", "k3").expect(201);
        assert_ceiling(pay(&bearer, &ada, &ben, "0.01", "k4"), "app_ceiling_per_day", "0.00");
        // A fresh token, and a fresh process, know what was spent.
        tokens = next(app, &shop, &tokens);
        app.restart();
        assert_ceiling(pay(&app.bearer(&tokens), &ada, &ben, "0.01", "k4"), "app_ceiling_per_day", "0.00");
        // What was refused spent nothing, and its key is still good the next day.
        to_midnight(app);
        tokens = next(app, &shop, &tokens);
        pay(&app.bearer(&tokens), &ada, &ben, "0.01", "k4").expect(201);
        pay(&app.bearer(&tokens), &ada, &ben, "9.99", "k5").expect(201);
        assert_ceiling(pay(&app.bearer(&tokens), &ada, &ben, "0.01", "k6"), "app_ceiling_per_day", "0.00");
    }

    fn a_payment_that_fails_for_another_reason_spends_nothing(app: &TestApp) {
        to_midnight(app);
        let (ada, ben) = (app.newcomer("ada").with_credit_limit("5.00").join(), app.member("ben"));
        let shop = app.register(&ada, true);
        let tokens = app.allowed(&ada, &shop, SCOPES, &[("ceiling_per_day", "10")]);
        let bearer = app.bearer(&tokens);
        pay(&bearer, &ada, &ben, "9.00", "k1").expect_problem(409, "insufficient_credit");
        app.pay(&ben, &ada, "20.00");
        pay(&bearer, &ada, &ben, "10.00", "k2").expect(201);
    }

    fn payments_at_once_do_not_slip_through(app: &TestApp) {
        to_midnight(app);
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let shop = app.register(&ada, true);
        let tokens = app.allowed(&ada, &shop, SCOPES, &[("ceiling_per_day", "10")]);
        let start = Barrier::new(12);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let racers: Vec<_> = (0..12)
                .map(|_| scope.spawn(|| {
                    let bearer = app.bearer(&tokens);
                    start.wait();
                    pay(&bearer, &ada, &ben, "3.00", &fresh_key()).status
                }))
                .collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 3, "{statuses:?}");
        assert_eq!(ada.balance(), "-9.00");
    }

    fn to_allow_it_again_begins_no_new_day(app: &TestApp) {
        to_midnight(app);
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let shop = app.register(&ada, true);
        let allow = |person: &Person, per_day: &str| app.allowed(person, &shop, SCOPES, &[("ceiling_per_day", per_day)]);
        let first = allow(&ada, "10");
        pay(&app.bearer(&first), &ada, &ben, "8.00", "k1").expect(201);
        let again = allow(&ada, "10");
        assert_ceiling(pay(&app.bearer(&again), &ada, &ben, "2.01", "k2"), "app_ceiling_per_day", "2.00");
        // Nor does taking it back and allowing it once more.
        let list = ada.get("/api/v1/me/grants").expect(200);
        for grant in list.data() {
            ada.delete(&format!("/api/v1/me/grants/{}", grant["id"].as_str().unwrap())).expect(204);
        }
        let third = allow(&ada, "10");
        assert_ceiling(pay(&app.bearer(&third), &ada, &ben, "2.01", "k3"), "app_ceiling_per_day", "2.00");
        pay(&app.bearer(&third), &ada, &ben, "2.00", "k4").expect(201);
        // Each consent says how far it goes, and what went before counts.
        let more = allow(&ada, "15");
        assert_ceiling(pay(&app.bearer(&more), &ada, &ben, "5.01", "k5"), "app_ceiling_per_day", "5.00");
        pay(&app.bearer(&more), &ada, &ben, "5.00", "k6").expect(201);
        assert_ceiling(pay(&app.bearer(&allow(&ada, "3")), &ada, &ben, "0.01", "k7"), "app_ceiling_per_day", "0.00");
        // Another app, and the same app for somebody else, spend by their own measure.
        let other = app.register(&ada, true);
        let other = app.allowed(&ada, &other, SCOPES, &[("ceiling_per_day", "10")]);
        pay(&app.bearer(&other), &ada, &ben, "10.00", "k8").expect(201);
        pay(&app.bearer(&allow(&ben, "10")), &ben, &ada, "10.00", "k9").expect(201);
        to_midnight(app);
        pay(&app.bearer(&allow(&ada, "10")), &ada, &ben, "10.00", "k10").expect(201);
    }

    fn ceilings_are_units_whatever_the_scale(app: &TestApp) {
        app.found("LAKE", 0);
        let ada = app.newcomer("ada").of("LAKE").with_credit_limit("100").join();
        let ben = app.newcomer("ben").of("LAKE").with_credit_limit("100").join();
        let shop = app.register(&ada, true);
        let tokens = app.allowed(&ada, &shop, SCOPES, &[("ceiling_per_payment", "2.5")]);
        let bearer = app.bearer(&tokens);
        assert_ceiling(pay(&bearer, &ada, &ben, "3", "k1"), "app_ceiling_per_payment", "2");
        pay(&bearer, &ada, &ben, "2", "k2").expect(201);
    }

    fn a_machine_stays_below_its_ceilings(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let machine = |per_payment: Value, per_day: Value| json!({"name": "Till", "grant_types": ["client_credentials"], "scopes": ["payments:write"],
            "confidential": true, "ceiling_per_payment": per_payment, "ceiling_per_day": per_day});
        ada.post("/api/v1/oauth-clients", &machine(json!("0"), json!(null))).expect_fault("/ceiling_per_payment");
        let mut shop = machine(json!(null), json!("5"));
        shop["grant_types"] = json!(["authorization_code"]);
        shop["redirect_uris"] = json!(["https://shop.example/"]);
        ada.post("/api/v1/oauth-clients", &shop).expect_fault("/ceiling_per_day");
        let made = ada.post("/api/v1/oauth-clients", &machine(json!("20"), json!("30"))).expect(201).body;
        assert_eq!((&made["ceiling_per_payment"], &made["ceiling_per_day"]), (&json!("20"), &json!("30")));
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        let till = App { id: text("client_id"), secret: Some(text("client_secret")) };
        let token = || app.bearer(&till.ask(app, "/oauth/token", &[("grant_type", "client_credentials")]).expect(200).body);
        assert_ceiling(pay(&token(), &ada, &ben, "20.01", "k1"), "app_ceiling_per_payment", "20.00");
        pay(&token(), &ada, &ben, "20.00", "k1").expect(201);
        assert_ceiling(pay(&token(), &ada, &ben, "10.01", "k2"), "app_ceiling_per_day", "10.00");
        app.restart();
        pay(&token(), &ada, &ben, "10.00", "k2").expect(201);
        // To end all sessions ends the machine's, too; the next one has no day of its own.
        let spent = token();
        let ada = ada.again();
        ada.delete("/api/v1/sessions").expect(204);
        pay(&spent, &ada, &ben, "0.01", "k3").expect_problem(401, "unauthenticated");
        assert_ceiling(pay(&token(), &ada, &ben, "0.01", "k3"), "app_ceiling_per_day", "0.00");
        to_midnight(app);
        pay(&token(), &ada, &ben, "20.00", "k3").expect(201);
        assert_eq!(ada.again().balance(), "-50.00");
    }
}

/// Each server remembers what the app spent, and each consent has a token of its own.
#[test]
fn one_day_is_spent_once_over_two_servers_and_two_consents() {
    let database = Arc::new(TestDatabase::new(Engine::Postgres));
    let servers = [TestApp::on(Arc::clone(&database)), TestApp::on(database)];
    servers.iter().for_each(to_midnight);
    let (ada, ben) = (servers[0].member("ada"), servers[0].member("ben"));
    let shop = servers[0].register(&ada, true);
    let consents = [(); 2].map(|()| servers[0].allowed(&ada, &shop, SCOPES, &[("ceiling_per_day", "10")]));
    let start = Barrier::new(12);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..12)
            .map(|place: usize| {
                let bearer = servers[place % 2].bearer(&consents[place / 2 % 2]);
                let (start, ada, ben) = (&start, &ada, &ben);
                scope.spawn(move || {
                    start.wait();
                    pay(&bearer, ada, ben, "3.00", &fresh_key()).status
                })
            })
            .collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 3, "{statuses:?}");
    assert_eq!(ada.balance(), "-9.00");
}
