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
use crate::domain::archive::LimitsSource;
use crate::domain::fees::Fees;
use crate::domain::fund::Period;
use crate::domain::language::Language;
use crate::domain::member::{MemberStatus, Role};
use crate::domain::payment_rules::PaymentRules;
use crate::domain::records::EntryKind;
use crate::domain::time::Timestamp;
use crate::domain::write_off::WriteOffCategory;
use crate::domain::zone::Day;
use crate::services::setup::NewCommunity;

/// What the community's own fund is called in files that do not name it.
pub const COMMONS_REFERENCE: &str = "commons";

/// How far accounts may go before they get their limits.
pub(super) const UNLIMITED: Limits =
    Limits { credit_limit: Amount::from_minor(BALANCE_MAX_MINOR), ceiling: None };

/// When accounts get their limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitsFrom {
    /// As they were told at each time: the history must keep to them.
    Throughout,
    /// After the history, which was made under others: those that are told last.
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
    /// Those of its limits with which it is opened, by their place; none for what everybody gets.
    pub first_limits: Option<usize>,
    /// Those that are told last, likewise.
    pub last_limits: Option<usize>,
}

/// How far an account may go from a time on.
#[derive(Debug, Clone)]
pub(super) struct PlannedLimits {
    pub place: Place,
    pub account: usize,
    pub limits: Limits,
    pub by: LimitsSource,
    pub reason: String,
    /// Whether own limits end where the policy's come behind them.
    pub ends_override: bool,
    /// Whether anything is another way than before.
    pub is_change: bool,
}

/// A transfer to be posted.
#[derive(Debug, Clone)]
pub(super) struct PlannedTransfer {
    pub place: Place,
    pub payer: usize,
    pub payee: usize,
    pub amount: Amount,
    pub description: String,
    pub way: PlannedWay,
    /// Whether a later one gives it back.
    pub is_given_back: bool,
}

/// What a transfer was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlannedWay {
    OpeningBalance,
    Payment {
        fees: Fees,
        may_pass: bool,
    },
    OfFund(EntryKind),
    /// With the accounts of the two admins.
    WriteOff {
        category: WriteOffCategory,
        by: [usize; 2],
    },
    /// With the account that was emptied.
    Merge {
        account: usize,
    },
    /// With the transfer that it gives back.
    Refund {
        of: usize,
    },
    Reversal {
        of: usize,
        fees: Fees,
        may_pass: bool,
    },
    /// One of an income's, which is posted as a whole.
    Income,
}

/// What a fund paid for a period.
#[derive(Debug, Clone)]
pub(super) struct PlannedIncome {
    pub place: Place,
    pub every: Period,
    pub period: Day,
    pub transfers: Vec<usize>,
    pub left_out: i64,
    pub available: Amount,
}

/// A part of a transfer: who is written off has to be held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    HoldBack,
    Move,
    LetGo,
}

