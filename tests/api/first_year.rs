//! The story of a community's first year, 2027, by the river: set up and opened, policy, trade, a mistake, one who leaves and one
//! who is gone, the year's statements and balance sheet, and the move to another place. Each chapter is a function; sellers bear a
//! fee of one per cent, so that every sum in it can be followed by head.

mod steps;

use counterfoil::domain::time::Timestamp;
use counterfoil::jobs::{Limiting, Work};
use serde_json::{Value, json};

use crate::exporting;
use crate::joining::RIVER;
use crate::mails::send;
use crate::statement_formats::{all_formats, minor, pdf_texts};
use crate::support::{Person, TestApp, both_engines};
use steps::{
    FUND, River, agree, ask_to_join, db_letters, go_to, let_in, member_id, months_of, order, pay,
    statement_path, step,
};

both_engines! {
    fn the_first_year_of_a_community(app: &TestApp) {
        let (greta, otto) = it_is_set_up(app);
        let mut river = neighbours_apply_and_are_let_in(app, greta, otto);
        ada_wants_her_statements_by_mail(&river);
        limits_become_policy(&mut river);
        they_buy_and_sell(&mut river);
        cleo_has_her_garden_done_by_the_month(&mut river);
        stale_bread_is_given_back(&mut river);
        a_mistake_is_put_right_by_two_admins(&mut river);
        dan_moves_away_and_settles_by_a_plan(&mut river);
        edda_is_gone_and_two_admins_write_off_what_she_owed(&mut river);
        the_year_ends_at_midnight_in_berlin(&mut river);
        the_currency_was_watched(&river);
        each_month_was_told_once_and_joins_the_next(&river);
        the_years_statements_are_the_same_in_every_format(&river);
        the_books_of_the_year_add_up_to_zero(&river);
        all_of_it_comes_along_to_another_place(&river);
    }
}

/// January: who may join, what sellers bear, when two admins have to agree, and when the admins want to be told.
fn it_is_set_up(app: &TestApp) -> (Person, Person) {
    go_to(app, Timestamp::parse_rfc3339("2027-01-04T10:00:00Z").unwrap());
    let (greta, otto) = (app.admin(), app.newcomer("otto").with_admin_rights().join());
    let settings = json!({"name": "River Valley Exchange", "symbol": "R", "time_zone": "Europe/Berlin", "reason": "Founding meeting"});
    let first = greta.patch(&format!("{RIVER}/settings"), &settings).expect(200).body;
    assert_eq!((&first["version"], &first["time_zone"]), (&json!(2), &json!("Europe/Berlin")));
    let joining = json!({"joining": "open", "members_may_invite": false, "reason": "Founding meeting"});
    greta.patch(RIVER, &joining).expect(200);
    let fees = json!({"payer": {"fixed": "0", "basis_points": 0}, "payee": {"fixed": "0", "basis_points": 100}, "reason": "For the hall"});
    greta.put(&format!("{RIVER}/fees"), &fees).expect(200);
    let thresholds = json!({"thresholds": [{"figure": "credit_used", "side": "above", "value": "100.00"}], "reason": "To keep an eye on"});
    greta.put(&format!("{RIVER}/health/thresholds"), &thresholds).expect(200);
    let rules = json!({"limits_above": null, "reversals_above": "50.00", "reason": "Founding meeting"});
    greta.put(&format!("{RIVER}/approval-rules"), &rules).expect(200);
    (greta, otto)
}

/// Six are let in, with what everybody gets; a seventh is not.
fn neighbours_apply_and_are_let_in(app: &TestApp, greta: Person, otto: Person) -> River<'_> {
    let join = |name: &str| let_in(app, &greta, name);
    let [mill, ada, ben, cleo, dan, edda] = ["Mill", "Ada", "Ben", "Cleo", "Dan", "Edda"].map(join);
    let stranger = ask_to_join(app, &greta, "Stranger");
    let refused = json!({"reason": "Nobody knows you"});
    greta.post(&format!("{RIVER}/applications/{stranger}/refuse"), &refused).expect(200);
    for person in [&mill, &ada, &ben, &cleo, &dan, &edda] {
        let account = person.account();
        assert_eq!((&account["balance"], &account["available"]), (&json!("0.00"), &json!("100.00")));
    }
    River { app, greta, otto, mill, ada, ben, cleo, dan, edda }
}

