//! Whoever changes the stored ledger by hand, with the triggers out of the way, is found out by `counterfoil verify`.

use counterfoil::jobs::{Contributing, PayingIncomes, Scheduling, Work};
use counterfoil::storage::Engine;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::by_hand::{ByHand, either};
use crate::commands::{Hand, payment_id, submit};
use crate::program::{self, finish};
use crate::support::{Person, TestApp, TestDatabase};

/// The tables that `verify` vouches for, with those that refer to others after them.
const TABLES: [&str; 31] = [
    "communities",
    "heads",
    "members",
    "member_users",
    "accounts",
    "records",
    "entries",
    "account_items",
    "hold_items",
    "payments",
    "payment_fees",
    "refunds",
    "requests",
    "schedules",
    "schedule_terms",
    "planned_payments",
    "holds",
    "checkouts",
    "texts",
    "idempotency_keys",
    "event_batches",
    "income_rules",
    "income_versions",
    "income_runs",
    "lone_payouts",
    "fee_versions",
    "contribution_rules",
    "contribution_versions",
    "charges",
    "charge_starts",
    "charged_accounts",
];

/// What a forger would do. `T` stands for the seq of a transfer in the middle, `L` for the last record's, `A` and `B` for
/// the accounts' condition in a `WHERE`.
const FORGERIES: &[(&str, &str)] = &[
    ("a transfer turned round", "UPDATE entries SET amount = -amount WHERE seq = T"),
    ("a transfer made larger", "UPDATE entries SET amount = amount * 2 WHERE seq = T"),
    ("one entry changed", "UPDATE entries SET amount = amount + 1 WHERE seq = T AND position = 1"),
    (
        "a balance on the way",
        "UPDATE entries SET balance_after = balance_after + 1 WHERE seq = T AND position = 2",
    ),
    ("an entry of another kind", "UPDATE entries SET kind = 2 WHERE seq = T AND position = 1"),
    ("entries of another transfer", "UPDATE entries SET seq = L WHERE seq = T"),
    (
        "an entry out of its place",
        "UPDATE entries SET account_seq = account_seq + 1000 WHERE seq = T AND position = 1",
    ),
    ("an entry gone", "DELETE FROM entries WHERE seq = T AND position = 1"),
    ("a transfer's entries gone", "DELETE FROM entries WHERE seq = T"),
    (
        "entries for another payment",
        "UPDATE entries SET payment_id = (SELECT MAX_ID(id) FROM payments) WHERE seq = T",
    ),
    ("the last record gone", "DELETE FROM records WHERE seq = L"),
    ("a record in the middle gone", "DELETE FROM records WHERE seq = T"),
    ("the first record gone", "DELETE FROM records WHERE seq = 1"),
    (
        "two records exchanged",
        "UPDATE records SET seq = -1 WHERE seq = T; UPDATE records SET seq = T WHERE seq = T + 1; UPDATE records SET seq = T + 1 WHERE seq = -1",
    ),
    ("a record of another time", "UPDATE records SET created_at = created_at + 1 WHERE seq = T"),
    ("a record of another kind", "UPDATE records SET kind = 1 WHERE seq = T"),
    ("a record with another id", "UPDATE records SET id = (SELECT MAX_ID(id) FROM payments) WHERE seq = T"),
    (
        "a record that undoes another",
        "UPDATE records SET undone_id = (SELECT id FROM records WHERE seq = 1) WHERE seq = T",
    ),
    (
        "a capture without its hold",
        "UPDATE records SET undone_id = NULL WHERE undone_id IS NOT NULL AND kind = 4",
    ),
    ("another salt", "UPDATE records SET salt = (SELECT salt FROM records WHERE seq = 1) WHERE seq = T"),
    (
        "another digest",
        "UPDATE records SET digest = (SELECT digest FROM records WHERE seq = 1) WHERE seq = T",
    ),
    ("another hash", "UPDATE records SET hash = (SELECT hash FROM records WHERE seq = 1) WHERE seq = T"),
    (
        "a forged record at the end",
        "INSERT INTO records (community_id, seq, kind, id, undone_id, created_at, salt, digest, hash) \
         SELECT community_id, seq + 1, kind, id, undone_id, created_at, salt, digest, hash FROM records WHERE seq = L",
    ),
    (
        "the end cut off, and the head set back",
        "DELETE FROM entries WHERE seq = L; DELETE FROM records WHERE seq = L; UPDATE heads SET seq = seq - 1, \
         transfers = transfers - 1, entries = entries - 2, hash = (SELECT hash FROM records WHERE seq = L - 1), \
         last_at = (SELECT created_at FROM records WHERE seq = L - 1)",
    ),
    (
        "balances shifted",
        "UPDATE entries SET balance_after = balance_after + 1 WHERE balance_after = A; UPDATE entries SET balance_after = balance_after - 1 \
         WHERE balance_after = B",
    ),
    ("a balance changed", "UPDATE entries SET balance_after = balance_after - 1 WHERE balance_after = A"),
    ("a reserved amount", "UPDATE accounts SET reserved = reserved + 1 WHERE code = 'RIVER0001'"),
    (
        "the time since when in debt",
        "UPDATE entries SET negative_since = negative_since - 1 WHERE negative_since IS NOT NULL",
    ),
    ("an account gone", "DELETE FROM accounts WHERE code = 'RIVER0000'"),
    ("a limit raised", "UPDATE accounts SET credit_limit = credit_limit + 1 WHERE code = 'RIVER0001'"),
    ("a ceiling", "UPDATE accounts SET ceiling = 100000000 WHERE code = 'RIVER0001'"),
    ("a status", "UPDATE accounts SET status = 2 WHERE code = 'RIVER0001'"),
    ("a kind of account", "UPDATE accounts SET kind = 3 WHERE code = 'RIVER0001'"),
    (
        "a recorded limit",
        "UPDATE account_items SET credit_limit = credit_limit + 1 WHERE seq = (SELECT MAX(seq) FROM account_items)",
    ),
    (
        "a recorded limit and the present one",
        "UPDATE account_items SET credit_limit = 12345 WHERE seq = (SELECT MAX(seq) FROM account_items); UPDATE accounts SET credit_limit = 12345 \
         WHERE id = (SELECT account_id FROM account_items ORDER BY seq DESC LIMIT 1)",
    ),
    (
        "a recorded status",
        "UPDATE account_items SET status = 2 WHERE seq = (SELECT MAX(seq) FROM account_items)",
    ),
    ("a recorded change gone", "DELETE FROM account_items WHERE seq = (SELECT MAX(seq) FROM account_items)"),
    (
        "a held amount",
        "UPDATE hold_items SET amount = amount + 1 WHERE seq = (SELECT MIN(seq) FROM hold_items)",
    ),
    (
        "what was reserved by then",
        "UPDATE hold_items SET reserved_after = reserved_after + 1 WHERE seq = (SELECT MAX(seq) FROM hold_items)",
    ),
    ("a hold's record gone", "DELETE FROM hold_items WHERE seq = (SELECT MAX(seq) FROM hold_items)"),
    ("a hold opened again", "UPDATE holds SET is_open = TRUE WHERE NOT is_open"),
    ("an open hold closed", "UPDATE holds SET is_open = FALSE WHERE is_open"),
    ("a hold of another amount", "UPDATE holds SET amount = amount + 1 WHERE is_open"),
    ("a hold gone", "DELETE FROM holds WHERE is_open"),
    ("a text changed", "UPDATE payments SET description = 'Nothing at all' WHERE transfer_seq = T"),
    (
        "a reason changed",
        "UPDATE texts SET content = 'For no reason' WHERE content = 'Decided at the meeting'",
    ),
    ("a text gone", "DELETE FROM texts WHERE content = 'Decided at the meeting'"),
    ("a payment of another amount", "UPDATE payments SET amount = amount + 1 WHERE transfer_seq = T"),
    (
        "payer and payee exchanged",
        "UPDATE payments SET payer_id = payee_id, payee_id = payer_id WHERE transfer_seq = T",
    ),
    ("a payment called off", "UPDATE payments SET state = 7 WHERE transfer_seq = T"),
    ("a payment gone", "DELETE FROM payments WHERE transfer_seq = T"),
    ("a payment with another's transfer", "UPDATE payments SET transfer_seq = L WHERE transfer_seq = T"),
    (
        "a payment completed at another time",
        "UPDATE payments SET completed_at = completed_at + 1 WHERE transfer_seq = T",
    ),
    (
        "a payment's text gone",
        "UPDATE payments SET text_salt = NULL, description = NULL WHERE transfer_seq = T",
    ),
    ("fees gone", "DELETE FROM payment_fees"),
    ("a fee made larger", "UPDATE payment_fees SET payer_fee = payer_fee + 1"),
    ("a fee of the other side", "UPDATE payment_fees SET payer_fee = payee_fee, payee_fee = payer_fee"),
    ("a fee said to be the amount", "UPDATE entries SET kind = 1 WHERE kind = 2 AND position = 3"),
    ("an income that is not told", "DELETE FROM income_runs"),
    ("a payout told smaller", "UPDATE lone_payouts SET amount = amount - 1"),
    ("a payout told of another", "UPDATE lone_payouts SET paid_by = payee_id"),
    ("an income told larger", "UPDATE income_runs SET amount = amount + 1"),
    ("an income said not to be paid", "UPDATE income_runs SET outcome = 2"),
    (
        "an income by other rules",
        "UPDATE income_versions SET amount = amount + 1; UPDATE income_rules SET amount = amount + 1",
    ),
    ("a charge gone", "DELETE FROM charges WHERE number = 1"),
    (
        "a charge of which less was taken",
        "UPDATE charges SET contribution = contribution - 1 WHERE contribution > 0",
    ),
    (
        "a charge that says less of both",
        "UPDATE charges SET holding = holding - 1, judged_balance = judged_balance - 10 WHERE holding > 0",
    ),
    (
        "a charge on another balance",
        "UPDATE charges SET judged_balance = judged_balance + 1 WHERE judged_seq > 0",
    ),
    ("a charge by another entry", "UPDATE charges SET judged_seq = judged_seq - 1 WHERE judged_seq > 0"),
    ("a charge on no balance", "UPDATE charges SET judged_seq = NULL, judged_balance = 0 WHERE holding > 0"),
    ("a charge for another month", "UPDATE charges SET month = '2020-01-01'"),
    ("a charge at another month's end", "UPDATE charges SET month_end = month_end - 80000000000000"),
    ("a charge by another version", "UPDATE charges SET version = version + 1"),
    ("a charge with the version before", "UPDATE charges SET version = 1 WHERE version = 2"),
    (
        "a charge of what was owed before",
        "UPDATE charges SET owed_contribution = owed_contribution + 1 WHERE number = 2",
    ),
    ("a charge of an account that is not its member's first", "UPDATE charges SET is_first = FALSE"),
    (
        "a charge by another's entry",
        "UPDATE charges SET contribution_seq = contribution_seq - 1 WHERE contribution_seq > 1",
    ),
    ("charges of larger rules", "UPDATE contribution_versions SET amount = amount + 1 WHERE version = 1"),
    (
        "charges of another share",
        "UPDATE contribution_versions SET above_basis_points = above_basis_points * 2",
    ),
    ("charges of the rules of today", "UPDATE contribution_rules SET amount = amount + 1"),
    (
        "what is owed made less",
        "UPDATE charged_accounts SET owing_contribution = owing_contribution - 1 WHERE owing_contribution > 0",
    ),
    ("charges said to be fewer", "UPDATE charged_accounts SET number = number - 1 WHERE number > 0"),
    ("charges whose entries nobody knows", "DELETE FROM charges; UPDATE charged_accounts SET number = 0"),
    ("charges as contributions", "UPDATE entries SET kind = 6 WHERE kind = 7"),
    ("fees by other rules", "UPDATE fee_versions SET payer_fixed = payer_fixed + 1 WHERE version = 1"),
    ("fees by rules that came later", "UPDATE fee_versions SET seq = L WHERE version = 1"),
    ("fees by rules that never were", "DELETE FROM fee_versions WHERE version = 1"),
    ("fees of the rules of today", "UPDATE communities SET payee_fee_fixed = payee_fee_fixed + 1"),
    ("a contribution said to be a payout", "UPDATE entries SET kind = 8 WHERE kind = 6"),
    ("a paid checkout said to be cancelled", "UPDATE checkouts SET state = 5 WHERE state = 2"),
    ("a checkout said to be paid", "UPDATE checkouts SET state = 2 WHERE state = 3"),
    ("a checkout of another amount", "UPDATE checkouts SET amount = amount + 1 WHERE state = 2"),
    (
        "a checkout that another payment paid",
        "UPDATE checkouts SET payment_id = (SELECT id FROM payments WHERE transfer_seq = T) WHERE state = 2",
    ),
    ("a refund gone", "DELETE FROM refunds"),
    (
        "a refund of another payment",
        "UPDATE refunds SET original_id = (SELECT id FROM payments WHERE transfer_seq = T)",
    ),
    (
        "a payment said to be a refund",
        "INSERT INTO refunds (community_id, original_id, payment_id) SELECT f.community_id, original_id, p.id \
         FROM refunds f JOIN payments p ON p.community_id = f.community_id WHERE f.kind = 1 AND transfer_seq = L",
    ),
    ("a run gone", "DELETE FROM planned_payments WHERE failure IS NULL AND schedule_id <> payment_id"),
    (
        "a run that is still to come",
        "UPDATE planned_payments SET occurrence = 99 WHERE schedule_id <> payment_id AND occurrence = 1",
    ),
    ("a failure without a reason", "UPDATE planned_payments SET failure = NULL"),
    ("a run that comes again", "UPDATE schedules SET next = 1, due_at = 1 WHERE once_at IS NULL"),
    ("a schedule that counts fewer runs", "UPDATE schedules SET runs = runs - 1 WHERE once_at IS NULL"),
    ("a schedule that counts fewer failures", "UPDATE schedules SET failed = failed - 1 WHERE failed > 0"),
    ("a schedule of another amount", "UPDATE schedules SET amount = amount + 1 WHERE once_at IS NULL"),
    ("a schedule for another payee", "UPDATE schedules SET payee_id = payer_id WHERE once_at IS NULL"),
    ("a schedule of somebody else's", "UPDATE schedules SET created_by = id WHERE once_at IS NULL"),
    ("a planned payment that comes again", "UPDATE schedules SET state = 1, due_at = 1 WHERE state = 3"),
    (
        "a planned payment that never comes",
        "UPDATE schedules SET state = 3, due_at = NULL, ended_at = 1, end_reason = 1 WHERE once_at IS NOT NULL AND state = 1",
    ),
    ("the former terms of a plan gone", "DELETE FROM schedule_terms"),
    ("a plan's other amount then", "UPDATE schedule_terms SET amount = amount + 1"),
    ("a plan of somebody else's then", "UPDATE schedule_terms SET created_by = schedule_id"),
    ("former terms of runs to come", "UPDATE schedule_terms SET before = 99"),
    ("a schedule gone", "DELETE FROM schedules WHERE once_at IS NULL"),
    ("a failed payment that waits for its time", "UPDATE payments SET state = 2 WHERE state = 8"),
    ("a planned payment that nobody planned", "DELETE FROM planned_payments WHERE schedule_id = payment_id"),
    ("a permission withdrawn", "UPDATE entries SET kind = 4 WHERE kind = 5"),
    ("a permission without need", "UPDATE entries SET kind = 5 WHERE kind = 4"),
    ("a payment called a reversal", "UPDATE entries SET kind = 4 WHERE seq = L"),
    ("a payment that may pass its limit", "UPDATE entries SET kind = 5 WHERE seq = L AND position = 1"),
    ("a reversal said to be a refund", "UPDATE refunds SET kind = 1 WHERE kind = 2"),
    ("a refund said to be a reversal", "UPDATE refunds SET kind = 2 WHERE kind = 1"),
    ("a request gone", "DELETE FROM requests WHERE is_open"),
    ("an accepted request gone", "DELETE FROM requests WHERE NOT is_open"),
    ("an open request closed", "UPDATE requests SET is_open = FALSE WHERE is_open"),
    ("a request opened again", "UPDATE requests SET is_open = TRUE WHERE NOT is_open"),
    ("a request of another amount", "UPDATE requests SET amount = amount + 1 WHERE is_open"),
    (
        "a request of another payer",
        "UPDATE requests SET payer_id = payee_id, payee_id = payer_id WHERE is_open",
    ),
    (
        "a request that was accepted too late",
        "UPDATE requests SET expires_at = (SELECT completed_at FROM payments WHERE id = payment_id) \
         WHERE (SELECT state FROM payments WHERE id = payment_id) = 4",
    ),
    (
        "a request for a payment that was made at once",
        "INSERT INTO requests (community_id, payment_id, payer_id, payee_id, amount, expires_at, is_open, is_automatic) \
         SELECT community_id, id, payer_id, payee_id, amount, created_at + 1000000000, FALSE, FALSE FROM payments \
         WHERE transfer_seq = T",
    ),
    (
        "a requested payment said to be declined",
        "UPDATE payments SET state = 5 WHERE state = 1; UPDATE requests SET is_open = FALSE WHERE is_open",
    ),
    ("a declined payment said to be requested", "UPDATE payments SET state = 1 WHERE state = 5"),
    ("an expired payment said to be cancelled", "UPDATE payments SET state = 7 WHERE state = 6"),
    (
        "an expired hold whose time was not over",
        "UPDATE holds SET expires_at = expires_at + 1000000000000 WHERE (SELECT state FROM payments WHERE id = payment_id) = 6",
    ),
    ("events gone", "DELETE FROM event_batches WHERE 5 BETWEEN first_seq AND last_seq"),
    (
        "the last events gone",
        "DELETE FROM event_batches WHERE last_seq = (SELECT MAX(last_seq) FROM event_batches)",
    ),
    (
        "events of something else",
        "UPDATE event_batches SET events = (SELECT events FROM event_batches WHERE 5 BETWEEN first_seq AND last_seq) \
         WHERE last_seq = (SELECT event_seq FROM payments WHERE transfer_seq = T)",
    ),
    ("a head set back", "UPDATE heads SET seq = seq - 1"),
    ("a head with another hash", "UPDATE heads SET hash = (SELECT hash FROM records WHERE seq = 1)"),
    ("a head that counts otherwise", "UPDATE heads SET transfers = transfers + 1"),
    ("a head with more entries", "UPDATE heads SET entries = entries + 1"),
    ("a head with more accounts", "UPDATE heads SET accounts = accounts + 1"),
    ("a head with other events", "UPDATE heads SET event_seq = event_seq + 1"),
    (
        "a key for a payment that is not there",
        "UPDATE idempotency_keys SET result_id = (SELECT id FROM records WHERE seq = 1) WHERE status = 201",
    ),
];

