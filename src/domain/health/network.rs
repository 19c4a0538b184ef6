//! Who trades with whom.

use std::collections::BTreeMap;

use super::FEWEST;
use super::fraction::ten_thousandths;
use crate::domain::ids::MemberId;

/// Net trade between members: how much the first paid the second.
pub type Flows = BTreeMap<(MemberId, MemberId), i128>;

/// Weighted reciprocity: what is answered by trade the other way between the same two, as a share of all.
pub fn reciprocity(flows: &Flows) -> Option<i64> {
    let answered: i128 = flows
        .iter()
        .map(|((payer, payee), amount)| {
            let back = flows.get(&(*payee, *payer)).copied().unwrap_or(0);
            back.min(*amount)
        })
        .sum();
    ten_thousandths(answered, flows.values().sum())
}

/// The share of trade between members of whom each can be reached from the other along trade.
pub fn cycle_share(flows: &Flows) -> Option<i64> {
    let mut numbers: BTreeMap<MemberId, usize> = BTreeMap::new();
    for (payer, payee) in flows.keys() {
        for member in [payer, payee] {
            let next = numbers.len();
            numbers.entry(*member).or_insert(next);
        }
    }
    let number = |member: &MemberId| numbers.get(member).copied().unwrap_or(0);
    let mut payees = vec![Vec::new(); numbers.len()];
    for (payer, payee) in flows.keys() {
        if let Some(own) = payees.get_mut(number(payer)) {
            own.push(number(payee));
        }
    }
    let components = components(&payees);
    let component = |member: &MemberId| components.get(number(member));
    let within = flows.iter().filter(|((payer, payee), _)| component(payer) == component(payee));
    ten_thousandths(within.map(|(_, amount)| amount).sum(), flows.values().sum())
}

/// The strongly connected component of each node, given the nodes that each leads to (Tarjan 1972, without recursion:
/// a chain of payments may be as long as there are members).
fn components(edges: &[Vec<usize>]) -> Vec<usize> {
    const UNSEEN: usize = usize::MAX;
    let mut search = Search {
        order: vec![UNSEEN; edges.len()],
        lowest: vec![UNSEEN; edges.len()],
        component: vec![UNSEEN; edges.len()],
        open: Vec::new(),
        next: 0,
        components: 0,
    };
    for root in 0..edges.len() {
        if search.order.get(root) != Some(&UNSEEN) {
            continue;
        }
        search.enter(root);
        // The way to where the search is, each with how many of its edges were looked at.
        let mut way = vec![(root, 0_usize)];
        while let Some((node, looked_at)) = way.last_mut() {
            let node = *node;
            if let Some(to) = edges.get(node).and_then(|own| own.get(*looked_at)).copied() {
                *looked_at += 1;
                if search.order.get(to) == Some(&UNSEEN) {
                    search.enter(to);
                    way.push((to, 0));
                } else if search.component.get(to) == Some(&UNSEEN) {
                    let order = search.order.get(to).copied().unwrap_or(UNSEEN);
                    search.lower(node, order);
                }
            } else {
                search.leave(node);
                way.pop();
                if let Some((before, _)) = way.last() {
                    let lowest = search.lowest.get(node).copied().unwrap_or(UNSEEN);
                    search.lower(*before, lowest);
                }
            }
        }
    }
    search.component
}

/// Where a search for strongly connected components stands.
struct Search {
    /// When each node was entered.
    order: Vec<usize>,
    /// The earliest node that can be reached from each one and is still open.
    lowest: Vec<usize>,
    component: Vec<usize>,
    /// Nodes that have no component yet.
    open: Vec<usize>,
    next: usize,
    components: usize,
}

impl Search {
    fn enter(&mut self, node: usize) {
        for of_node in [self.order.get_mut(node), self.lowest.get_mut(node)].into_iter().flatten() {
            *of_node = self.next;
        }
        self.next += 1;
        self.open.push(node);
    }

    fn lower(&mut self, node: usize, to: usize) {
        if let Some(lowest) = self.lowest.get_mut(node) {
            *lowest = to.min(*lowest);
        }
    }

    /// Where nothing earlier can be reached, all that was opened since is one component.
    fn leave(&mut self, node: usize) {
        if self.lowest.get(node) != self.order.get(node) {
            return;
        }
        while let Some(member) = self.open.pop() {
            if let Some(component) = self.component.get_mut(member) {
                *component = self.components;
            }
            if member == node {
                break;
            }
        }
        self.components += 1;
    }
}

/// What each seller sold.
fn sales(flows: &Flows) -> Vec<i128> {
    let mut sales: BTreeMap<MemberId, i128> = BTreeMap::new();
    for ((_, payee), amount) in flows {
        *sales.entry(*payee).or_default() += amount;
    }
    sales.into_values().collect()
}

/// The Herfindahl–Hirschman index of sales. None with fewer than three sellers.
pub fn sales_concentration(flows: &Flows) -> Option<i64> {
    let sales = sales(flows);
    if sales.len() < FEWEST {
        return None;
    }
    let all: i128 = sales.iter().sum();
    let squares = sales.iter().try_fold(0_i128, |sum, own| sum.checked_add(own.checked_mul(*own)?))?;
    ten_thousandths(squares, all.checked_mul(all)?)
}

/// What the tenth of sellers that sells most has of all sales.
pub fn top_sellers_share(flows: &Flows) -> Option<i64> {
    top_share(sales(flows), 10)
}

/// The share of the largest one in so many, rounded up. None where those are fewer than three.
pub fn top_share(mut amounts: Vec<i128>, one_in: usize) -> Option<i64> {
    let top = amounts.len().div_ceil(one_in);
    if top < FEWEST {
        return None;
    }
    amounts.sort_unstable_by(|one, other| other.cmp(one));
    ten_thousandths(amounts.iter().take(top).sum(), amounts.iter().sum())
}
