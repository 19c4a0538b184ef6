//! From the steps of a plan to commands for the ledger. The same plan gives the same commands for the same community, ids
//! included, so that what was cut off goes on where it stopped.

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::plan::{LimitsFrom, Plan, PlannedAccount, Step};
use crate::domain::account::AccountKind;
use crate::domain::command::{
    Action, Admit, Command, OpenAccount, Pay, SetLimits, SetMemberStatus, SetStatus,
};
use crate::domain::fees::SetFees;
use crate::domain::ids::{AccountId, CommunityId, GroupId, MemberId, UserId};
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

    fn account_id(&self, plan: &Plan, index: usize) -> AccountId {
        AccountId::from_uuid(derived(self.community_id, ACCOUNT, index, plan.founded))
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
            Step::Post(index) => self.post(identity, index)?,
            Step::SetLimits(index) => {
                let account = self.accounts.get(index)?;
                Action::SetLimits(SetLimits {
                    account_id: identity.account_id(self, index),
                    limits: account.limits,
                    until: None,
                    reason: account.limits_reason.clone(),
                    if_version: None,
                })
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
            Step::SetAccountStatus(index) => Action::SetStatus(SetStatus {
                account_id: identity.account_id(self, index),
                status: self.accounts.get(index)?.status,
                reason: String::new(),
            }),
        };
        Some(Command { happened_at: Some(at), ..Command::by_service(identity.community_id, action) })
    }

    fn open(&self, identity: &Identity, index: usize) -> Option<Action> {
        let account: &PlannedAccount = self.accounts.get(index)?;
        let account_id = identity.account_id(self, index);
        let limits = account.first_limits(self.limits_from);
        let name = account.name.clone();
        Some(match &account.member {
            None => Action::OpenAccount(OpenAccount { account_id, kind: account.kind, name, limits }),
            Some(member) => Action::Admit(Admit {
                member_id: member_id(identity, self, index),
                account_id,
                name,
                user_id: identity.user_id(self, index, member.login),
                role: member.role,
                limits,
                reason: String::new(),
            }),
        })
    }

    fn post(&self, identity: &Identity, index: usize) -> Option<Action> {
        let transfer = self.transfers.get(index)?;
        let pay = Pay {
            payer_id: identity.account_id(self, transfer.payer),
            payee_id: identity.account_id(self, transfer.payee),
            amount: transfer.amount,
            description: transfer.description.clone(),
            // What looks the same happened twice.
            allow_duplicate: true,
        };
        Some(if transfer.is_opening_balance { Action::BringBalance(pay) } else { Action::Pay(pay) })
    }

    /// A transfer as if its accounts had no limits, and their limits again: for the trial alone.
    pub(super) fn despite_limits(&self, identity: &Identity, at: Timestamp, step: Step) -> Vec<Command> {
        let Step::Post(index) = step else { return Vec::new() };
        let Some(transfer) = self.transfers.get(index) else { return Vec::new() };
        let limit = |side: usize, from: LimitsFrom| {
            let account = self.accounts.get(side)?;
            let change = SetLimits {
                account_id: identity.account_id(self, side),
                limits: account.first_limits(from),
                until: None,
                reason: String::new(),
                if_version: None,
            };
            Some(Command::by_service(identity.community_id, Action::SetLimits(change)))
        };
        let sides = [transfer.payer, transfer.payee];
        let widened = sides.into_iter().filter_map(|side| limit(side, LimitsFrom::End));
        let narrowed = sides.into_iter().filter_map(|side| limit(side, self.limits_from));
        let past = |command| Command { happened_at: Some(at), ..command };
        widened.map(past).chain(self.command(identity, at, step)).chain(narrowed.map(past)).collect()
    }

    /// The code that each of the files' accounts gets, in the order of the numbers.
    pub fn codes(&self) -> Vec<(String, String)> {
        let opened = self.steps.iter().filter_map(|(_, step)| match step {
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

    /// What has payments bear the community's fees, if it has any.
    pub(super) fn fees_command(&self, identity: &Identity) -> Option<Command> {
        let [payer, payee] = self.agreed.fees?;
        let fund_id = identity.account_id(self, 0);
        let fees = SetFees { fund_id, payer, payee, reason: String::new(), if_version: Some(0) };
        Some(Command::by_service(identity.community_id, Action::SetFees(fees)))
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