/// Everything that a ledger can hold: payments, a refund, changed limits, holds and requests in every state.
fn fill(app: &TestApp) {
    let (ada, bob, admin) = (app.member("ada"), app.member("bob"), app.admin());
    let paid = app.pay(&ada, &bob, "10.00");
    app.set_limits(&bob, "33.00", Some("500.00"));
    app.pay(&ada, &bob, "20.00");
    app.pay(&bob, &ada, "2.50");
    let [payer, payee] = [&ada, &bob].map(|person| Hand::of(app, person));
    let later = app.now().plus_seconds(6_000);
    let services = app.services();
    let hold =
        |minor: i64| payment_id(&submit(services.ledger(), payer.authorise(&payee, minor, later, None)));
    let [captured, released, _open] = [5_00, 6_00, 7_00].map(hold);
    submit(services.ledger(), payee.capture(captured, Some(4_00), None)).unwrap();
    submit(services.ledger(), payee.void(released, None)).unwrap();
    app.set_limits(&ada, "150.00", None);
    app.set_status(&admin, "frozen");
    app.set_status(&admin, "active");
    let refunds = format!("/api/v1/payments/{}/refunds", paid["id"].as_str().unwrap());
    bob.post_with(&refunds, &[("Idempotency-Key", "r")], &json!({"amount": "3.00"})).expect(201);
    // A reversal that leaves somebody past the limit, on the record.
    let cyd = app.newcomer("cyd").with_credit_limit("0.00").join();
    let mistaken = app.pay(&ada, &cyd, "1.50");
    app.pay(&cyd, &bob, "1.00");
    let path = format!("/api/v1/payments/{}/reversal", mistaken["id"].as_str().unwrap());
    let body = json!({"reason": "Paid twice", "allow_beyond_limit": true});
    app.admin().post_with(&path, &[("Idempotency-Key", "v")], &body).expect(201);
    let ask = || payment_id(&submit(services.ledger(), payee.request(&payer, 1_50, later, None)));
    let [accepted, declined, _open] = [ask(), ask(), ask()];
    submit(services.ledger(), payer.accept(accepted, None)).unwrap();
    submit(services.ledger(), payer.decline(declined, None)).unwrap();
    let soon = app.now().plus_seconds(60);
    let overdue = [payee.request(&payer, 1_50, soon, None), payer.authorise(&payee, 1_50, soon, None)]
        .map(|command| payment_id(&submit(services.ledger(), command)));
    app.clock.advance(60);
    for id in overdue {
        submit(services.ledger(), payer.expire(id)).unwrap();
    }
    fill_fees(app, &ada, &bob);
    fill_checkouts(&ada.again(), &bob.again());
    app.pay(&bob, &ada, "0.99");
    fill_plans(app);
    fill_fund(app);
}

