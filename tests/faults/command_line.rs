//! The program's commands, each as an operator runs it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use counterfoil::storage::Engine;
use serde_json::{Value, json};

use crate::by_hand::ByHand;
use crate::http::Client;
use crate::program::{self, Program, command, command_on, finish};
use crate::support::{TestDatabase, both_engines, keys};

/// A demonstration that is small, so that it is seeded quickly.
fn demo(database: Option<&TestDatabase>, data: Option<&Path>) -> Command {
    let arguments = ["demo", "--json", "--listen", "127.0.0.1:0", "--members", "4", "--payments", "20"];
    let mut command = match database {
        Some(database) => command_on(database, &arguments),
        None => command(&arguments),
    };
    command.args(data.map(|data| ["--data", data.to_str().unwrap()]).into_iter().flatten());
    command
}

/// Starts a demonstration, and gives what it announces.
fn start_demo(command: Command) -> (Program, Value) {
    let mut program = Program::start(command);
    let announced = serde_json::from_str(&program.first_line()).unwrap();
    (program, announced)
}

fn stop(program: Program) {
    program.signal("TERM");
    let ended = program.wait().expect_code(0);
    assert_eq!(ended.out.lines().count(), 1, "one line of JSON and nothing else: {ended:?}");
}

/// Everybody's login works and leads to their account; the first is an admin.
fn try_logins(announced: &Value) -> Vec<Client> {
    let url = announced["url"].as_str().unwrap();
    let logins = announced["logins"].as_array().unwrap();
    let try_login = |login: &Value| {
        let client = Client::at_url(url)
            .signed_in_with(login["email"].as_str().unwrap(), login["password"].as_str().unwrap());
        let me = client.get("/api/v1/me").unwrap().json();
        let membership = &me["memberships"][0];
        assert_eq!(membership["accounts"][0]["code"], login["account"]);
        assert_eq!(membership["member"]["roles"], login["roles"]);
        assert_eq!(membership["community"]["code"], announced["community"]);
        client
    };
    logins.iter().map(try_login).collect()
}

#[test]
fn demo_announces_itself_in_one_line_and_serves_on() {
    let (program, announced) = start_demo(demo(None, None));
    assert_eq!(keys(&announced), ["community", "logins", "url"]);
    assert_eq!(announced["community"], "RIVER");
    let logins = announced["logins"].as_array().unwrap();
    assert_eq!(logins.len(), 4);
    for login in logins {
        assert_eq!(keys(login), ["account", "email", "password", "roles"]);
        assert!(login["password"].as_str().unwrap().len() >= 15);
    }
    assert_eq!(logins[0]["roles"], json!(["member", "admin"]));
    let clients = try_logins(&announced);
    let ledger = clients[1].get("/api/v1/communities/RIVER/ledger").unwrap().json();
    assert_eq!((&ledger["transfers"], &ledger["sum"]), (&json!(20), &json!("0.00")));
    let code = |place: usize| logins[place]["account"].as_str().unwrap();
    let paid = clients[2].pay(code(2), code(1), "0.01", "try-1").unwrap();
    assert_eq!(paid.status, 201);
    assert_eq!(clients[2].pay(code(2), code(1), "0.01", "try-1").unwrap().bytes, paid.bytes);
    stop(program);
}

#[test]
fn demo_guides_people_and_its_curl_lines_work() {
    let mut command = command(&["demo", "--listen", "127.0.0.1:0", "--members", "4", "--payments", "20"]);
    command.env("COUNTERFOIL_LOG", "warn");
    let mut program = Program::start(command);
    let first = program.first_line();
    assert!(first.contains("RIVER"), "{first}");
    program::wait_until("the guide is complete", || {
        program.lines().iter().any(|line| line.contains("Ctrl-C"))
    });
    let script: Vec<_> = program
        .lines()
        .into_iter()
        .filter(|line| line.starts_with("TOKEN=") || line.starts_with("curl "))
        .collect();
    assert!(script.len() >= 7, "{script:?}");
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("skipped: the curl lines, because there is no curl");
        return;
    }
    let run = Command::new("sh").args(["-euc", &script.join("\n")]).output().unwrap();
    assert!(run.status.success(), "{run:?}");
    let answers: Vec<Value> = String::from_utf8(run.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let [before, paid, again, after, entries, refused, ledger] = answers.as_slice() else {
        panic!("{answers:?}")
    };
    assert_eq!(paid, again, "the same key, the same answer");
    assert_ne!(before["balance"], after["balance"]);
    assert_eq!(entries["data"][0]["payment_id"], paid["id"]);
    assert_eq!(entries["data"][0]["amount"], "-2.50");
    assert_eq!(refused["code"], "insufficient_credit");
    assert_eq!(ledger["sum"], "0.00");
    program.signal("INT");
    program.wait().expect_code(0);
}

