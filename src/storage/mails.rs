//! The outbox: mails that wait, and what became of those that were sent.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::connection::on_backend;
use super::schema::mails;
use super::users::{self, read_language};
use super::{Conn, StorageError};
use crate::domain::ids::{CommunityId, MailId, UserId};
use crate::domain::language::Language;
use crate::domain::mail::{MailKind, MailState, OutboxMail};
use crate::domain::schedule::Notice;
use crate::domain::time::Timestamp;

/// In the words of the index of what is due: with a value that is bound, neither engine would use it.
const IS_WAITING: &str = "mails.state = 1";

/// A mail that is to be sent now, by whoever claimed it and nobody else until the lease ends.
#[derive(Debug, Clone)]
pub struct ClaimedMail {
    /// Its id.
    pub id: MailId,
    /// On behalf of which community it was written, if of one.
    pub community_id: Option<CommunityId>,
    /// The whole address.
    pub recipient: String,
    /// The language to write it in.
    pub language: Language,
    /// What the letter says, as JSON.
    pub parameters: Option<String>,
    /// How many times it was claimed, this time included.
    pub attempts: i32,
    /// After this time it is not sent any more.
    pub useful_until: Option<Timestamp>,
    /// When it was written.
    pub created_at: Timestamp,
}

/// What became of an attempt.
#[derive(Debug, Clone)]
pub enum Settlement {
    /// The mail server has it. Its parameters go, and of its address only this rest stays.
    Sent {
        /// The masked address.
        masked_recipient: String,
        /// When.
        at: Timestamp,
    },
    /// It is tried again.
    Later {
        /// When.
        at: Timestamp,
        /// Why, in our own words.
        error: String,
    },
    /// It is not tried any more.
    Failed {
        /// Why, in our own words.
        error: String,
        /// Whether its parameters are erased, because they hold a secret.
        erase: bool,
    },
}

/// A mail as admins see it.
#[derive(Debug, Clone)]
pub struct MailSummary {
    /// Its id.
    pub id: MailId,
    /// The login that it is for, if there is one.
    pub user_id: Option<UserId>,
    /// The address; masked once it is sent.
    pub recipient: String,
    /// What it is about.
    pub kind: MailKind,
    /// Where it stands.
    pub state: MailState,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is tried next, while it waits.
    pub next_attempt_at: Timestamp,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// Whether its content is still there.
    pub has_content: bool,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
}

/// Puts a mail into the outbox, as a part of the transaction of what caused it.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, new: &OutboxMail) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(mails::table)
        .values((
            mails::id.eq(new.id),
            mails::community_id.eq(new.community_id),
            mails::user_id.eq(new.user_id),
            mails::recipient.eq(&new.recipient),
            mails::kind.eq(i16::from(new.kind.code())),
            mails::language.eq(new.language.name()),
            mails::parameters.eq(&new.parameters),
            mails::state.eq(code(MailState::Waiting)),
            mails::attempts.eq(0),
            mails::next_attempt_at.eq(new.created_at),
            mails::useful_until.eq(new.useful_until),
            mails::created_at.eq(new.created_at),
        ))
        .execute(c))?;
    Ok(())
}

/// How many mails of this kind a user got on behalf of a community, from this id on.
///
/// # Errors
/// When the database refuses.
pub fn count_since(
    conn: &mut Conn,
    (community_id, user_id): (CommunityId, UserId),
    kind: MailKind,
    since: MailId,
) -> Result<i64, StorageError> {
    Ok(on_backend!(conn, |c| mails::table
        .filter(mails::user_id.eq(user_id).and(mails::id.ge(since)))
        .filter(mails::community_id.eq(community_id).and(mails::kind.eq(i16::from(kind.code()))))
        .count()
        .get_result(c))?)
}

/// Puts the ledger's own mails into the outbox, with the postings that they tell of: to the logins' addresses and in
/// their languages. Whoever was erased has none.
///
/// # Errors
/// When the database refuses.
pub(super) fn insert_notices(
    conn: &mut Conn,
    community_id: CommunityId,
    notices: &[Notice],
) -> Result<(), StorageError> {
    for notice in notices {
        let Some(user) = users::find(conn, notice.user_id)?.filter(|user| user.email.contains('@')) else {
            continue;
        };
        let new = OutboxMail {
            id: notice.mail_id,
            community_id: Some(community_id),
            user_id: Some(notice.user_id),
            recipient: user.email,
            kind: MailKind::PlannedPayment,
            language: users::language(conn, notice.user_id)?.unwrap_or(Language::English),
            parameters: notice.parameters.clone(),
            useful_until: None,
            created_at: notice.written_at,
        };
        insert(conn, &new)?;
    }
    Ok(())
}

