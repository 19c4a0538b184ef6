//! What of webhooks is a person's: handed out to them, and forgotten with them.

use serde_json::json;

use super::Endpoint;
use crate::support::{Receiver, both_engines};

both_engines! {
    fn endpoints_are_handed_out_and_forgotten_with_their_owner(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let [to_ada, to_ben] = [0; 2].map(|_| Receiver::new());
        let sending = app.send_webhooks();
        let (of_ada, of_ben) = (Endpoint::at(&ada, &to_ada, &json!(["*"])), Endpoint::at(&ben, &to_ben, &json!(["*"])));
        // Nobody owes anybody anything in the end, so that she may go.
        app.pay(&ben, &ada, "1.00");
        app.pay(&ada, &ben, "1.00");
        let carla = app.member("carla");
        let others = app.pay(&ben, &carla, "1.00");
        let are_done = |count: usize| {
            move |log: &[serde_json::Value]| log.len() == count && log.iter().all(|one| one["state"] == "delivered")
        };
        of_ada.log_until(&ada, are_done(2));
        of_ben.log_until(&ben, are_done(3));
        let (mut text, mut cursor) = (String::new(), String::new());
        loop {
            let page = ada.get(&format!("/api/v1/me/export{cursor}")).expect(200);
            text.push_str(&page.body.to_string());
            let Some(next) = page.body["next_cursor"].as_str() else { break };
            cursor = format!("?cursor={next}");
        }
        assert!(text.contains(&to_ada.url()) && !text.contains(&to_ben.url()), "{text}");
        assert!(!text.contains(&of_ada.secret) && !text.contains("sealed"));
        drop(sending);
        app.set_status(&ada, "closed").expect(200);
        ada.again().post("/api/v1/me/erasure", &json!({"reason": "Moving away"})).expect(202);
        app.clock.advance(31 * 86_400);
        while app.block_on(app.services().erase_due()).unwrap() {}
        let urls = app.database.db_texts("SELECT url AS value FROM webhook_endpoints WHERE state <> 5");
        assert_eq!(urls, [to_ben.url()]);
        assert!(app.database.db_texts("SELECT url AS value FROM webhook_endpoints WHERE state = 5").iter().all(String::is_empty));
        let bodies = "SELECT count(*) AS value FROM webhook_deliveries WHERE request IS NOT NULL OR answer IS NOT NULL";
        assert_eq!(app.database.db_numbers(bodies), [1]);
        let log = of_ben.log(&ben.again());
        assert!(log.iter().all(|one| one["last_attempt"]["status"] == 204));
        for one in log {
            let is_others = one["subject_id"] == others["id"];
            assert_eq!(one["last_attempt"]["request"].is_string(), is_others, "what does not tell of her stays: {one}");
        }
    }
}
