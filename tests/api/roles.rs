//! Members' roles and statuses, brokers, and the service's own role.

use std::sync::Barrier;

use serde_json::{Value, json};

use crate::support::{Person, Reply, both_engines, fresh_key};

fn member_id(person: &Person) -> String {
    let me = person.get("/api/v1/me").expect(200).body;
    me["memberships"][0]["member"]["id"].as_str().unwrap().to_owned()
}

fn rename(admin: &Person, member: &str, name: &str) -> Reply {
    let path = format!("/api/v1/communities/RIVER/members/{member}/name");
    admin.put(&path, &json!({"name": name, "reason": "Elected in March"}))
}

fn set_role(admin: &Person, member: &str, role: &str) -> Reply {
    let path = format!("/api/v1/communities/RIVER/members/{member}/role");
    admin.put(&path, &json!({"role": role, "reason": "Elected in March"}))
}

fn set_status(admin: &Person, member: &str, status: &str) -> Reply {
    let path = format!("/api/v1/communities/RIVER/members/{member}/status");
    admin.put(&path, &json!({"status": status, "reason": "Decided in March"}))
}

fn consent(owner: &Person, broker: &str) -> Reply {
    owner.send("PUT", &format!("/api/v1/accounts/{}/brokers/{broker}", owner.code), &[], None)
}

fn pay_for(broker: &Person, owner: &Person, payee: &Person, amount: &str) -> Reply {
    let body = json!({"allow_duplicate": true, "payer": owner.code, "payee": payee.code, "amount": amount});
    broker.post_with("/api/v1/payments", &[("Idempotency-Key", &fresh_key())], &body)
}

fn founding(code: &str) -> Value {
    json!({
        "code": code, "name": "Hill Exchange", "unit": "stone", "symbol": "S", "scale": 2,
        "default_credit_limit": "50.00", "admin_email": "hilda@hill.example", "admin_name": "Hilda",
    })
}

