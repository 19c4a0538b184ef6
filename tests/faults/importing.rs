//! `import` and `export`, as an operator runs them: whole or not at all, also where they are killed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::Client;
use crate::program::{self, Finished, Program, command_on, finish, wait_until};
use crate::support::{TestDatabase, both_engines};

const COMMUNITY: &str = "code,name,unit,symbol,scale,time_zone,credit_limit,founded\n\
    RIVER,River Valley,shell,§,2,Europe/Berlin,100.00,2020-01-01\n";
const MEMBERS: &str = "member,name,email,language,role,status,joined\n\
    m1,Ada Brook,Ada@River.example,de,admin,active,2020-01-02\n\
    m2,Ben Ford,ben@river.example,,,,2020-01-03\n\
    m3,Carla Mills,,,member,closed,\n\
    m4,Dimitri Vale,dimitri@river.example,fr,broker,frozen,2020-02-01 12:00\n";
const ACCOUNTS: &str = "account,member,kind,name,status,opened\n\
    fund,,commons,The Fund,active,\n\
    a1,m1,member,,active,\n\
    a2,m2,member,Ford's shop,active,\n\
    a3,m3,,,,\n\
    a4,m4,,,,\n\
    losses,,write_off,Losses,,2021-01-01\n";
const LIMITS: &str = "account,credit_limit,ceiling,reason\n\
    a2,250.50,1000,trades a lot\n";
const OPENING: &str = "account,balance,at\n\
    a1,-20.00,2020-02-02\n\
    a2,15.50,2020-02-02\n\
    fund,4.50,2020-02-02\n";
const HISTORY: &str = "at,payer,payee,amount,description,kind,reference\n\
    2020-03-02T10:00:00Z,a1,a2,12.50,Rye loaves,,t2\n\
    2020-03-01 09:00:00.25,a2,a3,3,\"=SUM(A1), not a formula\",,t1\n\
    2020-03-03,a3,a4,3.00,,,t3\n";

const FEES: &str = "payer_fixed,payer_basis_points,payee_fixed,payee_basis_points\n0.10,100,0,0\n";
const SETTINGS: &str = "setting,value\nstep_up_above,900.00\ntwo_admins_for_limits_above,2000.00\n";
const GROUPS: &str = "member,kind,group\nm2,business,Bakers\n";
const POLICIES: &str = "version,part,at,by,reason,kind,group,base,minimum,maximum,period,payments\n\
    1,policy,2020-02-01,m1,,,,,,,,\n1,default,,,,,,,,,,\n1,credit_limit,,,,,,100.00,0,100.00,,\n1,payments,,,,,,,,,day,1\n\
    2,policy,2020-03-02,m1,Agreed,,,,,,,\n2,rule,,,,,Bakers,,,,,\n2,credit_limit,,,,,,300.00,0,300.00,,\n\
    2,default,,,,,,,,,,\n2,credit_limit,,,,,,150.00,0,150.00,,\n2,payments,,,,,,,,,day,2\n";

/// Files in a folder of their own.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(format!("{name}.csv")), content).unwrap();
    }
    folder
}

fn whole() -> [(&'static str, &'static str); 6] {
    [
        ("community", COMMUNITY),
        ("members", MEMBERS),
        ("accounts", ACCOUNTS),
        ("limits", LIMITS),
        ("opening_balances", OPENING),
        ("history", HISTORY),
    ]
}

/// The same files, some of them changed.
fn but(changed: &[(&str, &str)]) -> TempDir {
    let mut files: BTreeMap<&str, &str> = whole().into_iter().collect();
    files.extend(changed.iter().copied());
    folder(&files.into_iter().collect::<Vec<_>>())
}

fn import(database: &TestDatabase, folder: &Path, more: &[&str]) -> Finished {
    let mut arguments = vec!["import", folder.to_str().unwrap()];
    arguments.extend(more);
    finish(command_on(database, &arguments))
}

