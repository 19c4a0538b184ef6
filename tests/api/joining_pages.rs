//! The pages to which the links of mails lead: what a person does with a browser and a mail reader.

use serde_json::json;

use crate::joining::{NEW_PASSWORD, RIVER, application, apply, db_mailed, opened, sign_in};
use crate::password_resets::db_token;
use crate::support::{Reply, TestApp, both_engines, html, post_form};

fn page(app: &TestApp, path: &str) -> Reply {
    checked(app.anonymous().get(path))
}

fn submit(app: &TestApp, path: &str, form: &[(&str, &str)]) -> Reply {
    checked(post_form(&app.anonymous(), path, &[], form))
}

/// A page that no script, frame or foreign place gets into.
fn checked(reply: Reply) -> Reply {
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"), "{reply:?}");
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'; form-action 'self'"), "{policy}");
    assert_eq!(
        (reply.header("cache-control"), reply.header("referrer-policy")),
        (Some("no-store"), Some("no-referrer"))
    );
    assert!(!html(&reply).contains("<script"), "{}", html(&reply));
    reply
}

both_engines! {
    fn an_address_is_confirmed_by_a_button(app: &TestApp) {
        opened(app, "open", false);
        let mut body = application("zoe@lake.example");
        body["name"] = json!("<script>alert(1)</script>");
        apply(app, &body).expect(202);
        let token = db_mailed(app, "zoe@lake.example", "confirm_address", "token");
        let path = format!("/confirm-address?token={token}");
        for _ in 0..3 {
            let text = html(&page(app, &path).expect(200));
            assert!(text.contains("&lt;script&gt;alert(1)") && text.contains("RIVER Exchange") && text.contains(&token), "{text}");
        }
        sign_in(app, "zoe@lake.example", NEW_PASSWORD).expect_problem(401, "unauthenticated");
        submit(app, "/confirm-address", &[("token", &token)]).expect(200);
        submit(app, "/confirm-address", &[("token", &token)]).expect(400);
        page(app, &path).expect(400);
        sign_in(app, "zoe@lake.example", NEW_PASSWORD).expect(201);
    }

    fn an_address_is_confirmed_by_typing(app: &TestApp) {
        opened(app, "open", false);
        apply(app, &application("zoe@lake.example")).expect(202);
        let code = db_mailed(app, "zoe@lake.example", "confirm_address", "code");
        page(app, "/confirm-address").expect(200);
        let wrong = submit(app, "/confirm-address", &[("email", "zoe@lake.example"), ("code", "1")]).expect(400);
        assert!(html(&wrong).contains("value=\"zoe@lake.example\""));
        submit(app, "/confirm-address", &[("email", "zoe@lake.example"), ("code", &code)]).expect(200);
        sign_in(app, "zoe@lake.example", NEW_PASSWORD).expect(201);
        submit(app, "/confirm-address", &[]).expect(400);
        page(app, "/confirm-address?token=nonsense").expect(400);
    }

    fn a_password_is_chosen_on_a_page(app: &TestApp) {
        let ada = app.member("ada");
        let token = db_token(app, &ada, 1);
        page(app, "/reset-password").expect(400);
        let shown = page(app, &format!("/reset-password?token={token}")).expect(200);
        assert!(!html(&shown).contains("name=\"code\""), "nobody is asked for a code who has none");
        let weak = submit(app, "/reset-password", &[("token", &token), ("new_password", "short")]).expect(400);
        assert!(html(&weak).contains("at least 15 characters") && html(&weak).contains(&token));
        submit(app, "/reset-password", &[("token", &token), ("new_password", NEW_PASSWORD)]).expect(200);
        submit(app, "/reset-password", &[("token", &token), ("new_password", NEW_PASSWORD)]).expect(400);
        page(app, &format!("/reset-password?token={token}")).expect(400);
        sign_in(app, &ada.email, NEW_PASSWORD).expect(201);
        let ben = app.member("ben");
        let (_, codes) = crate::second_factors::turn_on(app, &ben);
        let token = db_token(app, &ben, 2);
        let shown = page(app, &format!("/reset-password?token={token}")).expect(200);
        assert!(html(&shown).contains("name=\"code\""));
        let without = submit(app, "/reset-password", &[("token", &token), ("new_password", NEW_PASSWORD)]).expect(403);
        assert!(html(&without).contains("name=\"code\""));
        submit(app, "/reset-password", &[("token", &token), ("new_password", NEW_PASSWORD), ("code", &codes[0])]).expect(200);
    }

    fn the_pages_speak_the_language_of_the_mail(app: &TestApp) {
        let admin = opened(app, "open", false);
        let mut body = application("zoe@lake.example");
        body["language"] = json!("de");
        apply(app, &body).expect(202);
        let token = db_mailed(app, "zoe@lake.example", "confirm_address", "token");
        let text = html(&page(app, &format!("/confirm-address?token={token}&lang=de")).expect(200));
        for part in ["<html lang=\"de\">", "Ja, das bin ich", "/confirm-address?lang=de\"", "&amp;lang=nl\""] {
            assert!(text.contains(part), "no {part} in {text}");
        }
        assert!(text.contains(&format!("?token={token}&amp;lang=fr")), "another language keeps the link: {text}");
        let wrong = [("email", "zoe@lake.example"), ("code", "1")];
        let wrong = html(&submit(app, "/confirm-address?lang=es", &wrong).expect(400));
        assert!(wrong.contains("Este código no es el del correo"), "{wrong}");
        let done = html(&submit(app, "/confirm-address?lang=fr", &[("token", &token)]).expect(200));
        assert!(done.contains("<html lang=\"fr\">") && done.contains("Merci"), "{done}");
        let ada = app.member("ada");
        let token = db_token(app, &ada, 1);
        let weak = [("token", token.as_str()), ("new_password", "short")];
        let weak = html(&submit(app, "/reset-password?lang=nl", &weak).expect(400));
        assert!(weak.contains("minstens 15 tekens") && !weak.contains("characters"), "{weak}");
        // Who applies on a page is written to in its language.
        let admin_invites = json!({"email": "yan@lake.example", "name": "Yan"});
        admin.post(&format!("{RIVER}/invitations"), &admin_invites).expect(201);
        let token = db_mailed(app, "yan@lake.example", "invitation", "token");
        let form = [("token", token.as_str()), ("name", "Yan"), ("password", NEW_PASSWORD), ("message", "")];
        submit(app, "/invitation?lang=es", &form).expect(200);
        let list = admin.get(&format!("{RIVER}/applications")).expect(200);
        let languages: Vec<_> = list.data().iter().map(|one| (one["name"].clone(), one["language"].clone())).collect();
        assert!(languages.contains(&(json!("Yan"), json!("es"))), "{languages:?}");
        page(app, "/reset-password?lang=xx").expect(400);
    }

    fn the_invited_apply_on_a_page(app: &TestApp) {
        let admin = opened(app, "closed", false);
        admin.post(&format!("{RIVER}/agreements"), &json!({"title": "Our agreement", "text": "Near <b>zero</b>."})).expect(201);
        admin.post(&format!("{RIVER}/invitations"), &json!({"email": "zoe@lake.example", "name": "Zoë"})).expect(201);
        let token = db_mailed(app, "zoe@lake.example", "invitation", "token");
        let text = html(&page(app, &format!("/invitation?token={token}")).expect(200));
        assert!(text.contains("Near &lt;b&gt;zero&lt;/b&gt;.") && text.contains("value=\"Zoë\""), "{text}");
        let form = [("token", token.as_str()), ("name", "Zoë Lake"), ("password", NEW_PASSWORD), ("message", "Hello")];
        let without_terms = submit(app, "/invitation", &form).expect(400);
        assert!(html(&without_terms).contains("value=\"Zoë Lake\""));
        let mut all = form.to_vec();
        all.push(("agreement_version", "1"));
        let mut weak = all.clone();
        weak[2].1 = "short";
        weak[3].1 = "Hello\r\n<there>";
        let weak = html(&submit(app, "/invitation", &weak).expect(400));
        assert!(weak.contains("required checked") && weak.contains("Hello\n&lt;there&gt;</textarea>"), "{weak}");
        submit(app, "/invitation", &all).expect(200);
        submit(app, "/invitation", &all).expect(400);
        sign_in(app, "zoe@lake.example", NEW_PASSWORD).expect(201);
        assert_eq!(admin.get(&format!("{RIVER}/applications")).expect(200).data()[0]["agreement_version"], 1);
        page(app, "/invitation").expect(400);
    }
}
