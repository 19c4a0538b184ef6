//! What admins decide on applications, and invitations.

use counterfoil::domain::joining::{ApplicationState, Joining};
use counterfoil::storage::Conn;
use counterfoil::storage::applications::{self, Decision};
use serde_json::{Value, json};

use crate::joining::{
    NEW_PASSWORD, RIVER, applicant, application, apply, at_once, confirm, count, db_mailed, db_mails, opened,
    sign_in,
};
use crate::support::{Caller, Reply, TestApp, both_engines};

fn decide(caller: &Caller, id: &str, verb: &str, body: &Value) -> Reply {
    caller.post(&format!("{RIVER}/applications/{id}/{verb}"), body)
}

fn invite(caller: &Caller, email: &str) -> Reply {
    caller.post(&format!("{RIVER}/invitations"), &json!({"email": email, "name": "Zoë", "message": "Come!"}))
}

fn invited(app: &TestApp, email: &str) -> Value {
    let mut body = application(email);
    body["invitation"] = json!(db_mailed(app, email, "invitation", "token"));
    body
}

/// The application as it is while the ledger lets its applicant in.
fn db_mark_admitting(app: &TestApp, id: &str) {
    let (community_id, id) = (app.community("RIVER").id, id.parse().unwrap());
    let decision = Decision {
        credit_limit: None,
        decided_by: app.admin().user_id,
        decided_at: app.now(),
        reason: String::new(),
    };
    let from = [ApplicationState::Approved];
    let mark = move |conn: &mut Conn| {
        applications::decide(conn, community_id, id, &from, ApplicationState::Admitting, &decision)
    };
    assert!(app.block_on(app.services().ledger().write(mark)).unwrap());
}