fn ada_wants_her_statements_by_mail(river: &River) {
    let path = format!("/api/v1/accounts/{}/monthly-statement", river.ada.code);
    let chosen = river.ada.put(&path, &json!({"by_mail": true})).expect(200).body;
    assert_eq!(chosen["next_month"], "2027-01-01");
}

/// February: businesses and founders get more; looked at first, then adopted, then explained.
fn limits_become_policy(river: &mut River) {
    river.until("2027-02-01");
    let (app, greta) = (river.app, &river.greta);
    let founders = greta.post(&format!("{RIVER}/groups"), &json!({"name": "Founders"})).expect(201).body;
    let classify = |person: &Person, kind: &str, group: &Value| {
        let path = format!("{RIVER}/members/{}/class", member_id(person));
        let class = json!({"kind": kind, "group": group, "reason": "Known to us"});
        greta.put(&path, &class).expect(200);
    };
    classify(&river.mill, "business", &Value::Null);
    classify(&river.ada, "person", &founders["id"]);
    let fixed = |base: &str| json!({"base": base, "terms": [], "minimum": "0", "maximum": base});
    let sales = json!({"base": "200", "terms": [{"measure": "sales", "days": 90, "share": "0.25", "cap": "100"}], "minimum": "0", "maximum": "300"});
    let mut policy = json!({
        "rules": [
            {"kind": "business", "group": null, "credit_limit": sales, "ceiling": null},
            {"kind": null, "group": founders["id"], "credit_limit": fixed("150"), "ceiling": null},
        ],
        "default": {"credit_limit": fixed("100"), "ceiling": null},
    });
    let preview = greta.post(&format!("{RIVER}/limit-policy/preview"), &policy).expect(200).body;
    assert_eq!(
        (&preview["changed"], &preview["raised"], &preview["lowered"]),
        (&json!(2), &json!(2), &json!(0))
    );
    assert_eq!((&preview["granted_before"], &preview["granted_after"]), (&json!("800.00"), &json!("950.00")));
    assert_eq!(river.ada.account()["credit_limit"], "100.00", "nothing is changed by looking");
    policy["reason"] = json!("Decided at the winter meeting");
    greta.put(&format!("{RIVER}/limit-policy"), &policy).expect(200);
    let limiting = Limiting::new(app.services());
    while app.block_on(limiting.do_one()).unwrap() {}
    let limits = [&river.mill, &river.ada, &river.ben].map(|person| person.account()["credit_limit"].clone());
    assert_eq!(limits, ["200.00", "150.00", "100.00"]);
    let why = river.ada.get(&format!("/api/v1/accounts/{}/limits/explain", river.ada.code)).expect(200).body;
    assert_eq!((&why["decided_by"], &why["policy"]["rule"]), (&json!("policy"), &json!(1)));
}

/// A payment, a bill, money set aside; and a payment that is beyond somebody's means.
fn they_buy_and_sell(river: &mut River) {
    river.until("2027-02-10");
    let bread = order(&river.ada, &river.mill, "40.00", "Bread for the feast");
    let quote = river.ada.post("/api/v1/quotes", &bread).expect(200).body;
    assert_eq!(quote["fees"], json!([{"side": "payee", "amount": "0.40"}]), "shown beforehand");
    pay(&river.ada, &river.mill, "40.00", "Bread for the feast");
    pay(&river.ben, &river.mill, "60.00", "Flour for the year");
    let refused = river.ben.post_payment("too-much", &order(&river.ben, &river.mill, "50.00", "A millstone"));
    assert_eq!(refused.expect_problem(409, "insufficient_credit").body["available"], "40.00");

    river.until("2027-03-05");
    let bill = json!({"payer": river.cleo.code, "payee": river.mill.code, "amount": "30.00", "description": "Oats for the horses"});
    let key = [("Idempotency-Key", "bill")];
    let asked = river.mill.post_with("/api/v1/payment-requests", &key, &bill).expect(201).body;
    assert_eq!(step(&river.cleo, &asked, "accept", &json!({})).expect(200).body["state"], "completed");

    river.until("2027-04-07");
    let mut door = order(&river.mill, &river.ada, "100.00", "A new door");
    door["capture"] = json!("manual");
    let held = river.mill.post_payment("door", &door).expect(201).body;
    assert_eq!((&held["state"], &river.mill.account()["reserved"]), (&json!("authorised"), &json!("100.00")));
    river.until("2027-04-10");
    step(&river.ada, &held, "capture", &json!({"amount": "90.00"})).expect(200);
    pay(&river.edda, &river.cleo, "70.00", "The old dog's operation");
    assert_eq!(river.balances(), ["38.70", "49.10", "-60.00", "39.30", "0.00", "-70.00", "2.90"]);
}

