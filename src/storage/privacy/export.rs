//! Reading a user's rows by the inventory.

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::inventory::{Inventory, Kind};
use super::literal;
use crate::domain::ids::UserId;
use crate::domain::time::Timestamp;
use crate::storage::connection::on_backend;
use crate::storage::{Conn, StorageError};

/// A row as its user gets it.
pub type ExportedRow = Map<String, Value>;

#[derive(QueryableByName)]
struct JsonRow {
    #[diesel(sql_type = Text)]
    value: String,
}

/// At most `limit` of a user's rows of one table, from the `offset`th on.
///
/// # Errors
/// When the database refuses.
pub fn rows(
    conn: &mut Conn,
    user_id: UserId,
    table: &Inventory,
    offset: i64,
    limit: i64,
) -> Result<Vec<ExportedRow>, StorageError> {
    if table.rows.is_empty() {
        return Ok(Vec::new());
    }
    let function = if matches!(conn, Conn::Postgres(_)) { "json_build_object" } else { "json_object" };
    let columns: Vec<_> = table
        .exported
        .iter()
        .map(|(name, kind)| format!("'{name}', {}", expression(conn, name, *kind)))
        .collect();
    let sql = format!(
        "SELECT CAST({function}({}) AS TEXT) AS value FROM {} WHERE {} ORDER BY {} LIMIT {limit} OFFSET {offset}",
        columns.join(", "),
        table.table,
        condition(table.rows, &literal(conn, user_id.uuid())),
        table.order
    );
    let found: Vec<JsonRow> = on_backend!(conn, |c| diesel::sql_query(sql).load(c))?;
    found.iter().map(|row| read(table, &row.value)).collect()
}

fn expression(conn: &Conn, column: &str, kind: Kind) -> String {
    match (kind, conn) {
        (Kind::Id, Conn::Sqlite(_)) => {
            format!("CASE WHEN {column} IS NOT NULL THEN lower(hex({column})) END")
        }
        _ => format!("\"{column}\""),
    }
}

/// The condition with what it names put in its place.
fn condition(rows: &str, user: &str) -> String {
    rows.replace(
        "{payments}",
        "(SELECT payment_id FROM entries WHERE account_id IN {accounts} UNION SELECT id FROM payments AS open \
         WHERE open.transfer_seq IS NULL AND (open.payer_id IN {accounts} OR open.payee_id IN {accounts}))",
    )
    .replace("{accounts}", "(SELECT id FROM accounts WHERE member_id IN {members})")
    .replace("{members}", "(SELECT member_id FROM member_users WHERE user_id = {user})")
    .replace("{sessions}", "(SELECT id FROM sessions WHERE user_id = {user})")
    .replace("{user}", user)
}

fn read(table: &Inventory, json: &str) -> Result<ExportedRow, StorageError> {
    let corrupt = || StorageError::Corrupt(format!("a row of {}", table.table));
    let mut row: ExportedRow = serde_json::from_str(json).map_err(|_| corrupt())?;
    for (name, kind) in table.exported {
        let Some(value) = row.get_mut(*name) else { continue };
        let shown = match (kind, &*value) {
            (_, Value::Null) | (Kind::Text | Kind::Number, _) => continue,
            (Kind::Id, Value::String(text)) => {
                Value::String(Uuid::parse_str(text).map_err(|_| corrupt())?.to_string())
            }
            (Kind::Time, Value::Number(number)) => {
                Value::String(Timestamp::from_micros(number.as_i64().ok_or_else(corrupt)?).rfc3339())
            }
            (Kind::Word(word), Value::Number(number)) => {
                Value::from(number.as_i64().and_then(word).ok_or_else(corrupt)?)
            }
            (Kind::Flag, Value::Number(number)) => Value::Bool(number.as_i64() != Some(0)),
            (Kind::Flag, Value::Bool(flag)) => Value::Bool(*flag),
            _ => return Err(corrupt()),
        };
        *value = shown;
    }
    Ok(row)
}
