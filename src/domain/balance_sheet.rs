//! A community's balance sheet: what its members hold and owe, and that it adds up to zero.

use thiserror::Error;

use super::account::{AccountKind, AccountStatus};
use super::amount::Amount;
use super::community::Community;
use super::time::Timestamp;
use super::zone::Day;

/// How an account stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountStanding {
    /// What it is for.
    pub kind: AccountKind,
    /// Whether it took part.
    pub status: AccountStatus,
    /// How far it might go below zero.
    pub credit_limit: Amount,
    /// The sum of its entries.
    pub balance: Amount,
}

/// The sums of a community's accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BalanceSheet {
    /// What members hold: the sum of their balances above zero.
    pub held: Amount,
    /// How many members' accounts that is.
    pub holding: usize,
    /// What members owe: the sum of their balances below zero, which is below zero.
    pub owed: Amount,
    /// How many members' accounts that is.
    pub owing: usize,
    /// The community's own fund.
    pub commons: Amount,
    /// Losses that the community bears.
    pub write_off: Amount,
    /// What this community owes others, or they owe it.
    pub peers: Amount,
    /// Held for authorised payments; part of what members hold, or of the credit that they were granted.
    pub reserved: Amount,
    /// How far all members' accounts that are open might go below zero together; those of members who are leaving no further.
    pub credit_granted: Amount,
}

/// A balance sheet with what it is about.
#[derive(Debug, Clone)]
pub struct BalanceSheetOf {
    /// The community.
    pub community: Community,
    /// The day at whose end it holds; none for now.
    pub day: Option<Day>,
    /// The last record that counts.
    pub seq: i64,
    /// The sums.
    pub sheet: BalanceSheet,
    /// When it was made.
    pub made_at: Timestamp,
}

/// Balances that do not add up to zero, or not at all: the ledger is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the balances of the community do not add up to zero")]
pub struct Unbalanced;

impl BalanceSheet {
    /// The sums of these accounts and of what is held in them.
    ///
    /// # Errors
    /// Where the balances do not add up to zero: nobody is shown that.
    pub fn new(accounts: &[AccountStanding], holds: &[Amount]) -> Result<Self, Unbalanced> {
        let mut sheet = Self::default();
        for account in accounts {
            sheet.add(account).ok_or(Unbalanced)?;
        }
        let reserved = holds.iter().try_fold(Amount::ZERO, |sum, hold| sum.checked_add(*hold));
        sheet.reserved = reserved.ok_or(Unbalanced)?;
        let parts = [sheet.held, sheet.owed, sheet.commons, sheet.write_off, sheet.peers];
        let sum = parts.into_iter().try_fold(Amount::ZERO, Amount::checked_add);
        if sum == Some(Amount::ZERO) { Ok(sheet) } else { Err(Unbalanced) }
    }

    fn add(&mut self, account: &AccountStanding) -> Option<()> {
        let balance = account.balance;
        let sum = match account.kind {
            AccountKind::Member if balance.is_negative() => {
                self.owing += 1;
                &mut self.owed
            }
            AccountKind::Member => {
                self.holding += usize::from(balance.is_positive());
                &mut self.held
            }
            AccountKind::Commons => &mut self.commons,
            AccountKind::WriteOff => &mut self.write_off,
            AccountKind::Peer => &mut self.peers,
        };
        *sum = sum.checked_add(balance)?;
        let is_granted = !matches!(account.status, AccountStatus::Closed | AccountStatus::Leaving);
        if account.kind == AccountKind::Member && is_granted {
            self.credit_granted = self.credit_granted.checked_add(account.credit_limit)?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(kind: AccountKind, minor: i64) -> AccountStanding {
        let (status, credit_limit) = (AccountStatus::Active, Amount::from_minor(100));
        AccountStanding { kind, status, credit_limit, balance: Amount::from_minor(minor) }
    }

    #[test]
    fn each_account_is_in_one_sum_and_all_are_zero() {
        use AccountKind::{Commons, Member, Peer, WriteOff};
        let mut accounts = [
            (Member, 70),
            (Member, 5),
            (Member, -80),
            (Member, 0),
            (Commons, 12),
            (WriteOff, -4),
            (Peer, -3),
        ]
        .map(|(kind, minor)| account(kind, minor));
        accounts[3].status = AccountStatus::Closed;
        let sheet = BalanceSheet::new(&accounts, &[Amount::from_minor(9), Amount::from_minor(1)]).unwrap();
        let sums = [
            sheet.held,
            sheet.owed,
            sheet.commons,
            sheet.write_off,
            sheet.peers,
            sheet.reserved,
            sheet.credit_granted,
        ];
        assert_eq!(sums.map(Amount::minor), [75, -80, 12, -4, -3, 10, 300]);
        assert_eq!((sheet.holding, sheet.owing), (2, 1));
        accounts[0].balance = Amount::from_minor(71);
        assert_eq!(BalanceSheet::new(&accounts, &[]), Err(Unbalanced));
        let huge = [account(Member, i64::MAX), account(Member, i64::MAX)];
        assert_eq!(BalanceSheet::new(&huge, &[]), Err(Unbalanced));
    }
}
