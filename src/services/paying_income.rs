//! Paying the fund's income, period after period: the oldest first, each once, to all who qualify or to nobody.

use super::income::{after, qualifying, turn_of};
use super::letters::Outbox;
use super::passed_over::PassedOver;
use super::{ServiceError, Services};
use crate::domain::amount::Amount;
use crate::domain::command::{Action, Command, CommandNotice};
use crate::domain::community::Community;
use crate::domain::fold::Outcome;
use crate::domain::fund::{INCOME_MEMBERS_MAX, IncomeRules, PayIncome, Period, total_of};
use crate::domain::ids::CommunityId;
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::time::Timestamp;
use crate::domain::zone::Day;
use crate::mail::{IncomeStopped, Letter, Plain};
use crate::storage::fund::{self, NextIncome};
use crate::storage::{Conn, StorageError, accounts, communities};

/// What one period's turn takes.
struct Turn {
    /// None where nothing is paid.
    pay: Option<(PayIncome, Vec<CommandNotice>)>,
    to: NextIncome,
}

impl Services {
    /// Pays the income of one community's period that is over, if one is due. Whether more may be. After a crash, or beside
    /// another process, the period is asked for again and nothing more is paid. A community where it fails is passed over
    /// for this round: it stays due, and holds up no other.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pay_due_income(&self, passed_over: &mut PassedOver) -> Result<bool, ServiceError> {
        let (now, ids) = (self.now(), passed_over.ids());
        let due = self.ledger.read(move |conn| fund::find_due(conn, now, &ids)).await?;
        let Some((community_id, rules, next)) = due else { return Ok(false) };
        let paid = self.pay_income_of(community_id, rules, next.period).await;
        Ok(passed_over.note(community_id, "incomes", paid))
    }

    async fn pay_income_of(
        &self,
        community_id: CommunityId,
        rules: IncomeRules,
        period: Day,
    ) -> Result<(), ServiceError> {
        let (now, mut outbox, version) = (self.now(), self.outbox(), rules.version);
        let find = move |conn: &mut Conn| find_turn(conn, &mut outbox, (community_id, &rules, period), now);
        let Turn { pay, to } = self.ledger.read(find).await?;
        if let Some((pay, notices)) = pay {
            let command = Command { notices, ..Command::by_service(community_id, Action::PayIncome(pay)) };
            match self.ledger.submit(command).await? {
                Outcome::Done => self.ring(),
                Outcome::Refused(Refusal::NotFound(Thing::Payer)) => {}
                other => return Err(ServiceError::Internal(format!("an income gave {other:?}"))),
            }
        }
        self.ledger.write(move |conn| fund::advance(conn, community_id, (version, period), &to)).await?;
        Ok(())
    }
}

fn find_turn(
    conn: &mut Conn,
    outbox: &mut Outbox,
    (community_id, rules, period): (CommunityId, &IncomeRules, Day),
    now: Timestamp,
) -> Result<Turn, StorageError> {
    let gone = || StorageError::Corrupt("rules on an income of no community".into());
    let community = communities::find(conn, community_id)?.ok_or_else(gone)?;
    // The community's clocks may have been changed since.
    let here = turn_of(&community, rules.every, period)?;
    if here.due_at > now {
        return Ok(Turn { pay: None, to: here });
    }
    let pay =
        if rules.amount.is_positive() { income_of(conn, outbox, &community, rules, &here)? } else { None };
    let to = after(&community, rules.every, period)?;
    Ok(Turn { pay, to })
}

fn income_of(
    conn: &mut Conn,
    outbox: &mut Outbox,
    community: &Community,
    rules: &IncomeRules,
    turn: &NextIncome,
) -> Result<Option<(PayIncome, Vec<CommandNotice>)>, StorageError> {
    let Some(fund_id) = accounts::find_commons(conn, community.id)? else { return Ok(None) };
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
    let pay = PayIncome {
        fund_id,
        period: turn.period,
        description: label(rules.every, turn.period),
        amount: rules.amount,
        account_ids,
        are_too_many,
    };
    Ok(Some((pay, notices)))
}

/// What a period is called: a month, or the Monday of a week.
fn label(every: Period, period: Day) -> String {
    match every {
        Period::Week => period.to_string(),
        Period::Month => period.year_and_month(),
    }
}
