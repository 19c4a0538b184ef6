//! What is to be done, in its order: worked out from the files in full before anything is done.

use std::collections::HashMap;
use std::sync::Arc;

use super::agreed::Agreed;
use super::founding::Founding;
use super::origin::Origin;
use super::rows::Place;
use super::table::Sheet;
use crate::domain::account::{AccountKind, AccountStatus, Limits};
use crate::domain::amount::{Amount, BALANCE_MAX_MINOR};
use crate::domain::language::Language;
use crate::domain::member::{MemberStatus, Role};
use crate::domain::time::Timestamp;
use crate::services::setup::NewCommunity;

/// What the community's own fund is called in files that do not name it.
pub const COMMONS_REFERENCE: &str = "commons";

/// When accounts get their limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitsFrom {
    /// From the beginning: the history must keep to them.
    Beginning,
    /// After the history, which was made under others.
    End,
}

/// What is asked for, beside the files.
#[derive(Debug, Clone)]
pub struct Request {
    /// Which system wrote the files.
    pub origin: Origin,
    /// What is said of the community.
    pub founding: Founding,
    /// The address of a member who becomes an admin.
    pub admin: Option<String>,
    /// When accounts get their limits.
    pub limits_from: LimitsFrom,
}

/// A login that members of the files come with.
#[derive(Debug, Clone)]
pub(super) struct PlannedLogin {
    pub email: String,
    pub name: String,
    pub language: Language,
}

/// A member to be let in.
#[derive(Debug, Clone)]
pub(super) struct PlannedMember {
    pub place: Place,
    pub role: Role,
    pub status: MemberStatus,
    /// Which login; none for who has no address.
    pub login: Option<usize>,
}

/// An account to be opened.
#[derive(Debug, Clone)]
pub(super) struct PlannedAccount {
    pub place: Place,
    pub reference: Arc<str>,
    pub kind: AccountKind,
    pub name: String,
    pub status: AccountStatus,
    pub opened: Option<Timestamp>,
    pub member: Option<PlannedMember>,
    pub limits: Limits,
    pub limits_place: Place,
    pub limits_reason: String,
}

/// A transfer to be posted.
#[derive(Debug, Clone)]
pub(super) struct PlannedTransfer {
    pub place: Place,
    pub payer: usize,
    pub payee: usize,
    pub amount: Amount,
    pub description: String,
    pub is_opening_balance: bool,
}

/// One thing to do: exactly one record of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Open(usize),
    Post(usize),
    SetLimits(usize),
    SetMemberStatus(usize),
    SetAccountStatus(usize),
}

/// Everything that is to be done.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The community.
    pub community: NewCommunity,
    /// When the first of it happened.
    pub founded: Timestamp,
    /// When accounts get their limits.
    pub limits_from: LimitsFrom,
    pub(super) logins: Vec<PlannedLogin>,
    pub(super) accounts: Vec<PlannedAccount>,
    pub(super) transfers: Vec<PlannedTransfer>,
    pub(super) agreed: Agreed,
    pub(super) steps: Vec<(Timestamp, Step)>,
    pub(super) file_names: HashMap<Sheet, Arc<str>>,
}

/// How much there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Members.
    pub members: usize,
    /// Accounts, the community's own among them.
    pub accounts: usize,
    /// Opening balances.
    pub opening_balances: usize,
    /// Transfers of the history.
    pub transfers: usize,
}

impl Plan {
    /// How much there is to do.
    pub fn counts(&self) -> Counts {
        let brought = self.transfers.iter().filter(|transfer| transfer.is_opening_balance).count();
        Counts {
            members: self.accounts.iter().filter(|account| account.member.is_some()).count(),
            accounts: self.accounts.len(),
            opening_balances: brought,
            transfers: self.transfers.len() - brought,
        }
    }

    /// How many records the community will have.
    pub fn records(&self) -> i64 {
        i64::try_from(self.steps.len()).unwrap_or(i64::MAX)
    }

    /// Which line of which file a step is for.
    pub(super) fn place(&self, step: Step) -> Option<Place> {
        let account = |index: usize| self.accounts.get(index);
        match step {
            Step::Open(index) | Step::SetAccountStatus(index) => account(index).map(|account| account.place),
            Step::SetLimits(index) => account(index).map(|account| account.limits_place),
            Step::SetMemberStatus(index) => account(index)?.member.as_ref().map(|member| member.place),
            Step::Post(index) => self.transfers.get(index).map(|transfer| transfer.place),
        }
    }

    /// The file that a problem is told of.
    pub(super) fn file_name(&self, sheet: Sheet) -> Arc<str> {
        self.file_names.get(&sheet).map_or_else(|| Arc::from(sheet.name()), Arc::clone)
    }
}

impl PlannedAccount {
    /// Whether it is a member's of whom no address is known.
    pub(super) fn lacks_login(&self) -> bool {
        self.member.as_ref().is_some_and(|member| member.login.is_none())
    }

    /// With what it is opened.
    pub(super) const fn first_limits(&self, from: LimitsFrom) -> Limits {
        match from {
            LimitsFrom::Beginning => self.limits,
            LimitsFrom::End => Limits { credit_limit: Amount::from_minor(BALANCE_MAX_MINOR), ceiling: None },
        }
    }
}
