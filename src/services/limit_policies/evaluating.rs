//! From accounts and their history to the limits that a policy gives them.

use crate::domain::amount::Amount;
use crate::domain::community::Community;
use crate::domain::ids::AccountId;
use crate::domain::limit_policy::{Evaluation, History, LimitPolicy, Trades};
use crate::domain::time::Timestamp;
use crate::domain::zone::{Day, TimeOfDay};
use crate::storage::limits::accounts::BoundAccount;
use crate::storage::limits::histories;
use crate::storage::{Conn, StorageError};

/// How many payments are read at once.
const PAYMENTS_PER_PAGE: i64 = 5_000;

/// A policy with everything that it looks at.
#[derive(Debug)]
pub struct Judge {
    policy: LimitPolicy,
    community: Community,
    today: Day,
    windows: Vec<i64>,
    trades: Trades,
}

impl Judge {
    /// Reads what a policy looks at, of all accounts or of one, as it is now.
    pub fn read(
        conn: &mut Conn,
        community: Community,
        policy: LimitPolicy,
        only: Option<AccountId>,
        now: Timestamp,
    ) -> Result<Self, StorageError> {
        let zone = &community.time_zone;
        let today = zone.day_of(now).ok_or_else(no_day)?;
        let windows = policy.windows();
        let begin = |days: &i64| {
            let first = today.plus_days(-days).ok_or_else(no_day)?;
            zone.moment(first, TimeOfDay::MIDNIGHT).ok_or_else(no_day)
        };
        let times = windows.iter().map(begin).collect::<Result<Vec<_>, StorageError>>()?;
        let mut trades = Trades::since(times);
        match only {
            _ if !policy.needs_history() => {}
            Some(account_id) => {
                let own = histories::of_account(conn, community.id, account_id)?;
                for trade in &own {
                    trades.add(trade);
                }
            }
            None => read_all(conn, &community, &mut trades)?,
        }
        Ok(Self { policy, community, today, windows, trades })
    }

    /// The community.
    pub const fn community(&self) -> &Community {
        &self.community
    }

    /// Whether the policy bounds how much or how often anybody pays.
    pub fn bounds_payments(&self) -> bool {
        self.policy.bounds_payments()
    }

    /// What the policy gives an account, and why.
    pub fn evaluate(&self, account: &BoundAccount) -> Result<Evaluation, StorageError> {
        let joined = self.community.time_zone.day_of(account.joined_at).ok_or_else(no_day)?;
        let trading = self.trades.of(account.id);
        let since = |place: usize| trading.and_then(|trading| trading.since.get(place)).copied();
        let recent_sales = self.windows.iter().enumerate();
        let recent_sales =
            recent_sales.map(|(place, days)| (*days, since(place).unwrap_or(Amount::ZERO))).collect();
        Ok(self.policy.evaluate(&History {
            kind: account.kind,
            group_id: account.group_id,
            months: joined.full_months_until(self.today),
            partners: trading.map_or(0, |trading| trading.partners),
            sales: trading.map_or(Amount::ZERO, |trading| trading.ever),
            recent_sales,
        }))
    }
}

/// Adds everything that a community's members paid each other.
fn read_all(conn: &mut Conn, community: &Community, trades: &mut Trades) -> Result<(), StorageError> {
    let owners = histories::owners(conn, community.id)?;
    let mut behind = None;
    loop {
        let (page, last) = histories::page(conn, community.id, &owners, behind, PAYMENTS_PER_PAGE)?;
        for trade in &page {
            trades.add(trade);
        }
        if last.is_none() {
            return Ok(());
        }
        behind = last;
    }
}

/// Whether limits count instead of the policy's at this time.
pub fn is_overridden(account: &BoundAccount, now: Timestamp) -> bool {
    account.overridden.is_some_and(|until| until.is_none_or(|until| now < until))
}

pub fn no_day() -> StorageError {
    StorageError::Corrupt("a time outside of the calendar".into())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::account::Limits;
    use crate::domain::groups::MemberKind;
    use crate::domain::ids::MemberId;
    use crate::domain::payment_rules::PaymentRules;

    #[test]
    fn limits_of_ones_own_count_until_they_end_and_not_in_that_moment() {
        let time = Timestamp::from_micros;
        let at = |overridden, now| {
            let account = BoundAccount {
                id: AccountId::from_uuid(Uuid::nil()),
                code: String::new(),
                name: String::new(),
                member_id: MemberId::from_uuid(Uuid::nil()),
                joined_at: time(0),
                kind: MemberKind::Person,
                group_id: None,
                limits: Limits::default(),
                rules: PaymentRules::default(),
                changes: 0,
                overridden,
            };
            is_overridden(&account, time(now))
        };
        assert!(at(Some(Some(time(10))), 9) && !at(Some(Some(time(10))), 10));
        assert!(at(Some(None), i64::MAX) && !at(None, 0));
    }
}