fn demo_keeps_its_data(database: Option<&TestDatabase>) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (program, first) = start_demo(demo(database, Some(&data)));
    let clients = try_logins(&first);
    let code = |place: usize| first["logins"][place]["account"].as_str().unwrap();
    let paid = clients[2].pay(code(2), code(1), "0.01", "kept").unwrap();
    stop(program);
    let mut files: Vec<_> = fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let logins =
        files.iter().find(|path| path.extension().is_some_and(|extension| extension == "json")).unwrap();
    assert_eq!(
        fs::metadata(logins).unwrap().permissions().mode() & 0o777,
        0o600,
        "passwords are their owner's"
    );
    let is_file = files.iter().any(|path| path.extension().is_some_and(|extension| extension == "db"));
    assert_eq!(is_file, database.is_none(), "{files:?}");

    let (program, second) = start_demo(demo(database, Some(&data)));
    assert_eq!(first["logins"], second["logins"]);
    let clients = try_logins(&second);
    let ledger = clients[0].get("/api/v1/communities/RIVER/ledger").unwrap().json();
    assert_eq!(ledger["transfers"], 21, "nothing was seeded twice");
    let again = clients[2].pay(code(2), code(1), "0.01", "kept").unwrap();
    assert_eq!(
        (again.status, again.is_replay, again.json()["id"].clone()),
        (201, true, paid.json()["id"].clone())
    );
    stop(program);
}

#[test]
fn demo_keeps_its_data_in_a_folder() {
    demo_keeps_its_data(None);
}

#[test]
fn demo_keeps_its_data_on_postgres() {
    let database = TestDatabase::empty(Engine::Postgres);
    demo_keeps_its_data(Some(&database));
    // Another folder has not the passwords of what is there.
    let elsewhere = tempfile::tempdir().unwrap();
    let ended = finish(demo(Some(&database), Some(elsewhere.path()))).expect_code(1);
    assert!(ended.err.contains("its passwords are not here"), "{ended:?}");
}

/// `init` for this community and admin.
fn init(
    database: &TestDatabase,
    code: &str,
    email: &str,
    password: &str,
    more: &[&str],
) -> program::Finished {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    fs::write(&file, format!("{password}\n")).unwrap();
    let mut arguments = vec![
        "init",
        "--code",
        code,
        "--name",
        "River Valley",
        "--admin-email",
        email,
        "--admin-name",
        "Greta",
    ];
    arguments.extend(["--admin-password-file", file.to_str().unwrap()]);
    arguments.extend(more);
    finish(command_on(database, &arguments))
}

const GOOD: &str = "a long and good password";

