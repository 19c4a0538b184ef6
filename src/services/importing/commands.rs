//! From the steps of a plan to commands for the ledger. The same plan gives the same commands for the same community, ids
//! included, so that what was cut off goes on where it stopped.

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::plan::{LimitsFrom, Part, Plan, PlannedAccount, PlannedTransfer, PlannedWay, Step, UNLIMITED};
use crate::domain::account::{AccountKind, AccountStatus, Limits};
use crate::domain::allowance::SetAllowance;
use crate::domain::approval::SetApprovalRules;
use crate::domain::archive::LimitsSource;
use crate::domain::bringing::{Bring, BringIncome, BringPolicy, BroughtAs};
use crate::domain::command::{
    Action, Admit, Command, LimitsBy, OpenAccount, Pay, Refund, Reverse, SetLimits, SetMemberStatus,
    SetStatus,
};
use crate::domain::fees::{Fee, SetFees};
use crate::domain::fund::IncomePayment;
use crate::domain::ids::{AccountId, CommunityId, GroupId, MemberId, PaymentId, UserId};
use crate::domain::limit_policy::FollowPolicy;
use crate::domain::payment_rules::PaymentRules;
use crate::domain::settings::{ChangeSettings, SettingsChange};
use crate::domain::time::Timestamp;

/// Which thing an id is for.
const ACCOUNT: u8 = 1;
const MEMBER: u8 = 2;
/// A login, by its place among the logins.
const LOGIN: u8 = 3;
/// Who stands for a member without an address, by the account's place.
const ABSENT: u8 = 4;
/// A group of members.
const GROUP: u8 = 5;
/// A transfer of the history.
const PAYMENT: u8 = 6;

/// Whose import it is, and which logins its members have.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    pub community_id: CommunityId,
    /// The user of each planned login.
    pub user_ids: Vec<UserId>,
}

impl Identity {
    /// The id that a new login gets.
    pub fn new_user_id(community_id: CommunityId, login: usize, founded: Timestamp) -> UserId {
        UserId::from_uuid(derived(community_id, LOGIN, login, founded))
    }

    /// The id that an account gets.
    pub fn account_id(&self, plan: &Plan, index: usize) -> AccountId {
        AccountId::from_uuid(derived(self.community_id, ACCOUNT, index, plan.founded))
    }

    /// The id that the payment of a transfer gets.
    fn payment_id(&self, plan: &Plan, index: usize) -> PaymentId {
        PaymentId::from_uuid(derived(self.community_id, PAYMENT, index, plan.founded))
    }

    /// The id that a group gets.
    pub fn group_id(&self, plan: &Plan, index: usize) -> GroupId {
        GroupId::from_uuid(derived(self.community_id, GROUP, index, plan.founded))
    }

    /// Who acts for a member.
    pub fn user_id(&self, plan: &Plan, index: usize, login: Option<usize>) -> UserId {
        let known = login.and_then(|login| self.user_ids.get(login)).copied();
        known.unwrap_or_else(|| Self::absent_user_id(self.community_id, index, plan.founded))
    }

    /// The id of who stands for a member without an address.
    pub fn absent_user_id(community_id: CommunityId, index: usize, founded: Timestamp) -> UserId {
        UserId::from_uuid(derived(community_id, ABSENT, index, founded))
    }
}

