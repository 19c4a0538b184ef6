//! What people are told by mail about what others do to their accounts and places, and about their own login.

use serde_json::json;

use crate::joining::db_mails;
use crate::second_factors::{code, sign_in, turn_on};
use crate::support::{PASSWORD, Person, TestApp, both_engines};

/// The events of the security notices that wait for somebody, oldest first, each with its community.
fn told(app: &TestApp, person: &Person) -> Vec<String> {
    let mails = db_mails(app, &person.email);
    let notices = mails.into_iter().filter(|(kind, _)| kind == "security_notice");
    notices
        .map(|(_, letter)| {
            let event = letter["event"].as_str().unwrap();
            match letter["community"].as_str() {
                Some(community) => format!("{event} in {community}"),
                None => event.to_owned(),
            }
        })
        .collect()
}

fn member_of(person: &Person) -> String {
    let me = person.get("/api/v1/me").expect(200).body;
    me["memberships"][0]["member"]["id"].as_str().unwrap().to_owned()
}

both_engines! {
    fn new_limits_are_told_to_whoever_has_the_account(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        app.set_limits(&ada, "250.00", None);
        assert_eq!(told(app, &ada), ["limits_changed in RIVER Exchange"]);
        assert!(told(app, &ben).is_empty() && told(app, &app.admin()).is_empty());
        // What was refused tells nobody anything.
        let body = json!({"credit_limit": "9.00", "ceiling": null, "reason": "x"});
        ada.put(&format!("/api/v1/accounts/{}/limits", ada.code), &body).expect_problem(403, "forbidden");
        let stale = app.db_with_old_proof(&app.admin());
        stale.put(&format!("/api/v1/accounts/{}/limits", ada.code), &body).expect_problem(403, "step_up_required");
        assert_eq!(told(app, &ada).len(), 1);
    }

    fn roles_and_status_are_told_and_who_runs_the_community_to_its_admins(app: &TestApp) {
        let (ada, greta) = (app.member("ada"), app.admin());
        let otto = app.newcomer("otto").with_admin_rights().join();
        let path = |what: &str| format!("/api/v1/communities/RIVER/members/{}/{what}", member_of(&ada.again()));
        let role = |role: &str| json!({"role": role, "reason": "Elected"});
        greta.put(&path("role"), &role("broker")).expect(200);
        assert_eq!(told(app, &ada), ["roles_changed in RIVER Exchange"]);
        assert!(told(app, &otto).is_empty());
        greta.put(&path("role"), &role("broker")).expect(200);
        assert_eq!(told(app, &ada).len(), 1, "nothing changed");
        greta.put(&path("role"), &role("admin")).expect(200);
        assert_eq!(told(app, &ada).len(), 2);
        assert_eq!(told(app, &otto), ["admins_changed in RIVER Exchange"]);
        greta.put(&path("role"), &role("member")).expect(200);
        app.clock.advance(1);
        greta.put(&path("status"), &json!({"status": "frozen", "reason": "Lost phone"})).expect(200);
        assert_eq!(crate::leaving::told(app, &ada), ["frozen"]);
        assert!(told(app, &greta).is_empty(), "who did it knows");
    }

    fn apps_are_told_when_they_are_registered_and_allowed(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let shop = app.register(&ada, true);
        assert_eq!(told(app, &ada), ["app_registered"]);
        app.allow(&ben, &shop, "accounts:read", &[]);
        assert_eq!(told(app, &ben), ["app_allowed"]);
        let browser = app.browser_of(&ben);
        browser.submit(&shop.address("accounts:read"), "deny", &[]).expect(303);
        assert_eq!(told(app, &ben).len(), 1);
        assert_eq!(told(app, &ada).len(), 1);
    }

    fn a_used_recovery_code_is_told(app: &TestApp) {
        let ada = app.member("ada");
        let (secret, recovery) = turn_on(app, &ada);
        app.clock.advance(30);
        sign_in(app, &ada, PASSWORD, Some(&code(app, &secret))).expect(201);
        assert!(!told(app, &ada).contains(&"recovery_code_used".to_owned()));
        sign_in(app, &ada, PASSWORD, Some(&recovery[0])).expect(201);
        sign_in(app, &ada, PASSWORD, Some(&recovery[0])).expect_problem(401, "unauthenticated");
        let used = told(app, &ada).iter().filter(|event| *event == "recovery_code_used").count();
        assert_eq!(used, 1);
    }
}
