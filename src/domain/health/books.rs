//! What the figures are computed from.

use std::collections::{BTreeMap, BTreeSet};

use super::figure::Figure;
use crate::domain::account::{AccountKind, AccountStatus};
use crate::domain::amount::Amount;
use crate::domain::ids::MemberId;
use crate::domain::time::Timestamp;
use crate::domain::zone::Day;

/// An account as it stood at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HealthAccount {
    /// What it is for.
    pub kind: AccountKind,
    /// Whose it is; none for the community's own.
    pub member_id: Option<MemberId>,
    /// Whether it takes part.
    pub status: AccountStatus,
    /// How far below zero it may go.
    pub credit_limit: Amount,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// The sum of its entries.
    pub balance: Amount,
    /// Since when it has been below zero.
    pub negative_since: Option<Timestamp>,
    /// When it first paid or was paid.
    pub first_paid_at: Option<Timestamp>,
    /// When it last did.
    pub last_paid_at: Option<Timestamp>,
}

impl HealthAccount {
    /// Whose open account it is.
    pub fn open_of(&self) -> Option<MemberId> {
        let is_open = self.kind == AccountKind::Member && self.status != AccountStatus::Closed;
        self.member_id.filter(|_| is_open)
    }

    /// The balance, where it is above zero, and else zero.
    pub fn positive(&self) -> i128 {
        i128::from(self.balance.minor()).max(0)
    }

    /// How far the balance is below zero.
    pub fn negative(&self) -> i128 {
        (-i128::from(self.balance.minor())).max(0)
    }
}

/// A payment from one member to another that completed, or one that gives such a payment back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trade {
    /// Whose account paid.
    pub payer: MemberId,
    /// Whose account was paid.
    pub payee: MemberId,
    /// How much; above zero.
    pub amount: Amount,
    /// When.
    pub at: Timestamp,
    /// Whether it gives back what the payee paid the payer.
    pub is_way_back: bool,
}

/// What one member paid another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flow {
    /// In all, in minor units.
    pub paid: i128,
    /// What of it, or of what was paid before, was given back.
    pub given_back: i128,
}

/// The trade of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Which day.
    pub day: Day,
    /// When it begins: where the day before it ends.
    pub from: Timestamp,
    /// When it ends, or up to when it is known.
    pub until: Timestamp,
    /// The members of a pair in the order in which the money went first.
    pub flows: BTreeMap<(MemberId, MemberId), Flow>,
    /// How many trades there were.
    pub trades: i64,
    /// How many payments were refused, by the figure that counts them.
    pub refusals: BTreeMap<Figure, i64>,
    /// The supply at the day's end, once it is known.
    pub supply: Option<i64>,
}

impl Bucket {
    /// A day of which nothing is known yet.
    pub const fn new(day: Day, from: Timestamp, until: Timestamp) -> Self {
        Self { day, from, until, flows: BTreeMap::new(), trades: 0, refusals: BTreeMap::new(), supply: None }
    }

    /// Takes in a trade of this day.
    pub fn add(&mut self, trade: &Trade) {
        let amount = i128::from(trade.amount.minor());
        // No overflow: each amount is within 10^12, and nobody makes 10^26 payments.
        if trade.is_way_back {
            self.flows.entry((trade.payee, trade.payer)).or_default().given_back += amount;
        } else {
            self.flows.entry((trade.payer, trade.payee)).or_default().paid += amount;
            self.trades = self.trades.saturating_add(1);
        }
    }

    /// Counts refused payments with a problem code.
    pub fn add_refusals(&mut self, code: &str, count: i64) {
        let counted = self.refusals.entry(Figure::of_refusal(code)).or_default();
        *counted = counted.saturating_add(count);
    }

    /// What members paid each other.
    pub fn turnover(&self) -> i128 {
        self.flows.values().map(|flow| flow.paid).sum()
    }

    /// What was given back.
    pub fn given_back(&self) -> i128 {
        self.flows.values().map(|flow| flow.given_back).sum()
    }

    /// How many payments were refused.
    pub fn refused(&self) -> i64 {
        self.refusals.values().fold(0, |sum, count| sum.saturating_add(*count))
    }
}

/// Who traded on these days, on either side.
pub fn traders<'a>(buckets: impl IntoIterator<Item = &'a Bucket>) -> BTreeSet<MemberId> {
    let flows = buckets.into_iter().flat_map(|bucket| &bucket.flows).filter(|(_, flow)| flow.paid > 0);
    flows.flat_map(|((payer, payee), _)| [*payer, *payee]).collect()
}

/// What each member paid each other one on these days, less what was given back: nothing that is not above zero.
pub fn net_flows<'a>(buckets: impl IntoIterator<Item = &'a Bucket>) -> BTreeMap<(MemberId, MemberId), i128> {
    let mut net: BTreeMap<_, i128> = BTreeMap::new();
    for (pair, flow) in buckets.into_iter().flat_map(|bucket| &bucket.flows) {
        *net.entry(*pair).or_default() += flow.paid - flow.given_back;
    }
    net.retain(|_, amount| *amount > 0);
    net
}