both_engines! {
    fn init_founds_a_community_once(database: &TestDatabase) {
        let ended = init(database, "RIVER", "Greta@River.Example", GOOD, &["--scale", "2", "--credit-limit", "25.50"]).expect_code(0);
        assert!(ended.out.contains("RIVER") && ended.out.contains("RIVER0001"), "{ended:?}");
        for (code, email) in [("RIVER", "greta@river.example"), ("RIVER", "other@river.example"), ("HILL", "greta@river.example")] {
            init(database, code, email, GOOD, &[]).expect_code(1);
        }
        assert_eq!(database.db_texts("SELECT code AS value FROM communities"), ["RIVER"], "nothing is left of what was refused");
        assert_eq!(database.db_texts("SELECT email AS value FROM users"), ["greta@river.example"]);
        init(database, "HILL", "hilda@hill.example", GOOD, &["--scale", "0"]).expect_code(0);

        let (server, address) = Program::serve(program::serve(database));
        let greta = Client::at(address).signed_in_with("greta@river.example", GOOD);
        let me = greta.get("/api/v1/me").unwrap().json();
        assert_eq!(me["memberships"][0]["member"]["roles"], json!(["member", "admin"]));
        assert_eq!(me["memberships"][0]["accounts"][0]["credit_limit"], "25.50");
        server.signal("TERM");
        server.wait().expect_code(0);
        finish(command_on(database, &["verify"])).expect_code(0);
    }

    fn init_refuses_bad_input(database: &TestDatabase) {
        for code in ["river", "R", "RIVER1", "RÍVER", "", "ABCDEFGHIJKLMNOPQ"] {
            let ended = init(database, code, "greta@river.example", GOOD, &[]);
            assert_eq!(ended.status.code(), Some(2), "{code:?}: {ended:?}");
        }
        for (email, password, more) in [
            ("greta", GOOD, &[][..]),
            ("greta@river.example", "too short", &[]),
            ("greta@river.example", "", &[]),
            ("greta@river.example", &"x".repeat(257), &[]),
            ("greta@river.example", GOOD, &["--scale", "7"]),
            ("greta@river.example", GOOD, &["--scale=-1"]),
            ("greta@river.example", GOOD, &["--credit-limit", "1e3"]),
            ("greta@river.example", GOOD, &["--credit-limit=-1"]),
            ("greta@river.example", GOOD, &["--credit-limit", "1.234"]),
            ("greta@river.example", GOOD, &["--credit-limit", "10000000000000.01"]),
        ] {
            let ended = init(database, "RIVER", email, password, more).expect_code(1);
            assert!(!ended.err.contains(GOOD) && !ended.err.contains("panicked"), "{ended:?}");
        }
        assert_eq!(database.db_count("communities") + database.db_count("users"), 0);
    }

    fn doctor_tries_the_way_of_mails(database: &TestDatabase) {
        init(database, "RIVER", "greta@river.example", GOOD, &[]).expect_code(0);
        let folder = tempfile::tempdir().unwrap();
        let doctor = |url: &str| {
            let mut command = command_on(database, &["doctor", "--json"]);
            command.envs([("COUNTERFOIL_SMTP_URL", url), ("COUNTERFOIL_MAIL_FROM", "no-reply@river.example")]);
            finish(command)
        };
        let in_folder = format!("file:{}", folder.path().join("mails").display());
        // Nobody listens on port 1.
        for (url, code, verdict) in [("log", 0, "warning"), (in_folder.as_str(), 0, "warning"), ("smtp://u:hunter2@127.0.0.1:1", 1, "failure")] {
            let ended = doctor(url).expect_code(code);
            let findings: Vec<Value> = serde_json::from_str(&ended.out).unwrap();
            let mail = findings.iter().find(|finding| finding["check"] == "mail").unwrap();
            assert_eq!(mail["verdict"], verdict, "{mail}");
            assert!(!ended.out.contains("hunter2") && !ended.err.contains("hunter2"), "{ended:?}");
        }
        let ended = doctor("smtp://u:hunter2@mail example").expect_code(1);
        assert!(ended.err.contains("smtp_url") && !ended.err.contains("hunter2"), "{ended:?}");
    }

    fn doctor_tells_health_from_sickness(database: &TestDatabase) {
        init(database, "RIVER", "greta@river.example", GOOD, &[]).expect_code(0);
        let verdicts = |more: &[&str]| {
            let mut command = command_on(database, &["doctor", "--json"]);
            command.envs(more.chunks(2).map(|pair| (pair[0], pair[1])));
            let ended = finish(command);
            let findings: Vec<Value> = serde_json::from_str(&ended.out).unwrap();
            let of = |name: &str| {
                let found = findings.iter().find(|finding| finding["check"] == name);
                found.unwrap_or_else(|| panic!("no {name}: {findings:?}"))["verdict"].as_str().unwrap().to_owned()
            };
            (ended.status.code(), ["public URL", "clock", "database", "durability", "schema", "ledger"].map(of))
        };
        let https = ["COUNTERFOIL_PUBLIC_URL", "https://river.example"];
        assert_eq!(verdicts(&https), (Some(0), ["ok"; 6].map(str::to_owned)));
        let (code, [url, ..]) = verdicts(&[]);
        assert_eq!((code, url.as_str()), (Some(0), "warning"));
        ByHand::on(database).run("UPDATE heads SET accounts = accounts + 1");
        let (code, [.., ledger]) = verdicts(&https);
        assert_eq!((code, ledger.as_str()), (Some(1), "failure"));
        // Nor is such a ledger served.
        let ended = finish(program::serve(database)).expect_code(1);
        assert!(ended.err.contains("does not add up"), "{ended:?}");
    }
}

#[test]
fn openapi_is_printed_without_any_database() {
    let ended = finish(command(&["openapi", "--json"])).expect_code(0);
    let document: Value = serde_json::from_str(&ended.out).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(document["paths"]["/api/v1/payments"]["post"].is_object());
    let ended = finish(command(&["openapi"])).expect_code(0);
    assert!(ended.out.starts_with("openapi: 3.1"), "{}", &ended.out[..40]);
}

#[test]
fn bad_settings_are_named() {
    for (name, value) in [
        ("COUNTERFOIL_DATABASE_URL", "mysql://x"),
        ("COUNTERFOIL_LISTEN", "everywhere"),
        ("COUNTERFOIL_ADMIN_LISTEN", "x"),
        ("COUNTERFOIL_ACCESS_TOKEN_LIFE_S", "601"),
        ("COUNTERFOIL_LEDGER_QUEUE_MAX", "0"),
        ("COUNTERFOIL_NO_SUCH_SETTING", "1"),
    ] {
        let mut command = command(&["serve"]);
        command.env(name, value);
        let ended = finish(command).expect_code(1);
        let setting = name.trim_start_matches("COUNTERFOIL_").to_lowercase();
        assert!(
            ended.err.to_lowercase().contains(&setting) || ended.err.contains("listen"),
            "{name}: {ended:?}"
        );
    }
    finish(command(&[])).expect_code(2);
    finish(command(&["nonsense"])).expect_code(2);
    finish(command(&["--version"])).expect_code(0);
}
