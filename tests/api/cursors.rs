//! Pages: every list walked to its end, its cursors bound to list, filters and reader.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::support::{Caller, Reply, both_engines};

/// The pages of a list, from its beginning to its end. `between` happens between two pages.
fn walk(caller: &Caller, path: &str, between: impl Fn()) -> Vec<Reply> {
    let mut pages = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let separator = if path.contains('?') { '&' } else { '?' };
        let next = cursor.map(|cursor| format!("{separator}cursor={cursor}")).unwrap_or_default();
        let page = caller.get(&format!("{path}{next}")).expect(200);
        cursor = page.body["next_cursor"].as_str().map(str::to_owned);
        pages.push(page);
        if cursor.is_none() {
            return pages;
        }
        between();
    }
}

fn ids(pages: &[Reply]) -> Vec<String> {
    pages.iter().flat_map(Reply::data).map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// Each once, and all of these among them.
#[track_caller]
fn assert_each_once(found: &[String], wanted: &BTreeSet<String>) {
    let distinct: BTreeSet<_> = found.iter().cloned().collect();
    assert_eq!(distinct.len(), found.len(), "an item came twice");
    let missing: Vec<_> = wanted.difference(&distinct).collect();
    assert!(missing.is_empty(), "skipped: {missing:?}");
}

both_engines! {
    fn pages_have_the_length_that_was_asked_for(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        for _ in 0..25 {
            app.pay(&ada, &ben, "0.01");
        }
        for path in ["/api/v1/payments".to_owned(), format!("/api/v1/accounts/{}/entries", ada.code)] {
            assert_eq!(ada.get(&path).expect(200).data().len(), 20, "twenty by default");
            assert_eq!(ada.get(&format!("{path}?limit=100")).expect(200).data().len(), 25);
            assert_eq!(ada.get(&format!("{path}?limit=1")).expect(200).data().len(), 1);
            let exact = ada.get(&format!("{path}?limit=25")).expect(200);
            assert_eq!((exact.data().len(), &exact.body["next_cursor"]), (25, &Value::Null), "no empty page at the end");
            let lengths: Vec<_> = walk(&ada, &format!("{path}?limit=7"), || ()).iter().map(|page| page.data().len()).collect();
            assert_eq!(lengths, [7, 7, 7, 4]);
        }
        for path in ["/api/v1/payments", "/api/v1/communities/RIVER/members", &format!("/api/v1/accounts/{}/entries", ada.code)] {
            for limit in ["0", "-1", "101", "1000000"] {
                ada.get(&format!("{path}?limit={limit}")).expect_fault("limit");
            }
            for limit in ["", "x", "1.5", "1e1", "%31%00", "99999999999999999999", "1&limit=2"] {
                ada.get(&format!("{path}?limit={limit}")).expect_problem(400, "validation_failed");
            }
            ada.get(&format!("{path}?page=2")).expect_problem(400, "validation_failed");
        }
    }

    fn the_next_page_is_linked(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        for _ in 0..3 {
            app.pay(&ada, &ben, "0.01");
        }
        let entries = format!("/api/v1/accounts/{}/entries", ada.code);
        for path in ["/api/v1/payments?limit=1&state=completed", "/api/v1/communities/RIVER/members?limit=1", &format!("{entries}?limit=2")] {
            let first = ada.get(path).expect(200);
            let cursor = first.body["next_cursor"].as_str().unwrap();
            let link = first.header("link").unwrap();
            let target = link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap();
            assert_eq!(target, format!("{path}&cursor={cursor}"));
            let second = ada.get(target).expect(200);
            assert_ne!(second.data()[0], first.data()[0]);
            assert_eq!(walk(&ada, path, || ()).last().unwrap().header("link"), None);
        }
        let page = ada.get(&format!("{entries}?limit=2")).expect(200);
        let link = page.header("link").unwrap().to_owned();
        let second = ada.get(&link[1..link.find('>').unwrap()]).expect(200);
        assert_eq!((second.data().len(), second.header("link")), (1, None));
    }

    fn nothing_comes_twice_and_nothing_is_skipped_while_people_pay(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let mut payments = BTreeSet::new();
        for number in 0..30 {
            let (payer, payee) = if number % 3 == 0 { (&ben, &ada) } else { (&ada, &ben) };
            payments.insert(app.pay(payer, payee, "0.01")["id"].as_str().unwrap().to_owned());
        }
        let entries = format!("/api/v1/accounts/{}/entries", ada.code);
        let older: BTreeSet<_> = ids(&walk(&ada, &entries, || ())).into_iter().collect();
        assert_eq!(older.len(), 30);
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    app.pay(&ada, &ben, "0.01");
                    app.pay(&ben, &ada, "0.02");
                    app.pay(&ada, &ben, "0.01");
                }
            });
            let between = || std::thread::sleep(std::time::Duration::from_millis(10));
            for _ in 0..2 {
                assert_each_once(&ids(&walk(&ada, "/api/v1/payments?limit=3", between)), &payments);
                assert_each_once(&ids(&walk(&ada, &format!("{entries}?limit=3"), between)), &older);
            }
            is_over.store(true, Ordering::Relaxed);
        });
    }

    fn people_who_join_meanwhile_come_at_the_end(app: &TestApp) {
        let ada = app.member("ada");
        for number in 0..10 {
            app.member(&format!("member {number}"));
        }
        let path = "/api/v1/communities/RIVER/members";
        let before: BTreeSet<_> = ids(&walk(&ada, path, || ())).into_iter().collect();
        assert_eq!(before.len(), 11);
        let joined = std::sync::atomic::AtomicU32::new(0);
        let pages = walk(&ada, &format!("{path}?limit=2"), || {
            let number = joined.fetch_add(1, Ordering::Relaxed);
            if number < 4 {
                app.member(&format!("late {number}"));
            }
        });
        let found = ids(&pages);
        assert_each_once(&found, &before);
        assert_eq!(found.len(), 15);
    }

    fn several_communities_are_walked_as_one_list(app: &TestApp) {
        app.found("LAKE", 0);
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let lake = (app.newcomer("ada").of("LAKE").join(), app.newcomer("ben").of("LAKE").join());
        let mut made = Vec::new();
        for number in 0..12 {
            let payment = if number % 3 == 0 { app.pay(&lake.0, &lake.1, "1") } else { app.pay(&ada, &ben, "1.00") };
            made.push(payment["id"].as_str().unwrap().to_owned());
        }
        made.reverse();
        let pages = walk(&ada, "/api/v1/payments?limit=5", || {
            app.pay(&ada, &ben, "1.00");
            app.pay(&lake.0, &lake.1, "1");
        });
        assert_eq!(ids(&pages), made, "newest first over both");
    }

    fn a_cursor_is_for_its_list_its_filters_and_its_reader(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        for _ in 0..4 {
            app.pay(&ada, &ben, "0.01");
        }
        let entries = format!("/api/v1/accounts/{}/entries", ada.code);
        let members = "/api/v1/communities/RIVER/members";
        let cursor = |path: &str| ada.get(path).expect(200).body["next_cursor"].as_str().unwrap().to_owned();
        let of_payments = cursor("/api/v1/payments?limit=2");
        let of_entries = cursor(&format!("{entries}?limit=2"));
        let of_members = cursor(&format!("{members}?limit=1"));
        let own = [("/api/v1/payments", &of_payments), (entries.as_str(), &of_entries), (members, &of_members)];
        for (path, cursor) in own {
            ada.get(&format!("{path}?cursor={cursor}")).expect(200);
            ada.get(&format!("{path}?limit=1&cursor={cursor}")).expect(200);
            let mut altered = cursor.clone().into_bytes();
            altered[3] = if altered[3] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            let mut cut = cursor.clone();
            cut.pop();
            for bad in [altered.as_str(), &cut, &format!("{cursor}AA"), "", "x", "%00", "bm9uc2Vuc2U", &"A".repeat(3_000)] {
                ada.get(&format!("{path}?cursor={bad}")).expect_fault("cursor");
            }
            for (other, _) in own.iter().filter(|(other, _)| *other != path) {
                ada.get(&format!("{other}?cursor={cursor}")).expect_fault("cursor");
            }
        }
        for filter in ["state=completed", "q=x", &format!("account={}", ada.code), "from=2026-01-01T00:00:00Z"] {
            ada.get(&format!("/api/v1/payments?{filter}&cursor={of_payments}")).expect_fault("cursor");
        }
        ada.get(&format!("{members}?q=a&cursor={of_members}")).expect_fault("cursor");
        ben.get(&format!("/api/v1/payments?cursor={of_payments}")).expect_fault("cursor");
        ben.get(&format!("{members}?cursor={of_members}")).expect_fault("cursor");
        app.admin().get(&format!("{entries}?cursor={of_entries}")).expect_fault("cursor");
        ada.get(&format!("/api/v1/accounts/{}/entries?cursor={of_entries}", ben.code)).expect_problem(404, "not_found");
        // It holds over a new session and a restart.
        app.restart();
        let page = ada.again().get(&format!("/api/v1/payments?limit=2&cursor={of_payments}")).expect(200);
        assert_eq!((page.data().len(), &page.body["next_cursor"]), (2, &json!(null)));
    }
}
