//! Reading a user's rows by the inventory, page by page: each query goes by its table's index from where the one before
//! it ended.

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::inventory::{INVENTORY, Inventory, Kind, Per, Place, Rows};
use super::{OwnMember, find_communities, find_members, literal};
use crate::domain::ids::UserId;
use crate::domain::time::Timestamp;
use crate::storage::connection::on_backend;
use crate::storage::{Conn, StorageError};

/// A row as its user gets it.
pub type ExportedRow = Map<String, Value>;
/// Rows, each with its table's name.
pub type ExportedRows = Vec<(&'static str, ExportedRow)>;

/// How far an export is: which row was the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportPlace {
    table: usize,
    rows: usize,
    /// For what the rows were read: a user, community, member or account.
    id: Uuid,
    /// The columns of the order, as text.
    key: Vec<String>,
}

impl ExportPlace {
    /// The place that [`ExportPlace::to_text`] wrote, if it is one in the inventory as it is now.
    pub fn parse(text: &str) -> Option<Self> {
        let (table, rows, id, key): (usize, usize, String, Vec<String>) = serde_json::from_str(text).ok()?;
        let list = INVENTORY.get(table)?.rows.get(rows)?;
        let place = Self { table, rows, id: Uuid::parse_str(&id).ok()?, key };
        (list.order.len() == place.key.len()).then_some(place)
    }

    /// The place, for a cursor.
    pub fn to_text(&self) -> String {
        json!([self.table, self.rows, self.id.to_string(), self.key]).to_string()
    }
}

