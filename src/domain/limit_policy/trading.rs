//! What accounts did, summed up trade by trade.

use std::collections::{HashMap, HashSet};

use crate::domain::amount::Amount;
use crate::domain::ids::AccountId;
use crate::domain::time::Timestamp;

/// A completed payment from one member to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trade {
    /// Who paid.
    pub payer_id: AccountId,
    /// Who was paid.
    pub payee_id: AccountId,
    /// How much.
    pub amount: Amount,
    /// When.
    pub at: Timestamp,
    /// Whether it gives back an earlier one.
    pub is_way_back: bool,
}

/// What an account did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trading {
    /// What it sold, less what it gave back.
    pub ever: Amount,
    /// The same since each of the times that were asked about.
    pub since: Vec<Amount>,
    /// How many others' accounts it traded with.
    pub partners: i64,
}

/// What all accounts did.
#[derive(Debug)]
pub struct Trades {
    times: Vec<Timestamp>,
    accounts: HashMap<AccountId, Trading>,
    pairs: HashSet<(AccountId, AccountId)>,
}

impl Trades {
    /// Nothing yet, with sales to be summed up since each of these times.
    pub fn since(times: Vec<Timestamp>) -> Self {
        Self { times, accounts: HashMap::new(), pairs: HashSet::new() }
    }

    /// One more.
    pub fn add(&mut self, trade: &Trade) {
        let Trade { payer_id, payee_id, amount, at, is_way_back } = *trade;
        let (seller_id, minor) =
            if is_way_back { (payer_id, -amount.minor()) } else { (payee_id, amount.minor()) };
        let add = |sum: &mut Amount| *sum = Amount::from_minor(sum.minor().saturating_add(minor));
        let sold = self.accounts.entry(seller_id).or_default();
        sold.since.resize(self.times.len(), Amount::ZERO);
        add(&mut sold.ever);
        for (sum, _) in sold.since.iter_mut().zip(&self.times).filter(|(_, time)| at >= **time) {
            add(sum);
        }
        if is_way_back {
            return;
        }
        for pair in [(payer_id, payee_id), (payee_id, payer_id)] {
            if self.pairs.insert(pair) {
                self.accounts.entry(pair.0).or_default().partners += 1;
            }
        }
    }

    /// What an account did; none where it did nothing.
    pub fn of(&self, account_id: AccountId) -> Option<&Trading> {
        self.accounts.get(&account_id)
    }
}
