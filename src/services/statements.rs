//! What happened on an account in a period.

use super::books_room::BooksRoom;
use super::caller::find_own_account;
use super::{Fault, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::{Account, AccountReference};
use crate::domain::community::Community;
use crate::domain::language::Language;
use crate::domain::statement::{HistoryEntry, Period, Statement, StatementLine};
use crate::domain::time::Timestamp;
use crate::domain::zone::{Day, TimeOfDay};
use crate::storage::{Conn, StorageError, history, users};

/// The most entries of one statement: a year of a shop that is paid 27 times a day.
pub const STATEMENT_LINES_MAX: i64 = 10_000;
/// Days on end, the first of them and the day after the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first day.
    pub from: Day,
    /// The day after the last.
    pub until: Day,
}

impl Services {
    /// What happened on an account in these days of its community, and the language in which the bearer reads; with the
    /// room that making it takes, to be held until it is written.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the account is not the bearer's to look into, and what is wrong with the period;
    /// [`ServiceError::Overloaded`] when there is no room.
    pub async fn statement(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
        days: Days,
    ) -> Result<(Statement, Language, BooksRoom), ServiceError> {
        let room = self.room_for_books(bearer.authority.user_id)?;
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                let own = find_own_account(conn, &caller, &reference, now)?;
                let statement = read(conn, own, days, None, now)?;
                let language = users::language(conn, caller.authority.user_id)?;
                Ok((statement, language.unwrap_or(Language::English), room))
            })
            .await
    }
}

/// What happened on an account in these days, or, where they were told otherwise before, by the entries behind one and up to
/// another. Entries are never changed, so that what is read one after the other fits together.
pub(super) fn read(
    conn: &mut Conn,
    (community, account): (Community, Account),
    days: Days,
    told: Option<(i64, i64)>,
    now: Timestamp,
) -> Result<Statement, ServiceError> {
    let period = find_period(&community, days)?;
    let newest = account.account_seq;
    let (community_id, account_id) = (community.id, account.id);
    let standings = match told {
        None => history::standings_before(conn, community_id, account_id, newest, &period.moments)?,
        Some((after, upto)) => [after, upto]
            .into_iter()
            .map(|seq| history::standing_at(conn, community_id, account_id, seq))
            .collect::<Result<_, _>>()?,
    };
    let [opening, closing] = standings[..] else {
        return Err(ServiceError::Internal("a period has two ends".to_owned()));
    };
    let count = closing.account_seq - opening.account_seq;
    if count > STATEMENT_LINES_MAX {
        let text = format!(
            "makes a period with {count} entries, and a statement has at most {STATEMENT_LINES_MAX}; end earlier, and begin the next where this one ends"
        );
        return Err(ServiceError::Invalid(vec![Fault::new("to", "too_many", text)]));
    }
    let range = (opening.account_seq, closing.account_seq);
    let entries = history::between(conn, community.id, account.id, range)?;
    let lines = entries.into_iter().map(|entry| line(&community, &period, entry)).collect();
    Statement::new((community, account), period, (opening.balance, closing.balance), lines, now)
        .map_err(|error| StorageError::Corrupt(format!("account {account_id}: {error}")).into())
}

pub(super) fn find_period(community: &Community, Days { from, until }: Days) -> Result<Period, ServiceError> {
    let fault = |name: &str, code, detail: &str| ServiceError::Invalid(vec![Fault::new(name, code, detail)]);
    if until <= from {
        let detail = "is the day after the last one, so it comes after `from`";
        return Err(fault("to", "out_of_range", detail));
    }
    let moment = |name, day| {
        let moment = community.time_zone.moment(day, TimeOfDay::MIDNIGHT);
        moment.ok_or_else(|| fault(name, "out_of_range", "is too far away"))
    };
    Ok(Period { from, until, moments: [moment("from", from)?, moment("to", until)?] })
}

pub(super) fn line(community: &Community, period: &Period, entry: HistoryEntry) -> StatementLine {
    // Whatever was posted is within the calendar.
    let booked_on = community.time_zone.day_of(entry.created_at).unwrap_or(period.from);
    StatementLine { entry, booked_on }
}