/// One thing to do: one record of the ledger, or none, but never several. What has one time and one order comes in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Open(usize),
    /// The fund can get fees from here on, of which there are none.
    FundFees,
    Adopt(usize),
    SetLimits(usize),
    Post(usize, Part),
    PayIncome(usize),
    /// The last limits of an account, behind everything.
    EndLimits(usize),
    /// How much and how often somebody may pay, by the policy that holds in the end.
    BoundPayments(usize),
    Allow(usize),
    SetFees,
    SetStepUp,
    SetApprovalRules,
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
    /// What everybody gets.
    pub(super) default_limits: Limits,
    pub(super) logins: Vec<PlannedLogin>,
    pub(super) accounts: Vec<PlannedAccount>,
    pub(super) limits: Vec<PlannedLimits>,
    pub(super) transfers: Vec<PlannedTransfer>,
    pub(super) incomes: Vec<PlannedIncome>,
    pub(super) agreed: Agreed,
    /// How much and how often accounts may pay, of those for which that is bounded.
    pub(super) bounds: Vec<(usize, PaymentRules)>,
    /// Each with its time and its place among what has the same time.
    pub(super) steps: Vec<(Timestamp, i64, Step)>,
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
        let brought =
            self.transfers.iter().filter(|transfer| transfer.way == PlannedWay::OpeningBalance).count();
        Counts {
            members: self.accounts.iter().filter(|account| account.member.is_some()).count(),
            accounts: self.accounts.len(),
            opening_balances: brought,
            transfers: self.transfers.len() - brought,
        }
    }

    /// How many records the community will have.
    pub fn records(&self) -> i64 {
        i64::try_from(self.steps.iter().filter(|(_, _, step)| self.is_record(*step)).count())
            .unwrap_or(i64::MAX)
    }

    /// Which line of which file a step is for.
    pub(super) fn place(&self, step: Step) -> Option<Place> {
        let account = |index: usize| self.accounts.get(index);
        match step {
            Step::Open(index) | Step::SetAccountStatus(index) | Step::EndLimits(index) => {
                account(index).map(|account| account.place)
            }
            Step::SetLimits(index) => self.limits.get(index).map(|limits| limits.place),
            Step::SetMemberStatus(index) => account(index)?.member.as_ref().map(|member| member.place),
            Step::Post(index, _) => self.transfers.get(index).map(|transfer| transfer.place),
            Step::PayIncome(index) => self.incomes.get(index).map(|income| income.place),
            Step::Adopt(index) => self.agreed.policies.get(index).map(|policy| policy.place),
            Step::BoundPayments(index) => {
                self.bounds.get(index).and_then(|(index, _)| account(*index)).map(|account| account.place)
            }
            Step::Allow(index) => self.agreed.allowances.get(index).map(|allowed| allowed.place),
            Step::FundFees | Step::SetFees => Some(Place { sheet: Sheet::Fees, line: 2 }),
            Step::SetStepUp | Step::SetApprovalRules => Some(Place { sheet: Sheet::Settings, line: 0 }),
        }
    }

    /// Whether a step leaves a record on the chain; what does not changes nothing where it is done once more.
    pub(super) fn is_record(&self, step: Step) -> bool {
        match step {
            Step::FundFees
            | Step::Adopt(_)
            | Step::BoundPayments(_)
            | Step::Allow(_)
            | Step::SetFees
            | Step::SetStepUp
            | Step::SetApprovalRules => false,
            Step::SetLimits(index) => self.limits.get(index).is_some_and(|limits| limits.is_change),
            Step::EndLimits(index) => self.accounts.get(index).is_some_and(|account| {
                let (limits, by) = self.end_limits(account);
                account.member.is_none() || by != LimitsSource::Policy || limits != UNLIMITED
            }),
            Step::Open(_)
            | Step::Post(..)
            | Step::PayIncome(_)
            | Step::SetMemberStatus(_)
            | Step::SetAccountStatus(_) => true,
        }
    }

    /// With what an account is opened, and whose word that is; none where it is what everybody gets, or no word at all.
    pub(super) fn first_limits(&self, account: &PlannedAccount) -> (Limits, Option<&PlannedLimits>) {
        if self.limits_from == LimitsFrom::End {
            return (UNLIMITED, None);
        }
        match account.first_limits.and_then(|index| self.limits.get(index)) {
            Some(first) => (first.limits, Some(first)),
            None if account.member.is_some() => (self.default_limits, None),
            None => (Limits::default(), None),
        }
    }

    /// How far an account may go in the end, and by whose word.
    pub(super) fn end_limits(&self, account: &PlannedAccount) -> (Limits, LimitsSource) {
        match account.last_limits.and_then(|index| self.limits.get(index)) {
            Some(last) => (last.limits, last.by),
            None if account.member.is_some() => (self.default_limits, LimitsSource::Policy),
            None => (Limits::default(), LimitsSource::Policy),
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
}
