//! Writing to people: mails go into the outbox in the transaction of what caused them, and out of it one at a time.
//!
//! What sends them is in `jobs`. A mail is claimed for a while, sent without any transaction open, and settled; when
//! the process stops in between, the lease ends and the mail is sent once more, under the same Message-ID.

use super::{ServiceError, Services};
use crate::domain::ids::{CommunityId, MailId, UserId};
use crate::domain::language::Language;
use crate::domain::mail::{ATTEMPTS_MAX, MailState, OutboxMail, mask_address, next_attempt};
use crate::domain::time::Timestamp;
use crate::mail::{Letter, MailFault};
use crate::storage::mails::{self, Settlement};
use crate::storage::{Conn, StorageError};

pub use crate::storage::mails::ClaimedMail;

/// How long a mail is claimed, in seconds: longer than its delivery can take.
const LEASE_S: i64 = 120;
/// How long what was sent stays on the list, in seconds: 30 days.
const SENT_KEPT_S: i64 = 30 * 86_400;
/// How long what has failed stays on the list, in seconds: 90 days.
const FAILED_KEPT_S: i64 = 90 * 86_400;
/// The most mails that are deleted in one transaction.
const DELETED_MAX: i64 = 500;

/// To whom, and on whose behalf.
#[derive(Debug, Clone)]
pub struct Addressee {
    /// The whole address.
    pub address: String,
    /// The language to write it in.
    pub language: Language,
    /// The login that it is for, if there is one.
    pub user_id: Option<UserId>,
    /// The community whose admins may see what becomes of it.
    pub community_id: Option<CommunityId>,
}

/// A mail to be put into the outbox. [`Services::new_mail`] makes it.
#[derive(Debug, Clone)]
pub struct NewMail {
    pub(super) id: MailId,
    pub(super) addressee: Addressee,
    pub(super) letter: Letter,
    pub(super) useful_until: Option<Timestamp>,
    pub(super) written_at: Timestamp,
}

impl NewMail {
    /// The mail as it stands in the outbox.
    pub(super) fn to_outbox(&self) -> OutboxMail {
        OutboxMail {
            id: self.id,
            community_id: self.addressee.community_id,
            user_id: self.addressee.user_id,
            recipient: self.addressee.address.clone(),
            kind: self.letter.kind(),
            language: self.addressee.language,
            parameters: self.letter.to_json(),
            useful_until: self.useful_until,
            created_at: self.written_at,
        }
    }

    /// The same mail, not sent any more after a time: that of its link.
    #[must_use]
    pub const fn useful_until(mut self, time: Timestamp) -> Self {
        self.useful_until = Some(time);
        self
    }
}

/// Puts a mail into the outbox, inside the transaction of what caused it. Who calls it lets the transaction go through
/// [`Services::write_with_mail`], so that the mail is sent at once.
///
/// # Errors
/// When the database refuses.
pub fn enqueue(conn: &mut Conn, new: &NewMail) -> Result<(), StorageError> {
    mails::insert(conn, &new.to_outbox())
}

impl Services {
    /// A mail with an id of its own, written now.
    pub fn new_mail(&self, addressee: Addressee, letter: Letter) -> NewMail {
        let id = MailId::from_uuid(self.fresh_uuid());
        NewMail { id, addressee, letter, useful_until: None, written_at: self.now() }
    }

    /// A short write that may put mails into the outbox: once it is committed, they are sent.
    ///
    /// # Errors
    /// What the write failed with.
    pub async fn write_with_mail<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, ServiceError> {
        let written = self.ledger.write(work).await?;
        self.ring();
        Ok(written)
    }

    /// A write that may still find that it must not be: then nothing of it stays. Mails that it leaves are sent.
    pub(super) async fn settle<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, ServiceError> + Send + 'static,
    ) -> Result<T, ServiceError> {
        self.write_with_mail(move |conn| Ok(conn.savepoint(work))).await?
    }

    /// Puts one mail into the outbox by itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn write_to(&self, addressee: Addressee, letter: Letter) -> Result<MailId, ServiceError> {
        let new = self.new_mail(addressee, letter);
        let id = new.id;
        self.write_with_mail(move |conn| enqueue(conn, &new)).await?;
        Ok(id)
    }

    /// Says that something may be due in the background.
    pub(super) fn ring(&self) {
        self.wake.notify_one();
    }

    /// Waits until something may be due in the background.
    pub async fn work_arrived(&self) {
        self.wake.notified().await;
    }

    /// Takes the mail that is due longest, for one attempt.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_mail(&self) -> Result<Option<ClaimedMail>, ServiceError> {
        let now = self.now();
        let leased_until = now.plus_seconds(LEASE_S);
        Ok(self.ledger.write(move |conn| mails::claim(conn, now, leased_until)).await?)
    }

    /// The letter of a claimed mail, unless it must not be sent any more.
    ///
    /// # Errors
    /// Why it must not.
    pub fn letter_of(&self, mail: &ClaimedMail) -> Result<Letter, MailFault> {
        let letter = mail.parameters.as_deref().and_then(Letter::from_json).ok_or(MailFault::Damaged)?;
        if mail.useful_until.is_some_and(|time| time <= self.now()) {
            return Err(MailFault::Expired);
        }
        if mail.attempts > ATTEMPTS_MAX {
            return Err(MailFault::Interrupted);
        }
        Ok(letter)
    }

    /// Notes what became of an attempt.
    ///
    /// # Errors
    /// When the database fails; then the lease ends by itself.
    pub async fn settle_mail(
        &self,
        mail: &ClaimedMail,
        outcome: Result<(), MailFault>,
    ) -> Result<MailState, ServiceError> {
        let now = self.now();
        let [chance, ..] = (self.ids)().random_16();
        let settlement = match outcome {
            Ok(()) => Settlement::Sent { masked_recipient: mask_address(&mail.recipient), at: now },
            Err(fault) => {
                let next = next_attempt(mail.attempts, now, chance).filter(|_| !fault.is_final());
                let error = fault.to_string();
                match next {
                    Some(at) => Settlement::Later { at, error },
                    None => Settlement::Failed { error, erase: holds_secret(mail) },
                }
            }
        };
        let state = match settlement {
            Settlement::Sent { .. } => MailState::Sent,
            Settlement::Later { .. } => MailState::Waiting,
            Settlement::Failed { .. } => MailState::Failed,
        };
        let (id, attempts) = (mail.id, mail.attempts);
        let is_own = self.ledger.write(move |conn| mails::settle(conn, id, attempts, &settlement)).await?;
        if !is_own {
            tracing::warn!(mail.id = %id, "a mail took longer than its lease; it may have been sent twice");
        }
        Ok(state)
    }

    /// Deletes mails that are settled for long. Whether there may be more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_old_mails(&self) -> Result<bool, ServiceError> {
        let now = self.now();
        let (sent, failed) = (now.plus_seconds(-SENT_KEPT_S), now.plus_seconds(-FAILED_KEPT_S));
        let deleted = self
            .ledger
            .write(move |conn| {
                let sent = mails::delete_old(conn, MailState::Sent, sent, DELETED_MAX)?;
                Ok(sent.max(mails::delete_old(conn, MailState::Failed, failed, DELETED_MAX)?))
            })
            .await?;
        Ok(i64::try_from(deleted).is_ok_and(|deleted| deleted >= DELETED_MAX))
    }
}

/// Whether a mail's parameters are erased when it fails. What cannot be read is not kept either.
fn holds_secret(mail: &ClaimedMail) -> bool {
    mail.parameters.as_deref().and_then(Letter::from_json).is_none_or(|letter| letter.holds_secret())
}
