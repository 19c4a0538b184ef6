//! Holds the house to its plan: which room may know which, and which foreign crates live where.
//!
//! The sources are read as Rust tokens, so that comments and texts do not count as code. Whatever begins with
//! `crate::`, `counterfoil::`, a climbing `super::` or the name of a dependency is a reference; each must be in the
//! room's row of the table. The scanner is itself tested, on sources with one planted fault each.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What one room may know. Its own insides go without saying; `std`, `core` and `alloc` are everyone's.
struct Room {
    name: &'static str,
    rooms: &'static [&'static str],
    crates: &'static [&'static str],
}

/// Crates that only tests inside a room may use.
const TEST_CRATES: [&str; 1] = ["proptest"];
/// The HTTP server, which only these know: a room, or one file of a room that is otherwise kept from it.
const ACTIX: (&[&str], &[&str]) = (&["actix_web", "utoipa_actix_web"], &["http/", "cli/runtime.rs"]);
/// The most lines of a file.
const LINES_MAX: usize = 450;
/// In a text, the beginnings of SQL statements.
const SQL: [&str; 12] = [
    "SELECT ",
    "INSERT INTO ",
    "INSERT OR ",
    "DELETE FROM ",
    "UPDATE ",
    "CREATE TABLE",
    "DROP TABLE",
    "ALTER TABLE",
    "TRUNCATE ",
    "PRAGMA ",
    "BEGIN ",
    "LOCK TABLE",
];

/// From the bottom to the top. Nothing calls upwards.
const HOUSE: &[Room] = &[
    Room {
        name: "domain",
        rooms: &[],
        crates: &["chrono", "jiff", "rust_decimal", "sha2", "thiserror", "uuid"],
    },
    Room {
        name: "storage",
        rooms: &["domain"],
        crates: &["diesel", "diesel_migrations", "secrecy", "serde_json", "thiserror", "uuid"],
    },
    Room {
        name: "ledger",
        rooms: &["domain", "storage"],
        crates: &["hex", "lru", "metrics", "serde", "sha2", "thiserror", "tokio", "tracing", "uuid"],
    },
    Room {
        name: "auth",
        rooms: &["domain"],
        crates: &[
            "argon2",
            "aws_lc_rs",
            "base64",
            "icu_normalizer",
            "icu_properties",
            "jsonwebtoken",
            "lru",
            "minicbor",
            "rand",
            "secrecy",
            "serde",
            "serde_json",
            "sha2",
            "thiserror",
            "tokio",
            "uuid",
            "zxcvbn",
        ],
    },
    // What is stored of a letter is its own text; that it comes from a table is not its business.
    Room {
        name: "mail",
        rooms: &["domain"],
        crates: &["lettre", "secrecy", "serde", "serde_json", "thiserror", "tokio", "tracing"],
    },
    // How messages to other machines leave the house, as `mail` is for people: it knows no use case.
    Room {
        name: "webhook",
        rooms: &[],
        crates: &[
            "aws_lc_rs",
            "base64",
            "chrono",
            "http_body_util",
            "hyper",
            "hyper_util",
            "ipnet",
            "lru",
            "rustls_native_certs",
            "secrecy",
            "thiserror",
            "tokio",
            "tokio_rustls",
            "tracing",
            "url",
        ],
    },
    // The settings name a database and a way for mails, and those rooms know which names are good.
    Room {
        name: "config",
        rooms: &["storage", "mail", "webhook"],
        crates: &["config", "ipnet", "secrecy", "serde", "thiserror"],
    },
    Room {
        name: "services",
        rooms: &["domain", "storage", "ledger", "auth", "mail", "webhook", "config"],
        crates: &[
            "aws_lc_rs",
            "base64",
            "chrono",
            "csv",
            "ipnet",
            "lru",
            "rand",
            "secrecy",
            "sha2",
            "thiserror",
            "tokio",
            "tracing",
            "uuid",
        ],
    },
    Room {
        name: "export",
        rooms: &["domain"],
        crates: &["flate2", "icu_normalizer", "pdf_writer", "qrcodegen", "skrifa", "subsetter", "thiserror"],
    },
    Room {
        name: "http",
        rooms: &["domain", "auth", "config", "export", "services"],
        crates: &[
            "actix_web",
            "base64",
            "chrono",
            "csv",
            "hex",
            "ipnet",
            "lru",
            "metrics",
            "metrics_exporter_prometheus",
            "secrecy",
            "serde",
            "serde_json",
            "serde_path_to_error",
            "sha2",
            "thiserror",
            "tokio",
            "tracing",
            "utoipa",
            "utoipa_actix_web",
            "utoipa_swagger_ui",
            "uuid",
        ],
    },
    Room {
        name: "jobs",
        rooms: &["domain", "export", "mail", "services", "webhook"],
        crates: &["metrics", "tokio", "tracing"],
    },
    Room {
        name: "telemetry",
        rooms: &["config"],
        crates: &[
            "anyhow",
            "metrics",
            "metrics_exporter_prometheus",
            "thiserror",
            "tracing",
            "tracing_subscriber",
        ],
    },
    Room {
        name: "cli",
        rooms: &[
            "domain",
            "storage",
            "ledger",
            "auth",
            "mail",
            "webhook",
            "config",
            "export",
            "services",
            "http",
            "jobs",
            "telemetry",
        ],
        crates: &[
            "actix_web",
            "anyhow",
            "clap",
            "hex",
            "rand",
            "secrecy",
            "serde",
            "serde_json",
            "tokio",
            "tracing",
            "uuid",
        ],
    },
    // The map and the program.
    Room { name: "lib", rooms: &[], crates: &[] },
    Room { name: "main", rooms: &["cli"], crates: &["mimalloc"] },
];