fn import_json(database: &TestDatabase, folder: &Path, more: &[&str]) -> Value {
    let mut all = vec!["--json"];
    all.extend(more);
    let ended = import(database, folder, &all);
    let answer: Value = serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{ended:?}"));
    assert_eq!(ended.status.code(), Some(i32::from(answer["problems_total"] != 0)), "{ended:?}");
    answer
}

/// The problems of an import that is refused, as `file:line`.
fn problems(database: &TestDatabase, folder: &Path, more: &[&str]) -> Vec<String> {
    let answer = import_json(database, folder, more);
    assert_eq!(answer["is_imported"], false);
    let named = answer["problems"].as_array().unwrap();
    let place = |problem: &Value| match &problem["line"] {
        Value::Null => format!("{} {}", problem["file"].as_str().unwrap(), problem["what"].as_str().unwrap()),
        line => format!("{}:{line} {}", problem["file"].as_str().unwrap(), problem["what"].as_str().unwrap()),
    };
    named.iter().map(place).collect()
}

fn assert_nothing_there(database: &TestDatabase) {
    for table in ["communities", "users", "records", "payments", "members", "imports"] {
        assert_eq!(database.db_count(table), 0, "{table}");
    }
}

fn verify(database: &TestDatabase) -> Value {
    let ended = finish(command_on(database, &["verify", "--json"])).expect_code(0);
    serde_json::from_str(&ended.out).unwrap()
}

/// Each account's balance by its code, in minor units.
fn balances(database: &TestDatabase) -> Vec<String> {
    let join = if database.engine() == counterfoil::storage::Engine::Postgres {
        "a.code || ' ' || b.balance::text"
    } else {
        "a.code || ' ' || b.balance"
    };
    database.db_texts(&format!(
        "SELECT {join} AS value FROM accounts a JOIN balances b ON b.community_id = a.community_id AND b.account_id = a.id ORDER BY a.code"
    ))
}