/// April to August: ten a month, five times, by themselves.
fn cleo_has_her_garden_done_by_the_month(river: &mut River) {
    let mut garden = order(&river.cleo, &river.ben, "10.00", "The garden");
    garden["starts_on"] = json!("2027-05-01");
    garden["unit"] = json!("month");
    garden["count"] = json!(5);
    let key = [("Idempotency-Key", "garden")];
    let schedule = river.cleo.post_with("/api/v1/schedules", &key, &garden).expect(201).body;
    river.until("2027-05-12");
    let path = format!("/api/v1/schedules/{}/payments", schedule["id"].as_str().unwrap());
    assert_eq!(river.cleo.get(&path).expect(200).data().len(), 1, "the first of five");
}

fn stale_bread_is_given_back(river: &mut River) {
    let payments = river.ben.get(&format!("/api/v1/payments?account={}&q=Flour", river.ben.code)).expect(200);
    let flour = payments.data()[0].clone();
    step(&river.mill, &flour, "refunds", &json!({"amount": "10.00", "reason": "A damp sack"})).expect(201);
    let flour =
        river.ben.get(&format!("/api/v1/payments/{}", flour["id"].as_str().unwrap())).expect(200).body;
    assert_eq!((&flour["amount"], &flour["refunded"]), (&json!("60.00"), &json!("10.00")));
    assert_eq!((river.mill.balance(), river.ben.balance()), ("28.70".to_owned(), "-40.10".to_owned()));
}

/// June: Ada paid the wrong one. One admin asks for it to be undone, another one agrees; the fee comes back, too.
fn a_mistake_is_put_right_by_two_admins(river: &mut River) {
    river.until("2027-06-09");
    let before = river.balances();
    let mistaken = pay(&river.ada, &river.dan, "60.00", "Planting the orchard");
    assert_eq!((river.ada.balance(), river.dan.balance()), ("-10.90".to_owned(), "59.40".to_owned()));
    let reason = json!({"reason": "It was meant for Ben"});
    let asked = step(&river.greta, &mistaken, "reversal", &reason).expect(202).body;
    assert_eq!(asked["reversal"]["payment_id"], mistaken["id"]);
    agree(&river.greta, &river.otto, &asked);
    assert_eq!(river.balances(), before, "as if it had not happened, and both are in the books");
}