#[test]
fn the_house_is_built_as_planned() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let crates = dependencies();
    let mut files = Vec::new();
    collect(&source, &mut files);
    assert!(files.len() > 60, "the scanner found only {} files", files.len());
    let mut faults = Vec::new();
    for path in files {
        let name = path.strip_prefix(&source).unwrap().to_str().unwrap().replace('\\', "/");
        faults.extend(inspect(&name, &fs::read_to_string(&path).unwrap(), &crates));
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn every_room_on_the_map_has_its_rule() {
    let map = include_str!("../src/lib.rs");
    let rooms: BTreeSet<_> =
        map.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let ruled: BTreeSet<_> =
        HOUSE.iter().map(|room| room.name).filter(|name| !["lib", "main"].contains(name)).collect();
    assert_eq!(rooms, ruled);
    for room in HOUSE {
        assert!(
            room.rooms.iter().all(|known| ruled.contains(known)),
            "{} knows a room that is not there",
            room.name
        );
        let below = |known: &&str| HOUSE.iter().position(|other| other.name == *known);
        let own = below(&room.name);
        let upwards: Vec<_> = room.rooms.iter().filter(|known| below(known) >= own).collect();
        assert!(upwards.is_empty(), "{} looks up to {upwards:?}", room.name);
    }
}

#[test]
fn every_metric_is_described() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let described = fs::read_to_string(source.join("telemetry/mod.rs")).unwrap();
    let mut files = Vec::new();
    collect(&source, &mut files);
    let code: String = files.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let mut counted = BTreeSet::new();
    for kind in ["counter", "gauge", "histogram"] {
        for use_ in code.split(&format!("metrics::{kind}!(")).skip(1) {
            counted.insert((kind, use_.split('"').nth(1).unwrap()));
        }
    }
    assert!(counted.len() > 4, "the scanner found only {counted:?}");
    for (kind, name) in counted {
        let plain = described.split_whitespace().collect::<String>();
        assert!(plain.contains(&format!("metrics::describe_{kind}!(\"{name}\"")), "{name} is not described");
    }
}