/// A UUIDv7 that follows from what it is for.
fn derived(community_id: CommunityId, which: u8, index: usize, at: Timestamp) -> Uuid {
    let mut hash = Sha256::new_with_prefix(b"counterfoil/import/1");
    hash.update(community_id.uuid());
    hash.update([which]);
    hash.update(u64::try_from(index).unwrap_or(u64::MAX).to_be_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut tail = [0; 10];
    tail.copy_from_slice(digest.first_chunk::<10>().unwrap_or(&[0; 10]));
    Builder::from_unix_timestamp_millis(at.unix_millis(), &tail).into_uuid()
}

impl Plan {
    /// The command that a step is; nothing where the plan has no such thing.
    pub(super) fn command(&self, identity: &Identity, at: Timestamp, step: Step) -> Option<Command> {
        let action = match step {
            Step::Open(index) => self.open(identity, index)?,
            Step::Post(index, part) => self.post(identity, index, part)?,
            Step::PayIncome(index) => self.income(identity, index)?,
            Step::SetLimits(index) => {
                let limits = self.limits.get(index)?;
                let ends = limits.ends_override;
                let own = (limits.account, limits.limits, limits.by);
                self.limits_of(identity, own, ends, &limits.reason)?
            }
            Step::EndLimits(index) => {
                let account = self.accounts.get(index)?;
                let (limits, by) = self.end_limits(account);
                let last = account.last_limits.and_then(|index| self.limits.get(index));
                let reason = last.map_or("", |last| &last.reason);
                self.limits_of(identity, (index, limits, by), false, reason)?
            }
            Step::SetMemberStatus(index) => {
                let member = self.accounts.get(index)?.member.as_ref()?;
                Action::SetMemberStatus(SetMemberStatus {
                    member_id: member_id(identity, self, index),
                    account_ids: vec![identity.account_id(self, index)],
                    status: member.status,
                    reason: String::new(),
                })
            }
            Step::SetAccountStatus(index) => self.status(identity, index, self.accounts.get(index)?.status),
            Step::FundFees | Step::SetFees => {
                let fees = if step == Step::SetFees { self.agreed.fees? } else { [Fee::default(); 2] };
                let [payer, payee] = fees;
                Action::SetFees(SetFees {
                    fund_id: identity.account_id(self, 0),
                    payer,
                    payee,
                    reason: String::new(),
                    // Each once, also where this goes on.
                    if_version: Some(i64::from(step == Step::SetFees)),
                })
            }
            Step::Adopt(index) => {
                let planned = self.agreed.policies.get(index)?;
                Action::BringPolicy(BringPolicy {
                    version: planned.version,
                    policy: planned.with_groups(|place| identity.group_id(self, place)),
                    adopted_by: self.user_of(identity, planned.by.unwrap_or(self.first_admin())),
                    reason: planned.reason.clone(),
                })
            }
            Step::BoundPayments(index) => {
                let (account, rules) = *self.bounds.get(index)?;
                Action::FollowPolicy(FollowPolicy {
                    account_id: identity.account_id(self, account),
                    limits: None,
                    rules,
                    if_changes: None,
                    ends_override: false,
                    reason: String::new(),
                })
            }
            Step::Allow(index) => {
                let allowed = self.agreed.allowances.get(index)?;
                Action::SetAllowance(SetAllowance {
                    account_id: identity.account_id(self, allowed.account),
                    allowance: Some(allowed.allowance),
                    reason: String::new(),
                    if_version: None,
                })
            }
            Step::SetStepUp => {
                let above = Some(self.agreed.choices.step_up_above);
                let change = SettingsChange { step_up_above: above, ..SettingsChange::default() };
                Action::ChangeSettings(ChangeSettings { change, reason: String::new(), if_version: Some(1) })
            }
            Step::SetApprovalRules => {
                let rules = self.agreed.choices.approval_rules;
                Action::SetApprovalRules(SetApprovalRules { rules, reason: String::new() })
            }
        };
        Some(Command { happened_at: Some(at), ..Command::by_service(identity.community_id, action) })
    }

    fn status(&self, identity: &Identity, index: usize, status: AccountStatus) -> Action {
        let account_id = identity.account_id(self, index);
        Action::SetStatus(SetStatus { account_id, status, reason: String::new() })
    }

    /// An account's new limits: its own, or those that the policy gives it.
    fn limits_of(
        &self,
        identity: &Identity,
        (index, limits, by): (usize, Limits, LimitsSource),
        ends_override: bool,
        reason: &str,
    ) -> Option<Action> {
        let account_id = identity.account_id(self, index);
        let is_members = self.accounts.get(index)?.member.is_some();
        let (reason, rules) = (reason.to_owned(), PaymentRules::default());
        let until = match by {
            LimitsSource::Policy if is_members => {
                let if_changes = None;
                let limits = Some(limits);
                let follow = FollowPolicy { account_id, limits, rules, if_changes, ends_override, reason };
                return Some(Action::FollowPolicy(follow));
            }
            LimitsSource::Policy => None,
            LimitsSource::Override { until } => until,
        };
        Some(Action::SetLimits(SetLimits { account_id, limits, until, reason, if_version: None }))
    }

    fn open(&self, identity: &Identity, index: usize) -> Option<Action> {
        let account: &PlannedAccount = self.accounts.get(index)?;
        let account_id = identity.account_id(self, index);
        let (limits, first) = self.first_limits(account);
        let name = account.name.clone();
        let own = first.and_then(|first| match first.by {
            LimitsSource::Override { until } => Some((LimitsBy::Override { until }, first.reason.clone())),
            LimitsSource::Policy => None,
        });
        let (limits_by, reason) = own.unwrap_or((LimitsBy::Policy, String::new()));
        Some(match &account.member {
            None => Action::OpenAccount(OpenAccount { account_id, kind: account.kind, name, limits }),
            Some(member) => Action::Admit(Admit {
                member_id: member_id(identity, self, index),
                account_id,
                name,
                user_id: identity.user_id(self, index, member.login),
                role: member.role,
                limits,
                limits_by,
                reason,
            }),
        })
    }

    fn post(&self, identity: &Identity, index: usize, part: Part) -> Option<Action> {
        let transfer = self.transfers.get(index)?;
        if part != Part::Move {
            let status = if part == Part::HoldBack { AccountStatus::Frozen } else { AccountStatus::Active };
            return Some(self.status(identity, self.member_of(transfer)?, status));
        }
        let payment_id = |index: usize| identity.payment_id(self, index);
        let way = match transfer.way {
            PlannedWay::OpeningBalance => BroughtAs::OpeningBalance,
            PlannedWay::Payment { fees, may_pass } => BroughtAs::Payment { fees, may_pass },
            PlannedWay::OfFund(kind) => BroughtAs::OfFund(kind),
            PlannedWay::WriteOff { category, by: [asked_by, agreed_by] } => BroughtAs::WriteOff {
                category,
                asked_by: self.user_of(identity, asked_by),
                agreed_by: self.user_of(identity, agreed_by),
            },
            PlannedWay::Merge { account } => {
                BroughtAs::Merge { account_id: identity.account_id(self, account) }
            }
            PlannedWay::Refund { of } => {
                return Some(Action::Refund(Refund {
                    payment_id: payment_id(of),
                    amount: transfer.amount,
                    reason: transfer.description.clone(),
                }));
            }
            PlannedWay::Reversal { of, may_pass, .. } => {
                return Some(Action::Reverse(Reverse {
                    payment_id: payment_id(of),
                    reason: transfer.description.clone(),
                    allow_beyond_limit: may_pass,
                }));
            }
            PlannedWay::Income => return None,
        };
        Some(Action::Bring(Bring {
            payment_id: payment_id(index),
            pay: Pay {
                payer_id: identity.account_id(self, transfer.payer),
                payee_id: identity.account_id(self, transfer.payee),
                amount: transfer.amount,
                description: transfer.description.clone(),
                // What looks the same happened twice.
                allow_duplicate: true,
            },
            way,
            is_given_back: transfer.is_given_back,
        }))
    }

    /// The side of a transfer that is a member's.
    fn member_of(&self, transfer: &PlannedTransfer) -> Option<usize> {
        let is_members = |index: &usize| self.accounts.get(*index).is_some_and(|one| one.member.is_some());
        [transfer.payer, transfer.payee].into_iter().find(is_members)
    }

    fn income(&self, identity: &Identity, index: usize) -> Option<Action> {
        let planned = self.incomes.get(index)?;
        let paid =
            || planned.transfers.iter().filter_map(|index| Some((*index, self.transfers.get(*index)?)));
        let (_, first) = paid().next()?;
        Some(Action::BringIncome(BringIncome {
            every: planned.every,
            period: planned.period,
            income: IncomePayment {
                fund_id: identity.account_id(self, 0),
                description: first.description.clone(),
                amount: first.amount,
                account_ids: paid().map(|(_, one)| identity.account_id(self, one.payee)).collect(),
                are_too_many: false,
            },
            payments: paid()
                .map(|(index, one)| (identity.payment_id(self, index), one.is_given_back))
                .collect(),
            left_out: planned.left_out,
            available: planned.available,
        }))
    }

    /// A transfer as if its accounts had no limits, and their limits again, as they are now: for the trial alone.
    pub(super) fn despite_limits(
        &self,
        identity: &Identity,
        (at, step): (Timestamp, Step),
        now: &[Limits],
    ) -> Vec<Command> {
        let Step::Post(index, Part::Move) = step else { return Vec::new() };
        let Some(transfer) = self.transfers.get(index) else { return Vec::new() };
        let limit = |side: usize, limits: Limits| {
            let account_id = identity.account_id(self, side);
            let (until, reason, if_version) = (None, String::new(), None);
            let change = SetLimits { account_id, limits, until, reason, if_version };
            Command::by_service(identity.community_id, Action::SetLimits(change))
        };
        let sides = [transfer.payer, transfer.payee];
        let widened = sides.into_iter().map(|side| limit(side, UNLIMITED));
        let narrowed = sides.into_iter().filter_map(|side| Some(limit(side, *now.get(side)?)));
        let past = |command| Command { happened_at: Some(at), ..command };
        widened.map(past).chain(self.command(identity, at, step)).chain(narrowed.map(past)).collect()
    }

    /// The code that each of the files' accounts gets, in the order of the numbers.
    pub fn codes(&self) -> Vec<(String, String)> {
        let opened = self.steps.iter().filter_map(|(_, _, step)| match step {
            Step::Open(index) => self.accounts.get(*index),
            _ => None,
        });
        opened
            .zip(0..)
            .map(|(account, number)| {
                let code = crate::domain::account::AccountCode::new(&self.community.code, number);
                (account.reference.to_string(), code.to_string())
            })
            .collect()
    }

    /// Whether accounts may end up past their limits, and are counted where they do.
    pub(super) fn may_pass_limits(&self) -> bool {
        self.limits_from == LimitsFrom::End
    }

    /// Which of the accounts is the community's own fund.
    pub(super) fn has_fund_first(&self) -> bool {
        self.accounts.first().is_some_and(|account| account.kind == AccountKind::Commons)
    }
}

pub(super) fn member_id(identity: &Identity, plan: &Plan, index: usize) -> MemberId {
    MemberId::from_uuid(derived(identity.community_id, MEMBER, index, plan.founded))
}