/// Takes the mail that is due longest, for one attempt that ends before `leased_until`. A mail that others are just
/// taking is left to them.
///
/// # Errors
/// When the database refuses.
pub fn claim(
    conn: &mut Conn,
    now: Timestamp,
    leased_until: Timestamp,
) -> Result<Option<ClaimedMail>, StorageError> {
    type Columns =
        ((MailId, Option<CommunityId>), String, String, Option<String>, i32, Option<Timestamp>, Timestamp);
    let due = || {
        mails::table
            .filter(sql::<Bool>(IS_WAITING))
            .filter(mails::next_attempt_at.le(now))
            .filter(mails::leased_until.is_null().or(mails::leased_until.le(now)))
            .order(mails::next_attempt_at)
            .limit(1)
            .select(mails::id)
    };
    let id: Option<MailId> = match conn {
        Conn::Postgres(c) => due().for_update().skip_locked().first(&mut **c).optional()?,
        Conn::Sqlite(c) => due().first(&mut **c).optional()?,
    };
    let Some(id) = id else { return Ok(None) };
    on_backend!(conn, |c| diesel::update(mails::table.find(id))
        .set((mails::attempts.eq(mails::attempts + 1), mails::leased_until.eq(leased_until)))
        .execute(c))?;
    let row: Columns = on_backend!(conn, |c| mails::table
        .find(id)
        .select((
            (mails::id, mails::community_id),
            mails::recipient,
            mails::language,
            mails::parameters,
            mails::attempts,
            mails::useful_until,
            mails::created_at,
        ))
        .get_result(c))?;
    let ((id, community_id), recipient, language, parameters, attempts, useful_until, created_at) = row;
    let language = read_language(&language)?;
    Ok(Some(ClaimedMail {
        id,
        community_id,
        recipient,
        language,
        parameters,
        attempts,
        useful_until,
        created_at,
    }))
}

/// Notes what became of an attempt. False where somebody else has claimed the mail since, because the lease ended.
///
/// # Errors
/// When the database refuses.
pub fn settle(
    conn: &mut Conn,
    id: MailId,
    attempts: i32,
    settlement: &Settlement,
) -> Result<bool, StorageError> {
    let own = mails::table
        .filter(mails::id.eq(id))
        .filter(mails::attempts.eq(attempts))
        .filter(sql::<Bool>(IS_WAITING));
    let released = mails::leased_until.eq(None::<Timestamp>);
    let settled = match settlement {
        Settlement::Sent { masked_recipient, at } => on_backend!(conn, |c| diesel::update(own)
            .set((
                mails::state.eq(code(MailState::Sent)),
                mails::sent_at.eq(*at),
                mails::recipient.eq(masked_recipient),
                mails::parameters.eq(None::<String>),
                mails::last_error.eq(None::<String>),
                released,
            ))
            .execute(c))?,
        Settlement::Later { at, error } => on_backend!(conn, |c| diesel::update(own)
            .set((mails::next_attempt_at.eq(*at), mails::last_error.eq(error), released))
            .execute(c))?,
        Settlement::Failed { error, erase: false } => on_backend!(conn, |c| diesel::update(own)
            .set((mails::state.eq(code(MailState::Failed)), mails::last_error.eq(error), released))
            .execute(c))?,
        Settlement::Failed { error, erase: true } => on_backend!(conn, |c| diesel::update(own)
            .set((
                mails::state.eq(code(MailState::Failed)),
                mails::last_error.eq(error),
                mails::parameters.eq(None::<String>),
                released,
            ))
            .execute(c))?,
    };
    Ok(settled == 1)
}

/// Makes a failed mail with its content due again, with all its attempts before it. Whether it was such a one.
///
/// # Errors
/// When the database refuses.
pub fn revive(
    conn: &mut Conn,
    community_id: CommunityId,
    id: MailId,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let failed = mails::table
        .filter(mails::community_id.eq(community_id).and(mails::id.eq(id)))
        .filter(mails::state.eq(code(MailState::Failed)))
        .filter(mails::parameters.is_not_null());
    let revived = on_backend!(conn, |c| diesel::update(failed)
        .set((
            mails::state.eq(code(MailState::Waiting)),
            mails::attempts.eq(0),
            mails::next_attempt_at.eq(now),
            mails::last_error.eq(None::<String>),
        ))
        .execute(c))?;
    Ok(revived == 1)
}

