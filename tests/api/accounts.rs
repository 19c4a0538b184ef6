//! `GET /accounts/{account}` and `/entries`.

use serde_json::{Value, json};

use crate::support::{both_engines, keys};
use crate::{ACCOUNT, PUBLIC_ACCOUNT, is_id, is_time};

both_engines! {
    fn owners_see_everything(app: &TestApp) {
        let ada = app.newcomer("Ada Brook").with_ceiling("500.00").join();
        let account = ada.account();
        assert_eq!(keys(&account), ACCOUNT);
        assert!(is_id(&account["id"]) && is_time(&account["created_at"]));
        let expected = json!({
            "id": ada.account_id, "code": ada.code, "community": "RIVER", "kind": "member", "name": "Ada Brook",
            "status": "active", "balance": "0.00", "reserved": "0.00", "available": "100.00", "credit_limit": "100.00",
            "ceiling": "500.00", "negative_since": null, "created_at": account["created_at"],
        });
        assert_eq!(account, expected);
        let by_id = ada.get(&format!("/api/v1/accounts/{}", ada.account_id)).expect(200);
        assert_eq!(by_id.body, account);
    }

    fn others_see_that_it_exists_and_admins_see_it_whole(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        app.pay(&ada, &ben, "12.50");
        for reference in [&ada.code, &ada.account_id] {
            let path = format!("/api/v1/accounts/{reference}");
            let seen = ben.get(&path).expect(200).body;
            assert_eq!(keys(&seen), PUBLIC_ACCOUNT);
            assert_eq!(seen, json!({"id": ada.account_id, "code": ada.code, "name": "ada", "kind": "member", "status": "active"}));
            assert_eq!(app.admin().get(&path).expect(200).body, ada.account());
        }
        let commons = ben.get("/api/v1/accounts/RIVER0000").expect(200).body;
        assert_eq!((keys(&commons), &commons["kind"]), (PUBLIC_ACCOUNT.to_vec(), &json!("commons")));
        assert_eq!(keys(&app.admin().get("/api/v1/accounts/RIVER0000").expect(200).body), ACCOUNT);
    }

    fn balances_follow_payments(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        app.pay(&ada, &ben, "12.50");
        let account = ada.account();
        assert_eq!((&account["balance"], &account["available"]), (&json!("-12.50"), &json!("87.50")));
        assert!(is_time(&account["negative_since"]));
        let since = account["negative_since"].clone();
        app.pay(&ada, &ben, "0.01");
        assert_eq!(ada.account()["negative_since"], since, "still the same debt");
        assert_eq!(ben.account()["negative_since"], Value::Null);
        app.pay(&ben, &ada, "12.51");
        let account = ada.account();
        assert_eq!((&account["balance"], &account["negative_since"]), (&json!("0.00"), &Value::Null));
    }

    fn polling_a_balance_is_cheap(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let path = format!("/api/v1/accounts/{}", ada.code);
        let first = ada.get(&path).expect(200);
        let tag = first.header("etag").unwrap().to_owned();
        assert!(tag.starts_with('"') && tag.ends_with('"'), "a strong tag: {tag}");
        assert_eq!(first.header("cache-control"), Some("private, no-cache"));
        assert_eq!(first.header("vary"), Some("Authorization, Accept"));
        for known in [tag.clone(), format!("\"x\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
            let unchanged = ada.get_with(&path, &[("If-None-Match", &known)]).expect(304);
            assert!(unchanged.bytes.is_empty());
            assert_eq!(unchanged.header("etag"), Some(tag.as_str()));
            assert_eq!(unchanged.header("cache-control"), Some("private, no-cache"));
        }
        ada.get_with(&path, &[("If-None-Match", "\"other\"")]).expect(200);
        app.pay(&ben, &ada, "1.00");
        let changed = ada.get_with(&path, &[("If-None-Match", &tag)]).expect(200);
        assert_ne!(changed.header("etag"), Some(tag.as_str()));
        // Who sees less has another tag, which money does not change.
        let seen = ben.get(&path).expect(200).header("etag").unwrap().to_owned();
        assert_ne!(Some(seen.as_str()), changed.header("etag"));
        app.pay(&ben, &ada, "1.00");
        ben.get_with(&path, &[("If-None-Match", &seen)]).expect(304);
        app.set_status(&ada, "frozen");
        ben.get_with(&path, &[("If-None-Match", &seen)]).expect(200);
    }

    fn entries_tell_the_accounts_story_newest_first(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("Ben Ford"));
        let first = app.pay(&ada, &ben, "12.50");
        let second = app.pay(&ben, &ada, "2.00");
        let page = ada.get(&format!("/api/v1/accounts/{}/entries", ada.code)).expect(200);
        assert_eq!(keys(&page.body), ["data", "next_cursor"]);
        assert_eq!(page.body["next_cursor"], Value::Null);
        let entries = page.data();
        assert_eq!(entries.len(), 2);
        for entry in entries {
            let names = ["account_seq", "amount", "balance_after", "counterparty", "created_at", "description", "id", "kind", "payment_id", "seq"];
            assert_eq!(keys(entry), names);
            assert_eq!(keys(&entry["counterparty"]), ["code", "name"]);
            assert_eq!(entry["counterparty"], json!({"code": ben.code, "name": "Ben Ford"}));
            assert_eq!((&entry["kind"], &entry["description"]), (&json!("principal"), &json!("Rye loaves")));
            assert!(is_time(&entry["created_at"]) && entry["id"].is_string());
        }
        let told = |entry: &Value| (entry["account_seq"].clone(), entry["amount"].clone(), entry["balance_after"].clone());
        assert_eq!(told(&entries[0]), (json!(2), json!("2.00"), json!("-10.50")));
        assert_eq!(told(&entries[1]), (json!(1), json!("-12.50"), json!("-12.50")));
        assert_eq!((&entries[0]["payment_id"], &entries[1]["payment_id"]), (&second["id"], &first["id"]));
        assert_eq!((&entries[0]["seq"], &entries[1]["seq"]), (&second["transfer"]["seq"], &first["transfer"]["seq"]));
        let other_side = ben.get(&format!("/api/v1/accounts/{}/entries", ben.account_id)).expect(200);
        assert_eq!(other_side.data()[1]["amount"], "12.50");
        assert_eq!(other_side.data()[1]["counterparty"]["code"], ada.code);
        assert_ne!(other_side.data()[1]["id"], entries[1]["id"], "each entry has an id of its own");
        assert_eq!(app.admin().get(&format!("/api/v1/accounts/{}/entries", ada.code)).expect(200).body, page.body);
    }

    fn others_entries_look_absent(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        app.pay(&ada, &ben, "1.00");
        let foreign = ben.get(&format!("/api/v1/accounts/{}/entries", ada.code)).expect_problem(404, "not_found");
        let absent = ben.get("/api/v1/accounts/RIVER0999/entries").expect_problem(404, "not_found");
        assert_eq!(foreign.without_request_id(), absent.without_request_id());
        ben.get("/api/v1/accounts/RIVER0000/entries").expect_problem(404, "not_found");
    }

    fn what_cannot_be_an_account_is_absent(app: &TestApp) {
        let ada = app.member("ada");
        let upper = ada.account_id.to_uppercase();
        let bare = ada.account_id.replace('-', "");
        for reference in ["RIVER", "river0001", "RIVER1", "RIVER00001", "0", "-", "RIVER0001%20", "%00", "%FF", "RIVER%00001", "a%2Fb", &bare] {
            ada.get(&format!("/api/v1/accounts/{reference}")).expect_problem(404, "not_found");
            ada.get(&format!("/api/v1/accounts/{reference}/entries")).expect_problem(404, "not_found");
        }
        ada.get(&format!("/api/v1/accounts/{upper}")).expect(200);
    }
}