both_engines! {
    fn a_community_comes_along_with_its_own_times(database: &TestDatabase) {
        let files = but(&[]);
        let codes = files.path().join("codes");
        let answer = import_json(database, files.path(), &["--codes", codes.to_str().unwrap()]);
        let counts = ["members", "accounts", "opening_balances", "transfers", "beyond_limits"].map(|name| answer[name].as_i64().unwrap());
        assert_eq!(counts, [4, 6, 2, 3, 0]);
        assert_eq!(answer["before"], json!({"held": "32.50", "owed": "-32.50", "sum": "0.00"}));
        assert_eq!(answer["after"]["sum"], "0.00");
        assert_eq!(answer["after"]["head"]["seq"], 6 + 2 + 3 + 2);
        assert_eq!(verify(database)["differences_total"], 0);
        // The member without a date has been there from the beginning, and so has the first number.
        let expected = ["RIVER0000 450", "RIVER0001 0", "RIVER0002 -3250", "RIVER0003 2500", "RIVER0004 300", "RIVER0005 0"];
        assert_eq!(balances(database), expected);
        let codes = fs::read_to_string(codes).unwrap();
        assert!(codes.starts_with("account,code\r\nfund,RIVER0000\r\na3,RIVER0001\r\na1,RIVER0002\r\n"), "{codes}");

        let (server, address) = Program::serve(program::serve(database));
        let client = Client::at(address);
        assert_eq!(client.get("/api/v1/communities/RIVER").unwrap().json()["unit"], "shell");
        // Nobody knows a password, and whoever has the address chooses one.
        let asked = client.post("/api/v1/password-resets", &json!({"email": "ben@river.example"}), None);
        assert_eq!(asked.unwrap().status, 202);
        server.signal("TERM");
        server.wait().expect_code(0);
        assert_eq!(database.db_texts("SELECT language AS value FROM users ORDER BY email"), ["en", "de", "en", "fr"], "who is absent, Ada, Ben, Dimitri");
        // A code is there once.
        let again = import(database, files.path(), &[]).expect_code(1);
        assert!(again.err.contains("there is a community RIVER already"), "{again:?}");
    }

    fn a_dry_run_tells_and_changes_nothing(database: &TestDatabase) {
        let files = but(&[]);
        let ended = import(database, files.path(), &["--dry-run"]).expect_code(0);
        assert!(ended.out.contains("Can be imported: RIVER, with 4 members, 6 accounts, 2 opening balances and 3 transfers."), "{ended:?}");
        assert!(ended.out.contains("together 0.00") && ended.out.contains("Nothing was changed."), "{ended:?}");
        assert_nothing_there(database);
        let bad = but(&[("history", "at,payer,payee,amount\n2020-03-01,a1,nobody,1.00\n")]);
        let ended = import(database, bad.path(), &["--dry-run"]).expect_code(1);
        assert!(ended.out.contains("history.csv:2: there is no account nobody\n1 problems; nothing was changed."), "{ended:?}");
    }

    fn whatever_is_wrong_is_told_by_file_and_line_and_nothing_is_done(database: &TestDatabase) {
        let bad = but(&[
            ("members", "member,name,email,language,role,status,joined\n\
                m1,Ada Brook,ada@river.example,de,admin,active,2020-01-02\n\
                m1,Ada Again,,,,,\n\
                m2,,ben@river,klingon,king,applied,2020-13-01\n\
                m3,Carla,no address,,,,2999-01-01\n"),
            ("accounts", "account,member,kind,name,status,opened\n\
                a1,m1,member,,active,\n\
                a1,m3,member,,active,\n\
                a9,m9,member,,,\n\
                x,,member,,,\n\
                y,m1,peer,,,\n\
                f,,commons,,,\n\
                g,,commons,,,\n"),
            ("limits", "account,credit_limit,ceiling,reason\na1,1.005,,\nnone,1,,\na1,-1,,\n"),
            ("opening_balances", "account,balance\na1,1,000\na1,1\na1,2\n"),
            ("history", "at,payer,payee,amount\nyesterday,a1,fund,1\n2020-01-05,a1,a1,1\n2020-01-05,a1,commons,0\n2999-01-05,a1,commons,1\n"),
        ]);
        let found = problems(database, bad.path(), &["--dry-run"]);
        let expected = [
            "members.csv:4 name must not be empty",
            "members.csv:4 language \"klingon\" is none of en, es, fr, de, nl",
            "members.csv:4 role \"king\" is none of member, admin, broker",
            "members.csv:4 status \"applied\" is none of active, frozen, leaving, closed",
            "members.csv:4 joined \"2020-13-01\" is no time",
            "members.csv:5 email \"no address\" is no e-mail address",
            "members.csv:5 joined \"2999-01-01\" is in the future",
            "accounts.csv:5 member is empty, and the account is a member's",
            "accounts.csv:6 member \"m1\" is named, and the account is the community's own",
            "limits.csv:2 credit_limit \"1.005\" has more than the 2 decimal places",
            "limits.csv:4 credit_limit \"-1\" is below zero",
            "opening_balances.csv:2 has 3 fields, and the first line names 2",
            "opening_balances.csv:4 account a1 has an opening balance already",
            "members.csv:3 member m1 is there twice",
            "accounts.csv:8 is a second commons account",
            "accounts.csv:3 account a1 is there twice",
            "accounts.csv:4 there is no member m9",
            "limits.csv:3 there is no account none",
            "history.csv:2 at \"yesterday\" is no time",
            "history.csv:3 payee \"a1\" is the payer, too",
            "history.csv:4 amount \"0\" must be greater than 0",
            "history.csv:5 at \"2999-01-05\" is in the future",
        ];
        for expected in expected {
            assert!(found.iter().any(|problem| problem.starts_with(expected)), "{expected}: {found:#?}");
        }
        // Without the dry run it is the same.
        assert_eq!(problems(database, bad.path(), &[]), found);
        assert_nothing_there(database);
    }

    fn what_does_not_add_up_or_breaks_a_rule_is_refused_as_a_whole(database: &TestDatabase) {
        let cases: [(&[(&str, &str)], &str); 6] = [
            (&[("opening_balances", "account,balance\na1,-20.00\na2,15.49\nfund,4.50\n")], "opening_balances.csv the balances add up to -0.01 and not to zero"),
            (&[("opening_balances", "account,balance\na1,-100.01\na2,100.01\n"), ("history", "at,payer,payee,amount\n2020-03-01,a2,a4,1\n")],
                "opening_balances.csv:2 takes the payer past the credit limit: 100.01 are to be paid, and 100.00 may be spent"),
            (&[("history", "at,payer,payee,amount\n2020-03-01,a1,a2,80.00\n2020-03-02,a1,a2,0.01\n")],
                "history.csv:3 takes the payer past the credit limit: 0.01 are to be paid, and 0.00 may be spent"),
            (&[("limits", "account,credit_limit,ceiling,reason\na2,1,15.50,\n")], "history.csv:2 takes the payee above the ceiling"),
            (&[("history", "at,payer,payee,amount\n2020-01-01,a1,fund,1\n2020-03-01,a1,a2,1\n")],
                "history.csv:2 account a1 was opened later, 2020-01-01T23:00:00.000000Z"),
            (&[("history", "at,payer,payee,amount\n2020-03-01,a1,a3,1\n")], "members.csv:4 cannot be closed: it holds or owes something"),
        ];
        for (changed, expected) in cases {
            let files = but(changed);
            assert_eq!(problems(database, files.path(), &[]), [expected]);
        }
        let nobody = but(&[("members", &MEMBERS.replace("admin", "member"))]);
        assert!(problems(database, nobody.path(), &[])[0].contains("no active admin"));
        assert_nothing_there(database);
        let named = import_json(database, nobody.path(), &["--admin", "BEN@river.example"]);
        assert_eq!(named["is_imported"], true);
    }

    fn files_are_named_one_by_one_and_come_from_other_systems(database: &TestDatabase) {
        let users = "id,name,accountrole,status,saldo,minlimit,maxlimit,adate,email\n\
            1,Ada,admin,1,-30,-60,,2018-01-01 10:00:00,ada@hill.example\n2,Ben,user,1,30,,40,2018-01-02 10:00:00,\n";
        let transactions = "id,amount,description,id_from,id_to,transid,created_at\n5,30,Repair,1,2,x5,2018-02-01 10:00:00\n";
        let files = folder(&[("users", users), ("2018", transactions)]);
        let path = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
        let facts = ["--code", "HILL", "--name", "Hill", "--unit", "leaf", "--symbol", "L", "--scale", "0"];
        let run = |paths: &[&str]| {
            let arguments: Vec<&str> = [&["import", "--from", "eland"], paths, &facts].concat();
            finish(command_on(database, &arguments))
        };
        let unknown = run(&[&path("users.csv"), &path("2018.csv")]).expect_code(1);
        assert!(unknown.err.contains("what") && unknown.err.contains("2018.csv") && unknown.err.contains("history="), "{unknown:?}");
        let twice = run(&[&path("users.csv"), &format!("members={}", path("users.csv"))]).expect_code(1);
        assert!(twice.err.contains("hold the same: members"), "{twice:?}");
        assert_nothing_there(database);
        let done = run(&[&path("users.csv"), &format!("history={}", path("2018.csv"))]).expect_code(0);
        assert!(done.out.contains("Imported: HILL, with 2 members, 3 accounts, 0 opening balances and 1 transfers."), "{done:?}");
        assert_eq!(balances(database), ["HILL0000 0", "HILL0001 -30", "HILL0002 30"]);
        verify(database);
    }

    fn limits_may_begin_after_the_history(database: &TestDatabase) {
        let files = but(&[("history", "at,payer,payee,amount\n2020-03-01,a1,a2,800.00\n")]);
        assert_eq!(problems(database, files.path(), &[]).len(), 1);
        let answer = import_json(database, files.path(), &["--limits", "after"]);
        assert_eq!((&answer["is_imported"], &answer["beyond_limits"]), (&json!(true), &json!(1)));
        assert_eq!(verify(database)["differences_total"], 0);
        let limits = database.db_texts("SELECT code || '' AS value FROM accounts WHERE credit_limit = 10000 ORDER BY code");
        assert_eq!(limits.len(), 3, "{limits:?}");
    }

    fn whoever_is_killed_runs_the_same_again(database: &TestDatabase) {
        let mut history = String::from("at,payer,payee,amount,description\n");
        for number in 0..30_000 {
            let (payer, payee) = if number % 2 == 0 { ("a1", "a2") } else { ("a2", "a1") };
            let (hour, minute, second) = (number / 3_600, number / 60 % 60, number % 60);
            writeln!(history, "2020-03-01T{hour:02}:{minute:02}:{second:02}Z,{payer},{payee},1.00,number {number}").unwrap();
        }
        // What leaves no record is done once, too, whenever it is cut off.
        let files = but(&[("history", &history), ("fees", FEES), ("settings", SETTINGS), ("limit_policies", POLICIES), ("groups", GROUPS)]);
        let arguments = ["import", files.path().to_str().unwrap()];
        // Ada is known already, elsewhere.
        let password = "a long and good password";
        let secret = files.path().join("password");
        fs::write(&secret, password).unwrap();
        let init = ["init", "--code", "HILL", "--name", "Hill", "--admin-email", "ada@river.example", "--admin-name", "Ada", "--admin-password-file", secret.to_str().unwrap()];
        finish(command_on(database, &init)).expect_code(0);
        let places = |ada: &Client| {
            let me = ada.get("/api/v1/me").unwrap().json();
            let places = me["memberships"].as_array().unwrap();
            let codes = places.iter().map(|place| place["community"]["code"].as_str().unwrap().to_owned());
            codes.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>()
        };
        let mut seen = 0;
        for goal in [1, 6_000, 12_000] {
            let running = Program::start(command_on(database, &arguments));
            wait_until("it has come that far", || database.db_count("records") >= goal + 2);
            running.kill();
            let now = database.db_count("records");
            assert!(now >= seen, "what was written stays");
            seen = now;
            // Nobody sees it, and nothing of it can be changed on the way.
            if goal == 6_000 {
                let (server, address) = Program::serve(program::serve(database));
                let ada = Client::at(address).signed_in_with("ada@river.example", password);
                assert_eq!(ada.get("/api/v1/communities/RIVER").unwrap().status, 404);
                assert_eq!(ada.get("/api/v1/accounts/RIVER0002").unwrap().status, 404);
                assert_eq!(places(&ada), ["HILL"]);
                server.signal("TERM");
                server.wait().expect_code(0);
                let other = but(&[]);
                let ended = import(database, other.path(), &[]).expect_code(1);
                assert!(ended.err.contains("run it again with the same files"), "{ended:?}");
            }
        }
        let answer = import_json(database, files.path(), &[]);
        assert_eq!((&answer["transfers"], &answer["after"]["head"]["seq"]), (&json!(30_000), &json!(6 + 2 + 30_000 + 2)));
        assert_eq!(verify(database)["differences_total"], 0);
        assert_eq!(database.db_count("payments"), 30_002);
        assert_eq!((database.db_count("limit_policies"), database.db_count("member_groups")), (2, 1));
        // Whom the policy bounds is bounded before anybody sees the community: all but the baker, and Carla, who is gone.
        let bounded = "SELECT code AS value FROM accounts WHERE payment_rules IS NOT NULL ORDER BY code";
        assert_eq!(database.db_texts(bounded), ["RIVER0002", "RIVER0004"]);
        assert_eq!(database.db_numbers("SELECT fees_version AS value FROM communities WHERE code = 'RIVER'"), [2]);
        // Three with addresses, one of them known before, and one who stands for the member without.
        assert_eq!(database.db_count("users"), 4);
        let (server, address) = Program::serve(program::serve(database));
        let ada = Client::at(address).signed_in_with("ada@river.example", password);
        assert_eq!(places(&ada), ["HILL", "RIVER"]);
        assert_eq!(ada.get("/api/v1/accounts/RIVER0002").unwrap().status, 200);
        server.signal("TERM");
        server.wait().expect_code(0);
    }

    fn a_community_comes_along_beside_a_process_that_serves_others(database: &TestDatabase) {
        let files = but(&[("fees", FEES), ("limit_policies", POLICIES), ("groups", GROUPS)]);
        let password = "a long and good password";
        let secret = files.path().join("password");
        fs::write(&secret, password).unwrap();
        let init = ["init", "--code", "HILL", "--name", "Hill", "--admin-email", "ada@river.example", "--admin-name", "Ada", "--admin-password-file", secret.to_str().unwrap()];
        finish(command_on(database, &init)).expect_code(0);
        let (server, address) = Program::serve(program::serve(database));
        let ada = Client::at(address).signed_in_with("ada@river.example", password);
        assert_eq!(ada.get("/api/v1/communities/RIVER").unwrap().status, 404);
        if database.engine() == counterfoil::storage::Engine::Sqlite {
            // One file, one process.
            import(database, files.path(), &[]).expect_code(1);
            assert_eq!((database.db_count("communities"), database.db_count("imports")), (1, 0));
        } else {
            let answer = import_json(database, files.path(), &[]);
            assert_eq!(answer["is_imported"], true);
            // Whoever serves sees it, with everybody's balance, and takes payments in it.
            assert_eq!(ada.get("/api/v1/communities/RIVER").unwrap().json()["unit"], "shell");
            let balance = |code: &str| ada.get(&format!("/api/v1/accounts/{code}")).unwrap().json()["balance"].clone();
            let all = ["RIVER0000", "RIVER0001", "RIVER0002", "RIVER0003", "RIVER0004"];
            assert_eq!(all.map(balance), ["4.50", "0.00", "-32.50", "25.00", "3.00"].map(Value::from));
            let order = json!({"payer": "RIVER0002", "payee": "RIVER0003", "amount": "10.00", "description": "Here"});
            let paid = ada.post("/api/v1/payments", &order, Some("the-first-one-here")).unwrap();
            assert_eq!((paid.status, paid.json()["fees"][0]["amount"].clone()), (201, json!("0.20")), "{}", paid.json());
            assert_eq!(balance("RIVER0002"), "-42.70");
        }
        assert_eq!(verify(database)["differences_total"], 0);
        server.signal("TERM");
        server.wait().expect_code(0);
        assert_eq!(verify(database)["differences_total"], 0);
    }

    fn what_is_exported_is_imported_again(database: &TestDatabase) {
        let files = but(&[]);
        import(database, files.path(), &[]).expect_code(0);
        let out = tempfile::tempdir().unwrap();
        let export = |database: &TestDatabase, name: &str| {
            let to = out.path().join(name);
            finish(command_on(database, &["export", "--code", "RIVER", "--to", to.to_str().unwrap()])).expect_code(0);
            to
        };
        let first = export(database, "first");
        let other = TestDatabase::new(database.engine());
        let answer = import_json(&other, &first, &[]);
        assert_eq!((&answer["transfers"], &answer["opening_balances"]), (&json!(3), &json!(2)));
        assert_eq!(verify(&other)["differences_total"], 0);
        assert_eq!(balances(&other), balances(database));
        let second = export(&other, "second");
        let names = |folder: &Path| {
            let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
            files.collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!((names(&first), names(&first).len()), (names(&second), 16));
        for name in names(&first) {
            // The numbers of the records stand in the last column.
            let read = |folder: &Path| -> Vec<String> {
                let text = fs::read_to_string(folder.join(&name)).unwrap();
                let has_numbers = ["limits.csv", "history.csv"].contains(&name.as_str());
                let cut = |line: &str| if has_numbers { line.rsplit_once(',').unwrap().0.to_owned() } else { line.to_owned() };
                text.lines().map(cut).collect()
            };
            assert_eq!(read(&first), read(&second), "{name}");
        }
        // A folder is written once, and only its owner looks into it.
        let to = first.to_str().unwrap();
        finish(command_on(database, &["export", "--code", "RIVER", "--to", to])).expect_code(1);
        finish(command_on(database, &["export", "--code", "HILL", "--to", &format!("{to}-2")])).expect_code(1);
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&first).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o700);
    }
}
