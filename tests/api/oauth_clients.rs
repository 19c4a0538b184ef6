//! `/oauth-clients` and `/me/grants`: registering apps, and taking back what was allowed. Metadata.

use serde_json::{Value, json};

use crate::support::{REDIRECT_URI, both_engines, keys};
use crate::{is_id, is_time};

fn good() -> Value {
    json!({"name": "Mill Bakery's shop", "redirect_uris": [REDIRECT_URI], "grant_types": ["authorization_code"],
        "scopes": ["accounts:read"], "confidential": true})
}

fn with(name: &str, value: Value) -> Value {
    let mut body = good();
    body[name] = value;
    body
}

both_engines! {
    fn an_app_is_registered_and_its_secret_told_once(app: &TestApp) {
        let ada = app.member("ada");
        let reply = ada.post("/api/v1/oauth-clients", &good()).expect(201);
        let all = ["ceiling_per_day", "ceiling_per_payment", "client_id", "client_secret", "confidential", "created_at", "grant_types", "name", "redirect_uris", "scopes"];
        assert_eq!(keys(&reply.body), all);
        assert!(is_id(&reply.body["client_id"]) && is_time(&reply.body["created_at"]));
        assert!(reply.body["client_secret"].as_str().unwrap().starts_with("cfs_"));
        assert_eq!(reply.body["grant_types"], json!(["authorization_code", "refresh_token"]));
        let listed = ada.get("/api/v1/oauth-clients").expect(200);
        assert_eq!(listed.data().len(), 1);
        assert_eq!(listed.data()[0]["client_id"], reply.body["client_id"]);
        assert!(listed.data()[0].get("client_secret").is_none());
        let public = ada.post("/api/v1/oauth-clients", &with("confidential", json!(false))).expect(201);
        assert!(public.body.get("client_secret").is_none());
    }

    fn what_is_wrong_with_an_app_is_named(app: &TestApp) {
        let ada = app.member("ada");
        let cases = [
            (with("name", json!("")), "/name"),
            (with("name", json!("x".repeat(61))), "/name"),
            (with("name", json!("two\nlines")), "/name"),
            (with("redirect_uris", json!([])), "/redirect_uris"),
            (with("redirect_uris", json!([REDIRECT_URI, "http://shop.example/x"])), "/redirect_uris/1"),
            (with("redirect_uris", json!(["javascript:alert(1)"])), "/redirect_uris/0"),
            (with("grant_types", json!(["authorization_code", "implicit"])), "/grant_types/1"),
            (with("grant_types", json!(["authorization_code", "password"])), "/grant_types/1"),
            (with("grant_types", json!([])), "/grant_types"),
            (with("scopes", json!(["accounts:read", "everything"])), "/scopes/1"),
            (with("scopes", json!([])), "/scopes"),
        ];
        for (body, pointer) in cases {
            ada.post("/api/v1/oauth-clients", &body).expect_fault(pointer);
        }
        let machine = json!({"name": "x", "grant_types": ["client_credentials"], "scopes": ["accounts:read"], "confidential": false});
        ada.post("/api/v1/oauth-clients", &machine).expect_fault("/confidential");
        ada.post("/api/v1/oauth-clients", &with("first_party", json!(true))).expect_problem(400, "validation_failed");
        assert!(ada.get("/api/v1/oauth-clients").expect(200).data().is_empty());
    }

    fn nobody_has_more_than_twenty(app: &TestApp) {
        let ada = app.member("ada");
        for _ in 0..20 {
            ada.post("/api/v1/oauth-clients", &good()).expect(201);
        }
        let refused = ada.post("/api/v1/oauth-clients", &good()).expect_problem(409, "conflict");
        assert_eq!(refused.body["reason"], "too_many");
        app.member("ben").post("/api/v1/oauth-clients", &good()).expect(201);
    }

    fn a_removed_app_is_out(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let shop = app.register(&ada, true);
        let tokens = app.allowed(&ben, &shop, "accounts:read", &[]);
        let path = format!("/api/v1/oauth-clients/{}", shop.id);
        ben.delete(&path).expect_problem(404, "not_found");
        app.bearer(&tokens).get("/api/v1/me").expect(200);
        ada.delete(&path).expect(204);
        ada.delete(&path).expect_problem(404, "not_found");
        app.bearer(&tokens).get("/api/v1/me").expect_problem(401, "unauthenticated");
        let refused = shop.refresh(app, tokens["refresh_token"].as_str().unwrap()).expect(401);
        assert_eq!(refused.body["error"], "invalid_client");
        assert!(app.browser().get(&shop.address("accounts:read")).expect(400).header("location").is_none());
    }

    fn a_member_sees_and_takes_back_what_they_allowed(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let shop = app.register(&ada, false);
        let tokens = app.allowed(&ben, &shop, "accounts:read payments:write", &[("ceiling_per_payment", "20"), ("ceiling_per_day", "50.5")]);
        let listed = ben.get("/api/v1/me/grants").expect(200);
        let grant = &listed.data()[0];
        assert_eq!(keys(grant), ["ceiling_per_day", "ceiling_per_payment", "client", "created_at", "id", "last_used_at", "scopes"]);
        assert_eq!(grant["client"], json!({"id": shop.id, "name": "Mill Bakery's shop"}));
        assert_eq!(grant["scopes"], json!(["accounts:read", "payments:write"]));
        assert_eq!((&grant["ceiling_per_payment"], &grant["ceiling_per_day"]), (&json!("20"), &json!("50.50")));
        assert!(ada.get("/api/v1/me/grants").expect(200).data().is_empty(), "others' are not told");
        let path = format!("/api/v1/me/grants/{}", grant["id"].as_str().unwrap());
        ada.delete(&path).expect_problem(404, "not_found");
        ben.delete("/api/v1/me/grants/nonsense").expect_problem(404, "not_found");
        ben.delete(&path).expect(204);
        app.bearer(&tokens).get("/api/v1/me").expect_problem(401, "unauthenticated");
        shop.refresh(app, tokens["refresh_token"].as_str().unwrap()).expect(400);
        assert!(ben.get("/api/v1/me/grants").expect(200).data().is_empty());
        ben.get("/api/v1/me").expect(200);
    }

    fn apps_do_not_decide_about_apps(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let shop = app.register(&ada, true);
        let tokens = app.allowed(&ben, &shop, "accounts:read", &[]);
        let bearer = app.bearer(&tokens);
        bearer.post("/api/v1/oauth-clients", &good()).expect_problem(403, "forbidden");
        bearer.get("/api/v1/oauth-clients").expect_problem(403, "forbidden");
        bearer.delete(&format!("/api/v1/oauth-clients/{}", shop.id)).expect_problem(403, "forbidden");
        bearer.get("/api/v1/me/grants").expect_problem(403, "forbidden");
        bearer.delete("/api/v1/me/grants/019a0000-0000-7000-8000-000000000001").expect_problem(403, "forbidden");
        app.anonymous().get("/api/v1/me/grants").expect_problem(401, "unauthenticated");
        app.anonymous().delete("/api/v1/me/grants/019a0000-0000-7000-8000-000000000001").expect_problem(401, "unauthenticated");
        app.anonymous().post("/api/v1/oauth-clients", &good()).expect_problem(401, "unauthenticated");
        app.anonymous().delete("/api/v1/oauth-clients/x").expect_problem(401, "unauthenticated");
    }

    fn metadata_says_what_can_be_done(app: &TestApp) {
        let reply = app.anonymous().get("/.well-known/oauth-authorization-server").expect(200);
        let metadata = &reply.body;
        assert_eq!(metadata["issuer"], "https://river.example");
        assert_eq!(metadata["authorization_endpoint"], "https://river.example/oauth/authorize");
        assert_eq!(metadata["token_endpoint"], "https://river.example/oauth/token");
        assert_eq!(metadata["revocation_endpoint"], "https://river.example/oauth/revoke");
        assert_eq!(metadata["introspection_endpoint"], "https://river.example/oauth/introspect");
        assert_eq!(metadata["jwks_uri"], "https://river.example/.well-known/jwks.json");
        assert_eq!(metadata["response_types_supported"], json!(["code"]));
        assert_eq!(metadata["grant_types_supported"], json!(["authorization_code", "refresh_token", "client_credentials"]));
        assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
        assert_eq!(metadata["token_endpoint_auth_methods_supported"], json!(["client_secret_basic", "client_secret_post", "none"]));
        assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
        app.anonymous().get("/.well-known/oauth-authorization-server/other").expect_problem(404, "not_found");
        app.anonymous().post("/.well-known/oauth-authorization-server", &json!({})).expect_problem(405, "method_not_allowed");
    }
}
