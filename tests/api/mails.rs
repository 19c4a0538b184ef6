//! `/communities/{code}/mails`: what admins see of them, and what nobody else does.

use counterfoil::domain::language::Language;
use counterfoil::jobs::{Mailing, Work};
use counterfoil::mail::{Letter, MailSettings, Mailer, Plain};
use counterfoil::services::mailing::Addressee;
use serde_json::{Value, json};

use crate::support::{PUBLIC_URL, TestApp, both_engines, keys};
use crate::{is_id, is_time};

const MAILS: &str = "/api/v1/communities/RIVER/mails";

/// Writes a mail of `RIVER` to an address; its id.
pub fn write(app: &TestApp, address: &str, user_id: Option<counterfoil::domain::ids::UserId>) -> String {
    write_of(app, "RIVER", address, user_id)
}

/// Writes a mail of a community to an address that has no login; its id.
pub fn write_in(app: &TestApp, community: &str, address: &str) -> String {
    write_of(app, community, address, None)
}

fn write_of(
    app: &TestApp,
    community: &str,
    address: &str,
    user_id: Option<counterfoil::domain::ids::UserId>,
) -> String {
    let addressee = Addressee {
        address: address.to_owned(),
        language: Language::English,
        user_id,
        community_id: Some(app.community(community).id),
    };
    let letter = Letter::ApplicationApproved { community: Plain::from("River Valley Exchange") };
    app.block_on(app.services().write_to(addressee, letter)).unwrap().to_string()
}

/// Sends what is due, to a folder or to nowhere.
pub fn send(app: &TestApp, url: &str) {
    let mailer = Mailer::new(&MailSettings::parse(url, "").unwrap(), PUBLIC_URL).unwrap();
    let mailing = Mailing::new(app.services(), mailer);
    while app.block_on(mailing.do_one()).unwrap() {}
}

both_engines! {
    fn admins_see_what_became_of_mails_and_never_what_they_say(app: &TestApp) {
        let (admin, ada) = (app.admin(), app.member("ada"));
        let folder = tempfile::tempdir().unwrap();
        write(app, &ada.email, Some(ada.user_id));
        send(app, &format!("file:{}", folder.path().display()));
        app.clock.advance(1);
        write(app, "zoe@lake.example", None);
        send(app, "log");
        app.clock.advance(1);
        write(app, "ben@lake.example", None);
        let page = admin.get(MAILS).expect(200);
        assert_eq!(keys(&page.body), ["data", "next_cursor"]);
        let [waiting, failed, sent] = page.data() else { panic!("{}", page.body) };
        for mail in page.data() {
            let names = ["attempts", "can_retry", "created_at", "id", "kind", "last_error", "next_attempt_at", "recipient", "sent_at", "state"];
            assert_eq!(keys(mail), names);
            assert!(is_id(&mail["id"]) && is_time(&mail["created_at"]), "{mail}");
            assert_eq!(mail["kind"], "application_approved");
        }
        let facts = |mail: &Value| json!([mail["state"], mail["recipient"], mail["attempts"], mail["last_error"], mail["can_retry"]]);
        assert_eq!(facts(waiting), json!(["waiting", "b•••@lake.example", 0, null, false]));
        assert_eq!(facts(failed), json!(["failed", "z•••@lake.example", 1, "no mail server is configured", true]));
        assert_eq!(facts(sent), json!(["sent", "ada", 1, null, false]));
        assert!(is_time(&waiting["next_attempt_at"]) && is_time(&sent["sent_at"]));
        assert_eq!((&failed["next_attempt_at"], &failed["sent_at"], &sent["next_attempt_at"]), (&Value::Null, &Value::Null, &Value::Null));
        for (state, mail) in [("waiting", waiting), ("failed", failed), ("sent", sent)] {
            let only = admin.get(&format!("{MAILS}?state={state}")).expect(200);
            assert_eq!(only.data(), std::slice::from_ref(mail));
        }
        admin.get(&format!("{MAILS}?state=lost")).expect_fault("state");
        admin.get(&format!("{MAILS}?limit=101")).expect_fault("limit");
        admin.get(&format!("{MAILS}?kind=x")).expect_fault("kind");
    }

    fn mails_are_for_the_communitys_admins(app: &TestApp) {
        app.found("LAKE", 2);
        let (admin, ada) = (app.admin(), app.member("ada"));
        let zoe = app.newcomer("zoe").of("LAKE").with_admin_rights().join();
        let id = write(app, "ben@lake.example", None);
        let (retry, foreign) = (format!("{MAILS}/{id}/retry"), format!("/api/v1/communities/LAKE/mails/{id}/retry"));
        app.anonymous().get(MAILS).expect_problem(401, "unauthenticated");
        app.anonymous().post(&retry, &Value::Null).expect_problem(401, "unauthenticated");
        ada.get(MAILS).expect_problem(403, "forbidden");
        ada.post(&retry, &Value::Null).expect_problem(403, "forbidden");
        zoe.get(MAILS).expect_problem(404, "not_found");
        zoe.post(&retry, &Value::Null).expect_problem(404, "not_found");
        zoe.post(&foreign, &Value::Null).expect_problem(404, "not_found");
        assert!(zoe.get("/api/v1/communities/LAKE/mails").expect(200).data().is_empty());
        admin.get(MAILS).expect(200);
        for absent in ["019a0000-0000-7000-8000-000000000001", "x", "%00"] {
            admin.post(&format!("{MAILS}/{absent}/retry"), &Value::Null).expect_problem(404, "not_found");
        }
    }

    fn failed_mails_are_sent_after_all_and_others_are_left(app: &TestApp) {
        let admin = app.admin();
        let folder = tempfile::tempdir().unwrap();
        let id = write(app, "zoe@lake.example", None);
        let retry = || admin.post(&format!("{MAILS}/{id}/retry"), &Value::Null);
        assert_eq!(retry().expect(200).body["state"], "waiting", "it waits already");
        send(app, "log");
        assert_eq!(admin.get(MAILS).expect(200).data()[0]["state"], "failed");
        let (one, other) = (retry().expect(200).body, retry().expect(200).body);
        assert_eq!((&one["state"], &one["attempts"], &one), (&json!("waiting"), &json!(0), &other));
        send(app, &format!("file:{}", folder.path().display()));
        assert!(folder.path().join(format!("{id}.eml")).exists());
        assert_eq!(retry().expect_problem(409, "conflict").body["reason"], "mail_sent");
    }

    fn pages_of_mails_go_on_where_they_ended(app: &TestApp) {
        let admin = app.admin();
        let mut ids: Vec<_> = (0..5).map(|_| write(app, "zoe@lake.example", None)).collect();
        ids.sort();
        ids.reverse();
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = admin.get(&format!("{MAILS}?limit=2{cursor}")).expect(200);
            found.extend(page.data().iter().map(|mail| mail["id"].as_str().unwrap().to_owned()));
            let Some(next) = page.body["next_cursor"].as_str() else { break };
            admin.get(&format!("{MAILS}?state=failed&cursor={next}")).expect_fault("cursor");
            cursor = format!("&cursor={next}");
        }
        assert_eq!(found, ids);
    }
}