/// The direct dependencies, as the code writes them.
fn dependencies() -> BTreeSet<String> {
    let manifest = include_str!("../Cargo.toml");
    let mut section = "";
    let mut found = BTreeSet::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line;
        } else if ["[dependencies]", "[dev-dependencies]"].contains(&section)
            && let Some((name, _)) = line.split_once('=')
            && !line.starts_with('#')
        {
            found.insert(name.trim().replace('-', "_"));
        }
    }
    assert!(found.contains("diesel") && found.contains("proptest"), "{found:?}");
    found
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// What is wrong with one source file, named by its path below `src`.
fn inspect(file: &str, text: &str, crates: &BTreeSet<String>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |line: usize, what: String| faults.push(format!("src/{file}:{line}: {what}"));
    if !text.starts_with("//! ") {
        fault(1, "the first line does not say what the file is for (`//! …`)".into());
    }
    let lines = text.lines().count();
    if lines > LINES_MAX {
        fault(lines, format!("{lines} lines; the most is {LINES_MAX}"));
    }
    let room_name = file.split(['/', '.']).next().unwrap_or_default();
    let Some(room) = HOUSE.iter().find(|room| room.name == room_name) else {
        fault(1, format!("the room {room_name} has no rule in tests/architecture.rs"));
        return faults;
    };
    let tokens = read_tokens(text);
    for token in &tokens {
        match &token.kind {
            Kind::Word(word) if word == "unsafe" => fault(token.line, "unsafe".into()),
            Kind::Text(text) if room_name != "storage" => {
                let is_sql = SQL.iter().any(|beginning| text.trim_start().starts_with(beginning));
                if is_sql {
                    fault(token.line, format!("SQL outside storage: {text:?}"));
                }
            }
            _ => {}
        }
    }
    for reference in references(file, &tokens) {
        let Reference { line, path, is_test } = &reference;
        let first = path.first().map_or("", String::as_str);
        if ["crate", "counterfoil"].contains(&first) {
            let known = path.get(1).map_or("", String::as_str);
            if known != room.name && !room.rooms.contains(&known) {
                fault(*line, format!("{} must not know {known}: {}", room.name, path.join("::")));
            }
        } else if crates.contains(first) {
            let is_permitted = room.crates.contains(&first) || (*is_test && TEST_CRATES.contains(&first));
            if !is_permitted {
                fault(*line, format!("{} must not use the crate {first}: {}", room.name, path.join("::")));
            }
            let (actix, places) = ACTIX;
            if actix.contains(&first) && !places.iter().any(|place| file.starts_with(place)) {
                fault(
                    *line,
                    format!("only {} use the HTTP server: {}", places.join(" and "), path.join("::")),
                );
            }
        }
    }
    faults
}

// ---- tokens

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Word(String),
    /// The content of a string literal of any kind.
    Text(String),
    /// `::`
    Then,
    Sign(char),
}

#[derive(Debug, Clone)]
struct Token {
    line: usize,
    kind: Kind,
}

/// Rust, as far as paths and texts go: comments are skipped, literals are taken whole.
fn read_tokens(text: &str) -> Vec<Token> {
    let characters: Vec<char> = text.chars().collect();
    let at = |place: usize| characters.get(place).copied().unwrap_or('\0');
    let (mut tokens, mut place, mut line) = (Vec::new(), 0, 1);
    while place < characters.len() {
        let begun_on = line;
        let character = at(place);
        let kind = match character {
            '\n' => {
                line += 1;
                place += 1;
                continue;
            }
            '/' if at(place + 1) == '/' => {
                while place < characters.len() && at(place) != '\n' {
                    place += 1;
                }
                continue;
            }
            '/' if at(place + 1) == '*' => {
                let mut depth = 0;
                while place < characters.len() {
                    match (at(place), at(place + 1)) {
                        ('/', '*') => (depth, place) = (depth + 1, place + 1),
                        ('*', '/') => (depth, place) = (depth - 1, place + 1),
                        ('\n', _) => line += 1,
                        _ => {}
                    }
                    place += 1;
                    if depth == 0 {
                        break;
                    }
                }
                continue;
            }
            '"' => {
                let (content, end) = quoted(&characters, place + 1);
                place = end;
                Kind::Text(content)
            }
            '\'' => {
                // A character, or else a lifetime, whose name then is a word of no meaning here.
                if at(place + 1) == '\\' {
                    place += 2;
                    while place < characters.len() && at(place) != '\'' {
                        place += 1;
                    }
                    place += 1;
                } else if at(place + 2) == '\'' {
                    place += 3;
                } else {
                    place += 1;
                    while at(place).is_alphanumeric() || at(place) == '_' {
                        place += 1;
                    }
                }
                continue;
            }
            _ if character.is_alphabetic() || character == '_' => {
                let begin = place;
                while at(place).is_alphanumeric() || at(place) == '_' {
                    place += 1;
                }
                let word: String = characters.get(begin..place).unwrap_or_default().iter().collect();
                let hashes = (place..).take_while(|place| at(*place) == '#').count();
                if ["r", "br", "cr"].contains(&word.as_str()) && at(place + hashes) == '"' {
                    let (content, end) = raw(&characters, place + hashes + 1, hashes);
                    place = end;
                    Kind::Text(content)
                } else if ["b", "c"].contains(&word.as_str()) && at(place) == '"' {
                    continue;
                } else {
                    Kind::Word(word)
                }
            }
            ':' if at(place + 1) == ':' => {
                place += 2;
                Kind::Then
            }
            _ => {
                place += 1;
                if character.is_whitespace() {
                    continue;
                }
                Kind::Sign(character)
            }
        };
        if let Kind::Text(content) = &kind {
            line += content.matches('\n').count();
        }
        tokens.push(Token { line: begun_on, kind });
    }
    tokens
}

