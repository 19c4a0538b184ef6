//! A shop's takings day by day.

use std::collections::HashMap;

use super::books_room::BooksRoom;
use super::caller::find_own_account;
use super::statements::{Days, find_period, line};
use super::{Fault, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::{Account, AccountReference};
use crate::domain::checkout::NationalPart;
use crate::domain::community::Community;
use crate::domain::ids::PaymentId;
use crate::domain::reconciliation::Reconciliation;
use crate::domain::statement::StatementLine;
use crate::domain::time::Timestamp;
use crate::storage::{Conn, StorageError, checkouts, history};

/// The most entries that are summed up at once: a month of a shop that is paid 6,000 times a day.
pub const RECONCILED_ENTRIES_MAX: i64 = 200_000;
/// How many of them are in memory at once.
const ENTRIES_AT_ONCE: i64 = 5_000;

impl Services {
    /// An account's takings in these days of its community, with the room that making it takes, to be held until it is
    /// written.
    ///
    /// # Errors
    /// As [`Services::statement`], but for more entries.
    pub async fn reconciliation(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
        days: Days,
    ) -> Result<(Reconciliation, BooksRoom), ServiceError> {
        let room = self.room_for_books(bearer.authority.user_id)?;
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                let own = find_own_account(conn, &caller, &reference, now)?;
                Ok((sum_up(conn, own, days, now)?, room))
            })
            .await
    }
}

fn sum_up(
    conn: &mut Conn,
    (community, account): (Community, Account),
    days: Days,
    now: Timestamp,
) -> Result<Reconciliation, ServiceError> {
    let period = find_period(&community, days)?;
    let (community_id, account_id) = (community.id, account.id);
    let standings =
        history::standings_before(conn, community_id, account_id, account.account_seq, &period.moments)?;
    let [opening, closing] = standings[..] else {
        return Err(ServiceError::Internal("a period has two ends".to_owned()));
    };
    let count = closing.account_seq - opening.account_seq;
    if count > RECONCILED_ENTRIES_MAX {
        let text = format!(
            "makes a period with {count} entries, and at most {RECONCILED_ENTRIES_MAX} are summed up at once; end earlier, and begin the next where this one ends"
        );
        return Err(ServiceError::Invalid(vec![Fault::new("to", "too_many", text)]));
    }
    let mut sums = Reconciliation::new((community, account), period, opening.balance, now);
    let mut after = opening.account_seq;
    while after < closing.account_seq {
        let upto = closing.account_seq.min(after + ENTRIES_AT_ONCE);
        let entries = history::between(conn, community_id, account_id, (after, upto))?;
        let lines: Vec<_> = entries.into_iter().map(|entry| line(&sums.community, &period, entry)).collect();
        let national = national_of(conn, &sums, &lines)?;
        sums.add(&lines, &national)
            .map_err(|error| StorageError::Corrupt(format!("account {account_id}: {error}")))?;
        after = upto;
    }
    if sums.closing != closing.balance {
        return Err(
            StorageError::Corrupt(format!("account {account_id}: its balance is not its entries'")).into()
        );
    }
    Ok(sums)
}

/// What was paid, and is given back, in national money beside these entries' payments.
fn national_of(
    conn: &mut Conn,
    sums: &Reconciliation,
    lines: &[StatementLine],
) -> Result<HashMap<PaymentId, NationalPart>, StorageError> {
    let (community_id, account_id) = (sums.community.id, sums.account.id);
    let entries = lines.iter().map(|line| &line.entry);
    let (paid, given): (Vec<_>, Vec<_>) = entries.partition(|entry| entry.amount.is_positive());
    let [paid, given] =
        [paid, given].map(|entries| entries.iter().map(|entry| entry.payment_id).collect::<Vec<_>>());
    let mut parts = checkouts::national_parts(conn, community_id, account_id, &paid)?;
    parts.extend(checkouts::national_backs(conn, community_id, &given)?);
    Ok(parts.into_iter().collect())
}
