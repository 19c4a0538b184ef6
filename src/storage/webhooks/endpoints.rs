//! Who is told, of what, and how far.

use diesel::prelude::*;

use crate::domain::ids::{AccountId, ApiKeyId, CommunityId, UserId, WebhookEndpointId};
use crate::domain::time::Timestamp;
use crate::domain::webhooks::WebhookEndpointState as State;
use crate::storage::connection::on_backend;
use crate::storage::schema::webhook_endpoints;
use crate::storage::{Conn, StorageError};

/// Who said where messages go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookSetter {
    /// The user, or the user for whom it was said.
    pub user_id: UserId,
    /// The key with which it was.
    pub key: Option<ApiKeyId>,
    /// The client id of the app or machine that said so.
    pub app: Option<String>,
}

/// Where messages go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEndpoint {
    /// The community.
    pub community_id: CommunityId,
    /// Its id.
    pub id: WebhookEndpointId,
    /// The account whose events are told.
    pub account_id: AccountId,
    /// The URL.
    pub url: String,
    /// What its owner notes about it.
    pub description: Option<String>,
    /// The names of the events that are told, as they are stored.
    pub events: String,
    /// Whether it is told anything.
    pub state: State,
    /// Since when.
    pub state_at: Timestamp,
    /// Rises with each change by its owner.
    pub version: i64,
    /// Up to which event of the community messages were made.
    pub told_seq: i64,
    /// Since when nothing arrives there.
    pub failing_since: Option<Timestamp>,
    /// What its messages are signed with, sealed.
    pub sealed_secret: Vec<u8>,
    /// What they are signed with as well, one or two, each as long as the first, and until when.
    pub old_secret: Option<(Vec<u8>, Timestamp)>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who gave it its URL; none where that was not noted yet.
    pub set_by: Option<WebhookSetter>,
}

type Columns = (
    (CommunityId, WebhookEndpointId, AccountId),
    (String, Option<String>, String),
    (i16, Timestamp, i64, i64, Option<Timestamp>),
    (Vec<u8>, Option<Vec<u8>>, Option<Timestamp>),
    Timestamp,
    (Option<UserId>, Option<ApiKeyId>, Option<String>),
);

macro_rules! endpoints {
    () => {
        webhook_endpoints::table.select((
            (webhook_endpoints::community_id, webhook_endpoints::id, webhook_endpoints::account_id),
            (webhook_endpoints::url, webhook_endpoints::description, webhook_endpoints::events),
            (
                webhook_endpoints::state,
                webhook_endpoints::state_at,
                webhook_endpoints::version,
                webhook_endpoints::told_seq,
                webhook_endpoints::failing_since,
            ),
            (webhook_endpoints::sealed_secret, webhook_endpoints::old_secret, webhook_endpoints::old_until),
            webhook_endpoints::created_at,
            (webhook_endpoints::set_by, webhook_endpoints::set_with_key, webhook_endpoints::set_with_app),
        ))
    };
}

/// Adds one.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, new: &WebhookEndpoint) -> Result<(), StorageError> {
    let (set_by, key, app) = setter_columns(new.set_by.as_ref());
    on_backend!(conn, |c| diesel::insert_into(webhook_endpoints::table)
        .values((
            webhook_endpoints::community_id.eq(new.community_id),
            webhook_endpoints::id.eq(new.id),
            webhook_endpoints::account_id.eq(new.account_id),
            webhook_endpoints::url.eq(&new.url),
            webhook_endpoints::description.eq(&new.description),
            webhook_endpoints::events.eq(&new.events),
            webhook_endpoints::state.eq(code(new.state)),
            webhook_endpoints::state_at.eq(new.state_at),
            webhook_endpoints::version.eq(new.version),
            webhook_endpoints::told_seq.eq(new.told_seq),
            webhook_endpoints::failing_since.eq(new.failing_since),
            webhook_endpoints::sealed_secret.eq(&new.sealed_secret),
            webhook_endpoints::created_at.eq(new.created_at),
            webhook_endpoints::set_by.eq(set_by),
            webhook_endpoints::set_with_key.eq(key),
            webhook_endpoints::set_with_app.eq(app),
        ))
        .execute(c))?;
    Ok(())
}

/// One of any of these communities, unless it was removed.
///
/// # Errors
/// When the database refuses.
pub fn find_in_any(
    conn: &mut Conn,
    communities: &[CommunityId],
    id: WebhookEndpointId,
) -> Result<Option<WebhookEndpoint>, StorageError> {
    let row: Option<Columns> = on_backend!(conn, |c| endpoints!()
        .filter(webhook_endpoints::community_id.eq_any(communities).and(webhook_endpoints::id.eq(id)))
        .filter(webhook_endpoints::state.ne(code(State::Deleted)))
        .first(c)
        .optional())?;
    row.map(read).transpose()
}

