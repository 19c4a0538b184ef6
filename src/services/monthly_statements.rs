//! An account's statement by mail after each month, for those of its users who want it: each month's once, with the
//! transaction that moves on to the next.

use super::caller::find_own_account;
use super::letters::Outbox;
use super::mailing::ClaimedMail;
use super::statements::{self, Days, STATEMENT_LINES_MAX};
use super::{ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::{Account, AccountReference, AccountStatus};
use crate::domain::community::Community;
use crate::domain::ids::{AccountId, CommunityId, UserId};
use crate::domain::refusal::Refusal;
use crate::domain::statement::Statement;
use crate::domain::time::Timestamp;
use crate::domain::zone::{Day, TimeOfDay};
use crate::mail::{Letter, MonthlyStatement, Plain};
use crate::storage::statement_mailings::{self, StatementMailing};
use crate::storage::{Conn, StorageError, accounts, communities, history, notifications};

/// When a month's statements are written, in minutes after the midnight that ends it by the community's clocks: at seven.
const WRITTEN_AT_MIN: i16 = 7 * 60;
/// How long an account waits whose books cannot be read, in seconds.
const DAMAGED_WAIT_S: i64 = 3_600;
/// How many months are caught up with, after a time in which nothing was written.
const MONTHS_BACK_MAX: i64 = 12;

/// What comes of a mailing that is due.
enum Step {
    /// Nothing is written now: it is too early, too late, or the user is not the account's any more.
    Quiet(Option<StatementMailing>),
    /// This is.
    Write(Box<Writing>),
}

/// A letter, and what comes after it.
struct Writing {
    to: Option<StatementMailing>,
    community: Community,
    letter: Letter,
}

impl Services {
    /// Which month's statement of an account the bearer is sent next; none where they want nothing.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the account is not theirs to see into, [`Refusal::Forbidden`] when they do not
    /// operate its member.
    pub async fn monthly_statement(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
    ) -> Result<Option<Day>, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                let (community, account_id) = find_operated(conn, &caller, &reference, now)?;
                let user_id = caller.authority.user_id;
                let found = statement_mailings::find(conn, community.id, account_id, user_id)?;
                Ok(found.map(|mailing| mailing.month))
            })
            .await
    }

    /// Begins or ends to send the bearer an account's statements, the first of them that of the month in progress. Which
    /// month's comes next.
    ///
    /// # Errors
    /// As [`Services::monthly_statement`].
    pub async fn choose_monthly_statement(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
        by_mail: bool,
    ) -> Result<Option<Day>, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.settle(move |conn| {
            let (community, account_id) = find_operated(conn, &caller, &reference, now)?;
            let (community_id, user_id) = (community.id, caller.authority.user_id);
            if !by_mail {
                statement_mailings::end(conn, community_id, account_id, user_id)?;
                return Ok(None);
            }
            let month = month_of(&community, now)?;
            let due_at = due_at(&community, month)?;
            let new = StatementMailing { community_id, account_id, user_id, month, due_at, told_seq: None };
            statement_mailings::begin(conn, &new)?;
            let found = statement_mailings::find(conn, community_id, account_id, user_id)?;
            Ok(found.map(|mailing| mailing.month))
        })
        .await
    }

    /// Writes one account's statement to one user, if one is due. Whether more may be.
    ///
    /// # Errors
    /// When it could not be done; it stays due.
    pub async fn mail_monthly_statement(&self) -> Result<bool, ServiceError> {
        let now = self.now();
        let find = move |conn: &mut Conn| {
            let Some(due) = statement_mailings::find_due(conn, now)? else { return Ok(None) };
            let step = match next_step(conn, due, now) {
                // One account whose books are damaged keeps nobody else's from being written.
                Err(StorageError::Corrupt(damage)) => {
                    tracing::error!(account.id = %due.account_id, "a monthly statement waits: {damage}");
                    Step::Quiet(Some(StatementMailing { due_at: now.plus_seconds(DAMAGED_WAIT_S), ..due }))
                }
                step => step?,
            };
            Ok::<_, StorageError>(Some((due, step)))
        };
        let Some((due, step)) = self.ledger.read(find).await? else { return Ok(false) };
        let outbox = self.outbox();
        self.write_with_mail(move |conn| take(conn, outbox, &due, step)).await?;
        Ok(true)
    }

    /// The statement that goes with a letter; none where none does.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn statement_to_enclose(
        &self,
        mail: &ClaimedMail,
        letter: &Letter,
    ) -> Result<Option<Statement>, ServiceError> {
        let Letter::MonthlyStatement(told) = letter.clone() else { return Ok(None) };
        if !told.is_enclosed {
            return Ok(None);
        }
        let (now, code) = (self.now(), told.account.to_string());
        let month = format!("{}-01", told.month).parse::<Day>();
        let (Ok(month), Some(community_id)) = (month, mail.community_id) else { return Ok(None) };
        self.ledger
            .read(move |conn| {
                let community = communities::find(conn, community_id)?;
                let account = accounts::find_by_code(conn, community_id, &code)?;
                let (Some(community), Some(account)) = (community, account) else { return Ok(None) };
                let days = Days { from: month, until: behind(month)? };
                let told = told.begins_behind.map(|seq| (seq, seq.saturating_add(told.entries)));
                statements::read(conn, (community, account), days, told, now).map(Some)
            })
            .await
    }
}

