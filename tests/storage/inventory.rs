//! The inventory of personal data names every table and every column, each once.

use std::collections::BTreeMap;

use counterfoil::storage::Engine;
use counterfoil::storage::privacy::INVENTORY;

use crate::by_hand::ByHand;
use crate::introspection::tables;
use crate::support::TestDatabase;

#[test]
fn every_table_and_column_is_classified() {
    let stored = tables(Engine::Sqlite, &mut ByHand::on(&TestDatabase::new(Engine::Sqlite)));
    let stored: BTreeMap<_, Vec<_>> = stored
        .into_iter()
        .map(|(name, table)| {
            let mut columns: Vec<_> = table.columns.into_iter().map(|column| column.name).collect();
            columns.sort();
            (name, columns)
        })
        .collect();
    let listed: BTreeMap<_, Vec<_>> = INVENTORY
        .iter()
        .map(|table| {
            let exported = table.exported.iter().map(|(name, _)| (*name).to_owned());
            let mut columns: Vec<_> =
                exported.chain(table.withheld.iter().map(|(name, _)| (*name).to_owned())).collect();
            columns.sort();
            (table.table.to_owned(), columns)
        })
        .collect();
    assert_eq!(listed.len(), INVENTORY.len(), "each table once");
    for (name, columns) in &stored {
        assert_eq!(listed.get(name), Some(columns), "{name}: say in the inventory what it is");
    }
    assert_eq!(listed.keys().collect::<Vec<_>>(), stored.keys().collect::<Vec<_>>());
    for table in INVENTORY {
        assert!(
            !table.erasure.is_empty() && (table.rows.is_empty() == table.exported.is_empty()),
            "{}",
            table.table
        );
    }
}
