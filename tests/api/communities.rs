//! `/communities`: public facts, the directory, the ledger in numbers.

use serde_json::{Value, json};

use crate::support::{Person, both_engines, keys};
use crate::{PUBLIC_ACCOUNT, is_id};

fn names(member: &Person, query: &str) -> Vec<String> {
    let page = member.get(&format!("/api/v1/communities/RIVER/members{query}")).expect(200);
    page.data().iter().map(|entry| entry["name"].as_str().unwrap().to_owned()).collect()
}

both_engines! {
    fn anyone_may_know_a_communitys_face(app: &TestApp) {
        app.community("RIVER");
        let reply = app.anonymous().get("/api/v1/communities/RIVER").expect(200);
        assert_eq!(reply.body, json!({"code": "RIVER", "name": "RIVER Exchange", "unit": "shell", "symbol": "§", "scale": 2, "time_zone": "UTC", "test_mode": false, "joining": "closed", "members_may_invite": false, "agreement_version": null,
            "fees": {"version": 0, "payer": {"fixed": "0.00", "basis_points": 0}, "payee": {"fixed": "0.00", "basis_points": 0}}}));
        assert_eq!(reply.header("etag"), Some("\"v1\""));
        for code in ["LAKE", "river", "R", "RIVER%20", "%00", "%FF", "RIVER0001", "%25", "RIVE_"] {
            app.anonymous().get(&format!("/api/v1/communities/{code}")).expect_problem(404, "not_found");
        }
    }

    fn members_see_the_ledger_in_numbers(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let ledger = app.ledger(&ada);
        assert_eq!(keys(&ledger), ["accounts", "entries", "head", "sum", "transfers"]);
        assert_eq!(keys(&ledger["head"]), ["hash", "seq"]);
        assert_eq!((&ledger["accounts"], &ledger["transfers"], &ledger["entries"]), (&json!(3), &json!(0), &json!(0)));
        assert_eq!((&ledger["sum"], &ledger["head"]["seq"]), (&json!("0.00"), &json!(3)));
        let hash = ledger["head"]["hash"].as_str().unwrap();
        assert!(hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase()));
        app.pay(&ada, &ben, "1.00");
        let after = app.ledger(&ben);
        assert_eq!((&after["transfers"], &after["entries"], &after["head"]["seq"]), (&json!(1), &json!(2), &json!(4)));
        assert_ne!(after["head"]["hash"], ledger["head"]["hash"]);
    }

    fn the_inside_is_for_members(app: &TestApp) {
        app.found("LAKE", 2);
        let (ada, zoe) = (app.member("ada"), app.newcomer("zoe").of("LAKE").join());
        for part in ["ledger", "members"] {
            let foreign = zoe.get(&format!("/api/v1/communities/RIVER/{part}")).expect_problem(404, "not_found");
            let absent = zoe.get(&format!("/api/v1/communities/NOWHERE/{part}")).expect_problem(404, "not_found");
            assert_eq!(foreign.without_request_id(), absent.without_request_id());
            app.anonymous().get(&format!("/api/v1/communities/RIVER/{part}")).expect_problem(401, "unauthenticated");
            for code in ["%00", "%FF", "river", "%25"] {
                ada.get(&format!("/api/v1/communities/{code}/{part}")).expect_problem(404, "not_found");
            }
        }
    }

    fn the_directory_names_members_and_their_public_side(app: &TestApp) {
        let (ada, _) = (app.member("Ada Brook"), app.admin());
        let page = ada.get("/api/v1/communities/RIVER/members").expect(200);
        assert_eq!(keys(&page.body), ["data", "next_cursor"]);
        assert_eq!((page.data().len(), &page.body["next_cursor"]), (2, &Value::Null));
        for entry in page.data() {
            assert_eq!(keys(entry), ["accounts", "id", "name", "roles", "status"]);
            assert!(is_id(&entry["id"]));
            assert_eq!(entry["accounts"].as_array().unwrap().len(), 1);
            assert_eq!(keys(&entry["accounts"][0]), PUBLIC_ACCOUNT, "one's own too: the directory is the same for all");
        }
        let first = &page.data()[0];
        assert_eq!((&first["name"], &first["status"], &first["roles"]), (&json!("Ada Brook"), &json!("active"), &json!(["member"])));
        assert_eq!(first["accounts"][0]["code"], ada.code);
        assert_eq!(page.data()[1]["roles"], json!(["member", "admin"]));
    }

    fn the_directory_finds_names_and_codes(app: &TestApp) {
        let ada = app.member("Ada Brook");
        for name in ["Ben Ford", "Zoë Ångström", "100% Bakery", "under_score", "O'Neill \"Quote\"", "back\\slash"] {
            app.member(name);
        }
        assert_eq!(names(&ada, "?q=ford"), ["Ben Ford"]);
        assert_eq!(names(&ada, "?q=FORD"), ["Ben Ford"]);
        assert_eq!(names(&ada, "?q=%20Ben%20Ford%20"), ["Ben Ford"]);
        assert_eq!(names(&ada, "?q=ZO%C3%8B"), ["Zoë Ångström"], "capitals beyond ASCII, too");
        assert_eq!(names(&ada, "?q=%C3%A5ngstr%C3%B6m"), ["Zoë Ångström"]);
        assert_eq!(names(&ada, "?q=%25"), ["100% Bakery"], "a per cent sign is itself");
        assert_eq!(names(&ada, "?q=_"), ["under_score"], "an underscore is itself");
        assert_eq!(names(&ada, "?q=%5C"), ["back\\slash"], "a backslash is itself");
        assert_eq!(names(&ada, "?q='"), ["O'Neill \"Quote\""]);
        assert_eq!(names(&ada, "?q=%22quote%22"), ["O'Neill \"Quote\""]);
        assert_eq!(names(&ada, "?q=river0002"), ["Ben Ford"], "by account code");
        assert_eq!(names(&ada, "?q=nobody"), Vec::<String>::new());
        assert_eq!(names(&ada, "?q=").len(), 7);
        assert_eq!(names(&ada, "?q=';DROP%20TABLE%20members;--").len(), 0);
        let path = "/api/v1/communities/RIVER/members";
        ada.get(&format!("{path}?q={}", "x".repeat(101))).expect_fault("q");
        ada.get(&format!("{path}?q=a%00b")).expect_fault("q");
        assert_eq!(names(&ada, "?q=%FF").len(), 0, "what is no text is nobody's name");
        ada.get(&format!("{path}?name=ada")).expect_problem(400, "validation_failed");
        ada.get(&format!("{path}?q=a&q=b")).expect_problem(400, "validation_failed");
    }

    fn communities_do_not_mix_in_the_directory(app: &TestApp) {
        app.found("LAKE", 2);
        let (ada, zoe) = (app.member("ada"), app.newcomer("zoe").of("LAKE").join());
        assert_eq!(names(&ada, ""), ["ada"]);
        let lake = zoe.get("/api/v1/communities/LAKE/members").expect(200);
        assert_eq!(lake.data().len(), 1);
    }
}
