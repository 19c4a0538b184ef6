//! What a database's catalogue says of its tables, in words that both engines share.

use std::collections::{BTreeMap, BTreeSet};

use counterfoil::storage::Engine;

use crate::by_hand::ByHand;

/// The table in which diesel notes which migrations were run.
const DIESELS_OWN: &str = "__diesel_schema_migrations";

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// The engine's name of its type, in small letters.
    pub kind: String,
    pub is_nullable: bool,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub columns: Vec<Column>,
    pub primary_key: Vec<String>,
    /// Sets of columns that are unique, beside the primary key.
    pub uniques: BTreeSet<String>,
    /// Further indexes; those with a condition are `in part`.
    pub indexes: BTreeSet<String>,
    /// `columns -> table (columns)`.
    pub foreign_keys: BTreeSet<String>,
}

/// All tables by name.
pub fn tables(engine: Engine, conn: &mut ByHand) -> BTreeMap<String, Table> {
    let names = match engine {
        Engine::Sqlite => "SELECT name AS value FROM sqlite_master WHERE type = 'table'",
        Engine::Postgres => "SELECT tablename::text AS value FROM pg_tables WHERE schemaname = 'public'",
    };
    let names: Vec<_> = conn.texts(names).into_iter().filter(|name| name != DIESELS_OWN).collect();
    names
        .into_iter()
        .map(|name| {
            let table = match engine {
                Engine::Sqlite => sqlite_table(conn, &name),
                Engine::Postgres => postgres_table(conn, &name),
            };
            (name, table)
        })
        .collect()
}

fn fields(row: &str) -> Vec<&str> {
    row.split('|').collect()
}

fn sqlite_table(conn: &mut ByHand, name: &str) -> Table {
    let rows = conn.texts(&format!(
        "SELECT name || '|' || lower(type) || '|' || \"notnull\" AS value FROM pragma_table_info('{name}') ORDER BY cid"
    ));
    let columns = rows.iter().map(|row| fields(row)).map(|row| Column {
        name: row[0].to_owned(),
        kind: row[1].to_owned(),
        is_nullable: row[2] == "0",
    });
    let columns = columns.collect();
    let primary_key = conn
        .texts(&format!("SELECT name AS value FROM pragma_table_info('{name}') WHERE pk > 0 ORDER BY pk"));
    let rows = conn.texts(&format!(
        "SELECT origin || '|' || \"unique\" || '|' || (SELECT group_concat(name, ',') FROM \
         (SELECT name FROM pragma_index_info(list.name) ORDER BY seqno)) || CASE WHEN partial THEN ' in part' ELSE '' END AS value \
         FROM pragma_index_list('{name}') AS list"
    ));
    let (mut uniques, mut indexes) = (BTreeSet::new(), BTreeSet::new());
    for row in rows.iter().map(|row| fields(row)) {
        match (row[0], row[1]) {
            ("pk", _) => {}
            (_, "1") => drop(uniques.insert(row[2].to_owned())),
            _ => drop(indexes.insert(row[2].to_owned())),
        }
    }
    let foreign_keys = conn.texts(&format!(
        "SELECT (SELECT group_concat(\"from\", ',') FROM (SELECT \"from\" FROM pragma_foreign_key_list('{name}') \
         WHERE id = list.id ORDER BY seq)) || ' -> ' || \"table\" || ' (' || (SELECT group_concat(\"to\", ',') FROM \
         (SELECT \"to\" FROM pragma_foreign_key_list('{name}') WHERE id = list.id ORDER BY seq)) || ')' AS value \
         FROM pragma_foreign_key_list('{name}') AS list WHERE seq = 0"
    ));
    Table { columns, primary_key, uniques, indexes, foreign_keys: foreign_keys.into_iter().collect() }
}

fn postgres_table(conn: &mut ByHand, name: &str) -> Table {
    let rows = conn.texts(&format!(
        "SELECT column_name || '|' || data_type || '|' || is_nullable AS value FROM information_schema.columns \
         WHERE table_schema = 'public' AND table_name = '{name}' ORDER BY ordinal_position"
    ));
    let columns = rows.iter().map(|row| fields(row)).map(|row| Column {
        name: row[0].to_owned(),
        kind: row[1].to_owned(),
        is_nullable: row[2] == "YES",
    });
    let columns = columns.collect();
    let rows = conn.texts(&format!(
        "SELECT indisprimary::int || '|' || indisunique::int || '|' || (SELECT string_agg(a.attname, ',' ORDER BY k.place) \
         FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place) JOIN pg_attribute a ON a.attrelid = i.indrelid \
         AND a.attnum = k.number) || CASE WHEN indpred IS NULL THEN '' ELSE ' in part' END AS value FROM pg_index i WHERE i.indrelid = 'public.{name}'::regclass"
    ));
    let (mut primary_key, mut uniques, mut indexes) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for row in rows.iter().map(|row| fields(row)) {
        match (row[0], row[1]) {
            ("1", _) => primary_key = row[2].split(',').map(str::to_owned).collect(),
            (_, "1") => drop(uniques.insert(row[2].to_owned())),
            _ => drop(indexes.insert(row[2].to_owned())),
        }
    }
    let columns_of = |relation: &str, numbers: &str| {
        format!(
            "(SELECT string_agg(a.attname, ',' ORDER BY k.place) FROM unnest({numbers}) WITH ORDINALITY AS k(number, place) \
             JOIN pg_attribute a ON a.attrelid = {relation} AND a.attnum = k.number)"
        )
    };
    let foreign_keys = conn.texts(&format!(
        "SELECT {} || ' -> ' || confrelid::regclass::text || ' (' || {} || ')' AS value FROM pg_constraint \
         WHERE contype = 'f' AND conrelid = 'public.{name}'::regclass",
        columns_of("conrelid", "conkey"),
        columns_of("confrelid", "confkey"),
    ));
    Table { columns, primary_key, uniques, indexes, foreign_keys: foreign_keys.into_iter().collect() }
}

/// Everything that the catalogue holds, as text: equal dumps mean equal schemas.
pub fn dump(engine: Engine, conn: &mut ByHand) -> Vec<String> {
    let queries: &[&str] = match engine {
        Engine::Sqlite => {
            &["SELECT type || ' ' || name || ': ' || coalesce(sql, '') AS value FROM sqlite_master"]
        }
        Engine::Postgres => &[
            "SELECT 'column ' || table_name || ' ' || ordinal_position || ' ' || column_name || ' ' || data_type || ' ' || \
             is_nullable || ' ' || coalesce(column_default, '') AS value FROM information_schema.columns WHERE table_schema = 'public'",
            "SELECT 'index ' || tablename || ' ' || indexdef AS value FROM pg_indexes WHERE schemaname = 'public'",
            "SELECT 'trigger ' || tgrelid::regclass || ' ' || pg_get_triggerdef(oid) AS value FROM pg_trigger WHERE NOT tgisinternal",
            "SELECT 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) AS value FROM pg_constraint \
             WHERE connamespace = 'public'::regnamespace",
            "SELECT 'function ' || pg_get_functiondef(oid) AS value FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
            "SELECT 'table ' || relname || ' ' || relkind::text || ' ' || coalesce(reloptions::text, '') AS value FROM pg_class \
             WHERE relnamespace = 'public'::regnamespace",
            "SELECT 'type ' || typname AS value FROM pg_type WHERE typnamespace = 'public'::regnamespace",
        ],
    };
    let mut dump: Vec<_> = queries
        .iter()
        .flat_map(|query| conn.texts(query))
        .filter(|line| !line.contains(DIESELS_OWN))
        .collect();
    dump.sort();
    dump
}
