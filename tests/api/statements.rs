//! `GET /accounts/{account}/statement`: what happened in a period, in every format, and who may see it.

use counterfoil::domain::ids::UserId;
use counterfoil::domain::time::Timestamp;
use counterfoil::domain::zone::{Day, TimeOfDay};
use counterfoil::storage::history;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Person, Reply, TestApp, both_engines, fresh_key, keys};

const DAY_S: i64 = 24 * 60 * 60;

fn today(app: &TestApp) -> Day {
    app.community("RIVER").time_zone.day_of(app.now()).unwrap()
}

fn after(day: Day, days: i64) -> Day {
    day.plus_days(days).unwrap()
}

fn statement(reader: &Person, account: &str, [from, to]: [Day; 2], rest: &str) -> Reply {
    reader.get(&format!("/api/v1/accounts/{account}/statement?from={from}&to={to}{rest}"))
}

fn text(reply: &Reply) -> String {
    String::from_utf8(reply.bytes.clone()).unwrap()
}

fn amounts(statement: &Value) -> Vec<&str> {
    let entries = statement["entries"].as_array().unwrap();
    entries.iter().map(|entry| entry["amount"].as_str().unwrap()).collect()
}

fn balances(statement: &Value) -> [&str; 2] {
    ["opening_balance", "closing_balance"].map(|name| statement[name].as_str().unwrap())
}

