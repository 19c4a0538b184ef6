//! What is handed out comes along again: random histories, exported, imported into an empty database, and compared.

use std::collections::BTreeMap;
use std::sync::Arc;

use counterfoil::domain::community::CommunityCode;
use counterfoil::export::archive;
use counterfoil::services::exporting::Exporting;
use counterfoil::services::importing::{self, Founding, LimitsFrom, Origin, Request, Source};
use counterfoil::storage::{Database, Engine, StorageError};
use proptest::test_runner::{Config, TestRunner};

use crate::random_agreements::{doings, play};
use crate::random_history::History;
use crate::support::{TestApp, TestDatabase, both_engines};

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

/// All balances, in the order of the accounts' codes.
pub fn balances(app: &TestApp) -> Vec<i64> {
    app.database.db_numbers("SELECT b.balance AS value FROM accounts a JOIN balances b ON b.community_id = a.community_id AND b.account_id = a.id ORDER BY a.code")
}

both_engines! {
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
