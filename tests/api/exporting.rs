//! What is handed out comes along again: random histories, exported, imported into an empty database, and compared.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use counterfoil::domain::community::CommunityCode;
use counterfoil::export::archive;
use counterfoil::services::exporting::Exporting;
use counterfoil::services::importing::{self, Founding, LimitsFrom, Origin, Request, Source};
use counterfoil::storage::{Database, Engine, StorageError};
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::random_agreements::{Agreement, agree, doings, follow, play};
use crate::random_history::{History, Step, decimal};
use crate::support::{TestApp, TestDatabase, both_engines, fresh_key};

/// How many histories.
const HISTORIES: u32 = 3;

/// The files of a community, by their names.
pub fn export(database: &TestDatabase) -> BTreeMap<&'static str, String> {
    let code: CommunityCode = "RIVER".parse().unwrap();
    let mut conn = Database::connect_for_inspection(&database.url()).unwrap();
    conn.snapshot(|conn| {
        let exporting = Exporting::read(conn, &code)?.unwrap();
        let mut files: BTreeMap<_, _> = archive::files(&exporting.archive).into_iter().collect();
        let mut history = String::from(archive::HISTORY);
        exporting.each_transfer(conn, |moved, _| {
            history.push_str(&archive::history_line(&exporting.archive, moved));
            Ok::<_, StorageError>(())
        })?;
        files.insert("history.csv", history);
        Ok::<_, StorageError>(files)
    })
    .unwrap()
}

/// Brings a community along from its files, all of which must be right: its history keeps to its limits as they were.
pub fn import(app: &TestApp, files: &BTreeMap<&'static str, String>) {
    let request = Request {
        origin: Origin::Counterfoil,
        founding: Founding::default(),
        admin: None,
        limits_from: LimitsFrom::Throughout,
    };
    let mut sources: Vec<Source> = files
        .iter()
        .map(|(name, content)| Source {
            sheet: request.origin.sheets_of(name.trim_end_matches(".csv"))[0],
            name: Arc::from(*name),
            bytes: content.as_bytes().into(),
        })
        .collect();
    sources.sort_by_key(|source| source.sheet);
    let now = app.now();
    let plan =
        importing::read(&sources, &request, now).unwrap_or_else(|problems| panic!("{problems:?} {files:?}"));
    importing::play(&plan, now, |_| {}).unwrap_or_else(|problems| panic!("{problems:?} {files:?}"));
    let digest = importing::digest(&sources, &request);
    let services = app.services();
    let done = services.carry_out(&plan, None, (digest, now), "nobody's".into(), |_| {});
    let id = app.block_on(done).unwrap();
    let (sum, head) = app.block_on(services.books_of(id)).unwrap();
    assert_eq!((sum.minor(), head.seq), (0, plan.records()));
}

/// A file without the numbers of records, which are others in another place.
fn told(content: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(content.as_bytes());
    let records: Vec<_> = reader.records().map(Result::unwrap).collect();
    let order = records[0].iter().position(|column| column == "order");
    let fields = |record: &csv::StringRecord| {
        let named = record.iter().enumerate().filter(|(place, _)| Some(*place) != order);
        named.map(|(_, field)| field.to_owned()).collect()
    };
    records.iter().map(fields).collect()
}

/// Two communities hand out the same.
pub fn assert_same(first: &BTreeMap<&'static str, String>, second: &BTreeMap<&'static str, String>) {
    assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
    for (name, content) in first {
        assert_eq!(told(content), told(&second[name]), "{name}");
    }
}

fn compare(app: &TestApp, other: &TestApp) {
    let first = export(&app.database);
    other.clock.advance((app.now().micros() - other.now().micros()) / 1_000_000 + 1);
    import(other, &first);
    let second = export(&other.database);
    assert_same(&first, &second);
    assert_eq!(balances(app), balances(other));
}

const fn other_engine(engine: Engine) -> Engine {
    match engine {
        Engine::Sqlite => Engine::Postgres,
        Engine::Postgres => Engine::Sqlite,
    }
}