/// Makes due what waits until after this time, or is claimed for longer than that. How many mails.
///
/// # Errors
/// When the database refuses.
pub fn bring_back(conn: &mut Conn, now: Timestamp, latest: Timestamp) -> Result<usize, StorageError> {
    let ahead = mails::table
        .filter(sql::<Bool>(IS_WAITING))
        .filter(mails::next_attempt_at.gt(latest).or(mails::leased_until.gt(latest).assume_not_null()));
    Ok(on_backend!(conn, |c| diesel::update(ahead)
        .set((mails::next_attempt_at.eq(now), mails::leased_until.eq(None::<Timestamp>)))
        .execute(c))?)
}

/// At most `limit` mails of a community with ids before `before`, newest first; with `state`, only those in it.
///
/// # Errors
/// When the database refuses.
pub fn of_community(
    conn: &mut Conn,
    community_id: CommunityId,
    state: Option<MailState>,
    before: Option<MailId>,
    limit: i64,
) -> Result<Vec<MailSummary>, StorageError> {
    let states: Vec<i16> = MailState::ALL
        .iter()
        .filter(|each| state.is_none_or(|state| state == **each))
        .copied()
        .map(code)
        .collect();
    let before = before.unwrap_or_else(|| MailId::from_uuid(uuid::Uuid::max()));
    let rows: Vec<SummaryColumns> = on_backend!(conn, |c| mails::table
        .filter(mails::community_id.eq(community_id).and(mails::id.lt(before)))
        .filter(mails::state.eq_any(&states))
        .order(mails::id.desc())
        .limit(limit)
        .select(SUMMARY)
        .load(c))?;
    rows.into_iter().map(read_summary).collect()
}

/// One mail of a community.
///
/// # Errors
/// When the database refuses.
pub fn find(
    conn: &mut Conn,
    community_id: CommunityId,
    id: MailId,
) -> Result<Option<MailSummary>, StorageError> {
    let row: Option<SummaryColumns> = on_backend!(conn, |c| mails::table
        .find(id)
        .filter(mails::community_id.eq(community_id))
        .select(SUMMARY)
        .get_result(c)
        .optional())?;
    row.map(read_summary).transpose()
}

/// Deletes at most `limit` mails in a state that were written before a time. How many it were.
///
/// # Errors
/// When the database refuses.
pub fn delete_old(
    conn: &mut Conn,
    state: MailState,
    before: Timestamp,
    limit: i64,
) -> Result<usize, StorageError> {
    let old: Vec<MailId> = on_backend!(conn, |c| mails::table
        .filter(mails::state.eq(code(state)).and(mails::created_at.lt(before)))
        .limit(limit)
        .select(mails::id)
        .load(c))?;
    if old.is_empty() {
        return Ok(0);
    }
    Ok(on_backend!(conn, |c| diesel::delete(mails::table.filter(mails::id.eq_any(&old))).execute(c))?)
}

type SummaryColumns = (
    (MailId, Option<UserId>, String, i16, i16, i32),
    (Timestamp, Option<String>, Option<String>, Timestamp, Option<Timestamp>),
);

type SummarySelection = (
    (mails::id, mails::user_id, mails::recipient, mails::kind, mails::state, mails::attempts),
    (mails::next_attempt_at, mails::last_error, mails::parameters, mails::created_at, mails::sent_at),
);

const SUMMARY: SummarySelection = (
    (mails::id, mails::user_id, mails::recipient, mails::kind, mails::state, mails::attempts),
    (mails::next_attempt_at, mails::last_error, mails::parameters, mails::created_at, mails::sent_at),
);

fn read_summary(columns: SummaryColumns) -> Result<MailSummary, StorageError> {
    let (
        (id, user_id, recipient, kind, state, attempts),
        (next_attempt_at, last_error, parameters, created_at, sent_at),
    ) = columns;
    let corrupt = |what: &str| StorageError::Corrupt(format!("mail {id}: {what}"));
    Ok(MailSummary {
        id,
        user_id,
        recipient,
        kind: MailKind::from_code(kind).ok_or_else(|| corrupt("kind"))?,
        state: MailState::from_code(state).ok_or_else(|| corrupt("state"))?,
        attempts,
        next_attempt_at,
        last_error,
        has_content: parameters.is_some(),
        created_at,
        sent_at,
    })
}

fn code(state: MailState) -> i16 {
    i16::from(state.code())
}
