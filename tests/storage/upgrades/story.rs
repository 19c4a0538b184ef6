//! A small real history that leaves rows in nearly all tables: a year by the river, told through the API and by the service's own
//! work.

use counterfoil::jobs::{
    Contributing, Expiring, Leaving, Limiting, Measuring, Notifying, PayingIncomes, Scheduling, Stating,
    Telling, Work,
};
use serde_json::{Value, json};

use crate::support::{PASSWORD, Person, Reply, TestApp, fresh_key};

const RIVER: &str = "/api/v1/communities/RIVER";

/// Lets the whole history happen.
pub fn live(app: &TestApp) {
    app.until("2027-01-04T10:00:00Z");
    app.found_in("RIVER", 2, "Europe/Berlin");
    let (greta, otto) = (app.admin(), app.newcomer("otto").with_admin_rights().join());
    rules_are_made(&greta);
    people_come(app, &greta);
    they_trade(app, &greta, &otto);
    a_shop_sells(app);
    months_pass(app, &["2027-02-01", "2027-03-01"]);
    an_admin_pays_out(app);
    some_go(app);
    months_pass(app, &["2027-04-01", "2027-05-01"]);
}

fn months_pass(app: &TestApp, firsts: &[&str]) {
    for first in firsts {
        app.until(&format!("{first}T10:00:00Z"));
        work(app);
    }
}

/// Everything that the service does by itself and that is due, as after a start. What would go out stays here.
pub fn work(app: &TestApp) {
    let services = app.services();
    let works: [&dyn Work; 10] = [
        &Scheduling::new(services.clone()),
        &Expiring::new(services.clone()),
        &Leaving::new(services.clone()),
        &Limiting::new(services.clone()),
        &Contributing::new(services.clone()),
        &PayingIncomes::new(services.clone()),
        &Measuring::new(services.clone()),
        &Notifying::new(services.clone()),
        &Stating::new(services.clone()),
        &Telling::new(services),
    ];
    for work in works {
        while app.block_on(work.do_one()).unwrap() {}
    }
}

fn rules_are_made(greta: &Person) {
    let patch = |body: &Value| greta.patch(RIVER, body).expect(200);
    patch(&json!({"joining": "open", "members_may_invite": true, "reason": "Founding meeting"}));
    let put = |what: &str, mut body: Value| {
        body["reason"] = json!("Founding meeting");
        greta.put(&format!("{RIVER}/{what}"), &body).expect(200);
    };
    put("approval-rules", json!({"limits_above": "500.00", "reversals_above": "25.00"}));
    put(
        "health/thresholds",
        json!({"thresholds": [{"figure": "credit_used", "side": "above", "value": "40.00"}]}),
    );
    let [none, part] = [0, 100].map(|basis_points| json!({"fixed": "0.00", "basis_points": basis_points}));
    put("fees", json!({"payer": none, "payee": part}));
    let side =
        |allowance: &str, basis_points: i64| json!({"allowance": allowance, "basis_points": basis_points});
    put(
        "contributions",
        json!({"every": "month", "amount": "0.50", "above": side("20.00", 1_200), "below": side("50.00", 600)}),
    );
    put("fund/income", json!({"every": "month", "amount": "0.10"}));
    let founders = greta.post(&format!("{RIVER}/groups"), &json!({"name": "Founders"})).expect(201).body;
    let fixed = |base: &str| json!({"base": base, "terms": [], "minimum": "0", "maximum": base});
    let rule = json!({"kind": null, "group": founders["id"], "credit_limit": fixed("150"), "ceiling": null});
    put("limit-policy", json!({"rules": [rule], "default": {"credit_limit": fixed("100"), "ceiling": null}}));
    let class = json!({"kind": "person", "group": founders["id"], "reason": "Known to us"});
    greta.put(&format!("{RIVER}/members/{}/class", member_id(greta)), &class).expect(200);
    let terms = json!({"title": "Our agreement", "text": "We trade with each other."});
    greta.post(&format!("{RIVER}/agreements"), &terms).expect(201);
}

