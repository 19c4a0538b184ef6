//! `GET /payments` with its filters: everything that fits is found, once each, and no request looks at everything.

use serde_json::{Value, json};

use crate::support::{Caller, Person, both_engines, fresh_key};

fn found(caller: &Caller, query: &str) -> Vec<Value> {
    caller.get(&format!("/api/v1/payments?{query}")).expect(200).data().to_vec()
}

fn ids(payments: &[Value]) -> Vec<&str> {
    payments.iter().map(|payment| payment["id"].as_str().unwrap()).collect()
}

/// All that fits, page by page, with how many pages there were.
fn all(caller: &Caller, query: &str) -> (Vec<String>, usize) {
    let (mut ids, mut pages, mut cursor) = (Vec::new(), 0, String::new());
    loop {
        let page = caller.get(&format!("/api/v1/payments?{query}{cursor}")).expect(200);
        ids.extend(page.data().iter().map(|payment| payment["id"].as_str().unwrap().to_owned()));
        pages += 1;
        assert!(pages < 200, "the list has an end");
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return (ids, pages),
        }
    }
}

fn pay_for(payer: &Person, payee: &Person, amount: &str, description: &str) -> Value {
    let body =
        json!({"payer": payer.code, "payee": payee.code, "amount": amount, "description": description});
    payer.post_payment(&fresh_key(), &body).expect(201).body
}

both_engines! {
    fn ways_parties_and_amounts_narrow_it_down(app: &TestApp) {
        let (ada, ben, carla) = (app.member("ada"), app.member("ben"), app.member("carla"));
        let one = pay_for(&ada, &ben, "1.00", "Rye");
        let two = pay_for(&ben, &ada, "2.00", "Wool");
        let three = pay_for(&ada, &carla, "12.50", "Rye again");
        assert_eq!(ids(&found(&ada, "direction=out")), ids(&[three.clone(), one.clone()]));
        assert_eq!(ids(&found(&ada, "direction=in")), ids(std::slice::from_ref(&two)));
        for party in [&ben.code, &ben.account_id] {
            assert_eq!(ids(&found(&ada, &format!("party={party}"))), ids(&[two.clone(), one.clone()]));
        }
        assert_eq!(ids(&found(&ada, "amount_min=2")), ids(&[three.clone(), two.clone()]));
        assert_eq!(ids(&found(&ada, "amount_max=2.00")), ids(&[two.clone(), one.clone()]));
        assert_eq!(ids(&found(&ada, "amount_min=1.000001&amount_max=12.499999")), ids(std::slice::from_ref(&two)));
        // Texts are looked for in what it was for, and in the other side's name and code.
        assert_eq!(ids(&found(&ada, "q=carla")), ids(std::slice::from_ref(&three)));
        assert_eq!(ids(&found(&ada, "q=CAR")), ids(std::slice::from_ref(&three)));
        assert_eq!(ids(&found(&ada, &format!("q={}", ben.code.to_lowercase()))), ids(&[two.clone(), one.clone()]));
        assert!(found(&ada, "q=ada").is_empty(), "her own name is in all of them");
        let both = format!("party={}&direction=in&amount_min=2.00&amount_max=2.00&q=wool&state=completed", ben.code);
        assert_eq!(ids(&found(&ada, &both)), ids(&[two]));
        for (query, pointer) in [
            ("direction=up", "direction"),
            ("party=x", "party"),
            ("amount_min=-1", "amount_min"),
            ("amount_max=1e3", "amount_max"),
            ("amount_max=0.0000001", "amount_max"),
            (&*format!("category={}", "x".repeat(41)), "category"),
        ] {
            ada.get(&format!("/api/v1/payments?{query}")).expect_fault(pointer);
        }
        ada.get("/api/v1/payments?party=RIVER0999").expect_problem(404, "not_found");
        app.found("LAKE", 2);
        let foreign = app.newcomer("finn").of("LAKE").join();
        for party in [&foreign.code, &foreign.account_id] {
            ada.get(&format!("/api/v1/payments?party={party}")).expect_problem(404, "not_found");
        }
    }

    fn rare_ones_are_found_far_down_with_bounded_work(app: &TestApp) {
        app.found("LAKE", 2);
        let (ada, ben) = (app.newcomer("ada").with_credit_limit("99999.00").join(), app.member("ben"));
        let (ada_lake, ben_lake) = (app.newcomer("ada").of("LAKE").join(), app.newcomer("ben").of("LAKE").join());
        let rare = pay_for(&ada, &ben, "7.77", "Needle");
        let lake = pay_for(&ada_lake, &ben_lake, "7.77", "Needle in the lake");
        app.pay_often(&ada, &ben, 4_500);
        let newest = pay_for(&ada, &ben, "7.77", "Needle on top");
        let (hits, pages) = all(&ada, "q=needle&limit=10");
        assert_eq!(hits, ids(&[newest.clone(), lake, rare.clone()]));
        assert!(pages >= 2, "one request does not look at everything: {pages}");
        let (hits, pages) = all(&ada, &format!("q=needle&limit=10&account={}", ada.code));
        assert_eq!(hits, ids(&[newest, rare]));
        assert!(pages >= 2, "{pages}");
        // Without conditions every page is full.
        let (everything, pages) = all(&ada, "limit=100");
        assert_eq!((everything.len(), pages), (4_503, 46));
        let distinct: std::collections::BTreeSet<_> = everything.iter().collect();
        assert_eq!(distinct.len(), everything.len(), "each once");
    }
}
