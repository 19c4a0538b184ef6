//! Who gets in: every route without a token, with a token of too few scopes, and from another community.

use serde_json::{Value, json};

use crate::support::{Caller, Person, Reply, TestApp, both_engines, fresh_key};

/// A guarded route, filled in, with the scope that it asks for.
struct Guarded {
    method: &'static str,
    path: String,
    body: Option<Value>,
    scope: Option<&'static str>,
}

impl Guarded {
    fn send(&self, caller: &Caller) -> Reply {
        let key = fresh_key();
        let body = self.body.as_ref().map(|body| body.to_string().into_bytes());
        caller.send(self.method, &self.path, &[("Idempotency-Key", &key)], body)
    }
}

/// All guarded routes on `ada`'s things; the last one ends the session.
fn guarded(app: &TestApp, ada: &Person, ben: &Person) -> Vec<Guarded> {
    let payment = app.pay(ada, ben, "1.00");
    let mail = crate::mails::write(app, "zoe@lake.example", None);
    let route = |method, path: String, body, scope| Guarded { method, path, body, scope };
    let account = format!("/api/v1/accounts/{}", ada.code);
    let limits = json!({"credit_limit": "100.00", "ceiling": null, "reason": "x"});
    let status = json!({"status": "active", "reason": "x"});
    vec![
        route("GET", "/api/v1/me".into(), None, Some("accounts:read")),
        route("GET", account.clone(), None, Some("accounts:read")),
        route("GET", format!("{account}/entries"), None, Some("accounts:read")),
        route("PUT", format!("{account}/limits"), Some(limits), Some("limits:write")),
        route("PUT", format!("{account}/status"), Some(status), Some("limits:write")),
        route(
            "POST",
            "/api/v1/payments".into(),
            Some(crate::support::payment(ada, ben, "0.01")),
            Some("payments:write"),
        ),
        route("GET", "/api/v1/payments".into(), None, Some("payments:read")),
        route(
            "GET",
            format!("/api/v1/payments/{}", payment["id"].as_str().unwrap()),
            None,
            Some("payments:read"),
        ),
        route("GET", "/api/v1/communities/RIVER/members".into(), None, Some("members:read")),
        route("GET", "/api/v1/communities/RIVER/ledger".into(), None, Some("members:read")),
        route("GET", format!("{account}/step-up"), None, Some("accounts:read")),
        route("PUT", format!("{account}/step-up"), Some(json!({"above": "1000.00"})), None),
        route(
            "PUT",
            "/api/v1/communities/RIVER/step-up".into(),
            Some(json!({"above": "1000.00"})),
            Some("limits:write"),
        ),
        route("GET", "/api/v1/sessions".into(), None, None),
        route("DELETE", "/api/v1/sessions".into(), None, None),
        route("POST", "/api/v1/me/totp".into(), None, None),
        route(
            "POST",
            "/api/v1/sessions/current/step-up".into(),
            Some(json!({"password": crate::support::PASSWORD})),
            None,
        ),
        route("GET", "/api/v1/communities/RIVER/audit".into(), None, None),
        route("GET", "/api/v1/me/audit".into(), None, None),
        route("GET", "/api/v1/communities/RIVER/mails".into(), None, None),
        route("POST", format!("/api/v1/communities/RIVER/mails/{mail}/retry"), None, None),
        route("GET", "/api/v1/me/grants".into(), None, None),
        route("GET", "/api/v1/oauth-clients".into(), None, None),
        route("DELETE", "/api/v1/sessions/current".into(), None, None),
    ]
}

both_engines! {
    fn every_guarded_route_wants_a_token_and_its_scope(app: &TestApp) {
        let (ada, ben) = (app.newcomer("ada").with_admin_rights().join(), app.member("ben"));
        let routes = guarded(app, &ada, &ben);
        let scopes = ["accounts:read", "payments:read", "payments:write", "requests:write", "limits:write", "members:read"];
        let nobody = app.anonymous();
        let forged = nobody.with_token("x.y.z");
        for route in &routes {
            let what = format!("{} {}", route.method, route.path);
            assert_eq!(route.send(&nobody).expect_problem(401, "unauthenticated").header("www-authenticate"), Some("Bearer"), "{what}");
            route.send(&forged).expect_problem(401, "unauthenticated");
            let Some(scope) = route.scope else { continue };
            let others: Vec<_> = scopes.iter().copied().filter(|other| *other != scope).collect();
            for too_few in [others.join(" "), String::new(), scope.to_uppercase(), format!("{scope}:all *")] {
                let reply = route.send(&app.db_with_scopes(&ada, &too_few)).expect_problem(403, "forbidden");
                let challenge = format!(r#"Bearer error="insufficient_scope", scope="{scope}""#);
                assert_eq!(reply.header("www-authenticate"), Some(challenge.as_str()), "{what}");
            }
            let enough = route.send(&app.db_with_scopes(&ada, scope));
            assert!((200..300).contains(&enough.status), "{what}: {}", enough.body);
        }
        routes.last().unwrap().send(&app.db_with_scopes(&ada, "")).expect(204);
    }

    fn every_guarded_route_looks_absent_from_another_community(app: &TestApp) {
        app.found("LAKE", 2);
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let zoe = app.newcomer("zoe").of("LAKE").with_admin_rights().join();
        let before = app.ledger(&ada);
        let own = [
            "/api/v1/me",
            "/api/v1/me/audit",
            "/api/v1/me/grants",
            "/api/v1/me/totp",
            "/api/v1/oauth-clients",
            "/api/v1/payments",
            "/api/v1/sessions",
            "/api/v1/sessions/current",
            "/api/v1/sessions/current/step-up",
        ];
        for route in guarded(app, &ada, &ben) {
            if !own.contains(&route.path.as_str()) || (route.method, route.path.as_str()) == ("POST", "/api/v1/payments") {
                route.send(&zoe).expect_problem(404, "not_found");
            }
        }
        assert_eq!(app.ledger(&ada)["transfers"], before["transfers"].as_i64().unwrap() + 1, "only the one of the set-up");
        assert!(zoe.get("/api/v1/payments").expect(200).data().is_empty());
        let by_id = format!("/api/v1/accounts/{}", ada.account_id);
        zoe.get(&by_id).expect_problem(404, "not_found");
        zoe.get(&format!("{by_id}/entries")).expect_problem(404, "not_found");
    }

    fn refusals_do_not_show_what_exists(app: &TestApp) {
        app.found("LAKE", 2);
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let zoe = app.newcomer("zoe").of("LAKE").join();
        let payment = app.pay(&ada, &ben, "1.00");
        let pairs = [
            (format!("/api/v1/accounts/{}", ada.code), "/api/v1/accounts/RIVER0999".to_owned()),
            (format!("/api/v1/accounts/{}", ada.account_id), "/api/v1/accounts/019a0000-0000-7000-8000-000000000001".to_owned()),
            (format!("/api/v1/accounts/{}", ada.code), "/api/v1/accounts/NOWHERE0001".to_owned()),
            (format!("/api/v1/payments/{}", payment["id"].as_str().unwrap()), "/api/v1/payments/019a0000-0000-7000-8000-000000000001".to_owned()),
            (format!("/api/v1/payments?account={}", ada.code), "/api/v1/payments?account=RIVER0999".to_owned()),
        ];
        for (foreign, absent) in pairs {
            let (one, other) = (zoe.get(&foreign), zoe.get(&absent));
            let other = other.expect_problem(404, "not_found");
            assert_eq!(one.expect_problem(404, "not_found").without_request_id(), other.without_request_id(), "{foreign}");
        }
    }
}
