//! What the posting rules look at. Loaded by the caller, complete for the commands at hand.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::account::Account;
use crate::domain::command::Command;
use crate::domain::community::Community;
use crate::domain::ids::{AccountId, PaymentId, SessionId, UserId};
use crate::domain::member::Operator;
use crate::domain::payment::Hold;
use crate::domain::records::Head;
use crate::domain::spending::DaySpending;
use crate::domain::time::Timestamp;

/// The part of a community's state that is in memory. What was looked up and is absent counts as absent.
#[derive(Debug, Clone)]
pub struct CommunityState {
    /// The community's facts.
    pub community: Arc<Community>,
    /// Where its order stands.
    pub head: Head,
    /// The accounts that were looked up.
    pub accounts: HashMap<AccountId, Account>,
    /// For each user that was looked up, the members whose accounts they operate; empty for a stranger.
    pub operators: HashMap<UserId, Vec<Operator>>,
    /// The holds that were looked up, open and ended.
    pub holds: HashMap<PaymentId, Hold>,
    /// All sessions ended in this community whose access tokens may not have expired yet.
    pub ended_sessions: HashMap<SessionId, Timestamp>,
    /// What apps with a ceiling for the day spent last, for those that were looked up.
    pub spending: HashMap<SessionId, DaySpending>,
}

/// What the commands at hand need and the state has not looked up yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Missing {
    /// Accounts by id.
    pub accounts: Vec<AccountId>,
    /// Users whose members are unknown.
    pub users: Vec<UserId>,
    /// Payments whose holds are unknown.
    pub holds: Vec<PaymentId>,
    /// Apps' sessions whose spending is unknown.
    pub spenders: Vec<SessionId>,
}

impl Missing {
    /// Whether nothing is missing.
    pub const fn is_empty(&self) -> bool {
        self.accounts.is_empty() && self.users.is_empty() && self.holds.is_empty() && self.spenders.is_empty()
    }
}

impl CommunityState {
    /// A community's facts and head, with nothing looked up.
    pub fn new(community: Arc<Community>, head: Head, ended_sessions: HashMap<SessionId, Timestamp>) -> Self {
        Self {
            community,
            head,
            accounts: HashMap::new(),
            operators: HashMap::new(),
            holds: HashMap::new(),
            ended_sessions,
            spending: HashMap::new(),
        }
    }

    /// What must be looked up before these commands are folded. A hold's accounts are asked for once the
    /// hold is there, so a caller repeats the question until nothing is missing or nothing new is found.
    pub fn missing_for<'c>(&self, commands: impl Iterator<Item = &'c Command>) -> Missing {
        let mut missing = Missing::default();
        for command in commands {
            missing.users.extend(command.user_id().filter(|id| !self.operators.contains_key(id)));
            missing.spenders.extend(command.spender_id().filter(|id| !self.spending.contains_key(id)));
            let mut account_ids = command.account_ids();
            if let Some(hold_id) = command.hold_id() {
                match self.holds.get(&hold_id) {
                    Some(hold) => account_ids.extend([hold.payer_id, hold.payee_id]),
                    None => missing.holds.push(hold_id),
                }
            }
            missing.accounts.extend(account_ids.into_iter().filter(|id| !self.accounts.contains_key(id)));
        }
        missing.accounts.sort_unstable();
        missing.accounts.dedup();
        missing.users.sort_unstable();
        missing.users.dedup();
        missing.holds.sort_unstable();
        missing.holds.dedup();
        missing.spenders.sort_unstable();
        missing.spenders.dedup();
        missing
    }

    /// How many looked-up things this holds, for a bound on memory.
    pub fn size(&self) -> usize {
        self.accounts.len() + self.operators.len() + self.holds.len() + self.spending.len()
    }
}