fn quoted(characters: &[char], mut place: usize) -> (String, usize) {
    let mut content = String::new();
    while let Some(character) = characters.get(place) {
        match character {
            '"' => break,
            '\\' => {
                content.push('\\');
                content.extend(characters.get(place + 1));
                place += 2;
            }
            _ => {
                content.push(*character);
                place += 1;
            }
        }
    }
    (content, place + 1)
}

fn raw(characters: &[char], begin: usize, hashes: usize) -> (String, usize) {
    let mut place = begin;
    while place < characters.len() {
        let closes = characters.get(place) == Some(&'"')
            && (1..=hashes).all(|offset| characters.get(place + offset) == Some(&'#'));
        if closes {
            break;
        }
        place += 1;
    }
    (characters.get(begin..place).unwrap_or_default().iter().collect(), place + 1 + hashes)
}

// ---- references

/// A path that leads out of its module: `crate::…`, or the name of a foreign crate first.
#[derive(Debug, Clone, PartialEq)]
struct Reference {
    line: usize,
    path: Vec<String>,
    is_test: bool,
}

/// All paths of a file, those of `super` resolved from where they stand.
fn references(file: &str, tokens: &[Token]) -> Vec<Reference> {
    let kind = |place: usize| tokens.get(place).map(|token| &token.kind);
    let word = |place: usize| match kind(place) {
        Some(Kind::Word(word)) => Some(word.as_str()),
        _ => None,
    };
    let own_modules: BTreeSet<_> = (0..tokens.len())
        .filter(|place| word(*place) == Some("mod"))
        .filter_map(|place| word(place + 1).map(str::to_owned))
        .collect();
    // The modules around the present place: the file's own, and with the depth of their braces those inside it.
    let home = home_of(file);
    let (mut inner, mut depth) = (Vec::<(String, usize)>::new(), 0_usize);
    let mut found = Vec::new();
    let mut place = 0;
    while place < tokens.len() {
        match kind(place) {
            Some(Kind::Sign('{')) => depth += 1,
            Some(Kind::Sign('}')) => {
                depth = depth.saturating_sub(1);
                inner.retain(|(_, begun_at)| *begun_at <= depth);
            }
            Some(Kind::Word(name)) if name == "mod" && kind(place + 2) == Some(&Kind::Sign('{')) => {
                inner.push((word(place + 1).unwrap_or_default().to_owned(), depth + 1));
            }
            Some(Kind::Word(name)) if name != "use" => {
                let goes_on = kind(place + 1) == Some(&Kind::Then);
                let is_inside = place > 0
                    && kind(place - 1) == Some(&Kind::Then)
                    && place > 1
                    && word(place - 2) != Some("use")
                    && matches!(kind(place - 2), Some(Kind::Word(_) | Kind::Sign('>')));
                let is_use = place > 0 && word(place - 1) == Some("use");
                if !is_inside && (goes_on || is_use) && !own_modules.contains(name) {
                    let mut paths = Vec::new();
                    place = walk_tree(tokens, place, &[], &mut paths) - 1;
                    // Diesel makes a module of each table.
                    if word(place) == Some("table") && kind(place + 1) == Some(&Kind::Sign('!')) {
                        inner.push(("table".into(), depth + 1));
                    }
                    let modules: Vec<_> =
                        home.iter().chain(inner.iter().map(|(name, _)| name)).cloned().collect();
                    let is_test = modules.iter().any(|module| module == "tests");
                    found.extend(paths.into_iter().map(|(line, path)| Reference {
                        line,
                        path: resolve(&modules, path),
                        is_test,
                    }));
                }
            }
            _ => {}
        }
        place += 1;
    }
    found
}