both_engines! {
    fn a_statement_holds_its_days_and_agrees_with_the_balances(app: &TestApp) {
        app.found_in("RIVER", 2, "Europe/Berlin");
        let (ada, ben) = (app.member("Ada Brook"), app.member("Ben Ford"));
        let mut days = Vec::new();
        for [there, back] in [["10.00", "2.00"], ["5.00", "0.50"], ["7.25", "7.25"]] {
            days.push(today(app));
            app.pay(&ada.again(), &ben, there);
            app.pay(&ben.again(), &ada, back);
            app.clock.advance(3 * DAY_S);
        }
        let (ada, first, second) = (ada.again(), days[0], days[1]);
        let ask = |days, rest| statement(&ada, &ada.code, days, rest).expect(200).body;
        let whole = ask([first, after(today(app), 1)], "");
        assert_eq!(keys(&whole), [
            "account", "closing_balance", "community", "entries", "from", "made_at", "name", "opening_balance", "paid",
            "received", "time_zone", "to",
        ]);
        let told = ["opening_balance", "paid", "received", "closing_balance", "time_zone"].map(|name| whole[name].as_str().unwrap());
        assert_eq!(told, ["0.00", "22.25", "9.75", "-12.50", "Europe/Berlin"]);
        assert_eq!(amounts(&whole), ["-10.00", "2.00", "-5.00", "0.50", "-7.25", "7.25"], "oldest first");
        assert_eq!(ada.balance(), "-12.50");

        // The second day alone, what is before it, and days on which nothing happened.
        let one = ask([second, after(second, 1)], "");
        assert_eq!((balances(&one), amounts(&one)), (["-8.00", "-12.50"], vec!["-5.00", "0.50"]));
        assert_eq!(balances(&ask([first, second], "")), ["0.00", "-8.00"]);
        let empty = ask([after(first, 1), second], "");
        assert_eq!((balances(&empty), amounts(&empty)), (["-8.00", "-8.00"], vec![]));
        let long_ago = ["1970-01-01", "1970-02-01"].map(|day| day.parse().unwrap());
        assert_eq!(balances(&ask(long_ago, "")), ["0.00", "0.00"]);
        let to_come = ["2999-01-01", "2999-02-01"].map(|day| day.parse().unwrap());
        assert_eq!(balances(&ask(to_come, "")), ["-12.50", "-12.50"]);
        // What is posted in the very moment in which a day begins is of that day, and of no other.
        let at = app.database.db_numbers("SELECT r.created_at AS value FROM entries AS e JOIN records AS r ON r.community_id = e.community_id AND r.seq = e.seq ORDER BY e.seq DESC LIMIT 1")[0];
        let times = [at, at + 1].map(Timestamp::from_micros);
        let (community_id, account_id) = (app.community("RIVER").id, ada.account_id.parse().unwrap());
        let stood = history::standings_before(&mut app.database.inspect(), community_id, account_id, 6, &times).unwrap();
        assert_eq!(stood.iter().map(|one| (one.account_seq, one.balance.minor())).collect::<Vec<_>>(), [(5, -19_75), (6, -12_50)]);
    }

    fn a_day_begins_by_the_communitys_clocks(app: &TestApp) {
        app.found_in("RIVER", 2, "Europe/Berlin");
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        // Half an hour past midnight in Berlin it is still the day before in London.
        let tomorrow = after(today(app), 1);
        let zone = app.community("RIVER").time_zone;
        let midnight = zone.moment(tomorrow, TimeOfDay::MIDNIGHT).unwrap();
        app.clock.advance((midnight.micros() - app.now().micros()) / 1_000_000 + 1_800);
        let ada = ada.again();
        app.pay(&ada, &ben, "1.00");
        let holds = |days| amounts(&statement(&ada, &ada.code, days, "").expect(200).body).len();
        assert_eq!(holds([tomorrow, after(tomorrow, 1)]), 1);
        assert_eq!(holds([after(tomorrow, -1), tomorrow]), 0);
        let csv = text(&statement(&ada, &ada.code, [tomorrow, after(tomorrow, 1)], "&format=csv").expect(200));
        assert!(csv.contains(&format!(",{tomorrow},principal,")), "the entry's day, too: {csv}");
    }

    fn every_format_tells_the_same(app: &TestApp) {
        let (ada, ben) = (app.member("Ada Brook"), app.member("Ben & <Ford>"));
        let days = [today(app), after(today(app), 2)];
        let description = "=Rye, \"loaves\"\n& more]]>";
        ada.post_payment("f-1", &json!({"payer": ada.code, "payee": ben.code, "amount": "12.50", "description": description})).expect(201);
        app.pay(&ben, &ada, "2.00");
        let entries = statement(&ada, &ada.code, days, "").expect(200).body["entries"].clone();
        let ids: Vec<_> = entries.as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(entries[0]["description"], description);

        let csv = statement(&ada, &ada.code, days, "&format=csv").expect(200);
        assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
        let name = format!("attachment; filename=\"{}-{}-{}.csv\"", ada.code, days[0], after(days[0], 1));
        assert_eq!(csv.header("content-disposition"), Some(name.as_str()));
        let csv = text(&csv);
        let head = "id,date,type,counterparty,counterparty_name,description,payment_id,amount,balance_after,currency\r\n";
        let opening = format!(",{},opening_balance,,,,,,0.00,RIVER\r\n", days[0]);
        let line = format!("{},{},principal,{},Ben & <Ford>,\"'=Rye, \"\"loaves\"\"\n& more]]>\",", ids[0], days[0], ben.code);
        assert!(csv.starts_with(&format!("{head}{opening}{line}")), "{csv}");
        let closing = format!(",2.00,-10.50,RIVER\r\n,{},closing_balance,,,,,,-10.50,RIVER\r\n", days[0]);
        assert!(csv.contains(",-12.50,-12.50,RIVER\r\n") && csv.ends_with(&closing), "{csv}");

        for version in ["camt.053.001.08", "camt.053.001.02"] {
            let camt = text(&statement(&ada, &ada.code, days, &format!("&format={version}")).expect(200));
            assert!(camt.contains(&format!("urn:iso:std:iso:20022:tech:xsd:{version}")), "{camt}");
            for part in [
                "<Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"XRV\">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>",
                "<Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"XRV\">10.50</Amt><CdtDbtInd>DBIT</CdtDbtInd>",
                "<Ustrd>=Rye, \"loaves\" &amp; more]]&gt;</Ustrd>",
                "Ben &amp; &lt;Ford&gt;",
            ] {
                assert!(camt.contains(part), "{part} in {camt}");
            }
            assert!(ids.iter().all(|id| camt.contains(&id.replace('-', ""))), "{camt}");
        }
        let ofx = statement(&ada, &ada.code, days, "&format=ofx").expect(200);
        assert_eq!(ofx.header("content-type"), Some("application/x-ofx"));
        let ofx = text(&ofx);
        for part in ["<CURDEF>XXX</CURDEF>", "<TRNAMT>-12.50</TRNAMT>", "<BALAMT>-10.50</BALAMT>", &format!("<FITID>{}</FITID>", ids[1])] {
            assert!(ofx.contains(part), "{part} in {ofx}");
        }
        let pdf = statement(&ada, &ada.code, days, "&format=pdf").expect(200);
        assert_eq!(pdf.header("content-type"), Some("application/pdf"));
        assert!(pdf.bytes.starts_with(b"%PDF-") && pdf.bytes.ends_with(b"%%EOF"));
        // With one more entry it is another statement, which programs do not take for one they have.
        let id = |text: &str| text.split("<MsgId>").nth(1).unwrap()[..32].to_owned();
        let camt = || text(&statement(&ada, &ada.code, days, "&format=camt.053.001.08").expect(200));
        let before = id(&camt());
        assert_eq!(before, id(&camt()));
        app.pay(&ben, &ada, "1.00");
        assert_ne!(before, id(&camt()));
    }

    fn the_format_is_what_the_caller_likes_best(app: &TestApp) {
        let ada = app.member("ada");
        let path = format!("/api/v1/accounts/{}/statement?from=2026-01-01&to=2026-02-01", ada.code);
        for (accept, kind) in [
            ("*/*", "application/json"),
            ("text/csv", "text/csv; charset=utf-8; header=present"),
            ("application/xml", "application/xml"),
            ("application/pdf, */*;q=0.1", "application/pdf"),
            ("application/json;q=0, */*;q=0.1", "text/csv; charset=utf-8; header=present"),
            ("text/*;q=0.5, */*;q=0.2", "text/csv; charset=utf-8; header=present"),
            ("application/x-ofx;q=0.5, text/csv;q=0.4", "application/x-ofx"),
            ("text/html, text/*;q=0.3", "text/csv; charset=utf-8; header=present"),
        ] {
            let reply = ada.get_with(&path, &[("Accept", accept)]).expect(200);
            assert_eq!(reply.header("content-type"), Some(kind), "{accept}");
            assert_eq!(reply.header("vary"), Some("Authorization, Accept"));
        }
        ada.get_with(&path, &[("Accept", "text/html")]).expect_problem(406, "not_acceptable");
        // What the address says wins.
        let named = ada.get_with(&format!("{path}&format=ofx"), &[("Accept", "text/html")]).expect(200);
        assert_eq!(named.header("content-type"), Some("application/x-ofx"));
    }

    fn what_is_no_period_or_no_account_of_ones_own_is_refused(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let ask = |rest: &str| ada.get(&format!("/api/v1/accounts/{}/statement{rest}", ada.code));
        for (rest, place) in [
            ("?from=2026-01-01&to=2026-01-01", "to"),
            ("?from=2026-01-02&to=2026-01-01", "to"),
            ("?from=2026-02-30&to=2026-03-01", "from"),
            ("?from=2026-01-01T00:00:00Z&to=2026-03-01", "from"),
            ("?from=2026-01-01&to=yesterday", "to"),
            ("?from=2026-01-01&to=10000-01-01", "to"),
            ("?from=2026-01-01&to=2026-03-01&format=xls", "format"),
        ] {
            ask(rest).expect_fault(place);
        }
        for rest in ["", "?from=2026-01-01", "?from=2026-01-01&to=2026-02-01&day=1"] {
            ask(rest).expect_problem(400, "validation_failed");
        }
        let days = ["2026-01-01", "2026-02-01"].map(|day| day.parse().unwrap());
        for format in ["", "&format=csv", "&format=pdf", "&format=ofx", "&format=camt.053.001.08"] {
            statement(&ada, &ben.code, days, format).expect_problem(404, "not_found");
            statement(&ada, "RIVER9999", days, format).expect_problem(404, "not_found");
            statement(&app.admin(), &ben.code, days, format).expect(200);
        }
    }

    fn a_statement_has_at_most_ten_thousand_entries(app: &TestApp) {
        let (ada, ben) = (app.newcomer("ada").with_credit_limit("1000.00").join(), app.member("ben"));
        let days = [today(app), after(today(app), 1)];
        app.pay_often(&ada, &ben, 10_000);
        let full = statement(&ada, &ada.code, days, "").expect(200).body;
        assert_eq!((balances(&full), amounts(&full).len()), (["0.00", "-100.00"], 10_000));
        app.pay_often(&ada, &ben, 1);
        statement(&ada, &ada.code, days, "").expect_fault("to");
    }

    fn no_more_are_made_at_once_than_leave_room_for_other_readers(app: &TestApp) {
        let (ada, admin) = (app.member("ada"), app.admin());
        let days = [today(app), after(today(app), 1)];
        let services = app.services();
        let mut rooms: Vec<_> = (1..=100).filter_map(|number| services.room_for_books(UserId::from_uuid(Uuid::from_u128(number))).ok()).collect();
        assert!((1..8).contains(&rooms.len()), "fewer than the readers of a service as it comes: {}", rooms.len());
        for format in ["", "&format=pdf"] {
            let reply = statement(&ada, &ada.code, days, format).expect_problem(503, "overloaded");
            assert!(reply.header("retry-after").is_some());
        }
        admin.get("/api/v1/communities/RIVER/balance-sheet").expect_problem(503, "overloaded");
        ada.get(&format!("/api/v1/accounts/{}", ada.code)).expect(200);
        rooms.pop();
        for _ in 0..3 {
            statement(&ada, &ada.code, days, "&format=pdf").expect(200);
            admin.get("/api/v1/communities/RIVER/balance-sheet").expect(200);
        }
    }

    fn amounts_that_camt_cannot_hold_are_not_rounded(app: &TestApp) {
        app.found("FINE", 6);
        let join = |name: &str| app.newcomer(name).of("FINE").with_credit_limit("10.000000").join();
        let (ada, ben) = (join("ada"), join("ben"));
        let day = app.community("FINE").time_zone.day_of(app.now()).unwrap();
        let days = [after(day, -1), after(day, 2)];
        app.pay(&ada, &ben, "1.250000");
        let camt = statement(&ada, &ada.code, days, "&format=camt.053.001.08").expect(200);
        assert!(text(&camt).contains(">1.25000</Amt>"));
        app.pay(&ada, &ben, "1.250001");
        statement(&ada, &ada.code, days, "&format=camt.053.001.08").expect_fault("format");
        statement(&ada, &ada.code, days, "&format=ofx").expect(200);
    }

    fn refunds_and_reversals_are_entries_and_reservations_are_not(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let days = [today(app), after(today(app), 1)];
        let paid = app.pay(&ada, &ben, "10.00");
        let refund = format!("/api/v1/payments/{}/refunds", paid["id"].as_str().unwrap());
        ben.post_with(&refund, &[("Idempotency-Key", &fresh_key())], &json!({"amount": "4.00"})).expect(201);
        let held = json!({"payer": ada.code, "payee": ben.code, "amount": "3.00", "description": "Later", "capture": "manual"});
        ada.post_payment(&fresh_key(), &held).expect(201);
        let told = statement(&ada, &ada.code, days, "").expect(200).body;
        assert_eq!((balances(&told), amounts(&told)), (["0.00", "-6.00"], vec!["-10.00", "4.00"]));
        assert_eq!(told["entries"][1]["kind"], "refund");
    }
}