fn people_come(app: &TestApp, greta: &Person) {
    for name in ["ada", "ben", "cleo", "dan", "edda", "ada-lin", "mill"] {
        app.member(name);
    }
    let asking = json!({"email": "zoe@lake.example", "password": PASSWORD, "name": "Zoe Lake", "message": "I repair bicycles.",
        "agreement_version": 1});
    app.anonymous().post(&format!("{RIVER}/applications"), &asking).expect(202);
    let inviting = json!({"email": "nils@lake.example", "name": "Nils", "message": "Come!"});
    greta.post(&format!("{RIVER}/invitations"), &inviting).expect(201);
    let ada = app.member("ada");
    ada.put(&format!("/api/v1/accounts/{}/monthly-statement", ada.code), &json!({"by_mail": true}))
        .expect(200);
    app.anonymous().post("/api/v1/password-resets", &json!({"email": ada.email})).expect(202);
    let wallet = app.register(&ada, false);
    app.allowed(&ada, &wallet, "accounts:read payments:write", &[]);
    let own = json!({"credit_limit": "120.00", "ceiling": "900.00", "reason": "A large order"});
    greta.put(&format!("/api/v1/accounts/{}/limits", app.member("mill").code), &own).expect(200);
    let once = json!({"amount": "150.00", "until": "2027-01-06T10:00:00Z", "reason": "A new oven"});
    greta.put(&format!("/api/v1/accounts/{}/allowance", app.member("cleo").code), &once).expect(200);
}

fn they_trade(app: &TestApp, greta: &Person, otto: &Person) {
    let [ada, ben, cleo, mill] = ["ada", "ben", "cleo", "mill"].map(|name| app.member(name));
    let flour = app.pay(&ada, &mill, "40.00");
    step(&mill, &flour, "refunds", &json!({"amount": "10.00", "reason": "A damp sack"})).expect(201);
    ada.put(
        &format!("/api/v1/payments/{}/note", id(&flour)),
        &json!({"category": "Food", "note": "For all"}),
    )
    .expect(200);
    app.try_pay(&ben, &ada, "500.00").expect_problem(409, "insufficient_credit");
    let mistaken = app.pay(&ben, &cleo, "30.00");
    let asked =
        step(greta, &mistaken, "reversal", &json!({"reason": "It was meant for Ada"})).expect(202).body;
    let agree = format!("{RIVER}/approvals/{}/approve", id(&asked));
    otto.post(&agree, &json!({"reason": "Seen"})).expect(200);
    for end in ["capture", "void", ""] {
        let mut door = order(&mill, &ada, "20.00");
        door["capture"] = json!("manual");
        let held = mill.post_payment(&fresh_key(), &door).expect(201).body;
        match end {
            "capture" => drop(step(&ada, &held, end, &json!({"amount": "15.00"})).expect(200)),
            "void" => drop(step(&ada, &held, end, &json!({})).expect(200)),
            _ => {}
        }
    }
    let ask = |body: &Value| {
        mill.post_with("/api/v1/payment-requests", &[("Idempotency-Key", &fresh_key())], body)
            .expect(201)
            .body
    };
    let bill = ask(&order(&cleo, &mill, "12.00"));
    step(&cleo, &bill, "accept", &json!({})).expect(200);
    ask(&order(&ben, &mill, "3.00"));
    let trusted = format!("/api/v1/accounts/{}/trusted-payees/{}", cleo.code, mill.code);
    cleo.put(&trusted, &json!({"up_to": "20.00", "per_month": "50"})).expect(200);
    ask(&order(&cleo, &mill, "4.00"));
    let mut garden = order(&ben, &ada, "5.00");
    garden["starts_on"] = json!("2027-01-20");
    garden["unit"] = json!("month");
    garden["count"] = json!(9);
    ben.post_with("/api/v1/schedules", &[("Idempotency-Key", &fresh_key())], &garden).expect(201);
    let teller = json!({"rights": ["see"], "per_payment": null, "per_day": null});
    mill.put(&format!("/api/v1/accounts/{}/tellers/{}", mill.code, ben.user_id), &teller).expect(200);
    work(app);
}

