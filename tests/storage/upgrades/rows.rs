//! All rows of a database as a text that both engines read: for each table a line with its name and columns, and one for each row.

use std::fmt::Write as _;

use counterfoil::storage::{Conn, Engine};

use crate::by_hand::ByHand;
use crate::introspection::{Column, tables};
use crate::support::TestDatabase;

/// What a table's line begins with.
const TABLE: char = '#';
/// How a value's kind is marked: nothing, a number, bytes, a text.
const NOTHING: &str = "-";

/// Writes down what an SQLite database holds.
pub fn dump(database: &TestDatabase) -> String {
    let mut conn = ByHand::on(database);
    let mut text = String::new();
    for (name, table) in tables(Engine::Sqlite, &mut conn) {
        // What the engine notes for itself; and private keys, in the place of which a service makes new ones.
        if name.starts_with("sqlite_") || name == "signing_keys" {
            continue;
        }
        let value = |column: &Column| {
            let name = &column.name;
            format!(
                "CASE typeof(\"{name}\") WHEN 'null' THEN '{NOTHING}' WHEN 'integer' THEN 'i' || \"{name}\" WHEN 'blob' \
                 THEN 'x' || lower(hex(\"{name}\")) ELSE 't' || replace(replace(replace(\"{name}\", '\\', '\\\\'), \
                 char(10), '\\n'), char(9), '\\t') END"
            )
        };
        let values: Vec<_> = table.columns.iter().map(value).collect();
        // Some days' figures are as good as all, and they are long.
        let few = if name == "health_snapshots" { " ORDER BY day DESC LIMIT 10" } else { "" };
        let rows =
            conn.texts(&format!("SELECT {} AS value FROM {name}{few}", values.join(" || char(9) || ")));
        if rows.is_empty() {
            continue;
        }
        let columns: Vec<_> = table.columns.iter().map(|column| column.name.as_str()).collect();
        writeln!(text, "{TABLE}{name}\t{}", columns.join("\t")).unwrap();
        for row in rows {
            writeln!(text, "{row}").unwrap();
        }
    }
    text
}

/// Puts rows into a database whose schema they are of, past all guards.
pub fn load(database: &TestDatabase, text: &str) {
    let engine = database.engine();
    let mut conn = ByHand::on(database);
    let known = tables(engine, &mut conn);
    conn.run(match engine {
        Engine::Sqlite => "PRAGMA foreign_keys = OFF; BEGIN",
        Engine::Postgres => "SET session_replication_role = replica; BEGIN",
    });
    let (mut table, mut columns) = ("", Vec::new());
    for line in text.lines() {
        if let Some(head) = line.strip_prefix(TABLE) {
            let mut names = head.split('\t');
            table = names.next().unwrap();
            let of = |name: &str| known[table].columns.iter().find(|column| column.name == name);
            columns =
                names.map(|name| of(name).unwrap_or_else(|| panic!("{table}.{name}")).clone()).collect();
            continue;
        }
        let values: Vec<_> =
            line.split('\t').zip(&columns).map(|(value, column)| literal(engine, column, value)).collect();
        assert_eq!(values.len(), columns.len(), "{table}: {line}");
        let names: Vec<_> = columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
        conn.run(&format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", ")));
    }
    conn.run("COMMIT");
    if let Conn::Sqlite(_) = conn.0 {
        let broken = conn.texts("SELECT \"table\" AS value FROM pragma_foreign_key_check");
        assert_eq!(broken, Vec::<String>::new(), "rows that lead nowhere");
    }
}

fn literal(engine: Engine, column: &Column, value: &str) -> String {
    let text = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let (mark, content) = value.split_at(1);
    match (engine, mark) {
        (_, NOTHING) => "NULL".to_owned(),
        (Engine::Sqlite, "i") => content.to_owned(),
        (Engine::Sqlite, "x") => format!("X'{content}'"),
        (Engine::Postgres, "x") if column.kind == "bytea" => format!("'\\x{content}'"),
        // As texts, which become whatever the column holds: numbers, truths, ids.
        (Engine::Postgres, "i" | "x") => text(content),
        (_, "t") => text(&unescape(content)),
        (_, other) => panic!("{other}"),
    }
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n') => plain.push('\n'),
                Some('t') => plain.push('\t'),
                Some('\\') => plain.push('\\'),
                other => panic!("{other:?} in {text}"),
            },
            character => plain.push(character),
        }
    }
    plain
}