/// An account's, oldest first, but for those that were removed.
///
/// # Errors
/// When the database refuses.
pub fn of_accounts(
    conn: &mut Conn,
    community_id: CommunityId,
    account_ids: &[AccountId],
) -> Result<Vec<WebhookEndpoint>, StorageError> {
    let rows: Vec<Columns> = on_backend!(conn, |c| endpoints!()
        .filter(webhook_endpoints::community_id.eq(community_id))
        .filter(webhook_endpoints::account_id.eq_any(account_ids))
        .filter(webhook_endpoints::state.ne(code(State::Deleted)))
        .order(webhook_endpoints::id)
        .load(c))?;
    rows.into_iter().map(read).collect()
}

/// All that are told of something, or those in another state, over all communities.
///
/// # Errors
/// When the database refuses.
pub fn in_state(conn: &mut Conn, state: State) -> Result<Vec<WebhookEndpoint>, StorageError> {
    let rows: Vec<Columns> =
        on_backend!(conn, |c| endpoints!().filter(webhook_endpoints::state.eq(code(state))).load(c))?;
    rows.into_iter().map(read).collect()
}

/// Every endpoint that there is, by its key alone.
///
/// # Errors
/// When the database refuses.
pub fn keys(conn: &mut Conn) -> Result<Vec<(CommunityId, WebhookEndpointId, bool)>, StorageError> {
    let rows: Vec<(CommunityId, WebhookEndpointId, i16)> = on_backend!(conn, |c| webhook_endpoints::table
        .select((webhook_endpoints::community_id, webhook_endpoints::id, webhook_endpoints::state))
        .load(c))?;
    let is_deleted = |state| state == code(State::Deleted);
    Ok(rows.into_iter().map(|(community_id, id, state)| (community_id, id, is_deleted(state))).collect())
}

/// Writes what its owner may change, if it is still in the version before. Whether it was.
///
/// # Errors
/// When the database refuses.
pub fn change(conn: &mut Conn, new: &WebhookEndpoint) -> Result<bool, StorageError> {
    let before = webhook_endpoints::table
        .find((new.community_id, new.id))
        .filter(webhook_endpoints::version.eq(new.version - 1))
        .filter(webhook_endpoints::state.ne(code(State::Deleted)));
    let (old_secret, old_until) = match &new.old_secret {
        Some((secret, until)) => (Some(secret), Some(*until)),
        None => (None, None),
    };
    let (set_by, key, app) = setter_columns(new.set_by.as_ref());
    let changed = on_backend!(conn, |c| diesel::update(before)
        .set((
            webhook_endpoints::url.eq(&new.url),
            webhook_endpoints::description.eq(&new.description),
            webhook_endpoints::events.eq(&new.events),
            webhook_endpoints::state.eq(code(new.state)),
            webhook_endpoints::state_at.eq(new.state_at),
            webhook_endpoints::version.eq(new.version),
            webhook_endpoints::failing_since.eq(new.failing_since),
            webhook_endpoints::sealed_secret.eq(&new.sealed_secret),
            webhook_endpoints::old_secret.eq(old_secret),
            webhook_endpoints::old_until.eq(old_until),
            webhook_endpoints::set_by.eq(set_by),
            webhook_endpoints::set_with_key.eq(key),
            webhook_endpoints::set_with_app.eq(app),
        ))
        .execute(c))?;
    Ok(changed == 1)
}

/// Moves on how far it was told, or back, if it is in the version and stands where the caller believes. Whether it did.
///
/// # Errors
/// When the database refuses.
pub fn move_cursor(
    conn: &mut Conn,
    (community_id, id): (CommunityId, WebhookEndpointId),
    (version, from): (i64, i64),
    to: i64,
) -> Result<bool, StorageError> {
    let standing = webhook_endpoints::table
        .find((community_id, id))
        .filter(webhook_endpoints::version.eq(version).and(webhook_endpoints::told_seq.eq(from)))
        .filter(webhook_endpoints::state.eq(code(State::Enabled)));
    let moved =
        on_backend!(conn, |c| diesel::update(standing).set(webhook_endpoints::told_seq.eq(to)).execute(c))?;
    Ok(moved == 1)
}

