//! Signing keys take turns, and nobody is logged out by it.

use std::collections::BTreeSet;
use std::sync::Arc;

use counterfoil::storage::secrets;

use crate::support::{Person, TestApp, both_engines};

const DAY_SECONDS: i64 = 86_400;

/// The names in the key set.
fn published(app: &TestApp) -> BTreeSet<String> {
    let set = app.anonymous().get("/.well-known/jwks.json").expect(200).body;
    set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// The name of the key that signed the person's token.
fn signer(person: &Person) -> String {
    use base64::Engine;
    let access = person.tokens().access;
    let header =
        base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(access.split('.').next().unwrap()).unwrap();
    serde_json::from_slice::<serde_json::Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
}

/// Keeps a session up as an app does, for a while, in steps; each answer must be good.
fn live(app: &TestApp, people: &[&Person], seconds: i64) {
    let mut passed = 0;
    while passed < seconds {
        app.clock.advance(250);
        passed += 250;
        for person in people {
            person.get("/api/v1/me").expect(200);
            person.refresh().expect(200);
            person.get("/api/v1/me").expect(200);
        }
    }
}

both_engines! {
    fn the_next_key_is_published_long_before_it_signs(app: &TestApp) {
        let ada = app.member("ada");
        let first = signer(&ada);
        assert_eq!(published(app), BTreeSet::from([first.clone()]));
        app.clock.advance(89 * DAY_SECONDS);
        let ada = ada.again();
        assert_eq!((signer(&ada), published(app).len()), (first.clone(), 1));
        app.clock.advance(DAY_SECONDS + 1);
        let ada = ada.again();
        assert_eq!(signer(&ada), first, "it still signs");
        let both = published(app);
        assert!(both.len() == 2 && both.contains(&first), "{both:?}");
        live(app, &[&ada], 3_500);
        assert_eq!(signer(&ada), first);
        live(app, &[&ada], 500);
        let second = signer(&ada);
        assert!(second != first && both.contains(&second));
        assert_eq!(published(app), both, "tokens of the first key live");
        live(app, &[&ada], 1_000);
        assert_eq!(published(app), BTreeSet::from([second.clone()]));
        app.restart();
        ada.get("/api/v1/me").expect(200);
        app.pay(&ada, &app.member("ben"), "1.00");
        assert_eq!(published(app), BTreeSet::from([second]));
    }

    fn the_last_token_of_a_key_works_to_its_end(app: &TestApp) {
        let ada = app.member("ada");
        let first = signer(&ada);
        app.block_on(app.services().rotate_signing_key()).unwrap();
        app.block_on(app.services().rotate_signing_key()).unwrap();
        assert_eq!(published(app).len(), 2, "a key that waits is not overtaken");
        app.clock.advance(3_590);
        let last = ada.again();
        assert_eq!(signer(&last), first);
        app.clock.advance(20);
        assert_ne!(signer(&ada.again()), first);
        app.clock.advance(270);
        last.get("/api/v1/me").expect(200);
        app.pay(&last, &app.member("ben"), "1.00");
        last.refresh().expect(200);
        last.get("/api/v1/me").expect(200);
        assert_ne!(signer(&last), first);
    }

    fn private_keys_are_sealed_once_the_operator_sets_a_key(app: &TestApp) {
        let stored = || -> Vec<Vec<u8>> {
            let rows = secrets::signing_keys(&mut app.database.inspect()).unwrap();
            rows.into_iter().map(|row| row.private_key).collect()
        };
        let ada = app.member("ada");
        let before = ada.tokens().access;
        let plain = stored();
        assert!(plain.iter().all(|key| key[0] == 0x30));
        app.stop();
        let sealed_app = TestApp::with(Arc::clone(&app.database), |settings| {
            settings.secret_key = "a secret of the operator's, kept elsewhere".into();
        });
        let sealed = stored();
        assert_eq!(sealed.len(), plain.len());
        for key in &sealed {
            assert!(!plain.iter().any(|plain| key.windows(plain.len()).any(|part| part == plain)) && key[0] != 0x30);
        }
        sealed_app.anonymous().with_token(&before).get("/api/v1/me").expect(200);
        sealed_app.block_on(sealed_app.services().rotate_signing_key()).unwrap();
        assert!(stored().iter().all(|key| key[0] != 0x30), "new ones, too");
        sealed_app.restart();
        sealed_app.anonymous().with_token(&before).get("/api/v1/me").expect(200);
    }

    fn private_keys_do_not_outlive_their_tokens(app: &TestApp) {
        for _ in 0..3 {
            app.block_on(app.services().rotate_signing_key()).unwrap();
            app.clock.advance(3_600 + 700);
        }
        app.block_on(app.services().rotate_signing_key()).unwrap();
        assert_eq!(app.database.db_count("signing_keys"), 2, "the one that signs, and the next");
    }
}

#[test]
fn processes_agree_on_the_keys() {
    let one = TestApp::new(counterfoil::storage::Engine::Postgres);
    let ada = one.member("ada");
    let first = signer(&ada);
    let other = TestApp::on(Arc::clone(&one.database));
    std::thread::scope(|scope| {
        for app in [&one, &other] {
            let services = app.services();
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(services.rotate_signing_key()).unwrap();
            });
        }
    });
    assert_eq!(published(&one).len(), 2, "both made one, and one of the two counts");
    for app in [&one, &other] {
        app.clock.advance(301);
    }
    assert_eq!(published(&one), published(&other));
    let away = |app: &TestApp| app.anonymous().with_token(&ada.tokens().access);
    ada.refresh().expect(200);
    away(&other).get("/api/v1/me").expect(200);
    for app in [&one, &other] {
        app.clock.advance(3_600);
    }
    ada.refresh().expect(200);
    assert_ne!(signer(&ada), first);
    away(&other).get("/api/v1/me").expect(200);
    away(&one).get("/api/v1/me").expect(200);
}