both_engines! {
    fn the_refused_read_why_and_may_ask_again(app: &TestApp) {
        let admin = opened(app, "open", false);
        let (zoe, id) = applicant(app, "zoe@lake.example");
        decide(&admin, &id, "refuse", &json!({"reason": " "})).expect_fault("/reason");
        let refused = decide(&admin, &id, "refuse", &json!({"reason": "Too far away"})).expect(200).body;
        assert_eq!((&refused["state"], &refused["reason"]), (&json!("refused"), &json!("Too far away")));
        assert_eq!(decide(&admin, &id, "refuse", &json!({"reason": "Other"})).expect(200).body, refused);
        assert_eq!(decide(&admin, &id, "approve", &json!({})).expect_problem(409, "conflict").body["reason"], "already_settled");
        assert_eq!(db_mailed(app, "zoe@lake.example", "application_refused", "reason"), "Too far away");
        assert_eq!(zoe.get("/api/v1/me").expect(200).body["memberships"], json!([]));
        let audit = admin.get(&format!("{RIVER}/audit?action=application.refused")).expect(200);
        assert_eq!((audit.data().len(), &audit.data()[0]["reason"]), (1, &json!("Too far away")));
        zoe.post(&format!("{RIVER}/applications"), &json!({"name": "Zoë"})).expect(201);
    }

    fn decisions_are_for_admins(app: &TestApp) {
        let (admin, ada) = (opened(app, "open", false), app.member("ada"));
        app.found("LAKE", 2);
        let lake = app.newcomer("yan").of("LAKE").with_admin_rights().join();
        let (zoe, id) = applicant(app, "zoe@lake.example");
        for (verb, body) in [("approve", json!({})), ("refuse", json!({"reason": "x"}))] {
            decide(&app.anonymous(), &id, verb, &body).expect_problem(401, "unauthenticated");
            decide(&ada, &id, verb, &body).expect_problem(403, "forbidden");
            decide(&lake, &id, verb, &body).expect_problem(404, "not_found");
            decide(&zoe, &id, verb, &body).expect_problem(404, "not_found");
            lake.post(&format!("/api/v1/communities/LAKE/applications/{id}/{verb}"), &body).expect_problem(404, "not_found");
            for absent in ["x", "019a0000-0000-7000-8000-000000000001"] {
                decide(&admin, absent, verb, &body).expect_problem(404, "not_found");
            }
        }
        for part in ["applications", "invitations"] {
            app.anonymous().get(&format!("{RIVER}/{part}")).expect_problem(401, "unauthenticated");
            ada.get(&format!("{RIVER}/{part}")).expect_problem(403, "forbidden");
            lake.get(&format!("{RIVER}/{part}")).expect_problem(404, "not_found");
            admin.get(&format!("{RIVER}/{part}?state=x")).expect_fault("state");
            admin.get(&format!("{RIVER}/{part}?limit=0")).expect_fault("limit");
        }
        admin.get(&format!("{RIVER}/applications?state=unconfirmed")).expect_fault("state");
        apply(app, &application("unconfirmed@lake.example")).expect(202);
        assert_eq!(admin.get(&format!("{RIVER}/applications")).expect(200).data().len(), 1);
        let unconfirmed = app.database.db_numbers("SELECT count(*) AS value FROM applications WHERE state = 1");
        assert_eq!(unconfirmed, [1]);
    }

    fn another_credit_limit_needs_a_fresh_proof(app: &TestApp) {
        let admin = opened(app, "open", false);
        let (zoe, id) = applicant(app, "zoe@lake.example");
        for wrong in ["-1.00", "x", "1.001", ""] {
            decide(&admin, &id, "approve", &json!({"credit_limit": wrong})).expect_fault("/credit_limit");
        }
        app.clock.advance(301);
        admin.refresh().expect(200);
        decide(&admin, &id, "approve", &json!({"credit_limit": "250.00"})).expect_problem(403, "step_up_required");
        assert_eq!(admin.get(&format!("{RIVER}/applications?state=waiting")).expect(200).data().len(), 1);
        let fresh = admin.again();
        decide(&fresh, &id, "approve", &json!({"credit_limit": "250.00"})).expect(200);
        let access = sign_in(app, "zoe@lake.example", NEW_PASSWORD).expect(201).body["access_token"].as_str().unwrap().to_owned();
        let me = zoe.with_token(&access).get("/api/v1/me").expect(200).body;
        assert_eq!(me["memberships"][0]["accounts"][0]["credit_limit"], "250.00");
    }

    fn brokers_let_in_with_what_everybody_gets(app: &TestApp) {
        let (admin, bo) = (opened(app, "closed", false), app.member("bo"));
        let me = bo.get("/api/v1/me").expect(200).body;
        let member = me["memberships"][0]["member"]["id"].as_str().unwrap();
        invite(&bo, "zoe@lake.example").expect_problem(403, "forbidden");
        let elected = json!({"role": "broker", "reason": "Elected"});
        admin.put(&format!("{RIVER}/members/{member}/role"), &elected).expect(200);
        invite(&bo, "zoe@lake.example").expect(201);
        apply(app, &invited(app, "zoe@lake.example")).expect(202);
        let waiting = bo.get(&format!("{RIVER}/applications?state=waiting")).expect(200);
        let id = waiting.data()[0]["id"].as_str().unwrap().to_owned();
        decide(&bo, &id, "approve", &json!({"credit_limit": "100.01"})).expect_problem(403, "forbidden");
        let approved = decide(&bo, &id, "approve", &json!({"reason": "Known to me"})).expect(200).body;
        assert_eq!((&approved["state"], &approved["decided_by"]), (&json!("approved"), &json!("bo")));
        bo.send("PATCH", RIVER, &[], Some(br#"{"joining":"open","reason":"x"}"#.to_vec())).expect_problem(403, "forbidden");
        bo.post(&format!("{RIVER}/agreements"), &json!({"title": "x", "text": "x"})).expect_problem(403, "forbidden");
    }

    fn of_many_decisions_at_once_one_wins(app: &TestApp) {
        let admin = opened(app, "open", false);
        let other = app.newcomer("hugo").with_admin_rights().join();
        admin.tokens();
        other.tokens();
        let (zoe, id) = applicant(app, "zoe@lake.example");
        let statuses = at_once(|number| {
            let caller = if number % 2 == 0 { &admin } else { &other };
            decide(caller, &id, "approve", &json!({})).status
        });
        assert_eq!(count(&statuses, 200), 16, "approving is the same many times: {statuses:?}");
        let me = zoe.get("/api/v1/me").expect(200).body;
        assert_eq!(me["memberships"].as_array().unwrap().len(), 1);
        assert_eq!(me["memberships"][0]["accounts"].as_array().unwrap().len(), 1);
        let approvals = |email: &str| db_mails(app, email).iter().filter(|(kind, _)| kind == "application_approved").count();
        assert_eq!(approvals("zoe@lake.example"), 1);
        assert_eq!(admin.get(&format!("{RIVER}/audit?action=member.admitted")).expect(200).data().len(), 1);
        let (yan, id) = applicant(app, "yan@lake.example");
        let statuses = at_once(|number| match number % 2 {
            0 => decide(&admin, &id, "approve", &json!({})).status,
            _ => decide(&other, &id, "refuse", &json!({"reason": "x"})).status + 1_000,
        });
        let (approved, refused) = (count(&statuses, 200), count(&statuses, 1_200));
        assert!((approved == 8 && refused == 0) || (approved == 0 && refused == 8), "{statuses:?}");
        let places = yan.get("/api/v1/me").expect(200).body["memberships"].as_array().unwrap().len();
        assert_eq!(places, usize::from(approved == 8));
        assert_eq!(approvals("yan@lake.example"), places);
    }

    fn an_approval_that_was_cut_off_goes_on(app: &TestApp) {
        let admin = opened(app, "open", false);
        let (zoe, id) = applicant(app, "zoe@lake.example");
        decide(&admin, &id, "approve", &json!({})).expect(200);
        // As if the process had stopped after the ledger's part, or before it.
        db_mark_admitting(app, &id);
        assert_eq!(zoe.get("/api/v1/me").expect(200).body["memberships"].as_array().unwrap().len(), 1);
        decide(&admin, &id, "refuse", &json!({"reason": "x"})).expect_problem(409, "conflict");
        assert_eq!(decide(&admin, &id, "approve", &json!({})).expect(200).body["state"], "approved");
        assert_eq!(zoe.get("/api/v1/me").expect(200).body["memberships"][0]["accounts"].as_array().unwrap().len(), 1);
    }

    fn the_invited_need_no_other_confirmation(app: &TestApp) {
        let admin = opened(app, "invitation", false);
        assert_eq!(apply(app, &application("zoe@lake.example")).expect_problem(409, "conflict").body["reason"], "invitation_needed");
        let sent = invite(&admin, " Zoe@Lake.example").expect(201).body;
        assert_eq!((&sent["state"], &sent["email"], &sent["inviter"]), (&json!("pending"), &json!("zoe@lake.example"), &json!("greta")));
        assert_eq!(invite(&admin, "zoe@lake.example").expect_problem(409, "conflict").body["reason"], "already_exists");
        let body = invited(app, "zoe@lake.example");
        let mut foreign = body.clone();
        foreign["email"] = json!("yan@lake.example");
        apply(app, &foreign).expect_fault("/invitation");
        apply(app, &body).expect(202);
        sign_in(app, "zoe@lake.example", NEW_PASSWORD).expect(201);
        apply(app, &body).expect_fault("/invitation");
        let waiting = admin.get(&format!("{RIVER}/applications?state=waiting")).expect(200);
        assert_eq!(waiting.data()[0]["invited_by"], "greta");
        let list = admin.get(&format!("{RIVER}/invitations?state=accepted")).expect(200);
        assert_eq!(list.data().len(), 1);
        let path = format!("{RIVER}/invitations/{}", sent["id"].as_str().unwrap());
        assert_eq!(admin.delete(&path).expect_problem(409, "conflict").body["reason"], "already_settled");
    }

    fn invitations_end(app: &TestApp) {
        let (admin, ada) = (opened(app, "invitation", true), app.member("ada"));
        let sent = invite(&admin, "zoe@lake.example").expect(201).body;
        let path = format!("{RIVER}/invitations/{}", sent["id"].as_str().unwrap());
        let body = invited(app, "zoe@lake.example");
        ada.delete(&path).expect_problem(403, "forbidden");
        app.anonymous().delete(&path).expect_problem(401, "unauthenticated");
        admin.delete(&path).expect(204);
        admin.delete(&path).expect(204);
        admin.delete(&format!("{RIVER}/invitations/x")).expect_problem(404, "not_found");
        apply(app, &body).expect_fault("/invitation");
        invite(&admin, "zoe@lake.example").expect(201);
        let body = invited(app, "zoe@lake.example");
        app.clock.advance(14 * 86_400);
        apply(app, &body).expect_fault("/invitation");
        let admin = admin.again();
        invite(&admin, "zoe@lake.example").expect(201);
        apply(app, &invited(app, "zoe@lake.example")).expect(202);
    }

    fn members_invite_where_the_community_lets_them(app: &TestApp) {
        let (_, ada) = (opened(app, "open", false), app.member("ada"));
        invite(&ada, "a@lake.example").expect_problem(403, "forbidden");
        opened(app, "invitation", true);
        for number in 0..9 {
            invite(&ada, &format!("a{number}@lake.example")).expect(201);
        }
        let zoe = invite(&ada, "zoe@lake.example").expect(201);
        assert_eq!(zoe.body["inviter"], "ada");
        invite(&ada, "more@lake.example").expect_problem(429, "rate_limited");
        for (number, name) in Joining::ALL.iter().map(|joining| joining.name()).enumerate() {
            opened(app, name, true);
            let reply = apply(app, &invited(app, &format!("a{number}@lake.example")));
            if name == "closed" {
                reply.expect_fault("/invitation");
            } else {
                reply.expect(202);
            }
        }
        invite(&ada, "b@lake.example").expect_problem(403, "forbidden");
        invite(&app.admin(), "b@lake.example").expect(201);
        apply(app, &invited(app, "b@lake.example")).expect(202);
        for body in [json!({"email": "x"}), json!({"email": "x@y", "message": "x".repeat(501)}), json!({}), json!({"email": "x@y", "role": "admin"})] {
            app.admin().post(&format!("{RIVER}/invitations"), &body).expect_problem(400, "validation_failed");
        }
    }

    fn of_many_who_use_an_invitation_one_wins(app: &TestApp) {
        let admin = opened(app, "closed", false);
        invite(&admin, "zoe@lake.example").expect(201);
        let body = invited(app, "zoe@lake.example");
        let statuses = at_once(|_| apply(app, &body).status);
        assert_eq!(count(&statuses, 202), 1, "{statuses:?}");
        assert_eq!(admin.get(&format!("{RIVER}/applications")).expect(200).data().len(), 1);
        let id = admin.get(&format!("{RIVER}/applications")).expect(200).data()[0]["id"].as_str().unwrap().to_owned();
        decide(&admin, &id, "approve", &json!({})).expect(200);
        confirm(app, &json!({"token": body["invitation"]})).expect_fault("/token");
    }
}