/// Puts it at a place how far it was told, wherever it stands.
///
/// # Errors
/// When the database refuses.
pub fn set_cursor(
    conn: &mut Conn,
    (community_id, id): (CommunityId, WebhookEndpointId),
    to: i64,
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::update(webhook_endpoints::table.find((community_id, id)))
        .set(webhook_endpoints::told_seq.eq(to))
        .execute(c))?;
    Ok(())
}

/// Notes since when nothing arrives, where that is not noted; or that something does again.
///
/// # Errors
/// When the database refuses.
pub fn note_failing(
    conn: &mut Conn,
    (community_id, id): (CommunityId, WebhookEndpointId),
    since: Option<Timestamp>,
) -> Result<(), StorageError> {
    let own = webhook_endpoints::table.find((community_id, id));
    match since {
        Some(_) => {
            on_backend!(conn, |c| diesel::update(own.filter(webhook_endpoints::failing_since.is_null()))
                .set(webhook_endpoints::failing_since.eq(since))
                .execute(c))?
        }
        None => on_backend!(conn, |c| diesel::update(own)
            .set(webhook_endpoints::failing_since.eq(since))
            .execute(c))?,
    };
    Ok(())
}

/// Switches one off that is on. Whether it was.
///
/// # Errors
/// When the database refuses.
pub fn switch_off(
    conn: &mut Conn,
    (community_id, id): (CommunityId, WebhookEndpointId),
    (state, at): (State, Timestamp),
) -> Result<bool, StorageError> {
    let own = webhook_endpoints::table
        .find((community_id, id))
        .filter(webhook_endpoints::state.eq(code(State::Enabled)));
    let switched = on_backend!(conn, |c| diesel::update(own)
        .set((
            webhook_endpoints::state.eq(code(state)),
            webhook_endpoints::state_at.eq(at),
            webhook_endpoints::version.eq(webhook_endpoints::version + 1),
        ))
        .execute(c))?;
    Ok(switched == 1)
}

/// Makes those of some accounts as good as removed: with nothing left of what tells of their owner.
///
/// # Errors
/// When the database refuses.
pub fn forget(
    conn: &mut Conn,
    community_id: CommunityId,
    account_ids: &[AccountId],
    now: Timestamp,
) -> Result<(), StorageError> {
    let own = webhook_endpoints::table
        .filter(webhook_endpoints::community_id.eq(community_id))
        .filter(webhook_endpoints::account_id.eq_any(account_ids));
    on_backend!(conn, |c| diesel::update(own)
        .set((
            webhook_endpoints::url.eq(""),
            webhook_endpoints::description.eq(None::<String>),
            webhook_endpoints::state.eq(code(State::Deleted)),
            webhook_endpoints::state_at.eq(now),
            webhook_endpoints::version.eq(webhook_endpoints::version + 1),
            webhook_endpoints::sealed_secret.eq(Vec::<u8>::new()),
            webhook_endpoints::old_secret.eq(None::<Vec<u8>>),
            webhook_endpoints::old_until.eq(None::<Timestamp>),
        ))
        .execute(c))?;
    Ok(())
}

/// Deletes one that was removed, once none of its deliveries is left.
///
/// # Errors
/// When the database refuses.
pub fn delete(
    conn: &mut Conn,
    (community_id, id): (CommunityId, WebhookEndpointId),
) -> Result<(), StorageError> {
    let own = webhook_endpoints::table
        .find((community_id, id))
        .filter(webhook_endpoints::state.eq(code(State::Deleted)));
    on_backend!(conn, |c| diesel::delete(own).execute(c))?;
    Ok(())
}

fn setter_columns(setter: Option<&WebhookSetter>) -> (Option<UserId>, Option<ApiKeyId>, Option<&str>) {
    let user_id = setter.map(|setter| setter.user_id);
    (user_id, setter.and_then(|setter| setter.key), setter.and_then(|setter| setter.app.as_deref()))
}

fn code(state: State) -> i16 {
    i16::from(state.code())
}

fn read(columns: Columns) -> Result<WebhookEndpoint, StorageError> {
    let (
        (community_id, id, account_id),
        (url, description, events),
        (state, state_at, version, told_seq, failing_since),
        (sealed_secret, old_secret, old_until),
        created_at,
        (set_by, key, app),
    ) = columns;
    let corrupt = || StorageError::Corrupt(format!("webhook endpoint {id}: state"));
    Ok(WebhookEndpoint {
        community_id,
        id,
        account_id,
        url,
        description,
        events,
        state: State::from_code(state).ok_or_else(corrupt)?,
        state_at,
        version,
        told_seq,
        failing_since,
        sealed_secret,
        old_secret: old_secret.zip(old_until),
        created_at,
        set_by: set_by.map(|user_id| WebhookSetter { user_id, key, app }),
    })
}