/// An account that the caller operates.
fn find_operated(
    conn: &mut Conn,
    caller: &Bearer,
    reference: &AccountReference,
    now: Timestamp,
) -> Result<(Community, AccountId), ServiceError> {
    let (community, Account { id, .. }) = find_own_account(conn, caller, reference, now)?;
    if is_of(conn, community.id, id, caller.authority.user_id)? {
        Ok((community, id))
    } else {
        Err(Refusal::Forbidden.into())
    }
}

/// Whether a user operates the account's member, who belongs to the community.
fn is_of(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
    user_id: UserId,
) -> Result<bool, StorageError> {
    let owners = notifications::owners(conn, community_id, &[account_id])?;
    Ok(owners.iter().any(|(_, owner)| *owner == user_id))
}

fn next_step(conn: &mut Conn, due: StatementMailing, now: Timestamp) -> Result<Step, StorageError> {
    let StatementMailing { community_id, account_id, user_id, month, .. } = due;
    let Some(community) = communities::find(conn, community_id)? else { return Ok(Step::Quiet(None)) };
    let account = accounts::find_many(conn, community_id, &[account_id])?.pop();
    let Some(account) = account else { return Ok(Step::Quiet(None)) };
    if !is_of(conn, community_id, account_id, user_id)? {
        return Ok(Step::Quiet(None));
    }
    let at = |month: Day| {
        Ok::<_, StorageError>(StatementMailing { month, due_at: due_at(&community, month)?, ..due })
    };
    // The community's clocks may have been changed since.
    let planned = at(month)?;
    if planned.due_at > now {
        return Ok(Step::Quiet(Some(planned)));
    }
    let oldest = month_of(&community, now)?.plus_months(-MONTHS_BACK_MAX).ok_or_else(no_month)?;
    if month < oldest {
        let oldest = StatementMailing { told_seq: None, ..at(oldest)? };
        // The first that is written again says from when on there was none.
        return write(conn, (community, account), &oldest, Some(&due));
    }
    write(conn, (community, account), &due, None)
}

