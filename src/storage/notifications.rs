//! How soon people want to be told of what, and how far they were told.

use std::collections::HashMap;

use diesel::prelude::*;

use super::connection::on_backend;
use super::schema::{accounts, event_mailings, heads, member_users, members, notification_choices};
use super::{Conn, StorageError};
use crate::domain::ids::{AccountId, CommunityId, UserId};
use crate::domain::member::MemberStatus;
use crate::domain::notifications::{Cadence, Topic};
use crate::domain::time::Timestamp;

/// What a user chose, of one topic in one community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// What it is about.
    pub topic: Topic,
    /// How soon they want to be told.
    pub cadence: Cadence,
    /// Since when that holds.
    pub chosen_at: Timestamp,
}

/// How far a community's events were told at one cadence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mailing {
    /// The community.
    pub community_id: CommunityId,
    /// The cadence.
    pub cadence: Cadence,
    /// Up to which event everybody was told.
    pub told_seq: i64,
    /// When the next digest is due.
    pub due_at: Timestamp,
    /// Up to which event the digest goes that is being written; 0 where none is.
    pub until_seq: i64,
    /// Behind which user it goes on.
    pub after_user: UserId,
}

/// What these users chose in a community.
///
/// # Errors
/// When the database refuses.
pub fn choices(
    conn: &mut Conn,
    community_id: CommunityId,
    user_ids: &[UserId],
) -> Result<HashMap<UserId, Vec<Choice>>, StorageError> {
    let rows: Vec<(UserId, i16, i16, Timestamp)> = on_backend!(conn, |c| notification_choices::table
        .filter(notification_choices::community_id.eq(community_id))
        .filter(notification_choices::user_id.eq_any(user_ids))
        .select((
            notification_choices::user_id,
            notification_choices::topic,
            notification_choices::cadence,
            notification_choices::chosen_at,
        ))
        .load(c))?;
    let mut choices: HashMap<UserId, Vec<Choice>> = HashMap::new();
    for (user_id, topic, cadence, chosen_at) in rows {
        let corrupt = |what: &str| StorageError::Corrupt(format!("choice of user {user_id}: {what}"));
        let topic = Topic::from_code(topic).ok_or_else(|| corrupt("topic"))?;
        let cadence = Cadence::from_code(cadence).ok_or_else(|| corrupt("cadence"))?;
        choices.entry(user_id).or_default().push(Choice { topic, cadence, chosen_at });
    }
    Ok(choices)
}

/// Notes a choice, instead of an earlier one.
///
/// # Errors
/// When the database refuses.
pub fn choose(
    conn: &mut Conn,
    community_id: CommunityId,
    user_id: UserId,
    choice: Choice,
) -> Result<(), StorageError> {
    let content = (
        notification_choices::cadence.eq(i16::from(choice.cadence.code())),
        notification_choices::chosen_at.eq(choice.chosen_at),
    );
    on_backend!(conn, |c| diesel::insert_into(notification_choices::table)
        .values((
            notification_choices::community_id.eq(community_id),
            notification_choices::user_id.eq(user_id),
            notification_choices::topic.eq(i16::from(choice.topic.code())),
            content,
        ))
        .on_conflict((
            notification_choices::community_id,
            notification_choices::user_id,
            notification_choices::topic,
        ))
        .do_update()
        .set(content)
        .execute(c))?;
    Ok(())
}

/// Forgets what a user chose in a community.
///
/// # Errors
/// When the database refuses.
pub fn forget(conn: &mut Conn, community_id: CommunityId, user_id: UserId) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::delete(
        notification_choices::table
            .filter(notification_choices::community_id.eq(community_id))
            .filter(notification_choices::user_id.eq(user_id))
    )
    .execute(c))?;
    Ok(())
}

/// The users who operate these accounts, as members who belong to the community.
///
/// # Errors
/// When the database refuses.
pub fn owners(
    conn: &mut Conn,
    community_id: CommunityId,
    account_ids: &[AccountId],
) -> Result<Vec<(AccountId, UserId)>, StorageError> {
    let belonging: Vec<i16> = MemberStatus::ALL
        .iter()
        .filter(|status| status.belongs())
        .map(|status| i16::from(status.code()))
        .collect();
    Ok(on_backend!(conn, |c| accounts::table
        .inner_join(
            members::table.on(members::community_id
                .eq(accounts::community_id)
                .and(members::id.nullable().eq(accounts::member_id)))
        )
        .inner_join(member_users::table.on(
            member_users::community_id.eq(members::community_id).and(member_users::member_id.eq(members::id))
        ))
        .filter(accounts::community_id.eq(community_id).and(accounts::id.eq_any(account_ids)))
        .filter(members::status.eq_any(&belonging))
        .select((accounts::id, member_users::user_id))
        .load(c))?)
}

/// Every community with where its events stand.
///
/// # Errors
/// When the database refuses.
pub fn ends(conn: &mut Conn) -> Result<Vec<(CommunityId, i64)>, StorageError> {
    Ok(on_backend!(conn, |c| heads::table
        .order(heads::community_id)
        .select((heads::community_id, heads::event_seq))
        .load(c))?)
}

/// How far every community's events were told.
///
/// # Errors
/// When the database refuses.
pub fn mailings(conn: &mut Conn) -> Result<Vec<Mailing>, StorageError> {
    type Row = (CommunityId, i16, i64, Timestamp, i64, UserId);
    let rows: Vec<Row> = on_backend!(conn, |c| event_mailings::table
        .order((event_mailings::community_id, event_mailings::cadence))
        .load(c))?;
    rows.into_iter()
        .map(|(community_id, cadence, told_seq, due_at, until_seq, after_user)| {
            let corrupt = || StorageError::Corrupt(format!("mailing of {community_id}: cadence"));
            let cadence = Cadence::from_code(cadence).ok_or_else(corrupt)?;
            Ok(Mailing { community_id, cadence, told_seq, due_at, until_seq, after_user })
        })
        .collect()
}

/// Begins to tell a community's events, unless somebody has begun already.
///
/// # Errors
/// When the database refuses.
pub fn begin(conn: &mut Conn, new: &Mailing) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(event_mailings::table)
        .values((
            event_mailings::community_id.eq(new.community_id),
            event_mailings::cadence.eq(i16::from(new.cadence.code())),
            event_mailings::told_seq.eq(new.told_seq),
            event_mailings::due_at.eq(new.due_at),
            event_mailings::until_seq.eq(new.until_seq),
            event_mailings::after_user.eq(new.after_user),
        ))
        .on_conflict((event_mailings::community_id, event_mailings::cadence))
        .do_nothing()
        .execute(c))?;
    Ok(())
}

/// Moves from one state to the next by compare-and-set. False where somebody else did it.
///
/// # Errors
/// When the database refuses.
pub fn advance(conn: &mut Conn, from: &Mailing, to: &Mailing) -> Result<bool, StorageError> {
    let key = (from.community_id, i16::from(from.cadence.code()));
    let moved = on_backend!(conn, |c| diesel::update(
        event_mailings::table
            .find(key)
            .filter(event_mailings::told_seq.eq(from.told_seq))
            .filter(event_mailings::due_at.eq(from.due_at))
            .filter(event_mailings::until_seq.eq(from.until_seq))
            .filter(event_mailings::after_user.eq(from.after_user))
    )
    .set((
        event_mailings::told_seq.eq(to.told_seq),
        event_mailings::due_at.eq(to.due_at),
        event_mailings::until_seq.eq(to.until_seq),
        event_mailings::after_user.eq(to.after_user),
    ))
    .execute(c))?;
    Ok(moved == 1)
}
