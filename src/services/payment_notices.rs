//! What people are written about payments: each once, by the transaction that takes the note of it away.

use super::letters::Outbox;
use super::{ServiceError, Services};
use crate::domain::community::Community;
use crate::domain::ids::{CommunityId, UserId};
use crate::domain::notifications::{Cadence, Topic};
use crate::domain::payment::{Payment, PaymentState};
use crate::domain::records::NoticeKind;
use crate::domain::time::Timestamp;
use crate::mail::{Letter, PaymentEvent, PaymentNotice, Plain};
use crate::storage::{Conn, StorageError, communities, members, notifications, payment_notices, payments};

/// The most users of one account who are written.
const READERS_MAX: i64 = 10;

impl Services {
    /// Writes what is due to be written about one payment, if there is any. Whether more may be due.
    ///
    /// # Errors
    /// When the database fails; it is still due.
    pub async fn write_due_notice(&self) -> Result<bool, ServiceError> {
        let now = self.now();
        let due = self.ledger.read(move |conn| payment_notices::find_due(conn, now)).await?;
        let Some(community_id) = due else { return Ok(false) };
        let mut outbox = self.outbox();
        self.write_with_mail(move |conn| write_one(conn, &mut outbox, community_id, now)).await
    }
}

fn write_one(
    conn: &mut Conn,
    outbox: &mut Outbox,
    community_id: CommunityId,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let Some(notice) = payment_notices::take_due(conn, community_id, now)? else { return Ok(false) };
    let Some(community) = communities::find(conn, community_id)? else { return Ok(true) };
    let found = payments::find_in_any(conn, &[community_id], notice.payment_id)?;
    let Some(payment) = found.filter(|payment| is_of_use(notice.kind, payment, now)) else {
        return Ok(true);
    };
    let is_for_payer = matches!(
        notice.kind,
        NoticeKind::RequestReceived | NoticeKind::RequestReminder | NoticeKind::RequestPaidForYou
    );
    let (reader, other) =
        if is_for_payer { (&payment.payer, &payment.payee) } else { (&payment.payee, &payment.payer) };
    let letter = letter(&community, &payment, notice.kind, &other.name);
    for user_id in members::users_of_account(conn, community_id, reader.account_id, READERS_MAX)? {
        if wants_mail(conn, community_id, user_id, notice.kind)? {
            outbox.write_to_user(conn, &community, user_id, letter.clone())?;
        }
    }
    Ok(true)
}

/// Nobody is asked to look at a request that was decided before the mail was written.
fn is_of_use(kind: NoticeKind, payment: &Payment, now: Timestamp) -> bool {
    match kind {
        NoticeKind::RequestReceived | NoticeKind::RequestReminder => {
            payment.state == PaymentState::Requested && payment.expires_at.is_none_or(|end| now < end)
        }
        NoticeKind::RequestAccepted | NoticeKind::RequestDeclined | NoticeKind::RequestPaidForYou => true,
    }
}

/// Whether a user wants to be written about such an event at once. Digests tell of the others; nothing is said of what
/// expires soon to who wants to hear nothing of requests.
fn wants_mail(
    conn: &mut Conn,
    community_id: CommunityId,
    user_id: UserId,
    kind: NoticeKind,
) -> Result<bool, StorageError> {
    let topic = match kind {
        NoticeKind::RequestReceived | NoticeKind::RequestReminder | NoticeKind::RequestPaidForYou => {
            Topic::RequestReceived
        }
        NoticeKind::RequestAccepted | NoticeKind::RequestDeclined => Topic::PaymentChanged,
    };
    let chosen = notifications::choices(conn, community_id, &[user_id])?.remove(&user_id).unwrap_or_default();
    let own = chosen.iter().find(|choice| choice.topic == topic);
    let cadence = own.map_or(topic.default_cadence(), |choice| choice.cadence);
    Ok(match kind {
        NoticeKind::RequestReminder => cadence != Cadence::Off,
        _ => cadence == Cadence::AtOnce,
    })
}

fn letter(community: &Community, payment: &Payment, kind: NoticeKind, other: &str) -> Letter {
    let event = match kind {
        NoticeKind::RequestReceived => PaymentEvent::RequestReceived,
        NoticeKind::RequestReminder => PaymentEvent::RequestReminder,
        NoticeKind::RequestAccepted => PaymentEvent::RequestAccepted,
        NoticeKind::RequestDeclined => PaymentEvent::RequestDeclined,
        NoticeKind::RequestPaidForYou => PaymentEvent::RequestPaidForYou,
    };
    let amount = format!("{} {}", community.scale.format(payment.amount), community.symbol);
    Letter::PaymentNotice(PaymentNotice {
        event,
        community: Plain::from(community.name.as_str()),
        other: Plain::from(other),
        amount: Plain::from(amount),
        description: Plain::from(payment.description.as_str()),
        reason: Plain::from(payment.reason.as_deref().unwrap_or_default()),
        until_micros: payment.expires_at.map(Timestamp::micros),
    })
}