/// One list of rows to be read.
struct Stretch {
    table: usize,
    rows: usize,
    id: Uuid,
    names: Vec<(&'static str, Uuid)>,
}

#[derive(QueryableByName)]
struct JsonRow {
    #[diesel(sql_type = Text)]
    value: String,
    #[diesel(sql_type = Text)]
    place: String,
}

/// At most `limit` rows of what is held about a user, each with its table's name, behind a place; and where it goes on.
///
/// # Errors
/// When the database refuses.
pub fn export(
    conn: &mut Conn,
    user_id: UserId,
    from: Option<&ExportPlace>,
    limit: usize,
) -> Result<(ExportedRows, Option<ExportPlace>), StorageError> {
    let mut exported = Vec::new();
    for stretch in stretches(conn, user_id)? {
        let at = (stretch.table, stretch.rows, stretch.id);
        let key = match from.map(|from| ((from.table, from.rows, from.id), &from.key)) {
            Some((begun, _)) if at < begun => continue,
            Some((begun, key)) if at == begun => Some(key.as_slice()),
            _ => None,
        };
        let Some((table, rows)) = INVENTORY
            .get(stretch.table)
            .and_then(|table| table.rows.get(stretch.rows).map(|rows| (table, rows)))
        else {
            continue;
        };
        let room = limit - exported.len();
        let found = read_stretch(conn, (table, rows), &stretch, key, room)?;
        let last = found.last().filter(|_| found.len() == room).map(|row| row.place.clone());
        for row in &found {
            exported.push((table.table, read(table, &row.value)?));
        }
        if let Some(last) = last {
            let key = serde_json::from_str(&last).map_err(|_| corrupt(table))?;
            let (table, rows, id) = at;
            return Ok((exported, Some(ExportPlace { table, rows, id, key })));
        }
    }
    Ok((exported, None))
}

/// Every list of the inventory, for each thing that it is read for, in one order.
fn stretches(conn: &mut Conn, user_id: UserId) -> Result<Vec<Stretch>, StorageError> {
    let user = ("{user}", user_id.uuid());
    let communities = find_communities(conn, user_id)?;
    let members = find_members(conn, user_id)?;
    let of_member = |member: &OwnMember| {
        vec![user, ("{community}", member.community_id.uuid()), ("{member}", member.id.uuid())]
    };
    let mut stretches = Vec::new();
    for (table, inventory) in INVENTORY.iter().enumerate() {
        for (rows, list) in inventory.rows.iter().enumerate() {
            let mut add = |id, names| stretches.push(Stretch { table, rows, id, names });
            match list.per {
                Per::User => add(user_id.uuid(), vec![user]),
                Per::Community => {
                    for id in &communities {
                        add(id.uuid(), vec![user, ("{community}", id.uuid())]);
                    }
                }
                Per::Member => members.iter().for_each(|member| add(member.id.uuid(), of_member(member))),
                Per::Account => {
                    for (member, account) in
                        members.iter().flat_map(|member| member.accounts.iter().map(move |own| (member, own)))
                    {
                        let mut names = of_member(member);
                        names.push(("{account}", account.id.uuid()));
                        add(account.id.uuid(), names);
                    }
                }
            }
        }
    }
    stretches.sort_by_key(|stretch| (stretch.table, stretch.rows, stretch.id));
    Ok(stretches)
}

fn read_stretch(
    conn: &mut Conn,
    (table, rows): (&Inventory, &Rows),
    stretch: &Stretch,
    key: Option<&[String]>,
    room: usize,
) -> Result<Vec<JsonRow>, StorageError> {
    let (object, array) = match conn {
        Conn::Postgres(_) => ("json_build_object", "json_build_array"),
        Conn::Sqlite(_) => ("json_object", "json_array"),
    };
    let columns: Vec<_> = table.exported.iter().map(|(name, kind)| shown(conn, table, name, *kind)).collect();
    let places: Vec<_> = rows.order.iter().map(|(column, place)| written(conn, column, *place)).collect();
    let order: Vec<_> = rows.order.iter().map(|(column, _)| *column).collect();
    let order = order.join(", ");
    let behind = match key {
        None => String::new(),
        Some(key) => {
            let values: Option<Vec<_>> =
                rows.order.iter().zip(key).map(|((_, place), text)| read_back(conn, text, *place)).collect();
            format!("AND ({order}) > ({})", values.ok_or_else(|| corrupt(table))?.join(", "))
        }
    };
    let mut condition = rows.condition.replace("{email}", "(SELECT email FROM users WHERE id = {user})");
    for (name, id) in &stretch.names {
        condition = condition.replace(name, &literal(conn, *id));
    }
    let source = if rows.by_way_of.is_empty() { table.table } else { rows.by_way_of };
    let sql = format!(
        "SELECT CAST({object}({}) AS TEXT) AS value, CAST({array}({}) AS TEXT) AS place FROM {source} \
         WHERE {condition} {behind} ORDER BY {order} LIMIT {room}",
        columns.join(", "),
        places.join(", "),
    );
    Ok(on_backend!(conn, |c| diesel::sql_query(sql).load(c))?)
}

fn shown(conn: &Conn, table: &Inventory, column: &str, kind: Kind) -> String {
    let place = format!("{}.\"{column}\"", table.table);
    match (kind, conn) {
        (Kind::Id, Conn::Sqlite(_)) => {
            format!("'{column}', CASE WHEN {place} IS NOT NULL THEN lower(hex({place})) END")
        }
        _ => format!("'{column}', {place}"),
    }
}

/// A column of the order as text.
fn written(conn: &Conn, column: &str, place: Place) -> String {
    match (place, conn) {
        (Place::Id | Place::Hash, Conn::Sqlite(_)) => format!("lower(hex({column}))"),
        (Place::Hash, Conn::Postgres(_)) => format!("encode({column}, 'hex')"),
        _ => format!("CAST({column} AS TEXT)"),
    }
}

/// The literal of a text that [`written`] gave; none where it is not of that kind.
fn read_back(conn: &Conn, text: &str, place: Place) -> Option<String> {
    match (place, conn) {
        (Place::Id, _) => Some(literal(conn, Uuid::parse_str(text).ok()?)),
        (Place::Number, _) => Some(text.parse::<i64>().ok()?.to_string()),
        (Place::Text, _) => Some(format!("'{}'", text.replace('\'', "''"))),
        (Place::Hash, _) if !is_hexadecimal(text) => None,
        (Place::Hash, Conn::Sqlite(_)) => Some(format!("x'{text}'")),
        (Place::Hash, Conn::Postgres(_)) => Some(format!("'\\x{text}'::bytea")),
    }
}

fn is_hexadecimal(text: &str) -> bool {
    text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn corrupt(table: &Inventory) -> StorageError {
    StorageError::Corrupt(format!("a row of {}", table.table))
}

fn read(table: &Inventory, json: &str) -> Result<ExportedRow, StorageError> {
    let corrupt = || corrupt(table);
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
