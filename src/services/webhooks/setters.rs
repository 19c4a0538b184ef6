//! Who said where messages go, and with what; and telling the account's owners of it.
//!
//! An endpoint is its account's and outlives the key or app that made it, so that a shop's messages do not stop with a key that
//! was changed for another. Whoever got hold of a key for a moment could leave somebody who listens: so it is noted who set each,
//! and the owners are written to.

use uuid::Builder;

use super::endpoints::VisibleEndpoint;
use super::settling::host_of;
use super::{WebhookEndpoint, WebhookSetter};
use crate::auth::tokens::Bearer;
use crate::domain::ids::MailId;
use crate::domain::mail::MailKind;
use crate::domain::time::Timestamp;
use crate::mail::{Letter, Plain, WebhookChange, WebhookSet};
use crate::services::letters::Outbox;
use crate::storage::oauth::clients;
use crate::storage::{Conn, StorageError, api_keys, mails, notifications};

/// How many letters about what is done to endpoints somebody gets of a community on a day. Whoever has a key could fill their mailbox
/// with more, and by then they know.
const LETTERS_A_DAY_MAX: i64 = 20;
/// After how many of them another secret is not told any more: whoever rotates one again and again does not keep it from being told
/// where messages go.
const LETTERS_OF_SECRETS_MAX: i64 = 10;
/// A day, in seconds.
const DAY_S: i64 = 86_400;

/// Who asks.
pub(super) fn setter_of(bearer: &Bearer) -> WebhookSetter {
    WebhookSetter {
        user_id: bearer.authority.user_id,
        key: bearer.key,
        app: bearer.authority.is_app().then(|| bearer.client_id.to_string()).filter(|_| bearer.key.is_none()),
    }
}

/// What the key or app is called with which an endpoint was set; none where it was neither, or is there no more.
pub(super) fn name_of_setter(
    conn: &mut Conn,
    endpoint: &WebhookEndpoint,
) -> Result<Option<String>, StorageError> {
    match &endpoint.set_by {
        Some(WebhookSetter { key: Some(key), .. }) => Ok(api_keys::find(conn, *key)?.map(|key| key.name)),
        Some(WebhookSetter { app: Some(app), .. }) => Ok(clients::find(conn, app)?.map(|app| app.name)),
        _ => Ok(None),
    }
}

/// Writes to all who operate the account what was done to one of its endpoints, and by what: whoever did it may not be whom they
/// trust. The URL's path and query stay out, which may hold what only the receiver should know.
pub(super) fn tell_owners(
    conn: &mut Conn,
    outbox: &mut Outbox,
    visible: &VisibleEndpoint,
    (change, by, now): (WebhookChange, WebhookSetter, Timestamp),
) -> Result<(), StorageError> {
    let done = WebhookEndpoint { set_by: Some(by), ..visible.endpoint.clone() };
    let with = name_of_setter(conn, &done)?.unwrap_or_default();
    let community = &visible.community;
    let letter = Letter::WebhookSet(WebhookSet {
        change,
        community: Plain::from(community.name.as_str()),
        account: Plain::from(visible.account.code.to_string()),
        host: Plain::from(host_of(&visible.endpoint.url)),
        with: Plain::from(with),
        at_micros: now.micros(),
    });
    // Ids are in the order of time.
    let since = Builder::from_unix_timestamp_millis(now.plus_seconds(-DAY_S).unix_millis(), &[0; 10]);
    let since = MailId::from_uuid(since.into_uuid());
    let most = if change == WebhookChange::NewSecret { LETTERS_OF_SECRETS_MAX } else { LETTERS_A_DAY_MAX };
    for (_, user_id) in notifications::owners(conn, community.id, &[visible.endpoint.account_id])? {
        let (kind, of) = (MailKind::WebhookSet, (community.id, user_id));
        if mails::count_since(conn, of, kind, since)? < most {
            outbox.write_to_user(conn, community, user_id, letter.clone())?;
        }
    }
    Ok(())
}