/// A community in which all of it came about.
fn live(history: &mut History<'_>) {
    let pay = |history: &mut History<'_>, [payer, other]: [usize; 2], minor: i64| {
        history.step(&Step::Pay { payer, other, minor, text: "Rye loaves" });
    };
    let give_back = |history: &History<'_>, by: usize, minor: i64, way: &str, body: &Value| {
        let [from, to] = [0, by].map(|place| history.code(place).to_owned());
        let order = json!({"payer": from, "payee": to, "amount": decimal(minor), "description": "A mistake", "allow_duplicate": true});
        let paid = history.people[0].again().post_payment(&fresh_key(), &order).expect(201).body;
        let key = fresh_key();
        let path = format!("/api/v1/payments/{}/{way}", paid["id"].as_str().unwrap());
        let whose = if way == "refunds" { history.people[by].again() } else { history.admins[0].again() };
        if way == "reversal" {
            // Spent meanwhile.
            let order = json!({"payer": to, "payee": history.code(2), "amount": "3.00", "description": "Oats", "allow_duplicate": true});
            history.people[by].again().post_payment(&fresh_key(), &order).expect(201);
        }
        whose.post_with(&path, &[("Idempotency-Key", key.as_str())], body).expect(201);
    };
    history.step(&Step::Classify { person: 0, is_business: true, group: Some(1) });
    history.step(&Step::Classify { person: 1, is_business: false, group: None });
    for person in [0, 2] {
        agree(history, &Agreement::Follow { person });
    }
    agree(history, &Agreement::Policy { base: 5_000, share: 2_500, daily: Some(9_000), is_for_group: true });
    history.step(&Step::Fees { fixed: [5, 0], basis_points: [100, 50] });
    pay(history, [0, 1], 800);
    pay(history, [1, 1], 500);
    agree(history, &Agreement::Own { person: 1, minor: 300, days: Some(35), ceiling: Some(8_000) });
    agree(history, &Agreement::Allow { person: 2, minor: 9_000, days: 20 });
    pay(history, [2, 1], 6_000);
    agree(history, &Agreement::Allow { person: 0, minor: 100, days: 30 });
    give_back(history, 1, 200, "refunds", &json!({"amount": "1.50"}));
    give_back(history, 1, 200, "reversal", &json!({"reason": "A mistake", "allow_beyond_limit": true}));
    agree(history, &Agreement::Contribute { minor: 150, basis_points: 1_200 });
    agree(history, &Agreement::Month);
    agree(history, &Agreement::Month);
    agree(history, &Agreement::Income { minor: 3, is_weekly: true, days: None });
    agree(history, &Agreement::Month);
    agree(history, &Agreement::PayOut { person: 0, minor: 10 });
    agree(history, &Agreement::Merge { person: 1, other: 2 });
    agree(history, &Agreement::Month);
    history.step(&Step::Freeze { person: 2, is_over: false });
    history.step(&Step::WriteOff { person: 2 });
    pay(history, [0, 1], 90);
    agree(history, &Agreement::Own { person: 1, minor: 700, days: Some(9), ceiling: None });
    history.step(&Step::Leave { person: 1, is_over: false });
    history.step(&Step::Plan { person: 1, days: 60, minor: 80, is_agreed: true });
    agree(history, &Agreement::Choose { step_up: Some(90_000), reversals: Some(100_000), invite: true });
    agree(history, &Agreement::Policy { base: 4_000, share: 1_000, daily: None, is_for_group: false });
    follow(history.app);
}

/// What stands in a column of a file.
fn column(files: &BTreeMap<&'static str, String>, file: &str, name: &str) -> BTreeSet<String> {
    let lines = told(&files[file]);
    let place = lines[0].iter().position(|column| column == name).unwrap();
    lines[1..].iter().map(|line| line[place].clone()).collect()
}

/// All balances, in the order of the accounts' codes.
pub fn balances(app: &TestApp) -> Vec<i64> {
    app.database.db_numbers("SELECT b.balance AS value FROM accounts a JOIN balances b ON b.community_id = a.community_id AND b.account_id = a.id ORDER BY a.code")
}

both_engines! {
    fn everything_that_came_about_comes_along_to_the_other_engine(app: &TestApp) {
        let mut history = History::new(app);
        live(&mut history);
        let files = export(&app.database);
        for (name, content) in &files {
            assert!(content.lines().count() > 1, "{name}: {content}");
        }
        let expected = ["contribution", "holding_charge", "income", "merge", "payout", "principal", "refund", "reversal", "write_off"];
        assert_eq!(column(&files, "history.csv", "kind"), expected.map(str::to_owned).into());
        assert!(column(&files, "history.csv", "beyond_limit").contains("payer"), "{files:?}");
        assert!(column(&files, "history.csv", "payer_fee").len() > 2 && column(&files, "limits.csv", "until").len() > 1);
        assert!(column(&files, "incomes.csv", "outcome").contains("paid"));
        let other = TestApp::new(other_engine(app.database.engine()));
        compare(app, &other);
        // Limits of one's own end there, too, and whoever follows the policy is given what it gives.
        let own = |other: &TestApp| other.database.db_numbers("SELECT count(*) AS value FROM limit_overrides WHERE until IS NOT NULL")[0];
        assert_eq!((own(&other), own(app)), (1, 1));
        other.clock.advance(10 * 86_400);
        follow(&other);
        assert_eq!(own(&other), 0);
        let limits = |app: &TestApp| app.database.db_numbers("SELECT a.credit_limit AS value FROM accounts a WHERE a.kind = 1 ORDER BY a.code");
        app.clock.advance(10 * 86_400);
        follow(app);
        assert_eq!(limits(app), limits(&other));
        assert_eq!(app.database.db_texts("SELECT payment_rules AS value FROM accounts WHERE payment_rules IS NOT NULL ORDER BY code"),
            other.database.db_texts("SELECT payment_rules AS value FROM accounts WHERE payment_rules IS NOT NULL ORDER BY code"));
    }

    fn random_communities_come_along_to_the_other_engine(app: &TestApp) {
        let engine = app.database.engine();
        let mut runner = TestRunner::new(Config { failure_persistence: None, max_shrink_iters: 0, ..Config::with_cases(HISTORIES) });
        runner.run(&doings(), |doings| {
            // Both prove their books when they go.
            let (app, other) = (TestApp::new(engine), TestApp::new(other_engine(engine)));
            let mut history = History::new(&app);
            play(&mut history, &doings);
            compare(&app, &other);
            Ok(())
        }).unwrap();
    }
}
