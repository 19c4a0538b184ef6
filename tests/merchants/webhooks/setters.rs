//! Who set an endpoint: shown with it, and told to the account's owners.

use serde_json::{Value, json};

use super::{ENDPOINTS, Endpoint};
use crate::keys::{db_operate_too, make, with_key};
use crate::platforms::{allowed, platform};
use crate::support::{Person, TestApp, both_engines};

const URL: &str = "https://shop.example/hooks?token=known-to-the-receiver";

/// What was written about endpoints to somebody.
fn letters(app: &TestApp, to: &Person) -> Vec<Value> {
    let sql = format!(
        "SELECT parameters AS value FROM mails WHERE kind = 102 AND recipient = '{}' ORDER BY id",
        to.email
    );
    app.database.db_texts(&sql).iter().map(|text| serde_json::from_str(text).unwrap()).collect()
}

/// What the newest of them tell, and with what it was done.
fn told(app: &TestApp, to: &Person) -> Vec<(String, String, String)> {
    let text = |letter: &Value, name: &str| letter["webhook_set"][name].as_str().unwrap().to_owned();
    let facts = |letter: &Value| (text(letter, "change"), text(letter, "host"), text(letter, "with"));
    letters(app, to).iter().map(facts).collect()
}

fn fact(change: &str, host: &str, with: &str) -> (String, String, String) {
    (change.to_owned(), host.to_owned(), with.to_owned())
}

both_engines! {
    fn owners_are_told_who_listens_from_now_on(app: &TestApp) {
        let (shop, ben) = (app.member("shop"), app.member("ben"));
        db_operate_too(app, &ben, &shop);
        let key = make(&shop, &["webhooks:manage", "payments:read"]);
        let till = with_key(app, &key);
        let body = json!({"url": URL, "events": ["payment.*"]});
        let made = till.post(ENDPOINTS, &body).expect(201).body;
        assert_eq!(made["set_by"], json!({"kind": "api_key", "id": key["id"], "name": "Till"}));
        let mut expected = vec![fact("made", "shop.example", "Till")];
        assert_eq!((told(app, &shop), told(app, &ben)), (expected.clone(), expected.clone()));
        assert!(!letters(app, &shop)[0].to_string().contains("known-to-the-receiver"), "what only the receiver knows stays out");

        let path = format!("{ENDPOINTS}/{}", made["id"].as_str().unwrap());
        for (change, is_news) in [
            (json!({"description": "Mine"}), false),
            (json!({"url": URL}), false),
            (json!({"enabled": false}), false),
            (json!({"url": "https://elsewhere.example:8443/"}), true),
        ] {
            till.patch(&path, &change).expect(200);
            expected.extend(is_news.then(|| fact("moved", "elsewhere.example:8443", "Till")));
            assert_eq!(told(app, &shop), expected, "{change}");
        }
        // Somebody else's hand at the secret leaves alone who said where messages go.
        let secret = ben.post(&format!("{path}/rotate-secret"), &json!({})).expect(200).body["secret"].clone();
        expected.push(fact("new_secret", "elsewhere.example:8443", ""));
        assert_eq!((told(app, &shop), told(app, &ben)), (expected.clone(), expected.clone()));
        assert!(!letters(app, &ben).iter().any(|letter| letter.to_string().contains(secret.as_str().unwrap())));
        assert_eq!(shop.get(&path).expect(200).body["set_by"]["kind"], "api_key");
        // It is the account's, and outlives the key: the list says which it was.
        shop.delete(&format!("/api/v1/api-keys/{}", key["id"].as_str().unwrap())).expect(204);
        let listed = shop.get(ENDPOINTS).expect(200);
        assert_eq!(listed.data()[0]["set_by"], json!({"kind": "api_key", "id": key["id"], "name": null}));
        let own = shop.patch(&path, &json!({"url": URL})).expect(200).body;
        assert_eq!(own["set_by"], json!({"kind": "person", "id": shop.user_id.to_string(), "name": null}));
        shop.delete(&path).expect(204);
        expected.push(fact("moved", "shop.example", ""));
        assert_eq!(told(app, &shop), expected, "that it is gone lets nobody listen");
    }

    fn a_platform_is_named(app: &TestApp) {
        let (ada, shop) = (app.member("ada"), app.member("shop"));
        let scopes = "payments:read webhooks:manage";
        let stalls = platform(&ada, scopes);
        let bearer = app.bearer(&allowed(app, &shop, &stalls, scopes, &shop.code));
        let made = bearer.post(ENDPOINTS, &json!({"url": URL, "events": ["payment.*"]})).expect(201).body;
        assert_eq!(made["set_by"], json!({"kind": "app", "id": stalls.id, "name": "Stalls"}));
        assert_eq!(told(app, &shop), [fact("made", "shop.example", "Stalls")]);
        assert!(letters(app, &ada).is_empty(), "whose app it is has no part in it");
        ada.delete(&format!("/api/v1/oauth-clients/{}", stalls.id)).expect(204);
        assert_eq!(shop.get(ENDPOINTS).expect(200).data()[0]["set_by"], json!({"kind": "app", "id": stalls.id, "name": null}));
    }

    fn nobodys_mailbox_is_filled(app: &TestApp) {
        let shop = app.member("shop");
        let endpoint = Endpoint::for_url(&shop, URL, &json!(["*"]));
        for number in 0..24 {
            shop.patch(&endpoint.path(), &json!({"url": format!("https://{number}.example/")})).expect(200);
        }
        assert_eq!(letters(app, &shop).len(), 20);
        app.clock.advance(86_401);
        shop.again().post(&format!("{}/rotate-secret", endpoint.path()), &json!({})).expect(200);
        assert_eq!(letters(app, &shop).len(), 21, "another day");
    }
}
