//! Both engines have the same tables, and `src/storage/schema.rs` describes them.

use std::collections::BTreeMap;

use counterfoil::storage::Engine;

use crate::by_hand::ByHand;
use crate::introspection::{Table, tables};
use crate::support::TestDatabase;

/// The schema is kept by hand, and private: the test reads its text.
const DESCRIBED: &str = concat!(
    include_str!("../../src/storage/schema.rs"),
    include_str!("../../src/storage/schema_accounts.rs"),
    include_str!("../../src/storage/schema_logins.rs"),
    include_str!("../../src/storage/schema_choices.rs"),
    include_str!("../../src/storage/schema_contributions.rs"),
    include_str!("../../src/storage/schema_fund.rs"),
    include_str!("../../src/storage/schema_health.rs"),
    include_str!("../../src/storage/schema_imports.rs"),
    include_str!("../../src/storage/schema_joining.rs"),
    include_str!("../../src/storage/schema_limits.rs"),
    include_str!("../../src/storage/schema_keys.rs"),
    include_str!("../../src/storage/schema_oauth.rs"),
    include_str!("../../src/storage/schema_payments.rs"),
    include_str!("../../src/storage/schema_people.rs"),
    include_str!("../../src/storage/schema_plans.rs"),
    include_str!("../../src/storage/schema_shops.rs"),
    include_str!("../../src/storage/schema_webhooks.rs")
);

fn stored(engine: Engine) -> BTreeMap<String, Table> {
    tables(engine, &mut ByHand::on(&TestDatabase::new(engine)))
}

#[test]
fn both_engines_have_the_same_tables() {
    let (sqlite, postgres) = (stored(Engine::Sqlite), stored(Engine::Postgres));
    assert_eq!(sqlite.keys().collect::<Vec<_>>(), postgres.keys().collect::<Vec<_>>());
    for (name, here) in &sqlite {
        let there = &postgres[name];
        let shape = |table: &Table| -> Vec<_> {
            table.columns.iter().map(|column| (column.name.clone(), column.is_nullable)).collect()
        };
        assert_eq!(shape(here), shape(there), "columns of {name}, and which may be null");
        assert_eq!(here.primary_key, there.primary_key, "primary key of {name}");
        assert!(!here.primary_key.is_empty(), "{name} has a primary key");
        assert_eq!(here.uniques, there.uniques, "unique columns of {name}");
        assert_eq!(here.indexes, there.indexes, "indexes of {name}");
        assert_eq!(here.foreign_keys, there.foreign_keys, "foreign keys of {name}");
    }
}

/// Views, which have no keys. Their columns are those of what they are made of.
const VIEWS: [&str; 2] = ["balances", "balanced_accounts"];

/// A described table: the primary key, and each column with its type.
type Described = (Vec<String>, Vec<(String, String)>);

fn described() -> BTreeMap<String, Described> {
    let mut found = BTreeMap::<String, Described>::new();
    let mut table = None;
    for line in DESCRIBED.lines().map(str::trim) {
        if let Some((column, kind)) = line.strip_suffix(',').and_then(|line| line.split_once(" -> ")) {
            let (_, columns) = found.get_mut(table.as_deref().unwrap_or_default()).unwrap();
            columns.push((column.to_owned(), kind.to_owned()));
        } else if let Some((name, rest)) = line.strip_suffix(") {").and_then(|line| line.split_once(" ("))
            && name.chars().all(|character| character.is_ascii_lowercase() || character == '_')
        {
            let key = rest.split(", ").map(str::to_owned).collect();
            found.insert(name.to_owned(), (key, Vec::new()));
            table = Some(name.to_owned());
        }
    }
    found
}

