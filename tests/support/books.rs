//! Proving a database's ledger when its test is over.

use counterfoil::ledger::verify;

use super::database::TestDatabase;

/// Re-derives everything from the records, and fails the test where that differs from what is stored.
pub fn prove(database: &TestDatabase) {
    let report = verify::verify(&mut database.inspect(), &mut |_| {}).unwrap();
    assert_eq!(report.differences_total, 0, "the ledger does not add up: {:?}", report.differences);
}
