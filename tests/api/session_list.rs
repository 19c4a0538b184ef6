//! `/sessions` as a list: seeing them, ending them one by one or all.

use serde_json::json;

use crate::passwords::assert_ended;
use crate::support::{PASSWORD, Person, TestApp, Tokens, both_engines, keys, session_of};
use crate::{is_id, is_time};

fn sign_in_as(app: &TestApp, person: &Person, device: &str) -> Tokens {
    let body = json!({"email": person.email, "password": PASSWORD});
    Tokens::of(&app.anonymous().post_with("/api/v1/sessions", &[("User-Agent", device)], &body).expect(201))
}

/// What freezing or closing these members leaves in the table.
pub fn db_set_member_status(app: &TestApp, status: i16, whose: &str) {
    use counterfoil::storage::Conn;
    use diesel::RunQueryDsl;
    let sql = format!("UPDATE members SET status = {status} WHERE {whose}");
    let services = app.services();
    let written = services.ledger().write(move |conn| {
        let changed = match conn {
            Conn::Postgres(c) => diesel::sql_query(sql).execute(&mut **c),
            Conn::Sqlite(c) => diesel::sql_query(sql).execute(&mut **c),
        };
        Ok(changed.is_ok_and(|changed| changed > 0))
    });
    assert!(app.block_on(written).unwrap());
}

both_engines! {
    fn people_see_where_they_are_signed_in(app: &TestApp) {
        let ada = app.member("ada");
        ada.tokens();
        app.member("ben").tokens();
        sign_in_as(app, &ada, "Wallet/1.2 (phone)");
        sign_in_as(app, &ada, &"x".repeat(500));
        let reply = ada.get("/api/v1/sessions").expect(200);
        assert_eq!(keys(&reply.body), ["data", "next_cursor"]);
        let listed = reply.data();
        assert_eq!(listed.len(), 3);
        for session in listed {
            assert_eq!(keys(session), ["client_id", "created_at", "current", "device", "id", "last_used_at"]);
            assert!(is_id(&session["id"]) && is_time(&session["created_at"]) && is_time(&session["last_used_at"]), "{session}");
        }
        assert_eq!(listed[0]["device"], "x".repeat(120));
        assert_eq!(listed[1]["device"], "Wallet/1.2 (phone)");
        let current: Vec<_> = listed.iter().filter(|session| session["current"] == true).collect();
        assert_eq!(current.len(), 1);
        assert_eq!(current[0]["id"], session_of(&ada.tokens().access).to_string());
        app.clock.advance(200);
        ada.refresh().expect(200);
        let later = ada.get("/api/v1/sessions").expect(200);
        assert!(later.data()[2]["last_used_at"].as_str() > listed[2]["last_used_at"].as_str());
        assert_eq!(later.data()[2]["created_at"], listed[2]["created_at"]);
    }

    fn the_list_has_pages(app: &TestApp) {
        let ada = app.member("ada");
        ada.tokens();
        for _ in 0..4 {
            drop(ada.again());
        }
        let mut seen = Vec::new();
        let mut path = "/api/v1/sessions?limit=2".to_owned();
        loop {
            let page = ada.get(&path).expect(200);
            seen.extend(page.data().iter().map(|session| session["id"].as_str().unwrap().to_owned()));
            let Some(cursor) = page.body["next_cursor"].as_str() else { break };
            app.member("ben").get(&format!("/api/v1/sessions?cursor={cursor}")).expect_fault("cursor");
            path = format!("/api/v1/sessions?limit=2&cursor={cursor}");
        }
        let mut sorted = seen.clone();
        sorted.sort_unstable_by(|one, other| other.cmp(one));
        sorted.dedup();
        assert_eq!((seen.len(), &seen), (5, &sorted));
        for bad in ["limit=0", "limit=101", "cursor=x", "user=x"] {
            ada.get(&format!("/api/v1/sessions?{bad}")).expect_problem(400, "validation_failed");
        }
        app.anonymous().get("/api/v1/sessions").expect_problem(401, "unauthenticated");
    }

    fn one_session_is_ended_from_another(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        ada.tokens();
        let (lost, kept) = (ada.again(), ada.again());
        let path = format!("/api/v1/sessions/{}", session_of(&lost.tokens().access));
        ben.delete(&path).expect_problem(404, "not_found");
        app.anonymous().delete(&path).expect_problem(401, "unauthenticated");
        lost.get("/api/v1/me").expect(200);
        assert!(ada.delete(&path).expect(204).bytes.is_empty());
        assert_ended(app, &lost);
        ada.delete(&path).expect_problem(404, "not_found");
        ada.delete("/api/v1/sessions/019a0000-0000-7000-8000-000000000001").expect_problem(404, "not_found");
        ada.delete("/api/v1/sessions/00000000000000000000000000000000000").expect_problem(404, "not_found");
        ada.delete("/api/v1/sessions/RIVER0001").expect_problem(404, "not_found");
        app.pay(&kept, &ben, "1.00");
        let own = format!("/api/v1/sessions/{}", session_of(&kept.tokens().access));
        kept.delete(&own).expect(204);
        assert_ended(app, &kept);
        assert_eq!(ada.get("/api/v1/sessions").expect(200).data().len(), 1);
    }

    fn all_others_end_at_once(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        ada.tokens();
        let others: Vec<_> = (0..5).map(|_| ada.again()).collect();
        ben.tokens();
        ada.delete("/api/v1/sessions").expect(204);
        for other in &others {
            assert_ended(app, other);
        }
        app.pay(&ada, &ben, "1.00");
        app.pay(&ben, &ada, "1.00");
        assert_eq!(ada.get("/api/v1/sessions").expect(200).data().len(), 1);
        ada.delete("/api/v1/sessions").expect(204);
        app.restart();
        assert_ended(app, &others[0]);
        app.pay(&ada, &ben, "1.00");
    }

    fn frozen_members_read_and_closed_ones_do_nothing(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        app.pay(&ada, &ben, "1.00");
        let account = format!("/api/v1/accounts/{}", ada.code);
        for (status, reads, pays) in [(3, 200, (403, "forbidden")), (5, 404, (404, "not_found"))] {
            db_set_member_status(app, status, "1 = 1");
            app.restart();
            ada.get("/api/v1/me").expect(200);
            assert_eq!(ada.get(&account).status, reads);
            assert_eq!(ada.get("/api/v1/communities/RIVER/ledger").status, reads);
            app.try_pay(&ada, &ben, "1.00").expect_problem(pays.0, pays.1);
            let own = ada.put(&format!("{account}/step-up"), &json!({"above": "1.00"}));
            own.expect_problem(pays.0, pays.1);
        }
    }

    fn sessions_that_nobody_uses_leave_the_list(app: &TestApp) {
        let ada = app.member("ada");
        ada.tokens();
        app.clock.advance(20 * 86_400);
        let fresh = ada.again();
        assert_eq!(fresh.get("/api/v1/sessions").expect(200).data().len(), 2);
        app.clock.advance(11 * 86_400);
        fresh.refresh().expect(200);
        assert_eq!(fresh.get("/api/v1/sessions").expect(200).data().len(), 1);
    }
}
