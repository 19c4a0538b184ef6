//! How far everybody was told, and what is due.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use super::gathering::{Gathered, Tally};
use crate::domain::community::Community;
use crate::domain::ids::{CommunityId, MailId, UserId};
use crate::domain::language::Language;
use crate::domain::notifications::Cadence;
use crate::domain::time::Timestamp;
use crate::domain::zone::TimeOfDay;
use crate::mail::{Letter, News, NewsPeriod, Plain};
use crate::services::mailing::{self, Addressee, NewMail};
use crate::services::{ServiceError, Services};
use crate::storage::notifications::{self, Mailing};
use crate::storage::{Conn, StorageError, communities, users};

/// When digests are written, in minutes after midnight by the community's clocks: at seven.
const DIGEST_AT_MIN: i16 = 7 * 60;
/// How many steps one piece of telling takes where each is a short one.
const STEPS_PER_PIECE: u32 = 20;
/// How many mails one transaction writes.
const MAILS_PER_WRITE: usize = 100;
/// Behind which user a digest begins.
const NOBODY: UserId = UserId::from_uuid(Uuid::nil());

impl Services {
    /// Does one piece of telling people by mail, if any is due. Whether more may be: what happens while it works is left
    /// for the next round, so that a busy community keeps nobody in haste.
    ///
    /// # Errors
    /// When it could not be done; it stays due.
    pub async fn mail_news(&self) -> Result<bool, ServiceError> {
        let now = self.now();
        let look = |conn: &mut Conn| {
            Ok::<_, StorageError>((notifications::ends(conn)?, notifications::mailings(conn)?))
        };
        let (ends, mailings) = self.ledger.read(look).await?;
        let mut steps = 0;
        for (community_id, end) in ends {
            let own: Vec<_> = mailings.iter().filter(|one| one.community_id == community_id).collect();
            if own.len() < 3 {
                self.begin_mailings(community_id, end).await?;
                return Ok(true);
            }
            for mailing in own {
                let is_due = match mailing.cadence {
                    Cadence::AtOnce => mailing.told_seq < end,
                    _ => mailing.until_seq > 0 || mailing.due_at <= now,
                };
                if is_due {
                    steps += 1;
                    if self.go_on(*mailing, end).await? || steps == STEPS_PER_PIECE {
                        return Ok(true);
                    }
                }
            }
        }
        Ok(false)
    }

    /// From now on a community's events are told: what happened before was nobody's to be told.
    async fn begin_mailings(&self, community_id: CommunityId, end: i64) -> Result<(), ServiceError> {
        let now = self.now();
        let community = self.community_of(community_id).await?;
        let begin = move |conn: &mut Conn| {
            for cadence in [Cadence::AtOnce, Cadence::Daily, Cadence::Weekly] {
                let due_at = next_digest(&community, cadence, now);
                let (until_seq, after_user) = (0, NOBODY);
                let new = Mailing { community_id, cadence, told_seq: end, due_at, until_seq, after_user };
                notifications::begin(conn, &new)?;
            }
            Ok(())
        };
        Ok(self.ledger.write(begin).await?)
    }

    async fn community_of(&self, id: CommunityId) -> Result<Arc<Community>, ServiceError> {
        let found = self.ledger.read(move |conn| communities::find(conn, id)).await?;
        found.map(Arc::new).ok_or_else(|| ServiceError::Internal(format!("community {id} is not there")))
    }

    /// The next step of a mailing that is due. Whether another one is.
    async fn go_on(&self, mailing: Mailing, end: i64) -> Result<bool, ServiceError> {
        let community = self.community_of(mailing.community_id).await?;
        if mailing.cadence == Cadence::AtOnce {
            return self.tell_at_once(mailing, community, end).await;
        }
        if mailing.until_seq == 0 {
            // What happens from here on is the next digest's.
            let due_at = next_digest(&community, mailing.cadence, self.now());
            let is_empty = mailing.told_seq == end;
            let until_seq = if is_empty { 0 } else { end };
            let to = Mailing { due_at, until_seq, ..mailing };
            self.ledger.write(move |conn| notifications::advance(conn, &mailing, &to)).await?;
            return Ok(true);
        }
        self.write_digests(mailing, community).await
    }

