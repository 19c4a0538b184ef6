//! What is held about a person, and when it will not be any more.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::export::csv::text_cell;
use crate::services::privacy::{Erasure, ExportPage};

/// A row of what is held.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExportedRow)]
pub struct ExportedRowView {
    /// Which table it is from.
    #[schema(example = "payments")]
    table: &'static str,
    /// What it holds, by column.
    #[schema(value_type = Object, example = json!({"description": "Rye loaves", "amount": 1250}))]
    row: serde_json::Map<String, Value>,
}

/// A page of what is held about a user.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Export)]
pub struct ExportView {
    /// The rows, one table after the other.
    data: Vec<ExportedRowView>,
    /// Where it goes on; null at the end.
    next_cursor: Option<String>,
}

impl From<&ExportPage> for ExportView {
    fn from(page: &ExportPage) -> Self {
        Self {
            data: page.rows.iter().map(|(table, row)| ExportedRowView { table, row: row.clone() }).collect(),
            next_cursor: page.next_cursor.clone(),
        }
    }
}

/// The page as CSV (RFC 4180), one line for each value.
pub fn export_csv(page: &ExportPage) -> String {
    let mut csv = String::from("table,row,column,value\r\n");
    for (number, (table, row)) in page.rows.iter().enumerate() {
        for (column, value) in row {
            let value = match value {
                Value::Null => String::new(),
                Value::String(text) => text_cell(text),
                other => other.to_string(),
            };
            // Writing to a string cannot fail.
            let _ = write!(csv, "{table},{},{column},{value}\r\n", number + 1);
        }
    }
    csv
}

/// A wish to be forgotten.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Erasure)]
pub struct ErasureView {
    /// When it was said.
    #[schema(example = "2026-09-21T14:13:20.000000Z")]
    asked_at: String,
    /// From when on it is done; until then it can be taken back. Later, where it could not be done yet.
    #[schema(example = "2026-10-05T14:13:20.000000Z")]
    due_at: String,
}

impl From<&Erasure> for ErasureView {
    fn from(erasure: &Erasure) -> Self {
        Self { asked_at: erasure.asked_at.rfc3339(), due_at: erasure.due_at.rfc3339() }
    }
}