fn a_shop_sells(app: &TestApp) {
    let [ada, ben, mill] = ["ada", "ben", "mill"].map(|name| app.member(name).again());
    mill.put(&format!("/api/v1/accounts/{}/local-share", mill.code), &json!({"local_percent": "25"}))
        .expect(200);
    let key = json!({"name": "Till", "account": mill.code, "scopes": ["requests:write", "payments:read", "refunds:write"]});
    mill.post("/api/v1/api-keys", &key).expect(201);
    mill.post("/api/v1/webhook-endpoints", &json!({"url": "http://127.0.0.1:9999/hook", "events": ["*"]}))
        .expect(201);
    mill.post("/api/v1/payment-links", &json!({"account": mill.code, "title": "Coffee"})).expect(201);
    mill.post(&format!("{RIVER}/sandbox"), &json!({})).expect(200);
    let checkout = |order: &str, more: &Value| {
        let mut body = json!({"account": mill.code, "amount": "10.00", "order_reference": order, "description": "Order 1042",
            "return_url": "https://shop.example/ok", "cancel_url": "https://shop.example/cancel", "metadata": {"order_key": "k"}});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        mill.post_with("/api/v1/checkouts", &[("Idempotency-Key", &fresh_key())], &body).expect(201).body
    };
    let two_moneys = json!({"split": {"currency": "EUR", "amount": "30.00"}});
    let approve = |who: &Person, made: &Value| {
        let path = format!("/api/v1/checkouts/{}/approve", id(made));
        who.post_with(&path, &[("Idempotency-Key", &fresh_key())], &json!({"payer": who.code}))
            .expect(200)
            .body
    };
    for (order, part) in [("1", Some("4.00")), ("2", Some("10.00")), ("3", None)] {
        let paid = approve(&ada, &checkout(order, &two_moneys));
        let payment = json!({"id": paid["payment_id"]});
        if let Some(part) = part {
            step(&mill, &payment, "refunds", &json!({"amount": part})).expect(201);
        }
    }
    let held = approve(&ben, &checkout("4", &json!({"capture": "manual"})));
    assert_eq!(held["state"], "authorised");
    checkout("5", &two_moneys);
    work(app);
}

fn an_admin_pays_out(app: &TestApp) {
    let (greta, ben) = (app.admin().again(), app.member("ben"));
    let roof = json!({"payee": ben.code, "amount": "0.40", "description": "Mending the roof"});
    let path = format!("{RIVER}/fund/payouts");
    greta.post_with(&path, &[("Idempotency-Key", &fresh_key())], &roof).expect(201);
}

/// One settles by a plan, one leaves a debt that is written off, and one was there twice.
fn some_go(app: &TestApp) {
    let [greta, otto] = ["greta", "otto"].map(|name| app.member(name).again());
    let [ada, twin, ben, dan, edda] =
        ["ada", "ada-lin", "ben", "dan", "edda"].map(|name| app.member(name).again());
    app.pay(&ben, &twin, "3.00");
    app.pay(&dan, &ben, "7.00");
    app.pay(&edda, &ada, "20.00");
    dan.put("/api/v1/me/memberships/RIVER/leaving", &json!({"reason": "Moving to the coast"})).expect(200);
    let leaving = format!("{RIVER}/members/{}/leaving", member_id(&dan));
    let plan = json!({"target_on": "2027-08-20", "instalments": [{"due_on": "2027-08-20", "amount": "7.50"}], "version": 1,
        "reason": "As we said"});
    dan.put(&format!("{leaving}/plan"), &plan).expect(200);
    greta.post(&format!("{leaving}/plan/agree"), &json!({"version": 2})).expect(200);
    let gone = json!({"status": "leaving", "reason": "Her house is empty"});
    greta.put(&format!("{RIVER}/members/{}/status", member_id(&edda)), &gone).expect(200);
    let what = json!({"account": edda.code, "category": "unreachable", "reason": "Decided at the meeting"});
    let asked = greta.post(&format!("{RIVER}/write-offs"), &what).expect(202).body;
    otto.post(&format!("{RIVER}/approvals/{}/approve", id(&asked)), &json!({"reason": "Seen"})).expect(200);
    let twins = json!({"duplicate": twin.code, "kept": ada.code, "reason": "Ada signed up twice"});
    let asked = greta.post(&format!("{RIVER}/merges"), &twins).expect(202).body;
    otto.post(&format!("{RIVER}/approvals/{}/approve", id(&asked)), &json!({"reason": "Seen"})).expect(200);
}

fn id(of: &Value) -> &str {
    of["id"].as_str().unwrap_or_else(|| panic!("{of}"))
}

fn member_id(person: &Person) -> String {
    let me = person.get("/api/v1/me").expect(200).body;
    me["memberships"][0]["member"]["id"].as_str().unwrap().to_owned()
}

fn order(payer: &Person, payee: &Person, amount: &str) -> Value {
    json!({"payer": payer.code, "payee": payee.code, "amount": amount, "description": "Rye loaves"})
}

/// A payment's next step under a fresh key.
fn step(who: &Person, payment: &Value, verb: &str, body: &Value) -> Reply {
    let path = format!("/api/v1/payments/{}/{verb}", id(payment));
    who.post_with(&path, &[("Idempotency-Key", &fresh_key())], body)
}
