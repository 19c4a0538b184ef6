//! `GET /me`.

use crate::support::{both_engines, keys};
use crate::{ACCOUNT, COMMUNITY, is_id};

both_engines! {
    fn people_see_their_login_and_their_places(app: &TestApp) {
        let ada = app.member("Ada Brook");
        let me = ada.get("/api/v1/me").expect(200).body;
        assert_eq!(keys(&me), ["memberships", "user"]);
        assert_eq!(keys(&me["user"]), ["email", "id", "name"]);
        assert_eq!(me["user"]["email"], "ada.brook@river.example");
        assert_eq!(me["user"]["name"], "Ada Brook");
        assert_eq!(me["user"]["id"], ada.user_id.to_string());
        let memberships = me["memberships"].as_array().unwrap();
        assert_eq!(memberships.len(), 1);
        assert_eq!(keys(&memberships[0]), ["accounts", "agreement_due", "community", "member"]);
        assert_eq!(keys(&memberships[0]["community"]), COMMUNITY);
        assert_eq!(memberships[0]["community"]["code"], "RIVER");
        assert_eq!(memberships[0]["community"]["scale"], 2);
        let member = &memberships[0]["member"];
        assert_eq!(keys(member), ["id", "name", "roles", "status"]);
        assert!(is_id(&member["id"]));
        assert_eq!((&member["name"], &member["status"]), (&"Ada Brook".into(), &"active".into()));
        assert_eq!(member["roles"], serde_json::json!(["member"]));
        let accounts = memberships[0]["accounts"].as_array().unwrap();
        assert_eq!(accounts.len(), 1);
        assert_eq!(keys(&accounts[0]), ACCOUNT);
        assert_eq!(accounts[0], ada.account());
    }

    fn an_admin_has_both_roles(app: &TestApp) {
        let me = app.admin().get("/api/v1/me").expect(200).body;
        assert_eq!(me["memberships"][0]["member"]["roles"], serde_json::json!(["member", "admin"]));
    }

    fn one_login_shows_every_community_and_nobody_elses(app: &TestApp) {
        app.found("LAKE", 0);
        let ada = app.member("ada");
        let ada_at_the_lake = app.newcomer("ada").of("LAKE").with_credit_limit("7").join();
        app.newcomer("zoe").of("LAKE").join();
        app.member("ben");
        let me = ada.get("/api/v1/me").expect(200).body;
        let mut found: Vec<_> = me["memberships"]
            .as_array()
            .unwrap()
            .iter()
            .map(|place| (place["community"]["code"].as_str().unwrap(), place["accounts"][0]["code"].as_str().unwrap()))
            .collect();
        found.sort_unstable();
        assert_eq!(found, [("LAKE", ada_at_the_lake.code.as_str()), ("RIVER", ada.code.as_str())]);
        assert_eq!(ada_at_the_lake.account()["available"], "7", "amounts without places have no point");
    }

    fn a_login_without_a_community_is_still_somebody(app: &TestApp) {
        let ada = app.member("ada");
        let hash = app.database.db_texts("SELECT password_hash AS value FROM users").remove(0);
        app.block_on(app.services().create_user("new@river.example", "New", hash)).unwrap();
        let body = serde_json::json!({"email": "new@river.example", "password": crate::support::PASSWORD});
        let tokens = crate::support::Tokens::of(&app.anonymous().post("/api/v1/sessions", &body).expect(201));
        let stranger = app.anonymous().with_token(&tokens.access);
        assert_eq!(stranger.get("/api/v1/me").expect(200).body["memberships"], serde_json::json!([]));
        stranger.get(&format!("/api/v1/accounts/{}", ada.code)).expect_problem(404, "not_found");
        assert!(stranger.get("/api/v1/payments").expect(200).data().is_empty());
    }

    fn a_member_leaves_with_nothing_held_and_nothing_owed(app: &TestApp) {
        let (ada, ben, admin) = (app.member("ada"), app.member("ben"), app.admin());
        let leave = |person: &crate::support::Caller| person.delete("/api/v1/me/memberships/RIVER");
        let reason = |reply: crate::support::Reply| reply.expect_problem(409, "conflict").body["reason"].as_str().unwrap().to_owned();
        app.pay(&ada, &ben, "1.00");
        assert_eq!((reason(leave(&ada)), reason(leave(&ben))), ("not_settled".to_owned(), "not_settled".to_owned()));
        app.pay(&ben, &ada, "1.00");
        app.db_with_old_proof(&ada).delete("/api/v1/me/memberships/RIVER").expect_problem(403, "step_up_required");
        ada.delete("/api/v1/me/memberships/LAKE").expect_problem(404, "not_found");
        leave(&ada).expect(204);
        leave(&ada).expect_problem(404, "not_found");
        app.try_pay(&ben, &ada, "1.00").expect_problem(409, "account_not_active");
        ada.get(&format!("/api/v1/accounts/{}", ben.code)).expect_problem(404, "not_found");
        assert_eq!(reason(leave(&admin)), "last_admin");
        let line = admin.get("/api/v1/communities/RIVER/audit?action=member.status").expect(200);
        assert_eq!((line.data().len(), &line.data()[0]["actor"]["name"]), (1, &serde_json::json!("ada")));
    }

    fn who_is_frozen_does_not_leave(app: &TestApp) {
        let (ada, admin) = (app.member("ada"), app.admin());
        let me = ada.get("/api/v1/me").expect(200).body;
        let member = me["memberships"][0]["member"]["id"].as_str().unwrap();
        let frozen = serde_json::json!({"status": "frozen", "reason": "Under review"});
        admin.put(&format!("/api/v1/communities/RIVER/members/{member}/status"), &frozen).expect(200);
        ada.delete("/api/v1/me/memberships/RIVER").expect_problem(403, "forbidden");
    }
}
