//! Shop platforms: apps that a member allows at one account.

use serde_json::{Value, json};

use crate::keys::{ask, step};
use crate::support::{App, Person, REDIRECT_URI, TestApp, both_engines, fresh_key, html, parameter};

const SCOPES: &str = "accounts:read payments:read requests:write refunds:write webhooks:manage members:read";

pub fn platform(owner: &Person, scopes: &str) -> App {
    let body = json!({
        "name": "Stalls", "redirect_uris": [REDIRECT_URI], "grant_types": ["authorization_code"],
        "scopes": scopes.split(' ').collect::<Vec<_>>(), "confidential": true,
    });
    let made = owner.post("/api/v1/oauth-clients", &body).expect(201).body;
    let text = |name: &str| made[name].as_str().map(str::to_owned);
    App { id: text("client_id").unwrap(), secret: text("client_secret") }
}

/// The tokens that the platform gets for this account.
pub fn allowed(app: &TestApp, person: &Person, platform: &App, scope: &str, account: &str) -> Value {
    platform.exchange(app, &app.allow(person, platform, scope, &[("account", account)])).expect(200).body
}

both_engines! {
    fn a_member_lets_a_platform_act_at_one_account(app: &TestApp) {
        app.found("LAKE", 2);
        let (ada, shop) = (app.member("ada"), app.newcomer("shop").with_admin_rights().join());
        let second = app.newcomer("shop").of("LAKE").join();
        let stalls = platform(&ada, SCOPES);
        let page = html(&app.browser_of(&shop).get(&stalls.address(SCOPES)).expect(200));
        for text in ["give back, in part or whole", "have your shop told", &format!(r#"<option value="{}""#, second.code), "At all my accounts"] {
            assert!(page.contains(text), "{text} is not on the page: {page}");
        }
        assert_eq!(page.matches(" selected").count(), 1, "what a shop asks for is meant for one account");

        let tokens = allowed(app, &shop, &stalls, SCOPES, &shop.code);
        for tokens in [tokens.clone(), stalls.refresh(app, tokens["refresh_token"].as_str().unwrap()).expect(200).body] {
            let bearer = app.bearer(&tokens);
            bearer.get(&format!("/api/v1/accounts/{}", shop.code)).expect(200);
            for absent in [&ada.code, &second.code, &second.account_id] {
                bearer.get(&format!("/api/v1/accounts/{absent}")).expect_problem(404, "not_found");
            }
            let present = bearer.get("/api/v1/me/grants/current").expect(200).body;
            assert_eq!((&present["account"]["code"], &present["account"]["community"]), (&json!(shop.code), &json!("RIVER")));
            assert_eq!((&present["account"]["test_mode"], &present["client"]["name"]), (&json!(false), &json!("Stalls")));
            for refused in ["/api/v1/me", "/api/v1/communities/RIVER/members", "/api/v1/events"] {
                bearer.get(refused).expect_problem(403, "forbidden");
            }
            let asked = ask(&bearer, &ada.code, &shop.code, "2.00", &fresh_key()).expect(201).body;
            step(&ada, &asked, "accept", &json!({})).expect(200);
            step(&bearer, &asked, "refunds", &json!({"amount": "1.00"})).expect(201);
            let out = json!({"payer": shop.code, "payee": ada.code, "amount": "1.00", "description": ""});
            bearer.post_with("/api/v1/payments", &[("Idempotency-Key", &fresh_key())], &out).expect_problem(403, "forbidden");
            ask(&bearer, &ada.code, &second.code, "1.00", &fresh_key()).expect_problem(404, "not_found");
            assert!(bearer.get("/api/v1/payments").expect(200).data().len() >= 2);
        }
        let grant = shop.get("/api/v1/me/grants").expect(200).data()[0]["id"].as_str().unwrap().to_owned();
        let bearer = app.bearer(&allowed(app, &ada, &stalls, "payments:read", ""));
        assert_eq!(bearer.get("/api/v1/me/grants/current").expect(200).body["account"], json!(null));
        shop.get("/api/v1/me/grants/current").expect_problem(404, "not_found");
        assert!(bearer.get("/api/v1/payments").expect(200).data().len() > 1, "all of them, as before");
        let bearer = app.bearer(&tokens);
        shop.delete(&format!("/api/v1/me/grants/{grant}")).expect(204);
        ask(&bearer, &ada.code, &shop.code, "1.00", &fresh_key()).expect_problem(401, "unauthenticated");
        bearer.get("/api/v1/me/grants/current").expect_problem(401, "unauthenticated");
    }

    fn a_platform_gets_no_more_than_it_asked_for_and_at_no_other_account(app: &TestApp) {
        let (ada, shop) = (app.member("ada"), app.member("shop"));
        let stalls = platform(&ada, "payments:read requests:write");
        let reply = app.browser_of(&shop).get(&stalls.address("payments:read refunds:write")).expect(303);
        assert_eq!(parameter(reply.header("location").unwrap(), "error").as_deref(), Some("invalid_scope"));
        let browser = app.browser_of(&shop);
        browser.submit(&stalls.address("payments:read"), "allow", &[("account", ada.code.as_str())]).expect(400);
        let tokens = allowed(app, &shop, &stalls, "requests:write", &shop.code);
        assert_eq!(tokens["scope"], "requests:write");
        let bearer = app.bearer(&tokens);
        bearer.get("/api/v1/payments").expect_problem(403, "forbidden");
        let wider = [("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"].as_str().unwrap()), ("scope", "requests:write payments:read")];
        assert_eq!(stalls.ask(app, "/oauth/token", &wider).expect(400).body["error"], "invalid_scope");
        let paid = app.pay(&ada, &shop, "1.00");
        step(&bearer, &paid, "refunds", &json!({"amount": "1.00"})).expect_problem(403, "forbidden");
    }
}