/// The engine's type for a described one, without `Nullable`.
fn engines_type(engine: Engine, described: &str) -> &'static str {
    let (sqlite, postgres) = match described {
        "Id" => ("blob", "uuid"),
        "Binary" => ("blob", "bytea"),
        "Text" => ("text", "text"),
        "BigInt" => ("integer", "bigint"),
        "SmallInt" => ("integer", "smallint"),
        "Integer" => ("integer", "integer"),
        "Bool" => ("integer", "boolean"),
        other => panic!("no rule for the type {other}"),
    };
    match engine {
        Engine::Sqlite => sqlite,
        Engine::Postgres => postgres,
    }
}

fn columns_of_view(engine: Engine, view: &str) -> Vec<String> {
    let query = match engine {
        Engine::Sqlite => format!("SELECT name AS value FROM pragma_table_info('{view}') ORDER BY cid"),
        Engine::Postgres => format!(
            "SELECT column_name::text AS value FROM information_schema.columns WHERE table_schema = 'public' \
             AND table_name = '{view}' ORDER BY ordinal_position"
        ),
    };
    ByHand::on(&TestDatabase::new(engine)).texts(&query)
}

fn is_described(engine: Engine) {
    let (mut described, stored) = (described(), stored(engine));
    for view in VIEWS {
        let (_, columns) = described.remove(view).unwrap();
        let columns: Vec<_> = columns.into_iter().map(|(column, _)| column).collect();
        assert_eq!(columns_of_view(engine, view), columns, "columns of {view}, in order");
    }
    assert!(described.len() > 15, "{described:?}");
    assert_eq!(described.keys().collect::<Vec<_>>(), stored.keys().collect::<Vec<_>>());
    for (name, (key, columns)) in &described {
        let table = &stored[name];
        assert_eq!(&table.primary_key, key, "primary key of {name}");
        let expected: Vec<_> = columns
            .iter()
            .map(|(column, kind)| {
                let inner = kind.strip_prefix("Nullable<").and_then(|kind| kind.strip_suffix('>'));
                (column.as_str(), engines_type(engine, inner.unwrap_or(kind)), inner.is_some())
            })
            .collect();
        let present: Vec<_> = table
            .columns
            .iter()
            .map(|column| (column.name.as_str(), column.kind.as_str(), column.is_nullable))
            .collect();
        assert_eq!(present, expected, "columns of {name}, in order");
    }
}

#[test]
fn the_description_is_what_sqlite_has() {
    is_described(Engine::Sqlite);
}

#[test]
fn the_description_is_what_postgres_has() {
    is_described(Engine::Postgres);
}

#[test]
fn every_table_of_a_community_leads_with_it() {
    // Logins and the service's own secrets are global; so is the list of communities.
    let global = [
        "attempts",
        "browser_sign_ins",
        "communities",
        "erasures",
        "mails",
        "api_key_secrets",
        "api_keys",
        "oauth_clients",
        "oauth_codes",
        "oauth_grants",
        "one_time_secrets",
        "passkeys",
        "public_links",
        "recovery_codes",
        "refresh_tokens",
        "request_origins",
        "second_factors",
        "server_secrets",
        "sessions",
        "signing_keys",
        "user_applications",
        "user_audit_details",
        "user_audits",
        "user_communities",
        "users",
    ];
    let stored = stored(Engine::Postgres);
    for (name, table) in &stored {
        let leads = |columns: &str| columns == "community_id" || columns.starts_with("community_id,");
        let indexes = table.uniques.iter().chain(&table.indexes);
        if global.contains(&name.as_str()) {
            let foreign: Vec<_> =
                table.foreign_keys.iter().filter(|key| key.contains("-> communities")).collect();
            assert!(foreign.is_empty(), "{name} is global and must not hang on a community: {foreign:?}");
        } else {
            assert!(leads(&table.primary_key.join(",")), "primary key of {name}");
            assert!(
                indexes.clone().all(|columns| leads(columns)),
                "indexes of {name}: {:?}",
                indexes.collect::<Vec<_>>()
            );
            let foreign: Vec<_> = table.foreign_keys.iter().filter(|key| key.contains("-> users")).collect();
            assert!(foreign.is_empty(), "users are global, and {name} must not hang on them: {foreign:?}");
        }
    }
}