    async fn tell_at_once(
        &self,
        mailing: Mailing,
        community: Arc<Community>,
        end: i64,
    ) -> Result<bool, ServiceError> {
        let of = Arc::clone(&community);
        let gather = move |conn: &mut Conn| {
            let mut gathered = Gathered::behind(mailing.told_seq);
            gathered.add_look(conn, &of, Cadence::AtOnce, end)?;
            Ok::<_, StorageError>(gathered)
        };
        let gathered = self.ledger.read(gather).await?;
        let told_seq = gathered.through.max(mailing.told_seq + 1);
        // Each thing is a mail of its own, so that the first can be read before the last has happened.
        let split = |(user_id, tally): (UserId, Tally)| {
            let more = tally.more;
            let count = tally.items.len();
            tally.items.into_iter().enumerate().map(move |(place, item)| {
                let more = if place + 1 == count { more } else { 0 };
                (user_id, Tally { items: vec![item], more })
            })
        };
        let tallies: Vec<_> = gathered.tallies.into_iter().flat_map(split).collect();
        let to = Mailing { told_seq, ..mailing };
        self.write_step(mailing, to, community, NewsPeriod::Now, tallies).await?;
        Ok(told_seq < end)
    }

    /// Writes the digests of some users, gathered from all events of the period.
    async fn write_digests(
        &self,
        mut mailing: Mailing,
        community: Arc<Community>,
    ) -> Result<bool, ServiceError> {
        let mut gathered = Gathered::behind(mailing.told_seq);
        while gathered.through < mailing.until_seq {
            let of = Arc::clone(&community);
            let (cadence, until) = (mailing.cadence, mailing.until_seq);
            let look = move |conn: &mut Conn| {
                let before = gathered.through;
                gathered.add_look(conn, &of, cadence, until)?;
                // What cannot be read any more is not told.
                gathered.through = gathered.through.max(before + 1);
                Ok::<_, StorageError>(gathered)
            };
            gathered = self.ledger.read(look).await?;
        }
        let period = if mailing.cadence == Cadence::Weekly { NewsPeriod::Week } else { NewsPeriod::Day };
        let mut left: BTreeMap<UserId, Tally> = gathered.tallies;
        left.retain(|user_id, _| *user_id > mailing.after_user);
        loop {
            let some: Vec<_> = std::iter::from_fn(|| left.pop_first()).take(MAILS_PER_WRITE).collect();
            let to = if let Some((user_id, _)) = some.last() {
                Mailing { after_user: *user_id, ..mailing }
            } else {
                let (told_seq, until_seq) = (mailing.until_seq, 0);
                Mailing { told_seq, until_seq, after_user: NOBODY, ..mailing }
            };
            let is_last = some.is_empty();
            // Somebody else went on meanwhile: it is theirs.
            if !self.write_step(mailing, to, Arc::clone(&community), period, some).await? || is_last {
                return Ok(true);
            }
            mailing = to;
        }
    }

    /// Moves on, and puts the mails of this step into the outbox. False where somebody else has moved on.
    async fn write_step(
        &self,
        from: Mailing,
        to: Mailing,
        community: Arc<Community>,
        period: NewsPeriod,
        tallies: Vec<(UserId, Tally)>,
    ) -> Result<bool, ServiceError> {
        let now = self.now();
        let mut ids = (self.ids)();
        // Of what is only tried nobody is written.
        let told = if community.is_test() { Vec::new() } else { tallies };
        let has_mails = !told.is_empty();
        let write = move |conn: &mut Conn| {
            if !notifications::advance(conn, &from, &to)? {
                return Ok(false);
            }
            for (user_id, Tally { items, more }) in told {
                let Some(user) = users::find(conn, user_id)? else { continue };
                let addressee = Addressee {
                    address: user.email,
                    language: users::language(conn, user_id)?.unwrap_or(Language::English),
                    user_id: Some(user_id),
                    community_id: Some(community.id),
                };
                let name = Plain::from(community.name.as_str());
                let letter = Letter::News(News { community: name, period, items, more });
                let id = MailId::from_uuid(ids.uuid_at(now));
                mailing::enqueue(
                    conn,
                    &NewMail { id, addressee, letter, useful_until: None, written_at: now },
                )?;
            }
            Ok(true)
        };
        let has_moved = self.ledger.write(write).await?;
        // Where nobody is written, nothing is to be sent.
        if has_moved && has_mails {
            self.ring();
        }
        Ok(has_moved)
    }
}

/// When the next digest is due, after a time.
fn next_digest(community: &Community, cadence: Cadence, now: Timestamp) -> Timestamp {
    let zone = &community.time_zone;
    let at = TimeOfDay::from_minutes(DIGEST_AT_MIN).unwrap_or(TimeOfDay::MIDNIGHT);
    let find = || {
        let today = zone.day_of(now)?;
        let (first, step) = match cadence {
            Cadence::Weekly => (today.monday()?, 7),
            _ => (today, 1),
        };
        let moment = zone.moment(first, at)?;
        if moment > now { Some(moment) } else { zone.moment(first.plus_days(step)?, at) }
    };
    // Only at the end of the calendar there is none.
    find().unwrap_or(Timestamp::from_micros(i64::MAX))
}