both_engines! {
    fn an_admin_makes_and_unmakes_admins(app: &TestApp) {
        let (admin, ada, ben) = (app.admin(), app.member("ada"), app.member("ben"));
        let (own, of_ada, of_ben) = (member_id(&admin), member_id(&ada), member_id(&ben));
        set_role(&ada, &of_ben, "broker").expect_problem(403, "forbidden");
        let changed = set_role(&admin, &of_ada, "admin").expect(200);
        assert_eq!(changed.body["roles"], json!(["member", "admin"]));
        set_role(&ada, &of_ben, "broker").expect(200);
        set_role(&ada, &own, "member").expect(200);
        set_role(&admin, &of_ben, "member").expect_problem(403, "forbidden");
        let last = set_role(&ada, &of_ada, "member").expect_problem(409, "conflict");
        assert_eq!(last.body["reason"], "last_admin");
        for status in ["frozen", "closed"] {
            assert_eq!(set_status(&ada, &of_ada, status).expect_problem(409, "conflict").body["reason"], "last_admin");
        }
        let lines = app.database.db_texts("SELECT before || after AS value FROM audits WHERE action = 'member.role' ORDER BY created_at, id");
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0], r#"{"role":"member"}{"role":"admin"}"#);
        let page = ada.get("/api/v1/communities/RIVER/audit?action=member.role").expect(200);
        assert_eq!(page.data()[0]["reason"], "Elected in March");
    }

    fn two_admins_who_unmake_each_other_leave_one(app: &TestApp) {
        let (admin, ada) = (app.admin(), app.newcomer("ada").with_admin_rights().join());
        let (of_admin, of_ada) = (member_id(&admin), member_id(&ada));
        let barrier = Barrier::new(2);
        std::thread::scope(|scope| {
            let one = scope.spawn(|| { barrier.wait(); set_role(&admin, &of_ada, "member").status });
            let other = scope.spawn(|| { barrier.wait(); set_role(&ada, &of_admin, "member").status });
            let mut statuses = [one.join().unwrap(), other.join().unwrap()];
            statuses.sort_unstable();
            // The later one is no admin any more.
            assert_eq!(statuses, [200, 403]);
        });
        assert_eq!(app.database.db_numbers("SELECT count(*) AS value FROM members WHERE role = 2"), [1]);
    }

    fn who_is_frozen_posts_nothing_more_and_who_is_thawed_does(app: &TestApp) {
        let (admin, ada, ben) = (app.admin(), app.member("ada"), app.member("ben"));
        app.pay(&ada, &ben, "1.00");
        let of_ada = member_id(&ada);
        set_status(&ben, &of_ada, "frozen").expect_problem(403, "forbidden");
        assert_eq!(set_status(&admin, &of_ada, "frozen").expect(200).body["status"], "frozen");
        let names = |reader: &Person, filter: &str| {
            let found = reader.get(&format!("/api/v1/communities/RIVER/members?{filter}")).expect(200);
            found.data().iter().map(|member| member["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!((names(&ben, "status=frozen"), names(&ben, "status=frozen&q=ben").len()), (vec!["ada".to_owned()], 0));
        assert!(!names(&ben, "status=active").contains(&"ada".to_owned()));
        app.try_pay(&ada, &ben, "1.00").expect_problem(403, "forbidden");
        app.try_pay(&ben, &ada, "1.00").expect_problem(409, "account_not_active");
        assert_eq!(ada.account()["status"], "frozen", "what is theirs can still be seen");
        set_status(&admin, &of_ada, "active").expect(200);
        app.pay(&ada, &ben, "1.00");
        let refused = set_status(&admin, &of_ada, "closed").expect_problem(409, "conflict");
        assert_eq!(refused.body["reason"], "not_settled");
        app.pay(&ben, &ada, "2.00");
        set_status(&admin, &of_ada, "closed").expect(200);
        ada.get(&format!("/api/v1/accounts/{}", ada.code)).expect_problem(404, "not_found");
        assert_eq!(set_status(&admin, &of_ada, "active").expect_problem(409, "conflict").body["reason"], "member_closed");
        assert_eq!(rename(&admin, &of_ada, "Ada").expect_problem(409, "conflict").body["reason"], "member_closed");
        // Admins look for those who are gone.
        assert_eq!(names(&admin, "status=closed"), ["ada"]);
        let members = "/api/v1/communities/RIVER/members?status";
        ben.get(&format!("{members}=closed")).expect_problem(403, "forbidden");
        for wrong in ["applied", "gone"] {
            admin.get(&format!("{members}={wrong}")).expect_fault("status");
        }
        for status in ["applied", "", "Frozen"] {
            set_status(&admin, &of_ada, status).expect_fault("/status");
        }
    }

    fn an_admin_gives_a_member_another_name(app: &TestApp) {
        let (admin, ada, ben) = (app.admin(), app.member("ada"), app.member("ben"));
        let of_ada = member_id(&ada);
        let paid = app.pay(&ada, &ben, "1.00");
        let tag = |person: &Person| person.get(&format!("/api/v1/accounts/{}", ada.code)).expect(200).header("etag").map(str::to_owned);
        let before = tag(&ada);
        rename(&ben, &of_ada, "Ben").expect_problem(403, "forbidden");
        assert_eq!(rename(&admin, &of_ada, "  Brook   Bakery ").expect(200).body["name"], "Brook Bakery");
        // Everywhere at once: directory, accounts, what was paid before, and what is paid now.
        let found = ben.get("/api/v1/communities/RIVER/members?q=bakery").expect(200);
        assert_eq!((&found.data()[0]["name"], &found.data()[0]["accounts"][0]["name"]), (&json!("Brook Bakery"), &json!("Brook Bakery")));
        let again = ben.get(&format!("/api/v1/payments/{}", paid["id"].as_str().unwrap())).expect(200).body;
        assert_eq!((&again["payer"]["name"], &app.pay(&ben, &ada, "1.00")["payee"]["name"]), (&json!("Brook Bakery"), &json!("Brook Bakery")));
        assert_ne!(tag(&ada), before, "the account is another one than before");
        assert_eq!(ben.get("/api/v1/communities/RIVER/members?q=ada").expect(200).data().len(), 0);
        let page = admin.get("/api/v1/communities/RIVER/audit?action=member.renamed").expect(200);
        assert_eq!((page.data().len(), &page.data()[0]["reason"]), (1, &json!("Elected in March")));
        for wrong in ["", " ", "B\u{430}kery"] {
            rename(&admin, &of_ada, wrong).expect_fault("/name");
        }
        // Ada is told, once, and nobody else.
        rename(&admin, &of_ada, "Brook Bakery").expect(200);
        let told = |column: &str| app.database.db_texts(&format!("SELECT {column} AS value FROM mails WHERE kind = 72"));
        let letter = json!({"member_renamed": {"community": app.community("RIVER").name.to_string(), "before": "ada", "after": "Brook Bakery"}});
        assert_eq!(told("recipient"), [ada.email.as_str()]);
        assert_eq!(serde_json::from_str::<Value>(&told("parameters")[0]).unwrap(), letter);
        app.restart();
        assert_eq!(ada.again().account()["name"], "Brook Bakery");
    }

    fn changes_of_members_need_a_fresh_proof(app: &TestApp) {
        let (admin, ada) = (app.admin(), app.member("ada"));
        let of_ada = member_id(&ada);
        admin.tokens();
        app.clock.advance(301);
        admin.refresh().expect(200);
        set_role(&admin, &of_ada, "admin").expect_problem(403, "step_up_required");
        set_status(&admin, &of_ada, "frozen").expect_problem(403, "step_up_required");
        set_role(&admin.again(), &of_ada, "admin").expect(200);
    }

    fn a_broker_acts_for_who_agreed_as_long_as_they_do(app: &TestApp) {
        let (admin, bo, ada, ben) = (app.admin(), app.member("bo"), app.member("ada"), app.member("ben"));
        let of_bo = member_id(&bo);
        assert_eq!(consent(&ada, &of_bo).expect_problem(409, "conflict").body["reason"], "no_broker");
        set_role(&admin, &of_bo, "broker").expect(200);
        pay_for(&bo, &ada, &ben, "1.00").expect_problem(403, "forbidden");
        consent(&ada, &of_bo).expect(204);
        let made = pay_for(&bo, &ada, &ben, "1.00").expect(201);
        let by = "SELECT count(*) AS value FROM payments JOIN users ON users.id = payments.created_by WHERE users.name = 'bo'";
        assert_eq!(app.database.db_numbers(by), [1], "{}", made.body);
        bo.get(&format!("/api/v1/accounts/{}/entries", ada.code)).expect(200);
        pay_for(&bo, &ben, &ada, "1.00").expect_problem(403, "forbidden");
        bo.delete(&format!("/api/v1/accounts/{}/brokers/{of_bo}", ada.code)).expect_problem(403, "forbidden");
        // A role that is gone takes the consent with it, and does not bring it back.
        set_role(&admin, &of_bo, "member").expect(200);
        pay_for(&bo, &ada, &ben, "1.00").expect_problem(403, "forbidden");
        set_role(&admin, &of_bo, "broker").expect(200);
        pay_for(&bo, &ada, &ben, "1.00").expect_problem(403, "forbidden");
        app.restart();
        pay_for(&bo, &ada, &ben, "1.00").expect_problem(403, "forbidden");
        consent(&ada, &of_bo).expect(204);
        pay_for(&bo, &ada, &ben, "1.00").expect(201);
        ada.delete(&format!("/api/v1/accounts/{}/brokers/{of_bo}", ada.code)).expect(204);
        pay_for(&bo, &ada, &ben, "1.00").expect_problem(403, "forbidden");
        assert_eq!(ada.balance(), "-2.00");
    }

    fn an_admins_app_sees_what_a_member_sees(app: &TestApp) {
        let (admin, ada, ben) = (app.admin(), app.member("ada"), app.member("ben"));
        let made = app.pay(&ada, &ben, "1.00");
        let client = app.register_office(&admin);
        let scope = "accounts:read payments:read members:read limits:write";
        let office = app.bearer(&app.allowed(&admin, &client, scope, &[]));
        let of_ada = format!("/api/v1/accounts/{}", ada.code);
        assert_eq!(admin.get(&of_ada).expect(200).body["balance"], "-1.00");
        assert_eq!(office.get(&of_ada).expect(200).body["balance"], json!(null));
        for path in [format!("{of_ada}/entries"), format!("/api/v1/payments/{}", made["id"].as_str().unwrap())] {
            admin.get(&path).expect(200);
            office.get(&path).expect_problem(404, "not_found");
        }
        for part in ["audit", "mails", "applications", "invitations"] {
            let path = format!("/api/v1/communities/RIVER/{part}");
            admin.get(&path).expect(200);
            office.get(&path).expect_problem(403, "forbidden");
        }
        // To freeze is what the scope is for, and its answer shows no more than there was to see.
        let freeze = json!({"status": "frozen", "reason": "Lost phone"});
        let frozen = office.put(&format!("{of_ada}/status"), &freeze).expect(200).body;
        assert_eq!((&frozen["status"], &frozen["balance"]), (&json!("frozen"), &json!(null)));
        admin.put(&format!("{of_ada}/status"), &freeze).expect(200);
        let lines = app.database.db_numbers("SELECT count(*) AS value FROM audits WHERE action = 'account.status'");
        assert_eq!(lines, [1], "what is frozen already was not frozen again");
    }

    fn a_superadmin_founds_communities_and_sees_nothing_in_them(app: &TestApp) {
        let (sue, ada) = (app.member("sue"), app.member("ada"));
        sue.post("/api/v1/communities", &founding("HILL")).expect_problem(403, "forbidden");
        assert!(app.block_on(app.services().set_superadmin(&sue.email, true)).unwrap());
        assert!(!app.block_on(app.services().set_superadmin("nobody@river.example", true)).unwrap());
        let made = sue.post("/api/v1/communities", &founding("HILL")).expect(201);
        assert_eq!((&made.body["code"], &made.body["scale"]), (&json!("HILL"), &json!(2)));
        assert_eq!(sue.post("/api/v1/communities", &founding("HILL")).expect_problem(409, "conflict").body["reason"], "already_exists");
        let codes: Vec<_> = sue.get("/api/v1/communities?limit=1").expect(200).data().iter().map(|one| one["code"].clone()).collect();
        assert_eq!(codes, ["HILL"]);
        let next = sue.get("/api/v1/communities?limit=1").expect(200).body["next_cursor"].as_str().unwrap().to_owned();
        assert_eq!(sue.get(&format!("/api/v1/communities?cursor={next}")).expect(200).data()[0]["code"], "RIVER");
        for path in ["/api/v1/communities/HILL/members", "/api/v1/communities/HILL/ledger", "/api/v1/accounts/HILL0001"] {
            sue.get(path).expect_problem(404, "not_found");
        }
        assert_eq!(ada.get(&format!("/api/v1/accounts/{}", sue.code)).expect(200).body["balance"], json!(null));
        assert_eq!(sue.get(&format!("/api/v1/accounts/{}", ada.code)).expect(200).body["balance"], json!(null));
        let admins = "SELECT count(*) AS value FROM members WHERE role = 2 AND name = 'Hilda'";
        assert_eq!(app.database.db_numbers(admins), [1]);
        let mut bad = founding("hill");
        bad["scale"] = json!(7);
        let faults = sue.post("/api/v1/communities", &bad).expect_problem(400, "validation_failed").pointers();
        assert_eq!(faults, ["/code", "/scale"]);
        app.block_on(app.services().set_superadmin(&sue.email, false)).unwrap();
        sue.get("/api/v1/communities").expect_problem(403, "forbidden");
    }
}
