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
        // One whose time is over is nothing to wait for.
        app.clock.advance(900);
        let began = Instant::now();
        shop.again().get(&format!("{}?wait=30", path_of(&open))).expect(200);
        assert!(began.elapsed() < Duration::from_secs(15));
    }
}
