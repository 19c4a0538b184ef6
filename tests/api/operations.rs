//! Health, keys and documents.

use counterfoil::http::problem::ProblemCode;
use serde_json::json;

use crate::support::{both_engines, keys};

both_engines! {
    fn health_and_readiness_are_told_to_anyone(app: &TestApp) {
        assert_eq!(app.anonymous().get("/healthz").expect(200).body, json!({"status": "ok"}));
        assert_eq!(app.anonymous().get("/readyz").expect(200).body, json!({"status": "ok"}));
    }

    fn a_stopped_ledger_is_not_ready_and_turns_payments_away(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        ada.tokens();
        app.services().ledger().stop();
        assert_eq!(app.anonymous().get("/healthz").expect(200).body, json!({"status": "ok"}));
        app.anonymous().get("/readyz").expect(503);
        let refused = app.try_pay(&ada, &ben, "1.00").expect_problem(503, "overloaded");
        assert_eq!(refused.header("retry-after"), Some("1"));
        assert_eq!(ada.balance(), "0.00");
    }

    fn the_key_set_holds_the_key_of_fresh_tokens(app: &TestApp) {
        let reply = app.anonymous().get("/.well-known/jwks.json").expect(200);
        assert_eq!(reply.header("cache-control"), Some("public, max-age=300"));
        let set = reply.body["keys"].as_array().unwrap();
        assert_eq!(set.len(), 1);
        assert_eq!(keys(&set[0]), ["alg", "crv", "kid", "kty", "use", "x", "y"], "public members only");
        assert_eq!((&set[0]["alg"], &set[0]["crv"], &set[0]["use"]), (&json!("ES256"), &json!("P-256"), &json!("sig")));
        let access = app.member("ada").tokens().access;
        let key = jsonwebtoken::DecodingKey::from_ec_components(set[0]["x"].as_str().unwrap(), set[0]["y"].as_str().unwrap());
        let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
        validation.set_audience(&["https://river.example/api/v1"]);
        validation.set_issuer(&["https://river.example"]);
        let token = jsonwebtoken::decode::<serde_json::Value>(&access, &key.unwrap(), &validation).unwrap();
        assert_eq!(token.header.kid.as_deref(), set[0]["kid"].as_str());
        assert_eq!(token.header.typ.as_deref(), Some("at+jwt"));
    }

    fn the_description_is_served(app: &TestApp) {
        let reply = app.anonymous().get("/openapi.json").expect(200);
        assert_eq!(reply.header("content-type"), Some("application/json"));
        assert!(reply.body["openapi"].as_str().unwrap().starts_with("3.1."));
        let paths = reply.body["paths"].as_object().unwrap();
        assert!(paths.contains_key("/api/v1/payments") && paths.contains_key("/api/v1/accounts/{account}/limits"));
    }

    fn the_browsable_page_brings_everything_itself(app: &TestApp) {
        let nobody = app.anonymous();
        assert_eq!(nobody.get("/docs").expect(308).header("location"), Some("/docs/"));
        let page = nobody.get("/docs/").expect(200);
        assert!(page.header("content-type").unwrap().starts_with("text/html"));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        let html = String::from_utf8(page.bytes).unwrap();
        let parts: Vec<_> = html.split(['"', '\'']).filter(|part| part.ends_with(".js") || part.ends_with(".css")).collect();
        assert!(!parts.is_empty());
        for part in parts {
            assert!(!part.contains("//"), "{part} comes from elsewhere");
            nobody.get(&format!("/docs/{}", part.trim_start_matches("./"))).expect(200);
        }
        let setup = nobody.get("/docs/swagger-initializer.js").expect(200);
        assert!(String::from_utf8_lossy(&setup.bytes).contains("/openapi.json"));
    }

    fn a_problems_type_leads_to_its_meaning(app: &TestApp) {
        let problem = app.anonymous().get("/api/v1/me").expect_problem(401, "unauthenticated");
        let path = problem.body["type"].as_str().unwrap().strip_prefix("https://river.example").unwrap().to_owned();
        let meaning = app.anonymous().get(&path).expect(200);
        assert!(String::from_utf8_lossy(&meaning.bytes).contains("unauthenticated"));
        for code in ProblemCode::ALL {
            app.anonymous().get(&format!("/problems/{}", code.code())).expect(200);
        }
        app.anonymous().get("/problems/nonsense").expect_problem(404, "not_found");
    }
}