/// The module that a file is, from the crate's root.
fn home_of(file: &str) -> Vec<String> {
    let modules = file.strip_suffix(".rs").unwrap_or(file);
    modules.split('/').filter(|module| !["mod", "lib", "main"].contains(module)).map(str::to_owned).collect()
}

/// All paths of a tree such as `a::{b, c::d}`. Gives the place behind it.
fn walk_tree(
    tokens: &[Token],
    mut place: usize,
    prefix: &[String],
    paths: &mut Vec<(usize, Vec<String>)>,
) -> usize {
    let mut path = prefix.to_vec();
    let mut line = tokens.get(place).map_or(0, |token| token.line);
    loop {
        match tokens.get(place).map(|token| (&token.kind, token.line)) {
            Some((Kind::Word(word), on)) => {
                line = on;
                path.push(word.clone());
                place += 1;
            }
            Some((Kind::Sign('{'), _)) => {
                place += 1;
                while tokens.get(place).is_some_and(|token| token.kind != Kind::Sign('}')) {
                    place = walk_tree(tokens, place, &path, paths);
                    // What is left of this branch: `as name`, the `*` of a glob, a comma.
                    while let Some(token) = tokens.get(place)
                        && token.kind != Kind::Sign('}')
                    {
                        place += 1;
                        if token.kind == Kind::Sign(',') {
                            break;
                        }
                    }
                }
                return place + 1;
            }
            _ => break,
        }
        if tokens.get(place).is_some_and(|token| token.kind == Kind::Then) {
            place += 1;
        } else {
            break;
        }
    }
    paths.push((line, path));
    place
}

/// A path from the crate's root where it began with `self` or `super`.
fn resolve(modules: &[String], path: Vec<String>) -> Vec<String> {
    let climbs = path.iter().take_while(|step| *step == "super").count();
    let stays = path.first().is_some_and(|step| step == "self");
    if climbs == 0 && !stays {
        return path;
    }
    let base = modules.get(..modules.len().saturating_sub(climbs)).unwrap_or_default();
    let rest = path.into_iter().skip(climbs + usize::from(stays));
    std::iter::once("crate".to_owned()).chain(base.iter().cloned()).chain(rest).collect()
}

// ---- the scanner, on planted faults

fn faults_of(file: &str, code: &str) -> Vec<String> {
    inspect(file, &format!("//! A file.\n{code}"), &dependencies())
}

