//! What a clock that was ahead left behind: work that would wait until the times come that it told. The operator is told, and the
//! work goes on from now. What the ledger holds keeps its times: its order never runs backwards.

use super::contributing;
use super::health::walk;
use super::monthly_statements::{due_at, month_of};
use super::{ServiceError, Services};
use crate::domain::community::Community;
use crate::domain::ids::CommunityId;
use crate::domain::time::Timestamp;
use crate::storage::health::{self, ahead};
use crate::storage::webhooks::moving;
use crate::storage::{Conn, StorageError, communities, mails, statement_mailings};

const DAY_S: i64 = 24 * 60 * 60;
/// How far ahead of now mails lie at most, in seconds: they wait for an hour between two attempts.
const MAILS_AHEAD_MAX_S: i64 = DAY_S;
/// The same of statements: those of a month are written in the morning after it.
const STATEMENTS_AHEAD_MAX_S: i64 = 40 * DAY_S;
/// The same of contributions and incomes: those of a week or a month are taken and paid when it is over.
const PERIODS_AHEAD_MAX_S: i64 = 40 * DAY_S;
/// The same of the day that is measured: it ends within a day, whatever the time zone was changed to.
const DAYS_AHEAD_MAX_S: i64 = 3 * DAY_S;
/// The same of writing its figures anew: some minutes, in the largest communities.
const FIGURES_AHEAD_MAX_S: i64 = DAY_S;
/// The same of webhooks' messages: they wait for a day between two attempts, and for what chance adds.
const WEBHOOKS_AHEAD_MAX_S: i64 = 2 * DAY_S;

/// What was brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BroughtBack {
    /// Mails that waited to be sent.
    pub mails: usize,
    /// Statements that waited for their month to end.
    pub statements: usize,
    /// Communities whose figures waited.
    pub communities: usize,
    /// Webhooks' messages that waited to be sent.
    pub webhooks: usize,
    /// Communities whose contributions waited.
    pub contributions: usize,
    /// Communities whose income waited.
    pub incomes: usize,
}

impl Services {
    /// Brings back what lies further ahead than work can lie, and tells the operator of it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn bring_back_what_is_ahead(&self) -> Result<BroughtBack, ServiceError> {
        let now = self.now();
        let mut brought = self.ledger.write(move |conn| bring_back(conn, now)).await?;
        brought.incomes = self.bring_incomes_back(now.plus_seconds(PERIODS_AHEAD_MAX_S)).await?;
        if brought != BroughtBack::default() {
            tracing::error!(
                mails = brought.mails,
                statements = brought.statements,
                communities = brought.communities,
                webhooks = brought.webhooks,
                contributions = brought.contributions,
                incomes = brought.incomes,
                "the machine's clock was ahead, or it is behind now: work lay in the future and goes on from now"
            );
        }
        Ok(brought)
    }
}

fn bring_back(conn: &mut Conn, now: Timestamp) -> Result<BroughtBack, StorageError> {
    let mut brought = BroughtBack {
        mails: mails::bring_back(conn, now, now.plus_seconds(MAILS_AHEAD_MAX_S))?,
        webhooks: moving::bring_back(conn, now, now.plus_seconds(WEBHOOKS_AHEAD_MAX_S))?,
        contributions: contributing::bring_back(conn, now, now.plus_seconds(PERIODS_AHEAD_MAX_S))?,
        ..BroughtBack::default()
    };
    let latest = now.plus_seconds(STATEMENTS_AHEAD_MAX_S);
    while let Some(id) = statement_mailings::find_ahead(conn, latest)? {
        let community = community(conn, id)?;
        let month = month_of(&community, now)?;
        let next = (month, due_at(&community, month)?.min(latest));
        brought.statements += statement_mailings::bring_back(conn, id, latest, next)?;
    }
    let [closed, refreshed] =
        [DAYS_AHEAD_MAX_S, FIGURES_AHEAD_MAX_S].map(|seconds| now.plus_seconds(seconds));
    while let Some(id) = ahead::find(conn, closed, refreshed)? {
        let community = community(conn, id)?;
        // Without any figures, measuring begins as in the beginning.
        if let Some(newest) = ahead::forget_after(conn, id, now)? {
            health::begin(conn, &walk::progress_behind(&community, &newest, now)?)?;
        }
        brought.communities += 1;
    }
    Ok(brought)
}

fn community(conn: &mut Conn, id: CommunityId) -> Result<Community, StorageError> {
    communities::find(conn, id)?.ok_or_else(|| StorageError::Corrupt(format!("community {id} is not there")))
}
