//! Paying the fund's income, period after period: the oldest first, each once, to all who qualify or to nobody.

use std::collections::BTreeSet;

use super::contributions::no_month;
use super::income::{after, qualifying, turn_of};
use super::letters::Outbox;
use super::passed_over::PassedOver;
use super::settling::{PERIODS_BACK_MAX, settled_by};
use super::{ServiceError, Services};
use crate::domain::amount::Amount;
use crate::domain::command::{Action, Command, CommandNotice};
use crate::domain::community::Community;
use crate::domain::fold::Outcome;
use crate::domain::fund::{INCOME_MEMBERS_MAX, IncomePayment, IncomeRules, PayIncome, Period, total_of};
use crate::domain::ids::CommunityId;
use crate::domain::income_plan::{IncomePlan, NextIncome};
use crate::domain::time::Timestamp;
use crate::domain::zone::Day;
use crate::mail::{IncomeStopped, Letter, MissedWork, PeriodsMissed, Plain};
use crate::storage::{Conn, StorageError, accounts, communities, fund};

impl Services {
    /// Pays the income of one community's period that is over, if one is due. Whether more may be. After a crash, or beside
    /// another process, the period is asked for again and nothing more is paid. A community where it fails is passed over
    /// for this round: it stays due, and holds up no other.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pay_due_income(&self, passed_over: &mut PassedOver) -> Result<bool, ServiceError> {
        let (by, ids) = (settled_by(self.now()), passed_over.ids());
        let due = self.ledger.read(move |conn| fund::find_due(conn, by, &ids)).await?;
        let Some((community_id, plan)) = due else { return Ok(false) };
        let paid = self.pay_income_of(community_id, plan, by).await;
        Ok(passed_over.note(community_id, "incomes", paid))
    }

    async fn pay_income_of(
        &self,
        community_id: CommunityId,
        plan: IncomePlan,
        by: Timestamp,
    ) -> Result<(), ServiceError> {
        let mut outbox = self.outbox();
        let find = move |conn: &mut Conn| find_turn(conn, &mut outbox, (community_id, &plan), by);
        let (pay, notices) = self.ledger.read(find).await?;
        let command = Command { notices, ..Command::by_service(community_id, Action::PayIncome(pay)) };
        match self.ledger.submit(command).await? {
            Outcome::Done => {
                self.ring();
                Ok(())
            }
            other => Err(ServiceError::Internal(format!("an income gave {other:?}"))),
        }
    }

    /// Has the period in progress come next where a later one does, because a clock was ahead. How many communities that was.
    ///
    /// # Errors
    /// When the database or the ledger fails.
    pub(super) async fn bring_incomes_back(&self, latest: Timestamp) -> Result<usize, ServiceError> {
        let mut brought = BTreeSet::new();
        loop {
            let now = self.now();
            let find = move |conn: &mut Conn| {
                let Some((community_id, plan)) = fund::find_ahead(conn, latest)? else { return Ok(None) };
                let community = find_community(conn, community_id)?;
                let next = plan.rules.every.turn_at(&community, now).ok_or_else(no_month)?;
                Ok::<_, StorageError>(Some((community_id, moving(&plan, next))))
            };
            let Some((community_id, pay)) = self.ledger.read(find).await? else { return Ok(brought.len()) };
            if !brought.insert(community_id) {
                return Err(ServiceError::Internal(format!(
                    "the income of community {community_id} stays ahead"
                )));
            }
            let command = Command::by_service(community_id, Action::PayIncome(pay));
            match self.ledger.submit(command).await? {
                Outcome::Done => {}
                other => {
                    return Err(ServiceError::Internal(format!("bringing an income back gave {other:?}")));
                }
            }
        }
    }
}

/// Nothing is paid, and another period comes next.
const fn moving(plan: &IncomePlan, next: NextIncome) -> PayIncome {
    let IncomeRules { version, every, .. } = plan.rules;
    PayIncome { version, every, period: plan.next.period, next, payment: None, are_missed: false }
}

fn find_community(conn: &mut Conn, id: CommunityId) -> Result<Community, StorageError> {
    let gone = || StorageError::Corrupt("rules on an income of no community".into());
    communities::find(conn, id)?.ok_or_else(gone)
}

fn find_turn(
    conn: &mut Conn,
    outbox: &mut Outbox,
    (community_id, plan): (CommunityId, &IncomePlan),
    by: Timestamp,
) -> Result<(PayIncome, Vec<CommandNotice>), StorageError> {
    let community = find_community(conn, community_id)?;
    let (rules, period) = (&plan.rules, plan.next.period);
    // The community's clocks may have been changed since.
    let here = turn_of(&community, rules.every, period)?;
    if here.due_at > by {
        return Ok((moving(plan, here), Vec::new()));
    }
    let present = rules.every.turn_at(&community, by).ok_or_else(no_month)?;
    if !rules.amount.is_positive() {
        return Ok((moving(plan, present), Vec::new()));
    }
    let oldest = rules.every.back(present.period, PERIODS_BACK_MAX).ok_or_else(no_month)?;
    if period < oldest {
        tracing::error!(community.id = %community_id, "incomes from {period} to {oldest} are not paid: they are too long ago");
        let last = rules.every.back(oldest, 1).ok_or_else(no_month)?;
        let letter = Letter::PeriodsMissed(PeriodsMissed {
            community: Plain::from(community.name.as_str()),
            work: MissedWork::Income,
            first: Plain::from(label(rules.every, period)),
            last: Plain::from(label(rules.every, last)),
        });
        let notices = outbox.notices_to_all_admins(conn, &community, &letter)?;
        let next = turn_of(&community, rules.every, oldest)?;
        return Ok((PayIncome { are_missed: true, ..moving(plan, next) }, notices));
    }
    let next = after(&community, rules.every, period)?;
    let (payment, notices) = income_of(conn, outbox, &community, rules, &here)?;
    Ok((PayIncome { payment, ..moving(plan, next) }, notices))
}

fn income_of(
    conn: &mut Conn,
    outbox: &mut Outbox,
    community: &Community,
    rules: &IncomeRules,
    turn: &NextIncome,
) -> Result<(Option<IncomePayment>, Vec<CommandNotice>), StorageError> {
    let Some(fund_id) = accounts::find_commons(conn, community.id)? else { return Ok((None, Vec::new())) };
    let mut account_ids = qualifying(conn, community, rules, turn.due_at)?;
    let are_too_many = account_ids.len() > INCOME_MEMBERS_MAX;
    account_ids.truncate(INCOME_MEMBERS_MAX);
    let held = accounts::find_many(conn, community.id, &[fund_id])?.pop();
    let available = held.map_or(Amount::ZERO, |fund| fund.available());
    let members = i64::try_from(account_ids.len()).unwrap_or(i64::MAX);
    let money = |amount: Amount| format!("{} {}", community.scale.format(amount), community.symbol);
    let letter = Letter::IncomeStopped(IncomeStopped {
        community: Plain::from(community.name.as_str()),
        period: Plain::from(label(rules.every, turn.period)),
        needed: Plain::from(money(total_of(rules.amount, members))),
        available: Plain::from(money(available)),
    });
    let notices = outbox.notices_to_all_admins(conn, community, &letter)?;
    let payment = IncomePayment {
        fund_id,
        description: label(rules.every, turn.period),
        amount: rules.amount,
        account_ids,
        are_too_many,
    };
    Ok((Some(payment), notices))
}

/// What a period is called: a month, or the Monday of a week.
fn label(every: Period, period: Day) -> String {
    match every {
        Period::Week => period.to_string(),
        Period::Month => period.year_and_month(),
    }
}