#[test]
fn the_scanner_finds_planted_faults() {
    let planted = [
        ("domain/amount.rs", "use crate::storage::Conn;"),
        ("domain/amount.rs", "use crate::{config::Settings, domain::ids};"),
        ("domain/amount.rs", "fn f() -> crate::ledger::Ledger { todo!() }"),
        ("domain/amount.rs", "use super::super::services;"),
        ("domain/fold/mod.rs", "use super::super::storage::Conn;"),
        ("domain/mod.rs", "mod tests { use super::super::auth::keys; }"),
        ("domain/amount.rs", "use serde::Serialize;"),
        ("domain/amount.rs", "#[derive(serde::Serialize)] struct S;"),
        ("domain/amount.rs", "use proptest::prelude::*;"),
        ("domain/amount.rs", "use ::tokio::sync::oneshot;"),
        ("storage/heads.rs", "use crate::services::Services;"),
        ("storage/heads.rs", "use crate::ledger;"),
        ("ledger/batch.rs", "use diesel::prelude::*;"),
        ("ledger/batch.rs", "fn f(c: &mut diesel::PgConnection) {}"),
        ("ledger/batch.rs", "use crate::auth::tokens::Bearer;"),
        ("ledger/batch.rs", r#"const Q: &str = "SELECT 1 FROM heads";"#),
        ("ledger/batch.rs", r##"const Q: &[u8] = br#"  DELETE FROM heads"#;"##),
        ("cli/doctor.rs", "const Q: &str = \"\\\n  PRAGMA x\"; fn g() { h(\"PRAGMA journal_mode\") }"),
        ("auth/keys.rs", "use crate::storage::secrets;"),
        ("auth/keys.rs", "use actix_web::get;"),
        ("services/mod.rs", "use crate::http::problem::Problem;"),
        ("services/mod.rs", "use actix_web::web::Data;"),
        ("http/app.rs", "use crate::storage::payments::PaymentFilter;"),
        ("http/app.rs", "use crate::ledger::Ledger;"),
        ("http/app.rs", "use { crate::cli::run };"),
        ("cli/serve.rs", "fn f() { actix_web::rt::System::new(); }"),
        ("cli/serve.rs", "fn f() { unsafe { g() } }"),
        ("main.rs", "fn main() { counterfoil::storage::Database::open(); }"),
        ("attic/mod.rs", "fn f() {}"),
    ];
    for (file, code) in planted {
        assert!(!faults_of(file, code).is_empty(), "not found in {file}: {code}");
    }
    assert!(!inspect("domain/mod.rs", "/// No module comment.\nfn f() {}", &dependencies()).is_empty());
    assert!(!faults_of("domain/mod.rs", &"\n".repeat(LINES_MAX)).is_empty());
}

#[test]
fn the_scanner_lets_good_code_pass() {
    let good = [
        (
            "domain/fold/mod.rs",
            "use super::account::Account; use std::sync::Arc; use crate::domain::ids::{self, UserId};",
        ),
        ("domain/fold/tests/random.rs", "use proptest::prelude::*;"),
        ("domain/amount.rs", "mod tests { use super::*; use proptest::prelude::*; }"),
        (
            "domain/amount.rs",
            "/// See [`crate::storage::Conn`], or use crate::ledger::Ledger.\n/* use diesel::x; /* unsafe */ */",
        ),
        (
            "domain/amount.rs",
            r##"const T: &str = "use crate::storage::Conn; unsafe \" tokio::spawn"; const R: &str = r#"a " crate::cli"#;"##,
        ),
        ("domain/amount.rs", "fn f<'a>(c: &'a char) -> bool { *c == '\"' || *c == '\\'' || *c == 'x' }"),
        (
            "ledger/mod.rs",
            "mod queue; use queue::Item; use tokio::sync::{mpsc, watch}; use crate::storage::{self, Conn};",
        ),
        (
            "ledger/writer.rs",
            "fn f() { metrics::counter!(\"a\").increment(1); super::SubmitError::Overloaded; }",
        ),
        ("storage/postings/sqlite.rs", "use super::super::schema::heads; const Q: &str = \"SELECT 1\";"),
        (
            "config/mod.rs",
            "fn f() { config::File::from(p); crate::config::FILE; } mod tests { use super::*; }",
        ),
        ("cli/runtime.rs", "fn f() { actix_web::rt::System::new(); }"),
        ("http/app.rs", "const T: &str = \"Selects nothing\"; use crate::services::payments::PaymentFilter;"),
        ("main.rs", "fn main() -> std::process::ExitCode { counterfoil::cli::run() }"),
    ];
    for (file, code) in good {
        assert_eq!(faults_of(file, code), Vec::<String>::new(), "{code}");
    }
}

#[test]
fn the_scanner_reads_trees_and_climbs() {
    let paths = |file: &str, code: &str| -> BTreeMap<String, usize> {
        references(file, &read_tokens(code))
            .into_iter()
            .map(|found| (found.path.join("::"), found.line))
            .collect()
    };
    let found = paths(
        "storage/postings/sqlite.rs",
        "use a::{b, c::{d, e as f},\n g::*};\nuse super::x; use super::super::y;",
    );
    let expected = [
        ("a::b", 1),
        ("a::c::d", 1),
        ("a::c::e", 1),
        ("a::g", 2),
        ("crate::storage::postings::x", 3),
        ("crate::storage::y", 3),
    ];
    assert_eq!(found, expected.into_iter().map(|(path, line)| (path.to_owned(), line)).collect());
    let found =
        paths("config/mod.rs", "mod tests { use super::a; mod deep { use super::b; } } use super::c;");
    let expected = [("crate::config::a", 1), ("crate::config::tests::b", 1), ("crate::c", 1)];
    assert_eq!(found, expected.into_iter().map(|(path, line)| (path.to_owned(), line)).collect());
}
