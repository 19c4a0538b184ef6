//! Registered clients: apps and shops that may ask members for access, machines that act for who registered them.

use diesel::prelude::*;

use super::{ceiling_columns, read_ceilings};
use crate::domain::chain::Hash;
use crate::domain::ids::UserId;
use crate::domain::scopes::Scopes;
use crate::domain::spending::SpendingCeilings;
use crate::domain::time::Timestamp;
use crate::storage::connection::on_backend;
use crate::storage::heads::read_hash;
use crate::storage::schema::oauth_clients;
use crate::storage::{Conn, StorageError};

/// A registered client.
#[derive(Debug, Clone)]
pub struct Client {
    /// Its public id.
    pub id: String,
    /// The user who registered it.
    pub owner_id: UserId,
    /// The name that people read.
    pub name: String,
    /// SHA-256 of its secret; none for a public client, which can keep none.
    pub secret_hash: Option<Hash>,
    /// Where codes may be sent, exactly.
    pub redirect_uris: Vec<String>,
    /// How it may get tokens, in RFC 6749's words.
    pub grant_types: Vec<String>,
    /// The most that it may be allowed.
    pub scopes: Scopes,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it was removed.
    pub disabled_at: Option<Timestamp>,
    /// How much it may spend for who registered it, where it is a machine. What it may spend for members they say.
    pub ceilings: SpendingCeilings,
}

impl Client {
    /// Whether it can prove who it is.
    pub const fn is_confidential(&self) -> bool {
        self.secret_hash.is_some()
    }

    /// Whether it may get tokens this way.
    pub fn may_use(&self, grant_type: &str) -> bool {
        self.grant_types.iter().any(|own| own == grant_type)
    }
}

type Row = (
    String,
    UserId,
    String,
    Option<Vec<u8>>,
    String,
    String,
    String,
    Timestamp,
    Option<Timestamp>,
    Option<i64>,
    Option<i64>,
);

/// Registers a client.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, client: &Client) -> Result<(), StorageError> {
    let (per_payment, per_day) = ceiling_columns(client.ceilings);
    on_backend!(conn, |c| diesel::insert_into(oauth_clients::table)
        .values((
            oauth_clients::id.eq(&client.id),
            oauth_clients::owner_id.eq(client.owner_id),
            oauth_clients::name.eq(&client.name),
            oauth_clients::secret_hash.eq(client.secret_hash.as_ref().map(<[u8; 32]>::as_slice)),
            oauth_clients::redirect_uris.eq(client.redirect_uris.join(" ")),
            oauth_clients::grant_types.eq(client.grant_types.join(" ")),
            oauth_clients::scopes.eq(client.scopes.to_string()),
            oauth_clients::created_at.eq(client.created_at),
            oauth_clients::ceiling_per_payment.eq(per_payment),
            oauth_clients::ceiling_per_day.eq(per_day),
        ))
        .execute(c))?;
    Ok(())
}

/// The client with this id, unless it was removed.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<Client>, StorageError> {
    // No text of PostgreSQL's holds it, so that asking for one fails.
    if id.contains('\0') {
        return Ok(None);
    }
    let row: Option<Row> = on_backend!(conn, |c| oauth_clients::table
        .filter(oauth_clients::id.eq(id).and(oauth_clients::disabled_at.is_null()))
        .get_result(c)
        .optional())?;
    row.map(read).transpose()
}

/// A user's clients, oldest first, without those that were removed.
///
/// # Errors
/// When the database refuses.
pub fn of_owner(conn: &mut Conn, owner_id: UserId) -> Result<Vec<Client>, StorageError> {
    let rows: Vec<Row> = on_backend!(conn, |c| oauth_clients::table
        .filter(oauth_clients::owner_id.eq(owner_id).and(oauth_clients::disabled_at.is_null()))
        .order((oauth_clients::created_at, oauth_clients::id))
        .load(c))?;
    rows.into_iter().map(read).collect()
}

/// Removes a client, if it is there.
///
/// # Errors
/// When the database refuses.
pub fn disable(conn: &mut Conn, id: &str, now: Timestamp) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(
        oauth_clients::table.find(id).filter(oauth_clients::disabled_at.is_null())
    )
    .set(oauth_clients::disabled_at.eq(now))
    .execute(c))?;
    Ok(())
}

fn read(row: Row) -> Result<Client, StorageError> {
    let (id, owner_id, name, secret_hash, redirect_uris, grant_types, scopes, created_at, ..) = row;
    let (.., disabled_at, per_payment, per_day) = row;
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    Ok(Client {
        id,
        owner_id,
        name,
        secret_hash: secret_hash.map(read_hash).transpose()?,
        redirect_uris: words(&redirect_uris),
        grant_types: words(&grant_types),
        scopes: Scopes::parse(&scopes),
        created_at,
        disabled_at,
        ceilings: read_ceilings(per_payment, per_day),
    })
}