/// What goes into the fund after two months, by one version of the rules each, and what it pays. Cyd owes what he cannot pay.
fn fill_fund(app: &TestApp) {
    let set = |path: &str, body: Value| {
        let path = format!("/api/v1/communities/RIVER/{path}");
        app.admin().again().put(&path, &body).expect(200);
    };
    set("contributions", json!({"every": "month", "amount": "0.50", "reason": "Decided"}));
    set("fund/income", json!({"every": "month", "amount": "0.10", "reason": "Decided"}));
    let (contributing, paying) = (Contributing::new(app.services()), PayingIncomes::new(app.services()));
    let pass_a_month = || {
        app.clock.advance(32 * 86_400);
        while app.block_on(contributing.do_one()).unwrap() {}
        while app.block_on(paying.do_one()).unwrap() {}
    };
    pass_a_month();
    let side = json!({"allowance": "1.00", "basis_points": 12_000});
    let both =
        json!({"every": "month", "amount": "0.40", "above": side, "below": side, "reason": "Decided again"});
    set("contributions", both);
    pass_a_month();
    let holds = "SELECT COUNT(*) AS value FROM charges WHERE holding > 0 AND judged_seq > 0";
    assert!(ByHand::on(&app.database).number(holds) >= 1);
    let owes = "SELECT COUNT(*) AS value FROM charged_accounts WHERE owing_contribution > 0";
    assert!(ByHand::on(&app.database).number(owes) >= 1);
    let body = json!({"payee": app.member("bob").code, "amount": "0.20", "description": "The roof"});
    let path = "/api/v1/communities/RIVER/fund/payouts";
    app.admin().again().post_with(path, &[("Idempotency-Key", "roof")], &body).expect(201);
    assert!(app.database.db_count("income_runs") >= 1);
}

