//! Waiting for a checkout's end.

use std::time::{Duration, Instant};

use super::{approve, create, path_of};
use crate::support::both_engines;

both_engines! {
    fn who_waits_is_told_when_it_is_paid(app: &TestApp) {
        let (shop, ada) = (app.member("shop"), app.member("ada"));
        let open = create(&shop, "1", "10.00");
        let path = format!("{}?wait=30", path_of(&open));
        let began = Instant::now();
        let waited = std::thread::scope(|scope| {
            let waiting = scope.spawn(|| shop.get(&path).expect(200));
            // Somebody else's payment is not what is waited for.
            app.pay(&ada, &shop, "1.00");
            approve(&ada, &open).expect(200);
            waiting.join().unwrap()
        });
        assert_eq!(waited.body["state"], "completed");
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
        // What is over is answered at once.
        assert_eq!(shop.get(&path).expect(200).body["state"], "completed");
        assert!(began.elapsed() < Duration::from_secs(25), "{:?}", began.elapsed());
    }

    fn who_waits_in_vain_is_told_so(app: &TestApp) {
        let (shop, ada) = (app.member("shop"), app.member("ada"));
        let open = create(&shop, "1", "10.00");
        let began = Instant::now();
        let waited = shop.get(&format!("{}?wait=1", path_of(&open))).expect(200);
        assert_eq!(waited.body["state"], "open");
        assert!(began.elapsed() >= Duration::from_secs(1));
        for bad in ["31", "-1", "x"] {
            shop.get(&format!("{}?wait={bad}", path_of(&open))).expect_fault("wait");
        }
        ada.get(&format!("{}?wait=30", path_of(&open))).expect_problem(404, "not_found");
        // One whose time is over is nothing to wait for, though nobody has come by to end it; whoever asks first is told so.
        let others = [create(&shop, "2", "10.00"), create(&shop, "3", "10.00")];
        app.clock.advance(900);
        let (shop, ada) = (shop.again(), ada.again());
        let began = Instant::now();
        let late = shop.get(&format!("{}?wait=30", path_of(&open))).expect(200);
        assert_eq!(late.body["state"], "expired");
        assert!(began.elapsed() < Duration::from_secs(15));
        let page = others[0]["url"].as_str().unwrap().strip_prefix("https://river.example").unwrap();
        let object = app.anonymous().get_with(&format!("{page}?wait=25"), &[("Accept", "application/json")]);
        assert_eq!(object.expect(200).body["state"], "expired");
        assert!(shop.get("/api/v1/checkouts?state=open").expect(200).data().is_empty());
        let states: Vec<_> = shop.get("/api/v1/checkouts").expect(200).data().iter().map(|one| one["state"].clone()).collect();
        assert_eq!(states, ["expired"; 3]);
        assert_eq!(super::reason(approve(&ada, &others[1])), "checkout_not_open");
        // That it was looked at is told like any end, and once.
        super::expire_what_is_overdue(app);
        let ends = "SELECT count(*) AS value FROM checkouts WHERE state = 6";
        assert_eq!(app.database.db_numbers(ends), [3]);
    }
}
