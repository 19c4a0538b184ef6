//! Taking a user's login out of the world, and how they came to communities: what is not the ledger's.

use diesel::prelude::*;

use super::literal;
use crate::domain::ids::UserId;
use crate::domain::time::Timestamp;
use crate::storage::connection::on_backend;
use crate::storage::schema::applications;
use crate::storage::{Conn, StorageError};

/// The state of an application whose applicant the ledger lets in just now.
const ADMITTING: i16 = 3;

/// Deletes a user's applications, and what would confirm them. Whether an admin lets the user in just now: that one
/// stays, for the ledger has the last word.
///
/// # Errors
/// When the database refuses.
pub fn erase_applications(conn: &mut Conn, user_id: UserId) -> Result<bool, StorageError> {
    let user = literal(conn, user_id.uuid());
    let own = format!(
        "(user_id = {user} OR email = (SELECT email FROM users WHERE id = {user})) AND state <> {ADMITTING}"
    );
    conn.execute_batch(&format!(
        "DELETE FROM request_origins WHERE request_id IN (SELECT request_id FROM applications WHERE {own});
         DELETE FROM one_time_secrets WHERE subject_id IN (SELECT id FROM applications WHERE {own});
         DELETE FROM applications WHERE {own};"
    ))?;
    let admitting: i64 = on_backend!(conn, |c| applications::table
        .filter(applications::user_id.eq(user_id))
        .count()
        .get_result(c))?;
    Ok(admitting > 0)
}

/// Erases the login: in one transaction everything that is not a member's or an account's.
///
/// # Errors
/// When the database refuses.
pub fn erase_login(conn: &mut Conn, user_id: UserId, now: Timestamp) -> Result<(), StorageError> {
    let user = literal(conn, user_id.uuid());
    let (id, now) = (user_id.uuid(), now.micros());
    let email = format!("(SELECT email FROM users WHERE id = {user})");
    let sessions = format!("(SELECT id FROM sessions WHERE user_id = {user})");
    let lines = format!("(SELECT id FROM user_audits WHERE user_id = {user})");
    let invitations = format!("(SELECT id FROM invitations WHERE inviter = {user} OR email = {email})");
    // Notices to others of an application, and to applicants why they were refused, hold names and reasons: what could
    // not be sent of them is emptied, whoever it was about, for that is not to be told from outside.
    let communities = format!(
        "(SELECT community_id FROM user_communities WHERE user_id = {user} \
         UNION SELECT community_id FROM user_applications WHERE user_id = {user})"
    );
    conn.execute_batch(&format!(
        "DELETE FROM mails WHERE user_id = {user} OR recipient = {email};
         DELETE FROM mails WHERE state <> 2 AND kind = 3 \
         AND recipient IN (SELECT email FROM invitations WHERE inviter = {user});
         UPDATE mails SET parameters = NULL WHERE state = 3 AND kind IN (4, 6, 10, 20) AND community_id IN {communities};
         DELETE FROM one_time_secrets WHERE subject_id = {user} OR subject_id IN {invitations} OR subject_id IN {sessions};
         DELETE FROM invitations WHERE inviter = {user} OR email = {email};
         UPDATE applications SET reason = '' WHERE decided_by = {user};
         DELETE FROM request_origins WHERE request_id IN (SELECT request_id FROM user_audits WHERE user_id = {user} \
         UNION SELECT request_id FROM audits WHERE community_id IN {communities} AND actor = {user} \
         UNION SELECT request_id FROM agreement_acceptances \
         WHERE community_id IN {communities} AND user_id = {user});
         DELETE FROM user_audit_details WHERE audit_id IN {lines};
         DELETE FROM browser_sign_ins WHERE session_id IN {sessions};
         DELETE FROM refresh_tokens WHERE session_id IN {sessions};
         DELETE FROM app_spending WHERE user_id = {user};
         DELETE FROM api_key_secrets WHERE key_id IN (SELECT id FROM api_keys WHERE user_id = {user});
         DELETE FROM api_keys WHERE user_id = {user};
         DELETE FROM oauth_grants WHERE user_id = {user};
         DELETE FROM oauth_codes WHERE user_id = {user};
         DELETE FROM sessions WHERE user_id = {user};
         DELETE FROM second_factors WHERE user_id = {user};
         DELETE FROM passkeys WHERE user_id = {user};
         DELETE FROM recovery_codes WHERE user_id = {user};
         UPDATE oauth_clients SET name = 'former app', redirect_uris = '', secret_hash = NULL, \
         disabled_at = coalesce(disabled_at, {now}) WHERE owner_id = {user};
         UPDATE users SET email = 'erased:{id}', name = 'former user', password_hash = '', language = 'en' \
         WHERE id = {user};"
    ))
}