/// July to September: he owes 50.00 when he says so, agrees to a plan with the admins, is reminded, settles, and is out.
fn dan_moves_away_and_settles_by_a_plan(river: &mut River) {
    river.until("2027-07-14");
    pay(&river.dan, &river.ben, "50.00", "Boxes and a van");
    let me = "/api/v1/me/memberships/RIVER/leaving";
    river.dan.put(me, &json!({"reason": "Moving to the coast"})).expect(200);
    let leaving = format!("{RIVER}/members/{}/leaving", member_id(&river.dan));
    let instalments =
        json!([{"due_on": "2027-08-20", "amount": "25.00"}, {"due_on": "2027-09-20", "amount": "25.00"}]);
    let plan =
        json!({"target_on": "2027-09-20", "instalments": instalments, "version": 1, "reason": "As we said"});
    river.dan.put(&format!("{leaving}/plan"), &plan).expect(200);
    let agreed = river.greta.post(&format!("{leaving}/plan/agree"), &json!({"version": 2})).expect(200).body;
    assert_eq!(agreed["plan"]["is_agreed"], true);
    let further = river.dan.post_payment("one-more", &order(&river.dan, &river.ben, "1.00", "One more box"));
    further.expect_problem(409, "insufficient_credit");
    for (soon, due) in [("2027-08-14", "2027-08-20"), ("2027-09-14", "2027-09-20")] {
        river.until(soon);
        river.until(due);
        // Of 25.25, 0.25 go to the fund.
        pay(&river.ben, &river.dan, "25.25", &format!("Tools, {due}"));
    }
    river.until("2027-09-21");
    let told = db_letters(river.app, &river.dan, 55, "standing");
    let events: Vec<_> = told.iter().map(|letter| letter["event"].as_str().unwrap()).collect();
    assert_eq!(events[..4], ["leaving", "plan_agreed", "due_soon", "due"]);
    assert_eq!(events.last(), Some(&"closed"), "{events:?}");
    let ended = river.greta.get(&leaving).expect(200).body;
    assert_eq!((&ended["ended_as"], &ended["member"]["status"]), (&json!("closed"), &json!("closed")));
    assert_eq!(river.balances(), ["28.70", "49.10", "-1.50", "-10.70", "0.00", "-70.00", "4.40"]);
}

/// October: nobody has heard of Edda since spring. Her 70.00 are borne by all, in a register without her name.
fn edda_is_gone_and_two_admins_write_off_what_she_owed(river: &mut River) {
    river.until("2027-10-04");
    let member = member_id(&river.edda);
    let gone = json!({"status": "leaving", "reason": "Her house is empty"});
    river.greta.put(&format!("{RIVER}/members/{member}/status"), &gone).expect(200);
    let expected = river.greta.get(&format!("{RIVER}/expected-loss")).expect(200).body;
    let bucket = json!({"name": "frozen_or_leaving", "accounts": 1, "owed": "70.00", "rate_bp": 5000, "expected_loss": "35.00"});
    assert_eq!((&expected["buckets"][4], &expected["reserve"]), (&bucket, &json!("4.40")));
    let what = json!({"account": river.edda.code, "category": "unreachable", "reason": "Decided at the autumn meeting"});
    let register = format!("{RIVER}/write-offs");
    let asked = river.greta.post(&register, &what).expect(202).body;
    agree(&river.greta, &river.otto, &asked);
    river.until("2027-11-02");
    let seen = river.ada.get(&register).expect(200).body;
    assert_eq!(
        (&seen["borne"], &seen["data"][0]["month"], &seen["data"][0]["name"]),
        (&json!("70.00"), &json!("2027-10"), &Value::Null)
    );
    let status = river.greta.get(&format!("/api/v1/accounts/{}", river.edda.code)).expect(200).body;
    assert_eq!((&status["balance"], &status["status"]), (&json!("0.00"), &json!("closed")));
}

/// A payment half an hour before it is this year's, and one half an hour after it is not, whatever London says.
fn the_year_ends_at_midnight_in_berlin(river: &mut River) {
    river.at("2027-12-31T22:30:00Z");
    pay(&river.ben, &river.cleo, "20.00", "The last ride of the year");
    river.at("2027-12-31T23:30:00Z");
    pay(&river.cleo, &river.ben, "5.00", "The first hour of the year");
    river.until("2028-01-03");
    assert_eq!(river.balances(), ["28.70", "49.10", "-16.55", "4.10", "0.00", "0.00", "4.65"]);
}

/// The figures of the year, and the one letter to the admins.
fn the_currency_was_watched(river: &River) {
    let query = "from=2027-01-01&to=2028-01-01&interval=month&figures=turnover,given_back,trades,supply,commons,refusals";
    let report = river.greta.get(&format!("{RIVER}/health?{query}")).expect(200).body;
    let months = report["series"]["data"].as_array().unwrap();
    assert_eq!(months.len(), 12, "{report}");
    let values =
        |name: &str| months.iter().filter_map(|month| month["values"][name].as_str()).collect::<Vec<_>>();
    let money = |name: &str| values(name).into_iter().map(minor).sum::<i64>();
    let count = |name: &str| values(name).into_iter().map(|value| value.parse::<i64>().unwrap()).sum::<i64>();
    assert_eq!((money("turnover"), money("given_back")), (52_050, 7_000));
    assert_eq!((count("trades"), count("refusals")), (15, 2));
    assert_eq!((values("supply")[11], values("commons")[11]), ("91.50", "4.60"));
    for admin in [&river.greta, &river.otto] {
        let letters = db_letters(river.app, admin, 60, "health_alert");
        assert_eq!(letters[0]["crossings"][0]["figure"], "credit_used", "{letters:?}");
    }
}