/// What is written of a month, and what comes next. From the month of another one on there may have been none until then.
fn write(
    conn: &mut Conn,
    (community, account): (Community, Account),
    due: &StatementMailing,
    missed: Option<&StatementMailing>,
) -> Result<Step, StorageError> {
    let (told, told_seq) = tell(conn, &community, &account, due)?;
    let none_since = missed.map(|missed| Plain::from(missed.month.year_and_month()));
    let told = MonthlyStatement { none_since, ..told };
    let is_missing_some = missed.is_some_and(|missed| missed.told_seq.unwrap_or(0) < told_seq);
    // A closed account is told of until its last entry is, also where that is not in this month.
    let is_over = account.status == AccountStatus::Closed && told_seq == account.account_seq;
    let month = behind(due.month)?;
    let due_at = due_at(&community, month)?;
    let next = StatementMailing { told_seq: Some(told_seq), month, due_at, ..*due };
    let next = (!is_over).then_some(next);
    if is_over && told.entries == 0 && !is_missing_some {
        return Ok(Step::Quiet(None));
    }
    let letter = Letter::MonthlyStatement(told);
    Ok(Step::Write(Box::new(Writing { to: next, community, letter })))
}

/// Moves on and writes what is to be written, unless somebody else has.
fn take(conn: &mut Conn, mut outbox: Outbox, due: &StatementMailing, step: Step) -> Result<(), StorageError> {
    match step {
        Step::Quiet(to) => statement_mailings::advance(conn, due, to.as_ref()).map(drop),
        Step::Write(writing) => {
            let Writing { to, community, letter } = *writing;
            if statement_mailings::advance(conn, due, to.as_ref())? {
                outbox.write_to_user(conn, &community, due.user_id, letter)?;
            }
            Ok(())
        }
    }
}

/// What is told of a month, and the account's last entry by its end. It begins where the one before it ended: nothing is told
/// twice and nothing missed, also where the community's clocks were changed in between.
fn tell(
    conn: &mut Conn,
    community: &Community,
    account: &Account,
    due: &StatementMailing,
) -> Result<(MonthlyStatement, i64), StorageError> {
    let month = due.month;
    let begin = community.time_zone.moment(month, TimeOfDay::MIDNIGHT).ok_or_else(no_month)?;
    let end = community.time_zone.moment(behind(month)?, TimeOfDay::MIDNIGHT).ok_or_else(no_month)?;
    let standings =
        history::standings_before(conn, community.id, account.id, account.account_seq, &[begin, end])?;
    let [begin, end] = standings[..] else {
        return Err(StorageError::Corrupt("a month has two ends".to_owned()));
    };
    let (mut opening, mut closing) = (begin, end);
    if let Some(told_seq) = due.told_seq.filter(|seq| *seq != begin.account_seq) {
        opening = history::standing_at(conn, community.id, account.id, told_seq)?;
        closing = if end.account_seq < told_seq { opening } else { end };
    }
    let entries = closing.account_seq - opening.account_seq;
    let money = |amount| Plain::from(format!("{} {}", community.scale.format(amount), community.symbol));
    let told = MonthlyStatement {
        community: Plain::from(community.name.as_str()),
        account: Plain::from(account.code.to_string()),
        month: Plain::from(month.to_string().chars().take("YYYY-MM".len()).collect::<String>()),
        opening: money(opening.balance),
        entries,
        closing: money(closing.balance),
        is_enclosed: entries <= STATEMENT_LINES_MAX,
        begins_behind: Some(opening.account_seq),
        none_since: None,
    };
    Ok((told, closing.account_seq))
}

/// The first day of the month that it is by the community's clocks.
pub(super) fn month_of(community: &Community, now: Timestamp) -> Result<Day, StorageError> {
    community.time_zone.day_of(now).map(Day::first_of_month).ok_or_else(no_month)
}

/// The first day behind a month.
fn behind(month: Day) -> Result<Day, StorageError> {
    month.plus_months(1).ok_or_else(no_month)
}

/// From when on a month's statement can be written.
pub(super) fn due_at(community: &Community, month: Day) -> Result<Timestamp, StorageError> {
    let at = TimeOfDay::from_minutes(WRITTEN_AT_MIN).unwrap_or(TimeOfDay::MIDNIGHT);
    community.time_zone.moment(behind(month)?, at).ok_or_else(no_month)
}

fn no_month() -> StorageError {
    StorageError::Corrupt("a month outside of the calendar".to_owned())
}