/// What is planned: a schedule that ran, was changed and ran again, a payment that was made, one that failed and one that waits.
/// A payment with fees, and one for which they are reserved.
fn fill_fees(app: &TestApp, ada: &Person, bob: &Person) {
    let set = |payer: &str, payee: &str| {
        let body = json!({"payer": {"fixed": payer, "basis_points": 0}, "payee": {"fixed": payee, "basis_points": 0}, "reason": "Decided"});
        app.admin().put("/api/v1/communities/RIVER/fees", &body).expect(200);
    };
    set("0.03", "0.02");
    app.pay(&bob.again(), &ada.again(), "0.50");
    let order = json!({"payer": ada.code, "payee": bob.code, "amount": "0.40", "capture": "manual"});
    ada.again().post_payment("held-with-a-fee", &order).expect(201);
    set("0.00", "0.00");
}

/// A checkout that is paid, and one whose amount is set aside.
fn fill_checkouts(payer: &Person, shop: &Person) {
    for capture in ["automatic", "manual"] {
        let body =
            json!({"account": shop.code, "amount": "0.10", "order_reference": capture, "capture": capture});
        let made = shop.post_with("/api/v1/checkouts", &[("Idempotency-Key", capture)], &body).expect(201);
        let path = format!("/api/v1/checkouts/{}/approve", made.body["id"].as_str().unwrap());
        payer.post_with(&path, &[("Idempotency-Key", capture)], &json!({"payer": payer.code})).expect(200);
    }
}