fn each_month_was_told_once_and_joins_the_next(river: &River) {
    let letters = db_letters(river.app, &river.ada, 50, "monthly_statement");
    assert_eq!(letters.len(), 12);
    let months = months_of("2027");
    let mut balance = 0;
    for (letter, days) in letters.iter().zip(months.windows(2)) {
        assert_eq!(letter["month"], days[0][..7]);
        let (opening, amounts, closing) =
            all_formats(&river.ada, &statement_path(&river.ada, &days[0], &days[1]));
        let told = |name: &str| minor(letter[name].as_str().unwrap().trim_end_matches(" R"));
        assert_eq!((told("opening"), told("closing")), (opening, closing), "{letter}");
        assert_eq!(
            (opening, letter["entries"].as_u64()),
            (balance, u64::try_from(amounts.len()).ok()),
            "months join"
        );
        balance = closing;
    }
    assert_eq!(balance, 4_910);
    let folder = tempfile::tempdir().unwrap();
    send(river.app, &format!("file:{}", folder.path().display()));
    let read =
        |file: std::io::Result<std::fs::DirEntry>| std::fs::read_to_string(file.unwrap().path()).unwrap();
    let with_pages =
        std::fs::read_dir(folder.path()).unwrap().map(read).filter(|mail| mail.contains("application/pdf"));
    assert_eq!(with_pages.count(), 12, "each with its page");
}

fn the_years_statements_are_the_same_in_every_format(river: &River) {
    let year =
        |person: &Person| all_formats(&river.greta, &statement_path(person, "2027-01-01", "2028-01-01"));
    let told = river.members().map(|person| {
        let (opening, amounts, closing) = year(person);
        assert_eq!(opening + amounts.iter().sum::<i64>(), closing);
        (amounts.len(), closing)
    });
    assert_eq!(told, [(8, 2_870), (5, 4_910), (17, -2_150), (10, 910), (9, 0), (2, 0)]);
}

fn the_books_of_the_year_add_up_to_zero(river: &River) {
    let path = format!("{RIVER}/balance-sheet?date=2027-12-31");
    let sheet = river.greta.get(&path).expect(200).body;
    let sums = ["positive_balances", "negative_balances", "commons", "write_off", "peers"];
    let told = sums.map(|name| sheet[name].as_str().unwrap().to_owned());
    assert_eq!(told, ["86.90", "-21.50", "4.60", "-70.00", "0.00"]);
    assert_eq!(told.iter().map(|sum| minor(sum)).sum::<i64>(), 0);
    let like = |accept: &str| river.greta.get_with(&path, &[("Accept", accept)]).expect(200).bytes;
    let csv = String::from_utf8(like("text/csv")).unwrap();
    let lines: Vec<Vec<&str>> = csv.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let page = pdf_texts(&like("application/pdf"));
    for (sum, line) in told.iter().zip(&lines) {
        assert_eq!(line[4], sum, "{csv}");
        assert!(page.contains(sum), "{sum} in {page:?}");
    }
    river.app.prove();
}

/// What was handed out founds the community again where there was nothing, with everybody's balance and all that led to it.
fn all_of_it_comes_along_to_another_place(river: &River) {
    let files = exporting::export(&river.app.database);
    let other = TestApp::new(river.app.database.engine());
    go_to(&other, river.app.now().plus_seconds(60));
    exporting::import(&other, &files);
    assert_eq!(exporting::balances(river.app), exporting::balances(&other));
    other.prove();
    let again = exporting::export(&other.database);
    exporting::assert_same(&files, &again);
    assert!(
        files["groups.csv"].contains(",person,Founders") && files["fees.csv"].contains("0.00,100"),
        "{files:?}"
    );
    assert!(files["accounts.csv"].contains(FUND));
}
