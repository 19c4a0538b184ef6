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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn account(number: u128) -> AccountId {
        AccountId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn sales_count_from_a_time_on_and_partners_once() {
        let time = Timestamp::from_micros;
        let mut trades = Trades::since(vec![time(0), time(100)]);
        let mut add = |payer, payee, minor, at, is_way_back| {
            let (payer_id, payee_id, amount) = (account(payer), account(payee), Amount::from_minor(minor));
            trades.add(&Trade { payer_id, payee_id, amount, at: time(at), is_way_back });
        };
        add(1, 9, 50, 99, false);
        add(1, 9, 30, 100, false);
        add(2, 9, 7, 101, false);
        add(9, 2, 4, 102, false);
        // What the seller gives back is no sale of whoever gets it.
        add(9, 1, 20, 103, true);
        let told = |number| {
            let of = trades.of(account(number)).unwrap();
            (of.ever.minor(), of.since.iter().map(|sum| sum.minor()).collect::<Vec<_>>(), of.partners)
        };
        assert_eq!(told(9), (67, vec![67, 17], 2));
        assert_eq!(told(2), (4, vec![4, 4], 1));
        assert_eq!(trades.of(account(1)).map(|of| (of.ever.minor(), of.partners)), Some((0, 1)));
        assert!(trades.of(account(3)).is_none());
    }
}