/// What is planned: a schedule that ran, a payment that was made, one that failed and one that waits.
fn fill_plans(app: &TestApp) {
    let (eve, dan) = (app.member("eve"), app.member("dan"));
    let day = |later: i64| app.now().plus_seconds(later * 86_400).rfc3339()[..10].to_owned();
    let post = |path: &str, key: &str, body: Value| {
        eve.post_with(&format!("/api/v1/{path}"), &[("Idempotency-Key", key)], &body).expect(201);
    };
    let (payer, payee) = (&eve.code, &dan.code);
    let monthly =
        json!({"payer": payer, "payee": payee, "amount": "1.00", "starts_on": day(1), "unit": "month"});
    let made = eve.post_with("/api/v1/schedules", &[("Idempotency-Key", "s")], &monthly).expect(201).body;
    for (key, amount, when) in [("p1", "2.00", day(1)), ("p2", "99.99", day(1)), ("p3", "3.00", day(90))] {
        let planned = json!({"payer": payer, "payee": payee, "amount": amount, "scheduled_for": when, "description": "Rent"});
        post("payments", key, planned);
    }
    let pass = |days: i64| {
        app.clock.advance(days * 86_400);
        let scheduling = Scheduling::new(app.services());
        while app.block_on(scheduling.do_one()).unwrap() {}
    };
    pass(2);
    let path = format!("/api/v1/schedules/{}", made["id"].as_str().unwrap());
    eve.again().send("PATCH", &path, &[], Some(br#"{"amount":"1.50"}"#.to_vec())).expect(200);
    pass(31);
    app.pay(&dan.again(), &eve, "0.50");
}

/// Copies of the tables, and the triggers out of the way.
fn lay_bare(engine: Engine, by_hand: &mut ByHand) {
    match engine {
        Engine::Sqlite => {
            by_hand.run("PRAGMA foreign_keys = OFF");
            for name in by_hand.texts("SELECT name AS value FROM sqlite_master WHERE type = 'trigger'") {
                by_hand.run(&format!("DROP TRIGGER {name}"));
            }
        }
        // Neither triggers nor foreign keys hold for a superuser who says so.
        Engine::Postgres => by_hand.run("SET session_replication_role = replica"),
    }
    for table in TABLES {
        by_hand.run(&format!("CREATE TABLE saved_{table} AS SELECT * FROM {table}"));
    }
}

fn restore(by_hand: &mut ByHand) {
    let statements =
        TABLES.map(|table| format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM saved_{table};"));
    by_hand.run(&format!("BEGIN; {} COMMIT", statements.join(" ")));
}

/// The exit code of `counterfoil verify --json`, and the number of differences that it names.
fn verify(database: &TestDatabase) -> (Option<i32>, u64) {
    let ended = finish(program::command_on(database, &["verify", "--json"]));
    let report: Value = serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("no report: {ended:?}"));
    let total = report["differences_total"].as_u64().unwrap();
    assert_eq!(report["differences"].as_array().unwrap().is_empty(), total == 0, "{report}");
    (ended.status.code(), total)
}

/// The exit code of the checker that shares nothing with the service, which reads SQLite's files.
fn checked_independently(database: &TestDatabase) -> Option<i32> {
    let url = database.url_text();
    let file = url.expose_secret().strip_prefix("sqlite:")?;
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/api-spec/verify.py");
    std::process::Command::new("python3").args([program, file]).output().unwrap().status.code()
}

fn is_found_out(engine: Engine) {
    let database = std::sync::Arc::new(TestDatabase::new(engine));
    let app = TestApp::on(std::sync::Arc::clone(&database));
    fill(&app);
    app.stop();
    assert_eq!(verify(&database), (Some(0), 0), "the ledger as it was written");
    let mut by_hand = ByHand::on(&database);
    lay_bare(engine, &mut by_hand);
    let transfer =
        by_hand.number("SELECT seq AS value FROM records WHERE kind = 4 ORDER BY seq LIMIT 1 OFFSET 1");
    let last = by_hand.number("SELECT MAX(seq) AS value FROM records");
    let lowest = by_hand.number("SELECT MIN(balance) AS value FROM balances");
    let highest = by_hand.number("SELECT MAX(balance) AS value FROM balances");
    let max_id = either(engine, "MAX(id)", "MAX(id::text)::uuid");
    let mut missed = Vec::new();
    assert_ne!(checked_independently(&database), Some(1), "the ledger as it was written");
    for (name, sql) in FORGERIES {
        let sql: String = sql
            .replace("MAX_ID(id)", max_id)
            .split_inclusive([' ', ';', ')'])
            .map(|part| match part.trim_end_matches([' ', ';', ')']) {
                "T" => part.replace('T', &transfer.to_string()),
                "L" => part.replace('L', &last.to_string()),
                "A" => part.replace('A', &lowest.to_string()),
                "B" => part.replace('B', &highest.to_string()),
                _ => part.to_owned(),
            })
            .collect();
        by_hand.run(&sql);
        let (code, total) = verify(&database);
        if code != Some(1) || total == 0 {
            missed.push((name, sql.clone(), code, total));
        }
        let is_proven_apart = ["reversal", "permission", "request", "plan", "events", "charge", "fees by"];
        let is_proven_apart = is_proven_apart.into_iter().any(|word| name.contains(word));
        if is_proven_apart && checked_independently(&database) == Some(0) {
            missed.push((name, sql, Some(0), 0));
        }
        restore(&mut by_hand);
    }
    assert!(missed.is_empty(), "not found out: {missed:#?}");
    assert_eq!(verify(&database), (Some(0), 0), "the ledger as it was before");
}

#[test]
fn sqlite_ledgers_tell_who_tampered() {
    is_found_out(Engine::Sqlite);
}

#[test]
fn postgres_ledgers_tell_who_tampered() {
    is_found_out(Engine::Postgres);
}
