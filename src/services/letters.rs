//! Mails on behalf of a community, put into the outbox by the transaction that is their reason: a write, or the ledger's
//! batch with the command.

use super::mailing::{self, Addressee, NewMail};
use super::{ServiceError, Services};
use crate::auth::one_time::OneTimeToken;
use crate::domain::command::{CommandNotice, NoticeOf};
use crate::domain::community::Community;
use crate::domain::ids::{IdSource, MailId, MemberId, UserId};
use crate::domain::language::Language;
use crate::domain::time::Timestamp;
use crate::mail::{self, Letter};
use crate::storage::{Conn, StorageError, audits, members, users};

/// The most admins who are told of one thing.
pub(super) const ADMINS_TOLD_MAX: i64 = 20;
/// The most users of one member who are told of one thing.
const USERS_TOLD_MAX: usize = 20;

/// Writes letters inside a transaction.
pub struct Outbox {
    ids: Box<dyn IdSource + Send>,
    now: Timestamp,
}

impl Services {
    /// What writes letters with ids of their own.
    pub(super) fn outbox(&self) -> Outbox {
        Outbox { ids: (self.ids)(), now: self.now() }
    }
}

impl Outbox {
    /// Writes to an address, on behalf of a community.
    pub fn write(
        &mut self,
        conn: &mut Conn,
        addressee: Addressee,
        letter: Letter,
        useful_until: Option<Timestamp>,
    ) -> Result<(), StorageError> {
        mailing::enqueue(conn, &self.mail(addressee, letter, useful_until))
    }

    fn mail(&mut self, addressee: Addressee, letter: Letter, useful_until: Option<Timestamp>) -> NewMail {
        let id = MailId::from_uuid(self.ids.uuid_at(self.now));
        NewMail { id, addressee, letter, useful_until, written_at: self.now }
    }

    /// Writes to a user, on behalf of a community.
    pub fn write_to_user(
        &mut self,
        conn: &mut Conn,
        community: &Community,
        user_id: UserId,
        letter: Letter,
    ) -> Result<(), StorageError> {
        // Of what is only tried nobody is written.
        if community.is_test() {
            return Ok(());
        }
        match addressee(conn, community, user_id)? {
            Some(addressee) => self.write(conn, addressee, letter, None),
            None => Ok(()),
        }
    }

    /// Writes to a community's admins.
    pub fn write_to_admins(
        &mut self,
        conn: &mut Conn,
        community: &Community,
        letter: &Letter,
    ) -> Result<(), StorageError> {
        for user_id in members::admins(conn, community.id, ADMINS_TOLD_MAX)? {
            self.write_to_user(conn, community, user_id, letter.clone())?;
        }
        Ok(())
    }

    /// Mails to users, for a command to put into the outbox once it is known what comes of it.
    fn notices(
        &mut self,
        conn: &mut Conn,
        community: &Community,
        users: impl IntoIterator<Item = UserId>,
        (of, letter): (NoticeOf, &Letter),
    ) -> Result<Vec<CommandNotice>, StorageError> {
        let mut notices = Vec::new();
        for user_id in users {
            if let Some(addressee) = addressee(conn, community, user_id)? {
                let mail = self.mail(addressee, letter.clone(), None).to_outbox();
                notices.push(CommandNotice { of, mail });
            }
        }
        Ok(notices)
    }

    /// Mails to those who operate a member, about what a command does.
    pub fn notices_to_member(
        &mut self,
        conn: &mut Conn,
        community: &Community,
        member_id: MemberId,
        letter: &Letter,
    ) -> Result<Vec<CommandNotice>, StorageError> {
        self.notices_to_members(conn, community, &[member_id], letter)
    }

    /// Mails to those who operate any of these members, to each of them one.
    pub fn notices_to_members(
        &mut self,
        conn: &mut Conn,
        community: &Community,
        member_ids: &[MemberId],
        letter: &Letter,
    ) -> Result<Vec<CommandNotice>, StorageError> {
        let mut users = Vec::new();
        for member_id in member_ids {
            let own = audits::users_of_member(conn, community.id, *member_id)?;
            users.extend(own.into_iter().take(USERS_TOLD_MAX));
        }
        users.sort_unstable();
        users.dedup();
        self.notices(conn, community, users, (NoticeOf::Done, letter))
    }

    /// Mails to a community's admins, about what a command of the service does.
    pub fn notices_to_all_admins(
        &mut self,
        conn: &mut Conn,
        community: &Community,
        letter: &Letter,
    ) -> Result<Vec<CommandNotice>, StorageError> {
        let admins = members::admins(conn, community.id, ADMINS_TOLD_MAX)?;
        self.notices(conn, community, admins, (NoticeOf::Done, letter))
    }

    /// Mails to a community's admins but one.
    pub fn notices_to_admins(
        &mut self,
        conn: &mut Conn,
        community: &Community,
        but: UserId,
        about: (NoticeOf, &Letter),
    ) -> Result<Vec<CommandNotice>, StorageError> {
        let admins = members::admins(conn, community.id, ADMINS_TOLD_MAX)?;
        self.notices(conn, community, admins.into_iter().filter(|admin| *admin != but), about)
    }
}

/// A user's address on behalf of a community; none where there is no such user.
fn addressee(
    conn: &mut Conn,
    community: &Community,
    user_id: UserId,
) -> Result<Option<Addressee>, StorageError> {
    let Some(user) = users::find(conn, user_id)? else { return Ok(None) };
    Ok(Some(Addressee {
        address: user.email,
        language: users::language(conn, user_id)?.unwrap_or(Language::English),
        user_id: Some(user_id),
        community_id: Some(community.id),
    }))
}

/// A one-time token in the form in which letters carry it.
pub fn for_letter(token: &OneTimeToken) -> Result<mail::OneTimeToken, ServiceError> {
    mail::OneTimeToken::try_from(token.expose().to_owned())
        .map_err(|error| ServiceError::Internal(error.to_string()))
}
